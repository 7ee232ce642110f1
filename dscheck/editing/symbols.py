"""What does a spec declare, as an outline for an editor?"""

from collections.abc import Iterator
from typing import Literal

from dscheck.language import syntax
from dscheck.record import record
from dscheck.source import Span

SymbolKind = Literal[
    "protocol", "constant", "enumeration", "literal", "record", "field", "message", "function", "process", "variable",
    "timer", "action", "handler", "property", "check", "block",
]  # fmt: skip


@record
class Symbol:
    """Something that has a name in a spec.

    Attributes:
        name: as people read it: `on Request`.
        kind: what it is.
        detail: a few words beside it, such as its type.
        span: the whole declaration.
        named: the name in it.
        inner: what is declared within.
    """

    name: str
    kind: SymbolKind
    detail: str
    span: Span
    named: Span
    inner: tuple["Symbol", ...] = ()


def symbols_of(spec: syntax.Spec, text: str) -> tuple[Symbol, ...]:
    """The outline of a spec, in its order.

    Args:
        spec: its syntax.
        text: which the spans of `spec` point into.
    """
    return tuple(symbol for declaration in spec.declarations for symbol in _symbols(declaration, text))


def _symbols(declaration: syntax.Declaration, text: str) -> Iterator[Symbol]:
    span = declaration.span
    match declaration:
        case syntax.Protocol(name, title):
            yield _symbol(name, "protocol", title or "", span)
        case syntax.Constant(name, value):
            yield _symbol(name, "constant", f"= {_words(value.span, text)}", span)
        case syntax.EnumType(name, literals):
            inner = tuple(_symbol(each, "literal", "", each.span) for each in literals)
            yield _symbol(name, "enumeration", "", span, inner)
        case syntax.RecordType(name, fields):
            yield _symbol(name, "record", "", span, _fields(fields, text))
        case syntax.Messages(items):
            for item in items:
                yield _symbol(item.name, "message", "", item.span, _fields(item.fields, text))
        case syntax.Function(name):
            yield _symbol(name, "function", "", span)
        case syntax.Process(name, size, _, members):
            inner = tuple(each for member in members for each in _member(member, text))
            detail = "" if size is None else f"[{_words(size.span, text)}]"
            yield _symbol(name, "process", detail, span, inner)
        case syntax.SharedVariable(variable):
            yield _symbol(variable.name, "variable", _words(variable.type.span, text), span)
        case syntax.Invariant(name) | syntax.StepProperty(name) | syntax.Reachable(name) | syntax.Bound(name):
            yield _symbol(name, "property", _keyword(span, text), span)
        case syntax.Progress(name):
            yield _symbol(name, "property", "progress", span)
        case syntax.Eventually(name, _, always):
            yield _symbol(name, "property", "always eventually" if always else "eventually", span)
        case syntax.Check(name):
            yield _symbol(name, "check", _words(span, text).partition(" expect ")[2], span)
        case syntax.Schedule(name) | syntax.Schedules(name) | syntax.Timing(name):
            yield _symbol(name, "block", _keyword(span, text), span)
        case syntax.Network() | syntax.Faults() | syntax.Tight() | syntax.Final() | syntax.Assume():
            return


def _member(member: syntax.Member, text: str) -> Iterator[Symbol]:
    span = member.span
    match member:
        case syntax.Timer(name):
            yield _symbol(name, "timer", "", span)
        case syntax.Variable(kind, name, a_type):
            yield _symbol(name, "variable", f"{kind} {_words(a_type.span, text)}".strip(), span)
        case syntax.Action(fairness, name):
            yield _symbol(name, "action", fairness, span)
        case syntax.Helper(name):
            yield _symbol(name, "function", "", span)
        case syntax.Handler():
            yield Symbol(f"on {member.message.name}", "handler", member.fairness, span, member.message.span)
        case syntax.Timeout(timer):
            yield Symbol(f"on timeout {timer.name}", "handler", "", span, timer.span)
        case syntax.Hook(event):
            yield Symbol(f"on {event}", "handler", "", span, Span(span.start, span.start + len("on")))
        case syntax.Clock():
            return


def _symbol(
    name: syntax.Identifier, kind: SymbolKind, detail: str, span: Span, inner: tuple[Symbol, ...] = ()
) -> Symbol:
    return Symbol(name.name, kind, detail, span.to(name.span), name.span, inner)


def _fields(fields: tuple[syntax.Parameter, ...], text: str) -> tuple[Symbol, ...]:
    return tuple(
        _symbol(each.name, "field", "" if each.type is None else _words(each.type.span, text), each.span)
        for each in fields
    )


def _words(span: Span, text: str) -> str:
    return " ".join(text[span.start : span.end].split())


def _keyword(span: Span, text: str) -> str:
    return text[span.start : span.end].split(maxsplit=1)[0]
