"""What must a search know of a system? States, successors and predicates, and nothing else.

A `Stepper` is what engines provide and searches drive. States it hands out are opaque, hashable and already normalised;
raw successors are those a step really made, before normalisation: step properties are judged on them.
"""

from typing import NamedTuple, Protocol

from dscheck.model.expressions import Failure
from dscheck.model.layout import State


class Failed(NamedTuple):
    """A step, or an initial state, that failed."""

    failure: Failure
    value: str
    """the offending value as text, for the `{value}` of the failure's message"""


# One label enabled in a state: (index in `System.rules`, raw successor or None when the step failed, increments of
# `System.counters` or None when no bound is asked, what failed or None). A plain tuple: millions are made.
Edge = tuple[int, State | None, tuple[int, ...] | None, Failed | None]


class Stepper(Protocol):
    """Explores one system."""

    def initial(self) -> tuple[list[State], list[Failed]]:
        """Distinct normalised initial states in a fixed order, and the ways in which making one failed."""

    def edges(self, state: State) -> list[Edge]:
        """Every label enabled in `state`, in a fixed order."""

    def normalise(self, raw: State) -> State:
        """The canonical form of a raw successor."""

    def holds(self, question: int, state: State) -> bool:
        """Is state formula number `question` (of those the search was given) true in `state`?"""

    def step_holds(self, question: int, before: State, after: State) -> bool:
        """Is step formula number `question` true of the pair (stored state, raw successor)?"""
