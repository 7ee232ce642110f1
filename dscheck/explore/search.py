"""Which states can be reached, and what is true of them? Breadth-first search, level by level, exact.

Level by level makes every schedule shortest, and a search that is to stop at a violation finishes the level first: then
verdicts, lengths and the set of violated properties do not depend on who explores what first.

All questions are answered in one pass: formulas of states when a state is stored, formulas of steps and failures on
every label, final states when a state is expanded, weights of runs afterwards on the recorded graph.
"""

import gc
import time
from collections.abc import Callable, Sequence

from dscheck.explore.bounds import Graph, OpenRounds, Rounds, RunAnswer
from dscheck.explore.finding import Exploration, SearchEnd, Violation, outcomes_of
from dscheck.explore.limits import memory_limit, peak_resident_bytes, resident_bytes
from dscheck.explore.progress import judge_progress
from dscheck.explore.questions import DEADLOCK, PropertyKind, Questions, RunQuestion
from dscheck.explore.recording import FairRecord
from dscheck.explore.stepper import Edge, Stepper
from dscheck.explore.store import Store
from dscheck.model.layout import State
from dscheck.options import Limits
from dscheck.progress import Observer, Progress
from dscheck.semantics.evaluate import Failed, StepFailed
from dscheck.semantics.replay import Schedule, ScheduledStep
from dscheck.verdict import Outcome, Statistics

_GLANCE_EVERY = 4  # expanded states between two looks at the clock
_TELL_EVERY = 0.2  # seconds between two looks at the memory and two calls of the observer

# Is asked now and then, with the states that are stored, whether somebody else goes on with the search from its start.
Relief = Callable[[Sequence[State]], bool]


class Relieved(Exception):
    """Somebody else takes over; what was found so far is of no more use."""


def explore(
    stepper: Stepper,
    questions: Questions,
    limits: Limits | None = None,
    stop_at: Callable[[str], bool] = lambda _: False,
    observer: Observer | None = None,
    relief: Relief | None = None,
) -> Exploration:
    """Explore everything reachable and answer all questions.

    Args:
        stepper: the system; it was given `questions.formulas`.
        questions: what to answer.
        limits: when to stop early.
        stop_at: by name of a property: is its violation all that the caller waits for? Then the search ends after the
            level in which the first such violation is found.
        observer: told about five times a second how far the search is.
        relief: asked whether somebody else takes over.

    Raises:
        Relieved: somebody else does.
    """
    search = _Search(stepper, questions, limits or Limits(), stop_at, observer, relief)
    collecting = gc.isenabled()
    gc.disable()  # states are tuples without cycles: collecting would walk them all again and again
    try:
        search.run()
        return search.exploration()
    finally:
        if collecting:
            gc.enable()


class _Cut(Exception):
    """A limit was reached."""

    def __init__(self, end: SearchEnd) -> None:
        super().__init__(end)
        self.end = end


class _Search:
    def __init__(
        self,
        stepper: Stepper,
        questions: Questions,
        limits: Limits,
        stop_at: Callable[[str], bool],
        observer: Observer | None,
        relief: Relief | None,
    ) -> None:
        self.stepper = stepper
        self.questions = questions
        self.limits = limits
        self.stop_at = stop_at
        self.observer = observer
        self.relief = relief
        self.started = self.told = time.monotonic()
        self.most_memory = memory_limit(limits.max_memory)
        self.store = Store()
        self.graph = Graph() if questions.runs else None
        self.transitions = 0
        self.depth = 0
        self.fired = [0] * len(questions.faults)
        self.violations: dict[str, Violation] = {}
        self.witnesses: dict[str, Schedule] = {}
        self.pending = dict(questions.reachable)  # not yet reached
        self.unexercised = dict(questions.antecedents)  # not yet true
        self.unjudged: dict[str, Failed] = {}
        self.run_outcomes: dict[str, Outcome] = {}
        self.rounds = None if self.graph is None else OpenRounds(self._run_answered, self._run_without_value)
        self.fair = None if questions.fairness is None else FairRecord(questions.fairness)
        self.branches: bytes | None = None  # those taken, when steps were looked at afterwards that do not count
        self.end = SearchEnd.EXHAUSTED

    # --- the search ------------------------------------------------------------------------------

    def run(self) -> None:
        """Explore until done, found, cut or interrupted; then judge what goes on for ever in what was expanded."""
        for stage in (self._explore, self._judge_progress):
            try:
                stage()
            except _Cut as cut:
                self.end = cut.end
            except KeyboardInterrupt:
                self.end = SearchEnd.INTERRUPTED

    def _explore(self) -> None:
        self.end = self._levels()
        # Otherwise only runs as long as the finished levels are judged: longer ones may need steps not known.
        if self.end is SearchEnd.EXHAUSTED and self.rounds is not None:
            self.rounds.advance(lambda rounds: rounds.finish(self._run_glance))

    def _levels(self) -> SearchEnd:
        initial, failures = self.stepper.initial()
        for failed in failures:
            self._violated(failed.failure.property, "failure", Schedule(None), failed)
        states = self.store.states
        for state in initial:
            if len(states) == self.limits.max_states:
                raise _Cut(SearchEnd.MAX_STATES)
            self.store.index[state] = len(states)
            self.store.append(state)
            self._judge_state(len(states) - 1, state)
        if self.rounds is not None and self.graph is not None:
            self.rounds.begin(self.questions.runs, self.graph, self.store, self.stepper)
        begin, end = 0, len(states)
        while begin < end:
            self._settle_reached()
            if any(map(self.stop_at, self.violations)):
                return SearchEnd.FOUND
            if self.depth == self.limits.max_depth:
                return self._edge_of_depth(begin, end)
            self._expand(begin, end)
            if self.rounds is not None:
                self.rounds.advance(Rounds.advance)
            begin, end = end, len(states)
            self.depth += begin < end
        return SearchEnd.EXHAUSTED  # also when a violation was found in the last level

    def _expand(self, begin: int, end: int) -> None:
        """Find all labels of the stored states from `begin` to `end`. Everything else is rare; this is not."""
        stepper, store, fired, graph, fair = self.stepper, self.store, self.fired, self.graph, self.fair
        states, faults, most = store.states, self.questions.faults, self.limits.max_states
        position_of = store.index.setdefault  # one look-up, so that a state is hashed once
        find, normalise, violations = stepper.edges, stepper.normalise, stepper.violations
        shifts, judges_steps, judges_final = stepper.shifts, bool(self.questions.steps), bool(self.questions.final)
        for position in range(begin, end):
            if position % _GLANCE_EVERY == 0:
                self._glance(position)
            state = states[position]
            if fair is None:
                edges = find(state)
            else:
                edges, owed = stepper.fair_edges(state)
                fair.open(edges, owed)
            self.transitions += len(edges)
            if graph is not None:
                graph.open(position)
            for rule, raw, counts, failed in edges:
                fired[rule] += 1
                if raw is None:
                    self._failed_step(position, rule, failed)
                    continue
                successor = normalise(raw) if shifts else raw
                if judges_steps:
                    self._judge_step(position, rule, raw, successor, counts)
                known = len(states)
                target = position_of(successor, known)
                if target == known:
                    if known == most:
                        del store.index[successor]
                        raise _Cut(SearchEnd.MAX_STATES)
                    store.append(successor, position, rule)
                    try:
                        wrong = violations(successor)
                    except StepFailed:
                        wrong = -1
                    if wrong or self.pending or self.unexercised:
                        self._judge_state(known, successor)
                if graph is not None:
                    graph.add(rule, target, counts)
                if fair is not None:
                    fair.add(rule, target, raw, successor)
            if fair is not None:
                fair.close()
            if judges_final and (not edges or faults[edges[0][0]]):
                self._judge_final(position, state, edges)

    def _failed_step(self, position: int, rule: int, failed: Failed | None) -> None:
        assert failed is not None
        name = failed.failure.property
        if name not in self.violations:
            self._violated(name, "failure", self.store.failing(position, rule, failed), failed)

    def _edge_of_depth(self, begin: int, end: int) -> SearchEnd:
        """The states at the depth limit: they may be wrong final states, but nothing is explored from them."""
        self.branches, complete = self.stepper.branches_taken(), True  # no step from here on counts as taken
        for position in range(begin, end):
            if position % _GLANCE_EVERY == 0:
                self._glance(position)
            state = self.store.states[position]
            edges = self.stepper.edges(state)
            complete = complete and not edges
            self._judge_final(position, state, edges)
        if complete and self.fair is not None:
            self.fair.without_steps(end - begin)
        return SearchEnd.EXHAUSTED if complete else SearchEnd.MAX_DEPTH

    def _glance(self, position: int) -> None:
        """Look at the clock, and now and then at the memory; `position` is the state to be expanded next."""
        if self.relief is not None and self.relief(self.store.states):
            raise Relieved
        now = time.monotonic()
        if self.limits.timeout is not None and now - self.started > self.limits.timeout:
            raise _Cut(SearchEnd.TIMEOUT)
        if now - self.told < _TELL_EVERY:
            return
        self.told = now
        memory = resident_bytes()
        if self.observer is not None:
            known = len(self.store.states)
            self.observer(
                Progress(
                    states=known,
                    transitions=self.transitions,
                    queue=known - position,
                    depth=self.depth,
                    seconds=now - self.started,
                    memory_bytes=memory,
                )
            )
        if memory > self.most_memory:
            raise _Cut(SearchEnd.MAX_MEMORY)

    # --- the questions ---------------------------------------------------------------------------

    def _violated(
        self, name: str, kind: PropertyKind, schedule: Schedule, failed: Failed | None = None, formula: str = ""
    ) -> None:
        known = self.violations.get(name)
        # In one level, a final state without a value is judged after steps from earlier states have failed.
        if known is None or len(schedule.steps) < known.length:
            self.violations[name] = Violation(name, kind, schedule, failed, formula)

    def _without_value(self, name: str, schedule: Schedule, failed: Failed) -> None:
        """A formula has no value in a reachable state: its property cannot be judged, and that is a violation."""
        self.unjudged.setdefault(name, failed)
        self._violated(failed.failure.property, "failure", schedule, failed, name)

    def _judge_state(self, position: int, state: State) -> None:
        stepper, schedule = self.stepper, self.store.schedule
        try:
            wrong = stepper.violations(state)
        except StepFailed:
            wrong = 0
            for number, name in enumerate(self.questions.invariants):
                try:
                    wrong |= (not stepper.always(number, state)) << number
                except StepFailed as stopped:
                    self._without_value(name, schedule(position), stopped.failed)
        if wrong:
            for number, name in enumerate(self.questions.invariants):
                if wrong >> number & 1 and name not in self.violations:
                    self._violated(name, "invariant", schedule(position))
        if self.pending:
            for name, number in tuple(self.pending.items()):
                try:
                    reached = stepper.answer(number, state)
                except StepFailed as stopped:
                    self._without_value(name, schedule(position), stopped.failed)
                    continue
                if reached and name not in self.witnesses:
                    self.witnesses[name] = schedule(position)
        if self.unexercised:
            for left, number in tuple(self.unexercised.items()):
                try:
                    true = stepper.answer(number, state)
                except StepFailed:
                    continue  # the property it belongs to tells of that
                if true:
                    del self.unexercised[left]

    def _settle_reached(self) -> None:
        """What a level reached is not asked of the next one.

        It is asked of its own level to the end: whether it has no value somewhere there does not depend on the order.
        """
        for name in self.witnesses.keys() & self.pending.keys():
            del self.pending[name]

    def _judge_step(
        self, position: int, rule: int, raw: State, successor: State, counts: tuple[int, ...] | None
    ) -> None:
        stepper, before = self.stepper, self.store.states[position]
        try:
            wrong = stepper.step_violations(before, raw)
            if not wrong:
                return
        except StepFailed:
            wrong = 0
            for number, name in enumerate(self.questions.steps):
                try:
                    wrong |= (not stepper.step_holds(number, before, raw)) << number
                except StepFailed as stopped:
                    last = ScheduledStep(rule, successor, counts)
                    self._without_value(name, self.store.schedule(position, last), stopped.failed)
        for number, name in enumerate(self.questions.steps):
            if wrong >> number & 1 and name not in self.violations:
                last = ScheduledStep(rule, successor, counts)
                self._violated(name, "step", self.store.schedule(position, last))

    def _judge_final(self, position: int, state: State, edges: list[Edge]) -> None:
        if not all(self.questions.faults[edge[0]] for edge in edges):
            return
        known = self.violations.get(DEADLOCK)
        if known is not None and known.length < self.depth:
            return
        try:
            right = all(self.stepper.answer(number, state) for number in self.questions.final)
        except StepFailed as stopped:
            self._without_value(DEADLOCK, self.store.schedule(position), stopped.failed)
            return
        if not right and known is None:
            self._violated(DEADLOCK, "deadlock", self.store.schedule(position))

    def _run_without_value(self, question: RunQuestion, failed: Failed) -> None:
        self.unjudged.setdefault(question.property.name, failed)

    def _run_answered(self, question: RunQuestion, answer: RunAnswer) -> None:
        name, kind = question.property.name, question.property.kind
        if answer.schedule is not None and kind == "bound":
            self._violated(name, "bound", answer.schedule)
        elif answer.schedule is not None:
            self.witnesses[name] = answer.schedule
        elif answer.settled:
            self.run_outcomes[name] = Outcome.HOLDS if kind == "bound" else Outcome.VIOLATED

    def _judge_progress(self) -> None:
        if self.fair is None or self.end is SearchEnd.INTERRUPTED:
            return
        found = judge_progress(self.questions.progress, self.stepper, self.store, self.fair, self._run_glance)
        for name, (failed, schedule) in found.without_value.items():
            self._without_value(name, schedule, failed)
        self.violations.update(found.violations)

    def _run_glance(self) -> None:
        self._glance(len(self.store.states))

    # --- the answer ------------------------------------------------------------------------------

    def exploration(self) -> Exploration:
        """What was found so far."""
        complete = self.end is SearchEnd.EXHAUSTED
        return Exploration(
            end=self.end,
            statistics=Statistics(
                states=len(self.store.states),
                transitions=self.transitions,
                depth=self.depth,
                seconds=time.monotonic() - self.started,
                peak_memory_bytes=peak_resident_bytes(),
                complete=complete,
            ),
            outcomes=outcomes_of(
                self.questions.kinds,
                complete=complete,
                violated=self.violations,
                reached=self.witnesses,
                unjudged=self.unjudged,
                runs=self.run_outcomes,
            ),
            kinds=self.questions.kinds,
            violations=self.violations,
            witnesses=self.witnesses,
            fired=tuple(self.fired),
            branches=self.stepper.branches_taken() if self.branches is None else self.branches,
            unexercised=tuple(self.unexercised),
            unjudged=self.unjudged,
        )
