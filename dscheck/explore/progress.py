"""Does what must come always come? Instances of properties of progress, judged on the recorded graph."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dscheck.explore.fair_cycles import Lasso, find_lasso
from dscheck.explore.finding import Loop, Violation
from dscheck.explore.questions import ProgressQuestion
from dscheck.explore.recording import FairRecord
from dscheck.explore.stepper import Stepper
from dscheck.explore.store import Store
from dscheck.semantics.evaluate import Failed, StepFailed
from dscheck.semantics.replay import Schedule, ScheduledStep

_GLANCE_EVERY = 256  # formulas


@dataclass
class ProgressFound:
    """What was found.

    Attributes:
        violations: a lasso per property that some run violates.
        without_value: properties whose formula has no value in some state, what failed, and a run there.
    """

    violations: dict[str, Violation] = field(default_factory=dict)
    without_value: dict[str, tuple[Failed, Schedule]] = field(default_factory=dict)


def judge_progress(
    questions: Sequence[ProgressQuestion],
    stepper: Stepper,
    store: Store,
    record: FairRecord,
    glance: Callable[[], None] = lambda: None,
) -> ProgressFound:
    """Look for runs that violate them, among those that only visit expanded states.

    Args:
        questions: the instances.
        stepper: answers their formulas.
        store: the states.
        record: the steps and obligations of those that were expanded.
        glance: called now and then; may raise to stop.
    """
    judge = _Judge(stepper, store, record, glance, ProgressFound())
    for question in questions:
        judge.judge(question)
    return judge.found


class _WithoutValue(Exception):
    """A formula has no value in some state."""


@dataclass
class _Judge:
    stepper: Stepper
    store: Store
    record: FairRecord
    glance: Callable[[], None]
    found: ProgressFound
    _depths: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for parent in self.store.parents:
            self._depths.append(self._depths[parent] + 1 if parent >= 0 else 0)
            # parents come before their children

    def judge(self, question: ProgressQuestion) -> None:
        """Note a lasso that violates this instance, if it is shorter than one of another instance."""
        name = question.property.name
        if name in self.found.without_value:
            return
        try:
            allowed = bytearray(not truth for truth in self._answers(name, question.right))
            left = bytes(self._answers(name, question.left))
        except _WithoutValue:
            self.found.violations.pop(name, None)
            return
        states = range(len(allowed))
        triggers = (
            (self._depths[state], state)
            for state in states
            if allowed[state] and left[state] and not (question.initially and self._depths[state])
        )
        lasso = find_lasso(self.record.graph, triggers, allowed, self.glance)
        if lasso is not None:
            violation = self._violation(question, lasso)
            known = self.found.violations.get(name)
            if known is None or violation.length < known.length:
                self.found.violations[name] = violation

    def _answers(self, name: str, number: int) -> Iterator[bool]:
        for position in range(len(self.record.graph)):
            if position % _GLANCE_EVERY == 0:
                self.glance()
            try:
                yield bool(self.stepper.answer(number, self.store.states[position]))
            except StepFailed as stopped:
                self.found.without_value[name] = stopped.failed, self.store.schedule(position)
                raise _WithoutValue from None

    def _violation(self, question: ProgressQuestion, lasso: Lasso) -> Violation:
        steps = [self._step(step) for step in (*lasso.stem, *lasso.cycle)]
        schedule = self.store.schedule(lasso.start, *steps)
        loop = Loop(question.instance, self._depths[lasso.start], len(schedule.steps) - len(lasso.cycle))
        return Violation(question.property.name, question.kind, schedule, loop=loop)

    def _step(self, step: int) -> ScheduledStep:
        graph = self.record.graph
        owed = frozenset(self.record.numbers.identities[each] for each in graph.sets[graph.takes[step]])
        return ScheduledStep(self.record.rules[step], self.store.states[graph.targets[step]], owed=owed)
