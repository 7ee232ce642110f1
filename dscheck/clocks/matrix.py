"""What does each process know that the others know? Matrix clocks.

G. Wuu, A. Bernstein: Efficient solutions to the replicated log and dictionary problems. PODC 1984. There only updates
of the log count; here, as in a vector clock, every event does.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dscheck.clocks.counters import Counters
from dscheck.clocks.order import Order, order_of
from dscheck.clocks.vector import VectorClock

Process = TypeVar("Process", bound=Hashable)


@dataclass(frozen=True, slots=True)
class MatrixClock(Generic[Process]):
    """The clock of one process: a row per process, what that process is known to know.

    Its own row is its vector clock, and no other row is above it.

    Attributes:
        process: whose clock it is.
        counts: per pair (who knows, of whom), how many events; a pair that is missing counts 0.
    """

    process: Process
    counts: Counters[tuple[Process, Process]] = field(default_factory=Counters)

    @classmethod
    def of(cls, process: Process, rows: Mapping[Process, Mapping[Process, int]]) -> "MatrixClock[Process]":
        """The clock of `process` with these rows.

        Raises:
            ValueError: a count is no natural number.
        """
        return cls(
            process, Counters({(knower, of): count for knower, row in rows.items() for of, count in row.items()})
        )

    def row(self, process: Process) -> VectorClock[Process]:
        """What `process` is known to know."""
        return VectorClock.of({of: count for (knower, of), count in self.counts.items() if knower == process})

    def tick(self) -> "MatrixClock[Process]":
        """The clock after an event of its process, a send included."""
        return MatrixClock(self.process, self.counts.plus_one((self.process, self.process)))

    def receive(self, stamp: "MatrixClock[Process]") -> "MatrixClock[Process]":
        """The clock after the receipt of a message that carries the sender's clock after the send."""
        learnt = Counters({(self.process, of): count for of, count in stamp.row(stamp.process).counts.items()})
        return MatrixClock(self.process, self.counts.join(stamp.counts).join(learnt)).tick()

    def known_by_all(self, source: Process, processes: Iterable[Process]) -> int:
        """How many events of `source` all `processes` are known to know: a log may forget those.

        Args:
            source: whose events.
            processes: all that take part; one that was never heard of knows nothing.

        Raises:
            ValueError: there are no processes.
        """
        return min(self.counts[(each, source)] for each in processes)

    def compare(self, other: "MatrixClock[Process]") -> Order:
        """How this matrix stands to `other`, entry by entry; whose clocks they are does not matter."""
        return order_of(at_most=self.counts.at_most(other.counts), at_least=other.counts.at_most(self.counts))
