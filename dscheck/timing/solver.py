"""How is z3 asked? Formulas become SMT-LIB text, and what comes back becomes fractions.

Text, because z3 reads it a hundred times faster than Python builds its terms one by one.
"""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from time import monotonic
from typing import Any, assert_never

from dscheck.record import record
from dscheck.timing.formulas import All, Atom, Either, Formula, atoms_of
from dscheck.timing.polynomial import Polynomial, is_linear, unknowns_of
from dscheck.timing.quantities import Infinite, Unanswered

LONGEST_NONLINEAR = 30.0
"""Seconds for a question with products of unknowns if no limit is given: z3 may never end on one."""
_NEAR = 0.1
"""Seconds before the deadline in which z3 may have stopped for it."""


_DEFINED = re.compile(r"\(define-fun (?:\|(?P<quoted>[^|]*)\||(?P<plain>\S+)) \(\) Real\s+")
_NUMBER = re.compile(
    r"(?P<minus>\(-\s+)?(?:(?P<whole>\d+)\.0|\(/\s+(?P<above>\d+)\.0\s+(?P<below>\d+)\.0\))(?(minus)\))\)"
)


class Deadline:
    """When one question to z3 ends.

    Attributes:
        asked: the question, for the sentence that says that it has no answer.
    """

    def __init__(self, seconds: float | None, asked: str) -> None:
        self.asked = asked
        self.seconds = seconds
        self._end = None if seconds is None else monotonic() + seconds

    def left(self) -> int:
        """Milliseconds that are left; z3's "for ever" if there is no limit.

        Raises:
            Unanswered: none are left.
        """
        if self._end is None:
            return 2**32 - 1
        left = int((self._end - monotonic()) * 1000)
        if left <= 0:
            raise self.passed()
        return left

    def is_near(self) -> bool:
        """Is time up, but for so little that a clock may be wrong by it?"""
        return self._end is not None and self._end - monotonic() < _NEAR

    def part(self, seconds: float) -> "Deadline":
        """A deadline for a part of the work, which may take so many seconds, and no more than are left."""
        return Deadline(min(seconds, self.left() / 1000), self.asked)

    def passed(self) -> Unanswered:
        """The reason when time is up."""
        return Unanswered(f"no answer within {self.seconds:g} s to: {self.asked}")


class Values(dict[str, Fraction]):
    """Values of unknowns; one that nothing restricts may have any, and has 0."""

    def __missing__(self, name: str) -> Fraction:
        return Fraction(0)


@record
class Model:
    """Values that satisfy what was asked.

    Attributes:
        values: of the unknowns.
        irrational: unknowns whose value is no fraction, so that it cannot be shown.
    """

    values: Values
    irrational: tuple[str, ...] = ()


class Solver:
    """Formulas that are to hold together."""

    def __init__(self, formulas: Sequence[Formula], deadline: Deadline) -> None:
        import z3

        self.linear = all_linear(formulas)
        self.deadline = deadline
        self._z3 = z3
        self._solver = z3.SolverFor("QF_LRA") if self.linear else z3.Solver()
        self._unknowns: dict[str, None] = {}
        self.add(*formulas)

    def add(self, *formulas: Formula) -> None:
        """Let `formulas` hold."""
        self.add_named((None, formula) for formula in formulas)

    def add_named(self, formulas: Iterable[tuple[str | None, Formula]]) -> None:
        """Let each formula hold where its name, if it has one, is among what `check` supposes."""
        named = list(formulas)
        unknowns = unknowns_of(atom.left for _, formula in named for atom in atoms_of(formula))
        self._unknowns |= unknowns
        lines = _declarations(unknowns)
        lines += [f"(declare-const |{name}| Bool)" for name in dict.fromkeys(name for name, _ in named) if name]
        for name, formula in named:
            text = _text(formula)
            lines.append(f"(assert {text})" if name is None else f"(assert (=> |{name}| {text}))")
        self._solver.add(self._z3.parse_smt2_string("\n".join(lines)))

    def push(self) -> None:
        """Begin formulas that `pop` takes back."""
        self._solver.push()

    def pop(self) -> None:
        """Take back the formulas since the last `push`."""
        self._solver.pop()

    def check(self, supposed: Iterable[str] = ()) -> Model | None:
        """Values for all unknowns, or None if there are none.

        Raises:
            Unanswered: z3 does not know, or time is up.
            KeyboardInterrupt: the user stopped it.
        """
        return _model(self._solver.model(), self._unknowns) if self.is_possible(supposed) else None

    def is_possible(self, supposed: Iterable[str] = ()) -> bool:
        """As `check`, without the values."""
        self._solver.set("timeout", self.deadline.left())
        answer = self._solver.check(*(self._z3.Bool(name) for name in supposed))
        if answer == self._z3.unknown:
            raise _no_answer(self._solver.reason_unknown(), self.deadline)
        return bool(answer == self._z3.sat)

    def blamed(self) -> list[str]:
        """Of what the last check supposed, some that cannot hold together."""
        return [name.decl().name() for name in self._solver.unsat_core()]


@record
class Extreme:
    """The greatest value of a goal, or what it comes as near to as one likes.

    Attributes:
        value: the value, or infinite.
        attained: whether there are unknowns that give this value.
        model: values that satisfy the formulas; they give `value` if it is attained.
    """

    value: Fraction | Infinite
    attained: bool
    model: Model


def greatest(atoms: Sequence[Atom], goal: Polynomial, deadline: Deadline) -> Extreme:
    """Maximise the linear `goal` under linear comparisons that have a solution: a linear program.

    Where unknowns are multiplied, what z3 says is a guess, which may also be too low.

    Raises:
        Unanswered: z3 does not know, or time is up.
        KeyboardInterrupt: the user stopped it.
    """
    import z3

    unknowns = unknowns_of([goal, *(atom.left for atom in atoms)])
    lines = [
        *_declarations(unknowns),
        "(declare-const |the greatest| Real)",
        f"(assert (= |the greatest| {_polynomial(goal)}))",
    ]
    lines += [f"(assert {_text(atom)})" for atom in atoms]
    optimize = z3.Optimize()
    optimize.add(z3.parse_smt2_string("\n".join(lines)))
    handle = optimize.maximize(z3.Real("the greatest"))
    optimize.set("timeout", deadline.left())
    answer = optimize.check()
    if answer == z3.unknown:
        raise _no_answer(optimize.reason_unknown(), deadline)
    if answer == z3.unsat:
        raise AssertionError("z3 finds no solution where it found one before")
    upper = optimize.upper_values(handle)
    if not all(isinstance(each, z3.RatNumRef | z3.IntNumRef) for each in upper):
        raise Unanswered(f"the answer is no fraction: {deadline.asked}")
    infinite, value, nearly = (Fraction(each.as_string()) for each in upper)
    model = _model(optimize.model(), unknowns)
    if infinite:
        return Extreme(Infinite(1 if infinite > 0 else -1), False, model)
    return Extreme(value, not nearly, model)


def all_linear(formulas: Iterable[Formula]) -> bool:
    """Does none of the formulas multiply unknowns?"""
    return all(is_linear(atom.left) for formula in formulas for atom in atoms_of(formula))


def _no_answer(reason: str, deadline: Deadline) -> BaseException:
    """What to raise when z3 does not know."""
    if any(word in reason for word in ("keyboard", "interrupted", "canceled", "timeout")):
        # Z3 takes Ctrl-C for itself, and may call it as it calls a timeout: only that it comes early tells them apart.
        return deadline.passed() if deadline.is_near() else KeyboardInterrupt()
    return Unanswered(f"z3 cannot tell ({reason}): {deadline.asked}")


def _model(model: Any, unknowns: Iterable[str]) -> Model:
    """The fractions in z3's `model`, read from its text: to ask for them one by one takes ten times as long."""
    values = Values(dict.fromkeys(unknowns, Fraction(0)))
    irrational = []
    text: str = model.sexpr()
    for defined in _DEFINED.finditer(text):
        name = defined["quoted"] or defined["plain"]
        if name in values:
            number = _NUMBER.match(text, defined.end())
            if number is None:
                irrational.append(name)
            else:
                size = Fraction(int(number["above"] or number["whole"]), int(number["below"] or 1))
                values[name] = -size if number["minus"] else size
    return Model(values, tuple(irrational))


def _declarations(unknowns: Iterable[str]) -> list[str]:
    return [f"(declare-const |{name}| Real)" for name in unknowns]


def _text(formula: Formula) -> str:
    match formula:
        case Atom(left, "!="):
            return f"(distinct {_polynomial(left)} 0.0)"
        case Atom(left, sign):
            return f"({'=' if sign == '==' else sign} {_polynomial(left)} 0.0)"
        case All(parts):
            return f"(and {' '.join(_text(part) for part in parts)})" if parts else "true"
        case Either(parts):
            return f"(or {' '.join(_text(part) for part in parts)})" if parts else "false"
        case _:
            assert_never(formula)


def _polynomial(polynomial: Polynomial) -> str:
    terms = []
    for monomial, coefficient in polynomial.terms.items():
        factors = [f"|{name}|" for name in monomial]
        if coefficient != 1 or not factors:
            factors.insert(0, _fraction(coefficient))
        terms.append(factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})")
    if not terms:
        return "0.0"
    return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


@lru_cache(maxsize=4096)
def _fraction(value: Fraction) -> str:
    text = f"{abs(value.numerator)}.0"
    if value.denominator != 1:
        text = f"(/ {text} {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text
