"""Are the versions of a trace right: does every write of a key go beyond all that its writer had read of it?

With dots (dotted version vectors) a write is named by its replica and number, apart from what its writer had read, so
that two writers at one replica are told apart. No version may know of a write that comes only later. Which versions a
node stores beside each other is judged in `stored_siblings`.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns
from dscheck.traces.causality.stored_siblings import Held, sibling_fault
from dscheck.traces.causality.vector_rules import BACKWARDS, CYCLE, DANGLING, DUPLICATE, NOT_CLOSED
from dscheck.traces.causality.versions import Version, at_most, dot_told, joined, maximal, supersedes
from dscheck.traces.event import Dot, Event
from dscheck.traces.packed_events import marks_of
from dscheck.traces.wording import described, entries, witness

WRITES = frozenset({"write", "put", "set", "append", "add", "cas", "update", "delete", "remove", "store"})

_Key = Hashable
_Before = Callable[[int, int], bool]


def version_fault(
    columns: Columns, send_of: Mapping[int, int], before: _Before, *, gaps: bool = False
) -> tuple[ClockFault | None, int]:
    """What is wrong with the versions, if anything, and how many events have one.

    An event with a dot, or with a version vector, is a write if its function is one (`WRITES`), or if it has no
    function, is no receipt, and the write is new: the dot of its own replica, or its own entry of the vector, is
    greater than all that the node has seen of the key. All other events have read, sent or stored the version.

    Args:
        columns: the rows of the trace.
        send_of: of receipts, by index, a send that came before.
        before: whether one event, by index, happened before another.
        gaps: writes and merges may be missing, so that a version may name a write that is not recorded.
    """
    marks = [marks_of(columns.events, field) for field in ("version", "dot", "context", "siblings")]
    marked = marks[0] | marks[1] | marks[2] | marks[3]
    versioned = {index: columns.events[index] for index in columns.index[marked[columns.index]].tolist()}
    if not versioned:
        return None, 0
    judged = _Versions(columns, versioned.values(), send_of, gaps=gaps)
    for index in versioned:
        judged.find_writes(index)
    for index in columns.index.tolist():
        event = versioned.get(index)
        if event is not None:
            fault = judged.fault_of(index, event) or judged.fault_of_names(index, event, before)
            if fault is not None:
                return fault, judged.count
        elif send_of.get(index) in versioned:
            judged.receive(index)
    return None, judged.count


class _Versions:
    """The writes of all keys, and what each node has of them so far.

    Attributes:
        count: events judged so far.
    """

    def __init__(self, columns: Columns, versioned: Iterable[Event], send_of: Mapping[int, int], *, gaps: bool) -> None:
        self.count = 0
        self._events = columns.events
        self._send_of = send_of
        self._gaps = gaps
        self._replicas = {node for event in versioned for node in (*(event.version or ()), *(event.dot or ())[:1])}
        self._held: dict[tuple[str, _Key], Held] = {}
        self._received: dict[tuple[str, _Key], list[Held]] = {}  # and maybe not stored
        self._greatest: dict[tuple[str, _Key], dict[str, int]] = {}  # what a node has seen, while writes are found
        self._is_write: set[int] = set()
        self._by_dot: dict[tuple[_Key, Dot], int] = {}
        self._by_vector: dict[tuple[_Key, frozenset[tuple[str, int]]], int] = {}
        self._numbers: dict[tuple[_Key, str], list[tuple[int, int]]] = {}  # of a replica: (number, index), ascending
        self._written: set[_Key] = set()
        self._sorted = False

    def find_writes(self, index: int) -> None:
        """Find out whether an event is a write; to be asked of all, in the order of each node, before any is judged."""
        event = self._events[index]
        key = hashable(event.key)
        seen = self._greatest.setdefault((event.node, key), {})
        names = _named_writes(event)
        if _is_write(event, seen):
            self._is_write.add(index)
            self._written.add(key)
            if event.dot is not None:
                if self._by_dot.setdefault((key, event.dot), index) == index:
                    self._numbers.setdefault((key, event.dot[0]), []).append((event.dot[1], index))
            else:
                base = seen if event.context is None else event.context
                new = {node: number for node, number in (event.version or {}).items() if number > base.get(node, 0)}
                for node in {event.node} & new.keys() or new:  # a client may write in the name of a replica
                    self._numbers.setdefault((key, node), []).append((new[node], index))
        for node, number in names.items():
            seen[node] = max(seen.get(node, 0), number)

    def fault_of(self, index: int, event: Event) -> ClockFault | None:
        """What is wrong with the versions of one event, by what its node had and what it received."""
        self.count += 1
        key = hashable(event.key)
        held = self._held.get((event.node, key))
        version = _version(event)
        write = index in self._is_write
        fault = (
            self._dot_fault(index, event, key, write=write)
            or _context_fault(event)
            or (self._write_fault(event, version, held, index) if write and version is not None else None)
        )
        if fault is not None:
            return fault
        arriving = [] if version is None else [Held(event, (version,))]
        sent = self._sent(index, key)
        if sent is not None:
            arriving.append(sent)
            if event.siblings is None and version is not None and event.dot is None:
                for each in sent.versions:
                    if not at_most(each, version):
                        return _not_above(NOT_CLOSED, event, version, sent.event, each)
        if event.siblings is not None:
            stored = tuple(self._sibling(each, key) for each in event.siblings)
            had = [held] if held is not None else []
            complete = not self._gaps and (write or sent is not None)
            maybe = self._received.get((event.node, key), []) if complete else None
            contexts = not self._gaps or all(self._is_written(each, key) for each in event.siblings)
            fault = sibling_fault(event, stored, [*had, *arriving], maybe, contexts=contexts)
            if fault is not None:
                return fault
            self._held[event.node, key] = Held(event, stored)
        elif version is not None:
            plain = event.dot is None and event.context is None
            if plain and not write and held is not None and event.node in self._replicas:
                for each in held.versions:
                    if not at_most(each, version):
                        return _not_above(BACKWARDS, event, version, held.event, each)
            kept = () if plain or held is None else held.versions
            self._held[event.node, key] = Held(event, maximal([*kept, version]))
        return None

    def receive(self, index: int) -> None:
        """Take note of a receipt that does not record which versions came with it; its sending does."""
        key = hashable(self._events[self._send_of[index]].key)
        sent = self._sent(index, key)
        if sent is not None:
            self._received.setdefault((self._events[index].node, key), []).append(sent)

    def _dot_fault(self, index: int, event: Event, key: _Key, *, write: bool) -> ClockFault | None:
        """A dot is that of one write, comes after the earlier ones of its replica, and has one context."""
        dot = event.dot
        if dot is None:
            return None
        said = f"{described(event)} ({event.place})"
        if event.context is not None and dot[1] <= event.context.get(dot[0], 0):
            reason = (
                f"{said} is {dot_told(dot)}{_of(event)}, but its context {entries(event.context)} has that write "
                "already: it would have been read before it was written"
            )
            return ClockFault(CYCLE, reason, (witness(event, f"{dot_told(dot)} in its own context"),))
        first = self._by_dot.get((key, dot), index)
        other = self._events[first]
        if first != index and write and not _one_operation(event, other):
            reason = f"{said} and {described(other)} ({other.place}) are both {dot_told(dot)}{_of(event)}"
            return ClockFault(DUPLICATE, reason, (witness(event, dot_told(dot)), witness(other, dot_told(dot))))
        if first != index and event.context is not None and not write:
            had = _version(other)
            if had is not None and _entries(had.vector) != _entries(event.context):
                now, was = entries(event.context), entries(had.vector)
                reason = (
                    f"{said}: {dot_told(dot)}{_of(event)} has the context {now} here, but {was} where it was written "
                    f"({other.place})"
                )
                return ClockFault(BACKWARDS, reason, (witness(event, now), witness(other, was)))
        return None

    def _write_fault(self, event: Event, version: Version, held: Held | None, index: int) -> ClockFault | None:
        """A write goes beyond what its writer had read: its context, or else all that its node had seen."""
        if event.dot is None:
            key = hashable(event.key)
            if event.context is None and held is not None:
                for each in held.versions:
                    if not supersedes(version, each):
                        kind = DUPLICATE if at_most(version, each) else BACKWARDS
                        return _not_above(kind, event, version, held.event, each, write=True)
            if event.context is not None and not supersedes(version, Version(event.context)):
                now, had = entries(version.vector), entries(event.context)
                reason = (
                    f"{described(event)} ({event.place}): its version{_of(event)} is {now}, but its writer had read "
                    f"{had}, and a write must go beyond that"
                )
                return ClockFault(BACKWARDS, reason, (witness(event, f"{now}, had read {had}"),))
            first = self._by_vector.setdefault((key, _entries(version.vector)), index)
            other = self._events[first]
            if first != index and not _one_operation(event, other):
                return _twins(event, other, str(version))
        return None

    def _sibling(self, stored: Mapping[str, int] | Dot, key: _Key) -> Version:
        """A stored version; one that is named by its dot has the context that its write recorded."""
        if isinstance(stored, Mapping):
            return Version(stored)
        write = self._by_dot.get((key, stored))
        return (_version(self._events[write]) if write is not None else None) or Version({}, stored)

    def _is_written(self, stored: Mapping[str, int] | Dot, key: _Key) -> bool:
        """Whether the trace has the write of a stored version, or the version says itself what its writer had read."""
        return isinstance(stored, Mapping) or (key, stored) in self._by_dot

    def _sent(self, index: int, key: _Key) -> Held | None:
        """The versions of the key that a receipt brings; None where the trace does not say."""
        send = self._events[self._send_of[index]] if index in self._send_of else None
        if send is None or hashable(send.key) != key:
            return None
        if send.siblings is not None:
            return Held(send, tuple(self._sibling(each, key) for each in send.siblings))
        version = _version(send)
        return None if version is None else Held(send, (version,))

    def fault_of_names(self, index: int, event: Event, before: _Before) -> ClockFault | None:
        """A write that a version names, but nobody made, or made only later."""
        key = hashable(event.key)
        if key not in self._written:
            return None
        if not self._sorted:
            for each in self._numbers.values():
                each.sort()
            self._sorted = True
        exact = [each for each in event.siblings or () if not isinstance(each, Mapping)]
        for node, number in (*_named_writes(event).items(), *exact):
            made = self._numbers.get((key, node), [])
            at = bisect_right(made, (number, len(self._events))) - 1
            missing = number and (at < 0 or (made[at][0] < number and (at + 1 == len(made) or (node, number) in exact)))
            if missing and not self._gaps:
                return _dangling(event, (node, number), made[-1][0] if made else 0)
            if at >= 0 and before(index, made[at][1]):
                return _too_early(event, (node, made[at][0]), self._events[made[at][1]])
            if at > 0 and made[at][1] == index and before(index, made[at - 1][1]):
                return _numbered_backwards(
                    event, (node, number), (node, made[at - 1][0]), self._events[made[at - 1][1]]
                )
        return None


def _version(event: Event) -> Version | None:
    """The version that an event writes, reads, sends or stores."""
    if event.dot is None:
        return None if event.version is None else Version(event.version)
    node, number = event.dot
    context = event.context
    if context is None:  # nothing was read, unless the whole vector says so
        context = {**(event.version or {})}
        if context.get(node, 0) == number:
            context[node] = number - 1
    return Version(context, event.dot)


def _named_writes(event: Event) -> dict[str, int]:
    """The greatest number of each replica that the versions of an event name."""
    vectors = [
        event.version or {},
        event.context or {},
        *(each for each in event.siblings or () if isinstance(each, Mapping)),
    ]
    dots = [
        *([event.dot] if event.dot is not None else ()),
        *(e for e in event.siblings or () if not isinstance(e, Mapping)),
    ]
    return joined([*(Version(vector) for vector in vectors), *(Version({}, dot) for dot in dots)])


def _is_write(event: Event, seen: Mapping[str, int]) -> bool:
    if event.kind == "recv" or (event.version is None and event.dot is None):
        return False
    if event.function is not None:
        return event.function.casefold() in WRITES
    if event.dot is not None:
        return event.kind != "send" or (event.dot[0] == event.node and event.dot[1] > seen.get(event.node, 0))
    return (event.version or {}).get(event.node, 0) > seen.get(event.node, 0)


def _one_operation(event: Event, other: Event) -> bool:
    """Whether both are ends of one operation of a history."""
    return event.op is not None and (event.node, event.op) == (other.node, other.op)


def _context_fault(event: Event) -> ClockFault | None:
    """The vector of a write has its own dot and all that its writer had read."""
    if event.version is None or event.dot is None:
        return None
    whole = Version(event.version)
    version = _version(event)
    if version is None or (whole.knows(event.dot) and at_most(Version(version.vector), whole)):
        return None
    now, had = entries(event.version), str(version)
    reason = f"{described(event)} ({event.place}): its version{_of(event)} is {now}, but it is {had}"
    return ClockFault(BACKWARDS, reason, (witness(event, now),))


def _entries(version: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset((node, count) for node, count in version.items() if count)


def hashable(key: Any) -> Hashable:
    """A key of the trace, as a key of a dict."""
    return key if isinstance(key, str | int | None) else repr(key)


def _of(event: Event) -> str:
    return f" of {event.key}" if event.key is not None else ""


def _not_above(
    kind: str, event: Event, version: Version, cause: Event, known: Version, *, write: bool = False
) -> ClockFault:
    reason = (
        f"{described(event)} ({event.place}): its version{_of(event)} is {version}, but {described(cause)} "
        f"({cause.place}), which it knows, has {known}" + (", and a write must go beyond that" if write else "")
    )
    return ClockFault(kind, reason, (witness(event, str(version)), witness(cause, str(known))))


def _twins(event: Event, twin: Event, version: str) -> ClockFault:
    both = f"{described(event)} ({event.place}) and {described(twin)} ({twin.place})"
    reason = f"two writes{_of(event)} have the version {version}: {both}"
    return ClockFault(DUPLICATE, reason, (witness(event, version), witness(twin, version)))


def _dangling(event: Event, dot: Dot, most: int) -> ClockFault:
    last = "but the trace has none" if not most else f"but the last one in the trace is {most}"
    if most >= dot[1]:
        last = "but the trace does not have that one"
    to = f" to {event.key}" if event.key is not None else ""
    reason = f"{described(event)} ({event.place}): its version knows {dot_told(dot)}{to}, {last}"
    return ClockFault(DANGLING, reason, (witness(event, f"knows {dot_told(dot)}"),))


def _too_early(event: Event, dot: Dot, write: Event) -> ClockFault:
    to = f" to {event.key}" if event.key is not None else ""
    reason = (
        f"{described(event)} ({event.place}): its version knows {dot_told(dot)}{to}, which {described(write)} "
        f"({write.place}) makes only later"
    )
    return ClockFault(CYCLE, reason, (witness(event, f"knows {dot_told(dot)}"), witness(write, dot_told(dot))))


def _numbered_backwards(event: Event, dot: Dot, lower: Dot, later: Event) -> ClockFault:
    reason = (
        f"{described(event)} ({event.place}) is {dot_told(dot)}{_of(event)}, and {described(later)} ({later.place}), "
        f"which comes later, is {dot_told(lower)}: a replica numbers its writes upwards"
    )
    return ClockFault(BACKWARDS, reason, (witness(later, dot_told(lower)), witness(event, dot_told(dot))))
