"""Which domains and values are drawn for the tests of native code? Small ones of every kind, and their relatives."""

from random import Random

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
from dscheck.semantics.operators import map_of

LITERALS = ("cat", "ant", "bee", "dog", "eel")
KINDS = ("Ping", "Ack", "Zero")


def draw_scalar(draw: Random) -> Domain:
    """A domain without parts."""
    match draw.randrange(7):
        case 0:
            return Bool()
        case 6:
            return Int(draw.choice((-5, 0, 7)), 2 ** draw.choice((9, 20, 28)))  # so that some codes are wide
        case 1 | 2:
            low = draw.choice((-3, -1, 0, 0, 1))
            return Int(low, low + draw.randrange(5))
        case 3:
            return Enum(tuple(draw.sample(LITERALS, draw.randint(1, 4))))
        case 4:
            return Id("Node", draw.randint(1, 4))
        case _:
            return Stamp()


def draw_domain(draw: Random, depth: int) -> Domain:
    """A domain of at most `depth` levels of parts."""
    if depth == 0:
        return draw_scalar(draw)

    def inner() -> Domain:
        return draw_domain(draw, depth - 1)

    match draw.randrange(11):
        case 0 | 1:
            return draw_scalar(draw)
        case 2:
            domain = inner()
            return domain if isinstance(domain, Optional) else Optional(domain)
        case 3:
            return Set(inner())
        case 4:
            return Map(draw_scalar(draw), inner())
        case 5:
            return List(inner(), draw.choice((0, 1, 2, 3, None)))
        case 6:
            fields = tuple((f"field{place}", inner()) for place in range(draw.randint(0, 3)))
            return Record(f"Record{draw.randrange(10**6)}", fields)  # a name stands for one record
        case 7:
            return Tuple(tuple(inner() for _ in range(draw.randint(1, 3))))
        case 8:
            size = draw.randint(1, 3)
            return Vector(f"Set of {size}", size)
        case 9:
            return draw_message(draw, depth)
        case _:
            return Bag(inner())


def draw_message(draw: Random, depth: int) -> Message:
    """A message domain of one to three kinds, some without fields."""
    kinds = draw.sample(KINDS, draw.randint(1, 3))
    parts = [[draw_domain(draw, depth - 1) for _ in range(draw.randint(0, 3))] for _ in kinds]
    return Message(
        tuple(
            Record(kind, tuple((f"field{at}", part) for at, part in enumerate(fields)))
            for kind, fields in zip(kinds, parts, strict=True)
        )
    )


def relative(draw: Random, domain: Domain) -> Domain:
    """A domain of the same type that shares values with `domain`."""

    def other(inner: Domain) -> Domain:
        return relative(draw, inner)

    if draw.randrange(8) == 0 and not isinstance(domain, Optional | Message):
        return Optional(domain)
    match domain:
        case Int(low, high):
            if low == 0 and draw.randrange(5) == 0:
                return Id("Node", high + 1)
            first = low + draw.choice((-2, -1, 0, 0, 1))
            return Int(first, max(first, high + draw.choice((-1, 0, 0, 1, 60))))
        case Id(process, size):
            return Int(0, size - 1 + draw.randrange(3)) if draw.randrange(4) == 0 else Id(process, size)
        case Enum(literals):
            return Enum(
                tuple(dict.fromkeys((*draw.sample(LITERALS, draw.randrange(3)), *literals[draw.randrange(2) :])))
                or literals
            )
        case Optional(inner):
            return Optional(other_inner.inner if isinstance(other_inner := other(inner), Optional) else other_inner)
        case Set(inner):
            return Set(other(inner))
        case Bag(inner):
            return Bag(other(inner))
        case List(inner, capacity):
            return List(other(inner), draw.choice((capacity, capacity, 2, 3, None)))
        case Map(key, value):
            return Map(other(key), other(value))
        case Record(name, fields):
            return Record(name, tuple((field, other(inner)) for field, inner in fields))
        case Tuple(items):
            return Tuple(tuple(map(other, items)))
        case _:
            return domain


def draw_value(draw: Random, domain: Domain, clock: int) -> Value:
    """A value of `domain`, whose stamps are at most `clock`."""

    def inner(of: Domain) -> Value:
        return draw_value(draw, of, clock)

    match domain:
        case Bool():
            return draw.random() < 0.5
        case Int(low, high):
            return draw.choice((low, high, draw.randint(low, high)))
        case Enum(literals):
            return draw.choice(literals)
        case Id(_, size):
            return draw.randrange(size)
        case Stamp():
            return draw.choice((0, clock, draw.randint(0, clock)))
        case Vector(_, size):
            return tuple(draw.randint(0, clock) for _ in range(size))
        case Optional(of):
            return None if draw.randrange(3) == 0 else inner(of)
        case Set(of):
            return frozenset(inner(of) for _ in range(draw.randrange(5)))
        case Bag(of):
            items = [inner(of) for _ in range(draw.randrange(4))]
            items += items[:1] * draw.randrange(2)
            return tuple(sorted(items, key=order_key(of)))
        case List(of, capacity):
            return tuple(inner(of) for _ in range(draw.randint(0, 4 if capacity is None else capacity)))
        case Map(key, value):
            return map_of(domain, [(inner(key), inner(value)) for _ in range(draw.randrange(4))])
        case Record(_, fields):
            return tuple(inner(of) for _, of in fields)
        case Tuple(items):
            return tuple(map(inner, items))
        case Message(kinds):
            kind = draw.choice(kinds)
            return (kind.name, *(inner(of) for _, of in kind.fields))
