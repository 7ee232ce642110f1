"""Is a register linearizable into which no value is written twice, by writing or by comparing and setting?

Gibbons & Korach, *Testing Shared Memories* (1997): a value lives at least from the first return to the last
invocation of the operations that write and read it (a forward zone). Two values cannot live at the same time, and
one whose operations all overlap (a backward zone) needs a moment when no other has to live. O(n log n).

A value that is compared and set to another one is followed by that one at once. So values come in chains, each
begun by a write, whose operations have one order but for reads of the same value; a chain has a zone like a value. An
operation that never returned takes part if somebody saw its value, and can be left out if nobody did.
"""

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import field
from itertools import pairwise
from math import inf
from typing import Any

from dscheck.record import record
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains

METHOD = "zones of unique written values"
OBJECTS = frozenset({"register", "cas-register", "kv"})
_INITIAL = -1  # the write of the first value, before everything


@record
class _Zone:
    """The operations of a chain of values in their order; `first` returned first, `last` was invoked last."""

    operations: tuple[int, ...]
    first: int
    last: int
    returned: float
    called: float

    @property
    def forward(self) -> bool:
        return self.returned < self.called


@record
class _Uses:
    """Who writes each value, who reads it, and who sets it to another one."""

    writer: dict[Hashable, int]
    readers: dict[Hashable, list[int]] = field(default_factory=dict)
    leavers: dict[Hashable, list[int]] = field(default_factory=dict)


def unique_writes(part: Part) -> Shortcut | None:
    """Decide by zones, if every value is written once, and nothing was compared with a value that it is not."""
    if part.object.name not in OBJECTS:
        return None
    uses = _uses(part)
    if uses is None:
        return None
    nobody = next((each for value, each in _needs(part, uses) if value not in uses.writer), None)
    if nobody is not None:
        return Shortcut(False, METHOD, guilty=(_seen(part, uses, nobody),))
    kept = _taking_part(part, uses)
    zones: list[_Zone] = []
    placed: set[int] = set()
    for value, writer in uses.writer.items():
        if writer in kept and (writer == _INITIAL or part.items[writer].call.function == "write"):
            found = _chain(part, uses, kept, value)
            if isinstance(found, Shortcut):
                return found
            placed.update(found)
            if found != [_INITIAL]:
                zones.append(_zone(part, found))
    circle = [each for each in kept if each not in placed]
    if circle:  # each of their values was made of another one of them
        return Shortcut(False, METHOD, guilty=tuple(sorted({_seen(part, uses, each) for each in circle})))
    return _judge(part, uses, zones)


def _uses(part: Part) -> _Uses | None:
    """Who does what with each value; None if some value is written twice, or something else is asked."""
    uses = _Uses({part.initial: _INITIAL})
    for index, item in enumerate(part.items):
        call = item.call
        if call.function == "read":
            uses.readers.setdefault(call.result, []).append(index)
            continue
        if call.function not in ("write", "cas") or call.result is False:
            return None
        argument: Any = call.argument
        new = argument
        if call.function == "cas":
            compared, new = argument
            if compared == new:
                if item.returned is not None:
                    uses.readers.setdefault(new, []).append(index)
                continue
            uses.leavers.setdefault(compared, []).append(index)
        if new in uses.writer:
            return None
        uses.writer[new] = index
    return uses


def _needs(part: Part, uses: _Uses) -> list[tuple[Hashable, int]]:
    """The values that operations which returned need to find."""
    found = [(value, reads[0]) for value, reads in uses.readers.items()]
    for value, leavers in uses.leavers.items():
        found += [(value, each) for each in leavers if part.items[each].returned is not None]
    return found


def _taking_part(part: Part, uses: _Uses) -> set[int]:
    """The writers that returned, and those whose value was seen by one that takes part."""
    kept = {_INITIAL}
    kept.update(each for each in uses.writer.values() if each >= 0 and part.items[each].returned is not None)
    waiting = [value for value, _ in _needs(part, uses)]
    while waiting:
        writer = uses.writer.get(waiting.pop(), _INITIAL)
        if writer not in kept:
            kept.add(writer)
            argument: Any = part.items[writer].call.argument
            if part.items[writer].call.function == "cas":
                waiting.append(argument[0])
    return kept


def _chain(part: Part, uses: _Uses, kept: set[int], value: Hashable) -> list[int] | Shortcut:
    """The operations of the value and of those that it is set to, in their order, or why they have none."""
    chain = [uses.writer[value]]
    while True:
        chain += sorted(uses.readers.get(value, ()), key=lambda index: _called(part, index))
        leavers = [each for each in uses.leavers.get(value, ()) if each in kept]
        if len(leavers) > 1:
            return Shortcut(False, METHOD, guilty=tuple(sorted({_seen(part, uses, each) for each in leavers[:2]})))
        if not leavers:
            break
        chain += leavers
        argument: Any = part.items[leavers[0]].call.argument
        value = argument[1]
    latest = chain[0]
    for each in chain[1:]:
        if _returned(part, each) < _called(part, latest):
            return Shortcut(False, METHOD, guilty=tuple(sorted({each, _seen(part, uses, latest)} - {_INITIAL})))
        if _called(part, each) > _called(part, latest):
            latest = each
    return chain


def _seen(part: Part, uses: _Uses, index: int) -> int:
    """The operation, or one that returned and saw what it did."""
    while index >= 0 and part.items[index].returned is None:
        argument: Any = part.items[index].call.argument
        value = argument[1] if part.items[index].call.function == "cas" else argument
        if value in uses.readers:
            return uses.readers[value][0]
        leavers = uses.leavers.get(value)
        if not leavers:
            break
        index = next((each for each in leavers if part.items[each].returned is not None), leavers[0])
    return index


def _judge(part: Part, uses: _Uses, zones: list[_Zone]) -> Shortcut | None:
    forward = sorted((zone for zone in zones if zone.forward), key=lambda zone: zone.returned)
    for one, next_one in pairwise(forward):
        if next_one.returned < one.called:
            return _contradiction(part, uses, one, next_one)
    starts = [zone.returned for zone in forward]
    placed = [(zone.returned, 0, zone) for zone in forward]
    for zone in zones:
        if zone.forward:
            continue
        point = zone.called
        before = bisect_right(starts, point) - 1
        if before >= 0 and forward[before].called > point:
            if zone.returned < forward[before].called:
                return _contradiction(part, uses, forward[before], zone)
            point = forward[before].called
        placed.append((point, 1, zone))
    placed.sort(key=lambda each: each[:2])
    order = tuple(index for _, _, zone in placed for index in zone.operations if index >= 0)
    return Shortcut(True, METHOD, order=order) if explains(part, order) else None


def _contradiction(part: Part, uses: _Uses, one: _Zone, other: _Zone) -> Shortcut:
    """The ends of both zones and what began them."""
    named = {each for zone in (one, other) for each in (zone.first, zone.last, zone.operations[0])}
    return Shortcut(False, METHOD, guilty=tuple(sorted({_seen(part, uses, each) for each in named} - {_INITIAL})))


def _zone(part: Part, operations: list[int]) -> _Zone:
    first = min(operations, key=lambda index: _returned(part, index))
    last = max(operations, key=lambda index: _called(part, index))
    return _Zone(tuple(operations), first, last, _returned(part, first), _called(part, last))


def _returned(part: Part, index: int) -> float:
    if index < 0:
        return -1
    returned = part.items[index].returned
    return inf if returned is None else returned


def _called(part: Part, index: int) -> float:
    return -2 if index < 0 else part.items[index].called
