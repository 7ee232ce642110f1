"""What does a Jepsen history in JSON say: an array of operations, or one operation in each line?"""

import re
from collections.abc import Iterator
from typing import Any

from dscheck.traces.event import Trace
from dscheck.traces.formats.jepsen_operations import history
from dscheck.traces.formats.json_text import JsonCursor
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "jepsen-json"
_FIRST = re.compile(r'\s*\[?\s*\{(?=[^}]*"process"\s*:)(?=[^}]*"type"\s*:)(?=[^}]*"f"\s*:)')


def looks_like(head: str, _: str) -> str | None:
    """Why this is a history in JSON."""
    return "it begins with a JSON object that has `process`, `type` and `f`" if _FIRST.match(head) else None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The history in a JSON file."""
    return history(_operations(JsonCursor(source.text(), source.name)), source.name, NAME, why, options)


def _operations(cursor: JsonCursor) -> Iterator[tuple[int, Any]]:
    if cursor.at("["):
        yield from cursor.elements()
        if not cursor.at_end():
            raise cursor.wrong("expected the end of the file after the array")
        return
    while not cursor.at_end():
        yield cursor.line, cursor.value()
