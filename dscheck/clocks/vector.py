"""Which events could have influenced an event? Vector clocks, which know happens-before exactly.

C. Fidge: Timestamps in message-passing systems that preserve the partial ordering. ACSC 1988.
F. Mattern: Virtual time and global states of distributed systems. 1989.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dscheck.clocks.counters import Counters
from dscheck.clocks.order import Order, order_of

Process = TypeVar("Process", bound=Hashable)


@dataclass(frozen=True, slots=True)
class VectorClock(Generic[Process]):
    """How many events of each process are known; the value at an event is that event's vector.

    Of the vectors of two events of one run, the one is smaller exactly if its event happens before the other.

    Attributes:
        counts: per process; a process that is missing counts 0.
    """

    counts: Counters[Process] = field(default_factory=Counters)

    @classmethod
    def of(cls, counts: Mapping[Process, int]) -> "VectorClock[Process]":
        """The clock with these counts.

        Raises:
            ValueError: a count is no natural number.
        """
        return cls(Counters(counts))

    def __getitem__(self, process: Process) -> int:
        return self.counts[process]

    def tick(self, process: Process) -> "VectorClock[Process]":
        """The clock of `process` after an event of its own, a send included."""
        return VectorClock(self.counts.plus_one(process))

    def merge(self, other: "VectorClock[Process]") -> "VectorClock[Process]":
        """The least vector that is at least both."""
        return VectorClock(self.counts.join(other.counts))

    def receive(self, stamp: "VectorClock[Process]", process: Process) -> "VectorClock[Process]":
        """The clock of `process` after the receipt of a message that carries `stamp`."""
        return self.merge(stamp).tick(process)

    def compare(self, other: "VectorClock[Process]") -> Order:
        """How this vector stands to `other`."""
        return order_of(at_most=self.counts.at_most(other.counts), at_least=other.counts.at_most(self.counts))

    def __le__(self, other: "VectorClock[Process]") -> bool:
        return self.counts.at_most(other.counts)

    def __lt__(self, other: "VectorClock[Process]") -> bool:
        return self.compare(other) is Order.BEFORE

    def __str__(self) -> str:
        return str(self.counts)
