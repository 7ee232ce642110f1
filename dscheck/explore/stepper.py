"""What must a search know of a system? States, labels and the answers to formulas, and nothing else.

A `Stepper` is what engines provide and searches drive. States it hands out are opaque, hashable and already normalised;
raw successors are those a step really made, before normalisation: step properties are judged on them.
"""

from collections.abc import Callable
from typing import Protocol

from dscheck.domains import Value
from dscheck.model.expressions import Expression
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.record import record
from dscheck.semantics.evaluate import Failed
from dscheck.semantics.fairness import Owed

# One label enabled in a state: (index in `System.rules`, raw successor or None when the step failed, increments of
# `System.counters` or None when no bound is asked or the step failed, what failed or None). Engines make plain tuples:
# there are millions.
Edge = tuple[int, State | None, tuple[int, ...] | None, Failed | None]


@record
class Formulas:
    """What a search will ask of states and steps; it refers to the formulas by their numbers.

    Attributes:
        always: should be true in every state; asked together, of each new state.
        asked: expressions over one state, asked one at a time.
        steps: should be true of every step, a pair (stored state, raw successor); asked together.
        fair: whether `fair_edges` is asked, and not `edges`.
    """

    always: tuple[Expression, ...] = ()
    asked: tuple[Expression, ...] = ()
    steps: tuple[Expression, ...] = ()
    fair: bool = False


class Stepper(Protocol):
    """Explores one system. Every method is a pure function of its arguments, except for coverage."""

    @property
    def shifts(self) -> bool:
        """Can `normalise` change a state at all?"""

    def initial(self) -> tuple[list[State], list[Failed]]:
        """Distinct normalised initial states in a fixed order, and the ways in which making one failed."""

    def edges(self, state: State) -> list[Edge]:
        """Every label enabled in `state`, in a fixed order."""

    def fair_edges(self, state: State) -> tuple[list[Edge], list[tuple[Owed, ...]]]:
        """The same edges, and beside each the obligations that its label has."""

    def normalise(self, raw: State) -> State:
        """The canonical form of a raw successor."""

    def violations(self, state: State) -> int:
        """Bit i is set when formula i of `always` is false.

        Raises:
            StepFailed: one of them has no value; `always` then tells which.
        """

    def step_violations(self, before: State, after: State) -> int:
        """Bit i is set when formula i of `steps` is false of the pair (stored state, raw successor).

        Raises:
            StepFailed: one of them has no value; `step_holds` then tells which.
        """

    def always(self, number: int, state: State) -> bool:
        """Is one formula of `always` true?

        Raises:
            StepFailed: it has no value.
        """

    def answer(self, number: int, state: State) -> Value:
        """The value of one expression of `asked`.

        Raises:
            StepFailed: it has no value.
        """

    def step_holds(self, number: int, before: State, after: State) -> bool:
        """Is formula `number` of `steps` true of the pair (stored state, raw successor)?

        Raises:
            StepFailed: it has no value.
        """

    def branches_taken(self) -> bytes:
        """One byte per outcome of each numbered branch (2 × number, plus one for `otherwise`): 1 if taken so far."""


# What makes a stepper; engines are known by such a function.
StepperFactory = Callable[[System, Formulas], Stepper]
