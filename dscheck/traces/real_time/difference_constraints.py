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
from itertools import pairwise
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
    onwards, back = _Sweep(forwards, bounds.variables), _Sweep(backwards, bounds.variables)
    rounds = 0
    while True:
        rounds += 1
        changed = onwards.run(values, came, back)
        changed = back.run(values, came, onwards) or changed
        if not changed:
            return Times(tuple(values), rounds)
        if rounds & (rounds - 1) == 0 or rounds > bounds.variables:  # looking costs about a round
            cycle = _cycle(bounds, came)
            if cycle:
                return NegativeCycle(cycle, sum(bounds.most[at] for at in cycle))


_Listed = tuple[list[int], list[int], list[int], list[int]]  # sources, targets, most, indices


def _sweeps(bounds: Bounds, start: Sequence[int]) -> tuple[_Listed, _Listed]:
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

    def listed(chosen: "Order") -> _Listed:
        indices = chosen.tolist()
        return source[chosen].tolist(), target[chosen].tolist(), [most[at] for at in indices], indices

    return listed(forwards), listed(backwards)


class _Sweep:
    """Goes over the bounds of one direction. After the first time only those are looked at whose source was lowered
    since: no other can lower anything.
    """

    def __init__(self, listed: _Listed, variables: int) -> None:
        self._listed = listed
        self._due = bytearray(b"\1") * variables
        self._whole = True
        self._groups: list[tuple[int, int, int]] = []

    def run(self, values: list[int], came: list[int], other: "_Sweep") -> bool:
        """Lower every value to what the bounds allow, in order; whether any was too great."""
        if not self._whole:
            return self._run_due(values, came, other)
        self._whole = False
        due, due_there = bytearray(len(self._due)), other._due
        changed = False
        for source, target, most, at in zip(*self._listed, strict=True):
            value = values[source] + most
            if value < values[target]:
                values[target] = value
                came[target] = at
                changed = due_there[target] = True
                if target == source:
                    due[target] = True
        self._due = due
        return changed

    def _run_due(self, values: list[int], came: list[int], other: "_Sweep") -> bool:
        sources, targets, most, indices = self._listed
        if not self._groups:
            begins = [at for at, source in enumerate(sources) if not at or sources[at - 1] != source]
            self._groups = [(sources[one], one, two) for one, two in pairwise([*begins, len(sources)])]
        due, due_there = self._due, other._due
        changed = False
        for source, begin, end in self._groups:
            if due[source]:
                due[source] = False
                for at in range(begin, end):
                    target = targets[at]
                    value = values[source] + most[at]
                    if value < values[target]:
                        values[target] = value
                        came[target] = indices[at]
                        changed = due[target] = due_there[target] = True
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
        self._onwards: list[list[tuple[int, int, int]]] = [[] for _ in range(bounds.variables)]
        for at, (source, target, most) in enumerate(zip(bounds.source, bounds.target, bounds.most, strict=True)):
            slack = most + times.values[source] - times.values[target]
            self._onwards[source].append((target, slack, at))
        self._source = bounds.source

    def most(self, source: int, target: int) -> int | None:
        """The greatest possible `x[target] - x[source]`; None if there is none."""
        found = self.way(source, target)
        return None if found is None else found[0]

    def way(self, source: int, target: int) -> tuple[int, tuple[int, ...]] | None:
        """The same with the bounds, by index, whose sum it is: each begins where the one before ends."""
        came: dict[int, int] = {}  # of what is done, the bound that leads there; -1 for the source
        heap = [(0, source, -1)]
        while heap:
            slack, at, by = heappop(heap)
            if at in came:
                continue
            came[at] = by
            if at == target:
                bounds = []
                while came[at] >= 0:
                    bounds.append(came[at])
                    at = self._source[came[at]]
                return slack + self._values[target] - self._values[source], tuple(reversed(bounds))
            for onwards, more, bound in self._onwards[at]:
                if onwards not in came:
                    heappush(heap, (slack + more, onwards, bound))
        return None
