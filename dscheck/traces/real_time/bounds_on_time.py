"""What do recorded times, with bounds on clocks and messages, say about when things really happened?

Every bound becomes an upper bound of the difference of two real times, so that a graph decides whether all can be so.

K. Marzullo, S. Owicki: Maintaining the time in a distributed system. PODC 1983.
A. Duda, G. Harrus, Y. Haddad, G. Bernard: Estimating global time in distributed systems. ICDCS 1987.
"""

from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from math import lcm

from dscheck.record import record
from dscheck.traces.causality.columns import Columns, columns_of
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.real_time.difference_constraints import Bounds, Distances, NegativeCycle, Times, solve


class Why(Enum):
    """Where a bound comes from."""

    NOT_LATER = "a clock is right up to its skew, upper bound"
    NOT_EARLIER = "a clock is right up to its skew, lower bound"
    CLOCK_SLOW = "at most this much time passes while a clock shows so much"
    CLOCK_FAST = "at least this much time passes while a clock shows so much"
    NODE_ORDER = "events of a node happen in its order"
    FILE_ORDER = "events happen in the order of the file"
    DELAY_MIN = "a message takes at least so long"
    DELAY_MAX = "a message takes at most so long"
    LEASE = "a section lasts at most so long"


@record
class ClockModel:
    """What is believed of clocks and messages, in the unit of the trace. None: nothing is.

    Attributes:
        skew: how far a clock is off real time at most.
        drift_ppm: in parts per million, how much faster or slower than real time a clock runs at most; below a million.
        delay_min: of a message; at least 0, for no message arrives before it is sent.
        delay_max: of a message.
        lease: how long a section, from an acquire to its release, lasts at most in real time.
    """

    skew: int | None = None
    drift_ppm: int | None = None
    delay_min: int = 0
    delay_max: int | None = None
    lease: int | None = None


@record
class TimeSystem:
    """The bounds of a trace. Variables are events, by index, and the origin from which real times are counted.

    Attributes:
        columns: the rows of the trace.
        bounds: in units of 1/`scale`.
        why: where each bound comes from.
        scale: so that all are integers.
        origin: the recorded time that counts as 0.
        start: real times if every clock were right (and one more than may be, where a clock's error is bounded).
    """

    columns: Columns
    bounds: Bounds
    why: tuple[Why, ...]
    scale: int
    origin: int
    start: tuple[int, ...]

    def solved(self) -> Times | NegativeCycle:
        """Real times that fit, or the bounds that contradict each other."""
        return solve(self.bounds, self.start)


_Bound = tuple[int, int, int, Why]  # source, target, most, why


def time_system(trace: Trace, model: ClockModel, sections: tuple[Section, ...] = ()) -> TimeSystem:
    """The bounds that a trace and what is believed of its clocks put on real times.

    Args:
        trace: events without a time are bounded by the order of their node and by messages only.
        model: what is believed.
        sections: those that a lease bounds.
    """
    columns = columns_of(trace)
    faster, slower = Fraction(1), Fraction(1)
    if model.drift_ppm is not None:
        if not 0 <= model.drift_ppm < 1_000_000:
            raise ValueError(f"a drift is at least 0 and less than a million parts per million, not {model.drift_ppm}")
        drift = Fraction(model.drift_ppm, 1_000_000)
        faster, slower = 1 / (1 + drift), 1 / (1 - drift)  # real time per unit that a clock shows
    scale = lcm(faster.denominator, slower.denominator)
    origin = min((event.time for event in trace.events if event.time is not None), default=0)
    source: list[int] = []
    target: list[int] = []
    most: list[int] = []
    why: list[Why] = []
    for each in (
        _skew(trace, model, origin, scale),
        _nodes(columns, model, int(faster * scale), int(slower * scale)),
        _messages(trace, model, scale),
        _file_order(trace),
        _leases(sections, model, scale),
    ):
        for bound in each:  # columns rather than a million tuples, which the garbage collector would walk over
            source.append(bound[0])
            target.append(bound[1])
            most.append(bound[2])
            why.append(bound[3])
    bounds = Bounds(len(trace.events) + 1, source, target, most)
    start = _start(columns, model, origin, scale)
    return TimeSystem(columns, bounds, tuple(why), scale, origin, start)


def _skew(trace: Trace, model: ClockModel, origin: int, scale: int) -> Iterator[_Bound]:
    zero = len(trace.events)
    for at, event in enumerate(trace.events):
        if event.time is not None and (model.skew is not None or event.time_error is not None):
            off = (model.skew or 0) + (event.time_error or 0)
            yield zero, at, (event.time - origin + off) * scale, Why.NOT_LATER
            yield at, zero, (origin - event.time + off) * scale, Why.NOT_EARLIER


def _nodes(columns: Columns, model: ClockModel, faster: int, slower: int) -> Iterator[_Bound]:
    """Neighbours on a node; for events further apart the bounds follow, since they are sums."""
    indices = columns.index.tolist()
    before, timed = -1, -1
    for at in indices:
        event = columns.events[at]
        if before >= 0 and columns.events[before].node == event.node:
            yield at, before, 0, Why.NODE_ORDER
        else:
            timed = -1
        if event.time is not None:
            earlier = columns.events[timed].time if timed >= 0 else None
            if earlier is not None and model.drift_ppm is not None:
                shown = event.time - earlier
                least, most = (shown * faster, shown * slower) if shown >= 0 else (shown * slower, shown * faster)
                yield timed, at, most, Why.CLOCK_SLOW
                yield at, timed, -least, Why.CLOCK_FAST
            timed = at
        before = at


def _messages(trace: Trace, model: ClockModel, scale: int) -> Iterator[_Bound]:
    matching = matched_messages(trace.events)
    for receipt, send in matching.edges().items():
        yield receipt, send, -model.delay_min * scale, Why.DELAY_MIN
        if model.delay_max is not None and receipt in matching.send_of:
            yield send, receipt, model.delay_max * scale, Why.DELAY_MAX


def _file_order(trace: Trace) -> Iterator[_Bound]:
    if trace.header.order == "total":
        for at in range(len(trace.events) - 1):
            yield at + 1, at, 0, Why.FILE_ORDER


def _leases(sections: tuple[Section, ...], model: ClockModel, scale: int) -> Iterator[_Bound]:
    if model.lease is not None:
        for each in sections:
            if each.start is not None and each.end is not None:
                yield each.start, each.end, model.lease * scale, Why.LEASE


def _start(columns: Columns, model: ClockModel, origin: int, scale: int) -> tuple[int, ...]:
    values = [0] * (len(columns.events) + 1)
    last = origin
    node = ""
    for at in columns.index.tolist():
        event = columns.events[at]
        if event.node != node:
            node, last = event.node, origin
        last = event.time if event.time is not None else last
        off = (model.skew or 0) + (event.time_error or 0)
        bounded = event.time is not None and (model.skew is not None or event.time_error is not None)
        values[at] = (last - origin + off) * scale + bounded
    return tuple(values)


class RealTime:
    """Questions about when things really happened, in a trace whose bounds can all be so."""

    def __init__(self, system: TimeSystem, times: Times) -> None:
        self.system = system
        self._distances = Distances(system.bounds, times)

    def most_between(self, first: int, second: int) -> Fraction | None:
        """The greatest possible time from event `first` to event `second`; None if there is none."""
        most = self._distances.most(first, second)
        return None if most is None else Fraction(most, self.system.scale)

    def could_precede(self, first: int, second: int) -> bool:
        """Can event `first` have happened at an earlier time than event `second`?"""
        most = self._distances.most(first, second)
        return most is None or most > 0

    def must_precede(self, first: int, second: int) -> bool:
        """Has event `first` happened at an earlier time than event `second` in any case?"""
        most = self._distances.most(second, first)
        return most is not None and most < 0

    def could_both_hold(self, first: Section, second: Section) -> bool:
        """Can two sections have had a time in common, of more than a moment?

        Each begins before either ends: four differences, which can be positive at once if each of them can.
        """
        if first.start is None or second.start is None:
            return True  # held from before the trace: there is no bound
        lasting = all(
            each.end is None or each.start is None or self.could_precede(each.start, each.end)
            for each in (first, second)
        )
        return (
            lasting
            and (second.end is None or self.could_precede(first.start, second.end))
            and (first.end is None or self.could_precede(second.start, first.end))
        )


def lease_is_safe(holder: int, grantor: int, drift_ppm: int) -> bool:
    """Has the holder of a lease given it up before the grantor takes it to be over, whatever their clocks do?

    The holder counts `holder` from before it asks, the grantor counts `grantor` from when it grants; both clocks drift
    by at most `drift_ppm` (C. Gray, D. Cheriton: Leases. SOSP 1989).
    """
    return holder * (1_000_000 + drift_ppm) <= grantor * (1_000_000 - drift_ppm)
