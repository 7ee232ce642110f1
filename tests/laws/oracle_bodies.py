"""What do the bodies of a generated protocol do? A naive interpreter of the tests' own model.

A state is a flat dict: variables, clocks, timers, who is up, channels (tuples, sorted when the network is a bag), cut
links, what is left of budgets. Nothing here comes from the package.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from tests.laws.oracle_values import E, Fail, Here, Pid, Stamp, State, fit, value_of
from tests.laws.protocol_model import Block, Protocol, Role, S

Counts = tuple[tuple[str, str], ...]


class Way(NamedTuple):
    """One way through a body: its choices, what it counted, the state after it or what failed."""

    choices: tuple[Any, ...]
    counts: Counts
    state: State
    failed: str = ""


def as_bag(messages: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(messages, key=repr))


class Bodies:
    """What the bodies of one protocol do, and in which states it starts."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.traffic = {
            (role.name, to) for role in protocol.roles for _, to in _sends(block for block in _blocks(role))
        }
        self.clocks = any(_mentions_now(role) for role in protocol.roles)
        amounts: dict[tuple[str, str], int | None] = {}
        for role, _ in protocol.down:
            amounts["crash", role] = amounts["recover", role] = None
        amounts.update({("crash", role): amount for role, amount in protocol.crash})
        amounts.update({("recover", role): amount for role, amount in protocol.recover})
        self.amounts = amounts
        self.pids = [pid for role in protocol.roles for pid in role.ids]

    # --- budgets ---------------------------------------------------------------------------------

    def may_crash(self, role: str) -> bool:
        return self.amounts.get(("crash", role), 0) != 0 and self.protocol.total != 0

    def can_recover(self, state: State, role: str) -> bool:
        if self.amounts.get(("recover", role), 0) is None:
            return True
        return bool(state.get(("left", "recover", role), 0))

    def can_heal(self, state: State) -> bool:
        return self.protocol.heal is None or bool(state.get(("left", "heal"), 0))

    def fault_left(self, state: State, *name: str) -> bool:
        left = state.get(("left", *name), 1)
        return left > 0 and state.get(("left", "total"), 1) > 0

    def spend(self, state: State, *name: str) -> None:
        for key in (("left", *name), ("left", "total")):
            if key in state and (key != ("left", "total") or name[0] in {"crash", "cut", "loss", "duplicate"}):
                state[key] -= 1

    def linked(self, state: State, one: Pid, other: Pid) -> bool:
        return not state.get(("cut", frozenset((one, other))), False)

    # --- initial states --------------------------------------------------------------------------

    def initial(self) -> tuple[list[State], set[str]]:
        """The initial states before normalisation, and what failed in making one."""
        protocol = self.protocol
        blank: State = {}
        for a, b in sorted(self.traffic):
            for sender, receiver in product(protocol.role(a).ids, protocol.role(b).ids):
                blank["channel", sender, receiver] = ()
                if protocol.cut and sender != receiver:
                    blank["cut", frozenset((sender, receiver))] = False
        for role in protocol.roles:
            for pid in role.ids:
                blank["up", pid] = True
                if role.clock and self.clocks:
                    blank["clock", pid] = Stamp(0)
                for timer in role.timers:
                    blank["timer", pid, timer.name] = False
            for kind in ("crash", "recover"):
                amount = self.amounts.get((kind, role.name))
                if amount and self.may_crash(role.name):
                    blank["left", kind, role.name] = amount
        for kind in ("loss", "duplicate", "cut", "heal"):
            amount = getattr(protocol, kind)
            if amount:
                blank["left", kind] = amount
        if protocol.total is not None:
            blank["left", "total"] = protocol.total
        return self._initial_values(blank)

    def _initial_values(self, blank: State) -> tuple[list[State], set[str]]:
        states, failed = [blank], set()
        places = [(("shared", var.name), var, None) for var in self.protocol.shared]
        for role in self.protocol.roles:
            places += [(("var", pid, var.name), var, pid) for pid in role.ids for var in role.variables]
        for key, var, pid in places:
            grown = []
            for state in states:
                here = Here(self.protocol, state, me=pid)
                for value in self.initial_choices(var, here):
                    try:
                        grown.append({**state, key: fit(value, var.type)})
                    except Fail as why:
                        failed.add(str(why))
            states = grown
        for role in self.protocol.roles:
            for event, body in role.hooks:
                if event != "start":
                    continue
                for pid in role.ids:
                    grown = []
                    for state in states:
                        for way in self.run(self.ticked(state, pid, body), body, pid):
                            failed |= {way.failed} - {""}
                            grown += [] if way.failed else [way.state]
                    states = grown
        return states, failed

    def initial_choices(self, var: Any, here: Here) -> list[Any]:
        values = [value_of(item, here) for item in var.initial]
        return sorted(values[0]) if var.any_of else list(dict.fromkeys(values))

    # --- bodies ----------------------------------------------------------------------------------

    def ticked(self, state: State, pid: Pid, body: Block, received: Any = None, *, always: bool = False) -> State:
        """The state in which a body begins: the clock ticks once if the body sends, reads it, or receives."""
        if ("clock", pid) not in state or not (always or any(_sends([body])) or _now_in(body)):
            return state
        clock = state["clock", pid] if received is None else max(state["clock", pid], received)
        return {**state, ("clock", pid): Stamp(clock.at + 1)}

    def run(
        self,
        state: State,
        body: Block,
        pid: Pid,
        names: dict[str, Any] | None = None,
        *,
        torn: bool = False,
    ) -> list[Way]:
        """Every way through a body; ways on which a guard fails are none."""
        return self._block([Way((), (), state)], body, pid, names or {}, torn)

    def _block(self, ways: list[Way], body: Block, pid: Pid, names: dict[str, Any], torn: bool) -> list[Way]:
        for item in body:
            grown: list[Way] = []
            for way in ways:
                if way.failed:
                    grown.append(way)
                    continue
                try:
                    grown += self._statement(way, item, pid, names, torn)
                except Fail as why:
                    grown.append(way._replace(failed=str(why)))
            ways = grown
        return ways

    def _statement(self, way: Way, item: S, pid: Pid, names: dict[str, Any], torn: bool) -> list[Way]:
        here = Here(self.protocol, way.state, names, pid)

        def now(node: E) -> Any:
            return value_of(node, here)

        match item.kind:
            case "pass":
                return [way]
            case "assign":
                return [way._replace(state=self._assigned(way.state, item, here, pid))]
            case "start" | "stop":
                return [way._replace(state={**way.state, ("timer", pid, item.args[0]): item.kind == "start"})]
            case "assert":
                if not now(item.args[0]):
                    raise Fail("assertion")
                return [way]
            case "require":
                return [way] if now(item.args[0]) else []
            case "defer":
                return []
            case "if":
                block = item.blocks[0] if now(item.args[0]) else item.blocks[1] if len(item.blocks) > 1 else ()
                return self._block([way], block, pid, names, torn)
            case "for":
                ways = [way]
                for value in _in_order(now(item.args[1])):
                    ways = self._block(ways, item.blocks[0], pid, {**names, item.args[0]: value}, torn)
                return ways
            case "choose":
                values = sorted(now(item.args[1]), key=repr)
                if not values:
                    raise Fail("choice")
                return [
                    each
                    for value in values
                    for each in self._block(
                        [way._replace(choices=(*way.choices, value))],
                        item.blocks[0], pid, {**names, item.args[0]: value}, torn)
                ]  # fmt: skip
            case "send":
                return self._send(way, item, here, pid, torn)
        raise ValueError(item.kind)

    def _assigned(self, state: State, item: S, here: Here, pid: Pid) -> State:
        target, sign, value_node = item.args
        path: list[E] = []
        while target.op in {"index", "field"}:
            path.insert(0, target)
            target = target.args[0]
        owner = target.op == "var"
        key = ("var", pid, target.args[0]) if owner else ("shared", target.args[0])
        variables = self.protocol.role(pid[0]).variables if owner else self.protocol.shared
        of = next(var.type for var in variables if var.name == target.args[0])
        value = value_of(value_node, here)
        old = state[key]

        def combined(current: Any) -> Any:
            if sign == "=":
                return value
            if current is None or value is None:
                raise Fail("absent")
            if sign == "-=":
                return current - value
            return current | value if isinstance(current, frozenset) else current + value

        if path and path[0].op == "index":
            at = value_of(path[0].args[1], here)
            if at is None:
                raise Fail("absent")
            if of[0] == "map":
                entries = dict(old)
                if sign != "=" and at not in entries:
                    raise Fail("absent")
                entries[at] = fit(combined(entries.get(at)), of[2])
                return {**state, key: frozenset(entries.items())}
            if not 0 <= at < len(old):
                raise Fail("absent")
            return {**state, key: (*old[:at], fit(combined(old[at]), of[1]), *old[at + 1 :])}
        if path:
            at = int(path[0].args[1][1:])
            inner = dict(self.protocol.records)[of[1]][at]
            return {**state, key: (*old[:at], fit(combined(old[at]), inner), *old[at + 1 :])}
        return {**state, key: fit(combined(old), of)}

    def _send(self, way: Way, item: S, here: Here, pid: Pid, torn: bool) -> list[Way]:
        kind, to_role, fields, to = item.args
        of = next(message.fields for message in self.protocol.messages if message.name == kind)
        payload = tuple(fit(value_of(node, here), want) for node, want in zip(fields, of, strict=True))
        target = value_of(to, here)
        if target is None:
            raise Fail("absent")
        stamped = ("clock", pid) in way.state and self.protocol.role(to_role).clock
        message = (kind, payload, way.state["clock", pid] if stamped else None)
        ways = [way]
        for receiver in sorted(target) if isinstance(target, frozenset) else [target]:
            grown: list[Way] = []
            for each in ways:
                if each.failed:
                    grown.append(each)
                    continue
                choices = each.choices
                if torn:
                    grown.append(each._replace(choices=(*choices, "stays")))
                    choices = (*choices, "leaves")
                counts = (*each.counts, ("sent", kind))
                state, failed = self.put(each.state, pid, receiver, message)
                grown.append(Way(choices, counts, state, failed))
            ways = grown
        return ways

    def put(self, state: State, sender: Pid, receiver: Pid, message: Any) -> tuple[State, str]:
        """A message in its channel, unless it can never be received; and what failed."""
        if not state["up", receiver] and not self.can_recover(state, receiver[0]):
            return state, ""
        if not self.linked(state, sender, receiver) and not self.can_heal(state):
            return state, ""
        key = ("channel", sender, receiver)
        held = state[key]
        if self.protocol.capacity is not None and len(held) >= self.protocol.capacity:
            return state, "capacity"
        grown = (*held, message)
        return {**state, key: grown if self.protocol.fifo else as_bag(list(grown))}, ""


def _in_order(values: Any) -> list[Any]:
    return sorted(values, key=repr) if isinstance(values, frozenset) else list(values)


def _blocks(role: Role) -> Iterator[Block]:
    for each in (*role.actions, *role.handlers, *role.timers):
        yield each.body
    yield from (body for _, body in role.hooks)


def _sends(blocks: Any) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for item in block:
            if item.kind == "send":
                yield item.args[0], item.args[1]
            yield from _sends(item.blocks)


def _now_in(node: Any) -> bool:
    if isinstance(node, E):
        return node.op == "now" or any(map(_now_in, node.args))
    if isinstance(node, S):
        return any(map(_now_in, (*node.args, *node.blocks)))
    return isinstance(node, tuple) and any(map(_now_in, node))


def _mentions_now(role: Role) -> bool:
    parts: list[Any] = list(_blocks(role))
    parts += [each.when for each in (*role.actions, *role.handlers, *role.timers)]
    parts += [over for action in role.actions for _, over in action.parameters]
    return any(map(_now_in, parts))
