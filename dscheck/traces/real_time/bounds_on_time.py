"""What do recorded times, with bounds on clocks and messages, say about when things really happened?

Every bound becomes an upper bound of the difference of two real times, so that a graph decides whether all can be so.

K. Marzullo, S. Owicki: Maintaining the time in a distributed system. PODC 1983.
A. Duda, G. Harrus, Y. Haddad, G. Bernard: Estimating global time in distributed systems. ICDCS 1987.
"""

from collections.abc import Sequence
from enum import Enum
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from dscheck.record import record
from dscheck.traces.causality.columns import Columns, columns_of
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.event import Event, Trace
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.real_time.difference_constraints import Bounds, Distances, NegativeCycle, Times, solve

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[Any]
    Marks = npt.NDArray[np.bool_]


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
    clocks = _clocks(trace, model, int(slower * scale))
    parts = (
        _skew(clocks, scale),
        _nodes(columns, clocks, model, int(faster * scale), int(slower * scale)),
        _messages(trace, model, scale),
        _file_order(trace),
        _leases(sections, model, scale),
    )
    source, target, most = ([value for part in parts for value in part[at].tolist()] for at in range(3))
    why = tuple([_EACH[number] for part in parts for number in part[3].tolist()])
    bounds = Bounds(len(trace.events) + 1, source, target, most)
    return TimeSystem(columns, bounds, why, scale, clocks.origin, _start(columns, clocks, scale))


@record
class _Clocks:
    """What the events of a trace say of times, by index. Numbers are integers of any size where 64 bits may not do."""

    origin: int
    timed: "Marks"
    shown: "Numbers"  # since the origin; 0 where there is no time
    off: "Numbers"  # how far real time is from that at most
    bounded: "Marks"  # whether that is known


def _clocks(trace: Trace, model: ClockModel, factor: int) -> _Clocks:
    """The columns of a trace.

    Args:
        factor: by what times are multiplied later on.
    """
    import numpy as np

    times, errors = columns_of_times(trace.events)
    known = [time for time in times if time is not None]
    origin = min(known, default=0)
    skew = model.skew or 0
    greatest = max(known, default=0) - origin + skew + max([error for error in errors if error is not None], default=0)
    number = np.int64 if 4 * (greatest + 1) * factor < 1 << 63 else np.object_
    timed = np.array([time is not None for time in times], bool)
    has_error = np.array([error is not None for error in errors], bool)
    return _Clocks(
        origin,
        timed,
        np.array([0 if time is None else time - origin for time in times], number),
        np.array([skew if error is None else skew + error for error in errors], number),
        timed & (has_error | (model.skew is not None)),
    )


def columns_of_times(events: Sequence[Event]) -> tuple[list[int | None], list[int | None]]:
    """The recorded times of events and the errors of these."""
    return [event.time for event in events], [event.time_error for event in events]


_EACH = tuple(Why)
_Part = tuple["Numbers", "Numbers", "Numbers", "Numbers"]  # sources, targets, most, which `Why`


def _part(order: "Numbers", *groups: tuple["Numbers", "Numbers", "Numbers", Why]) -> _Part:
    """Bounds of several kinds as columns, in the order of the keys `order`, one for each bound of each group."""
    import numpy as np

    source, target, most = (np.concatenate([group[at] for group in groups]) for at in range(3))
    why = np.repeat([_EACH.index(group[3]) for group in groups], [len(group[0]) for group in groups])
    chosen = np.argsort(order, kind="stable")
    return source[chosen], target[chosen], most[chosen], why[chosen]


def _skew(clocks: _Clocks, scale: int) -> _Part:
    import numpy as np

    at = np.flatnonzero(clocks.bounded)
    zero = np.full(len(at), len(clocks.timed))
    shown, off = clocks.shown[at], clocks.off[at]
    return _part(
        np.concatenate([at, at]),
        (zero, at, (shown + off) * scale, Why.NOT_LATER),
        (at, zero, (off - shown) * scale, Why.NOT_EARLIER),
    )


def _nodes(columns: Columns, clocks: _Clocks, model: ClockModel, faster: int, slower: int) -> _Part:
    """Neighbours on a node; for events further apart the bounds follow, since they are sums."""
    import numpy as np

    index, node = columns.index, columns.node
    rows = np.flatnonzero(node[1:] == node[:-1]) + 1
    follows = (index[rows], index[rows - 1], np.zeros(len(rows), np.int64), Why.NODE_ORDER)
    if model.drift_ppm is None:
        return _part(rows, follows)
    timed = np.flatnonzero(clocks.timed[index])
    pairs = np.flatnonzero(node[timed[1:]] == node[timed[:-1]])
    later = timed[pairs + 1]
    one, two = index[timed[pairs]], index[later]
    shown = clocks.shown[two] - clocks.shown[one]
    least, most = np.minimum(shown * faster, shown * slower), np.maximum(shown * faster, shown * slower)
    return _part(
        np.concatenate([rows * 3, later * 3 + 1, later * 3 + 2]),
        follows,
        (one, two, most, Why.CLOCK_SLOW),
        (two, one, -least, Why.CLOCK_FAST),
    )


def _messages(trace: Trace, model: ClockModel, scale: int) -> _Part:
    import numpy as np

    matching = matched_messages(trace.events)
    edges = np.array(list(matching.edges().items()), np.int64).reshape(-1, 2)
    receipts, sends = edges[:, 0], edges[:, 1]
    least = (receipts, sends, _constant(-model.delay_min * scale, len(edges)), Why.DELAY_MIN)
    number = np.arange(len(edges)) * 2
    if model.delay_max is None:
        return _part(number, least)
    sure = np.array([receipt in matching.send_of for receipt in receipts.tolist()], bool)
    most = (sends[sure], receipts[sure], _constant(model.delay_max * scale, int(sure.sum())), Why.DELAY_MAX)
    return _part(np.concatenate([number, number[sure] + 1]), least, most)


def _constant(value: int, count: int) -> "Numbers":
    import numpy as np

    return np.full(count, value, np.int64 if abs(value) < 1 << 62 else np.object_)


def _file_order(trace: Trace) -> _Part:
    import numpy as np

    at = np.arange(len(trace.events) - 1 if trace.header.order == "total" else 0)
    return _part(at, (at + 1, at, np.zeros(len(at), np.int64), Why.FILE_ORDER))


def _leases(sections: tuple[Section, ...], model: ClockModel, scale: int) -> _Part:
    import numpy as np

    ends = [(each.start, each.end) for each in sections if each.start is not None and each.end is not None]
    pairs = np.array(ends if model.lease is not None else [], np.int64).reshape(-1, 2)
    lasts = _constant((model.lease or 0) * scale, len(pairs))
    return _part(np.arange(len(pairs)), (pairs[:, 0], pairs[:, 1], lasts, Why.LEASE))


def _start(columns: Columns, clocks: _Clocks, scale: int) -> tuple[int, ...]:
    """What the clock of each event's node showed last, as real time."""
    import numpy as np

    index, rows = columns.index, np.arange(len(columns.index))
    last = np.maximum.accumulate(np.where(clocks.timed[index], rows, -1))
    shown = np.where(last >= columns.starts[columns.node], clocks.shown[index[last]], 0)
    values = np.zeros(len(rows) + 1, clocks.shown.dtype)
    values[index] = (shown + clocks.off[index]) * scale + clocks.bounded[index]
    return tuple(values.tolist())


class RealTime:
    """Questions about when things really happened, in a trace whose bounds can all be so."""

    def __init__(self, system: TimeSystem, times: Times) -> None:
        self.system = system
        self._distances = Distances(system.bounds, times)

    def most_between(self, first: int, second: int) -> Fraction | None:
        """The greatest possible time from event `first` to event `second`; None if there is none."""
        most = self._distances.most(first, second)
        return None if most is None else Fraction(most, self.system.scale)

    def why_most_between(self, first: int, second: int) -> tuple[int, ...]:
        """The bounds, by index, whose sum is the greatest possible time between; none if there is no greatest."""
        found = self._distances.way(first, second)
        return () if found is None else found[1]

    def could_precede(self, first: int, second: int) -> bool:
        """Can event `first` have happened at an earlier time than event `second`?"""
        most = self._distances.most(first, second)
        return most is None or most > 0

    def must_precede(self, first: int, second: int) -> bool:
        """Has event `first` happened at an earlier time than event `second` in any case?"""
        most = self._distances.most(second, first)
        return most is not None and most < 0

    def could_both_hold(self, first: Section, second: Section, lease: int | None = None) -> bool:
        """Can two sections have had a time in common, of more than a moment?

        Each begins before either ends: differences which can be positive at once if each of them can.

        Args:
            first: one section; held from before the trace if it has no start, for ever if it has no end.
            second: another one.
            lease: how long after its start a section is over in any case.
        """
        return all(self.lasts(each) for each in (first, second)) and (
            self.could_begin_within(first, second, lease) and self.could_begin_within(second, first, lease)
        )

    def lasts(self, section: Section) -> bool:
        """Can a section have had more than a moment?"""
        return section.start is None or section.end is None or self.could_precede(section.start, section.end)

    def could_begin_within(self, later: Section, section: Section, lease: int | None = None) -> bool:
        """Can `later` have begun before `section` was over?"""
        if later.start is None:
            return True
        if section.end is not None and not self.could_precede(later.start, section.end):
            return False
        if lease is None or section.start is None:
            return True
        most = self.most_between(later.start, section.start)
        return most is None or most + lease > 0


def lease_is_safe(holder: int, grantor: int, drift_ppm: int) -> bool:
    """Has the holder of a lease given it up before the grantor takes it to be over, whatever their clocks do?

    The holder counts `holder` from before it asks, the grantor counts `grantor` from when it grants; both clocks drift
    by at most `drift_ppm` (C. Gray, D. Cheriton: Leases. SOSP 1989).
    """
    return holder * (1_000_000 + drift_ppm) <= grantor * (1_000_000 - drift_ppm)
