"""For which values of one parameter is something possible, or always so? The exact set of its values.

Each round takes a schedule with a value of the parameter that is not known yet, and comparisons that it satisfies and
that imply all that is asked. The values that these allow are an interval, whose ends two linear programs give. The next
round asks for a value outside of all intervals so far; when there is none, their union is the answer. Where the
parameter multiplies an unknown (a drift), `elimination` gives the interval.
"""

from collections.abc import Sequence

from dscheck.timing.elimination import cell_around
from dscheck.timing.formulas import Atom, Formula, compare, either_of
from dscheck.timing.intervals import Interval, Intervals, union
from dscheck.timing.polynomial import number, scale, unknown
from dscheck.timing.problem import Problem, find, implied_by, solver_for
from dscheck.timing.quantities import Infinite, Unanswered
from dscheck.timing.solver import Deadline, greatest


def values_with(problem: Problem, more: Sequence[Formula], asked: str) -> Intervals:
    """The values of the free parameter for which some schedule satisfies `more`.

    Raises:
        Unanswered: time is up, or z3 does not know, or an end is no fraction.
    """
    name = problem.scope.free
    if name is None:
        raise ValueError("no parameter is free")
    solver = solver_for(problem, more, asked)
    found: list[Interval] = []
    while True:
        model = find(problem, solver)
        if model is None:
            return union(found)
        if model.irrational:
            raise Unanswered(f"z3 finds only times that are not fractions: {asked}")
        atoms = implied_by(problem, more, model)
        if solver.linear:
            interval = _values_of(name, atoms, solver.deadline)
        else:
            interval = cell_around(model.values[name], name, atoms)
        found.append(interval)
        solver.add(_outside(name, interval))


def _values_of(name: str, atoms: Sequence[Atom], deadline: Deadline) -> Interval:
    """The values of `name` in the solutions of `atoms`."""
    most, least = (greatest(atoms, scale(unknown(name), sign), deadline) for sign in (1, -1))
    return Interval(
        None if isinstance(least.value, Infinite) else -least.value,
        None if isinstance(most.value, Infinite) else most.value,
        least.attained,
        most.attained,
    )


def _outside(name: str, interval: Interval) -> Formula:
    below = (
        [] if interval.low is None else [compare(unknown(name), "<" if interval.low_in else "<=", number(interval.low))]
    )
    above = (
        []
        if interval.high is None
        else [compare(unknown(name), ">" if interval.high_in else ">=", number(interval.high))]
    )
    return either_of([*below, *above])
