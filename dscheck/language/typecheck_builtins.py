"""What do the functions of the language take and give?"""

from dataclasses import replace

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS, Builtin
from dscheck.language.checked import BuiltinMeaning, CounterMeaning
from dscheck.language.expectations import need
from dscheck.language.findings import counted, did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.type_rules import element_of, join, phrase
from dscheck.language.typecheck_comparisons import check_ordered
from dscheck.language.types import Bool, Id, Int, List, Map, Set, Type, Unknown

WHERE = {
    "state": "a running system",
    "property": "properties",
    "step": "`step` properties",
    "bound": "`bound` properties",
}


def infer_builtin(ctx: Context, node: syntax.Call, expected: Type | None) -> Type:
    """The type of a call of one of `BUILTINS`."""
    row = BUILTINS[node.function.name]
    if not _stands_well(ctx, node, row):
        return Unknown()
    if len(node.arguments) < row.fewest or (row.most is not None and len(node.arguments) > row.most):
        for argument in node.arguments:
            if row.where != "bound" and row.name != "running":
                ctx.infer(argument)
        ctx.findings.error(
            "DS0309",
            f"`{row.name}` takes {counted(row.fewest, 'value')}, and {len(node.arguments)} are given",
            node.function.span,
            row.sentence,
            advice=f"write `{row.signature}`",
        )
        return Unknown()
    match row.name:
        case "len":
            return _length(ctx, node)
        case "tail":
            return _tail(ctx, node)
        case "min" | "max":
            return _extreme(ctx, node)
        case "next" | "previous":
            return _neighbour(ctx, node)
        case "crashed" | "linked" | "up":
            ctx.tables.call[id(node)] = BuiltinMeaning(row.name)
            for argument in node.arguments:
                _process_of(ctx, argument)
            return Bool()
        case "running":
            return _running(ctx, node)
        case "old":
            ctx.tables.call[id(node)] = BuiltinMeaning("old")
            return ctx.at(replace(ctx.place, kind="property")).infer(node.arguments[0], expected)
        case "fired":
            _fired(ctx, node)
            return Int()
        case _:
            _messages(ctx, node)
            return Int()


def _stands_well(ctx: Context, node: syntax.Call, row: Builtin) -> bool:
    place = ctx.place
    allowed = {
        "anywhere": True,
        "state": place.kind not in ("constant", "initial"),
        "property": place.sees_everything,
        "step": place.kind == "step",
        "bound": place.kind == "bound",
    }[row.where]
    if allowed:
        return True
    related = () if ctx.call is None else (Label(ctx.call, "called from here"),)
    match row.name:
        case "up":
            code, advice = "DS0212", "a body may ask `crashed(p)`, the failure detector"
        case "old":
            code = "DS0415"
            advice = "declare `step NAME: …` to compare the states before and after a step"
        case "sent" | "delivered" | "fired":
            code, advice = "DS0414", "count in a `bound` property, or by hand in a `ghost var` with a range"
        case _:
            code, advice = "DS0212", "there is no state yet: ask in a body or in a property"
    ctx.findings.error(
        code,
        f"`{row.name}` means something in {WHERE[row.where]} only",
        node.span,
        row.sentence,
        related=related,
        advice=advice,
    )
    return False


def _length(ctx: Context, node: syntax.Call) -> Type:
    ctx.tables.call[id(node)] = BuiltinMeaning("len")
    found = need(ctx, node.arguments[0])
    if element_of(found) is None:
        ctx.findings.error(
            "DS0310",
            f"`{ctx.text(node.arguments[0])}` has no size",
            node.arguments[0].span,
            f"this is {phrase(found)}",
            advice="`len` takes a set, a map or a list",
        )
    return Int()


def _tail(ctx: Context, node: syntax.Call) -> Type:
    ctx.tables.call[id(node)] = BuiltinMeaning("tail")
    found = need(ctx, node.arguments[0])
    if isinstance(found, List):
        return found
    if not isinstance(found, Unknown):
        ctx.findings.error(
            "DS0310",
            f"`{ctx.text(node.arguments[0])}` has no first element",
            node.arguments[0].span,
            f"this is {phrase(found)}",
            advice="`tail` takes a list",
        )
    return Unknown()


def _extreme(ctx: Context, node: syntax.Call) -> Type:
    name = node.function.name
    ctx.tables.call[id(node)] = BuiltinMeaning(name)
    found = need(ctx, node.arguments[0])
    if len(node.arguments) == 1:
        element = element_of(found) if isinstance(found, Set | List | Map | Unknown) else None
        if element is None:
            ctx.findings.error(
                "DS0310",
                f"`{name}` of one value needs a set or a list",
                node.arguments[0].span,
                f"this is {phrase(found)}",
                advice=f"write `{name}(a, b)`, or `{name}(e for x in s)`",
            )
            return Unknown()
        return element if check_ordered(ctx, node.arguments[0], element, f"`{name}` compares") else Unknown()
    if not check_ordered(ctx, node.arguments[0], found, f"`{name}` compares"):
        return Unknown()
    whole = found
    for argument in node.arguments[1:]:
        other = need(ctx, argument)
        if not check_ordered(ctx, argument, other, f"`{name}` compares"):
            return Unknown()
        wider = join(whole, other, ctx.declarations.ordered)
        if wider is None:
            ctx.findings.error(
                "DS0303",
                f"`{name}` compares values of different types",
                argument.span,
                f"this is {phrase(other)}, and those before are {phrase(whole)}",
            )
            return Unknown()
        whole = wider
    return whole


def _process_of(ctx: Context, node: syntax.Expression) -> str | None:
    """The process whose id `node` is; None after a report."""
    found = need(ctx, node)
    if isinstance(found, Id):
        return found.process
    if not isinstance(found, Unknown):
        ctx.findings.error(
            "DS0301",
            f"`{ctx.text(node)}` is {phrase(found)}, and a process id is needed here",
            node.span,
            f"this is {phrase(found)}",
            advice=f"ask for each: `all(… for p in {ctx.text(node)})`" if isinstance(found, Set) else "",
        )
    return None


def _neighbour(ctx: Context, node: syntax.Call) -> Type:
    name = node.function.name
    ctx.tables.call[id(node)] = BuiltinMeaning(name)
    process = _process_of(ctx, node.arguments[0])
    if process is None:
        return Unknown()
    info = ctx.declarations.processes[process]
    if not (info.ring or info.ordered):
        ctx.findings.error(
            "DS0320",
            f"no `{process}` is {'after' if name == 'next' else 'before'} another",
            node.span,
            f"`{process}` is neither a ring nor ordered",
            related=(Label(info.declaration.name.span, "declared here"),),
            advice="one process has no neighbours" if info.singleton else f"declare `process {process}[…] ring`",
        )
    return Id(process)


def _running(ctx: Context, node: syntax.Call) -> Type:
    argument = node.arguments[0]
    own = ctx.process() if ctx.place.sees_own else None
    match argument:
        case syntax.Name(name) if own is not None and name in own.timers:
            ctx.tables.call[id(node)] = BuiltinMeaning("running", (own.name, name))
        case syntax.Attribute(base, timer):
            process = _process_of(ctx, base)
            if process is None:
                return Bool()
            info = ctx.declarations.processes[process]
            if timer.name not in info.timers:
                _report_timer(ctx, timer, process)
            elif not ctx.place.sees_everything and not (own is info and _is_own(base, process)):
                ctx.findings.error(
                    "DS0210",
                    f"the timer `{ctx.text(argument)}` belongs to another process",
                    argument.span,
                    "a body sees only its own process",
                    related=(Label(info.timers[timer.name].name.span, f"a timer of `{process}`"),),
                    advice="send a message when it matters to others; properties see everything",
                )
            else:
                ctx.tables.call[id(node)] = BuiltinMeaning("running", (process, timer.name))
        case syntax.Name(name, span):
            _report_timer(ctx, syntax.Identifier(name, span), own.name if own is not None else None)
        case _:
            ctx.findings.error(
                "DS0207",
                "`running` takes the name of a timer",
                argument.span,
                "this is no timer",
                advice="write `running(t)` in a body, `running(p.t)` in a property",
            )
    return Bool()


def _is_own(base: syntax.Expression, process: str) -> bool:
    return isinstance(base, syntax.Name) and base.name in ("self", process)


def _report_timer(ctx: Context, name: syntax.Identifier, process: str | None) -> None:
    """No timer of that name; `process` is None where no process is meant."""
    infos = ctx.declarations.processes
    if process is not None:
        label, fix = did_you_mean(name.name, name.span, infos[process].timers)
        where = (Label(infos[process].declaration.name.span, f"`{process}` is declared here"),)
        ctx.findings.error(
            "DS0207", f"`{process}` has no timer `{name.name}`", name.span, label, related=where, fix=fix,
            advice=f"declare it: `timer {name.name}`" if fix is None else "",
        )  # fmt: skip
        return
    owners = [info.name for info in infos.values() if name.name in info.timers]
    ctx.findings.error(
        "DS0207",
        f"no process is named for the timer `{name.name}`" if owners else f"there is no timer `{name.name}`",
        name.span,
        "whose?" if owners else "not declared",
        advice=f"write `running(p.{name.name})` with `p in {owners[0]}`" if owners else "",
    )


def _messages(ctx: Context, node: syntax.Call) -> None:
    names: list[str] = []
    for argument in node.arguments:
        if isinstance(argument, syntax.Name) and argument.name in ctx.declarations.messages:
            names.append(argument.name)
            continue
        label, fix = "", None
        if isinstance(argument, syntax.Name):
            label, fix = did_you_mean(argument.name, argument.span, ctx.declarations.messages)
        ctx.findings.error(
            "DS0206",
            f"`{node.function.name}` counts messages, and `{ctx.text(argument)}` is none",
            argument.span,
            label or "not a message",
            fix=fix,
        )
    kind = "sent" if node.function.name == "sent" else "delivered"
    ctx.tables.call[id(node)] = CounterMeaning("sent" if kind == "sent" else "delivered", tuple(names))


def _fired(ctx: Context, node: syntax.Call) -> None:
    argument = node.arguments[0]
    infos = ctx.declarations.processes
    match argument:
        case syntax.Name(name):
            owners = [info.name for info in infos.values() if name in info.actions]
        case syntax.Attribute(syntax.Name(process), action):
            name = action.name
            owners = [process] if process in infos and name in infos[process].actions else []
        case _:
            name, owners = ctx.text(argument), []
    if len(owners) == 1:
        ctx.tables.call[id(node)] = CounterMeaning("fired", action=(owners[0], name))
    elif owners:
        ctx.findings.error(
            "DS0208",
            f"several processes have an action `{name}`",
            argument.span,
            "which one?",
            related=tuple(Label(infos[each].actions[name].name.span, f"an action of `{each}`") for each in owners),
            advice=f"write `fired({owners[0]}.{name})`",
        )
    else:
        actions = [action for info in infos.values() for action in info.actions]
        label, fix = did_you_mean(name, argument.span, actions)
        ctx.findings.error("DS0208", f"there is no action `{name}`", argument.span, label or "not declared", fix=fix)
