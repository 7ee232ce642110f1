"""What does a recorded event demand of the step that it records? Its process, action, message, arguments and values.

One step may be recorded by several events: what a process did, and each message that it sent. Events of one node with
the same field `step` record one step. Without that field, an event of kind `send` records a step of its own, or a
message of the step that the node took last; whichever explains it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dscheck.domains import Domain, Value
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.agreement import agrees, first_unpaired
from dscheck.traces.conformance.demands import Demand, Item, Observed, Refusal, Sent, Wanted
from dscheck.traces.conformance.naming import Naming, messages_named, rules_named, spec_name
from dscheck.traces.conformance.steps import Actor, messages_of, process_set
from dscheck.traces.event import Event
from dscheck.values import show

SENT_KINDS = {"sent", "dropped"}
RECEIVED_KINDS = {"received", "discarded"}


class Observer:
    """Turns events into demands on steps of one system, and judges steps by them."""

    def __init__(self, system: System, names: Naming, words: Mapping[str, str]) -> None:
        """Prepare the names of a system.

        Args:
            system: the spec's.
            names: who is who.
            words: what the spec calls an action or a message, by what the log calls it.
        """
        self.system = system
        self.names = names
        self._words = words
        self.layout = layout_of(system)
        self._messages = {
            (variable.indices[0].process, variable.indices[1].process): messages_of(variable)
            for variable in system.variables
            if variable.role == "channel"
        }
        self.kinds = {kind.name: kind for message in self._messages.values() for kind in message.kinds}
        self._slots = {(variable.name, indices): slot for slot, (variable, indices) in enumerate(self.layout.slots)}
        self._fields = {name for kind in self.kinds.values() for name, _ in kind.fields}
        self.ignored: dict[str, None] = {}

    # --- demands -------------------------------------------------------------------------------

    def demand(self, event: Event, known: Event | None = None) -> Demand:
        """What an event demands.

        Args:
            event: the event.
            known: the send of the message that it receives, or the other way round: what is known there is known here.
        """
        actor = self.names.actors[event.node]
        name = self._word(event.action)
        rules: frozenset[int] | None = None
        message: Wanted | None = None
        arguments: Mapping[str, Any] = event.arguments
        kinds: frozenset[str] | None = None
        if name:
            rules = rules_named(self.system, name)
            if event.kind in ("send", "recv") and not self._is_rule(name):
                kinds = messages_named(name, self.kinds) or None
                rules = None if kinds else rules
        if event.kind in ("send", "recv"):
            message = self._message(event, kinds, known)
            arguments = {}
        if event.kind == "recv":
            arriving = frozenset(
                index for index, rule in enumerate(self.system.rules) if rule.kind in ("arrival", "discard")
            )
            rules = arriving if rules is None else rules & arriving
        return Demand(
            event,
            rules,
            message,
            arguments,
            tuple(self._values(actor, event.variables)),
            tuple(self._values(actor, event.before)),
            bool(event.other.get("torn")),
        )

    def _word(self, name: str | None) -> str:
        return "" if name is None else self._words.get(name, name)

    def _is_rule(self, name: str) -> bool:
        return any(rule.name == name for rule in self.system.rules)

    def _message(self, event: Event, kinds: frozenset[str] | None, known: Event | None) -> Wanted:
        said = [event.other.get("message")]
        if known is not None:
            said += [known.other.get("message"), None if self._is_rule(self._word(known.action)) else known.action]
        for each in said:
            if kinds is None and isinstance(each, str) and each:
                kinds = messages_named(self._word(each), self.kinds) or None
        fields = {**(known.arguments if known else {}), **event.arguments}
        for field in list(fields):
            if not field.isdecimal() and field not in self._fields and not self._is_binding(field):
                self._ignore(f"`{field}`, which no message of the spec has")
                del fields[field]
        peer = event.peer if event.peer is not None else (known.node if known else None)
        return Wanted(kinds, fields, self.names.actors.get(peer) if peer is not None else None)

    def _is_binding(self, name: str) -> bool:
        return any(name == each.name for rule in self.system.rules for each in rule.parameters)

    def _values(self, actor: Actor, recorded: Mapping[str, Any]) -> Iterator[Observed]:
        for name, value in recorded.items():
            slot = self._slot(actor, name)
            if slot is None:
                self._ignore(f"`{name}`, which no variable of the spec is called")
                continue
            yield Observed(slot, self.slot_text(slot), value, self.layout.slots[slot][0].domain)

    def _slot(self, actor: Actor, name: str) -> int | None:
        """The slot of a variable that is named by itself, or after its process as the log or the spec calls it."""
        if (name, ()) in self._slots:
            return self._slots[name, ()]
        owner, dot, rest = name.rpartition(".")
        if dot:
            found = self.names.actors.get(owner)
            written = (each for each in self.names.ids if spec_name(self.system, *each) == owner)
            actor, name = found or next(written, None), rest
        if actor is None:
            return None
        own = (f"{actor[0]}.{name}", f"{name} {actor[0]}")
        return next((self._slots[each, (actor[1],)] for each in own if (each, (actor[1],)) in self._slots), None)

    def slot_text(self, slot: int) -> str:
        """How people know a slot: `Node[1].mode`."""
        variable, indices = self.layout.slots[slot]
        if not variable.indices:
            return variable.name
        owner = spec_name(self.system, variable.indices[0].process, indices[0])
        return f"{owner}.{variable.name.partition('.')[2] or variable.name.partition(' ')[0]}"

    def _ignore(self, what: str) -> None:
        self.ignored[what] = None

    # --- judgement -----------------------------------------------------------------------------

    def refusals(self, item: Item, before: State, step: Transition) -> Iterator[Refusal]:
        """All ways in which a step of the right process is not the recorded one."""
        if step.successor is None:
            yield Refusal("the step", "done", "fails" if step.failed is None else _failure(step))
            return
        yield from self.values(item.first.before, before)
        demand = item.first
        if demand.message is not None:
            kinds = RECEIVED_KINDS if demand.event.kind == "recv" else SENT_KINDS
            yield from self._message_refusals(demand, step, kinds)
        yield from self._argument_refusals(demand, step)
        yield from self.values(demand.after, step.successor)
        for each in item.sends:
            yield from self.values(each.after, step.successor)
            if each.event.kind != "send":
                yield Refusal("the step", f"{each.said()} after another event of it", "recorded by one event")
                return
        if item.sends:
            sent = self.sent(step)
            recorded = [each for each in (demand, *item.sends) if each.event.kind == "send"]
            left = first_unpaired(recorded, sent, lambda each, one: self.is_sent(each, item.actor, one))
            if left is not None and recorded[left] is not demand:
                text = ", ".join(self.message_text(item.actor, one) for one in sent) or "nothing"
                yield Refusal("what is sent", self.wanted_text(recorded[left]), text)

    def accepts(self, item: Item, before: State, step: Transition) -> bool:
        """Is the step the recorded one?"""
        return next(self.refusals(item, before, step), None) is None

    def sent(self, step: Transition) -> tuple[Sent, ...]:
        """The messages that a step sent, each with its addressee."""
        return tuple(
            Sent(step.rule, told.message, (process_set(told.note.receiver.domain), told.receiver))
            for told in step.notes
            if told.note.kind in SENT_KINDS
        )

    def is_sent(self, demand: Demand, sender: Actor, sent: Sent) -> bool:
        """Does the event record this message?"""
        if demand.message is None or sender is None:
            return False
        if demand.rules is not None and sent.rule not in demand.rules:
            return False
        return self._fits(demand.message, sent.message, (sender[0], sent.receiver[0]), sent.receiver)

    def values(self, recorded: Sequence[Observed], state: State) -> Iterator[Refusal]:
        """Which recorded values are not those of the state?"""
        for each in recorded:
            value = state[each.slot]
            if not self.agrees(each.recorded, value, each.domain):
                yield Refusal(
                    each.name, _json(each.recorded), self._against(each.recorded, value, each.domain), each.slot
                )

    def is_message(
        self, wanted: Wanted, message: Value, sender: tuple[str, int], receiver: tuple[str, int], peer: tuple[str, int]
    ) -> bool:
        """May an event record this message, the other end of which is `peer`?"""
        return self._fits(wanted, message, (sender[0], receiver[0]), peer)

    def initial(self, recorded: Mapping[str, Any]) -> tuple[Observed, ...]:
        """What a header says of the beginning: by variable (`n1.x`, `x`), or by node and variable."""
        found: list[Observed] = []
        for name, value in recorded.items():
            if name in self.system.settings:
                continue  # a constant, which the system has already
            if name in self.names.actors and isinstance(value, Mapping):
                found.extend(self._values(self.names.actors[name], value))
            else:
                found.extend(self._values(None, {name: value}))
        return tuple(found)

    def message_text(self, sender: Actor, sent: Sent) -> str:
        """`Request(3) to Node[1]`."""
        assert sender is not None
        text = self.shown(sent.message, self._messages[sender[0], sent.receiver[0]])
        return f"{text} to {spec_name(self.system, *sent.receiver)}"

    def shown(self, value: Value, domain: Domain) -> str:
        """A value as the language writes it."""
        return show(value, domain, self.system.singletons)

    def _against(self, recorded: Any, value: Value, domain: Domain) -> str:
        """A value as it stands against a recorded one, which may be a length."""
        by_length = recorded.__class__ is int and isinstance(value, tuple | frozenset)
        return f"{len(value)} long" if by_length else self.shown(value, domain)

    def agrees(self, recorded: Any, value: Value, domain: Domain) -> bool:
        """May a recorded value stand for one of the spec?"""
        return agrees(recorded, value, domain, self.names, self.system.singletons)

    def _message_refusals(self, demand: Demand, step: Transition, kinds: set[str]) -> Iterator[Refusal]:
        assert demand.message is not None
        best: list[Refusal] | None = None
        for told in step.notes:
            if told.note.kind not in kinds:
                continue
            sender, receiver = process_set(told.note.sender.domain), process_set(told.note.receiver.domain)
            peer = (sender, told.sender) if demand.event.kind == "recv" else (receiver, told.receiver)
            wanted = demand.message
            choices = {each.name: each for each in step.bindings if each.shown}
            extra = {name: value for name, value in wanted.fields.items() if name in choices}
            fields = {name for name, _ in self.kinds[told.message[0]].fields}
            known = {name: value for name, value in wanted.fields.items() if name not in extra or name in fields}
            found = list(
                self._differences(Wanted(wanted.kinds, known, wanted.peer), told.message, (sender, receiver), peer)
            )
            for name, value in extra.items():
                if name not in fields and not self.agrees(value, choices[name].value, choices[name].domain):
                    found.append(Refusal(name, _json(value), self.shown(choices[name].value, choices[name].domain)))
            if not found:
                return
            if best is None or len(found) < len(best):
                best = found
        if best is None:
            wanted_text = self.wanted_text(demand)
            done = "no message is received" if demand.event.kind == "recv" else "no message is sent"
            yield Refusal("the message", wanted_text, done)
        else:
            yield from best

    def differences(
        self, wanted: Wanted, message: Value, sender: tuple[str, int], receiver: tuple[str, int], peer: Actor = None
    ) -> Iterator[Refusal]:
        """How a message differs from what is recorded; the other end is the sender unless `peer` is given."""
        yield from self._differences(wanted, message, (sender[0], receiver[0]), peer or sender)

    def _fits(self, wanted: Wanted, message: Value, pair: tuple[str, str], peer: tuple[str, int]) -> bool:
        """Are there no differences? Without texts, for there may be many messages to look at."""
        if wanted.kinds is not None and message[0] not in wanted.kinds:
            return False
        if wanted.peer is not None and wanted.peer != peer:
            return False
        fields = self._messages[pair].kind(message[0]).fields
        places = {name: at for at, (name, _) in enumerate(fields)}
        for name, recorded in wanted.fields.items():
            at = int(name) if name.isdecimal() and int(name) < len(fields) else places.get(name)
            if at is None:
                return False
            value = message[at + 1]
            if recorded.__class__ is int and value.__class__ is int:
                if recorded != value:
                    return False
            elif not self.agrees(recorded, value, fields[at][1]):
                return False
        return True

    def _differences(
        self, wanted: Wanted, message: Value, pair: tuple[str, str], peer: tuple[str, int]
    ) -> Iterator[Refusal]:
        domain = self._messages[pair]
        if wanted.kinds is not None and message[0] not in wanted.kinds:
            yield Refusal("the message", " or ".join(sorted(wanted.kinds)), self.shown(message, domain))
            return
        if wanted.peer is not None and wanted.peer != peer:
            yield Refusal("the other end", spec_name(self.system, *wanted.peer), spec_name(self.system, *peer))
        fields = domain.kind(message[0]).fields
        values = {name: (value, of) for (name, of), value in zip(fields, message[1:], strict=True)}
        for name, recorded in wanted.fields.items():
            key = fields[int(name)][0] if name.isdecimal() and int(name) < len(fields) else name
            if key not in values:
                yield Refusal(name, _json(recorded), f"no field of {message[0]}")
            elif not self.agrees(recorded, *values[key]):
                yield Refusal(f"{message[0]}.{key}", _json(recorded), self._against(recorded, *values[key]))

    def _argument_refusals(self, demand: Demand, step: Transition) -> Iterator[Refusal]:
        bound: dict[str, list[tuple[Value, Domain]]] = {}
        for each in step.bindings:
            if each.shown:
                bound.setdefault(each.name, []).append((each.value, each.domain))
        in_order = list(bound)
        for name, recorded in demand.arguments.items():
            key = in_order[int(name)] if name.isdecimal() and int(name) < len(in_order) else name
            if key not in bound:
                yield Refusal(f"argument {name}", _json(recorded), "none of that name")
                continue
            values = bound[key]
            several = len(values) > 1
            parts = recorded if several and isinstance(recorded, list) else [recorded]
            if len(parts) != len(values) or not all(
                self.agrees(part, *value) for part, value in zip(parts, values, strict=True)
            ):
                text = ", ".join(self.shown(*value) for value in values)
                yield Refusal(f"argument {name}", _json(recorded), text)

    def wanted_text(self, demand: Demand) -> str:
        """The message that an event records, as far as it says: `Request(ts: 3) from Node[1]`."""
        message = demand.message
        if message is None:
            return "a message"
        kind = " or ".join(sorted(message.kinds)) if message.kinds else "a message"
        fields = ", ".join(f"{name}: {_json(value)}" for name, value in message.fields.items())
        text = f"{kind}({fields})" if fields else kind
        if message.peer is None:
            return text
        return f"{text} {'from' if demand.event.kind == 'recv' else 'to'} {spec_name(self.system, *message.peer)}"


def _failure(step: Transition) -> str:
    assert step.failed is not None
    return f"fails: {step.failed.failure.message.replace('{value}', step.failed.value)}"


def _json(recorded: Any) -> str:
    text = json.dumps(recorded, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
