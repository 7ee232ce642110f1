"""Which few runs cover every action of a spec, or every transition of a small one? Shortest ones, found breadth-first.

Transitions are covered greedily: a shortest run to the nearest transition that is open, then on along open ones. The
shortest set of runs would be that of the Chinese postman; this one is longer, and each of its runs is easy to read.
"""

from collections import deque
from collections.abc import Collection, Iterator

from dscheck.model.layout import State
from dscheck.record import record
from dscheck.runs.labelled import Label, SpecRuns

MOST_STATES = 5_000


class TooLarge(Exception):
    """The spec has more states than were allowed."""


@record
class Edge:
    """A transition between two states.

    Attributes:
        label: what happens.
        start: the state before.
        end: the state after; where a system settles, the quiet one.
        fired: names of the rules that take part.
    """

    label: Label
    start: State
    end: State
    fired: frozenset[str]


@record
class Case:
    """A run that is a test.

    Attributes:
        name: from what it covers.
        steps: labels.
        covers: what it covers and no run before it does: rules, or the texts of transitions.
    """

    name: str
    steps: tuple[str, ...]
    covers: tuple[str, ...]


@record
class Covering:
    """Runs that cover a spec.

    Attributes:
        cases: the runs.
        states: how many states there are.
        edges: how many transitions.
        unreachable: names of rules that no run takes.
        several: does the spec begin in more than one state?
    """

    cases: tuple[Case, ...]
    states: int
    edges: int
    unreachable: tuple[str, ...]
    several: bool = False


class _Graph:
    """All states and transitions, and a shortest way to each state."""

    def __init__(self, runs: SpecRuns, limit: int, spontaneous: Collection[str], left_out: Collection[str]) -> None:
        self.runs, self._limit = runs, limit
        self._spontaneous, self._left_out = frozenset(spontaneous), frozenset(left_out)
        self.out: dict[State, tuple[Edge, ...]] = {}
        self.way: dict[State, Edge | None] = {}
        self._explore()

    def _explore(self) -> None:
        todo = deque(end for state in self.runs.initial() for end in self._settled(state))
        self.way = dict.fromkeys(todo)
        while todo:
            state = todo.popleft()
            self.out[state] = tuple(self._edges(state))
            for edge in self.out[state]:
                if edge.end not in self.way:
                    self.way[edge.end] = edge
                    todo.append(edge.end)
            if len(self.way) > self._limit:
                raise TooLarge

    def _edges(self, state: State) -> Iterator[Edge]:
        for label in self.runs.labels(state):
            if label.rule in self._spontaneous or label.rule in self._left_out or label.torn or label.successor is None:
                continue
            for end, fired in self._settled(label.successor).items():
                yield Edge(label, state, end, fired | {label.rule})

    def _settled(self, state: State) -> dict[State, frozenset[str]]:
        """The states in which nothing more happens by itself, and the rules that take part on the way."""
        if not self._spontaneous:
            return {state: frozenset()}
        seen = {state: frozenset[str]()}
        todo, quiet = [state], {}
        while todo:
            each = todo.pop()
            moves = [label for label in self.runs.labels(each) if label.rule in self._spontaneous and label.successor]
            if not moves:
                quiet[each] = seen[each]
            for label in moves:
                assert label.successor is not None
                if label.successor not in seen:
                    seen[label.successor] = seen[each] | {label.rule}
                    todo.append(label.successor)
            if len(seen) > self._limit:
                raise TooLarge
        return quiet

    def edges(self) -> Iterator[Edge]:
        """All transitions, those nearest to the beginning first."""
        for state in self.way:
            yield from self.out[state]

    def path(self, edge: Edge) -> tuple[Edge, ...]:
        """A shortest run that ends with a transition."""
        found = [edge]
        before = self.way[edge.start]
        while before is not None:
            found.append(before)
            before = self.way[before.start]
        return tuple(reversed(found))


def cover_actions(
    runs: SpecRuns, *, limit: int = MOST_STATES, spontaneous: Collection[str] = (), left_out: Collection[str] = ()
) -> Covering:
    """Runs in which every rule that can fire does: actions, arrivals, timeouts, faults.

    Args:
        runs: of the spec.
        limit: most states.
        spontaneous: rules that happen by themselves, at once; steps then name the others only.
        left_out: rules that never happen.

    Raises:
        TooLarge: there are more states.
    """
    graph = _Graph(runs, limit, spontaneous, left_out)
    first: dict[str, Edge] = {}
    for edge in graph.edges():
        for rule in sorted(edge.fired):
            first.setdefault(rule, edge)
    paths = {rule: graph.path(edge) for rule, edge in first.items()}
    covered: set[str] = set()
    cases: list[Case] = []
    for rule, path in sorted(paths.items(), key=lambda each: -len(each[1])):  # long runs cover much on their way
        if rule not in covered:
            fired = frozenset[str]().union(*(edge.fired for edge in path))
            cases.append(_case(rule, path, sorted(fired - covered)))
            covered |= fired
    names = dict.fromkeys(each.name for each in runs.system.rules)
    return _covering(graph, cases, tuple(name for name in names if name not in first and name not in left_out))


def cover_transitions(
    runs: SpecRuns,
    *,
    limit: int = MOST_STATES,
    spontaneous: Collection[str] = (),
    left_out: Collection[str] = (),
    longest: int = 30,
) -> Covering:
    """Runs in which every transition of the spec is taken. The arguments are those of `cover_actions`.

    Args:
        runs: of the spec.
        limit: most states.
        spontaneous: rules that happen by themselves, at once.
        left_out: rules that never happen.
        longest: most steps of a run, where a shorter one does not reach the transition.

    Raises:
        TooLarge: there are more states.
    """
    graph = _Graph(runs, limit, spontaneous, left_out)
    open_edges = dict.fromkeys(graph.edges())
    total = len(open_edges)
    cases: list[Case] = []
    while open_edges:
        path = list(graph.path(next(iter(open_edges))))
        covers = [edge for edge in path if edge in open_edges]
        for edge in covers:
            open_edges.pop(edge, None)
        while len(path) < longest:
            onward = next((edge for edge in graph.out[path[-1].end] if edge in open_edges), None)
            if onward is None:
                break
            path.append(onward)
            covers.append(onward)
            del open_edges[onward]
        texts = [edge.label.text for edge in covers]
        cases.append(_case(f"{len(cases) + 1} {texts[-1]}", tuple(path), texts))
    found = _covering(graph, cases, ())
    assert found.edges == total
    return found


def _case(name: str, path: tuple[Edge, ...], covers: list[str]) -> Case:
    words = "".join(character if character.isalnum() else " " for character in name).split()
    return Case("_".join(words).lower(), tuple(edge.label.text for edge in path), tuple(covers))


def _covering(graph: _Graph, cases: list[Case], unreachable: tuple[str, ...]) -> Covering:
    edges = sum(len(out) for out in graph.out.values())
    return Covering(tuple(cases), len(graph.way), edges, unreachable, len(graph.runs.initial()) > 1)
