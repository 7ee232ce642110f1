"""Did a check come out as its file expects? Outcomes of properties against an expectation."""

from collections.abc import Callable

from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.language import syntax
from dscheck.options import Limits
from dscheck.record import record
from dscheck.verdict import Outcome, PropertyResult

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


def awaited(expectation: syntax.Expectation) -> Callable[[str], bool]:
    """Which violations decide the check, so that the search may stop after their level."""
    wanted = expected_property(expectation)
    return (lambda _: True) if wanted is None else (lambda name: name == wanted)


def judge(expectation: syntax.Expectation, exploration: Exploration, limits: Limits, given: Limits) -> Judgement:
    """Hold what was found against what was expected.

    Args:
        expectation: of the check.
        exploration: what the search found.
        limits: those of the search.
        given: those of the caller; a depth that only the check's own `within` set is no early stop.
    """
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
        results.append(PropertyResult(name, kind, outcome, note))
    return results


def _judge_holds(
    exploration: Exploration, limits: Limits, properties: tuple[PropertyResult, ...], *, bounded: bool
) -> Judgement:
    violated = [result.name for result in properties if result.outcome is Outcome.VIOLATED]
    if violated:
        outcome = Outcome.DEADLOCK if violated == [DEADLOCK] else Outcome.VIOLATED
        return Judgement(outcome, False, _violation_text(violated[0], exploration), properties)
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
