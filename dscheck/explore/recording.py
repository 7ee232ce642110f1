"""Who is owed what, and by which steps is it taken? The recorded graph, in integers.

Obligations get numbers as they are met. Few sets of them differ, so that a state and a step have one number each: that
of a set.
"""

from array import array
from collections.abc import Iterable, Iterator

from dscheck.explore.fair_cycles import StepGraph
from dscheck.explore.obligation_numbers import ObligationNumbers
from dscheck.explore.questions import Fairness
from dscheck.explore.stepper import Edge
from dscheck.model.layout import State
from dscheck.semantics.fairness import Owed
from dscheck.semantics.normalise import floors_of


class FairRecord:
    """The steps between stored states and the obligations of both, as a search finds them.

    Attributes:
        graph: of the states that were closed.
        rules: of each step, its rule.
        numbers: of the obligations that were met.
    """

    def __init__(self, fairness: Fairness) -> None:
        self.rules = array("i")
        self.numbers = ObligationNumbers(fairness)
        self._fairness = fairness
        self._sets: dict[tuple[int, ...], int] = {}
        self._listed: list[tuple[int, ...]] = []
        self._pieces: dict[tuple[Owed, ...], int] = {}  # numbers of the sets of labels that were met
        self._first, self._targets = array("q", [0]), array("q")
        self._takes, self._enabled, self._moves = array("i"), array("i"), array("i")
        self._owed: Iterator[tuple[Owed, ...]] = iter(())
        self._bits = {clock: 1 << place for place, clock in enumerate(fairness.clocks)}
        self.graph = StepGraph(
            self._first,
            self._targets,
            self._takes,
            self._moves,
            self._enabled,
            self._listed,
            self.numbers.strong,
            self.numbers.clocks,
        )

    def open(self, edges: list[Edge], owed: list[tuple[Owed, ...]]) -> None:
        """The steps that are added next start in the next state, and are those of `edges` that do not fail."""
        self._owed = (each for edge, each in zip(edges, owed, strict=True) if edge[1] is not None)
        obligations = self._fairness.obligations
        enabling = (one for each in owed for one in each if obligations[one[0]].enables)
        self._enabled.append(self._set(self.numbers.of(one) for one in enabling))

    def add(self, rule: int, target: int, raw: State, successor: State) -> None:
        """Add the next of these steps; `raw` is what it leads to, before normalisation."""
        self.rules.append(rule)
        self._targets.append(target)
        owed = next(self._owed)
        taken = self._pieces.get(owed)
        if taken is None:
            taken = self._pieces[owed] = self._set(map(self.numbers.of, owed))
        self._takes.append(taken)
        self._moves.append(0 if raw == successor else self._moved(raw))

    def close(self) -> None:
        """The state is expanded."""
        self._first.append(len(self._targets))

    def without_steps(self, count: int) -> None:
        """So many states more are known not to have any step."""
        for _ in range(count):
            self.open([], [])
            self.close()

    def _moved(self, raw: State) -> int:
        clocks = self._fairness.clocks
        if len(clocks) == 1:
            return 1
        floors = floors_of(self._fairness.layout, raw)
        return sum(bit for clock, bit in self._bits.items() if _is_above_zero(floors.of(clock)))

    def _set(self, numbers: Iterable[int]) -> int:
        members = tuple(sorted(set(numbers)))
        known = self._sets.get(members)
        if known is None:
            known = self._sets[members] = len(self._sets)
            self._listed.append(members)
        return known


def _is_above_zero(floor: int | tuple[int, ...] | None) -> bool:
    return any(floor) if isinstance(floor, tuple) else bool(floor)
