"""How long is the run that breaks a property, and how does one go on that never ends, in words?"""

from collections.abc import Sequence
from itertools import groupby

from dscheck.counterexample import Counterexample, Reason

REPEATS = "from here the following repeats for ever"
STOPS = "may stop here for ever"
STOPS_BECAUSE = "here the run may stop for ever: no fair step is enabled"
OWED = "each step that is owed is taken in the cycle, or disabled in some state of it"


def steps_text(length: int) -> str:
    """`in 1 step`, `in 4 steps`, `at the start`."""
    if length == 0:
        return "at the start"
    return f"in {length} step" + ("" if length == 1 else "s")


def length_text(counterexample: Counterexample) -> str:
    """`in 4 steps`; of a run that never ends `by stopping after 4 steps` or `by a cycle after 4 steps`."""
    begins = counterexample.loop_from
    if begins is None:
        return steps_text(counterexample.length)
    after = f"after {begins} step" + ("" if begins == 1 else "s")
    if counterexample.stops:
        return f"by stopping {after}" if begins else "by stopping at the start"
    return f"by a cycle {after}" if begins else "by a cycle from the start"


def violation_text(counterexample: Counterexample) -> str:
    """`mutex is violated in 4 steps`, `deadlock at the start`."""
    length = length_text(counterexample)
    if counterexample.property == "deadlock":
        return f"deadlock {length}"
    return f"{counterexample.property} is violated {length}"


def fairness_groups(reasons: Sequence[Reason]) -> list[tuple[str, list[str]]]:
    """Why what is owed does not end the run, and what is owed: neighbours with the same answer share it."""
    return [
        (value, [reason.text for reason in same]) for value, same in groupby(reasons, key=lambda reason: reason.value)
    ]
