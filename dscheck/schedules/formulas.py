"""What does a formula say about a sheet? Each formula is written once as Python text, and evaluated on many sheets.

Events are the indices of the sheet, vectors are tuples in the order of the lanes. Names that are bound together stand
for different events. `x -> y` is happens-before, which no event does before itself; `x || y` says that x and y are
different and that neither happened before the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import le
from typing import Any, Literal

from dscheck.language import syntax
from dscheck.record import record
from dscheck.schedules.patience import NO_DEADLINE, Deadline, WatchedRange
from dscheck.schedules.sheet import ClockKind, ClockValue, Matrix, Sheet, Vector, causality, clock_values, pasts

Kind = Literal["truth", "number", "vector", "matrix", "event"]
Events = tuple[int, ...]

KIND_OF_CLOCK: Mapping[ClockKind, Kind] = {
    "lamport": "number",
    "vector": "vector",
    "version": "vector",
    "matrix": "matrix",
}


@record
class Vocabulary:
    """The names that formulas may use.

    Attributes:
        clocks: the kind of each clock by its name.
        lanes: names of processes; none where formulas speak of many sheets at once.
        events: names of events, by index; likewise.
    """

    clocks: Mapping[str, ClockKind]
    lanes: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@record
class Reading:
    """What formulas speak of, worked out for one sheet.

    Attributes:
        events: the indices of its events.
        past: for each event those that happened before it, as bits.
        clocks: the values of each clock of the vocabulary, in its order.
    """

    events: range | WatchedRange
    past: Sequence[int]
    clocks: tuple[Sequence[ClockValue], ...]


Evaluator = Callable[[Reading, Events], Any]
Matcher = Callable[[Reading], Iterator[Events]]


def vocabulary_of(sheet: Sheet, clocks: Mapping[str, ClockKind]) -> Vocabulary:
    """The names that formulas about this one sheet may use."""
    return Vocabulary(clocks, sheet.lanes, tuple(event.name for event in sheet.events))


def read(sheet: Sheet, clocks: Mapping[str, ClockKind], deadline: Deadline = NO_DEADLINE) -> Reading:
    """Work out what formulas with these clocks can speak of.

    Args:
        sheet: the diagram.
        clocks: the kind of each by its name.
        deadline: a formula that binds events, and is not evaluated by then, raises `TimeIsOver`.

    Raises:
        ValueError: an event of the sheet would have to happen before itself.
    """
    causes = causality(sheet)
    values = tuple([clock_values(kind, sheet, causes) for kind in clocks.values()])
    count = len(sheet.events)
    events = range(count) if deadline.at is None else WatchedRange(count, deadline)
    return Reading(events, pasts(causes), values)


def evaluator_of(expression: syntax.Expression, names: Sequence[str], vocabulary: Vocabulary) -> Evaluator:
    """The value of `expression` when `names` stand for the given events: a bool, a number, a vector or a matrix."""
    writer = _Writer(vocabulary)
    scope = {name: f"e{number}" for number, name in enumerate(names)}
    writer.bound = len(scope)
    text, _ = writer.write(expression, scope)
    function = writer.function(text, tuple(scope.values()))
    return lambda reading, events: function(reading.events, reading.past, *reading.clocks, *events)


def matcher_of(
    names: Sequence[str], condition: syntax.Expression, vocabulary: Vocabulary, *, wanted: bool = True
) -> Matcher:
    """The choices of different events for `names` in which `condition` is (or is not) true, in order.

    Args:
        names: at least one.
        condition: may use them.
        vocabulary: what else it may use.
        wanted: False finds the choices that refute `forall names: condition`.
    """
    writer = _Writer(vocabulary)
    loops, inside = writer.loops(names, {})
    text, _ = writer.write(condition, inside)
    chosen = "".join(f"{inside[name]}, " for name in names)
    found = f"(({chosen}) {loops} if {text if wanted else f'not {text}'})"
    function = writer.function(found, ())
    return lambda reading: function(reading.events, reading.past, *reading.clocks)


def choices(count: int, events: int) -> int:
    """In how many ways `count` names can stand for different ones of so many events."""
    ways = 1
    for taken in range(count):
        ways *= max(events - taken, 0)
    return ways


def relation(reading: Reading, x: int, y: int) -> Literal["->", "<-", "||", "=="]:
    """How two events stand to each other."""
    if x == y:
        return "=="
    if reading.past[y] >> x & 1:
        return "->"
    return "<-" if reading.past[x] >> y & 1 else "||"


def value_text(value: ClockValue) -> str:
    """`3`, `[2, 1, 0]`"""
    return str(value) if isinstance(value, int) else f"[{', '.join(value_text(each) for each in value)}]"


def value_json(value: ClockValue) -> Any:
    """The same as JSON: a number, or lists of numbers."""
    return value if isinstance(value, int) else [value_json(each) for each in value]


class _Writer:
    """Writes one formula as Python text. Every piece is in parentheses, a name, a number or a call.

    Attributes:
        bound: how many events have got a name in the text so far.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.bound = 0
        self._clocks = {
            name: (f"clock{at}", KIND_OF_CLOCK[kind]) for at, (name, kind) in enumerate(vocabulary.clocks.items())
        }
        self._lanes = {name: at for at, name in enumerate(vocabulary.lanes)}
        self._events = {name: str(at) for at, name in enumerate(vocabulary.events)}

    def function(self, text: str, parameters: Sequence[str]) -> Callable[..., Any]:
        """The text as a function of the parts of a `Reading` and the events `parameters`."""
        every = ["events", "past", *(variable for variable, _ in self._clocks.values()), *parameters]
        made: Callable[..., Any] = eval(f"lambda {', '.join(every)}: {text}", dict(_RUNTIME))  # noqa: S307  (our own text)
        return made

    def loops(self, names: Sequence[str], scope: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """`for e0 in events for e1 in events if e1 != e0`, and the scope inside."""
        inside = dict(scope)
        clauses: list[str] = []
        own: list[str] = []
        for name in names:
            variable = f"e{self.bound}"
            self.bound += 1
            different = "".join(f" if {variable} != {other}" for other in own)
            clauses.append(f"for {variable} in events{different}")
            own.append(variable)
            inside[name] = variable
        return " ".join(clauses), inside

    def write(self, expression: syntax.Expression, scope: Mapping[str, str]) -> tuple[str, Kind]:
        """The text of `expression`, and the kind of its value."""
        match expression:
            case syntax.Number(number):
                return str(number), "number"
            case syntax.Name("true" | "false" as word):
                return word.capitalize(), "truth"
            case syntax.Name(name):
                return scope[name] if name in scope else self._events[name], "event"
            case syntax.Call(function, (event,)):
                variable, kind = self._clocks[function.name]
                return f"{variable}[{self.write(event, scope)[0]}]", kind
            case syntax.Index(base, syntax.Name(lane)):
                text, kind = self.write(base, scope)
                return f"{text}[{self._lanes[lane]}]", "vector" if kind == "matrix" else "number"
            case syntax.ListOf(items):
                return self._written_out([self.write(item, scope) for item in items])
            case syntax.MapOf(pairs):
                return self._map(pairs, scope)
            case syntax.Unary(operator, operand):
                text, kind = self.write(operand, scope)
                return f"({operator} {text})", kind
            case syntax.Binary(operator, left, right):
                return self._binary(operator, self.write(left, scope), self.write(right, scope))
            case syntax.Comparison(operands, operators):
                return self._comparison([self.write(operand, scope) for operand in operands], operators), "truth"
            case syntax.EventOrder(order, left, right):
                x, y = self.write(left, scope)[0], self.write(right, scope)[0]
                if order == "->":
                    return f"(past[{y}] >> {x} & 1 == 1)", "truth"
                return f"({x} != {y} and not (past[{y}] >> {x} | past[{x}] >> {y}) & 1)", "truth"
            case syntax.EventQuantifier(quantifier, names, body):
                loops, inside = self.loops([name.name for name in names], scope)
                every = "all" if quantifier == "forall" else "any"
                return f"{every}({self.write(body, inside)[0]} {loops})", "truth"
            case syntax.IfElse(then, condition, otherwise):
                text, kind = self.write(then, scope)
                return f"({text} if {self.write(condition, scope)[0]} else {self.write(otherwise, scope)[0]})", kind
            case _:
                raise AssertionError(f"formulas about schedules have no {type(expression).__name__}")

    def _binary(self, operator: str, left: tuple[str, Kind], right: tuple[str, Kind]) -> tuple[str, Kind]:
        (a, kind), (b, _) = left, right
        match operator:
            case "implies":
                return f"({b} if {a} else True)", "truth"
            case "iff":
                return f"({a} == {b})", "truth"
            case _:
                return f"({a} {operator} {b})", kind

    def _comparison(self, operands: Sequence[tuple[str, Kind]], operators: Sequence[str]) -> str:
        kind = operands[0][1]
        texts = [text for text, _ in operands]
        if kind not in {"vector", "matrix"} or set(operators) <= {"==", "!="}:
            parts = [texts[0], *(f"{sign} {text}" for sign, text in zip(operators, texts[1:], strict=True))]
            return f"({' '.join(parts)})"
        # The partial order, and not that of Python's tuples, in which [2, 0] is above [1, 3].
        vectors = texts if kind == "vector" else [f"flat({text})" for text in texts]
        if len(operators) > 1:
            return f"ordered({tuple(operators)!r}, {', '.join(vectors)})"
        low, high = vectors if operators[0] in {"<", "<="} else reversed(vectors)
        return f"{'below' if operators[0] in {'<', '>'} else 'at_most'}({low}, {high})"

    def _written_out(self, items: Sequence[tuple[str, Kind]]) -> tuple[str, Kind]:
        texts = "".join(f"{text}, " for text, _ in items)
        return f"({texts})", "vector" if items[0][1] == "number" else "matrix"

    def _map(
        self, pairs: Sequence[tuple[syntax.Expression, syntax.Expression]], scope: Mapping[str, str]
    ) -> tuple[str, Kind]:
        given = {key.name: self.write(value, scope) for key, value in pairs if isinstance(key, syntax.Name)}
        kind = next(iter(given.values()))[1]
        nothing = ("0" if kind == "number" else repr((0,) * len(self._lanes)), kind)
        return self._written_out([given.get(lane, nothing) for lane in self._lanes])


def _at_most(a: Vector, b: Vector) -> bool:
    return all(map(le, a, b))


def _below(a: Vector, b: Vector) -> bool:
    return a != b and all(map(le, a, b))


def _ordered(signs: Sequence[str], *vectors: Vector) -> bool:
    """Does the partial order put the vectors of a chain as its signs say?"""
    return all(_stand(sign, a, b) for sign, a, b in zip(signs, vectors, vectors[1:], strict=False))


def _stand(sign: str, a: Vector, b: Vector) -> bool:
    match sign:
        case "==":
            return a == b
        case "!=":
            return a != b
        case "<=":
            return _at_most(a, b)
        case "<":
            return _below(a, b)
        case ">=":
            return _at_most(b, a)
        case _:
            return _below(b, a)


def _flat(matrix: Matrix) -> Vector:
    return tuple([entry for row in matrix for entry in row])


_RUNTIME = {"at_most": _at_most, "below": _below, "ordered": _ordered, "flat": _flat}
