"""Does one object's history have a linearization, which one, and if not, at which return does every order get stuck?

A node is the number of returns passed, the state, and the mask of pending operations that have taken effect. Depth
first with a memo (Wing & Gong 1993; Lowe 2017). When there is no linearization all nodes have been seen, and the
deepest return reached is the earliest that is impossible: going through them breadth first would visit the same
nodes and find the same return.
"""

from collections.abc import Iterator

from dscheck.record import record
from dscheck.traces.linearizable.problem import Problem

Node = tuple[int, int, int]  # returns passed, state, mask

MOST_STUCK = 64  # of the nodes that get furthest, how many are kept to explain


@record
class Step:
    """An operation in an order, and the state after it.

    Attributes:
        item: its index.
        state: number of the state.
    """

    item: int
    state: int


class Search:
    """A search that can be continued: `run` until it answers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.nodes = 0
        self.deepest = -1
        self.stuck: list[Node] = []
        self.answer: bool | None = None
        self._from: dict[Node, tuple[Node, int] | None] = {}
        self._unobtrusive: list[dict[int, int]] = [{} for _ in problem.windows]
        self._in_reach: dict[tuple[int, int, int], bool] = {}
        self._least: dict[Node, list[int]] = {}
        self._end: Node | None = None
        first = self._settled((0, 0, 0))
        self._from[first] = None
        self._open = [first]
        if first[0] == len(problem.windows):
            self._end, self.answer = first, True

    def run(self, nodes: int) -> bool | None:
        """Go on for so many nodes: True, False, or None if that was not enough."""
        problem, windows, opened, come_from = self.problem, self.problem.windows, self._open, self._from
        next_states, last = problem.next_states, len(problem.windows)
        dominates, is_dominated = problem.prunings.dominated, self._is_dominated
        looks_ahead = problem.prunings.look_ahead > 0 and problem.object.reachable is not None
        budget = nodes
        while opened and self.answer is None and budget > 0:
            node = opened.pop()
            passed, state, mask = node
            budget -= 1
            if passed >= self.deepest:
                self._note(node)
            if looks_ahead and not self._may_return(node):
                continue
            for kind, bits in windows[passed].choices:
                bit = 0  # of a repeatable call, which has no slot
                for bit in bits:
                    if not mask & bit:
                        break
                else:
                    if bits:
                        continue
                for after in next_states(kind, state):
                    if not bit and after == state:
                        continue
                    reached = self._settled((passed, after, mask | bit))
                    if reached in come_from or (dominates and is_dominated(reached)):
                        continue
                    come_from[reached] = (node, bit or -kind - 1)
                    if reached[0] == last:
                        self._end, self.answer = reached, True
                        break
                    opened.append(reached)
                if self.answer:
                    break
        self.nodes += nodes - budget
        if self.answer is None and not opened:
            self.answer = False
        return self.answer

    def witness(self) -> list[Step]:
        """The order found; operations that need not take effect and did not are not in it."""
        return self.order_to(self._end) if self._end is not None else []

    def order_to(self, node: Node) -> list[Step]:
        """The operations that led to the node, in the order in which they took effect."""
        chain: list[tuple[Node, Node, int]] = []
        here = node
        while (came := self._from[here]) is not None:
            chain.append((came[0], here, came[1]))
            here = came[0]
        steps = list(self._settling((0, 0, 0)))
        for before, after, bit in reversed(chain):
            yielded = self._between(before, after, bit)
            steps += yielded
        return steps

    def _between(self, before: Node, after: Node, bit: int) -> list[Step]:
        passed, state, mask = before
        if bit < 0:
            kind, item, bit = -bit - 1, self._repeated(passed, -bit - 1), 0
        else:
            item = self.problem.item_in(passed, bit)
            kind = next(kind for kind, bits in self.problem.windows[passed].choices if bit in bits)
        for reached in self.problem.next_states(kind, state):
            if self._settled((passed, reached, mask | bit)) == after:
                return [Step(item, reached), *self._settling((passed, reached, mask | bit))]
        raise LookupError("a node was not reached from where it says")

    def _repeated(self, passed: int, kind: int) -> int:
        call, now = self.problem.calls[kind], self.problem.items[self.problem.windows[passed].item].returned
        return next(
            index
            for index, item in enumerate(self.problem.items)
            if item.repeatable and item.call == call and now is not None and item.called < now
        )

    def _settled(self, node: Node) -> Node:
        """Linearize what is legal and keeps the state, and pass the returns of what has taken effect."""
        passed, state, mask = node
        windows = self.problem.windows
        while passed < len(windows):
            known = self._unobtrusive[passed]
            legal = known.get(state)
            if legal is None:
                legal = known[state] = self._legal(passed, state)
            mask |= legal
            bit = windows[passed].bit
            if not mask & bit:
                break
            mask ^= bit
            passed += 1
        return passed, state, mask

    def _legal(self, passed: int, state: int) -> int:
        legal = 0
        for kind, bit in self.problem.windows[passed].unobtrusive:
            if self.problem.next_states(kind, state):
                legal |= bit
        return legal

    def _settling(self, node: Node) -> Iterator[Step]:
        """What `_settled` linearizes on its way."""
        passed, state, mask = node
        windows = self.problem.windows
        while passed < len(windows):
            new = self._legal(passed, state) & ~mask
            mask |= new
            while new:
                bit = new & -new
                new ^= bit
                yield Step(self.problem.item_in(passed, bit), state)
            if not mask & windows[passed].bit:
                return
            mask ^= windows[passed].bit
            passed += 1

    def _is_dominated(self, node: Node) -> bool:
        """Whether a node like it was reached with fewer of the operations that need not take effect."""
        passed, state, mask = node
        optional = self.problem.windows[passed].optional if passed < len(self.problem.windows) else 0
        if not optional:
            return False
        taken = mask & optional
        least = self._least.setdefault((passed, state, mask ^ taken), [])
        if any(not other & ~taken for other in least):
            return True
        least.append(taken)
        return False

    def _may_return(self, node: Node) -> bool:
        """Whether the values that are returned next, and were not seen yet, are in reach."""
        passed, state, mask = node
        for target, bit in self.problem.targets(passed):
            if mask & bit:
                continue
            found = self._in_reach.get((passed, state, target))
            if found is None:
                found = self._in_reach[passed, state, target] = self.problem.in_reach(passed, state, target)
            if not found:
                return False
        return True

    def _note(self, node: Node) -> None:
        if node[0] > self.deepest:
            self.deepest = node[0]
            self.stuck.clear()
        if len(self.stuck) < MOST_STUCK:
            self.stuck.append(node)
