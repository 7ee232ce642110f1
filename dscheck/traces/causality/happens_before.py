"""Did one recorded event happen before another? Answered by one comparison, from clocks as recorded or as rebuilt.

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978.
C. Fidge: Timestamps in message-passing systems that preserve the partial ordering. ACSC 1988.
F. Mattern: Virtual time and global states of distributed systems. 1989.
"""

from collections import deque
from typing import TYPE_CHECKING, Literal

from dscheck.record import record
from dscheck.traces.causality.columns import Columns, TableTooLarge, claim_table, columns_of, vector_matrix
from dscheck.traces.causality.message_cycles import shortest_cycle
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.causality.vector_rules import judge_vectors
from dscheck.traces.event import Trace
from dscheck.traces.packed_events import marks_of, sequence_numbers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

Basis = Literal["vector clocks", "messages", "program order"]


@record
class HappensBefore:
    """The order of the events of a trace. Events are named by their index in the trace.

    Attributes:
        columns: the rows.
        known: one row per event, one column per node: how many events of the node happened before it or are it.
        basis: where that comes from; `program order` if nothing relates events of different nodes.
    """

    columns: Columns
    known: "Numbers"
    basis: Basis

    def before(self, first: int, second: int) -> bool:
        """Did event `first` happen before event `second`?"""
        row, later = self.columns.row[first], self.columns.row[second]
        node = self.columns.node[row]
        return bool(row != later and self.known[later, node] >= self.known[row, node])

    def concurrent(self, first: int, second: int) -> bool:
        """Are two different events in no order?"""
        return first != second and not self.before(first, second) and not self.before(second, first)

    def before_all(self, first: "Numbers", second: "Numbers") -> "npt.NDArray[np.bool_]":
        """`before` for many pairs."""
        rows, later = self.columns.row[first], self.columns.row[second]
        node = self.columns.node[rows]
        answer: npt.NDArray[np.bool_] = (rows != later) & (self.known[later, node] >= self.known[rows, node])
        return answer

    def heights(self) -> "Numbers":
        """A number per event that is smaller for what happened before: how many events are in its past, and itself."""
        heights: Numbers = self.known.sum(axis=1)[self.columns.row]
        return heights


@record
class NoOrder:
    """Why a trace has no happens-before relation.

    Attributes:
        reason: a sentence.
        cycle: events, by index, each of which would have to happen before the next, the last before the first; empty
            where it is a clock that is wrong.
    """

    reason: str
    cycle: tuple[int, ...] = ()


def happens_before(trace: Trace) -> HappensBefore | NoOrder:
    """The order of a trace: from its vector clocks if they are right, else rebuilt from the ids of its messages.

    Where some events have no clock, messages may know more than the clocks do; then both count.
    """
    columns = columns_of(trace)
    stamped = marks_of(trace.events, "vector")[columns.index]
    edges = matched_messages(trace.events).edges()
    if stamped.any():
        try:
            claim_table(2 * len(columns.index), len(columns.nodes))
        except TableTooLarge as error:
            return NoOrder(str(error))
        known = _known_from_vectors(columns, stamped, gaps=trace.header.gaps)
        if known is not None:
            by_clocks = HappensBefore(columns, known, "vector clocks")
            return by_clocks if stamped.all() else _joined(by_clocks, edges)
        if not edges:
            return NoOrder("its vector clocks are wrong, as the check `causality` says")
    return rebuilt(columns, edges)


def rebuilt(columns: Columns, edges: dict[int, int]) -> HappensBefore | NoOrder:
    """The order that program order and messages make.

    Args:
        columns: the rows of the trace.
        edges: for receipts, by index, a send that happened before it.
    """
    waits = _waits_of_messages(columns, edges)
    if isinstance(waits, NoOrder):
        return waits
    known = _known_from(columns, waits)
    if isinstance(known, NoOrder):
        return known
    return HappensBefore(columns, known, "messages" if edges else "program order")


def _joined(by_clocks: HappensBefore, edges: dict[int, int]) -> HappensBefore | NoOrder:
    """The order that clocks and messages make together.

    Args:
        by_clocks: the order that clocks make, where some events have none.
        edges: for receipts, by index, a send that happened before it.
    """
    import numpy as np

    columns, known = by_clocks.columns, by_clocks.known
    messages = np.array(list(edges.items()), np.int64).reshape(-1, 2)
    messages = messages[~by_clocks.before_all(messages[:, 1], messages[:, 0])]
    if not len(messages):
        return by_clocks
    receipts, sends = columns.row[messages[:, 0]], columns.row[messages[:, 1]]
    before = np.zeros_like(known)
    before[1:] = known[:-1]
    before[columns.starts[:-1][np.diff(columns.starts) > 0]] = 0  # the first of a node has none before
    grew = known > before
    grew[np.arange(len(known)), columns.node] = False
    rows, nodes = np.nonzero(grew)
    learned = columns.starts[nodes] + known[rows, nodes] - 1
    waits = _waits(columns, np.concatenate([rows, receipts]), np.concatenate([learned, sends]))
    if (stuck := waits.stuck()) is not None:
        cyclic = messages[stuck[stuck >= len(rows)] - len(rows)]
        return NoOrder("its vector clocks and its messages contradict each other", _contradiction(by_clocks, cyclic))
    together = _known_from(columns, waits)
    return together if isinstance(together, NoOrder) else HappensBefore(columns, together, "vector clocks")


def _contradiction(order: HappensBefore, messages: "Numbers") -> tuple[int, ...]:
    """Sends and receipts in turn, each receipt no later by clocks than the next send, the last than the first.

    Args:
        order: that of the clocks.
        messages: pairs of a receipt and its send; each send waits for the receipt of one of them, or is it.
    """
    import numpy as np

    receipts, sends = messages[:, 0], messages[:, 1]
    walked: list[int] = []
    at = 0
    while at not in walked:
        walked.append(at)
        needed = (receipts == sends[at]) | order.before_all(receipts, np.full(len(sends), sends[at]))
        at = int(np.flatnonzero(needed)[0])
    return tuple(int(end) for one in reversed(walked[walked.index(at) :]) for end in (sends[one], receipts[one]))


def _known_from(columns: Columns, waits: "_Waits") -> "Numbers | NoOrder":
    """`HappensBefore.known`, from what each receipt learns."""
    import numpy as np

    count, width = len(columns.index), len(columns.nodes)
    rank = columns.rank()
    receipts, sends, last = waits.receipts, waits.sends, waits.last
    try:
        claim_table(len(receipts) + count, width)
    except TableTooLarge as error:
        return NoOrder(str(error))
    learned = np.zeros((len(receipts) + 1, width), np.int64)  # the last row, which is also row -1, knows nothing
    learned[np.arange(len(receipts)), columns.node[receipts]] = rank[receipts]
    before, at_send = waits.earlier, waits.through
    sender, sent = columns.node[sends].tolist(), rank[sends].tolist()
    for at in waits.order:
        mine = learned[at]
        np.maximum(mine, learned[before[at]], out=mine)
        np.maximum(mine, learned[at_send[at]], out=mine)
        mine[sender[at]] = max(mine[sender[at]], sent[at])
    known: Numbers = learned[last]
    known[np.arange(count), columns.node] = rank
    return known


def message_cycle(columns: Columns, edges: dict[int, int]) -> NoOrder | None:
    """Why messages leave no order, if they do: as `rebuilt` says, without a table of clocks."""
    waits = _waits_of_messages(columns, edges)
    return waits if isinstance(waits, NoOrder) else None


@record
class _Waits:
    """The receipts of a trace by number, in an order in which each comes after what it needs; -1 for nothing.

    Attributes:
        receipts: their rows, ascending; the same row for each of several causes.
        sends: the row of the send of each.
        last: of each row of the trace, the number of the last receipt of its node that is not after it.
        earlier: of each, the receipt before it on its node.
        through: of each, the last receipt of the sender before the send.
        order: all of them, but those that wait for themselves.
        sorting: of each, its place among the effects that were given.
    """

    receipts: "Numbers"
    sends: "Numbers"
    last: "Numbers"
    earlier: list[int]
    through: list[int]
    order: list[int]
    sorting: "Numbers"

    def stuck(self) -> "Numbers | None":
        """Those that wait for themselves, or for such, by their places among the effects; None if there are none."""
        import numpy as np

        if len(self.order) == len(self.sorting):
            return None
        waiting = np.ones(len(self.sorting), bool)
        waiting[self.order] = False
        return self.sorting[waiting]


def _waits_of_messages(columns: Columns, edges: dict[int, int]) -> _Waits | NoOrder:
    import numpy as np

    pairs = np.array(list(edges.items()), np.int64).reshape(-1, 2)
    receipts, sends = columns.row[pairs[:, 0]], columns.row[pairs[:, 1]]
    waits = _waits(columns, receipts, sends)
    if waits.stuck() is not None:
        cycle = shortest_cycle(columns, dict(zip(receipts.tolist(), sends.tolist(), strict=True)))
        return NoOrder(
            "its messages form a cycle: some event would have to happen before itself",
            tuple(int(columns.index[row]) for row in cycle),
        )
    return waits


def _waits(columns: Columns, effects: "Numbers", causes: "Numbers") -> _Waits:
    """Which of the rows `effects` needs which other, each having the cause beside it."""
    import numpy as np

    sorting = np.argsort(effects, kind="stable")
    receipts, sends = effects[sorting], causes[sorting]
    last = _last_at_or_before(columns, receipts)
    # A receipt knows what the receipt before it knew, and what the last receipt before the send knew.
    own = np.arange(len(receipts))
    earlier = np.where((own > 0) & (columns.node[receipts] == columns.node[receipts[own - 1]]), own - 1, -1).tolist()
    through = last[sends].tolist()
    return _Waits(receipts, sends, last, earlier, through, _topological(earlier, through), sorting)


def _last_at_or_before(columns: Columns, chosen: "Numbers") -> "Numbers":
    """Of each row, which of the ascending rows `chosen` is the last of the same node that is not after it, or -1."""
    import numpy as np

    count = len(columns.index)
    last = np.cumsum(np.bincount(chosen, minlength=count)) - 1
    first = np.searchsorted(chosen, columns.starts[columns.node])
    answer: Numbers = np.where(last >= first, last, -1)
    return answer


def _topological(*needs: list[int]) -> list[int]:
    """An order of 0, 1, … in which each comes after what it needs (-1: nothing); what waits for a cycle is left out.

    A. B. Kahn: Topological sorting of large networks. CACM 5(11), 1962.
    """
    count = len(needs[0])
    waiting = [0] * count
    needed_by: list[list[int]] = [[] for _ in range(count)]
    for need in needs:
        for at, other in enumerate(need):
            if other >= 0:
                waiting[at] += 1
                needed_by[other].append(at)
    ready = deque(at for at in range(count) if not waiting[at])
    order = []
    while ready:
        at = ready.popleft()
        order.append(at)
        for later in needed_by[at]:
            waiting[later] -= 1
            if not waiting[later]:
                ready.append(later)
    return order


def _known_from_vectors(columns: Columns, stamped: "npt.NDArray[np.bool_]", *, gaps: bool) -> "Numbers | None":
    """`HappensBefore.known` by the recorded vectors, or None if they are wrong.

    An event without a clock knows what the last one before it on its node knew.
    """
    import numpy as np

    rows = np.flatnonzero(stamped)
    vectors = vector_matrix(columns, rows)
    starts = np.searchsorted(rows, columns.starts)
    whole = bool(stamped.all()) and not gaps
    if judge_vectors(vectors, starts, gaps=not whole).fault is not None:
        return None
    if whole:
        return vectors
    rank = columns.rank()
    known = np.zeros((len(rows) + 1, len(columns.nodes)), np.int64)  # the last row, which is also row -1, knows nothing
    number = sequence_numbers(columns.events)[columns.index]
    for node in range(len(columns.nodes)):
        start, end = int(starts[node]), int(starts[node + 1])
        own, counted = vectors[start:end, node], rows[start:end]
        if not gaps and (number[counted] == own).all():  # clocks count the events that have none, too
            counted = np.arange(columns.starts[node], columns.starts[node + 1])
            own = number[counted]
        at = np.searchsorted(own, vectors[:, node], "right")
        known[:-1, node] = np.concatenate([[0], rank[counted]])[at]
    known = known[_last_at_or_before(columns, rows)]
    known[np.arange(len(columns.index)), columns.node] = rank
    return known
