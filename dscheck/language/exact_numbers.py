"""Which number does a constant expression of a timing block stand for, exactly?

Numbers are pairs of whole numbers: `fractions.Fraction` would take five milliseconds of every run, also of those whose
spec has no timing block.
"""

from collections.abc import Iterable, Mapping
from math import gcd

from dscheck.language import syntax
from dscheck.language.traversal import walk
from dscheck.record import record


@record
class Exact:
    """`numerator / denominator` in lowest terms; the denominator is positive, or zero for the two infinities."""

    numerator: int
    denominator: int

    def __lt__(self, other: "Exact") -> bool:
        if self.denominator == other.denominator == 0:
            return self.numerator < other.numerator
        return self.numerator * other.denominator < other.numerator * self.denominator

    def __str__(self) -> str:
        if self.denominator == 0:
            return "inf" if self.numerator > 0 else "-inf"
        return str(self.numerator) if self.denominator == 1 else f"{self.numerator}/{self.denominator}"


ZERO, ONE = Exact(0, 1), Exact(1, 1)
INFINITY, MINUS_INFINITY = Exact(1, 0), Exact(-1, 0)


def is_infinity(node: syntax.Expression) -> bool:
    """Whether this is `inf` or `-inf`."""
    match node:
        case syntax.Name("inf") | syntax.Unary("-", syntax.Name("inf")):
            return True
        case _:
            return False


def bound_value(node: syntax.Expression, values: Mapping[str, Exact]) -> Exact | None:
    """The number that a bound stands for, which may be infinite; None if that is not known."""
    if is_infinity(node):
        return INFINITY if isinstance(node, syntax.Name) else MINUS_INFINITY
    return exact_value(node, values)


def exact_value(node: syntax.Expression, values: Mapping[str, Exact]) -> Exact | None:
    """The number that `node` stands for; None if it is not known before the solver runs.

    Args:
        node: an expression.
        values: numbers of the names in it, as far as they are known.
    """
    match node:
        case syntax.Number(whole_number):
            return Exact(whole_number, 1)
        case syntax.Decimal(text):
            whole, _, decimals = text.partition(".")
            return _reduced(int(whole + decimals), 10 ** len(decimals))
        case syntax.Name(name):
            return values.get(name)
        case syntax.Unary("-", operand):
            value = exact_value(operand, values)
            return None if value is None else Exact(-value.numerator, value.denominator)
        case syntax.Binary("+" | "-" | "*" | "/" as operator, left, right):
            a, b = exact_value(left, values), exact_value(right, values)
            return None if a is None or b is None else _combined(operator, a, b)
        case syntax.Call(syntax.Identifier("min" | "max" | "abs" as function), arguments):
            found = [exact_value(argument, values) for argument in arguments]
            known = [value for value in found if value is not None]
            if not known or len(known) < len(found):
                return None
            if function == "abs":
                return Exact(abs(known[0].numerator), known[0].denominator)
            return min(known) if function == "min" else max(known)
        case _:
            return None


def constants_of(ordered: Iterable[syntax.Constant]) -> dict[str, Exact]:
    """The default values of the protocol's constants, as far as they are plain sums and products.

    Args:
        ordered: each after those that it names. One with `/`, which rounds down in a protocol, is left out.
    """
    values: dict[str, Exact] = {}
    for constant in ordered:
        divides = any(isinstance(node, syntax.Binary) and node.operator == "/" for node in walk(constant.value))
        value = None if divides else exact_value(constant.value, values)
        if value is not None:
            values[constant.name.name] = value
    return values


def _combined(operator: str, a: Exact, b: Exact) -> Exact | None:
    match operator:
        case "+":
            return _reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
        case "-":
            return _reduced(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
        case "*":
            return _reduced(a.numerator * b.numerator, a.denominator * b.denominator)
        case _:
            return _reduced(a.numerator * b.denominator, a.denominator * b.numerator) if b.numerator else None


def _reduced(numerator: int, denominator: int) -> Exact:
    """In lowest terms, with the sign above."""
    shared = gcd(numerator, denominator) * (1 if denominator > 0 else -1)
    return Exact(numerator // shared, denominator // shared)
