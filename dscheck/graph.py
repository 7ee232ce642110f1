"""What is the graph of all states of a small system, as data? States as text, and the steps between them."""

from collections.abc import Mapping
from dataclasses import field

from dscheck.record import record


@record
class GraphEdge:
    """A step from one state to another: their numbers in `StateGraph.states`, and the step's label."""

    start: int
    end: int
    label: str


@record
class StateGraph:
    """Every reachable state of a small system.

    Attributes:
        states: the variables of each and their values, as text; in the order in which they are found.
        initial: numbers of the states in which it starts.
        edges: the steps, in the order of the states that they leave.
        broken: numbers of the states in which an invariant is false, with the names of those invariants.
    """

    states: tuple[Mapping[str, str], ...]
    initial: tuple[int, ...]
    edges: tuple[GraphEdge, ...]
    broken: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
