"""How is a trace written as a run in the Informal Trace Format (Apalache's ADR-015)?

The states hold what was observed: a variable that an event does not mention is missing there. Who acted stands in the
state's `#meta`, which the format leaves to its writers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, Place, Trace
from dscheck.traces.formats.readers.itf import ACTION, EVERYWHERE, FIRST, META, PICKS, TAGGED
from dscheck.traces.formats.tagged_values import LARGEST_PLAIN, encode

NAME = "itf"
_FORMAT = {"format": "ITF", "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html"}

_OWN = ("vars", "states", META)


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
    top: dict[str, Any] = {META: {**_FORMAT, **(meta if isinstance(meta, Mapping) else {})}}
    if isinstance(meta, Mapping) and "format-description" not in meta:
        del top[META]["format-description"]
    top.update({name: value for name, value in other.items() if not name.startswith("#") and name not in _OWN})
    top["vars"] = _names(trace)
    big = 0 if other.get(TAGGED) is True else LARGEST_PLAIN
    yield "{\n"
    for name, value in top.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n"
    yield '"states": [\n'
    has_actions = any(event.action is not None for event in trace.events)
    said = other.get(FIRST)
    if not isinstance(said, Mapping):
        said = {META: {"index": 0}, **({ACTION: "init"} if has_actions else {})}
    yield json.dumps({**said, **_values(trace.header.initial, big)})
    for position, event in enumerate(trace.events, 1):
        yield ",\n" + json.dumps(_state(position, event, big))
    yield "\n]\n}\n"


def _names(trace: Trace) -> list[str]:
    """The variables: as the file named them that was read, then as they occur."""
    named = trace.header.other.get("vars")
    names = dict.fromkeys(named if isinstance(named, list) else [])
    for values in (trace.header.initial, *(event.variables for event in trace.events)):
        names.update(dict.fromkeys(values))
    return [name for name in names if isinstance(name, str) and name not in (ACTION, PICKS)]


def _state(position: int, event: Event, big: int) -> dict[str, Any]:
    state: dict[str, Any] = {META: {"index": position}}
    if event.node != EVERYWHERE:
        state[META]["node"] = event.node
    if event.action is not None:
        state[ACTION] = event.action
    elif ACTION in event.other:
        state[ACTION] = event.other[ACTION]
    untold = event.other.get(PICKS)
    plain = untold if isinstance(untold, Mapping) else {}
    picks = {name: {"tag": "Some", "value": encode(value, big=big)} for name, value in event.arguments.items()}
    if picks or untold is not None:
        state[PICKS] = picks | {name: value for name, value in plain.items() if _still(event, name, value)}
    meta = event.other.get(META, state[META])
    if isinstance(meta, Mapping):
        state[META] |= meta
    else:
        del state[META]  # a state of a file that has none
    return {**state, **_values(event.variables, big)}


def _still(event: Event, name: str, written: Any) -> bool:
    """Whether an argument is still what was written, which has no tag, or says that there is none."""
    return name not in event.arguments or encode(event.arguments[name], big=LARGEST_PLAIN) == written


def _values(variables: Mapping[str, Any], big: int) -> dict[str, Any]:
    return {name: encode(value, big=big) for name, value in variables.items() if name not in (META, ACTION, PICKS)}
