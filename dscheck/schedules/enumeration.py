"""Which schedules are there with so many processes and events, up to the names of processes, events and messages?

Each process has at least one event; each event is local, sends one message, or receives one. A message goes to other
processes, one or several, and each of them receives it once. A message that nobody receives changes nothing for anybody
but for a clock that counts local events only, so its send is left out as one more local event unless somebody asks for
it.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, permutations, product

from dscheck.language.check_all_schedules import Extent
from dscheck.schedules.sheet import Sheet, SheetEvent, SheetMessage

_IDLE, _LOST, _FROM = 0, 1, 2
"""Roles of an event: it receives nothing, it sends what nobody receives, `_FROM + k` receives from event k.

Who sends what somebody receives is told by the roles of the receivers, so that no two tuples of roles are the same
schedule with the same names.
"""


def schedules_within(extent: Extent, *, lost: bool = False) -> Iterator[Sheet]:
    """Every schedule once, those with fewer events first, among them those with fewer receipts.

    Nothing is stored: of the schedules that differ in the order of their processes only, the one whose roles come first
    in the order of tuples is given.

    Args:
        extent: how many processes and events.
        lost: also with messages that nobody receives.
    """
    for count in range(extent.fewest_events, extent.most_events + 1):
        for receipts in range(count):
            for processes in range(extent.fewest_processes, min(extent.most_processes, count) + 1):
                for lengths in _partitions(count, processes, count):
                    # Receipts elsewhere, and senders elsewhere of what the longest lane receives, are different events.
                    if receipts <= count - lengths[0]:
                        yield from _schedules_of(lengths, receipts, lost=lost)


def _partitions(total: int, parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """`total` as a sum of so many numbers from 1, none greater than `most` or than the one before it."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(most, total - parts + 1), 0, -1):
        for rest in _partitions(total - first, parts - 1, first):
            yield first, *rest


def _schedules_of(lengths: tuple[int, ...], receipts: int, *, lost: bool) -> Iterator[Sheet]:
    """The schedules whose processes have so many events, so many of them receipts."""
    lane = [number for number, length in enumerate(lengths) for _ in range(length)]
    swaps = _swaps(lengths)
    for matched in _deliveries(lane, receipts):
        for roles in _with_lost(matched) if lost else (matched,):
            if all(roles <= _renamed(roles, swap) for swap in swaps):
                yield _sheet(lane, roles)


def _swaps(lengths: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Each way to exchange processes with equally many events, as the new index of each event."""
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    groups = [[number for number, each in enumerate(lengths) if each == length] for length in sorted({*lengths})]
    swaps = []
    for orders in product(*(permutations(group) for group in groups)):
        place = dict(zip(chain(*groups), chain(*orders), strict=True))
        swaps.append(tuple(starts[place[number]] + at for number, each in enumerate(lengths) for at in range(each)))
    return swaps[1:]  # the first leaves all where they are


def _renamed(roles: tuple[int, ...], swap: tuple[int, ...]) -> tuple[int, ...]:
    """The roles when each event has its new index."""
    renamed = [0] * len(roles)
    for event, role in enumerate(roles):
        renamed[swap[event]] = role if role < _FROM else _FROM + swap[role - _FROM]
    return tuple(renamed)


def _deliveries(lane: Sequence[int], receipts: int) -> Iterator[tuple[int, ...]]:
    """Every way in which so many events receive from others so that no event comes before itself."""
    count = len(lane)
    roles = [_IDLE] * count
    reached: list[set[int]] = [set() for _ in range(count)]  # the lanes that receive what an event sends

    def choose(end: int, missing: int, later: list[int]) -> Iterator[tuple[int, ...]]:
        if not missing:
            yield tuple(roles)
            return
        if count - end < missing:
            return
        yield from choose(end + 1, missing, later)
        if reached[end]:  # an event that sends does not receive
            return
        for start in range(count):
            if roles[start] != _IDLE or lane[start] == lane[end] or lane[end] in reached[start]:
                continue
            if later[end] >> start & 1:
                continue
            after = 1 << end | later[end]
            roles[end] = _FROM + start
            reached[start].add(lane[end])
            yield from choose(
                end + 1,
                missing - 1,
                [then | after if x == start or then >> start & 1 else then for x, then in enumerate(later)],
            )
            reached[start].remove(lane[end])
            roles[end] = _IDLE

    later = [sum(1 << y for y in range(x + 1, count) if lane[y] == lane[x]) for x in range(count)]
    yield from choose(0, receipts, later)


def _with_lost(roles: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The same with some local events as sends of messages that are lost, fewest first."""
    senders = {role - _FROM for role in roles if role >= _FROM}
    local = [event for event, role in enumerate(roles) if role == _IDLE and event not in senders]
    for count in range(len(local) + 1):
        for chosen in combinations(local, count):
            yield tuple([_LOST if event in chosen else role for event, role in enumerate(roles)])


def _sheet(lane: Sequence[int], roles: tuple[int, ...]) -> Sheet:
    """The schedule as a sheet: processes P1, P2, …, events a, b, …, messages m1, m2, … by the order of their sends."""
    ends: dict[int, list[int]] = {event: [] for event, role in enumerate(roles) if role == _LOST}
    for event, role in enumerate(roles):
        if role >= _FROM:
            ends.setdefault(role - _FROM, []).append(event)
    events: list[SheetEvent] = []
    for at, role in enumerate(roles):
        if role >= _FROM:
            events.append(SheetEvent(_event_name(at), lane[at], "receive"))
        elif at in ends:
            events.append(SheetEvent(_event_name(at), lane[at], "send"))
        else:
            events.append(SheetEvent(_event_name(at), lane[at]))
    messages = [SheetMessage(f"m{number}", start, tuple(ends[start])) for number, start in enumerate(sorted(ends), 1)]
    return Sheet(tuple(f"P{number + 1}" for number in range(lane[-1] + 1)), tuple(events), tuple(messages))


def _event_name(at: int) -> str:
    """a, b, …, z, a1, b1, …"""
    return chr(ord("a") + at % 26) + (str(at // 26) if at >= 26 else "")
