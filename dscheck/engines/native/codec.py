"""How does a value become a code, and a code a value?"""

from collections.abc import Iterable
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
    Value,
    Vector,
    order_key,
)
from dscheck.engines.native.codes import Fields, Mask, Queue, Sorted, Table, Tagged, Vectors
from dscheck.engines.native.coding import Codings, WidthKey


class TooNarrow(Exception):
    """A width that the engine chose is too small for a value.

    Attributes:
        key: which.
    """

    def __init__(self, key: WidthKey) -> None:
        super().__init__(key)
        self.key = key


def encode(codings: Codings, domain: Domain, value: Value) -> int:
    """The code of a value of `domain`.

    Raises:
        TooNarrow: a chosen width is too small for it.
        NotPackable: the domain has no coding.
    """
    coding = codings.of(domain)

    def code(inner: Domain, part: Value) -> int:
        return encode(codings, inner, part)

    match domain:
        case Bool() | Id():
            return int(value)
        case Int(low):
            return int(value) - low
        case Enum(literals):
            return sorted(literals).index(value)
        case Stamp():
            if value >= coding.codes:
                raise TooNarrow(domain)
            return int(value)
        case Vector():
            assert isinstance(coding, Vectors)
            if max(value) >> coding.component:
                raise TooNarrow(domain)
            return sum(component << coding.offset(index) for index, component in enumerate(value))
        case Optional(inner):
            return 0 if value is None else code(inner, value) + 1
        case Set(element) | Bag(element) | List(element):
            return _encode_collection(coding, domain, [code(element, item) for item in value])
        case Map(key, image):
            assert isinstance(coding, Table)
            return sum((code(image, item) + 1) << (code(key, at) * coding.entry_bits) for at, item in value)
        case Record(_, fields):
            return _encode_fields(codings, coding, (each for _, each in fields), value)
        case Tuple(items):
            return _encode_fields(codings, coding, items, value)
        case Message():
            assert isinstance(coding, Tagged)
            number = coding.names.index(value[0])
            domains = (each for _, each in domain.kind(value[0]).fields)
            payload = _encode_fields(codings, coding.kinds[number], domains, value[1:])
            return number << coding.payload_bits | payload
        case _:
            assert_never(domain)


def _encode_fields(codings: Codings, coding: object, domains: Iterable[Domain], values: Iterable[Value]) -> int:
    assert isinstance(coding, Fields)
    together = zip(domains, values, coding.parts, strict=True)
    return sum(encode(codings, domain, value) << offset for domain, value, (_, offset) in together)


def _encode_collection(coding: object, domain: Domain, codes: list[int]) -> int:
    match coding:
        case Mask():
            return sum(1 << code for code in codes)
        case Queue() | Sorted():
            if len(codes) > coding.capacity:
                raise TooNarrow(domain)
            if isinstance(coding, Sorted):
                codes = sorted(codes)
            width, base = coding.element.bits, coding.length_bits
            return sum(code << (base + width * place) for place, code in enumerate(codes)) | len(codes)
        case _:
            raise TypeError(f"{coding} is no collection")


def decode(codings: Codings, domain: Domain, code: int) -> Value:
    """The value of `domain` that has this code."""
    coding = codings.of(domain)
    match domain:
        case Bool():
            return bool(code)
        case Int(low):
            return code + low
        case Enum(literals):
            return sorted(literals)[code]
        case Id() | Stamp():
            return code
        case Vector(_, size):
            assert isinstance(coding, Vectors)
            return tuple(_bits(code, coding.offset(index), coding.component) for index in range(size))
        case Optional(inner):
            return None if code == 0 else decode(codings, inner, code - 1)
        case Set(element) | Bag(element) | List(element):
            items = [decode(codings, element, item) for item in _decode_collection(coding, code)]
            if isinstance(domain, Set):
                return frozenset(items)
            return tuple(sorted(items, key=order_key(element)) if isinstance(domain, Bag) else items)
        case Map(key, image):
            assert isinstance(coding, Table)
            entries = [(at, _bits(code, at * coding.entry_bits, coding.entry_bits)) for at in range(coding.key.codes)]
            pairs = [(decode(codings, key, at), decode(codings, image, item - 1)) for at, item in entries if item]
            order = order_key(key)
            return tuple(sorted(pairs, key=lambda pair: order(pair[0]) if order else pair[0]))
        case Record(_, fields):
            return _decode_fields(codings, coding, (each for _, each in fields), code)
        case Tuple(items):
            return _decode_fields(codings, coding, items, code)
        case Message():
            assert isinstance(coding, Tagged)
            number = code >> coding.payload_bits
            name = coding.names[number]
            domains = (each for _, each in domain.kind(name).fields)
            return (name, *_decode_fields(codings, coding.kinds[number], domains, code))
        case _:
            assert_never(domain)


def _decode_fields(codings: Codings, coding: object, domains: Iterable[Domain], code: int) -> tuple[Value, ...]:
    assert isinstance(coding, Fields)
    return tuple(
        decode(codings, domain, _bits(code, offset, part.bits))
        for domain, (part, offset) in zip(domains, coding.parts, strict=True)
    )


def _decode_collection(coding: object, code: int) -> list[int]:
    match coding:
        case Mask(element):
            return [item for item in range(element.codes) if code >> item & 1]
        case Queue() | Sorted():
            width, base = coding.element.bits, coding.length_bits
            return [_bits(code, base + width * place, width) for place in range(_bits(code, 0, base))]
        case _:
            raise TypeError(f"{coding} is no collection")


def _bits(code: int, offset: int, width: int) -> int:
    return code >> offset & ((1 << width) - 1)
