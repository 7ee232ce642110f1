"""What is asked of z3 for one block: its facts, what a question adds to them, and the schedules that come back."""

from collections.abc import Mapping, Sequence

from dscheck.language import syntax
from dscheck.record import record
from dscheck.source import SourceFile
from dscheck.timing.confirm import confirm, named_in, run_of
from dscheck.timing.evaluate import Plain, Run
from dscheck.timing.facts import (
    Fact,
    broken_rates,
    facts_of,
    in_this_order,
    one_after_the_other,
    rate_between,
)
from dscheck.timing.formulas import FALSE, TRUE, All, Atom, Either, Formula, implicant
from dscheck.timing.polynomial import constant_of, value_at
from dscheck.timing.quantities import Infinite, Unanswered, Value
from dscheck.timing.scope import BlockScope, Results, events_of, readings_of
from dscheck.timing.solver import LONGEST_NONLINEAR, Deadline, Model, Solver, all_linear


class Memory:
    """What the questions about a block so far have brought.

    Attributes:
        learned: rates between events in no known order that some search has needed, each with the number of its fact.
        solver: knows the facts, the first `definitions` definitions and the first `rates` of `learned`; then `push`ed.
    """

    def __init__(self) -> None:
        self.learned: list[tuple[int, Formula]] = []
        self.solver: Solver | None = None
        self.definitions = 0
        self.rates = 0


@record
class Problem:
    """One block, ready to be asked.

    Attributes:
        source: the file.
        block: the block.
        constants: of the protocol.
        results: answers to earlier queries.
        scope: the meaning of its names.
        facts: what its lines say.
        timeout: seconds for one question; None for no limit.
        memory: for the next question.
    """

    source: SourceFile
    block: syntax.Timing
    constants: Mapping[str, int]
    results: Results
    scope: BlockScope
    facts: tuple[Fact, ...]
    timeout: float | None

    memory: Memory

    def formulas(self) -> list[Formula]:
        """The facts, and the definitions of what they and the expressions read so far need.

        What the clocks show at events in no known order is not among them.
        """
        return [*(fact.formula for fact in self.facts), *self.scope.definitions]


def problem_of(
    source: SourceFile,
    block: syntax.Timing,
    constants: Mapping[str, int],
    results: Results,
    timeout: float | None,
    free: str | None = None,
) -> Problem:
    """Read the facts of `block`, with the parameter `free` as an unknown.

    Raises:
        Unanswered: a line says nothing exact.
    """
    scope = BlockScope(block, constants, results, free)
    facts = facts_of(block, scope)
    return Problem(source, block, constants, results, scope, tuple(facts), timeout, Memory())


def solver_for(problem: Problem, more: Sequence[Formula], asked: str) -> Solver:
    """A solver that knows the facts and `more`, until it is asked for again.

    Args:
        problem: the block.
        more: what the question adds.
        asked: the question in words, for when there is no answer.
    """
    formulas = [*problem.formulas(), *more]
    deadline = deadline_for(problem, formulas, asked)
    memory = problem.memory
    if not all_linear(formulas):  # z3 uses another method then, which keeps nothing from one question to the next
        return Solver([*formulas, *(formula for _, formula in memory.learned)], deadline)
    if memory.solver is None:
        memory.solver = Solver([fact.formula for fact in problem.facts], deadline)
    else:
        memory.solver.pop()
    new_rates = [formula for _, formula in memory.learned[memory.rates :]]
    memory.solver.add(*problem.scope.definitions[memory.definitions :], *new_rates)
    memory.definitions, memory.rates = len(problem.scope.definitions), len(memory.learned)
    memory.solver.deadline = deadline
    memory.solver.push()
    memory.solver.add(*more)
    return memory.solver


def find(problem: Problem, solver: Solver, supposed: Sequence[str] = (), *, named: bool = False) -> Model | None:
    """A schedule of `problem`, with what else `solver` knows; None if there is none.

    The rate of a clock between two events in no known order says "if one is first …, else …". There are so many pairs
    that z3 is told only of those that matter: it finds a schedule without them; where the clock runs too fast or too
    slow from one event to the next in that schedule, it is told of these two, and looks again.

    Args:
        problem: the block.
        solver: from `solver_for`.
        supposed: names of what is to hold too.
        named: whether `solver` knows each fact by name.

    Raises:
        Unanswered: time is up, or z3 does not know, or what it found cannot be looked at, for it is no fraction.
    """
    while True:
        model = solver.check(supposed)
        if model is None:
            return None
        if model.irrational:
            if any(fact.unordered is not None for fact in problem.facts):
                raise Unanswered(f"z3 finds only times that are not fractions: {solver.deadline.asked}")
            return model
        broken = [
            (number, first, second, fact.unordered)
            for number, fact in enumerate(problem.facts)
            if fact.unordered is not None and (not named or fact_name(number) in supposed)
            for first, second in broken_rates(fact.unordered, model.values)
        ]
        if not broken:
            return model
        guess = _in_the_order_of(problem, solver, supposed, model)
        if guess is not None:
            return guess
        learned = [(number, rate_between(first, second, clock)) for number, first, second, clock in broken]
        problem.memory.learned.extend(learned)
        solver.add_named((fact_name(number) if named else None, formula) for number, formula in learned)


def _in_the_order_of(problem: Problem, solver: Solver, supposed: Sequence[str], model: Model) -> Model | None:
    """A schedule whose events come in the order of `model`, which is none itself, because of the rate of some clock."""
    solver.push()
    try:
        for fact in problem.facts:
            if fact.unordered is not None:
                pairs = one_after_the_other(fact.unordered, model.values)
                solver.add(*[in_this_order(first, second, fact.unordered) for first, second in pairs])
        return solver.check(supposed)
    finally:  # also when time is up: the next question must not inherit this order
        solver.pop()


def fact_name(number: int) -> str:
    """What z3 knows the fact `number` by."""
    return f"fact {number}"


def implied_by(problem: Problem, more: Sequence[Formula], model: Model) -> list[Atom]:
    """Comparisons that hold in `model` and imply all facts and `more`; they fix an order where none is known."""
    formulas = [*problem.formulas(), *more]
    for fact in problem.facts:
        if fact.unordered is not None:
            for first, second in one_after_the_other(fact.unordered, model.values):
                formulas.append(in_this_order(first, second, fact.unordered))
    return list({_key(atom): atom for formula in formulas for atom in implicant(formula, model.values)}.values())


def deadline_for(problem: Problem, formulas: Sequence[Formula], asked: str) -> Deadline:
    """When a question with these `formulas` ends."""
    endless = problem.timeout is None and not all_linear(formulas)
    return Deadline(LONGEST_NONLINEAR if endless else problem.timeout, asked)


def _key(atom: Atom) -> tuple[object, ...]:
    """Equal for equal comparisons."""
    return atom.sign, *sorted(atom.left.terms.items())


def confirmed(problem: Problem, model: Model) -> Run:
    """The schedule of a `model`, after every line was looked at again.

    Raises:
        Unanswered: a time in it is no fraction.
        NotConfirmed: it is no schedule of the block.
    """
    if model.irrational:
        raise Unanswered("its times are not fractions")
    values = model.values
    times = {event.name.name: values[f"T({event.name.name})"] for event in events_of(problem.block)}
    readings = {
        (clock, event): value_at(problem.scope.reading(clock, event), values)
        for clock, events in readings_of(problem.block).items()
        for event in events
    }
    free = {} if problem.scope.free is None else {problem.scope.free: values[problem.scope.free]}
    results = {name: plain_of(result) for name, result in problem.results.items() if not isinstance(result, Unanswered)}
    run = run_of(times, readings, named_in(problem.block, problem.constants, results, free))
    confirm(problem.block, run)
    return run


def plain_of(value: Value) -> Plain:
    """The value of a query as it stands in `evaluate`.

    Raises:
        ValueError: it depends on unknowns.
    """
    match value:
        case Infinite():
            return value
        case Atom() | All() | Either():
            if value not in (TRUE, FALSE):
                raise ValueError(f"{value} depends on unknowns")
            return value == TRUE
        case polynomial:
            constant = constant_of(polynomial)
            if constant is None:
                raise ValueError(f"{value} depends on unknowns")
            return constant
