"""How long is the run that breaks a property, in words?"""

from dscheck.counterexample import Counterexample

STOPS = "may stop here for ever"


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
