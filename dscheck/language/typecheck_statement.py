"""Is this statement well typed, and what does it send, start and call?"""

from collections.abc import Callable
from typing import assert_never

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.commuting import check_commutes
from dscheck.language.expectations import check_condition, check_iterable, need
from dscheck.language.findings import did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.type_rules import phrase
from dscheck.language.typecheck_assignment import check_assign
from dscheck.language.typecheck_calls import check_arguments, expand
from dscheck.language.types import Id, Int, List, Set, Unknown


def check_block(ctx: Context, block: syntax.Block) -> None:
    """Check every statement of `block`."""
    for statement in block:
        check_statement(ctx, statement)


def check_statement(ctx: Context, node: syntax.Statement) -> None:
    """Check one statement and those within it."""
    match node:
        case syntax.Assignments(items):
            for item in items:
                check_assign(ctx, item)
        case syntax.Send():
            _refuse_in_crash(ctx, node, "sends")
            _check_send(ctx, node)
        case syntax.StartTimer(timer):
            _refuse_in_crash(ctx, node, "starts a timer")
            if check_timer(ctx, timer):
                ctx.usage.started.add((ctx.place.process, timer.name))
        case syntax.StopTimer(timer):
            _refuse_in_crash(ctx, node, "stops a timer")
            check_timer(ctx, timer)
        case syntax.EmitEvent(label):
            _refuse_in_crash(ctx, node, "emits an event")
            ctx.usage.events.setdefault((ctx.place.process, label.name), label.span)
        case syntax.Assert(condition):
            check_condition(ctx.with_ghosts(), condition)
        case syntax.Require(condition):
            _check_guard_place(ctx, node, "require", ("action", "handler", "timeout"))
            check_condition(ctx, condition)
        case syntax.Defer():
            _check_guard_place(ctx, node, "defer", ("handler",))
        case syntax.CallHelper():
            _check_helper_call(ctx, node)
        case syntax.Pass() | syntax.Return():
            pass
        case syntax.If(branches, otherwise):
            for condition, block in branches:
                check_condition(ctx, condition)
                check_block(ctx, block)
            if otherwise is not None:
                check_block(ctx, otherwise)
        case syntax.For(binder, body):
            element = check_iterable(ctx, binder.over)
            check_block(ctx.bind(binder.name, element, "bound by `for`"), body)
            check_commutes(ctx, node, element)
        case syntax.Choose(binder, body):
            element = check_iterable(ctx, binder.over)
            check_block(ctx.bind(binder.name, element, "bound by `choose`"), body)
        case _:
            assert_never(node)


def _refuse_in_crash(
    ctx: Context, node: syntax.Send | syntax.StartTimer | syntax.StopTimer | syntax.EmitEvent, does: str
) -> None:
    if ctx.place.body == "crash":
        ctx.findings.error(
            "DS0407",
            f"`on crash` {does}",
            node.span,
            "a crashing process does nothing any more",
            advice="do it in `on recover`; only a `ghost var` may record the crash itself",
        )


def _check_guard_place(ctx: Context, node: syntax.Require | syntax.Defer, word: str, allowed: tuple[str, ...]) -> None:
    if ctx.place.body in allowed:
        return
    where = "handlers" if word == "defer" else "actions, handlers and timeouts"
    found = {"action": "an action", "timeout": "a timeout"}.get(ctx.place.body, f"`on {ctx.place.body}`")
    ctx.findings.error(
        "DS0405",
        f"`{word}` stands in {where} only, and this is {found}",
        node.span,
        "there is no message to leave in the network" if word == "defer" else "this step cannot be refused",
        related=() if ctx.call is None else (Label(ctx.call, "called from here"),),
        advice="write `require`, or put the condition behind `when`" if word == "defer" else "use `if`",
    )


def check_timer(ctx: Context, name: syntax.Identifier) -> bool:
    """Whether the own process has this timer; reported when not."""
    process = ctx.process()
    if process is None or name.name in process.timers:
        return process is not None
    label, fix = did_you_mean(name.name, name.span, process.timers)
    ctx.findings.error(
        "DS0207",
        f"`{process.name}` has no timer `{name.name}`",
        name.span,
        label or "not declared",
        related=(Label(process.declaration.name.span, f"`{process.name}` is declared here"),),
        advice="" if fix else f"declare it in the process: `timer {name.name}`",
        fix=fix,
    )
    return False


def _check_send(ctx: Context, node: syntax.Send) -> None:
    name = node.message
    message = ctx.declarations.messages.get(name.name)
    if message is None:
        for argument in node.arguments:
            ctx.infer(argument)
        report_unknown_message(ctx, name)
    else:
        fields = ctx.types.messages[name.name]
        check_arguments(ctx, name, node.arguments, message.fields, fields, message.name)
    found = need(ctx, node.target)
    match found:
        case Id(process):
            _record_send(ctx, node, process, many=False)
        case Set(Id(process)):
            _record_send(ctx, node, process, many=True)
        case Int() if (numbered := _numbered_receiver(ctx, name.name)) is not None:
            _record_send(ctx, node, numbered, many=False)
        case Unknown() | Set(Unknown()):
            pass
        case _:
            _report_address(ctx, node, found)


def _record_send(ctx: Context, node: syntax.Send, receiver: str, *, many: bool) -> None:
    ctx.tables.send_to[id(node)] = (receiver, "many" if many else "one")
    name = node.message.name
    if name not in ctx.declarations.messages:
        return
    ctx.usage.sends.setdefault((name, ctx.place.process, receiver), node.message.span)
    process = ctx.declarations.processes[receiver]
    handled = {handler.message.name for handler in process.handlers}
    # A handler of an unknown message was probably meant for this one, and is reported itself.
    if name not in handled and handled <= set(ctx.declarations.messages):
        ctx.findings.error(
            "DS0401",
            f"`{receiver}` has no handler for `{name}`",
            node.message.span,
            f"sent to `{receiver}`",
            related=(Label(process.declaration.name.span, f"no `on {name}` in this process"),),
            advice=f"add `on {name}` to `{receiver}`, if only with `pass`",
            note="the message would lie in the network for ever",
        )


def _numbered_receiver(ctx: Context, message: str) -> str | None:
    """The ordered process that a number addresses: the own one, or the only one that handles the message."""
    known = ctx.declarations
    able = [
        name
        for name, process in known.processes.items()
        if any(handler.message.name == message for handler in process.handlers)
    ]
    chosen = ctx.place.process if ctx.place.process in able else able[0] if len(able) == 1 else ""
    return chosen if chosen in known.ordered else None


def _report_address(ctx: Context, node: syntax.Send, found: object) -> None:
    match found:
        case Int():
            advice = "numbers address the processes of an `ordered` set that handles the message"
        case List():
            advice = "go through it: `for q in …: send … to q`"
        case _:
            advice = "send to a process, a process id or a set of ids, such as `others`"
    ctx.findings.error(
        "DS0316",
        f"`{ctx.text(node.target)}` is no address",
        node.target.span,
        f"this is {phrase(ctx.tables.type_of[id(node.target)])}",
        advice=advice,
    )


def report_unknown_message(ctx: Context, name: syntax.Identifier) -> None:
    """No message of that name is declared."""
    known = ctx.declarations
    label, fix = did_you_mean(name.name, name.span, known.messages)
    is_else = known.named.get(name.name)
    ctx.findings.error(
        "DS0206",
        f"there is no message `{name.name}`",
        name.span,
        label or (f"`{name.name}` is {is_else[0]}" if is_else else "not declared"),
        advice="" if fix or is_else else f"declare it: `message {name.name}`",
        fix=fix,
    )


def _check_helper_call(ctx: Context, node: syntax.CallHelper) -> None:
    name = node.helper
    process = ctx.process()
    helpers = {} if process is None else ctx.declarations.helpers[process.name]
    helper = helpers.get(name.name)
    if helper is None:
        for argument in node.arguments:
            ctx.infer(argument)
        label, fix = did_you_mean(name.name, name.span, helpers)
        related: tuple[Label, ...] = ()
        if name.name in ctx.declarations.functions:
            label, fix = "a function gives a value and does nothing by itself", None
            related = (Label(ctx.declarations.functions[name.name].name.span, "declared here"),)
        ctx.findings.error(
            "DS0205",
            f"there is no helper `{name.name}` in this process",
            name.span,
            label or "not declared",
            related=related,
            advice="" if fix or related else f"declare `def {name.name}(…):` in the process",
            fix=fix,
        )
        return
    ctx.usage.called.add((ctx.place.process, name.name))
    expansion = expand(ctx, helper, name, node.arguments, check_helper_body(helper))
    if expansion is not None:
        ctx.tables.call[id(node)] = expansion


def check_helper_body(helper: syntax.Helper) -> Callable[[Context], None]:
    """The check of the body of `helper`."""

    def check_body(inner: Context) -> None:
        check_block(inner, helper.body)

    return check_body
