"""What does the word under the cursor name, and where is that declared?

Found by the syntax and the scopes alone, so that it works in a spec whose types are wrong; only what stands behind a
dot needs them.
"""

import re
from collections.abc import Iterator
from dataclasses import fields

from dscheck.editing.document import Readable
from dscheck.editing.symbols import Symbol
from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS
from dscheck.language.checked import FieldMeaning, RemoteVariableMeaning
from dscheck.language.traversal import walk
from dscheck.record import record
from dscheck.source import Span

_WORD = re.compile(r"[A-Za-z_]\w*")
_IN_BLOCKS = (
    syntax.Lane | syntax.LocalEvent | syntax.SendingEvent | syntax.ReceivingEvent | syntax.ScheduleClock | syntax.Param
    | syntax.PerfectClock | syntax.DriftingClock | syntax.At | syntax.Given | syntax.Let | syntax.Query
)  # fmt: skip


@record
class Named:
    """What a word stands for.

    Attributes:
        word: as written.
        span: where it was asked.
        kind: what it names: a kind of symbol, or `local`, `event`, `line`, `built-in`.
        declared: the name in its declaration; None for what the language itself has.
        whole: that declaration.
        process: whose it is, if it belongs to one.
        scope: of a local, the node in which it is known.
    """

    word: str
    span: Span
    kind: str
    declared: Span | None = None
    whole: Span | None = None
    process: str = ""
    scope: object = None


def name_at(readable: Readable, offset: int) -> Named | None:
    """What the word at a place of a text stands for; None where there is no word, or nothing is known of it.

    Args:
        readable: the text.
        offset: of a character of the word, or just behind it.
    """
    text = readable.source.text
    line = text.rfind("\n", 0, offset) + 1
    found = next((match for match in _WORD.finditer(text, line) if match.end() >= offset), None)
    if found is None or found.start() > offset:
        return None
    span = Span(*found.span())
    path = _path(readable.spec, span)
    if not path or any(each.start <= span.start < each.end for each in readable.comments):
        return None
    if isinstance(path[-1], syntax.Text | syntax.Number | syntax.Decimal):
        return None
    return _named(readable, found.group(), span, path)


def _path(spec: syntax.Spec, span: Span) -> list[object]:
    """The nodes around a place, from the outermost to the innermost."""
    path: list[object] = []
    stack: list[object] = [spec]
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            stack.extend(node)
            continue
        around = getattr(node, "span", None)
        if isinstance(around, Span) and around.start <= span.start and span.end <= around.end:
            path.append(node)
            stack.extend(getattr(node, each.name) for each in fields(node))  # type: ignore[arg-type]  # a record
    return path


def _named(readable: Readable, word: str, span: Span, path: list[object]) -> Named | None:
    outline = readable.outline
    parent = next((node for node in reversed(path) if not isinstance(node, syntax.Identifier | syntax.Name)), None)
    if isinstance(parent, syntax.Attribute) and parent.name.span == span:
        return _behind_a_dot(readable, word, span, parent, outline)
    wanted = _kinds_at(parent, span)
    if not wanted:
        for node in reversed(path):
            for name, declared in _introduced(node):
                if name == word:
                    return Named(word, span, "local", declared, declared, scope=node)
    inside = next((_owner(node, outline) for node in path if isinstance(node, syntax.Process | syntax.Assume)), "")
    block = next((node for node in path if isinstance(node, syntax.Schedule | syntax.Schedules | syntax.Timing)), None)
    if block is not None:
        for node in walk(block):
            if isinstance(node, _IN_BLOCKS) and node.name is not None and node.name.name == word:
                return Named(word, span, "line", node.name.span, node.span)
    for symbol, owner in _in_order(outline, inside):
        if symbol.name == word and (not wanted or symbol.kind in wanted):
            return Named(word, span, symbol.kind, symbol.named, symbol.span, owner)
    return _elsewhere(readable, word, span)


def _owner(node: syntax.Process | syntax.Assume, outline: tuple[Symbol, ...]) -> str:
    """The process whose variables are known in a node; in an assumption, that of the timer."""
    if isinstance(node, syntax.Process):
        return node.name.name
    if node.process is not None:
        return node.process.name
    timer = node.timer.name
    owners = [each for each in outline if any(own.name == timer and own.kind == "timer" for own in each.inner)]
    return owners[0].name if owners else ""


def _kinds_at(parent: object, span: Span) -> tuple[str, ...]:
    """Which kinds of thing can stand here; empty if several kinds of value can."""
    match parent:
        case syntax.Send(message) | syntax.Handler(_, message) if message.span == span:
            return ("message",)
        case syntax.StartTimer() | syntax.StopTimer():
            return ("timer",)
        case syntax.Timeout(timer) if timer.span == span:
            return ("timer",)
        case syntax.Timer(_, after) if after is not None and after.span == span:
            return ("timer",)
        case syntax.Assume() if parent.timer.span == span:
            return ("timer",)
        case syntax.Assume() if parent.because is not None and parent.because.span == span:
            return ("block",)
        case syntax.CallHelper(helper) if helper.span == span:
            return ("function",)
        case syntax.Tight() | syntax.ExpectViolates():
            return ("property",)
        case syntax.Setting(key) if any(part.span == span for part in key):
            return ("constant",)
        case syntax.NamedType() | syntax.VectorType():
            return ("process", "enumeration", "record")
        case _:
            return ()


def _introduced(node: object) -> Iterator[tuple[str, Span]]:
    """The names that are known within a node because of it."""
    match node:
        case syntax.Quantifier(_, binders) | syntax.Progress(_, binders) | syntax.Eventually(_, binders):
            names = [binder.name for binder in binders]
        case syntax.Action():
            names = [binder.name for binder in node.parameters]
        case syntax.Comprehension() | syntax.MapComprehension() | syntax.Count() | syntax.For() | syntax.Choose():
            names = [node.binder.name]
        case syntax.Aggregate():
            names = [each.binder.name for each in node.generators]
        case syntax.Handler():
            names = [*node.parameters, *([node.sender] if node.sender else [])]
        case syntax.Function() | syntax.Helper():
            names = [each.name for each in node.parameters]
        case syntax.EventQuantifier() | syntax.ScheduleForall() | syntax.Find():
            names = [*node.names]
        case _:
            return
    for name in names:
        yield name.name, name.span


def _in_order(outline: tuple[Symbol, ...], inside: str) -> Iterator[tuple[Symbol, str]]:
    """Every declared thing with its process: first those of the own process, last those of others."""
    own = [symbol for symbol in outline if symbol.kind == "process" and symbol.name == inside]
    others = [symbol for symbol in outline if symbol.kind == "process" and symbol.name != inside]
    for process in own:
        yield from ((each, process.name) for each in process.inner)
    for symbol in outline:
        yield symbol, ""
        if symbol.kind == "enumeration":
            yield from ((each, "") for each in symbol.inner)
    for process in others:
        yield from ((each, process.name) for each in process.inner if each.kind in ("action", "timer"))


def _behind_a_dot(
    readable: Readable, word: str, span: Span, node: syntax.Attribute, outline: tuple[Symbol, ...]
) -> Named | None:
    """A variable of another process, or a field of a record."""
    meanings = [tables.attribute[id(node)] for tables in readable.tables if id(node) in tables.attribute]
    match meanings[0] if meanings else None:
        case RemoteVariableMeaning(process, name):
            owners = {process}
            word = name
        case FieldMeaning(of, _):
            owners = {of}
        case None:
            owners = {symbol.name for symbol in outline if any(each.name == word for each in symbol.inner)}
        case _:
            return None
    found = [
        (symbol, each)
        for symbol in outline
        if symbol.name in owners
        for each in symbol.inner
        if each.name == word and each.kind in ("variable", "timer", "field")
    ]
    if len(found) != 1:  # without types, several processes may have a variable of that name
        return None
    owner, symbol = found[0]
    return Named(word, span, symbol.kind, symbol.named, symbol.span, owner.name)


def _elsewhere(readable: Readable, word: str, span: Span) -> Named | None:
    """A literal of a type, a label of a step, or something of the language."""
    for node in walk(readable.spec):
        match node:
            case syntax.InlineEnum(literals):
                for literal in literals:
                    if literal.name == word:
                        return Named(word, span, "literal", literal.span, node.span)
            case syntax.EmitEvent(label) if label.name == word:
                return Named(word, span, "event", label.span, node.span)
    return Named(word, span, "built-in") if word in BUILTINS else None
