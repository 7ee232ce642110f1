"""Are questions about recorded times answered as z3 does: could this be before that, could two hold a lease at once?"""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import trace_of
from traces.timed_executions import in_z3, stamped, timed

import dscheck
from dscheck.traces.checks import clock_bounds, could_precede
from dscheck.traces.event import Event, Trace
from dscheck.traces.exclusion.lock_sections import leases_by_lock
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.real_time.bounds_on_time import ClockModel

ACCEPTED, REJECTED, UNKNOWN = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN


@settings(max_examples=60, deadline=None)
@given(timed(), st.data())
def test_an_event_could_precede_another_exactly_if_z3_finds_how(
    given_: tuple[Trace, ClockModel], data: st.DataObject
) -> None:
    trace, model = given_
    solver, times = in_z3(trace, model)
    one, two = (data.draw(st.integers(0, len(times) - 1)) for _ in range(2))
    found = could_precede.check(trace, f":{one + 1}", f"t.jsonl:{two + 1}", model)
    if one == two:
        assert (found.outcome, found.kind) == (UNKNOWN, "which event")
    elif solver.check() == z3.unsat:
        assert (found.outcome, found.kind) == (UNKNOWN, "contradiction")
    else:
        could = solver.check(times[one] < times[two]) == z3.sat
        must = could and solver.check(times[one] >= times[two]) == z3.unsat
        assert found.kind == ("certain" if must else "possible" if could else "impossible"), found.reason
        assert (found.outcome is ACCEPTED) == could
        assert [each.place.line for each in found.core[:2]] == [one + 1, two + 1]
        most = found.data["most_before"]
        if most is not None:
            assert solver.check(times[two] - times[one] > z3.RealVal(str(most)) + z3.Q(1, 1000)) == z3.unsat
            assert solver.check(times[two] - times[one] > z3.RealVal(str(most)) - z3.Q(1, 1000)) == z3.sat


@st.composite
def leased(draw: st.DrawFn) -> tuple[Trace, ClockModel]:
    """Timed events, some of which acquire, renew or release a lease."""
    trace, model = draw(timed())
    events = []
    held: dict[str, bool] = {}
    for event in trace.events:
        match draw(st.sampled_from(("acquire", "acquire", "release", "nothing"))):
            case "acquire":
                held[event.node] = True
                event = replace(event, lock="L", holds=True)  # noqa: PLW2901
            case "release" if held.get(event.node):
                held[event.node] = False
                event = replace(event, lock="L", holds=False)  # noqa: PLW2901
        events.append(event)
    return replace(trace, events=tuple(events)), replace(model, lease=draw(st.integers(1, 8)))


@settings(max_examples=150, deadline=None)
@given(leased())
def test_two_could_hold_a_lease_exactly_if_z3_finds_how(given_: tuple[Trace, ClockModel]) -> None:
    trace, model = given_
    found = clock_bounds.check(trace, model.skew, model.drift_ppm, model.delay_min, model.delay_max, lease=model.lease)
    if found.outcome is TraceOutcome.NOT_ASKED:
        return
    solver, times = in_z3(trace, model)
    sections: list[tuple[str, int, int | None]] = []  # node, acquire, what ends it apart from time
    for at, event in enumerate(trace.events):
        if event.holds:
            after = [i for i, e in enumerate(trace.events) if e.node == event.node and e.seq > event.seq and e.lock]
            end = min(after, key=lambda i: trace.events[i].seq, default=None)
            sections.append((event.node, at, end))
            if end is not None and not trace.events[end].holds:
                solver.add(times[end] - times[at] <= model.lease)
    if solver.check() == z3.unsat:
        assert (found.outcome, found.kind) == (REJECTED, "contradiction")
        return

    def over(at: int, end: int | None, other: int) -> Any:
        within = times[other] < times[at] + model.lease
        return within if end is None else z3.And(within, times[other] < times[end], times[at] < times[end])

    shared = any(
        solver.check(over(*one[1:], two[1]), over(*two[1:], one[1])) == z3.sat
        for one, two in combinations(sections, 2)
        if one[0] != two[0]
    )
    assert (found.outcome, found.kind) == ((REJECTED, "two could hold") if shared else (ACCEPTED, "")), found.reason
    if shared:
        assert "both could hold it at once" in found.reason
        assert len({each.text.split()[0] for each in found.core}) == 2


def uses(*steps: tuple[str, bool, int]) -> Trace:
    last: dict[str, int] = {}
    events = []
    for node, holds, time in steps:
        last[node] = last.get(node, 0) + 1
        events.append(Event(node, last[node], lock="L", holds=holds, time=time))
    return trace_of(events)


def test_a_lease_that_was_not_given_back_ends_by_itself() -> None:
    crashed = uses(("a", True, 0), ("b", True, 120), ("b", False, 130))
    assert clock_bounds.check(crashed, skew=10, lease=100).outcome is ACCEPTED
    early = clock_bounds.check(crashed, skew=11, lease=100)
    assert (early.outcome, early.kind) == (REJECTED, "two could hold")
    assert "does not release it, so that it may hold it for 100 ns" in early.reason
    assert "can have been as little as 98 ns after t.jsonl:1" in early.reason
    assert [each.place.line for each in early.core] == [2, 1, 3]
    renewed = uses(("a", True, 0), ("a", True, 90), ("b", True, 180), ("b", False, 190))
    assert clock_bounds.check(renewed, skew=0, lease=90).outcome is ACCEPTED
    assert clock_bounds.check(renewed, skew=0, lease=91).kind == "two could hold"
    between = uses(("a", True, 0), ("a", True, 200), ("b", True, 120), ("b", False, 130))
    assert clock_bounds.check(between, skew=10, lease=100).outcome is ACCEPTED
    assert clock_bounds.check(between, skew=0, lease=121).kind == "two could hold"


def test_two_holders_are_told_with_the_bounds_that_allow_it() -> None:
    apart = uses(("a", True, 0), ("a", False, 100), ("b", True, 120), ("b", False, 130))
    assert clock_bounds.check(apart, skew=10, lease=200).outcome is ACCEPTED
    closer = uses(("a", True, 0), ("a", False, 100), ("b", True, 119), ("b", False, 130))
    assert clock_bounds.check(closer, skew=10, lease=200).kind == "two could hold"
    assert clock_bounds.check(apart, skew=11).outcome is ACCEPTED  # a lock without a lease is no question of time
    found = clock_bounds.check(apart, skew=11, lease=200)
    assert "b acquires L (t.jsonl:3), which can have been up to 2 ns before t.jsonl:2" in found.reason
    assert "b acquires L (t.jsonl:3) at 120 by its clock, so at 109 ns at least" in found.reason
    assert clock_bounds.check(apart, drift_ppm=1, lease=200).reason.count("nothing bounds how early") == 1
    before = uses(("a", False, 100), ("b", True, 90), ("b", False, 130))
    assert "a holds it from before the trace" in clock_bounds.check(before, skew=0, lease=200).reason
    assert clock_bounds.check(uses(*[("a", False, 100), ("b", True, 110)]), skew=5, lease=200).outcome is ACCEPTED


def test_a_section_of_a_moment_does_not_hide_what_lies_around_it() -> None:
    moment = (("b", True, 50), ("b", False, 50))
    assert clock_bounds.check(uses(("a", True, 0), *moment, ("a", False, 100)), skew=0, lease=200).outcome is ACCEPTED
    around = uses(("a", True, 0), *moment, ("c", True, 60), ("a", False, 100), ("c", False, 110))
    found = clock_bounds.check(around, skew=0, lease=200)
    assert found.kind == "two could hold"
    assert [each.place.line for each in found.core] == [4, 5, 1, 6]


def test_the_sections_of_a_lease() -> None:
    trace = uses(("a", False, 0), ("a", True, 1), ("b", True, 2), ("a", True, 3), ("a", False, 4), ("a", False, 5))
    assert leases_by_lock(trace) == {
        "L": (Section("a", None, 0), Section("a", 1, 3), Section("a", 3, 4), Section("b", 2, None))
    }
    assert leases_by_lock(trace_of([Event("a", 1)])) == {}


NAMED = (
    Event("n#1", 1, action="go", time=0),
    Event("n#1", 2, action="go", time=50),
    Event("m", 1, kind="invoke", op="7", function="read", time=90),
    Event("m", 2, kind="recv", msg="z", time=100),
)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (":2", 2), ("t.jsonl:3", 3), ("n#1#2", 2), ("m#2", 4), ("7", 3), ("m receives z", 4),
        ("go", 0), (":5", 0), ("other:2", 0), ("m#3", 0),
    ],
)  # fmt: skip
def test_an_event_is_named_by_line_number_or_words(name: str, line: int) -> None:
    first = could_precede.check(trace_of(NAMED), name, ":1", ClockModel(skew=1))
    assert (first.kind == "which event") == (line == 0)
    if line:
        assert first.core[0].place.line == line
    else:
        told = "2 events are called `go`: t.jsonl:1 (n#1#1), t.jsonl:2 (n#1#2)" if name == "go" else "lines 1 to 4"
        assert told in first.reason


def test_the_question_is_asked_alone_or_beside_checks() -> None:
    trace = trace_of(stamped(("a", "send", "m", 0), ("b", "recv", "m", 5)))
    alone = dscheck.verify(trace, could_precede=(":1", ":2"))
    assert [each.check for each in alone.traces[0].findings] == ["could-precede"]
    assert alone.ok
    assert not dscheck.verify(trace, could_precede=(":2", ":1")).ok
    beside = dscheck.verify(trace, checks="delivery", could_precede=(":2", ":1"))
    assert [(each.check, each.outcome) for each in beside.traces[0].findings] == [
        ("delivery", ACCEPTED),
        ("could-precede", REJECTED),
    ]
    unnamed = dscheck.verify(trace, checks="could-precede")
    assert unnamed.outcome is UNKNOWN
    assert "no two events were named" in str(unnamed)
    assert dscheck.verify(trace, could_precede=(":1", ":2"), drift_ppm=1_000_000).outcome is UNKNOWN
