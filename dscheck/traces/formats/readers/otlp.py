"""What do OpenTelemetry spans say about who sent what to whom: OTLP in JSON, as the collector's file exporter writes
it?

Ids are texts of hexadecimal digits, as the OTLP specification demands for JSON
(https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding); protobuf's own JSON mapping would garble them.
"""

import re
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.json_text import JsonCursor
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.span_events import trace_of_spans
from dscheck.traces.formats.spans import span_lines, spans_of

NAME = "otlp"
_FIRST = re.compile(r'\s*\{\s*"(resourceSpans|resource_spans)"\s*:')


def looks_like(head: str, _: str) -> str | None:
    """Why these are spans."""
    found = _FIRST.match(head)
    return f"it begins with `{found[1]}`" if found else None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """All spans of a file as one execution: one JSON object, or one in each line."""
    text = source.text()
    cursor = JsonCursor(text, source.name)
    documents: list[Any] = []
    while not cursor.at_end():
        line = cursor.line
        document = cursor.value()
        if not isinstance(document, dict):
            raise TraceError(Place(source.name, line), "expected an object with `resourceSpans`")
        documents.append(document)
    lines = span_lines(text, documents)
    spans = [span for document in documents for span in spans_of(document, source.name, lines)]
    return (trace_of_spans(spans, source, options, NAME, why, "ns"),)
