"""Are the invariants of the spec true on the way? Judged only on explanations that can be completed.

A state on a way that leads nowhere proves nothing about the recorded run. So the levels are first cut down, from the
end, to what leads there.
"""

from collections.abc import Mapping, Sequence

from dscheck.explore.stepper import Stepper
from dscheck.model.layout import State
from dscheck.model.system import Property, System
from dscheck.record import record
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.explain import why
from dscheck.traces.conformance.demands import Item
from dscheck.traces.conformance.items import Cut
from dscheck.traces.conformance.walk import Level
from dscheck.verdict import Reason


@record
class Judged:
    """What came of it.

    Attributes:
        item: after which every explanation breaks an invariant; None if some explanation breaks none.
        text: what is broken where; empty if nothing is.
    """

    item: Item | None
    text: str


def judge_invariants(
    system: System,
    asked: Sequence[Property],
    stepper: Stepper | None,
    levels: Sequence[Level],
    items: Mapping[Cut, Item],
) -> Judged:
    """Judge the explanations of a whole trace.

    Args:
        system: the spec's.
        asked: its invariants.
        stepper: answers them, in this order; without it the definition does.
        levels: all explanations with their origins, as `Walker.breadth_first` keeps them.
        items: the item after which a cut stands.
    """
    known: dict[State, int] = {}

    def broken(state: State) -> int:
        if state not in known:
            known[state] = _broken(system, asked, stepper, state)
        return known[state]

    alive = _completable(levels)
    sound: list[set[object]] = []
    suspicion = ""
    for number, level in enumerate(levels):
        good: set[object] = set()
        blamed: tuple[Cut, State] | None = None
        todo = [key for key in level if key in alive[number]]
        for key in todo:
            wrong = broken(key[1][0])
            ways = level[key]
            fine = not ways
            for cut, before, via in ways:
                bad = [state for state in via if broken(state)]
                wrong_way = next(iter(bad), None)
                if wrong_way is not None:
                    blamed = blamed or (key[0], wrong_way)
                elif (cut, before) in good or (number and (cut, before) in sound[number - 1]):
                    fine = True
            if wrong:
                blamed = (key[0], key[1][0])
            elif fine:
                good.add(key)
        if not good:
            assert blamed is not None  # every explanation alive is broken, or comes from broken ones only
            return Judged(
                items.get(blamed[0]) or next(iter(items.values()), None), _told(system, asked, broken, blamed)
            )
        if blamed is not None and not suspicion:
            suspicion = "In some explanations, though not in all: " + _told(system, asked, broken, blamed)
        sound.append(good)
    return Judged(None, suspicion)


def _completable(levels: Sequence[Level]) -> list[set[object]]:
    """Of each level, the explanations that lead to the end."""
    alive: list[set[object]] = [set() for _ in levels]
    alive[-1] = set(levels[-1])
    for number in range(len(levels) - 1, -1, -1):
        todo = list(alive[number])
        while todo:
            key = todo.pop()
            for cut, before, _ in levels[number][key]:  # type: ignore[index]
                origin = (cut, before)
                if origin in levels[number]:  # a hidden step, within the level
                    if origin not in alive[number]:
                        alive[number].add(origin)
                        todo.append(origin)
                elif number:
                    alive[number - 1].add(origin)
    return alive


def _broken(system: System, asked: Sequence[Property], stepper: Stepper | None, state: State) -> int:
    """Bit i is set if invariant i is false, or has no value."""
    if stepper is not None:
        try:
            return stepper.violations(state)
        except StepFailed:
            pass
    found = 0
    for number, each in enumerate(asked):
        try:
            found |= (not evaluate(each.condition, scope_of(system, state))) << number
        except StepFailed:
            found |= 1 << number
    return found


def _told(system: System, asked: Sequence[Property], broken: object, blamed: tuple[Cut, State]) -> str:
    state = blamed[1]
    bits = broken(state)  # type: ignore[operator]
    names = [each for number, each in enumerate(asked) if bits >> number & 1]
    if not names:
        return "an invariant is broken"
    first = names[0]
    lines = [f"invariant {first.name} is broken: {first.text}"]
    try:
        lines += [f"  {line}" for line in reason_lines(why(system, first.condition, state, state))[:8]]
    except StepFailed:
        lines.append("  it has no value here")
    return "\n".join(lines)


def reason_lines(reasons: Sequence[Reason], depth: int = 0) -> list[str]:
    """Reasons as indented lines."""
    lines = []
    for reason in reasons:
        lines.append("  " * depth + (f"{reason.text}: {reason.value}" if reason.value else reason.text))
        lines += reason_lines(reason.because, depth + 1)
    return lines
