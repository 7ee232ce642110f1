"""Do unions of intervals contain the numbers that they should?"""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dscheck.timing.intervals import (
    EVERYTHING,
    NOTHING,
    Interval,
    Intervals,
    complement,
    contains,
    intersection,
    text_of,
    union,
)

ends = st.none() | st.integers(0, 4).map(Fraction)
parts = st.builds(
    lambda low, high, low_in, high_in: Interval(low, high, low is not None and low_in, high is not None and high_in),
    ends, ends, st.booleans(), st.booleans(),
)  # fmt: skip
POINTS = [Fraction(number, 2) for number in range(-1, 10)]


def inside(part: Interval, point: Fraction) -> bool:
    """By the definition of an interval."""
    low = part.low is None or part.low < point or (part.low == point and part.low_in)
    return low and (part.high is None or point < part.high or (point == part.high and part.high_in))


@given(st.lists(parts, max_size=4), st.lists(parts, max_size=4))
def test_sets_behave_as_sets(one: list[Interval], other: list[Interval]) -> None:
    first, second = union(one), union(other)
    for point in POINTS:
        in_first, in_second = any(inside(part, point) for part in one), any(inside(part, point) for part in other)
        assert contains(first, point) == in_first
        assert contains(complement(first), point) != in_first
        assert contains(intersection(first, second), point) == (in_first and in_second)


@given(st.lists(parts, max_size=4))
def test_equal_sets_are_equal(some: list[Interval]) -> None:
    found = union(some)
    assert complement(complement(found)) == found
    assert union(found) == found == union(reversed(found))
    assert all(one.high is not None and other.low is not None for one, other in pairwise(found))


def test_a_set_is_written_as_conditions() -> None:
    def written(*intervals: Interval, within: Intervals = EVERYTHING) -> str:
        return text_of(union(intervals), "x", within)

    half = Fraction(7, 2)
    assert written(Interval(Fraction(2), half, False, False), Interval(Fraction(9), None)) == "2 < x < 7/2 or x >= 9"
    assert written(Interval(None, half, False, False)) == "x < 7/2"
    assert written(Interval(half, half)) == "x == 7/2"
    assert written() == "for no value"
    assert text_of(EVERYTHING, "x") == "for every value"
    assert text_of(NOTHING, "x") == "for no value"
