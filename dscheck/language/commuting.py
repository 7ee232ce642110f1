"""Does the order matter in which a `for` goes through ids that have no order?

Ids of a process set that is not `ordered` are interchangeable, so that a loop over them must give the same
state in whatever order it runs. A loop does when no iteration reads or overwrites what another one writes:
it writes entries of its own id, adds to sets and counters that it does not read, sets a variable to
one value that does not depend on the iteration, and sends to its own id.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import Expansion, OwnVariableMeaning, RemoteVariableMeaning, SharedVariableMeaning, Tables
from dscheck.language.scopes import Context
from dscheck.language.traversal import walk
from dscheck.language.type_rules import plain, process_within
from dscheck.language.types import Int, List, Map, Set, Type, Unknown
from dscheck.record import record
from dscheck.source import Span


@record
class Write:
    """One write of a variable: to the entry of the loop's id (own), adding, removing, setting, or other."""

    how: str
    span: Span
    value: syntax.Expression | None = None


@dataclass
class Effects:
    """What the iterations of one loop read and write.

    Attributes:
        writes: by variable; a timer counts as a variable, named `timer t`.
        reads: variables read as a whole, or at another entry than the loop's own.
        own_reads: variables read at the entry of the loop's id.
        fault: the first thing that never commutes, and why.
    """

    writes: dict[str, list[Write]] = field(default_factory=dict)
    reads: dict[str, Span] = field(default_factory=dict)
    own_reads: dict[str, Span] = field(default_factory=dict)
    fault: tuple[Span, str] | None = None


def check_commutes(ctx: Context, loop: syntax.For, element: Type) -> None:
    """Report a loop over unordered ids whose result could depend on their order."""
    over = ctx.tables.type_of[id(loop.binder.over)]
    process = process_within(element, ctx.declarations.unordered, ctx.types.records)
    if process is None or isinstance(plain(over), List):
        return
    name = loop.binder.name.name
    effects = Effects()
    _of_block(ctx, loop.body, name, effects)
    found = effects.fault or _conflict(effects, _bound_names(loop))
    if found is None:
        return
    span, why = found
    declared = ctx.declarations.processes[process].declaration.name.span
    ctx.findings.error(
        "DS0411",
        f"the order of `{ctx.text(loop.binder.over)}` would matter here, and `{process}` ids have none",
        span,
        why,
        related=(
            Label(loop.binder.span, "the loop goes through them in any order"),
            Label(declared, f"`{process}` is not declared `ordered`"),
        ),
        advice=f"write only entries of `{name}`, add to sets and counters, send to `{name}`; "
        f"`choose` one of them; or declare `process {process}[…] ordered`",
        note="ids that nothing orders are interchangeable, which makes the search smaller",
    )


def _bound_names(loop: syntax.For) -> frozenset[str]:
    return frozenset(node.name.name for node in walk(loop) if isinstance(node, syntax.Binder))


def _conflict(effects: Effects, bound: frozenset[str]) -> tuple[Span, str] | None:
    """The first pair of accesses of two iterations that do not commute, told at the write."""
    for variable, writes in effects.writes.items():
        kinds = {write.how for write in writes}
        first = writes[0]
        other = next((write for write in writes if write.how == "other"), None)
        if other is not None:
            return other.span, f"each iteration overwrites `{variable}`"
        if len(kinds) > 1:
            return writes[-1].span, f"`{variable}` is written in several ways"
        if variable in effects.reads:
            return first.span, f"another iteration reads `{variable}`"
        if kinds != {"own"} and variable in effects.own_reads:
            return first.span, f"another iteration reads `{variable}`"
        if kinds == {"set"}:
            values = {write.value for write in writes}
            depends = any(
                isinstance(node, syntax.Name) and node.name in bound for value in values for node in walk(value)
            )
            if len(values) > 1 or depends:
                return writes[-1].span, f"the last iteration decides `{variable}`"
    return None


def _of_block(ctx: Context, block: syntax.Block, name: str, effects: Effects) -> None:
    for statement in block:
        _of_statement(ctx, statement, name, effects)


def _of_statement(ctx: Context, node: syntax.Statement, name: str, effects: Effects) -> None:
    match node:
        case syntax.Assignments(items):
            for item in items:
                _of_assign(ctx, item, name, effects)
        case syntax.Send(_, arguments, target):
            for argument in (*arguments, target):
                _of_expression(ctx.tables, argument, name, effects)
            if not _is_name(target, name):
                effects.fault = effects.fault or (
                    node.span,
                    f"messages of several iterations to `{ctx.text(target)}` could queue in any order",
                )
        case syntax.StartTimer(timer):
            effects.writes.setdefault(f"timer {timer.name}", []).append(Write("start", node.span))
        case syntax.StopTimer(timer):
            effects.writes.setdefault(f"timer {timer.name}", []).append(Write("stop", node.span))
        case syntax.EmitEvent(label):
            why = f"one `{label.name}` would come before the other, and before what is sent after it"
            effects.fault = effects.fault or (node.span, why)
        case syntax.Assert(condition) | syntax.Require(condition):
            _of_expression(ctx.tables, condition, name, effects)
        case syntax.CallHelper(helper, arguments):
            for argument in arguments:
                _of_expression(ctx.tables, argument, name, effects)
            expansion = ctx.tables.call.get(id(node))
            if isinstance(expansion, Expansion) and has_effects(expansion):
                effects.fault = effects.fault or (node.span, f"`{helper.name}` changes more than its own entry")
            elif isinstance(expansion, Expansion):
                _of_expression(expansion.tables, expansion.declaration, name, effects)
        case syntax.If(branches, otherwise):
            for condition, block in branches:
                _of_expression(ctx.tables, condition, name, effects)
                _of_block(ctx, block, name, effects)
            _of_block(ctx, otherwise or (), name, effects)
        case syntax.For(binder, body) | syntax.Choose(binder, body):
            _of_expression(ctx.tables, binder.over, name, effects)
            _of_block(ctx, body, name, effects)
        case syntax.Defer() | syntax.Pass() | syntax.Return():
            pass


def has_effects(expansion: Expansion) -> bool:
    """Whether a helper, or one that it calls, assigns, sends, starts or stops a timer, or emits an event."""
    for node in walk(expansion.declaration):
        if isinstance(node, syntax.Assign | syntax.Send | syntax.StartTimer | syntax.StopTimer | syntax.EmitEvent):
            return True
        inner = expansion.tables.call.get(id(node)) if isinstance(node, syntax.CallHelper) else None
        if isinstance(inner, Expansion) and has_effects(inner):
            return True
    return False


def _of_assign(ctx: Context, node: syntax.Assign, name: str, effects: Effects) -> None:
    _of_expression(ctx.tables, node.value, name, effects)
    own_entry = False
    target = node.target
    while isinstance(target, syntax.Index | syntax.Attribute):
        if isinstance(target, syntax.Index):
            _of_expression(ctx.tables, target.index, name, effects)
            own_entry = _variable_of(target.base) is not None and _is_name(target.index, name)
        target = target.base
    if not isinstance(target, syntax.Name):
        return
    written = effects.writes.setdefault(target.name, [])
    if own_entry or _is_own_member(node, name):
        written.append(Write("own", node.span))
        return
    changed = plain(ctx.tables.type_of.get(id(node.target), Unknown()))
    match node.operator:
        case "+=" if isinstance(changed, Set | Int | Unknown):
            written.append(Write("adds", node.span))
        case "-=" if isinstance(changed, Set | Map | Int | Unknown):
            written.append(Write("removes", node.span))
        case "=" if target is node.target:
            written.append(Write("set", node.span, node.value))
        case _:
            written.append(Write("other", node.span))


def _variable_of(node: syntax.Expression) -> syntax.Name | None:
    """The variable in `v`, and in `v.field`, whose entries are entries of it too."""
    while isinstance(node, syntax.Attribute):
        node = node.base
    return node if isinstance(node, syntax.Name) else None


def _is_own_member(node: syntax.Assign, name: str) -> bool:
    """`s += {q}` and `s -= {q}`, which touch nothing but whether q is in it."""
    value = node.value
    return (
        isinstance(node.target, syntax.Name)
        and node.operator in ("+=", "-=")
        and isinstance(value, syntax.SetOf)
        and len(value.items) == 1
        and _is_name(value.items[0], name)
    )


def _is_name(node: syntax.Expression, name: str) -> bool:
    return isinstance(node, syntax.Name) and node.name == name


def _of_expression(tables: Tables, node: object, name: str, effects: Effects) -> None:
    for each, own in _reads(tables, node, name):
        kept = effects.own_reads if own else effects.reads
        kept.setdefault(each, Span(0, 0))


def _reads(tables: Tables, node: object, name: str) -> Iterator[tuple[str, bool]]:
    """Variables and timers read in `node`, and whether only the entry of the loop's id is read."""
    own_bases: set[int] = set()
    for each in walk(node):
        match each:
            case syntax.Index(base, index) if _is_name(index, name) and (variable := _variable_of(base)) is not None:
                own_bases.add(id(variable))
            case syntax.Binary("in" | "not in", left, syntax.Name() as base) if _is_name(left, name):
                own_bases.add(id(base))
            case syntax.Name(variable):
                meaning = tables.name.get(id(each))
                if isinstance(meaning, OwnVariableMeaning | SharedVariableMeaning):
                    yield variable, id(each) in own_bases
            case syntax.Attribute(_, attribute):
                if isinstance(tables.attribute.get(id(each)), RemoteVariableMeaning):
                    yield attribute.name, False
            case syntax.Call(function, arguments):
                called = tables.call.get(id(each))
                if isinstance(called, Expansion):
                    yield from _reads(called.tables, called.declaration, "")
                elif function.name == "running":
                    yield from ((f"timer {node.name}", False) for node in arguments if isinstance(node, syntax.Name))
            case _:
                pass
