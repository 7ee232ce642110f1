"""Which few lines of a block exclude something? A smallest set: without any one of them it would be possible."""

from collections.abc import Callable, Sequence

from dscheck.language import syntax
from dscheck.language.format_blocks import block_line
from dscheck.source import SourceFile
from dscheck.timing.facts import Fact
from dscheck.timing.quantities import Unanswered
from dscheck.timing.solver import Solver
from dscheck.verdict import CoreLine


def smallest_core(solver: Solver, names: Sequence[str], is_possible: Callable[[Sequence[str]], bool]) -> list[str]:
    """Those of `names` that cannot hold together, none of them needlessly.

    The last check has just found that all of them cannot. Each is left out once, to see whether the others still
    exclude each other; what z3 blames then is all that is looked at further. When time is up, what is left is given.

    Args:
        solver: has just been asked.
        names: of all that is supposed.
        is_possible: asks `solver` whether some of them can hold together.
    """
    core = sorted(solver.blamed(), key=names.index)
    for name in list(core):
        if name not in core:
            continue
        others = [each for each in core if each != name]
        try:
            if not is_possible(others):
                core = sorted(solver.blamed(), key=names.index)
        except Unanswered:
            break
    return core


def core_lines(source: SourceFile, facts: Sequence[Fact], names: Sequence[str]) -> tuple[CoreLine, ...]:
    """The lines of the `names`, which `fact_name` gave."""
    return tuple(
        CoreLine(_label(fact.line), source.position(fact.line.span.start)[0], block_line(fact.line))
        for number, fact in enumerate(facts)
        if fact_name(number) in names
    )


def fact_name(number: int) -> str:
    """What z3 knows the fact `number` by."""
    return f"fact {number}"


def _label(line: syntax.TimingLine) -> str:
    """How to speak of a line: by its own name or by its first words."""
    match line:
        case syntax.Given(None):
            return "given"
        case syntax.Given(syntax.Identifier(name)):
            return name
        case syntax.At(name):
            return f"at {name.name}"
        case syntax.PerfectClock(name) | syntax.DriftingClock(name):
            return f"clock {name.name}"
        case syntax.Param(name):
            return f"param {name.name}"
        case _:
            return block_line(line).partition(" ")[0]
