"""Is a register linearizable that is only read and written, and never twice with the same value?

Gibbons & Korach, *Testing Shared Memories* (1997): a value lives at least from the first return to the last
invocation of the operations that write and read it (a forward zone). Two values cannot live at the same time, and
one whose operations all overlap (a backward zone) needs a moment when no other has to live. O(n log n).
"""

from bisect import bisect_right
from collections.abc import Hashable
from itertools import pairwise
from math import inf

from dscheck.record import record
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains

METHOD = "zones of unique written values"
OBJECTS = frozenset({"register", "cas-register", "kv"})


@record
class _Zone:
    """The operations of one value; `first` returned first, `last` was invoked last. -1 is the initial write."""

    operations: tuple[int, ...]
    first: int
    last: int
    returned: float
    called: float

    @property
    def forward(self) -> bool:
        return self.returned < self.called


def unique_writes(part: Part) -> Shortcut | None:
    """Decide by zones, if every write has a value of its own and there is nothing but reads and writes."""
    if part.object.name not in OBJECTS:
        return None
    writers: dict[Hashable, int] = {part.initial: -1}
    readers: dict[Hashable, list[int]] = {}
    for index, item in enumerate(part.items):
        if item.call.function == "write" and item.call.argument not in writers:
            writers[item.call.argument] = index
        elif item.call.function == "read":
            readers.setdefault(item.call.result, []).append(index)
        else:
            return None
    zones: list[_Zone] = []
    for value, reads in readers.items():
        writer = writers.get(value)
        if writer is None:
            return Shortcut(False, METHOD, guilty=(reads[0],))
        early = next(
            (each for each in reads if writer >= 0 and _returned(part, each) < part.items[writer].called), None
        )
        if early is not None:
            return Shortcut(False, METHOD, guilty=(early,))
        zones.append(_zone(part, (writer, *reads)))
    zones += [
        _zone(part, (writer,))
        for value, writer in writers.items()
        if value not in readers and writer >= 0 and part.items[writer].returned is not None
    ]
    return _judge(part, zones)


def _judge(part: Part, zones: list[_Zone]) -> Shortcut | None:
    forward = sorted((zone for zone in zones if zone.forward), key=lambda zone: zone.returned)
    for one, next_one in pairwise(forward):
        if next_one.returned < one.called:
            return _contradiction(one, next_one)
    starts = [zone.returned for zone in forward]
    placed = [(zone.returned, 0, zone) for zone in forward]
    for zone in zones:
        if zone.forward:
            continue
        point = zone.called
        before = bisect_right(starts, point) - 1
        if before >= 0 and forward[before].called > point:
            if zone.returned < forward[before].called:
                return _contradiction(forward[before], zone)
            point = forward[before].called
        placed.append((point, 1, zone))
    placed.sort(key=lambda each: each[:2])
    order = tuple(index for _, _, zone in placed for index in zone.operations if index >= 0)
    return Shortcut(True, METHOD, order=order) if explains(part, order) else None


def _contradiction(one: _Zone, other: _Zone) -> Shortcut:
    """The ends of both zones and what wrote their values."""
    named = {each for zone in (one, other) for each in (zone.first, zone.last, zone.operations[0])}
    return Shortcut(False, METHOD, guilty=tuple(sorted(named - {-1})))


def _zone(part: Part, operations: tuple[int, ...]) -> _Zone:
    first = min(operations, key=lambda index: _returned(part, index))
    last = max(operations, key=lambda index: _called(part, index))
    reads = sorted(operations[1:], key=lambda index: _called(part, index))
    return _Zone((operations[0], *reads), first, last, _returned(part, first), _called(part, last))


def _returned(part: Part, index: int) -> float:
    if index < 0:
        return -1
    returned = part.items[index].returned
    return inf if returned is None else returned


def _called(part: Part, index: int) -> float:
    return -2 if index < 0 else part.items[index].called
