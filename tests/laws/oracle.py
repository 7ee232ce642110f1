"""What is true of a generated protocol? Naive breadth-first search over the oracle's steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.laws.oracle_steps import Oracle, Transition
from tests.laws.oracle_values import Here, State, normal, value_of
from tests.laws.protocol_model import Bounded, Protocol

DEADLOCK = "deadlock"


class TooLarge(Exception):
    """More states than the test wants to wait for."""


@dataclass
class Answer:
    """Everything that an exploration finds.

    Attributes:
        states, transitions, depth: as the rulings count them.
        violated: name to the length of a shortest run, for invariants, steps, bounds, failures and deadlock.
        reached: the same for the `reachable` properties that were reached.
        unlimited: the bounds.
        rounds: no bound was looked at in longer runs than this.
    """

    states: int = 0
    transitions: int = 0
    depth: int = 0
    violated: dict[str, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    unlimited: set[str] = field(default_factory=set)
    rounds: int = 0


def _frozen(state: State) -> Any:
    return frozenset(state.items())


class _Search:
    def __init__(self, protocol: Protocol, most: int) -> None:
        self.protocol = protocol
        self.oracle = Oracle(protocol)
        self.most = most
        self.answer = Answer()
        self.number: dict[Any, int] = {}
        self.states: list[State] = []
        self.edges: list[list[tuple[int, tuple[Any, ...]]]] = []
        self.starts = 0

    def found(self, name: str, length: int) -> None:
        self.answer.violated.setdefault(name, length)

    def admit(self, raw: State, depth: int) -> int:
        state = normal(raw)
        if not self.protocol.fifo:
            # Moving the stamps can change the order in which the oracle keeps a bag.
            state = {
                key: tuple(sorted(value, key=repr)) if key[0] == "channel" else value for key, value in state.items()
            }
        key = _frozen(state)
        if key not in self.number:
            self.number[key] = len(self.states)
            self.states.append(state)
            if len(self.states) > self.most:
                raise TooLarge
            self.judge_state(state, depth)
        return self.number[key]

    def judge_state(self, state: State, depth: int) -> None:
        here = Here(self.protocol, state, facts=self.oracle)
        for i, item in enumerate(self.protocol.invariants):
            if not value_of(item, here):
                self.found(f"i{i}", depth)
        for i, item in enumerate(self.protocol.reachables):
            if value_of(item, here):
                self.answer.reached.setdefault(f"r{i}", depth)

    def judge_step(self, before: State, after: State, depth: int) -> None:
        here = Here(self.protocol, after, before=before, facts=self.oracle)
        for i, item in enumerate(self.protocol.steps):
            if not value_of(item, here):
                self.found(f"s{i}", depth)

    def run(self) -> Answer:
        initial, failed = self.oracle.initial()
        for name in failed:
            self.found(name, 0)
        for state in initial:
            self.admit(state, 0)
        self.starts = len(self.states)
        begin, depth = 0, 0
        while begin < len(self.states):
            self.answer.depth = depth
            end = len(self.states)
            for position in range(begin, end):
                self.expand(self.states[position], depth)
            begin, depth = end, depth + 1
        self.answer.states = len(self.states)
        for i, bound in enumerate(self.protocol.bounds):
            self.judge_bound(f"b{i}", bound)
        return self.answer

    def expand(self, state: State, depth: int) -> None:
        final, edges = True, []
        for step in self.oracle.transitions(state):
            self.answer.transitions += 1
            final = final and not step.protocol
            if step.state is None:
                self.found(step.failed, depth + 1)
                continue
            self.judge_step(state, step.state, depth + 1)
            edges.append((self.admit(step.state, depth + 1), step.counts))
        self.edges.append(edges)
        if final and not self.oracle.right_end(state):
            self.found(DEADLOCK, depth)

    def judge_bound(self, name: str, bound: Bounded) -> None:
        """The heaviest run of n steps to each state, for n up to a limit; every run, also through cycles."""
        sign = 1 if bound.sign == "<=" else -1
        judged = [
            bound.condition is None or value_of(bound.condition, Here(self.protocol, state, facts=self.oracle))
            for state in self.states
        ]
        heaviest: dict[int, int] = dict.fromkeys(range(self.starts), 0)
        self.answer.unlimited.add(name)
        self.answer.rounds = 2 * len(self.states) if len(self.states) < 200 else 60
        for length in range(self.answer.rounds + 1):
            if any(judged[at] and weight > sign * bound.limit for at, weight in heaviest.items()):
                self.found(name, length)
                return
            grown: dict[int, int] = {}
            for at, weight in heaviest.items():
                for to, counts in self.edges[at]:
                    more = weight + sign * sum(
                        factor * sum(each == (kind, what) for each in counts) for factor, kind, what in bound.counters
                    )
                    grown[to] = max(grown.get(to, more), more)
            heaviest = grown


def ask(protocol: Protocol, most: int) -> Answer:
    """Explore a protocol.

    Raises:
        TooLarge: it has more than `most` states.
    """
    return _Search(protocol, most).run()


def runs(protocol: Protocol, depth: int) -> Iterator[tuple[State, Transition]]:
    """Every step within `depth` of the start, with the state before it, neither normalised."""
    oracle = Oracle(protocol)
    level = {_frozen(state): state for state in oracle.initial()[0]}
    for _ in range(depth):
        following: dict[Any, State] = {}
        for state in level.values():
            for step in oracle.transitions(state):
                yield state, step
                if step.state is not None:
                    following[_frozen(step.state)] = step.state
        level = following
