"""What does an expression of a timing block stand for? A polynomial in the unknowns, an infinity, or a formula.

`min`, `max`, `abs` and `a if c else b` become a new unknown with a definition. Such a definition has exactly one
solution for any values of the other unknowns, so that it takes no schedule away.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from dscheck.language import syntax
from dscheck.language.format_expression import format_expression
from dscheck.record import record
from dscheck.timing.formulas import (
    FALSE,
    TRUE,
    All,
    Atom,
    Either,
    Formula,
    all_of,
    atoms_of,
    compare,
    either_of,
    negate,
)
from dscheck.timing.polynomial import Polynomial, add, constant_of, multiply, number, scale, subtract

_SHORT = 8
"""So many comparisons are written twice rather than named."""


class Unanswered(Exception):
    """A question that has no exact answer here; the message is a sentence that says which and why."""


@record
class Infinite:
    """No bound: `inf` (sign 1) or `-inf` (sign -1)."""

    sign: int


Quantity = Polynomial | Infinite
Value = Quantity | Formula


class Scope(Protocol):
    """What the names mean."""

    def named(self, name: str) -> Value:
        """A parameter, constant, `let` or query."""

    def reading(self, clock: str, event: str) -> Polynomial:
        """What `clock` shows at `event`; `T` is real time."""

    def define(self, definition: Formula) -> None:
        """Take the definition of a new unknown."""

    def fresh(self, word: str) -> Polynomial:
        """A new unknown."""


def value_of(expression: syntax.Expression, scope: Scope) -> Value:
    """What `expression` stands for.

    Raises:
        Unanswered: it divides by zero or by an unknown, or takes one infinity from another.
    """
    match expression:
        case syntax.Number(value):
            return number(value)
        case syntax.Decimal(text):
            return number(Fraction(text))
        case syntax.Name("true"):
            return TRUE
        case syntax.Name("false"):
            return FALSE
        case syntax.Name("inf"):
            return Infinite(1)
        case syntax.Name(name):
            return scope.named(name)
        case syntax.Call(function, arguments):
            return _call(expression, function.name, arguments, scope)
        case syntax.Unary("-", operand):
            return negative(quantity_of(operand, scope))
        case syntax.Unary(_, operand):
            return negate(formula_of(operand, scope))
        case syntax.Binary("and", left, right):
            return all_of((formula_of(left, scope), formula_of(right, scope)))
        case syntax.Binary("or", left, right):
            return either_of((formula_of(left, scope), formula_of(right, scope)))
        case syntax.Binary("implies", left, right):
            return either_of((negate(formula_of(left, scope)), formula_of(right, scope)))
        case syntax.Binary("iff", left, right):
            return _same(formula_of(left, scope), formula_of(right, scope), scope)
        case syntax.Binary("+" | "-" | "*" | "/"):
            return _arithmetic(expression, scope)
        case syntax.Comparison(operands, operators):
            values = [value_of(operand, scope) for operand in operands]
            return all_of(_compared(*each, scope) for each in zip(values, operators, values[1:], strict=False))
        case syntax.IfElse(then, condition, otherwise):
            return _if_else(formula_of(condition, scope), value_of(then, scope), value_of(otherwise, scope), scope)
        case _:
            raise Unanswered(f"`{format_expression(expression)}` has no meaning in real time")


def quantity_of(expression: syntax.Expression, scope: Scope) -> Quantity:
    """The number that `expression` stands for.

    Raises:
        Unanswered: as `value_of`, or it is a truth value.
    """
    value = value_of(expression, scope)
    if isinstance(value, Polynomial | Infinite):
        return value
    raise Unanswered(f"`{format_expression(expression)}` is true or false, and a number is needed")


def formula_of(expression: syntax.Expression, scope: Scope) -> Formula:
    """The condition that `expression` stands for.

    Raises:
        Unanswered: as `value_of`, or it is a number.
    """
    value = value_of(expression, scope)
    if isinstance(value, Atom | All | Either):
        return value
    raise Unanswered(f"`{format_expression(expression)}` is a number, and a condition is needed")


def negative(value: Quantity) -> Quantity:
    """`-value`"""
    return Infinite(-value.sign) if isinstance(value, Infinite) else scale(value, -1)


def compared(left: Quantity, operator: str, right: Quantity) -> Formula:
    """`left operator right`; an infinity is more, or less, than every number and equal to itself."""
    if isinstance(left, Polynomial) and isinstance(right, Polynomial):
        return compare(left, operator, right)
    signs = [each.sign if isinstance(each, Infinite) else 0 for each in (left, right)]
    return compare(number(signs[0]), operator, number(signs[1]))


def _compared(left: Value, operator: str, right: Value, scope: Scope) -> Formula:
    if isinstance(left, Polynomial | Infinite) and isinstance(right, Polynomial | Infinite):
        return compared(left, operator, right)
    if isinstance(left, Atom | All | Either) and isinstance(right, Atom | All | Either) and operator in {"==", "!="}:
        same = _same(left, right, scope)
        return same if operator == "==" else negate(same)
    raise Unanswered(f"`{operator}` compares a number with a truth value")


def _same(left: Formula, right: Formula, scope: Scope) -> Formula:
    left, right = _short(left, scope), _short(right, scope)
    return either_of((all_of((left, right)), all_of((negate(left), negate(right)))))


def _short(formula: Formula, scope: Scope) -> Formula:
    """`formula`, which is to be written twice; a long one as a comparison that means the same.

    Twice and twice again, sixteen `iff` in a row would be a formula of a hundred thousand comparisons.
    """
    if sum(1 for _ in atoms_of(formula)) <= _SHORT:
        return formula
    truth = scope.fresh("truth")
    yes, no = compare(truth, "==", number(1)), compare(truth, "==", number(0))
    scope.define(either_of((all_of((formula, yes)), all_of((negate(formula), no)))))
    return yes


def _arithmetic(expression: syntax.Binary, scope: Scope) -> Quantity:
    left, right = quantity_of(expression.left, scope), quantity_of(expression.right, scope)
    match expression.operator:
        case "+":
            return _sum(expression, left, right)
        case "-":
            return _sum(expression, left, negative(right))
        case "*":
            return _product(expression, left, right)
        case _:
            return _quotient(expression, left, right)


def _sum(expression: syntax.Binary, left: Quantity, right: Quantity) -> Quantity:
    if isinstance(left, Polynomial) and isinstance(right, Polynomial):
        return add(left, right)
    infinities = {each for each in (left, right) if isinstance(each, Infinite)}
    if len(infinities) > 1:
        raise Unanswered(f"`{format_expression(expression)}` takes an infinity from another")
    return infinities.pop()


def _product(expression: syntax.Binary, left: Quantity, right: Quantity) -> Quantity:
    if isinstance(left, Polynomial) and isinstance(right, Polynomial):
        return multiply(left, right)
    sign = 1
    for factor in (left, right):
        constant = Fraction(factor.sign) if isinstance(factor, Infinite) else constant_of(factor)
        if not constant:
            raise Unanswered(f"`{format_expression(expression)}` multiplies an infinity with what is or may be zero")
        sign *= 1 if constant > 0 else -1
    return Infinite(sign)


def _quotient(expression: syntax.Binary, left: Quantity, right: Quantity) -> Quantity:
    text = f"`{format_expression(expression)}`"
    if isinstance(right, Infinite):
        raise Unanswered(f"{text} divides by an infinity")
    divisor = constant_of(right)
    if divisor is None:
        raise Unanswered(f"{text} divides by `{format_expression(expression.right)}`, which is unknown")
    if not divisor:
        raise Unanswered(f"{text} divides by zero: `{format_expression(expression.right)}` is 0")
    if isinstance(left, Infinite):
        return left if divisor > 0 else negative(left)
    return scale(left, 1 / divisor)


def _call(expression: syntax.Expression, function: str, arguments: Sequence[syntax.Expression], scope: Scope) -> Value:
    match function, arguments:
        case (("min" | "max"), _) if arguments:
            return _extreme(function, [quantity_of(each, scope) for each in arguments], scope)
        case "abs", (argument,):
            value = quantity_of(argument, scope)
            return _extreme("max", [value, negative(value)], scope)
        case _, (syntax.Name(event),):
            return scope.reading(function, event)
    raise Unanswered(f"`{format_expression(expression)}` has no meaning in real time")


def _extreme(kind: str, values: list[Quantity], scope: Scope) -> Quantity:
    """The least or the greatest of `values`."""
    absorbing = Infinite(-1 if kind == "min" else 1)
    if absorbing in values:
        return absorbing
    finite = [each for each in values if isinstance(each, Polynomial)]
    if not finite:
        return values[0]
    first, *others = finite
    differences = [constant_of(subtract(other, first)) for other in others]
    if None not in differences:  # the order of all is known: `max(T(a) + 1, T(a) + 2)`
        best = (min if kind == "min" else max)([Fraction(0), *(each for each in differences if each is not None)])
        return add(first, number(best))
    result = scope.fresh(kind)
    bound = "<=" if kind == "min" else ">="
    bounds = [compare(result, bound, each) for each in finite]
    scope.define(all_of([*bounds, either_of([compare(result, "==", each) for each in finite])]))
    return result


def _if_else(condition: Formula, then: Value, otherwise: Value, scope: Scope) -> Value:
    if condition == TRUE:
        return then
    if condition == FALSE:
        return otherwise
    condition = _short(condition, scope)
    if isinstance(then, Polynomial) and isinstance(otherwise, Polynomial):
        result = scope.fresh("if")
        one, other = compare(result, "==", then), compare(result, "==", otherwise)
        scope.define(either_of((all_of((condition, one)), all_of((negate(condition), other)))))
        return result
    if isinstance(then, Atom | All | Either) and isinstance(otherwise, Atom | All | Either):
        return either_of((all_of((condition, then)), all_of((negate(condition), otherwise))))
    raise Unanswered("`if … else` has a number and a truth value, or an infinity that depends on the schedule")
