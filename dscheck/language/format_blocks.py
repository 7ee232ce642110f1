"""How are schedules, timing blocks and assumptions written, line by line?"""

from typing import assert_never

from dscheck.language import syntax
from dscheck.language.format_expression import SUM, format_expression, format_type, write

BlockLine = syntax.ScheduleLine | syntax.TimingLine


def assume_text(declaration: syntax.Assume) -> str:
    """`assume lease waits until holder == none because lease_math`"""
    timer = declaration.timer.name
    if declaration.process is not None:
        timer = f"{declaration.process.name}.{timer}"
    because = f" because {declaration.because.name}" if declaration.because is not None else ""
    return f"assume {timer} waits until {format_expression(declaration.condition)}{because}"


def block_head(block: syntax.Schedule | syntax.Schedules | syntax.Timing) -> str:
    """The first line: `schedule sheet:`"""
    match block:
        case syntax.Schedule(name):
            return f"schedule {name.name}:"
        case syntax.Schedules(name, extents):
            return f"schedules {name.name}: {', '.join(_extent(each) for each in extents)}"
        case syntax.Timing(name):
            return f"timing {name.name}:"


def _extent(extent: syntax.ExtentRange | syntax.ExtentLimit) -> str:
    match extent:
        case syntax.ExtentRange(word, bounds):
            return f"{word.name} {format_type(bounds)}"
        case syntax.ExtentLimit(word, sign, number):
            return f"{word.name} {sign} {number}"


def block_line(line: BlockLine) -> str:
    """One line of a schedule or a timing block."""
    match line:
        case syntax.Lane(name, events):
            return f"{name.name}: {', '.join(_lane_event(event) for event in events)}"
        case syntax.ScheduleClock(kind, name):
            return f"clock {kind.name} as {name.name}"
        case syntax.Show(clocks):
            return f"show {_names(clocks)}"
        case syntax.Expect(condition):
            return f"expect {format_expression(condition)}"
        case syntax.Given(label, condition):
            return f"given {f'{label.name}: ' if label is not None else ''}{format_expression(condition)}"
        case syntax.ScheduleForall(names, condition):
            return f"forall {_names(names)}: {format_expression(condition)}"
        case syntax.Find(names, condition):
            return f"find {_names(names)}: {format_expression(condition)}"
        case syntax.Solve(expect_none):
            return "solve messages expect none" if expect_none else "solve messages"
        case syntax.Param(name, value, low, high):
            text = f"param {name.name} = {write(value, SUM)}"
            if low is None or high is None:
                return text
            return f"{text} in [{write(low, SUM)}, {write(high, SUM)}]"
        case syntax.PerfectClock(name):
            return f"clock {name.name} perfect"
        case syntax.DriftingClock(name, drift, offset):
            rate = f" drift {write(drift, SUM)}" if drift is not None else ""
            return f"clock {name.name}{rate}" + (f" offset {write(offset, SUM)}" if offset is not None else "")
        case syntax.At(name, lane, after):
            text = f"at {name.name}" + (f" on {lane.name}" if lane is not None else "")
            return text + (f" after {', '.join(_predecessor(each) for each in after)}" if after else "")
        case syntax.Let(name, value):
            return f"let {name.name} = {format_expression(value)}"
        case syntax.Query(name, kind, subject, parameter):
            text = f"query {name.name} = {kind} {format_expression(subject)}"
            return text + (f" for {parameter.name}" if parameter is not None else "")
        case _:
            assert_never(line)


def _names(names: tuple[syntax.Identifier, ...]) -> str:
    return ", ".join(name.name for name in names)


def _lane_event(event: syntax.LaneEvent) -> str:
    match event:
        case syntax.LocalEvent(name):
            return name.name
        case syntax.SendingEvent(name, message, to):
            return f"{name.name} sends {message.name}" + (f" to {to.name}" if to is not None else "")
        case syntax.ReceivingEvent(name, message, True):
            return f"{name.name} receives {message.name}"
        case syntax.ReceivingEvent(name, message, _):
            return f"receives {message.name} as {name.name}"


def _predecessor(predecessor: syntax.Predecessor) -> str:
    if predecessor.delay is None:
        return predecessor.event.name
    return f"{predecessor.event.name} by {write(predecessor.delay, SUM)}"
