"""Is sequential consistency judged as the definition says, by trying every interleaving of small histories?"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.history_traces import history_trace, one_by_one

from dscheck.traces.checks.linearizability import check as linearizability
from dscheck.traces.checks.sequential import check
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.history import Operation, history_of

Calls = list[tuple[str, str, Any, Any, str]]


def interleaved(programs: list[Calls], registers: dict[str, Any]) -> bool:
    """The definition: some interleaving in which each read returns what its register holds."""
    if not any(programs):
        return True
    for number, program in enumerate(programs):
        if program:
            _, function, argument, result, key = program[0]
            if function == "write" or registers.get(key) == result:
                after = {**registers, key: argument} if function == "write" else registers
                if interleaved([*programs[:number], program[1:], *programs[number + 1 :]], after):
                    return True
    return False


CALL = st.one_of(
    st.tuples(st.sampled_from("abc"), st.just("write"), st.integers(1, 2), st.none(), st.sampled_from("xy")),
    st.tuples(st.sampled_from("abc"), st.just("read"), st.none(), st.sampled_from([None, 1, 2]), st.sampled_from("xy")),
)


@given(st.lists(CALL, min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_trying_every_interleaving(calls: Calls) -> None:
    programs = [[call for call in calls if call[0] == process] for process in "abc"]
    expected = TraceOutcome.ACCEPTED if interleaved(programs, {}) else TraceOutcome.REJECTED
    found = check(one_by_one(*calls))
    assert found.outcome is expected
    assert len(found.order) == (len(calls) if expected is TraceOutcome.ACCEPTED else 0)


def test_a_stale_read_is_sequentially_consistent_but_not_linearizable() -> None:
    trace = one_by_one(("a", "write", 1, None), ("b", "read", None, None))
    assert check(trace).outcome is TraceOutcome.ACCEPTED
    assert linearizability(trace).outcome is TraceOutcome.REJECTED


def test_each_key_may_be_right_and_all_together_wrong() -> None:
    """Dekker's pattern: each process writes its own flag and does not see the other's."""
    trace = one_by_one(
        ("a", "write", 1, None, "x"),
        ("b", "write", 1, None, "y"),
        ("a", "read", None, None, "y"),
        ("b", "read", None, None, "x"),
    )
    found = check(trace)
    assert found.outcome is TraceOutcome.REJECTED
    assert [each.place.line for each in found.core] == [2, 4, 6, 8]
    assert "these 4 operations" in found.reason


def test_a_crashed_write_may_have_happened_at_its_place_or_not() -> None:
    crashed = [("a", "invoke", "write", 1), ("a", "info", "write", "timeout")]
    for value in (None, 1):
        read = [("b", "invoke", "read", None), ("b", "ok", "read", value)]
        assert check(history_trace(*read, *crashed)).outcome is TraceOutcome.ACCEPTED
    read = [("b", "invoke", "read", None), ("b", "ok", "read", 2)]
    assert check(history_trace(*read, *crashed)).outcome is TraceOutcome.REJECTED


def orders(operations: tuple[Operation, ...]) -> bool:
    """The definition, for operations that never returned too: these may take effect at any time after what their
    process did before, or never."""
    needed = {number for number, each in enumerate(operations) if each.outcome == "ok"}
    before = [
        {at for at in needed if operations[at].process == each.process and operations[at].call < each.call}
        for each in operations
    ]

    def goes_on(done: frozenset[int], held: dict[Any, Any]) -> bool:
        if needed <= done:
            return True
        for number, each in enumerate(operations):
            if number in done or not before[number] <= done:
                continue
            if each.function == "write" and goes_on(done | {number}, {**held, each.key: each.argument}):
                return True
            legal = each.function == "read" and each.outcome == "ok" and held.get(each.key) == each.result
            if legal and goes_on(done | {number}, held):
                return True
        return False

    return goes_on(frozenset(), {})


@given(st.lists(st.tuples(CALL, st.booleans()), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_an_operation_that_never_returned_may_take_effect_after_what_its_process_did_next(
    calls: list[tuple[tuple[str, str, Any, Any, str], bool]],
) -> None:
    lines: list[tuple[Any, ...]] = []
    for (process, function, argument, result, key), returns in calls:
        lines += [
            (process, "invoke", function, argument, key),
            (process, "ok" if returns else "info", function, result, key),
        ]
    trace = history_trace(*lines)
    expected = TraceOutcome.ACCEPTED if orders(history_of(trace).operations) else TraceOutcome.REJECTED
    assert check(trace).outcome is expected


@pytest.mark.parametrize("seen", [None, 1])
def test_what_a_process_gave_up_may_take_effect_before_what_it_does_next_or_after(seen: int | None) -> None:
    trace = history_trace(
        ("a", "invoke", "write", 1), ("a", "info", "write", None),
        ("a", "invoke", "read", None), ("a", "ok", "read", seen),
        ("b", "invoke", "read", None), ("b", "ok", "read", 1),
        ("c", "invoke", "write", 2), ("c", "ok", "write", None),
        ("d", "invoke", "read", None), ("d", "ok", "read", None),
    )  # fmt: skip
    assert linearizability(trace).outcome is TraceOutcome.REJECTED
    assert check(trace).outcome is TraceOutcome.ACCEPTED
