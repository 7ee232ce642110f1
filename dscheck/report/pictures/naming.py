"""Where on its route does the name of a message stand? Where it covers least of what is there."""

from collections.abc import Iterator, Sequence

from dscheck.report.pictures.geometry import Box, Point, along, length_inside, overlap
from dscheck.report.pictures.labels import Label, LabelLine
from dscheck.report.pictures.routes import Route
from dscheck.report.pictures.text_measure import text_width, wrapped
from dscheck.spacetime import Diagram

_SHARES = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86)
_WIDEST = 190.0
_COVERS_TEXT, _COVERS_DOT, _COVERS_LINE, _COVERS_LANE, _OFF_MIDDLE = 12.0, 400.0, 3.0, 70.0, 60.0
_DOT = 9.0


def place_names(
    diagram: Diagram,
    routes: Sequence[Route],
    dots: Sequence[Point],
    taken: Sequence[Box],
    lanes: Sequence[tuple[float, float, float]],
    size: float,
    line: float,
) -> tuple[Label, ...]:
    """A label for each message.

    Args:
        diagram: whose messages they are.
        routes: of the messages.
        dots: of the events.
        taken: boxes of labels that stand already.
        lanes: x, top and bottom of each.
        size: of the font.
        line: from line to line.
    """
    boxes = list(taken)
    names: dict[int, Label] = {}
    # Short lines first, since their names have the least choice.
    for number in sorted(range(len(routes)), key=lambda each: (routes[each].end == "arrives", each)):
        route = routes[number]
        texts = wrapped(name_of(diagram, number), size, _WIDEST)
        width = name_width(name_of(diagram, number), size)
        high = line * len(texts)
        _, box = min(
            (found for share in _SHARES for found in _candidates(route, share, width, high)),
            key=lambda found: _cost(found, number, routes, dots, boxes, lanes),
        )
        boxes.append(box)
        lines = tuple(LabelLine(text, "message", width) for text in texts)
        middle = (box.left + box.right) / 2
        names[number] = Label(lines, round(middle, 1), round(box.top + size - 0.5, 1), "middle", box)
    return tuple(names[number] for number in range(len(routes)))


def name_width(name: str, size: float) -> float:
    """How wide the name of a message is, in lines."""
    return max(text_width(text, size) for text in wrapped(name, size, _WIDEST)) + 6


def name_of(diagram: Diagram, number: int) -> str:
    """What stands at a message: with its receiver, where its line does not get there."""
    arrow = diagram.arrows[number]
    if arrow.end is not None or arrow.to is None or arrow.fate == "discarded":
        return arrow.message
    return f"{arrow.message} → {diagram.lanes[arrow.to]}"


def _candidates(route: Route, share: float, width: float, high: float) -> Iterator[tuple[float, Box]]:
    """Boxes for a name at a share of its route, each with how far it is from the best place.

    On the line, and where that covers too much, beside it; the name of a message that breaks off stands at its end.
    """
    last, first = route.points[-1], route.points[0]
    aside = (width / 2 + 8) * (1 if last.x > first.x else -1)
    shifts: tuple[Point, ...]
    match route.end:
        case "arrives" if route.own:
            shifts = (Point(max(point.x for point in route.points) - along(route.points, share).x + width / 2 + 4, 0),)
        case "arrives":
            shifts = (Point(0, 0), Point(0, -high * 0.75), Point(0, high * 0.75), Point(width / 2 + 6, 0))
        case "refused":
            shifts = (Point(0, 0), Point(0, -high * 0.8), Point(0, high * 0.8))
        case _:
            share = 1.0
            shifts = (Point(aside, 0), Point(aside, 4), Point(aside, -4))
    at = along(route.points, share)
    for shift in shifts:
        x, y = at.x + shift.x, at.y + shift.y
        off = abs(share - 0.5) + (0.35 if shift.x or shift.y else 0.0)
        yield off, Box(x - width / 2, y - high / 2, x + width / 2, y + high / 2)


def _cost(
    found: tuple[float, Box],
    number: int,
    routes: Sequence[Route],
    dots: Sequence[Point],
    boxes: Sequence[Box],
    lanes: Sequence[tuple[float, float, float]],
) -> float:
    off, box = found
    cost = off * _OFF_MIDDLE + sum(overlap(box, other) for other in boxes) * _COVERS_TEXT
    cost += 1e4 if box.left < 0 else 0
    cost += _COVERS_LANE * sum(box.left < x < box.right for x, _, _ in lanes)
    for dot in dots:
        if overlap(box, Box(dot.x - _DOT, dot.y - _DOT, dot.x + _DOT, dot.y + _DOT)):
            cost += _COVERS_DOT
    for other, route in enumerate(routes):
        if other != number or route.end != "arrives":
            pairs = zip(route.points, route.points[1:], strict=False)
            cost += _COVERS_LINE * sum(length_inside(box, start, end) for start, end in pairs)
        if route.end in {"lost", "refused"}:
            end = route.points[-1]
            if overlap(box, Box(end.x - _DOT, end.y - _DOT, end.x + _DOT, end.y + _DOT)):
                cost += _COVERS_DOT
    return cost
