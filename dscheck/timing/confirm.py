"""Is what z3 found really a schedule of the block? Every line is looked at again, with plain fractions.

Nothing of `facts` is used: each pair of events counts here for the rate of a clock, not only neighbours. A schedule
that does not pass is a fault of dscheck, never an answer.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations

from dscheck.language import syntax
from dscheck.language.format_blocks import block_line
from dscheck.timing.evaluate import Plain, Run, evaluate, is_so
from dscheck.timing.quantities import Infinite


class NotConfirmed(AssertionError):
    """What z3 found does not satisfy a line of the block."""


def named_in(
    block: syntax.Timing, constants: Mapping[str, int], results: Mapping[str, Plain], free: Mapping[str, Fraction]
) -> Mapping[str, Plain | syntax.Expression]:
    """What each name of the block is in a schedule: a value, or the expression that gives it."""
    names: dict[str, Plain | syntax.Expression] = {
        name: value if isinstance(value, bool) else Fraction(value) for name, value in constants.items()
    }
    names |= {line.name.name: line.value for line in block.lines if isinstance(line, syntax.Param | syntax.Let)}
    return {**names, **results, **free}


def run_of(
    times: Mapping[str, Fraction],
    readings: Mapping[tuple[str, str], Fraction],
    names: Mapping[str, Plain | syntax.Expression],
) -> Run:
    """A schedule in which each of the `names` means what `named_in` says."""

    def named(name: str, run: Run) -> Plain:
        meaning = names[name]
        return meaning if isinstance(meaning, bool | Fraction | Infinite) else evaluate(meaning, run)

    return Run(times, readings, named)


def confirm(block: syntax.Timing, run: Run) -> None:
    """Look whether `run` is a schedule of `block`.

    Raises:
        NotConfirmed: some line is not so.
    """
    for line in block.lines:
        match line:
            case syntax.At(name, _, after):
                ok = all(_in_time(name.name, predecessor, run) for predecessor in after)
            case syntax.PerfectClock(name):
                ok = all(shown == run.times[at] for (clock, at), shown in run.readings.items() if clock == name.name)
            case syntax.DriftingClock():
                ok = _keeps(line, run)
            case syntax.Given(_, condition):
                ok = evaluate(condition, run) is True
            case _:
                continue
        if not ok:
            raise NotConfirmed(f"`{block_line(line)}` is not so in the schedule that z3 found")


def _bounds(expression: syntax.Expression, run: Run, *, symmetric: bool) -> tuple[Plain, Plain]:
    if isinstance(expression, syntax.ListOf):
        low, high = expression.items
        return evaluate(low, run), evaluate(high, run)
    high_value = evaluate(expression, run)
    return (evaluate(syntax.Unary("-", expression), run) if symmetric else high_value), high_value


def _in_time(event: str, predecessor: syntax.Predecessor, run: Run) -> bool:
    passed = run.times[event] - run.times[predecessor.event.name]
    if predecessor.delay is None:
        return passed >= 0
    low, high = _bounds(predecessor.delay, run, symmetric=False)
    return is_so(low, "<=", passed) and is_so(passed, "<=", high)


def _keeps(line: syntax.DriftingClock, run: Run) -> bool:
    """Does this clock run as fast as it may, and show the right time as nearly as it must?"""
    shown = [(run.times[event], value) for (clock, event), value in run.readings.items() if clock == line.name.name]
    slow, fast = Fraction(1), Fraction(1)
    if line.drift is not None:
        low, high = _bounds(line.drift, run, symmetric=True)
        if not (isinstance(low, Fraction) and isinstance(high, Fraction)):
            return False
        slow, fast = 1 + low, 1 + high
    for (early, first), (late, second) in combinations(sorted(shown), 2):
        if not slow * (late - early) <= second - first <= fast * (late - early):
            return False
    if line.offset is None:
        return True
    least, most = _bounds(line.offset, run, symmetric=True)
    return all(is_so(least, "<=", value - time) and is_so(value - time, "<=", most) for time, value in shown)
