"""What does a run look like as a sequence diagram in Mermaid's notation, for Markdown pages?

Such a diagram has no crossing lines: a message stands where it arrives, and the note of its sender says that it leaves.
"""

from collections.abc import Iterator

from dscheck.report.pictures.picture import Picture, pictures_of
from dscheck.report.run_ending import STOPS
from dscheck.report.spacetime_layout import drawing_order
from dscheck.spacetime import Arrow, Diagram, DiagramEvent
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

_PLAIN = frozenset(" _()=.,[]{}/+*'!?@|·→—–")  # beside letters and digits
_BLAME = "rect rgba(200, 60, 50, 0.18)"


def report_as_mermaid(report: Report | TraceReport) -> str:
    """The first picture of an answer.

    Raises:
        NothingToDraw: it has none.
    """
    return picture_as_mermaid(pictures_of(report)[0])


def picture_as_mermaid(picture: Picture) -> str:
    """The text of a sequence diagram, ending in a newline."""
    return "\n".join(_lines(picture.diagram, picture.title)) + "\n"


def _safe(text: str) -> str:
    """The text, with what Mermaid might take for its own written as the number of the character."""
    one_line = " ".join(text.split())
    return "".join(sign if sign.isalnum() or sign in _PLAIN else f"#{ord(sign)};" for sign in one_line) or "#32;"


def _lines(diagram: Diagram, title: str) -> Iterator[str]:
    yield "sequenceDiagram"
    yield f"  %% {_safe(title)}; a message stands where it arrives"
    for number, name in enumerate(diagram.lanes):
        yield f"  participant p{number} as {_safe(name)}"
    looping = False
    for row in _rows(diagram):
        if diagram.loop_from is not None and not looping and row[0] > diagram.loop_from:
            looping = True
            yield "  loop for ever"
        for line in row[1]:
            yield f"  {line}"
    for arrow in diagram.arrows:
        if arrow.end is None and arrow.ended is None:
            yield f"  {_unreceived(diagram, arrow)}"
    if looping:
        yield "  end"
    if diagram.stops and diagram.lanes:
        yield f"  Note over p0,p{len(diagram.lanes) - 1}: {STOPS}"


def _rows(diagram: Diagram) -> list[tuple[int, list[str]]]:
    """What stands at each moment."""
    rows: list[tuple[int, list[str]]] = []
    order = range(len(diagram.events)) if diagram.has_states else drawing_order(diagram)
    for place, index in enumerate(order, start=1):
        event = diagram.events[index]
        lines = [
            f"p{diagram.events[arrow.start].lane}-)p{event.lane}: "
            + _safe(f"{arrow.message} (copy)" if arrow.copied else arrow.message)
            for arrow in diagram.arrows
            if arrow.end == index
        ]
        lines.append(f"Note over p{event.lane}: {_note(diagram, index, event)}")
        rows.append(
            (event.state or place, [_BLAME, *(f"  {line}" for line in lines), "end"] if event.guilty else lines)
        )
    rows += [
        (arrow.ended, [_unreceived(diagram, arrow)])
        for arrow in diagram.arrows
        if arrow.ended is not None and arrow.end is None
    ]
    for mark in diagram.network_marks:
        low, high = sorted(mark.lanes)
        what = {"cut": "link cut", "heal": "link healed", "duplicated": f"{mark.message} is duplicated"}[mark.kind]
        over = f"p{low}" if low == high else f"p{low},p{high}"
        rows.append((mark.state or 0, [f"Note over {over}: {_safe(what)}"]))
    return sorted(rows, key=lambda row: row[0])


def _note(diagram: Diagram, index: int, event: DiagramEvent) -> str:
    sign = {"": "", "crash": "#10007; ", "recover": "#8635; "}[event.mark]
    parts = [event.name, *(f"{name} {value}" for name, value in event.values.items())]
    parts += [event.time] if event.time else []
    parts += [event.note] if event.note else []
    sent = dict.fromkeys(arrow.message for arrow in diagram.arrows if arrow.start == index)
    return sign + "<br/>".join([", ".join(map(_safe, parts)), *(f"sends {_safe(message)}" for message in sent)])


def _unreceived(diagram: Diagram, arrow: Arrow) -> str:
    start = diagram.events[arrow.start].lane
    to = start if arrow.to is None else arrow.to
    if arrow.under_way:
        return f"p{start}--)p{to}: {_safe(arrow.message)} (under way)"
    told = {"lost": "lost", "dropped": "dropped", "discarded": "receiver down", "": "never received"}[arrow.fate]
    return f"p{start}-xp{to}: {_safe(arrow.message)} ({told})"
