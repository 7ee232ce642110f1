"""Are the recorded times possible, given how wrong clocks and how slow messages can be?

If not, a few events prove it: bounds that would make something happen before itself.
"""

import time
from fractions import Fraction
from typing import Any

from dscheck.traces.event import Trace
from dscheck.traces.exclusion.lock_sections import leases_by_lock, sections_by_lock
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.real_time.bounds_on_time import ClockModel, RealTime, time_system
from dscheck.traces.real_time.clock_offsets import offsets_of
from dscheck.traces.real_time.difference_constraints import NegativeCycle
from dscheck.traces.real_time.proofs import number, step_told, steps_of, steps_told, witnesses
from dscheck.traces.real_time.two_holders import shared_told, shared_witnesses, two_holders
from dscheck.traces.wording import all_of, counted

CHECK = "clock-bounds"
TWO_HOLDERS = "two could hold"
_MOST_OFFSETS = 3  # that are told; a program gets a hundred


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
    model = believed(trace, skew, drift_ppm, delay_min, delay_max, lease)
    timed = sum(event.time is not None for event in trace.events)
    errors = any(event.time is not None and event.time_error is not None for event in trace.events)
    missing = ""
    if not timed:
        missing = "the trace records no physical times"
    elif model.skew is None and model.drift_ppm is None and not errors:
        missing = "nothing is known of the clocks: neither a skew nor a drift nor an error of each time"
    data: dict[str, Any] = {"offsets": _offsets(trace, model.delay_min)}
    if missing:
        missing += _offsets_told(data["offsets"], header.unit)
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, missing, seconds=time.perf_counter() - began, data=data)
    sections = tuple(each for held in sections_by_lock(trace).values() for each in held) if lease is not None else ()
    system = time_system(trace, model, sections)
    solved = system.solved()
    counts = {"events": len(trace.events), "times": timed, "bounds": len(system.why)}
    if isinstance(solved, NegativeCycle):
        steps = steps_of(system, solved.bounds, cycle=True)
        by = number(Fraction(-solved.length, system.scale))
        reason = f"the times contradict the bounds by {by} {header.unit}: {steps_told(system, steps, header.unit)}"
        told = {"bounds": [step_told(system, step, header.unit) for step in steps[:100]]}
        return _rejected("contradiction", reason, witnesses(system, steps), counts, data | told, began)
    leases = leases_by_lock(trace) if lease is not None else {}
    shared = two_holders(trace, model, system, solved, leases)
    if shared is not None:
        reason = shared_told(trace, model, RealTime(system, solved), shared)
        return _rejected(TWO_HOLDERS, reason, shared_witnesses(trace, shared), counts, data, began)
    reason = f"there are real times that keep {all_of(len(system.why), 'bound')} ({_believed(model, header.unit)})"
    if leases:
        reason += f"; no two nodes can have held {'the lock' if len(leases) == 1 else 'a lock'} at once"
    reason += _offsets_told(data["offsets"], header.unit)
    counts["rounds"] = solved.rounds
    return TraceFinding(
        CHECK,
        TraceOutcome.ACCEPTED,
        reason,
        counts=counts,
        seconds=time.perf_counter() - began,
        data=data,
    )


def _rejected(
    kind: str, reason: str, core: tuple[Witness, ...], counts: dict[str, int], data: dict[str, Any], began: float
) -> TraceFinding:
    seconds = time.perf_counter() - began
    return TraceFinding(
        CHECK, TraceOutcome.REJECTED, reason, core, core, kind=kind, counts=counts, seconds=seconds, data=data
    )


def believed(
    trace: Trace,
    skew: int | None,
    drift_ppm: int | None,
    delay_min: int | None,
    delay_max: int | None,
    lease: int | None = None,
) -> ClockModel:
    """What is believed of clocks and messages: what was said, or else what the header says."""
    header = trace.header
    return ClockModel(
        skew=header.skew if skew is None else skew,
        drift_ppm=header.drift_ppm if drift_ppm is None else drift_ppm,
        delay_min=(header.delay_min or 0) if delay_min is None else delay_min,
        delay_max=header.delay_max if delay_max is None else delay_max,
        lease=lease,
    )


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


def _offsets_told(offsets: list[dict[str, Any]], unit: str) -> str:
    """How far apart the clocks of some nodes are, if they run alike: Cristian's and NTP's question."""
    told = []
    for each in offsets[:_MOST_OFFSETS]:
        least, most = each["least"], each["most"]
        if least is None or most is None:
            bound = f"at least {least} {unit}" if most is None else f"at most {most} {unit}"
        elif least > most:
            told.append(
                f"that of {each['other']} is no fixed time ahead of that of {each['node']}: their offset changed"
            )
            continue
        else:
            bound = f"{least} to {most} {unit}"
        told.append(f"that of {each['other']} is ahead of that of {each['node']} by {bound}")
    if not told:
        return ""
    more = f", and {counted(len(offsets) - _MOST_OFFSETS, 'pair')} more" if len(offsets) > _MOST_OFFSETS else ""
    return f"; clocks, by the messages between them: {', '.join(told)}{more}"
