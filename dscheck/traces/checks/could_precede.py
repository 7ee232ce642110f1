"""Could one recorded event have happened before another, by all that is known of clocks, messages and order?

Real times that keep all bounds are the solutions of difference constraints: how long one event can have been before
another is a shortest path, and the bounds on the path prove it (`dscheck.traces.real_time.bounds_on_time`).
"""

import time
from fractions import Fraction
from typing import Any

from dscheck.traces.checks.named_events import NotNamed, event_named
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.real_time.bounds_on_time import ClockModel, RealTime, time_system
from dscheck.traces.real_time.difference_constraints import NegativeCycle
from dscheck.traces.real_time.proofs import clock_witness, number, step_told, steps_of, steps_told, witnesses
from dscheck.traces.wording import described

CHECK = "could-precede"
IMPOSSIBLE = "impossible"
POSSIBLE = "possible"
CERTAIN = "certain"


def check(trace: Trace, first: str, second: str, model: ClockModel) -> TraceFinding:
    """Can event `first` have happened at an earlier time than event `second`? Accepted if so, rejected if never.

    Args:
        trace: where the events are.
        first: as `event_named` reads it.
        second: likewise.
        model: what is believed of clocks and messages.
    """
    began = time.perf_counter()
    named = [event_named(trace, each) for each in (first, second)]
    wrong = [each.reason for each in named if isinstance(each, NotNamed)]
    one, two = (each for each in named if not isinstance(each, NotNamed)) if not wrong else (0, 0)
    if wrong or one == two:
        reason = "; ".join(wrong) or f"`{first}` and `{second}` are the same event"
        return TraceFinding(CHECK, TraceOutcome.UNKNOWN, reason, kind="which event", seconds=_since(began))
    system = time_system(trace, model)
    solved = system.solved()
    if isinstance(solved, NegativeCycle):
        reason = "no real times keep all bounds, as the check clock-bounds says: nothing follows from them"
        core = witnesses(system, steps_of(system, solved.bounds, cycle=True))
        return TraceFinding(
            CHECK, TraceOutcome.UNKNOWN, reason, core, core, kind="contradiction", seconds=_since(began)
        )
    real, unit = RealTime(system, solved), trace.header.unit
    most, least = real.most_between(one, two), real.most_between(two, one)
    earlier, later = (trace.events[at] for at in (one, two))
    way = (one, two)
    if most is not None and most <= 0:
        kind, answer = IMPOSSIBLE, f"no: {_said(later)} was {_by(-most, unit)}before {_said(earlier)} in any case"
        if not most:
            answer = f"no: {_said(later)} was not after {_said(earlier)} in any case"
    elif least is not None and least < 0:
        kind, answer, way = CERTAIN, f"yes, in any case: {_said(earlier)} was {_by(-least, unit)}before", (two, one)
        answer += f" {_said(later)}"
    else:
        kind = POSSIBLE
        by = f"by up to {number(most)} {unit}" if most is not None else "and nothing bounds by how much"
        back = f"by up to {number(least)} {unit}" if least else "and nothing bounds by how much"
        answer = f"yes: {_said(earlier)} can have been before {_said(later)}, {by}"
        answer += "; it can have been after it too, " + back if least != 0 else ""
    steps = steps_of(system, real.why_most_between(*way))
    if steps:
        answer += f". By the bounds: {steps_told(system, steps, unit)}"
    core = _core(trace, one, two, witnesses(system, steps))
    data: dict[str, Any] = {
        "first": {"file": earlier.place.file, "line": earlier.place.line},
        "second": {"file": later.place.file, "line": later.place.line},
        "most_before": None if most is None else float(most),
        "least_before": None if least is None else float(-least),
        "bounds": [step_told(system, step, unit) for step in steps[:100]],
    }
    return TraceFinding(
        CHECK,
        TraceOutcome.REJECTED if kind == IMPOSSIBLE else TraceOutcome.ACCEPTED,
        answer,
        core,
        core,
        kind=kind,
        counts={"events": len(trace.events), "bounds": len(system.why)},
        seconds=_since(began),
        data=data,
    )


def _since(began: float) -> float:
    return time.perf_counter() - began


def _said(event: Event) -> str:
    return f"{described(event)} ({event.place})"


def _by(least: Fraction, unit: str) -> str:
    return f"at least {number(least)} {unit} "


def _core(trace: Trace, one: int, two: int, proof: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """The two events, then the others of the proof."""
    asked = tuple(clock_witness(trace.events[at], role) for at, role in ((one, "before?"), (two, "after?")))
    places = {each.place for each in asked}
    return (*asked, *(each for each in proof if each.place not in places))
