"""What stands beside an event of a picture, on which side of its dot, and in which box?"""

from collections.abc import Sequence
from typing import Literal

from dscheck.record import record
from dscheck.report.columns import printable
from dscheck.report.pictures.geometry import Box, Point
from dscheck.report.pictures.text_measure import text_width, wrapped
from dscheck.spacetime import Diagram

WIDEST = 200.0
_AWAY = 11.0  # from the middle of the dot
_AWAY_FROM_RING = 15.0

LineRole = Literal["name", "value", "wrong", "note", "message"]
Side = Literal["right", "left", "above right", "above left", "below right", "below left"]


@record
class LabelLine:
    """One line of a label."""

    text: str
    role: LineRole
    width: float


@record
class Label:
    """Lines of text: `x` is where they begin, or end if `anchor` says so, and `y` the baseline of the first."""

    lines: tuple[LabelLine, ...]
    x: float
    y: float
    anchor: Literal["start", "middle", "end"]
    box: Box


def event_lines(diagram: Diagram, index: int, size: float) -> list[LabelLine]:
    """What stands beside an event: its name, what its clocks show, what is wrong with it.

    Args:
        diagram: that has it.
        index: of the event.
        size: of the font, in pixels.
    """
    event = diagram.events[index]
    clocks = {tuple(each.values) for each in diagram.events}
    named = len(clocks) > 1
    right = [_value(name, text, named=named) for name, text in event.values.items() if name not in event.wrong]
    wrong = [_value(name, event.values[name], named=True) for name in event.wrong if name in event.values]
    beside = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE} ".join([printable(event.name), *right])
    lines = []
    if text_width(beside, size) <= WIDEST:
        lines += _lines([beside], "name", size)
    else:
        lines += _lines(wrapped(event.name, size, WIDEST), "name", size)
        for text in right:
            lines += _lines(wrapped(text, size, WIDEST), "value", size)
    for text in wrong:
        lines += _lines(wrapped(text, size, WIDEST), "wrong", size)
    if event.note:
        lines += _lines(wrapped(event.note, size, WIDEST), "note", size)
    return lines


def _value(name: str, text: str, *, named: bool) -> str:
    told = printable(text)
    told = told.replace(", ", ",") if told.startswith("[") else told
    return f"{printable(name)} {told}" if named else told


def _lines(texts: Sequence[str], role: LineRole, size: float) -> list[LabelLine]:
    # Guilty names are bold: a bold letter is a little wider.
    return [LabelLine(text, role, text_width(text, size) * (1.0 if role == "value" else 1.08)) for text in texts]


def side_of(diagram: Diagram, index: int) -> Side:
    """A side of the dot where nothing arrives or leaves: messages arrive from above and leave downwards."""
    lane = diagram.events[index].lane
    from_left = from_right = to_left = to_right = False
    for arrow in diagram.arrows:
        if arrow.start == index:
            end = diagram.events[arrow.end].lane if arrow.end is not None else arrow.to
            to_left |= end is not None and end < lane
            to_right |= end is None or end >= lane
        if arrow.end == index:
            start = diagram.events[arrow.start].lane
            from_left |= start < lane
            from_right |= start >= lane
    if lane == 0 and len(diagram.lanes) > 1:
        return "left"
    match from_left, from_right, to_left, to_right:
        case _, False, _, False:
            return "right"
        case _, False, _, True:
            return "above right"
        case False, _, False, _:
            return "left"
        case False, _, True, _:
            return "above left"
        case _, _, _, False:
            return "below right"
        case _, _, False, _:
            return "below left"
        case _:
            return "above right"


def label_box(
    dot: Point, side: Side, lines: Sequence[LabelLine], size: float, line: float, *, ringed: bool = False
) -> Label:
    """The label on a side of its dot.

    Args:
        dot: the place of the event.
        side: of the dot.
        lines: what it says.
        size: of the font.
        line: from line to line.
        ringed: is the dot larger than usual?
    """
    away = _AWAY_FROM_RING if ringed else _AWAY
    width = max((each.width for each in lines), default=0.0)
    high = line * len(lines)
    to_left = "left" in side
    x = dot.x - away if to_left else dot.x + away
    if side.startswith("above"):
        top = dot.y - 4 - high
    elif side.startswith("below"):
        top = dot.y + 5
    else:
        top = dot.y - high / 2
    box = Box(x - width if to_left else x, top, x if to_left else x + width, top + high)
    return Label(tuple(lines), x, round(top + size - 0.5, 1), "end" if to_left else "start", box)
