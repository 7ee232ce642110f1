"""Is everything well typed that the declarations contain: initial values, bodies, properties?"""

from dataclasses import replace

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo, Tables
from dscheck.language.expectations import check, check_condition, check_iterable
from dscheck.language.message_flow import Sends, sender_type
from dscheck.language.restrictions import check_guards_first, check_returns
from dscheck.language.scopes import PROPERTY, Context, Place
from dscheck.language.typecheck_bound import check_bound
from dscheck.language.typecheck_calls import check_count, check_function_body, expand_with
from dscheck.language.typecheck_statement import (
    check_block,
    check_helper_body,
    check_timer,
    report_unknown_message,
)
from dscheck.language.types import Set, Unknown


def check_bodies(ctx: Context, sends: Sends, *, last: bool) -> None:
    """Check all initial values and bodies of processes.

    Args:
        ctx: any place.
        sends: what is sent as far as known, which gives the types of senders.
        last: whether these are all the sends there are.
    """
    for name, variable in ctx.declarations.shared.items():
        _check_initial(ctx.at(Place("initial")), variable, "", name)
    for process in ctx.declarations.processes.values():
        for name, variable in process.variables.items():
            _check_initial(ctx.at(Place("initial", process.name)), variable, process.name, name)
        for action in process.actions.values():
            _check_action(ctx, process, action)
        for handler in process.handlers:
            _check_handler(ctx, process, handler, sends, last=last)
        for timeout in process.timeouts:
            place = ctx.at(Place("body", process.name, body="timeout"))
            check_timer(place, timeout.timer)
            _check_step(place, timeout.when, timeout.body)
        for hook in process.hooks.values():
            _check_step(ctx.at(Place("body", process.name, body=hook.event)), None, hook.body)
        for helper in ctx.declarations.helpers[process.name].values():
            check_returns(ctx, helper.body)
    _check_uncalled(ctx)


def _check_initial(ctx: Context, variable: syntax.Variable, process: str, name: str) -> None:
    wanted = ctx.types.variables.get((process, name), Unknown())
    because = Label(variable.name.span, f"`{name}` is declared here")
    check(ctx, variable.initial, Set(wanted) if variable.several else wanted, because)


def _check_step(ctx: Context, when: syntax.Expression | None, body: syntax.Block) -> None:
    if when is not None:
        check_condition(ctx, when)
    check_block(ctx, body)
    check_guards_first(ctx, body, ctx.declarations.helpers[ctx.place.process])
    check_returns(ctx, body)


def _check_action(ctx: Context, process: ProcessInfo, action: syntax.Action) -> None:
    inner = ctx.at(Place("body", process.name, body="action"))
    for binder in action.parameters:
        inner = inner.bind(binder.name, check_iterable(inner, binder.over), "a parameter")
    _check_step(inner, action.when, action.body)


def _check_handler(ctx: Context, process: ProcessInfo, handler: syntax.Handler, sends: Sends, *, last: bool) -> None:
    inner = ctx.at(Place("body", process.name, body="handler"))
    message = ctx.declarations.messages.get(handler.message.name)
    types = ctx.types.messages.get(handler.message.name, ())
    if message is None:
        report_unknown_message(inner, handler.message)
    else:
        fields = [field.name.name for field in message.fields]
        check_count(inner, handler.message, len(handler.parameters), fields, message.name.span)
    for position, parameter in enumerate(handler.parameters):
        a_type = types[position] if position < len(types) else Unknown()
        inner = inner.bind(parameter, a_type, "a field of the message")
    if handler.sender is not None:
        a_type = sender_type(inner, handler, process, sends, last=last)
        inner = inner.bind(handler.sender, a_type, "the sender of the message")
    _check_step(inner, handler.when, handler.body)


def _check_uncalled(ctx: Context) -> None:
    """Look into functions and helpers that nothing calls, with arguments of which nothing is known."""
    known = ctx.declarations
    aside = replace(ctx, tables=Tables(), usage=replace(ctx.usage, sends={}, events={}, called=set()))
    for process, helpers in known.helpers.items():
        for name, helper in helpers.items():
            if (process, name) not in ctx.usage.called | aside.usage.called:
                types = tuple(Unknown() for _ in helper.parameters)
                place = aside.at(Place("body", process, body="handler"))
                expand_with(place, helper, types, helper.name.span, check_helper_body(helper))


def check_uncalled_functions(ctx: Context) -> None:
    """As for helpers; properties come first, since they may call functions too."""
    aside = replace(ctx, tables=Tables(), usage=replace(ctx.usage, sends={}, events={}, called=set()))
    for name, function in ctx.declarations.functions.items():
        if ("", name) not in ctx.usage.called | aside.usage.called:
            types = tuple(Unknown() for _ in function.parameters)
            expand_with(aside.at(PROPERTY), function, types, function.name.span, check_function_body(function))


def check_properties(ctx: Context) -> None:
    """Check all properties and the `final` condition."""
    for node in ctx.declarations.properties.values():
        match node:
            case syntax.Invariant(_, condition) | syntax.Reachable(_, condition):
                check_condition(ctx.at(PROPERTY), condition)
            case syntax.StepProperty(_, condition):
                check_condition(ctx.at(replace(PROPERTY, kind="step")), condition)
            case syntax.Bound():
                check_bound(ctx.at(replace(PROPERTY, kind="bound")), node)
            case syntax.Progress(_, binders, left, condition):
                inner = _instances(ctx, binders)
                check_condition(inner, left)
                check_condition(inner, condition)
            case syntax.Eventually(_, binders, _, condition):
                check_condition(_instances(ctx, binders), condition)
    if ctx.declarations.final is not None:
        check_condition(ctx.at(PROPERTY), ctx.declarations.final.condition)


def _instances(ctx: Context, binders: tuple[syntax.Binder, ...]) -> Context:
    """The place of a property of progress, with its parameters bound."""
    inner = ctx.at(PROPERTY)
    for binder in binders:
        inner = inner.bind(binder.name, check_iterable(inner, binder.over), "a parameter")
    return inner
