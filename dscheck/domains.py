"""Which values can a variable hold? Finite domains with concrete bounds, and how their values are represented.

    domain = Bool | Int | Enum | Id | Optional | Set | Map | List | Record | Tuple | Stamp | Vector | Message | Bag

Values are plain immutable Python objects, so that a state is hashable and two equal states are equal tuples:

    Bool      bool                          Map      tuple of (key, value) pairs, sorted by key
    Int       int                           List     tuple
    Enum      str, the literal              Record   tuple of the fields
    Id        int, 0 .. size - 1            Tuple    tuple
    Optional  None or the inner value       Message  tuple (kind, field, …)
    Set       frozenset                     Bag      sorted tuple, repeats kept
    Stamp     int                           Vector   tuple of int, one per process

Sorted means by `order_key`, one total order for every domain: Python's `<` does not order None or sets.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

from dscheck.record import record

Value = Any  # one of the representations above; the domain says which


@record
class Bool:
    """true or false"""


@record
class Int:
    """the integers `low .. high`"""

    low: int
    high: int


@record
class Enum:
    """one of some literals"""

    literals: tuple[str, ...]


@record
class Id:
    """one of the `size` processes of a process set; a singleton has size 1"""

    process: str
    size: int


@record
class Optional:
    """None or a value of `inner`"""

    inner: "Domain"


@record
class Set:
    """a subset of the values of `element`"""

    element: "Domain"


@record
class Map:
    """a partial map"""

    key: "Domain"
    value: "Domain"


@record
class List:
    """a list of at most `capacity` elements; None: no bound of its own (a channel)"""

    element: "Domain"
    capacity: int | None


@record
class Record:
    """named fields"""

    name: str
    fields: tuple[tuple[str, "Domain"], ...]


@record
class Tuple:
    """unnamed fields; only inside expressions"""

    items: tuple["Domain", ...]


@record
class Stamp:
    """a Lamport stamp: any natural number, only its order matters"""


@record
class Vector:
    """a vector clock's value over the `size` processes of a process set"""

    process: str
    size: int


@record
class Message:
    """a message of one of some kinds; each kind is a record named after it"""

    kinds: tuple[Record, ...]

    def kind(self, name: str) -> Record:
        """The fields of the messages of kind `name`."""
        return next(kind for kind in self.kinds if kind.name == name)


@record
class Bag:
    """a multiset"""

    element: "Domain"


Domain = (
    Bool | Int | Enum | Id | Optional | Set | Map | List | Record | Tuple | Stamp | Vector | Message | Bag
)  # fmt: skip


def order_key(domain: Domain) -> Callable[[Value], Any] | None:
    """A sort key that makes the values of `domain` totally ordered; None when Python's `<` already does."""
    match domain:
        case Bool() | Int() | Enum() | Id() | Stamp() | Vector():
            return None
        case Optional(inner):
            key = order_key(inner)
            return lambda value: (0,) if value is None else (1, key(value) if key else value)
        case Set(element) | Bag(element):
            key = order_key(element)
            return lambda value: sorted(map(key, value)) if key else sorted(value)
        case List(element):
            key = order_key(element)
            return (lambda value: tuple(map(key, value))) if key else None
        case Map(key_domain, value_domain):
            return _fields_key((key_domain, value_domain), each=True)
        case Record(_, fields):
            return _fields_key(tuple(field for _, field in fields))
        case Tuple(items):
            return _fields_key(items)
        case Message(kinds):
            keys = {kind.name: _fields_key(tuple(field for _, field in kind.fields)) for kind in kinds}
            if not any(keys.values()):
                return None

            def message_key(value: Value) -> Any:
                key = keys[value[0]]
                return (value[0], key(value[1:]) if key else value[1:])

            return message_key


def _fields_key(domains: tuple[Domain, ...], *, each: bool = False) -> Callable[[Value], Any] | None:
    keys = tuple(order_key(domain) for domain in domains)
    if not any(keys):
        return None

    def key(value: Value) -> Any:
        return tuple(field_key(field) if field_key else field for field_key, field in zip(keys, value, strict=True))

    return (lambda value: tuple(map(key, value))) if each else key


def contains(domain: Domain, value: Value) -> bool:
    """Does `value` belong to `domain`? Types are taken as right; only bounds, sizes and None are asked."""
    match domain:
        case Int(low, high):
            return value is not None and low <= value <= high
        case Id(_, size):
            return value is not None and 0 <= value < size
        case Enum(literals):
            return value in literals
        case Optional(inner):
            return value is None or contains(inner, value)
        case Set(element) | Bag(element):
            return value is not None and all(contains(element, item) for item in value)
        case List(element, capacity):
            fits = value is not None and (capacity is None or len(value) <= capacity)
            return fits and all(contains(element, item) for item in value)
        case Map(key, inner):
            return value is not None and all(contains(key, k) and contains(inner, v) for k, v in value)
        case Record(_, fields):
            return value is not None and all(contains(d, v) for (_, d), v in zip(fields, value, strict=True))
        case Tuple(items):
            return value is not None and all(contains(d, v) for d, v in zip(items, value, strict=True))
        case Message(_):
            fields = value[1:]
            kind = domain.kind(value[0])
            return all(contains(d, v) for (_, d), v in zip(kind.fields, fields, strict=True))
        case Bool() | Stamp() | Vector():
            return value is not None


def includes(outer: Domain, inner: Domain) -> bool:
    """Is every value of `inner` one of `outer`? Then a store needs no check."""
    match outer, inner:
        case Int(low, high), Int(lowest, highest):
            return low <= lowest and highest <= high
        case Id(_, size), Int(lowest, highest):
            return lowest >= 0 and highest < size
        case Int(low, high), Id(_, size):
            return low <= 0 and size - 1 <= high
        case Enum(literals), Enum(others):
            return set(others) <= set(literals)
        case Optional(a), Optional(b):
            return includes(a, b)
        case Optional(a), _:
            return includes(a, inner)
        case (Set(a), Set(b)) | (Bag(a), Bag(b)):
            return includes(a, b)
        case List(a, capacity), List(b, other):
            return includes(a, b) and (capacity is None or (other is not None and other <= capacity))
        case Map(a, b), Map(c, d):
            return includes(a, c) and includes(b, d)
        case Record(name, fields), Record(other, others):
            return name == other and all(includes(a, b) for (_, a), (_, b) in zip(fields, others, strict=True))
        case Tuple(a), Tuple(b):
            return len(a) == len(b) and all(map(includes, a, b))
        case _:
            return outer == inner


def members(domain: Domain) -> Iterator[Value]:
    """Every value of a finite scalar or composite domain, in order.

    Raises:
        ValueError: the domain is not finite (stamps, vectors, unbounded lists, bags).
    """
    match domain:
        case Bool():
            yield from (False, True)
        case Int(low, high):
            yield from range(low, high + 1)
        case Enum(literals):
            yield from literals
        case Id(_, size):
            yield from range(size)
        case Optional(inner):
            yield None
            yield from members(inner)
        case Set(element):
            items = tuple(members(element))
            for size in range(len(items) + 1):
                yield from map(frozenset, combinations(items, size))
        case List(element, int(capacity)):
            items = tuple(members(element))
            for size in range(capacity + 1):
                yield from product(items, repeat=size)
        case Map(key, value):
            keys, values = tuple(members(key)), tuple(members(value))
            for size in range(len(keys) + 1):
                for chosen in combinations(keys, size):
                    for images in product(values, repeat=size):
                        yield tuple(zip(chosen, images, strict=True))
        case Record(_, fields):
            yield from product(*(tuple(members(field)) for _, field in fields))
        case Tuple(items):
            yield from product(*(tuple(members(item)) for item in items))
        case _:
            raise ValueError(f"{domain} has no finite list of values")


Clock = Stamp | Vector


def clocks_in(domain: Domain) -> Iterator[Clock]:
    """The kinds of Lamport stamps and vector clock values inside the values of a domain; one may come several times."""
    match domain:
        case Stamp() | Vector():
            yield domain
        case Optional(inner) | Set(inner) | Bag(inner) | List(inner, _):
            yield from clocks_in(inner)
        case Map(key, value):
            yield from clocks_in(key)
            yield from clocks_in(value)
        case Record(_, fields):
            for _, field in fields:
                yield from clocks_in(field)
        case Tuple(items):
            for item in items:
                yield from clocks_in(item)
        case Message(kinds):
            for kind in kinds:
                yield from clocks_in(kind)
        case Bool() | Int() | Enum() | Id():
            return


def holds_stamps(domain: Domain) -> bool:
    """Does a value of `domain` contain Lamport stamps or vector clock values?"""
    return any(True for _ in clocks_in(domain))
