"""What do the lines of any NDJSON log say, with a mapping file that tells what its fields mean?"""

from collections.abc import Iterator, Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.field_mapping import mapping_of
from dscheck.traces.formats.json_text import parse_object
from dscheck.traces.formats.mapped_records import mapped_trace
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "ndjson"


def looks_like(_: str, __: str) -> str | None:
    """Never: what the fields mean cannot be seen."""
    return None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The one execution in the log."""
    if options.mapping is None:
        raise TraceError(
            Place(source.name, 0),
            "a mapping file is needed to know what the fields of its records mean",
            "--mapping FILE; a line of it gives a field its place in the record: node = event.nid",
        )
    return mapped_trace(_records(source), source.name, NAME, why, mapping_of(options), options, of_texts=False)


def _records(source: Source) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in source.lines():
        if line and not line.isspace():
            yield number, parse_object(line, source.name, number)
