"""Which well-typed expressions can a generated body or property contain?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tests.laws.protocol_model import E, Role, Type, e

T = TypeVar("T")
BOOL: Type = ("bool",)
STAMP: Type = ("stamp",)
RECORD: tuple[str, tuple[Type, ...]] = ("P0", (("range", 0, 2), BOOL))


class Dice:
    """All choices of the generators come from one function, Hypothesis' or a plain random one's; 0 is the simplest."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number

    def of(self, items: Any) -> Any:
        known = list(items)
        return known[self.number(0, len(known) - 1)]

    def upto(self, most: int, least: int = 0) -> int:
        return self.number(least, most)

    def once_in(self, times: int) -> bool:
        return self.number(0, times - 1) == times - 1

    def some(self, most: int, make: Callable[[], T], least: int = 0) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.upto(most, least)))


@dataclass(frozen=True)
class Scope:
    """What an expression may speak of.

    Attributes:
        roles: all process sets, by name.
        places: readable expressions with their types.
        me: the own process set; "" in properties.
        clock: may it say `now`?
        timers: the own timers.
        failing: may it have no value?
        facts: further truths that it may speak of (`up(p)`, `quiet`).
        old: may it say `old(…)`?
    """

    roles: dict[str, Role]
    places: tuple[tuple[E, Type], ...] = ()
    me: str = ""
    clock: bool = False
    timers: tuple[str, ...] = ()
    failing: bool = False
    facts: tuple[E, ...] = ()
    old: bool = False

    def plus(self, *places: tuple[E, Type]) -> "Scope":
        return replace(self, places=self.places + places)

    def reading(self, dice: Dice, wanted: Callable[[Type], bool]) -> E | None:
        found = [place for place, of in self.places if wanted(of)]
        if not found:
            return None
        place: E = dice.of(found)
        # What is bound is no part of the state.
        return e("old", place) if self.old and place.op in {"remote", "shared"} and dice.once_in(2) else place


def truth(dice: Dice, scope: Scope, depth: int = 2) -> E:
    """A boolean expression."""
    if depth and dice.once_in(3):
        operator = dice.of(["and", "or", "not", "implies"])
        parts = [truth(dice, scope, depth - 1) for _ in range(1 if operator == "not" else 2)]
        return e(operator, *parts)
    tries = [_of_variable, _of_variable, _of_variable, _membership, _fact]
    return (
        dice.of(tries)(dice, scope)
        or scope.reading(dice, lambda of: of == BOOL)
        or e(dice.of(["true", "true", "false"]))
    )


def _of_variable(dice: Dice, scope: Scope) -> E | None:
    """A comparison of something readable with an expression of its type."""
    candidates = [(place, of) for place, of in scope.places if of[0] not in {"rec", "map", "list"}]
    if not candidates:
        return None
    place, of = dice.of(candidates)
    if scope.old and place.op in {"remote", "shared"} and dice.once_in(2):
        place = e("old", place)
    match of:
        case ("bool",):
            return e("not", place) if dice.once_in(2) else place
        case ("range", low, high):
            if dice.once_in(3):
                other = value(dice, replace(scope, failing=False), of, 0)
            else:
                other = e("num", dice.upto(high, low))
            return e(dice.of(["==", "!=", "<", "<=", ">", ">="]), place, other)
        case ("stamp",):
            other = value(dice, replace(scope, failing=False), STAMP, 0)
            return e(dice.of(["<", "==", "<=", "!="]), place, other)
        case ("opt", inner):
            if dice.once_in(2) or not _has_value(scope, inner):
                return e(dice.of(["==", "!="]), place, e("none"))
            other = value(dice, replace(scope, failing=False), inner, 0)
            if inner == STAMP and dice.once_in(2):
                return e("and", e("!=", place, e("none")), e(dice.of(["<", ">="]), place, other))
            return e(dice.of(["==", "!="]), place, other)
        case ("set", inner):
            if dice.once_in(2) or not _has_value(scope, inner):
                return e(dice.of(["==", "<", ">="]), e("len", place), e("num", dice.upto(2)))
            if dice.once_in(3):
                return e("==", place, value(dice, replace(scope, failing=False), of, 0))
            return e(dice.of(["in", "not in"]), value(dice, replace(scope, failing=False), inner, 0), place)
        case ("id", name):
            ways = ["==", "!="] + (["<", ">="] if scope.roles[name].ordered else [])
            return e(dice.of(ways), place, value(dice, scope, of, 0))
        case _:
            return e(dice.of(["==", "!="]), place, value(dice, replace(scope, failing=False), of, 0))


def _membership(dice: Dice, scope: Scope) -> E | None:
    """Something about the inside of a list, a map or a record."""
    candidates = [(place, of) for place, of in scope.places if of[0] in {"rec", "map", "list"}]
    if not candidates:
        return None
    place, of = dice.of(candidates)
    match of:
        case ("list", _, most):
            return e(dice.of(["==", "<"]), e("len", place), e("num", dice.upto(most)))
        case ("map", ("id", name), ("range", low, high)):
            if not can_name(scope, name):
                return e(">=", e("len", place), e("num", 1))
            key = value(dice, scope, ("id", name), 0)
            return e(dice.of(["==", "<"]), e("index", place, key), e("num", dice.upto(high, low)))
        case _:
            return e(dice.of(["==", ">"]), e("field", place, "f0"), e("num", dice.upto(1)))


def _fact(dice: Dice, scope: Scope) -> E | None:
    facts = list(scope.facts)
    facts += [e("running", e("timer", name)) for name in scope.timers]
    return dice.of(facts) if facts else None


def value(dice: Dice, scope: Scope, of: Type, depth: int = 1) -> E:
    """An expression of a type; in a failing scope it need not have a value that fits."""
    read = scope.reading(dice, lambda each: each == of)
    if read is not None and dice.once_in(2):
        return read
    match of:
        case ("bool",):
            return truth(dice, replace(scope, failing=False), 0) if depth else e(dice.of(["true", "false"]))
        case ("range", low, high):
            return _number(dice, scope, low, high, depth)
        case ("enum", *words):
            return e("word", dice.of(words))
        case ("id", name):
            return _id(dice, scope, name)
        case ("opt", inner):
            if not _has_value(scope, inner):
                return e("none")
            return value(dice, scope, inner, depth) if dice.once_in(2) else e("none")
        case ("set", ("id", name)):
            return ids(dice, scope, name, depth)
        case ("stamp",):
            return read or (e("now") if scope.clock else e("none"))
        case ("list", inner, most):
            return e("list", *dice.some(most, lambda: value(dice, scope, inner, 0)))
        case ("map", ("id", name), inner):
            constant = value(dice, replace(scope, places=()), inner, 0)
            if scope.roles[name].single:
                return e("map", e("single", name), constant)
            return e("mapfor", "k", e("all", name), constant)
        case ("rec", name):
            return e("record", name, *(value(dice, scope, field, 0) for field in RECORD[1]))
    raise ValueError(of)


def _number(dice: Dice, scope: Scope, low: int, high: int, depth: int) -> E:
    literal = e("num", dice.upto(high, low))
    if not depth or not scope.failing:
        return literal
    other = scope.reading(dice, lambda each: each[0] == "range")
    match dice.upto(5):
        case 0 | 1 | 2:
            return literal
        case 3 if other is not None:
            return e(dice.of(["+", "-"]), other, e("num", 1))
        case 4 if other is not None:
            return e(dice.of(["min", "max"]), other, literal)
        case 5:
            sets = scope.reading(dice, lambda each: each[0] in {"set", "list"})
            return literal if sets is None else e("len", sets)
    return literal


def _id(dice: Dice, scope: Scope, name: str) -> E:
    found = [place for place, of in scope.places if of == ("id", name)]
    if scope.failing and dice.once_in(6):
        found += [place for place, of in scope.places if of == ("opt", ("id", name))]
    if scope.me == name:
        found.append(e("self"))
    if scope.roles[name].single:
        found.append(e("single", name))
    assert found, f"no id of {name} in scope"
    return dice.of(found)  # type: ignore[no-any-return]


def can_name(scope: Scope, name: str) -> bool:
    """Is there an id of this process set to speak of?"""
    known = any(of == ("id", name) for _, of in scope.places)
    return known or scope.me == name or scope.roles[name].single


def _has_value(scope: Scope, of: Type) -> bool:
    """Is there a value of this type in sight?"""
    if of == STAMP:
        return scope.clock or any(other == STAMP for _, other in scope.places)
    return of[0] != "id" or can_name(scope, of[1])


def ids(dice: Dice, scope: Scope, name: str, depth: int = 1) -> E:
    """A set of ids of one process set."""
    role = scope.roles[name]
    ways: list[E] = [e("set")]
    if not role.single:
        ways.append(e("all", name))
        if scope.me == name:
            ways.append(e("others"))
    if can_name(scope, name):
        ways.append(e("set", _id(dice, replace(scope, failing=False), name)))
    read = scope.reading(dice, lambda each: each == ("set", ("id", name)))
    if read is not None:
        ways += [read, read]
    chosen: E = dice.of(ways)
    if depth and not role.single and dice.once_in(4):
        inner = scope.plus((e("bound", "m"), ("id", name)))
        return e("setfor", "m", chosen, truth(dice, replace(inner, failing=False), 0)) if chosen.op != "set" else chosen
    if depth and dice.once_in(4):
        other = ids(dice, scope, name, 0)
        return e(dice.of(["+", "-"]), chosen, other) if chosen != e("set") and other != e("set") else chosen
    return chosen
