"""What does each process know that the others know? Matrix clocks.

G. Wuu, A. Bernstein: Efficient solutions to the replicated log and dictionary problems. PODC 1984.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dscheck.clocks.order import Order, order_of
from dscheck.clocks.vector import VectorClock

Process = TypeVar("Process", bound=Hashable)


@dataclass(frozen=True)
class MatrixClock(Generic[Process]):
    """The clock of one process: a row per process, what that process is known to know.

    Attributes:
        process: whose clock it is.
        rows: a vector per process; its own row is its vector clock. Rows that are missing are empty.
    """

    process: Process
    rows: Mapping[Process, VectorClock[Process]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {process: row for process, row in self.rows.items() if row.counts}
        object.__setattr__(self, "rows", known)

    def __hash__(self) -> int:
        return hash((self.process, frozenset(self.rows.items())))

    def row(self, process: Process) -> VectorClock[Process]:
        """What `process` is known to know."""
        return self.rows.get(process, VectorClock())

    def tick(self) -> "MatrixClock[Process]":
        """The clock after an event of its process, a send included."""
        return self._with_own(self.row(self.process).tick(self.process))

    def _with_own(self, row: VectorClock[Process]) -> "MatrixClock[Process]":
        return MatrixClock(self.process, {**self.rows, self.process: row})

    def receive(self, stamp: "MatrixClock[Process]") -> "MatrixClock[Process]":
        """The clock after the receipt of a message that carries the sender's clock after the send."""
        rows = {each: self.row(each).merge(stamp.row(each)) for each in (*self.rows, *stamp.rows)}
        own = self.row(self.process).receive(stamp.row(stamp.process), self.process)
        return MatrixClock(self.process, {**rows, self.process: own})

    def known_by_all(self, source: Process, processes: Iterable[Process]) -> int:
        """How many events of `source` all `processes` are known to know: a log may forget those.

        Raises:
            ValueError: there are no processes.
        """
        return min(self.row(each)[source] for each in processes)

    def compare(self, other: "MatrixClock[Process]") -> Order:
        """How this matrix stands to `other`, row by row."""
        every = {*self.rows, *other.rows}
        return order_of(
            at_most=all(self.row(each) <= other.row(each) for each in every),
            at_least=all(other.row(each) <= self.row(each) for each in every),
        )
