"""Where does each piece of a picture stand? A space-time diagram as numbers: lanes, dots, routes, labels, in pixels.

Time goes down. Each step of a run has a row of its own, faults of the network included; in a diagram without states
each event has one. A label stands on a side of its dot where no message arrives or leaves; the name of a message lies
on its route, where it covers least.
"""

from collections.abc import Iterator, Sequence

from dscheck.record import record
from dscheck.report.pictures.geometry import Box, Point, overlap
from dscheck.report.pictures.labels import Label, LabelLine, event_lines, label_box, side_of
from dscheck.report.pictures.naming import name_of, name_width, place_names
from dscheck.report.pictures.routes import STUB_ROW, Route, is_stub, route_of, stub_number
from dscheck.report.pictures.text_measure import text_width
from dscheck.report.run_ending import STOPS
from dscheck.report.spacetime_layout import drawing_order
from dscheck.spacetime import Diagram

SIZE = 13  # of the font
LINE = 16  # from line to line
ROW = 40
NARROWEST_GAP = 150
MARGIN = 18
HEAD = 26  # height of the box with the name of a lane
LOOP = 30  # what a loop takes on the left
STOP = 30  # what the line that says that a run may stop takes below
ROWS_ON_A_SCREEN = 18  # a taller picture has the names of its lanes below as well


@record
class Lane:
    """A process.

    Attributes:
        name: as shown.
        x: of its line.
        width: of the box with its name.
        down: from where to where it is down: pairs of y.
    """

    name: str
    x: float
    width: float
    down: tuple[tuple[float, float], ...] = ()


@record
class Row:
    """One moment: `text` is its time or the number of its step; `state` is the number of the state it leads to."""

    y: float
    text: str
    state: int


@record
class PlacedMark:
    """What the network does: a line from `left` to `right` with `text` above its middle."""

    kind: str
    text: str
    left: float
    right: float
    y: float
    state: int


@record
class Layout:
    """A picture as numbers.

    Attributes:
        width: in pixels.
        height: in pixels.
        diagram: that is drawn.
        lanes: from left to right.
        rows: from top to bottom.
        dots: per event, its place.
        labels: per event, what stands beside it.
        routes: per arrow.
        names: per arrow, where its name stands.
        marks: of the network.
        top: where the lanes begin.
        bottom: where they end.
        loop: from where to where the run repeats; None if it does not.
        states: per event, the number of the row in which it stands, from 1.
    """

    width: float
    height: float
    diagram: Diagram
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    dots: tuple[Point, ...]
    labels: tuple[Label, ...]
    routes: tuple[Route, ...]
    names: tuple[Label, ...]
    marks: tuple[PlacedMark, ...]
    top: float
    bottom: float
    loop: tuple[float, float] | None
    states: tuple[int, ...]


def layout_of(diagram: Diagram) -> Layout:
    """Lay out a diagram.

    Args:
        diagram: with its events in an order in which causes come first.
    """
    states = _states(diagram)
    lines = [event_lines(diagram, index, SIZE) for index in range(len(diagram.events))]
    sides = [side_of(diagram, index) for index in range(len(diagram.events))]
    last = max([*states, *_other_states(diagram)], default=0)
    texts = _row_texts(diagram, states, last)
    above, below = _heights(diagram, states, lines, sides, last)
    top = MARGIN + HEAD
    ys = [float(top)]
    for state in range(1, last + 1):
        ys.append(ys[-1] + max(ROW, (below[state - 1] if state > 1 else ROW / 2) + above[state] + 4))
    bottom = ys[-1] + max(ROW / 2, below[last]) + 6 if last else top + ROW
    bottom += STOP if diagram.stops else 0
    xs, width = _columns(diagram, lines, sides, texts)
    dots = tuple(Point(xs[event.lane], ys[state]) for event, state in zip(diagram.events, states, strict=True))
    labels = tuple(
        label_box(dot, side, its, SIZE, LINE, ringed=event.guilty or event.mark == "crash")
        for event, dot, side, its in zip(diagram.events, dots, sides, lines, strict=True)
    )
    routes = tuple(route_of(diagram, number, dots, xs, ys) for number in range(len(diagram.arrows)))
    lanes = tuple(
        Lane(name, x, _head_width(name), tuple(_down(diagram, number, dots, bottom)))
        for number, (name, x) in enumerate(zip(diagram.lanes, xs, strict=True))
    )
    marks = tuple(_marks(diagram, xs, ys))
    taken = [label.box for label in labels] + [Box(mark.left, mark.y - LINE, mark.right, mark.y + 4) for mark in marks]
    names = place_names(diagram, routes, dots, taken, [(x, float(top), bottom) for x in xs], SIZE, LINE)
    width = max([width, *(name.box.right + MARGIN for name in names), *(label.box.right + MARGIN for label in labels)])
    if diagram.stops:
        width = max(width, text_width(STOPS, SIZE) + 6 * MARGIN)
    repeated = HEAD + 8 if last > ROWS_ON_A_SCREEN else 0
    loop = None
    if diagram.loop_from is not None:
        begin = min(diagram.loop_from, last)
        after = ys[begin + 1] if begin < last else bottom
        loop = (ys[begin] + after) / 2 if begin else top + 8, bottom - 2
    rows = tuple(Row(ys[state], texts[state], state) for state in range(1, last + 1))
    return Layout(
        width, bottom + MARGIN + repeated, diagram, lanes, rows, dots, labels, routes, names, marks, top, bottom, loop,
        tuple(states),
    )  # fmt: skip


def _states(diagram: Diagram) -> list[int]:
    """The row of each event, from 1."""
    if diagram.has_states:
        return [0 if event.state is None else event.state for event in diagram.events]
    rows = [0] * len(diagram.events)
    for row, index in enumerate(drawing_order(diagram), start=1):
        rows[index] = row
    return rows


def _other_states(diagram: Diagram) -> Iterator[int]:
    if diagram.has_states:
        yield from (arrow.ended for arrow in diagram.arrows if arrow.ended is not None)
        yield from (mark.state for mark in diagram.network_marks if mark.state is not None)


def _heights(
    diagram: Diagram, states: Sequence[int], lines: Sequence[Sequence[LabelLine]], sides: Sequence[str], last: int
) -> tuple[list[float], list[float]]:
    """How much room each row needs above and below the middle of its dot, for the label and the stubs of messages."""
    above, below = [ROW / 2] * (last + 1), [ROW / 2] * (last + 1)
    for state, its, side in zip(states, lines, sides, strict=True):
        high = LINE * len(its)
        over = high + 6 if side.startswith("above") else 0 if side.startswith("below") else high / 2 + 2
        under = high + 6 if side.startswith("below") else 0 if side.startswith("above") else high / 2 + 2
        above[state], below[state] = max(above[state], over), max(below[state], under)
    for number, arrow in enumerate(diagram.arrows):
        if is_stub(diagram, number):
            state = states[arrow.start]
            below[state] = max(below[state], 28 + STUB_ROW * stub_number(diagram, number))
    return above, below


def _row_texts(diagram: Diagram, states: Sequence[int], last: int) -> list[str]:
    if diagram.has_states:
        return [str(number) for number in range(last + 1)]
    texts = [""] * (last + 1)
    for event, state in zip(diagram.events, states, strict=True):
        texts[state] = event.time
    return texts


def _head_width(name: str) -> float:
    return text_width(name, SIZE) * 1.08 + 20  # the name is bold


def _columns(
    diagram: Diagram, lines: Sequence[Sequence[LabelLine]], sides: Sequence[str], texts: Sequence[str]
) -> tuple[list[float], float]:
    """The x of each lane, and the width of it all."""
    count = len(diagram.lanes)
    left, right = [0.0] * count, [0.0] * count
    for event, its, side in zip(diagram.events, lines, sides, strict=True):
        wide = max((line.width for line in its), default=0) + 16
        sums = left if "left" in side else right
        sums[event.lane] = max(sums[event.lane], wide)
    gaps = [float(NARROWEST_GAP)] * max(0, count - 1)
    for number in range(count - 1):
        heads = (_head_width(diagram.lanes[number]) + _head_width(diagram.lanes[number + 1])) / 2 + 12
        gaps[number] = max(gaps[number], right[number] + 14, left[number + 1] + 14, heads)
    for number, arrow in enumerate(diagram.arrows):
        start = diagram.events[arrow.start].lane
        end = diagram.events[arrow.end].lane if arrow.end is not None else (start if arrow.to is None else arrow.to)
        name = name_width(name_of(diagram, number), SIZE)
        low, high = min(start, end), max(start, end)
        if high == low + 1:
            gaps[low] = max(gaps[low], name + (90 if arrow.end is None else 56))
        elif arrow.end is None and high > low:  # the name of a stub has its room beside its sender
            beside = start if end > start else start - 1
            gaps[beside] = max(gaps[beside], name + 90)
    for mark in diagram.network_marks:
        low, high = min(mark.lanes), max(mark.lanes)
        if high == low + 1:
            gaps[low] = max(gaps[low], text_width(_mark_text(mark.kind, mark.message), SIZE) + 40)
    margin = MARGIN + max((text_width(text, SIZE - 2) for text in texts[1:]), default=0) + 12
    margin += LOOP if diagram.loop_from is not None else 0
    heads_left = _head_width(diagram.lanes[0]) / 2 if count else 0
    xs = [round(margin + max(left[0] if count else 0, heads_left) + 4, 1)]
    for gap in gaps:
        xs.append(round(xs[-1] + gap, 1))
    heads_right = _head_width(diagram.lanes[-1]) / 2 if count else 0
    return xs[:count], round(xs[-1] + max(right[-1] if count else 0, heads_right) + MARGIN, 1)


def _down(diagram: Diagram, lane: int, dots: Sequence[Point], bottom: float) -> Iterator[tuple[float, float]]:
    """From where to where a process is down."""
    since: float | None = None
    for event, dot in zip(diagram.events, dots, strict=True):
        if event.lane != lane:
            continue
        if event.mark == "crash" and since is None:
            since = dot.y
        elif event.mark == "recover" and since is not None:
            yield since, dot.y
            since = None
    if since is not None:
        yield since, bottom


def _mark_text(kind: str, message: str) -> str:
    return f"{message} is duplicated" if kind == "duplicated" else {"cut": "link cut", "heal": "link healed"}[kind]


def _marks(diagram: Diagram, xs: Sequence[float], ys: Sequence[float]) -> Iterator[PlacedMark]:
    for mark in diagram.network_marks:
        low, high = sorted(xs[lane] for lane in mark.lanes)
        state = mark.state or 0
        yield PlacedMark(mark.kind, _mark_text(mark.kind, mark.message), low, high, ys[min(state, len(ys) - 1)], state)


def overlapping_labels(layout: Layout) -> list[tuple[str, str]]:
    """Pairs of labels that cover each other: a picture for a paper has none."""
    boxes = [(" ".join(line.text for line in label.lines), label.box) for label in (*layout.labels, *layout.names)]
    return [
        (first, second)
        for number, (first, box) in enumerate(boxes)
        for second, other in boxes[:number]
        if overlap(box, other) > 4
    ]
