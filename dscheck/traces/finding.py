"""What came out of a check of a trace, as data: the answer, the events that show it, the reason."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from dscheck.record import record
from dscheck.spacetime import Diagram
from dscheck.traces.event import Place


class TraceOutcome(StrEnum):
    """What a check says of a trace. UNKNOWN is never a success; a check that has nothing to look at is NOT_ASKED."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@record
class Witness:
    """An event that takes part in an explanation.

    Attributes:
        place: where it was recorded.
        text: the event in a few words: `n1 acquires 0x18e45b8`, `n2 read x = 2`.
        role: what it is in the explanation: `released too late`, `expected`, `refused`.
    """

    place: Place
    text: str
    role: str = ""


@record
class TraceFinding:
    """The answer of one check.

    Attributes:
        check: its name: `causality`, `mutual-exclusion`, `linearizability`, ….
        outcome: the answer.
        reason: one or a few sentences: what was expected, what was found, with values.
        events: those that the reason speaks of, the guilty one first.
        core: the few events that suffice to see the contradiction.
        kind: which of the check's verdicts it is: `gap`, `backwards`, `overlap seen`, `overlap possible`, ….
        counts: what was looked at: `{"events": 654, "nodes": 5}`.
        seconds: of wall-clock time.
        order: for an accepted history, a linearization, as texts.
        data: more for programs, JSON values.
        diagram: the events that suffice to see it, and those around them, where they can be drawn.
    """

    check: str
    outcome: TraceOutcome
    reason: str
    events: tuple[Witness, ...] = ()
    core: tuple[Witness, ...] = ()
    kind: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    order: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    diagram: Diagram | None = None
