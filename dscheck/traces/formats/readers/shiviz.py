"""What does a log for ShiViz say (GoVector writes them): a text, a regular expression with named groups, vector clocks?

The groups are ShiViz' own: `event`, `host` and `clock` (a JSON object), others are kept; `(?<name>…)` is meant as in
JavaScript. The expression is given as an option, or stands in the first line of the file, with the expression for the
lines between two executions in the second (https://bestchai.bitbucket.io/shiviz/). Two forms that GoVector writes are
known by sight.

A host's own entry of its clock numbers its events, so their order in the file does not matter. Text that the expression
does not match is left out, as ShiViz does, but not silently: the notes of the trace tell.
"""

import json
import re
from collections.abc import Iterator, Mapping

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Event, Place, Trace
from dscheck.traces.formats.field_mapping import FieldMapping, mapping_of
from dscheck.traces.formats.fields import EventMaker
from dscheck.traces.formats.json_text import parse, parse_object
from dscheck.traces.formats.log_pattern import compiled, text_fields
from dscheck.traces.formats.reading import ReadOptions, header_of, no_event
from dscheck.traces.formats.sources import Source

NAME = "shiviz"
CLOCK_FIRST = r"(?<host>\S*) (?<clock>\{.*\})\n(?<event>.*)"
CLOCK_LAST = r"(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})"
_CLOCK_LINE = re.compile(r"\S+ (\{.*\})\s*")
_IN_A_TEXT = re.compile(r'\s*\{\s*\\"')  # the log line is a JSON text itself, so that quotes in it are escaped
_NEEDED = ("event", "host", "clock")
_OWN = frozenset({"node", "vc", "action", "seq"})  # fields that ShiViz' groups give, whatever else is called so


def looks_like(head: str, _: str) -> str | None:
    """Why this is a log for ShiViz."""
    found = _pattern_at(head)
    return found[0] if found else None


def _pattern_at(head: str) -> tuple[str, str, str, int] | None:
    """Why a text is a log for ShiViz, its pattern, its delimiter, and how many lines these two take up."""
    lines = [*head.split("\n", 3)[:3], "", "", ""]
    if all(re.search(rf"\(\?P?<{group}>", lines[0]) for group in _NEEDED):
        why = "the first line is a regular expression with the groups host, clock and event"
        return why, lines[0], lines[1].strip(), 2
    for position, pattern in enumerate((CLOCK_FIRST, CLOCK_LAST)):
        clock = _CLOCK_LINE.fullmatch(lines[position])
        if clock and _is_clock(clock[1]):
            return f"line {position + 1} is a host with its vector clock, as GoVector writes it", pattern, "", 0
    return None


def _is_clock(text: str) -> bool:
    try:
        clock = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(clock) and all(type(count) is int for count in clock.values())


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The executions in a log."""
    mapping = mapping_of(options)
    text = source.text()
    first_line = 1
    pattern, delimiter = options.pattern or mapping.pattern, options.delimiter or mapping.delimiter
    if pattern is None:
        found = _pattern_at(text[:100_000])
        if found is None:
            raise TraceError(
                Place(source.name, 1),
                "no regular expression for the lines is given",
                "it has the groups host, clock and event, and is the first line of the file or given with --pattern",
            )
        _, pattern, written, taken = found
        delimiter = delimiter or written
        text = "\n".join(text.split("\n")[taken:])
        first_line += taken
    expression = compiled(pattern, Place(source.name, 1), _NEEDED, several_lines=True)
    traces = []
    skip = (options.unmatched or mapping.unmatched) != "refuse"  # ShiViz itself says nothing of them
    for title, line, part in _executions(text, delimiter, source.name, first_line):
        reader = _Execution(source.name, mapping, skip=skip)
        events = tuple(reader.events(expression, part, line))
        if events or not title:
            name = f"{source.name} ({title})" if title else source.name
            header = mapping.header(header_of(events, "per-node", options))
            traces.append(Trace(name, NAME, why, header, events, reader.notes()))
    traces = [trace for trace in traces if trace.events or len(traces) == 1]
    if not any(trace.events for trace in traces):
        raise no_event(source.name, "the regular expression matches nowhere")
    return tuple(traces)


def _executions(text: str, delimiter: str | None, file: str, first_line: int) -> Iterator[tuple[str, int, str]]:
    """Title, first line and text of each execution."""
    if not delimiter:
        yield "", first_line, text
        return
    expression = compiled(delimiter, Place(file, 1), (), several_lines=True)
    title, start, line = "", 0, first_line
    number = 0
    for found in expression.finditer(text):
        if found.end() == found.start():
            continue
        part = text[start : found.start()]
        if part.strip():
            yield title, line, part
        line += text.count("\n", start, found.end())
        start = found.end()
        number += 1
        title = found.groupdict().get("trace") or f"execution {number}"
    yield title, line, text[start:]


class _Execution:
    """Reads the events of one execution."""

    def __init__(self, file: str, mapping: FieldMapping, *, skip: bool) -> None:
        self.file = file
        self.skip = skip
        self.mapping = mapping
        self.maker = EventMaker()
        self.skipped: Place | None = None
        self.left_out = 0
        self.unordered: dict[str, Place] = {}
        self._last: dict[str, int] = {}

    def events(self, expression: re.Pattern[str], text: str, line: int) -> Iterator[Event]:
        start = 0
        for found in expression.finditer(text):
            if found.end() == found.start():
                continue
            self._between(text, start, found.start(), line)
            line += text.count("\n", start, found.start())
            yield self._event(found.groupdict(), line)
            start = found.start()
            line += text.count("\n", start, found.end())
            start = found.end()
        self._between(text, start, len(text), line)

    def _between(self, text: str, start: int, end: int, line: int) -> None:
        left = text[start:end]
        if not left or left.isspace():
            return
        if not self.skip:
            line += left.count("\n", 0, len(left) - len(left.lstrip()))
            raise TraceError(
                Place(self.file, line),
                f"the regular expression does not match here: {shortened(left.strip())}",
                "it was asked that every line is matched",
            )
        if self.skipped is None:
            self.skipped = Place(self.file, line + left.count("\n", 0, len(left) - len(left.lstrip())))
        self.left_out += 1

    def _event(self, groups: Mapping[str, str | None], line: int) -> Event:
        place = Place(self.file, line)
        host, clock_text = groups["host"] or "", groups["clock"] or ""
        if _IN_A_TEXT.match(clock_text):
            clock_text = parse(f'"{clock_text}"', self.file, line)
        clock = parse_object(clock_text, self.file, line)
        rest = {name: text for name, text in groups.items() if name not in _NEEDED}
        kept = {name: text for name, text in rest.items() if name in _OWN and text is not None}
        record = text_fields({name: text for name, text in rest.items() if name not in _OWN})
        record.update({"node": host, "vc": clock, "action": groups["event"]})
        if kept:
            record["other"] = kept
        own = clock.get(host)
        if type(own) is int and own > 0:
            record["seq"] = own
            if own < self._last.get(host, 0):
                self.unordered.setdefault(host, place)
            self._last[host] = own
        if self.mapping.rules:
            record.update(self.mapping.record({**groups, "clock": clock}, place, of_texts=True))
        return self.maker.event(record, place)

    def notes(self) -> tuple[str, ...]:
        told = []
        if self.unordered:
            (host, place), *_ = self.unordered.items()
            told.append(
                f"The events of {host} are not in order in the file ({place}); its own clock entry numbers them."
            )
        if self.skipped:
            told.append(f"{self.left_out} pieces of text are no events and were left out, the first at {self.skipped}.")
        return (*told, *self.maker.pairing.notes())
