"""How is a trace written in dscheck's own format, `dscheck-trace/1`, so that reading it gives the same events again?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dscheck.traces.event import Event, Trace, TraceHeader
from dscheck.traces.formats.fields import FIELDS
from dscheck.traces.formats.tagged_values import encode

NAME = "native"
FORMAT = "dscheck-trace/1"
_ENCODED = frozenset({"key", "value", "args", "vars", "vars_before"})
_SET_APART = ("node", "seq", "kind", "src")
_PLAIN = tuple((name, attribute) for name, (attribute, _) in FIELDS.items() if name not in _SET_APART)
_IN_HEADER = frozenset({"format", "order", "nodes", "gaps", "clock", "delay", "spec", "init"})


def write(traces: Sequence[Trace]) -> Iterator[str]:
    """The lines of a file with these executions, each with its header; `src` says where an event was recorded first."""
    for trace in traces:
        yield _line(header_record(trace.header))
        for event in trace.events:
            yield _line(event_record(event))


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"


def header_record(header: TraceHeader) -> dict[str, Any]:
    """The header as JSON; what it does not say is left out."""
    clock = {"unit": header.unit, "skew": header.skew, "drift_ppm": header.drift_ppm}
    delay = {"min": header.delay_min, "max": header.delay_max}
    record: dict[str, Any] = {"format": FORMAT, "order": header.order, "nodes": list(header.nodes), "gaps": header.gaps}
    record["clock"] = {name: value for name, value in clock.items() if value is not None}
    if header.delay_min is not None or header.delay_max is not None:
        record["delay"] = {name: value for name, value in delay.items() if value is not None}
    if header.spec is not None:
        record["spec"] = header.spec
    if header.initial:
        record["init"] = encode(dict(header.initial))
    record.update({name: value for name, value in header.other.items() if name not in _IN_HEADER})
    return record


def event_record(event: Event) -> dict[str, Any]:
    """The event as JSON; what was not recorded is left out."""
    record: dict[str, Any] = {"node": event.node, "seq": event.seq}
    if event.kind != "internal":
        record["kind"] = event.kind
    for name, attribute in _PLAIN:
        value = getattr(event, attribute)
        if value is None or (name in ("args", "vars", "vars_before") and not value):
            continue
        record[name] = encode(value) if name in _ENCODED else value
    record["src"] = [event.place.file, event.place.line]
    hidden: dict[str, Any] = {}
    for name, value in event.other.items():
        # A field of that name would be taken for one of the format's own.
        (hidden if name in FIELDS or name in ("other", "format") else record)[name] = value
    if hidden:
        record["other"] = hidden
    return record
