"""How is a trace written for ShiViz: two expressions in the first lines, then each event with its vector clock?"""

import json
from collections.abc import Iterator, Sequence

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, Trace

NAME = "shiviz"
_PATTERN = r"(?<host>[^\t\n]*)\t(?<clock>\{.*\})\n(?<event>.*)"
_DELIMITER = r"^=== (?<trace>.*) ===$"


def write(traces: Sequence[Trace]) -> Iterator[str]:
    """The lines of a file with these executions.

    Raises:
        TraceError: an event has no vector clock, which ShiViz draws by.
    """
    yield _PATTERN + "\n"
    yield (_DELIMITER if len(traces) > 1 else "") + "\n"
    for number, trace in enumerate(traces, 1):
        if len(traces) > 1:
            yield f"=== {_one_line(trace.name) or number} ===\n"
        for event in trace.events:
            yield _event(event)


def _event(event: Event) -> str:
    if event.vector is None:
        raise TraceError(
            event.place,
            f"event {event.seq} of {event.node} has no vector clock, and ShiViz draws by nothing else",
            "dscheck convert makes clocks of the ids of messages, where there are any",
        )
    return f"{_one_line(event.node)}\t{json.dumps(dict(event.vector))}\n{_one_line(described(event))}\n"


def described(event: Event) -> str:
    """What happened, in a few words."""
    if event.action is not None:
        return event.action
    words: list[str] = [event.kind]
    said = (event.function, event.key, event.value, event.msg, event.peer)
    words.extend(text if isinstance(text, str) else repr(text) for text in said if text is not None)
    if event.lock is not None and event.holds is not None:
        words.append(f"{'acquires' if event.holds else 'releases'} {event.lock}")
    if event.role is not None:
        words.append(f"becomes {event.role}" + (f" of term {event.term}" if event.term is not None else ""))
    return " ".join(words)


def _one_line(text: str) -> str:
    """The text, with line ends and other things that are not seen written as in JSON."""
    return text if text.isprintable() else json.dumps(text)[1:-1]
