"""Is this order of the operations one that explains them, whoever found it?"""

from collections.abc import Sequence

from dscheck.traces.linearizable.objects.object_type import State
from dscheck.traces.linearizable.parts import Part


def explains(part: Part, order: Sequence[int]) -> bool:
    """Whether the order has every operation that returned, each once, none before one that it follows, all legal."""
    seen = set(order)
    if len(seen) != len(order):
        return False
    if any(item.returned is not None and index not in seen for index, item in enumerate(part.items)):
        return False
    return misplaced(part, order) is None and _legal(part, order)


def misplaced(part: Part, order: Sequence[int]) -> tuple[int, int] | None:
    """Two positions, the later one of an operation that returned before the other was invoked; None if all is well."""
    latest = -1  # position of the one invoked last so far
    for position, index in enumerate(order):
        item = part.items[index]
        if latest >= 0 and item.returned is not None and item.returned < part.items[order[latest]].called:
            return latest, position
        if latest < 0 or item.called > part.items[order[latest]].called:
            latest = position
    return None


def _legal(part: Part, order: Sequence[int]) -> bool:
    states: set[State] = {part.initial}
    for index in order:
        states = {after for state in states for after in part.object.step(state, part.items[index].call)}
        if not states:
            return False
    return True
