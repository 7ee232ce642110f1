"""Did that run really happen? Rebuilding what an engine reported with the definition of the semantics alone.

An engine reports which rule ran and which normalised state came of it. Replay looks for a transition of the definition
that does so, from state to state; stamps are not shifted on the way, so that people see clocks that only grow. What it
cannot rebuild is a mistake of the engine, never a verdict.
"""

from collections.abc import Callable
from typing import NamedTuple

from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.record import record
from dscheck.semantics.evaluate import Failed
from dscheck.semantics.fairness import Identity, identity, owed_by
from dscheck.semantics.normalise import floors_of, normalise
from dscheck.semantics.step import Transition, initial_states, rule_transitions


class NotConfirmed(Exception):
    """The definition has no such run: the engine that reported it is wrong."""


class ScheduledStep(NamedTuple):
    """One step of a run as an engine reports it.

    Attributes:
        rule: index in `System.rules`.
        successor: the normalised state after it; None when the step failed.
        counts: increments in the order of `System.counters`; None when they do not matter.
        failed: what failed, or None.
        owed: the obligations that it takes, as they are in the normalised state; None when they do not matter.
    """

    rule: int
    successor: State | None
    counts: tuple[int, ...] | None = None
    failed: Failed | None = None
    owed: frozenset[Identity] | None = None


@record
class Schedule:
    """A run as an engine reports it: a normalised initial state, None when making it failed, and the steps."""

    initial: State | None
    steps: tuple[ScheduledStep, ...] = ()


@record
class Run:
    """A run that the definition confirms, with raw states.

    Attributes:
        initial: the state it starts in; None when making that failed.
        steps: the transitions; only the last may be one that failed.
    """

    initial: State | None
    steps: tuple[Transition, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """The states on the way, the initial one first; a failed step adds none."""
        later = tuple(step.successor for step in self.steps if step.successor is not None)
        return later if self.initial is None else (self.initial, *later)


def replay(system: System, schedule: Schedule, last: Callable[[State, State], bool] | None = None) -> Run:
    """Rebuild `schedule` with the definition.

    Args:
        system: what is run.
        schedule: as an engine reported it.
        last: what must be true of the raw states before and after the last step (a step property is violated there).

    Raises:
        NotConfirmed: the definition has no such run.
    """
    layout = layout_of(system)
    if schedule.initial is None:
        return Run(None, ())
    starts = (raw for raw in initial_states(system)[0] if normalise(layout, raw) == schedule.initial)
    state = initial = next(starts, None)
    if initial is None or state is None:
        raise NotConfirmed("no such initial state")
    steps: list[Transition] = []
    for number, wanted in enumerate(schedule.steps, start=1):
        asked = last if number == len(schedule.steps) else None
        for transition in rule_transitions(system, wanted.rule, state):
            if _confirms(system, state, transition, wanted) and (
                asked is None or (transition.successor is not None and asked(state, transition.successor))
            ):
                break
        else:
            raise NotConfirmed(f"step {number}, {system.rules[wanted.rule].name}, cannot be taken as reported")
        steps.append(transition)
        if transition.successor is None:
            if number < len(schedule.steps):
                raise NotConfirmed(f"step {number} failed, so nothing can follow it")
            break
        state = transition.successor
    return Run(initial, tuple(steps))


def _confirms(system: System, state: State, transition: Transition, wanted: ScheduledStep) -> bool:
    if transition.failed is not None or wanted.failed is not None:
        return (
            transition.failed is not None
            and wanted.failed is not None
            and transition.failed.failure == wanted.failed.failure
        )
    if wanted.counts is not None and transition.weights(system) != wanted.counts:
        return False
    if wanted.owed is not None and _takes(system, state, transition) != wanted.owed:
        return False
    return transition.successor is not None and normalise(layout_of(system), transition.successor) == wanted.successor


def _takes(system: System, state: State, transition: Transition) -> frozenset[Identity]:
    obligations = system.obligations
    numbers = {each: number for number, each in enumerate(obligations)}
    floors = floors_of(layout_of(system), state)
    owed = owed_by(system, state, transition, numbers)
    return frozenset(identity(obligations, each, floors) for each in owed)
