"""How does a trace look as columns of numbers? Events grouped by node, so that a rule over all is one operation.

A row is an event. The rows of a node stand together, in the order of its sequence numbers; rows of the same number keep
the order of the file. A vector clock is a row of a matrix with one column per node.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dscheck.explore.limits import default_memory_limit, resident_bytes
from dscheck.record import record
from dscheck.traces.event import Event, Trace
from dscheck.traces.packed_events import PackedEvents

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

_BEYOND = 1 << 62
_NO_MATTER = 1 << 28  # bytes


class TableTooLarge(Exception):
    """A table with a clock for each event does not fit into memory."""


def claim_table(rows: int, width: int) -> None:
    """See to it that a table of numbers of 64 bits fits into memory: the system ends who takes more than there is.

    Raises:
        TableTooLarge: it does not.
    """
    needed = 8 * rows * width
    if needed < _NO_MATTER:
        return
    free = default_memory_limit() - resident_bytes()
    if needed > free:
        raise TableTooLarge(
            f"the clocks of so many events and {width:,} nodes need {needed / 2**30:,.1f} GiB of memory, and there are "
            f"{max(0, free) / 2**30:,.1f} to be had: ask about a part of the trace, or use fewer nodes in it"
        )


@record
class Columns:
    """The rows of a trace.

    Attributes:
        nodes: one per column of a clock: the nodes of the header, of the events, and of the clocks.
        events: as in the trace.
        index: of each row, the index of its event.
        row: of each event, by index, its row.
        node: of each row, the number of its node.
        starts: rows `starts[h]` to `starts[h + 1]` are those of node `h`.
    """

    nodes: tuple[str, ...]
    events: Sequence[Event]
    index: "Numbers"
    row: "Numbers"
    node: "Numbers"
    starts: "Numbers"

    def event(self, row: int) -> Event:
        """The event of a row."""
        return self.events[int(self.index[row])]

    def rank(self) -> "Numbers":
        """Of each row, how manyeth event of its node it is, from 1."""
        import numpy as np

        return np.arange(1, len(self.index) + 1) - self.starts[self.node]


def columns_of(trace: Trace) -> Columns:
    """The events of a trace as rows."""
    import numpy as np

    events = trace.events
    count = len(events)
    names = dict.fromkeys(trace.header.nodes)
    if isinstance(events, PackedEvents):
        nodes, code = events.nodes()
        names.update(dict.fromkeys(nodes))
        names.update(dict.fromkeys(events.clock_names()))
        number = {name: at for at, name in enumerate(names)}
        node_of_event = np.array([number[name] for name in nodes], np.int64)[code]
        seq = events.numbers("seq")
    else:
        names.update(dict.fromkeys([event.node for event in events]))
        for event in events:
            if event.vector is not None:
                names.update(dict.fromkeys(event.vector))
        number = {name: at for at, name in enumerate(names)}
        node_of_event = np.array([number[event.node] for event in events], np.int64)
        seq = whole_numbers([event.seq for event in events])
    index = np.lexsort((np.arange(count), seq, node_of_event))
    row = np.empty(count, np.int64)
    row[index] = np.arange(count)
    node = node_of_event[index]
    starts = np.searchsorted(node, np.arange(len(names) + 1))
    return Columns(tuple(names), events, index, row, node, starts)


def vector_matrix(columns: Columns, rows: "Sequence[int] | Numbers") -> "Numbers":
    """The vector clocks of some rows, one column per node; an entry that is missing is 0."""
    import numpy as np

    number = {name: at for at, name in enumerate(columns.nodes)}
    if isinstance(columns.events, PackedEvents):
        return columns.events.vectors(columns.index[rows], number)
    clocks = [columns.event(int(row)).vector or {} for row in rows]
    matrix = np.zeros((len(clocks), len(columns.nodes)), np.int64)
    lengths = np.fromiter((len(clock) for clock in clocks), np.int64, len(clocks))
    entries = int(lengths.sum())
    at = np.fromiter((number[name] for clock in clocks for name in clock), np.int64, entries)
    values = whole_numbers([value for clock in clocks for value in clock.values()])
    matrix[np.repeat(np.arange(len(clocks)), lengths), at] = values
    return matrix


def whole_numbers(values: Sequence[int]) -> "Numbers":
    """`values` as a column. One that is beyond any count of events stays beyond, also where 64 bits cannot hold it."""
    import numpy as np

    try:
        return np.array(values, np.int64)
    except OverflowError:
        return np.array([max(-_BEYOND, min(value, _BEYOND)) for value in values], np.int64)
