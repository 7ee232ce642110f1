"""Can these differences all be so: x_v − x_u ≤ w for many pairs? Times that fit, or a cycle of bounds that cannot be.

The bounds are the edges of a graph with lengths; times that fit exist exactly if no cycle has a negative length
(R. Bellman: On a routing problem. Quarterly of Applied Mathematics 16, 1958). The edges are swept in an order of the
variables, forwards and then backwards (J. Y. Yen: An algorithm for finding shortest routes from all source nodes to a
given destination in general networks. Quarterly of Applied Mathematics 27, 1970): a shortest path that changes its
direction k times needs k/2 rounds, and in recorded times, which nearly fit, that is three or four.

All numbers are integers of any size, so that no answer is a matter of rounding.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from dscheck.record import record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Order = npt.NDArray[np.int64]


@record
class Bounds:
    """Upper bounds of differences: `x[target[i]] - x[source[i]] <= most[i]`.

    Attributes:
        variables: how many; they are 0, 1, ….
        source: one per bound.
        target: one per bound.
        most: one per bound.
    """

    variables: int
    source: Sequence[int]
    target: Sequence[int]
    most: Sequence[int]


@record
class Times:
    """Values that keep every bound.

    Attributes:
        values: one per variable.
        rounds: how many sweeps forwards and backwards it took.
    """

    values: tuple[int, ...]
    rounds: int


@record
class NegativeCycle:
    """Bounds that contradict each other.

    Attributes:
        bounds: by index, each beginning where the one before ends; together something is less than itself.
        length: the sum of their `most`, below 0.
    """

    bounds: tuple[int, ...]
    length: int


def solve(bounds: Bounds, start: Sequence[int]) -> Times | NegativeCycle:
    """Values that keep all bounds, none above its start and each as great as can be; or why there are none.

    Args:
        bounds: what has to be kept.
        start: values from which to begin, one per variable: the nearer to some that fit, the faster. They also order
            the sweeps.
    """
    values = list(start)
    came: list[int] = [-1] * bounds.variables
    forwards, backwards = _sweeps(bounds, start)
    rounds = 0
    while True:
        rounds += 1
        changed = _sweep(values, came, forwards)
        changed = _sweep(values, came, backwards) or changed
        if not changed:
            return Times(tuple(values), rounds)
        if rounds & (rounds - 1) == 0 or rounds > bounds.variables:  # looking costs about a round
            cycle = _cycle(bounds, came)
            if cycle:
                return NegativeCycle(cycle, sum(bounds.most[at] for at in cycle))


_Sweep = tuple[list[int], list[int], list[int], list[int]]


def _sweeps(bounds: Bounds, start: Sequence[int]) -> tuple[_Sweep, _Sweep]:
    """The bounds that lead forwards in the order of `start`, and those that lead backwards, each in order."""
    import numpy as np

    try:
        keys = np.array(start, np.int64)
    except OverflowError:
        keys = np.array(start, object)
    rank = np.empty(bounds.variables, np.int64)
    rank[np.argsort(keys, kind="stable")] = np.arange(bounds.variables)
    source, target = np.array(bounds.source, np.int64), np.array(bounds.target, np.int64)
    onwards = rank[source] < rank[target]
    forwards, backwards = np.flatnonzero(onwards), np.flatnonzero(~onwards)
    forwards = forwards[np.argsort(rank[source[forwards]], kind="stable")]
    backwards = backwards[np.argsort(-rank[source[backwards]], kind="stable")]
    most = bounds.most

    def listed(chosen: "Order") -> _Sweep:
        indices = chosen.tolist()
        return source[chosen].tolist(), target[chosen].tolist(), [most[at] for at in indices], indices

    return listed(forwards), listed(backwards)


def _sweep(values: list[int], came: list[int], sweep: _Sweep) -> bool:
    """Lower every value to what the bounds allow, in order; whether any was too great."""
    changed = False
    for source, target, most, at in zip(*sweep, strict=True):
        value = values[source] + most
        if value < values[target]:
            values[target] = value
            came[target] = at
            changed = True
    return changed


def _cycle(bounds: Bounds, came: Sequence[int]) -> tuple[int, ...]:
    """A cycle of the bounds by which values were last lowered: it is negative, and a negative one leads to such."""
    visited = [0] * len(came)  # by which walk
    for first in range(len(came)):
        at = first
        while not visited[at] and came[at] >= 0:
            visited[at] = first + 1
            at = bounds.source[came[at]]
        if visited[at] == first + 1:
            cycle = [came[at]]
            while bounds.source[cycle[-1]] != at:
                cycle.append(came[bounds.source[cycle[-1]]])
            return tuple(reversed(cycle))
        visited[at] = visited[at] or first + 1
    return ()


class Distances:
    """The tightest bounds that follow from bounds that can be kept.

    One search per question (E. W. Dijkstra 1959), on lengths of which the known values make that none is negative
    (D. B. Johnson: Efficient algorithms for shortest paths in sparse networks. JACM 24(1), 1977).
    """

    def __init__(self, bounds: Bounds, times: Times) -> None:
        self._values = times.values
        self._onwards: list[list[tuple[int, int]]] = [[] for _ in range(bounds.variables)]
        for source, target, most in zip(bounds.source, bounds.target, bounds.most, strict=True):
            slack = most + times.values[source] - times.values[target]
            self._onwards[source].append((target, slack))

    def most(self, source: int, target: int) -> int | None:
        """The greatest possible `x[target] - x[source]`; None if there is none."""
        if source == target:
            return 0
        done: set[int] = set()
        heap = [(0, source)]
        while heap:
            slack, at = heappop(heap)
            if at == target:
                return slack + self._values[target] - self._values[source]
            if at in done:
                continue
            done.add(at)
            for onwards, more in self._onwards[at]:
                if onwards not in done:
                    heappush(heap, (slack + more, onwards))
        return None
