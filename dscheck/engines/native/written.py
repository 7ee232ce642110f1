"""Which variables can the steps of a system write? What no step writes needs no bits in a state."""

from collections.abc import Iterator
from itertools import product

from dscheck.domains import holds_stamps
from dscheck.engines.native.emit_expressions import Index, fresh_names
from dscheck.engines.simplify import Known, Simplifier, TooLong, unrolled
from dscheck.model.expressions import Bound, Expression, Literal
from dscheck.model.layout import Layout, layout_of
from dscheck.model.system import Choose, Count, Effects, ForEach, If, LetIn, Rule, System, Write
from dscheck.semantics.evaluate import element_domain

Place = int | str  # a slot, or the name of a counter

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
    values = unrolled(over) if simplifier.unrolls else None
    if values is None:
        return [Bound(name, domain)]
    filtered = None if isinstance(over, Literal) else simplifier.filtered(over)
    if filtered is None:
        return [Literal(value, domain) for value in values]
    return [element for element, test in filtered if not isinstance(test, Literal) or test.value]


def written_slots(system: System) -> frozenset[int]:
    """The slots that some step may write or normalisation may change; perhaps some others too."""
    layout = layout_of(system)
    written: set[Place] = {*_stamped(system, layout)}
    for rule in system.rules:
        try:
            simplifier = Simplifier(system, fresh_names(), unrolls=True)
            for known in _instances(simplifier, rule):
                written |= written_places(system, layout, simplifier, rule.body, known).keys()
        except TooLong:
            simplifier = Simplifier(system, fresh_names(), unrolls=False)
            written |= written_places(system, layout, simplifier, rule.body, {}).keys()
    return frozenset(slot for slot in written if isinstance(slot, int))


def _instances(simplifier: Simplifier, rule: Rule) -> Iterator[Known]:
    """What the parameters may be, as far as they are ids; without those whose guard is surely false."""
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
        guard = simplifier.simplify(rule.guard, known)
        if not isinstance(guard, Literal) or guard.value:
            yield known


# --- clocks -----------------------------------------------------------------------------------------


def _stamped(system: System, layout: Layout) -> Iterator[int]:
    """The slots whose stamps normalisation may lower; where there are none at first, a write has to bring them."""
    filled = {write.variable for write in _writes(system.initial) if not _is_empty(write.value)}
    for slot, (variable, _) in enumerate(layout.slots):
        if holds_stamps(variable.domain) and variable.name in filled:
            yield slot


def _writes(effects: Effects) -> Iterator[Write]:
    for effect in effects:
        match effect:
            case Write():
                yield effect
            case If(_, then, otherwise):
                yield from _writes((*then, *otherwise))
            case ForEach(_, _, body) | Choose(_, _, body) | LetIn(_, _, body):
                yield from _writes(body)


def _is_empty(value: Expression) -> bool:
    return isinstance(value, Literal) and value.value in ((), frozenset(), None)
