"""What does an answer look like for ShiViz? Each run as a log whose events have vector clocks, made of its messages.

C. Fidge: Timestamps in message-passing systems that preserve the partial ordering. ACSC 1988; F. Mattern: Virtual time
and global states of distributed systems. 1989.
"""

from dscheck.report.pictures.picture import Picture, pictures_of
from dscheck.spacetime import Diagram
from dscheck.traces.event import Event, Trace, TraceHeader
from dscheck.traces.formats.writers import shiviz
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


def report_as_shiviz(report: Report | TraceReport) -> str:
    """All pictures of an answer, as executions of one log.

    Raises:
        NothingToDraw: it has none.
    """
    return "".join(shiviz.write([_trace(picture) for picture in pictures_of(report)]))


def _trace(picture: Picture) -> Trace:
    diagram = picture.diagram
    clocks = vector_clocks(diagram)
    events = []
    for event, clock in zip(diagram.events, clocks, strict=True):
        node = diagram.lanes[event.lane]
        told = f"{event.name}: {event.note}" if event.note else event.name
        events.append(Event(node, clock[node], action=told, vector=clock))
    return Trace(f"{picture.name}: {picture.title}", shiviz.NAME, "made of a run", TraceHeader(), tuple(events))


def vector_clocks(diagram: Diagram) -> list[dict[str, int]]:
    """The vector clock of each event, without entries that are 0.

    Args:
        diagram: in whose events causes come first.
    """
    own: list[dict[str, int]] = [{} for _ in diagram.lanes]
    clocks: list[dict[str, int]] = []
    for index, event in enumerate(diagram.events):
        clock = dict(own[event.lane])
        for arrow in diagram.arrows:
            if arrow.end == index:
                for node, count in clocks[arrow.start].items():
                    clock[node] = max(clock.get(node, 0), count)
        node = diagram.lanes[event.lane]
        clock[node] = clock.get(node, 0) + 1
        own[event.lane] = clock
        clocks.append(clock)
    return clocks
