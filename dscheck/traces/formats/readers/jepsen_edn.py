"""What does a Jepsen history in EDN say: a vector of operation maps, or one map after the other?

Knossos' test data has the first form, Porcupine's key-value logs and Jepsen's own `history.edn` the second.
"""

import re

from dscheck.traces.event import Trace
from dscheck.traces.formats.edn import values
from dscheck.traces.formats.jepsen_operations import history
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source

NAME = "jepsen-edn"
_FIRST = re.compile(
    r"(?:\s|,|;[^\n]*(?:\n|\Z))*[\[(]?(?:\s|,|;[^\n]*(?:\n|\Z))*(?:#[\w.:/-]+)?\s*\{[^}]*?:(process|type)\s"
)


def looks_like(head: str, _: str) -> str | None:
    """Why this is a history in EDN."""
    found = _FIRST.match(head)
    return f"it begins with an EDN map that has the key `:{found[1]}`" if found else None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The history in an EDN file."""
    operations = values(source.text(), source.name, inside=True)
    return history(operations, source.name, NAME, why, options)
