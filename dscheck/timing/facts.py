"""What does a timing block say must be so? Each line that says something, with the formula it stands for.

`after`, the rate of a clock between two events, its offset at an event, `given`: whatever satisfies all of them is a
schedule of the block.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import pairwise

from dscheck.language import syntax
from dscheck.record import record
from dscheck.timing.formulas import Formula, all_of, either_of
from dscheck.timing.polynomial import (
    Assignment,
    Polynomial,
    add,
    constant_of,
    multiply,
    number,
    subtract,
    unknown,
    value_at,
)
from dscheck.timing.quantities import Quantity, compared, formula_of, quantity_of
from dscheck.timing.scope import BlockScope, events_of, is_exact, offset_of, readings_of


@record
class Fact:
    """What one line says.

    Attributes:
        line: the line.
        formula: its meaning, but for the rate of a clock between events in no known order.
        unordered: the events for that, if there are such.
    """

    line: syntax.TimingLine
    formula: Formula
    unordered: "Unordered | None" = None


@record
class Shown:
    """One reading of a clock.

    Attributes:
        number: of the event among those at which the clock is read, from 0.
        time: of the event.
        shown: by the clock.
    """

    number: int
    time: Polynomial
    shown: Polynomial


@record
class Unordered:
    """A clock that is read at events whose order is not known.

    Attributes:
        readings: all of them, in the order of the file.
        slow: the least rate of the clock.
        fast: the greatest.
        written: what `in_this_order` has written so far, by the numbers of two readings.
    """

    readings: tuple[Shown, ...]
    slow: Polynomial
    fast: Polynomial
    written: dict[tuple[int, int], Formula] = field(default_factory=dict, compare=False, repr=False)


def facts_of(block: syntax.Timing, scope: BlockScope) -> list[Fact]:
    """All that `block` says, with `scope` for its names.

    Raises:
        Unanswered: a line says nothing exact, such as a division by an unknown.
    """
    read = readings_of(block)
    before = known_order(block, scope)
    found = []
    for line in block.lines:
        unordered: Unordered | None = None
        match line:
            case syntax.At():
                formula = all_of(_delay(line, predecessor, scope) for predecessor in line.after)
            case syntax.DriftingClock(name):
                events = [event.name.name for event in events_of(block)]
                formula, unordered = _clock(line, read[name.name], events, before, scope)
            case syntax.Given(_, condition):
                formula = formula_of(condition, scope)
            case syntax.Param(name, _, low, high):
                # A constant that `--set` changes may move the value of a param out of its bounds.
                bounds: list[Formula] = []
                value = quantity_of(syntax.Name(name.name), scope)
                for bound, sign in ((low, ">="), (high, "<=")):
                    if bound is not None:
                        limit, _ = scope.interval(bound, symmetric=False)
                        bounds.append(compared(value, sign, limit))
                formula = all_of(bounds)
            case _:
                continue
        found.append(Fact(line, formula, unordered))
    return found


def clocks_read_at(
    facts: Sequence[Fact],
    block: syntax.Timing,
    scope: BlockScope,
    read: Mapping[str, Sequence[str]],
    *,
    alone: bool = False,
) -> list[Fact]:
    """The same `facts`, where of each clock only the readings count that `read` has.

    Args:
        facts: of `block`.
        block: the block.
        scope: for its names.
        read: by the name of a clock, the events; at any others it may be read only by lines that do not count.
        alone: whether none of the facts may say what another line does. The rate of a clock is said shorter for events
            that some `after` orders, and then says their order, too. Where lines are blamed, each has to speak for
            itself.
    """
    before = known_order(block, scope)
    events = [event.name.name for event in events_of(block)]
    found = []
    for fact in facts:
        if isinstance(fact.line, syntax.DriftingClock):
            formula, unordered = _clock(fact.line, read[fact.line.name.name], events, before, scope, alone=alone)
            found.append(Fact(fact.line, formula, unordered))
        else:
            found.append(fact)
    return found


def _time(event: str) -> Polynomial:
    return unknown(f"T({event})")


def _delay(line: syntax.At, predecessor: syntax.Predecessor, scope: BlockScope) -> Formula:
    passed = subtract(_time(line.name.name), _time(predecessor.event.name))
    if predecessor.delay is None:
        return compared(passed, ">=", subtract(passed, passed))
    least, most = scope.interval(predecessor.delay, symmetric=False)
    return all_of((compared(passed, ">=", least), compared(passed, "<=", most)))


def known_order(block: syntax.Timing, scope: BlockScope) -> Mapping[str, frozenset[str]]:
    """For each event, those that come after it in every schedule, by `after` alone.

    An interval that reaches below zero, or that depends on the parameter asked for, orders nothing.
    """
    later: dict[str, set[str]] = {event.name.name: set() for event in events_of(block)}
    for event in events_of(block):
        for predecessor in event.after:
            least: Quantity | None = None
            if predecessor.delay is not None:
                least, _ = scope.interval(predecessor.delay, symmetric=False)
            constant = constant_of(least) if isinstance(least, Polynomial) else None
            if predecessor.delay is None or (constant is not None and constant >= 0):
                later[predecessor.event.name].add(event.name.name)
    return {event: frozenset(_reached(event, later)) for event in later}


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    left = list(edges[start])
    while left:
        event = left.pop()
        if event not in reached:
            reached.add(event)
            left.extend(edges[event])
    return reached


def _clock(
    line: syntax.DriftingClock,
    read: Sequence[str],
    events: Sequence[str],
    before: Mapping[str, frozenset[str]],
    scope: BlockScope,
    *,
    alone: bool = False,
) -> tuple[Formula, Unordered | None]:
    """The rate and the offset of a clock, and what it says of events in no known order.

    Only the events at which it is read count. What it shows at another one can be put in afterwards: on the straight
    line between its neighbours, which keeps rates and offsets within bounds that hold for those; or, before the first
    and after the last, at the rate of real time, which keeps the offset. Only where the clock has an offset and can
    not run at that rate, all events count.

    Args:
        line: of the clock.
        read: the events at which some line reads it.
        events: all events.
        before: their known order.
        scope: for names.
        alone: whether the known order is only a hint which events are neighbours, and none of them is taken for sure.
    """
    slow, fast = scope.rates(line)
    low, high = (None, None) if line.offset is None else scope.interval(line.offset, symmetric=True)
    bounds = [constant_of(rate) for rate in (slow, fast)]
    keeps_offset = bounds[0] is not None and bounds[1] is not None and bounds[0] <= 1 <= bounds[1]
    counted = read if line.offset is None or keeps_offset else events
    parts = [compared(slow, "<=", fast)]
    if low is not None and high is not None:
        parts.append(compared(low, "<=", high))  # no clock keeps an empty offset, whether some line reads it or not
    unordered: Unordered | None = None
    name = line.name.name
    if is_exact(slow, fast):
        if low is not None and high is not None and bounds[0] == 1:
            return all_of([*parts, *_within(offset_of(name), low, high)]), None
    else:
        shown = {
            event: Shown(position, _time(event), scope.reading(name, event)) for position, event in enumerate(counted)
        }
        pairs = [(shown[first], shown[second]) for first, second in _neighbours(counted, before)]
        readings = Unordered(tuple(shown.values()), slow, fast)
        parts += [rate_between(*pair, readings) if alone else _ordered(*pair, slow, fast) for pair in pairs]
        if alone or any(
            second not in before[first] and first not in before[second]
            for position, first in enumerate(counted)
            for second in counted[position + 1 :]
        ):
            unordered = readings
    if low is not None and high is not None:
        for event in counted:
            parts += _within(subtract(scope.reading(name, event), _time(event)), low, high)
    return all_of(parts), unordered


def _within(value: Polynomial, low: Quantity, high: Quantity) -> list[Formula]:
    return [compared(value, ">=", low), compared(value, "<=", high)]


def _neighbours(events: Sequence[str], before: Mapping[str, frozenset[str]]) -> list[tuple[str, str]]:
    """The pairs of `events` in a known order with none of them between.

    What a clock may show is said of these only: the bounds add up along the way from one to the next.
    """
    # Two events that are each after the other are at the same time; then no event lies strictly between.
    circular = any(event in before[event] for event in events)
    known = [(early, late) for early in events for late in events if late in before[early]]
    if circular:
        return known
    return [
        (early, late)
        for early, late in known
        if not any(event in before[early] and late in before[event] for event in events)
    ]


def _ordered(first: Shown, second: Shown, slow: Polynomial, fast: Polynomial) -> Formula:
    """The clock runs neither slower nor faster than it may from `first` to `second`."""
    real, shown = subtract(second.time, first.time), subtract(second.shown, first.shown)
    return all_of((compared(multiply(slow, real), "<=", shown), compared(shown, "<=", multiply(fast, real))))


def rate_between(first: Shown, second: Shown, clock: Unordered) -> Formula:
    """What a clock may show at two events, whichever comes first."""
    return either_of((in_this_order(first, second, clock), in_this_order(second, first, clock)))


def in_this_order(first: Shown, second: Shown, clock: Unordered) -> Formula:
    """What a clock may show at two events if `first` is not the later one."""
    pair = first.number, second.number
    if pair not in clock.written:
        order = compared(first.time, "<=", second.time)
        clock.written[pair] = all_of((order, _ordered(first, second, clock.slow, clock.fast)))
    return clock.written[pair]


def one_after_the_other(clock: Unordered, values: Assignment) -> Iterator[tuple[Shown, Shown]]:
    """The readings of a clock by time, each with the next; at the same time, in the order of the file."""
    return pairwise(sorted(clock.readings, key=lambda reading: value_at(reading.time, values)))


def broken_rates(clock: Unordered, values: Assignment) -> list[tuple[Shown, Shown]]:
    """Neighbours in time between which the clock runs too slow or too fast; if there are none, it nowhere does."""
    slow, fast = value_at(clock.slow, values), value_at(clock.fast, values)
    found = []
    for first, second in one_after_the_other(clock, values):
        real = value_at(second.time, values) - value_at(first.time, values)
        shown = value_at(second.shown, values) - value_at(first.shown, values)
        if not slow * real <= shown <= fast * real:
            found.append((first, second))
    return found


def total_of(events: Sequence[str]) -> Polynomial:
    """The sum of the times of `events`; the least of it makes a plain schedule."""
    return add(*(_time(event) for event in events))


def not_before_zero(events: Sequence[str]) -> Formula:
    """All `events` are at time 0 or later."""
    return all_of(compared(_time(event), ">=", number(0)) for event in events)
