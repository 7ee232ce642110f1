"""Which schedules are there with so many processes and events, up to the names of processes, events and messages?

Each process has at least one event, each event is local or takes part in one message, and each message goes to another
process, where it is received once. A message that is lost changes nothing for anybody but for a clock that counts local
events only, so its send is left out as one more local event unless somebody asks for it.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, permutations, product

from dscheck.language.check_all_schedules import Extent
from dscheck.schedules.sheet import Sheet, SheetEvent, SheetMessage

_LOCAL, _LOST = 0, 1
"""Roles of an event; `2 + 2k` sends to event k, `3 + 2k` receives from it."""

_FREE = -1


def schedules_within(extent: Extent, *, lost: bool = False) -> Iterator[Sheet]:
    """Every schedule once, those with fewer events first, among them those with fewer messages.

    Nothing is stored: of the schedules that differ in the order of their processes only, the one whose roles come first
    in the order of tuples is given.

    Args:
        extent: how many processes and events.
        lost: also with messages that nobody receives.
    """
    for count in range(extent.fewest_events, extent.most_events + 1):
        for messages in range(count // 2 + 1):
            for processes in range(extent.fewest_processes, min(extent.most_processes, count) + 1):
                for lengths in _partitions(count, processes, count):
                    if messages <= count - lengths[0]:  # each has an end on another lane than the longest
                        yield from _schedules_of(lengths, messages, lost=lost)


def _partitions(total: int, parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """`total` as a sum of so many numbers from 1, none greater than `most` or than the one before it."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(most, total - parts + 1), 0, -1):
        for rest in _partitions(total - first, parts - 1, first):
            yield first, *rest


def _schedules_of(lengths: tuple[int, ...], messages: int, *, lost: bool) -> Iterator[Sheet]:
    """The schedules whose processes have so many events, with so many messages."""
    lane = [number for number, length in enumerate(lengths) for _ in range(length)]
    swaps = _swaps(lengths)
    for matched in _matchings(lane, messages):
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
        renamed[swap[event]] = role if role < 2 else 2 + 2 * swap[role // 2 - 1] + role % 2
    return tuple(renamed)


def _matchings(lane: Sequence[int], messages: int) -> Iterator[tuple[int, ...]]:
    """Every way to put so many messages between the events so that no event comes before itself."""
    count = len(lane)
    roles = [_FREE] * count
    later = [sum(1 << y for y in range(x + 1, count) if lane[y] == lane[x]) for x in range(count)]

    def choose(first: int, missing: int, later: list[int]) -> Iterator[tuple[int, ...]]:
        while first < count and roles[first] != _FREE:
            first += 1
        if not missing:
            yield tuple([_LOCAL if role == _FREE else role for role in roles])
            return
        if roles[first:].count(_FREE) < 2 * missing:
            return
        for other in range(first + 1, count):
            if roles[other] != _FREE or lane[other] == lane[first]:
                continue
            for start, end in ((first, other), (other, first)):
                if later[end] >> start & 1:
                    continue
                after = 1 << end | later[end]
                roles[start], roles[end] = 2 + 2 * end, 3 + 2 * start
                reached = [then | after if x == start or then >> start & 1 else then for x, then in enumerate(later)]
                yield from choose(first + 1, missing - 1, reached)
                roles[start] = roles[end] = _FREE
        roles[first] = _LOCAL
        yield from choose(first + 1, missing, later)
        roles[first] = _FREE

    yield from choose(0, messages, later)


def _with_lost(roles: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The same with some local events as sends of messages that are lost, fewest first."""
    local = [event for event, role in enumerate(roles) if role == _LOCAL]
    for count in range(len(local) + 1):
        for chosen in combinations(local, count):
            yield tuple([_LOST if event in chosen else role for event, role in enumerate(roles)])


def _sheet(lane: Sequence[int], roles: tuple[int, ...]) -> Sheet:
    """The schedule as a sheet: processes P1, P2, …, events a, b, …, messages m1, m2, … by the order of their sends."""
    events: list[SheetEvent] = []
    messages: list[SheetMessage] = []
    for at, role in enumerate(roles):
        if role == _LOCAL:
            events.append(SheetEvent(_event_name(at), lane[at]))
        elif role == _LOST or role % 2 == 0:
            events.append(SheetEvent(_event_name(at), lane[at], "send"))
            ends = () if role == _LOST else (role // 2 - 1,)
            messages.append(SheetMessage(f"m{len(messages) + 1}", at, ends))
        else:
            events.append(SheetEvent(_event_name(at), lane[at], "receive"))
    return Sheet(tuple(f"P{number + 1}" for number in range(lane[-1] + 1)), tuple(events), tuple(messages))


def _event_name(at: int) -> str:
    """a, b, …, z, a1, b1, …"""
    return chr(ord("a") + at % 26) + (str(at // 26) if at >= 26 else "")
