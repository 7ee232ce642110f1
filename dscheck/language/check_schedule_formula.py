"""Does a formula about a schedule speak of things that it has, and does it compare like with like?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS
from dscheck.language.findings import Findings, did_you_mean, listing
from dscheck.language.format_expression import format_expression
from dscheck.record import record

Kind = Literal["truth", "number", "vector", "matrix", "event"]

KIND_OF_CLOCK: Mapping[str, Kind] = {"lamport": "number", "vector": "vector", "version": "vector", "matrix": "matrix"}
"""What a clock of each kind shows."""

_WORDS: Mapping[Kind, str] = {
    "truth": "true or false",
    "number": "a number",
    "vector": "a vector",
    "matrix": "a matrix",
    "event": "an event",
}


@record
class Surroundings:
    """What a formula may name.

    Attributes:
        findings: takes the diagnostics.
        clocks: the kind of each clock by name.
        lanes: the processes by name.
        events: the events by name, those bound by a quantifier around it included.
        one_sheet: whether there is one diagram; a formula about all of them can name no event and no process.
    """

    findings: Findings
    clocks: Mapping[str, str]
    lanes: Mapping[str, syntax.Identifier]
    events: Mapping[str, syntax.Identifier]
    one_sheet: bool


def check_claim(around: Surroundings, condition: syntax.Expression) -> None:
    """Report what is wrong with a condition that is true or false."""
    _need(around, condition, "truth")


def check_expectation(around: Surroundings, condition: syntax.Expression) -> None:
    """Report what is wrong with the condition of an `expect`, which may ask for a value: `L(c) == ?`."""
    match condition:
        case syntax.Comparison((syntax.Asked(), subject), ("==",)) | syntax.Comparison(
            (subject, syntax.Asked()), ("==",)
        ):
            kind = kind_of(around, subject)
            if kind in {"truth", "event"}:
                around.findings.error(
                    "DS0711",
                    f"`?` asks for what a clock shows, and `{format_expression(subject)}` is {_WORDS[kind]}",
                    subject.span,
                    _WORDS[kind],
                    advice="ask for a value of a clock, as in `expect L(a) == ?`",
                )
        case _:
            check_claim(around, condition)


def with_bound(around: Surroundings, names: Sequence[syntax.Identifier]) -> Surroundings:
    """The surroundings inside a quantifier; names that mean something else already are reported."""
    events = dict(around.events)
    for name in names:
        declared = events.get(name.name) or around.lanes.get(name.name)
        if declared is not None or name.name in around.clocks:
            around.findings.error(
                "DS0702",
                f"`{name.name}` has a meaning here already",
                name.span,
                "give this event another name",
                related=(Label(declared.span, "the first one"),) if declared is not None else (),
            )
        events[name.name] = name
    return replace(around, events=events)


def kind_of(around: Surroundings, node: syntax.Expression) -> Kind | None:
    """What kind of value `node` has; None when that is not known, and then an error has been reported."""
    match node:
        case syntax.Number():
            return "number"
        case syntax.Name("true" | "false"):
            return "truth"
        case syntax.Name():
            return _name(around, node)
        case syntax.Call():
            return _call(around, node)
        case syntax.Index():
            return _index(around, node)
        case syntax.ListOf(items):
            return _list(around, node, items)
        case syntax.MapOf(pairs):
            return _map(around, node, pairs)
        case syntax.Unary("not", operand):
            _need(around, operand, "truth")
            return "truth"
        case syntax.Unary(_, operand):
            return _need(around, operand, "number")
        case syntax.Binary("and" | "or" | "implies" | "iff", left, right):
            _need(around, left, "truth")
            _need(around, right, "truth")
            return "truth"
        case syntax.Binary("+" | "-" | "*", left, right):
            kinds = {_need(around, left, "number"), _need(around, right, "number")}
            return None if None in kinds else "number"
        case syntax.Comparison():
            return _comparison(around, node)
        case syntax.EventOrder(_, left, right):
            _need(around, left, "event")
            _need(around, right, "event")
            return "truth"
        case syntax.EventQuantifier(_, names, body):
            _need(with_bound(around, names), body, "truth")
            return "truth"
        case syntax.IfElse(then, condition, otherwise):
            _need(around, condition, "truth")
            kind = kind_of(around, then)
            return _need(around, otherwise, kind) if kind is not None else kind_of(around, otherwise)
        case syntax.Asked():
            around.findings.error(
                "DS0711",
                "`?` is one side of a line `expect … == ?`",
                node.span,
                "nothing is asked for here",
                advice="ask for one value per line: `expect L(a) == ?`",
            )
            return None
        case _:
            _foreign(around, node)
            return None


def _need(around: Surroundings, node: syntax.Expression, wanted: Kind) -> Kind | None:
    """`wanted` if `node` is of that kind; else None, and an error has been reported."""
    found = kind_of(around, node)
    if found is not None and found != wanted:
        _wrong_kind(around, node, found, f"{_WORDS[wanted]} is needed here")
    return wanted if found == wanted else None


def _wrong_kind(around: Surroundings, node: syntax.Expression, found: Kind, why: str) -> None:
    clock = next(iter(around.clocks), None)
    advice = ""
    if found == "event" and clock is not None:
        text = format_expression(node)
        advice = f"say what a clock shows there, `{clock}({text})`, or order two events: `{text} -> …`"
    elif found in {"vector", "matrix"} and around.one_sheet and around.lanes:
        advice = f"one entry is a number: `{format_expression(node)}[{next(iter(around.lanes))}]`"
        if found == "matrix":
            advice = f"one row is a vector: `{format_expression(node)}[{next(iter(around.lanes))}]`"
    around.findings.error(
        "DS0709", f"`{format_expression(node)}` is {_WORDS[found]}; {why}", node.span, _WORDS[found], advice=advice
    )


def _name(around: Surroundings, node: syntax.Name) -> Kind | None:
    name = node.name
    if name in around.events:
        return "event"
    if name in around.clocks:
        around.findings.error(
            "DS0709",
            f"`{name}` is a clock; what it shows is a matter of the event",
            node.span,
            "at which event?",
            advice=f"write `{name}(…)` with an event",
        )
    elif name in around.lanes:
        around.findings.error(
            "DS0709",
            f"`{name}` is a process, and formulas speak of events",
            node.span,
            "a process",
            advice="a process can only choose an entry of a vector, as in `V(a)[P1]`",
        )
    elif not around.one_sheet:
        around.findings.error(
            "DS0716",
            f"`{name}` names no event in all schedules",
            node.span,
            "an event of which schedule?",
            advice=f"speak of all events, `forall {name}: …`, or of some, `find {name}: …`",
        )
    else:
        label, fix = did_you_mean(name, node.span, around.events)
        around.findings.error(
            "DS0701", f"no event is called `{name}` here", node.span, label, fix=fix, note=_known(around.events)
        )
    return None


def _known(events: Mapping[str, object]) -> str:
    return f"the events are {listing(events)}" if events else ""


def _call(around: Surroundings, node: syntax.Call) -> Kind | None:
    name = node.function
    if name.name not in around.clocks:
        if name.name in BUILTINS:
            _foreign(around, node)
            return None
        label, fix = did_you_mean(name.name, name.span, around.clocks)
        advice = "" if around.clocks else f"declare it: `clock lamport as {name.name}`"
        around.findings.error(
            "DS0701", f"no clock is called `{name.name}` here", name.span, label, fix=fix, advice=advice
        )
        return None
    for argument in node.arguments:
        _need(around, argument, "event")
    if len(node.arguments) != 1:
        around.findings.error(
            "DS0709",
            f"`{name.name}(…)` is what the clock shows at one event, and here stand {len(node.arguments)}",
            node.span,
            advice=f"write `{name.name}(a)` with one event",
        )
    return KIND_OF_CLOCK.get(around.clocks[name.name])


def _index(around: Surroundings, node: syntax.Index) -> Kind | None:
    base = kind_of(around, node.base)
    match node.index:
        case syntax.Name(name) if name in around.lanes:
            pass
        case syntax.Name(name) if around.one_sheet:
            label, fix = did_you_mean(name, node.index.span, around.lanes)
            message = f"no process is called `{name}` here"
            around.findings.error("DS0701", message, node.index.span, label, fix=fix)
        case _ if around.one_sheet:
            message = "an entry is chosen by the name of a process"
            around.findings.error(
                "DS0709", message, node.index.span, advice=f"the processes are {listing(around.lanes)}"
            )
        case _:
            _no_lanes(around, node.index, "which process is that in every schedule?")
    if base is None:
        return None
    if base not in {"vector", "matrix"}:
        _wrong_kind(around, node.base, base, "only vectors and matrices have entries")
        return None
    return "vector" if base == "matrix" else "number"


def _no_lanes(around: Surroundings, node: syntax.Expression, label: str) -> None:
    around.findings.error(
        "DS0716",
        "a formula about all schedules names no process",
        node.span,
        label,
        advice="compare what the clocks show at two events: `forall x, y: x -> y iff V(x) < V(y)`",
    )


def _list(around: Surroundings, node: syntax.Expression, items: Sequence[syntax.Expression]) -> Kind | None:
    kinds = [kind_of(around, item) for item in items]
    if not around.one_sheet:
        _no_lanes(around, node, "how many processes a schedule has differs")
        return None
    if None in kinds or not around.lanes:  # that a schedule has no process is reported where it begins
        return None
    if len(items) != len(around.lanes):
        around.findings.error(
            "DS0712",
            f"a vector has an entry per process, and here are {len(items)} for {len(around.lanes)}",
            node.span,
            f"one entry for each of {listing(around.lanes)}",
        )
        return None
    return _kind_of_entries(around, items, kinds)


def _map(
    around: Surroundings, node: syntax.Expression, pairs: Sequence[tuple[syntax.Expression, syntax.Expression]]
) -> Kind | None:
    values = [value for _, value in pairs]
    kinds = [kind_of(around, value) for value in values]
    if not around.one_sheet:
        _no_lanes(around, node, "which processes are these in every schedule?")
        return None
    seen: set[str] = set()
    for key, _ in pairs:
        if not isinstance(key, syntax.Name) or key.name not in around.lanes:
            label, fix = did_you_mean(format_expression(key), key.span, around.lanes)
            message = f"an entry is that of a process, and `{format_expression(key)}` is none"
            around.findings.error("DS0712", message, key.span, label, fix=fix)
            return None
        if key.name in seen:
            around.findings.error("DS0712", f"`{key.name}` has two entries here", key.span, "leave one of them out")
        seen.add(key.name)
    return None if None in kinds else _kind_of_entries(around, values, kinds)


def _kind_of_entries(
    around: Surroundings, items: Sequence[syntax.Expression], kinds: Sequence[Kind | None]
) -> Kind | None:
    for item, kind in zip(items, kinds, strict=True):
        if kind not in {"number", "vector"} or kind != kinds[0]:
            assert kind is not None
            why = "an entry is a number, or in a matrix a vector, and all are alike"
            around.findings.error(
                "DS0709", f"`{format_expression(item)}` is {_WORDS[kind]}; {why}", item.span, _WORDS[kind]
            )
            return None
    return "vector" if kinds[0] == "number" else "matrix"


def _comparison(around: Surroundings, node: syntax.Comparison) -> Kind:
    kinds = [kind_of(around, operand) for operand in node.operands]
    for at, sign in enumerate(node.operators):
        left, right = kinds[at], kinds[at + 1]
        if left is None or right is None:
            continue
        a, b = format_expression(node.operands[at]), format_expression(node.operands[at + 1])
        span = node.operands[at].span.to(node.operands[at + 1].span)
        if left != right:
            message = f"`{a}` is {_WORDS[left]} and `{b}` is {_WORDS[right]}"
            _not_comparable(around, node.operands[at : at + 2], (left, right), message)
        elif sign not in {"==", "!="} and left in {"truth", "event"}:
            advice = f"`{a} -> {b}` says that it happened before" if left == "event" else "use `implies` or `iff`"
            message = f"`{sign}` compares what clocks show, and `{a}` is {_WORDS[left]}"
            around.findings.error("DS0709", message, span, _WORDS[left], advice=advice)
    return "truth"


def _not_comparable(
    around: Surroundings, operands: Sequence[syntax.Expression], kinds: tuple[Kind, Kind], message: str
) -> None:
    first, second = operands
    advice = ""
    if "vector" in kinds and "number" in kinds and around.one_sheet and around.lanes:
        vector = format_expression(operands[kinds.index("vector")])
        advice = f"compare one entry, `{vector}[{next(iter(around.lanes))}]`, or write out a vector"
    around.findings.error(
        "DS0709",
        message,
        second.span,
        _WORDS[kinds[1]],
        related=(Label(first.span, _WORDS[kinds[0]]),),
        advice=advice or "compare two of a kind",
    )


def _foreign(around: Surroundings, node: syntax.Expression) -> None:
    """What belongs to protocols, or to timing blocks."""
    match node:
        case syntax.Decimal():
            why, advice = "the clocks of a schedule count in whole numbers", "decimals are for `timing` blocks"
        case syntax.Quantifier(kind):
            why = "a schedule has events, and no sets to choose from"
            advice = f"bind events by their names alone: `{kind} x, y: …`"
        case syntax.SetOf(items):
            why = "a schedule has no sets"
            lane = next(iter(around.lanes), "P1")
            advice = (
                f"a vector is `[1, 0]`, or `{{{lane}: 1}}`" if items else f"the vector of nothing is `{{{lane}: 0}}`"
            )
        case _:
            why, advice = (
                "formulas about schedules have no such expression",
                "they speak of events and what clocks show",
            )
    around.findings.error("DS0710", why, node.span, "not in a schedule", advice=advice)
