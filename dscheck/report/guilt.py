"""Which events of a run, and which values, break its property? Those that the explanation of the property names.

An explanation ends in variables and their values. The step that gave such a variable its value is guilty, and so is the
last step of the run: the run is a shortest one, so that the property was not broken before. A run that never ends is
broken by what never comes, and so its last step is no worse than the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from dscheck.counterexample import Counterexample, Reason


def guilty_values(counterexample: Counterexample) -> Mapping[int, tuple[str, ...]]:
    """What to say beside guilty steps: by the number of the step, from 0, `("inside = true",)`.

    Args:
        counterexample: the run.
    """
    named = dict.fromkeys(_variables(counterexample.why, "", counterexample.initial.keys()))
    found: dict[int, list[str]] = {}
    for variable in named:
        for number in reversed(range(len(counterexample.steps))):
            step = counterexample.steps[number]
            change = next((each for each in step.changes if each.variable == variable), None)
            if change is not None:
                name = variable.removeprefix(f"{step.process}.").removeprefix(f"{step.process} ")
                found.setdefault(number, []).append(f"{name} = {change.after}")
                break
    ends = counterexample.loop_from is None and counterexample.property != "deadlock"
    if counterexample.steps and ends:
        found.setdefault(len(counterexample.steps) - 1, [])
    return {number: tuple(texts) for number, texts in sorted(found.items())}


def _variables(reasons: Iterable[Reason], within: str, known: Iterable[str]) -> Iterator[str]:
    """The variables that explanations end in; `p = A, B` within `count(p in Node if p.inside)` names two."""
    for reason in reasons:
        text = reason.text.removeprefix("old ")
        if text in known:
            yield text
        elif not reason.because and text.isidentifier():
            for attribute in re.findall(rf"\b{text}\.(\w+)", within):
                for process in reason.value.split(", "):
                    if f"{process}.{attribute}" in known:
                        yield f"{process}.{attribute}"
        yield from _variables(reason.because, reason.text, known)
