"""Around one value of a parameter, for which values do comparisons have a solution, if it multiplies the unknowns?

The unknowns are eliminated one after the other, as by Fourier and Motzkin: from two comparisons that bound one from
below and from above follows one without it. The factors are polynomials in the parameter; which way a comparison points
depends on the sign of its factor, so that each sign becomes a condition on the parameter. What is left are conditions
on the parameter alone; they hold up to the nearest root.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dscheck.record import record
from dscheck.timing.formulas import Atom, Sign
from dscheck.timing.intervals import Interval
from dscheck.timing.polynomial import Polynomial, add, constant_of, multiply, number, scale, value_at
from dscheck.timing.quantities import Unanswered

_MOST_ROWS = 3000


@record
class _Row:
    """`factors · unknowns + rest sign 0`, where factors and rest are polynomials in the parameter."""

    factors: Mapping[str, Polynomial]
    rest: Polynomial
    sign: Sign


def cell_around(value: Fraction, name: str, atoms: Sequence[Atom]) -> Interval:
    """Values of the parameter `name` around `value`, for all of which `atoms` have a solution.

    Args:
        value: a value for which they have one.
        name: the parameter.
        atoms: none with `!=`; for a value of the parameter they are linear.

    Raises:
        Unanswered: two unknowns are multiplied, there are too many comparisons, or an end is no fraction.
    """
    here = {name: value}
    rows = [_row(atom, name) for atom in atoms]
    conditions: list[Atom] = []
    while names := {each for row in rows for each in row.factors}:
        rows = _without(_cheapest(names, rows), rows, here, conditions)
        if len(rows) > _MOST_ROWS:
            raise Unanswered(f"too many comparisons with `{name}` as a factor")
    conditions += [Atom(row.rest, row.sign) for row in rows]
    low: Fraction | None = None
    high: Fraction | None = None
    low_in = high_in = False
    for condition in conditions:
        if constant_of(condition.left) is not None:
            continue
        if condition.sign == "==":
            return Interval(value, value)
        closed = condition.sign == "<="
        for root in roots_of(condition.left, name):
            if root == value:
                return Interval(value, value)
            if root < value and (low is None or root > low or (root == low and not closed)):
                low, low_in = root, closed
            if root > value and (high is None or root < high or (root == high and not closed)):
                high, high_in = root, closed
    return Interval(low, high, low_in, high_in)


def roots_of(polynomial: Polynomial, name: str) -> list[Fraction]:
    """The roots of a polynomial in `name`, in increasing order.

    Raises:
        Unanswered: one of them is no fraction.
    """
    from z3 import RealSort, RealVal, Var, z3num

    variable = Var(0, RealSort())
    terms = [
        RealVal(str(factor)) * _power(variable, len(monomial), RealVal(1))
        for monomial, factor in polynomial.terms.items()
    ]
    roots = z3num.isolate_roots(sum(terms[1:], terms[0]))
    if not all(root.is_rational() for root in roots):
        raise Unanswered(f"an end of the values of `{name}` is a root that is no fraction")
    return sorted(root.as_fraction() for root in roots)


def _row(atom: Atom, name: str) -> _Row:
    factors: dict[str, Polynomial] = {}
    rest: list[Polynomial] = []
    for monomial, coefficient in atom.left.terms.items():
        others = [each for each in monomial if each != name]
        term = Polynomial({tuple(each for each in monomial if each == name): coefficient})
        if len(others) > 1:
            raise Unanswered(f"`{name}` is not the only factor of an unknown")
        if others:
            factors[others[0]] = add(factors.get(others[0], number(0)), term)
        else:
            rest.append(term)
    return _Row(factors, add(*rest), atom.sign)


def _cheapest(names: set[str], rows: Sequence[_Row]) -> str:
    """The unknown whose elimination makes the fewest comparisons: first those with an equation."""

    def cost(name: str) -> tuple[bool, int]:
        with_it = [row for row in rows if name in row.factors]
        return not any(row.sign == "==" for row in with_it), len(with_it)

    return min(sorted(names), key=cost)


def _without(name: str, rows: Sequence[_Row], here: Mapping[str, Fraction], conditions: list[Atom]) -> list[_Row]:
    """What `rows` say about the other unknowns, as long as the parameter keeps to the `conditions` that this adds."""
    left: list[_Row] = []
    with_it: list[tuple[_Row, int]] = []
    for row in rows:
        factor = row.factors.get(name)
        if factor is None:
            left.append(row)
            continue
        value = value_at(factor, here)
        if not value:  # the factor vanishes here, and only here
            conditions.append(Atom(factor, "=="))
            left.append(_Row({each: of for each, of in row.factors.items() if each != name}, row.rest, row.sign))
            continue
        direction = 1 if value > 0 else -1
        conditions.append(Atom(scale(factor, -direction), "<"))
        with_it.append((row, direction))
    equation = next((each for each in with_it if each[0].sign == "=="), None)
    if equation is not None:
        (row, direction), others = equation, [each for each in with_it if each is not equation]
        for other, _ in others:
            size, minus = scale(row.factors[name], direction), scale(other.factors[name], -direction)
            left.append(_combined(other, size, row, minus, name, other.sign))
        return left
    for upper, direction in with_it:
        for lower, opposite in with_it:
            if direction > 0 > opposite:
                sign: Sign = "<" if "<" in (upper.sign, lower.sign) else "<="
                left.append(_combined(upper, scale(lower.factors[name], -1), lower, upper.factors[name], name, sign))
    return left


def _combined(one: _Row, times: Polynomial, other: _Row, often: Polynomial, gone: str, sign: Sign) -> _Row:
    """`times · one + often · other`, in which the unknown `gone` has no factor any more."""
    factors = {}
    for name in {**one.factors, **other.factors}:
        if name != gone:
            factor = add(
                multiply(times, one.factors.get(name, number(0))), multiply(often, other.factors.get(name, number(0)))
            )
            if factor.terms:
                factors[name] = factor
    return _Row(factors, add(multiply(times, one.rest), multiply(often, other.rest)), sign)


def _power(base: object, exponent: int, one: object) -> object:
    result = one
    for _ in range(exponent):
        result = result * base  # type: ignore[operator]
    return result
