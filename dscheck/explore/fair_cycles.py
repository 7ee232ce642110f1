"""Can a run go on for ever within some states, and be fair? Components and cycles of a recorded graph of steps.

Everything here is about integers: states are positions, steps are positions in the arrays of a `StepGraph`, obligations
are numbers. Which formulas and labels they stand for is nobody's business here.

A cycle is fair if each weak obligation is disabled in one of its states or taken on it, and each strong one is disabled
in all of its states or taken on it. Every state also has a step to itself that takes nothing, since a run may stop as
far as fairness lets it. A strongly connected part of the graph has a fair cycle through all of its states unless

- a weak obligation is enabled in all of its states and taken on none of its inner steps: then no cycle in it is fair;
- a strong one is enabled in some of its states and taken on none of its inner steps: then no fair cycle goes through
  these states, and the rest is looked at again (Emerson and Lei, Modalities for model checking, 1987, section 4;
  Streett's acceptance). Whether an obligation is enabled was decided with all steps of a state, also those that leave.

States are recorded up to a shift of all values of a clock. A step may shift them, and none shifts them back: on a cycle
with a step that does, every value of that clock is lost after some rounds, since the least one there is has grown past
it. So an obligation whose key holds one is not enabled for ever, nor again and again: such a cycle owes it nothing.
Obligations with equal keys before and after the shift are different ones. On a cycle without such a step keys mean the
same all around.

The components are those of Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1(2), 1972.
"""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_MOST_COMPONENTS = 32  # whose cycles are compared, the nearest first
_MOST_STARTS = 16  # of a cycle, in each

Glance = Callable[[], None]  # called now and then; may raise to stop


@dataclass
class StepGraph:
    """Steps between expanded states, which are those before the last entry of `first`.

    Attributes:
        first: where the steps of each state begin in the arrays below; one more entry than states.
        targets: of each step, the state after it, expanded or not.
        takes: of each step, the set of obligations that it takes.
        moves: of each step, the clocks whose values it shifts, as bits.
        enabled: of each state, the set of obligations that are enabled in it.
        sets: the sets of obligations by number, each sorted.
        strong: per obligation, whether it is strong.
        clocks: per obligation, the clocks of which its key holds a value, as bits.
    """

    first: Sequence[int]
    targets: Sequence[int]
    takes: Sequence[int]
    moves: Sequence[int]
    enabled: Sequence[int]
    sets: Sequence[tuple[int, ...]]
    strong: Sequence[bool]
    clocks: Sequence[int]

    def __len__(self) -> int:
        return len(self.first) - 1


class Lasso(NamedTuple):
    """A fair way to go on for ever.

    Attributes:
        start: the state from which on nothing but the given states is visited.
        stem: steps from `start` to the cycle.
        cycle: steps around it; none when the run just stops.
    """

    start: int
    stem: tuple[int, ...]
    cycle: tuple[int, ...]


def find_lasso(
    graph: StepGraph, triggers: Iterable[tuple[int, int]], allowed: bytes | bytearray, glance: Glance = lambda: None
) -> Lasso | None:
    """A short fair lasso from one of `triggers` through allowed states, or None if there is none.

    Args:
        graph: all steps of the expanded states.
        triggers: (distance, state) where it may begin, in the order of the distances: of how many steps it takes to get
            there. They are allowed.
        allowed: per expanded state, whether the run may visit it.
        glance: called about once per thousand states.
    """
    reached = _reach(graph, triggers, allowed, glance)
    partition = _Partition(graph, reached.states, glance)
    partition.fair.sort(key=lambda part: min(reached.distance[state] for state in part.states))
    best: tuple[int, Lasso] | None = None
    for part in partition.fair[:_MOST_COMPONENTS]:
        starts = sorted(
            part.states, key=lambda state: (bool(graph.sets[graph.enabled[state]]), reached.distance[state])
        )
        for start in starts[:_MOST_STARTS]:
            if best is not None and reached.distance[start] >= best[0]:
                continue
            cycle = _cycle(graph, partition, part, start)
            length = reached.distance[start] + len(cycle)
            if best is None or length < best[0]:
                first, stem = reached.way(start)
                best = length, Lasso(first, stem, cycle)
    return None if best is None else best[1]


# --- what can be reached ---------------------------------------------------------------------------------------------


@dataclass
class _Reached:
    """States that a run can be in from some trigger on.

    Attributes:
        states: in the order of their distances.
        distance: of each, in steps from the very beginning.
    """

    states: list[int]
    distance: dict[int, int]
    _steps: dict[int, tuple[int, int]]  # per state, the step that led there and the state before

    def way(self, state: int) -> tuple[int, tuple[int, ...]]:
        """The trigger from which a shortest way leads to `state`, and the steps of that."""
        steps: list[int] = []
        while state in self._steps:
            step, state = self._steps[state]
            steps.append(step)
        return state, tuple(reversed(steps))


def _reach(
    graph: StepGraph, triggers: Iterable[tuple[int, int]], allowed: bytes | bytearray, glance: Glance
) -> _Reached:
    """Breadth first from all triggers together; each joins at its own distance."""
    waiting = deque(triggers)
    states: list[int] = []
    distance: dict[int, int] = {}
    steps: dict[int, tuple[int, int]] = {}
    level: list[int] = []
    depth = 0
    while level or waiting:
        if not level:
            depth = waiting[0][0]
        while waiting and waiting[0][0] <= depth:
            state = waiting.popleft()[1]
            if state not in distance:
                distance[state] = depth
                level.append(state)
        depth += 1
        following: list[int] = []
        for state in level:
            states.append(state)
            if len(states) % 1024 == 0:
                glance()
            for step in range(graph.first[state], graph.first[state + 1]):
                target = graph.targets[step]
                if target not in distance and target < len(graph) and allowed[target]:
                    distance[target] = depth
                    steps[target] = (step, state)
                    following.append(target)
        level = following
    return _Reached(states, distance, steps)


# --- components ------------------------------------------------------------------------------------------------------


@dataclass
class Part:
    """A strongly connected part of the graph.

    Attributes:
        number: that its states have in the partition.
        states: in no particular order.
    """

    number: int
    states: list[int]


@dataclass
class _Partition:
    """Splits some states into strongly connected parts, down to those with a fair cycle through all of their states.

    Attributes:
        graph: the steps.
        fair: the parts that have such a cycle.
    """

    graph: StepGraph
    states: list[int]
    glance: Glance
    fair: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.graph)
        self.part = array("q", [0]) * size  # 0: not among the states, or dropped
        self._index = array("q", [0]) * size  # in the order of visits, over all calls
        self._low = array("q", [0]) * size
        self._visits = 0
        self._last = 1
        for state in self.states:
            self.part[state] = 1
        waiting = [Part(1, self.states)]
        while waiting:
            for part in self._components(waiting.pop()):
                rest = self._judge(part)
                if rest:
                    self._last += 1
                    for state in rest:
                        self.part[state] = self._last
                    waiting.append(Part(self._last, rest))

    def _judge(self, part: Part) -> list[int]:
        """Keep `part` if a fair cycle goes through all of it; otherwise give the states that one may go through yet."""
        graph, of = self.graph, self.part
        taking: set[int] = set()
        moved = 0
        for state in part.states:
            for step in range(graph.first[state], graph.first[state + 1]):
                target = graph.targets[step]
                if target < len(graph) and of[target] == part.number:
                    taking.add(graph.takes[step])
                    moved |= graph.moves[step]
        taken = {owed for number in taking for owed in graph.sets[number]}
        enabled = [graph.sets[number] for number in {graph.enabled[state] for state in part.states}]
        open_ = {owed for owed in set().union(*enabled) - taken if not graph.clocks[owed] & moved}
        if any(not graph.strong[owed] for owed in open_.intersection(*enabled)):
            return self._drop(part.states)
        missed = {owed for owed in open_ if graph.strong[owed]}
        if not missed:
            self.fair.append(part)
            return []
        hurt = {number for number, owed in enumerate(graph.sets) if not missed.isdisjoint(owed)}
        self._drop([state for state in part.states if graph.enabled[state] in hurt])
        return [state for state in part.states if graph.enabled[state] not in hurt]

    def _drop(self, states: list[int]) -> list[int]:
        for state in states:
            self.part[state] = 0
        return []

    def _components(self, within: Part) -> list[Part]:
        """The strongly connected components of a part; each gets a number of its own."""
        graph, of, number = self.graph, self.part, within.number
        first, targets, size = graph.first, graph.targets, len(graph)
        index, low = self._index, self._low
        before = self._visits  # what was visited earlier counts as not visited
        found: list[Part] = []
        path: list[int] = []  # states of the search, the current one last
        steps: list[int] = []  # the next step to look at of each
        open_: list[int] = []  # visited states that have no component yet
        for root in within.states:
            if index[root] > before:
                continue
            path.append(root)
            steps.append(first[root])
            self._visit(root, open_)
            while path:
                state, step = path[-1], steps[-1]
                if step < first[state + 1]:
                    steps[-1] += 1
                    target = targets[step]
                    if target >= size or of[target] != number:
                        continue
                    if index[target] <= before:
                        path.append(target)
                        steps.append(first[target])
                        self._visit(target, open_)
                    elif index[target] < low[state]:
                        low[state] = index[target]
                    continue
                path.pop()
                steps.pop()
                if path and low[state] < low[path[-1]]:
                    low[path[-1]] = low[state]
                if low[state] == index[state]:
                    found.append(self._close(state, open_))
        return found

    def _visit(self, state: int, open_: list[int]) -> None:
        self._visits += 1
        if self._visits % 1024 == 0:
            self.glance()
        self._index[state] = self._low[state] = self._visits
        open_.append(state)

    def _close(self, root: int, open_: list[int]) -> Part:
        """The states visited since `root` are a component."""
        self._last += 1
        states: list[int] = []
        while True:
            state = open_.pop()
            self.part[state] = self._last
            states.append(state)
            if state == root:
                return Part(self._last, states)


# --- a cycle ---------------------------------------------------------------------------------------------------------


def _cycle(graph: StepGraph, partition: _Partition, part: Part, start: int) -> tuple[int, ...]:
    """A fair cycle from `start` inside a part that has one: always on to the nearest witness that is still missing.

    A witness is a step that takes an obligation, a state in which a weak one is disabled, or a step that shifts a clock
    of which the key of the obligation holds a value.
    """
    enabled = set(graph.sets[graph.enabled[start]])
    weak = {owed for owed in enabled if not graph.strong[owed]}  # enabled all along
    strong = enabled - weak  # enabled somewhere
    met: set[int] = set()
    moved = 0
    cycle: list[int] = []
    current = start
    while True:
        missing = {owed for owed in (weak | strong) - met if not graph.clocks[owed] & moved}
        if not missing and current == start:
            return tuple(cycle)
        way = _to_witness(graph, partition, part, current, missing) if missing else None
        if way is None:
            way = _way(graph, partition, part, current, lambda _, target: target == start)
        for step in way:
            current = graph.targets[step]
            here = set(graph.sets[graph.enabled[current]])
            weak &= here
            strong |= {owed for owed in here if graph.strong[owed]}
            met.update(graph.sets[graph.takes[step]])
            moved |= graph.moves[step]
            cycle.append(step)


def _to_witness(graph: StepGraph, partition: _Partition, part: Part, start: int, missing: set[int]) -> list[int]:
    wanted = 0
    for owed in missing:
        wanted |= graph.clocks[owed]
    weak = {owed for owed in missing if not graph.strong[owed]}

    def is_witness(step: int, target: int) -> bool:
        if graph.moves[step] & wanted or not missing.isdisjoint(graph.sets[graph.takes[step]]):
            return True
        return not weak.issubset(graph.sets[graph.enabled[target]])

    return _way(graph, partition, part, start, is_witness)


def _way(
    graph: StepGraph, partition: _Partition, part: Part, start: int, is_goal: Callable[[int, int], bool]
) -> list[int]:
    """A shortest way inside `part` whose last step is a goal; at least one step long."""
    before: dict[int, tuple[int, int]] = {}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for step in range(graph.first[state], graph.first[state + 1]):
            target = graph.targets[step]
            if target >= len(graph) or partition.part[target] != part.number:
                continue
            if is_goal(step, target):
                way = [step]
                while state != start:
                    step, state = before[state]  # noqa: PLW2901
                    way.append(step)
                return way[::-1]
            if target not in before and target != start:
                before[target] = (step, state)
                waiting.append(target)
    raise AssertionError("a part that was found to be fair has a witness for everything")
