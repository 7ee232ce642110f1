"""What of an event that is no step, but a look at the values between two steps?

A system that is driven from outside is looked at after each step; what it does by itself is hidden. Such an event has
the field `observes`. If it is the text `quiet`, nothing that is hidden could still happen, faults aside.
"""

from collections.abc import Iterable, Iterator

from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.demands import Item, Refusal
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.told import Told, cut_line
from dscheck.traces.event import Event
from dscheck.traces.wording import witness

_MOST_SHOWN = 4


def is_look(event: Event) -> bool:
    """Does the event record no step?"""
    return event.other.get("observes") is True or is_quiet_look(event)


def is_quiet_look(event: Event) -> bool:
    """Was nothing more going to happen by itself?"""
    return event.other.get("observes") == "quiet"


def may_be_put_off(system: System, step: Transition) -> bool:
    """Does the step keep a system from being quiet? Faults may happen at any time, so they do not."""
    rule = system.rules[step.rule]
    return step.successor is not None and not rule.is_fault and rule.kind != "discard"


def unseen(observer: Observer, item: Item, states: Iterable[State]) -> Told:
    """Why none of the states is the one that was seen: how the nearest one differs.

    Args:
        observer: of the system.
        item: the look.
        states: all that the system may be in.
    """
    event = item.first.event
    seen = (*item.first.before, *item.first.after)
    nearest = min((tuple(observer.values(seen, state)) for state in states), key=len, default=())
    lines = tuple(_lines(nearest)) or ("the spec has this state, but something more must happen in it",)
    where = "" if event.place.line == 0 else f"{event.place}: "
    told = (f"{where}{observer.system.protocol} cannot be as it was seen after the steps before", *lines)
    refused = (witness(event, "refused"),)
    data = {"event": item.index, "refused": [list(lines)]}
    return Told("\n  ".join(map(cut_line, told)), "values", refused, refused, data)


def _lines(refusals: tuple[Refusal, ...]) -> Iterator[str]:
    for each in refusals[:_MOST_SHOWN]:
        yield f"{each.what} is {each.spec}, where {each.recorded} is recorded"
    if len(refusals) > _MOST_SHOWN:
        yield f"and {len(refusals) - _MOST_SHOWN} more differ"
