"""How is a schedule with exact times drawn? As a space-time diagram, like any other run."""

from dscheck.language import syntax
from dscheck.spacetime import Arrow, Diagram, DiagramEvent, EventKind
from dscheck.timing.evaluate import Run
from dscheck.timing.scope import events_of


def diagram_of(block: syntax.Timing, run: Run, title: str) -> Diagram:
    """Draw `run`: events by time, a lane for each `on`, and an arrow for each `after` that leaves its lane.

    Args:
        block: the block.
        run: a schedule of it.
        title: what it shows.
    """
    events = _in_order(block, run)
    elsewhere = block.name.name
    lane_of = {event.name.name: event.lane.name if event.lane is not None else elsewhere for event in events_of(block)}
    lanes = tuple(dict.fromkeys(lane_of.values()))
    index = {event.name.name: number for number, event in enumerate(events)}
    arrows = tuple(
        Arrow(
            str(run.times[event.name.name] - run.times[predecessor.event.name]),
            index[predecessor.event.name],
            index[event.name.name],
        )
        for event in events
        for predecessor in event.after
        if lane_of[event.name.name] != lane_of[predecessor.event.name]
    )
    drawn = [
        DiagramEvent(
            name=event.name.name,
            lane=lanes.index(lane_of[event.name.name]),
            kind=_kind(index[event.name.name], arrows),
            values={clock: str(shown) for (clock, at), shown in run.readings.items() if at == event.name.name},
            time=str(run.times[event.name.name]),
        )
        for event in events
    ]
    return Diagram(title, lanes, tuple(drawn), arrows)


def _kind(event: int, arrows: tuple[Arrow, ...]) -> EventKind:
    if any(arrow.end == event for arrow in arrows):
        return "receive"
    return "send" if any(arrow.start == event for arrow in arrows) else "local"


def _in_order(block: syntax.Timing, run: Run) -> list[syntax.At]:
    """The events by time; at the same time, what is `after` another comes later, else as in the file."""
    left = sorted(events_of(block), key=lambda event: run.times[event.name.name])
    ordered: list[syntax.At] = []
    while left:
        now = run.times[left[0].name.name]
        same_time = {event.name.name: event for event in left if run.times[event.name.name] == now}
        ready = (
            event
            for name, event in same_time.items()
            if not any(each.event.name in same_time and each.event.name != name for each in event.after)
        )
        event = next(ready, left[0])
        left.remove(event)
        ordered.append(event)
    return ordered
