"""Are events paired to operations, and is a wrong history told with its line?"""

import pytest
from traces.history_traces import history_trace

from dscheck.traces.checks import linearizability, sequential, sessions
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.history import HistoryError, history_of


def test_an_operation_has_its_argument_its_result_and_both_places() -> None:
    trace = history_trace(("a", "invoke", ":cas", [1, 2]), ("b", "invoke", "read", None), ("a", "ok", "cas", [1, 2]))
    cas, read = history_of(trace).operations
    assert (cas.process, cas.function, cas.argument, cas.result) == ("a", "cas", (1, 2), (1, 2))
    assert (cas.call, cas.returned, cas.invoked.line, cas.completed and cas.completed.line) == (0, 2, 1, 3)
    assert (read.outcome, read.returned, read.completed) == ("info", None, None)


def test_what_failed_did_not_happen_and_nobody_knows_of_what_crashed() -> None:
    trace = history_trace(
        ("a", "invoke", "write", 1),
        ("b", "invoke", "write", 2),
        ("a", "fail", "write", 1),
        ("b", "info", "write", "timed-out"),
        ("nemesis", "info", "start", None),
    )
    history = history_of(trace)
    assert [each.argument for each in history.failed] == [1]
    [crashed] = history.operations
    assert (crashed.argument, crashed.result, crashed.returned) == (2, None, None)
    assert history.ignored == 1


WRONG = {
    "completion without invocation": (
        [("a", "ok", "read", 1)],
        "h.log:1: process a completes read (ok), which it has not invoked",
    ),
    "two open": (
        [("a", "invoke", "read", None), ("a", "invoke", "write", 1)],
        "h.log:2: process a invokes write while its read of h.log:1 is open",
    ),
    "another function": (
        [("a", "invoke", "read", None), ("a", "ok", "write", 1)],
        "h.log:2: process a completes write (ok), but its read is open",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_histories_are_told_with_their_line(name: str) -> None:
    lines, message = WRONG[name]
    trace = history_trace(*lines)
    with pytest.raises(HistoryError) as caught:
        history_of(trace)
    assert str(caught.value) == message
    for check in (linearizability.check, sequential.check, sessions.check):
        found = check(trace)
        assert found.outcome is TraceOutcome.UNKNOWN
        assert found.kind == "malformed history"
        assert message in found.reason
        assert found.events[0].place.line == int(message[6])


def test_a_trace_without_operations_is_not_asked() -> None:
    trace = history_trace(("a", "internal", "boot", None))
    for check in (linearizability.check, sequential.check, sessions.check):
        assert check(trace).outcome is TraceOutcome.NOT_ASKED


def test_a_history_in_which_nothing_took_effect_is_in_order() -> None:
    trace = history_trace(("a", "invoke", "read", None), ("a", "fail", "read", "timed-out"))
    assert linearizability.check(trace).outcome is TraceOutcome.ACCEPTED
