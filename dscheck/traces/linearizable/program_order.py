"""Is there one order of all operations that keeps the order of each process, whatever the clock says?

Lamport, *How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs* (1979). A node is how
far each process has come and the state of each object. Depth first with a memo; an operation that is legal and
keeps the state is taken at once, for it can wait for nothing.

An operation that never returned, although its process went on, may take effect later than those after it.
"""

from collections.abc import Sequence

from dscheck.record import record
from dscheck.traces.linearizable.objects.object_type import Call, ObjectType, State

Node = tuple[tuple[int, ...], tuple[State, ...]]


@record
class Step:
    """An operation in the program of a process.

    Attributes:
        index: which operation it is, for whoever asks.
        object: number of the object.
        call: what it asked and what came back.
        optional: it may also have had no effect.
        process: whose it is.
        late: it stands in a program of its own, and follows those of its process that were invoked before.
    """

    index: int
    object: int
    call: Call
    optional: bool
    process: str
    late: bool = False


class ProgramSearch:
    """A search for an order; `run` until it answers."""

    def __init__(self, kind: ObjectType, initial: Sequence[State], programs: Sequence[Sequence[Step]]) -> None:
        self.kind = kind
        self.programs = programs
        self.nodes = 0
        self.answer: bool | None = None
        self.furthest: Node
        self._most = -1
        self._end: Node | None = None
        self._earlier = {step.index: _earlier(step, programs) for each in programs for step in each if step.late}
        start = tuple([0] * len(programs)), tuple(initial)
        self._from: dict[Node, tuple[Node, tuple[int, ...]] | None] = {start: None}
        self._open = [start]
        self.furthest = start

    def run(self, nodes: int) -> bool | None:
        """Go on for so many nodes: True, False, or None if that was not enough."""
        until = self.nodes + nodes
        while self._open and self.nodes < until and self.answer is None:
            node = self._open.pop()
            self.nodes += 1
            done = sum(node[0])
            if done > self._most:
                self._most, self.furthest = done, node
            if all(position == len(program) for position, program in zip(node[0], self.programs, strict=True)):
                self._end, self.answer = node, True
                return True
            for after, taken in self._after(node):
                if after not in self._from:
                    self._from[after] = node, taken
                    self._open.append(after)
        if self.answer is None and not self._open:
            self.answer = False
        return self.answer

    def order_to(self, node: Node) -> list[int]:
        """The operations that took effect on the way, by `index`."""
        order: list[int] = []
        here = node
        while (came := self._from[here]) is not None:
            here, taken = came
            order += reversed(taken)
        order.reverse()
        return order

    def witness(self) -> list[int]:
        """The order found."""
        return self.order_to(self._end) if self._end is not None else []

    def refused(self) -> list[tuple[Step, State]]:
        """The operations that come next where the search got furthest, with the state that refuses them."""
        positions, states = self.furthest
        heads = [
            program[position]
            for position, program in zip(positions, self.programs, strict=True)
            if position < len(program)
        ]
        return [(head, states[head.object]) for head in heads if not self.kind.step(states[head.object], head.call)]

    def _after(self, node: Node) -> list[tuple[Node, tuple[int, ...]]]:
        positions, states = node
        found: list[tuple[Node, tuple[int, ...]]] = []
        for process, program in enumerate(self.programs):
            position = positions[process]
            if position == len(program):
                continue
            head = program[position]
            if any(positions[other] < count for other, count in self._earlier.get(head.index, ())):
                continue
            moved = (*positions[:process], position + 1, *positions[process + 1 :])
            for state in self.kind.step(states[head.object], head.call):
                reached = (moved, (*states[: head.object], state, *states[head.object + 1 :]))
                if self.kind.keeps_state(head.call):
                    return [(reached, (head.index,))]
                found.append((reached, (head.index,)))
            if head.optional:
                found.append(((moved, states), ()))
        return found


def _earlier(late: Step, programs: Sequence[Sequence[Step]]) -> list[tuple[int, int]]:
    """The program of its process, and how many of its steps come first."""
    return [
        (number, sum(step.index < late.index for step in program))
        for number, program in enumerate(programs)
        if program and program[0].process == late.process and not program[0].late
    ]
