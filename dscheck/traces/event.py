"""What does a recorded trace consist of, whichever format it came in?

An event is one line of a log: who did it, what it was, and what stood beside it. A trace is the events of one execution
in the order of the file, and what its header says about that order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, field, fields
from typing import Any, Literal

from dscheck.record import record

EventKind = Literal["internal", "send", "recv", "invoke", "ok", "fail", "info"]
OrderKind = Literal["total", "causal", "per-node"]
Dot = tuple[str, int]


@record
class Place:
    """Where an event was recorded.

    Attributes:
        file: as given on the command line; `-` for standard input.
        line: from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@record
class Event:
    """One recorded event. Whatever a format does not record is None (or empty).

    Attributes:
        node: the process it happened at.
        seq: how manyeth event of its node, from 1.
        kind: `send` and `recv` belong to a message; `invoke`, `ok`, `fail` and `info` to an operation of a history
            (`info`: it is unknown whether it took effect, and it may do so at any later time).
        msg: identifies the message, the same at send and receipt.
        peer: the other end of the message.
        op: identifies the operation, the same at invocation and completion.
        function: of the operation: `read`, `write`, `cas`, `append`, `acquire`, ….
        key: which object the operation is about, where there are several.
        value: argument of an invocation, result of a completion.
        action: name of the spec's action, or of the event in the log's own words.
        arguments: of the action, by name or position (`"0"`).
        variables: values observed after the event, by name; any subset.
        before: values observed before it.
        time: local physical time, in the unit of the trace.
        time_error: half-width of its uncertainty.
        lamport: value of a Lamport clock.
        vector: value of a vector clock.
        hybrid: `(physical, counter)`.
        version: value of a version vector.
        dot: `(replica, number)` of the one write of its key that the event is.
        context: version vector of what is known of the key beside its dot: what a write has read, what a read gives.
        siblings: the versions of its key that the node stores from here on, by vector or by the dot of their write.
        lock: name of a lock; `holds` says whether the event acquires it (True) or releases it (False).
        term: of the role; `role` is what the node is from here on, such as `leader`.
        place: where it was recorded.
        other: every other field of the record, as it was.
    """

    node: str
    seq: int
    kind: EventKind = "internal"
    msg: str | None = None
    peer: str | None = None
    op: str | None = None
    function: str | None = None
    key: Any = None
    value: Any = None
    action: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    time: int | None = None
    time_error: int | None = None
    lamport: int | None = None
    vector: Mapping[str, int] | None = None
    hybrid: tuple[int, int] | None = None
    version: Mapping[str, int] | None = None
    dot: Dot | None = None
    context: Mapping[str, int] | None = None
    siblings: tuple[Mapping[str, int] | Dot, ...] | None = None
    lock: str | None = None
    holds: bool | None = None
    term: int | None = None
    role: str | None = None
    place: Place = Place("-", 0)
    other: Mapping[str, Any] = field(default_factory=dict)


NOTHING: Mapping[str, Any] = {}  # one empty mapping for all events


class _Draft:
    """An event while its fields are set: an `Event` in all but name.

    `Event(…)` sets each of its slots by a call, since a record refuses assignment, which takes half of the time of
    reading a file. A draft takes them by assignment, and becomes an event at the end.
    """

    __slots__ = Event.__slots__  # type: ignore[attr-defined]  # `@record` makes them


def _drafting() -> Callable[[Place], Any]:
    """`draft`, compiled: one assignment for each field."""
    names: dict[str, Any] = {"draft_class": _Draft, "NOTHING": NOTHING}
    lines = ["def draft(place):", " made = draft_class()", " made.place = place"]
    for each in fields(Event):
        if each.name != "place":
            names[each.name] = None if each.default is MISSING else each.default
            lines.append(f" made.{each.name} = {'NOTHING' if each.default_factory is not MISSING else each.name}")
    exec("\n".join([*lines, " return made"]), names)  # noqa: S102  (our own text)
    made: Callable[[Place], Any] = names["draft"]
    return made


draft = _drafting()  # an event of which only the place is known, for the one who made it to fill in


def finished(made: Any) -> Event:
    """The event that a draft has become; it cannot be changed any more."""
    made.__class__ = Event
    return made  # type: ignore[no-any-return]


@record
class TraceHeader:
    """What is said about a whole trace.

    Attributes:
        order: `total`: the file is in the order in which things happened; `causal`: causes come first; `per-node`: only
            events of one node are in order.
        nodes: every node, if the header names them; else those that occur, in order of appearance.
        gaps: events may be missing.
        unit: of times: `ns`, `us`, `ms`, `s`.
        skew: how far a clock is off real time at most, in that unit; None for unknown.
        drift_ppm: how much a clock gains or loses at most, in parts per million.
        delay_min: least and greatest delay of a message, in that unit.
        spec: the file of the spec that the trace names.
        initial: values of variables before the first event; `value` of a history's object.
        other: every other field of the header, as it was.
    """

    order: OrderKind = "per-node"
    nodes: tuple[str, ...] = ()
    gaps: bool = False
    unit: Literal["ns", "us", "ms", "s"] = "ns"
    skew: int | None = None
    drift_ppm: int | None = None
    delay_min: int | None = None
    delay_max: int | None = None
    spec: str | None = None
    initial: Mapping[str, Any] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)


@record
class Trace:
    """One execution.

    Attributes:
        name: of the execution: the file, and its title where one file holds several.
        format: the reader's name.
        why: why that format was chosen, a sentence.
        events: in the order of the file: a tuple, or `PackedEvents` where there are many.
        notes: what was assumed while reading, such as pairing by order. Sentences.
    """

    name: str
    format: str
    why: str
    header: TraceHeader
    events: Sequence[Event]
    notes: tuple[str, ...] = ()
