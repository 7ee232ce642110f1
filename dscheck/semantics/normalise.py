"""Which states differ only in how far their clocks have run? Normalisation: the representative of a state among those.

Stamps are compared and stored but never computed with, so subtracting one number from every Lamport stamp of a state
changes no answer. The least stamp of a normalised state is 0; of all vectors over one process set, the least component
of each process is 0.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from dscheck.domains import (
    Bag,
    Bool,
    Clock,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Value,
    Vector,
    clocks_in,
    holds_stamps,
)
from dscheck.model.layout import Layout, State
from dscheck.record import record


@record
class _Stamped:
    """A stamp or vector found in a value, with the domain it has there."""

    domain: Stamp | Vector
    value: Value


@record
class Floors:
    """The least values of the clocks in a state: what normalisation subtracts.

    Attributes:
        stamp: the least of all Lamport stamps.
        vectors: by process set, the least component of each process in all vectors over the set.
    """

    stamp: int
    vectors: Mapping[str, tuple[int, ...]]

    def lowered(self, domain: Domain, value: Value) -> Value:
        """`value` of `domain`, which stands in the state, as it stands in the normalised one."""

        def lower(clock: Clock, part: Value) -> Value:
            if isinstance(clock, Stamp):
                return part - self.stamp
            return tuple(own - floor for own, floor in zip(part, self.vectors[clock.process], strict=True))

        return _moved(domain, value, lower)

    def of(self, clock: Clock) -> Value:
        """The least value of one clock; None if the state has none."""
        return self.stamp if isinstance(clock, Stamp) else self.vectors.get(clock.process)


def floors_of(layout: Layout, state: State) -> Floors:
    """The least values of the clocks in `state`."""
    found = [
        stamped
        for (variable, _), value in zip(layout.slots, state, strict=True)
        for stamped in _stamps(variable.domain, value)
    ]
    least = min((stamped.value for stamped in found if isinstance(stamped.domain, Stamp)), default=0)
    vectors: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for stamped in found:
        if isinstance(stamped.domain, Vector):
            vectors[stamped.domain.process].append(stamped.value)
    return Floors(least, {process: tuple(map(min, zip(*values, strict=True))) for process, values in vectors.items()})


def normalise(layout: Layout, state: State) -> State:
    """The representative of `state`; the state itself when nothing has to move."""
    lowered = floors_of(layout, state).lowered
    return tuple(lowered(variable.domain, value) for (variable, _), value in zip(layout.slots, state, strict=True))


def clocks_of(layout: Layout) -> tuple[Clock, ...]:
    """The clocks whose values stand in states; engines number them in this order."""
    return tuple(dict.fromkeys(clock for variable, _ in layout.slots for clock in clocks_in(variable.domain)))


def clocks_within(domain: Domain, value: Value) -> frozenset[Clock]:
    """The clocks of which `value` of `domain` really holds a value: `none` is none."""
    return frozenset(stamped.domain for stamped in _stamps(domain, value))


def _parts(domain: Domain, value: Value) -> Iterator[tuple[Domain, Value]]:
    """The values directly inside a value, with their domains."""
    match domain:
        case Bool() | Int() | Enum() | Id() | Stamp() | Vector():
            return
        case Optional(inner):
            if value is not None:
                yield inner, value
        case Set(inner) | Bag(inner) | List(inner, _):
            for item in value:
                yield inner, item
        case Map(key_domain, value_domain):
            for key, image in value:
                yield key_domain, key
                yield value_domain, image
        case Record(_, fields):
            for (_, field), item in zip(fields, value, strict=True):
                yield field, item
        case Tuple(items):
            yield from zip(items, value, strict=True)
        case Message():
            yield domain.kind(value[0]), value[1:]
        case _:
            assert_never(domain)


def _stamps(domain: Domain, value: Value) -> Iterator[_Stamped]:
    if isinstance(domain, Stamp | Vector):
        yield _Stamped(domain, value)
    elif holds_stamps(domain):
        for inner, part in _parts(domain, value):
            yield from _stamps(inner, part)


def _moved(domain: Domain, value: Value, lowered: Callable[[Stamp | Vector, Value], Value]) -> Value:
    """`value` with `lowered` applied to every stamp; sorted collections stay sorted, since all move alike."""
    if not holds_stamps(domain):
        return value

    def moved(inner: Domain, part: Value) -> Value:
        return _moved(inner, part, lowered)

    match domain:
        case Stamp() | Vector():
            return lowered(domain, value)
        case Optional(inner):
            return None if value is None else moved(inner, value)
        case Set(inner):
            return frozenset(moved(inner, item) for item in value)
        case Bag(inner) | List(inner, _):
            return tuple(moved(inner, item) for item in value)
        case Map(key_domain, value_domain):
            return tuple((moved(key_domain, key), moved(value_domain, image)) for key, image in value)
        case Record() | Tuple():
            return tuple(moved(inner, part) for inner, part in _parts(domain, value))
        case Message():
            return (value[0], *moved(domain.kind(value[0]), value[1:]))
        case _:
            raise TypeError(f"{domain} holds no stamps")
