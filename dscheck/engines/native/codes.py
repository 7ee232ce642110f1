"""What kinds of code are there? The code of a value: a number below `codes` that fits in `bits` bits.

    coding = Scalar | Stamps | Vectors | Maybe | Mask | Queue | Sorted | Table | Fields | Tagged

Codes are canonical: two values of a domain are equal exactly if their codes are. Where `ordered` is true, codes are in
the order of `domains.order_key` too.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from dscheck.record import record


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


@record
class Stamps:
    """A Lamport stamp of at most so many bits: itself. `key` numbers the width in `Codings.keys`."""

    bits: int
    key: int
    ordered: bool = True

    @property
    def codes(self) -> int:
        """How many codes."""
        return 1 << self.bits


@record
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


@record
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


@record
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
