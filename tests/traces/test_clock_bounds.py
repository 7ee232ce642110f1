"""Are recorded times accepted exactly when real times exist that keep every bound, and is each contradiction one?"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import trace_of, without
from traces.timed_executions import in_z3, stamped, timed

from dscheck.traces.checks import clock_bounds
from dscheck.traces.event import Event, Trace
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.real_time.bounds_on_time import ClockModel, RealTime, lease_is_safe, time_system
from dscheck.traces.real_time.clock_offsets import Offset, agreement, cristian, ntp, offsets_of
from dscheck.traces.real_time.difference_constraints import Bounds, Distances, NegativeCycle, Times, solve

ACCEPTED, REJECTED, NOT_ASKED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.NOT_ASKED


@st.composite
def systems(draw: st.DrawFn) -> Bounds:
    count = draw(st.integers(1, 6))
    variable = st.integers(0, count - 1)
    drawn = draw(st.lists(st.tuples(variable, variable, st.integers(-4, 6)), max_size=14))
    return Bounds(count, [a for a, _, _ in drawn], [b for _, b, _ in drawn], [w for _, _, w in drawn])


def all_distances(bounds: Bounds) -> list[list[Fraction | None]]:
    """Floyd and Warshall, which try every way through every variable."""
    n = bounds.variables
    found: list[list[Fraction | None]] = [[Fraction(0) if i == j else None for j in range(n)] for i in range(n)]

    def improve(i: int, j: int, value: Fraction) -> None:
        known = found[i][j]
        if known is None or value < known:
            found[i][j] = value

    for a, b, w in zip(bounds.source, bounds.target, bounds.most, strict=True):
        improve(a, b, Fraction(w))
    for k in range(n):
        for i in range(n):
            for j in range(n):
                one, two = found[i][k], found[k][j]
                if one is not None and two is not None:
                    improve(i, j, one + two)
    return found


@settings(deadline=None)
@given(systems(), st.data())
def test_a_system_has_values_or_a_negative_cycle(bounds: Bounds, data: st.DataObject) -> None:
    start = [data.draw(st.integers(-5, 5)) * data.draw(st.sampled_from((1, 10**30))) for _ in range(bounds.variables)]
    distances = all_distances(bounds)
    solved = solve(bounds, start)
    assert isinstance(solved, Times) == all(distances[i][i] == 0 for i in range(bounds.variables))
    if isinstance(solved, Times):
        x = solved.values
        assert all(x[b] - x[a] <= w for a, b, w in zip(bounds.source, bounds.target, bounds.most, strict=True))
        tightest = Distances(bounds, solved)
        for i in range(bounds.variables):
            for j in range(bounds.variables):
                assert tightest.most(i, j) == distances[i][j]
    else:
        cycle = solved.bounds
        assert solved.length == sum(bounds.most[at] for at in cycle) < 0
        assert all(bounds.target[one] == bounds.source[two] for one, two in pairwise((*cycle, cycle[0])))
        assert len(set(cycle)) == len(cycle)


@settings(max_examples=60, deadline=None)
@given(timed())
def test_the_verdict_is_that_of_z3(given_: tuple[Trace, ClockModel]) -> None:
    trace, model = given_
    system = time_system(trace, model)
    solved = system.solved()
    solver, times = in_z3(trace, model)
    assert isinstance(solved, Times) == (solver.check() == z3.sat)
    finding = clock_bounds.check(trace, model.skew, model.drift_ppm, model.delay_min, model.delay_max)
    if finding.outcome is not NOT_ASKED:
        assert (finding.outcome is ACCEPTED) == isinstance(solved, Times)
    if isinstance(solved, NegativeCycle):
        assert solved.length == sum(system.bounds.most[at] for at in solved.bounds) < 0
        return
    real = RealTime(system, solved)
    for i in range(min(3, len(times))):
        for j in range(len(times)):
            if i != j:
                assert real.could_precede(i, j) == (solver.check(times[i] < times[j]) == z3.sat)
                assert real.must_precede(i, j) == (solver.check(times[i] >= times[j]) == z3.unsat)


@settings(max_examples=40, deadline=None)
@given(timed(), st.data())
def test_two_sections_could_meet_exactly_if_z3_finds_how(given_: tuple[Trace, ClockModel], data: st.DataObject) -> None:
    trace, model = given_
    system = time_system(trace, model)
    solved = system.solved()
    by_node = {node: [i for i, e in enumerate(trace.events) if e.node == node] for node in ("a", "b")}
    if isinstance(solved, NegativeCycle) or not all(len(mine) > 1 for mine in by_node.values()):
        return
    one, two = (Section(node, mine[0], data.draw(st.sampled_from((mine[-1], None)))) for node, mine in by_node.items())
    solver, times = in_z3(trace, model)
    for begin in (one.start, two.start):
        for end in (one.end, two.end):
            if end is not None and begin is not None:
                solver.add(times[begin] < times[end])
    assert RealTime(system, solved).could_both_hold(one, two) == (solver.check() == z3.sat)


def test_a_contradiction_names_its_bounds_with_their_values() -> None:
    events = stamped(("a", "send", "m", 1000), ("b", "recv", "m", 985))
    assert clock_bounds.check(trace_of(events, skew=8)).outcome is ACCEPTED
    finding = clock_bounds.check(trace_of(events, skew=5))
    assert (finding.outcome, finding.kind) == (REJECTED, "contradiction")
    assert "contradict the bounds by 5 ns" in finding.reason
    assert "a sends m (t.jsonl:1) at 1000 by its clock, so at 995 ns at least" in finding.reason
    assert "b receives m (t.jsonl:2) at 985 by its clock, so at 990 ns at most" in finding.reason
    assert "b receives m (t.jsonl:2) after its sending (t.jsonl:1)" in finding.reason
    assert {each.place.line for each in finding.core} == {1, 2}


def test_neighbours_of_a_node_are_told_as_one_bound() -> None:
    ticks = [("b", "internal", None, time) for time in range(10, 60, 10)]
    events = stamped(
        ("b", "send", "m", 0), *ticks, ("b", "recv", "n", 60), ("a", "recv", "m", 0), ("a", "send", "n", 5)
    )
    finding = clock_bounds.check(trace_of(events, drift_ppm=100, delay_max=20))
    assert finding.outcome is REJECTED
    assert "the clock of b shows 60 ns from t.jsonl:1 to t.jsonl:7" in finding.reason
    assert len(finding.core) <= 4
    assert clock_bounds.check(trace_of(events, drift_ppm=100, delay_max=28)).outcome is ACCEPTED


def test_a_lease_bounds_a_section() -> None:
    events = [Event("a", 1, lock="L", holds=True, time=0), Event("a", 2, lock="L", holds=False, time=100)]
    assert clock_bounds.check(trace_of(events, drift_ppm=0), lease=100).outcome is ACCEPTED
    finding = clock_bounds.check(trace_of(events, drift_ppm=0), lease=99)
    assert "holds it for at most 99 ns" in finding.reason
    assert clock_bounds.check(trace_of(events, drift_ppm=20_000), lease=99).outcome is ACCEPTED
    assert lease_is_safe(99, 100, 5_000)
    assert not lease_is_safe(100, 100, 1)


def test_what_bounds_nothing_is_not_asked() -> None:
    events = stamped(("a", "send", "m", 10), ("b", "recv", "m", 5))
    assert clock_bounds.check(trace_of(events)).outcome is NOT_ASKED
    assert clock_bounds.check(trace_of(events, delay_max=1)).outcome is NOT_ASKED
    assert clock_bounds.check(trace_of(without(events, "time"), skew=1)).outcome is NOT_ASKED
    with pytest.raises(ValueError, match="less than a million"):
        clock_bounds.check(trace_of(events), drift_ppm=1_000_000)


@settings(deadline=None)
@given(st.integers(-50, 50), st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 2))
def test_cristian_and_ntp_follow_from_the_bounds(offset: int, waits: list[int], delay_min: int) -> None:
    there, serving, back = waits[0] + delay_min, waits[1], waits[2] + delay_min
    received = there + offset
    replied, answered = received + serving, there + serving + back
    exchange = ntp(0, received, replied, answered, delay_min)
    assert exchange.least <= offset <= exchange.most
    once = cristian(0, replied, there + serving + back, delay_min)
    assert once.least <= offset <= once.most
    assert exchange.error <= once.error
    events = stamped(("c", "send", "q", 0), ("s", "recv", "q", received), ("s", "send", "r", replied))
    events += [Event("c", 2, kind="recv", msg="r", time=answered)]
    (found,) = offsets_of(trace_of(events), delay_min)
    assert (found.node, found.other, found.messages) == ("c", "s", 2)
    assert (found.least, found.most) == (exchange.least, exchange.most)
    # The same from the solver: perfect clocks that start apart, the client's right, so that the server is off.
    system = time_system(
        trace_of([replace(events[0], time=0), *events[1:]]), ClockModel(drift_ppm=0, delay_min=delay_min)
    )
    solved = system.solved()
    assert isinstance(solved, Times)
    real = RealTime(system, solved)
    assert real.most_between(0, 1) == received - exchange.least
    assert real.most_between(1, 0) == exchange.most - received


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 5)), min_size=1, max_size=6))
def test_agreement_is_the_largest_overlap(drawn: list[tuple[int, int]]) -> None:
    offsets = [Offset(Fraction(middle), Fraction(error)) for middle, error in drawn]
    best, stretch = agreement(offsets)
    points = [Fraction(point, 2) for point in range(-30, 31)]
    depth = {point: sum(each.least <= point <= each.most for each in offsets) for point in points}
    assert best == max(depth.values())
    first = next(point for point in points if depth[point] == best)
    assert stretch.least == first
    assert depth[stretch.most] == best
