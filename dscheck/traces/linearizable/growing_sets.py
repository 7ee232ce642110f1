"""Is a set linearizable to which each element is added at most once, and which is only read as a whole?

The reads have to be ordered by inclusion, and each addition belongs between the last read that misses it and the first
that has it. So all orders are alike but for operations that may change places, and one of them decides. O(n log n).
"""

from collections.abc import Hashable

from dscheck.traces.linearizable.objects.object_type import Call
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains, misplaced

METHOD = "a growing set with distinct elements"


def growing_set(part: Part) -> Shortcut | None:
    """Decide by the order of the reads, if elements are distinct and nothing is removed."""
    if part.object.name != "set":
        return None
    adders: dict[Hashable, int] = {}
    reads: list[int] = []
    for index, item in enumerate(part.items):
        call = item.call
        if call.function == "read":
            reads.append(index)
        elif _is_new(call, adders, part.initial):
            adders[call.argument] = index
        else:
            return None
    return _judge(part, adders, sorted(reads, key=lambda index: (len(_seen(part, index)), part.items[index].called)))


def _judge(part: Part, adders: dict[Hashable, int], reads: list[int]) -> Shortcut | None:
    order: list[int] = []
    present: frozenset[Hashable] = part.initial
    before: int | None = None
    for read in reads:
        seen = _seen(part, read)
        if not present <= seen:
            guilty = (read,) if before is None else (before, read)
            return Shortcut(False, METHOD, guilty=guilty)
        if any(element not in adders for element in seen - present):
            return Shortcut(False, METHOD, guilty=(read,))
        order += sorted((adders[element] for element in seen - present), key=lambda index: part.items[index].called)
        order.append(read)
        present, before = seen, read
    order += [
        index for element, index in adders.items() if element not in present and part.items[index].returned is not None
    ]
    wrong = misplaced(part, order)
    if wrong is not None:
        between = order[wrong[0] : wrong[1] + 1]
        return Shortcut(False, METHOD, guilty=tuple(each for each in between if part.items[each].returned is not None))
    return Shortcut(True, METHOD, order=tuple(order)) if explains(part, order) else None


def _seen(part: Part, index: int) -> frozenset[Hashable]:
    seen: frozenset[Hashable] = part.items[index].call.result  # type: ignore[assignment]
    return seen


def _is_new(call: Call, adders: dict[Hashable, int], initial: frozenset[Hashable]) -> bool:
    return (
        call.function == "add" and call.result is None and call.argument not in adders and call.argument not in initial
    )
