"""Which events are remembered, and which processes can know of them? Only what the asked properties compare."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from dscheck.language.checked import EventMeaning
from dscheck.record import record


@record
class Comparison:
    """`left -> right` or `left || right`, of the latest events with these labels at two processes of their sets."""

    operator: Literal["->", "||"]
    left: EventMeaning
    right: EventMeaning


@record
class Tracking:
    """What has to be remembered to answer some comparisons.

    Attributes:
        comparisons: those that are asked, in an order of their own.
        orders: (earlier, later): whether the latest one of `earlier` happened before the latest one of `later` is asked
            and open.
        carriers: per earlier event, the process sets through which the knowledge of it can reach a later one.
    """

    comparisons: tuple[Comparison, ...] = ()
    orders: tuple[tuple[EventMeaning, EventMeaning], ...] = ()
    carriers: Mapping[EventMeaning, tuple[str, ...]] = field(default_factory=dict)

    def earlier_than(self, event: EventMeaning) -> list[EventMeaning]:
        """The events that are asked to have happened before `event`."""
        return [earlier for earlier, later in self.orders if later == event]

    def later_than(self, event: EventMeaning) -> list[EventMeaning]:
        """The events that are asked to have happened after `event`."""
        return [later for earlier, later in self.orders if earlier == event]

    def travelling(self, sender: str, receiver: str) -> list[EventMeaning]:
        """The events of which messages from one process set to another carry knowledge."""
        return [event for event, carriers in self.carriers.items() if sender in carriers and receiver in carriers]


def tracking_of(comparisons: Iterable[Comparison], traffic: Iterable[tuple[str, str]]) -> Tracking:
    """What to remember.

    Args:
        comparisons: what the asked properties compare.
        traffic: (sender, receiver) process sets between which some message is sent.
    """
    asked = sorted(set(comparisons), key=lambda each: (each.operator, _name(each.left), _name(each.right)))
    forwards = set(traffic)
    backwards = {(receiver, sender) for sender, receiver in forwards}
    orders = {(each.left, each.right) for each in asked}
    orders |= {(each.right, each.left) for each in asked if each.operator == "||"}
    # Knowledge that can never arrive would only be more variables.
    possible = {pair for pair in orders if pair[1].process in _reached({pair[0].process}, forwards)}
    # Its own process knows of an event at once: that is how one is known to have happened at all, for `||`.
    carriers = {event: {event.process} for each in asked if each.operator == "||" for event in (each.left, each.right)}
    for earlier, later in possible:
        ways = _reached({earlier.process}, forwards) & _reached({later.process}, backwards)
        carriers.setdefault(earlier, set()).update(ways)
    return Tracking(
        comparisons=tuple(asked),
        orders=tuple(sorted(possible, key=lambda pair: tuple(map(_name, pair)))),
        carriers={event: tuple(sorted(carriers[event])) for event in sorted(carriers, key=_name)},
    )


def _name(event: EventMeaning) -> tuple[str, str]:
    return event.process, event.label


def _reached(start: set[str], edges: set[tuple[str, str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        here = waiting.pop()
        new = {there for origin, there in edges if origin == here} - found
        found |= new
        waiting.extend(new)
    return found
