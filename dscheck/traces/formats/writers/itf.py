"""How is a trace written as a run in the Informal Trace Format (Apalache's ADR-015)?

The states hold what was observed: a variable that an event does not mention is missing there. Who acted stands in the
state's `#meta`, which the format leaves to its writers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, Place, Trace
from dscheck.traces.formats.readers.itf import ACTION, EVERYWHERE, META, PICKS
from dscheck.traces.formats.tagged_values import encode

NAME = "itf"
_FORMAT = {"format": "ITF", "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html"}


def write(traces: Sequence[Trace]) -> Iterator[str]:
    """The lines of a file with this one execution.

    Raises:
        TraceError: there are several, for which the format has no place.
    """
    if len(traces) != 1:
        raise TraceError(Place(traces[0].name if traces else "-", 0), f"ITF holds one execution, not {len(traces)}")
    (trace,) = traces
    other = trace.header.other
    meta = other.get(META)
    top: dict[str, Any] = {META: {**(meta if isinstance(meta, Mapping) else {}), **_FORMAT}}
    top.update({name: other[name] for name in ("params", "loop") if name in other})
    top["vars"] = _names(trace)
    yield "{\n"
    for name, value in top.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n"
    yield '"states": [\n'
    has_actions = any(event.action is not None for event in trace.events)
    first = {META: {"index": 0}, **({ACTION: "init"} if has_actions else {}), **_values(trace.header.initial)}
    yield json.dumps(first)
    for position, event in enumerate(trace.events, 1):
        yield ",\n" + json.dumps(_state(position, event))
    yield "\n]\n}\n"


def _names(trace: Trace) -> list[str]:
    """The variables: as the file named them that was read, then as they occur."""
    named = trace.header.other.get("vars")
    names = dict.fromkeys(named if isinstance(named, list) else [])
    for values in (trace.header.initial, *(event.variables for event in trace.events)):
        names.update(dict.fromkeys(values))
    return [name for name in names if isinstance(name, str) and name not in (ACTION, PICKS)]


def _state(position: int, event: Event) -> dict[str, Any]:
    state: dict[str, Any] = {META: {"index": position}}
    if event.node != EVERYWHERE:
        state[META]["node"] = event.node
    if event.action is not None:
        state[ACTION] = event.action
    if event.arguments:
        picks = {name: {"tag": "Some", "value": encode(value, big=True)} for name, value in event.arguments.items()}
        state[PICKS] = picks
    return {**state, **_values(event.variables)}


def _values(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: encode(value, big=True) for name, value in variables.items() if name not in (META, ACTION, PICKS)}
