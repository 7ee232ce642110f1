"""Which field of a record becomes what of an event, and what must it hold?

The names are those of the native format `dscheck-trace/1`; a mapping file and the columns of a table use them too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import NOTHING, Dot, Event, EventKind, Place, draft, finished
from dscheck.traces.formats.json_text import DECODER
from dscheck.traces.formats.pairing import Pairing

KINDS: tuple[EventKind, ...] = ("internal", "send", "recv", "invoke", "ok", "fail", "info")
_OF_HISTORIES = frozenset({"invoke", "ok", "fail", "info"})
_LARGEST = (1 << 63) - 1
_INT = {int}
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
        counts = value.values()
        if not counts or (set(map(type, counts)) == _INT and min(counts) >= 0 and max(counts) <= _LARGEST):
            return value
    raise _WrongField("an object of whole numbers of 63 bits, none negative")


def _hybrid(value: Any) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        return _whole(value[0]), _count(value[1])
    raise _WrongField("an array [physical time, counter]")


def _dot(value: Any) -> Dot:
    if isinstance(value, list) and len(value) == 2:
        return _name(value[0]), _position(value[1])
    raise _WrongField("an array [replica, number]")


def _siblings(value: Any) -> tuple[Mapping[str, int] | Dot, ...]:
    if not isinstance(value, list):
        raise _WrongField("an array of version vectors or dots")
    return tuple(_dot(each) if isinstance(each, list) else clock(each) for each in value)


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
    "dot": ("dot", _dot),
    "vv_context": ("context", clock),
    "siblings": ("siblings", _siblings),
    "lock": ("lock", _name),
    "hold": ("holds", _bool),
    "term": ("term", _count),
    "role": ("role", _text),
    "src": ("place", _place),
}

# The same with the class whose values need no check.
_AS_IT_IS: dict[Callable[[Any], Any], type] = {_name: str, _text: str, _bool: bool, _object: dict, _arguments: dict}
_KNOWN: dict[str, tuple[str, type | None, Callable[[Any], Any]]] = {
    name: (attribute, _AS_IT_IS.get(checked), checked) for name, (attribute, checked) in FIELDS.items()
}

# Fields that a table or a regular expression may give as a text though they hold something else.
_TYPED = frozenset(
    {"seq", "args", "vars", "vars_before", "ts", "ts_err", "lc", "vc", "hlc", "vv", "dot", "vv_context", "siblings"}
    | {"hold", "term", "src"}
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
    if field == "hold" and text.lower() in ("true", "false"):
        return text.lower() == "true"  # Python and R write them with capitals
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
        made = draft(place)
        name, value = "", None
        try:
            for name, value in record.items():
                field = _KNOWN.get(name)
                if field is None:
                    if made.other is NOTHING:
                        made.other = {}
                    _keep(made.other, name, value)
                elif value is not None:
                    attribute, as_it_is, checked = field
                    setattr(made, attribute, value if value.__class__ is as_it_is else checked(value))
        except _WrongField as expected:
            raise _wrong(place, name, value, str(expected)) from None
        node = made.node
        if node is None:
            raise TraceError(place, "the event has no `node`", "each event names the process that it happened at")
        if self._nodes and node not in self._nodes:
            raise TraceError(place, f"the header does not name the node `{node}`", _names(self._nodes))
        if made.seq is None:
            made.seq = self._last.get(node, 0) + 1
        self._last[node] = made.seq
        if made.op is None and made.kind in _OF_HISTORIES:
            made.op = self.pairing.operation(node, made.kind, made.place)
        return finished(made)


def _keep(other: dict[str, Any], name: str, value: Any) -> None:
    if name == "other" and isinstance(value, dict):
        other.update(value)
    else:
        other[name] = value


def _names(nodes: frozenset[str]) -> str:
    shown = sorted(nodes)[:10]
    return f"it names {', '.join(shown)}{', …' if len(nodes) > len(shown) else ''}"


def _wrong(place: Place, name: str, value: Any, expected: str) -> TraceError:
    shown = repr(value)
    return TraceError(place, f"`{name}` holds {shown if len(shown) <= 60 else shown[:59] + '…'}, not {expected}")
