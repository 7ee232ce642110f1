"""Which small well-typed protocols are there? A Hypothesis strategy for the tests' own model of protocols."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.laws.generated_bodies import Sending, body, guards_first
from tests.laws.generated_expressions import BOOL, RECORD, STAMP, Dice, Scope, truth, value
from tests.laws.protocol_model import (
    Action,
    Block,
    Bounded,
    E,
    Handler,
    Message,
    Protocol,
    Role,
    S,
    Timer,
    Type,
    Var,
    e,
    show,
    text_of,
)


@dataclass(frozen=True)
class Features:
    """What the generated protocols may have."""

    messages: bool = True
    collections: bool = True
    failing: bool = True
    stamps: bool = False
    timers: bool = False
    faults: bool = False
    torn: bool = False
    links: bool = False


EVERYTHING = Features(stamps=True, timers=True, faults=True, torn=True, links=True)


@st.composite
def protocols(draw: Callable[[Any], Any], features: Features = EVERYTHING) -> Protocol:
    """Small protocols with these features."""
    return _Maker(Dice(lambda least, most: draw(st.integers(least, most))), features).protocol()


def random_protocol(seed: int, features: Features = EVERYTHING) -> Protocol:
    """The protocol with this number: much faster than Hypothesis, and never made smaller."""
    return _Maker(Dice(Random(seed).randint), features).protocol()


def random_progress(seed: int, features: Features = EVERYTHING) -> str:
    """The text of a protocol with properties of progress alone, some of its actions and handlers fair."""
    random = Random(seed)
    maker = _Maker(Dice(random.randint), features)
    protocol = replace(maker.protocol(), invariants=(), steps=(), reachables=(), bounds=(), final=None)
    lines = []
    for line in text_of(protocol).splitlines():
        name = re.fullmatch(r"    (?:fair )?(action .*|on M.*)", line)
        words = ["", "fair ", "strong fair "] if name and name[1].startswith("action") else ["", "", "", "strong fair "]
        lines.append(f"    {random.choice(words)}{name[1]}" if name else line)
    *declarations, check = lines
    asked = []
    for number in range(2):
        left = show(maker.formula()) if random.random() < 0.7 else "true"
        asked.append(f"progress p{number}: {left} ~> {show(maker.formula())}")
    word = random.choice(["eventually", "always eventually"])
    asked.append(f"{word} e: {show(maker.formula())}")
    return "\n".join([*declarations, *asked, "final: true", check, ""])


class _Maker:
    def __init__(self, dice: Dice, features: Features) -> None:
        self.dice = dice
        self.features = features
        self.shared: tuple[Var, ...] = ()
        self.messages: list[Message] = []
        self.sending: list[Sending] = []
        self.roles: dict[str, Role] = {}
        self.faulty = ""

    def protocol(self) -> Protocol:
        dice, has = self.dice, self.features
        clock = has.stamps and dice.once_in(2)
        names = ["A", "B"][: dice.upto(2, 1)]
        for name in names:
            size = dice.upto(3 if len(names) == 1 else 2, 1)
            single = size == 1 and dice.once_in(2)
            ordered = not single and dice.once_in(2)
            self.roles[name] = Role(name, size, single, ordered, clock)
        if dice.once_in(4):
            self.shared = (Var("g", ("range", 0, 2), (e("num", 0),)),)
        self.faulty = dice.of(names) if has.faults and dice.once_in(2) else ""
        for name in names:
            self.roles[name] = replace(self.roles[name], variables=self._variables(name))
            if has.timers and dice.once_in(2):
                timers = [Timer("t0", dice.of(["", "silence"]), ())]
                if dice.once_in(3):
                    timers.append(Timer("t1", dice.of(["silence", "t0"]), ()))
                self.roles[name] = replace(self.roles[name], timers=tuple(timers))
        if has.messages:
            for number in range(dice.upto(2, 1)):
                self._message(f"M{number}", names)
        for name in names:
            self.roles[name] = self._with_behaviour(self.roles[name])
        return self._properties(self._faults(Protocol(tuple(self.roles.values()), tuple(self.messages),
                                                      (RECORD,), self.shared)))  # fmt: skip

    # --- data ------------------------------------------------------------------------------------

    def _type(self) -> Type:
        dice, name = self.dice, self.dice.of(self.roles)
        simple: list[Type] = [("range", 0, 1), ("range", 0, 2), BOOL, ("enum",)]
        if self.features.collections:
            simple += [("set", ("id", name)), ("opt", ("id", name)), ("list", ("range", 0, 1), dice.upto(2, 1)),
                       ("map", ("id", name), ("range", 0, 1)), ("rec", RECORD[0])]  # fmt: skip
        return dice.of(simple)  # type: ignore[no-any-return]

    def _variables(self, role: str) -> tuple[Var, ...]:
        dice = self.dice
        found = [self._variable(role, f"{role.lower()}v{i}", self._type()) for i in range(dice.upto(2, 1))]
        if not dice.once_in(5):
            # What an action may do only so many times leaves more protocols finite, and those finite ones larger.
            most = dice.upto(2, 1)
            found.append(Var(f"{role.lower()}left", ("range", 0, most), (e("num", most),)))
        if self.roles[role].clock and dice.once_in(2):
            found.append(Var(f"{role.lower()}s", ("opt", STAMP), (e("none"),), dice.of(["", "durable"])))
        return tuple(found)

    def _variable(self, role: str, name: str, of: Type) -> Var:
        dice = self.dice
        kind = dice.of(["", "", "durable"]) if role == self.faulty else ""
        if of == ("enum",):
            of = ("enum", f"{name}x", f"{name}y", f"{name}z")
        scope = Scope(self.roles, me=role)
        match of:
            case ("opt", _):
                return Var(name, of, (e("none"),), kind)
            case ("set", _) | ("list", _, _):
                return Var(name, of, (e("set" if of[0] == "set" else "list"),), kind)
            case ("range", low, high) if dice.once_in(5):
                return Var(name, of, (e("num", low), e("num", high)), kind)
            case _:
                return Var(name, of, (value(dice, scope, of, 0),), kind)

    def _message(self, name: str, names: list[str]) -> None:
        dice = self.dice
        sender, receiver = dice.of(names), dice.of(names)
        fields: list[Type] = []
        if dice.once_in(3):
            fields.append(dice.of([("range", 0, 1), BOOL, ("id", sender)]))
        if self.roles[sender].clock and dice.once_in(2):
            fields.append(STAMP)
        self.messages.append(Message(name, tuple(fields)))
        self.sending.append(Sending(name, sender, receiver, tuple(fields)))

    # --- behaviour -------------------------------------------------------------------------------

    def _scope(self, role: Role) -> Scope:
        places = [(e("var", var.name), var.type) for var in role.variables]
        places += [(e("shared", var.name), var.type) for var in self.shared]
        names = tuple(timer.name for timer in role.timers)
        return Scope(self.roles, tuple(places), role.name, role.clock, names)

    def _body(self, role: Role, scope: Scope, *, most: int = 3) -> Block:
        sending = [each for each in self.sending if each.sender == role.name]
        return body(self.dice, replace(scope, failing=self.features.failing), role, sending, self.shared, most)

    def _when(self, scope: Scope, times: int) -> E | None:
        return None if self.dice.once_in(times) else truth(self.dice, self._safe(scope), 1)

    def _safe(self, scope: Scope) -> Scope:
        """Guards always have a value here: where one fails is a matter of the order in which they are asked."""
        return replace(scope, failing=False, places=tuple(p for p in scope.places if p[1][0] != "map"))

    def _with_behaviour(self, role: Role) -> Role:
        dice, scope = self.dice, self._scope(role)
        actions, handlers = [], []
        for number in range(dice.upto(2, 0 if self.roles["A"].name != role.name else 1)):
            parameters: tuple[tuple[str, E], ...] = ()
            inner = scope
            over = dice.of(list(self.roles))
            if dice.once_in(4) and not self.roles[over].single:
                parameters = (("x", e("all", over)),)
                inner = scope.plus((e("bound", "x"), ("id", over)))
            name = f"{role.name.lower()}a{number}"
            when = self._when(inner, 6)
            guards = guards_first(dice, self._safe(inner), deferring=False)
            own = guards + self._body(role, inner)
            left = e("var", f"{role.name.lower()}left")
            if any(place == left for place, _ in scope.places):
                some = e(">", left, e("num", 0))
                when = some if when is None else e("and", some, when)
                own = (*own, S("assign", (left, "-=", e("num", 1))))
            actions.append(Action(name, own, when, parameters, dice.once_in(2)))
        for sent in self.sending:
            if sent.receiver == role.name:
                handlers += list(dice.some(2, lambda sent=sent: self._handler(role, scope, sent), 1))
        timers = []
        for timer in role.timers:
            when = None if dice.once_in(2) else truth(dice, self._safe(scope), 0)
            guards = guards_first(dice, self._safe(scope), deferring=False)
            timers.append(replace(timer, body=guards + self._body(role, scope), when=when))
        hooks: list[tuple[str, Block]] = []
        if dice.once_in(4):
            hooks.append(("start", self._body(role, replace(scope, places=scope.places[:1]), most=1)))
        if role.name == self.faulty and dice.once_in(3):
            hooks.append(("recover", self._body(role, scope, most=2)))
        return replace(role, actions=tuple(actions), handlers=tuple(handlers), timers=tuple(timers), hooks=tuple(hooks))

    def _handler(self, role: Role, scope: Scope, sent: Sending) -> Handler:
        dice = self.dice
        names = tuple(f"y{i}" for i in range(len(sent.fields)))
        inner = scope.plus(*((e("bound", name), of) for name, of in zip(names, sent.fields, strict=True)))
        sender = ""
        if dice.once_in(2):
            sender = "q"
            inner = inner.plus((e("bound", "q"), ("id", sent.sender)))
        when = None if dice.once_in(2) else truth(dice, self._safe(inner), 1)
        guards = guards_first(dice, self._safe(inner), deferring=True)
        return Handler(sent.kind, names, guards + self._body(role, inner), sender, when, sent.sender)

    # --- network, faults, properties -------------------------------------------------------------

    def _faults(self, protocol: Protocol) -> Protocol:
        dice, has = self.dice, self.features
        protocol = replace(protocol, fifo=dice.once_in(2), capacity=dice.upto(2, 1) if dice.once_in(3) else None)
        if self.faulty:
            if dice.once_in(3):
                protocol = replace(protocol, down=((self.faulty, 1),))
            else:
                protocol = replace(protocol, crash=((self.faulty, dice.upto(2, 1)),))
                if dice.once_in(2):
                    protocol = replace(protocol, recover=((self.faulty, dice.upto(2, 1)),))
            protocol = replace(protocol, torn=has.torn and dice.once_in(2))
        if has.faults and dice.once_in(4):
            protocol = replace(protocol, loss=1)
        if has.faults and dice.once_in(5):
            protocol = replace(protocol, duplicate=1)
        if has.links and dice.once_in(3):
            protocol = replace(protocol, cut=dice.upto(2, 1), heal=dice.of([0, 1, None]))
        if has.faults and dice.once_in(5):
            protocol = replace(protocol, total=dice.upto(2, 1))
        return replace(protocol, early=has.timers and dice.once_in(4))

    def formula(self, *, old: bool = False, temporal: bool = False) -> E:
        """A closed formula over the state."""
        dice = self.dice
        name = dice.of(list(self.roles))
        role = self.roles[name]
        who = e("single", name) if role.single else e("bound", "p")
        places = [(e("remote", who, var.name), var.type) for var in role.variables]
        places += [(who, ("id", name))] if not role.single else []
        places += [(e("shared", var.name), var.type) for var in self.shared]
        facts = [e("up", who)] if self.faulty == name else []
        scope = self._safe(Scope(self.roles, tuple(places), facts=tuple(facts), old=old))
        inner = truth(dice, scope, 2)
        if not role.single:
            if dice.once_in(3):
                counted = e("count", "p", e("all", name), inner)
                inner = e(dice.of(["<=", "==", ">="]), counted, e("num", dice.upto(2)))
            else:
                inner = e(dice.of(["forall", "exists"]), "p", e("all", name), inner)
        if temporal and dice.once_in(3):
            return e("implies", e(dice.of(["quiet", "silence"])), inner)
        return inner

    def _bounded(self, protocol: Protocol) -> Bounded:
        dice = self.dice
        names = [(kind, message.name) for kind in ("sent", "delivered") for message in protocol.messages]
        names += [("fired", action.name) for role in protocol.roles for action in role.actions]
        counters = tuple((dice.of([1, 1, 2, -1]), *dice.of(names)) for _ in range(dice.upto(2, 1)))
        condition = self.formula(temporal=True) if dice.once_in(2) else None
        counters = tuple({each[1:]: each for each in counters}.values())
        return Bounded(counters, dice.upto(3, -1), dice.of(["<=", "<=", ">="]), condition)

    def _properties(self, protocol: Protocol) -> Protocol:
        dice = self.dice
        return replace(
            protocol,
            invariants=dice.some(2, lambda: self.formula(temporal=True)),
            steps=dice.some(1, lambda: self.formula(old=True)),
            reachables=dice.some(1, lambda: self.formula(temporal=True)),
            bounds=dice.some(1, lambda: self._bounded(protocol)),
            final=self.formula() if dice.once_in(3) else None,
        )
