"""Which of two versions of an object is newer, or are they siblings? Version vectors, with dots and without.

D. S. Parker et al.: Detection of mutual inconsistency in distributed systems. IEEE TSE 9(3), 1983.
N. Preguiça, C. Baquero, P. S. Almeida, V. Fonte, R. Gonçalves: Dotted version vectors. arXiv 1011.5808, 2010.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dscheck.clocks.counters import Counters
from dscheck.clocks.order import Order, order_of

Replica = TypeVar("Replica", bound=Hashable)


@dataclass(frozen=True, slots=True)
class VersionVector(Generic[Replica]):
    """How many updates of each replica a version includes; only updates count, exchanging versions does not.

    Attributes:
        counts: per replica (or client); one that is missing counts 0.
    """

    counts: Counters[Replica] = field(default_factory=Counters)

    @classmethod
    def of(cls, counts: Mapping[Replica, int]) -> "VersionVector[Replica]":
        """The vector with these counts.

        Raises:
            ValueError: a count is no natural number.
        """
        return cls(Counters(counts))

    def __getitem__(self, replica: Replica) -> int:
        return self.counts[replica]

    def update(self, replica: Replica) -> "VersionVector[Replica]":
        """The vector of a version that `replica` makes out of this one."""
        return VersionVector(self.counts.plus_one(replica))

    def merge(self, other: "VersionVector[Replica]") -> "VersionVector[Replica]":
        """The vector of a version that includes both."""
        return VersionVector(self.counts.join(other.counts))

    def compare(self, other: "VersionVector[Replica]") -> Order:
        """How this version stands to `other`; CONCURRENT are siblings, which somebody has to reconcile."""
        return order_of(at_most=self.counts.at_most(other.counts), at_least=other.counts.at_most(self.counts))

    def __le__(self, other: "VersionVector[Replica]") -> bool:
        return self.counts.at_most(other.counts)

    def __lt__(self, other: "VersionVector[Replica]") -> bool:
        return self.compare(other) is Order.BEFORE

    def __str__(self) -> str:
        return str(self.counts)


def maximal(versions: Iterable[VersionVector[Replica]]) -> frozenset[VersionVector[Replica]]:
    """The versions that none of the others includes: one winner, or siblings."""
    kept = frozenset(versions)
    return frozenset(each for each in kept if not any(each < other for other in kept))


@dataclass(frozen=True, slots=True)
class Dot(Generic[Replica]):
    """One update: the first, second, … of a replica.

    Attributes:
        replica: which.
        number: from 1.
    """

    replica: Replica
    number: int

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"updates are numbered from 1, not {self.number}")

    def __str__(self) -> str:
        return f"{self.replica}:{self.number}"


@dataclass(frozen=True, slots=True)
class DottedVersionVector(Generic[Replica]):
    """One version: the update that made it, and what its writer had seen.

    Keeping the dot apart lets one server write siblings for clients that had seen less, and still know which of them a
    later write replaces. `dscheck.clocks.siblings` shows what happens to a server that has plain vectors instead.

    Attributes:
        dot: the update.
        context: what the writer had seen.
    """

    dot: Dot[Replica]
    context: VersionVector[Replica]

    def includes(self, dot: Dot[Replica]) -> bool:
        """Is an update part of this version's past, or itself?"""
        return dot == self.dot or dot.number <= self.context[dot.replica]

    def compare(self, other: "DottedVersionVector[Replica]") -> Order:
        """How this version stands to `other`: it is before exactly if `other` includes its dot."""
        return order_of(at_most=other.includes(self.dot), at_least=self.includes(other.dot))

    def __str__(self) -> str:
        return f"{self.dot} after {self.context}"
