"""Are the vector clocks of a trace right, and if not, which few events show it?"""

from typing import TYPE_CHECKING

from dscheck.record import record
from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.columns import Columns, claim_table, vector_matrix
from dscheck.traces.causality.messages import Matching
from dscheck.traces.causality.vector_rules import (
    BACKWARDS,
    CYCLE,
    DANGLING,
    DUPLICATE,
    GAP,
    NOT_CLOSED,
    NOTHING_RECEIVED,
    TOO_MUCH,
    UNKNOWN_SOURCE,
    VectorFault,
    VectorJudgement,
    judge_vectors,
)
from dscheck.traces.event import Event
from dscheck.traces.finding import Witness
from dscheck.traces.packed_events import kinds_of, marks_of
from dscheck.traces.wording import described, witness

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]


@record
class _Clocks:
    """The events of a trace that have vector clocks, as rows of their own."""

    columns: Columns
    rows: "Numbers"  # in the rows of all events
    vectors: "Numbers"
    starts: "Numbers"
    gaps: bool

    def event(self, row: int) -> Event:
        return self.columns.event(int(self.rows[row]))

    def entry(self, row: int, column: int) -> int:
        return int(self.vectors[row, column])

    def numbered(self, column: int, number: int) -> Event | None:
        """The event of a node whose own entry is `number`."""
        own = self.vectors[int(self.starts[column]) : int(self.starts[column + 1]), column]
        at = int(own.searchsorted(number))
        return self.event(int(self.starts[column]) + at) if at < len(own) and own[at] == number else None


def judge_vector_clocks(
    columns: Columns, matching: Matching, *, gaps: bool
) -> tuple[ClockFault | None, VectorJudgement, int]:
    """Check all vector clocks of a trace.

    Returns:
        What is wrong, or None; what the rules say of the matrix; of how many receipts it is known what was received.

    Raises:
        TableTooLarge: so many clocks do not fit into memory.
    """
    import numpy as np

    stamped = marks_of(columns.events, "vector")[columns.index]
    rows = np.flatnonzero(stamped)
    claim_table(len(rows), len(columns.nodes))
    clocks = _Clocks(
        columns,
        rows,
        vector_matrix(columns, rows),
        np.searchsorted(rows, columns.starts),
        gaps or not bool(stamped.all()),
    )
    source = _sources(clocks, matching)
    judgement = judge_vectors(clocks.vectors, clocks.starts, gaps=clocks.gaps, source=source)
    sources = 0 if source is None else int((source >= 0).sum())
    fault = None if judgement.fault is None else _explained(clocks, judgement.fault)
    return fault, judgement, sources


def _sources(clocks: _Clocks, matching: Matching) -> "Numbers | None":
    """What each row received, as `judge_vectors` wants it; None where no message is identified."""
    import numpy as np

    if not matching.send_of:
        return None
    columns = clocks.columns
    row_of = np.full(len(columns.index), UNKNOWN_SOURCE)
    row_of[clocks.rows] = np.arange(len(clocks.rows))
    source = np.full(len(clocks.rows), UNKNOWN_SOURCE)
    silent = kinds_of(columns.events, ("internal", "send"))
    source[silent[columns.index[clocks.rows]]] = NOTHING_RECEIVED
    pairs = np.array(list(matching.send_of.items()), np.int64).reshape(-1, 2)
    receipts = row_of[columns.row[pairs[:, 0]]]
    stamped = receipts >= 0
    source[receipts[stamped]] = row_of[columns.row[pairs[stamped, 1]]]
    return source


def _explained(clocks: _Clocks, fault: VectorFault) -> ClockFault:
    reason, core = {
        GAP: _gap,
        DUPLICATE: _gap,
        BACKWARDS: _backwards,
        DANGLING: _dangling,
        CYCLE: _cycle,
        NOT_CLOSED: _not_closed,
        TOO_MUCH: _too_much,
    }[fault.kind](clocks, fault)
    return ClockFault(fault.kind, reason, core)


_Explanation = tuple[str, tuple[Witness, ...]]


def _said(event: Event) -> str:
    return f"{described(event)} ({event.place})"


def _numbered(event: Event, number: int) -> str:
    """An event that another refers to by its number."""
    numbered = described(event) == f"{event.node} event {number}"
    return _said(event) + ("" if numbered else f", event {number} of {event.node}")


def _gap(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty = clocks.event(fault.row)
    first = f"{_said(guilty)}: its own entry is {fault.found}"
    if fault.other < 0:
        why = f", but it is the first event of {guilty.node} in the trace and must be 1"
        return first + why, (witness(guilty, f"{guilty.node}: {fault.found}, expected 1"),)
    before = clocks.event(fault.other)
    own = clocks.entry(fault.other, fault.column)
    lost = "; events between them are missing" if fault.kind == GAP else ""
    return (
        f"{first}, but the event of {guilty.node} before it has {own}, so it must be {fault.expected}{lost}",
        (witness(guilty, f"{guilty.node}: {fault.found}"), witness(before, f"{guilty.node}: {own}")),
    )


def _backwards(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty = clocks.event(fault.row)
    entry = clocks.columns.nodes[fault.column]
    if fault.other < 0:
        return f"{_said(guilty)}: entry {entry} is {fault.found}, less than nothing", (witness(guilty),)
    before = clocks.event(fault.other)
    had = clocks.entry(fault.other, fault.column)
    reason = (
        f"{_said(guilty)}: entry {entry} is {fault.found}, but the event of {guilty.node} before it has {had} already; "
        "a clock never forgets"
    )
    return (
        reason,
        (witness(guilty, f"{entry}: {fault.found}"), witness(before, f"{entry}: {had}")),
    )


def _dangling(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty = clocks.event(fault.row)
    entry = clocks.columns.nodes[fault.column]
    has = f"{entry} has {fault.expected} events" if fault.expected else f"no event of {entry} is"
    core = [witness(guilty, f"knows event {fault.found} of {entry}")]
    if fault.expected:
        core.append(witness(clocks.event(int(clocks.starts[fault.column + 1]) - 1), f"the last event of {entry}"))
    return f"{_said(guilty)} knows event {fault.found} of {entry}, but {has} in the trace", tuple(core)


def _cycle(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty, other = clocks.event(fault.row), clocks.event(fault.other)
    column = clocks.columns.nodes.index(other.node)
    number = clocks.entry(fault.other, column)
    reason = (
        f"{_said(guilty)} comes after {_numbered(other, number)}; but that one knows {guilty.node} "
        f"up to its event {fault.found}, and this is event {fault.expected + 1}: each would come before the other"
    )
    return (
        reason,
        (
            witness(guilty, f"is event {fault.expected + 1} of {guilty.node}"),
            witness(other, f"knows event {fault.found} of {guilty.node}"),
        ),
    )


def _not_closed(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty = clocks.event(fault.row)
    entry = clocks.columns.nodes[fault.column]
    source = fault.other if fault.other >= 0 else fault.row - 1
    through = clocks.event(source)
    column = clocks.columns.nodes.index(through.node)
    number = clocks.entry(source, column)
    missing = clocks.numbered(fault.column, fault.expected)
    core = [
        witness(guilty, f"{entry}: {fault.found}, expected at least {fault.expected}"),
        witness(through, f"{entry}: {fault.expected}"),
    ]
    what = f"event {fault.expected} of {entry}"
    if missing is not None:
        core.append(witness(missing, "missing from its past"))
        what += f" ({missing.place})"
    reason = (
        f"{_said(guilty)} comes after {_numbered(through, number)}, which knows {what}; but its "
        f"own clock knows {entry} only up to {fault.found}: {what} is missing from its past"
    )
    return reason, tuple(core)


def _too_much(clocks: _Clocks, fault: VectorFault) -> _Explanation:
    guilty = clocks.event(fault.row)
    entry = clocks.columns.nodes[fault.column]
    core = [witness(guilty, f"{entry}: {fault.found}, expected {fault.expected}")]
    had = 0
    if fault.row > int(clocks.starts[clocks.columns.nodes.index(guilty.node)]):
        had = clocks.entry(fault.row - 1, fault.column)
        core.append(witness(clocks.event(fault.row - 1), f"{entry}: {had}"))
    if fault.other >= 0:
        sending = clocks.event(fault.other)
        sent = clocks.entry(fault.other, fault.column)
        core.append(witness(sending, f"{entry}: {sent}"))
        why = f"it knew {had} before, and the message sent at {sending.place} carries {sent}"
    else:
        why = f"it received nothing, and knew {had} before"
    return (
        f"{_said(guilty)} knows too much: entry {entry} is {fault.found}, but {why}, so it must be {fault.expected}",
        tuple(core),
    )
