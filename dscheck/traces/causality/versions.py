"""When does one version of an object supersede another, and which of several have to be kept?

D. S. Parker et al.: Detection of mutual inconsistency in distributed systems. IEEE TSE 9(3), 1983.
N. Preguiça et al.: Dotted version vectors: logical clocks for optimistic replication. arXiv 1011.5808, 2010.
"""

from collections.abc import Iterable, Mapping, Sequence

from dscheck.record import record
from dscheck.traces.event import Dot
from dscheck.traces.wording import entries


@record
class Version:
    """The writes that a version of an object contains: its own, and those that its writer had read.

    Attributes:
        vector: of each replica, up to which number it contains its writes.
        dot: the one write that made it, beyond the vector; None where the vector contains that too.
    """

    vector: Mapping[str, int]
    dot: Dot | None = None

    def knows(self, dot: Dot) -> bool:
        """Whether it contains that write."""
        return self.dot == dot or dot[1] <= self.vector.get(dot[0], 0)

    def number(self, replica: str) -> int:
        """The greatest number of a write of `replica` that it contains; 0 for none."""
        own = self.dot[1] if self.dot is not None and self.dot[0] == replica else 0
        return max(own, self.vector.get(replica, 0))

    def replicas(self) -> set[str]:
        """Of whom it contains writes."""
        return {node for node, count in self.vector.items() if count} | (
            {self.dot[0]} if self.dot is not None else set()
        )

    def __str__(self) -> str:
        if self.dot is None:
            return entries(self.vector)
        return dot_told(self.dot) + (f" (which had read {entries(self.vector)})" if any(self.vector.values()) else "")


def dot_told(dot: Dot) -> str:
    """`write 3 of a`."""
    return f"write {dot[1]} of {dot[0]}"


def at_most(lower: Version, upper: Version) -> bool:
    """Does `upper` contain the write that made `lower` (or, if nobody says which that is, all its writes)?"""
    if lower.dot is not None:
        return upper.knows(lower.dot)
    return all(
        count <= upper.vector.get(node, 0) or (upper.dot == (node, count) and count == upper.vector.get(node, 0) + 1)
        for node, count in lower.vector.items()
        if count
    )


def supersedes(upper: Version, lower: Version) -> bool:
    """Was `upper` written by one that had read `lower`?"""
    return at_most(lower, upper) and not at_most(upper, lower)


def maximal(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Those that no other one supersedes, each once: what a store has to keep."""
    kept: list[Version] = []
    for version in versions:
        if not any(at_most(version, other) for other in kept):
            kept = [other for other in kept if not at_most(other, version)]
            kept.append(version)
    return tuple(kept)


def joined(versions: Sequence[Version]) -> dict[str, int]:
    """The vector that contains all their writes."""
    return {
        node: max(each.number(node) for each in versions) for node in set().union(*(v.replicas() for v in versions))
    }
