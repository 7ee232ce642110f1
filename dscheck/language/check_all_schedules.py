"""Which schedules does a `schedules` block speak of, and which formulas are they checked against?"""

from collections.abc import Sequence

from dscheck.diagnostics import Fix, Label
from dscheck.language import syntax
from dscheck.language.findings import Findings, did_you_mean
from dscheck.record import record

WORDS = ("processes", "events")
MOST_PROCESSES = 8
"""To tell schedules apart up to renaming, each is compared with all orders of its processes: 9 have 362,880."""


@record
class Extent:
    """How large the schedules are.

    Attributes:
        fewest_processes: at least 1.
        most_processes: at least as many.
        fewest_events: at least one per process.
        most_events: in all.
    """

    fewest_processes: int
    most_processes: int
    fewest_events: int
    most_events: int


def formulas_of(
    block: syntax.Schedules, above: Sequence[syntax.Schedule]
) -> tuple[syntax.ScheduleClock | syntax.ScheduleForall | syntax.Find, ...]:
    """The clocks and formulas of `block`: its own lines, or else those of the schedules of the file."""
    return block.lines or tuple(
        line
        for schedule in above
        for line in schedule.lines
        if isinstance(line, syntax.ScheduleClock | syntax.ScheduleForall | syntax.Find)
    )


def extent_of(block: syntax.Schedules) -> Extent:
    """The extent of a block that is free of static mistakes."""
    ranges = {extent.word.name: _range(extent) for extent in block.extents}
    (fewest, most), (fewest_events, most_events) = (ranges[word] or (1, 1) for word in WORDS)
    return Extent(fewest, most, max(fewest, fewest_events), most_events)


def check_extents(block: syntax.Schedules, findings: Findings) -> None:
    """Report extents that are missing, there twice, unknown, or of no schedule."""
    seen: dict[str, syntax.ExtentRange | syntax.ExtentLimit] = {}
    for extent in block.extents:
        word = extent.word
        if word.name not in WORDS:
            label, fix = did_you_mean(word.name, word.span, WORDS)
            message = f"`{word.name}` is no measure of a schedule"
            _wrong(findings, word, message, label or "write `processes` or `events`", fix=fix)
        elif word.name in seen:
            _wrong(findings, word, f"`{word.name}` is said twice", "the second time", first=seen[word.name].word)
        else:
            _check_extent(extent, findings)
        seen.setdefault(word.name, extent)
    for measure in WORDS:
        if measure not in seen and seen.keys() <= set(WORDS):
            example = "processes 2..3" if measure == "processes" else "events <= 5"
            _wrong(findings, block.name, f"how many {measure} do the schedules have at most?", f"add `{example}`")
    if seen.keys() == set(WORDS):
        processes, events = (_range(seen[measure]) for measure in WORDS)
        if processes is not None and events is not None and 1 <= events[1] < processes[0]:
            message = "each process has an event, and there are fewer events than processes"
            _wrong(findings, seen["events"].word, message, f"at least {processes[0]}", first=seen["processes"].word)
        elif processes is not None and events is not None and min(processes[1], events[1]) > MOST_PROCESSES:
            message = f"schedules of more than {MOST_PROCESSES} processes are too many to look at"
            _wrong(findings, seen["processes"].word, message, f"at most {MOST_PROCESSES}")


def _check_extent(extent: syntax.ExtentRange | syntax.ExtentLimit, findings: Findings) -> None:
    name = extent.word.name
    bounds = _range(extent)
    if bounds is None:
        example = f"`{name} 2..3`" if isinstance(extent, syntax.ExtentRange) else f"`{name} <= 5`"
        _wrong(findings, extent, f"this does not say how many {name} there are at most", f"write {example}")
    elif bounds[0] > bounds[1]:
        _wrong(findings, extent, f"there is no number of {name} from {bounds[0]} to {bounds[1]}", "no schedule at all")
    elif bounds[0] < 1:
        _wrong(findings, extent, f"there is no schedule without {name}", f"`{name} 1..{max(bounds[1], 1)}`")


def _range(extent: syntax.ExtentRange | syntax.ExtentLimit) -> tuple[int, int] | None:
    """The least and the greatest number; None if the form is wrong."""
    match extent:
        case syntax.ExtentRange(_, syntax.RangeType(syntax.Number(low), syntax.Number(high))):
            return low, high
        case syntax.ExtentLimit(_, "<=", number):
            return 1, number
        case syntax.ExtentLimit(_, "<", number):
            return 1, number - 1
        case syntax.ExtentLimit(_, "==", number):
            return number, number
        case _:
            return None


def _wrong(
    findings: Findings,
    place: syntax.Identifier | syntax.ExtentRange | syntax.ExtentLimit,
    message: str,
    label: str,
    *,
    first: syntax.Identifier | None = None,
    fix: Fix | None = None,
) -> None:
    related = (Label(first.span, "the first one" if message.endswith("twice") else "here"),) if first else ()
    findings.error("DS0714", message, place.span, label, related=related, fix=fix)
