"""What do clocks show, and formulas say, while it is open which messages there are? Both, as terms of z3.

Between every two events of different processes that are neither sends nor receipts yet, there may be a message: a
boolean each. What the clocks show follows from these by the rules of the clocks. Events stay plain indices, so that a
quantifier over them is written out; vectors and matrices are tuples of terms. Z3 has no types for Python, hence `Any`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise, permutations
from operator import eq, ge, gt, le, lt, ne
from typing import Any, assert_never

from dscheck.language import syntax
from dscheck.record import record
from dscheck.schedules.patience import NO_DEADLINE, Deadline
from dscheck.schedules.sheet import NO_EVENT, ClockKind, Sheet

Truth = Any
"""A boolean of Python or of z3."""

Value = Any
"""What a clock shows: a number of Python or of z3, or a tuple of those, or a tuple of tuples."""


_SIGNS: Mapping[str, Callable[[Value, Value], Truth]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


@record
class Unknowns:
    """A sheet of which messages are missing.

    Attributes:
        sheet: with the messages that are written out.
        messages: the boolean that says that there is a message, by its two events.
        facts: what is true whatever the messages are.
        clocks: what each clock shows at each event, by its name.
        past: the vector of each event, which tells what happened before it.
        place: how manyeth of its lane each event is, from 1.
        deadline: a formula that is not written out by then is given up.
    """

    sheet: Sheet
    messages: Mapping[tuple[int, int], Truth]
    facts: tuple[Truth, ...]
    clocks: Mapping[str, tuple[Value, ...]]
    past: tuple[Value, ...]
    place: tuple[int, ...]
    deadline: Deadline


@record
class _Arrivals:
    """Where the knowledge of each event comes from.

    Attributes:
        previous: for each event the one before it on its lane, or `NO_EVENT`.
        senders: for each event those that may have sent what it receives, each with the condition that it has.
        deadline: what is not written out by then is given up.
    """

    previous: tuple[int, ...]
    senders: tuple[tuple[tuple[Truth, int], ...], ...]
    deadline: Deadline


def unknowns_of(sheet: Sheet, clocks: Mapping[str, ClockKind], deadline: Deadline = NO_DEADLINE) -> Unknowns:
    """Set up the puzzle: which messages are there between the local events of `sheet`?

    Args:
        sheet: what is known.
        clocks: the kind of each clock by its name.
        deadline: for this, and for writing out formulas; a hundred events make so many terms that it matters.

    Raises:
        TimeIsOver: it was not met.
    """
    import z3

    events = sheet.events
    idle = [at for at, event in enumerate(events) if event.kind == "local"]
    messages = {
        (start, end): z3.Bool(f"message {start} {end}")
        for start, end in permutations(idle, 2)
        if events[start].lane != events[end].lane
    }
    roles = {at: [there for pair, there in messages.items() if at in pair] for at in idle}
    facts: list[Truth] = [z3.AtMost(*every, 1) for every in roles.values() if every]
    previous = [at - 1 if at and events[at - 1].lane == event.lane else NO_EVENT for at, event in enumerate(events)]
    senders: list[list[tuple[Truth, int]]] = [[] for _ in events]
    for message in sheet.messages:
        for end in message.ends:
            senders[end].append((True, message.start))
    for (start, end), there in messages.items():
        senders[end].append((there, start))
    arrivals = _Arrivals(tuple(previous), tuple(map(tuple, senders)), deadline)
    place: list[int] = []
    for before in previous:
        place.append(1 if before == NO_EVENT else place[before] + 1)
    # Also where no formula speaks of it: a Lamport clock exists only where no event comes before itself.
    lamport = _lamport(arrivals, facts)
    past = _vectors(sheet, arrivals, place, "vector", facts)
    shown: dict[str, tuple[Value, ...]] = {}
    for name, kind in clocks.items():
        match kind:
            case "lamport":
                shown[name] = lamport
            case "vector":
                shown[name] = past
            case "version":
                shown[name] = _vectors(sheet, arrivals, _updates(sheet, arrivals, roles), "version", facts)
            case "matrix":
                shown[name] = _matrices(sheet, arrivals, past, facts)
            case _:
                assert_never(kind)
    return Unknowns(sheet, messages, tuple(facts), shown, past, tuple(place), deadline)


# --- clocks ------------------------------------------------------------------------------------


def _greater(a: Any, b: Any) -> Any:
    import z3

    return max(a, b) if isinstance(a, int) and isinstance(b, int) else z3.If(a >= b, a, b)


def _received(arrivals: _Arrivals, at: int, values: Sequence[Any]) -> Any:
    """What the message that event `at` receives carries, 0 if it receives none."""
    import z3

    arrivals.deadline.check()
    carried: Any = 0
    for there, start in arrivals.senders[at]:
        carried = values[start] if there is True else z3.If(there, values[start], carried)
    return carried


def _known(arrivals: _Arrivals, at: int, values: Sequence[Any]) -> Any:
    """The greater of what the process knew before the event and what it receives in it."""
    before = arrivals.previous[at]
    return _greater(0 if before == NO_EVENT else values[before], _received(arrivals, at, values))


def _lamport(arrivals: _Arrivals, facts: list[Truth]) -> tuple[Value, ...]:
    import z3

    times = tuple(z3.Int(f"lamport {at}") for at in range(len(arrivals.previous)))
    for at, time in enumerate(times):
        facts.append(time == _known(arrivals, at, times) + 1)
        facts.append(z3.And(time >= 1, time <= len(times)))  # this follows, and z3 takes long to find it
    return times


def _vectors(sheet: Sheet, arrivals: _Arrivals, own: Sequence[Any], name: str, facts: list[Truth]) -> tuple[Value, ...]:
    """Vectors whose entry for the own process is `own` at each event."""
    import z3

    lanes = range(len(sheet.lanes))
    vectors = tuple(
        tuple(own[at] if lane == event.lane else z3.Int(f"{name} {at} {lane}") for lane in lanes)
        for at, event in enumerate(sheet.events)
    )
    for at, event in enumerate(sheet.events):
        for lane in lanes:
            if lane != event.lane:  # nobody knows more of a process than itself
                known = _known(arrivals, at, [vector[lane] for vector in vectors])
                facts.append(vectors[at][lane] == known)
    return vectors


def _updates(sheet: Sheet, arrivals: _Arrivals, roles: Mapping[int, Sequence[Truth]]) -> list[Any]:
    """For each event how many of its process up to it stay local."""
    import z3

    counts: list[Any] = []
    for at, event in enumerate(sheet.events):
        before = arrivals.previous[at]
        local = z3.If(z3.Or(roles[at]), 0, 1) if event.kind == "local" else 0
        counts.append((0 if before == NO_EVENT else counts[before]) + local)
    return counts


def _matrices(sheet: Sheet, arrivals: _Arrivals, vectors: Sequence[Value], facts: list[Truth]) -> tuple[Value, ...]:
    """Matrices; the own row of each is the vector clock, and the others are joined entry by entry."""
    import z3

    lanes = range(len(sheet.lanes))
    matrices = tuple(
        tuple(
            vectors[at] if row == event.lane else tuple(z3.Int(f"matrix {at} {row} {lane}") for lane in lanes)
            for row in lanes
        )
        for at, event in enumerate(sheet.events)
    )
    for at, matrix in enumerate(matrices):
        for row in lanes:
            if row == sheet.events[at].lane:
                continue
            for lane in lanes:
                known = _known(arrivals, at, [each[row][lane] for each in matrices])
                facts.append(matrix[row][lane] == known)
    return matrices


# --- formulas ----------------------------------------------------------------------------------


@record
class _Either:
    """An event that depends on a condition: `x if L(x) < 3 else y`."""

    condition: Truth
    then: "int | _Either"
    otherwise: "int | _Either"


def term_of(expression: syntax.Expression, unknowns: Unknowns) -> Any:
    """The value of a formula, free of static mistakes: a term, or a tuple of terms.

    Raises:
        TimeIsOver: it binds so many events that it is not written out in time.
    """
    sheet = unknowns.sheet
    scope: dict[str, Any] = {event.name: at for at, event in enumerate(sheet.events)}
    return _term(expression, unknowns, scope)


def _term(expression: syntax.Expression, unknowns: Unknowns, scope: Mapping[str, Any]) -> Any:
    import z3

    def term(each: syntax.Expression) -> Any:
        return _term(each, unknowns, scope)

    lanes = {name: at for at, name in enumerate(unknowns.sheet.lanes)}
    match expression:
        case syntax.Number(number):
            return number
        case syntax.Name("true" | "false" as word):
            return word == "true"
        case syntax.Name(name):
            return scope[name]
        case syntax.Call(function, (event,)):
            return _at(term(event), lambda at: unknowns.clocks[function.name][at])
        case syntax.Index(base, syntax.Name(lane)):
            return term(base)[lanes[lane]]
        case syntax.ListOf(items):
            return tuple(term(item) for item in items)
        case syntax.MapOf(pairs):
            given = {key.name: term(value) for key, value in pairs if isinstance(key, syntax.Name)}
            nothing = (0,) * len(lanes) if isinstance(next(iter(given.values())), tuple) else 0
            return tuple(given.get(lane, nothing) for lane in lanes)
        case syntax.Unary("not", operand):
            return z3.Not(term(operand))
        case syntax.Unary(_, operand):
            return -term(operand)
        case syntax.Binary(operator, left, right):
            return _binary(operator, term(left), term(right))
        case syntax.Comparison(operands, operators):
            pairs_of = pairwise([term(operand) for operand in operands])
            return z3.And([_stand(sign, a, b) for sign, (a, b) in zip(operators, pairs_of, strict=True)])
        case syntax.EventOrder(order, left, right):
            x, y = term(left), term(right)
            if order == "->":
                return _before(unknowns, x, y)
            return z3.Not(z3.Or(_same_event(x, y), _before(unknowns, x, y), _before(unknowns, y, x)))
        case syntax.EventQuantifier(kind, names, body):
            every = [_term(body, unknowns, inside) for inside in _bindings(names, unknowns, scope)]
            return z3.And(every) if kind == "forall" else z3.Or(every)
        case syntax.IfElse(then, condition, otherwise):
            return _either(term(condition), term(then), term(otherwise), event=_is_event(then, scope))
        case _:
            raise AssertionError(f"formulas about schedules have no {type(expression).__name__}")


def _bindings(
    names: Sequence[syntax.Identifier], unknowns: Unknowns, scope: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """One scope for each way in which the names stand for different events."""
    words = [name.name for name in names]
    for chosen in permutations(range(len(unknowns.sheet.events)), len(words)):
        unknowns.deadline.check()
        yield {**scope, **dict(zip(words, chosen, strict=True))}


def _is_event(expression: syntax.Expression, scope: Mapping[str, Any]) -> bool:
    match expression:
        case syntax.Name(name):
            return name in scope
        case syntax.IfElse(then):
            return _is_event(then, scope)
        case _:
            return False


def _either(condition: Truth, then: Any, otherwise: Any, *, event: bool) -> Any:
    import z3

    if event:
        return _Either(condition, then, otherwise)
    if isinstance(then, tuple):
        return tuple(_either(condition, a, b, event=False) for a, b in zip(then, otherwise, strict=True))
    return z3.If(condition, then, otherwise)


def _at(event: "int | _Either", value: Callable[[int], Any]) -> Any:
    """Something of an event that may depend on a condition."""
    if isinstance(event, int):
        return value(event)
    return _either(event.condition, _at(event.then, value), _at(event.otherwise, value), event=False)


def _same_event(x: "int | _Either", y: "int | _Either") -> Truth:
    return _at(x, lambda a: _at(y, lambda b: a == b))


def _before(unknowns: Unknowns, x: "int | _Either", y: "int | _Either") -> Truth:
    """An event happened before another exactly if the other's vector counts it."""

    def before(a: int, b: int) -> Truth:
        return a != b and unknowns.past[b][unknowns.sheet.events[a].lane] >= unknowns.place[a]

    return _at(x, lambda a: _at(y, lambda b: before(a, b)))


def _binary(operator: str, a: Any, b: Any) -> Any:
    import z3

    match operator:
        case "and":
            return z3.And(a, b)
        case "or":
            return z3.Or(a, b)
        case "implies":
            return z3.Implies(a, b)
        case "iff":
            return _truth(a) == _truth(b)
        case "+":
            return a + b
        case "-":
            return a - b
        case _:
            return a * b


def _truth(value: Any) -> Any:
    import z3

    return z3.BoolVal(value) if isinstance(value, bool) else value


def _stand(sign: str, a: Any, b: Any) -> Truth:
    """Do two values stand as a sign says? Vectors and matrices are compared in the partial order of their entries."""
    import z3

    if isinstance(a, _Either) or isinstance(b, _Either):
        same = _same_event(a, b)
        return same if sign == "==" else z3.Not(same)
    if not isinstance(a, tuple):
        return _SIGNS[sign](_truth(a), _truth(b))
    entries = list(zip(_entries(a), _entries(b), strict=True))
    equal = z3.And([x == y for x, y in entries])
    match sign:
        case "==":
            return equal
        case "!=":
            return z3.Not(equal)
        case "<=" | "<":
            within = z3.And([x <= y for x, y in entries])
        case _:
            within = z3.And([x >= y for x, y in entries])
    return within if sign in {"<=", ">="} else z3.And(within, z3.Not(equal))


def _entries(value: Any) -> list[Any]:
    return reduce(lambda found, each: found + _entries(each), value, []) if isinstance(value, tuple) else [value]
