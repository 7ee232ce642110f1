"""Which formulas do the constants decide alone? `if BUG:` with `BUG = false` is a variant, not a dead branch."""

import operator
from collections.abc import Callable

from dscheck.domains import Value
from dscheck.model.expressions import Apply, Conditional, Connective, Expression, Literal

_FOLDED: dict[str, Callable[..., Value]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "negate": operator.neg,
    "iff": operator.eq,
    "min": min,
    "max": max,
}


def decided(expression: Expression) -> bool | None:
    """The truth value that `expression` has in every state, None when that depends on the state.

    Only literals and their operators are looked at, so None may also mean that nobody looked closely enough.
    """
    match expression:
        case Connective("implies", left, right):
            return _either(_negated(decided(left)), decided(right))
        case Connective("or", left, right):
            return _either(decided(left), decided(right))
        case Connective(_, left, right):
            return _negated(_either(_negated(decided(left)), _negated(decided(right))))
        case Apply("not", (inner,)):
            return _negated(decided(inner))
        case _:
            value = _value(expression)
            return value if isinstance(value, bool) else None


def _negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return False if left is False and right is False else None


def _value(expression: Expression) -> Value:
    """The value of a constant expression; None when it has none (as `none` itself, which decides nothing)."""
    match expression:
        case Literal(value):
            return value
        case Apply(name, arguments) if name in _FOLDED:
            values = [_value(argument) for argument in arguments]
            return None if any(value is None for value in values) else _FOLDED[name](*values)
        case Conditional(test, then, otherwise):
            truth = decided(test)
            return None if truth is None else _value(then if truth else otherwise)
        case _:
            return None
