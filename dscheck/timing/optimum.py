"""What is the greatest or the least value of a quantity over all schedules, exactly?

Each round takes a schedule that is better than all before, and a list of comparisons that it satisfies and that imply
the facts. On these the quantity has its greatest value by linear programming. The next round asks for a schedule that
is better still; when there is none, the value is the answer, and z3 has proved it. There are finitely many such lists,
and none comes twice.

Where unknowns are multiplied, z3 only guesses the greatest value in a round, or some unknowns are held at their values.
The answer is as exact, for the last round proves it; but the rounds may never end, and some are all that is tried.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from dscheck.record import record
from dscheck.timing.facts import not_before_zero, total_of
from dscheck.timing.formulas import Atom, Formula, closed, compare, holds
from dscheck.timing.polynomial import Polynomial, number, scale, substitute, subtract, unknown, unknowns_of, value_at
from dscheck.timing.problem import Problem, deadline_for, find, implied_by, solver_for
from dscheck.timing.quantities import Infinite, Unanswered
from dscheck.timing.scope import events_of
from dscheck.timing.solver import Deadline, Extreme, Model, Solver, all_linear, greatest

_FROM_ZERO = "from zero"
_MOST_ROUNDS = 20
"""Schedules that are tried where unknowns are multiplied."""
_HOW_NEAR = 100
"""A schedule that comes near to a bound misses it by no more than this part of it."""
_MANY = 10
"""So many parts of a sum, each with cases of its own, are bounded one by one first."""
_LONGEST_GUESS = 3.0
"""Seconds for z3 to guess an optimum there."""


@record
class Optimum:
    """The greatest or the least value of a quantity.

    Attributes:
        value: the value, or infinite.
        attained: whether a schedule has this value.
        model: a schedule that has it, or comes near to it.
    """

    value: Fraction | Infinite
    attained: bool
    model: Model


def optimum(problem: Problem, goal: Polynomial, kind: str, asked: str) -> Optimum:
    """The `max` or `min` of `goal`.

    Args:
        problem: a block whose facts do not contradict each other.
        goal: the quantity.
        kind: `max` or `min`.
        asked: the question in words.

    Raises:
        Unanswered: time is up, or z3 does not know.
    """
    sign = 1 if kind == "max" else -1
    best = _best(problem, scale(goal, sign), asked, deadline_for(problem, problem.formulas(), asked))
    value = Infinite(best.value.sign * sign) if isinstance(best.value, Infinite) else best.value * sign
    near = best.model
    if isinstance(value, Fraction):
        # A model of z3's for a bound that is not reached need not satisfy what is strict: a schedule is looked for.
        off = Fraction(0) if best.attained else sign * (abs(value) or Fraction(1)) / _HOW_NEAR
        wanted = compare(goal, "==" if best.attained else ">=" if kind == "max" else "<=", number(value - off))
        near = plainest(problem, [wanted], asked) or near
    return Optimum(value, best.attained, near)


def _best(problem: Problem, goal: Polynomial, asked: str, deadline: Deadline) -> Extreme:
    """The greatest value of `goal`."""
    upward = unknown("the goal")
    meaning = [compare(upward, "==", goal), *_bounds_of_parts(problem, goal, asked, deadline)]
    solver = solver_for(problem, meaning, asked)
    solver.deadline = deadline
    best: Extreme | None = None
    rounds = 0
    while True:
        model = find(problem, solver)
        if model is None:
            break
        atoms = implied_by(problem, meaning, model)
        if not solver.linear:
            rounds += 1
            if model.irrational or rounds > _MOST_ROUNDS:
                raise Unanswered(f"unknowns are multiplied, and no method here is exact for: {asked}")
            guessed = _guessed(atoms, upward, solver.deadline)
            if guessed is not None:
                best = guessed
                solver.add(compare(upward, ">", number(value_at(upward, guessed.model.values))))
                continue
            atoms = _made_linear(atoms, model)
        best = greatest(atoms, upward, solver.deadline)
        if isinstance(best.value, Infinite):
            break
        _check_limit(atoms, upward, best, solver.deadline)
        solver.add(compare(upward, ">" if best.attained else ">=", number(best.value)))
    if best is None:
        raise AssertionError("an optimum is asked of facts that contradict each other")
    return best


def _bounds_of_parts(problem: Problem, goal: Polynomial, asked: str, deadline: Deadline) -> list[Formula]:
    """What follows for each `abs`, `min`, `max` or `if … else` in a sum of many.

    Each has its cases, and the sum has those of all multiplied: z3 may try them one by one. With the greatest value of
    each part it sees at once where the cases that are left cannot add up to more.
    """
    invented = [name for name in unknowns_of([goal]) if name in problem.scope.invented]
    if len(invented) < _MANY or not all_linear([*problem.formulas(), compare(goal, "<=", number(0))]):
        return []
    bounds = []
    for name in invented:
        part = scale(unknown(name), 1 if goal.terms[name,] > 0 else -1)
        most = _best(problem, part, asked, deadline).value
        if not isinstance(most, Infinite):
            bounds.append(compare(part, "<=", number(most)))
    return bounds


def plainest(problem: Problem, more: Sequence[Formula], asked: str) -> Model | None:
    """A schedule with `more`, from time 0 on if that is possible, and with early events; None if there is none.

    Raises:
        Unanswered: time is up, or z3 does not know.
    """
    events = [event.name.name for event in events_of(problem.block)]
    solver = solver_for(problem, more, asked)
    solver.add_named([(_FROM_ZERO, not_before_zero(events))])
    model = find(problem, solver, [_FROM_ZERO])
    if model is None or model.irrational:
        return find(problem, solver)
    if not solver.linear:
        return model
    atoms = implied_by(problem, [*more, not_before_zero(events)], model)
    earliest = greatest(atoms, scale(total_of(events), -1), solver.deadline)
    return earliest.model if earliest.attained else model


def _guessed(atoms: list[Atom], goal: Polynomial, deadline: Deadline) -> Extreme | None:
    """What z3 takes for the greatest `goal` where unknowns are multiplied, if it is the value of a schedule."""
    try:
        guess = greatest(atoms, goal, deadline.part(_LONGEST_GUESS))
    except Unanswered:
        return None
    values = guess.model.values
    fits = not guess.model.irrational and all(holds(atom, values) for atom in atoms)
    return guess if fits and guess.attained and value_at(goal, values) == guess.value else None


def _made_linear(atoms: list[Atom], model: Model) -> list[Atom]:
    """`atoms` with the values of some unknowns in `model` put in, so that none are multiplied any more."""
    held: list[Atom] = []
    while True:
        met = Counter(name for atom in atoms for monomial in atom.left.terms if len(monomial) > 1 for name in monomial)
        if not met:
            return [*atoms, *held]
        ((name, _),) = met.most_common(1)
        value = model.values[name]
        held.append(Atom(subtract(unknown(name), number(value)), "=="))
        atoms = [Atom(substitute(atom.left, {name: value}), atom.sign) for atom in atoms]


def _check_limit(atoms: list[Atom], goal: Polynomial, best: Extreme, deadline: Deadline) -> None:
    """Confirm what the linear program said about its own comparisons.

    The comparisons have a solution. If their limit points contain one with `goal` at `best`, then the straight line
    between the two comes as near to `best` as one likes; and that nothing is above `best`, the caller asks next.

    Raises:
        AssertionError: z3's optimum is none.
    """
    if isinstance(best.value, Infinite):
        return
    if best.attained:
        if value_at(goal, best.model.values) != best.value:
            raise AssertionError("z3's optimum is not the value of its own model")
        return
    limits = Solver([*closed(atoms), compare(goal, "==", number(best.value))], deadline)
    if not limits.is_possible():
        raise AssertionError("z3's least upper bound is not the limit of schedules")
