"""Do Lamport and hybrid clock values grow along every cause, and do hybrid ones stay close to physical time?

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978.
S. Kulkarni, M. Demirbas, D. Madappa, B. Avva, M. Leone: Logical physical clocks. OPODIS 2014.

Such values can refute an order; they never prove that two events are concurrent.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns
from dscheck.traces.causality.vector_rules import BACKWARDS, DUPLICATE
from dscheck.traces.event import Event
from dscheck.traces.packed_events import marks_of
from dscheck.traces.wording import described, witness

NOT_AFTER_SEND = "receipt not after its sending"
NOT_AFTER_CAUSE = "effect not after its cause"
AWAY_FROM_TIME = "too far from physical time"

_Value = TypeVar("_Value", int, tuple[int, int])


def lamport_fault(columns: Columns, send_of: Mapping[int, int]) -> tuple[ClockFault | None, int]:
    """What is wrong with the Lamport clocks, if anything, and how many there are."""
    return _growth_fault(columns, send_of, "Lamport clock", "lamport", _lamport, str)


def hybrid_fault(columns: Columns, send_of: Mapping[int, int], bound: int | None) -> tuple[ClockFault | None, int]:
    """What is wrong with the hybrid clocks, if anything, and how many there are.

    Args:
        columns: the rows of the trace.
        send_of: of receipts, by index, a send that came before.
        bound: how far the physical part may be from the physical time of the event; None if that is not known.
    """
    fault, count = _growth_fault(
        columns, send_of, "hybrid clock", "hybrid", _hybrid, lambda value: f"{value[0]}.{value[1]}"
    )
    if fault is not None or bound is None or not count:
        return fault, count
    for event in columns.events:
        if event.hybrid is not None and event.time is not None:
            off = abs(event.hybrid[0] - event.time)
            if off > bound + (event.time_error or 0):
                reason = (
                    f"{described(event)} ({event.place}): its hybrid clock says {event.hybrid[0]} at physical time "
                    f"{event.time}, {off} away; clocks that differ by at most {bound} cannot do that"
                )
                return ClockFault(AWAY_FROM_TIME, reason, (witness(event, f"{off} away from {event.time}"),)), count
    return None, count


def _lamport(event: Event) -> int | None:
    return event.lamport


def _hybrid(event: Event) -> tuple[int, int] | None:
    return event.hybrid


def _growth_fault(
    columns: Columns,
    send_of: Mapping[int, int],
    name: str,
    attribute: str,
    value_of: Callable[[Event], _Value | None],
    shown: Callable[[_Value], str],
) -> tuple[ClockFault | None, int]:
    """The value of an event is above that of the event before it, and that of a receipt above that of its send."""
    last: dict[str, tuple[Event, _Value]] = {}
    count = 0
    unsent: ClockFault | None = None
    for index in columns.index[marks_of(columns.events, attribute)[columns.index]].tolist():
        event = columns.events[index]
        value = value_of(event)
        if value is None:
            continue
        count += 1
        if event.node in last:
            before, had = last[event.node]
            if not had < value:
                kind = BACKWARDS if value < had else DUPLICATE
                return _fault(kind, event, shown(value), before, shown(had), name, "the event before it"), count
        last[event.node] = event, value
        if unsent is None and index in send_of:
            send = columns.events[send_of[index]]
            sent = value_of(send)
            if sent is not None and not sent < value:
                unsent = _fault(NOT_AFTER_SEND, event, shown(value), send, shown(sent), name, "its sending")
    if unsent is None and count:
        marked = marks_of(columns.events, attribute)
        if any(not (marked[receipt] and marked[send]) for receipt, send in send_of.items()):
            pair = _not_after_cause(columns, send_of, value_of)
            if pair is not None:
                event, cause = (columns.events[index] for index in pair)
                told = [shown(value) for each in (event, cause) if (value := value_of(each)) is not None]
                return _fault(NOT_AFTER_CAUSE, event, told[0], cause, told[1], name, "a cause of it"), count
    return unsent, count


def _not_after_cause(
    columns: Columns, send_of: Mapping[int, int], value_of: Callable[[Event], _Value | None]
) -> tuple[int, int] | None:
    """An event and a cause of it, by index, whose value is not smaller, where ends of messages have none.

    Messages that form a cycle, and what comes after them, are left out.
    """
    greatest: dict[int, tuple[_Value, int] | None] = {}  # of each event: the last value of its past, and whose it is
    starts = columns.starts.tolist()
    following = starts[:-1]
    waiting: dict[int, list[int]] = {}  # of a send, the nodes whose next event is its receipt
    ready = list(range(len(following)))
    while ready:
        node = ready.pop()
        while following[node] < starts[node + 1]:
            row = following[node]
            index = int(columns.index[row])
            send = send_of.get(index)
            if send is not None and send not in greatest:
                waiting.setdefault(send, []).append(node)
                break
            before = greatest[int(columns.index[row - 1])] if row > starts[node] else None
            got = None if send is None else greatest[send]
            most = got if before is None or (got is not None and before[0] < got[0]) else before
            value = value_of(columns.events[index])
            if value is not None and most is not None and not most[0] < value:
                return index, most[1]
            greatest[index] = most if value is None else (value, index)
            following[node] += 1
            ready += waiting.pop(index, ())
    return None


def _fault(kind: str, event: Event, value: str, cause: Event, had: str, name: str, relation: str) -> ClockFault:
    reason = (
        f"{described(event)} ({event.place}): its {name} is {value}, but {relation}, {cause.place}, has {had}; "
        "an effect has a greater value than its cause"
    )
    return ClockFault(kind, reason, (witness(event, f"{name} {value}"), witness(cause, f"{name} {had}")))
