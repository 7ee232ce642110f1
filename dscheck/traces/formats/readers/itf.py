"""What does a run in the Informal Trace Format say, as Apalache and Quint write it (Apalache's ADR-015)?

The first state is what was before the first event; every further state is an event that led to it. `mbt::actionTaken`
names the action, `mbt::nondetPicks` its arguments. States are those of the whole system; who acted is not recorded.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import NOTHING, Event, Place, Trace, TraceHeader
from dscheck.traces.formats.json_text import JsonCursor
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.tagged_values import LARGEST_PLAIN, decode

NAME = "itf"
ACTION = "mbt::actionTaken"
PICKS = "mbt::nondetPicks"
META = "#meta"
FIRST = "#first"  # of the header: what the first state says beside the values of variables
TAGGED = "#bigint"  # of the header: small integers are written as `{"#bigint": "…"}`, too
EVERYWHERE = "system"  # the node of an event of which only the state of all is known
_META = re.compile(r'\s*\{\s*"#meta"\s*:\s*\{[^}]*"format"\s*:\s*"ITF"')
_KEYS = re.compile(r'\s*\{(?=(?s:.*)"vars"\s*:\s*\[)(?=(?s:.*)"states"\s*:\s*\[)')
_AT_TOP = frozenset({META, "vars", "params", "states", "loop"})


def looks_like(head: str, file_name: str) -> str | None:
    """Why this is an ITF trace."""
    if _META.match(head):
        return 'its `#meta` says "format": "ITF"'
    if head.lstrip().startswith("{") and file_name.removesuffix(".gz").endswith(".itf.json"):
        return "the name ends in .itf.json"
    return "it is a JSON object with `vars` and `states`" if _KEYS.match(head) else None


def read(source: Source, options: ReadOptions, why: str) -> tuple[Trace, ...]:
    """The one run in the file."""
    cursor = JsonCursor(source.text(), source.name)
    top: dict[str, Any] = {}
    states: list[tuple[int, dict[str, Any]]] = []
    for name in cursor.members():
        if name != "states":
            top[name] = cursor.value()
            continue
        for line, state in cursor.elements():
            if not isinstance(state, dict):
                raise TraceError(Place(source.name, line), "a state is an object with the values of the variables")
            states.append((line, state))
    if not cursor.at_end():
        raise cursor.wrong("expected the end of the file after the trace")
    if not states:
        raise TraceError(Place(source.name, 1), "the trace has no `states`")
    variables = top.get("vars")
    if variables is not None and not (isinstance(variables, list) and all(isinstance(each, str) for each in variables)):
        raise TraceError(Place(source.name, 1), "`vars` is an array of names")
    loop = top.get("loop")
    if loop is not None and (type(loop) is not int or not 0 <= loop < len(states)):
        raise TraceError(
            Place(source.name, 1), f"`loop` is {loop!r:.40}, not the number of one of {len(states)} states"
        )
    events: list[Event] = []
    seen: dict[str, int] = {}
    initial: dict[str, Any] = {}
    for position, (line, state) in enumerate(states):
        place = Place(source.name, line)
        try:
            if position == 0:
                initial = _variables(state)
            else:
                events.append(_event(state, place, position, seen))
        except (ValueError, RecursionError) as error:
            raise TraceError(place, f"state {position} cannot be read: {error}") from None
    nodes = tuple(seen) or (EVERYWHERE,)
    other = _rest(top) | {FIRST: {name: states[0][1][name] for name in (META, ACTION, PICKS) if name in states[0][1]}}
    if _small_integers([state for _, state in states]) == {True}:
        other[TAGGED] = True
    header = TraceHeader(options.order or "total", nodes, initial=initial, other=other)
    notes = (f"After the last state the run goes on from state {loop}.",) if loop is not None else ()
    return (Trace(source.name, NAME, why, header, tuple(events), notes),)


def _rest(top: dict[str, Any]) -> dict[str, Any]:
    """What else stands at the top: `#meta`, `params`, `loop`, and `vars` in their order."""
    rest = {name: value for name, value in top.items() if name != "states"}
    return {name: value for name, value in rest.items() if name in _AT_TOP or not name.startswith("#")}


def _variables(state: dict[str, Any]) -> dict[str, Any]:
    return {name: decode(value) for name, value in state.items() if name not in (META, ACTION, PICKS)}


def _event(state: dict[str, Any], place: Place, position: int, seen: dict[str, int]) -> Event:
    meta = state.get(META)
    node = str(meta.get("node", EVERYWHERE)) if isinstance(meta, dict) else EVERYWHERE
    number = seen[node] = seen.get(node, 0) + 1
    action = state.get(ACTION)
    if action is not None and not isinstance(action, str):
        raise ValueError(f"{ACTION} is {json.dumps(action)[:40]}, not a name")
    picks = state.get(PICKS) or {}
    if not isinstance(picks, dict):
        raise ValueError(f"{PICKS} is not an object")
    arguments = {str(name): _picked(decode(value)) for name, value in picks.items() if not _is_none(value)}
    return Event(
        node, number, action=action or None, arguments=arguments, variables=_variables(state), before=NOTHING,
        place=place, other=_untold(state, picks, position),
    )  # fmt: skip


def _untold(state: dict[str, Any], picks: dict[str, Any], position: int) -> Mapping[str, Any]:
    """What an event does not say and the file did, for whoever writes it back."""
    untold: dict[str, Any] = {}
    meta = state.get(META)
    if not isinstance(meta, dict) or {**meta, "node": ""} != {"index": position, "node": ""}:
        untold[META] = meta
    if state.get(ACTION) == "":
        untold[ACTION] = ""
    plain = {
        name: value for name, value in picks.items() if not (isinstance(value, dict) and value.get("tag") == "Some")
    }
    if plain or (PICKS in state and not picks):
        untold[PICKS] = plain
    return untold or NOTHING


def _small_integers(states: list[dict[str, Any]]) -> set[bool]:
    """Whether integers that need no tag have one: in all states, `#meta` left out."""
    found: set[bool] = set()
    stack: list[Any] = [value for state in states for name, value in state.items() if name != META]
    while stack:
        value = stack.pop()
        if type(value) is int:
            found.add(False)
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, dict):
            digits = value.get("#bigint") if len(value) == 1 else None
            if not isinstance(digits, str):
                stack += value.values()
            elif len(digits) < len(str(LARGEST_PLAIN)):
                found.add(True)
    return found


def _is_none(value: Any) -> bool:
    return isinstance(value, dict) and value.get("tag") == "None"


def _picked(value: Any) -> Any:
    """Quint wraps what was picked in an option."""
    return value["value"] if isinstance(value, dict) and value.get("tag") == "Some" and "value" in value else value
