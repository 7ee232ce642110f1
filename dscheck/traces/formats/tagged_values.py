"""How is a value that JSON lacks (a set, a map with any keys, a tuple) written in JSON?

As the Informal Trace Format does (Apalache's ADR-015): `{"#set": […]}`, `{"#map": [[key, value], …]}`, `{"#tup": […]}`,
`{"#bigint": "…"}`. The same notation serves the native format, so that converting between the two loses nothing.
"""

import json
from typing import Any

_TAGS = frozenset({"#set", "#map", "#tup", "#bigint", "#unserializable"})
LARGEST_PLAIN = 1 << 53  # beyond it, readers that hold numbers as doubles lose digits


class Tuple(tuple[Any, ...]):
    """A tuple, where a sequence is a list (or, inside a set, a plain tuple)."""

    __slots__ = ()


class Map(dict[Any, Any]):
    """A map with any keys, where a record is a dict. Treat it as immutable: it may be an element of a set."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


class Record(dict[str, Any]):
    """A record that is an element of a set or a key of a map. Treat it as immutable."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


class Unserializable(str):
    """What the tool that wrote the trace could not express, in its own words."""

    __slots__ = ()


def decode(value: Any, *, hashable: bool = False) -> Any:
    """The value that a JSON value with tags stands for.

    Args:
        hashable: it becomes an element of a set or a key of a map.

    Raises:
        ValueError: a tag does not hold what it promises.
    """
    if isinstance(value, list):
        items = [decode(each, hashable=hashable) for each in value]
        return tuple(items) if hashable else items
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, inner),) = value.items()
        if tag in _TAGS:
            return _decode_tagged(tag, inner, hashable=hashable)
    record = {name: decode(each, hashable=hashable) for name, each in value.items()}
    return Record(record) if hashable else record


def _decode_tagged(tag: str, inner: Any, *, hashable: bool) -> Any:
    if tag == "#bigint":
        if not isinstance(inner, str):
            raise ValueError(f"#bigint holds digits in quotes, not {json.dumps(inner)[:40]}")
        return int(inner)
    if tag == "#unserializable":
        return Unserializable(inner)
    if not isinstance(inner, list):
        raise ValueError(f"{tag} holds an array, not {json.dumps(inner)[:40]}")
    if tag == "#tup":
        return Tuple(decode(each, hashable=hashable) for each in inner)
    if tag == "#set":
        elements = frozenset(decode(each, hashable=True) for each in inner)
        if len(elements) != len(inner):
            raise ValueError("#set holds an element twice")
        return elements
    if not all(isinstance(each, list) and len(each) == 2 for each in inner):
        raise ValueError("#map holds pairs [key, value]")
    made = Map((decode(key, hashable=True), decode(each, hashable=hashable)) for key, each in inner)
    if len(made) != len(inner):
        raise ValueError("#map holds a key twice")
    return made


def encode(value: Any, *, hashable: bool = False, big: int | None = None) -> Any:
    """The JSON value with tags that `decode` makes `value` of.

    Args:
        hashable: it is inside a set or a key, where a plain tuple is a sequence.
        big: integers from this size on are written as `#bigint`; None for none.
    """
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return {"#bigint": str(value)} if big is not None and abs(value) >= big else value
    if isinstance(value, Unserializable):
        return {"#unserializable": str(value)}
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        items = [encode(each, hashable=hashable, big=big) for each in value]
        sequence = isinstance(value, list) or (hashable and not isinstance(value, Tuple))
        return items if sequence else {"#tup": items}
    if isinstance(value, frozenset | set):
        elements = [encode(each, hashable=True, big=big) for each in value]
        return {"#set": sorted(elements, key=json.dumps)}  # the order of a set changes from run to run
    if isinstance(value, dict):
        if _is_record(value):
            return {name: encode(each, hashable=hashable, big=big) for name, each in value.items()}
        pairs = [
            [encode(key, hashable=True, big=big), encode(each, hashable=hashable, big=big)]
            for key, each in value.items()
        ]
        return {"#map": pairs}
    return {"#unserializable": repr(value)}


def _is_record(value: dict[Any, Any]) -> bool:
    if isinstance(value, Map) or not all(isinstance(name, str) for name in value):
        return False
    return len(value) != 1 or not value.keys() & _TAGS  # else it would be read as what the tag says
