"""How do tests write down a small history?"""

from collections.abc import Sequence
from typing import Any

from dscheck.traces.event import Event, EventKind, Place, Trace, TraceHeader


def history_trace(*lines: Sequence[Any], initial: dict[str, Any] | None = None, file: str = "h.log") -> Trace:
    """A trace of lines `(process, kind, function, value)` or `(process, kind, function, value, key)`."""
    events: list[Event] = []
    for number, (process, kind, function, value, *key) in enumerate(lines, 1):
        written: EventKind = kind
        events.append(
            Event(
                process,
                number,
                written,
                function=function,
                value=value,
                key=key[0] if key else None,
                place=Place(file, number),
            )
        )
    return Trace(file, "test", "", TraceHeader(order="total", initial=initial or {}), tuple(events))


def one_by_one(*calls: Sequence[Any]) -> Trace:
    """Operations `(process, function, argument, result[, key])` that do not overlap."""
    lines: list[Sequence[Any]] = []
    for process, function, argument, result, *key in calls:
        lines += [(process, "invoke", function, argument, *key), (process, "ok", function, result, *key)]
    return history_trace(*lines)
