"""Which states does a small system reach, and by which steps? All of them, for a picture or for networkx."""

from collections import deque
from collections.abc import Mapping

from dscheck import domains
from dscheck.domains import holds_stamps
from dscheck.evidence import Teller
from dscheck.graph import GraphEdge, StateGraph
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.record import record
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.normalise import normalise
from dscheck.semantics.step import initial_states, transitions
from dscheck.values import show

MOST_STATES = 1000
"""A drawing of more shows nothing."""


class GraphTooLarge(ValueError):
    """A system has more states than a graph may have."""


def state_graph_of(system: System, most: int = MOST_STATES, *, of: str = "it") -> StateGraph:
    """Every reachable state, found by the definition of the semantics, breadth first.

    Messages under way and budgets of faults are shown as variables, since states differ by them. A step that fails
    leads back to its own state and says so in its label.

    Args:
        system: to explore.
        most: states.
        of: what it is called in an error.

    Raises:
        GraphTooLarge: there are more.
    """
    layout = layout_of(system)
    shifts = any(holds_stamps(variable.domain) for variable in system.variables)
    telling = _Telling(system, Teller(system, layout))

    def canonical(state: State) -> State:
        return normalise(layout, state) if shifts else state

    numbers: dict[State, int] = {}
    waiting: deque[State] = deque()

    def number_of(state: State) -> int:
        if state not in numbers:
            if len(numbers) >= most:
                raise GraphTooLarge(f"{of} has more than {most:,} states, and a graph of them would show nothing")
            numbers[state] = len(numbers)
            waiting.append(state)
        return numbers[state]

    initial = tuple(dict.fromkeys(number_of(canonical(state)) for state in initial_states(system)[0]))
    edges: list[GraphEdge] = []
    while waiting:
        state = waiting.popleft()
        for transition in transitions(system, state, layout):
            step = telling.teller.step(state, transition)
            if transition.successor is None:
                edges.append(GraphEdge(numbers[state], numbers[state], f"{step.label} fails: {step.failure}"))
            else:
                edges.append(GraphEdge(numbers[state], number_of(canonical(transition.successor)), step.label))
    broken = {number: names for state, number in numbers.items() if (names := telling.broken(state))}
    return StateGraph(tuple(telling.values(state) for state in numbers), initial, tuple(edges), broken)


@record
class _Telling:
    """Turns states of one system into text, with all that sets them apart."""

    system: System
    teller: Teller

    def values(self, state: State) -> Mapping[str, str]:
        values = dict(self.teller.values(state))
        for value, (variable, indices) in zip(state, self.teller.layout.slots, strict=True):
            if variable.role == "channel" and value:
                sender, receiver = (
                    self.teller.id_text(*pair) for pair in zip(variable.indices, indices, strict=True)
                )  # fmt: skip
                assert isinstance(variable.domain, domains.List | domains.Bag)
                element = variable.domain.element
                messages = ", ".join(show(item, element, self.system.singletons) for item in value)
                values[f"{sender} → {receiver}"] = f"[{messages}]"
            elif variable.role in {"budget", "knowledge"}:
                told = show(value, variable.domain, self.system.singletons)
                values[self.teller.variable_text(variable, indices)] = told
        return values

    def broken(self, state: State) -> tuple[str, ...]:
        """Names of the invariants that are false there; one without a value is not counted."""
        names = []
        for prop in self.system.properties:
            if prop.kind != "invariant":
                continue
            try:
                holds = evaluate(prop.condition, scope_of(self.system, state))
            except StepFailed:
                continue
            names += [] if holds else [prop.name]
        return tuple(names)
