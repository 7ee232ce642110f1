"""What does a name mean here?"""

from dscheck.diagnostics import Fix, Label
from dscheck.language import syntax
from dscheck.language.checked import (
    ConstantMeaning,
    LiteralMeaning,
    LocalMeaning,
    OwnVariableMeaning,
    ProcessInfo,
    ProcessSetMeaning,
    SharedVariableMeaning,
    SingletonMeaning,
    WordMeaning,
)
from dscheck.language.findings import did_you_mean, nearest
from dscheck.language.scopes import Context
from dscheck.language.type_rules import fits, plain
from dscheck.language.types import Bool, Enumeration, Id, Nothing, Optional, Set, Stamp, Type, Unknown, Vector

WORDS = ("true", "false", "none", "self", "others", "now", "quiet", "silence")


def infer_name(ctx: Context, node: syntax.Name, expected: Type | None) -> Type:
    """The type of a name, with its meaning recorded."""
    name = node.name
    known = ctx.declarations
    if name in ctx.locals:
        ctx.tables.name[id(node)] = LocalMeaning(name)
        return ctx.locals[name].type
    if name in WORDS:
        return _word(ctx, node, expected)
    own = ctx.own_variable(name)
    if own is not None and (ctx.place.sees_own or ctx.place.kind == "initial"):
        ctx.tables.name[id(node)] = OwnVariableMeaning(ctx.place.process, name)
        return _state(ctx, node, own, ctx.place.process)
    if name in known.shared:
        ctx.tables.name[id(node)] = SharedVariableMeaning(name)
        return _state(ctx, node, known.shared[name], "")
    if name in known.constants:
        ctx.tables.name[id(node)] = ConstantMeaning(name)
        ctx.usage.read.add(("", name))
        return ctx.types.constants.get(name, Unknown())
    if name in known.literals and ctx.place.kind != "constant":
        ctx.tables.name[id(node)] = LiteralMeaning(name)
        return _literal_type(name, expected)
    if name in known.processes and ctx.place.kind != "constant":
        if known.processes[name].singleton:
            ctx.tables.name[id(node)] = SingletonMeaning(name)
            return Id(name)
        ctx.tables.name[id(node)] = ProcessSetMeaning(name)
        return Set(Id(name))
    _report_unknown(ctx, node, expected)
    return Unknown()


def _literal_type(name: str, expected: Type | None) -> Type:
    wanted = None if expected is None else plain(expected)
    return wanted if isinstance(wanted, Enumeration) and name in wanted.literals else Enumeration((name,))


def _state(ctx: Context, node: syntax.Name, variable: syntax.Variable, process: str) -> Type:
    """A variable of the own process or a shared one; constants and initial values come before any state."""
    if ctx.place.kind in ("constant", "initial"):
        what = "a constant expression" if ctx.place.kind == "constant" else "an initial value"
        ctx.findings.error(
            "DS0217",
            f"{what} cannot read the variable `{node.name}`",
            node.span,
            "there is no state yet",
            related=(Label(variable.name.span, "a variable"),),
            advice="use constants here, or assign it in `on start`"
            if ctx.place.kind == "initial"
            else "use numbers and constants here",
        )
        return Unknown()
    ctx.usage.read.add((process, node.name))
    check_ghost(ctx, node, variable)
    return ctx.types.variables.get((process, node.name), Unknown())


def check_ghost(ctx: Context, node: syntax.Expression, variable: syntax.Variable) -> None:
    """A ghost only watches: what the protocol does must not depend on it."""
    if variable.kind == "ghost" and not ctx.place.ghosts:
        ctx.findings.error(
            "DS0218",
            f"the protocol reads the ghost variable `{variable.name.name}`",
            node.span,
            "only properties, `assert` and assignments to ghosts may read it",
            related=(Label(variable.name.span, "declared `ghost` here"),),
            advice="make it a plain `var` if the protocol needs it",
            note="a ghost records what happened, so that properties can speak of it",
        )


def _word(ctx: Context, node: syntax.Name, expected: Type | None) -> Type:
    name = node.name
    place = ctx.place
    inside = ctx.process() if place.sees_own or place.kind == "initial" else None
    match name:
        case "true" | "false":
            ctx.tables.name[id(node)] = WordMeaning("true" if name == "true" else "false")
            return Bool()
        case "none":
            ctx.tables.name[id(node)] = WordMeaning("none")
            return expected if isinstance(expected, Optional) else Nothing()
        case "self" | "others" if inside is not None:
            ctx.tables.name[id(node)] = WordMeaning("self" if name == "self" else "others")
            return Id(inside.name) if name == "self" else Set(Id(inside.name))
        case "now" if inside is not None and place.kind == "body" and inside.clock:
            ctx.tables.name[id(node)] = WordMeaning("now")
            return Stamp() if inside.clock == "lamport" else Vector(inside.name)
        case "quiet" | "silence" if place.sees_everything:
            ctx.tables.name[id(node)] = WordMeaning("quiet" if name == "quiet" else "silence")
            return Bool()
    _report_word(ctx, node, inside)
    return Unknown()


def _report_word(ctx: Context, node: syntax.Name, inside: ProcessInfo | None) -> None:
    match node.name:
        case "self" | "others":
            label = "no process is meant here"
            advice = (
                "bind one: `forall p in Node: …`"
                if ctx.place.sees_everything
                else "a top-level function knows only its parameters: pass `self` to it"
                if ctx.place.kind == "body"
                else "use numbers and constants here"
            )
            related: tuple[Label, ...] = ()
        case "now":
            label = "there is no clock to read here"
            if inside is not None and ctx.place.kind == "body":
                advice = f"add `clock lamport` or `clock vector` to `{inside.name}`"
                related = (Label(inside.declaration.name.span, "this process declares no clock"),)
            else:
                advice = "only the bodies of a process read its clock: store `now` in a variable there"
                related = ()
        case _:
            label = "no process can observe this"
            advice = "wait for a message or a timer; properties may use it"
            related = ()
    ctx.findings.error("DS0212", f"`{node.name}` means nothing here", node.span, label, related=related, advice=advice)


def _report_unknown(ctx: Context, node: syntax.Name, expected: Type | None) -> None:
    name = node.name
    known = ctx.declarations
    place = ctx.place
    if place.kind == "constant" and (name in known.processes or name in known.literals):
        ctx.findings.error(
            "DS0217",
            f"`{name}` is no constant",
            node.span,
            "only numbers, truth values and constants here",
        )
        return
    if name in known.named:
        what, span = known.named[name]
        advice = {
            "a function": f"call it: `{name}(…)`",
            "a record": f"build one: `{name}(…)`",
            "a message": f"a message is sent, `send {name} to …`, or counted, `sent({name})`",
            "an enum": f"write its literals: `{{{', '.join(_literals_of(ctx, name))}}}`",
        }.get(what, "")
        ctx.findings.error(
            "DS0201",
            f"`{name}` is {what}, and a value is needed here",
            node.span,
            f"this is {what}",
            related=(Label(span, "declared here"),),
            advice=advice,
        )
        return
    process = ctx.process()
    if process is not None and name in process.timers:
        ctx.findings.error(
            "DS0201",
            f"`{name}` is a timer, and a value is needed here",
            node.span,
            "this is a timer",
            related=(Label(process.timers[name].name.span, "declared here"),),
            advice=f"ask whether it runs: `running({name})`",
            fix=Fix(node.span, f"running({name})", "ask whether the timer runs"),
        )
        return
    owners = [each for each in known.processes.values() if name in each.variables]
    if owners:
        _report_foreign(ctx, node, owners)
        return
    label, fix = _suggestion(ctx, node, expected)
    ctx.findings.error(
        "DS0201",
        f"nothing named `{name}` is in scope",
        node.span,
        label or "not declared",
        fix=fix,
    )


def _literals_of(ctx: Context, name: str) -> list[str]:
    enum = ctx.declarations.enums.get(name)
    return [] if enum is None else [literal.name for literal in enum.literals]


def _report_foreign(ctx: Context, node: syntax.Name, owners: list[ProcessInfo]) -> None:
    """The name is a variable, but of some process that is not named here."""
    owner = owners[0]
    name = node.name
    related = (Label(owner.variables[name].name.span, f"a variable of `{owner.name}`"),)
    if ctx.place.sees_everything:
        fix = Fix(node.span, f"{owner.name}.{name}", "name the process") if owner.singleton else None
        advice = (
            f"write `{owner.name}.{name}`"
            if owner.singleton
            else f"say of which: `forall p in {owner.name}: … p.{name} …`"
        )
        ctx.findings.error(
            "DS0201",
            f"`{name}` is a variable of `{owner.name}`, and no process is named",
            node.span,
            "whose?",
            related=related,
            advice=advice,
            fix=fix,
        )
    elif ctx.place.kind == "body" and ctx.place.lexical:
        report_locality(ctx, node, name, owner, related)
    else:
        what = {"constant": "a constant expression", "initial": "an initial value"}.get(
            ctx.place.kind, "a top-level function"
        )
        ctx.findings.error(
            "DS0217",
            f"{what} cannot read the variable `{name}` of `{owner.name}`",
            node.span,
            "not visible from here",
            related=related,
            advice="pass it as an argument" if ctx.place.kind == "body" else "use numbers and constants here",
        )


def report_locality(
    ctx: Context, node: syntax.Expression, name: str, owner: ProcessInfo, related: tuple[Label, ...]
) -> None:
    """A body reads what only another process knows."""
    ctx.findings.error(
        "DS0210",
        f"`{ctx.text(node)}` belongs to another process",
        node.span,
        f"a body sees only its own process, and `{name}` is a variable of `{owner.name}`",
        related=related if ctx.call is None else (*related, Label(ctx.call, "called from here")),
        advice="send it in a message; declare a `shared var` if memory is really shared",
        note="of others it knows only their messages, `crashed(p)` and `linked(p, q)`; properties see everything",
    )


def _suggestion(ctx: Context, node: syntax.Name, expected: Type | None) -> tuple[str, Fix | None]:
    """The nearest name, first among those whose type fits."""
    visible = dict(ctx.visible())
    ordered = ctx.declarations.ordered
    fitting = [
        name
        for name, a_type in visible.items()
        if expected is None or fits(plain(a_type), expected, ordered) or fits(a_type, expected, ordered)
    ]
    wanted = None if expected is None else plain(expected)
    if isinstance(wanted, Enumeration):
        fitting = [*wanted.literals, *fitting]
    elif wanted is None and ctx.place.kind != "constant":
        fitting += [*ctx.declarations.literals, *ctx.declarations.processes]
    words = [word for word in WORDS if len(word) > 4 or word in ("self", "true")]
    if nearest(node.name, fitting) is not None:
        return did_you_mean(node.name, node.span, fitting)
    everything = [*visible, *words]
    if ctx.place.kind != "constant":
        everything += [*ctx.declarations.literals, *ctx.declarations.processes]
    return did_you_mean(node.name, node.span, everything)
