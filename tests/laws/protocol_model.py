"""What is a protocol, for the tests' own oracle? A tiny model that shares no code with the package, and its text.

Expressions are one generic node, so that generator, printer and oracle each need one table of operators. Process ids
are pairs (process set, number); types are tuples such as ("range", 0, 2) or ("set", ("id", "A")).
"""

from dataclasses import dataclass
from typing import Any

Type = tuple[Any, ...]


@dataclass(frozen=True)
class E:
    """An expression: an operator and its operands (expressions or plain words and numbers)."""

    op: str
    args: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"<{show(self)}>"


def e(op: str, *args: Any) -> E:
    return E(op, args)


@dataclass(frozen=True)
class S:
    """A statement: its kind, its operands, and its blocks.

    assign target sign value | send kind role args to | start t | stop t | assert c | require c | defer | pass
    | if c [then, else] | for name over [body] | choose name over [body]
    """

    kind: str
    args: tuple[Any, ...] = ()
    blocks: tuple[tuple["S", ...], ...] = ()


Block = tuple[S, ...]


@dataclass(frozen=True)
class Var:
    name: str
    type: Type
    initial: tuple[E, ...]  # several: one initial state each
    kind: str = ""  # "", "durable" or "ghost"
    any_of: bool = False  # the one initial expression is a set of initial values


@dataclass(frozen=True)
class Action:
    name: str
    body: Block
    when: E | None = None
    parameters: tuple[tuple[str, E], ...] = ()
    fair: bool = False


@dataclass(frozen=True)
class Handler:
    kind: str
    fields: tuple[str, ...]
    body: Block
    sender: str = ""
    when: E | None = None
    sender_role: str = ""


@dataclass(frozen=True)
class Timer:
    name: str
    after: str  # "", "silence" or another timer
    body: Block
    when: E | None = None


@dataclass(frozen=True)
class Role:
    """A process set."""

    name: str
    size: int
    single: bool = False
    ordered: bool = False
    clock: bool = False
    variables: tuple[Var, ...] = ()
    timers: tuple[Timer, ...] = ()
    actions: tuple[Action, ...] = ()
    handlers: tuple[Handler, ...] = ()
    hooks: tuple[tuple[str, Block], ...] = ()

    @property
    def ids(self) -> list[tuple[str, int]]:
        return [(self.name, number) for number in range(self.size)]


@dataclass(frozen=True)
class Message:
    name: str
    fields: tuple[Type, ...] = ()


@dataclass(frozen=True)
class Bounded:
    """`[condition implies] counters <= limit` (or >=); counters are (factor, kind, name)."""

    counters: tuple[tuple[int, str, str], ...]
    limit: int
    sign: str = "<="
    condition: E | None = None


@dataclass(frozen=True)
class Protocol:
    roles: tuple[Role, ...]
    messages: tuple[Message, ...] = ()
    records: tuple[tuple[str, tuple[Type, ...]], ...] = ()
    shared: tuple[Var, ...] = ()
    fifo: bool = False
    capacity: int | None = None
    loss: int = 0
    duplicate: int = 0
    cut: int = 0
    heal: int | None = 0  # None: no limit
    crash: tuple[tuple[str, int], ...] = ()
    recover: tuple[tuple[str, int], ...] = ()
    down: tuple[tuple[str, int], ...] = ()
    total: int | None = None
    torn: bool = False
    early: bool = False
    invariants: tuple[E, ...] = ()
    steps: tuple[E, ...] = ()
    reachables: tuple[E, ...] = ()
    bounds: tuple[Bounded, ...] = ()
    final: E | None = None

    def role(self, name: str) -> Role:
        return next(role for role in self.roles if role.name == name)


# --- as text -------------------------------------------------------------------------------------

_INFIX = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "implies", "in", "not in"}
_PLAIN = {"true", "false", "none", "self", "others", "now", "quiet", "silence"}


def show(node: E) -> str:
    """An expression in the language."""
    args = [show(arg) if isinstance(arg, E) else str(arg) for arg in node.args]
    match node.op:
        case op if op in _PLAIN:
            return op
        case op if op in _INFIX:
            return f"({args[0]} {op} {args[1]})"
        case "not":
            return f"(not {args[0]})"
        case "num" | "word" | "var" | "shared" | "bound" | "all" | "single" | "timer":
            return args[0]
        case "lexless":
            return f"(({args[0]}, {args[1]}) < ({args[2]}, {args[3]}))"
        case "index":
            return f"{args[0]}[{args[1]}]"
        case "field" | "remote":
            return f"{args[0]}.{args[1]}"
        case "record":
            return f"{args[0]}({', '.join(args[1:])})"
        case "set":
            return "{" + ", ".join(args) + "}"
        case "list":
            return "[" + ", ".join(args) + "]"
        case "map":
            return "{" + ", ".join(f"{key}: {value}" for key, value in zip(args[::2], args[1::2], strict=True)) + "}"
        case "mapfor":
            return f"{{{args[0]}: {args[2]} for {args[0]} in {args[1]}}}"
        case "setfor":
            return f"{{{args[0]} for {args[0]} in {args[1]} if {args[2]}}}"
        case "count":
            return f"count({args[0]} in {args[1]} if {args[2]})"
        case "forall" | "exists":
            return f"({node.op} {args[0]} in {args[1]}: {args[2]})"
        case "ifelse":
            return f"({args[1]} if {args[0]} else {args[2]})"
        case function:
            return f"{function}({', '.join(args)})"


def show_type(of: Type) -> str:
    match of:
        case ("range", low, high):
            return f"{low}..{high}"
        case ("enum", *words):
            return " | ".join(words)
        case ("id", name) | ("rec", name):
            return str(name)
        case ("opt", inner):
            return f"{show_type(inner)}?"
        case ("set", inner):
            return f"set[{show_type(inner)}]"
        case ("list", inner, most):
            return f"list[{show_type(inner)}, {most}]"
        case ("map", key, value):
            return f"map[{show_type(key)}, {show_type(value)}]"
        case (word,):
            return str(word)
    raise ValueError(of)


def _block(block: Block, indent: str) -> list[str]:
    lines: list[str] = []
    for item in block or (S("pass"),):
        args = [show(arg) if isinstance(arg, E) else arg for arg in item.args]
        match item.kind:
            case "assign":
                lines.append(f"{indent}{args[0]} {args[1]} {args[2]}")
            case "send":
                kind, _, fields, to = args
                given = f"({', '.join(map(show, fields))})" if fields else ""
                lines.append(f"{indent}send {kind}{given} to {to}")
            case "if":
                lines += [f"{indent}if {args[0]}:", *_block(item.blocks[0], indent + "    ")]
                if len(item.blocks) > 1:
                    lines += [f"{indent}else:", *_block(item.blocks[1], indent + "    ")]
            case "for" | "choose":
                lines += [f"{indent}{item.kind} {args[0]} in {args[1]}:", *_block(item.blocks[0], indent + "    ")]
            case word:
                lines.append(f"{indent}{' '.join([word, *args])}")
    return lines


def _var(var: Var, keyword: str = "") -> str:
    word = f"{keyword or var.kind} var".strip()
    start = "{" + ", ".join(map(show, var.initial)) + "}"
    first = show(var.initial[0])
    initial = f"in {start}" if len(var.initial) > 1 else f"in {first}" if var.any_of else f"= {first}"
    return f"{word} {var.name}: {show_type(var.type)} {initial}"


def _when(condition: E | None) -> str:
    return "" if condition is None else f" when {show(condition)}"


def _role(role: Role) -> list[str]:
    lines = [f"process {role.name}{'' if role.single else f'[{role.size}]'}{' ordered' * role.ordered}:"]
    lines += ["    clock lamport"] * role.clock
    lines += [f"    {_var(var)}" for var in role.variables]
    lines += [f"    timer {timer.name}{f' after {timer.after}' if timer.after else ''}" for timer in role.timers]
    for event, body in role.hooks:
        lines += [f"    on {event}:", *_block(body, " " * 8)]
    for action in role.actions:
        over = ", ".join(f"{name} in {show(values)}" for name, values in action.parameters)
        head = f"{'fair ' * action.fair}action {action.name}{f'({over})' if over else ''}"
        lines += [f"    {head}{_when(action.when)}:", *_block(action.body, " " * 8)]
    for each in role.handlers:
        names = f"({', '.join(each.fields)})" if each.fields else ""
        head = f"on {each.kind}{names}{f' from {each.sender}' if each.sender else ''}"
        head += f" in {each.sender_role}" if each.sender and each.sender_role else ""
        lines += [f"    {head}{_when(each.when)}:", *_block(each.body, " " * 8)]
    for timer in role.timers:
        lines += [f"    on timeout {timer.name}{_when(timer.when)}:", *_block(timer.body, " " * 8)]
    if len(lines) == 1:
        lines.append("    var unused: bool = false")
    return lines


def _bound(bound: Bounded) -> str:
    parts = [f"{factor} * {kind}({name})" for factor, kind, name in bound.counters]
    text = f"{' + '.join(parts)} {bound.sign} {bound.limit}"
    return text if bound.condition is None else f"{show(bound.condition)} implies {text}"


def _options(protocol: Protocol) -> list[str]:
    lines = ["network:", f"    order {'fifo' if protocol.fifo else 'unordered'}"]
    for name in ("loss", "duplicate", "cut"):
        amount = getattr(protocol, name)
        lines += [f"    {name} up to {amount}"] * bool(amount)
    if protocol.heal != 0:
        lines.append("    heal" if protocol.heal is None else f"    heal up to {protocol.heal}")
    if protocol.capacity is not None:
        lines.append(f"    capacity {protocol.capacity}")
    faults = [
        f"    {name} up to {amount} of {role}"
        for name in ("crash", "recover", "down")
        for role, amount in getattr(protocol, name)
    ]
    faults += [f"    total up to {protocol.total}"] * (protocol.total is not None)
    faults += ["    torn"] * protocol.torn
    return lines + (["faults:", *faults] if faults else [])


def text_of(protocol: Protocol) -> str:
    """The protocol in the language, with one check of everything."""
    lines = ["protocol Generated", ""]
    for name, fields in protocol.records:
        lines.append(f"record {name}({', '.join(f'f{i}: {show_type(of)}' for i, of in enumerate(fields))})")
    for message in protocol.messages:
        fields = ", ".join(f"f{i}: {show_type(of)}" for i, of in enumerate(message.fields))
        lines.append(f"message {message.name}{f'({fields})' if fields else ''}")
    lines += [_var(var, "shared") for var in protocol.shared]
    for role in protocol.roles:
        lines += ["", *_role(role)]
    lines += ["", *_options(protocol), ""]
    for word, items in (
        ("invariant", protocol.invariants),
        ("step", protocol.steps),
        ("reachable", protocol.reachables),
    ):
        lines += [f"{word} {word[0]}{i}: {show(item)}" for i, item in enumerate(items)]
    lines += [f"bound b{i}: {_bound(item)}" for i, item in enumerate(protocol.bounds)]
    lines += [] if protocol.final is None else [f"final: {show(protocol.final)}"]
    lines.append(f"check everything:{' timers.early = true' * protocol.early} expect holds")
    return "\n".join(lines).replace("check everything: expect", "check everything expect") + "\n"
