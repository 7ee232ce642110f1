"""What does a table say whose first line names its columns?

The names are those of the native format's fields (docs/dscheck-trace.schema.json), `vars.x` is the variable `x`; a
mapping file translates other names. Commas, semicolons or tabs separate. An empty cell is an absent field.
"""

import csv
from collections.abc import Iterator, Mapping
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.field_mapping import mapping_of
from dscheck.traces.formats.fields import FIELDS
from dscheck.traces.formats.log_pattern import text_fields
from dscheck.traces.formats.mapped_records import mapped_trace
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "csv"
_SEPARATORS = (",", "\t", ";")


def looks_like(head: str, _: str) -> str | None:
    """Why this is a table."""
    columns = _columns(head.split("\n", 1)[0])
    fields = [name for name in columns if name in FIELDS]
    if "node" in fields and len(fields) > 1:
        return f"the first line names the columns {', '.join(fields[:3])}"
    return None


def _separator(first: str) -> str:
    return max(_SEPARATORS, key=first.count)


def _columns(first: str) -> list[str]:
    return [name.strip().strip('"') for name in first.split(_separator(first))]


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The one execution in the table."""
    mapping = mapping_of(options)
    rows = _rows(source, named=not mapping.rules)
    return mapped_trace(rows, source.name, NAME, why, mapping, options, of_texts=True)


def _rows(source: Source, *, named: bool) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = source.lines()
    _, first = next(lines, (1, ""))
    place = Place(source.name, 1)
    separator = _separator(first)
    columns = _columns(first)
    if len(set(columns)) < len(columns):
        raise TraceError(place, f"two columns have the same name: {shortened(first)}")
    if named and "node" not in columns:
        raise TraceError(
            place,
            f"no column is called `node`; the columns are {', '.join(columns)[:200]}",
            "a mapping file says which column holds the node: node = host",
        )
    reader = csv.reader((line + "\n" for _, line in lines), delimiter=separator, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise TraceError(Place(source.name, start + 1), f"the row cannot be read: {error}") from None
        if cells is None:
            return
        line, start = start + 1, reader.line_num + 1
        if not cells:
            continue
        if len(cells) != len(columns):
            raise TraceError(
                Place(source.name, line), f"the row has {len(cells)} cells, the first line names {len(columns)} columns"
            )
        row = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
        yield line, text_fields(row) if named else row
