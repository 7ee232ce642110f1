"""What does the text log of a Jepsen run say: lines such as `INFO  jepsen.util - 0  :invoke  :cas  [1 2]`?"""

import re
from collections.abc import Iterator
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place, Trace
from dscheck.traces.formats.edn import values
from dscheck.traces.formats.jepsen_operations import history
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "jepsen-log"
_OPERATION = re.compile(r"jepsen\.util(?: -|:)?\s+(:?\w+)\s+:(invoke|ok|fail|info)\s+:?(\S+)(?:\s+(.*?))?\s*\Z")
_FROM_HERE = re.compile(r"jepsen\.util(?: -|:)?\s+:?\w+\s+:")
_SIGHT = re.compile(r"jepsen\.util(?: -|:)?\s+:?\w+\s+:(?:invoke|ok|fail|info)\s")


def looks_like(head: str, _: str) -> str | None:
    """Why this is a log of Jepsen."""
    found = _SIGHT.search(head)
    return (
        f"line {head.count(chr(10), 0, found.start()) + 1} is an operation logged by `jepsen.util`" if found else None
    )


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The history in a log; lines of other parts of Jepsen are left out."""
    left_out: list[int] = []
    operations = list(_operations(source, left_out))
    notes: tuple[str, ...] = ()
    if len(left_out) == 1:
        notes = (f"1 line is no operation: line {left_out[0]}.",)
    elif left_out:
        notes = (f"{len(left_out):,} lines are no operations, the first is line {left_out[0]}.",)
    return history(operations, source.name, NAME, why, options, notes)


def _operations(source: Source, left_out: list[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in source.lines():
        found = _OPERATION.search(line)
        if found is None:
            if _FROM_HERE.search(line):
                raise TraceError(
                    Place(source.name, number),
                    f"the operation cannot be read: {shortened(line)}",
                    "expected: process, :invoke, :ok, :fail or :info, function, value",
                )
            if line and not line.isspace():
                left_out.append(number)
            continue
        process, kind, function, rest = found.groups()
        operation: dict[str, Any] = {"process": process, "type": kind, "f": function}
        if rest:
            words = [value for _, value in values(rest, source.name, number)]
            if words:
                operation["value"] = words[0]
            if len(words) > 1:
                operation["error"] = words[1] if len(words) == 2 else words[1:]
        yield number, operation
