"""Could two nodes have held a lease at once, by what is known of clocks and messages?

Sections that are over before others begin, whatever the clocks did, are in one order; then neighbours suffice, as they
do for causes (`dscheck.traces.exclusion.sections`).
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from dscheck.record import record
from dscheck.traces.causality.happens_before import HappensBefore, happens_before
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.sections import Section, taken_told
from dscheck.traces.finding import Witness
from dscheck.traces.real_time.bounds_on_time import ClockModel, RealTime, TimeSystem
from dscheck.traces.real_time.difference_constraints import Times
from dscheck.traces.real_time.proofs import clock_witness, number, steps_of, steps_told


@record
class TwoHolders:
    """Two sections of a lock that can have had a time in common.

    Attributes:
        lock: its name.
        first: the one that begins first, by the real times that were found.
        second: the other one.
    """

    lock: str
    first: Section
    second: Section


def two_holders(
    trace: Trace, model: ClockModel, system: TimeSystem, times: Times, locks: Mapping[str, Sequence[Section]]
) -> TwoHolders | None:
    """Two nodes that could have held a lock at once, if there are any.

    Args:
        trace: where the sections come from.
        model: what is believed of clocks; its lease ends a section in any case.
        system: the bounds of the trace.
        times: real times that keep them.
        locks: the sections of each lock, those of a node one after the other.
    """
    real = RealTime(system, times)
    surely = _surely_before(trace, model)
    for lock, sections in locks.items():
        latest: Section | None = None
        for section in sorted(sections, key=lambda each: _begins(each, times)):
            if latest is None or section.node == latest.node:
                latest = section
            elif _kept_apart(latest, section, surely) or not real.could_both_hold(latest, section, model.lease):
                latest = section if real.lasts(section) else latest
            else:
                return TwoHolders(lock, latest, section)
    return None


def shared_witnesses(trace: Trace, shared: TwoHolders) -> tuple[Witness, ...]:
    """The events at which the two sections begin and end, with what the clocks show."""
    shown = (
        (shared.second.start, "may begin before"),
        (shared.first.end, "this end"),
        (shared.first.start, "holds it since"),
        (shared.second.end, ""),
    )
    return tuple(clock_witness(trace.events[at], role) for at, role in shown if at is not None)


def shared_told(trace: Trace, model: ClockModel, real: RealTime, shared: TwoHolders) -> str:
    """Who holds the lock until when, how long before that the other one can have it, and why no longer before."""
    first, second, unit = shared.first, shared.second, trace.header.unit
    lease = f"{model.lease} {unit}"
    if first.start is None:
        held = f"{first.node} holds it from before the trace"
    else:
        held = f"{taken_told(trace.events[first.start])} ({trace.events[first.start].place})"
    timed_out = first.end is None or bool(trace.events[first.end].holds)  # no release: time alone ends the section
    if first.end is None:
        held += f" and does not release it, so that it may hold it for {lease}"
    elif timed_out:
        held += f" and again at {trace.events[first.end].place}, so that it may hold it until then, if not for {lease}"
    else:
        held += f" and releases it at {trace.events[first.end].place}"
    if second.start is None:
        other, end = f"{second.node} holds it from before the trace", None
    else:
        other = f"{taken_told(trace.events[second.start])} ({trace.events[second.start].place})"
        end = first.start if timed_out else first.end
    if second.start is None or end is None:
        return f"lock {shared.lock}: {held}; {other}: both could hold it at once"
    most = real.most_between(second.start, end)
    if most is None:
        return f"lock {shared.lock}: {held}; nothing bounds how early {other}: both could hold it at once"
    ahead = (
        f"up to {number(most)} {unit} before" if most > 0 else f"as little as {number(Fraction(-most))} {unit} after"
    )
    proof = steps_told(real.system, steps_of(real.system, real.why_most_between(second.start, end)), unit)
    return (
        f"lock {shared.lock}: {held}; {other}, which can have been {ahead} {trace.events[end].place}: both could hold "
        f"it at once. By the bounds: {proof}"
    )


def _begins(section: Section, times: Times) -> tuple[int, int]:
    return (0, 0) if section.start is None else (1, times.values[section.start])


def _kept_apart(first: Section, second: Section, surely: Callable[[int, int], bool]) -> bool:
    return first.end is not None and second.start is not None and surely(first.end, second.start)


def _surely_before(trace: Trace, model: ClockModel) -> Callable[[int, int], bool]:
    """Whether an event is no later than another by causes, or by what two clocks show: found without a search."""
    order = happens_before(trace)
    total = trace.header.order == "total"
    skew = model.skew

    def latest(at: int, way: int) -> int | None:
        event = trace.events[at]
        if event.time is None or (skew is None and event.time_error is None):
            return None
        return event.time + way * ((skew or 0) + (event.time_error or 0))

    def surely(first: int, second: int) -> bool:
        if (total and first <= second) or (isinstance(order, HappensBefore) and order.before(first, second)):
            return True
        most, least = latest(first, 1), latest(second, -1)
        return most is not None and least is not None and most <= least

    return surely
