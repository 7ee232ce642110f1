"""What is a condition on unknowns? Comparisons of polynomials with zero, joined by "all" and "either".

There is no "not": it is pushed down to the comparisons, so that a schedule that satisfies a formula also satisfies a
plain list of its comparisons, which is a linear program (`implicant`).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal, assert_never

from dscheck.record import record
from dscheck.timing.polynomial import Assignment, Polynomial, constant_of, scale, subtract, value_at

Sign = Literal["<", "<=", "==", "!="]


@record
class Atom:
    """`left < 0`, `left <= 0`, `left == 0`, `left != 0`"""

    left: Polynomial
    sign: Sign


@record
class All:
    """Every part holds."""

    parts: tuple["Formula", ...]


@record
class Either:
    """Some part holds."""

    parts: tuple["Formula", ...]


Formula = Atom | All | Either

TRUE = All(())
FALSE = Either(())


def all_of(parts: Iterable[Formula]) -> Formula:
    """The conjunction, without parts that say nothing."""
    kept: list[Formula] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        kept.extend(part.parts if isinstance(part, All) else (part,))
    return kept[0] if len(kept) == 1 else All(tuple(kept))


def either_of(parts: Iterable[Formula]) -> Formula:
    """The disjunction, without parts that say nothing."""
    kept: list[Formula] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        kept.extend(part.parts if isinstance(part, Either) else (part,))
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def compare(left: Polynomial, operator: str, right: Polynomial) -> Formula:
    """`left operator right`, for the six comparisons; decided at once where no unknown is left.

    Raises:
        KeyError: it is none of the six.
    """
    if operator in {">", ">="}:
        left, operator, right = right, {">": "<", ">=": "<="}[operator], left
    difference = subtract(left, right)
    signs: dict[str, Sign] = {"<": "<", "<=": "<=", "==": "==", "!=": "!="}
    sign = signs[operator]
    constant = constant_of(difference)
    if constant is None:
        return Atom(difference, sign)
    return TRUE if _is(constant, sign) else FALSE


def negate(formula: Formula) -> Formula:
    """The opposite."""
    match formula:
        case Atom(left, "<"):
            return Atom(scale(left, -1), "<=")
        case Atom(left, "<="):
            return Atom(scale(left, -1), "<")
        case Atom(left, "=="):
            return Atom(left, "!=")
        case Atom(left, _):
            return Atom(left, "==")
        case All(parts):
            return either_of(negate(part) for part in parts)
        case Either(parts):
            return all_of(negate(part) for part in parts)
        case _:
            assert_never(formula)


def holds(formula: Formula, values: Assignment) -> bool:
    """Is it true for these values?"""
    match formula:
        case Atom(left, sign):
            return _is(value_at(left, values), sign)
        case All(parts):
            return all(holds(part, values) for part in parts)
        case Either(parts):
            return any(holds(part, values) for part in parts)
        case _:
            assert_never(formula)


def implicant(formula: Formula, values: Assignment) -> list[Atom]:
    """Comparisons, all true for `values` and none with `!=`, that together imply `formula`.

    Args:
        formula: true for `values`.
        values: of every unknown.

    Raises:
        ValueError: `formula` is not true for `values`.
    """
    match formula:
        case Atom(left, "!="):
            if not value_at(left, values):
                raise ValueError(f"{formula} does not hold")
            return [Atom(left if value_at(left, values) < 0 else scale(left, -1), "<")]
        case Atom():
            if not holds(formula, values):
                raise ValueError(f"{formula} does not hold")
            return [formula]
        case All(parts):
            return [atom for part in parts for atom in implicant(part, values)]
        case Either(parts):
            for part in parts:
                if holds(part, values):
                    return implicant(part, values)
            raise ValueError(f"{formula} does not hold")
        case _:
            assert_never(formula)


def closed(atoms: Iterable[Atom]) -> list[Atom]:
    """The same with their limits: `<` becomes `<=`. If the atoms have a solution at all, these are its limit points."""
    return [Atom(atom.left, "<=") if atom.sign == "<" else atom for atom in atoms]


def atoms_of(formula: Formula) -> Iterator[Atom]:
    """All comparisons in it."""
    if isinstance(formula, Atom):
        yield formula
    else:
        for part in formula.parts:
            yield from atoms_of(part)


def _is(value: Fraction, sign: Sign) -> bool:
    match sign:
        case "<":
            return value < 0
        case "<=":
            return value <= 0
        case "==":
            return value == 0
        case "!=":
            return value != 0
        case _:
            assert_never(sign)
