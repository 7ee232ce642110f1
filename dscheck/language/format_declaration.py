"""On which lines is a declaration written, and how far is each indented?"""

from collections.abc import Iterator
from typing import Literal, assert_never

from dscheck.language import syntax
from dscheck.language.format_blocks import assume_text, block_head, block_line
from dscheck.language.format_expression import (
    OR,
    QUANTIFIER,
    SUM,
    format_arguments,
    format_binder,
    format_expression,
    format_type,
    write,
)
from dscheck.record import record

Gap = Literal["none", "kept", "one"]
Property = (
    syntax.Invariant
    | syntax.StepProperty
    | syntax.Reachable
    | syntax.Bound
    | syntax.Progress
    | syntax.Eventually
    | syntax.Final
)
WIDEST = 110
"""Characters: the condition of a property that is longer gets a line of its own.

Nothing else is broken that its author did not break.
"""


@record
class Line:
    """One line of the formatted text.

    Attributes:
        level: how many blocks it stands in.
        text: the line without its margin.
        start: an offset in the source with nothing but blanks and comments between it and the code of this line.
        gap: whether a blank line comes before it: never, as in the source, or always.
        head: of a property, what a line end may follow.
        whole: of a property whose condition is the next line, both as one.
    """

    level: int
    text: str
    start: int
    gap: Gap
    head: str = ""
    whole: str = ""


def declaration_lines(declaration: syntax.Declaration) -> Iterator[Line]:
    """The lines of `declaration`; the caller knows what comes before it, and so the gap of the first."""
    start = declaration.span.start
    match declaration:
        case syntax.Process(name, size, modifiers, members):
            count = f"[{format_expression(size)}]" if size is not None else ""
            head = " ".join([f"process {name.name}{count}", *modifiers])
            yield Line(0, f"{head}:", start, "kept")
            for number, member in enumerate(members):
                yield from _member(member, first=number == 0)
        case syntax.Network(options) | syntax.Faults(options):
            yield Line(0, "network:" if isinstance(declaration, syntax.Network) else "faults:", start, "kept")
            for number, option in enumerate(options):
                yield Line(1, _option(option), option.span.start, "kept" if number else "none")
        case syntax.Schedule() | syntax.Schedules() | syntax.Timing():
            yield Line(0, block_head(declaration), start, "kept")
            for number, line in enumerate(declaration.lines):
                yield Line(1, block_line(line), line.span.start, "kept" if number else "none")
        case _:
            text = _one_line(declaration)
            if not isinstance(declaration, Property):
                yield Line(0, text, start, "kept")
                return
            condition = _condition(declaration)
            head = text.removesuffix(f" {condition}")
            if len(text) <= WIDEST:
                yield Line(0, text, start, "kept", head)
                return
            yield Line(0, head, start, "kept", head, text)
            first = declaration.left if isinstance(declaration, syntax.Progress) else declaration.condition
            yield Line(1, condition, first.span.start, "none")


def _condition(declaration: Property) -> str:
    condition = format_expression(declaration.condition)
    if isinstance(declaration, syntax.Progress):
        return f"{format_expression(declaration.left)} ~> {condition}"
    return condition


def _instances(binders: tuple[syntax.Binder, ...]) -> str:
    return f" for {', '.join(map(format_binder, binders))}" if binders else ""


def _one_line(
    declaration: syntax.Protocol
    | syntax.Constant
    | syntax.EnumType
    | syntax.RecordType
    | syntax.Messages
    | syntax.Function
    | syntax.SharedVariable
    | syntax.Invariant
    | syntax.StepProperty
    | syntax.Reachable
    | syntax.Bound
    | syntax.Progress
    | syntax.Eventually
    | syntax.Tight
    | syntax.Final
    | syntax.Assume
    | syntax.Check,
) -> str:
    match declaration:
        case syntax.Protocol(name, title):
            return f"protocol {name.name}" + (f' "{title}"' if title is not None else "")
        case syntax.Constant(name, value, bounds):
            if bounds is None:
                return f"const {name.name} = {format_expression(value)}"
            return f"const {name.name} = {write(value, SUM)} in {format_type(bounds)}"
        case syntax.EnumType(name, literals):
            return f"enum {name.name} = {' | '.join(literal.name for literal in literals)}"
        case syntax.RecordType(name, fields):
            return f"record {name.name}({_parameters(fields)})"
        case syntax.Messages(items):
            return "message " + ", ".join(_message(item) for item in items)
        case syntax.Function(name, parameters, body):
            return f"def {name.name}({_parameters(parameters)}) = {format_expression(body)}"
        case syntax.SharedVariable(variable):
            return f"shared {_variable(variable)}"
        case syntax.Invariant(name, condition):
            return f"invariant {name.name}: {format_expression(condition)}"
        case syntax.StepProperty(name, condition):
            return f"step {name.name}: {format_expression(condition)}"
        case syntax.Reachable(name, condition):
            return f"reachable {name.name}: {format_expression(condition)}"
        case syntax.Bound(name, condition):
            return f"bound {name.name}: {format_expression(condition)}"
        case syntax.Progress(name, binders):
            return f"progress {name.name}{_instances(binders)}: {_condition(declaration)}"
        case syntax.Eventually(name, binders, always):
            word = "always eventually" if always else "eventually"
            return f"{word} {name.name}{_instances(binders)}: {_condition(declaration)}"
        case syntax.Tight(bound):
            return f"tight {bound.name}"
        case syntax.Final(condition):
            return f"final: {format_expression(condition)}"
        case syntax.Assume():
            return assume_text(declaration)
        case syntax.Check(name, settings, expectation):
            listed = "".join(f" {_setting(setting)}," for setting in settings).removesuffix(",")
            return f"check {name.name}:{listed} expect {_expectation(expectation)}"
        case _:
            assert_never(declaration)


def _parameters(parameters: tuple[syntax.Parameter, ...]) -> str:
    return ", ".join(
        f"{one.name.name}: {format_type(one.type)}" if one.type is not None else one.name.name for one in parameters
    )


def _message(message: syntax.Message) -> str:
    return message.name.name + (f"({_parameters(message.fields)})" if message.fields else "")


def _variable(variable: syntax.Variable) -> str:
    kind = f"{variable.kind} " if variable.kind else ""
    sign = "in" if variable.several else "="
    value = format_expression(variable.initial)
    return f"{kind}var {variable.name.name}: {format_type(variable.type)} {sign} {value}"


def _option(option: syntax.Option) -> str:
    text = option.name.name
    if option.word is not None:
        text += f" {option.word.name}"
    elif option.amount is not None:
        capacity = option.name.name == "capacity"
        text += f" {write(option.amount, SUM)}" if capacity else f" up to {write(option.amount, QUANTIFIER)}"
    return text + (f" of {option.process.name}" if option.process is not None else "")


def _setting(setting: syntax.Setting) -> str:
    key = ".".join(part.name for part in setting.key)
    if isinstance(setting.value, syntax.RangeType):
        return f"{key} in {format_type(setting.value)}"
    return f"{key} = {format_expression(setting.value)}"


def _expectation(expectation: syntax.Expectation) -> str:
    match expectation:
        case syntax.ExpectHolds(within):
            return "holds" + (f" within {within} steps" if within is not None else "")
        case syntax.ExpectViolates(name, tight, steps):
            return f"violates {'tight ' if tight else ''}{name.name}{_in_steps(steps)}"
        case syntax.ExpectDeadlock(steps):
            return f"deadlock{_in_steps(steps)}"
        case _:
            assert_never(expectation)


def _in_steps(steps: int | None) -> str:
    return f" in {steps} steps" if steps is not None else ""


# --- members and statements --------------------------------------------------------------------


def _member(member: syntax.Member, *, first: bool) -> Iterator[Line]:
    gap: Gap = "none" if first else "kept"
    start = member.span.start
    match member:
        case syntax.Clock(kind):
            yield Line(1, f"clock {kind}", start, gap)
        case syntax.Timer(name, after):
            yield Line(1, f"timer {name.name}" + (f" after {after.name}" if after else ""), start, gap)
        case syntax.Variable():
            yield Line(1, _variable(member), start, gap)
        case _:
            yield Line(1, _head(member), start, "none" if first else "one")
            yield from _block(member.body, 2)


def _head(member: syntax.Action | syntax.Handler | syntax.Hook | syntax.Timeout | syntax.Helper) -> str:
    match member:
        case syntax.Action(fairness, name, parameters, when):
            bound = f"({', '.join(format_binder(binder) for binder in parameters)})" if parameters else ""
            return f"{_fair(fairness)}action {name.name}{bound}{_guard(when)}:"
        case syntax.Handler(fairness, message, names, sender, process, when):
            text = f"{_fair(fairness)}on {message.name}"
            text += f"({', '.join(name.name for name in names)})" if names else ""
            text += f" from {sender.name}" if sender else ""
            text += f" in {process.name}" if process else ""
            return f"{text}{_guard(when)}:"
        case syntax.Hook(event):
            return f"on {event}:"
        case syntax.Timeout(timer, when):
            return f"on timeout {timer.name}{_guard(when)}:"
        case syntax.Helper(name, parameters):
            return f"def {name.name}({_parameters(parameters)}):"
        case _:
            assert_never(member)


def _fair(fairness: syntax.Fairness) -> str:
    return f"{fairness} " if fairness else ""


def _guard(when: syntax.Expression | None) -> str:
    return f" when {format_expression(when)}" if when is not None else ""


def _block(body: syntax.Block, level: int) -> Iterator[Line]:
    for number, statement in enumerate(body):
        yield from _statement(statement, level, "kept" if number else "none")


def _statement(statement: syntax.Statement, level: int, gap: Gap) -> Iterator[Line]:
    start = statement.span.start
    match statement:
        case syntax.If(branches, otherwise):
            word, at = "if", start
            for condition, body in branches:
                yield Line(level, f"{word} {format_expression(condition)}:", at, gap)
                yield from _block(body, level + 1)
                word, at, gap = "elif", body[-1].span.end, "none"
            if otherwise is not None:
                yield Line(level, "else:", at, "none")
                yield from _block(otherwise, level + 1)
        case syntax.For(binder, body):
            yield Line(level, f"for {format_binder(binder)}:", start, gap)
            yield from _block(body, level + 1)
        case syntax.Choose(binder, body):
            yield Line(level, f"choose {format_binder(binder)}:", start, gap)
            yield from _block(body, level + 1)
        case _:
            yield Line(level, _simple(statement), start, gap)


def _simple(
    statement: syntax.Assignments
    | syntax.Send
    | syntax.StartTimer
    | syntax.StopTimer
    | syntax.EmitEvent
    | syntax.Assert
    | syntax.Require
    | syntax.Defer
    | syntax.CallHelper
    | syntax.Pass
    | syntax.Return,
) -> str:
    match statement:
        case syntax.Assignments(items):
            return ", ".join(f"{write(one.target, OR)} {one.operator} {format_expression(one.value)}" for one in items)
        case syntax.Send(message, arguments, target):
            payload = f"({format_arguments(arguments)})" if arguments else ""
            return f"send {message.name}{payload} to {format_expression(target)}"
        case syntax.StartTimer(timer):
            return f"start {timer.name}"
        case syntax.StopTimer(timer):
            return f"stop {timer.name}"
        case syntax.EmitEvent(label):
            return f"event {label.name}"
        case syntax.Assert(condition, message_text):
            return f"assert {format_expression(condition)}" + (
                f', "{message_text}"' if message_text is not None else ""
            )
        case syntax.Require(condition):
            return f"require {format_expression(condition)}"
        case syntax.Defer():
            return "defer"
        case syntax.CallHelper(helper, arguments):
            return f"{helper.name}({format_arguments(arguments)})"
        case syntax.Pass():
            return "pass"
        case syntax.Return():
            return "return"
        case _:
            assert_never(statement)
