"""How does a test record what a system does? Events from any thread, with vector clocks, as a trace for `verify`."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from threading import Lock
from typing import Any

from dscheck.clocks.vector import VectorClock
from dscheck.traces.event import Event, EventKind, OrderKind, Place, Trace, TraceHeader
from dscheck.traces.formats.writers import json_lines
from dscheck.traces.packed_events import nodes_in

_FIRST_LINE = 2  # the header is line 1 of a file


class TraceRecorder:
    """Records events of several nodes; each call is one event, and may come from any thread.

    >>> recorder = TraceRecorder()
    >>> message = recorder.send("Client[0]", "Server", "Request", mode="waiting")
    >>> recorder.receive("Server", message, holder="Client[0]")
    >>> [dict(event.vector or {}) for event in recorder.trace.events]
    [{'Client[0]': 1}, {'Client[0]': 1, 'Server': 1}]
    """

    def __init__(
        self,
        name: str = "recorded",
        *,
        order: OrderKind = "causal",
        spec: str | None = None,
        initial: Mapping[str, Any] | None = None,
        **header: Any,
    ) -> None:
        """Begin a trace.

        Args:
            name: of the execution.
            order: what the order of the calls says: `total` if nothing happens between an event and its call,
                `causal` if causes are recorded before their effects.
            spec: the spec that judges it.
            initial: values at the beginning: `{"Client[0].mode": "idle"}`.
            header: further fields of the header, such as `check` and `set`.
        """
        self._name, self._order, self._spec = name, order, spec
        self._initial, self._header = dict(initial or {}), header
        self._lock = Lock()
        self._events: list[Event] = []
        self._clocks: dict[str, VectorClock[str]] = {}
        self._sent: dict[str, tuple[VectorClock[str], str, str]] = {}

    def event(
        self, node: str, action: str | None = None, *, args: Mapping[str, Any] | None = None, **variables: Any
    ) -> None:
        """Something that a node does by itself.

        Args:
            node: who.
            action: what, as the spec calls it.
            args: of the action.
            variables: values of the node after the event.
        """
        self._record(node, "internal", action=action, arguments=args or {}, variables=variables)

    def send(
        self, node: str, peer: str, message: str, *, args: Mapping[str, Any] | None = None, **variables: Any
    ) -> str:
        """A message leaves; the answer is the id that `receive` wants.

        Args:
            node: who sends.
            peer: to whom.
            message: as the spec calls it.
            args: its fields.
            variables: values of the node after the event.
        """
        with self._lock:
            identity = f"m{len(self._sent) + 1}"
            stamp = self._tick(node)
            self._sent[identity] = stamp, node, message
            self._add(
                node, "send", stamp, msg=identity, peer=peer, arguments=args or {}, variables=variables,
                other={"message": message},
            )  # fmt: skip
        return identity

    def receive(self, node: str, message: str, **variables: Any) -> None:
        """A message arrives.

        Args:
            node: where.
            message: the id that `send` gave.
            variables: values of the node after the event.

        Raises:
            KeyError: no message has this id.
        """
        with self._lock:
            stamp, sender, name = self._sent[message]
            clock = self._clocks[node] = self._clocks.get(node, VectorClock()).receive(stamp, node)
            self._add(node, "recv", clock, msg=message, peer=sender, variables=variables, other={"message": name})

    def operation(self, node: str, kind: EventKind, function: str, value: Any = None, key: Any = None) -> None:
        """The invocation of an operation (`invoke`), or its end (`ok`, `fail`, or `info` if nobody knows).

        Args:
            node: the caller, who has one operation open at a time.
            kind: which of them.
            function: `read`, `write`, `cas`, ….
            value: argument of an invocation, result of an end.
            key: of which object, where there are several.
        """
        self._record(node, kind, function=function, value=value, key=key)

    @property
    def under_way(self) -> tuple[str, ...]:
        """The ids of the messages that were sent and not received, in the order of their sending."""
        with self._lock:
            received = {event.msg for event in self._events if event.kind == "recv"}
            return tuple(identity for identity in self._sent if identity not in received)

    @property
    def trace(self) -> Trace:
        """What was recorded so far."""
        with self._lock:
            events = tuple(self._events)
        header = TraceHeader(
            self._order, nodes_in(events), spec=self._spec, initial=self._initial, other=dict(self._header)
        )
        return Trace(self._name, "recorded", "it was recorded in a test", header, events)

    def save(self, path: str | PathLike[str]) -> None:
        """Write it down for `dscheck verify`."""
        save_trace(self.trace, path)

    def _record(self, node: str, kind: EventKind, **fields: Any) -> None:
        with self._lock:
            self._add(node, kind, self._tick(node), **fields)

    def _tick(self, node: str) -> VectorClock[str]:
        clock = self._clocks[node] = self._clocks.get(node, VectorClock()).tick(node)
        return clock

    def _add(self, node: str, kind: EventKind, clock: VectorClock[str], **fields: Any) -> None:
        place = Place(self._name, len(self._events) + _FIRST_LINE)
        self._events.append(Event(node, clock[node], kind, vector=dict(clock.counts), place=place, **fields))


def save_trace(trace: Trace, path: str | PathLike[str]) -> None:
    """Write a trace in dscheck's own format; folders that are missing are made."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json_lines.write((trace,))), "utf-8")
