"""Which variables can the steps of a system change? What no step changes needs no bits in a state."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from dscheck.domains import Domain, Value, holds_stamps
from dscheck.engines.native.emit_expressions import Index, fresh_names
from dscheck.engines.simplify import Known, Simplifier, TooLong, conjuncts, unrolled
from dscheck.model.expressions import Bound, Expression, Literal
from dscheck.model.layout import Layout, State, layout_of
from dscheck.model.system import Choose, Count, Effects, ForEach, If, LetIn, Rule, System, Write
from dscheck.semantics.evaluate import element_domain

Place = int | str  # a slot, or the name of a counter

UNROLL_AT_MOST = 32  # elements; whether copies are too long, the emitter sees by their statements
_MOST_INSTANCES = 5_000  # of one rule, looked at one by one


def slots_of(system: System, layout: Layout, variable: str, indices: tuple[Index, ...]) -> list[int]:
    """The slots that an entry can stand at; an index that is not known is a text."""
    sizes = [index.size for index in system.variable(variable).indices]
    ranges = [(at,) if isinstance(at, int) else range(size) for at, size in zip(indices, sizes, strict=True)]
    return [layout.slot(variable, tuple(at)) for at in product(*ranges)]


def written_places(
    system: System, layout: Layout, simplifier: Simplifier, effects: Effects, known: Known
) -> dict[Place, None]:
    """Every place that the effects may write, in order.

    Args:
        system: whose effects.
        layout: of its states.
        simplifier: with or without unrolling.
        effects: of one of its rules.
        known: what bound names stand for.
    """
    places: dict[Place, None] = {}
    simplify = simplifier.simplify

    def add(inner: Effects, now: Known) -> None:
        places.update(written_places(system, layout, simplifier, inner, now))

    for effect in effects:
        match effect:
            case Write(variable, indices, _):
                simple = [simplify(index, known) for index in indices]
                at = tuple(int(index.value) if isinstance(index, Literal) else "?" for index in simple)
                places.update(dict.fromkeys(slots_of(system, layout, variable, at)))
            case Count(counter) if counter in system.counters:
                places[counter] = None
            case If(test, then, otherwise):
                truth = simplify(test, known)
                for outcome, branch in ((True, then), (False, otherwise)):
                    if not isinstance(truth, Literal) or truth.value == outcome:
                        add(branch, known)
            case LetIn(name, value, body):
                simple_value = simplify(value, known)
                stands = simple_value if isinstance(simple_value, Literal) else Bound(name, value.domain)
                add(body, {**known, name: stands})
            case ForEach(name, over, body) | Choose(name, over, body):
                for element in _elements(simplifier, name, simplify(over, known)):
                    add(body, {**known, name: element})
            case _:
                pass
    return places


def _elements(simplifier: Simplifier, name: str, over: Expression) -> list[Expression]:
    """What the elements of `over` may be: literals, or all of them the bound name `name`."""
    domain = element_domain(over.domain)
    values = unrolled(over, simplifier.most) if simplifier.unrolls or isinstance(over, Literal) else None
    if values is None:
        return [Bound(name, domain)]
    filtered = None if isinstance(over, Literal) else simplifier.filtered(over)
    if filtered is None:
        return [Literal(value, domain) for value in values]
    return [element for element, test in filtered if not isinstance(test, Literal) or test.value]


def constant_slots(system: System, initial: Sequence[State]) -> dict[int, Value]:
    """The slots, with their values, that are the same in every reachable state; perhaps not all of them.

    Constant propagation: what all initial states agree on is taken for constant until a step is found that may write
    it and is not ruled out by the other constants. A channel between processes that never talk is written only by
    receipts from it, which an empty channel rules out.

    Args:
        system: whose slots.
        initial: all initial states.
    """
    layout = layout_of(system)
    first = initial[0]
    constants = {
        slot: value
        for slot, value in enumerate(first)
        if all(state[slot] == value for state in initial) and _stays(layout.slots[slot][0].domain, value)
    }
    while True:
        written = _written(system, layout, constants)
        kept = {slot: value for slot, value in constants.items() if slot not in written}
        if kept == constants:
            return constants
        constants = kept


def _stays(domain: Domain, value: Value) -> bool:
    """Does normalisation leave the value alone? It moves stamps that no step writes."""
    return not holds_stamps(domain) or value in (None, (), frozenset())


def _written(system: System, layout: Layout, constants: Mapping[int, Value]) -> set[Place]:
    """The places that steps may write where slots have these constants."""
    known_entries = {(layout.slots[slot][0].name, layout.slots[slot][1]): value for slot, value in constants.items()}
    written: set[Place] = set()
    for rule in system.rules:
        try:
            simplifier = Simplifier(system, fresh_names(), unrolls=True, most=UNROLL_AT_MOST, constants=known_entries)
            for known in _instances(simplifier, rule):
                written |= written_places(system, layout, simplifier, rule.body, known).keys()
        except TooLong:
            simplifier = Simplifier(system, fresh_names(), unrolls=False, constants=known_entries)
            written |= written_places(system, layout, simplifier, rule.body, {}).keys()
    return written


def _instances(simplifier: Simplifier, rule: Rule) -> Iterator[Known]:
    """What the parameters may be, as far as they are ids; without those whose guard is surely false."""
    guards = conjuncts(rule.guard)
    instances: list[dict[str, Expression]] = [{}]
    for parameter in rule.parameters:
        instances = [
            {**known, parameter.name: element}
            for known in instances
            for element in _elements(simplifier, parameter.name, simplifier.simplify(parameter.over, known))
        ]
        if len(instances) > _MOST_INSTANCES:
            raise TooLong
    for known in instances:
        if not any(_is_false(simplifier.simplify(guard, known)) for guard in guards):
            yield known


def _is_false(guard: Expression) -> bool:
    return isinstance(guard, Literal) and not guard.value
