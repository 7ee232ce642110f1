"""In which formats can a trace be read, and which of them is a file in?"""

import gc
from collections.abc import Iterable
from difflib import get_close_matches

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.field_mapping import mapping_of
from dscheck.traces.formats.log_pattern import compiled
from dscheck.traces.formats.readers import (
    csv_table,
    itf,
    jaeger,
    jepsen_edn,
    jepsen_json,
    jepsen_log,
    json_lines,
    mapped_ndjson,
    mapped_text,
    otlp,
    shiviz,
)
from dscheck.traces.formats.reading import NO_OPTIONS, Reader, ReadOptions
from dscheck.traces.formats.sources import Source, open_source

# In this order they are asked whether they know a text by sight.
READERS: tuple[Reader, ...] = (
    Reader(json_lines.NAME, "JSON Lines, dscheck-trace/1", json_lines.looks_like, json_lines.read),
    Reader(itf.NAME, "runs of Apalache and Quint, ADR-015", itf.looks_like, itf.read),
    Reader(otlp.NAME, "OpenTelemetry spans in JSON", otlp.looks_like, otlp.read),
    Reader(jaeger.NAME, "spans of Jaeger in JSON", jaeger.looks_like, jaeger.read),
    Reader(jepsen_json.NAME, "Jepsen histories in JSON", jepsen_json.looks_like, jepsen_json.read),
    Reader(jepsen_edn.NAME, "Jepsen and Knossos histories in EDN", jepsen_edn.looks_like, jepsen_edn.read),
    Reader(jepsen_log.NAME, "logs of Jepsen runs", jepsen_log.looks_like, jepsen_log.read),
    Reader(shiviz.NAME, "ShiViz and GoVector logs", shiviz.looks_like, shiviz.read),
    Reader(csv_table.NAME, "tables with named columns", csv_table.looks_like, csv_table.read),
    Reader(mapped_ndjson.NAME, "any NDJSON, with a mapping file", mapped_ndjson.looks_like, mapped_ndjson.read),
    Reader(mapped_text.NAME, "any text log, with a regular expression", mapped_text.looks_like, mapped_text.read),
)
_BY_NAME = {reader.name: reader for reader in READERS}


def choose(source: Source, name: str | None = None, options: ReadOptions = NO_OPTIONS) -> tuple[Reader, str]:
    """The reader for a source, and why it is that one.

    Args:
        name: of the format, if it was asked for.
    """
    file = Place(source.name, 0)
    if name is not None:
        if name in _BY_NAME:
            return _BY_NAME[name], f"{name}, as was asked for"
        near = get_close_matches(name, _BY_NAME, 1)
        help_text = f"did you mean `{near[0]}`?" if near else f"there is {', '.join(_BY_NAME)}"
        raise TraceError(file, f"no format is called `{name}`", help_text)
    if not source.head.strip():
        raise TraceError(file, "the file is empty")
    if (told := _told_by_options(source, options)) is not None:
        return told
    for reader in READERS:
        if (seen := reader.looks_like(source.head, source.name)) is not None:
            return reader, f"{reader.name}, since {seen}"
    if source.head.lstrip().startswith("["):
        raise TraceError(
            file,
            "its format is not known by sight: a JSON array, but of no history",
            "one object in each line can be read: jq -c '.[]' makes such a file; a mapping file (--mapping) says what "
            "fields with other names mean",
        )
    raise TraceError(
        file,
        "its format is not known by sight",
        f"say which with --from: {', '.join(_BY_NAME)}; any other log can be read with a mapping file (--mapping) or a "
        "regular expression with named groups (--pattern, and --delimiter for several executions in a file)",
    )


def _told_by_options(source: Source, options: ReadOptions) -> tuple[Reader, str] | None:
    """The reader that a mapping file or a regular expression is meant for."""
    mapping = mapping_of(options)
    if mapping.format is not None:
        return _BY_NAME[mapping.format], f"{mapping.format}, as {mapping.file} says"
    pattern = options.pattern or mapping.pattern
    if pattern is not None:
        groups = compiled(pattern, Place(source.name, 0), ()).groupindex
        if {"host", "clock", "event"} <= groups.keys():
            return _BY_NAME[shiviz.NAME], "shiviz, since the regular expression has the groups host, clock and event"
        return _BY_NAME[mapped_text.NAME], "text, since a regular expression is given"
    if mapping.rules:
        name = mapped_ndjson.NAME if source.head.lstrip().startswith("{") else csv_table.NAME
        return _BY_NAME[name], f"{name}, since a mapping without a regular expression is given"
    return None


def read_source(source: Source, name: str | None = None, options: ReadOptions = NO_OPTIONS) -> tuple[Trace, ...]:
    """The executions in a source.

    Raises:
        TraceError: the source cannot be read; where the format was chosen, the error says why.
    """
    reader, why = choose(source, name, options)
    collecting = gc.isenabled()
    gc.disable()  # events are no garbage: looking for some among millions of them takes a third of the time
    try:
        return reader.read(source, options, why)
    except TraceError as error:
        raise TraceError(error.place, error.message, error.help, why) from None
    finally:
        if collecting:
            gc.enable()


def read_traces(paths: Iterable[str], name: str | None = None, options: ReadOptions = NO_OPTIONS) -> tuple[Trace, ...]:
    """The executions in files, plain or compressed with gzip; `-` is standard input."""
    return tuple(trace for path in paths for trace in read_source(open_source(path), name, options))
