"""How does an operation of a Jepsen history (`:process`, `:type`, `:f`, `:value`, …) become an event?

The fields are those of Knossos and Jepsen (`jepsen.history.Op`). What a process called `nemesis` does is no operation:
it disturbs the system, and is kept as an internal event.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import NOTHING, Event, EventKind, Place, Trace
from dscheck.traces.formats.pairing import Pairing
from dscheck.traces.formats.reading import ReadOptions, header_of, no_event

_TYPES: Mapping[str, EventKind] = {"invoke": "invoke", "ok": "ok", "fail": "fail", "info": "info"}
_USED = frozenset({"process", "type", "f", "value", "key", "time"})
_NEMESIS = "nemesis"


def history(
    operations: Iterable[tuple[int, Any]],
    file: str,
    name: str,
    why: str,
    options: ReadOptions,
    notes: tuple[str, ...] = (),
) -> tuple[Trace, ...]:
    """The history of operations that are given with their lines. Its order is that of real time, as Jepsen records
    it."""
    pairing = Pairing()
    seen: dict[str, int] = {}
    events: list[Event] = []
    for line, operation in operations:
        place = Place(file, line)
        if not isinstance(operation, dict):
            raise TraceError(place, f"expected an operation with :process and :type, found {str(operation)[:60]}")
        process = operation.get("process")
        if not isinstance(process, str | int):
            raise TraceError(place, "the operation has no :process", "each operation names the process that did it")
        node = str(process).removeprefix(":")
        events.append(_event(operation, node, place, pairing, seen))
    if not events:
        raise no_event(file, "no operation was found")
    return (Trace(file, name, why, header_of(events, "total", options), tuple(events), (*pairing.notes(), *notes)),)


def _event(operation: dict[str, Any], node: str, place: Place, pairing: Pairing, seen: dict[str, int]) -> Event:
    written = operation.get("type")
    kind = _TYPES.get(str(written).removeprefix(":"))
    if kind is None:
        raise TraceError(place, f"the :type of an operation is {written!r:.60}", "it is invoke, ok, fail or info")
    function = operation.get("f")
    if function is not None and not isinstance(function, str):
        raise TraceError(place, f"the :f of an operation is {function!r:.60}", "it names a function, such as read")
    time = operation.get("time")
    if time is not None and (isinstance(time, bool) or not isinstance(time, int) or abs(time) >= 1 << 63):
        raise TraceError(place, f"the :time of an operation is {time!r:.60}", "it is a whole number of nanoseconds")
    if function is not None:
        function = function.removeprefix(":")
    number = seen[node] = seen.get(node, 0) + 1
    other: Mapping[str, Any] = NOTHING
    if len(operation) > 4:
        other = {name: value for name, value in operation.items() if name not in _USED}
    value, key = operation.get("value"), operation.get("key")
    if node == _NEMESIS:
        return Event(
            node, number, action=function, key=key, value=value, time=time, place=place, other={**other, "type": kind},
            arguments=NOTHING, variables=NOTHING, before=NOTHING,
        )  # fmt: skip
    return Event(
        node, number, kind, op=pairing.operation(node, kind, place), function=function, key=key, value=value, time=time,
        place=place, other=other, arguments=NOTHING, variables=NOTHING, before=NOTHING,
    )  # fmt: skip
