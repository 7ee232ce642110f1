"""What would a log of a run of this spec look like? Random walks, written as traces.

A step is recorded as one event of what the process did, `recv` if a message arrived and `internal` otherwise,
followed by one event `send` for each message that it sent. All of them have the number of the step in the field
`step` and the name of the rule as their action; only the first has the variables. A fault that strikes a process is
an event of that process, one that strikes a message or a link is an event of the node `network`. A crash in mid-step
has the field `torn`.
"""

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from dscheck.clocks.vector import VectorClock
from dscheck.domains import Domain, Message, Value
from dscheck.explore.stepper import StepperFactory
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.semantics.step import Told, Transition, initial_states
from dscheck.traces.conformance.naming import NETWORK, spec_name
from dscheck.traces.conformance.steps import Actor, Steps, messages_of, process_set
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.values import as_json

_OBSERVABLE = {"variable", "timer", "clock", "up"}
_FIRST_LINE = 2  # the header is line 1 of a file


def simulate(
    system: System,
    runs: int,
    steps: int,
    seed: int,
    *,
    make: StepperFactory | None = None,
    of: Steps | None = None,
    everything: bool = False,
) -> Iterator[Trace]:
    """Walk at random.

    Args:
        system: the spec, for one choice of constants.
        runs: how many traces.
        steps: most steps of each; fewer where a run ends.
        seed: the same numbers give the same traces.
        make: the engine that finds the steps; without one the definition does, slowly.
        of: the steps of the system, if they were made before.
        everything: record all variables of the process with each step, and not only those that changed.
    """
    found = of or Steps(system, make)
    initial = initial_states(system)[0]
    for run in range(runs):
        random = Random(f"{seed} {run}")  # noqa: S311  (nothing secret)
        name = f"{system.protocol} seed {seed} run {run + 1}"
        recorder = _Recorder(system, name, everything=everything)
        state = random.choice(initial) if initial else None
        if state is not None:
            recorder.begin(state)
            for _ in range(steps):
                step = _chosen(found, state, random)
                if step is None:
                    break
                actor, transition = step
                recorder.record(actor, state, transition)
                assert transition.successor is not None
                state = transition.successor
        yield recorder.trace(seed)


def recorded(system: System, name: str, initial: State, steps: Iterable[tuple[Actor, Transition]]) -> Trace:
    """One run of a spec, written as a trace.

    Args:
        system: the spec, for one choice of constants.
        name: of the trace.
        initial: the state in which it begins.
        steps: what happens, each step from the state that the one before leads to; none of them fails.
    """
    recorder = _Recorder(system, name, everything=False)
    recorder.begin(initial)
    state = initial
    for actor, step in steps:
        recorder.record(actor, state, step)
        assert step.successor is not None
        state = step.successor
    return recorder.trace()


def _chosen(found: Steps, state: State, random: Random) -> tuple[Actor, Transition] | None:
    """One step of all that do not fail, each as likely as any other."""
    possible = [
        (actor, edge)
        for actor in found.actors
        for edge in found.edges(actor, state)
        if (edge.successor if isinstance(edge, Transition) else edge[1]) is not None
    ]
    if not possible:
        return None
    actor, edge = random.choice(possible)
    return actor, found.told(actor, edge)


class _Recorder:
    """Writes steps down as events."""

    def __init__(self, system: System, name: str, *, everything: bool) -> None:
        self._system = system
        self._layout = layout_of(system)
        self._name = name
        self._everything = everything
        self._events: list[Event] = []
        self._clocks: dict[str, VectorClock[str]] = {}
        self._stamps: dict[str, VectorClock[str]] = {}
        self._under_way: dict[int, list[tuple[Value, str | None]]] = {}
        self._messages = 0
        self._steps = 0
        self._initial: dict[str, Any] = {}

    def begin(self, state: State) -> None:
        self._initial = {
            f"{spec_name(self._system, variable.indices[0].process, indices[0])}.{_short(variable.name)}"
            if indices
            else variable.name: self._json(state[slot], variable.domain)
            for slot, (variable, indices) in enumerate(self._layout.slots)
            if self._is_shown(slot)
        }
        # What is under way at the beginning was sent by nobody, so it has no id.
        for slot, (variable, _) in enumerate(self._layout.slots):
            if variable.role == "channel":
                messages = messages_of(variable)
                self._under_way[slot] = [(self._seen(messages, each), None) for each in state[slot]]

    def record(self, actor: Actor, before: State, step: Transition) -> None:
        assert step.successor is not None
        rule = self._system.rules[step.rule]
        self._steps += 1
        node = NETWORK if actor is None else spec_name(self._system, *actor)
        arrived = next((told for told in step.notes if told.note.kind == "received"), None)
        arguments = self._arguments(step)
        other: dict[str, Any] = {"step": self._steps}
        if rule.torn:
            other["torn"] = True
        msg = peer = None
        for told in step.notes:
            if told.note.kind in {"received", "discarded", "lost"}:
                msg = self._taken(told, step)
            elif told.note.kind == "duplicated":
                msg = self._repeated(told, step)
        if arrived is not None:
            peer = self._process(arrived.note.sender.domain, arrived.sender)
            other["message"] = arrived.message[0]
            arguments = {**arguments, **self._fields(arrived)}
        shown = {}
        if actor is not None:
            shown = dict(self._variables(actor, before, step.successor))
        self._event(node, "recv" if arrived else "internal", rule.name, arguments, other, msg, peer, shown)
        for told in step.notes:
            if told.note.kind in {"sent", "dropped"}:
                self._send(told, node, rule.name, other)
        self._forget(step.successor)

    def _send(self, told: Told, node: str, action: str, other: Mapping[str, Any]) -> None:
        self._messages += 1
        msg = f"m{self._messages}"
        if told.note.kind == "sent":
            self._under_way[self._slot(told)].append((self._seen(told.note.message.domain, told.message), msg))
        peer = self._process(told.note.receiver.domain, told.receiver)
        other = {**other, "message": told.message[0]}
        self._event(node, "send", action, self._fields(told), other, msg, peer, {})

    def _event(
        self,
        node: str,
        kind: Any,
        action: str,
        arguments: Mapping[str, Any],
        other: Mapping[str, Any],
        msg: str | None,
        peer: str | None,
        variables: Mapping[str, Any],
    ) -> None:
        clock = self._clocks.get(node, VectorClock.of({}))
        clock = clock.receive(self._stamps[msg], node) if kind == "recv" and msg in self._stamps else clock.tick(node)
        self._clocks[node] = clock
        if kind == "send" and msg is not None:
            self._stamps[msg] = clock
        self._events.append(
            Event(
                node=node,
                seq=clock[node],
                kind=kind,
                msg=msg if kind in ("send", "recv") else None,
                peer=peer,
                action=action,
                arguments=arguments,
                variables=variables,
                vector=dict(clock.counts),
                place=Place(self._name, len(self._events) + _FIRST_LINE),
                other=other if kind in ("send", "recv") or msg is None else {**other, "of": msg},
            )
        )

    def trace(self, seed: int | None = None) -> Trace:
        nodes = tuple(
            spec_name(self._system, process, index)
            for process, size in self._system.processes.items()
            for index in range(size)
        )
        if any(event.node == NETWORK for event in self._events):
            nodes = (*nodes, NETWORK)
        settings: dict[str, Any] = {} if seed is None else {"seed": seed}
        settings["settings"] = dict(self._system.settings)
        header = TraceHeader(
            order="total", nodes=nodes, spec=self._system.source.path, initial=self._initial, other=settings
        )
        return Trace(self._name, "simulation", "it was simulated", header, tuple(self._events))

    # --- what a log shows ----------------------------------------------------------------------

    def _is_shown(self, slot: int) -> bool:
        variable, indices = self._layout.slots[slot]
        if variable.ghost:
            return False
        return variable.role == "shared" or (variable.role in _OBSERVABLE and len(indices) == 1)

    def _variables(self, actor: tuple[str, int], before: State, after: State) -> Iterator[tuple[str, Any]]:
        for slot, (variable, indices) in enumerate(self._layout.slots):
            mine = not indices or (variable.indices[0].process, indices[0]) == actor
            if mine and self._is_shown(slot) and (self._everything or before[slot] != after[slot]):
                yield _short(variable.name), self._json(after[slot], variable.domain)

    def _arguments(self, step: Transition) -> dict[str, Any]:
        found: dict[str, list[Any]] = {}
        for each in step.bindings:
            if each.shown:
                found.setdefault(each.name, []).append(self._json(each.value, each.domain))
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    def _fields(self, told: Told) -> dict[str, Any]:
        messages = messages_of(self._layout.slots[self._slot(told)][0])
        fields = messages.kind(told.message[0]).fields
        return {
            name: self._json(value, of)
            for (name, of), value in zip(fields, told.message[1:], strict=True)
            if not name.startswith(("@", "·"))
        }

    def _json(self, value: Value, domain: Domain) -> Any:
        return as_json(value, domain, self._system.singletons)

    def _process(self, domain: Domain, index: Value) -> str:
        return spec_name(self._system, process_set(domain), index)

    # --- messages under way, and their ids -----------------------------------------------------

    def _slot(self, told: Told) -> int:
        sender, receiver = process_set(told.note.sender.domain), process_set(told.note.receiver.domain)
        return self._layout.slot(f"network {sender}->{receiver}", (told.sender, told.receiver))

    def _taken(self, told: Told, step: Transition) -> str | None:
        """The id of a message that leaves its channel: the one at that place of a queue, or any equal one."""
        waiting = self._under_way[self._slot(told)]
        return waiting.pop(self._position(told, step, waiting))[1]

    def _repeated(self, told: Told, step: Transition) -> str | None:
        waiting = self._under_way[self._slot(told)]
        at = self._position(told, step, waiting)
        waiting.insert(at + 1, waiting[at])
        return waiting[at][1]

    def _position(self, told: Told, step: Transition, waiting: list[tuple[Value, str | None]]) -> int:
        for each in step.bindings:
            if each.name == "place" and told.note.kind in {"lost", "duplicated"}:
                return int(each.value)
        seen = self._seen(told.note.message.domain, told.message)
        return next(at for at, (message, _) in enumerate(waiting) if message == seen)

    def _seen(self, domain: Domain, message: Value) -> Value:
        """A message without what it carries for properties only: that may change while it is under way."""
        assert isinstance(domain, Message)
        fields = domain.kind(message[0]).fields
        return (message[0], *(part for (name, _), part in zip(fields, message[1:], strict=True) if name[:1] != "·"))

    def _forget(self, state: State) -> None:
        """Drop the messages that a crash or a cut took out of the channels."""
        for slot, waiting in self._under_way.items():
            if len(waiting) > len(state[slot]):
                left = [self._seen(messages_of(self._layout.slots[slot][0]), each) for each in state[slot]]
                kept = []
                for message, msg in waiting:
                    if message in left:
                        left.remove(message)
                        kept.append((message, msg))
                self._under_way[slot] = kept


def _short(name: str) -> str:
    """What a process calls its variable: `mode` for `Node.mode`, `up` for `up Node`."""
    return name.partition(".")[2] or name.partition(" ")[0]
