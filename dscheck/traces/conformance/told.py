"""What is told about a trace that is refused?"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from dscheck.record import record
from dscheck.traces.finding import Witness

_LONGEST = 150  # characters of a line


@record
class Told:
    """An explanation of a rejection.

    Attributes:
        text: lines for people.
        kind: `no such name`, `values`, `not possible`.
        events: the event that is no step.
        core: the events that suffice.
        data: for programs.
    """

    text: str
    kind: str
    events: tuple[Witness, ...]
    core: tuple[Witness, ...]
    data: Mapping[str, Any] = field(default_factory=dict)


def cut_line(line: str) -> str:
    """The line, cut to a length that a person may read."""
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
