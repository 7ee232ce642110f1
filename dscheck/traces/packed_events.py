"""How are the events of a large trace held in a tenth of the memory, and asked for by the column?

An `Event` with a vector clock of eight entries takes more than a thousand bytes, and a check of clocks needs eighty of
them. Here the numbers of all events stand in arrays, what many events have in common (who, what kind, which action)
stands in a table of which each event holds the row, and an event is made again when somebody asks for it: the same
event, so that an explanation is the same.
"""

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from itertools import accumulate, chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, overload

from dscheck.traces.event import Event, Place, draft, finished

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]
    Marks = npt.NDArray[np.bool_]

PACKED_FROM = 50_000  # events: below, memory is no matter, and a tuple is faster
_AT_ONCE = 4096
_ABSENT = -(1 << 63)  # no field of 64 bits holds it: theirs are symmetric
_SHARED = ("node", "kind", "peer", "action", "function", "lock", "holds", "term", "role")
_NUMBERED = ("seq", "time", "lamport")
_REST = tuple(
    each.name for each in fields(Event) if each.name not in (*_SHARED, *_NUMBERED, "msg", "vector", "place")
)  # fmt: skip
_shared, _rest = attrgetter(*_SHARED), attrgetter(*_REST)
_BLANK = tuple(each.default if each.default is not MISSING else {} for each in fields(Event) if each.name in _REST)


class _Numbering(dict[Any, int]):
    """Numbers what it is asked for, from 0 in the order in which it is asked first."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Any] = []

    def __missing__(self, key: Any) -> int:
        number = self[key] = len(self.known)
        self.known.append(key)
        return number


class PackedEvents(Sequence[Event]):
    """The events of a trace, in the order of the file; each is made when it is asked for.

    Args:
        events: the first ones; `extend` adds more, until the first is asked for.
        unread: fields that nobody will ask for, which are left out.
    """

    def __init__(self, events: Sequence[Event] = (), unread: frozenset[str] = frozenset()) -> None:
        self._shared, self._files, self._messages, self._shapes = (_Numbering() for _ in range(4))
        self._row, self._file, self._line, self._message, self._shape = (array("q") for _ in range(5))
        self._numbers = {name: array("q") for name in _NUMBERED}
        self._counts = array("q")
        self._first_count = array("q")
        self._more: dict[int, dict[str, Any]] = {}
        self._unread = unread
        self.extend(events)

    def extend(self, events: Sequence[Event]) -> None:
        """Add events at the end, the more at a time the faster."""
        shared, files, messages, shapes = self._shared, self._files, self._messages, self._shapes
        start = len(self._row)
        self._row.extend([shared[each] for each in map(_shared, events)])
        self._file.extend([files[event.place.file] for event in events])
        self._line.extend([event.place.line for event in events])
        for name, column in self._numbers.items():
            column.extend([_ABSENT if value is None else value for value in map(attrgetter(name), events)])
        self._message.extend([-1 if event.msg is None else messages[event.msg] for event in events])
        clocks = [event.vector for event in events]
        self._shape.extend([-1 if clock is None else shapes[tuple(clock)] for clock in clocks])
        self._counts.extend(chain.from_iterable([clock.values() for clock in clocks if clock is not None]))
        for at, rest in enumerate(map(_rest, events), start):
            if rest != _BLANK:
                more = {
                    name: value
                    for name, value, blank in zip(_REST, rest, _BLANK, strict=True)
                    if value != blank and name not in self._unread
                }
                if more:
                    self._more[at] = more

    def __len__(self) -> int:
        return len(self._row)

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, at: int | slice) -> Event | tuple[Event, ...]:
        if isinstance(at, slice):
            return tuple(self._event(each) for each in range(*at.indices(len(self))))
        place = range(len(self))[at]  # which counts from the end, and refuses, as a tuple does
        return self._event(place)

    def __iter__(self) -> Iterator[Event]:
        return map(self._event, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | PackedEvents):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a tuple of events with mappings has none

    def _event(self, at: int) -> Event:
        made = draft(Place(self._files.known[self._file[at]], self._line[at]))
        (
            made.node, made.kind, made.peer, made.action, made.function, made.lock, made.holds, made.term, made.role,
        ) = self._shared.known[self._row[at]]  # fmt: skip
        made.seq = self._numbers["seq"][at]
        time, lamport = self._numbers["time"][at], self._numbers["lamport"][at]
        made.time = None if time == _ABSENT else time
        made.lamport = None if lamport == _ABSENT else lamport
        message = self._message[at]
        made.msg = None if message < 0 else self._messages.known[message]
        shape = self._shape[at]
        if shape >= 0:
            names = self._shapes.known[shape]
            first = self._starts()[at]
            made.vector = dict(zip(names, self._counts[first : first + len(names)], strict=True))
        if (more := self._more.get(at)) is not None:
            for name, value in more.items():
                setattr(made, name, value)
        return finished(made)

    def _starts(self) -> "array[int]":
        """Where the entries of each event's clock begin; they stand in the order of the events."""
        if len(self._first_count) < len(self):
            lengths = [*(len(names) for names in self._shapes.known), 0]  # -1, for no clock, is the last
            self._first_count = array("q", accumulate((lengths[shape] for shape in self._shape), initial=0))
        return self._first_count

    # Columns: one value per event, in the order of the file.

    def nodes(self) -> tuple[tuple[str, ...], "Numbers"]:
        """The nodes in order of appearance, and of each event the number of its node."""
        return self._coded(0)

    def marks(self, attribute: str) -> "Marks":
        """Which events have a field."""
        import numpy as np

        column = {"vector": self._shape, "msg": self._message, **self._numbers}.get(attribute)
        if column is not None:
            absent = _ABSENT if attribute in self._numbers else -1
            there: Marks = self._numbers_of(column) != absent
            return there
        if attribute in _SHARED:
            at = _SHARED.index(attribute)
            return np.array([row[at] is not None for row in self._shared.known], bool)[self._numbers_of(self._row)]
        found = np.zeros(len(self), bool)
        found[[at for at, more in self._more.items() if attribute in more]] = True
        return found

    def kinds(self) -> tuple[tuple[str, ...], "Numbers"]:
        """The kinds that occur, and of each event which it is."""
        return self._coded(1)

    def numbers(self, attribute: str) -> "Numbers":
        """`seq`, `time` or `lamport` of each event; anything where it has none."""
        return self._numbers_of(self._numbers[attribute])

    def messages(self) -> tuple["Numbers", tuple[str | None, ...], "Numbers"]:
        """Of each event the number of its message or -1; the peers that occur; and of each event which of them."""
        peers, peer = self._coded(2)
        return self._numbers_of(self._message), peers, peer

    def clock_names(self) -> tuple[str, ...]:
        """The names that vector clocks have entries for, in order of appearance."""
        return tuple(dict.fromkeys(name for names in self._shapes.known for name in names))

    def vectors(self, indices: "Numbers", column: dict[str, int]) -> "Numbers":
        """The vector clocks of some events as rows; `column` says where the entry of a name stands."""
        import numpy as np

        matrix = np.zeros((len(indices), len(column)), np.int64)
        shape, first = self._numbers_of(self._shape)[indices], self._numbers_of(self._starts())[indices]
        counts = self._numbers_of(self._counts)
        for number, names in enumerate(self._shapes.known):
            rows = np.flatnonzero(shape == number)
            for offset, name in enumerate(names):
                matrix[rows, column[name]] = counts[first[rows] + offset]
        return matrix

    def _coded(self, position: int) -> tuple[tuple[Any, ...], "Numbers"]:
        import numpy as np

        found: dict[Any, int] = {}
        code = [found.setdefault(row[position], len(found)) for row in self._shared.known]
        return tuple(found), np.array(code, np.int64)[self._numbers_of(self._row)]

    @staticmethod
    def _numbers_of(values: "array[int]") -> "Numbers":
        import numpy as np

        return np.frombuffer(values, np.int64) if values else np.zeros(0, np.int64)


class EventList:
    """Events while a file is read: a list, which is packed when it grows long.

    Args:
        packed_from: how many events are packed; None for never.
        unread: fields that nobody will ask for.
    """

    def __init__(self, packed_from: int | None = None, unread: frozenset[str] = frozenset()) -> None:
        self._list: list[Event] = []
        self._packed: PackedEvents | None = None
        self._limit = sys.maxsize if packed_from is None else packed_from
        self._unread = unread

    def append(self, event: Event) -> None:
        """Add one at the end."""
        self._list.append(event)
        if len(self._list) >= self._limit:
            self._pack()

    def _pack(self) -> None:
        if self._packed is None:
            self._packed = PackedEvents(self._list, self._unread)
        else:
            self._packed.extend(self._list)
        self._limit = _AT_ONCE
        self._list.clear()

    def __len__(self) -> int:
        return len(self._list) + (0 if self._packed is None else len(self._packed))

    def events(self) -> Sequence[Event]:
        """All of them."""
        if self._packed is None:
            return tuple(self._list)
        self._pack()
        return self._packed


def marks_of(events: Sequence[Event], attribute: str) -> "Marks":
    """Of each event, whether it has a field."""
    import numpy as np

    if isinstance(events, PackedEvents):
        return events.marks(attribute)
    value_of = attrgetter(attribute)
    return np.fromiter((value_of(event) is not None for event in events), bool, len(events))


def kinds_of(events: Sequence[Event], chosen: tuple[str, ...]) -> "Marks":
    """Of each event, whether its kind is one of these."""
    import numpy as np

    if isinstance(events, PackedEvents):
        kinds, code = events.kinds()
        return np.array([kind in chosen for kind in kinds], bool)[code]
    return np.fromiter((event.kind in chosen for event in events), bool, len(events))


def sequence_numbers(events: Sequence[Event]) -> "Numbers":
    """Of each event, how manyeth of its node it says to be; integers of any size where 64 bits do not hold one."""
    import numpy as np

    if isinstance(events, PackedEvents):
        return events.numbers("seq")
    values = [event.seq for event in events]
    try:
        return np.array(values, np.int64)
    except OverflowError:
        return np.array(values, object)


def nodes_in(events: Sequence[Event]) -> tuple[str, ...]:
    """The nodes that occur, in order of appearance."""
    if isinstance(events, PackedEvents):
        return events.nodes()[0]
    return tuple(dict.fromkeys([event.node for event in events]))
