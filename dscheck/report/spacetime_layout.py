"""Where does each piece of a space-time diagram stand? An order of the events, routes of the messages, widths.

Time goes down, one row for each event. A message goes straight to its receiver when its sender does nothing in between;
else the line would seem to leave from a later event, so it leaves in its own row and goes down beside the lane first.
"""

from collections.abc import Sequence
from dataclasses import replace

from dscheck.record import record
from dscheck.report.columns import display_width, printable
from dscheck.spacetime import Arrow, Diagram

NARROWEST_GAP = 6
ROUND_A_NAME = 6  # `├─ m ─▶`: cells that an arrow needs beside the name of its message


def drawing_order(diagram: Diagram) -> list[int]:
    """The events from top to bottom: as they are if they have times or states, else so that messages arrive soon.

    It is a topological order of causes: a lane's next event, if what it receives has been sent. Among those, a receipt
    comes first, and an event of a lane whose message is still to arrive comes last, for its line has to make way.
    """
    if diagram.has_states or any(event.time for event in diagram.events):
        return list(range(len(diagram.events)))
    lanes: dict[int, list[int]] = {}
    for index, event in enumerate(diagram.events):
        lanes.setdefault(event.lane, []).append(index)
    sources: dict[int, set[int]] = {}
    for arrow in diagram.arrows:
        if arrow.end is not None:
            sources.setdefault(arrow.end, set()).add(arrow.start)
    order: list[int] = []
    done: set[int] = set()
    while any(lanes.values()):
        waiting = {diagram.events[start].lane for end, starts in sources.items() if end not in done
                   for start in starts & done}  # fmt: skip
        heads = [queue[0] for queue in lanes.values() if queue]
        ready = [head for head in heads if sources.get(head, set()) <= done]
        chosen = min(ready, key=lambda e: (e not in sources, diagram.events[e].lane in waiting, e))
        lanes[diagram.events[chosen].lane].pop(0)
        order.append(chosen)
        done.add(chosen)
    return order


@record
class Route:
    """How one message goes.

    Attributes:
        arrow: the message.
        start: lane of its sender.
        end: lane of its receiver; None when it never arrives.
        slot: which channel beside the sender's lane it goes down; None for none.
    """

    arrow: Arrow
    start: int
    end: int | None
    slot: int | None = None

    @property
    def name(self) -> str:
        """Of the message, as it is printed."""
        return printable(self.arrow.message)

    @property
    def leftward(self) -> bool:
        """Does it go left from its sender?"""
        target = self.arrow.to if self.end is None else self.end
        return target is not None and target < self.start

    @property
    def gap(self) -> int:
        """The gap beside its sender that it passes first, by the lane to the left of it."""
        return self.start - 1 if self.leftward else self.start


def routes_of(diagram: Diagram, order: Sequence[int]) -> list[Route]:
    """A route for each message; those that go down beside the same lane at the same time have channels of their own."""
    place = {event: position for position, event in enumerate(order)}
    lane = [event.lane for event in diagram.events]
    routes = []
    taken: dict[tuple[int, bool], list[int]] = {}  # per side of a lane, until when each channel is in use
    for arrow in sorted(diagram.arrows, key=lambda arrow: place[arrow.start]):
        route = Route(arrow, lane[arrow.start], None if arrow.end is None else lane[arrow.end])
        if arrow.end is not None:
            begin, end = place[arrow.start], place[arrow.end]
            between = order[begin + 1 : end]
            if route.end == route.start or any(lane[event] == route.start for event in between):
                channels = taken.setdefault((route.start, route.leftward), [])
                free = [slot for slot, until in enumerate(channels) if until < begin]
                slot = free[0] if free else len(channels)
                channels[slot : slot + 1] = [end]
                route = replace(route, slot=slot)
        routes.append(route)
    return routes


@record
class Columns:
    """Where things stand from left to right.

    Attributes:
        lane: the column of each lane.
        label: per lane, the cells of its dot and the widest label beside it.
        width: of it all.
    """

    lane: tuple[int, ...]
    label: tuple[int, ...]
    width: int

    def channel(self, route: Route) -> int:
        """The column in which a message goes down."""
        assert route.slot is not None
        if route.leftward:
            return self.lane[route.start] - 2 - 2 * route.slot
        return self.lane[route.start] + self.label[route.start] + 2 + 2 * route.slot


class _Needs:
    """What one gap has to hold: a label, channels on both its sides, and names of messages."""

    def __init__(self) -> None:
        self.label = 2
        self.right, self.left = 0, 0
        self.straight, self.name_right, self.name_left = 0, 0, 0

    def width(self) -> int:
        channels = 2 * self.right + 2 * self.left
        return max(
            NARROWEST_GAP,
            self.straight,
            self.label + channels + 2,
            self.label + channels + self.name_right if self.name_right else 0,
            channels + self.name_left if self.name_left else 0,
        )


def columns_of(diagram: Diagram, routes: Sequence[Route], labels: Sequence[str], margin: int) -> Columns:
    """Columns that give every label, name and channel its room.

    Args:
        diagram: what is drawn.
        routes: of its messages.
        labels: what stands beside each event.
        margin: cells on the left that are taken.
    """
    gaps = [_Needs() for _ in diagram.lanes]
    for index, event in enumerate(diagram.events):
        gap = gaps[event.lane]
        gap.label = max(gap.label, 2 + display_width(labels[index]))
    for route in routes:
        gap, name = gaps[route.gap], display_width(route.name)
        if route.slot is None:
            gap.straight = max(gap.straight, name + ROUND_A_NAME + (1 if route.end is None else 0))
        elif route.leftward:
            gap.left, gap.name_left = max(gap.left, route.slot + 1), max(gap.name_left, name + ROUND_A_NAME)
        elif route.end == route.start:
            gap.right, gap.label = max(gap.right, route.slot + 1), max(gap.label, name + ROUND_A_NAME)
        else:
            gap.right, gap.name_right = max(gap.right, route.slot + 1), max(gap.name_right, name + ROUND_A_NAME)
    heads = [display_width(printable(name)) for name in diagram.lanes]
    lanes: list[int] = []
    column = margin + (heads[0] - 1) // 2 if heads else margin
    for number, gap in enumerate(gaps):
        lanes.append(column)
        following = heads[number + 1] if number + 1 < len(heads) else 0
        column += max(gap.width(), heads[number] - (heads[number] - 1) // 2 + max(0, following - 1) // 2 + 2)
    last = gaps[-1] if gaps else _Needs()
    used = max(last.label + 2 * last.right + 1, last.straight, heads[-1] // 2 + 1 if heads else 0)
    return Columns(tuple(lanes), tuple(gap.label for gap in gaps), (lanes[-1] if lanes else 0) + used)
