"""Which code does a domain get? Also the widths that the engine chooses, and what is too wide.

Lists without a bound of their own, bags, stamps and sets over many values get a width that the engine chose
(`Widths`); whether it is enough shows in the search.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import assert_never

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Vector,
)
from dscheck.engines.native.codes import (
    Coding,
    Fields,
    Mask,
    Maybe,
    Queue,
    Scalar,
    Sorted,
    Stamps,
    Table,
    Tagged,
    Vectors,
    grows,
)
from dscheck.record import record

WORD = 64
WIDEST = 128  # bits of the widest code: two words
LARGEST = 2**62  # in size of an integer, so that the difference of two fits in a word with a sign
MOST_MEMBERS = WIDEST  # of the element domain of a set that is a mask
_FIRST_CAPACITY = 2
_FIRST_CLOCK_BITS = 3


class NotPackable(Exception):
    """A value needs more bits than a code may have; the message says which and why, without a full stop."""


WidthKey = Domain  # Stamp() for all stamps, a vector domain for its components, else the list, bag or set itself


@record
class Widths:
    """The widths that the engine chooses: bits of clocks, capacities of collections; by default little.

    Attributes:
        chosen: by `Stamp()`, a `Vector`, a `List`, `Bag` or `Set` domain.
    """

    chosen: Mapping[WidthKey, int] = field(default_factory=dict)

    def of(self, key: WidthKey) -> int:
        """The width for `key`."""
        first = _FIRST_CLOCK_BITS if isinstance(key, Stamp | Vector) else _FIRST_CAPACITY
        return self.chosen.get(key, first)

    def widened(self, key: WidthKey, more: int = 1) -> "Widths":
        """These widths with room for so many more bits of a clock, or items of a collection."""
        return replace(self, chosen={**self.chosen, key: self.of(key) + more})


class Codings:
    """The codings of one system, for some widths.

    Attributes:
        widths: what the engine chose.
        keys: the widths in use, by number; what an overflow reports.
    """

    def __init__(self, widths: Widths) -> None:
        self.widths = widths
        self.keys: list[WidthKey] = []
        self._codings: dict[Domain, Coding] = {}

    def of(self, domain: Domain) -> Coding:
        """The coding of `domain`.

        Raises:
            NotPackable: it needs more than `WIDEST` bits, or an element more than a word.
        """
        known = self._codings.get(domain)
        if known is None:
            known = self._coding(domain)
            if known.bits > WIDEST:
                raise NotPackable(f"{_phrase(domain)} takes {known.bits} bits, and {WIDEST} is the most")
            self._codings[domain] = known
        return known

    def _key(self, key: WidthKey) -> int:
        if key not in self.keys:
            self.keys.append(key)
        return self.keys.index(key)

    def _element(self, domain: Domain) -> Coding:
        coding = self.of(domain)
        if coding.bits > WORD:
            raise NotPackable(f"an element that is {_phrase(domain)} takes {coding.bits} bits, and {WORD} is the most")
        return coding

    def _coding(self, domain: Domain) -> Coding:
        match domain:
            case Bool():
                return Scalar(2)
            case Int(low, high):
                if max(-low, high) > LARGEST:
                    raise NotPackable(f"an integer in {low}..{high} may take more than {WORD} bits")
                return Scalar(max(1, high - low + 1), low)
            case Enum(literals):
                return Scalar(len(literals))
            case Id(_, size):
                return Scalar(size)
            case Optional(inner):
                return Maybe(self.of(inner))
            case Set(element):
                return self._set(domain, self._element(element))
            case Map(key, value):
                keys = self._element(key)
                if keys.codes > MOST_MEMBERS:
                    raise NotPackable(f"{_phrase(domain)} has too many possible keys")
                return Table(keys, self._element(value))
            case List(element, capacity):
                return self._list(domain, self._element(element), capacity)
            case Bag(element):
                return Sorted(self._element(element), self.widths.of(domain), self._key(domain), distinct=False)
            case Record(_, fields):
                return _fields([self.of(each) for _, each in fields])
            case Tuple(items):
                return _fields([self.of(each) for each in items])
            case Stamp():
                return Stamps(self.widths.of(domain), self._key(domain))
            case Vector(_, size):
                return Vectors(size, self.widths.of(domain), self._key(domain))
            case Message(kinds):
                return self._message(kinds)
            case _:
                assert_never(domain)

    def _set(self, domain: Set, element: Coding) -> Coding:
        if element.codes <= MOST_MEMBERS and not grows(element):
            return Mask(element)
        return Sorted(element, self.widths.of(domain), self._key(domain), distinct=True)

    def _list(self, domain: List, element: Coding, capacity: int | None) -> Coding:
        if capacity is not None and Queue(element, capacity, None).bits <= WORD:
            return Queue(element, capacity, None)
        chosen = self.widths.of(domain)
        if capacity is not None and capacity <= chosen:
            return Queue(element, capacity, None)
        return Queue(element, chosen, self._key(domain))

    def _message(self, kinds: tuple[Record, ...]) -> Tagged:
        named = sorted((kind.name, _fields([self.of(each) for _, each in kind.fields])) for kind in kinds)
        widest = max(fields.bits for _, fields in named)
        return Tagged(tuple(name for name, _ in named), tuple(_raised(fields, widest) for _, fields in named), widest)


def _fields(codings: list[Coding]) -> Fields:
    offset = bits = sum(coding.bits for coding in codings)
    parts: list[tuple[Coding, int]] = []
    for coding in codings:
        offset -= coding.bits
        parts.append((coding, offset))
    return Fields(tuple(parts), bits)


def _raised(fields: Fields, bits: int) -> Fields:
    """The same fields, so that the first one ends at `bits`."""
    more = bits - fields.bits
    return Fields(tuple((coding, offset + more) for coding, offset in fields.parts), bits)


_PHRASES = {
    Bag: "a bag",
    Set: "a set",
    Map: "a map",
    List: "a list",
    Record: "a record",
    Message: "a message",
    Tuple: "a tuple",
    Int: "an integer",
    Optional: "an optional value",
    Vector: "a vector clock's value",
}


def _phrase(domain: Domain) -> str:
    return _PHRASES.get(type(domain), "a value")
