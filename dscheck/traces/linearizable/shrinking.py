"""Which few operations suffice to see that a history has no order?

Removing an operation can make a history wrong that was right: who drops a write makes its readers lie. So nothing
is removed that could help. An operation that keeps the state is dropped, and one that its object knows to help no
other; any other is released from its duty: it may take effect at any time after its invocation, or never, and where
the object allows it as often as one likes. What has no order even then has none in truth; the operations that keep
their duty are the explanation.
"""

from collections.abc import Sequence

from dscheck.record import record
from dscheck.traces.linearizable.objects.object_type import Call, State
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.problem import Item, Problem, Prunings
from dscheck.traces.linearizable.search import Search

NODES_OF_A_TRIAL = 2_000
NODES_OF_ALL = 15_000
NODES_OF_THE_WHOLE = 50_000


@record
class Attempt:
    """An order of some operations that ends where the next one is illegal.

    Attributes:
        order: indices.
        state: after them.
        refused: index of the one that has to take effect next, and cannot.
    """

    order: tuple[int, ...]
    state: State
    refused: int


@record
class Contradiction:
    """Operations that cannot all have happened as recorded, whatever the others did.

    Attributes:
        operations: indices, in the order of their returns.
        helpers: indices of the others that might have taken effect before the last of them returned.
        attempts: orders that get furthest, with different ends.
        minimal: without any one of the operations there may be an order.
    """

    operations: tuple[int, ...]
    helpers: tuple[int, ...]
    attempts: tuple[Attempt, ...]
    minimal: bool


def shrunk(part: Part, candidates: Sequence[int]) -> Contradiction | None:
    """The fewest of the candidates that a greedy removal finds (Zeller & Hildebrandt 2002), or None if it proves
    nothing.

    Args:
        part: a history without an order.
        candidates: operations that returned, and that have no order whatever the rest does.
    """
    by_return = sorted(candidates, key=lambda index: part.items[index].returned or 0)
    found = _Shrinking(part, repeatable=True).shrink(by_return) if part.object.finite else None
    return found or _Shrinking(part, repeatable=False).shrink(by_return)


class _Shrinking:
    def __init__(self, part: Part, *, repeatable: bool) -> None:
        self._part = part
        self._repeatable = repeatable
        self._left = NODES_OF_ALL
        self._proof: tuple[Search, tuple[int, ...]] | None = None

    def shrink(self, candidates: list[int]) -> Contradiction | None:
        kept = self._latest(candidates)
        if kept is None:
            return None
        size = max(len(kept) // 2, 1)
        while True:
            start = 0
            while start < len(kept):
                fewer = kept[:start] + kept[start + size :]
                if fewer and self._is_impossible(fewer):
                    kept = fewer
                else:
                    start += size
            if size == 1:
                break
            size //= 2
        if self._proof is None:
            return None
        helpers = tuple(index for index in self._proof[1] if index not in kept)
        return Contradiction(tuple(kept), helpers, self._attempts(kept), self._left > 0)

    def _attempts(self, kept: list[int]) -> tuple[Attempt, ...]:
        """Orders that end at a return, not where one can foresee it; else one of all but the last operation."""
        search, indices = self._search(kept, Prunings(look_ahead=1, foresight=False), NODES_OF_A_TRIAL)
        problem = search.problem
        if search.answer is None and search.deepest < len(problem.windows) - 1 and len(kept) > 1:
            without, indices = self._search(kept[:-1], Prunings(), NODES_OF_A_TRIAL)
            if without.answer:
                steps = without.witness()
                order = tuple(indices[step.item] for step in steps)
                return (Attempt(order, without.problem.states[steps[-1].state], kept[-1]),)
        refused = indices[problem.windows[search.deepest].item]
        attempts: dict[int, Attempt] = {}
        for node in search.stuck:
            if node[1] not in attempts:
                order = tuple(indices[step.item] for step in search.order_to(node))
                attempts[node[1]] = Attempt(order, problem.states[node[1]], refused)
        return tuple(attempts.values())

    def _latest(self, candidates: list[int]) -> list[int] | None:
        """The shortest end of the candidates, in powers of two, that is impossible by itself."""
        count = 1
        while True:
            latest = candidates[-count:]
            if self._is_impossible(latest, last_chance=count >= len(candidates)):
                return latest
            if count >= len(candidates):
                return None
            count *= 2

    def _is_impossible(self, obliged: Sequence[int], *, last_chance: bool = False) -> bool:
        if self._left <= 0 and not last_chance:
            return False
        nodes = NODES_OF_THE_WHOLE if last_chance else min(NODES_OF_A_TRIAL, self._left)
        search, indices = self._search(obliged, Prunings(), nodes)
        self._left -= search.nodes + len(indices)  # both take time
        if search.answer is False:
            self._proof = search, indices
            return True
        return False

    def _search(self, obliged: Sequence[int], prunings: Prunings, nodes: int) -> tuple[Search, tuple[int, ...]]:
        """Search with the duties of some operations only; the indices of those that are left."""
        part, duty = self._part, set(obliged)
        end = max(part.items[index].returned or 0 for index in obliged)
        items: list[Item] = []
        indices: list[int] = []
        repeated: set[Call] = set()
        needed = [part.items[index].call for index in obliged]
        for index, item in enumerate(part.items):
            if index in duty:
                items.append(item)
                indices.append(index)
            elif (
                item.called < end
                and item.call not in repeated
                and not part.object.keeps_state(item.call)
                and part.object.helps(item.call, needed, part.initial)
            ):
                if self._repeatable:  # the first that was invoked does for all that ask the same
                    repeated.add(item.call)
                items.append(Item(item.call, item.called, None, self._repeatable))
                indices.append(index)
        search = Search(Problem(part.object, part.initial, items, prunings))
        search.run(nodes)
        return search, tuple(indices)
