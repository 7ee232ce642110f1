"""Where does emitted code keep the variables of a step? In one local per entry, or in a list.

Locals are fast, and need every index to be known or spelled out. They are in single-assignment style: a write makes a
new local, so a choice can try one alternative after the other without undoing anything. Where the branches of an `if`
or the rounds of a loop write different entries, these get one common local beforehand (they are *pinned*).

A list takes any index, and is what remains when unrolling would make the code too long.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from itertools import product
from typing import Protocol

from dscheck.engines.python.emit_expressions import Index
from dscheck.engines.python.names import Names
from dscheck.engines.simplify import TooLong
from dscheck.record import record

Place = int | str  # a slot, or the name of a counter

_DEEPEST = 90  # Python refuses lines that are indented a hundred times
_MOST_BLOCKS = 18  # and more than twenty loops and `try`s in each other
_MOST_PLACES = 16  # for an entry whose index is not known, when all of them have to be spelled out
_SLICE_FROM = 6  # unchanged neighbours in a successor are copied as a slice from this number on


class Lines:
    """Emitted lines.

    Attributes:
        lines: so far.
        characters: how long they are together.
    """

    def __init__(self, most: int) -> None:
        self.lines: list[str] = []
        self.characters = 0
        self._most = most
        self._open: list[int] = []  # depths of the loops and `try`s around the next line

    def put(self, depth: int, text: str) -> None:
        """Add a line, indented by `depth`.

        Raises:
            TooLong: that is more than was allowed.
        """
        self.lines.append(" " * depth + text)
        self.characters += depth + len(text) + 1
        while self._open and self._open[-1] >= depth:
            self._open.pop()
        if text.startswith(("for ", "try:")):
            self._open.append(depth)
        if self.characters > self._most or depth > _DEEPEST or len(self._open) > _MOST_BLOCKS:
            raise TooLong

    def block(self, depth: int, write: Callable[[int], None]) -> None:
        """Write what belongs inside the line before, which is indented by `depth`; it may turn out to be nothing."""
        before = len(self.lines)
        write(depth + 1)
        if len(self.lines) == before:
            self.put(depth + 1, "pass")


class Storage(Protocol):
    """Where everything is at one point of the emitted code; never changed, every method gives a new one."""

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """Text for an entry of a variable, now or before the step."""

    def count(self, counter: str, amount: str, lines: Lines, depth: int) -> "Storage":
        """Add to a counter."""

    def counted(self, counter: str) -> str:
        """Text for what a counter has counted."""

    def write(self, variable: str, indices: tuple[Index, ...], text: str, lines: Lines, depth: int) -> "Storage":
        """Write an entry of a variable."""

    def pin(self, places: Iterable[Place], lines: Lines, depth: int) -> "Storage":
        """The storage inside blocks that may or may not run, and that write to `places`."""

    def unpin(self, outside: "Storage") -> "Storage":
        """The storage after such blocks; `outside` was the storage before they were pinned."""

    def alternative(self, lines: Lines, depth: int) -> "Storage":
        """The storage at the start of one alternative of several, each of which starts from here."""

    def successor(self) -> str:
        """Text for the state after the step."""


def places_of(names: Names, variable: str, indices: tuple[Index, ...]) -> list[int]:
    """The slots that an entry can stand at, in the order of the indices that are not known."""
    sizes = [index.size for index in names.system.variable(variable).indices]
    ranges = [(at,) if isinstance(at, int) else range(size) for at, size in zip(indices, sizes, strict=True)]
    return [names.layout.slot(variable, tuple(at)) for at in product(*ranges)]


def few_places_of(names: Names, variable: str, indices: tuple[Index, ...]) -> list[int]:
    """The same, where each is going to be spelled out.

    Raises:
        TooLong: these are too many for that.
    """
    places = places_of(names, variable, indices)
    if len(places) > _MOST_PLACES:
        raise TooLong
    return places


def position_of(names: Names, variable: str, indices: tuple[Index, ...]) -> str:
    """Text for the position of an entry among `places_of`."""
    text = ""
    for at, index in zip(indices, names.system.variable(variable).indices, strict=True):
        if isinstance(at, str):
            text = f"({text} * {index.size} + {at})" if text else at
    return text


@record
class Locals:
    """One local per entry; `names.slots` hold the state before the step.

    Attributes:
        names: of slots and new locals.
        current: text for each place that no longer has its first value.
        pinned: places whose writes must go to the local they have.
    """

    names: Names
    current: Mapping[Place, str] = field(default_factory=dict)
    pinned: frozenset[Place] = frozenset()

    def _text(self, place: Place) -> str:
        return self.current.get(place, "0" if isinstance(place, str) else self.names.slots[place])

    def _new(self, place: Place) -> str:
        return self.names.fresh(f"counted {place}" if isinstance(place, str) else f"{self.names.slots[place]} now")

    def _assign(self, place: Place, text: str, lines: Lines, depth: int) -> "Locals":
        if place in self.pinned:
            lines.put(depth, f"{self.current[place]} = {text}")
            return self
        if isinstance(place, str) and text.isdigit():  # no local for what is known
            return replace(self, current={**self.current, place: text})
        name = self._new(place)
        lines.put(depth, f"{name} = {text}")
        return replace(self, current={**self.current, place: name})

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """See `Storage`."""
        places = few_places_of(self.names, variable, indices)
        texts = [self.names.slots[slot] if old else self._text(slot) for slot in places]
        position = position_of(self.names, variable, indices)
        return f"({', '.join(texts)},)[{position}]" if position else texts[0]

    def count(self, counter: str, amount: str, lines: Lines, depth: int) -> "Locals":
        """See `Storage`."""
        before = self._text(counter)
        known = before.isdigit() and amount.isdigit()
        return self._assign(counter, str(int(before) + int(amount)) if known else f"{before} + {amount}", lines, depth)

    def counted(self, counter: str) -> str:
        """See `Storage`."""
        return self._text(counter)

    def write(self, variable: str, indices: tuple[Index, ...], text: str, lines: Lines, depth: int) -> "Locals":
        """See `Storage`."""
        places = few_places_of(self.names, variable, indices)
        position = position_of(self.names, variable, indices)
        if not position:
            return self._assign(places[0], text, lines, depth)
        at, value = self.names.fresh("at"), self.names.fresh("value")
        lines.put(depth, f"{at} = {position}")
        lines.put(depth, f"{value} = {text}")
        inside = self.pin(places, lines, depth)
        for number, place in enumerate(places):
            lines.put(depth, f"{'elif' if number else 'if'} {at} == {number}:")
            inside._assign(place, value, lines, depth + 1)
        return inside.unpin(self)

    def pin(self, places: Iterable[Place], lines: Lines, depth: int) -> "Locals":
        """See `Storage`."""
        fresh = [place for place in places if place not in self.pinned]
        current = dict(self.current)
        for place in fresh:
            current[place] = self._new(place)
            lines.put(depth, f"{current[place]} = {self._text(place)}")
        return replace(self, current=current, pinned=self.pinned | frozenset(fresh))

    def unpin(self, outside: Storage) -> "Locals":
        """See `Storage`."""
        assert isinstance(outside, Locals)
        return replace(self, pinned=outside.pinned)

    def alternative(self, lines: Lines, depth: int) -> "Locals":  # noqa: ARG002
        """See `Storage`: nothing to do, since no local is ever overwritten here."""
        return self

    def successor(self) -> str:
        """See `Storage`."""
        slots = range(len(self.names.slots))
        parts: list[str] = []
        first = 0
        for slot in (*(slot for slot in slots if slot in self.current), len(slots)):
            if slot - first >= _SLICE_FROM:
                parts.append(f"*state[{first}:{slot}]")
            else:
                parts.extend(self.names.slots[first:slot])
            if slot < len(slots):
                parts.append(self.current[slot])
            first = slot + 1
        return f"({', '.join(parts)},)" if parts else "()"


@record
class Listed:
    """The state as a list.

    Attributes:
        names: of slots and new locals.
        counters: where counters are; they are locals here too.
        list: the list's name; empty before the first write, when everything is still in `state`.
    """

    names: Names
    counters: Locals
    list: str = ""

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """See `Storage`."""
        return f"{'state' if old or not self.list else self.list}[{self._at(variable, indices)}]"

    def _at(self, variable: str, indices: tuple[Index, ...]) -> str:
        layout = self.names.layout
        known = layout.base[variable]
        texts: list[str] = []
        for stride, at in zip(layout.strides[variable], indices, strict=True):
            if isinstance(at, int):
                known += stride * at
            else:
                texts.append(at if stride == 1 else f"{stride} * {at}")
        return " + ".join([str(known), *texts] if known or not texts else texts)

    def count(self, counter: str, amount: str, lines: Lines, depth: int) -> "Listed":
        """See `Storage`."""
        return replace(self, counters=self.counters.count(counter, amount, lines, depth))

    def counted(self, counter: str) -> str:
        """See `Storage`."""
        return self.counters.counted(counter)

    def write(self, variable: str, indices: tuple[Index, ...], text: str, lines: Lines, depth: int) -> "Listed":
        """See `Storage`."""
        after = self if self.list else self._copied(lines, depth)
        lines.put(depth, f"{after.list}[{self._at(variable, indices)}] = {text}")
        return after

    def _copied(self, lines: Lines, depth: int) -> "Listed":
        name = self.names.fresh("entries")
        lines.put(depth, f"{name} = list({self.list or 'state'})")
        return replace(self, list=name)

    def pin(self, places: Iterable[Place], lines: Lines, depth: int) -> "Listed":
        """See `Storage`."""
        all_places = list(places)
        after = (
            self if self.list or not any(isinstance(each, int) for each in all_places) else self._copied(lines, depth)
        )
        counters = [place for place in all_places if isinstance(place, str)]
        return replace(after, counters=self.counters.pin(counters, lines, depth))

    def unpin(self, outside: Storage) -> "Listed":
        """See `Storage`."""
        assert isinstance(outside, Listed)
        return replace(self, counters=self.counters.unpin(outside.counters))

    def alternative(self, lines: Lines, depth: int) -> "Listed":
        """See `Storage`."""
        return self._copied(lines, depth)

    def successor(self) -> str:
        """See `Storage`."""
        return f"tuple({self.list})" if self.list else "state"
