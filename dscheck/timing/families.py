"""For which values of a parameter does a query hold: `query safe = always late <= 0 for lease`?

The parameter becomes an unknown, and everything that depends on it is read again. A condition on the events is asked of
z3. A condition on earlier queries, such as `late` above, is about an optimum that depends on the parameter: "the
greatest value is at most s" says that no schedule has more than s.
"""

from collections.abc import Mapping
from fractions import Fraction

from dscheck.language import syntax
from dscheck.record import record
from dscheck.source import SourceFile
from dscheck.timing.formulas import All, Atom, Either, Formula, atoms_of, compare, negate
from dscheck.timing.intervals import (
    EVERYTHING,
    Interval,
    Intervals,
    complement,
    contains,
    intersection,
    text_of,
    union,
)
from dscheck.timing.polynomial import Polynomial, constant_of, scale, subtract, unknown, unknowns_of
from dscheck.timing.problem import Problem, problem_of
from dscheck.timing.projection import values_with
from dscheck.timing.quantities import Unanswered, Value, formula_of, quantity_of

_NO_NUMBER = Unanswered("it is no number, and stands in a question for a parameter")


@record
class Family:
    """The answer for a parameter.

    Attributes:
        text: `lease <= 130/11`.
        here: whether the value that the parameter has in the block is among them.
        note: what else is to know; empty if nothing.
    """

    text: str
    here: bool
    note: str


def family_of(
    source: SourceFile,
    block: syntax.Timing,
    constants: Mapping[str, int],
    query: syntax.Query,
    here: Fraction,
    timeout: float | None,
    asked: str,
) -> Family:
    """For which values of its parameter `query` holds.

    Args:
        source: the file.
        block: the block.
        constants: of the protocol.
        query: `possible` or `always`, with a parameter.
        here: the value that the parameter has in the block.
        timeout: seconds.
        asked: the question in words.

    Raises:
        Unanswered: time is up, or the question is none that is answered exactly.
    """
    if query.parameter is None or query.kind not in {"possible", "always"}:
        raise Unanswered(f"only `possible` and `always` are asked for a parameter: {asked}")
    name = query.parameter.name
    markers: dict[str, Value | Unanswered] = {
        line.name.name: unknown(_marker(line)) if line.kind in {"max", "min"} and line.parameter is None else _NO_NUMBER
        for line in block.lines
        if isinstance(line, syntax.Query) and line.span < query.span
    }
    problem = problem_of(source, block, constants, markers, timeout, name)
    condition = formula_of(query.subject, problem.scope)
    within = _range_of(problem, name)
    possible = values_with(problem, [], asked)
    queries = [line for line in block.lines if isinstance(line, syntax.Query)]
    _refuse_hidden(problem, queries, asked)
    if any(_marker(line) in unknowns_of(atom.left for atom in atoms_of(condition)) for line in queries):
        found = _values_of(problem, condition, queries, asked)
    elif query.kind == "possible":
        found = values_with(problem, [condition], asked)
    else:
        found = complement(values_with(problem, [negate(condition)], asked))
    nowhere = intersection(within, complement(possible))
    found = (
        intersection(found, possible) if query.kind == "possible" else union((*intersection(found, within), *nowhere))
    )
    note = f"the facts contradict each other for {text_of(nowhere, name)}" if nowhere else ""
    return Family(text_of(found, name, within), contains(found, here), note)


def _marker(query: syntax.Query) -> str:
    """The unknown that stands for the answer to an earlier query."""
    return f"query {query.name.name}"


def _range_of(problem: Problem, name: str) -> Intervals:
    """The values of the parameter that are looked at."""
    within = EVERYTHING
    for fact in problem.facts:
        if isinstance(fact.line, syntax.Param) and fact.line.name.name == name:
            for atom in atoms_of(fact.formula):
                within = intersection(within, _half_line(atom, name))
    return within


def _refuse_hidden(problem: Problem, queries: list[syntax.Query], asked: str) -> None:
    """An earlier query inside `min`, `max`, `abs` or `if … else` would be an unknown of which nothing is said.

    Raises:
        Unanswered: there is one.
    """
    defined = unknowns_of(atom.left for formula in problem.scope.definitions for atom in atoms_of(formula))
    for query in queries:
        if _marker(query) in defined:
            raise Unanswered(
                f"`{query.name.name}` depends on the param, and is compared only as it is, not inside `min`, `max`, "
                f"`abs` or `if … else`: {asked}"
            )


def _values_of(problem: Problem, condition: Formula, queries: list[syntax.Query], asked: str) -> Intervals:
    """The values of the parameter for which a condition on it and on earlier queries is true."""
    match condition:
        case All(parts):
            found = EVERYTHING
            for part in parts:
                found = intersection(found, _values_of(problem, part, queries, asked))
            return found
        case Either(parts):
            return union(each for part in parts for each in _values_of(problem, part, queries, asked))
        case atom:
            return _values_of_atom(problem, atom, queries, asked)


def _values_of_atom(problem: Problem, atom: Atom, queries: list[syntax.Query], asked: str) -> Intervals:
    name = problem.scope.free or ""
    met = unknowns_of([atom.left])
    inside = [query for query in queries if _marker(query) in met]
    if not inside:
        return _half_line(atom, name)
    factor = atom.left.terms.get((_marker(inside[0]),))
    rest = Polynomial({each: value for each, value in atom.left.terms.items() if each != (_marker(inside[0]),)})
    if factor is None or set(unknowns_of([rest])) - {name}:
        raise Unanswered(
            f"`{inside[0].name.name}` stands beside events or other queries; write the quantity itself there: {asked}"
        )
    # The atom says `query sign limit`, or `limit sign query` where the factor is negative.
    limit = scale(rest, -1 / factor)
    goal = quantity_of(inside[0].subject, problem.scope)
    if not isinstance(goal, Polynomial):
        raise Unanswered(f"`{inside[0].name.name}` is infinite")
    least = inside[0].kind == "min"
    if least:
        goal, limit = scale(goal, -1), scale(limit, -1)
    upward = (factor > 0) != least  # is it "greatest sign limit"?
    at_most = complement(values_with(problem, [compare(goal, ">", limit)], asked))
    if atom.sign == "<=" and upward:
        return at_most
    if atom.sign == "<" and not upward:
        return complement(at_most)
    if any(each.sign in {"<", "!="} for formula in problem.formulas() for each in atoms_of(formula)):
        raise Unanswered(f"some facts are strict, so that `{inside[0].name.name}` may not be reached: {asked}")
    at_least = values_with(problem, [compare(goal, ">=", limit)], asked)
    match atom.sign:
        case "<=":
            return at_least
        case "<":
            return complement(at_least)
        case "==":
            return intersection(at_most, at_least)
        case _:
            return complement(intersection(at_most, at_least))


def _half_line(atom: Atom, name: str) -> Intervals:
    """The values of `name` for which an atom on nothing else is true."""
    factor = atom.left.terms.get((name,), Fraction(0))
    constant = constant_of(subtract(atom.left, scale(unknown(name), factor)))
    if constant is None or not factor:
        raise Unanswered(f"a condition on `{name}` is not linear")
    end = -constant / factor
    match atom.sign:
        case "==":
            return (Interval(end, end),)
        case "!=":
            return complement((Interval(end, end),))
        case sign if factor > 0:
            return (Interval(None, end, False, sign == "<="),)
        case sign:
            return (Interval(end, None, sign == "<=", False),)
