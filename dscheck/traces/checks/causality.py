"""Are the recorded clocks right? Vector, Lamport, hybrid and version values are checked, not believed.

Without clocks it is still checked that the messages form no cycle, that no event of a node is missing or there twice,
and that the file keeps the order that its header claims.
"""

import time
from collections.abc import Mapping
from typing import Any

from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns, columns_of
from dscheck.traces.causality.happens_before import NoOrder, happens_before, rebuilt
from dscheck.traces.causality.messages import Matching, matched_messages
from dscheck.traces.causality.scalar_clocks import hybrid_fault, lamport_fault
from dscheck.traces.causality.vector_clocks import judge_vector_clocks
from dscheck.traces.causality.vector_rules import CYCLE, DUPLICATE, GAP
from dscheck.traces.causality.version_vectors import version_fault
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.wording import counted, described, witness

CHECK = "causality"
EFFECT_FIRST = "effect before cause"


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
    fault = _clock_fault(trace, columns, matching, hybrid_bound, counts, said, data)
    if fault is None:
        fault = _sequence_fault(trace, columns) or _order_fault(trace, columns, matching, counts, said)
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
    vectors = sum(event.vector is not None for event in trace.events)
    if vectors:
        counts["vector clocks"] = vectors
        fault, judgement, sources = judge_vector_clocks(columns, matching, gaps=gaps)
        counts["learned entries"], counts["receipts with known sending"] = judgement.learned, sources
        if fault is not None:
            return fault
        said.append(
            f"the {counted(vectors, 'vector clock')} of {counted(len(columns.nodes), 'node')} are those of a run "
            "(every claimed past is closed and without cycles)"
        )
        if sources:
            said.append(f"{counted(sources, 'receipt')} know exactly what was received")
        if judgement.missing_count:
            said.append(f"{counted(judgement.missing_count, 'reference')} to events that the trace does not have")
            data["missing"] = [
                {"node": columns.nodes[column], "event": number} for _, column, number in judgement.missing[:10]
            ]
    for name, (fault, count) in _scalar_faults(columns, edges, hybrid_bound, gaps=gaps).items():
        if count:
            counts[name] = count
            said.append(f"{counted(count, name.removesuffix('s'))} grow along every cause")
        if fault is not None:
            return fault
    return None


def _scalar_faults(
    columns: Columns, edges: Mapping[int, int], hybrid_bound: int | None, *, gaps: bool
) -> dict[str, tuple[ClockFault | None, int]]:
    return {
        "Lamport clocks": lamport_fault(columns, edges),
        "hybrid clocks": hybrid_fault(columns, edges, hybrid_bound),
        "version vectors": version_fault(columns, edges, gaps=gaps),
    }


def _sequence_fault(trace: Trace, columns: Columns) -> ClockFault | None:
    """An event whose number on its node is not the next, where the trace says that it has no holes."""
    previous = None
    for index in columns.index.tolist():
        event = columns.events[index]
        same = previous is not None and previous.node == event.node
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
        previous = event
    return None


def _order_fault(
    trace: Trace, columns: Columns, matching: Matching, counts: dict[str, int], said: list[str]
) -> ClockFault | None:
    """A cycle of messages, or an effect that stands before its cause in a file that claims otherwise."""
    import numpy as np

    edges = matching.edges()
    whole = counts.get("vector clocks") == len(trace.events)
    if edges:
        counts["messages"] = len(edges)
    if not whole:
        order = rebuilt(columns, edges)
        if isinstance(order, NoOrder):
            core = tuple(witness(trace.events[at]) for at in order.cycle)
            return ClockFault(CYCLE, _cycle_told(trace, order.cycle), core)
        if edges and "vector clocks" not in counts:
            said.append(f"{counted(len(edges), 'message')} form no cycle, and clocks can be rebuilt from them")
    if trace.header.order == "per-node" or not (edges or counts.get("vector clocks")):
        return None
    known = happens_before(trace)
    if isinstance(known, NoOrder):
        return None
    for node in range(len(columns.nodes)):
        so_far = np.cumsum(columns.node[columns.row] == node)  # in the order of the file
        early = np.flatnonzero(known.known[columns.row, node] > so_far)
        if len(early):
            event = trace.events[int(early[0])]
            number = int(known.known[columns.row[early[0]], node])
            cause = columns.event(int(columns.starts[node]) + number - 1)
            reason = (
                f"the trace says that its order is {trace.header.order}, but {described(event)} ({event.place}) comes "
                f"after {described(cause)} ({cause.place}), which stands behind it"
            )
            return ClockFault(EFFECT_FIRST, reason, (witness(event, "effect"), witness(cause, "cause")))
    said.append(f"the order of the file is {trace.header.order}, as it says")
    return None


def _cycle_told(trace: Trace, cycle: tuple[int, ...]) -> str:
    """A cycle of messages in words: each is received no later than the next is sent."""
    steps = []
    for at in range(0, len(cycle), 2):
        receipt, following = trace.events[cycle[at + 1]], trace.events[cycle[(at + 2) % len(cycle)]]
        steps.append(f"{described(receipt)} ({receipt.place}) before {described(following)} ({following.place})")
    return (
        f"{counted(len(steps), 'message')} cannot all be received after being sent: "
        + ", and ".join(steps[:4])
        + (", …" if len(steps) > 4 else "")
    )
