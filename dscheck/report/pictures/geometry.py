"""What are points, boxes and lines of a picture, and how much do they cover each other? In pixels, y downwards."""

import itertools
from collections.abc import Sequence
from math import hypot

from dscheck.record import record


@record
class Point:
    """A place."""

    x: float
    y: float


@record
class Box:
    """An upright rectangle."""

    left: float
    top: float
    right: float
    bottom: float


def overlap(first: Box, second: Box) -> float:
    """The area that two boxes share."""
    wide = min(first.right, second.right) - max(first.left, second.left)
    high = min(first.bottom, second.bottom) - max(first.top, second.top)
    return wide * high if wide > 0 and high > 0 else 0.0


def length_inside(box: Box, start: Point, end: Point) -> float:
    """How much of a line from `start` to `end` lies in `box` (Liang and Barsky's clipping)."""
    low, high = 0.0, 1.0
    dx, dy = end.x - start.x, end.y - start.y
    for step, room in (
        (-dx, start.x - box.left),
        (dx, box.right - start.x),
        (-dy, start.y - box.top),
        (dy, box.bottom - start.y),
    ):
        if step == 0:
            if room < 0:
                return 0.0
        elif step < 0:
            low = max(low, room / step)
        else:
            high = min(high, room / step)
    return hypot(dx, dy) * (high - low) if high > low else 0.0


def along(points: Sequence[Point], share: float) -> Point:
    """The place on a line through `points` at a share of its length, 0 at its start and 1 at its end."""
    lengths = [hypot(b.x - a.x, b.y - a.y) for a, b in itertools.pairwise(points)]
    left = share * sum(lengths)
    for (a, b), length in zip(itertools.pairwise(points), lengths, strict=True):
        if left <= length and length > 0:
            return Point(a.x + (b.x - a.x) * left / length, a.y + (b.y - a.y) * left / length)
        left -= length
    return points[-1]
