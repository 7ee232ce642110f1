"""Does the whole path say what its parts alone cannot? Overrides without effect, expected failures, deadlocks."""

import pytest

import dscheck

LOCAL = "protocol P\nconst N = 2 in 1..3\nprocess A[N]:\n    var x: 0..1 = 0\n    action go:\n        x += 1\n"


def test_an_override_that_reaches_no_check_is_told() -> None:
    report = dscheck.check_text(f"{LOCAL}check a: N = 2 expect violates range\n", constants={"N": 3})
    messages = [each.message for each in report.files[0].diagnostics]
    assert "--set N has no effect: every check sets `N` itself" in messages
    assert report.ok


@pytest.mark.parametrize("value", [9, "abc"])
def test_an_override_is_judged_although_it_reaches_no_check(value: int | str) -> None:
    report = dscheck.check_text(f"{LOCAL}check a: N = 2 expect violates range\n", constants={"N": value})
    assert report.exit_code() == 2


def test_failures_can_be_expected_by_name() -> None:
    assert dscheck.check_text(f"{LOCAL}check a: expect violates range in 2 steps\n").ok
    assert not dscheck.check_text(f"{LOCAL}check a: expect violates division\n").ok


def test_a_deadlock_names_the_handler_that_does_not_take_the_message() -> None:
    spec = (
        "protocol P\nmessage M\nprocess Q:\n    var x: 0..1 = 0\n    on start:\n        send M to self\n"
        "    on M when x == 1:\n        x = 0\ncheck a: expect deadlock in 0 steps\n"
    )
    report = dscheck.check_text(spec)
    assert report.ok
    reasons = [reason.text for reason in report.checks[0].counterexamples[0].why]
    assert "Q on M needs x == 1" in reasons


def test_limits_are_numbers() -> None:
    with pytest.raises(ValueError, match="max_states"):
        dscheck.check_text(LOCAL, max_states=-1)
