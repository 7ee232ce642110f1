"""What does a state look like when the ids of one process set are renamed?"""

from typing import Any

from dscheck.domains import (
    Bag,
    Domain,
    Id,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Tuple,
    Vector,
    order_key,
)
from dscheck.model.layout import Layout, State


def permuted(layout: Layout, state: State, process: str, order: tuple[int, ...]) -> State:
    """`state` with every id of `process` renamed, as an index of variables and inside of values.

    Args:
        layout: of the state.
        state: the state.
        process: whose ids are renamed.
        order: the new number of each id.
    """
    moved: list[Any] = [None] * len(state)
    for (variable, indices), value in zip(layout.slots, state, strict=True):
        to = tuple(
            order[index] if of.process == process else index
            for of, index in zip(variable.indices, indices, strict=True)
        )
        moved[layout.slot(variable.name, to)] = _renamed(variable.domain, value, process, order)
    return tuple(moved)


def _renamed(domain: Domain, value: Any, process: str, order: tuple[int, ...]) -> Any:
    def inner(of: Domain, part: Any) -> Any:
        return _renamed(of, part, process, order)

    match domain:
        case Id(name, _):
            return order[value] if name == process else value
        case Optional(of):
            return None if value is None else inner(of, value)
        case Set(of):
            return frozenset(inner(of, item) for item in value)
        case List(of, _):
            return tuple(inner(of, item) for item in value)
        case Bag(of):
            return tuple(sorted((inner(of, item) for item in value), key=order_key(of)))
        case Map(key, of):
            entries = [(inner(key, one), inner(of, other)) for one, other in value]
            by = order_key(key)
            return tuple(sorted(entries, key=lambda entry: by(entry[0]) if by else entry[0]))
        case Record(_, fields):
            return tuple(inner(of, item) for (_, of), item in zip(fields, value, strict=True))
        case Tuple(items):
            return tuple(inner(of, item) for of, item in zip(items, value, strict=True))
        case Message():
            return (value[0], *inner(domain.kind(value[0]), value[1:]))
        case Vector(name, size):
            if name != process:
                return value
            places = {order[number]: value[number] for number in range(size)}
            return tuple(places[number] for number in range(size))
        case _:
            return value
