"""What is a step owed, and is going on like this for ever fair? The definition that every counterexample is held to."""

from collections.abc import Sequence

from dscheck.domains import Clock, Value
from dscheck.model.layout import State, layout_of
from dscheck.model.system import Obligation, System
from dscheck.record import record
from dscheck.semantics.evaluate import evaluate, scope_of
from dscheck.semantics.normalise import Floors, clocks_within, floors_of
from dscheck.semantics.step import Transition, transitions

# One obligation that a label has: its number in `System.obligations`, then the values of its key.
Owed = tuple[Value, ...]
# What makes an obligation: its group and the values of its key.
Identity = tuple[str, tuple[Value, ...]]


def owed_by(system: System, state: State, transition: Transition, numbers: dict[Obligation, int]) -> tuple[Owed, ...]:
    """The obligations that a label has.

    Args:
        system: what is run.
        state: in which the label is enabled.
        transition: the label; when it failed while its parameters were bound, its key ends there.
        numbers: of `System.obligations`.
    """
    rule = system.rules[transition.rule]
    if not rule.owed:
        return ()
    values = {binding.name: binding.value for binding in transition.bindings}
    scope = scope_of(system, state)
    for name, value in values.items():
        scope = scope.bind(name, value)
    bound = [parameter.name in values for parameter in rule.parameters]
    found: list[Owed] = []
    for obligation in rule.owed:
        if not all(bound):
            # Only parameters of actions can fail, and these are their keys, in order.
            found.append((numbers[obligation], *(evaluate(part, scope) for part in obligation.key[: sum(bound)])))
        elif evaluate(obligation.condition, scope):
            found.append((numbers[obligation], *(evaluate(part, scope) for part in obligation.key)))
    return tuple(found)


def identity(obligations: Sequence[Obligation], owed: Owed, floors: Floors | None = None) -> Identity:
    """What obligation an `Owed` stands for.

    Args:
        obligations: `System.obligations`.
        owed: the label's.
        floors: of the state of the label, if its key is to be told as it is in the normalised state.
    """
    obligation = obligations[owed[0]]
    if floors is None:
        return obligation.group, owed[1:]
    key = zip(obligation.key, owed[1:], strict=False)
    return obligation.group, tuple(floors.lowered(part.domain, value) for part, value in key)


def clocks_of_key(obligation: Obligation, owed: Owed) -> frozenset[Clock]:
    """The clocks of which the key holds a value."""
    key = zip(obligation.key, owed[1:], strict=False)
    return frozenset(clock for part, value in key for clock in clocks_within(part.domain, value))


@record
class Standing:
    """How one obligation fares on a cycle.

    Attributes:
        obligation: one of those that stand for it; the key is over its rule's parameters.
        owed: the same with its values.
        example: a label that has it.
        state: in which that is enabled.
        enabled: numbers of the states of the cycle in which it is enabled, from 0.
        taken: numbers of the steps of the cycle that take it, from 0.
        fades: whether its key holds a value of a clock that grows from round to round, so that it is lost at last.
    """

    obligation: Obligation
    owed: Owed
    example: Transition
    state: State
    enabled: tuple[int, ...]
    taken: tuple[int, ...]
    fades: bool

    def is_met(self, states: int) -> bool:
        """Is a run fair to it that goes around the cycle, of so many states, for ever?"""
        if self.fades or self.taken:
            return True
        return not self.enabled if self.obligation.strength == "strong" else len(self.enabled) < states


def standings(system: System, states: Sequence[State], steps: Sequence[Transition]) -> tuple[Standing, ...]:
    """How every obligation that is enabled on a cycle fares.

    Args:
        system: what is run.
        states: of the cycle, not normalised; the last is the first again, up to a shift of clocks. A run that stops
            gives its last state alone.
        steps: one between each two states.
    """
    obligations = system.obligations
    numbers = {obligation: number for number, obligation in enumerate(obligations)}
    layout = layout_of(system)
    around = states[:-1] if steps else states
    first, last = floors_of(layout, states[0]), floors_of(layout, states[-1])
    enabled: dict[Identity, dict[int, None]] = {}
    taken: dict[Identity, list[int]] = {}
    seen: dict[Identity, tuple[Owed, Transition, State]] = {}
    for place, state in enumerate(around):
        for transition in transitions(system, state, layout):
            for owed in owed_by(system, state, transition, numbers):
                if obligations[owed[0]].enables:
                    one = identity(obligations, owed)
                    seen.setdefault(one, (owed, transition, state))
                    enabled.setdefault(one, {})[place] = None
    for place, step in enumerate(steps):
        for owed in owed_by(system, around[place], step, numbers):
            taken.setdefault(identity(obligations, owed), []).append(place)
    found: list[Standing] = []
    for one, (owed, transition, state) in seen.items():
        obligation = obligations[owed[0]]
        fades = any(first.of(clock) != last.of(clock) for clock in clocks_of_key(obligation, owed))
        where = tuple(enabled.get(one, ()))
        found.append(Standing(obligation, owed, transition, state, where, tuple(taken.get(one, ())), fades))
    return tuple(found)
