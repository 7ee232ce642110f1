"""Are the recorded times possible, given how wrong clocks and how slow messages can be?

If not, a few events prove it: bounds that would make something happen before itself.
"""

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from dscheck.record import record
from dscheck.traces.event import Event, Trace
from dscheck.traces.exclusion.lock_sections import sections_by_lock
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.real_time.bounds_on_time import ClockModel, TimeSystem, Why, time_system
from dscheck.traces.real_time.clock_offsets import offsets_of
from dscheck.traces.real_time.difference_constraints import NegativeCycle
from dscheck.traces.wording import counted, described, witness

CHECK = "clock-bounds"
_MOST_STEPS = 6  # of a contradiction that are told one by one


def check(
    trace: Trace,
    skew: int | None = None,
    drift_ppm: int | None = None,
    delay_min: int | None = None,
    delay_max: int | None = None,
    lease: int | None = None,
) -> TraceFinding:
    """Judge the recorded times. Bounds are in the unit of the trace; those that are None are taken from its header.

    Args:
        trace: its events with a `time`.
        skew: how far a clock is off real time at most.
        drift_ppm: how much faster or slower than real time a clock runs at most.
        delay_min: of a message.
        delay_max: of a message.
        lease: how long a lock is held at most, in real time.
    """
    began = time.perf_counter()
    header = trace.header
    model = ClockModel(
        skew=header.skew if skew is None else skew,
        drift_ppm=header.drift_ppm if drift_ppm is None else drift_ppm,
        delay_min=(header.delay_min or 0) if delay_min is None else delay_min,
        delay_max=header.delay_max if delay_max is None else delay_max,
        lease=lease,
    )
    timed = sum(event.time is not None for event in trace.events)
    errors = any(event.time is not None and event.time_error is not None for event in trace.events)
    missing = ""
    if not timed:
        missing = "the trace records no physical times"
    elif model.skew is None and model.drift_ppm is None and not errors:
        missing = "nothing is known of the clocks: neither a skew nor a drift nor an error of each time"
    if missing:
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, missing, seconds=time.perf_counter() - began)
    sections = tuple(each for held in sections_by_lock(trace).values() for each in held) if lease is not None else ()
    system = time_system(trace, model, sections)
    solved = system.solved()
    counts = {"events": len(trace.events), "times": timed, "bounds": len(system.why)}
    data = {"offsets": _offsets(trace, model.delay_min)}
    if isinstance(solved, NegativeCycle):
        steps = _steps(system, solved)
        core = _witnesses(system, steps)
        return TraceFinding(
            CHECK,
            TraceOutcome.REJECTED,
            _contradiction(system, solved, steps, trace.header.unit),
            events=core,
            core=core,
            kind="contradiction",
            counts=counts,
            seconds=time.perf_counter() - began,
            data=data | {"bounds": [_told(system, step, trace.header.unit) for step in steps[:100]]},
        )
    reason = f"there are real times that keep all {counted(len(system.why), 'bound')} ({_believed(model, header.unit)})"
    counts["rounds"] = solved.rounds
    return TraceFinding(
        CHECK,
        TraceOutcome.ACCEPTED,
        reason,
        counts=counts,
        seconds=time.perf_counter() - began,
        data=data,
    )


@record
class _Step:
    """One or several bounds of a contradiction, of one kind and one node."""

    why: Why
    source: int
    target: int
    most: Fraction


def _steps(system: TimeSystem, cycle: NegativeCycle) -> list[_Step]:
    """The bounds of a cycle. Those between neighbours of a node, or of the file, are told as one."""
    bounds = system.bounds
    chosen = list(cycle.bounds)
    together = {Why.CLOCK_SLOW, Why.CLOCK_FAST, Why.NODE_ORDER, Why.FILE_ORDER}

    def joins(at: int, other: int) -> bool:
        return system.why[at] is system.why[other] and system.why[at] in together

    for turn in range(1, len(chosen)):  # begin where a step begins
        if not joins(chosen[turn - 1], chosen[turn]):
            chosen = chosen[turn:] + chosen[:turn]
            break
    steps: list[_Step] = []
    for place, at in enumerate(chosen):
        most = Fraction(bounds.most[at], system.scale)
        if place and joins(chosen[place - 1], at):
            before = steps.pop()
            steps.append(_Step(before.why, before.source, bounds.target[at], before.most + most))
        else:
            steps.append(_Step(system.why[at], bounds.source[at], bounds.target[at], most))
    return steps


def _witnesses(system: TimeSystem, steps: list[_Step]) -> tuple[Witness, ...]:
    events = system.columns.events
    named = dict.fromkeys(at for step in steps for at in (step.source, step.target) if at < len(events))
    return tuple(
        witness(events[at], "" if events[at].time is None else f"clock shows {events[at].time}") for at in named
    )


def _contradiction(system: TimeSystem, cycle: NegativeCycle, steps: list[_Step], unit: str) -> str:
    told = [_told(system, step, unit) for step in steps[:_MOST_STEPS]]
    if len(steps) > _MOST_STEPS:
        told.append(f"and {len(steps) - _MOST_STEPS} bounds more")
    by = _number(Fraction(-cycle.length, system.scale))
    return f"the times contradict the bounds by {by} {unit}: " + "; ".join(told)


def _told(system: TimeSystem, step: _Step, unit: str) -> str:
    """One bound in words, with its values."""
    events = system.columns.events
    source, target = (events[at] if at < len(events) else None for at in (step.source, step.target))
    if source is None or target is None:
        return _by_skew(system, step, unit)
    most = _number(abs(step.most))
    told: dict[Why, Callable[[Event, Event], str]] = {
        Why.CLOCK_SLOW: lambda a, b: (
            f"the clock of {a.node} shows {_shown(a, b)} {unit} from {a.place} to {b.place}, so at most {most} pass"
        ),
        Why.CLOCK_FAST: lambda a, b: (
            f"the clock of {a.node} shows {_shown(b, a)} {unit} from {b.place} to {a.place}, so at least {most} pass"
        ),
        Why.NODE_ORDER: lambda a, b: f"{b.place} is before {a.place} on {a.node}",
        Why.FILE_ORDER: lambda a, b: f"{b.place} is before {a.place} in the file, whose order is total",
        Why.DELAY_MIN: lambda a, b: f"{described(a)} ({a.place}) at least {most} {unit} after its sending ({b.place})",
        Why.DELAY_MAX: lambda a, b: f"{described(b)} ({b.place}) at most {most} {unit} after its sending ({a.place})",
        Why.LEASE: lambda a, b: f"{described(a)} ({a.place}) and holds it for at most {most} {unit}, to {b.place}",
    }
    return told[step.why](source, target)


def _by_skew(system: TimeSystem, step: _Step, unit: str) -> str:
    later = step.why is Why.NOT_LATER
    event = system.columns.events[step.target if later else step.source]
    real = system.origin + (step.most if later else -step.most)
    edge = "most" if later else "least"
    return f"{described(event)} ({event.place}) at {event.time} by its clock, so at {_number(real)} {unit} at {edge}"


def _shown(first: Event, second: Event) -> int:
    return (second.time or 0) - (first.time or 0)


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"


def _believed(model: ClockModel, unit: str) -> str:
    said = [
        f"{name} {value} {of}"
        for name, value, of in (
            ("skew", model.skew, unit),
            ("drift", model.drift_ppm, "ppm"),
            ("delay at least", model.delay_min, unit),
            ("delay at most", model.delay_max, unit),
            ("lease", model.lease, unit),
        )
        if value is not None
    ]
    return ", ".join(said)


def _offsets(trace: Trace, delay_min: int) -> list[dict[str, Any]]:
    return [
        {"node": each.node, "other": each.other, "least": each.least, "most": each.most, "messages": each.messages}
        for each in offsets_of(trace, delay_min)[:100]
    ]
