"""Do the revisions that operations carry give an order that explains them?

Many stores number their changes and tell the number: a revision, a version, a fencing token. Sorted by it and replayed,
a history that is right shows its order in O(n log n), where the search may take exponential time. A store may number
wrongly and still be linearizable, so revisions refute nothing: where they do not explain, the search decides.
An operation that never returned has no revision; it is put in where the next one needs it.
"""

from collections.abc import Sequence

from dscheck.traces.linearizable.objects.object_type import Call, State
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains

METHOD = "revisions of the operations"


def by_revision(part: Part) -> Shortcut | None:
    """An order by revision, if every operation that returned has one and it explains them."""
    numbered: list[tuple[int, bool, int, int]] = []
    never_returned: dict[Call, list[int]] = {}
    for index, (item, operation) in enumerate(zip(part.items, part.operations, strict=True)):
        if item.returned is None:
            if not part.object.keeps_state(item.call):
                never_returned.setdefault(item.call, []).append(index)
        elif operation.revision is None:
            return None
        else:
            # What changes the object comes before those who saw that.
            numbered.append((operation.revision, part.object.keeps_state(item.call), item.called, index))
    order = _replayed(part, [index for *_, index in sorted(numbered)], never_returned)
    return Shortcut(True, METHOD, order=order) if order and explains(part, order) else None


def _replayed(part: Part, indices: Sequence[int], spare: dict[Call, list[int]]) -> tuple[int, ...]:
    """The operations, with those among `spare` that are needed; empty if one is refused whatever is put before it."""
    states: tuple[State, ...] = (part.initial,)
    order: list[int] = []
    for index in indices:
        call = part.items[index].call
        after = _after(part, states, call)
        if not after:
            for other, waiting in spare.items():
                between = _after(part, states, other) if waiting else ()
                after = _after(part, between, call)
                if after:
                    order.append(waiting.pop(0))
                    break
            else:
                return ()
        order.append(index)
        states = after
    return tuple(order)


def _after(part: Part, states: Sequence[State], call: Call) -> tuple[State, ...]:
    return tuple(dict.fromkeys(after for state in states for after in part.object.step(state, call)))
