"""Which schedule, timing block or assumption does a tree stand for? One small function per rule."""

from typing import Literal, cast

from dscheck.language import syntax
from dscheck.language.tree_to_expression import (
    expression,
    identifier,
    identifiers,
    integer,
    maybe_expression,
    maybe_identifier,
    parts,
    place,
    range_of,
)
from dscheck.language.trees import Tree


def assume(tree: Tree) -> syntax.Assume:
    """`assume lease waits until holder == none because lease_math`"""
    first, second, condition, because = parts(tree)
    process, timer = (None, first) if second is None else (first, second)
    return syntax.Assume(
        maybe_identifier(process), identifier(timer), expression(condition), maybe_identifier(because), place(tree)
    )


def schedule(tree: Tree) -> syntax.Schedule:
    """`schedule sheet:` and its lines"""
    name, *lines = parts(tree)
    return syntax.Schedule(identifier(name), tuple([schedule_line(line) for line in lines]), place(tree))


def schedules(tree: Tree) -> syntax.Schedules:
    """`schedules small: processes 2..3, events <= 5`, with lines or without"""
    name, *extents, body = parts(tree)
    lines = tuple([schedule_line(line) for line in parts(body)]) if body is not None else ()
    return syntax.Schedules(
        identifier(name),
        tuple([_extent(extent) for extent in extents]),
        cast(tuple[syntax.ScheduleClock | syntax.ScheduleForall | syntax.Find, ...], lines),
        place(tree),
    )


def _extent(tree: Tree) -> syntax.ExtentRange | syntax.ExtentLimit:
    word, *rest = parts(tree)
    if tree.data == "extent_range":
        return syntax.ExtentRange(identifier(word), range_of(rest[0]), place(tree))
    sign, number = rest
    return syntax.ExtentLimit(identifier(word), str(sign), integer(number), place(tree))


def schedule_line(tree: Tree) -> syntax.ScheduleLine:
    """One line of a schedule."""
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "lane":
            name, *events = items
            return syntax.Lane(identifier(name), tuple([_lane_event(event) for event in events]), span)
        case "schedule_clock":
            return syntax.ScheduleClock(identifier(items[0]), identifier(items[1]), span)
        case "show":
            return syntax.Show(identifiers(items), span)
        case "schedule_forall":
            return syntax.ScheduleForall(identifiers(parts(items[0])), expression(items[1]), span)
        case "find":
            return syntax.Find(identifiers(parts(items[0])), expression(items[1]), span)
        case "solve" | "solve_none":
            return syntax.Solve(tree.data == "solve_none", span)
        case "given":
            return _given(tree)
        case rule:
            assert rule == "expect"
            return _expect(tree)


def _lane_event(tree: Tree) -> syntax.LaneEvent:
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "local_event":
            return syntax.LocalEvent(identifier(items[0]), span)
        case "sending_event":
            name, message, to = items
            return syntax.SendingEvent(identifier(name), identifier(message), maybe_identifier(to), span)
        case "receipt":
            message, name = items
            return syntax.ReceivingEvent(identifier(name), identifier(message), False, span)
        case rule:
            assert rule == "receipt_named_first"
            name, message = items
            return syntax.ReceivingEvent(identifier(name), identifier(message), True, span)


def timing(tree: Tree) -> syntax.Timing:
    """`timing cristian:` and its lines"""
    name, *lines = parts(tree)
    return syntax.Timing(identifier(name), tuple([timing_line(line) for line in lines]), place(tree))


def timing_line(tree: Tree) -> syntax.TimingLine:
    """One line of a timing block."""
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "param":
            name, value, bounds = items
            low, high = parts(bounds) if bounds is not None else (None, None)
            return syntax.Param(
                identifier(name), expression(value), maybe_expression(low), maybe_expression(high), span
            )
        case "perfect_clock":
            return syntax.PerfectClock(identifier(items[0]), span)
        case "drifting_clock":
            name, drift, offset = items
            return syntax.DriftingClock(identifier(name), maybe_expression(drift), maybe_expression(offset), span)
        case "at":
            name, lane, *after = items
            predecessors = tuple([_predecessor(each) for each in after if each is not None])
            return syntax.At(identifier(name), maybe_identifier(lane), predecessors, span)
        case "let":
            return syntax.Let(identifier(items[0]), expression(items[1]), span)
        case "query":
            name, kind, subject, parameter = items
            word = cast(Literal["max", "min", "possible", "always"], str(parts(kind)[0]))
            return syntax.Query(identifier(name), word, expression(subject), maybe_identifier(parameter), span)
        case "given":
            return _given(tree)
        case rule:
            assert rule == "expect"
            return _expect(tree)


def _predecessor(tree: Tree) -> syntax.Predecessor:
    event, delay = parts(tree)
    return syntax.Predecessor(identifier(event), maybe_expression(delay), place(tree))


def _given(tree: Tree) -> syntax.Given:
    name, condition = parts(tree)
    return syntax.Given(maybe_identifier(name), expression(condition), place(tree))


def _expect(tree: Tree) -> syntax.Expect:
    return syntax.Expect(expression(parts(tree)[0]), place(tree))
