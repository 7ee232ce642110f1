"""What does a trace in dscheck's own format say: JSON Lines, `dscheck-trace/1`?

The first line may be a header, `{"format": "dscheck-trace/1", …}`; every other line is an event. A further header
begins a further execution. The fields are described in docs/dscheck-trace.schema.json.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.traces.formats.fields import FIELDS, EventMaker
from dscheck.traces.formats.header_fields import expected
from dscheck.traces.formats.json_text import fast_decode, parse_object
from dscheck.traces.formats.reading import ReadOptions, no_event
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.tagged_values import decode
from dscheck.traces.packed_events import EventList, nodes_in

NAME = "native"
FORMAT = "dscheck-trace/1"
_FAMILY = "dscheck-trace/"
_WITH_VALUES = ("key", "value", "args", "vars", "vars_before")
A_MILLION = 1_000_000
_UNITS = ("ns", "us", "ms", "s")
_ORDERS = ("total", "causal", "per-node")


def looks_like(head: str, _: str) -> str | None:
    """Why this is a native trace."""
    first = head.lstrip().split("\n", 1)[0]
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    if str(record.get("format", "")).startswith(_FAMILY):
        return f'the first line says "format": {json.dumps(record["format"])}'
    others = [name for name in FIELDS if name in record and name != "node"]
    if "node" in record and others:
        return f"the first line is a JSON object with the fields `node` and `{others[0]}`"
    return None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The executions in a native file: one, or one for each header."""
    traces: list[Trace] = []
    header: TraceHeader | None = None
    events = _events_of(options, header)
    maker = EventMaker()

    def finish() -> None:
        if header is None and not len(events):
            return
        said = header or TraceHeader(options.order or "per-node")
        if not said.nodes:
            said = replace(said, nodes=nodes_in(events.events()))
        name = f"{source.name} ({len(traces) + 1})" if traces else source.name
        traces.append(Trace(name, NAME, why, said, events.events(), maker.pairing.notes()))

    decode_json = fast_decode()
    for number, line in source.lines():
        if not line or line.isspace():
            continue
        record = record_of(line, source.name, number, decode_json)
        if "format" in record and (found := _header(record, Place(source.name, number))) is not None:
            finish()
            header, events, maker = found, _events_of(options, found), EventMaker(found.nodes)
        else:
            events.append(maker.event(record, Place(source.name, number)))
    finish()
    if not traces:
        raise no_event(source.name, "neither a header nor a record")
    return tuple(traces)


def _events_of(options: ReadOptions, header: TraceHeader | None) -> EventList:
    judged_by_spec = header is not None and header.spec is not None
    return EventList(options.packed_from, frozenset() if judged_by_spec else options.unread)


def stream(source: Source) -> Iterator[TraceHeader | Event]:
    """Headers and events one by one, for a file that does not fit in memory."""
    maker = EventMaker()
    decode_json = fast_decode()
    for number, line in source.lines():
        if line and not line.isspace():
            place = Place(source.name, number)
            record = record_of(line, source.name, number, decode_json)
            if "format" in record and (found := _header(record, place)) is not None:
                maker = EventMaker(found.nodes)
                yield found
            else:
                yield maker.event(record, place)


def record_of(line: str, file: str, number: int, decode_json: Callable[[str], Any]) -> dict[str, Any]:
    """The record in a line, sets and other tagged values decoded.

    Args:
        decode_json: what `fast_decode` returns.
    """
    try:
        record = decode_json(line)
    except (ValueError, RecursionError):
        record = None
    if record.__class__ is not dict:
        record = parse_object(line, file, number)  # which says what is wrong
    if '"#' in line:
        try:
            for name in (*_WITH_VALUES, "init"):
                if name in record:
                    record[name] = decode(record[name])
        except (ValueError, RecursionError) as error:
            raise TraceError(Place(file, number), f"a value cannot be read: {error}") from None
    return record  # type: ignore[no-any-return]


def _header(record: dict[str, Any], place: Place) -> TraceHeader | None:
    """The header in a record; None where its field `format` means something else."""
    version = record["format"]
    if not isinstance(version, str) or not version.startswith(_FAMILY):
        return None
    if version != FORMAT:
        raise TraceError(place, f"the format is {shortened(version)}; this dscheck reads {FORMAT}")
    return _HeaderReader(place).header(record)


class _HeaderReader:
    """Takes the fields of a header, each checked."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def header(self, record: dict[str, Any]) -> TraceHeader:
        clock, delay = self.part(record, "clock"), self.part(record, "delay")
        initial = record.get("init", {})
        if not isinstance(initial, dict):
            raise self.wrong("init", initial, "an object")
        nodes = record.get("nodes", [])
        if not isinstance(nodes, list) or not all(isinstance(each, str | int) for each in nodes):
            raise self.wrong("nodes", nodes, "an array of names")
        gaps = record.get("gaps", False)
        if not isinstance(gaps, bool):
            raise self.wrong("gaps", gaps, "true or false")
        spec = record.get("spec")
        if spec is not None and not isinstance(spec, str):
            raise self.wrong("spec", spec, "the name of a file")
        for name, value in record.items():
            if (words := expected(name, value)) is not None:
                raise self.wrong(name, value, words)
        return TraceHeader(
            order=self.choice(record, "order", _ORDERS, "per-node"),
            nodes=tuple(map(str, nodes)),
            gaps=gaps,
            unit=self.choice(clock, "unit", _UNITS, "ns"),
            skew=self.count(clock, "skew"),
            drift_ppm=self.drift(clock),
            delay_min=self.count(delay, "min"),
            delay_max=self.count(delay, "max"),
            spec=spec,
            initial=initial,
            other={name: value for name, value in record.items() if name not in OF_HEADER},
        )

    def part(self, record: dict[str, Any], name: str) -> dict[str, Any]:
        value = record.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(name, value, "an object")
        return value

    def choice(self, record: dict[str, Any], name: str, known: tuple[str, ...], default: str) -> Any:
        value = record.get(name, default)
        if value not in known:
            near = get_close_matches(str(value), known, 1)
            raise self.wrong(name, value, f"one of {', '.join(known)}", f"did you mean `{near[0]}`?" if near else "")
        return value

    def count(self, record: dict[str, Any], name: str) -> int | None:
        value = record.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
            raise self.wrong(name, value, "a whole number, not negative")
        return value

    def drift(self, clock: dict[str, Any]) -> int | None:
        value = self.count(clock, "drift_ppm")
        if value is not None and value >= A_MILLION:
            raise self.wrong(
                "drift_ppm",
                value,
                "less than a million",
                "a clock that loses a million parts of a million stands still",
            )
        return value

    def wrong(self, name: str, value: object, expected: str, help_text: str = "") -> TraceError:
        return TraceError(
            self.place, f"`{name}` of the header holds {shortened(str(value))}, not {expected}", help_text
        )


OF_HEADER = frozenset({"format", "order", "nodes", "gaps", "clock", "delay", "spec", "init"})
