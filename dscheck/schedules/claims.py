"""What comes out for the lines of a schedule that claim or ask something, and so for the whole block?"""

from collections.abc import Iterator, Mapping, Sequence

from dscheck.language import syntax
from dscheck.language.findings import counted as number_of
from dscheck.record import record
from dscheck.schedules.formulas import (
    Events,
    Reading,
    Vocabulary,
    choices,
    evaluator_of,
    matcher_of,
    relation,
    value_json,
    value_text,
)
from dscheck.schedules.patience import TimeIsOver
from dscheck.schedules.sheet import ClockValue
from dscheck.source import SourceFile, Span
from dscheck.spacetime import Diagram
from dscheck.verdict import BlockResult, Caution, ClaimKind, ClaimResult, Outcome

Claim = syntax.Expect | syntax.ScheduleForall | syntax.Find

_TUPLES = {1: "event", 2: "pair", 3: "triple"}


@record
class Told:
    """One sheet, read, and how to speak about it.

    Attributes:
        source: the file.
        vocabulary: its names.
        reading: what formulas speak of.
    """

    source: SourceFile
    vocabulary: Vocabulary
    reading: Reading


def claims_of(block: syntax.Schedule) -> tuple[Claim, ...]:
    """The lines of a block that claim or ask something."""
    return tuple(line for line in block.lines if isinstance(line, Claim))


def answer_claim(told: Told, line: Claim) -> ClaimResult:
    """What comes out for one line on one sheet; UNKNOWN when the time of the reading is over before."""
    try:
        return _answered(told, line)
    except TimeIsOver as over:
        return left_open(told.source, line, Outcome.UNKNOWN, None, str(over))


def left_open(source: SourceFile, line: Claim, outcome: Outcome, met: bool | None, note: str) -> ClaimResult:
    """The result of a line that was not worked out; `note` says why."""
    kind: ClaimKind = "find" if isinstance(line, syntax.Find) else "forall"
    if isinstance(line, syntax.Expect):
        kind = "expect" if asked_value(line.condition) is None else "ask"
    return ClaimResult(kind, "", text_of(source, line.span), line_of(source, line.span), outcome, met, note=note)


def _answered(told: Told, line: Claim) -> ClaimResult:
    match line:
        case syntax.ScheduleForall(names, condition):
            return _forall(told, line, "forall", names, condition)
        case syntax.Find(names, condition):
            return _find(told, line, "find", names, condition)
        case syntax.Expect(syntax.EventQuantifier("forall", names, condition)):
            return _forall(told, line, "expect", names, condition)
        case syntax.Expect(syntax.EventQuantifier("exists", names, condition)):
            return _find(told, line, "expect", names, condition)
        case syntax.Expect(condition):
            return _expect(told, line, condition)


def asked_value(condition: syntax.Expression) -> syntax.Expression | None:
    """X in `expect X == ?` or `expect ? == X`; None if nothing is asked for."""
    match condition:
        case syntax.Comparison((subject, syntax.Asked()), _) | syntax.Comparison((syntax.Asked(), subject), _):
            return subject
        case _:
            return None


def made_claim(
    source: SourceFile, line: Claim, kind: ClaimKind, *, met: bool, value: ClockValue | None = None, note: str = ""
) -> ClaimResult:
    """The result of a line that is decided.

    Args:
        source: the file.
        line: of it.
        kind: what it does.
        met: whether it is as the file says.
        value: what was asked for, if something was.
        note: a remark.
    """
    return ClaimResult(
        kind,
        "",
        text_of(source, line.span),
        line_of(source, line.span),
        Outcome.HOLDS if met else Outcome.VIOLATED,
        met,
        value_text(value) if value is not None else "",
        value_json(value) if value is not None else None,
        note,
    )


def text_of(source: SourceFile, span: Span) -> str:
    """A piece of the file as written, on one line."""
    return " ".join(source.slice(span).split())


def line_of(source: SourceFile, span: Span) -> int:
    """The line on which a piece of the file begins, from 1."""
    return source.position(span.start)[0]


def outcome_of(claims: Sequence[ClaimResult]) -> tuple[Outcome, bool | None, str]:
    """What the claims make of their block, and the reason if it is not met."""
    for claim in claims:
        if claim.met is False:
            return Outcome.VIOLATED, False, _reason(claim)
    for claim in claims:
        if claim.met is None:
            return Outcome.UNKNOWN, None, _reason(claim)
    return Outcome.HOLDS, True, ""


def _reason(claim: ClaimResult) -> str:
    return f"`{claim.text}`: {claim.note}" if claim.note else f"`{claim.text}`"


def block_result(
    block: syntax.Schedule, told: Told, claims: Sequence[ClaimResult], diagram: Diagram, counted: Mapping[str, int]
) -> BlockResult:
    """The answer to a schedule whose lines are answered; `told` is for the warnings."""
    outcome, met, reason = outcome_of(claims)
    warnings = () if met is None else tuple(_idle(block, told))  # nobody takes what is open for settled
    return BlockResult(
        block.name.name, "schedule", outcome, met, reason, tuple(claims), diagram, counted, warnings=warnings
    )


# --- one line ----------------------------------------------------------------------------------


def _expect(told: Told, line: Claim, condition: syntax.Expression) -> ClaimResult:
    subject = asked_value(condition)
    if subject is not None:
        value = evaluator_of(subject, (), told.vocabulary)(told.reading, ())
        return made_claim(told.source, line, "ask", met=True, value=value)
    met = evaluator_of(condition, (), told.vocabulary)(told.reading, ())
    note = "" if met else _facts(told, (), (), condition)
    return made_claim(told.source, line, "expect", met=met, note=note)


def _forall(
    told: Told, line: Claim, kind: ClaimKind, names: Sequence[syntax.Identifier], condition: syntax.Expression
) -> ClaimResult:
    bound = [name.name for name in names]
    every = ways(len(bound), len(told.reading.events))
    wrong = matcher_of(bound, condition, told.vocabulary, wanted=False)(told.reading)
    first = next(wrong, None)
    if first is None:
        return made_claim(told.source, line, kind, met=True, note=f"for all {every}")
    more, all_of_them = _counted(wrong)
    note = f"fails for {with_facts(told, bound, first, condition)}"
    if more:
        note += f" (and for {'' if all_of_them else 'at least '}{more} more of {every})"
    return made_claim(told.source, line, kind, met=False, note=note)


def _find(
    told: Told, line: Claim, kind: ClaimKind, names: Sequence[syntax.Identifier], condition: syntax.Expression
) -> ClaimResult:
    bound = [name.name for name in names]
    witnesses = matcher_of(bound, condition, told.vocabulary)(told.reading)
    first = next(witnesses, None)
    if first is None:
        every = ways(len(bound), len(told.reading.events))
        return made_claim(told.source, line, kind, met=False, note=f"none of the {every}")
    more, all_of_them = _counted(witnesses)
    shown = assignment(told, bound, first)
    note = f"{1 + more} witnesses, first {shown}" if more else f"1 witness, {shown}"
    return made_claim(told.source, line, kind, met=True, note=note if all_of_them else f"at least {note}")


def _counted(found: Iterator[Events]) -> tuple[int, bool]:
    """How many there are, and whether these are all: a claim that its first choice decides needs no time for more."""
    number = 0
    try:
        for _ in found:
            number += 1
    except TimeIsOver:
        return number, False
    return number, True


def ways(names: int, events: int) -> str:
    """`42 pairs of events`, `7 events`: how many choices for so many names there are among so many events."""
    number = choices(names, events)
    if names not in _TUPLES:
        return f"{number_of(number, 'choice')} of {names} events"
    return number_of(number, _TUPLES[names]) + (" of events" if names > 1 else "")


def assignment(told: Told, names: Sequence[str], chosen: Events) -> str:
    """`x = g, y = d`"""
    events = told.vocabulary.events
    return ", ".join(f"{name} = {events[event]}" for name, event in zip(names, chosen, strict=True))


def with_facts(told: Told, names: Sequence[str], chosen: Events, condition: syntax.Expression) -> str:
    """`x = g, y = d: L(x) = 3, L(y) = 4, x || y`, a choice and why `condition` is true or false of it."""
    facts = _facts(told, names, chosen, condition)
    return f"{assignment(told, names, chosen)}: {facts}" if facts else assignment(told, names, chosen)


def _facts(told: Told, names: Sequence[str], chosen: Events, condition: syntax.Expression) -> str:
    """The values and the order of events that `condition` speaks of, each once, in the order of its text."""
    facts = []
    for piece in _pieces(condition):
        match piece:
            case syntax.EventOrder(_, left, right):
                x, y = (evaluator_of(each, names, told.vocabulary)(told.reading, chosen) for each in (left, right))
                a, b = text_of(told.source, left.span), text_of(told.source, right.span)
                stands = relation(told.reading, x, y)
                facts.append(f"{b} -> {a}" if stands == "<-" else f"{a} {stands} {b}")
            case _:
                value = evaluator_of(piece, names, told.vocabulary)(told.reading, chosen)
                facts.append(f"{text_of(told.source, piece.span)} = {value_text(value)}")
    return ", ".join(dict.fromkeys(facts))


def _pieces(condition: syntax.Expression) -> Iterator[syntax.Expression]:
    """The clock values and the orders of events in a formula; not those of events that it binds itself."""
    match condition:
        case syntax.Call() | syntax.EventOrder():
            yield condition
        case syntax.Index(base):
            if _is_clock_value(base):
                yield condition
            else:
                yield from _pieces(base)
        case syntax.Unary(_, operand):
            yield from _pieces(operand)
        case syntax.Binary(_, left, right):
            yield from _pieces(left)
            yield from _pieces(right)
        case syntax.Comparison(parts) | syntax.ListOf(parts):
            for part in parts:
                yield from _pieces(part)
        case syntax.MapOf(pairs):
            for _, part in pairs:
                yield from _pieces(part)
        case syntax.IfElse(then, test, otherwise):
            for part in (test, then, otherwise):
                yield from _pieces(part)
        case _:
            pass


def _is_clock_value(node: syntax.Expression) -> bool:
    while isinstance(node, syntax.Index):
        node = node.base
    return isinstance(node, syntax.Call)


# --- what a green answer should not hide -------------------------------------------------------


def _idle(block: syntax.Schedule, told: Told) -> Iterator[Caution]:
    """The `forall` lines that hold only because nothing is as they suppose."""
    for line in block.lines:
        if not isinstance(line, syntax.ScheduleForall):
            continue
        names, place = [name.name for name in line.names], line_of(told.source, line.span)
        if not choices(len(names), len(told.reading.events)):
            text = f"there are no {len(names)} different events, so that `forall {', '.join(names)}` says nothing"
            yield Caution("vacuity", text, place)
        elif isinstance(line.condition, syntax.Binary) and line.condition.operator == "implies":
            supposed = line.condition.left
            text = text_of(told.source, supposed.span)
            try:
                if next(matcher_of(names, supposed, told.vocabulary)(told.reading), None) is None:
                    yield Caution("vacuity", f"no events are as `{text}` supposes", place)
            except TimeIsOver as over:
                yield Caution("remark", f"are there events as `{text}` supposes? {over}", place)
