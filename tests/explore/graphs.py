"""What is the simplest thing to explore? A graph with numbered nodes, written down, as a stepper."""

from collections.abc import Callable
from dataclasses import dataclass, field

from systems import BOOL

from dscheck.domains import Value
from dscheck.explore.questions import Questions, RunQuestion
from dscheck.explore.stepper import Edge, Formulas
from dscheck.model.expressions import Failure, Read
from dscheck.model.layout import State
from dscheck.model.system import Property
from dscheck.semantics.evaluate import Failed, StepFailed

ASKED = Read("node", (), BOOL)  # what it stands for is asked of the stepper
BROKEN = Failed(Failure("range", "left its range"), "")
Test = Callable[[int], Value]


@dataclass
class Written:
    """A stepper whose nodes and steps are written down.

    Attributes:
        starts: initial nodes.
        steps: per node, (rule, target or None for a step that fails, increments).
        always: tests that should be true of every node.
        asked: what else is asked of nodes.
        along: tests that should be true of every step.
    """

    starts: list[int]
    steps: dict[int, list[tuple[int, int | None, tuple[int, ...]]]]
    always_true: list[Test] = field(default_factory=list)
    asked: list[Test] = field(default_factory=list)
    along: list[Callable[[int, int], bool]] = field(default_factory=list)
    expanded: int = 0
    shifts: bool = False

    def initial(self) -> tuple[list[State], list[Failed]]:
        return [(start,) for start in self.starts], []

    def edges(self, state: State) -> list[Edge]:
        self.expanded += 1
        return [
            (rule, None if target is None else (target,), counts, BROKEN if target is None else None)
            for rule, target, counts in self.steps.get(state[0], [])
        ]

    def normalise(self, raw: State) -> State:
        return raw

    def violations(self, state: State) -> int:
        return sum((not test(state[0])) << number for number, test in enumerate(self.always_true))

    def step_violations(self, before: State, after: State) -> int:
        return sum((not test(before[0], after[0])) << number for number, test in enumerate(self.along))

    def always(self, number: int, state: State) -> bool:
        return bool(self.always_true[number](state[0]))

    def answer(self, number: int, state: State) -> Value:
        return self.asked[number](state[0])

    def step_holds(self, number: int, before: State, after: State) -> bool:
        return self.along[number](before[0], after[0])

    def branches_taken(self) -> bytes:
        return b""


def no_value(node: int) -> Value:
    raise StepFailed(BROKEN.failure, str(node))


def questions(
    *,
    invariants: tuple[str, ...] = (),
    steps: tuple[str, ...] = (),
    final: tuple[int, ...] = (),
    reachable: dict[str, int] | None = None,
    antecedents: dict[tuple[str, str], int] | None = None,
    runs: tuple[RunQuestion, ...] = (),
    faults: tuple[bool, ...] = (False, False, True),
) -> Questions:
    """Questions for a `Written`; rules 0 and 1 are actions, rule 2 is a fault."""
    kinds = (
        dict.fromkeys(invariants, "invariant")
        | dict.fromkeys(steps, "step")
        | dict.fromkeys(reachable or (), "reachable")
    )
    kinds |= {run.property.name: run.property.kind for run in runs} | {"range": "failure"}
    if final:
        kinds["deadlock"] = "deadlock"
    return Questions(Formulas(), kinds, invariants, steps, final, reachable or {}, antecedents or {}, runs, faults)


def run_question(kind: str, coefficients: tuple[int, ...], *, condition: int = 0, limit: int = 1) -> RunQuestion:
    """A bound, or whether it is tight; condition and limit are numbers of `Written.asked`."""
    return RunQuestion(Property(kind, kind, ASKED, limit=ASKED), condition, limit, coefficients)
