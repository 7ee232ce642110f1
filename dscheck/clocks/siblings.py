"""Which versions of one key does a store keep when clients write at the same time? With dots, and two ways without.

`Siblings` keeps exactly the versions that no later write had seen. The other two are what stores did before dots, and
show what dots are for: `PlainSiblings` with a vector per version loses updates when servers do the counting, and
`LumpedSiblings`, with one vector for all versions, keeps versions that were replaced long ago.

The story is told by N. Preguiça, C. Baquero, P. S. Almeida, V. Fonte, R. Gonçalves: Dotted version vectors. arXiv
1011.5808, 2010; the store with one vector is Riak before its release 2.0.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dscheck.clocks.counters import Counters
from dscheck.clocks.order import Order
from dscheck.clocks.version_vector import Dot, DottedVersionVector, VersionVector

Replica = TypeVar("Replica", bound=Hashable)
Data = TypeVar("Data", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Siblings(Generic[Replica, Data]):
    """The current versions of one key at one replica, none of which includes another.

    Attributes:
        versions: each with its data.
    """

    versions: frozenset[tuple[DottedVersionVector[Replica], Data]] = frozenset()

    @property
    def values(self) -> frozenset[Data]:
        """The data of the versions."""
        return frozenset(data for _, data in self.versions)

    @property
    def context(self) -> VersionVector[Replica]:
        """What a reader has seen who gets all of them."""
        seen: Counters[Replica] = Counters()
        for version, _ in self.versions:
            own = Counters({version.dot.replica: version.dot.number})
            seen = seen.join(version.context.counts).join(own)
        return VersionVector(seen)

    def put(self, replica: Replica, context: VersionVector[Replica], data: Data) -> "Siblings[Replica, Data]":
        """Write at `replica`, whose versions these are.

        Args:
            replica: where the write arrives, and which counts it.
            context: what the writer had read before: the `context` of one store or the merge of several.
            data: what is written.
        """
        dot = Dot(replica, max(self.context[replica], context[replica]) + 1)
        kept = (each for each in self.versions if each[0].dot.number > context[each[0].dot.replica])
        return Siblings(frozenset((*kept, (DottedVersionVector(dot, context), data))))

    def merge(self, other: "Siblings[Replica, Data]") -> "Siblings[Replica, Data]":
        """What two replicas have after they exchanged theirs."""
        together = self.versions | other.versions
        return Siblings(
            frozenset(
                each for each in together if not any(each[0].compare(more[0]) is Order.BEFORE for more in together)
            )
        )


@dataclass(frozen=True, slots=True)
class PlainSiblings(Generic[Replica, Data]):
    """The current versions of one key at one server, each with a plain version vector.

    If each client counts its own writes, and has seen them, this is exact. If the server counts, a write that had not
    seen the version before it gets a greater vector all the same, and that version is lost.

    Attributes:
        versions: each with its data.
    """

    versions: frozenset[tuple[VersionVector[Replica], Data]] = frozenset()

    @property
    def values(self) -> frozenset[Data]:
        """The data of the versions."""
        return frozenset(data for _, data in self.versions)

    @property
    def context(self) -> VersionVector[Replica]:
        """What a reader has seen who gets all of them."""
        seen: VersionVector[Replica] = VersionVector()
        for version, _ in self.versions:
            seen = seen.merge(version)
        return seen

    def put(self, writer: Replica, context: VersionVector[Replica], data: Data) -> "PlainSiblings[Replica, Data]":
        """Write.

        Args:
            writer: who counts the write: the client, or the server.
            context: what the client had read before.
            data: what is written.
        """
        count = max(self.context[writer], context[writer]) + 1  # a number twice would make two writes look like one
        made = VersionVector(context.counts.join(Counters({writer: count})))
        return PlainSiblings(frozenset((*(each for each in self.versions if not each[0] <= made), (made, data))))

    def merge(self, other: "PlainSiblings[Replica, Data]") -> "PlainSiblings[Replica, Data]":
        """What two servers have after they exchanged theirs."""
        together = self.versions | other.versions
        return PlainSiblings(frozenset(each for each in together if not any(each[0] < more[0] for more in together)))


@dataclass(frozen=True, slots=True)
class LumpedSiblings(Generic[Replica, Data]):
    """The current values of one key at one server, with one version vector for all of them.

    A write that has not seen everything replaces nothing, since nobody knows which of the values it had seen: two
    clients that take turns make a sibling with every write.

    Attributes:
        context: what all values together include, and what a reader has seen.
        values: the data.
    """

    context: VersionVector[Replica] = field(default_factory=VersionVector)
    values: frozenset[Data] = frozenset()

    def put(self, server: Replica, context: VersionVector[Replica], data: Data) -> "LumpedSiblings[Replica, Data]":
        """Write at `server`; `context` is what the client had read before."""
        kept = frozenset() if self.context <= context else self.values
        return LumpedSiblings(self.context.merge(context).update(server), kept | {data})

    def merge(self, other: "LumpedSiblings[Replica, Data]") -> "LumpedSiblings[Replica, Data]":
        """What two servers have after they exchanged theirs."""
        together = self.context.merge(other.context)
        match self.context.compare(other.context):
            case Order.BEFORE:
                return other
            case Order.AFTER:
                return self
            case Order.EQUAL | Order.CONCURRENT:
                return LumpedSiblings(together, self.values | other.values)
