"""What may a generated body do? Guards first, then assignments, sends, timers, branches, loops, choices."""

from dataclasses import dataclass, replace

from tests.laws.generated_expressions import RECORD, STAMP, Dice, Scope, can_name, ids, truth, value
from tests.laws.protocol_model import Block, E, Role, S, Type, Var, e


@dataclass(frozen=True)
class Sending:
    """A kind of message, and who sends it to whom."""

    kind: str
    sender: str
    receiver: str
    fields: tuple[Type, ...]


def guards_first(dice: Dice, scope: Scope, *, deferring: bool) -> Block:
    """What stands before the first effect: `require`, `defer`, `assert`."""
    if not dice.once_in(3):
        return ()
    if dice.once_in(2):
        return (S("require", (truth(dice, scope, 1),)),)
    first: list[S] = []
    if dice.once_in(2):
        first.append(S("assert", (truth(dice, scope, 0),)))
    if deferring and dice.once_in(2):
        first.append(S("if", (truth(dice, scope, 0),), ((S("defer"),),)))
    else:
        first.append(S("require", (truth(dice, scope, 1),)))
    return tuple(first)


def body(dice: Dice, scope: Scope, role: Role, sending: list[Sending], shared: tuple[Var, ...], most: int) -> Block:
    """A body without guards."""
    return _Body(dice, role, sending, shared).block(scope, most, 1)


class _Body:
    def __init__(self, dice: Dice, role: Role, sending: list[Sending], shared: tuple[Var, ...]) -> None:
        self.dice, self.role, self.sending, self.shared = dice, role, sending, shared

    def block(self, scope: Scope, most: int, depth: int) -> Block:
        return tuple(item for _ in range(self.dice.upto(most, 1)) for item in self.statement(scope, depth)) or (
            S("pass"),
        )

    def statement(self, scope: Scope, depth: int) -> Block:
        dice = self.dice
        ways = [self.assign, self.assign, self.send, self.send, self.timer, self.asserts]
        if depth:
            ways += [self.branch, self.loop, self.choose]
        return dice.of(ways)(scope, depth)  # type: ignore[no-any-return]

    def assign(self, scope: Scope, depth: int) -> Block:
        dice = self.dice
        targets = [(e("var", var.name), var.type) for var in self.role.variables]
        targets += [(e("shared", var.name), var.type) for var in self.shared]
        target, of = dice.of(targets)
        plain = replace(scope, failing=False)
        match of:
            case ("range", _, _) if scope.failing and dice.once_in(3):
                return (S("assign", (target, dice.of(["+=", "-="]), e("num", 1))),)
            case ("set", ("id", name)) if can_name(scope, name) and dice.once_in(2):
                one = e("set", value(dice, plain, ("id", name), 0))
                return (S("assign", (target, dice.of(["+=", "-="]), one)),)
            case ("list", inner, _) if dice.once_in(2):
                return (S("assign", (target, "+=", e("list", value(dice, plain, inner, 0)))),)
            case ("list", inner, _) if dice.once_in(3):
                return (S("assign", (e("index", target, e("num", 0)), "=", value(dice, plain, inner, 0))),)
            case ("map", ("id", name), inner) if can_name(scope, name) and dice.once_in(2):
                entry = e("index", target, value(dice, plain, ("id", name), 0))
                return (S("assign", (entry, dice.of(["=", "+=", "-="]), value(dice, plain, inner, 0))),)
            case ("rec", _) if dice.once_in(2):
                entry = e("field", target, "f0")
                return (S("assign", (entry, dice.of(["=", "+="]), value(dice, plain, RECORD[1][0], 0))),)
            case ("id", name) | ("opt", ("id", name)) if not can_name(scope, name):
                return (S("assign", (target, "=", e("none"))),) if of[0] == "opt" else ()
            case ("opt", inner) if inner != STAMP and dice.once_in(2):
                return (S("assign", (target, "=", value(dice, plain, inner, 0))),)
        return (S("assign", (target, "=", value(dice, scope, of))),)

    def send(self, scope: Scope, depth: int) -> Block:
        if not self.sending:
            return ()
        dice = self.dice
        sent: Sending = dice.of(self.sending)
        if not all(self.makes(scope, of) for of in sent.fields):
            return ()
        optional = [p for p, of in scope.places if of == ("opt", ("id", sent.receiver))] if scope.failing else []
        if optional and dice.once_in(3):
            to: E = dice.of(optional)
        elif can_name(scope, sent.receiver) and dice.once_in(2):
            to = value(dice, replace(scope, failing=False), ("id", sent.receiver), 0)
        else:
            to = ids(dice, scope, sent.receiver)
        if to == e("set"):
            return ()
        return (self.sent(scope, sent, to),)

    def sent(self, scope: Scope, sent: Sending, to: E) -> S:
        fields = tuple(value(self.dice, scope, of) for of in sent.fields)
        return S("send", (sent.kind, sent.receiver, fields, to))

    def makes(self, scope: Scope, of: Type) -> bool:
        """Is there a value of this type in sight?"""
        if of == STAMP:
            return scope.clock
        return of[0] != "id" or can_name(scope, of[1])

    def timer(self, scope: Scope, depth: int) -> Block:
        if not scope.timers:
            return self.send(scope, depth)
        return (S(self.dice.of(["start", "start", "stop"]), (self.dice.of(scope.timers),)),)

    def asserts(self, scope: Scope, depth: int) -> Block:
        if not self.dice.once_in(6):
            return self.assign(scope, depth)
        return (S("assert", (truth(self.dice, replace(scope, failing=False), 0),)),)

    def branch(self, scope: Scope, depth: int) -> Block:
        blocks = [self.block(scope, 2, 0)]
        if self.dice.once_in(2):
            blocks.append(self.block(scope, 2, 0))
        return (S("if", (truth(self.dice, replace(scope, failing=False), 1),), tuple(blocks)),)

    def loop(self, scope: Scope, depth: int) -> Block:
        """A loop whose iterations commute: each sends to its own id."""
        dice = self.dice
        fitting = [each for each in self.sending if not scope.roles[each.receiver].single]
        if not fitting:
            return self.assign(scope, depth)
        sent: Sending = dice.of(fitting)
        inner = replace(scope, failing=False).plus((e("bound", "z"), ("id", sent.receiver)))
        if not all(self.makes(inner, of) for of in sent.fields):
            return ()
        over = ids(dice, scope, sent.receiver, 0)
        if over == e("set"):
            return ()
        return (S("for", ("z", over), ((self.sent(inner, sent, e("bound", "z")),),)),)

    def choose(self, scope: Scope, depth: int) -> Block:
        dice = self.dice
        if dice.once_in(2):
            numbers = e("set", *(e("num", n) for n in range(dice.upto(2, 1))))
            inner = scope.plus((e("bound", "w"), ("range", 0, 1)))
            return (S("choose", ("w", numbers), (self.block(inner, 2, 0),)),)
        name = dice.of(list(scope.roles))
        if scope.roles[name].single:
            return self.assign(scope, depth)
        over = ids(dice, scope, name)
        if over == e("set") or (not scope.failing and over != e("all", name)):
            return ()
        inner = scope.plus((e("bound", "w"), ("id", name)))
        return (S("choose", ("w", over), (self.block(inner, 2, 0),)),)
