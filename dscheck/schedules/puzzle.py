"""What is the answer to a schedule whose messages are to be found? An explanation, and what holds in each of them."""

from collections.abc import Mapping
from dataclasses import replace

from dscheck.language import syntax
from dscheck.options import Limits
from dscheck.record import record
from dscheck.schedules.claims import (
    Told,
    answer_claim,
    asked_value,
    block_result,
    left_open,
    line_of,
    outcome_of,
    text_of,
)
from dscheck.schedules.drawing import diagram_of, shown_clocks
from dscheck.schedules.formulas import evaluator_of, read, value_text, vocabulary_of
from dscheck.schedules.patience import Deadline, TimeIsOver, deadline_in
from dscheck.schedules.sheet import ClockKind, Sheet, clocks_of, sheet_of
from dscheck.schedules.solving import (
    TIME_IS_OVER,
    Explanation,
    Puzzle,
    Undecided,
    WrongAnswer,
    contradiction,
    explain,
    explain_otherwise,
    puzzle_of,
    with_messages,
)
from dscheck.schedules.symbolic import term_of, unknowns_of
from dscheck.source import SourceFile
from dscheck.spacetime import Diagram
from dscheck.verdict import BlockResult, ClaimResult, CoreLine, Outcome

Claim = syntax.Expect | syntax.ScheduleForall | syntax.Find


@record
class _Case:
    """One puzzle.

    Attributes:
        source: the file.
        block: free of static mistakes.
        sheet: what is written out.
        clocks: the kind of each by its name.
        deadline: for everything together.
    """

    source: SourceFile
    block: syntax.Schedule
    sheet: Sheet
    clocks: Mapping[str, ClockKind]
    deadline: Deadline

    @property
    def givens(self) -> list[syntax.Given]:
        """What is known, in the order of the file."""
        return [line for line in self.block.lines if isinstance(line, syntax.Given)]

    @property
    def solve(self) -> syntax.Solve:
        """The line that asks."""
        return next(line for line in self.block.lines if isinstance(line, syntax.Solve))


def answer_puzzle(source: SourceFile, block: syntax.Schedule, limits: Limits) -> BlockResult:
    """Find messages that explain what is given, and answer the other lines for every explanation.

    Args:
        source: the file.
        block: free of static mistakes, with a line `solve messages`.
        limits: its `timeout` is for the whole block; what it leaves open is UNKNOWN.

    Raises:
        WrongAnswer: an answer of z3 is refuted by evaluating it.
        KeyboardInterrupt: the user stopped z3.
    """
    sheet, clocks = sheet_of(block), clocks_of(block.lines)
    case = _Case(source, block, sheet, clocks, deadline_in(limits.timeout))
    question = "which messages explain what is given"
    try:
        unknowns = unknowns_of(sheet, clocks, case.deadline)
        puzzle = puzzle_of(unknowns, [term_of(line.condition, unknowns) for line in case.givens])
    except TimeIsOver as over:
        return _unexplained(case, _solve_result(case, None, f"{over}: {question}?"), Outcome.UNKNOWN)
    found = explain(puzzle)
    match found:
        case Explanation():
            return _explained(case, puzzle, found)
        case Undecided():
            return _unexplained(case, _solve_result(case, None, _no_answer(case, found, question)), Outcome.UNKNOWN)
        case None:
            return _unexplained(case, _impossible(case, puzzle), Outcome.VIOLATED)


# --- there is an explanation -------------------------------------------------------------------


def _explained(case: _Case, puzzle: Puzzle, found: Explanation) -> BlockResult:
    told = _told(case, found)
    diagram = _drawn(case, found, case.block.name.name)
    other = explain_otherwise(puzzle, found)
    solved = replace(
        _solve_result(case, not case.solve.expect_none, _is_it_alone(case, found, other)),
        value=_messages(case, found),
        value_json=[[case.sheet.events[start].name, case.sheet.events[end].name] for start, end in found.messages],
        diagrams=(diagram,),
    )
    results = [
        solved if isinstance(line, syntax.Solve) else _claim(case, puzzle, told, line, only=other is None)
        for line in case.block.lines
        if isinstance(line, Claim | syntax.Solve)
    ]
    messages = len(case.sheet.messages) + len(found.messages)
    counted = {"events": len(case.sheet.events), "messages": messages, "givens": len(case.givens)}
    result = block_result(case.block, told, results, diagram, counted)
    # What no event of this explanation supposes, those of another may.
    return result if other is None else replace(result, warnings=())


def _is_it_alone(case: _Case, found: Explanation, other: Explanation | Undecided | None) -> str:
    if case.solve.expect_none:
        return f"there is an explanation: {_messages(case, found)}"
    match other:
        case Explanation():
            _told(case, other)
            return f"not the only explanation; another: {_messages(case, other)}"
        case Undecided():
            return _no_answer(case, other, "is it the only explanation")
        case None:
            return "the only explanation"


def _claim(case: _Case, puzzle: Puzzle, told: Told, line: Claim, *, only: bool) -> ClaimResult:
    """The answer to a line in every explanation, when `told` is one of them."""
    here = answer_claim(told, line)
    if not here.met:
        return here if only else replace(here, note=_among(here.note, "in the explanation that is drawn"))
    if only:
        return here
    try:
        return _in_every(case, puzzle, told, line, here)
    except TimeIsOver as over:
        return left_open(case.source, line, Outcome.UNKNOWN, None, f"{over}: is it so in every explanation?")


def _in_every(case: _Case, puzzle: Puzzle, told: Told, line: Claim, here: ClaimResult) -> ClaimResult:
    """The answer to a line that is met in one explanation of several."""
    subject = asked_value(line.condition) if isinstance(line, syntax.Expect) else None
    if subject is not None:
        return _asked(case, puzzle, told, here, subject)
    import z3

    other = explain(puzzle, z3.Not(term_of(_condition(line), puzzle.unknowns)))
    match other:
        case Explanation():
            there = answer_claim(_told(case, other), line)
            if there.met:
                raise WrongAnswer(f"`{here.text}` is true with {_messages(case, other)}")
            note = _among(there.note, f"in another explanation, {_messages(case, other)}")
            return replace(
                there, note=note, diagrams=(_drawn(case, other, f"another explanation, without {here.text}"),)
            )
        case Undecided():
            note = _no_answer(case, other, "is it so in every explanation")
            return replace(here, outcome=Outcome.UNKNOWN, met=None, note=note)
        case None:
            return replace(here, note="in every explanation")


def _asked(case: _Case, puzzle: Puzzle, told: Told, here: ClaimResult, subject: syntax.Expression) -> ClaimResult:
    """The value of the explanation that is drawn; do the others have it too?"""
    equal = syntax.Comparison((subject, _written(here.value_json)), ("==",))
    import z3

    other = explain(puzzle, z3.Not(term_of(equal, puzzle.unknowns)))
    match other:
        case Explanation():
            elsewhere = _told(case, other)
            value = evaluator_of(subject, (), elsewhere.vocabulary)(elsewhere.reading, ())
            if value == evaluator_of(subject, (), told.vocabulary)(told.reading, ()):
                raise WrongAnswer(f"`{here.text}` has no other value with {_messages(case, other)}")
            return replace(here, note=f"and {value_text(value)} in another explanation, {_messages(case, other)}")
        case Undecided():
            return replace(here, note=_no_answer(case, other, "is it so in every explanation"))
        case None:
            return replace(here, note="in every explanation")


def _written(value: object) -> syntax.Expression:
    """A value as an expression."""
    if isinstance(value, list):
        return syntax.ListOf(tuple(_written(each) for each in value))
    assert isinstance(value, int)
    return syntax.Number(value)


def _condition(line: Claim) -> syntax.Expression:
    match line:
        case syntax.Expect(condition):
            return condition
        case syntax.ScheduleForall(names, condition):
            return syntax.EventQuantifier("forall", names, condition)
        case syntax.Find(names, condition):
            return syntax.EventQuantifier("exists", names, condition)


def _told(case: _Case, explanation: Explanation) -> Told:
    """The sheet with the messages of an explanation, once everything given is true of it without z3's word.

    Raises:
        WrongAnswer: something is not.
    """
    sheet = with_messages(case.sheet, explanation)
    told = Told(case.source, vocabulary_of(sheet, case.clocks), read(sheet, case.clocks, case.deadline))
    unhurried = read(sheet, case.clocks)  # z3 has said it already, and nothing is told that was not confirmed
    for line in case.givens:
        if not evaluator_of(line.condition, (), told.vocabulary)(unhurried, ()):
            raise WrongAnswer(f"`{_text(case, line)}` is false with {_messages(case, explanation)}")
    return told


# --- there is none, or nobody knows ------------------------------------------------------------


def _impossible(case: _Case, puzzle: Puzzle) -> ClaimResult:
    numbers = contradiction(puzzle)
    core = tuple(_core_line(case, case.givens[number]) for number in numbers)
    together = "this value" if len(core) == 1 else f"these {len(core)} values together"
    return replace(_solve_result(case, case.solve.expect_none, f"no messages explain {together}"), reasons=core)


def _core_line(case: _Case, line: syntax.Given) -> CoreLine:
    name = line.name.name if line.name is not None else "given"
    return CoreLine(name, line_of(case.source, line.span), _text(case, line))


def _unexplained(case: _Case, solved: ClaimResult, others: Outcome) -> BlockResult:
    """The answer without an explanation: what the other lines claim of every explanation is never called true."""
    met = False if others is Outcome.VIOLATED else None
    note = "there is no explanation to speak of" if met is False else "not asked: no explanation is known"
    results = [
        solved if isinstance(line, syntax.Solve) else left_open(case.source, line, others, met, note)
        for line in case.block.lines
        if isinstance(line, Claim | syntax.Solve)
    ]
    outcome, block_met, reason = outcome_of(sorted(results, key=lambda result: result is not solved))
    counted = {"events": len(case.sheet.events), "messages": len(case.sheet.messages), "givens": len(case.givens)}
    name = case.block.name.name
    diagram = diagram_of(case.sheet, name, {})  # without clocks: what they would show without messages is no answer
    return BlockResult(name, "schedule", outcome, block_met, reason, tuple(results), diagram, counted)


# --- words -------------------------------------------------------------------------------------


def _solve_result(case: _Case, met: bool | None, note: str) -> ClaimResult:
    outcome = Outcome.UNKNOWN if met is None else Outcome.HOLDS if met else Outcome.VIOLATED
    line = case.solve
    return ClaimResult("solve", "", _text(case, line), line_of(case.source, line.span), outcome, met, note=note)


def _messages(case: _Case, explanation: Explanation) -> str:
    """`b → c, d → f`"""
    names = [event.name for event in case.sheet.events]
    return ", ".join(f"{names[start]} → {names[end]}" for start, end in explanation.messages) or "no message"


def _drawn(case: _Case, explanation: Explanation, title: str) -> Diagram:
    return diagram_of(with_messages(case.sheet, explanation), title, shown_clocks(case.block))


def _no_answer(case: _Case, undecided: Undecided, question: str) -> str:
    """`no answer in 10 s: is it the only explanation?`"""
    over = undecided.reason == TIME_IS_OVER and case.deadline.seconds is not None
    why = f"no answer in {case.deadline.seconds:g} s" if over else f"z3 gave no answer ({undecided.reason})"
    return f"{why}: {question}?"


def _among(note: str, where: str) -> str:
    return f"{where}: {note}" if note else where


def _text(case: _Case, line: Claim | syntax.Given | syntax.Solve) -> str:
    return text_of(case.source, line.span)
