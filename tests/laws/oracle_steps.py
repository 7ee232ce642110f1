"""Which steps can a generated protocol take in a state? Actions, arrivals, timeouts and faults."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from tests.laws.oracle_bodies import Bodies, Counts, Way, as_bag
from tests.laws.oracle_values import Here, Pid, State, value_of
from tests.laws.protocol_model import Action, Block, E, Handler, Role, Timer


class Transition(NamedTuple):
    """One label; `protocol` steps are actions, arrivals and timeouts."""

    protocol: bool
    counts: Counts
    state: State | None
    failed: str


class Begun(NamedTuple):
    """A step that a process is about to take: its body in the state where that begins."""

    item: Action | Handler | Timer
    state: State
    names: dict[str, Any]
    counts: Counts


class Oracle(Bodies):
    """All steps of one protocol."""

    # --- steps of processes ----------------------------------------------------------------------

    def _true(self, when: E | None, state: State, pid: Pid, names: dict[str, Any]) -> bool:
        return when is None or bool(value_of(when, Here(self.protocol, state, names, pid)))

    def _actions(self, state: State, pid: Pid, action: Action) -> Iterator[Begun]:
        bindings: list[dict[str, Any]] = [{}]
        for name, over in action.parameters:
            bindings = [
                {**names, name: value}
                for names in bindings
                for value in sorted(value_of(over, Here(self.protocol, state, names, pid)), key=repr)
            ]
        for names in bindings:
            if self._true(action.when, state, pid, names):
                yield Begun(action, self.ticked(state, pid, action.body), names, (("fired", action.name),))

    def _at_head(self, state: State, sender: Pid, receiver: Pid) -> list[Any]:
        held = state.get(("channel", sender, receiver), ())
        if not held or not self.linked(state, sender, receiver):
            return []
        return [held[0]] if self.protocol.fifo else list(dict.fromkeys(held))

    def taken(self, state: State, sender: Pid, receiver: Pid, message: Any) -> State:
        key = ("channel", sender, receiver)
        held = list(state[key])
        held.remove(message)
        return {**state, key: tuple(held)}

    def _arrivals(self, state: State, pid: Pid, role: Role, sender: Pid, message: Any) -> Iterator[Begun]:
        kind, fields, stamp = message
        for handler in role.handlers:
            if handler.kind != kind:
                continue
            names = dict(zip(handler.fields, fields, strict=False))
            if handler.sender:
                names[handler.sender] = sender
            if self._true(handler.when, state, pid, names):
                left = self.taken(state, sender, pid, message)
                begun = self.ticked(left, pid, handler.body, stamp, always=True)
                yield Begun(handler, begun, names, (("delivered", kind),))

    def _timeouts(self, state: State, pid: Pid, role: Role, timer: Timer) -> Iterator[Begun]:
        if not state["timer", pid, timer.name] or not self._true(timer.when, state, pid, {}):
            return
        if timer.after and not self.protocol.early:
            if not self.silence(state):
                return
            if timer.after != "silence" and any(
                state["timer", other, timer.after] and state["up", other] for other in role.ids
            ):
                return
        stopped = {**state, ("timer", pid, timer.name): False}
        yield Begun(timer, self.ticked(stopped, pid, timer.body), {}, ())

    def begun(self, state: State, pid: Pid) -> Iterator[Begun]:
        """Every step of an up process whose `when` is true."""
        role = self.protocol.role(pid[0])
        for action in role.actions:
            yield from self._actions(state, pid, action)
        for sender in self.pids:
            for message in self._at_head(state, sender, pid):
                yield from self._arrivals(state, pid, role, sender, message)
        for timer in role.timers:
            yield from self._timeouts(state, pid, role, timer)

    # --- global facts ----------------------------------------------------------------------------

    def silence(self, state: State) -> bool:
        for sender, pid in product(self.pids, self.pids):
            for message in self._at_head(state, sender, pid):
                if not state["up", pid]:
                    if self.may_recover_at_all(pid[0]):
                        return False
                    continue
                for step in self._arrivals(state, pid, self.protocol.role(pid[0]), sender, message):
                    if self.run(step.state, step.item.body, pid, step.names):
                        return False
        return True

    def may_recover_at_all(self, role: str) -> bool:
        return self.amounts.get(("recover", role), 0) != 0

    def _timer_runs(self, state: State) -> bool:
        return any(key[0] == "timer" and on and state["up", key[1]] for key, on in state.items())

    def quiet(self, state: State) -> bool:
        if not self.silence(state) or self._timer_runs(state):
            return False
        for pid in self.pids:
            for action in self.protocol.role(pid[0]).actions:
                if action.fair and state["up", pid]:
                    for step in self._actions(state, pid, action):
                        if self.run(step.state, step.item.body, pid, step.names):
                            return False
        return True

    def right_end(self, state: State) -> bool:
        """Is this final state a right one?"""
        if self.protocol.final is not None:
            return bool(value_of(self.protocol.final, Here(self.protocol, state, facts=self)))
        waiting = any(key[0] == "channel" and held and state["up", key[2]] for key, held in state.items())
        return not waiting and not self._timer_runs(state)

    # --- transitions -----------------------------------------------------------------------------

    def transitions(self, state: State) -> Iterator[Transition]:
        """Every label enabled in `state`."""
        for pid in self.pids:
            if state["up", pid]:
                for step in self.begun(state, pid):
                    for way in self.run(step.state, step.item.body, pid, step.names):
                        yield self._made(way, step.counts, protocol=True)
                if self._crash_possible(state, pid):
                    yield from self._crashes(state, pid)
            elif self.may_recover_at_all(pid[0]):
                for sender in self.pids:
                    for message in self._at_head(state, sender, pid):
                        yield Transition(True, (), self.taken(state, sender, pid, message), "")
                if self.can_recover(state, pid[0]):
                    yield from self._recoveries(state, pid)
        yield from self._message_faults(state)
        yield from self._link_faults(state)

    def _made(self, way: Way, counts: Counts, *, protocol: bool) -> Transition:
        if way.failed:
            return Transition(protocol, (), None, way.failed)
        return Transition(protocol, (*counts, *way.counts), way.state, "")

    # --- crash and recovery ----------------------------------------------------------------------

    def _crash_possible(self, state: State, pid: Pid) -> bool:
        role = pid[0]
        if not self.may_crash(role) or not self.fault_left(state, "crash", role):
            return False
        limit = dict(self.protocol.down).get(role)
        return limit is None or sum(not state["up", other] for other in self.protocol.role(role).ids) < limit

    def _down(self, state: State, pid: Pid) -> list[Way]:
        """The process goes down."""
        after = {key: False if key[:2] == ("timer", pid) else value for key, value in state.items()}
        after["up", pid] = False
        self.spend(after, "crash", pid[0])
        ways = [Way((), (), after)]
        for event, body in self.protocol.role(pid[0]).hooks:
            if event == "crash":
                ways = self.run(after, body, pid)
        if not self.can_recover(after, pid[0]):
            for way in ways:
                self._clear(way.state, pid)
        return ways

    def _clear(self, state: State, pid: Pid) -> None:
        for key in state:
            if key[0] == "channel" and key[2] == pid:
                state[key] = ()

    def _crashes(self, state: State, pid: Pid) -> Iterator[Transition]:
        for way in self._down(state, pid):
            yield self._made(way, (), protocol=False)
        if not self.protocol.torn:
            return
        kinds = {var.name: var.kind for var in self.protocol.role(pid[0]).variables}
        for step in self.begun(state, pid):
            written = _written(step.item.body)
            durable = any(kinds.get(name) == "durable" for name in written)
            for way in self.run(step.state, step.item.body, pid, step.names, torn=True):
                if way.failed:
                    yield self._made(way, (), protocol=False)
                    continue
                for kept in (True, False) if durable else (True,):
                    after = dict(way.state)
                    if not kept:
                        after.update({("var", pid, n): state["var", pid, n] for n in written if kinds[n] != "ghost"})
                    for down in self._down(after, pid):
                        yield self._made(down, (*step.counts, *way.counts), protocol=False)

    def _recoveries(self, state: State, pid: Pid) -> Iterator[Transition]:
        role = self.protocol.role(pid[0])
        states = [dict(state)]
        for var in role.variables:
            if var.kind:
                continue
            grown = []
            for each in states:
                values = self.initial_choices(var, Here(self.protocol, each, me=pid))
                grown += [{**each, ("var", pid, var.name): value} for value in values]
            states = grown
        for after in states:
            after["up", pid] = True
            self.spend(after, "recover", role.name)
            if not self.can_recover(after, role.name):
                for other in role.ids:
                    if not after["up", other]:
                        self._clear(after, other)
            body: Block = next((body for event, body in role.hooks if event == "recover"), ())
            for way in self.run(self.ticked(after, pid, body), body, pid):
                yield self._made(way, (), protocol=False)

    # --- the network -----------------------------------------------------------------------------

    def _message_faults(self, state: State) -> Iterator[Transition]:
        for key, held in state.items():
            if key[0] != "channel":
                continue
            places = range(len(held)) if self.protocol.fifo else [held.index(each) for each in dict.fromkeys(held)]
            for at in places:
                if self.protocol.loss and self.fault_left(state, "loss"):
                    after = {**state, key: held[:at] + held[at + 1 :]}
                    self.spend(after, "loss")
                    yield Transition(False, (), after, "")
                if self.protocol.duplicate and self.fault_left(state, "duplicate"):
                    if self.protocol.capacity is not None and len(held) >= self.protocol.capacity:
                        yield Transition(False, (), None, "capacity")
                        continue
                    grown = [*held[: at + 1], held[at], *held[at + 1 :]]
                    after = {**state, key: tuple(grown) if self.protocol.fifo else as_bag(grown)}
                    self.spend(after, "duplicate")
                    yield Transition(False, (), after, "")

    def _link_faults(self, state: State) -> Iterator[Transition]:
        for key, cut in list(state.items()):
            if key[0] != "cut":
                continue
            if not cut and self.fault_left(state, "cut"):
                after = {**state, key: True}
                self.spend(after, "cut")
                if not self.can_heal(after):
                    self._clear_link(after, key[1])
                yield Transition(False, (), after, "")
            if cut and self.can_heal(state):
                after = {**state, key: False}
                self.spend(after, "heal")
                if not self.can_heal(after):
                    for other, still_cut in list(after.items()):
                        if other[0] == "cut" and still_cut:
                            self._clear_link(after, other[1])
                yield Transition(False, (), after, "")

    def _clear_link(self, state: State, ends: frozenset[Pid]) -> None:
        for key in state:
            if key[0] == "channel" and frozenset(key[1:]) == ends:
                state[key] = ()


def _written(body: Block) -> set[str]:
    """Own variables that a body may write."""
    found: set[str] = set()
    for item in body:
        if item.kind == "assign":
            target = item.args[0]
            while target.op in {"index", "field"}:
                target = target.args[0]
            found |= {target.args[0]} if target.op == "var" else set()
        for block in item.blocks:
            found |= _written(block)
    return found
