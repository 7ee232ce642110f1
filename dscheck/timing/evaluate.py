"""What is the value of an expression where all times are known? Plain arithmetic of fractions, without any solver.

It is written apart from `quantities` on purpose: every schedule that z3 finds is looked at again with it.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from dscheck.language import syntax
from dscheck.language.format_expression import format_expression
from dscheck.record import record
from dscheck.timing.quantities import Infinite

Plain = Fraction | Infinite | bool


@record
class Run:
    """One schedule: all that an expression can speak of.

    Attributes:
        times: of the events.
        readings: what a clock shows at an event, for each pair that some line speaks of.
        named: the value of a parameter, constant, `let` or query in this schedule.
    """

    times: Mapping[str, Fraction]
    readings: Mapping[tuple[str, str], Fraction]
    named: Callable[[str, "Run"], Plain]


def evaluate(expression: syntax.Expression, run: Run) -> Plain:
    """The value of `expression` in `run`.

    Raises:
        ValueError: it has no value, such as a division by zero.
    """
    match expression:
        case syntax.Number(value):
            return Fraction(value)
        case syntax.Decimal(text):
            return Fraction(text)
        case syntax.Name("true" | "false" as word):
            return word == "true"
        case syntax.Name("inf"):
            return Infinite(1)
        case syntax.Name(name):
            return run.named(name, run)
        case syntax.Call(function, arguments):
            return _call(expression, function.name, arguments, run)
        case syntax.Unary("-", operand):
            negated = evaluate(operand, run)
            return Infinite(-negated.sign) if isinstance(negated, Infinite) else -Fraction(negated)
        case syntax.Unary(_, operand):
            return not evaluate(operand, run)
        case syntax.Binary("and", left, right):
            return _truth(left, run) and _truth(right, run)
        case syntax.Binary("or", left, right):
            return _truth(left, run) or _truth(right, run)
        case syntax.Binary("implies", left, right):
            return not _truth(left, run) or _truth(right, run)
        case syntax.Binary("iff", left, right):
            return _truth(left, run) == _truth(right, run)
        case syntax.Binary(operator, left, right):
            return _arithmetic(operator, _number(left, run), _number(right, run))
        case syntax.Comparison(operands, operators):
            values = [evaluate(operand, run) for operand in operands]
            return all(is_so(*each) for each in zip(values, operators, values[1:], strict=False))
        case syntax.IfElse(then, condition, otherwise):
            return evaluate(then if _truth(condition, run) else otherwise, run)
        case _:
            raise ValueError(f"{format_expression(expression)} has no value")


def is_so(left: Plain, operator: str, right: Plain) -> bool:
    """Is `left operator right` true?"""
    one, other = _key(left), _key(right)
    return {
        "<": one < other, "<=": one <= other, "==": one == other,
        "!=": one != other, ">": one > other, ">=": one >= other,
    }[operator]  # fmt: skip


def _key(value: Plain) -> tuple[int, Fraction]:
    """Orders numbers, with an infinity on each side."""
    return (value.sign, Fraction(0)) if isinstance(value, Infinite) else (0, Fraction(value))


def _truth(expression: syntax.Expression, run: Run) -> bool:
    return evaluate(expression, run) is True


def _number(expression: syntax.Expression, run: Run) -> Fraction | Infinite:
    value = evaluate(expression, run)
    if isinstance(value, bool):
        raise ValueError(f"{format_expression(expression)} is no number")
    return value


def _arithmetic(operator: str, left: Fraction | Infinite, right: Fraction | Infinite) -> Fraction | Infinite:
    if isinstance(left, Infinite) or isinstance(right, Infinite):
        return _with_infinity(operator, left, right)
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            return left / right
        case _:
            raise ValueError(f"{left} {operator} {right} has no value")


def _with_infinity(operator: str, left: Fraction | Infinite, right: Fraction | Infinite) -> Infinite:
    """Such as `worst + 1`, where nothing bounds `worst`."""
    one, other = (_sign(side) for side in (left, right))
    match operator:
        case "-" if isinstance(right, Infinite):
            return _with_infinity("+", left, Infinite(-right.sign))
        case "+" | "-" if left == right or not (isinstance(left, Infinite) and isinstance(right, Infinite)):
            return left if isinstance(left, Infinite) else Infinite(other)
        case "*" | "/" if one and other and not (operator == "/" and isinstance(right, Infinite)):
            return Infinite(one * other)
        case _:
            raise ValueError(f"{left} {operator} {right} has no value")


def _sign(value: Fraction | Infinite) -> int:
    return value.sign if isinstance(value, Infinite) else (value > 0) - (value < 0)


def _call(expression: syntax.Expression, function: str, arguments: tuple[syntax.Expression, ...], run: Run) -> Plain:
    match function, arguments:
        case (("min" | "max"), _):
            return (min if function == "min" else max)((evaluate(each, run) for each in arguments), key=_key)
        case "abs", (argument,):
            value = _number(argument, run)
            return Infinite(1) if isinstance(value, Infinite) else abs(value)
        case "T", (syntax.Name(event),):
            return run.times[event]
        case _, (syntax.Name(event),):
            return run.readings[function, event]
        case _:
            raise ValueError(f"{format_expression(expression)} has no value")
