"""What has to be searched to linearize the operations of one object, in numbers and bit masks?

The search goes from return to return (just in time): before an operation returns it must have taken effect. What it
has to know at a return is which operations are pending there, and which of them have taken effect already: a mask
with a bit for each slot, where an operation takes a free slot when it is invoked and gives it back when it returns.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import inf

from dscheck.record import record
from dscheck.traces.linearizable.objects.object_type import Call, ObjectType, State


@record
class Item:
    """An operation to be linearized.

    Attributes:
        call: what it asked and what came back.
        called: position of the invocation.
        returned: position of the return; None: it may take effect later than everything, or not at all.
        repeatable: it may take effect any number of times. That is never so; but whatever has no order even then
            has none.
    """

    call: Call
    called: int
    returned: int | None
    repeatable: bool = False


@record
class Prunings:
    """What the search leaves out; each can be switched off to compare.

    Attributes:
        unobtrusive: a legal operation that keeps the state is linearized at once (Horn & Kroening 2015).
        interchangeable: of the pending operations with equal calls only the one that returns first is tried. An
            order that uses another one stays an order when the two change places. Crashed operations return last of
            all.
        dominated: of two nodes that differ only in operations that need not take effect, the one in which more of
            them did is given up.
        foresight: a state that the object knows to be hopeless is given up.
        look_ahead: a state from which one of so many values that are returned next is out of reach is given up; 1
            looks at the operation that returns, and no further.
    """

    unobtrusive: bool = True
    interchangeable: bool = True
    look_ahead: int = 3
    dominated: bool = True
    foresight: bool = True


@record
class Window:
    """What is pending when an operation returns.

    Attributes:
        item: the one that returns.
        bit: its slot.
        kind: its call.
        choices: calls with the slots of the pending operations that make them, first to return first; those whose
            first operation returns last come first. No slots: repeatable.
        unobtrusive: calls that keep the state, each with its slot.
        optional: the slots of pending operations that need not take effect.
    """

    item: int
    bit: int
    kind: int
    choices: tuple[tuple[int, tuple[int, ...]], ...]
    unobtrusive: tuple[tuple[int, int], ...]
    optional: int


class Problem:
    """The operations of one object, numbered."""

    def __init__(self, kind: ObjectType, initial: State, items: Sequence[Item], prunings: Prunings) -> None:
        self.object = kind
        self.items = items
        self.prunings = prunings
        self.calls: list[Call] = []
        self.states: list[State] = [initial]
        self.windows: list[Window] = []
        self.slots: list[int] = [0] * len(items)
        self._state_number: dict[State, int] = {initial: 0}
        self._next: list[dict[int, tuple[int, ...]]] = []
        self._possible = kind.foresight(items, initial) if prunings.foresight else None
        self._kinds = self._number_calls()
        self._by_call = sorted(range(len(items)), key=lambda index: items[index].called)
        self._calls = [items[index].called for index in self._by_call]
        self._targets: list[tuple[tuple[int, int], ...]] | None = None
        self._holders: dict[int, list[int]] = {}
        self._available: dict[tuple[int, int], list[Call]] = {}
        self._keeps = [kind.keeps_state(call) for call in self.calls]
        self._make_windows()

    @property
    def foresees(self) -> bool:
        """Whether a state may be given up before an operation is refused."""
        return self._possible is not None or (self.prunings.look_ahead > 0 and self.object.reachable is not None)

    def next_states(self, kind: int, state: int) -> tuple[int, ...]:
        """The states after the call, empty if it is illegal in this one, or leads nowhere."""
        known = self._next[kind]
        found = known.get(state)
        if found is None:
            after = self.object.step(self.states[state], self.calls[kind])
            possible = self._possible
            found = known[state] = tuple([self._number(each) for each in after if possible is None or possible(each)])
        return found

    def targets(self, window: int) -> tuple[tuple[int, int], ...]:
        """The next operations to return that keep the state, with their slots if pending here: (window, bit)."""
        if self._targets is None:
            self._targets = self._find_targets()
        return self._targets[window]

    def in_reach(self, window: int, state: int, target: int) -> bool:
        """Whether the operation that returns at the target may still become legal; True where nothing is known."""
        assert self.object.reachable is not None
        available = self._available.get((window, target))
        if available is None:
            kinds = {kind for kind, _ in self.windows[window].choices}
            now = _end(self.items[self.windows[window].item].returned)
            until = _end(self.items[self.windows[target].item].returned)
            entering = slice(bisect_right(self._calls, now), bisect_left(self._calls, until))
            kinds |= {self._kinds[each] for each in self._by_call[entering]}
            available = self._available[window, target] = [self.calls[kind] for kind in kinds if not self._keeps[kind]]
        return self.object.reachable(self.states[state], self.calls[self.windows[target].kind], available)

    def _find_targets(self) -> list[tuple[tuple[int, int], ...]]:
        found: list[tuple[tuple[int, int], ...]] = []
        ahead: list[int] = []  # windows of operations that keep the state, the next one last
        for number in range(len(self.windows) - 1, -1, -1):
            here = self.windows[number]
            now = _end(self.items[here.item].returned)
            if self._keeps[here.kind]:
                ahead.append(number)
            nearest = ahead[: -self.prunings.look_ahead - 1 : -1]
            if self.prunings.look_ahead == 1 and nearest != [number]:
                nearest = []
            ends = [self.windows[each] for each in nearest]
            bits = [each.bit if self.items[each.item].called < now else 0 for each in ends]
            found.append(tuple(zip(nearest, bits, strict=True)))
        found.reverse()
        return found

    def item_in(self, window: int, bit: int) -> int:
        """The operation that holds the slot when the window's operation returns: the last one that took it."""
        if not self._holders:
            for index in self._by_call:
                self._holders.setdefault(self.slots[index], []).append(index)
        now = _end(self.items[self.windows[window].item].returned)
        holders = self._holders[bit]
        return holders[bisect_left(holders, now, key=lambda index: self.items[index].called) - 1]

    def _number(self, state: State) -> int:
        number = self._state_number.setdefault(state, len(self.states))
        if number == len(self.states):
            self.states.append(state)
        return number

    def _number_calls(self) -> list[int]:
        numbers: dict[Call, int] = {}
        kinds = [numbers.setdefault(item.call, len(numbers)) for item in self.items]
        self.calls = list(numbers)
        self._next = [{} for _ in self.calls]
        return kinds

    def _make_windows(self) -> None:
        returns = [(item.returned, index) for index, item in enumerate(self.items) if item.returned is not None]
        pending: dict[int, None] = {}
        free: list[int] = []
        following = taken = 0
        for position, index in sorted(returns):
            while following < len(self._by_call) and self.items[self._by_call[following]].called < position:
                entering = self._by_call[following]
                following += 1
                if self._is_idle(entering):
                    continue
                if not self.items[entering].repeatable:
                    if not free:
                        free.append(1 << taken)
                        taken += 1
                    self.slots[entering] = free.pop()
                pending[entering] = None
            self.windows.append(self._window(index, pending))
            del pending[index]
            free.append(self.slots[index])

    def _is_idle(self, index: int) -> bool:
        """One that need not take effect and has none."""
        return self.items[index].returned is None and self._keeps[self._kinds[index]]

    def _window(self, index: int, pending: Iterable[int]) -> Window:
        groups: dict[int, list[int]] = {}
        unobtrusive: list[tuple[int, int]] = []
        alone: list[list[int]] = []
        for each in pending:
            kind = self._kinds[each]
            if self.prunings.unobtrusive and self._keeps[kind]:
                unobtrusive.append((kind, self.slots[each]))
            elif self.prunings.interchangeable:
                groups.setdefault(kind, []).append(each)
            else:
                alone.append([each])
        choices: list[tuple[float, int, tuple[int, ...]]] = []
        for group in [*groups.values(), *alone]:
            group.sort(key=self._deadline)
            bits = tuple(self.slots[each] for each in group)
            kind = self._kinds[group[0]]
            choices.append((-self._deadline(group[0]), kind, () if self._repeatable(group) else bits))
        choices.sort(key=lambda choice: choice[0])
        shown = tuple((kind, bits) for _, kind, bits in choices)
        optional = sum(self.slots[each] for each in pending if self.items[each].returned is None)
        return Window(index, self.slots[index], self._kinds[index], shown, tuple(unobtrusive), optional)

    def _repeatable(self, group: Sequence[int]) -> bool:
        """A call that can be repeated needs no slot, unless an operation that makes it has to take effect by itself."""
        return all(self.items[each].repeatable for each in group)

    def _deadline(self, index: int) -> float:
        return _end(self.items[index].returned)


def _end(returned: int | None) -> float:
    return inf if returned is None else returned
