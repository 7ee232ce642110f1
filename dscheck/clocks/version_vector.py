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
Data = TypeVar("Data", bound=Hashable)


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
    """One update: the how manyeth of which replica.

    Attributes:
        replica: which.
        number: from 1.
    """

    replica: Replica
    number: int


@dataclass(frozen=True, slots=True)
class DottedVersionVector(Generic[Replica]):
    """One version: the update that made it, and what its writer had seen.

    Keeping the dot apart lets one server write siblings for clients that had seen less, and still know which of them a
    later write replaces; with one plain vector per version it must either lose siblings or keep too many.

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


@dataclass(frozen=True, slots=True)
class Siblings(Generic[Replica, Data]):
    """The current versions of one key at one replica, none of which includes another.

    Attributes:
        versions: each with its data.
    """

    versions: frozenset[tuple[DottedVersionVector[Replica], Data]] = frozenset()

    @property
    def context(self) -> VersionVector[Replica]:
        """What a reader has seen who gets all of them."""
        seen: VersionVector[Replica] = VersionVector()
        for version, _ in self.versions:
            own = VersionVector.of({version.dot.replica: version.dot.number})
            seen = seen.merge(version.context).merge(own)
        return seen

    def put(self, replica: Replica, context: VersionVector[Replica], data: Data) -> "Siblings[Replica, Data]":
        """Write at `replica`; `context` is what the writer had read before."""
        dot = Dot(replica, max(self.context[replica], context[replica]) + 1)
        kept = (each for each in self.versions if not each[0].dot.number <= context[each[0].dot.replica])
        return Siblings(frozenset((*kept, (DottedVersionVector(dot, context), data))))

    def merge(self, other: "Siblings[Replica, Data]") -> "Siblings[Replica, Data]":
        """What two replicas have after they exchanged theirs."""
        together = self.versions | other.versions
        return Siblings(
            frozenset(
                each for each in together if not any(each[0].compare(more[0]) is Order.BEFORE for more in together)
            )
        )
