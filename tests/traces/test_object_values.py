"""Which values may an object hold at first, and which does an operation give or return? The others are told."""

from typing import Any

import pytest
from traces.history_traces import history_trace, one_by_one

from dscheck.traces.checks.linearizability import check
from dscheck.traces.finding import TraceOutcome

ACCEPTED, REJECTED, UNKNOWN = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN


@pytest.mark.parametrize("held", [True, "somebody"])
def test_a_lock_without_owner_that_is_held_at_first_can_be_released(held: Any) -> None:
    assert check(one_by_one(("p", "release", None, None)), object_name="lock", initial=held).outcome is ACCEPTED
    assert check(one_by_one(("p", "acquire", None, None)), object_name="lock", initial=held).outcome is REJECTED


def test_an_owned_lock_is_held_by_somebody_with_a_name() -> None:
    release = one_by_one(("p", "release", None, None))
    assert check(release, object_name="owned-lock", initial="p").outcome is ACCEPTED
    assert check(release, object_name="owned-lock", initial="q").outcome is REJECTED
    found = check(release, object_name="owned-lock", initial=True)
    assert found.outcome is UNKNOWN
    assert "the name of its holder" in found.reason


@pytest.mark.parametrize(("put", "take"), [("enqueue", "dequeue"), ("push", "pop")])
def test_nil_is_nothing_that_can_be_put_in(put: str, take: str) -> None:
    found = check(one_by_one(("p", put, None, None), ("p", put, 1, None), ("p", take, None, 1)))
    assert found.outcome is UNKNOWN
    assert "h.log:1: nil cannot be in a" in found.reason
    found = check(one_by_one(("p", put, 1, False), ("p", take, None, None)))
    assert found.outcome is UNKNOWN
    assert "refuses nothing" in found.reason


@pytest.mark.parametrize("seen", [1, "a"])
def test_a_set_is_read_as_a_list(seen: Any) -> None:
    found = check(one_by_one(("p", "add", seen, None), ("p", "read", None, seen)), object_name="set")
    assert found.outcome is UNKNOWN
    assert "h.log:3: a set is read as a list" in found.reason


@pytest.mark.parametrize("nothing", [None, [], ""])
def test_a_register_of_transactions_that_holds_nothing_may_be_read_as_an_empty_list(nothing: Any) -> None:
    calls = [
        ("p", "txn", [["r", "x", None]], [["r", "x", nothing]]),
        ("p", "txn", [["append", "x", 1]], [["append", "x", 1]]),
        ("p", "txn", [["r", "x", None]], [["r", "x", [1]]]),
    ]
    assert check(one_by_one(*calls)).outcome is ACCEPTED
    assert check(one_by_one(*calls), initial={"x": []}, nil_is_unknown=False).outcome is ACCEPTED
    assert check(one_by_one(*calls, calls[0]), nil_is_unknown=False).outcome is REJECTED


def test_counts_agree_with_their_nouns() -> None:
    assert check(one_by_one(("p", "write", 1, None))).reason == (
        "1 operation of one object (register) has an order that explains it."
    )
    keys = [("p", "write", 1, None, key) for key in "xy"]
    assert check(one_by_one(*keys)).reason == ("2 operations of 2 objects (register) have an order that explains them.")


@pytest.mark.parametrize(("put", "take", "later"), [("enqueue", "dequeue", [2, 1]), ("push", "pop", [1, 2])])
def test_a_value_that_was_taken_may_be_put_in_again(put: str, take: str, later: list[int]) -> None:
    calls = [("p", put, 1, None), ("p", take, None, 1), *(("p", put, value, None) for value in later)]
    assert check(one_by_one(*calls), shortcuts=False).outcome is ACCEPTED


@pytest.mark.parametrize("crashed", [("write", "cas"), ("cas", "write")])
@pytest.mark.parametrize("between", [2, 0])
def test_which_of_two_operations_that_never_returned_took_effect_may_matter_later(
    crashed: tuple[str, str], between: int
) -> None:
    """Both make a 1 of the 0. The one that can do that again, after what was written between, has to be kept."""
    asked = {"write": 1, "cas": [0, 1]}
    lines = [(f"p{number}", "invoke", function, asked[function]) for number, function in enumerate(crashed)]
    for function, value in (("read", 1), ("write", between), ("read", 1)):
        given = value if function == "write" else None
        lines += [("q", "invoke", function, given), ("q", "ok", function, value)]
    assert check(history_trace(*lines, initial={"value": 0}), shortcuts=False).outcome is ACCEPTED
