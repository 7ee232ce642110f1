"""Is a record in all that is used here what the frozen dataclass with slots would be?"""

import copy
import pickle
from collections.abc import Callable
from dataclasses import KW_ONLY, FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from dscheck.record import record


class Point:
    """A place with a remark."""

    x: int
    y: int = 0
    remark: str = field(default="", compare=False, repr=False)
    seen: dict[str, int] = field(default_factory=dict, compare=False)
    _: KW_ONLY
    bold: bool = False

    def moved(self, by: int) -> "Point":
        return replace(self, x=self.x + by)


class Nothing:
    """Has no field at all."""


class Spoken:
    """Says its own name."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Positive:
    """Looks at its value."""

    number: int = 1

    def __post_init__(self) -> None:
        if self.number <= 0:
            raise ValueError(f"{self.number} is not positive")


def _standard(declared: type) -> Any:
    return dataclass(frozen=True, slots=True)(type(declared.__name__, (), dict(vars(declared))))


def _copied(declared: type) -> Any:
    return record(type(declared.__name__, (), dict(vars(declared))))


STANDARD = {each.__name__: _standard(each) for each in (Point, Nothing, Spoken, Positive)}
RECORDS = {each.__name__: _copied(each) for each in (Point, Nothing, Spoken, Positive)}
Pair = record(
    type("Pair", (), {"__annotations__": {"left": int, "right": int}, "__module__": __name__, "__doc__": "-"})
)


@pytest.mark.parametrize(
    "made",
    [
        lambda kinds: kinds["Point"](1),
        lambda kinds: kinds["Point"](1, 2, "here", {"a": 1}, bold=True),
        lambda kinds: kinds["Point"](y=3, x=1),
        lambda kinds: kinds["Point"](1).moved(2),
        lambda kinds: kinds["Nothing"](),
        lambda kinds: kinds["Spoken"]("Ann"),
        lambda kinds: kinds["Positive"](),
    ],
)
def test_it_reads_like_the_dataclass(made: Callable[[dict[str, Any]], Any]) -> None:
    ours, standard = made(RECORDS), made(STANDARD)
    assert repr(ours) == repr(standard)
    for each in fields(standard):
        assert getattr(ours, each.name) == getattr(standard, each.name)
    assert [each.name for each in fields(ours)] == [each.name for each in fields(standard)]
    assert type(ours).__match_args__ == type(standard).__match_args__
    assert type(ours).__slots__ == type(standard).__slots__
    assert is_dataclass(ours)
    assert ours == made(RECORDS)
    assert hash(ours) == hash(made(RECORDS))
    assert ours != standard


@pytest.mark.parametrize("kinds", [RECORDS, STANDARD], ids=["record", "dataclass"])
def test_equality_asks_the_compared_fields_and_the_class(kinds: dict[str, Any]) -> None:
    point = kinds["Point"]
    assert point(1, 2, "here") == point(1, 2, "there")
    assert len({point(1, 2, "here"), point(1, 2, "there"), point(1, 3)}) == 2
    assert point(1, 2) != point(1, 2, bold=True)
    assert point(1, 2) != (1, 2)
    assert kinds["Nothing"]() == kinds["Nothing"]()
    assert kinds["Nothing"]() != kinds["Spoken"]("")


@pytest.mark.parametrize("kinds", [RECORDS, STANDARD], ids=["record", "dataclass"])
@pytest.mark.parametrize("arguments", [(), (1, 2, "", {}, True), (1, 2, "", {}, True, 5)], ids=len)
def test_wrong_arguments_are_refused(kinds: dict[str, Any], arguments: tuple[object, ...]) -> None:
    for _ in range(2):  # the first object of a class is made in another way than the next
        with pytest.raises(TypeError, match="argument"):
            kinds["Point"](*arguments)
        kinds["Point"](1)


@pytest.mark.parametrize("kinds", [RECORDS, STANDARD], ids=["record", "dataclass"])
def test_nothing_can_be_changed(kinds: dict[str, Any]) -> None:
    point = kinds["Point"](1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert point.x == 1
    assert not hasattr(point, "__dict__")


def test_each_object_has_its_own_default() -> None:
    first, second = RECORDS["Point"](1), RECORDS["Point"](1)
    first.seen["a"] = 1
    assert second.seen == {}


def test_match_and_copies() -> None:
    pair = Pair(1, [2])
    match pair:
        case Pair(left, right):
            assert (left, right) == (1, [2])
        case _:
            pytest.fail("no match")
    deep = copy.deepcopy(pair)
    assert deep == pickle.loads(pickle.dumps(pair)) == copy.copy(pair) == pair
    assert deep.right is not pair.right


@pytest.mark.parametrize("kinds", [RECORDS, STANDARD], ids=["record", "dataclass"])
def test_a_value_can_be_refused(kinds: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="-1 is not positive"):
        kinds["Positive"](-1)
    with pytest.raises(ValueError, match="0 is not positive"):
        replace(kinds["Positive"](), number=0)
