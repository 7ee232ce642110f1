"""What do the lines of any text log say, with a regular expression whose named groups are the fields?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.field_mapping import mapping_of
from dscheck.traces.formats.log_pattern import compiled, text_fields
from dscheck.traces.formats.mapped_records import mapped_trace
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "text"


def looks_like(_: str, __: str) -> str | None:
    """Never: what the lines mean cannot be seen."""
    return None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The one execution in the log. Without a mapping, a group is the field of its name."""
    mapping = mapping_of(options)
    pattern = options.pattern or mapping.pattern
    if pattern is None:
        raise TraceError(
            Place(source.name, 0),
            "a regular expression with named groups is needed to know what its lines mean",
            r"for example --pattern '(?<ts>\d+) (?<node>\w+) (?<action>.*)'; a mapping file may hold it, too",
        )
    given_here = options.pattern is None
    expression = compiled(pattern, Place(mapping.file if given_here else source.name, 0), ())
    skip = (options.unmatched or mapping.unmatched) == "skip"
    skipped: list[int] = []

    def groups() -> Iterator[tuple[int, Mapping[str, Any]]]:
        for number, line in source.lines():
            found = expression.fullmatch(line)
            if found is not None:
                yield number, found.groupdict() if mapping.rules else text_fields(found.groupdict())
            elif skip:
                skipped.append(number)
            elif line and not line.isspace():
                raise TraceError(
                    Place(source.name, number),
                    f"the regular expression does not match: {shortened(line)}",
                    "--skip-unmatched, or `unmatched = skip` in a mapping file, leaves out lines that are no events",
                )

    traces = mapped_trace(groups(), source.name, NAME, why, mapping, options, of_texts=True)
    if not skipped:
        return traces
    lines = "1 line matches" if len(skipped) == 1 else f"{len(skipped):,} lines match"
    were = "was left out: " if len(skipped) == 1 else "were left out, the first is "
    note = f"{lines} no event and {were}line {skipped[0]}."
    return tuple(replace(trace, notes=(*trace.notes, note)) for trace in traces)
