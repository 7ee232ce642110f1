"""How do two clock values differ, and which came first? What a failed assertion says of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from dscheck.clocks import (
    DottedVersionVector,
    HybridClock,
    LamportClock,
    MatrixClock,
    NaiveHybridClock,
    Order,
    VectorClock,
    VersionVector,
)

_WORDS = {
    Order.BEFORE: "the left one is before the right one",
    Order.AFTER: "the left one is after the right one",
    Order.EQUAL: "they are equal",
    Order.CONCURRENT: "they are concurrent: neither is before the other",
}
_WORDS_OF_NUMBERS = {  # a smaller number does not mean that its event happened before
    Order.BEFORE: "the left one is smaller",
    Order.AFTER: "the left one is greater",
    Order.EQUAL: "they are equal",
}


def differences(operator: str, left: Any, right: object) -> list[str] | None:
    """Lines for a failed `left operator right`; None where the values cannot be compared.

    Args:
        operator: as written: `==`, `<`, ….
        left: a clock value.
        right: what it was compared with.
    """
    if type(left) is not type(right) or not hasattr(left, "compare"):
        return None
    words = _WORDS_OF_NUMBERS if isinstance(left, LamportClock | HybridClock | NaiveHybridClock) else _WORDS
    lines = [f"{left} {operator} {right}", words[left.compare(right)]]
    mine, other = _entries(left), _entries(right)
    names = [name for name in sorted({*mine, *other}, key=str) if mine.get(name, 0) != other.get(name, 0)]
    width = max((len(str(name)) for name in names), default=0)
    for name in names:
        one, two = mine.get(name, 0), other.get(name, 0)
        lines.append(f"  {str(name).ljust(width)}  {one} {'<' if one < two else '>'} {two}")
    return lines


def _entries(clock: Any) -> Mapping[Any, Any]:
    """The numbers that a clock consists of, by name."""
    match clock:
        case VectorClock(counts) | VersionVector(counts):
            return dict(counts)
        case MatrixClock(_, counts):
            return {f"what {knower} knows of {of}": count for (knower, of), count in counts.items()}
        case DottedVersionVector(dot, context):
            return {**dict(context.counts), f"dot of {dot.replica}": dot.number}
        case _:
            return dict(_fields(clock))


def _fields(clock: Any) -> Iterator[tuple[str, Any]]:
    for name in type(clock).__dataclass_fields__:
        yield name, getattr(clock, name)
