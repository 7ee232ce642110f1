"""Does every cause stand before its effect in the file? If each nearest cause does, all do."""

from typing import TYPE_CHECKING

from dscheck.traces.causality.columns import Columns, TableTooLarge
from dscheck.traces.causality.happens_before import HappensBefore, happens_before
from dscheck.traces.event import Trace
from dscheck.traces.packed_events import marks_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

_CHUNK = 1 << 16  # rows at a time


def effect_before_cause(trace: Trace, columns: Columns, edges: dict[int, int]) -> tuple[int, int] | None:
    """The first event of the file, by index, one of whose causes stands behind it; and the last such cause.

    Args:
        trace: whose vector clocks, if it has any, are right, and whose messages form no cycle.
        columns: its rows.
        edges: for receipts, by index, a send that happened before it.

    Raises:
        TableTooLarge: its vector clocks do not fit into memory.
    """
    import numpy as np

    index = columns.index
    same_node = columns.node[1:] == columns.node[:-1]
    effects = [index[1:][same_node], np.fromiter(edges.keys(), np.int64, len(edges))]
    causes = [index[:-1][same_node], np.fromiter(edges.values(), np.int64, len(edges))]
    if marks_of(trace.events, "vector").any():
        known = happens_before(trace)
        if not isinstance(known, HappensBefore):
            raise TableTooLarge(known.reason)
        for start in range(0, len(index), _CHUNK):
            learned = _learned(columns, known.known, start, min(start + _CHUNK, len(index)))
            effects.append(learned[0])
            causes.append(learned[1])
    effect, cause = np.concatenate(effects), np.concatenate(causes)
    early = np.flatnonzero(effect < cause)
    if not len(early):
        return None
    first = int(effect[early].min())
    return first, int(cause[early[effect[early] == first]].max())


def _learned(columns: Columns, known: "Numbers", start: int, end: int) -> tuple["Numbers", "Numbers"]:
    """Of the rows from `start` to `end`: each with the last event of each node that it is the first to know."""
    import numpy as np

    block = known[start:end]
    before = np.zeros_like(block)
    before[1:] = block[:-1]
    if start:
        before[0] = known[start - 1]
    before[np.isin(np.arange(start, end), columns.starts)] = 0  # the first of a node has none before
    grew = block > before
    grew[np.arange(end - start), columns.node[start:end]] = False
    rows, nodes = np.nonzero(grew)
    causes = columns.starts[nodes] + block[rows, nodes] - 1
    effects: Numbers = columns.index[start + rows]
    return effects, columns.index[causes]
