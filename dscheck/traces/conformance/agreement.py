"""May a recorded JSON value stand for a value of the spec? The one question about values that conformance asks.

A log may write a process as it calls its nodes, a set in any order, a map as an object or as pairs, a record or a
message as an object with some of its fields, a list, a set or a map as its length, and anything as the text that
dscheck prints for it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, assert_never

from dscheck import domains
from dscheck.domains import Domain, Value
from dscheck.traces.conformance.naming import Naming
from dscheck.values import show

_NOTHING = (None, "none", "None", "null", "nil", "")


def agrees(recorded: Any, value: Value, domain: Domain, names: Naming, singletons: frozenset[str]) -> bool:
    """May `recorded` stand for `value`?

    Args:
        recorded: a JSON value of a log.
        value: of `domain`.
        domain: what values there are.
        names: who is who.
        singletons: processes that are written without an index.
    """

    def same(part: Any, item: Value, of: Domain) -> bool:
        return agrees(part, item, of, names, singletons)

    if recorded.__class__ is int and isinstance(domain, domains.Int):
        return bool(recorded == value)  # most are numbers
    if value is None:
        return recorded is None or (isinstance(recorded, str) and recorded in _NOTHING)
    if (
        isinstance(domain, domains.Id)
        and recorded.__class__ is not bool
        and names.is_process(recorded, domain.process, value)
    ):
        return True
    if isinstance(recorded, str) and recorded == show(value, domain, singletons):
        return True
    if recorded.__class__ is int and isinstance(domain, domains.List | domains.Set | domains.Bag | domains.Map):
        return bool(recorded == len(value))
    match domain:
        case domains.Bool():
            return recorded is value or (isinstance(recorded, str) and recorded.lower() == str(value).lower())
        case domains.Int() | domains.Stamp():
            return not isinstance(recorded, bool) and (recorded == value or recorded == str(value))
        case domains.Enum():
            return bool(recorded == value)
        case domains.Id():
            return False  # by none of its names
        case domains.Optional(inner):
            return same(recorded, value, inner)
        case domains.Set(element) | domains.Bag(element):
            return _is_list(recorded) and _paired(recorded, list(value), lambda part, item: same(part, item, element))
        case domains.List(element, _):
            return _is_list(recorded) and _each(recorded, value, (element,) * len(value), same)
        case domains.Tuple(items):
            return _is_list(recorded) and _each(recorded, value, items, same)
        case domains.Vector(process, size):
            if isinstance(recorded, dict):
                return all(
                    any(names.is_process(name, process, index) and value[index] == count for index in range(size))
                    for name, count in recorded.items()
                )
            return _is_list(recorded) and list(recorded) == list(value)
        case domains.Map(key, inner):
            pairs = list(recorded.items()) if isinstance(recorded, dict) else recorded
            if not _is_list(pairs) or not all(_is_list(pair) and len(pair) == 2 for pair in pairs):
                return False
            return _paired(
                pairs, value, lambda pair, item: same(pair[0], item[0], key) and same(pair[1], item[1], inner)
            )
        case domains.Record(_, fields):
            if isinstance(recorded, dict):
                return _some_fields(recorded, value, fields, same)
            return _is_list(recorded) and _each(recorded, value, [of for _, of in fields], same)
        case domains.Message():
            kind = domain.kind(value[0])
            return isinstance(recorded, dict) and _some_fields(recorded, value[1:], kind.fields, same)
        case _:
            assert_never(domain)


_Same = Callable[[Any, Value, Domain], bool]


def _is_list(recorded: Any) -> bool:
    return isinstance(recorded, Sequence) and not isinstance(recorded, str)


def _each(recorded: Sequence[Any], value: Sequence[Value], of: Iterable[Domain], same: _Same) -> bool:
    return len(recorded) == len(value) and all(map(same, recorded, value, of))


def _some_fields(
    recorded: dict[str, Any], value: Sequence[Value], fields: tuple[tuple[str, Domain], ...], same: _Same
) -> bool:
    """Any subset of the fields, and no others."""
    known = {name: (item, of) for (name, of), item in zip(fields, value, strict=True)}
    return all(name in known and same(part, *known[name]) for name, part in recorded.items())


def _paired(recorded: Sequence[Any], value: Sequence[Value], fit: Callable[[Any, Value], bool]) -> bool:
    """Is there a one-to-one pairing of what fits? By augmenting paths, since a part may fit several items.

    H. W. Kuhn: The Hungarian method for the assignment problem. Naval Research Logistics 2, 1955.
    """
    return len(recorded) == len(value) and first_unpaired(recorded, value, fit) is None


def first_unpaired(parts: Sequence[Any], items: Sequence[Any], fit: Callable[[Any, Any], bool]) -> int | None:
    """The first of the parts that finds no item of its own, whichever those before it take; None if all do."""
    taken_by: dict[int, int] = {}

    def place(part: int, tried: set[int]) -> bool:
        for at, item in enumerate(items):
            if at not in tried and fit(parts[part], item):
                tried.add(at)
                if at not in taken_by or place(taken_by[at], tried):
                    taken_by[at] = part
                    return True
        return False

    return next((part for part in range(len(parts)) if not place(part, set())), None)
