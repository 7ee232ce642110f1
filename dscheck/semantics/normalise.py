"""Which states differ only in how far their clocks have run? Normalisation: the representative of a state among those.

Stamps are compared and stored but never computed with, so subtracting one number from every Lamport stamp of a state
changes no answer. The least stamp of a normalised state is 0; of all vectors over one process set, the least component
of each process is 0.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import assert_never

from dscheck.domains import (
    Bag,
    Bool,
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
    holds_stamps,
)
from dscheck.model.layout import Layout, State
from dscheck.record import record


@record
class _Stamped:
    """A stamp or vector found in a value, with the domain it has there."""

    domain: Stamp | Vector
    value: Value


def normalise(layout: Layout, state: State) -> State:
    """The representative of `state`; the state itself when nothing has to move."""
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
    floors = {process: tuple(map(min, zip(*values, strict=True))) for process, values in vectors.items()}

    def lowered(domain: Stamp | Vector, value: Value) -> Value:
        if isinstance(domain, Stamp):
            return value - least
        return tuple(own - floor for own, floor in zip(value, floors[domain.process], strict=True))

    return tuple(
        _moved(variable.domain, value, lowered) for (variable, _), value in zip(layout.slots, state, strict=True)
    )


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
