"""Which contents of a queue or a stack can never be taken out as recorded?

Where each value is put in once and taken out once, those who take it tell in which order values must leave. Of two
values inside, the one that leaves first must not be taken after the other one was. So contents that are in the wrong
order are given up when they come about, and not when the wrong value comes out.
"""

from collections.abc import Callable, Hashable, Sequence
from math import inf

from dscheck.traces.linearizable.objects.object_type import Recorded, State, Unknown


def leaves_in_order(recorded: Sequence[Recorded], initial: State, *, last: bool) -> Callable[[State], bool] | None:
    """Whether contents can leave as recorded; None where values are put in or taken out more than once.

    Args:
        recorded: operations that put and take.
        initial: what is inside at first.
        last: the last one that was put in leaves first.
    """
    put: set[Hashable] = set(initial)
    if len(put) < len(initial):
        return None
    called: dict[Hashable, float] = {}  # of who takes the value
    returned: dict[Hashable, float] = {}
    anybody = inf  # invocation of the first taking that may have taken anything
    for each in recorded:
        if each.call.function == "put":
            if each.call.argument in put or each.repeatable:
                return None
            put.add(each.call.argument)
        elif each.call.result is Unknown.RESULT:
            anybody = min(anybody, each.called)
        elif each.call.result is not None:
            if each.call.result in called or each.repeatable:
                return None
            called[each.call.result] = each.called
            returned[each.call.result] = inf if each.returned is None else each.returned

    def can_leave(state: State) -> bool:
        latest = -inf  # invocation of whoever takes one of those that leave before
        for value in reversed(state) if last else state:
            if returned.get(value, inf) < latest:
                return False
            latest = max(latest, min(called.get(value, inf), anybody))
        return True

    return can_leave
