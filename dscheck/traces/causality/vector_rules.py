"""Are these vector clocks those of some execution? Rules over all rows at once, linear in rows × nodes.

C. Fidge: Timestamps in message-passing systems that preserve the partial ordering. ACSC 1988.
F. Mattern: Virtual time and global states of distributed systems. 1989.

A clock claims which events of each node are in the past of its event. The claims are right exactly if every event is
the next of its node, knows what the event before it knew, and whatever it knows more of is an event that exists, knows
no more than this one, and does not know of this one: so the claimed past of every event is closed and without cycles.
Where it is recorded what was received, that determines the clock: the greatest of both, and one more event of its own.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dscheck.record import record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Matrix = npt.NDArray[np.signedinteger[Any]]

UNKNOWN_SOURCE = -2  # whether the event received something is not recorded
NOTHING_RECEIVED = -1

GAP = "gap"
DUPLICATE = "duplicate"
BACKWARDS = "backwards"
DANGLING = "dangling reference"
CYCLE = "cycle"
NOT_CLOSED = "not causally closed"
TOO_MUCH = "knows too much"
_PRECEDENCE = (BACKWARDS, DANGLING, CYCLE, NOT_CLOSED, TOO_MUCH)  # a later one may be a consequence of an earlier one

_CHUNK = 1 << 16  # rows at a time: the working set stays in the processor's cache


@record
class VectorFault:
    """A clock that is no clock of an execution.

    Attributes:
        kind: GAP, DUPLICATE, BACKWARDS, DANGLING, CYCLE, NOT_CLOSED or TOO_MUCH.
        row: the event whose clock it is.
        column: the entry that is wrong.
        found: its value.
        other: the row it is compared with, or -1: of the event before, of the one it refers to, of the sending.
        expected: what the entry should be: exactly, at least (BACKWARDS, NOT_CLOSED) or at most (the others).
    """

    kind: str
    row: int
    column: int
    found: int
    other: int
    expected: int


@record
class VectorJudgement:
    """What the rules say of a matrix of clocks.

    Attributes:
        fault: the first of the gravest kind, if any.
        learned: how many entries grew, other than an event's own.
        missing: of a trace with holes, (row, column, value) of up to 100 references to events that are not there.
        missing_count: how many such references there are.
    """

    fault: VectorFault | None
    learned: int
    missing: tuple[tuple[int, int, int], ...] = ()
    missing_count: int = 0


def judge_vectors(
    vectors: "Matrix", starts: "Numbers", *, gaps: bool = False, source: "Numbers | None" = None
) -> VectorJudgement:
    """Check every clock of a trace.

    Args:
        vectors: one row per event, one column per node; the rows of a node together, in its order.
        starts: rows `starts[h]` to `starts[h + 1]` are those of node `h`.
        gaps: events may be missing: numbers may jump and references may lead nowhere; the order must be kept still.
        source: of each row, that of the sending if it is a receipt; NOTHING_RECEIVED; UNKNOWN_SOURCE. None if
            unknown for all.
    """
    fault = _own_entries(vectors, starts, gaps=gaps)
    if fault is not None:
        return VectorJudgement(fault, 0)
    faults: dict[str, VectorFault] = {}
    learned, missing_count = 0, 0
    missing: list[tuple[int, int, int]] = []
    lookup = _Lookup(vectors, starts) if gaps else None
    for node, first, block, before in _chunks(vectors, starts):
        looked = _references(vectors, starts, node, first, block, before, lookup)
        learned += looked.learned
        missing_count += looked.missing_count
        missing += looked.missing[: 100 - len(missing)]
        for each in looked.faults:
            faults.setdefault(each.kind, each)
        if source is not None:
            for each in _receipts(vectors, first, node, block, before, source[first : first + len(block)], gaps=gaps):
                faults.setdefault(each.kind, each)
    worst = next((faults[kind] for kind in _PRECEDENCE if kind in faults), None)
    return VectorJudgement(worst, learned, tuple(missing), missing_count)


def _own_entries(vectors: "Matrix", starts: "Numbers", *, gaps: bool) -> VectorFault | None:
    """The first event that is not the next of its node, by its own entry."""
    import numpy as np

    late: VectorFault | None = None
    for node in range(len(starts) - 1):
        start, end = int(starts[node]), int(starts[node + 1])
        own = vectors[start:end, node].astype(np.int64)
        steps = np.diff(own, prepend=0)
        wrong = np.flatnonzero(steps <= 0 if gaps else steps != 1)
        if not len(wrong):
            continue
        back = np.flatnonzero(steps < 0)
        at = int(back[0] if len(back) else wrong[0])
        step = int(steps[at])
        kind = BACKWARDS if step < 0 else GAP if step > 1 or at == 0 else DUPLICATE
        expected = int(own[at] - step) + 1
        fault = VectorFault(kind, start + at, node, int(own[at]), start + at - 1 if at else -1, expected)
        if kind == BACKWARDS:
            return fault
        late = late or fault
    return late


def _chunks(vectors: "Matrix", starts: "Numbers") -> Iterator[tuple[int, int, "Matrix", "Matrix"]]:
    """(node, first row, clocks of some of its rows, clocks of the event before each), over all rows."""
    import numpy as np

    for node in range(len(starts) - 1):
        start, end = int(starts[node]), int(starts[node + 1])
        for first in range(start, end, _CHUNK):
            block = vectors[first : min(first + _CHUNK, end)]
            if first > start:
                before = vectors[first - 1 : first - 1 + len(block)]
            else:
                before = np.concatenate([np.zeros_like(block[:1]), block[:-1]])
            yield node, first, block, before


class _Lookup:
    """Finds the last event of a node up to a number, in a trace with holes."""

    def __init__(self, vectors: "Matrix", starts: "Numbers") -> None:
        import numpy as np

        self.starts = starts
        self.own = [
            np.ascontiguousarray(vectors[starts[node] : starts[node + 1], node]) for node in range(len(starts) - 1)
        ]

    def rows(self, columns: "Numbers", values: "Numbers") -> tuple["Numbers", "npt.NDArray[np.bool_]"]:
        """The rows, or -1 where the node has none so early, and whether each is exactly the one with that number."""
        import numpy as np

        rows = np.full(len(columns), -1)
        exact = np.zeros(len(columns), bool)
        for node in np.unique(columns):
            mine = np.flatnonzero(columns == node)
            at = np.searchsorted(self.own[node], values[mine], "right") - 1
            found = at >= 0
            rows[mine[found]] = at[found] + self.starts[node]
            exact[mine[found]] = self.own[node][at[found]] == values[mine[found]]
        return rows, exact


@record
class _Looked:
    """What came out of the references of some rows."""

    faults: tuple[VectorFault, ...]
    learned: int
    missing: list[tuple[int, int, int]]
    missing_count: int


def _references(
    vectors: "Matrix",
    starts: "Numbers",
    node: int,
    first: int,
    block: "Matrix",
    before: "Matrix",
    lookup: _Lookup | None,
) -> _Looked:
    """Every entry that grew must lead to an event that knows no more, and not of this one."""
    import numpy as np

    faults: list[VectorFault] = []
    width = block.shape[1]
    fell = block < before
    if fell.any():
        at, column = divmod(int(np.flatnonzero(fell)[0]), width)
        least = int(before[at, column])
        faults.append(VectorFault(BACKWARDS, first + at, column, int(block[at, column]), first + at - 1, least))
    grew = block > before
    grew[:, node] = False
    cells = np.flatnonzero(grew)
    at = cells // width
    column = cells - at * width
    value = block[at, column].astype(np.int64)
    missing: list[tuple[int, int, int]] = []
    missing_count = 0
    if lookup is None:
        wrong = value > (starts[1:] - starts[:-1])[column]
        if wrong.any():
            bad = int(np.flatnonzero(wrong)[0])
            where = int(column[bad])
            most = int(starts[where + 1] - starts[where])
            faults.append(VectorFault(DANGLING, first + int(at[bad]), where, int(value[bad]), -1, most))
            at, column, value = at[~wrong], column[~wrong], value[~wrong]
        rows = starts[column] + value - 1
    else:
        rows, exact = lookup.rows(column, value)
        lost = np.flatnonzero(~exact)
        missing_count = len(lost)
        missing = [(first + int(at[each]), int(column[each]), int(value[each])) for each in lost[:100]]
        there = rows >= 0
        rows, at, column = rows[there], at[there], column[there]
    known = vectors[rows]
    mine = block[at]
    cyclic = known[:, node] >= mine[:, node]
    if cyclic.any():
        bad = int(np.flatnonzero(cyclic)[0])
        own = int(mine[bad, node])
        faults.append(VectorFault(CYCLE, first + int(at[bad]), node, int(known[bad, node]), int(rows[bad]), own - 1))
    more = known > mine
    more[:, node] = False
    if more.any():
        bad, where = divmod(int(np.flatnonzero(more)[0]), width)
        least = int(known[bad, where])
        faults.append(
            VectorFault(NOT_CLOSED, first + int(at[bad]), where, int(mine[bad, where]), int(rows[bad]), least)
        )
    return _Looked(tuple(faults), len(cells), missing, missing_count)


def _receipts(
    vectors: "Matrix", first: int, node: int, block: "Matrix", before: "Matrix", source: "Numbers", *, gaps: bool
) -> list[VectorFault]:
    """Where it is recorded what was received, every other entry is the greatest of both."""
    import numpy as np

    at = np.flatnonzero(source != UNKNOWN_SOURCE)
    sending = source[at]
    expected = before[at].astype(np.int64)
    got = np.flatnonzero(sending >= 0)
    sent = vectors[sending[got]]
    expected[got] = np.maximum(expected[got], sent)
    mine = block[at]
    faults = []
    cyclic = sent[:, node] >= block[at[got], node]
    if cyclic.any():
        bad = int(got[np.flatnonzero(cyclic)[0]])
        own = int(mine[bad, node])
        found = int(vectors[sending[bad], node])
        faults.append(VectorFault(CYCLE, first + int(at[bad]), node, found, int(sending[bad]), own - 1))
    for kind, wrong in ((NOT_CLOSED, mine < expected), (TOO_MUCH, mine > expected)):
        wrong[:, node] = False
        if wrong.any() and not (gaps and kind == TOO_MUCH):
            bad, where = divmod(int(np.flatnonzero(wrong)[0]), block.shape[1])
            faults.append(
                VectorFault(
                    kind,
                    first + int(at[bad]),
                    where,
                    int(mine[bad, where]),
                    int(sending[bad]),
                    int(expected[bad, where]),
                )
            )
    return faults
