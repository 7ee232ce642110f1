"""What did an exploration find? Outcomes per property, runs that show them, coverage and statistics.

The runs are schedules: an engine's word, to be confirmed by `semantics.replay` before anybody is told.
"""

import builtins
from collections.abc import Collection, Mapping
from enum import StrEnum

from dscheck.explore.questions import PropertyKind
from dscheck.record import record
from dscheck.semantics.evaluate import Failed
from dscheck.semantics.replay import Schedule
from dscheck.verdict import Outcome, Statistics


class SearchEnd(StrEnum):
    """Why a search ended. Only `EXHAUSTED` lets anything hold."""

    EXHAUSTED = "exhausted"
    FOUND = "found"  # what the caller waited for
    MAX_STATES = "max states"
    MAX_DEPTH = "max depth"
    TIMEOUT = "timeout"
    MAX_MEMORY = "max memory"
    INTERRUPTED = "interrupted"


@record
class Loop:
    """How a run goes on for ever.

    Attributes:
        instance: which instance of the property it violates.
        owed_from: the number of steps after which what must come is owed.
        begins: the number of steps after which the cycle begins, that is all other steps; there may be none.
    """

    instance: int
    owed_from: int
    begins: int


@record
class Violation:
    """A shortest run that violates a property.

    Attributes:
        property: its name; for a failure the implicit property (`range`, `assertion`, …).
        kind: of the property.
        schedule: the run; when the last step fails, that step is part of it.
        failed: what failed, for kind `failure`.
        formula: name of the property whose formula had no value in the last state or step, when it was not a step
            that failed; else empty.
        loop: how it goes on for ever, if it does: then it is short, but a shorter one may exist.
    """

    property: str
    kind: PropertyKind
    schedule: Schedule
    failed: Failed | None = None
    formula: str = ""
    loop: Loop | None = None

    @builtins.property  # `property` is a field here
    def length(self) -> int:
        """Number of steps."""
        return len(self.schedule.steps)


@record
class Exploration:
    """Everything that one search found.

    Attributes:
        end: why it ended.
        statistics: states, transitions, depth, time, memory.
        outcomes: per asked property, the implicit ones included: holds, violated or unknown. A `reachable` or
            `tight` property holds when `witnesses` has a run, and is violated when a complete search found none.
        kinds: kind per property of `outcomes`.
        violations: a shortest run per violated property; none for `reachable` and `tight`.
        witnesses: a shortest run per `reachable` or `tight` property that was reached.
        fired: how often each rule of the system ran.
        branches: one byte per outcome of each numbered branch: 2 × number, plus one for `otherwise`; 1 if taken.
        unexercised: (property, left side) of the implications whose left side was never true.
        unjudged: properties whose formula had no value somewhere, and what failed.
        engine: who explored; empty where only one is asked.
        notes: what to know about how it was explored, such as why not by the engine that was asked. Sentences.
        assumptions: what the outcomes rest on because of how it was explored.
    """

    end: SearchEnd
    statistics: Statistics
    outcomes: Mapping[str, Outcome]
    kinds: Mapping[str, PropertyKind]
    violations: Mapping[str, Violation]
    witnesses: Mapping[str, Schedule]
    fired: tuple[int, ...]
    branches: bytes
    unexercised: tuple[tuple[str, str], ...]
    unjudged: Mapping[str, Failed]
    engine: str = ""
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


def outcomes_of(
    kinds: Mapping[str, PropertyKind],
    *,
    complete: bool,
    violated: Collection[str],
    reached: Collection[str],
    unjudged: Collection[str],
    runs: Mapping[str, Outcome],
) -> dict[str, Outcome]:
    """What came out for each property.

    Args:
        kinds: of the properties, by name.
        complete: was everything reachable explored?
        violated: those that some run violates.
        reached: reachable and tight ones that some run shows.
        unjudged: those whose formula had no value somewhere.
        runs: the answers about weights of runs that need no run to show them.
    """

    def outcome(name: str, kind: PropertyKind) -> Outcome:
        if name in violated:
            return Outcome.VIOLATED
        if name in reached:
            return Outcome.HOLDS
        if name in unjudged:
            return Outcome.UNKNOWN
        if kind in {"bound", "tight"}:
            return runs.get(name, Outcome.UNKNOWN)
        if not complete:
            return Outcome.UNKNOWN
        return Outcome.VIOLATED if kind == "reachable" else Outcome.HOLDS

    return {name: outcome(name, kind) for name, kind in kinds.items()}
