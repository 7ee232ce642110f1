"""What is a span, and which of them does a document of OpenTelemetry (OTLP in JSON) hold?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from dscheck.record import record
from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place

_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_ID = re.compile(r"[0-9a-fA-F]+")
_SPAN_ID = re.compile(r'"(?:spanId|span_id|spanID)"\s*:')
_SPAN_ID_NAMES = ("spanId", "span_id", "spanID")


@record
class Span:
    """One span.

    Attributes:
        key: identifies it among the spans of all traces.
        causes: keys of the spans that it may have its message from: its parent, then its links.
        kind: `server`, `client`, `producer`, `consumer` or another.
        events: time, name and attributes of what happened within it.
    """

    key: str
    trace_id: str
    span_id: str
    parent: str
    causes: tuple[str, ...]
    name: str
    kind: str
    node: str
    start: int
    end: int
    place: Place
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: Any = None
    events: tuple[tuple[int, str, Mapping[str, Any]], ...] = ()


def span_lines(text: str, documents: list[Any]) -> dict[int, int]:
    """The line of each object that has a span's id, by `id(object)`: in the text and in the tree the ids have one
    order."""
    owners: list[int] = []
    stack: list[Any] = list(reversed(documents))
    while stack:
        value = stack.pop()
        if isinstance(value, tuple):
            owners.append(value[0])
        elif isinstance(value, list):
            stack.extend(each for each in reversed(value) if isinstance(each, list | dict))
        else:
            for name, each in reversed(value.items()):
                if name in _SPAN_ID_NAMES:
                    stack.append((id(value),))
                elif isinstance(each, list | dict):
                    stack.append(each)
    lines: list[int] = []
    line, counted = 1, 0
    for found in _SPAN_ID.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        lines.append(line)
    return dict(zip(owners, lines, strict=True)) if len(owners) == len(lines) else {}


def spans_of(document: Mapping[str, Any], file: str, lines: Mapping[int, int]) -> Iterator[Span]:
    """The spans of one document."""
    whole = Place(file, 1)
    for resource_spans in objects_in(document, whole, "resourceSpans", "resource_spans"):
        resource = resource_spans.get("resource") or {}
        if not isinstance(resource, dict):
            raise TraceError(whole, "`resource` is an object")
        about = _attributes(resource, whole)
        node = str(about.get("service.name", "unknown_service"))
        if "service.instance.id" in about:
            node = f"{node}/{about['service.instance.id']}"
        for scope in objects_in(resource_spans, whole, "scopeSpans", "instrumentationLibrarySpans", "scope_spans"):
            for span in objects_in(scope, whole, "spans"):
                yield _span(span, node, Place(file, lines.get(id(span), 1)))


def _span(span: Mapping[str, Any], node: str, place: Place) -> Span:
    trace_id = identifier(span, place, "traceId", "trace_id")
    span_id = identifier(span, place, "spanId", "span_id")
    parent = identifier(span, place, "parentSpanId", "parent_span_id", optional=True)
    start = _time(span, place, "startTimeUnixNano", "start_time_unix_nano")
    end = _time(span, place, "endTimeUnixNano", "end_time_unix_nano")
    links = [
        f"{identifier(link, place, 'traceId', 'trace_id')}/{identifier(link, place, 'spanId', 'span_id')}"
        for link in objects_in(span, place, "links")
    ]
    happened = tuple(
        (_time(each, place, "timeUnixNano", "time_unix_nano"), str(each.get("name", "")), _attributes(each, place))
        for each in objects_in(span, place, "events")
    )
    return Span(
        key=f"{trace_id}/{span_id}",
        trace_id=trace_id,
        span_id=span_id,
        parent=parent,
        causes=(*([f"{trace_id}/{parent}"] if parent else []), *links),
        name=str(span.get("name", "")),
        kind=kind_of_span(span.get("kind", 0), place),
        node=node,
        start=start,
        end=end,
        place=place,
        attributes=_attributes(span, place),
        status=span.get("status") or None,
        events=happened,
    )


def kind_of_span(written: Any, place: Place) -> str:
    """`server`, `client`, … as a number of the enumeration or as a name."""
    if type(written) is int and 0 <= written < len(_KINDS):
        return _KINDS[written]
    name = str(written).removeprefix("SPAN_KIND_").lower()
    if name in _KINDS:
        return name
    raise TraceError(place, f"the kind of a span is {str(written)[:40]!r}", f"it is one of {', '.join(_KINDS)}")


def _field(of: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((of[name] for name in names if of.get(name) is not None), None)


def objects_in(of: Mapping[str, Any], place: Place, *names: str) -> list[dict[str, Any]]:
    """The objects in the array that stands under the first of these names."""
    value = _field(of, names)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TraceError(place, f"`{names[0]}` is an array of objects")
    return value


def identifier(of: Mapping[str, Any], place: Place, *names: str, optional: bool = False) -> str:
    """An id, in small letters."""
    value = _field(of, names)
    if optional and value in (None, ""):
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise TraceError(place, f"`{names[0]}` is {str(value)[:60]!r}", "it is a text of hexadecimal digits")
    return value.lower()


def _time(of: Mapping[str, Any], place: Place, *names: str) -> int:
    value = _field(of, names)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise TraceError(
            place, f"`{names[0]}` is {str(value)[:60]!r}", "it is a whole number of nanoseconds since 1970"
        )
    return value


def _attributes(of: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The attributes of a resource, span or event, as plain values."""
    return {str(each.get("key")): _plain(each.get("value")) for each in objects_in(of, place, "attributes")}


def _plain(value: Any) -> Any:
    """The value in an `AnyValue`; arrays and lists of pairs stay as they are written."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind == "intValue" and isinstance(inner, str) and len(inner) < 20 and inner.lstrip("-").isdecimal():
        return int(inner)
    return inner if kind in ("stringValue", "boolValue", "intValue", "doubleValue") else value
