"""Which executions do the tests of recorded times use? Random ones with clocks that err, and z3's view."""

from dataclasses import replace

import z3
from hypothesis import strategies as st
from traces.executions import executions, trace_of, without

from dscheck.traces.event import Event, Trace
from dscheck.traces.real_time.bounds_on_time import ClockModel


@st.composite
def timed(draw: st.DrawFn) -> tuple[Trace, ClockModel]:
    """An execution with times that may or may not fit some bounds."""
    events = without(draw(executions(8)), "vector", "lamport")
    now = 0
    shown = []
    for event in events:
        now += draw(st.integers(0, 4))
        clock = now + draw(st.integers(-3, 3)) + {"a": 0, "b": 1, "c": -1}[event.node]
        shown.append(
            replace(
                event,
                time=draw(st.sampled_from((clock, clock, clock, None))),
                time_error=draw(st.sampled_from((None, None, 1))),
            )
        )
    model = ClockModel(
        skew=draw(st.sampled_from((None, 0, 1, 2, 4))),
        drift_ppm=draw(st.sampled_from((None, 0, 100, 250_000))),
        delay_min=draw(st.integers(0, 2)),
        delay_max=draw(st.sampled_from((None, 3, 6))),
    )
    return trace_of(shown, draw(st.sampled_from(("per-node", "total")))), model


def in_z3(trace: Trace, model: ClockModel) -> tuple[z3.Solver, list[z3.ArithRef]]:
    """The same bounds, between all events of a node and written down anew, over the rational numbers."""
    solver = z3.Solver()
    times = [z3.Real(f"t{at}") for at in range(len(trace.events))]
    rate = z3.Q(model.drift_ppm or 0, 1_000_000)
    for i, one in enumerate(trace.events):
        if one.time is not None and (model.skew is not None or one.time_error is not None):
            off = (model.skew or 0) + (one.time_error or 0)
            solver.add(times[i] >= one.time - off, times[i] <= one.time + off)
        for j, two in enumerate(trace.events):
            passed = times[j] - times[i]
            if one.node == two.node and one.seq < two.seq:
                solver.add(passed >= 0)
                if model.drift_ppm is not None and one.time is not None and two.time is not None:
                    clock = two.time - one.time
                    solver.add(clock >= (1 - rate) * passed, clock <= (1 + rate) * passed)
            if one.kind == "send" and two.kind == "recv" and one.msg == two.msg:
                solver.add(passed >= model.delay_min)
                if model.delay_max is not None:
                    solver.add(passed <= model.delay_max)
            if trace.header.order == "total" and i < j:
                solver.add(passed >= 0)
    return solver, times


def stamped(*steps: tuple[str, str, str | None, int | None]) -> list[Event]:
    last: dict[str, int] = {}
    events = []
    for node, kind, msg, time in steps:
        last[node] = last.get(node, 0) + 1
        events.append(Event(node, last[node], kind=kind, msg=msg, time=time))  # type: ignore[arg-type]
    return events
