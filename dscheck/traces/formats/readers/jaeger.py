"""What do spans say that Jaeger hands out as JSON: `{"data": [{"traceID": …, "spans": […], "processes": {…}}]}`?

This is the answer of its query service (`/api/traces`) and what its user interface saves. Times are microseconds. The
parent of a span is its reference `CHILD_OF`; what it `FOLLOWS_FROM` may have sent it a message as well
(https://www.jaegertracing.io/docs/1.76/apis/, OpenTracing specification 1.1, "References between spans").
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.json_text import JsonCursor
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.span_events import trace_of_spans
from dscheck.traces.formats.spans import Span, identifier, kind_of_span, objects_in, span_lines

NAME = "jaeger"
_FIRST = re.compile(r'\s*\{\s*"data"\s*:\s*\[\s*\{(?=(?s:.*)"(?:spans|traceID)"\s*:)')
_KIND = "span.kind"


def looks_like(head: str, _: str) -> str | None:
    """Why these are spans of Jaeger."""
    return "it is a JSON object whose `data` has traces with `spans`" if _FIRST.match(head) else None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """All spans of a file as one execution."""
    text = source.text()
    cursor = JsonCursor(text, source.name)
    document = cursor.value()
    if not cursor.at_end():
        raise cursor.wrong("expected the end of the file after the traces")
    if not isinstance(document, dict):
        raise TraceError(Place(source.name, 1), "expected an object with `data`")
    lines = span_lines(text, [document])
    spans = list(_spans(document, source.name, lines))
    return (trace_of_spans(spans, source, options, NAME, why, "us"),)


def _spans(document: Mapping[str, Any], file: str, lines: Mapping[int, int]) -> Iterator[Span]:
    for trace in objects_in(document, Place(file, 1), "data"):
        processes = trace.get("processes") or {}
        for span in objects_in(trace, Place(file, 1), "spans"):
            place = Place(file, lines.get(id(span), 1))
            name = span.get("processID")
            process = (
                processes.get(name) if isinstance(processes, dict) and isinstance(name, str) else span.get("process")
            )
            if not isinstance(process, dict):
                raise TraceError(
                    place, f"`processes` has no process {str(name)[:60]!r}", "each span names its `processID`"
                )
            yield _span(span, process, place)


def _span(span: Mapping[str, Any], process: Mapping[str, Any], place: Place) -> Span:
    trace_id, span_id = identifier(span, place, "traceID"), identifier(span, place, "spanID")
    causes: dict[str, list[str]] = {"CHILD_OF": [], "FOLLOWS_FROM": []}
    for each in objects_in(span, place, "references"):
        kind = each.get("refType")
        if kind not in causes:
            raise TraceError(place, f"`refType` is {str(kind)[:60]!r}", "it is CHILD_OF or FOLLOWS_FROM")
        causes[kind].append(f"{identifier(each, place, 'traceID')}/{identifier(each, place, 'spanID')}")
    parent = identifier(span, place, "parentSpanID", optional=True)
    if parent and f"{trace_id}/{parent}" not in causes["CHILD_OF"]:
        causes["CHILD_OF"].insert(0, f"{trace_id}/{parent}")
    tags = _values(span, place, "tags")
    about = _values(process, place, "tags")
    node = str(process.get("serviceName", "unknown_service"))
    instance = about.get("service.instance.id")
    start = _microseconds(span, place, "startTime")
    return Span(
        key=f"{trace_id}/{span_id}",
        trace_id=trace_id,
        span_id=span_id,
        parent=causes["CHILD_OF"][0].rpartition("/")[2] if causes["CHILD_OF"] else "",
        causes=(*causes["CHILD_OF"], *causes["FOLLOWS_FROM"]),
        name=str(span.get("operationName", "")),
        kind=kind_of_span(tags.get(_KIND, "unspecified"), place),
        node=node if instance is None else f"{node}/{instance}",
        start=start,
        end=start + _microseconds(span, place, "duration"),
        place=place,
        attributes={name: value for name, value in tags.items() if name != _KIND},
        events=tuple(_logged(each, place) for each in objects_in(span, place, "logs")),
    )


def _logged(entry: Mapping[str, Any], place: Place) -> tuple[int, str, Mapping[str, Any]]:
    """Time, name and fields of what happened within a span; OpenTracing calls the name `event`."""
    fields = _values(entry, place, "fields")
    name = fields.pop("event", fields.pop("message", ""))
    return _microseconds(entry, place, "timestamp"), str(name), fields


def _values(of: Mapping[str, Any], place: Place, name: str) -> dict[str, Any]:
    """Tags or fields: each has a `key` and a `value`."""
    return {str(each.get("key")): each.get("value") for each in objects_in(of, place, name)}


def _microseconds(of: Mapping[str, Any], place: Place, name: str) -> int:
    value = of.get(name)
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise TraceError(place, f"`{name}` is {str(value)[:60]!r}", "it is a whole number of microseconds")
    return value
