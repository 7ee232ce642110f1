"""What is a quantity that depends on unknowns? A polynomial in them with exact rational coefficients.

Nearly all of them are linear. A product of two unknowns (a drift that is asked for, times a delay) has degree two.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import prod

from dscheck.record import record

Monomial = tuple[str, ...]
"""The unknowns that are multiplied, in alphabetical order; none for the constant."""

Assignment = Mapping[str, Fraction]


@record
class Polynomial:
    """The sum of its terms; none of the coefficients is zero."""

    terms: Mapping[Monomial, Fraction]


def number(value: Fraction | int) -> Polynomial:
    """A constant."""
    return Polynomial({(): Fraction(value)} if value else {})


def unknown(name: str) -> Polynomial:
    """An unknown."""
    return Polynomial({(name,): Fraction(1)})


def add(*addends: Polynomial) -> Polynomial:
    """The sum."""
    terms: dict[Monomial, Fraction] = {}
    for addend in addends:
        for monomial, coefficient in addend.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
    return Polynomial({monomial: coefficient for monomial, coefficient in terms.items() if coefficient})


def scale(polynomial: Polynomial, factor: Fraction | int) -> Polynomial:
    """`factor` times `polynomial`."""
    if not factor:
        return number(0)
    return Polynomial({monomial: coefficient * factor for monomial, coefficient in polynomial.terms.items()})


def subtract(left: Polynomial, right: Polynomial) -> Polynomial:
    """The difference."""
    return add(left, scale(right, -1))


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product."""
    return add(
        *(
            Polynomial({tuple(sorted((*one, *other))): a * b})
            for one, a in left.terms.items()
            for other, b in right.terms.items()
        )
    )


def constant_of(polynomial: Polynomial) -> Fraction | None:
    """Its value if it depends on no unknown."""
    if not polynomial.terms:
        return Fraction(0)
    return polynomial.terms.get(()) if len(polynomial.terms) == 1 else None


def unknowns_of(polynomials: Iterable[Polynomial]) -> dict[str, None]:
    """The unknowns that they depend on, each once, in the order in which they are met."""
    return {name: None for polynomial in polynomials for monomial in polynomial.terms for name in monomial}


def is_linear(polynomial: Polynomial) -> bool:
    """Does it multiply no two unknowns?"""
    return all(len(monomial) <= 1 for monomial in polynomial.terms)


def substitute(polynomial: Polynomial, known: Assignment) -> Polynomial:
    """`polynomial` with the values of some unknowns put in."""
    parts = []
    for monomial, coefficient in polynomial.terms.items():
        factor = prod((known[name] for name in monomial if name in known), start=coefficient)
        rest = tuple(name for name in monomial if name not in known)
        parts.append(Polynomial({rest: factor} if factor else {}))
    return add(*parts)


def value_at(polynomial: Polynomial, values: Assignment) -> Fraction:
    """Its value where every unknown has one."""
    terms = polynomial.terms.items()
    return sum((prod((values[name] for name in monomial), start=factor) for monomial, factor in terms), Fraction(0))
