"""Are the recorded clocks right? Vector, Lamport, hybrid and version values are checked, not believed.

Without clocks it is still checked that the messages form no cycle, that no event of a node is missing or there twice,
and that the file keeps the order that its header claims.
"""

import time
from collections.abc import Callable
from typing import Any

from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns, TableTooLarge, columns_of
from dscheck.traces.causality.file_order import effect_before_cause
from dscheck.traces.causality.happens_before import HappensBefore, NoOrder, happens_before, message_cycle
from dscheck.traces.causality.messages import Matching, matched_messages
from dscheck.traces.causality.scalar_clocks import hybrid_fault, lamport_fault
from dscheck.traces.causality.vector_clocks import judge_vector_clocks
from dscheck.traces.causality.vector_rules import CYCLE, DUPLICATE, GAP
from dscheck.traces.causality.version_vectors import version_fault
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.packed_events import marks_of, sequence_numbers
from dscheck.traces.wording import counted, counted_with, described, witness

CHECK = "causality"
EFFECT_FIRST = "effect before cause"
TOO_LARGE = "too large"


def check(trace: Trace, hybrid_bound: int | None = None) -> TraceFinding:
    """Judge all logical clocks of a trace.

    Args:
        trace: with `gaps` in its header, only what holes cannot explain is wrong.
        hybrid_bound: how far the physical part of a hybrid clock may be from the physical time of its event. If None,
            two clocks differ by at most twice the skew of the header, if that is known.
    """
    began = time.perf_counter()
    columns = columns_of(trace)
    matching = matched_messages(trace.events)
    if hybrid_bound is None and trace.header.skew is not None:
        hybrid_bound = 2 * trace.header.skew
    counts = {"events": len(trace.events), "nodes": len(columns.nodes)}
    said: list[str] = []
    data: dict[str, Any] = {}
    try:
        fault = _clock_fault(trace, columns, matching, hybrid_bound, counts, said, data)
        if fault is None:
            fault = _sequence_fault(trace, columns) or _order_fault(trace, columns, matching, counts, said)
    except TableTooLarge as error:
        seconds = time.perf_counter() - began
        return TraceFinding(CHECK, TraceOutcome.UNKNOWN, str(error), kind=TOO_LARGE, counts=counts, seconds=seconds)
    seconds = time.perf_counter() - began
    if fault is not None:
        return TraceFinding(
            CHECK,
            TraceOutcome.REJECTED,
            fault.reason,
            events=fault.core,
            core=fault.core,
            kind=fault.kind,
            counts=counts,
            seconds=seconds,
            data=data,
        )
    if not said:
        reason = "the trace records neither logical clocks nor messages"
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, reason, counts=counts, seconds=seconds)
    return TraceFinding(CHECK, TraceOutcome.ACCEPTED, "; ".join(said), counts=counts, seconds=seconds, data=data)


def _clock_fault(
    trace: Trace,
    columns: Columns,
    matching: Matching,
    hybrid_bound: int | None,
    counts: dict[str, int],
    said: list[str],
    data: dict[str, Any],
) -> ClockFault | None:
    """The first wrong clock value of any class; what is right is added to `counts` and `said`."""
    gaps = trace.header.gaps
    edges = matching.edges()
    vectors = int(marks_of(trace.events, "vector").sum())
    if vectors:
        counts["vector clocks"] = vectors
        fault, judgement, sources = judge_vector_clocks(columns, matching, gaps=gaps)
        counts["learned entries"], counts["receipts with known sending"] = judgement.learned, sources
        if fault is not None:
            return fault
        which, are = ("one vector clock", "is that") if vectors == 1 else (f"{vectors:,} vector clocks", "are those")
        said.append(
            f"the {which} of {counted(len(columns.nodes), 'node')} {are} of a run "
            "(every claimed past is closed and without cycles)"
        )
        if sources:
            said.append(f"{counted_with(sources, 'receipt', 'knows', 'know')} exactly what was received")
        if judgement.missing_count:
            said.append(f"{counted(judgement.missing_count, 'reference')} to events that the trace does not have")
            data["missing"] = [
                {"node": columns.nodes[column], "event": number} for _, column, number in judgement.missing[:10]
            ]
    for name, verbs, right, (fault, count) in (
        ("Lamport clocks", ("grows", "grow"), "along every cause", lamport_fault(columns, edges)),
        ("hybrid clocks", ("grows", "grow"), "along every cause", hybrid_fault(columns, edges, hybrid_bound)),
        ("versions", ("goes", "go"), "beyond all that was read", _versions(trace, columns, edges)),
    ):
        if count:
            counts[name] = count
            said.append(f"{counted_with(count, name.removesuffix('s'), *verbs)} {right}")
        if fault is not None:
            return fault
    return None


def _versions(trace: Trace, columns: Columns, edges: dict[int, int]) -> tuple[ClockFault | None, int]:
    if not any(marks_of(trace.events, name).any() for name in ("version", "dot", "context", "siblings")):
        return None, 0
    return version_fault(columns, edges, _before(trace, columns), gaps=trace.header.gaps)


def _before(trace: Trace, columns: Columns) -> Callable[[int, int], bool]:
    """Whether one event, by index, comes before another by anything that the trace says; found out when asked first."""
    total = trace.header.order == "total"
    order: list[HappensBefore | NoOrder] = []

    def before(first: int, second: int) -> bool:
        if total:
            return first < second
        if columns.events[first].node == columns.events[second].node:
            return bool(columns.row[first] < columns.row[second])
        if not order:
            order.append(happens_before(trace))
        return isinstance(order[0], HappensBefore) and order[0].before(first, second)

    return before


def _sequence_fault(trace: Trace, columns: Columns) -> ClockFault | None:
    """An event whose number on its node is not the next, where the trace says that it has no holes."""
    import numpy as np

    number = sequence_numbers(trace.events)[columns.index]
    first_of_node = np.diff(columns.node, prepend=-1) != 0
    expected = np.where(first_of_node, 0, np.roll(number, 1)) + 1
    wrong = (number == expected - 1) & ~first_of_node if trace.header.gaps else number != expected
    for row in np.flatnonzero(wrong).tolist():
        event = columns.event(row)
        same = not first_of_node[row]
        previous = columns.event(row - 1) if same else None
        before = previous.seq if same and previous is not None else 0
        if event.seq == before and same and previous is not None:
            reason = f"two events of {event.node} are its event {event.seq}: {previous.place} and {event.place}"
            return ClockFault(DUPLICATE, reason, (witness(event), witness(previous)))
        if event.seq != before + 1 and not trace.header.gaps:
            after = f"follows event {before} ({previous.place})" if same and previous is not None else "is its first"
            reason = (
                f"{described(event)} ({event.place}) is event {event.seq} of {event.node} and {after}: events are "
                "missing, and the trace does not say that it has gaps"
            )
            core = [witness(event, f"event {event.seq}")]
            if same and previous is not None:
                core.append(witness(previous, f"event {before}"))
            return ClockFault(GAP, reason, tuple(core))
    return None


def _order_fault(
    trace: Trace, columns: Columns, matching: Matching, counts: dict[str, int], said: list[str]
) -> ClockFault | None:
    """A cycle of messages, or an effect that stands before its cause in a file that claims otherwise."""
    edges = matching.edges()
    whole = counts.get("vector clocks") == len(trace.events)
    if edges:
        counts["messages"] = len(edges)
    if not whole:
        cyclic: HappensBefore | NoOrder | None = message_cycle(columns, edges)
        if cyclic is None and edges and "vector clocks" in counts:
            cyclic = happens_before(trace)
        if isinstance(cyclic, NoOrder) and cyclic.cycle:
            core = tuple(witness(trace.events[at]) for at in cyclic.cycle)
            return ClockFault(CYCLE, _cycle_told(trace, cyclic.cycle), core)
        if edges and "vector clocks" not in counts:
            those = "it" if len(edges) == 1 else "them"
            form = counted_with(len(edges), "message", "forms", "form")
            said.append(f"{form} no cycle, and clocks can be rebuilt from {those}")
    if trace.header.order == "per-node":
        return None
    pair = effect_before_cause(trace, columns, edges)
    if pair is not None:
        event, cause = (trace.events[at] for at in pair)
        reason = (
            f"the trace says that its order is {trace.header.order}, but {described(event)} ({event.place}) comes "
            f"after {described(cause)} ({cause.place}), which stands behind it"
        )
        return ClockFault(EFFECT_FIRST, reason, (witness(event, "effect"), witness(cause, "cause")))
    if edges or counts.get("vector clocks"):
        said.append(f"the order of the file is {trace.header.order}, as it says")
    return None


def _cycle_told(trace: Trace, cycle: tuple[int, ...]) -> str:
    """A cycle of messages in words: each is received no later than the next is sent."""
    steps = []
    for at in range(0, len(cycle), 2):
        receipt, following = trace.events[cycle[at + 1]], trace.events[cycle[(at + 2) % len(cycle)]]
        steps.append(f"{described(receipt)} ({receipt.place}) before {described(following)} ({following.place})")
    return (
        f"{counted(len(steps), 'message')} cannot {'' if len(steps) == 1 else 'all '}be received after being sent: "
        + ", and ".join(steps[:4])
        + (", …" if len(steps) > 4 else "")
    )
