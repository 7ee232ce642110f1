"""Which independent objects is a history about, and what has each of them to do?

A history is linearizable if and only if that of each object is (Herlihy & Wing 1990, locality).
"""

from collections.abc import Hashable, Sequence
from typing import Any

from dscheck.record import record
from dscheck.traces.history import Operation
from dscheck.traces.linearizable.objects.object_type import ObjectType, Start, State
from dscheck.traces.linearizable.problem import Item


@record
class Part:
    """The operations of one object.

    Attributes:
        name: which object; None where there is only one.
        object: how it behaves.
        start: what was assumed.
        initial: its first state.
        operations: those that say something, in the order of invocation.
        items: the same for the search.
    """

    name: Hashable
    object: ObjectType
    start: Start
    initial: State
    operations: tuple[Operation, ...]
    items: tuple[Item, ...]


@record
class Assumed:
    """What the one who asks says of the initial value.

    Attributes:
        told: whether anything was said.
        value: what; nil if nothing was said.
        nil_is_unknown: whether a read of nil says nothing. None: if the initial value is something other than nil,
            for then nothing can have been absent.
    """

    told: bool = False
    value: Any = None
    nil_is_unknown: bool | None = None


def parts_of(operations: Sequence[Operation], kind: ObjectType, assumed: Assumed) -> list[Part]:
    """Split by object; each keeps the order of invocations."""
    groups: dict[Hashable, list[Operation]] = {}
    for each in operations:
        groups.setdefault(kind.part(each), []).append(each)
    return [part_of(name, group, kind, assumed) for name, group in groups.items()]


def part_of(name: Hashable, operations: Sequence[Operation], kind: ObjectType, assumed: Assumed) -> Part:
    """One object with these operations.

    Raises:
        ValueError: an operation that its object cannot read; the message names its place.
    """
    value = assumed.value
    unknown = assumed.nil_is_unknown
    start = Start(value, value is not None if unknown is None else unknown)
    kept: list[Operation] = []
    items: list[Item] = []
    for each in operations:
        call = kind.call(each, start)
        if call is not None:
            kept.append(each)
            items.append(Item(call, each.call, each.returned))
    return Part(name, kind, start, kind.initial(start), tuple(kept), tuple(items))
