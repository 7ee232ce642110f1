"""Which way does a message go in a picture? Straight, unless it would run through the dot of somebody else's event.

A message that is lost breaks off between the lanes, in the row of the step in which it is lost. One that finds its
receiver down gets as far as the receiver's lane. One under way when the run ends is a stub.
"""

from collections.abc import Sequence
from typing import Literal

from dscheck.record import record
from dscheck.report.pictures.geometry import Point
from dscheck.spacetime import Arrow, Diagram

_CLEARANCE = 11.0  # from the middle of a dot that a route has to pass
_STUB_ASIDE, _STUB_DOWN, STUB_ROW = 44.0, 16.0, 18.0  # how far a message gets of which nobody says where it ends
_SELF = 44.0  # how far a message to its own sender goes out to the right
_RADIUS, _RADIUS_OF_RING = 7.0, 12.0  # where a route ends beside the middle of a dot

RouteEnd = Literal["arrives", "lost", "refused", "under_way"]


@record
class Route:
    """The way of one message.

    Attributes:
        points: it goes through.
        end: what it ends in.
        copied: did the network make this copy?
        own: does it go to its own sender?
    """

    points: tuple[Point, ...]
    end: RouteEnd
    copied: bool = False
    own: bool = False


def route_of(diagram: Diagram, number: int, dots: Sequence[Point], xs: Sequence[float], ys: Sequence[float]) -> Route:
    """The route of an arrow.

    Args:
        diagram: that has it.
        number: of the arrow.
        dots: the places of the events.
        xs: of the lanes.
        ys: of the rows, by the number of the state.
    """
    arrow = diagram.arrows[number]
    start = dots[arrow.start]
    lane = diagram.events[arrow.start].lane
    if arrow.end is not None:
        end = dots[arrow.end]
        if diagram.events[arrow.end].lane == lane:
            return Route(_beside(start, end), "arrives", arrow.copied, own=True)
        event = diagram.events[arrow.end]
        radius = _RADIUS_OF_RING if event.guilty or event.mark == "crash" else _RADIUS
        return Route(_shortened((start, *_around(start, end, dots, xs), end), radius), "arrives", arrow.copied)
    points, kind = _unreceived(arrow, lane, stub_number(diagram, number), start, xs, ys)
    return Route(points, kind, arrow.copied)


def _beside(start: Point, end: Point) -> tuple[Point, ...]:
    out, down = start.x + _SELF, min(14.0, (end.y - start.y) / 3)
    around = (Point(out - 10, start.y + down * 0.45), Point(out, start.y + down * 1.2))
    back = (Point(out, end.y - down * 1.2), Point(out - 10, end.y - down * 0.45))
    return _shortened((start, *around, *back, end), _RADIUS)


def _shortened(points: tuple[Point, ...], radius: float = _RADIUS) -> tuple[Point, ...]:
    """The last point at the rim of the dot, so that the head of the arrow is seen."""
    before, last = points[-2], points[-1]
    length = max(1.0, ((last.x - before.x) ** 2 + (last.y - before.y) ** 2) ** 0.5)
    share = radius / length
    return (*points[:-1], Point(last.x - (last.x - before.x) * share, last.y - (last.y - before.y) * share))


def _around(start: Point, end: Point, dots: Sequence[Point], xs: Sequence[float]) -> list[Point]:
    """Bends at the lanes in between, where the straight line would hit a dot."""
    bends = []
    low, high = min(start.x, end.x), max(start.x, end.x)
    for x in sorted((x for x in xs if low < x < high), reverse=end.x < start.x):
        y = start.y + (end.y - start.y) * (x - start.x) / (end.x - start.x)
        hit = [dot.y for dot in dots if dot.x == x and abs(dot.y - y) < _CLEARANCE]
        if hit:
            bends.append(Point(x, hit[0] + (_CLEARANCE if y >= hit[0] else -_CLEARANCE)))
    return bends


def is_stub(diagram: Diagram, number: int) -> bool:
    """Is it a message of which nobody says when it is lost, if it ever is?"""
    arrow = diagram.arrows[number]
    if arrow.end is not None or arrow.fate == "discarded":
        return False
    return arrow.under_way or arrow.ended is None or arrow.ended == diagram.events[arrow.start].state


def stub_number(diagram: Diagram, number: int) -> int:
    """How many stubs of the same event stand above this one."""
    start = diagram.arrows[number].start
    return sum(diagram.arrows[other].start == start and is_stub(diagram, other) for other in range(number))


def _unreceived(
    arrow: Arrow, lane: int, stubs: int, start: Point, xs: Sequence[float], ys: Sequence[float]
) -> tuple[tuple[Point, ...], RouteEnd]:
    to = arrow.to if arrow.to is not None and arrow.to != lane else (lane + 1 if lane + 1 < len(xs) else lane - 1)
    target = xs[to] if 0 <= to < len(xs) else start.x + 2 * _STUB_ASIDE
    y = ys[arrow.ended] if arrow.ended is not None and arrow.ended < len(ys) else start.y
    if arrow.fate == "discarded":
        return _shortened((start, Point(target, max(y, start.y + 10)))), "refused"
    if arrow.under_way or y <= start.y:
        # A stub says it as well as a line to the end of the run, which would cross all the others.
        aside = _STUB_ASIDE if target > start.x else -_STUB_ASIDE
        end = Point(start.x + aside, start.y + _STUB_DOWN + STUB_ROW * stubs)
        return (start, end), "under_way" if arrow.under_way else "lost"
    share = 0.5 if abs(to - lane) % 2 else 0.5 - 0.5 / abs(to - lane)  # between two lanes
    return (start, Point(start.x + (target - start.x) * share, y)), "lost"
