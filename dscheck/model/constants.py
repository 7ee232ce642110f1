"""What is the value of a constant expression? Integers and bools, computed before any state exists."""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.source import Span

Constant = int | bool


class NotConstantError(Exception):
    """An expression that has no value without a state, or no value at all.

    Attributes:
        span: the part at fault.
    """

    def __init__(self, message: str, span: Span) -> None:
        self.span = span
        super().__init__(message)


def evaluate_constant(expression: syntax.Expression, constants: Mapping[str, Constant]) -> Constant:
    """The value of `expression`.

    Args:
        expression: of numbers, bools, constants and their operators.
        constants: values of the constants it may name.

    Raises:
        NotConstantError: it names something else, or divides by zero.
    """

    def value(part: syntax.Expression) -> Constant:
        return evaluate_constant(part, constants)

    match expression:
        case syntax.Number(number):
            return number
        case syntax.Name("true" | "false" as word):
            return word == "true"
        case syntax.Name(name) if name in constants:
            return constants[name]
        case syntax.Unary("-", operand):
            return -value(operand)
        case syntax.Unary("not", operand):
            return not value(operand)
        case syntax.IfElse(then, condition, otherwise):
            return value(then) if value(condition) else value(otherwise)
        case syntax.Comparison(operands, operators):
            values = [value(operand) for operand in operands]
            return all(_compare(operator, a, b) for operator, a, b in zip(operators, values, values[1:], strict=False))
        case syntax.Call(function, arguments) if function.name in {"min", "max"} and arguments:
            values = [value(argument) for argument in arguments]
            return min(values) if function.name == "min" else max(values)
        case syntax.Binary(operator, left, right):
            return _binary(operator, value(left), value(right), expression.span)
        case _:
            raise NotConstantError("this is not a constant expression", expression.span)


def _compare(operator: str, a: Constant, b: Constant) -> bool:
    match operator:
        case "==":
            return a == b
        case "!=":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case _:
            return a >= b


def _binary(operator: str, a: Constant, b: Constant, span: Span) -> Constant:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/" | "%":
            if b == 0:
                raise NotConstantError("division by zero", span)
            return a // b if operator == "/" else a % b
        case "and":
            return bool(a and b)
        case "or":
            return bool(a or b)
        case "implies":
            return bool(not a or b)
        case "iff":
            return bool(a) == bool(b)
        case _:
            raise NotConstantError(f"'{operator}' does not make a constant", span)
