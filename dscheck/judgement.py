"""Did a check come out as its file expects? Outcomes of properties against an expectation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.language import syntax
from dscheck.model.lower_assumptions import DELAYS, released_name
from dscheck.model.system import Assumption
from dscheck.options import Limits
from dscheck.record import record
from dscheck.verdict import BlockResult, Outcome, PropertyResult

DEADLOCK = "deadlock"


@record
class Judgement:
    """What a check comes to.

    Attributes:
        outcome: of the whole check.
        met: whether the expectation came true; None when that is unknown.
        reason: a sentence.
        properties: the outcome of each property.
    """

    outcome: Outcome
    met: bool | None
    reason: str
    properties: tuple[PropertyResult, ...]


def expected_property(expectation: syntax.Expectation) -> str | None:
    """The property whose violation is expected, if one is."""
    match expectation:
        case syntax.ExpectHolds():
            return None
        case syntax.ExpectViolates(item, tight):
            return f"tight {item.name}" if tight else item.name
        case syntax.ExpectDeadlock():
            return DEADLOCK


def awaited(expectation: syntax.Expectation, assumed: Iterable[Assumption] = ()) -> Callable[[str], bool]:
    """Which violations decide the check, so that the search may stop after their level.

    Args:
        expectation: of the check.
        assumed: on which it rests; that one of their timeouts is released is no violation to stop at.
    """
    wanted = expected_property(expectation)
    releases = {released_name(each.name) for each in assumed}
    return (lambda name: name not in releases) if wanted is None else (lambda name: name == wanted)


def judge(
    expectation: syntax.Expectation,
    exploration: Exploration,
    limits: Limits,
    given: Limits,
    assumed: Sequence[Assumption],
    blocks: Mapping[str, BlockResult],
) -> Judgement:
    """Hold what was found against what was expected.

    Args:
        expectation: of the check.
        exploration: what the search found; the releases of `assumed` are taken out of it.
        limits: those of the search.
        given: those of the caller; a depth that only the check's own `within` set is no early stop.
        assumed: on what it rests.
        blocks: the answers to those that prove it.
    """
    judgement = _of_search(expectation, exploration, limits, given)
    if judgement.outcome in {Outcome.HOLDS, Outcome.HOLDS_WITHIN}:
        names = ", ".join(each.name for each in assumed)
        judgement = replace(judgement, reason=f"holds assuming {names}: {judgement.reason}") if names else judgement
    for each in assumed:
        if each.block:
            judgement = _resting_on(judgement, each, blocks.get(each.block))
    return judgement


def _of_search(expectation: syntax.Expectation, exploration: Exploration, limits: Limits, given: Limits) -> Judgement:
    bounded = exploration.end is SearchEnd.MAX_DEPTH and limits.max_depth != given.max_depth
    wanted = expected_property(expectation)
    waited = "the first violation" if wanted is None else "the violation it was waiting for"
    properties = tuple(_properties(exploration, waited, bounded=bounded))
    if wanted is None:
        return _judge_holds(exploration, limits, properties, bounded=bounded)
    return _judge_violated(expectation, wanted, exploration, limits, properties)


def _properties(exploration: Exploration, waited: str, *, bounded: bool) -> list[PropertyResult]:
    results = []
    for name, outcome in exploration.outcomes.items():
        kind, note = exploration.kinds[name], ""
        if outcome is Outcome.UNKNOWN:
            if bounded and kind not in {"reachable", "tight"}:
                outcome = Outcome.HOLDS_WITHIN  # noqa: PLW2901
            elif exploration.end is SearchEnd.FOUND:
                note = f"the search stopped at {waited}"
        elif outcome is Outcome.VIOLATED and kind == "reachable":
            note = "no reachable state satisfies it"
        elif outcome is Outcome.VIOLATED and kind == "tight":
            note = "no run reaches equality"
        elif outcome is Outcome.VIOLATED and kind == "assumption" and name not in exploration.violations:
            never = (name, DELAYS) in exploration.unexercised
            note = "it never delayed the timeout" if never else "a delayed timeout was never released"
        results.append(PropertyResult(name, kind, outcome, note))
    return results


def _judge_holds(
    exploration: Exploration, limits: Limits, properties: tuple[PropertyResult, ...], *, bounded: bool
) -> Judgement:
    violated = [result for result in properties if result.outcome is Outcome.VIOLATED]
    if violated:
        first = violated[0]
        outcome = Outcome.DEADLOCK if [result.name for result in violated] == [DEADLOCK] else Outcome.VIOLATED
        text = _violation_text(first.name, exploration)
        text += f": {first.note}" if first.kind == "assumption" and first.note else ""
        return Judgement(outcome, False, text, properties)
    undecided = [result for result in properties if result.outcome is Outcome.UNKNOWN]
    if bounded:
        # What must be reached need not be within the bound: that is told as a remark, and decides nothing.
        text = f"nothing found within {limits.max_depth} steps, not exhaustive"
        return Judgement(Outcome.HOLDS_WITHIN, True, text, properties)
    if exploration.end is not SearchEnd.EXHAUSTED or undecided:
        return Judgement(Outcome.UNKNOWN, None, stop_text(exploration, limits), properties)
    return Judgement(Outcome.HOLDS, True, "everything reachable was explored", properties)


def _judge_violated(
    expectation: syntax.Expectation,
    wanted: str,
    exploration: Exploration,
    limits: Limits,
    properties: tuple[PropertyResult, ...],
) -> Judgement:
    outcome = next((result.outcome for result in properties if result.name == wanted), Outcome.UNKNOWN)
    match outcome:
        case Outcome.VIOLATED:
            whole = Outcome.DEADLOCK if wanted == DEADLOCK else Outcome.VIOLATED
            steps = None if isinstance(expectation, syntax.ExpectHolds) else expectation.steps
            violation = exploration.violations.get(wanted)
            text = _violation_text(wanted, exploration)
            if steps is not None and (violation is None or violation.length != steps):
                return Judgement(whole, False, f"{text}, not in {steps}", properties)
            return Judgement(whole, True, text, properties)
        case Outcome.HOLDS | Outcome.HOLDS_WITHIN:
            text = "no deadlock was found" if wanted == DEADLOCK else f"{wanted} is not violated"
            return Judgement(Outcome.HOLDS, False, text, properties)
        case _:
            return Judgement(Outcome.UNKNOWN, None, stop_text(exploration, limits), properties)


def _violation_text(name: str, exploration: Exploration) -> str:
    violation = exploration.violations.get(name)
    what = name if name == DEADLOCK else f"{name} is violated"
    if violation is None:
        return what
    if violation.loop is not None:
        around = violation.length - violation.loop.begins
        then = f"{around} {'repeats' if around == 1 else 'repeat'} for ever" if around else "it stops for ever"
        return f"{what}: after {violation.loop.begins} {'step' if violation.loop.begins == 1 else 'steps'} {then}"
    return f"{what} in {violation.length} {'step' if violation.length == 1 else 'steps'}"


def stop_text(exploration: Exploration, limits: Limits) -> str:
    """Why the search ended before it knew."""
    match exploration.end:
        case SearchEnd.MAX_STATES:
            return f"stopped at the limit of {limits.max_states} states"
        case SearchEnd.MAX_DEPTH:
            return f"stopped at the limit of {limits.max_depth} steps"
        case SearchEnd.TIMEOUT:
            return f"stopped after {limits.timeout:g} seconds"
        case SearchEnd.MAX_MEMORY:
            return "stopped at the memory limit"
        case SearchEnd.INTERRUPTED:
            return "interrupted"
        case SearchEnd.FOUND:
            return "stopped at a violation"
        case SearchEnd.EXHAUSTED:
            names = ", ".join(exploration.unjudged) or "a property"
            return f"{names} could not be judged in every state"


# --- assumptions -------------------------------------------------------------------------------


def without_releases(exploration: Exploration, assumed: Iterable[Assumption]) -> Exploration:
    """What was found, with the runs that release a delayed timeout turned into what they say of the assumption.

    An assumption that delays nothing, or never lets go, is violated; only a complete search can tell.
    """
    outcomes, releases = dict(exploration.outcomes), {released_name(each.name) for each in assumed}
    for each in assumed:
        released = outcomes.pop(released_name(each.name))
        if released is Outcome.HOLDS and outcomes[each.name] is Outcome.HOLDS:  # only of a complete search
            outcomes[each.name] = Outcome.VIOLATED
        elif released is Outcome.UNKNOWN and outcomes[each.name] is Outcome.HOLDS:
            outcomes[each.name] = Outcome.UNKNOWN

    return replace(
        exploration,
        outcomes=outcomes,
        kinds={name: kind for name, kind in exploration.kinds.items() if name not in releases},
        violations={name: run for name, run in exploration.violations.items() if name not in releases},
    )


def _resting_on(judgement: Judgement, assumption: Assumption, block: BlockResult | None) -> Judgement:
    """The same where the block proves what is assumed; without the proof a check is never met."""
    if block is not None and block.met is True:
        return judgement
    if block is not None and block.met is False:
        failed = [claim for claim in block.claims if claim.met is False]
        line = failed[0].line if failed else block.line
        text = f"{block.name} (line {line}) is violated, and {assumption.name} rests on it"
        outcome = Outcome.VIOLATED if judgement.met is not False else judgement.outcome
        met: bool | None = False
    else:
        place = f" (line {block.line})" if block is not None else ""
        text = f"{assumption.block}{place} is not decided, and {assumption.name} rests on it"
        outcome, met = (judgement.outcome, False) if judgement.met is False else (Outcome.UNKNOWN, None)
    reason = f"{text}; {judgement.reason}" if judgement.met is False else text
    properties = tuple(
        replace(each, outcome=outcome_of(block), note=text)
        if each.name == assumption.name and each.outcome is not Outcome.VIOLATED
        else each
        for each in judgement.properties
    )
    return replace(judgement, outcome=outcome, met=met, reason=reason, properties=properties)


def outcome_of(block: BlockResult | None) -> Outcome:
    """Of a block that was perhaps never answered."""
    return Outcome.VIOLATED if block is not None and block.met is False else Outcome.UNKNOWN


def assumption_texts(assumed: Iterable[Assumption], blocks: Mapping[str, BlockResult]) -> tuple[str, ...]:
    """What is assumed and why, a sentence each: `lease waits until holder == none, because lease_math: late = -7/11`.

    Args:
        assumed: the assumptions.
        blocks: the answers to those that prove them.
    """
    return tuple(f"{each.name} waits until {each.condition}, {_why(each, blocks.get(each.block))}" for each in assumed)


def _why(assumption: Assumption, block: BlockResult | None) -> str:
    if not assumption.block:
        return "not proved: taken on trust"
    if block is None or block.met is None:
        return f"because {assumption.block}, which is not decided"
    if not block.met:
        return f"because {assumption.block}, which is violated"
    answers = [f"{claim.name} = {claim.value}" for claim in block.claims if claim.kind == "query"]
    return f"because {assumption.block}" + (f": {', '.join(answers)}" if answers else "")
