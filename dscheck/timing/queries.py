"""What is the answer to one `query` or `expect` of a timing block, and which schedule or which lines show it?"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dscheck.language import syntax
from dscheck.language.format_blocks import block_line
from dscheck.language.format_expression import format_expression
from dscheck.record import record
from dscheck.spacetime import Diagram
from dscheck.timing.confirm import NotConfirmed
from dscheck.timing.cores import excluded_by
from dscheck.timing.evaluate import evaluate
from dscheck.timing.families import family_of
from dscheck.timing.formulas import FALSE, TRUE, Formula, negate
from dscheck.timing.optimum import optimum, plainest
from dscheck.timing.polynomial import constant_of, number
from dscheck.timing.problem import Problem, confirmed, plain_of
from dscheck.timing.quantities import Infinite, Unanswered, Value, formula_of, quantity_of
from dscheck.timing.schedule import diagram_of
from dscheck.timing.scope import names_in
from dscheck.timing.solver import Model
from dscheck.verdict import ClaimResult, CoreLine, Outcome

_BY_ITSELF = "whatever the other lines say"


@record
class Answer:
    """The answer to a query.

    Attributes:
        value: what its name means from now on.
        claim: what the report says.
    """

    value: Value | Unanswered
    claim: ClaimResult


def answer_query(problem: Problem, query: syntax.Query) -> Answer:
    """Answer `query`, of a block whose facts do not contradict each other."""
    try:
        if query.parameter is not None:
            return _family(problem, query, query.parameter.name)
        if query.kind in {"max", "min"}:
            return _optimum(problem, query)
        return _truth(problem, query)
    except Unanswered as reason:
        return Answer(reason, unknown_claim(problem, query, str(reason)))


def answer_expect(problem: Problem, expect: syntax.Expect) -> ClaimResult:
    """Is it so in every schedule? The facts of the block do not contradict each other."""
    text = format_expression(expect.condition)
    try:
        condition = formula_of(expect.condition, problem.scope)
        if condition in (TRUE, FALSE):
            note = "" if condition == TRUE else _values_in(problem, expect.condition)
            return _claim(problem, expect, met=condition == TRUE, note=note)
        asked = f"is `{text}` false in some schedule?"
        model = plainest(problem, [negate(condition)], asked)
        if model is None:
            reasons = excluded_by(problem, [negate(condition)], asked)
            note = _sentence("in every schedule", "" if reasons else _BY_ITSELF)
            return _claim(problem, expect, met=True, note=note, reasons=reasons)
        diagrams, note = _shown(problem, model, expect.condition, False, f"`{text}` is false")
        return _claim(problem, expect, met=False, note=_sentence("not in every schedule", note), diagrams=diagrams)
    except Unanswered as reason:
        return unknown_claim(problem, expect, str(reason))


def unknown_claim(problem: Problem, line: syntax.Query | syntax.Expect, note: str) -> ClaimResult:
    """The claim of a line that has no answer, and why."""
    return ClaimResult(
        kind="query" if isinstance(line, syntax.Query) else "expect",
        name=line.name.name if isinstance(line, syntax.Query) else "",
        text=block_line(line),
        line=problem.source.position(line.span.start)[0],
        outcome=Outcome.UNKNOWN,
        met=None,
        note=note,
    )


def _optimum(problem: Problem, query: syntax.Query) -> Answer:
    asked = f"what is the {'greatest' if query.kind == 'max' else 'least'} `{format_expression(query.subject)}`?"
    goal = quantity_of(query.subject, problem.scope)
    fixed = None if isinstance(goal, Infinite) else constant_of(goal)
    if isinstance(goal, Infinite) or fixed is not None:
        value: Fraction | Infinite = goal if isinstance(goal, Infinite) else Fraction(fixed or 0)
        return Answer(goal, _claim(problem, query, met=True, **_number(value), note="the same in every schedule"))
    best = optimum(problem, goal, query.kind, asked)
    name = query.name.name
    if isinstance(best.value, Infinite):
        note = f"nothing bounds it from {'above' if best.value.sign > 0 else 'below'}"
        return Answer(best.value, _claim(problem, query, met=True, **_number(best.value), note=note))
    if best.attained:
        diagrams, note = _shown(problem, best.model, query.subject, best.value, f"{name} = {best.value}")
    else:
        diagrams, note = _shown(problem, best.model, query.subject, None, f"near {name} = {best.value}")
        bound = "least upper" if query.kind == "max" else "greatest lower"
        note = _sentence(f"the {bound} bound, not reached", note)
    return Answer(
        number(best.value), _claim(problem, query, met=True, **_number(best.value), note=note, diagrams=diagrams)
    )


def _truth(problem: Problem, query: syntax.Query) -> Answer:
    """`possible F` looks for a schedule with F, and `always F` for one without."""
    text = format_expression(query.subject)
    wanted = query.kind == "possible"
    condition = formula_of(query.subject, problem.scope)
    sought: Formula = condition if wanted else negate(condition)
    asked = f"is `{text}` {'true' if wanted else 'false'} in some schedule?"
    model = plainest(problem, [sought], asked)
    found = model is not None
    value = query.kind if found == wanted else {"possible": "impossible", "always": "not always"}[query.kind]
    diagrams: tuple[Diagram, ...] = ()
    reasons: tuple[CoreLine, ...] = ()
    note = ""
    if model is None:
        reasons = excluded_by(problem, [sought], asked)
        note = "" if reasons else _BY_ITSELF
    else:
        diagrams, note = _shown(problem, model, query.subject, wanted, f"`{text}` is {'true' if wanted else 'false'}")
    return Answer(
        TRUE if found == wanted else FALSE,
        _claim(
            problem,
            query,
            met=True,
            value=value,
            value_json=found == wanted,
            note=note,
            diagrams=diagrams,
            reasons=reasons,
        ),
    )


def _family(problem: Problem, query: syntax.Query, parameter: str) -> Answer:
    here = plain_of(problem.scope.named(parameter))
    if not isinstance(here, Fraction):
        raise Unanswered(f"`{parameter}` is no finite number")
    asked = f"for which `{parameter}` is `{format_expression(query.subject)}` {query.kind} so?"
    if query.kind == "possible":
        asked = f"for which `{parameter}` is `{format_expression(query.subject)}` possible?"
    family = family_of(problem.source, problem.block, problem.constants, query, here, problem.timeout, asked)
    claim = _claim(problem, query, met=True, value=family.text, value_json=family.text, note=family.note)
    return Answer(TRUE if family.here else FALSE, claim)


def _shown(
    problem: Problem, model: Model, subject: syntax.Expression, expected: Fraction | bool | None, title: str
) -> tuple[tuple[Diagram, ...], str]:
    """The schedule of `model` as a diagram, after `subject` was found to have the value `expected` in it."""
    if model.irrational:
        return (), "its times are not fractions, so that it is not drawn"
    run = confirmed(problem, model)
    found = evaluate(subject, run)
    if expected is not None and found != expected:
        raise NotConfirmed(f"`{format_expression(subject)}` is {found} in the schedule that z3 found, not {expected}")
    return (diagram_of(problem.block, run, title),), ""


def _claim(
    problem: Problem,
    line: syntax.Query | syntax.Expect,
    *,
    met: bool,
    value: str = "",
    value_json: Any = None,
    note: str = "",
    diagrams: tuple[Diagram, ...] = (),
    reasons: tuple[CoreLine, ...] = (),
) -> ClaimResult:
    return ClaimResult(
        kind="query" if isinstance(line, syntax.Query) else "expect",
        name=line.name.name if isinstance(line, syntax.Query) else "",
        text=block_line(line),
        line=problem.source.position(line.span.start)[0],
        outcome=Outcome.HOLDS if met else Outcome.VIOLATED,
        met=met,
        value=value,
        value_json=value_json,
        note=note,
        diagrams=diagrams,
        reasons=reasons,
    )


def _number(value: Fraction | Infinite) -> dict[str, Any]:
    """An optimum as text and for programs."""
    if isinstance(value, Infinite):
        return {"value": "unbounded", "value_json": "unbounded"}
    whole = value.denominator == 1
    return {"value": str(value), "value_json": int(value) if whole else str(value)}


def _values_in(problem: Problem, condition: syntax.Expression) -> str:
    """What the queries in a false condition came to: `worst = 614/99`."""
    queries = {line.name.name for line in problem.block.lines if isinstance(line, syntax.Query)}
    told = []
    for name in dict.fromkeys(names_in(condition)):
        if name in queries:
            value = plain_of(problem.scope.named(name))
            told.append(f"{name} = {written(value)}")
    return ", ".join(told)


def written(value: Fraction | Infinite | bool) -> str:
    """A value as it is written in a block."""
    match value:
        case bool():
            return "true" if value else "false"
        case Infinite(sign):
            return "inf" if sign > 0 else "-inf"
        case fraction:
            return str(fraction)


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def met_of(claims: Sequence[ClaimResult]) -> bool | None:
    """Are all claims met? None if that is unknown and none is known not to be."""
    if any(claim.met is False for claim in claims):
        return False
    return None if any(claim.met is None for claim in claims) else True
