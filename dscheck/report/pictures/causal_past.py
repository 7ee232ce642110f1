"""What happened before an event, or before a message was sent? Its causal past in a diagram.

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978.
"""

from dscheck.spacetime import Diagram


def past_of_event(diagram: Diagram, index: int) -> tuple[frozenset[int], frozenset[int]]:
    """The events that happened before an event, itself included, and the messages that they received.

    Args:
        diagram: with its events in an order in which those of a lane stand as they happened.
        index: of the event.

    Returns:
        Indices of events, and indices of arrows.
    """
    before = _previous(diagram)
    events: set[int] = set()
    arrows: set[int] = set()
    waiting = [index]
    while waiting:
        event = waiting.pop()
        if event in events:
            continue
        events.add(event)
        if event in before:
            waiting.append(before[event])
        for number, arrow in enumerate(diagram.arrows):
            if arrow.end == event:
                arrows.add(number)
                waiting.append(arrow.start)
    return frozenset(events), frozenset(arrows)


def past_of_arrow(diagram: Diagram, number: int) -> tuple[frozenset[int], frozenset[int]]:
    """The events that happened before a message was sent, its sending included, and the messages that led to it."""
    events, arrows = past_of_event(diagram, diagram.arrows[number].start)
    return events, arrows | {number}


def _previous(diagram: Diagram) -> dict[int, int]:
    """The event before each on its lane."""
    last: dict[int, int] = {}
    before: dict[int, int] = {}
    for index, event in enumerate(diagram.events):
        if event.lane in last:
            before[index] = last[event.lane]
        last[event.lane] = index
    return before
