"""Which few lines of a block exclude something? A smallest set: without any one of them it would be possible.

A line that is left out no longer reads a clock, and what a clock shows where nothing reads it need not be looked at. So
the fewer lines are left, the smaller the question to z3 is made.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dscheck.language import syntax
from dscheck.language.format_blocks import block_line
from dscheck.timing.facts import Fact, Unordered, clocks_read_at
from dscheck.timing.formulas import Formula, all_of, atoms_of
from dscheck.timing.polynomial import unknowns_of
from dscheck.timing.problem import Memory, Problem, deadline_for, fact_name, find
from dscheck.timing.quantities import Unanswered
from dscheck.timing.scope import clocks_of, readings_of
from dscheck.timing.solver import Deadline, Solver
from dscheck.verdict import CoreLine

_KNOWN_ORDER = "known order"
"""The name of what clocks show if all `after` lines hold."""

Blame = Callable[[Sequence[int]], list[int] | None]
"""Of some facts, by number, those that are to blame if they cannot hold together; None if they can."""


class Excluder:
    """Asks which of some facts exclude something. It knows only these.

    Attributes:
        read: the events at which these facts, or what they exclude, read each drifting clock.
    """

    def __init__(
        self, problem: Problem, excluded: Sequence[Formula], numbers: Sequence[int], deadline: Deadline
    ) -> None:
        given = [*problem.scope.definitions, *excluded]
        kept = [problem.facts[number] for number in numbers]
        self.read = _read_by(problem, kept, excluded)
        facts = clocks_read_at(kept, problem.block, problem.scope, self.read, alone=True)
        memory = Memory()
        memory.learned = [
            (numbers.index(number), formula)
            for number, formula in problem.memory.learned
            if number in numbers and _speaks_only_of(facts[numbers.index(number)].unordered, formula)
        ]
        self._problem = replace(problem, facts=tuple(facts), memory=memory)
        self._names = {number: fact_name(place) for place, number in enumerate(numbers)}
        self._solver = Solver(given, deadline)
        self._solver.add_named((fact_name(place), fact.formula) for place, fact in enumerate(facts))
        self._solver.add_named((fact_name(place), formula) for place, formula in memory.learned)
        clocks = [fact for fact in kept if isinstance(fact.line, syntax.DriftingClock)]
        clocks = clocks_read_at(clocks, problem.block, problem.scope, self.read)
        self._has_order = bool(clocks) and all(clock.unordered is None for clock in clocks)
        if self._has_order:
            self._solver.add_named([(_KNOWN_ORDER, all_of(clock.formula for clock in clocks))])

    def blamed(self, some: Sequence[int]) -> list[int] | None:
        """Those of the facts `some` that z3 blames if they cannot hold together, else None.

        Raises:
            Unanswered: time is up, or z3 does not know.
        """
        supposed = [self._names[number] for number in some]
        # Most schedules without one of the lines keep to the known order, where nothing else has to be looked at.
        if self._has_order and len(some) < len(self._names) and self._solver.is_possible([*supposed, _KNOWN_ORDER]):
            return None
        if find(self._problem, self._solver, supposed, named=True) is not None:
            return None
        blamed = set(self._solver.blamed())
        return [number for number in some if self._names[number] in blamed]


def excluded_by(problem: Problem, excluded: Sequence[Formula], asked: str) -> tuple[CoreLine, ...]:
    """The few lines of `problem` that exclude the formulas `excluded`, where some do.

    Args:
        problem: the block.
        excluded: what no schedule of it satisfies.
        asked: the question in words.

    Raises:
        Unanswered: time is up before any smaller set is found.
    """
    deadline = deadline_for(problem, [*problem.formulas(), *excluded], asked)
    excluder = Excluder(problem, excluded, range(len(problem.facts)), deadline)

    def blamed(some: Sequence[int]) -> list[int] | None:
        nonlocal excluder
        found = excluder.blamed(some)
        if found is not None and _read_by(problem, [problem.facts[each] for each in found], excluded) != excluder.read:
            excluder = Excluder(problem, excluded, found, deadline)
        return found

    core = blamed(range(len(problem.facts)))
    if core is None:
        raise AssertionError("z3 finds a schedule where it found none before")
    # A `given` reads clocks: without it, all that follows may be asked of fewer readings.
    core.sort(key=lambda number: not isinstance(problem.facts[number].line, syntax.Given))
    return _core_lines(problem, smallest_core(core, blamed))


def smallest_core(numbers: Sequence[int], blamed: Blame) -> list[int]:
    """Those of the facts `numbers` that cannot hold together, none of them needlessly.

    Each is left out once, to see whether the others still exclude each other; what z3 blames then is all that is looked
    at further. When time is up, what is left is given.
    """
    core = list(numbers)
    for number in numbers:
        if number in core:
            try:
                fewer = blamed([each for each in core if each != number])
            except Unanswered:
                break
            core = core if fewer is None else fewer
    return core


def _read_by(problem: Problem, facts: Sequence[Fact], formulas: Sequence[Formula]) -> dict[str, list[str]]:
    """The events at which `facts`, but for the clocks, and `formulas` read each drifting clock."""
    speaking = [fact.formula for fact in facts if not isinstance(fact.line, syntax.DriftingClock)]
    speaking += [*problem.scope.definitions, *formulas]
    met = unknowns_of(atom.left for formula in speaking for atom in atoms_of(formula))
    drifting = {clock.name.name for clock in clocks_of(problem.block) if isinstance(clock, syntax.DriftingClock)}
    return {
        clock: [event for event in events if unknowns_of([problem.scope.reading(clock, event)]).keys() <= met.keys()]
        for clock, events in readings_of(problem.block).items()
        if clock in drifting
    }


def _speaks_only_of(clock: Unordered | None, formula: Formula) -> bool:
    """Is `formula`, on the rate of a clock, about two of the readings that count?"""
    if clock is None:
        return False
    known = unknowns_of(side for reading in clock.readings for side in (reading.time, reading.shown))
    return unknowns_of(atom.left for atom in atoms_of(formula)).keys() <= known.keys()


def _core_lines(problem: Problem, numbers: Sequence[int]) -> tuple[CoreLine, ...]:
    lines = [problem.facts[number].line for number in sorted(numbers)]
    return tuple(
        CoreLine(_label(line), problem.source.position(line.span.start)[0], block_line(line)) for line in lines
    )


def _label(line: syntax.TimingLine) -> str:
    """How to speak of a line: by its own name or by its first words."""
    match line:
        case syntax.Given(None):
            return "given"
        case syntax.Given(syntax.Identifier(name)):
            return name
        case syntax.At(name):
            return f"at {name.name}"
        case syntax.PerfectClock(name) | syntax.DriftingClock(name):
            return f"clock {name.name}"
        case syntax.Param(name):
            return f"param {name.name}"
        case _:
            return block_line(line).partition(" ")[0]
