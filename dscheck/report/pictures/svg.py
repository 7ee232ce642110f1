"""What does a picture look like as SVG? Its layout, drawn; several pictures stand one below the other.

The elements have classes and no colours, which a style gives: one for a file by itself, one for the page.
"""

from collections.abc import Iterator, Sequence

from dscheck.report.pictures.colours import style_by_itself
from dscheck.report.pictures.geometry import Point
from dscheck.report.pictures.labels import Label
from dscheck.report.pictures.layout import HEAD, LINE, MARGIN, SIZE, STOP, Layout, layout_of
from dscheck.report.pictures.markup import element, escaped
from dscheck.report.pictures.picture import Picture, pictures_of
from dscheck.report.pictures.routes import Route
from dscheck.report.pictures.text_measure import text_width
from dscheck.report.run_ending import STOPS
from dscheck.spacetime import Arrow
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

_TITLE = 40  # height of the line above a picture
_HEAD_LENGTH, _HEAD_HALF = 9.0, 4.0
_CROSS = 5.5


def report_as_svg(report: Report | TraceReport) -> str:
    """One SVG document with all pictures of an answer.

    Raises:
        NothingToDraw: it has none.
    """
    return svg_document(pictures_of(report))


def svg_document(pictures: Sequence[Picture]) -> str:
    """The document, which needs no other file.

    Args:
        pictures: one or more, drawn from top to bottom.
    """
    style = "\n" + style_by_itself()
    parts, y, width = [], 0.0, 0.0
    for number, picture in enumerate(pictures):
        layout = layout_of(picture.diagram)
        title = element("text", {"class": "title", "x": MARGIN, "y": y + 26}, escaped(picture.title))
        parts.append(title + "\n")
        clocks = dict.fromkeys(clock for event in picture.diagram.events for clock in event.values)
        if clocks:
            told = f"beside each event: {', '.join(clocks)}"
            parts.append(element("text", {"class": "legend", "x": MARGIN, "y": y + 43}, escaped(told)) + "\n")
        shift = {"transform": f"translate(0 {y + _TITLE:g})"}
        parts.append(element("g", shift, "\n" + drawing(layout, f"picture-{number}")) + "\n")
        y += _TITLE + layout.height
        width = max(width, layout.width, MARGIN * 2 + 8.5 * len(picture.title))
    head = {
        "xmlns": "http://www.w3.org/2000/svg", "class": "dscheck", "width": width, "height": y,
        "viewBox": f"0 0 {width:g} {y:g}", "role": "img", "font_size": SIZE,
        "font_family": "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
    }  # fmt: skip
    names = "; ".join(picture.name for picture in pictures)
    body = element("title", {}, escaped(names)) + "\n" + element("style", {}, style) + "\n"
    body += element("rect", {"class": "paper", "width": width, "height": y}) + "\n"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element("svg", head, "\n" + body + "".join(parts)) + "\n"


def drawing(layout: Layout, name: str) -> str:
    """The elements of one picture, without those around it.

    Args:
        layout: where everything stands.
        name: what the identifiers of its elements begin with.
    """
    groups = (
        ("rows", _rows(layout)),
        ("lanes", _lanes(layout)),
        ("loop", (*_loop(layout), *_stop(layout))),
        ("marks", _marks(layout)),
        ("messages", _messages(layout, name)),
        ("events", _events(layout, name)),
        ("names", (*_mark_names(layout), *_names(layout))),
    )
    return "".join(
        element("g", {"class": group}, "\n" + "".join(f"{each}\n" for each in elements)) + "\n"
        for group, elements in ((group, list(found)) for group, found in groups)
        if elements
    )


def _rows(layout: Layout) -> Iterator[str]:
    if any(row.text for row in layout.rows):
        word = "step" if layout.diagram.has_states else "time"
        yield element("text", {"class": "row", "x": MARGIN, "y": layout.top - HEAD + 19}, word)
    for row in layout.rows:
        if row.text:
            at = {"class": "row", "x": MARGIN, "y": row.y + 4, "data_state": row.state}
            yield element("text", at, escaped(row.text))


def _lanes(layout: Layout) -> Iterator[str]:
    for lane in layout.lanes:
        yield element("line", {"class": "lane", "x1": lane.x, "y1": layout.top, "x2": lane.x, "y2": layout.bottom})
        for begin, end in lane.down:  # the line of a process that is down is broken
            yield element("line", {"class": "gone", "x1": lane.x, "y1": begin, "x2": lane.x, "y2": end})
            yield element("line", {"class": "down", "x1": lane.x, "y1": begin, "x2": lane.x, "y2": end})
        tops = [layout.top - HEAD + 4]
        if layout.height - layout.bottom > MARGIN + HEAD:
            tops.append(layout.bottom)
        for top in tops:
            box = {
                "class": "head",
                "x": lane.x - lane.width / 2,
                "y": top,
                "width": lane.width,
                "height": HEAD - 4,
                "rx": 5,
            }
            yield element("rect", box)
            yield element("text", {"class": "head", "x": lane.x, "y": top + 15.5}, escaped(lane.name))


def _stop(layout: Layout) -> Iterator[str]:
    if not layout.diagram.stops:
        return
    y, left, right = layout.bottom - STOP / 3, MARGIN, layout.width - MARGIN
    middle, wide = (left + right) / 2, text_width(STOPS, SIZE) + 12
    for begin, end in ((left, middle - wide / 2), (middle + wide / 2, right)):
        yield element("line", {"class": "loop", "x1": begin, "y1": y, "x2": end, "y2": y})
    behind = {"class": "behind", "x": middle - wide / 2, "y": y - 10, "width": wide, "height": 20, "rx": 3}
    yield element("rect", behind)
    yield element("text", {"class": "loop stop", "x": middle, "y": y + 4}, STOPS)


def _loop(layout: Layout) -> Iterator[str]:
    if layout.loop is None:
        return
    begin, end = layout.loop
    left, x = MARGIN - 8.0, max(MARGIN + 30.0, min(lane.x for lane in layout.lanes) - 14)
    path = f"M{x:g} {end:.1f}H{left + 8:g}Q{left:g} {end:.1f} {left:g} {end - 8:.1f}V{begin + 8:.1f}"
    path += f"Q{left:g} {begin:.1f} {left + 8:g} {begin:.1f}H{x - 8:g}"
    yield element("path", {"class": "loop", "d": path})
    yield _head_of((Point(left + 8, begin), Point(x, begin)), "loop-head")
    yield element("text", {"class": "loop", "x": left + 14, "y": end - 5}, "for ever")


def _marks(layout: Layout) -> Iterator[str]:
    for mark in layout.marks:
        line = {"class": f"mark {mark.kind}", "x1": mark.left + 8, "y1": mark.y, "x2": mark.right - 8, "y2": mark.y}
        yield element("g", {"data_state": mark.state}, element("line", line))


def _mark_names(layout: Layout) -> Iterator[str]:
    for mark in layout.marks:
        middle, wide = (mark.left + mark.right) / 2, text_width(mark.text, SIZE)
        behind = {
            "class": "behind",
            "x": middle - wide / 2,
            "y": mark.y - LINE - 1,
            "width": wide,
            "height": LINE,
            "rx": 3,
        }
        text = element("text", {"class": f"mark {mark.kind}", "x": middle, "y": mark.y - 5}, escaped(mark.text))
        yield element("g", {"data_state": mark.state}, element("rect", behind) + text)


# --- messages ----------------------------------------------------------------------------------


def arrow_text(layout: Layout, arrow: Arrow) -> str:
    """`Grant from Server to Client[0]: ballot = 3; lost`: the message in one line."""
    diagram = layout.diagram
    text = f"{arrow.message} from {diagram.lanes[diagram.events[arrow.start].lane]}"
    to = diagram.events[arrow.end].lane if arrow.end is not None else arrow.to
    text += "" if to is None else f" to {diagram.lanes[to]}"
    text += f": {', '.join(f'{name} = {value}' for name, value in arrow.fields.items())}" if arrow.fields else ""
    return text + (f"; {fate}" if (fate := fate_text(arrow)) else "")


def fate_text(arrow: Arrow) -> str:
    """What became of a message, other than that it was received once."""
    told = ["a copy that the network made"] if arrow.copied else []
    match arrow.fate:
        case "lost":
            told.append("lost by the network")
        case "dropped":
            told.append("dropped at once")
        case "discarded":
            told.append("finds its receiver down")
        case _ if arrow.under_way:
            told.append("still under way when the run ends")
        case _ if arrow.end is None:
            told.append("never received")
    return ", ".join(told)


def _messages(layout: Layout, name: str) -> Iterator[str]:
    for number, (arrow, route) in enumerate(zip(layout.diagram.arrows, layout.routes, strict=True)):
        line = "M" + "L".join(f"{point.x:.1f} {point.y:.1f}" for point in route.points)
        parts = [element("title", {}, escaped(arrow_text(layout, arrow)))]
        parts.append(element("path", {"class": "wide", "d": line}))
        if route.copied:
            parts.append(element("path", {"class": "double", "d": line}))
            parts.append(element("path", {"class": "between", "d": line}))
        else:
            parts.append(element("path", {"class": "line", "d": line}))
        parts += _end_of(route)
        classes = f"message {route.end.replace('_', '-')}" + (" copied" if route.copied else "")
        yield element("g", {"class": classes, "id": f"{name}-message-{number}", "data_message": number}, "".join(parts))


def _end_of(route: Route) -> Iterator[str]:
    match route.end:
        case "arrives" | "under_way":
            yield _head_of(route.points, "arrow-head")
        case "lost" | "refused":
            yield _cross(route.points[-1], "lost-end", _CROSS)


def _head_of(points: Sequence[Point], kind: str) -> str:
    before, tip = points[-2], points[-1]
    dx, dy = tip.x - before.x, tip.y - before.y
    length = max(1e-6, (dx * dx + dy * dy) ** 0.5)
    ux, uy = dx / length, dy / length
    back_x, back_y = tip.x - ux * _HEAD_LENGTH, tip.y - uy * _HEAD_LENGTH
    corners = (
        (tip.x, tip.y),
        (back_x - uy * _HEAD_HALF, back_y + ux * _HEAD_HALF),
        (back_x + uy * _HEAD_HALF, back_y - ux * _HEAD_HALF),
    )
    return element("polygon", {"class": kind, "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)})


def _cross(at: Point, kind: str, half: float) -> str:
    d = f"M{at.x - half:.1f} {at.y - half:.1f}L{at.x + half:.1f} {at.y + half:.1f}"
    d += f"M{at.x - half:.1f} {at.y + half:.1f}L{at.x + half:.1f} {at.y - half:.1f}"
    return element("path", {"class": kind, "d": d})


# --- events ------------------------------------------------------------------------------------


def _events(layout: Layout, name: str) -> Iterator[str]:
    for number, (event, dot, label) in enumerate(zip(layout.diagram.events, layout.dots, layout.labels, strict=True)):
        parts = []
        if event.guilty:
            parts.append(element("circle", {"class": "ring", "cx": dot.x, "cy": dot.y, "r": 10}))
        if event.mark == "crash":
            parts.append(element("circle", {"class": "crash", "cx": dot.x, "cy": dot.y, "r": 7.5}))
            parts.append(_cross(dot, "crash-cross", 3.6))
        elif event.mark == "recover":
            parts.append(element("circle", {"class": "recover", "cx": dot.x, "cy": dot.y, "r": 6}))
        else:
            parts.append(element("circle", {"class": "dot", "cx": dot.x, "cy": dot.y, "r": 5}))
        parts += _label(label)
        classes = "event" + (" guilty" if event.guilty else "") + (f" {event.mark}" if event.mark else "")
        attributes = {"class": classes, "id": f"{name}-event-{number}", "data_event": number}
        yield element("g", {**attributes, "data_state": layout.states[number]}, "".join(parts))


def _names(layout: Layout) -> Iterator[str]:
    for number, (label, route) in enumerate(zip(layout.names, layout.routes, strict=True)):
        classes = f"message-name {route.end.replace('_', '-')}"
        yield element("g", {"class": classes, "data_message": number}, "".join(_label(label)))


def _label(label: Label) -> Iterator[str]:
    if not label.lines:
        return
    box = label.box
    inset = (box.right - box.left) * 0.06 if label.anchor == "middle" else 0.0  # most fonts are narrower than feared
    wide, high = box.right - box.left - 2 * inset, box.bottom - box.top
    behind = {"class": "behind", "x": box.left + inset, "y": box.top, "width": wide, "height": high, "rx": 3}
    yield element("rect", behind)
    for number, line in enumerate(label.lines):
        at: dict[str, object] = {"class": line.role, "x": label.x, "y": label.y + number * LINE}
        anchor = {} if label.anchor == "start" else {"text_anchor": label.anchor}
        yield element("text", at | anchor, escaped(line.text))
