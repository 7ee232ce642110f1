"""Which run do the positions of a search stand for? States are decoded, and the reference finds the steps between.

A store of fingerprints has forgotten the states of earlier levels: their runs are made again from the initial state
on, taking the step whose successor has the fingerprint that is known.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from dscheck.engines.native.packing import Packing
from dscheck.explore.stepper import Edge, Stepper
from dscheck.model.layout import State
from dscheck.model.system import Obligation
from dscheck.semantics.fairness import Identity, identity
from dscheck.semantics.replay import NotConfirmed, Schedule, ScheduledStep


class Positions(Protocol):
    """What a search knows of the states that it found."""

    def state(self, position: int) -> tuple[int, ...] | None:
        """The words of the packed state; None when they are not kept."""

    def parent(self, position: int) -> int | None:
        """The position from which it was found; None for an initial state."""

    def fingerprint(self, position: int) -> int:
        """Of the state at that position."""


class Schedules:
    """Runs by the positions of their states."""

    def __init__(
        self,
        positions: Positions,
        packing: Packing,
        stepper: Stepper,
        initial: Sequence[State],
        fingerprint_of: Callable[[Sequence[int]], int],
    ) -> None:
        """Get ready.

        Args:
            positions: the search.
            packing: of its states.
            stepper: finds the rule between two states.
            initial: the initial states, which have the first positions.
            fingerprint_of: of a packed state, for searches that keep nothing else.
        """
        self._positions = positions
        self._packing = packing
        self._stepper = stepper
        self._initial = initial
        self._fingerprint_of = fingerprint_of

    def to(self, position: int) -> tuple[Schedule, State]:
        """A shortest run to the state at `position`, and that state.

        Raises:
            NotConfirmed: the reference has no such run.
        """
        way = [position]
        while (before := self._positions.parent(way[-1])) is not None:
            way.append(before)
        way.reverse()
        return self.through(way[0], [(each, None) for each in way[1:]])

    def through(self, start: int, steps: Sequence[tuple[int, tuple[int, ...] | None]]) -> tuple[Schedule, State]:
        """The run through the states at these positions, and the last state.

        Args:
            start: position of an initial state.
            steps: per step, the position reached, and the increments of the counters where they matter.

        Raises:
            NotConfirmed: the reference has no such run.
        """
        if start >= len(self._initial):
            raise NotConfirmed(f"the native engine's run begins at position {start}, which is no initial state")
        state = first = self._initial[start]
        taken = []
        for position, counts in steps:
            step = self._step(state, position, counts)
            assert step.successor is not None
            taken.append(step)
            state = step.successor
        return Schedule(first, tuple(taken)), state

    def last_step(self, state: State, wanted: Callable[[Edge], bool]) -> ScheduledStep:
        """The first step from `state` that is wanted, as the reference orders them.

        Args:
            state: where it begins.
            wanted: says whether it is that label: (rule, raw successor, increments, what failed).

        Raises:
            NotConfirmed: there is none.
        """
        for edge in self._stepper.edges(state):
            if wanted(edge):
                rule, raw, counts, failed = edge
                successor = None if raw is None else self._stepper.normalise(raw)
                return ScheduledStep(rule, successor, None if raw is None else counts, failed)
        raise NotConfirmed("the native engine reports a step that the reference does not have")

    def owing_step(
        self, state: State, position: int, owed: frozenset[Identity], obligations: Sequence[Obligation]
    ) -> ScheduledStep:
        """The first step from `state` to `position` that takes just these obligations.

        Args:
            state: where it begins.
            position: of the state that is reached.
            owed: what it takes.
            obligations: of the system.

        Raises:
            NotConfirmed: the reference has no such step.
        """
        is_there = self._recogniser(position)
        for (rule, raw, _, _), taken in zip(*self._stepper.fair_edges(state), strict=True):
            if raw is not None and frozenset(identity(obligations, each) for each in taken) == owed:
                successor = self._stepper.normalise(raw)
                if is_there(successor):
                    return ScheduledStep(rule, successor, owed=owed)
        raise _unknown_step(position)

    def _step(self, state: State, position: int, counts: tuple[int, ...] | None) -> ScheduledStep:
        is_there = self._recogniser(position)
        for rule, raw, increments, _ in self._stepper.edges(state):
            if raw is None or (counts is not None and increments != counts):
                continue
            successor = self._stepper.normalise(raw)
            if is_there(successor):
                return ScheduledStep(rule, successor, counts)
        raise _unknown_step(position)

    def _recogniser(self, position: int) -> Callable[[State], bool]:
        """Says whether a state is the one at `position`."""
        words = self._positions.state(position)
        if words is not None:
            there = self._packing.unpack(words)
            return lambda state: state == there
        mark = self._positions.fingerprint(position)
        return lambda state: self._fingerprint_of(self._packing.pack(state)) == mark


def _unknown_step(position: int) -> NotConfirmed:
    return NotConfirmed(f"the native engine reports a step to position {position} that the reference does not have")
