"""How does the reference engine explore? With successor functions compiled to Python for the system at hand.

The text of the compiled code depends on the system alone, byte by byte; `source_of` shows it.
"""

from collections.abc import Callable
from typing import Any

from dscheck.domains import Value, holds_stamps
from dscheck.engines.python.emit_formulas import emit_formula, emit_violations
from dscheck.engines.python.emit_normalise import emit_normalise
from dscheck.engines.python.emit_rules import emit_edges
from dscheck.engines.python.names import Names
from dscheck.explore.stepper import Edge, Formulas
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.semantics.evaluate import Failed
from dscheck.semantics.fairness import Owed, owed_by
from dscheck.semantics.step import initial_states, rule_transitions


def _compiled(system: System, formulas: Formulas) -> tuple[str, dict[str, Any]]:
    """The text of the code, and the namespace it needs."""
    names = Names(system)
    parts = [emit_edges(names, fair=formulas.fair), emit_normalise(names)]
    parts.append(emit_violations(names, "violations", formulas.always))
    parts.append(emit_violations(names, "step_violations", formulas.steps))
    for kind, expressions in (("always", formulas.always), ("answer", formulas.asked), ("step", formulas.steps)):
        parts += [emit_formula(names, f"{kind}_{number}", each) for number, each in enumerate(expressions)]
    return "\n\n".join(parts), names.namespace


def source_of(system: System, formulas: Formulas = Formulas()) -> str:  # noqa: B008  (it is frozen)
    """The Python text that explores `system`."""
    return _compiled(system, formulas)[0]


class ReferenceStepper:
    """A `Stepper` made of compiled Python.

    Attributes:
        edges: see `Stepper`; the compiled function itself.
        fair_edges: the same.
        normalise: the same.
        violations: the same.
    """

    edges: Callable[[State], list[Edge]]
    fair_edges: Callable[[State], tuple[list[Edge], list[tuple[Owed, ...]]]]
    normalise: Callable[[State], State]
    violations: Callable[[State], int]

    def __init__(self, system: System, formulas: Formulas) -> None:
        self._system = system
        self._branches = bytearray(2 * len(system.branches))
        self.shifts = any(holds_stamps(variable.domain) for variable in system.variables)
        text, namespace = _compiled(system, formulas)
        self._obligations = {each: number for number, each in enumerate(system.obligations)}
        namespace |= {"branches": self._branches, "by_definition": self._by_definition}
        exec(compile(text, f"<{system.protocol}>", "exec"), namespace)  # noqa: S102  (our own text)
        if formulas.fair:
            self.fair_edges = namespace["fair_edges"]
            self.edges = lambda state: self.fair_edges(state)[0]
        else:
            self.edges = namespace["edges"]
            self.fair_edges = self._owing_nothing
        self.normalise = namespace["normalise"]
        self.violations = namespace["violations"]
        self._step_violations = namespace["step_violations"]
        self._always = [namespace[f"always_{number}"] for number in range(len(formulas.always))]
        self._answers = [namespace[f"answer_{number}"] for number in range(len(formulas.asked))]
        self._steps = [namespace[f"step_{number}"] for number in range(len(formulas.steps))]

    def initial(self) -> tuple[list[State], list[Failed]]:
        """See `Stepper`. These are few, so the definition makes them."""
        raw, failures = initial_states(self._system)
        return list(dict.fromkeys(map(self.normalise, raw))), failures

    def always(self, number: int, state: State) -> bool:
        """See `Stepper`."""
        return bool(self._always[number](state))

    def answer(self, number: int, state: State) -> Value:
        """See `Stepper`."""
        return self._answers[number](state)

    def step_violations(self, before: State, after: State) -> int:
        """See `Stepper`."""
        return int(self._step_violations(after, before))

    def step_holds(self, number: int, before: State, after: State) -> bool:
        """See `Stepper`."""
        return bool(self._steps[number](after, before))

    def branches_taken(self) -> bytes:
        """See `Stepper`."""
        return bytes(self._branches)

    def _owing_nothing(self, state: State) -> tuple[list[Edge], list[tuple[Owed, ...]]]:
        edges = self.edges(state)
        return edges, [()] * len(edges)

    def _by_definition(
        self,
        rule: int,
        state: State,
        add: Callable[[Edge], None],
        owe: Callable[[tuple[Owed, ...]], None] | None = None,
    ) -> None:
        for transition in rule_transitions(self._system, rule, state):
            for branch in transition.branches:
                self._branches[branch] = 1
            add((rule, transition.successor, transition.weights(self._system), transition.failed))
            if owe is not None:
                owe(owed_by(self._system, state, transition, self._obligations))
