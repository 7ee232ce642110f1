"""How does the definition of the semantics explore? Slowly; other engines are compared with it."""

from dscheck.domains import Value, holds_stamps
from dscheck.explore.stepper import Edge, Formulas
from dscheck.model.expressions import Expression
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.semantics.evaluate import Failed, evaluate, scope_of
from dscheck.semantics.fairness import Owed, owed_by
from dscheck.semantics.normalise import normalise
from dscheck.semantics.step import initial_states, transitions


class DefinitionStepper:
    """A `Stepper` made of `semantics/` alone."""

    def __init__(self, system: System, formulas: Formulas) -> None:
        self._system = system
        self._formulas = formulas
        self._layout = layout_of(system)
        self._obligations = {each: number for number, each in enumerate(system.obligations)}
        self._branches = bytearray(2 * len(system.branches))
        self.shifts = any(holds_stamps(variable.domain) for variable in system.variables)

    def initial(self) -> tuple[list[State], list[Failed]]:
        """See `Stepper`."""
        raw, failures = initial_states(self._system)
        return list(dict.fromkeys(map(self.normalise, raw))), failures

    def edges(self, state: State) -> list[Edge]:
        """See `Stepper`."""
        return self.fair_edges(state)[0]

    def fair_edges(self, state: State) -> tuple[list[Edge], list[tuple[Owed, ...]]]:
        """See `Stepper`."""
        found: list[Edge] = []
        owed: list[tuple[Owed, ...]] = []
        for transition in transitions(self._system, state, self._layout):
            for branch in transition.branches:
                self._branches[branch] = 1
            weights = transition.weights(self._system)
            found.append((transition.rule, transition.successor, weights, transition.failed))
            owed.append(owed_by(self._system, state, transition, self._obligations) if self._formulas.fair else ())
        return found, owed

    def normalise(self, raw: State) -> State:
        """See `Stepper`."""
        return normalise(self._layout, raw)

    def violations(self, state: State) -> int:
        """See `Stepper`."""
        return sum((not self.always(number, state)) << number for number in range(len(self._formulas.always)))

    def step_violations(self, before: State, after: State) -> int:
        """See `Stepper`."""
        numbers = range(len(self._formulas.steps))
        return sum((not self.step_holds(number, before, after)) << number for number in numbers)

    def always(self, number: int, state: State) -> bool:
        """See `Stepper`."""
        return bool(self._value(self._formulas.always[number], state, state))

    def answer(self, number: int, state: State) -> Value:
        """See `Stepper`."""
        return self._value(self._formulas.asked[number], state, state)

    def step_holds(self, number: int, before: State, after: State) -> bool:
        """See `Stepper`."""
        return bool(self._value(self._formulas.steps[number], after, before))

    def branches_taken(self) -> bytes:
        """See `Stepper`."""
        return bytes(self._branches)

    def _value(self, expression: Expression, state: State, old: State) -> Value:
        return evaluate(expression, scope_of(self._system, state, old, self._layout))
