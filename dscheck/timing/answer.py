"""What is the answer to a timing block?"""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.language.format_blocks import block_head
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.timing.cores import excluded_by
from dscheck.timing.problem import Memory, Problem, find, problem_of, solver_for
from dscheck.timing.quantities import Unanswered, Value
from dscheck.timing.queries import answer_expect, answer_query, met_of, unknown_claim
from dscheck.timing.scope import BlockScope, events_of
from dscheck.verdict import BlockResult, ClaimResult, Outcome

_CONSISTENT = "do the lines of the block contradict each other?"


def answer_timing(
    source: SourceFile, block: syntax.Timing, constants: Mapping[str, int], limits: Limits
) -> BlockResult:
    """Solve one timing block.

    Args:
        source: the file, for the text and place of each line.
        block: free of static mistakes.
        constants: values of the protocol's numeric constants, which the block may name.
        limits: its `timeout` in seconds bounds each question to z3; one that it ends is UNKNOWN.
    """
    results: dict[str, Value | Unanswered] = {}
    try:
        problem = problem_of(source, block, constants, results, limits.timeout)
        doubt = _contradiction(problem)
    except Unanswered as reason:
        problem = Problem(
            source, block, constants, results, BlockScope(block, constants, results), (), limits.timeout, Memory()
        )
        doubt = _about_the_facts(source, block, Outcome.UNKNOWN, str(reason))
    if doubt is not None:
        why = "not asked: " + ("the facts contradict each other" if doubt.met is False else "the facts are in doubt")
        lines = [line for line in block.lines if isinstance(line, syntax.Query | syntax.Expect)]
        return _result(block, [doubt, *(unknown_claim(problem, line, why) for line in lines)])
    claims: list[ClaimResult] = []
    for line in block.lines:
        if isinstance(line, syntax.Query):
            answer = answer_query(problem, line)
            results[line.name.name] = answer.value
            claims.append(answer.claim)
    claims += [answer_expect(problem, line) for line in block.lines if isinstance(line, syntax.Expect)]
    return _result(block, sorted(claims, key=lambda claim: claim.line))


def _contradiction(problem: Problem) -> ClaimResult | None:
    """What to say if the facts contradict each other.

    Raises:
        Unanswered: time is up, or z3 does not know.
    """
    if find(problem, solver_for(problem, [], _CONSISTENT)) is not None:
        return None
    doubt = _about_the_facts(
        problem.source, problem.block, Outcome.VIOLATED, "these lines contradict each other: there is no schedule"
    )
    return ClaimResult(
        doubt.kind,
        doubt.name,
        doubt.text,
        doubt.line,
        doubt.outcome,
        doubt.met,
        note=doubt.note,
        reasons=excluded_by(problem, [], _CONSISTENT),
    )


def _about_the_facts(source: SourceFile, block: syntax.Timing, outcome: Outcome, note: str) -> ClaimResult:
    return ClaimResult(
        kind="given",
        name="",
        text=block_head(block),
        line=source.position(block.span.start)[0],
        outcome=outcome,
        met=None if outcome is Outcome.UNKNOWN else outcome is Outcome.HOLDS,
        note=note,
    )


def _result(block: syntax.Timing, claims: list[ClaimResult]) -> BlockResult:
    met = met_of(claims)
    outcome = {True: Outcome.HOLDS, False: Outcome.VIOLATED, None: Outcome.UNKNOWN}[met]
    return BlockResult(
        name=block.name.name,
        kind="timing",
        outcome=outcome,
        met=met,
        reason="" if met else _reason(claims),
        claims=tuple(claims),
        counted={"events": len(events_of(block))},
    )


def _reason(claims: list[ClaimResult]) -> str:
    """Which claim is not met, or is unknown, and why."""
    worst = min(claims, key=lambda claim: (claim.met is not False, claim.met is not None))
    said = {False: "is not so", None: "is unknown"}[worst.met if worst.met is None else False]
    if worst.kind == "given":
        return worst.note
    return f"`{worst.text}` (line {worst.line}) {said}" + (f": {worst.note}" if worst.note else "")
