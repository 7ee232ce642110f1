"""Does some run do too much work? Bounds on weights of runs, decided by rounds over the recorded graph.

Round n knows the greatest weight of a run of n steps to each state, as long as it is greater than that of every
shorter run (Bellman and Ford's idea, for longest paths): a run that a shorter one outweighs cannot be the first to
break the bound. The first round in which a judged state is outweighed gives the shortest counterexample. A cycle that
gains weight goes on until it breaks the bound, so rounds end; states from which no judged state can be reached are left
out, since a gain there harms nobody. A run reaches the limit exactly if the greatest weight does, as long as none goes
beyond.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul

from dscheck.explore.questions import RunQuestion
from dscheck.explore.stepper import Stepper
from dscheck.explore.store import Store
from dscheck.model.expressions import Literal
from dscheck.semantics.replay import Schedule, ScheduledStep


class Graph:
    """The steps between stored states, parallel ones included, with what they add to the counters."""

    __slots__ = ("_weights", "first", "rules", "targets", "weights")

    def __init__(self) -> None:
        self.first = array("q")  # per expanded state, where its steps begin
        self.targets = array("q")
        self.rules = array("i")
        self.weights = array("i")  # numbers of increments, see `increments`
        self._weights: dict[tuple[int, ...], int] = {}

    def open(self, position: int) -> None:
        """The steps that are added next start in the state at `position`; positions come in order."""
        assert position == len(self.first)
        self.first.append(len(self.targets))

    def add(self, rule: int, target: int, counts: tuple[int, ...] | None) -> None:
        """Add a step."""
        assert counts is not None, "counters are counted when a bound is asked"
        self.targets.append(target)
        self.rules.append(rule)
        self.weights.append(self._weights.setdefault(counts, len(self._weights)))

    @property
    def increments(self) -> list[tuple[int, ...]]:
        """What the weights of steps stand for, by number."""
        return list(self._weights)

    def steps(self, position: int) -> range:
        """The steps from the state at `position`; none if it was not expanded."""
        if position >= len(self.first):
            return range(0)
        last = position + 1 == len(self.first)
        return range(self.first[position], len(self.weights) if last else self.first[position + 1])


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What the rounds found.

    Attributes:
        schedule: a shortest run that breaks the bound, or that shows that it is tight.
        settled: is the absence of a schedule the answer, for the graph as it is?
    """

    schedule: Schedule | None
    settled: bool = True


# A run that outweighs all shorter ones to the same node: (node, weight, last step or -1, the run without it or None).
# A node is twice a state's position, plus one if some counter has counted on the way. Plain tuples: there are many.
_Arrival = tuple[int, int, int, "_Arrival | None"]


def judge_run(
    question: RunQuestion, graph: Graph, store: Store, stepper: Stepper, glance: Callable[[], None]
) -> RunAnswer:
    """Decide a bound, or whether it is tight, on the graph as far as it was explored.

    Args:
        question: what is asked.
        graph: the steps, over the states of `store`.
        store: the states.
        stepper: evaluates the question's condition and limit.
        glance: called once per round; may raise to stop.

    Raises:
        StepFailed: the condition or the limit has no value in some state.
    """
    tight = question.property.kind == "tight"
    limits = _limits(question, store, stepper)
    relevant = _leading_to([limit is not None for limit in limits], graph)
    increments = graph.increments
    gains = [sum(map(mul, question.coefficients, counts)) for counts in increments]
    counted = [
        tight and any(factor and count > 0 for factor, count in zip(question.coefficients, counts, strict=True))
        for counts in increments
    ]
    targets, weights, steps_of = graph.targets, graph.weights, graph.steps
    best: list[int | None] = [None] * (2 * len(limits))
    frontier: list[_Arrival] = []
    for position, parent in enumerate(store.parents):
        if parent < 0 and relevant[position]:
            best[2 * position] = 0
            frontier.append((2 * position, 0, -1, None))
    while frontier:
        glance()
        beyond = False
        for arrival in frontier:
            node, weight, _, _ = arrival
            limit = limits[node >> 1]
            if limit is not None and weight >= limit:
                beyond = beyond or weight > limit
                if (node & 1 and weight == limit) if tight else weight > limit:
                    return RunAnswer(_schedule(arrival, graph, store))
        if beyond:
            # The greatest weights are past the limit: whether another run meets it exactly stays open.
            return RunAnswer(None, settled=False)
        better: dict[int, _Arrival] = {}
        for arrival in frontier:
            node, weight, _, _ = arrival
            flag = node & 1
            for step in steps_of(node >> 1):
                number, target = weights[step], targets[step]
                reached = weight + gains[number]
                after = 2 * target + (flag or counted[number])
                least = better[after][1] if after in better else best[after]
                if (least is None or reached > least) and relevant[target]:
                    better[after] = (after, reached, step, arrival)
        for after, arrival in better.items():
            best[after] = arrival[1]
        frontier = list(better.values())
    return RunAnswer(None)


def _limits(question: RunQuestion, store: Store, stepper: Stepper) -> Sequence[int | None]:
    """The limit in each state; None where the condition is false and nothing is judged."""
    answer, states = stepper.answer, store.states
    fixed = isinstance(question.property.limit, Literal)
    if fixed and isinstance(question.property.condition, Literal) and states:
        limit = answer(question.limit, states[0]) if answer(question.condition, states[0]) else None
        return [limit] * len(states)
    return [answer(question.limit, state) if answer(question.condition, state) else None for state in states]


def _leading_to(goals: list[bool], graph: Graph) -> list[bool]:
    """Per state: can a goal be reached from it?"""
    if all(goals):
        return goals
    before: list[list[int]] = [[] for _ in goals]
    for position in range(len(graph.first)):
        for step in graph.steps(position):
            before[graph.targets[step]].append(position)
    reaches = list(goals)
    waiting = [position for position, goal in enumerate(goals) if goal]
    while waiting:
        for position in before[waiting.pop()]:
            if not reaches[position]:
                reaches[position] = True
                waiting.append(position)
    return reaches


def _schedule(arrival: _Arrival, graph: Graph, store: Store) -> Schedule:
    increments = graph.increments
    steps: list[ScheduledStep] = []
    node, _, step, before = arrival
    while before is not None:
        counts = increments[graph.weights[step]]
        steps.append(ScheduledStep(graph.rules[step], store.states[graph.targets[step]], counts))
        node, _, step, before = before
    return Schedule(store.states[node >> 1], tuple(reversed(steps)))
