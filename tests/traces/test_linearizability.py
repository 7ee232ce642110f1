"""Are known histories judged rightly, and does the explanation name what suffices?"""

from typing import Any

import pytest
from traces.history_traces import history_trace, one_by_one

from dscheck.traces.checks.linearizability import check
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.history import history_of
from dscheck.traces.linearizable.objects.catalogue import guessed_object, object_named

ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED

HISTORIES: dict[str, tuple[list[tuple[Any, ...]], TraceOutcome]] = {
    "stale read": ([("a", "write", 1, None), ("b", "write", 2, None), ("c", "read", None, 1)], REJECTED),
    "fresh read": ([("a", "write", 1, None), ("b", "write", 2, None), ("c", "read", None, 2)], ACCEPTED),
    "compare and set": ([("a", "write", 1, None), ("b", "cas", [1, 2], [1, 2]), ("c", "read", None, 2)], ACCEPTED),
    "compare, not equal": ([("a", "write", 1, None), ("b", "cas", [2, 3], True)], REJECTED),
    "compared unequal": ([("a", "write", 1, None), ("b", "cas", [1, 3], False)], REJECTED),
    "append": (
        [("a", "put", "x", None, "k"), ("a", "append", "y", None, "k"), ("b", "get", None, "xy", "k")],
        ACCEPTED,
    ),
    "lost append": ([("a", "append", "x", None), ("a", "append", "y", None), ("b", "get", None, "y")], REJECTED),
    "lock twice": ([("a", "acquire", None, None), ("b", "acquire", None, None)], REJECTED),
    "fifo": ([("a", "enqueue", 1, None), ("a", "enqueue", 2, None), ("b", "dequeue", None, 2)], REJECTED),
    "lifo": ([("a", "push", 1, None), ("a", "push", 2, None), ("b", "pop", None, 2)], ACCEPTED),
    "counter": ([("a", "add", 2, None), ("b", "add", 3, None), ("c", "read", None, 4)], REJECTED),
    "set": ([("a", "add", 2, None), ("b", "add", 3, None), ("c", "read", None, [3, 2])], ACCEPTED),
    "lost element": ([("a", "add", 2, None), ("b", "add", 3, None), ("c", "read", None, [3])], REJECTED),
    "contains": ([("a", "add", 2, None), ("b", "contains", 2, False)], REJECTED),
    "transaction": (
        [
            ("a", "txn", [["write", "x", 1], ["write", "y", 2]], None),
            ("b", "txn", [["read", "x", 1]], [["read", "x", 1]]),
        ],
        ACCEPTED,
    ),
    "torn transaction": (
        [
            ("a", "txn", [["write", "x", 1], ["write", "y", 2]], None),
            ("b", "txn", [["read", "x", None]], [["read", "x", 1], ["read", "y", None]]),
        ],
        REJECTED,
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_small_histories(name: str) -> None:
    calls, expected = HISTORIES[name]
    found = check(one_by_one(*calls))
    assert found.outcome is expected, found.reason
    assert bool(found.order) == (expected is ACCEPTED)
    assert bool(found.core) == (expected is REJECTED)


@pytest.mark.parametrize(
    ("functions", "name"),
    [
        ("write read", "register"),
        ("write read cas", "cas-register"),
        ("put get append", "kv"),
        ("acquire release", "lock"),
        ("enqueue dequeue", "queue"),
        ("push pop", "stack"),
        ("inc read", "counter"),
        ("add remove contains", "element-set"),
        ("txn", "multi-register"),
    ],
)
def test_the_object_is_guessed_from_the_functions(functions: str, name: str) -> None:
    trace = one_by_one(*(("a", function, None, None) for function in functions.split()))
    guessed = guessed_object(history_of(trace).operations)
    assert guessed is object_named(name)


def test_an_unknown_object_is_an_error_and_a_foreign_operation_a_reason() -> None:
    with pytest.raises(ValueError, match="there is no object 'heap'"):
        check(one_by_one(("a", "read", None, 1)), object_name="heap")
    found = check(one_by_one(("a", "read", None, 1), ("a", "melt", None, 1)), object_name="register")
    assert found.outcome is TraceOutcome.NOT_ASKED
    assert "melt" in found.reason


def test_the_explanation_names_the_operations_that_suffice_and_no_others() -> None:
    calls: list[tuple[Any, ...]] = [("p", "write", number, None) for number in range(10, 40)]
    calls += [("a", "write", 1, None), ("b", "write", 2, None), ("c", "read", None, 1)]
    calls += [("p", "write", number, None) for number in range(40, 60)]
    found = check(one_by_one(*calls), shortcuts=False)
    assert found.outcome is REJECTED
    assert [each.text.split(" (")[0] for each in found.core] == ["a write 1", "b write 2", "c read → 1"]
    assert found.events[0].place.line == 66
    assert found.events[0].role == "refused in every order"
    assert "h.log:66" in found.reason
    assert "the value is 2" in found.reason


def test_removing_a_write_makes_no_contradiction() -> None:
    """`read → 1` alone would be refused if the write of 1, which explains it, were dropped."""
    found = check(one_by_one(("a", "write", 1, None), ("c", "read", None, 1), ("c", "read", None, 3)))
    assert [each.text.split(" (")[0] for each in found.core] == ["c read → 3"]


def test_crashed_operations_may_take_effect_late_or_never() -> None:
    late = [("a", "invoke", "write", 1), ("a", "info", "write", "timeout")]
    reads = [("b", "invoke", "read", None), ("b", "ok", "read", None), ("b", "invoke", "read", None)]
    assert check(history_trace(*late, *reads, ("b", "ok", "read", 1))).outcome is ACCEPTED
    assert check(history_trace(*late, *reads, ("b", "ok", "read", None))).outcome is ACCEPTED


def test_the_initial_value_is_told_by_the_one_who_asks_or_the_header_and_nil_then_says_nothing() -> None:
    lines = [
        ("a", "invoke", "read", None),
        ("a", "ok", "read", 7),
        ("a", "invoke", "read", None),
        ("a", "ok", "read", None),
    ]
    assert check(history_trace(*lines), initial=7).outcome is ACCEPTED
    assert check(history_trace(*lines), initial=7, nil_is_unknown=False).outcome is REJECTED
    assert check(history_trace(*lines, initial={"value": 7})).outcome is ACCEPTED
    assert check(history_trace(*lines)).outcome is REJECTED


def test_an_initial_value_that_nobody_told_is_hinted_at() -> None:
    found = check(one_by_one(("a", "read", None, 0), ("a", "write", 1, None), ("a", "read", None, 1)))
    assert found.outcome is REJECTED
    assert "with 0, which was read first, there is an order" in found.reason


def test_too_small_a_budget_is_unknown_with_progress() -> None:
    lines: list[tuple[Any, ...]] = [(f"p{number}", "invoke", "enqueue", number % 3) for number in range(12)]
    lines += [("r", "invoke", "dequeue", None), ("r", "ok", "dequeue", 9)]
    lines += [(f"p{number}", "ok", "enqueue", None) for number in range(12)]
    found = check(history_trace(*lines), nodes=50)
    assert found.outcome is TraceOutcome.UNKNOWN
    assert "0 of 13 returns explained" in found.reason


def test_a_hard_object_does_not_hide_that_another_is_refuted() -> None:
    hard: list[tuple[Any, ...]] = [(f"p{number}", "invoke", "enqueue", number % 3, "hard") for number in range(12)]
    hard += [("r", "invoke", "dequeue", None, "hard"), ("r", "ok", "dequeue", 9, "hard")]
    easy = [("a", "invoke", "dequeue", None, "easy"), ("a", "ok", "dequeue", 5, "easy")]
    found = check(history_trace(*hard, *easy), nodes=100_000)
    assert found.outcome is REJECTED
    assert found.data["key"] == "easy"
    assert found.counts["nodes"] < 2_000


def test_takings_that_overlap_may_change_places() -> None:
    puts = [("p", "invoke", "enqueue", 1), ("p", "ok", "enqueue", None), ("p", "invoke", "enqueue", 2)]
    takes = [("p", "ok", "enqueue", None), ("a", "invoke", "dequeue", None), ("b", "invoke", "dequeue", None)]
    ends = [("b", "ok", "dequeue", 1), ("a", "ok", "dequeue", 2)]
    found = check(history_trace(*puts, *takes, *ends))
    assert found.outcome is ACCEPTED
    assert found.data["methods"] == ["a queue with distinct values"]
