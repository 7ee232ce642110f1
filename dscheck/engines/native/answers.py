"""What did a native search find? Its findings as violations, witnesses and formulas without a value."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dscheck.engines.native.library import NativeFinding, Search
from dscheck.engines.native.schedules import Schedules
from dscheck.engines.native.structs import RunState
from dscheck.explore.finding import Violation, outcomes_of
from dscheck.explore.questions import DEADLOCK, ProgressQuestion, PropertyKind, Questions, RunQuestion
from dscheck.explore.stepper import Edge
from dscheck.model.expressions import FAILURES, Expression
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.semantics.evaluate import Failed, StepFailed, evaluate, scope_of
from dscheck.semantics.replay import NotConfirmed, Schedule
from dscheck.verdict import Outcome

_Found = NativeFinding | None
_FAILURES = tuple(FAILURES)  # by number


@dataclass
class Answers:
    """What is known of the questions; the fields of `Exploration` of the same names.

    Attributes:
        run_outcomes: of bounds and tightness that were settled without a run.
    """

    violations: dict[str, Violation] = field(default_factory=dict)
    witnesses: dict[str, Schedule] = field(default_factory=dict)
    unexercised: tuple[tuple[str, str], ...] = ()
    unjudged: dict[str, Failed] = field(default_factory=dict)
    run_outcomes: dict[str, Outcome] = field(default_factory=dict)

    def order(self, kinds: Mapping[str, PropertyKind]) -> None:
        """Sort the violations: the shortest first, equal ones as they are to be reported."""
        ranks = {name: rank for rank, name in enumerate(kinds)}
        order = sorted(self.violations.values(), key=lambda each: (each.length, ranks[each.property]))
        self.violations = {each.property: each for each in order}

    def outcomes(self, kinds: Mapping[str, PropertyKind], *, complete: bool) -> dict[str, Outcome]:
        """What came out for each property; `complete` says whether everything reachable was explored."""
        return outcomes_of(
            kinds,
            complete=complete,
            violated=self.violations,
            reached=self.witnesses,
            unjudged=self.unjudged,
            runs=self.run_outcomes,
        )


def answers_of(
    system: System, questions: Questions, search: Search, schedules: Schedules, failures: Sequence[Failed]
) -> Answers:
    """The answers of a search that has ended.

    Args:
        system: what was explored.
        questions: those that the search was given.
        search: has the findings.
        schedules: makes runs of its positions.
        failures: the ways in which making an initial state failed.

    Raises:
        NotConfirmed: the reference does not find what the search did.
    """
    reader = _Reader(system, questions, search, schedules)
    for failed in failures:
        reader.violated(Violation(failed.failure.property, "failure", Schedule(None), failed))
    reader.read()
    reader.answers.order(questions.kinds)
    return reader.answers


class _Numbers:
    """Where each group of findings begins, as search.h numbers them."""

    def __init__(self, questions: Questions) -> None:
        always, steps = len(questions.formulas.always), len(questions.formulas.steps)
        asked = len(questions.formulas.asked)
        self.failed = 0
        self.always_false = len(FAILURES)
        self.always_failed = self.always_false + always
        self.step_false = self.always_failed + always
        self.step_failed = self.step_false + steps
        self.asked_true = self.step_failed + steps
        self.asked_failed = self.asked_true + asked
        self.final = self.asked_failed + asked
        self.by_failure = self.final + 2 + len(questions.runs)


class _Formula(NamedTuple):
    """A formula that may have no value, and the property that cannot be judged then."""

    name: str
    expression: Expression
    over_steps: bool


class _Reader:
    def __init__(self, system: System, questions: Questions, search: Search, schedules: Schedules) -> None:
        self.system = system
        self.questions = questions
        self.search = search
        self.schedules = schedules
        self.answers = Answers()
        self.findings = search.findings()
        self.at = _Numbers(questions)

    def violated(self, violation: Violation) -> None:
        """Keep the shortest per property."""
        known = self.answers.violations.get(violation.property)
        if known is None or violation.length < known.length:
            self.answers.violations[violation.property] = violation

    def read(self) -> None:
        """Go through the findings."""
        questions, formulas, at = self.questions, self.questions.formulas, self.at
        for number, name in enumerate(FAILURES):
            self._failing_step(self.findings[at.failed + number], name)
        for number, name in enumerate(questions.invariants):
            self._state(self.findings[at.always_false + number], name, "invariant")
        for number, (name, formula) in enumerate(zip(questions.steps, formulas.steps, strict=True)):
            self._step(self.findings[at.step_false + number], name, formula)
        for name, number in questions.reachable.items():
            self._reached(self.findings[at.asked_true + number], name)
        left = questions.antecedents.items()
        self.answers.unexercised = tuple(key for key, number in left if self.findings[at.asked_true + number] is None)
        self._state(self.findings[at.final], DEADLOCK, "deadlock")
        for number in range(len(questions.runs)):
            self._run(number)
        self._formulas_without_value()
        for question in questions.progress:
            self._progress_without_value(question)

    def _formulas_without_value(self) -> None:
        """Each property that could not be judged, and the first place for each failure that is why."""
        formulas = self._partial_formulas()
        for number, owners in formulas.items():
            found = self.findings[number]
            if found is None:
                continue
            for formula in owners:
                _, failed = self._without_value(found, formula, _FAILURES[found.failure])
                self.answers.unjudged.setdefault(formula.name, failed)
        for found, name in zip(self.findings[self.at.by_failure :], FAILURES, strict=True):
            if found is not None:
                formula = formulas[found.failure][0]
                schedule, failed = self._without_value(found, formula, name)
                self.violated(Violation(name, "failure", schedule, failed, formula.name))

    def _partial_formulas(self) -> dict[int, list[_Formula]]:
        """By the number of the finding that they have no value somewhere."""
        questions, formulas = self.questions, self.questions.formulas
        found: dict[int, list[_Formula]] = defaultdict(list)
        for number, pair in enumerate(zip(questions.invariants, formulas.always, strict=True)):
            found[self.at.always_failed + number].append(_Formula(*pair, over_steps=False))
        for number, pair in enumerate(zip(questions.steps, formulas.steps, strict=True)):
            found[self.at.step_failed + number].append(_Formula(*pair, over_steps=True))
        asked = [*questions.reachable.items(), *((DEADLOCK, number) for number in questions.final)]
        for name, number in asked:
            found[self.at.asked_failed + number].append(_Formula(name, formulas.asked[number], over_steps=False))
        return found

    def _without_value(self, found: NativeFinding, formula: _Formula, failure: str) -> tuple[Schedule, Failed]:
        """The run to where a formula has no value because of that failure, and what failed."""
        if not formula.over_steps:
            schedule, state = self.schedules.to(found.position)
            return schedule, self._failure(formula.expression, state)
        failures: list[Failed] = []

        def fails(before: State, after: State) -> bool:
            value = self._is(formula.expression, before, after)
            if isinstance(value, Failed) and value.failure.property == failure:
                failures.append(value)
            return bool(failures)

        schedule = self._with_last(found, self._judging(found, fails))
        return schedule, failures[-1]

    def _state(self, found: _Found, name: str, kind: PropertyKind) -> None:
        if found is not None:
            schedule, _ = self.schedules.to(found.position)
            self.violated(Violation(name, kind, schedule))

    def _reached(self, found: _Found, name: str) -> None:
        if found is not None:
            self.answers.witnesses[name], _ = self.schedules.to(found.position)

    def _failing_step(self, found: _Found, name: str) -> None:
        if found is not None:

            def fails(edge: Edge) -> bool:
                failed = edge[3]
                return failed is not None and failed.failure.property == name

            schedule = self._with_last(found, fails)
            self.violated(Violation(name, "failure", schedule, schedule.steps[-1].failed))

    def _step(self, found: _Found, name: str, formula: Expression) -> None:
        if found is not None:
            wrong = self._judging(found, lambda before, after: self._is(formula, before, after) is False)
            self.violated(Violation(name, "step", self._with_last(found, wrong)))

    def _judging(self, found: NativeFinding, judge: Callable[[State, State], bool]) -> Callable[[Edge], bool]:
        _, before = self.schedules.to(found.position)
        return lambda edge: edge[1] is not None and judge(before, edge[1])

    def _with_last(self, found: NativeFinding, wanted: Callable[[Edge], bool]) -> Schedule:
        schedule, state = self.schedules.to(found.position)
        return Schedule(schedule.initial, (*schedule.steps, self.schedules.last_step(state, wanted)))

    def _run(self, number: int) -> None:
        question = self.questions.runs[number]
        name, kind = question.property.name, question.property.kind
        match self.search.run_state(number):
            case RunState.ANSWERED:
                start, steps = self.search.run(number)
                schedule, _ = self.schedules.through(start, steps)
                if kind == "bound":
                    self.violated(Violation(name, "bound", schedule))
                else:
                    self.answers.witnesses[name] = schedule
            case RunState.SETTLED:
                self.answers.run_outcomes[name] = Outcome.HOLDS if kind == "bound" else Outcome.VIOLATED
            case RunState.NO_VALUE:
                self.answers.unjudged[name] = self._why_given_up(question)
            case RunState.OPEN | RunState.CANNOT_BE_SETTLED:
                pass

    def _progress_without_value(self, question: ProgressQuestion) -> None:
        """A formula of a property of progress has no value in some state: then nothing else is said of it."""
        name = question.property.name
        for number in (question.right, question.left):
            found = self.findings[self.at.asked_failed + number]
            if found is not None and name not in self.answers.unjudged:
                schedule, state = self.schedules.to(found.position)
                failed = self._failure(self.questions.formulas.asked[number], state)
                self.answers.unjudged[name] = failed
                self.violated(Violation(failed.failure.property, "failure", schedule, failed, name))

    def _why_given_up(self, question: RunQuestion) -> Failed:
        """The condition or limit of a bound has no value: the failure that came first."""
        found = []
        for number in (question.condition, question.limit):
            finding = self.findings[self.at.asked_failed + number]
            if finding is not None:
                found.append((finding.depth, finding.position, number))
        if not found:
            raise NotConfirmed(f"the native engine gives {question.property.name} up, and does not say why")
        _, position, number = min(found)
        return self._failure(self.questions.formulas.asked[number], self.schedules.to(position)[1])

    def _is(self, formula: Expression, before: State, after: State) -> bool | Failed:
        """The value of a formula over two states, or why it has none."""
        try:
            return bool(evaluate(formula, scope_of(self.system, after, before)))
        except StepFailed as stopped:
            return stopped.failed

    def _failure(self, formula: Expression, state: State) -> Failed:
        """Why a formula has no value in `state`."""
        try:
            evaluate(formula, scope_of(self.system, state))
        except StepFailed as stopped:
            return stopped.failed
        raise NotConfirmed("the native engine finds no value where the definition has one")
