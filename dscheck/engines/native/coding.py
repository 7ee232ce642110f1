"""Which bits stand for a value? The code of every domain: a number below `codes` that fits in `bits` bits.

    coding = Scalar | Stamps | Vectors | Maybe | Mask | Queue | Sorted | Table | Fields | Tagged

Codes are canonical: two values of a domain are equal exactly if their codes are. Where `ordered` is true, codes are in
the order of `domains.order_key` too. Lists without a bound of their own, bags, stamps and sets over many values get a
width that the engine chose (`Widths`); whether it is enough shows in the search.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
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

WORD = 64
WIDEST = 128  # bits of the widest code: two words
MOST_MEMBERS = WIDEST  # of the element domain of a set that is a mask
_FIRST_CAPACITY = 2
_FIRST_CLOCK_BITS = 3


class NotPackable(Exception):
    """A value needs more bits than a code may have; the message says which and why, without a full stop."""


# --- the codings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scalar:
    """A boolean, integer, literal or id: the value less `low`; literals in alphabetical order."""

    codes: int
    low: int = 0
    ordered: bool = True

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return (self.codes - 1).bit_length()


@dataclass(frozen=True)
class Stamps:
    """A Lamport stamp of at most so many bits: itself. `key` numbers the width in `Codings.keys`."""

    bits: int
    key: int
    ordered: bool = True

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@dataclass(frozen=True)
class Vectors:
    """A vector clock's value: `size` components of `component` bits, the first in the highest bits."""

    size: int
    component: int
    key: int
    ordered: bool = True

    @property
    def bits(self) -> int:
        """Width of a code."""
        return self.size * self.component

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits

    def offset(self, index: int) -> int:
        """Lowest bit of a component."""
        return (self.size - 1 - index) * self.component


@dataclass(frozen=True)
class Maybe:
    """0 for none, else one more than the inner code."""

    inner: "Coding"

    @property
    def codes(self) -> int:
        """How many codes."""
        return self.inner.codes + 1

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return (self.codes - 1).bit_length()

    @property
    def ordered(self) -> bool:
        """Are codes in the order of values?"""
        return self.inner.ordered


@dataclass(frozen=True)
class Mask:
    """A set over few values: bit c is set when the value of code c is in it."""

    element: "Coding"
    ordered: bool = False

    @property
    def bits(self) -> int:
        """Width of a code."""
        return self.element.codes

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@dataclass(frozen=True)
class Queue:
    """A list: its length in the lowest bits, above it the codes of the items, the first lowest; nothing above the last.

    Attributes:
        element: of the items.
        capacity: most items.
        key: number of the width in `Codings.keys` when the engine chose the capacity; None when it is the domain's own.
    """

    element: "Coding"
    capacity: int
    key: int | None
    ordered: bool = False

    @cached_property
    def length_bits(self) -> int:
        """Width of the length."""
        return self.capacity.bit_length()

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return self.length_bits + self.capacity * self.element.bits

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@dataclass(frozen=True)
class Sorted:
    """A bag, or (`distinct`) a set over many values: like a queue, with the codes of the items ascending."""

    element: "Coding"
    capacity: int
    key: int
    distinct: bool
    ordered: bool = False

    @cached_property
    def length_bits(self) -> int:
        """Width of the length."""
        return self.capacity.bit_length()

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return self.length_bits + self.capacity * self.element.bits

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@dataclass(frozen=True)
class Table:
    """A map with few possible keys: per key, from the lowest bits, 0 when absent, else the image's code plus one."""

    key: "Coding"
    image: "Coding"
    ordered: bool = False

    @cached_property
    def entry_bits(self) -> int:
        """Width of the entry of one key."""
        return self.image.codes.bit_length()

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return self.key.codes * self.entry_bits

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@dataclass(frozen=True)
class Fields:
    """A record or tuple: the codes of its fields side by side, the first in the highest bits.

    Attributes:
        parts: coding and lowest bit per field.
        bits: of all.
    """

    parts: tuple[tuple["Coding", int], ...]
    bits: int

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits

    @property
    def ordered(self) -> bool:
        """Are codes in the order of values?"""
        return all(coding.ordered for coding, _ in self.parts)


@dataclass(frozen=True)
class Tagged:
    """A message: the number of its kind in the highest bits, its fields from `payload_bits` downwards.

    Attributes:
        names: of the kinds, in alphabetical order: that is how messages are ordered.
        kinds: the fields of each; the first field of a kind ends at `payload_bits`, so shorter kinds leave low bits 0.
        payload_bits: width of the widest kind.
    """

    names: tuple[str, ...]
    kinds: tuple[Fields, ...]
    payload_bits: int

    @cached_property
    def bits(self) -> int:
        """Width of a code."""
        return self.payload_bits + (len(self.kinds) - 1).bit_length()

    @property
    def codes(self) -> int:
        """How many codes."""
        return len(self.kinds) << self.payload_bits

    @property
    def ordered(self) -> bool:
        """Are codes in the order of values?"""
        return all(kind.ordered for kind in self.kinds)


Coding = Scalar | Stamps | Vectors | Maybe | Mask | Queue | Sorted | Table | Fields | Tagged


# --- from domains to codings -------------------------------------------------------------------------

WidthKey = Domain  # Stamp() for all stamps, a vector domain for its components, else the list, bag or set itself


@dataclass(frozen=True)
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

    def widened(self, key: WidthKey) -> "Widths":
        """These widths with more room for `key`: one bit more for clocks, half as many items again."""
        now = self.of(key)
        more = now + 1 if isinstance(key, Stamp | Vector) else now + max(1, now // 2)
        return replace(self, chosen={**self.chosen, key: more})


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
                return Scalar(high - low + 1, low)
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


def grows(coding: Coding) -> bool:
    """Does its width depend on one that the engine chose? Then its codes change when that is widened."""
    match coding:
        case Scalar():
            return False
        case Stamps() | Vectors() | Sorted():
            return True
        case Maybe(inner) | Mask(inner):
            return grows(inner)
        case Queue(element, _, key):
            return key is not None or grows(element)
        case Table(key, image):
            return grows(key) or grows(image)
        case Fields(parts):
            return any(grows(part) for part, _ in parts)
        case Tagged(_, kinds):
            return any(map(grows, kinds))
        case _:
            assert_never(coding)


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
