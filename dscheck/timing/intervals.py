"""Which set of numbers is it? A union of intervals with exact ends, and how it is written: `2 < x < 7/2 or x >= 9`."""

from collections.abc import Iterable
from fractions import Fraction

from dscheck.record import record


@record
class Interval:
    """The numbers between two ends; an end that is None is infinitely far.

    Attributes:
        low: the lower end.
        high: the upper end.
        low_in: whether the lower end belongs to it.
        high_in: whether the upper end does.
    """

    low: Fraction | None
    high: Fraction | None
    low_in: bool = True
    high_in: bool = True


Intervals = tuple[Interval, ...]
"""In increasing order; no two of them overlap or touch."""

NOTHING: Intervals = ()
EVERYTHING: Intervals = (Interval(None, None, False, False),)


def union(parts: Iterable[Interval]) -> Intervals:
    """All numbers that are in some part."""
    ordered = sorted((part for part in parts if not _is_empty(part)), key=_lower_end)
    merged: list[Interval] = []
    for part in ordered:
        if merged and _meets(merged[-1], part):
            last = merged[-1]
            high = max(last, part, key=_upper_end)
            merged[-1] = Interval(last.low, high.high, last.low_in, high.high_in)
        else:
            merged.append(part)
    return tuple(merged)


def complement(intervals: Intervals) -> Intervals:
    """All other numbers."""
    gaps = []
    low: Fraction | None = None
    low_in = False
    for each in intervals:
        if each.low is not None:
            gaps.append(Interval(low, each.low, low_in, not each.low_in))
        low, low_in = each.high, not each.high_in
        if low is None:
            return union(gaps)
    return union([*gaps, Interval(low, None, low_in, False)])


def intersection(one: Intervals, other: Intervals) -> Intervals:
    """The numbers in both."""
    return complement(union((*complement(one), *complement(other))))


def contains(intervals: Intervals, value: Fraction) -> bool:
    """Is `value` in it?"""
    point = (Interval(value, value),)
    return intersection(intervals, point) == point


def text_of(intervals: Intervals, name: str, within: Intervals = EVERYTHING) -> str:
    """For which values of `name`: `lease <= 130/11`, `for every value`, `for no value`.

    Args:
        intervals: the set.
        name: of the parameter.
        within: the values that were looked at.
    """
    if intervals == within:
        return "for every value" if within == EVERYTHING else f"for every value of {text_of(within, name)}"
    if not intervals:
        return "for no value"
    return " or ".join(_text(each, name) for each in intervals)


def _text(interval: Interval, name: str) -> str:
    low, high = interval.low, interval.high
    if low == high and low is not None:
        return f"{name} == {low}"
    if low is None and high is None:
        return "for every value"
    if low is None:
        return f"{name} {'<=' if interval.high_in else '<'} {high}"
    if high is None:
        return f"{name} {'>=' if interval.low_in else '>'} {low}"
    return f"{low} {'<=' if interval.low_in else '<'} {name} {'<=' if interval.high_in else '<'} {high}"


def _is_empty(interval: Interval) -> bool:
    if interval.low is None or interval.high is None:
        return False
    both = interval.low_in and interval.high_in
    return interval.low > interval.high or (interval.low == interval.high and not both)


def _lower_end(interval: Interval) -> tuple[bool, Fraction, bool]:
    """Orders by lower end, those that contain it first."""
    return interval.low is not None, interval.low or Fraction(0), not interval.low_in


def _upper_end(interval: Interval) -> tuple[bool, Fraction, bool]:
    return interval.high is None, interval.high or Fraction(0), interval.high_in


def _meets(first: Interval, second: Interval) -> bool:
    """Do they overlap or touch, where `first` does not begin later?"""
    if first.high is None or second.low is None:
        return True
    return second.low < first.high or (second.low == first.high and (first.high_in or second.low_in))
