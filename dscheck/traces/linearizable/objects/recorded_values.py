"""Which value of a spec's domain does a recorded argument or result stand for?"""

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import assert_never

from dscheck import domains
from dscheck.domains import Domain, Value, order_key

NOTHING = ("none", "nil", "null", "None")
_NUMBER_AT_END = re.compile(r"\D*(\d+)\W*")


class NoValue(Exception):
    """A recorded value stands for none of the domain."""


def value_of(recorded: Hashable, domain: Domain) -> Value:
    """The value of `domain` that was recorded.

    Args:
        recorded: a JSON value, frozen: lists are tuples, mappings are frozen sets of pairs.
        domain: of the value that is looked for.

    Raises:
        NoValue: it stands for none.
    """
    match domain:
        case domains.Optional(inner):
            return None if recorded is None or recorded in NOTHING else value_of(recorded, inner)
        case domains.Bool():
            found = {"true": True, "false": False}.get(str(recorded).lower())
            return _found(recorded, domain, found if isinstance(recorded, bool | str) else None)
        case domains.Int() | domains.Stamp():
            return _found(recorded, domain, _integer(recorded))
        case domains.Enum():
            return _found(recorded, domain, recorded.lstrip(":") if isinstance(recorded, str) else None)
        case domains.Id():
            return _found(recorded, domain, number_of(recorded))
        case domains.Set(element):
            return frozenset(_each(recorded, (element,)))
        case domains.Bag(element):
            return tuple(sorted(_each(recorded, (element,)), key=order_key(element)))
        case domains.List(element, _) as of:
            return _found(recorded, of, tuple(_each(recorded, (element,))))
        case domains.Tuple(items):
            return tuple(_each(recorded, items, exactly=True))
        case domains.Record(_, fields):
            if isinstance(recorded, frozenset):
                named = _pairs(recorded)
                if set(named) != {name for name, _ in fields}:
                    raise NoValue
                return tuple(value_of(named[name], of) for name, of in fields)
            return tuple(_each(recorded, tuple(of for _, of in fields), exactly=True))
        case domains.Map(key, inner):
            pairs = [(value_of(name, key), value_of(each, inner)) for name, each in _pairs(recorded).items()]
            by_key = order_key(key)
            return tuple(sorted(pairs, key=lambda pair: by_key(pair[0]) if by_key else pair[0]))
        case domains.Message() | domains.Vector():
            raise NoValue
        case _:
            assert_never(domain)


def number_of(name: Hashable) -> int | None:
    """The number that ends the name of a process, such as `Client[2]`, `client-2` or `2`."""
    ending = _NUMBER_AT_END.fullmatch(name) if isinstance(name, str) else None
    return _integer(name) if ending is None else int(ending[1])


def _found(recorded: Hashable, domain: Domain, value: Value) -> Value:
    if value is None or not domains.contains(domain, value):
        raise NoValue(f"{recorded!r} is none of its values")
    return value


def _integer(recorded: Hashable) -> int | None:
    if isinstance(recorded, bool):
        return None
    if isinstance(recorded, int):
        return recorded
    if isinstance(recorded, float) and recorded.is_integer():
        return int(recorded)
    return int(recorded) if isinstance(recorded, str) and re.fullmatch(r"-?\d+", recorded) else None


def _each(recorded: Hashable, of: Sequence[Domain], *, exactly: bool = False) -> Iterable[Value]:
    """The parts of a list: all of one domain, or exactly one of each."""
    if not isinstance(recorded, tuple | frozenset) or (exactly and len(recorded) != len(of)):
        raise NoValue
    kinds = of if exactly else [of[0]] * len(recorded)
    return [value_of(part, kind) for part, kind in zip(recorded, kinds, strict=True)]


def _pairs(recorded: Hashable) -> dict[Hashable, Hashable]:
    pairs: dict[Hashable, Hashable] = {}
    for pair in recorded if isinstance(recorded, tuple | frozenset) else ():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise NoValue
        pairs[pair[0]] = pair[1]
    if not isinstance(recorded, tuple | frozenset):
        raise NoValue
    return pairs
