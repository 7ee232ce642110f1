"""What do the runs of an answer look like on a terminal, each as a diagram?"""

from dscheck.report.columns import printable
from dscheck.report.pictures.picture import pictures_of
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.style import Style, plain
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

WIDTH = 80


def report_as_diagrams(report: Report | TraceReport, *, style: Style = plain, width: int = WIDTH) -> str:
    """All pictures of an answer, drawn with characters, ending in a newline.

    Args:
        report: the answer.
        style: sets pieces off by their role.
        width: cells of a line.

    Raises:
        NothingToDraw: it has none.
    """
    parts = []
    for picture in pictures_of(report):
        head = style("place", printable(picture.name))
        parts.append(f"{head}\n{diagram_as_text(picture.diagram, style=style, width=width)}")
    return "\n\n".join(parts) + "\n"
