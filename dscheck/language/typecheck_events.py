"""What do `a -> b` and `a || b` compare in a protocol? Also: what may stand only in schedules and timing blocks?"""

from typing import assert_never

from dscheck.diagnostics import Fix, Label
from dscheck.language import syntax
from dscheck.language.checked import EventMeaning
from dscheck.language.expectations import need, report_mismatch
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import Context
from dscheck.language.traversal import walk
from dscheck.language.type_rules import fits
from dscheck.language.types import Bool, Id, Type, Unknown
from dscheck.language.words import FUNCTIONS
from dscheck.source import Span

WORDS = {"->": "implies", "||": "or"}
"""what people who know other languages mean by these signs"""

SAYS = {"->": "says that one event happened before another", "||": "says that two events are concurrent"}


def infer_event_order(ctx: Context, node: syntax.EventOrder) -> Type:
    """The type of `enter(p) -> leave(q)`, with the events that it compares recorded."""
    operands = (node.left, node.right)
    strangers = [operand for operand in operands if not _looks_like_event(ctx, operand)]
    if len(strangers) == 2 or (strangers and not any(_is_written(ctx, operand) for operand in operands)):
        _report_other_operator(ctx, node)
    elif ctx.place.kind not in ("property", "step", "bound"):
        ctx.findings.error(
            "DS0781",
            f"`{node.operator}` stands in properties only",
            node.span,
            "no process knows the order of events at others",
            advice="in a body compare vector clock values: `clock vector`, and `a < b` between two values of `now`",
        )
    else:
        for operand in operands:
            if operand in strangers:
                _report_no_event(ctx, operand)
            else:
                _infer_event(ctx, operand)
    return Bool()


def refuse_outside_blocks(ctx: Context, node: syntax.Decimal | syntax.Asked | syntax.EventQuantifier) -> Type:
    """Report what means something in a schedule or timing block, and nothing in a protocol."""
    match node:
        case syntax.Decimal(text):
            _refuse(
                ctx, node.span, f"`{text}` has a fraction", "numbers of a protocol are whole", "a `timing` block",
                "count in a smaller unit: milliseconds for seconds, percent for a share",
            )  # fmt: skip
        case syntax.Asked():
            _refuse(
                ctx, node.span, "`?` asks for a value", "nothing answers it here", "the `expect` of a `schedule`",
                "an optional type is `Node?`, and its empty value `none`",
            )  # fmt: skip
        case syntax.EventQuantifier(kind, names):
            listed = ", ".join(name.name for name in names)
            _refuse(
                ctx, node.span, f"`{kind} {listed}:` goes through events", "these have no set to come from",
                "a `schedule`", f"name a set: `{kind} {names[0].name} in Node: …`",
            )  # fmt: skip
        case _:
            assert_never(node)
    return Unknown()


def _refuse(ctx: Context, span: Span, what: str, label: str, where: str, advice: str) -> None:
    ctx.findings.error("DS0783", f"{what}, which only {where} has", span, label, advice=advice)


# --- which event ---------------------------------------------------------------------------------


def _label_of(node: syntax.Expression) -> syntax.Identifier | None:
    """The label in `enter(p)` and `enter`."""
    match node:
        case syntax.Call(function):
            return function
        case syntax.Name(name):
            return syntax.Identifier(name, node.span)
        case _:
            return None


def _emitters(ctx: Context, label: str) -> list[str]:
    """The processes that emit events of this label, in the order of declaration."""
    return [process for process in ctx.declarations.processes if (process, label) in ctx.usage.events]


def _is_emitted(ctx: Context, node: syntax.Expression) -> bool:
    label = _label_of(node)
    return label is not None and bool(_emitters(ctx, label.name))


def _is_written(ctx: Context, node: syntax.Expression) -> bool:
    """Is it emitted somewhere in the text? A body that is checked later has not told its labels yet."""
    label = _label_of(node)
    if label is None or _is_emitted(ctx, node):
        return label is not None
    bodies = tuple(process.declaration for process in ctx.declarations.processes.values())
    return any(isinstance(each, syntax.EmitEvent) and each.label.name == label.name for each in walk(bodies))


def _looks_like_event(ctx: Context, node: syntax.Expression) -> bool:
    """Is it one, or a call of nothing else that there is, so probably one whose label is misspelt?"""
    if _is_written(ctx, node):
        return True
    known = ctx.declarations
    taken = FUNCTIONS | known.functions.keys() | known.records.keys()
    return isinstance(node, syntax.Call) and len(node.arguments) == 1 and node.function.name not in taken


def _infer_event(ctx: Context, node: syntax.Expression) -> None:
    label = _label_of(node)
    assert label is not None, "only what looks like an event comes here"
    emitters = _emitters(ctx, label.name)
    if not emitters:
        _report_unknown_label(ctx, label)
        return
    if isinstance(node, syntax.Name):
        _infer_bare(ctx, node, emitters)
        return
    assert isinstance(node, syntax.Call)
    if len(node.arguments) != 1:
        _report_process(ctx, node.span, label.name, emitters, f"`{label.name}` takes one process")
        return
    process = _process_of(ctx, node.arguments[0], emitters)
    if process in emitters:
        ctx.tables.event[id(node)] = EventMeaning(process, label.name)
    elif process:
        places = tuple(Label(ctx.usage.events[each, label.name], f"`{each}` does") for each in emitters)
        _report_process(ctx, node.span, label.name, emitters, f"`{process}` never emits it", places)


def _process_of(ctx: Context, node: syntax.Expression, emitters: list[str]) -> str:
    """The process set that an argument belongs to; empty when it is none, which is reported."""
    found = need(ctx, node)
    if isinstance(found, Id):
        return found.process
    if isinstance(found, Unknown):
        return ""
    numbered = [each for each in emitters if fits(found, Id(each), ctx.declarations.ordered)]
    if len(numbered) != 1:
        report_mismatch(ctx, node, found, Id(emitters[0]))
        return ""
    return numbered[0]


def _infer_bare(ctx: Context, node: syntax.Name, emitters: list[str]) -> None:
    """A label without a process: there must be one process only that it can be."""
    first = ctx.declarations.processes[emitters[0]]
    if len(emitters) == 1 and first.singleton:
        ctx.tables.event[id(node)] = EventMeaning(first.name, node.name)
        return
    why = f"{' and '.join(f'`{each}`' for each in emitters)} emit{'s' if len(emitters) == 1 else ''} it"
    _report_process(ctx, node.span, node.name, emitters, why)


# --- what is wrong -------------------------------------------------------------------------------


def _report_other_operator(ctx: Context, node: syntax.EventOrder) -> None:
    word = WORDS[node.operator]
    start = ctx.source.text.index(node.operator, node.left.span.end)
    sign = Span(start, start + len(node.operator))
    ctx.findings.error(
        "DS0780",
        f"write `{word}` for `{node.operator}`",
        sign,
        f"`{node.operator}` {SAYS[node.operator]}",
        advice=f"between truth values stands `{word}`",
        note=f"events are labels of steps: after `event enter` in a body, a property says "
        f"`enter(p) {node.operator} enter(q)`",
        fix=Fix(sign, word, f"write `{word}`"),
    )


def _report_no_event(ctx: Context, node: syntax.Expression) -> None:
    labels = sorted({label for _, label in ctx.usage.events})
    ctx.findings.error(
        "DS0782",
        f"`{ctx.text(node)}` is no event",
        node.span,
        "an event is needed on both sides",
        advice=f"the labels are {listing(labels)}; write `{labels[0]}(p)`",
    )


def _report_unknown_label(ctx: Context, label: syntax.Identifier) -> None:
    near, fix = did_you_mean(label.name, label.span, [known for _, known in ctx.usage.events])
    ctx.findings.error(
        "DS0782",
        f"no process emits `{label.name}`",
        label.span,
        near or "not a label of any event",
        advice="" if fix else f"write `event {label.name}` in the body whose step it labels",
        fix=fix,
    )


def _report_process(
    ctx: Context, span: Span, label: str, emitters: list[str], why: str, places: tuple[Label, ...] = ()
) -> None:
    info = ctx.declarations.processes[emitters[0]]
    example = f"`{label}({info.name})`" if info.singleton else f"`{label}(p)` for a `{info.name}` p"
    ctx.findings.error(
        "DS0784", f"which process's `{label}` is meant?", span, why, related=places, advice=f"write {example}"
    )
