"""What declaration does a tree stand for, with its members and statements? One small function per rule."""

from collections.abc import Callable
from typing import Literal, cast

from dscheck.language import syntax
from dscheck.language.tree_to_blocks import assume, schedule, schedules, timing
from dscheck.language.tree_to_expression import (
    RejectedError,
    binder,
    binders,
    expression,
    expressions,
    identifier,
    identifiers,
    integer,
    maybe_expression,
    maybe_identifier,
    maybe_type,
    parts,
    place,
    range_of,
    type_of,
    unquoted,
)
from dscheck.language.trees import Tree

# --- statements --------------------------------------------------------------------------------


def block(tree: Tree) -> syntax.Block:
    """The statements of a body."""
    return tuple([statement(child) for child in parts(tree)])


def statement(tree: Tree) -> syntax.Statement:
    """The statement that `tree` stands for."""
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "assignments":
            return syntax.Assignments(tuple([_assign(child) for child in items]), span)
        case "send":
            message, arguments, target = items
            return syntax.Send(identifier(message), _arguments(arguments), expression(target), span)
        case "start":
            return syntax.StartTimer(identifier(items[0]), span)
        case "stop":
            return syntax.StopTimer(identifier(items[0]), span)
        case "event":
            return syntax.EmitEvent(identifier(items[0]), span)
        case "assert":
            condition, message = items
            return syntax.Assert(expression(condition), unquoted(message) if message is not None else None, span)
        case "require":
            return syntax.Require(expression(items[0]), span)
        case "defer":
            return syntax.Defer(span)
        case "call_helper":
            helper, arguments = items
            return syntax.CallHelper(identifier(helper), _arguments(arguments), span)
        case "pass":
            return syntax.Pass(span)
        case "return":
            return syntax.Return(span)
        case "if":
            return _if(tree)
        case "for":
            return syntax.For(binder(items[0]), block(items[1]), span)
        case rule:
            assert rule == "choose"
            return syntax.Choose(binder(items[0]), block(items[1]), span)


def _arguments(tree: Tree | None) -> tuple[syntax.Expression, ...]:
    return expressions(parts(tree)) if tree is not None else ()


def _assign(tree: Tree) -> syntax.Assign:
    target, operator, value = parts(tree)
    return syntax.Assign(
        expression(target), cast(Literal["=", "+=", "-="], str(operator)), expression(value), place(tree)
    )


def _if(tree: Tree) -> syntax.If:
    condition, body, *rest = parts(tree)
    branches = [(expression(condition), block(body))]
    otherwise: syntax.Block | None = None
    for branch in rest:
        match branch:
            case Tree(data="elif"):
                test, then = parts(branch)
                branches.append((expression(test), block(then)))
            case Tree():
                otherwise = block(parts(branch)[0])
    return syntax.If(tuple(branches), otherwise, place(tree))


# --- members of a process ----------------------------------------------------------------------


def member(tree: Tree) -> syntax.Member:
    """The member of a process that `tree` stands for."""
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "clock":
            return syntax.Clock(cast(Literal["lamport", "vector"], str(parts(items[0])[0])), span)
        case "timer":
            return syntax.Timer(identifier(items[0]), None, span)
        case "timer_after":
            return syntax.Timer(identifier(items[0]), identifier(items[1]), span)
        case "variable":
            return _variable("", tree)
        case "durable_variable":
            return _variable("durable", tree)
        case "ghost_variable":
            return _variable("ghost", tree)
        case "action":
            fairness, name, parameters, guard, body = items
            return syntax.Action(
                _fairness(fairness), identifier(name), binders(parameters), _guard(guard), block(body), span
            )
        case "handler":
            return _handler(tree)
        case "hook":
            event, body = items
            return syntax.Hook(cast(Literal["start", "recover", "crash"], str(parts(event)[0])), block(body), span)
        case "timeout":
            timer, guard, body = items
            return syntax.Timeout(identifier(timer), _guard(guard), block(body), span)
        case rule:
            assert rule == "helper"
            name, parameters, body = items
            return syntax.Helper(identifier(name), _parameters(parts(parameters)), block(body), span)


def _variable(kind: Literal["", "durable", "ghost"], tree: Tree) -> syntax.Variable:
    name, declared, initial = parts(tree)
    return syntax.Variable(
        kind,
        identifier(name),
        type_of(declared),
        expression(parts(initial)[0]),
        initial.data == "initial_choice",
        place(tree),
    )


def _handler(tree: Tree) -> syntax.Handler:
    fairness, message, names, sender, process, guard, body = parts(tree)
    return syntax.Handler(
        _fairness(fairness),
        identifier(message),
        identifiers(parts(names)) if names is not None else (),
        maybe_identifier(sender),
        maybe_identifier(process),
        _guard(guard),
        block(body),
        place(tree),
    )


def _fairness(tree: Tree | None) -> syntax.Fairness:
    return cast(syntax.Fairness, " ".join(parts(tree))) if tree is not None else ""


def _guard(tree: Tree) -> syntax.Expression | None:
    return maybe_expression(parts(tree)[0])


def _parameters(trees: list[Tree | None]) -> tuple[syntax.Parameter, ...]:
    return tuple([_parameter(tree) for tree in trees if tree is not None])


def _parameter(tree: Tree) -> syntax.Parameter:
    name, declared = parts(tree)
    return syntax.Parameter(identifier(name), maybe_type(declared), place(tree))


# --- declarations ------------------------------------------------------------------------------


def declaration(tree: Tree) -> syntax.Declaration:
    """The declaration that `tree` stands for.

    Raises:
        RejectedError: a number in it has too many digits, or lacks its `up to`.
    """
    return DECLARATIONS[tree.data](tree)


def _protocol(tree: Tree) -> syntax.Protocol:
    name, title = parts(tree)
    return syntax.Protocol(identifier(name), unquoted(title) if title is not None else None, place(tree))


def _constant(tree: Tree) -> syntax.Constant:
    name, value = parts(tree)
    return syntax.Constant(identifier(name), expression(value), None, place(tree))


def _ranged_constant(tree: Tree) -> syntax.Constant:
    name, value, bounds = parts(tree)
    return syntax.Constant(identifier(name), expression(value), range_of(bounds), place(tree))


def _enumeration(tree: Tree) -> syntax.EnumType:
    name, *literals = parts(tree)
    return syntax.EnumType(identifier(name), identifiers(literals), place(tree))


def _record(tree: Tree) -> syntax.RecordType:
    name, *fields = parts(tree)
    return syntax.RecordType(identifier(name), _parameters(fields), place(tree))


def _messages(tree: Tree) -> syntax.Messages:
    return syntax.Messages(tuple([_message(child) for child in parts(tree)]), place(tree))


def _message(tree: Tree) -> syntax.Message:
    name, *fields = parts(tree)
    return syntax.Message(identifier(name), _parameters(fields), place(tree))


def _function(tree: Tree) -> syntax.Function:
    name, parameters, body = parts(tree)
    return syntax.Function(identifier(name), _parameters(parts(parameters)), expression(body), place(tree))


def _shared(tree: Tree) -> syntax.SharedVariable:
    return syntax.SharedVariable(_variable("", parts(tree)[0]), place(tree))


def _process(tree: Tree) -> syntax.Process:
    name, size, *rest = parts(tree)
    modifiers = [str(parts(child)[0]) for child in rest if child.data == "modifier"]
    return syntax.Process(
        identifier(name),
        maybe_expression(size),
        cast(tuple[Literal["ordered", "ring"], ...], tuple(modifiers)),
        tuple([member(child) for child in rest if child.data != "modifier"]),
        place(tree),
    )


def _network(tree: Tree) -> syntax.Network:
    return syntax.Network(tuple([_option(child) for child in parts(tree)]), place(tree))


def _faults(tree: Tree) -> syntax.Faults:
    return syntax.Faults(tuple([_option(child) for child in parts(tree)]), place(tree))


def _option(tree: Tree) -> syntax.Option:
    name, value, process = parts(tree)
    option = identifier(name)
    word: syntax.Identifier | None = None
    amount = maybe_expression(value)
    if tree.data == "option" and option.name != "capacity":
        if isinstance(amount, syntax.Name):
            word, amount = syntax.Identifier(amount.name, amount.span), None
        elif amount is not None:
            # `loss 1` could be read as "exactly one": a budget always says that it is one.
            raise RejectedError("amount", place(value))
    return syntax.Option(option, word, amount, maybe_identifier(process), place(tree))


def _invariant(tree: Tree) -> syntax.Invariant:
    name, condition = parts(tree)
    return syntax.Invariant(identifier(name), expression(condition), place(tree))


def _step(tree: Tree) -> syntax.StepProperty:
    name, condition = parts(tree)
    return syntax.StepProperty(identifier(name), expression(condition), place(tree))


def _reachable(tree: Tree) -> syntax.Reachable:
    name, condition = parts(tree)
    return syntax.Reachable(identifier(name), expression(condition), place(tree))


def _bound(tree: Tree) -> syntax.Bound:
    name, condition = parts(tree)
    return syntax.Bound(identifier(name), expression(condition), place(tree))


def _progress(tree: Tree) -> syntax.Progress:
    name, given, left, condition = parts(tree)
    return syntax.Progress(identifier(name), _instances(given), expression(left), expression(condition), place(tree))


def _eventually(tree: Tree) -> syntax.Eventually:
    name, given, condition = parts(tree)
    always = tree.data == "always_eventually"
    return syntax.Eventually(identifier(name), _instances(given), always, expression(condition), place(tree))


def _instances(tree: Tree) -> tuple[syntax.Binder, ...]:
    return binders(parts(tree)[0])


def _tight(tree: Tree) -> syntax.Tight:
    return syntax.Tight(identifier(parts(tree)[0]), place(tree))


def _final(tree: Tree) -> syntax.Final:
    return syntax.Final(expression(parts(tree)[0]), place(tree))


def _check(tree: Tree) -> syntax.Check:
    name, *settings, expected = parts(tree)
    return syntax.Check(
        identifier(name), tuple([_setting(child) for child in settings]), _expectation(expected), place(tree)
    )


def _setting(tree: Tree) -> syntax.Setting:
    key, value = parts(tree)
    return syntax.Setting(
        identifiers(parts(key)), range_of(value) if tree.data == "sweep" else expression(value), place(tree)
    )


def _expectation(tree: Tree) -> syntax.Expectation:
    items, span = parts(tree), place(tree)
    steps = integer(items[-1]) if items[-1] is not None else None
    match str(tree.data):
        case "expect_holds":
            return syntax.ExpectHolds(steps, span)
        case "expect_deadlock":
            return syntax.ExpectDeadlock(steps, span)
        case "expect_violates":
            return syntax.ExpectViolates(identifier(items[0]), False, steps, span)
        case rule:
            assert rule == "expect_not_tight"
            return syntax.ExpectViolates(identifier(items[0]), True, steps, span)


DECLARATIONS: dict[str, Callable[[Tree], syntax.Declaration]] = {
    "protocol": _protocol,
    "constant": _constant,
    "ranged_constant": _ranged_constant,
    "enumeration": _enumeration,
    "record": _record,
    "messages": _messages,
    "function": _function,
    "shared": _shared,
    "process": _process,
    "network": _network,
    "faults": _faults,
    "invariant": _invariant,
    "step": _step,
    "reachable": _reachable,
    "bound": _bound,
    "progress": _progress,
    "eventually": _eventually,
    "always_eventually": _eventually,
    "tight": _tight,
    "final": _final,
    "assume": assume,
    "check": _check,
    "schedule": schedule,
    "schedules": schedules,
    "timing": timing,
}
