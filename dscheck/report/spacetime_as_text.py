"""How is a space-time diagram drawn? Lanes side by side, time downwards, what a clock shows beside each event.

P1                   P2                   P3
● a  1  [1,0,0]      │                    │
● b  2  [2,0,0]      │                    │
├─────────m1────────▶● c  3  [2,1,0]      │
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dscheck.report.canvas import Canvas
from dscheck.report.columns import WIDTH, display_width, flow, pad, printable, sentence_lines
from dscheck.report.run_ending import STOPS
from dscheck.report.spacetime_layout import Columns, Route, columns_of, drawing_order, routes_of
from dscheck.report.style import Role, Style, plain
from dscheck.spacetime import Diagram, DiagramEvent, NetworkMark

INDENT = 4
_DOT, _GUILTY, _RECOVERS, _TO_RIGHT, _TO_LEFT, _LOST, _UNDER_WAY = "●", "◉", "○", "▶", "◀", "✗", "…"
_LEAST_ROOM = 30  # cells for what stands to the right of all lanes


def diagram_as_text(diagram: Diagram, *, style: Style = plain, width: int = WIDTH) -> str:
    """The picture, folded where it is too wide for a line, and a list where not even its lanes fit.

    What stands beside events moves to the right of all lanes when it is too wide: first the values, then the names of
    the events too, then those of the messages; the lanes then have numbers.

    Args:
        diagram: the run.
        style: sets pieces off by their role.
        width: cells of a line.
    """
    clocks = dict.fromkeys(clock for event in diagram.events for clock in event.values)
    in_order = [{clock: each.values[clock] for clock in clocks if clock in each.values} for each in diagram.events]
    events = [replace(event, values=values) for event, values in zip(diagram.events, in_order, strict=True)]
    diagram = replace(diagram, events=tuple(events))
    legend = f"beside each event: {printable(', '.join(clocks))}" if clocks else ""
    head = "  ".join(
        part for part in (style("heading", printable(diagram.title)) if diagram.title else "",
                          style("dim", legend) if legend else "") if part
    )  # fmt: skip
    # Whose value it is must be said only where that is not the same at all events.
    named = len({tuple(event.values) for event in diagram.events}) > 1
    names = [printable(event.name) for event in diagram.events]
    values = ["  ".join(_values(event, named=named)) for event in diagram.events]
    notes = [printable(event.note) for event in diagram.events]
    values = ["  ".join(filter(None, pair)) for pair in zip(values, notes, strict=True)]
    both = ["  ".join(filter(None, pair)) for pair in zip(names, values, strict=True)]
    body = _picture(diagram, both, [], style, width)
    body = body or _picture(diagram, names, values, style, width)
    body = body or _picture(diagram, [""] * len(names), both, style, width)
    body = body or _numbered(diagram, both, style, width)
    body = body or list(_list(diagram, width))
    titled = [f"{' ' * INDENT}{head}"] if head else []
    return "\n".join([*titled, "", *body] if titled and body else [*titled, *body])


def _compact(value: str) -> str:
    """`[2,1,0]` for `[2, 1, 0]`: three lanes with two clocks fit on a page."""
    text = printable(value)
    return text.replace(", ", ",") if text.startswith("[") else text


def _values(event: DiagramEvent, *, named: bool) -> list[str]:
    return [
        f"{printable(clock)} {_compact(value)}" if named else _compact(value) for clock, value in event.values.items()
    ]


def _numbered(diagram: Diagram, texts: Sequence[str], style: Style, width: int) -> list[str]:
    """The picture with numbers for its lanes, and the messages told where they are sent and received."""
    told = []
    for index, text in enumerate(texts):
        sent = [
            f"sends {printable(arrow.message)}" + (f" to {printable(diagram.lanes[to])}" if to is not None else "")
            for arrow in diagram.arrows
            if arrow.start == index
            for to in [arrow.to if arrow.end is None else diagram.events[arrow.end].lane]
        ]
        lane = f"{diagram.events[index].lane + 1}:"
        told.append("  ".join([lane, text, *sent]))
    arrows = tuple(replace(arrow, message="") for arrow in diagram.arrows)
    lanes = tuple(str(number) for number in range(1, len(diagram.lanes) + 1))
    body = _picture(replace(diagram, lanes=lanes, arrows=arrows), [""] * len(texts), told, style, width)
    names = flow(
        [f"{number} {printable(name)}" for number, name in zip(lanes, diagram.lanes, strict=True)], width - INDENT - 1
    )
    return [*(" " * INDENT + line for line in names), "", *body] if body else []


def _picture(diagram: Diagram, labels: Sequence[str], at_right: Sequence[str], style: Style, width: int) -> list[str]:
    """The lines of the picture; none if it is too wide.

    Args:
        diagram: what is drawn.
        labels: what stands beside each event.
        at_right: what stands to the right of all lanes, in its row and those below; empty for nothing.
        style: sets pieces off by their role.
        width: cells of a line.
    """
    order = drawing_order(diagram)
    routes = routes_of(diagram, order)
    times = max((display_width(printable(event.time)) for event in diagram.events), default=0)
    margin = INDENT + (max(times, len("time")) + 2 if times else 0)
    columns = columns_of(diagram, routes, labels, margin)
    room = width - columns.width - 2
    if columns.width > width or (at_right and room < min(_LEAST_ROOM, max(map(display_width, at_right)))):
        return []
    beside = [[text] if display_width(text) <= room else sentence_lines(text, room) for text in at_right]
    canvas = Canvas()
    row = 0
    if times:
        canvas.write(row, INDENT, "time", "dim")
    for name, column in zip(diagram.lanes, columns.lane, strict=True):
        canvas.write(row, column - (display_width(printable(name)) - 1) // 2, name, "name")
    sent_in: dict[int, int] = {}
    begin_of_loop = None
    for place, index in enumerate(order):
        for mark in diagram.network_marks:
            if mark.after == place:
                row += 1
                _network_mark(canvas, columns, mark, row)
        state = diagram.events[index].state
        if diagram.loop_from is not None and begin_of_loop is None and state is not None and state > diagram.loop_from:
            begin_of_loop = row + 1
        row = _event(canvas, columns, diagram, index, routes, labels[index], sent_in, row + 1)
        for number, line in enumerate(beside[index] if beside else []):
            canvas.write(sent_in[index] + number, columns.width + 2, line)
            row = max(row, sent_in[index] + number)
    for mark in diagram.network_marks:
        if mark.after >= len(order):
            row += 1
            _network_mark(canvas, columns, mark, row)
    if begin_of_loop is not None:
        row += 1
        _loop(canvas, begin_of_loop, row)
    if diagram.stops:
        row += 1
        canvas.write(row, INDENT, STOPS, "note")
    for column in columns.lane:
        canvas.vertical(column, 0, row + 1)  # on to a row that is not shown, so that no line ends in mid-cell
    _downs(canvas, columns, diagram, sent_in, row)
    return canvas.rows(style)[: row + 1]


def _network_mark(canvas: Canvas, columns: Columns, mark: NetworkMark, row: int) -> None:
    """What the network does, between two lanes."""
    left, right = sorted(columns.lane[lane] for lane in mark.lanes)
    text = {"cut": "link cut", "heal": "link healed", "duplicated": f"{mark.message} ×2"}[mark.kind]
    for column in range(left + 1, right):
        canvas.write(row, column, "╌", "dim")
    canvas.write(row, left + 1 + max(0, right - left - 1 - display_width(text)) // 2, text, "note")


def _loop(canvas: Canvas, begin: int, end: int) -> None:
    """The way back, on the left: from the last row to the first of those that are repeated."""
    canvas.vertical(0, begin, end)
    canvas.horizontal(begin, 0, 2)
    canvas.write(begin, 2, _TO_RIGHT, "note")
    canvas.horizontal(end, 0, 2)
    canvas.write(end, 3, "for ever", "note")


def _downs(canvas: Canvas, columns: Columns, diagram: Diagram, rows: Mapping[int, int], last: int) -> None:
    """The lines of processes that are down, dotted."""
    since: dict[int, int] = {}
    for index, event in enumerate(diagram.events):
        if event.mark == "crash":
            since[event.lane] = rows[index] + 1
        elif event.mark == "recover" and event.lane in since:
            canvas.broken(columns.lane[event.lane], since.pop(event.lane), rows[index] - 1)
    for lane, begin in since.items():
        canvas.broken(columns.lane[lane], begin, last)


def _dot(event: DiagramEvent) -> tuple[str, Role]:
    if event.mark:
        return (_LOST, "bad") if event.mark == "crash" else (_RECOVERS, "good")
    return (_GUILTY, "bad") if event.guilty else (_DOT, "good")


def _event(
    canvas: Canvas,
    columns: Columns,
    diagram: Diagram,
    index: int,
    routes: Sequence[Route],
    label: str,
    sent_in: dict[int, int],
    row: int,
) -> int:
    """Draw an event and the messages that reach it, from `row` on; gives the last row that was needed."""
    event = diagram.events[index]
    arriving = [route for route in routes if route.arrow.end == index]
    leaving = [route for route in routes if route.arrow.start == index and route.slot is not None]
    # In the row of the event itself there is room for one message, from the left: its label stands on the right.
    beside = [route for route in arriving if route.start < event.lane][:1]
    if any(route.leftward for route in leaving):
        beside = []
    for route in (each for each in arriving if each not in beside):
        _arrival(canvas, columns, route, sent_in, row)
        row += 1
    for route in beside:
        _arrival(canvas, columns, route, sent_in, row)
    here = columns.lane[event.lane]
    if event.time:
        canvas.write(row, INDENT, event.time, "dim")
    canvas.write(row, here, *_dot(event))
    canvas.write(row, here + 2, label, "bad" if event.guilty else None)
    sent_in[index] = row
    for route in leaving:
        first = here if route.leftward or not label else here + 2 + display_width(label)
        canvas.horizontal(row, first, columns.channel(route))
        if first > here:
            canvas.write(row, first, " ")
    for route in routes:
        if route.arrow.start == index and route.arrow.end is None:
            row += 1
            _unreceived(canvas, here, route, row)
    return row


def _arrival(canvas: Canvas, columns: Columns, route: Route, sent_in: Mapping[int, int], row: int) -> None:
    """The line of a message in the row in which it arrives, and its way down if it had to wait."""
    assert route.end is not None
    start, target = columns.lane[route.start], columns.lane[route.end]
    if route.slot is not None:
        start = columns.channel(route)
        canvas.vertical(start, sent_in[route.arrow.start], row)
    to_left = target < start
    head = target + 1 if to_left else target - 1
    canvas.horizontal(row, start, head)
    canvas.write(row, head, _TO_LEFT if to_left else _TO_RIGHT, "note")
    if route.end == route.start:
        low, high = target + 2, start - 1
    elif to_left:
        low, high = max(head + 1, columns.lane[route.gap] + 1), start - 1
    else:
        low, high = start + 1, min(head - 1, columns.lane[route.start + 1] - 1)
    _name(canvas, route, row, low, high)
    if route.arrow.copied:
        canvas.doubled(row, start, head)


def _name(canvas: Canvas, route: Route, row: int, low: int, high: int) -> None:
    """The name of the message in the middle of the columns `low` to `high`."""
    canvas.write(row, low + max(0, high - low + 1 - display_width(route.name)) // 2, route.name, "note")


def _unreceived(canvas: Canvas, here: int, route: Route, row: int) -> None:
    """A line that ends on its way to the neighbouring lane."""
    cells = display_width(route.name) + 5
    end = here - cells if route.leftward else here + cells
    canvas.horizontal(row, here, end)
    canvas.write(row, end, *((_UNDER_WAY, "note") if route.arrow.under_way else (_LOST, "bad")))
    _name(canvas, route, row, min(here, end) + 1, max(here, end) - 1)


# --- without lanes -----------------------------------------------------------------------------


def _list(diagram: Diagram, width: int) -> Iterator[str]:
    """One event after the other, with its lane, its values and the messages that it sends and receives."""
    lane_width = max((display_width(printable(name)) for name in diagram.lanes), default=0)
    time_width = max((display_width(printable(event.time)) for event in diagram.events), default=0)
    for index, event in enumerate(diagram.events):
        head = " " * INDENT
        if time_width:
            head += pad(printable(event.time), time_width) + "  "
        head += pad(printable(diagram.lanes[event.lane]), lane_width) + "  "
        told = [
            f"({arrow.message} from {diagram.events[arrow.start].name})"
            for arrow in diagram.arrows
            if arrow.end == index
        ]
        told += [
            f"({arrow.message} never received)" for arrow in diagram.arrows if (arrow.start, arrow.end) == (index, None)
        ]
        room = max(width - display_width(head), 20)
        text = "  ".join([printable(event.name), *_values(event, named=True), *told])
        lines = sentence_lines(text, room)
        if len(lines) > 1:  # those that follow are further in
            values = (_broken(value, room - 2) for value in _values(event, named=True))
            lines = sentence_lines("  ".join([printable(event.name), *values, *told]), room - 2)
        for number, line in enumerate(lines):
            yield (head if number == 0 else " " * (display_width(head) + 2)) + line


def _broken(value: str, room: int) -> str:
    """A value with blanks at which it can go on to the next line, behind its rows or else behind all its commas."""
    by_rows = value.replace("],", "], ")
    for text in (value, by_rows):
        if all(display_width(piece) <= room for piece in text.split()):
            return text
    return value.replace(",", ", ")
