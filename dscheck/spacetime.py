"""What is a space-time diagram, as data? Lanes, events on them with what stands beside, and arrows for messages."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dscheck.record import record
from dscheck.shown import ShownInNotebooks

EventKind = Literal["local", "send", "receive"]
EventMark = Literal["", "crash", "recover"]
NetworkMarkKind = Literal["cut", "heal", "duplicated"]
Fate = Literal["", "lost", "dropped", "discarded"]


@record
class DiagramEvent:
    """One event.

    Attributes:
        name: as declared, or the label of a step.
        lane: index of its lane.
        kind: what it does.
        values: what stands beside it: the value of each clock shown, as text, by the name of the clock.
        time: when, as text: `614/99`; empty in a diagram without times.
        mark: whether the process goes down or comes up again here.
        guilty: is it one of those that break what should hold?
        wrong: names of `values` that are wrong.
        note: what to say beside it: the values that make it guilty, or why it failed.
        state: how manyeth state of the run it leads to, the initial one being 0; None where there are no states.
    """

    name: str
    lane: int
    kind: EventKind = "local"
    values: Mapping[str, str] = field(default_factory=dict)
    time: str = ""
    mark: EventMark = ""
    guilty: bool = False
    wrong: tuple[str, ...] = ()
    note: str = ""
    state: int | None = None


@record
class Arrow:
    """A message.

    Attributes:
        message: its name.
        start: index of the event that sends it.
        end: index of the event that receives it; None when nothing does.
        to: index of the lane it was sent to, for a message that nothing receives; None if nobody says.
        under_way: is it not lost, but still to arrive when the run ends?
        fate: why nothing receives it: the network lost it, dropped it at once, or its receiver was down (`discarded`);
            empty if nobody says.
        ended: in which state of the run it was lost; None if that is not known.
        copied: did the network make this copy of another message?
        fields: the values it carries, as text, by name.
    """

    message: str
    start: int
    end: int | None = None
    to: int | None = None
    under_way: bool = False
    fate: Fate = ""
    ended: int | None = None
    copied: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@record
class NetworkMark:
    """Something that the network does between two lanes, and that is no event of either.

    Attributes:
        kind: `cut`: what is sent from here on does not get through; `heal`: it does again; `duplicated`: a message on
            its way has a copy from here on.
        lanes: the two, by index.
        after: how many events of the diagram come before.
        state: how manyeth state of the run it leads to; None where there are no states.
        message: that is duplicated; empty elsewhere.
    """

    kind: NetworkMarkKind
    lanes: tuple[int, int]
    after: int
    state: int | None = None
    message: str = ""


@record
class Diagram(ShownInNotebooks):
    """A run, drawn.

    Attributes:
        title: what it shows, in a few words.
        lanes: the names of the processes.
        events: in an order in which causes come first, and times do not decrease.
        arrows: the messages.
        network_marks: where the network is cut, healed, or makes a copy.
        loop_from: the state to which the run returns after its last event, and goes on for ever; None if it ends.
        stops: may the run stop for ever after its last event, although something is owed?
    """

    title: str
    lanes: tuple[str, ...]
    events: tuple[DiagramEvent, ...]
    arrows: tuple[Arrow, ...] = ()
    network_marks: tuple[NetworkMark, ...] = ()
    loop_from: int | None = None
    stops: bool = False

    @property
    def has_states(self) -> bool:
        """Is it a run, whose events stand in the order in which they were taken?"""
        return any(event.state is not None for event in self.events)
