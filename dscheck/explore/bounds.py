"""Does some run do too much work? Bounds on weights of runs, decided by rounds over the recorded graph.

Round n knows the greatest weight of a run of n steps to each state, as long as it is greater than that of every
shorter run (Bellman and Ford's idea, for longest paths): a run that a shorter one outweighs cannot be the first to
break the bound. The first round in which a judged state is outweighed gives the shortest counterexample.

Round n + 1 needs the steps from states that n steps reach, so rounds keep pace with the levels of a breadth-first
search: a bound that breaks early is told early, also where the states never end. When everything is explored, rounds go
on until none is better. A cycle that gains weight goes on until it breaks the bound, so they end; states from which no
judged state can be reached are left out then, since a gain there harms nobody. A run reaches the limit exactly if the
greatest weight does, as long as none goes beyond.
"""

from array import array
from collections.abc import Callable, Sequence
from operator import mul

from dscheck.explore.questions import RunQuestion
from dscheck.explore.stepper import Stepper
from dscheck.explore.store import Store
from dscheck.model.expressions import Literal
from dscheck.record import record
from dscheck.semantics.evaluate import Failed, StepFailed
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


@record
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


class Rounds:
    """The rounds of one bound, or of whether it is tight.

    Attributes:
        question: what is asked.
        answer: what was found; None while that is open.
    """

    def __init__(self, question: RunQuestion, graph: Graph, store: Store, stepper: Stepper) -> None:
        """Judge round 0: the initial states, which are all that `store` has.

        Raises:
            StepFailed: the condition or the limit has no value in one of them.
        """
        self.question = question
        self.answer: RunAnswer | None = None
        self._graph, self._store, self._stepper = graph, store, stepper
        self._tight = question.property.kind == "tight"
        self._gains: list[int] = []  # by number of increments
        self._counted: list[bool] = []
        self._limits: list[int | None] = []  # by position; None where nothing is judged
        self._best: dict[int, int] = {}
        self._relevant: list[bool] | None = None  # not known before everything is explored
        self._frontier: list[_Arrival] = [(2 * position, 0, -1, None) for position in range(len(store.states))]
        self._keep()

    def advance(self) -> None:
        """Judge the runs of one more step, whose steps the graph must have.

        Raises:
            StepFailed: the condition or the limit has no value in some state.
        """
        self._weigh_new_increments()
        targets, weights, steps_of = self._graph.targets, self._graph.weights, self._graph.steps
        gains, counted, best, relevant = self._gains, self._counted, self._best, self._relevant
        better: dict[int, _Arrival] = {}
        for arrival in self._frontier:
            node, weight, _, _ = arrival
            flag = node & 1
            for step in steps_of(node >> 1):
                number, target = weights[step], targets[step]
                reached = weight + gains[number]
                after = 2 * target + (flag or counted[number])
                least = better[after][1] if after in better else best.get(after)
                if (least is None or reached > least) and (relevant is None or relevant[target]):
                    better[after] = (after, reached, step, arrival)
        self._frontier = list(better.values())
        self._keep()

    def finish(self, glance: Callable[[], None]) -> None:
        """Go on until no round is better, with everything explored.

        Args:
            glance: called once per round; may raise to stop.

        Raises:
            StepFailed: the condition or the limit has no value in some state.
        """
        self._judge_new_states()
        relevant = self._relevant = _leading_to([limit is not None for limit in self._limits], self._graph)
        self._frontier = [arrival for arrival in self._frontier if relevant[arrival[0] >> 1]]
        while self._frontier and self.answer is None:
            glance()
            self.advance()
        if self.answer is None:
            self.answer = RunAnswer(None)

    def _keep(self) -> None:
        """Judge the frontier, and remember its weights as the best so far."""
        self._judge_new_states()
        limits, tight, best = self._limits, self._tight, self._best
        beyond = False
        for arrival in self._frontier:
            node, weight, _, _ = arrival
            best[node] = weight
            limit = limits[node >> 1]
            if limit is not None and weight >= limit:
                beyond = beyond or weight > limit
                if (node & 1 and weight == limit) if tight else weight > limit:
                    self.answer = RunAnswer(_schedule(arrival, self._graph, self._store))
                    return
        if beyond:
            # The greatest weights are past the limit: whether another run meets it exactly stays open.
            self.answer = RunAnswer(None, settled=False)

    def _weigh_new_increments(self) -> None:
        coefficients = self.question.coefficients
        for counts in self._graph.increments[len(self._gains) :]:
            self._gains.append(sum(map(mul, coefficients, counts)))
            counting = any(factor and count > 0 for factor, count in zip(coefficients, counts, strict=True))
            self._counted.append(self._tight and counting)

    def _judge_new_states(self) -> None:
        """Find the limits of the states that the store has got since."""
        answer, states, limits, item = self._stepper.answer, self._store.states, self._limits, self.question
        if isinstance(item.property.limit, Literal) and isinstance(item.property.condition, Literal) and limits:
            limits.extend(limits[:1] * (len(states) - len(limits)))
        for position in range(len(limits), len(states)):
            state = states[position]
            limits.append(answer(item.limit, state) if answer(item.condition, state) else None)


class OpenRounds:
    """The bounds of one search that are not answered yet."""

    def __init__(
        self, answered: Callable[[RunQuestion, RunAnswer], None], without_value: Callable[[RunQuestion, Failed], None]
    ) -> None:
        """Who is told of an answer, and of a condition or limit without a value."""
        self._answered, self._without_value = answered, without_value
        self._open: list[Rounds] = []

    def begin(self, questions: Sequence[RunQuestion], graph: Graph, store: Store, stepper: Stepper) -> None:
        """Judge the runs without a step: the initial states are stored, and nothing else is."""
        for question in questions:
            try:
                rounds = Rounds(question, graph, store, stepper)
            except StepFailed as stopped:
                self._without_value(question, stopped.failed)
                continue
            self._keep_open(rounds)

    def advance(self, step: Callable[[Rounds], None]) -> None:
        """Let them go on by `step`; some may come to an answer."""
        going, self._open = self._open, []
        for rounds in going:
            try:
                step(rounds)
            except StepFailed as stopped:
                self._without_value(rounds.question, stopped.failed)
                continue
            self._keep_open(rounds)

    def _keep_open(self, rounds: Rounds) -> None:
        if rounds.answer is None:
            self._open.append(rounds)
        else:
            self._answered(rounds.question, rounds.answer)


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
