"""Which field of a record becomes what of an event, and what must it hold?

The names are those of the native format `dscheck-trace/1`; a mapping file and the columns of a table use them too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, EventKind, Place
from dscheck.traces.formats.json_text import DECODER
from dscheck.traces.formats.pairing import Pairing

KINDS: tuple[EventKind, ...] = ("internal", "send", "recv", "invoke", "ok", "fail", "info")
_OF_HISTORIES = frozenset({"invoke", "ok", "fail", "info"})
_LARGEST = (1 << 63) - 1
NOTHING: Mapping[str, Any] = {}
_DEFAULTS = {"arguments": NOTHING, "variables": NOTHING, "before": NOTHING}
_KNOWN_KINDS = frozenset(KINDS)


class _WrongField(ValueError):
    """What a field should hold, for a message that names the field."""


def _name(value: Any) -> str:
    if value.__class__ is str:
        return value
    if value.__class__ is int:
        return str(value)
    raise _WrongField("a text or a whole number")


def _text(value: Any) -> str:
    if value.__class__ is str:
        return value
    raise _WrongField("a text")


def _whole(value: Any) -> int:
    if value.__class__ is int and -_LARGEST <= value <= _LARGEST:
        return value
    raise _WrongField("a whole number of 64 bits")


def _count(value: Any) -> int:
    if value.__class__ is int and 0 <= value <= _LARGEST:
        return value
    raise _WrongField("a whole number of 63 bits, not negative")


def _position(value: Any) -> int:
    if value.__class__ is int and 1 <= value <= _LARGEST:
        return value
    raise _WrongField("a whole number from 1")


def _bool(value: Any) -> bool:
    if value.__class__ is bool:
        return value
    raise _WrongField("true or false")


def _kind(value: Any) -> EventKind:
    if value.__class__ is str and value in _KNOWN_KINDS:
        return value
    raise _WrongField(f"one of {', '.join(KINDS)}")


def _object(value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise _WrongField("an object")


def _arguments(value: Any) -> Mapping[str, Any]:
    if isinstance(value, list):
        return {str(position): each for position, each in enumerate(value)}
    return _object(value)


def clock(value: Any) -> Mapping[str, int]:
    """A vector: `{node: count}`."""
    if value.__class__ is dict:
        for each in value.values():
            if each.__class__ is not int or not 0 <= each <= _LARGEST:
                break
        else:
            return value
    raise _WrongField("an object of whole numbers of 63 bits, none negative")


def _hybrid(value: Any) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        return _whole(value[0]), _count(value[1])
    raise _WrongField("an array [physical time, counter]")


def _place(value: Any) -> Place:
    if isinstance(value, list) and len(value) == 2:
        return Place(_text(value[0]), _count(value[1]))
    raise _WrongField("an array [file, line]")


def _any(value: Any) -> Any:
    return value


# name in a record: (name in an event, what it must hold)
FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "node": ("node", _name),
    "seq": ("seq", _position),
    "kind": ("kind", _kind),
    "msg": ("msg", _name),
    "peer": ("peer", _name),
    "op": ("op", _name),
    "f": ("function", _text),
    "key": ("key", _any),
    "value": ("value", _any),
    "action": ("action", _text),
    "args": ("arguments", _arguments),
    "vars": ("variables", _object),
    "vars_before": ("before", _object),
    "ts": ("time", _whole),
    "ts_err": ("time_error", _count),
    "lc": ("lamport", _count),
    "vc": ("vector", clock),
    "hlc": ("hybrid", _hybrid),
    "vv": ("version", clock),
    "lock": ("lock", _name),
    "hold": ("holds", _bool),
    "term": ("term", _count),
    "role": ("role", _text),
    "src": ("place", _place),
}

# Fields that a table or a regular expression may give as a text though they hold something else.
_TYPED = frozenset(
    {"seq", "args", "vars", "vars_before", "ts", "ts_err", "lc", "vc", "hlc", "vv", "hold", "term", "src"}
)
_GUESSED = frozenset({"key", "value"})
_SCALARS = frozenset({"seq", "ts", "ts_err", "lc", "hold", "term"})


def typed(name: str, text: str, *, written_as_text: bool = True) -> Any:
    """What a field holds whose value was found as text.

    Numbers, objects and truth values are written as in JSON where the field holds one. `key` and `value` may hold
    anything: what is no JSON there is a text.

    Args:
        written_as_text: everything is a text where it comes from; else only what must be a number becomes one.
    """
    field = name.partition(".")[0]
    if field not in _SCALARS and not (written_as_text and (field in _TYPED or field in _GUESSED)):
        return text
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return text  # if that is wrong here, the check of the field says so


class EventMaker:
    """Makes events of the records of one execution, and numbers those that have no number."""

    def __init__(self, nodes: tuple[str, ...] = ()) -> None:
        self.pairing = Pairing()
        self._nodes = frozenset(nodes)
        self._last: dict[str, int] = {}

    def event(self, record: Mapping[str, Any], place: Place) -> Event:
        """The event that `record` describes; fields that are null are absent.

        Unknown fields are kept in `other`, and so is what stands in a field called `other`: names there mean nothing.
        """
        found: dict[str, Any] = {}
        other: Mapping[str, Any] = NOTHING
        name, value = "", None
        try:
            for name, value in record.items():
                field = FIELDS.get(name)
                if field is None:
                    other = _kept(other, name, value)
                elif value is not None:
                    found[field[0]] = field[1](value)
        except _WrongField as expected:
            raise _wrong(place, name, value, str(expected)) from None
        node = found.get("node")
        if node is None:
            raise TraceError(place, "the event has no `node`", "each event names the process that it happened at")
        if self._nodes and node not in self._nodes:
            raise TraceError(place, f"the header does not name the node `{node}`", _names(self._nodes))
        number = found.get("seq")
        if number is None:
            found["seq"] = number = self._last.get(node, 0) + 1
        self._last[node] = number
        if "op" not in found and found.get("kind") in _OF_HISTORIES:
            found["op"] = self.pairing.operation(node, found["kind"], found.get("place", place))
        # One empty mapping for all, where there would be four for each event.
        return Event(**{**_DEFAULTS, "place": place, **found, "other": other})


def _kept(other: Mapping[str, Any], name: str, value: Any) -> Mapping[str, Any]:
    return {**other, **value} if name == "other" and isinstance(value, dict) else {**other, name: value}


def _names(nodes: frozenset[str]) -> str:
    shown = sorted(nodes)[:10]
    return f"it names {', '.join(shown)}{', …' if len(nodes) > len(shown) else ''}"


def _wrong(place: Place, name: str, value: Any, expected: str) -> TraceError:
    shown = repr(value)
    return TraceError(place, f"`{name}` holds {shown if len(shown) <= 60 else shown[:59] + '…'}, not {expected}")
