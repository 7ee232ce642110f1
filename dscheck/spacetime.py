"""What is a space-time diagram, as data? Lanes, events on them with what stands beside, and arrows for messages."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dscheck.record import record

EventKind = Literal["local", "send", "receive"]


@record
class DiagramEvent:
    """One event.

    Attributes:
        name: as declared, or the label of a step.
        lane: index of its lane.
        kind: what it does.
        values: what stands beside it: the value of each clock shown, as text, by the name of the clock.
        time: when, as text: `614/99`; empty in a diagram without times.
    """

    name: str
    lane: int
    kind: EventKind = "local"
    values: Mapping[str, str] = field(default_factory=dict)
    time: str = ""


@record
class Arrow:
    """A message.

    Attributes:
        message: its name.
        start: index of the event that sends it.
        end: index of the event that receives it; None when nothing does.
        to: index of the lane it was sent to, for a message that nothing receives; None if nobody says.
        under_way: is it not lost, but still to arrive when the run ends?
    """

    message: str
    start: int
    end: int | None = None
    to: int | None = None
    under_way: bool = False


@record
class Diagram:
    """A run, drawn.

    Attributes:
        title: what it shows, in a few words.
        lanes: the names of the processes.
        events: in an order in which causes come first, and times do not decrease.
        arrows: the messages.
    """

    title: str
    lanes: tuple[str, ...]
    events: tuple[DiagramEvent, ...]
    arrows: tuple[Arrow, ...] = ()
