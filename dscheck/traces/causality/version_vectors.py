"""Are the version vectors of a trace right: does every write of a key go beyond all that its writer had seen of it?

D. S. Parker et al.: Detection of mutual inconsistency in distributed systems. IEEE TSE 9(3), 1983.
N. Preguiça et al.: Dotted version vectors: logical clocks for optimistic replication. arXiv 1011.5808, 2010.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns
from dscheck.traces.causality.vector_rules import BACKWARDS, DANGLING, DUPLICATE, NOT_CLOSED
from dscheck.traces.event import Event
from dscheck.traces.wording import described, entries, witness

WRITES = frozenset({"write", "put", "set", "append", "add", "cas", "update", "delete", "remove", "store"})


def version_fault(columns: Columns, send_of: Mapping[int, int], *, gaps: bool = False) -> tuple[ClockFault | None, int]:
    """What is wrong with the version vectors, if anything, and how many there are.

    An event with a version is a write if its function is one (`WRITES`), or if it has no function and its node's own
    entry is greater than what the node had seen of the key. All other events have read or stored the version.

    Args:
        columns: the rows of the trace.
        send_of: of receipts, by index, a send that came before.
        gaps: writes may be missing, so that a version may name one that is not recorded.
    """
    replicas = {node for event in columns.events if event.version is not None for node in event.version}
    seen: dict[tuple[str, Hashable], Event] = {}
    written: dict[tuple[Hashable, frozenset[tuple[str, int]]], Event] = {}
    greatest: dict[tuple[Hashable, str], int] = {}
    count = 0
    for index in columns.index.tolist():
        event = columns.events[index]
        if event.version is None:
            continue
        count += 1
        key = _hashable(event.key)
        context = seen.get((event.node, key))
        had: Mapping[str, int] = (context.version if context is not None else None) or {}
        if _is_write(event, had):
            if context is not None and not _below(had, event.version, strictly=True):
                return _not_above(DUPLICATE if _below(event.version, had) else BACKWARDS, event, context), count
            twin = written.setdefault((key, _entries(event.version)), event)
            if twin is not event:
                return _twins(event, twin), count
            for node, number in event.version.items():
                if node == event.node or node not in had or number > had[node]:
                    greatest[key, node] = max(greatest.get((key, node), 0), number)
        elif context is not None and event.node in replicas and not _below(had, event.version):
            return _not_above(BACKWARDS, event, context), count
        if index in send_of:
            send = columns.events[send_of[index]]
            if send.version is not None and _hashable(send.key) == key and not _below(send.version, event.version):
                return _not_above(NOT_CLOSED, event, send), count
        seen[event.node, key] = event
    return (None if gaps else _dangling(columns, greatest)), count


def siblings(versions: list[Mapping[str, int]]) -> list[Mapping[str, int]]:
    """The greatest of some version vectors: what a store has to keep. No two of them are in order."""
    return [
        one
        for at, one in enumerate(versions)
        if not any(
            _below(one, other, strictly=True) or (before < at and _entries(one) == _entries(other))
            for before, other in enumerate(versions)
        )
    ]


def _is_write(event: Event, had: Mapping[str, int]) -> bool:
    if event.function is not None:
        return event.function.casefold() in WRITES and event.kind != "recv"
    version = event.version or {}
    return event.kind != "recv" and version.get(event.node, 0) > had.get(event.node, 0)


def _below(lower: Mapping[str, int] | None, upper: Mapping[str, int] | None, *, strictly: bool = False) -> bool:
    lower, upper = lower or {}, upper or {}
    return all(count <= upper.get(node, 0) for node, count in lower.items()) and (
        not strictly or _entries(lower) != _entries(upper)
    )


def _entries(version: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset((node, count) for node, count in version.items() if count)


def _hashable(key: Any) -> Hashable:
    return key if isinstance(key, str | int | None) else repr(key)


def _not_above(kind: str, event: Event, cause: Event) -> ClockFault:
    now, had = entries(event.version or {}), entries(cause.version or {})
    of = f" of {event.key}" if event.key is not None else ""
    reason = (
        f"{described(event)} ({event.place}): its version{of} is {now}, but {described(cause)} ({cause.place}), which "
        f"it knows, has {had}" + (" and a write must go beyond that" if kind == DUPLICATE else "")
    )
    return ClockFault(kind, reason, (witness(event, now), witness(cause, had)))


def _twins(event: Event, twin: Event) -> ClockFault:
    version = entries(event.version or {})
    both = f"{described(event)} ({event.place}) and {described(twin)} ({twin.place})"
    reason = f"two writes have the version {version}: {both}"
    return ClockFault(DUPLICATE, reason, (witness(event, version), witness(twin, version)))


def _dangling(columns: Columns, greatest: Mapping[tuple[Hashable, str], int]) -> ClockFault | None:
    """A version that names a write which no event is. Keys whose writes are not recorded at all are left out."""
    keys = {key for key, _ in greatest}
    for index in columns.index.tolist():
        event = columns.events[index]
        key = _hashable(event.key)
        for node, number in (event.version or {}).items():
            most = greatest.get((key, node), 0)
            if key in keys and number > most:
                reason = (
                    f"{described(event)} ({event.place}): its version knows write {number} of {node}"
                    + (f" to {event.key}" if event.key is not None else "")
                    + (f", but the last one in the trace is {most}" if most else ", but the trace has none")
                )
                return ClockFault(DANGLING, reason, (witness(event, f"{node}: {number}"),))
    return None
