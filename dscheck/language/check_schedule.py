"""Is a schedule sound: every name known, every message sent once, no event before its cause?"""

from collections.abc import Iterable, Mapping, Sequence

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.check_all_schedules import check_extents, formulas_of
from dscheck.language.check_schedule_formula import (
    KIND_OF_CLOCK,
    Surroundings,
    check_claim,
    check_expectation,
    with_bound,
)
from dscheck.language.check_schedule_messages import check_messages
from dscheck.language.findings import Findings, did_you_mean, listing
from dscheck.language.text_errors import reserved
from dscheck.language.words import FUNCTIONS, VALUES


def check_schedule(block: syntax.Schedule, findings: Findings) -> None:
    """Report what is wrong inside `block`."""
    lanes = [line for line in block.lines if isinstance(line, syntax.Lane)]
    events = [event for lane in lanes for event in lane.events]
    clocks = _clocks(block.lines, findings)
    if not lanes:
        findings.error(
            "DS0719",
            f"schedule `{block.name.name}` has no process",
            block.name.span,
            advice="give each process a line with its events: `P1: a, b sends m1`",
        )
    _check_names(lanes, events, clocks, findings)
    check_messages(lanes, findings)
    _check_shown(block, clocks, findings)
    _check_puzzle(block, findings)
    around = Surroundings(
        findings,
        {name: clock.kind.name for name, clock in clocks.items()},
        _by_name(lane.name for lane in lanes),
        _by_name(event.name for event in events),
        one_sheet=True,
    )
    for line in block.lines:
        _check_line(around, line)


def check_schedules(block: syntax.Schedules, above: Sequence[syntax.Schedule], findings: Findings) -> None:
    """Report what is wrong inside `block`.

    Args:
        block: all schedules of an extent.
        above: the schedules of the file, whose clocks and formulas it takes if it has no lines.
        findings: takes the diagnostics.
    """
    check_extents(block, findings)
    lines = formulas_of(block, above)
    if block.lines:
        around = Surroundings(
            findings, {n: c.kind.name for n, c in _clocks(lines, findings).items()}, {}, {}, one_sheet=False
        )
        for line in lines:
            _check_line(around, line)
    if not any(isinstance(line, syntax.ScheduleForall | syntax.Find) for line in lines):
        findings.error(
            "DS0715",
            f"`{block.name.name}` has nothing to check",
            block.name.span,
            "no `forall` and no `find`",
            advice="write lines below it, or formulas in a schedule of this file",
        )
    elif not block.lines:
        _check_taken(block, lines, above, findings)


def _check_line(around: Surroundings, line: syntax.ScheduleLine) -> None:
    match line:
        case syntax.Expect(condition):
            check_expectation(around, condition)
        case syntax.ScheduleForall(names, condition) | syntax.Find(names, condition):
            check_claim(with_bound(around, names), condition)
        case syntax.Given(_, condition):
            check_claim(around, condition)
        case _:
            pass


# --- names -------------------------------------------------------------------------------------


def _clocks(lines: Iterable[syntax.ScheduleLine], findings: Findings) -> dict[str, syntax.ScheduleClock]:
    """The clocks by name; unknown kinds and names used twice are reported."""
    clocks: dict[str, syntax.ScheduleClock] = {}
    for line in lines:
        if not isinstance(line, syntax.ScheduleClock):
            continue
        kind, name = line.kind, line.name
        if kind.name not in KIND_OF_CLOCK:
            label, fix = did_you_mean(kind.name, kind.span, KIND_OF_CLOCK)
            findings.error(
                "DS0708",
                f"there is no clock of kind `{kind.name}` in a schedule",
                kind.span,
                label,
                advice=f"the kinds are {listing(KIND_OF_CLOCK)}",
                fix=fix,
            )
        if name.name in FUNCTIONS | VALUES:
            findings.add(reserved(name))
        elif name.name in clocks:
            _twice(findings, name, clocks[name.name].name)
        clocks.setdefault(name.name, line)
    return clocks


def _check_names(
    lanes: Sequence[syntax.Lane],
    events: Sequence[syntax.LaneEvent],
    clocks: Mapping[str, syntax.ScheduleClock],
    findings: Findings,
) -> None:
    """Processes, events and clocks share their names, so that a name in a formula means one thing."""
    seen = {name: clock.name for name, clock in clocks.items()}
    for name in (*(lane.name for lane in lanes), *(event.name for event in events)):
        if name.name in VALUES:
            findings.add(reserved(name))
        elif name.name in seen:
            _twice(findings, name, seen[name.name])
        seen.setdefault(name.name, name)


def _by_name(names: Iterable[syntax.Identifier]) -> dict[str, syntax.Identifier]:
    """The first of each name, in the order of the text."""
    found: dict[str, syntax.Identifier] = {}
    for name in names:
        found.setdefault(name.name, name)
    return found


def _twice(findings: Findings, name: syntax.Identifier, first: syntax.Identifier) -> None:
    findings.error(
        "DS0702",
        f"`{name.name}` is there twice",
        name.span,
        "give this one another name",
        related=(Label(first.span, "the first one"),),
        note="processes, events and clocks share their names",
    )


def _check_shown(block: syntax.Schedule, clocks: Mapping[str, syntax.ScheduleClock], findings: Findings) -> None:
    seen: dict[str, syntax.Identifier] = {}
    for name in (name for line in block.lines if isinstance(line, syntax.Show) for name in line.clocks):
        if name.name not in clocks:
            label, fix = did_you_mean(name.name, name.span, clocks)
            advice = "" if clocks else f"declare it: `clock lamport as {name.name}`"
            message = f"no clock is called `{name.name}` here"
            findings.error("DS0701", message, name.span, label, fix=fix, advice=advice)
        elif name.name in seen:
            _twice(findings, name, seen[name.name])
        seen.setdefault(name.name, name)


# --- puzzles -----------------------------------------------------------------------------------


def _check_puzzle(block: syntax.Schedule, findings: Findings) -> None:
    """Clock values are given to a `solve` line, of which there is one."""
    givens = [line for line in block.lines if isinstance(line, syntax.Given)]
    solves = [line for line in block.lines if isinstance(line, syntax.Solve)]
    if givens and not solves:
        findings.error(
            "DS0713",
            "a value is given, and nothing is to be solved",
            givens[0].span,
            "this would stay unused",
            advice="add a line `solve messages`; to claim something about this schedule, write `expect`",
        )
    for line in solves[1:]:
        findings.error(
            "DS0713",
            "a schedule is solved once",
            line.span,
            "a second `solve`",
            related=(Label(solves[0].span, "the first one"),),
            advice="write the other puzzle as a schedule of its own",
        )
    names: dict[str, syntax.Identifier] = {}
    for name in (line.name for line in givens if line.name is not None):
        if name.name in names:
            _twice(findings, name, names[name.name])
        names.setdefault(name.name, name)


# --- formulas that are taken from other schedules ----------------------------------------------


def _check_taken(
    block: syntax.Schedules,
    lines: Sequence[syntax.ScheduleClock | syntax.ScheduleForall | syntax.Find],
    above: Sequence[syntax.Schedule],
    findings: Findings,
) -> None:
    """Formulas that a schedule of the file has for itself must make sense for all."""
    clocks: dict[str, syntax.ScheduleClock] = {}
    for line in lines:
        if isinstance(line, syntax.ScheduleClock):
            first = clocks.setdefault(line.name.name, line)
            if first.kind.name != line.kind.name:
                findings.error(
                    "DS0717",
                    f"`{line.name.name}` is a {first.kind.name} clock and a {line.kind.name} clock",
                    block.name.span,
                    "which of them is it here?",
                    related=(Label(first.span, "the first one"), Label(line.span, "the other one")),
                    advice="write the clocks and formulas below this line",
                )
    kinds = {name: clock.kind.name for name, clock in clocks.items()}
    for schedule in above:
        for formula in schedule.lines:
            if isinstance(formula, syntax.ScheduleForall | syntax.Find) and not _sound_for_all(formula, kinds):
                findings.error(
                    "DS0716",
                    f"this formula of `{schedule.name.name}` is about that schedule only",
                    formula.span,
                    "it names an event or a process",
                    related=(Label(block.name.span, "which takes the formulas of the file"),),
                    advice=f"write the formulas for `{block.name.name}` below its first line",
                )


def _sound_for_all(line: syntax.ScheduleForall | syntax.Find, kinds: Mapping[str, str]) -> bool:
    alone = Findings()
    _check_line(Surroundings(alone, kinds, {}, {}, one_sheet=False), line)
    return not any(error.code == "DS0716" for error in alone.errors())
