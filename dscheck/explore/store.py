"""Which states were found, and how does one get there? The exact store of a breadth-first search."""

from array import array

from dscheck.model.layout import State
from dscheck.semantics.evaluate import Failed
from dscheck.semantics.replay import Schedule, ScheduledStep

_NO_PARENT = -1


class Store:
    """Distinct states in the order in which they were found, each with the step it was found by.

    Attributes:
        index: position of each state.
        states: by position.
        parents: position of the state it was found from; -1 for an initial state.
        rules: the rule that led here from the parent; -1 for an initial state.
    """

    __slots__ = ("index", "parents", "rules", "states")

    def __init__(self) -> None:
        self.index: dict[State, int] = {}
        self.states: list[State] = []
        self.parents = array("q")
        self.rules = array("i")

    def append(self, state: State, parent: int = _NO_PARENT, rule: int = -1) -> None:
        """Add a state that `index` has just been given the next position for."""
        self.parents.append(parent)
        self.rules.append(rule)
        self.states.append(state)  # last: an interrupt leaves every state with its parent

    def schedule(self, position: int, *last: ScheduledStep) -> Schedule:
        """The shortest run to the state at `position`, with the steps `last` after it."""
        steps: list[ScheduledStep] = []
        while self.parents[position] != _NO_PARENT:
            steps.append(ScheduledStep(self.rules[position], self.states[position]))
            position = self.parents[position]
        return Schedule(self.states[position], (*reversed(steps), *last))

    def failing(self, position: int, rule: int, failed: Failed) -> Schedule:
        """The shortest run to the state at `position`, and a step there that fails."""
        return self.schedule(position, ScheduledStep(rule, None, None, failed))
