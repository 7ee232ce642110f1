"""Which questions does a check ask, as formulas over the transition system?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dscheck.domains import Int
from dscheck.language import checked, syntax
from dscheck.model.constants import NotConstantError, evaluate_constant
from dscheck.model.expressions import Apply, Connective, Expression, Invoke, Literal, Quantified
from dscheck.model.intervals import arithmetic
from dscheck.model.lower_assumptions import assumption_properties
from dscheck.model.lower_expression import lower_expression
from dscheck.model.lower_progress import progress_property
from dscheck.model.lower_silence import default_final
from dscheck.model.lowering import BOOL, TRUE, Lowering, nodes_of
from dscheck.model.rewriting import parts_of
from dscheck.model.scope import Scope
from dscheck.model.system import Property, PropertyKind
from dscheck.model.tracking import Comparison

Asked = syntax.Invariant | syntax.StepProperty | syntax.Reachable | syntax.Bound | syntax.Progress | syntax.Eventually
ZERO = Literal(0, Int(0, 0))
QUIET = "quiet"


def asked(lowering: Lowering) -> dict[str, Asked]:
    """The declared properties that this check asks, by name."""
    only = lowering.configuration.only
    return {name: item for name, item in lowering.checked.properties.items() if only is None or name in only}


def counters_of(lowering: Lowering) -> frozenset[str]:
    """The counters that the asked bounds use."""
    scope = Scope(lowering.checked.tables)
    bounds = [item for item in asked(lowering).values() if isinstance(item, syntax.Bound)]
    return frozenset(name for bound in bounds for name in _linear_form(lowering, bound, scope).coefficients)


def comparisons_of(lowering: Lowering) -> frozenset[Comparison]:
    """The comparisons of events in what this check asks."""
    items = asked(lowering).values()
    conditions: list[syntax.Expression] = [item.condition for item in items]
    conditions += [item.left for item in items if isinstance(item, syntax.Progress)]
    if lowering.checked.final is not None:
        conditions.append(lowering.checked.final.condition)
    tables = lowering.checked.tables
    return frozenset(found for condition in conditions for found in _comparisons(condition, tables))


def _comparisons(node: syntax.Expression, tables: checked.Tables) -> Iterator[Comparison]:
    """Those in an expression and in the functions that it calls."""
    for part in nodes_of(node):
        match part:
            case syntax.EventOrder(operator, left, right):
                yield Comparison(operator, tables.event[id(left)], tables.event[id(right)])
            case syntax.Call():
                called = tables.call.get(id(part))
                if isinstance(called, checked.Expansion) and isinstance(called.declaration, syntax.Function):
                    yield from _comparisons(called.declaration.body, called.tables)
            case _:
                pass


def properties_of(lowering: Lowering) -> tuple[Property, ...]:
    """The asked properties, tightness after its bound, what each assumption must not hide, the final condition last."""
    scope = Scope(lowering.checked.tables)
    found: list[Property] = []
    tight = {item.bound.name: item for item in lowering.checked.tights}
    for name, item in asked(lowering).items():
        text = lowering.checked.source.slice(item.condition.span)
        match item:
            case syntax.Invariant() | syntax.StepProperty() | syntax.Reachable():
                condition = lower_expression(lowering, item.condition, scope)
                antecedents = _antecedents(lowering, condition) if isinstance(item, syntax.Invariant) else ()
                found.append(
                    Property(
                        name,
                        _kind(item),
                        condition,
                        antecedents=antecedents,
                        text=text,
                        span=item.span,
                    )
                )
            case syntax.Progress() | syntax.Eventually():
                found.append(progress_property(lowering, item))
            case syntax.Bound():
                bound = _bound(lowering, item, scope, text)
                found.append(bound)
                if name in tight:
                    span = tight[name].span
                    found.append(replace(bound, name=f"tight {name}", kind="tight", antecedents=(), span=span))
    found.extend(assumption_properties(lowering))
    final = lowering.checked.final
    if final is None:
        found.append(Property("deadlock", "final", default_final(lowering)))
    else:
        condition = lower_expression(lowering, final.condition, scope)
        text = lowering.checked.source.slice(final.condition.span)
        found.append(Property("deadlock", "final", condition, text=text, span=final.span))
    return tuple(map(_asking_whether_quiet, found))


def _kind(item: syntax.Invariant | syntax.StepProperty | syntax.Reachable) -> PropertyKind:
    match item:
        case syntax.Invariant():
            return "invariant"
        case syntax.StepProperty():
            return "step"
        case syntax.Reachable():
            return "reachable"


def _antecedents(lowering: Lowering, condition: Expression) -> tuple[tuple[str, Expression], ...]:
    """Left sides of the implications that decide the formula, closed by the quantifiers around them."""
    match condition:
        case Quantified("forall", name, over, body):
            return tuple(
                (text, Quantified("exists", name, over, inner, BOOL)) for text, inner in _antecedents(lowering, body)
            )
        case Connective("and", left, right):
            return _antecedents(lowering, left) + _antecedents(lowering, right)
        case Connective("implies", left, right):
            inner = _antecedents(lowering, right)
            deeper = tuple((text, Connective("and", left, part, BOOL)) for text, part in inner)
            text = lowering.checked.source.slice(left.span) if left.span else ""
            return ((text, left), *deeper) if text else deeper
        case _:
            return ()


# --- bounds ------------------------------------------------------------------------------------


@dataclass
class _LinearForm:
    """`condition implies coefficients · counters <= limit`"""

    condition: syntax.Expression | None
    coefficients: dict[str, int]
    limit: Expression


def _bound(lowering: Lowering, item: syntax.Bound, scope: Scope, text: str) -> Property:
    form = _linear_form(lowering, item, scope)
    condition, antecedents = TRUE, ()
    if form.condition is not None:
        lowered = lower_expression(lowering, form.condition, scope)
        return Property(
            item.name.name,
            "bound",
            lowered,
            tuple(form.coefficients.items()),
            form.limit,
            ((lowering.checked.source.slice(form.condition.span), lowered),),
            text,
            item.span,
        )
    return Property(
        item.name.name, "bound", condition, tuple(form.coefficients.items()), form.limit, antecedents, text, item.span
    )


def _linear_form(lowering: Lowering, item: syntax.Bound, scope: Scope) -> _LinearForm:
    condition, comparison = None, item.condition
    if isinstance(comparison, syntax.Binary) and comparison.operator == "implies":
        condition, comparison = comparison.left, comparison.right
    if not isinstance(comparison, syntax.Comparison) or comparison.operators not in {("<=",), (">=",)}:
        raise lowering.refuse("DS0413", "a bound has the form `[A implies] L <= E` or `L >= E`", comparison.span)
    smaller, larger = comparison.operands if comparison.operators == ("<=",) else comparison.operands[::-1]
    low, low_rest = _split(lowering, smaller, scope)
    high, high_rest = _split(lowering, larger, scope)
    coefficients = {name: low.get(name, 0) - high.get(name, 0) for name in {**low, **high}}
    kept = {name: factor for name, factor in sorted(coefficients.items()) if factor}
    limit = high_rest if low_rest == ZERO else _minus(high_rest, low_rest)
    return _LinearForm(condition, kept, limit)


def _minus(left: Expression, right: Expression) -> Expression:
    return Apply("-", (left, right), arithmetic("-", left.domain, right.domain))


def _split(lowering: Lowering, expression: syntax.Expression, scope: Scope) -> tuple[dict[str, int], Expression]:
    """The counters of a linear expression with their factors, and the rest, which has none."""
    if not _counts(expression, scope):
        return {}, lower_expression(lowering, expression, scope)
    match expression:
        case syntax.Call():
            meaning = scope.tables.call[id(expression)]
            assert isinstance(meaning, checked.CounterMeaning)
            return dict.fromkeys(counter_names(meaning), 1), ZERO
        case syntax.Unary("-", operand):
            counters, rest = _split(lowering, operand, scope)
            return {name: -factor for name, factor in counters.items()}, _minus(ZERO, rest)
        case syntax.Binary("+" | "-" as operator, left, right):
            a, a_rest = _split(lowering, left, scope)
            b, b_rest = _split(lowering, right, scope)
            sign = 1 if operator == "+" else -1
            counters = {name: a.get(name, 0) + sign * b.get(name, 0) for name in {**a, **b}}
            domain = arithmetic(operator, a_rest.domain, b_rest.domain)
            return counters, Apply(operator, (a_rest, b_rest), domain)
        case syntax.Binary("*", left, right):
            factor, of = (left, right) if _counts(right, scope) else (right, left)
            by = _factor(lowering, factor)
            counters, rest = _split(lowering, of, scope)
            scaled = Apply("*", (Literal(by, Int(by, by)), rest), arithmetic("*", Int(by, by), rest.domain))
            return {name: by * value for name, value in counters.items()}, ZERO if rest == ZERO else scaled
        case _:
            raise lowering.refuse("DS0413", "counters may only be added, and multiplied by constants", expression.span)


def _factor(lowering: Lowering, expression: syntax.Expression) -> int:
    try:
        return int(evaluate_constant(expression, lowering.configuration.constants))
    except NotConstantError as error:
        raise lowering.refuse("DS0413", "a counter may only be multiplied by a constant", error.span) from None


def _counts(expression: syntax.Expression, scope: Scope) -> bool:
    """Does a counter occur in it?"""
    match expression:
        case syntax.Call():
            return isinstance(scope.tables.call.get(id(expression)), checked.CounterMeaning)
        case syntax.Binary(_, left, right):
            return _counts(left, scope) or _counts(right, scope)
        case syntax.Unary(_, operand):
            return _counts(operand, scope)
        case _:
            return False


def counter_names(meaning: checked.CounterMeaning) -> tuple[str, ...]:
    """The counters that a call such as `sent(Request, Reply)` adds up."""
    if meaning.action is not None:
        process, action = meaning.action
        return (f"fired {process}.{action}",)
    return tuple(f"{meaning.kind} {message}" for message in meaning.messages)


def _asking_whether_quiet(item: Property) -> Property:
    """A property that speaks of `quiet` should meet a quiet state: without one it says less than it seems to."""
    known = any(text == QUIET for text, _ in item.antecedents)
    if known or not any(part == Invoke(QUIET, (), BOOL) for part in parts_of(item.condition)):
        return item
    return replace(item, antecedents=(*item.antecedents, (QUIET, Invoke(QUIET, (), BOOL))))
