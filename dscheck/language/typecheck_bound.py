"""Has a `bound` the form that can be decided: `[A implies] L <= E` or `L >= E`, with L linear in counters?"""

from dscheck.language import syntax
from dscheck.language.checked import ConstantMeaning, CounterMeaning
from dscheck.language.expectations import check_condition
from dscheck.language.scopes import Context
from dscheck.language.traversal import walk
from dscheck.source import Span

FORM = "write `[condition implies] counters <= limit` or `counters >= limit`"


def check_bound(ctx: Context, node: syntax.Bound) -> None:
    """Check one `bound`; `ctx` is a place where counters may stand."""
    check_condition(ctx, node.condition)
    condition = node.condition
    while isinstance(condition, syntax.Binary) and condition.operator == "implies":
        counter = _counter(ctx, condition.left)
        if counter is not None:
            _report(ctx, counter, "a counter stands in the condition", "only the comparison itself may count")
            return
        condition = condition.right
    if not isinstance(condition, syntax.Comparison) or len(condition.operators) != 1:
        _report(ctx, condition.span, "this is not one comparison", FORM)
        return
    operator = condition.operators[0]
    if operator not in ("<=", ">="):
        advice = {
            "<": "write `<= … - 1`",
            ">": "write `>= … + 1`",
            "==": "declare two bounds, one with `<=` and one with `>=`",
        }
        why = f"a bound compares by `<=` or `>=`, not by `{operator}`"
        _report(ctx, condition.span, why, advice.get(operator, FORM))
        return
    if all(_counter(ctx, operand) is None for operand in condition.operands):
        _report(ctx, condition.span, "nothing is counted here", "use an `invariant`, or count: `sent(M)`, `fired(a)`")
        return
    for operand in condition.operands:
        _check_linear(ctx, operand)


def _counter(ctx: Context, node: syntax.Expression) -> Span | None:
    """The first counter within `node`."""
    for each in walk(node):
        if isinstance(each, syntax.Call) and isinstance(ctx.tables.call.get(id(each)), CounterMeaning):
            return each.span
    return None


def _check_linear(ctx: Context, node: syntax.Expression) -> None:
    """Counters may be added, subtracted, and multiplied by what no step changes."""
    if _counter(ctx, node) is None:
        return
    match node:
        case syntax.Call() if isinstance(ctx.tables.call.get(id(node)), CounterMeaning):
            return
        case syntax.Unary("-", operand):
            _check_linear(ctx, operand)
        case syntax.Binary("+" | "-", left, right):
            _check_linear(ctx, left)
            _check_linear(ctx, right)
        case syntax.Binary("*", left, right):
            factor, counted = (right, left) if _counter(ctx, right) is None else (left, right)
            if _counter(ctx, factor) is not None:
                _report(ctx, node.span, "two counters are multiplied", "a bound is linear in its counters")
                return
            changing = _changing(ctx, factor)
            if changing is not None:
                _report(
                    ctx,
                    factor.span,
                    "this factor can change while the system runs",
                    "multiply counters only by numbers and constants",
                )
                return
            _check_linear(ctx, counted)
        case _:
            _report(ctx, node.span, "the counter is not simply added up here", FORM)


def _changing(ctx: Context, node: syntax.Expression) -> Span | None:
    """The first part of `node` that is neither a number nor a constant."""
    for each in walk(node):
        match each:
            case syntax.Name() if not isinstance(ctx.tables.name.get(id(each)), ConstantMeaning):
                return each.span
            case syntax.Call() | syntax.Attribute() | syntax.Index():
                return each.span
            case _:
                pass
    return None


def _report(ctx: Context, span: Span, why: str, advice: str) -> None:
    ctx.findings.error(
        "DS0413",
        "this bound cannot be decided",
        span,
        why,
        advice=advice,
        note="counters are no part of the state: a bound is decided by the longest path, which needs a sum",
    )
