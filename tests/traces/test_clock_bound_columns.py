"""Are the bounds on times that columns give, and their solution, those of a plain walk over the events and bounds?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import executions, trace_of, without

from dscheck.traces.causality.columns import columns_of
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.real_time.bounds_on_time import ClockModel, Why, time_system
from dscheck.traces.real_time.difference_constraints import Bounds, NegativeCycle, Times, solve

Bound = tuple[int, int, int, Why]


def walked(trace: Trace, model: ClockModel, sections: Sequence[Section]) -> Iterator[Bound]:
    """One bound after the other."""
    drift = Fraction(model.drift_ppm or 0, 1_000_000)
    faster, slower = 1 / (1 + drift), 1 / (1 - drift)
    scale = lcm(faster.denominator, slower.denominator)
    origin = min((event.time for event in trace.events if event.time is not None), default=0)
    zero = len(trace.events)
    for at, event in enumerate(trace.events):
        if event.time is not None and (model.skew is not None or event.time_error is not None):
            off = (model.skew or 0) + (event.time_error or 0)
            yield zero, at, (event.time - origin + off) * scale, Why.NOT_LATER
            yield at, zero, (origin - event.time + off) * scale, Why.NOT_EARLIER
    before, timed = -1, -1
    for at in columns_of(trace).index.tolist():
        event = trace.events[at]
        if before >= 0 and trace.events[before].node == event.node:
            yield at, before, 0, Why.NODE_ORDER
        else:
            timed = -1
        if event.time is not None:
            earlier = trace.events[timed].time if timed >= 0 else None
            if earlier is not None and model.drift_ppm is not None:
                ends = sorted(((event.time - earlier) * faster * scale, (event.time - earlier) * slower * scale))
                yield timed, at, int(ends[1]), Why.CLOCK_SLOW
                yield at, timed, -int(ends[0]), Why.CLOCK_FAST
            timed = at
        before = at
    matching = matched_messages(trace.events)
    for receipt, send in matching.edges().items():
        yield receipt, send, -model.delay_min * scale, Why.DELAY_MIN
        if model.delay_max is not None and receipt in matching.send_of:
            yield send, receipt, model.delay_max * scale, Why.DELAY_MAX
    if trace.header.order == "total":
        for at in range(len(trace.events) - 1):
            yield at + 1, at, 0, Why.FILE_ORDER
    for each in sections:
        if model.lease is not None and each.start is not None and each.end is not None:
            yield each.start, each.end, model.lease * scale, Why.LEASE


@st.composite
def timed(draw: st.DrawFn) -> tuple[Trace, ClockModel]:
    events = without(draw(executions(8)), "vector", "lamport")
    unit = draw(st.sampled_from((1, 1000, 10**18)))
    now = 0
    shown = []
    for event in events:
        now += draw(st.integers(0, 4))
        clock = (now + draw(st.integers(-3, 3))) * unit
        error = draw(st.sampled_from((None, None, unit)))
        shown.append(replace(event, time=draw(st.sampled_from((clock, clock, None))), time_error=error))
    model = ClockModel(
        skew=draw(st.sampled_from((None, 0, unit, 4 * unit))),
        drift_ppm=draw(st.sampled_from((None, 0, 100, 250_000, 999_999))),
        delay_min=draw(st.integers(0, 2)) * unit,
        delay_max=draw(st.sampled_from((None, 3 * unit))),
        lease=draw(st.sampled_from((None, unit))),
    )
    return trace_of(shown, draw(st.sampled_from(("per-node", "total")))), model


@settings(max_examples=150, deadline=None)
@given(timed())
def test_the_bounds_are_those_of_a_walk(given_: tuple[Trace, ClockModel]) -> None:
    trace, model = given_
    last = len(trace.events) - 1
    sections = (Section("a", 0, last), Section("a", None, 0)) if last > 0 else ()
    system = time_system(trace, model, sections)
    found = zip(system.bounds.source, system.bounds.target, system.bounds.most, system.why, strict=True)
    assert list(found) == list(walked(trace, model, sections))
    assert {type(most) for most in (*system.bounds.most, *system.start)} <= {int}
    last_shown: dict[str, int] = {}
    for at in system.columns.index.tolist():
        event = trace.events[at]
        shown = last_shown[event.node] = (
            event.time if event.time is not None else last_shown.get(event.node, system.origin)
        )
        bounded = event.time is not None and (model.skew is not None or event.time_error is not None)
        off = (model.skew or 0) + (event.time_error or 0)
        assert system.start[at] == (shown - system.origin + off) * system.scale + bounded


def plainly_solved(bounds: Bounds, start: Sequence[int]) -> tuple[Times | int, list[int]]:
    """Every bound is looked at in every sweep: the values, or the round in which a cycle is to be looked for."""
    rank = {variable: at for at, variable in enumerate(sorted(range(bounds.variables), key=lambda each: start[each]))}
    edges = list(enumerate(zip(bounds.source, bounds.target, bounds.most, strict=True)))
    onwards = sorted((e for e in edges if rank[e[1][0]] < rank[e[1][1]]), key=lambda e: rank[e[1][0]])
    back = sorted((e for e in edges if rank[e[1][0]] >= rank[e[1][1]]), key=lambda e: -rank[e[1][0]])
    values, came = list(start), [-1] * bounds.variables
    for rounds in range(1, 40):
        changed = False
        for at, (source, target, most) in (*onwards, *back):
            if values[source] + most < values[target]:
                values[target], came[target], changed = values[source] + most, at, True
        if not changed:
            return Times(tuple(values), rounds), came
    return 40, came


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_looking_only_at_what_was_lowered_gives_the_same_values_in_the_same_rounds(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 7))
    variable = st.integers(0, count - 1)
    drawn = data.draw(st.lists(st.tuples(variable, variable, st.integers(-3, 6)), max_size=20))
    bounds = Bounds(count, [a for a, _, _ in drawn], [b for _, b, _ in drawn], [w for _, _, w in drawn])
    start = [data.draw(st.integers(-9, 9)) for _ in range(count)]
    solved, (plain, _) = solve(bounds, start), plainly_solved(bounds, start)
    if isinstance(solved, NegativeCycle):
        assert plain == 40
    else:
        assert solved == plain
