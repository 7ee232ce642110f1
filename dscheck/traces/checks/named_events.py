"""Which event of a trace does a person mean by `:12`, `n1#3` or `request`?"""

import re

from dscheck.record import record
from dscheck.traces.event import Trace
from dscheck.traces.wording import described

_MOST_SHOWN = 4


@record
class NotNamed:
    """No event, or more than one, has that name; `reason` says which."""

    reason: str


def event_named(trace: Trace, name: str) -> int | NotNamed:
    """The index of the event that a person names.

    Args:
        trace: where it is.
        name: `:LINE` or `FILE:LINE` where it was recorded; `NODE#NUMBER`, how manyeth of its node; the id of an
            operation; an action, or the words of a report, such as `n1 sends m3 to n2`, if one event alone has it.
    """
    line = re.fullmatch(r"(?P<file>.*):(?P<line>\d{1,15})", name)
    numbered = re.fullmatch(r"(?P<node>.+)#(?P<number>\d{1,15})", name)
    found: list[int] = []
    if line is not None:
        found = [
            at
            for at, event in enumerate(trace.events)
            if event.place.line == int(line["line"]) and line["file"] in {"", event.place.file}
        ]
    if not found and numbered is not None:
        wanted = (numbered["node"], int(numbered["number"]))
        found = [at for at, event in enumerate(trace.events) if (event.node, event.seq) == wanted]
    if not found:
        found = [
            at for at, event in enumerate(trace.events) if name in {event.action, event.op} or described(event) == name
        ]
    if len(found) == 1:
        return found[0]
    if not found:
        places = [trace.events[at].place.line for at in (0, -1)] if len(trace.events) else []
        where = f"; its events stand on the lines {min(places)} to {max(places)}" if places else ""
        return NotNamed(
            f"no event of the trace is called `{name}`{where}. An event is :LINE, NODE#NUMBER or its action"
        )
    shown = ", ".join(
        f"{trace.events[at].place} ({trace.events[at].node}#{trace.events[at].seq})" for at in found[:_MOST_SHOWN]
    )
    more = ", …" if len(found) > _MOST_SHOWN else ""
    return NotNamed(f"{len(found):,} events are called `{name}`: {shown}{more}. Say which by :LINE or NODE#NUMBER")
