"""When does a value of one type fit where another is needed, and when may two values be compared?

`ordered` is always the set of processes declared `ordered`: their ids are numbers where a number is needed.
"""

from collections.abc import Mapping

from dscheck.language.types import (
    Bool,
    Empty,
    Enumeration,
    Id,
    Int,
    List,
    Map,
    Nothing,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Type,
    Unknown,
    Vector,
    describe,
)

NO_ORDER: frozenset[str] = frozenset()


def fits(have: Type, want: Type, ordered: frozenset[str]) -> bool:
    """Whether a value of type `have` may stand where `want` is needed, without a check that it is not none.

    A number fits an ordered id only by itself: inside a collection nobody would check its range.
    """
    match have, want:
        case (Unknown(), _) | (_, Unknown()) | (Nothing(), Optional()) | (Empty(), Set() | Map() | List()):
            return True
        case Enumeration(some), Enumeration(all_of_them):
            return set(some) <= set(all_of_them)
        case (Int(), Id(process)) | (Id(process), Int()):
            return process in ordered
        case Optional(inner), Optional(wanted):
            return fits(inner, wanted, ordered)
        case _, Optional(wanted):
            return fits(have, wanted, ordered)
        case (Set(one), Set(other)) | (List(one), List(other)):
            return fits(one, other, NO_ORDER)
        case Map(key, value), Map(other_key, other_value):
            return fits(key, other_key, NO_ORDER) and fits(value, other_value, NO_ORDER)
        case _:
            return have == want


def join(left: Type, right: Type, ordered: frozenset[str]) -> Type | None:
    """The narrowest type that both fit, or None when there is none."""
    match left, right:
        case (Unknown(), _) | (_, Unknown()):
            return Unknown()
        case Enumeration(some), Enumeration(others):
            return Enumeration(some + tuple(literal for literal in others if literal not in some))
        case (Int(), Id(process)) | (Id(process), Int()):
            return Int() if process in ordered else None
        case (Nothing(), Nothing()):
            return Nothing()
        case (Nothing(), other) | (other, Nothing()):
            return other if isinstance(other, Optional) else Optional(other)
        case (Optional(), _) | (_, Optional()):
            inner = join(plain(left), plain(right), ordered)
            return None if inner is None else Optional(inner)
        case (Empty(), Set() | Map() | List() | Empty()):
            return right
        case (Set() | Map() | List(), Empty()):
            return left
        case Set(one), Set(other):
            element = join(one, other, NO_ORDER)
            return None if element is None else Set(element)
        case List(one), List(other):
            element = join(one, other, NO_ORDER)
            return None if element is None else List(element)
        case Map(key, value), Map(other_key, other_value):
            keys, values = join(key, other_key, NO_ORDER), join(value, other_value, NO_ORDER)
            return None if keys is None or values is None else Map(keys, values)
        case Tuple(some), Tuple(others) if len(some) == len(others):
            items = [join(one, other, ordered) for one, other in zip(some, others, strict=True)]
            known = tuple(item for item in items if item is not None)
            return Tuple(known) if len(known) == len(items) else None
        case _:
            return left if left == right else None


def comparable(left: Type, right: Type, ordered: frozenset[str]) -> bool:
    """Whether some value of the one can equal some value of the other."""
    match left, right:
        case (Nothing(), other) | (other, Nothing()):
            return isinstance(other, Optional | Nothing | Unknown)
        case (Optional(), _) | (_, Optional()):
            return comparable(plain(left), plain(right), ordered)
        case Enumeration(some), Enumeration(others):
            return not set(some).isdisjoint(others)
        case (Set(one), Set(other)) | (List(one), List(other)):
            return comparable(one, other, ordered)
        case Map(key, value), Map(other_key, other_value):
            return comparable(key, other_key, ordered) and comparable(value, other_value, ordered)
        case Tuple(some), Tuple(others):
            return len(some) == len(others) and all(
                comparable(one, other, ordered) for one, other in zip(some, others, strict=True)
            )
        case _:
            return join(left, right, ordered) is not None


def plain(a_type: Type) -> Type:
    """The type without its `?`."""
    return a_type.inner if isinstance(a_type, Optional) else a_type


def has_order(a_type: Type, ordered: frozenset[str]) -> bool:
    """Whether `<` means something: numbers, ordered ids, stamps, vectors, and tuples of such."""
    match plain(a_type):
        case Int() | Stamp() | Vector() | Unknown():
            return True
        case Id(process):
            return process in ordered
        case Tuple(items):
            return all(has_order(item, ordered) for item in items)
        case _:
            return False


def element_of(a_type: Type) -> Type | None:
    """What iterating gives: members of a set or list, keys of a map; None when it cannot be iterated."""
    match plain(a_type):
        case Set(element) | List(element):
            return element
        case Map(key, _):
            return key
        case Empty() | Unknown():
            return Unknown()
        case _:
            return None


def process_within(a_type: Type, processes: frozenset[str], records: Mapping[str, tuple[Type, ...]]) -> str | None:
    """One of `processes` whose ids occur in values of this type, or None."""
    match a_type:
        case Id(process):
            return process if process in processes else None
        case Optional(inner) | Set(inner) | List(inner):
            return process_within(inner, processes, records)
        case Map(key, value):
            return process_within(key, processes, records) or process_within(value, processes, records)
        case Tuple(items):
            return next(filter(None, (process_within(item, processes, records) for item in items)), None)
        case Record(name):
            found = (process_within(field, processes, records) for field in records.get(name, ()))
            return next(filter(None, found), None)
        case _:
            return None


def is_open(a_type: Type) -> bool:
    """Whether the type says less than its place might: a literal, `none`, `{}` or something made of these."""
    match a_type:
        case Enumeration() | Nothing() | Empty():
            return True
        case Optional(inner) | Set(inner) | List(inner):
            return is_open(inner)
        case Map(key, value):
            return is_open(key) or is_open(value)
        case Tuple(items):
            return any(is_open(item) for item in items)
        case _:
            return False


def phrase(a_type: Type) -> str:
    """The type with an article, to stand in a sentence."""
    match a_type:
        case Int():
            return "an int"
        case Bool() | Stamp():
            return f"a {describe(a_type)}"
        case Enumeration((literal,)):
            return f"the literal `{literal}`"
        case Enumeration():
            return f"one of `{describe(a_type)}`"
        case Nothing():
            return "`none`"
        case Empty():
            return "an empty collection"
        case Id(process):
            return f"a `{process}` id"
        case Tuple():
            return "a tuple"
        case Unknown():
            return "unknown"
        case _:
            return f"a `{describe(a_type)}`"
