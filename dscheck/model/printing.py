"""How does a transition system read? The intermediate representation as text, for `dscheck show --ir` and for tests."""

from collections.abc import Iterator
from typing import assert_never

from dscheck.model import expressions
from dscheck.model.expressions import Expression
from dscheck.model.fitting import in_words
from dscheck.model.lowering import TRUE
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effect,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Obligation,
    Require,
    Rule,
    System,
    Write,
)
from dscheck.values import show

INDENT = "    "
INFIX = {"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "iff"}


def system_as_text(system: System) -> str:
    """The whole system, byte-stable for equal systems."""
    return "\n".join(_lines(system)) + "\n"


def _lines(system: System) -> Iterator[str]:
    yield f"system {system.protocol}"
    for key, value in system.settings.items():
        yield f"{INDENT}{key} = {value}"
    yield ""
    for variable in system.variables:
        indices = "".join(f"[{index.process}]" for index in variable.indices)
        ghost = "ghost " if variable.ghost else ""
        yield f"{ghost}{variable.role} {variable.name}{indices}: {in_words(variable.domain)}"
    for definition in system.definitions.values():
        yield ""
        yield f"define {definition.name} = {expression_as_text(definition.body)}"
    yield ""
    yield "initially"
    yield from _effects(system.initial, 1)
    for rule in system.rules:
        yield ""
        yield from _rule(rule)
    for item in system.properties:
        yield ""
        if item.limit is not None:
            weights = " + ".join(f"{factor} * [{name}]" for name, factor in item.counters) or "0"
            yield f"{item.kind} {item.name}: {expression_as_text(item.condition)} implies"
            yield f"{INDENT}{weights} <= {expression_as_text(item.limit)}"
        elif item.instances:
            for instance in item.instances:
                given = "".join(f" {name} = {value}" for name, value in instance.bindings.items())
                left = "initially" if instance.initially else expression_as_text(instance.left)
                yield f"{item.kind} {item.name}{given}: {left} ~> {expression_as_text(instance.right)}"
        else:
            yield f"{item.kind} {item.name}: {expression_as_text(item.condition)}"


def _rule(rule: Rule) -> Iterator[str]:
    words = [rule.fairness, rule.kind, rule.name, "torn" if rule.torn else ""]
    yield " ".join(word for word in words if word) + (f" of {rule.process}" if rule.process else "")
    for parameter in rule.parameters:
        yield f"{INDENT}for {parameter.name} in {expression_as_text(parameter.over)}"
    yield f"{INDENT}when {expression_as_text(rule.guard)}"
    for owed in rule.owed:
        yield f"{INDENT}{_obligation(owed)}"
    yield from _effects(rule.body, 1)


def _obligation(owed: Obligation) -> str:
    """`owes weak [timeout lease of Lock]($self)`; a step that only ends an obligation `ends` it."""
    key = ", ".join(map(expression_as_text, owed.key))
    condition = "" if owed.condition == TRUE else f" if {expression_as_text(owed.condition)}"
    return f"{'owes' if owed.enables else 'ends'} {owed.strength} [{owed.group}]({key}){condition}"


def _effects(effects: Effects, depth: int) -> Iterator[str]:
    if not effects:
        yield f"{INDENT * depth}nothing"
    for effect in effects:
        yield from _effect(effect, depth)


def _effect(effect: Effect, depth: int) -> Iterator[str]:
    space = INDENT * depth
    match effect:
        case Write(variable, indices, value):
            yield f"{space}{_place(variable, indices)} := {expression_as_text(value)}"
        case If(test, then, otherwise, _):
            yield f"{space}if {expression_as_text(test)}"
            yield from _effects(then, depth + 1)
            if otherwise:
                yield f"{space}else"
                yield from _effects(otherwise, depth + 1)
        case ForEach(name, over, body):
            yield f"{space}for each {name} in {expression_as_text(over)}"
            yield from _effects(body, depth + 1)
        case Choose(name, over, body, _):
            yield f"{space}choose {name} in {expression_as_text(over)}"
            yield from _effects(body, depth + 1)
        case LetIn(name, value, body):
            yield f"{space}let {name} = {expression_as_text(value)}"
            yield from _effects(body, depth + 1)
        case Require(test):
            yield f"{space}require {expression_as_text(test)}"
        case Assert(test, failure):
            yield f"{space}assert {expression_as_text(test)} or {failure.property}"
        case Count(counter, amount):
            yield f"{space}count [{counter}] + {expression_as_text(amount)}"
        case Note(kind, message, sender, receiver):
            ends = f"{expression_as_text(sender)} -> {expression_as_text(receiver)}"
            yield f"{space}note {kind} {expression_as_text(message)}: {ends}"
        case _:
            assert_never(effect)


def _place(variable: str, indices: tuple[Expression, ...]) -> str:
    return f"<{variable}>" + "".join(f"[{expression_as_text(index)}]" for index in indices)


def expression_as_text(expression: Expression) -> str:
    """One expression, fully parenthesised."""
    match expression:
        case expressions.Literal(value, domain):
            return show(value, domain)
        case expressions.Bound(name):
            return f"${name}"
        case expressions.Read(variable, indices, _, old):
            text = _place(variable, indices)
            return f"old({text})" if old else text
        case expressions.Apply(operator, arguments) if operator in INFIX:
            return f"({f' {operator} '.join(map(expression_as_text, arguments))})"
        case expressions.Apply(operator, arguments):
            return f"{operator}({', '.join(map(expression_as_text, arguments))})"
        case expressions.Connective(kind, left, right):
            return f"({expression_as_text(left)} {kind} {expression_as_text(right)})"
        case expressions.Conditional(test, then, otherwise):
            parts = (expression_as_text(then), expression_as_text(test), expression_as_text(otherwise))
            return "({} if {} else {})".format(*parts)
        case expressions.Quantified(kind, name, over, body):
            return f"({kind} ${name} in {expression_as_text(over)}: {expression_as_text(body)})"
        case expressions.Collected(kind, name, over, condition, element):
            what = "" if element is None else f"{expression_as_text(element)} "
            filtered = "" if condition is None else f" if {expression_as_text(condition)}"
            return f"{kind}({what}for ${name} in {expression_as_text(over)}{filtered})"
        case expressions.Let(name, value, body):
            return f"(let ${name} = {expression_as_text(value)}: {expression_as_text(body)})"
        case expressions.Narrow(value, domain, failure):
            return f"narrow({expression_as_text(value)}, {in_words(domain)}, {failure.property})"
        case expressions.Invoke(definition, arguments):
            return f"{definition}({', '.join(map(expression_as_text, arguments))})"
        case _:
            assert_never(expression)
