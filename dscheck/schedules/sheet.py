"""Which events does a space-time diagram have, which happened before which, and what do their clocks show?

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978, for happens-before.
The rules of the clocks are those of `dscheck.clocks`; the loops here give the same values for all events at once, as
plain numbers and tuples, since the check of all schedules up to a size does this for each of them.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, assert_never

from dscheck.language import syntax
from dscheck.record import record
from dscheck.spacetime import EventKind

ClockKind = Literal["lamport", "vector", "version", "matrix"]

Vector = tuple[int, ...]
Matrix = tuple[Vector, ...]
ClockValue = int | Vector | Matrix

NO_EVENT = -1
"""Stands for what an event does not have: one before it on its lane, or a message. As an index it is the last place
of a list, where the loops below keep the value that a clock has before anything has happened."""


@record
class SheetEvent:
    """One event.

    Attributes:
        name: as declared.
        lane: index of its process.
        kind: whether it sends or receives one of the messages of the sheet.
    """

    name: str
    lane: int
    kind: EventKind = "local"


@record
class SheetMessage:
    """One message.

    Attributes:
        name: as declared.
        start: index of the event that sends it.
        ends: indices of the events that receive it, at most one per lane; none if it is lost.
        to: index of the lane that it is sent to; None if nobody says.
    """

    name: str
    start: int
    ends: tuple[int, ...]
    to: int | None = None


@record
class Sheet:
    """A space-time diagram.

    Attributes:
        lanes: the names of the processes.
        events: lane by lane, each lane from its first event to its last.
        messages: between them.
    """

    lanes: tuple[str, ...]
    events: tuple[SheetEvent, ...]
    messages: tuple[SheetMessage, ...] = ()


@record
class Causality:
    """What comes directly before what.

    Attributes:
        previous: for each event the one before it on its lane, or `NO_EVENT`.
        source: for each event the one that sent what it receives, or `NO_EVENT`.
        order: all events, causes first.
    """

    previous: tuple[int, ...]
    source: tuple[int, ...]
    order: tuple[int, ...]


def lanes_of(block: syntax.Schedule) -> tuple[syntax.Lane, ...]:
    """The processes of a schedule."""
    return tuple(line for line in block.lines if isinstance(line, syntax.Lane))


def clocks_of(lines: Iterable[syntax.ScheduleLine]) -> dict[str, ClockKind]:
    """The kind of each clock among lines that are free of static mistakes, by its name."""
    kinds: dict[str, ClockKind] = {"lamport": "lamport", "vector": "vector", "version": "version", "matrix": "matrix"}
    return {line.name.name: kinds[line.kind.name] for line in lines if isinstance(line, syntax.ScheduleClock)}


def sheet_of(block: syntax.Schedule) -> Sheet:
    """The diagram that a schedule, free of static mistakes, writes out."""
    lanes = lanes_of(block)
    events: list[SheetEvent] = []
    lane_named = {lane.name.name: number for number, lane in enumerate(lanes)}
    starts: dict[str, tuple[int, int | None]] = {}
    ends: dict[str, list[int]] = {}
    for number, lane in enumerate(lanes):
        for event in lane.events:
            match event:
                case syntax.LocalEvent(name):
                    events.append(SheetEvent(name.name, number))
                case syntax.SendingEvent(name, message, to):
                    starts[message.name] = len(events), None if to is None else lane_named[to.name]
                    events.append(SheetEvent(name.name, number, "send"))
                case syntax.ReceivingEvent(name, message):
                    ends.setdefault(message.name, []).append(len(events))
                    events.append(SheetEvent(name.name, number, "receive"))
                case _:
                    assert_never(event)
    messages = tuple(SheetMessage(name, at, tuple(ends.get(name, ())), to) for name, (at, to) in starts.items())
    return Sheet(tuple(lane.name.name for lane in lanes), tuple(events), messages)


def causality(sheet: Sheet) -> Causality:
    """What comes directly before what in `sheet`.

    Raises:
        ValueError: an event would have to happen before itself.
    """
    events = sheet.events
    count = len(events)
    previous = [at - 1 if at and events[at - 1].lane == event.lane else NO_EVENT for at, event in enumerate(events)]
    source = [NO_EVENT] * count
    for message in sheet.messages:
        for end in message.ends:
            source[end] = message.start
    done = [False] * count + [True]  # the last is `NO_EVENT`, which nobody has to wait for
    order: list[int] = []
    while len(order) < count:
        before = len(order)
        for at in range(count):
            if not done[at] and done[previous[at]] and done[source[at]]:
                done[at] = True
                order.append(at)
        if len(order) == before:
            raise ValueError("an event happens before itself")
    return Causality(tuple(previous), tuple(source), tuple(order))


def pasts(causes: Causality) -> list[int]:
    """For each event the set of those that happened before it, as bits: `past[y] >> x & 1` says that x is before y."""
    past = [0] * len(causes.order)
    known = [0] * (len(causes.order) + 1)  # the past of an event and itself; nothing is known at `NO_EVENT`
    for at in causes.order:
        past[at] = known[causes.previous[at]] | known[causes.source[at]]
        known[at] = past[at] | 1 << at
    return past


def clock_values(kind: ClockKind, sheet: Sheet, causes: Causality) -> Sequence[ClockValue]:
    """What a clock shows right after each event; vectors and the rows of matrices are in the order of the lanes."""
    match kind:
        case "lamport":
            return lamport_times(causes)
        case "vector":
            return _vectors(sheet, causes, [True] * len(sheet.events))
        case "version":
            return _vectors(sheet, causes, [event.kind == "local" for event in sheet.events])
        case "matrix":
            return _matrices(sheet, causes)
        case _:
            assert_never(kind)


def lamport_times(causes: Causality) -> list[int]:
    """What a Lamport clock shows right after each event."""
    times = [0] * (len(causes.order) + 1)
    for at in causes.order:
        times[at] = max(times[causes.previous[at]], times[causes.source[at]]) + 1
    return times[:-1]


def _vectors(sheet: Sheet, causes: Causality, ticks: Sequence[bool]) -> list[Vector]:
    """Vectors in which the events marked in `ticks` count."""
    nothing = (0,) * len(sheet.lanes)
    vectors = [nothing] * (len(sheet.events) + 1)
    for at in causes.order:
        joined = map(max, vectors[causes.previous[at]], vectors[causes.source[at]])
        own = sheet.events[at].lane
        vectors[at] = tuple([count + (lane == own and ticks[at]) for lane, count in enumerate(joined)])
    return vectors[:-1]


def _matrices(sheet: Sheet, causes: Causality) -> list[Matrix]:
    """Matrices: row p of the clock of q is what q knows that p knows, row q its vector clock."""
    nothing = ((0,) * len(sheet.lanes),) * len(sheet.lanes)
    matrices = [nothing] * (len(sheet.events) + 1)
    for at in causes.order:
        own, source = sheet.events[at].lane, causes.source[at]
        rows = [
            list(map(max, mine, theirs))
            for mine, theirs in zip(matrices[causes.previous[at]], matrices[source], strict=True)
        ]
        if source != NO_EVENT:
            rows[own] = list(map(max, rows[own], matrices[source][sheet.events[source].lane]))
        rows[own][own] += 1
        matrices[at] = tuple([tuple(row) for row in rows])
    return matrices[:-1]
