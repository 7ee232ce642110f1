"""Are broken session guarantees found, as an oracle that tries every order of the values finds them?"""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.history_traces import history_trace, one_by_one

from dscheck.traces.checks import sessions
from dscheck.traces.checks.sessions import check
from dscheck.traces.finding import TraceOutcome

ALL = [sessions.READ_YOUR_WRITES, sessions.MONOTONIC_READS, sessions.MONOTONIC_WRITES, sessions.WRITES_FOLLOW_READS]
PAIR = {
    ("write", "read"): sessions.READ_YOUR_WRITES,
    ("read", "read"): sessions.MONOTONIC_READS,
    ("write", "write"): sessions.MONOTONIC_WRITES,
    ("read", "write"): sessions.WRITES_FOLLOW_READS,
}


def kept(calls: list[tuple[str, str, Any]], guarantees: set[str]) -> bool:
    """The definition: some order of the values, nil first, in which no guarantee is broken."""
    values = [value for _, function, value in calls if function == "write"]
    for order in itertools.permutations(values):
        age = {value: number for number, value in enumerate([None, *order])}
        pairs = (pair for pair in itertools.combinations(calls, 2) if pair[0][0] == pair[1][0])
        if all(PAIR[one[1], two[1]] not in guarantees or age[one[2]] <= age[two[2]] for one, two in pairs):
            return True
    return False


@st.composite
def session_calls(draw: st.DrawFn) -> list[tuple[str, str, Any]]:
    count = draw(st.integers(1, 3))
    writes = [(draw(st.sampled_from("abc")), "write", number) for number in range(1, count + 1)]
    read = st.tuples(st.sampled_from("abc"), st.just("read"), st.sampled_from([None, *range(1, count + 1)]))
    return draw(st.permutations([*writes, *draw(st.lists(read, max_size=5))]))


@given(session_calls(), st.sets(st.sampled_from(ALL), min_size=1))
@settings(max_examples=400, deadline=None)
def test_it_agrees_with_trying_every_order_of_the_values(calls: list[tuple[str, str, Any]], asked: set[str]) -> None:
    trace = one_by_one(
        *((process, function, value, None) if function == "write" else (process, function, None, value)
          for process, function, value in calls)
    )  # fmt: skip
    found = check(trace, guarantees=sorted(asked))
    assert found.outcome is (TraceOutcome.ACCEPTED if kept(calls, asked) else TraceOutcome.REJECTED)
    if found.outcome is TraceOutcome.REJECTED:
        assert set(found.kind.split(", ")) <= asked


BROKEN = {
    sessions.READ_YOUR_WRITES: [("a", "write", 1, None), ("a", "read", None, None)],
    sessions.MONOTONIC_READS: [
        ("a", "write", 1, None), ("b", "write", 2, None), ("c", "read", None, 1), ("c", "read", None, 2),
        ("c", "read", None, 1),
    ],
    f"{sessions.MONOTONIC_READS}, {sessions.MONOTONIC_WRITES}": [
        ("a", "write", 1, None), ("a", "write", 2, None), ("c", "read", None, 2), ("c", "read", None, 1),
    ],
    f"{sessions.MONOTONIC_READS}, {sessions.WRITES_FOLLOW_READS}": [
        ("a", "write", 1, None), ("b", "read", None, 1), ("b", "write", 2, None), ("c", "read", None, 2),
        ("c", "read", None, 1),
    ],
    "value from nowhere": [("a", "write", 1, None), ("a", "read", None, 5)],
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_the_broken_guarantee_is_named_with_its_lines(kind: str) -> None:
    found = check(one_by_one(*BROKEN[kind]))
    assert found.outcome is TraceOutcome.REJECTED
    assert found.kind == kind
    assert found.core
    assert "h.log:" in found.reason


def test_values_that_were_written_twice_or_made_by_others_are_not_judged() -> None:
    twice = [("a", "write", 1, None, "x"), ("a", "write", 1, None, "x")]
    appended = [("a", "put", "x", None, "y"), ("a", "append", "z", None, "y"), ("a", "get", None, "xz", "y")]
    once = [("a", "write", 1, None, "z")]
    assert check(one_by_one(*twice)).outcome is TraceOutcome.NOT_ASKED
    assert check(one_by_one(*appended)).outcome is TraceOutcome.NOT_ASKED
    assert check(one_by_one(*twice, *once)).outcome is TraceOutcome.UNKNOWN
    assert check(one_by_one(*once)).outcome is TraceOutcome.ACCEPTED


def test_a_write_that_never_returned_promises_nothing() -> None:
    crashed = [("a", "invoke", "write", 1), ("a", "info", "write", None)]
    unseen = [("a", "invoke", "read", None), ("a", "ok", "read", None)]
    assert check(history_trace(*crashed, *unseen)).outcome is TraceOutcome.ACCEPTED
    late = [("a", "invoke", "write", 2), ("a", "ok", "write", None)]
    for value in (2, 1):
        late += [("b", "invoke", "read", None), ("b", "ok", "read", value)]
    assert check(history_trace(*crashed, *late)).outcome is TraceOutcome.ACCEPTED, "it took effect after the other one"


def test_a_write_that_never_returned_but_was_seen_is_newer_than_what_its_process_did_before() -> None:
    lines = [("a", "invoke", "write", 1), ("a", "ok", "write", None)]
    lines += [("a", "invoke", "write", 2), ("a", "info", "write", None)]
    for value in (2, 1):
        lines += [("b", "invoke", "read", None), ("b", "ok", "read", value)]
    assert check(history_trace(*lines)).outcome is TraceOutcome.REJECTED


def test_a_value_that_nobody_wrote_may_be_the_first_one() -> None:
    calls = [("a", "read", None, 0), ("a", "write", 1, None)]
    found = check(one_by_one(*calls))
    assert found.outcome is TraceOutcome.REJECTED
    assert "--initial" in found.reason
    assert check(one_by_one(*calls), initial=0).outcome is TraceOutcome.ACCEPTED
    assert "--initial" not in check(one_by_one(*calls), initial=5).reason
