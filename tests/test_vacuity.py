"""Does a green verdict say what never happened? Each spec holds, and hides something."""

import pytest

import dscheck

HIDING = {
    "an action": (
        "process A:\n    var x: 0..1 = 0\n    action never when x == 1:\n        x = 0\n",
        ["action never of A never runs"],
    ),
    "a handler": (
        (
            "message M\nprocess A:\n    var x: 0..1 = 0\n    action go when x == 1:\n        send M to self\n"
            "    on M:\n        x = 0\n"
        ),
        ["A never handles M", "action go of A never runs"],
    ),
    "a timeout": (
        (
            "process A:\n    var x: 0..1 = 0\n    timer t\n    action go when x == 1:\n        start t\n"
            "    on timeout t:\n        x = 0\n"
        ),
        ["action go of A never runs", "timeout t never fires at A"],
    ),
    "a branch": (
        (
            "process A:\n    var x: 0..1 = 0\n    action go when x == 0:\n        if x == 1:\n            x = 0\n"
            "        else:\n            x = 1\n"
        ),
        ["this branch never runs"],
    ),
    "an else": (
        (
            "process A:\n    var x: 0..1 = 0\n    action go when x == 0:\n        if x == 0:\n            x = 1\n"
            "        else:\n            x = 0\n"
        ),
        ["this else branch never runs"],
    ),
    "a left side": (
        "process A:\n    var x: 0..1 = 0\ninvariant i: A.x == 1 implies false\n",
        ["i: its left side `A.x == 1` is never true"],
    ),
    "progress that is asked for nothing": (
        (
            "process A[2]:\n    var x: 0..1 = 0\n    fair action go when x == 0:\n        x = 1\n"
            "eventually some for p in {}: p.x == 1\nalways eventually few for p in A, q in {}: p.x == q\n"
            "eventually all for p in A: p.x == 1\nprogress left for p in {}: p.x == 0 ~> p.x == 1\n"
        ),
        [
            "some: it is asked for nothing, no value is in its set",
            "few: it is asked for nothing, no value is in its set",
            "left: its left side `p.x == 0` is never true",
        ],
    ),
    "quiet": (
        (
            "message M\nprocess A:\n    on start:\n        send M to self\n    on M:\n        send M to self\n"
            "invariant i: not quiet\n"
        ),
        ["i: `quiet` is never true"],
    ),
    "a branch that one call settles and another takes": (
        (
            "process A:\n    var a: 0..3 = 0\n    def store(x):\n        if x == 1:\n            a = 1\n        else:\n"
            "            a = 2\n    action one when a == 0:\n        store(a + 1)\n    action two when a == 0:\n"
            "        store(2)\n"
        ),
        [],
    ),
    "a variant that the constants switch off": (
        (
            "const ON = false\nprocess A:\n    var x: 0..1 = 0\n    action go when x == 0:\n        if ON:\n"
            "            x = 0\n"
            "        x = 1\n    action other when ON and x == 1:\n        x = 0\n"
        ),
        [],
    ),
}


@pytest.mark.parametrize(("body", "expected"), HIDING.values(), ids=HIDING)
def test_what_never_happened_is_told(body: str, expected: list[str]) -> None:
    report = dscheck.check_text(f"protocol P\n{body}check all: expect holds\n")
    (check,) = report.checks
    assert check.met, str(report)
    assert sorted(each.text for each in check.warnings if each.kind == "vacuity") == sorted(expected)
    assert report.exit_code() == 0
    assert report.exit_code(strict=True) == (1 if expected else 0)


def test_a_search_that_was_cut_claims_nothing() -> None:
    body = "process A:\n    var x: 0..9 = 0\n    action go when x < 9:\n        x += 1\n    action late when x == 9:\n"
    body += "        x = 0\n"
    report = dscheck.check_text(f"protocol P\n{body}check all: expect holds\n", max_states=3)
    assert not report.checks[0].warnings


def test_a_check_that_expects_a_violation_need_not_exercise_the_rest() -> None:
    body = "process A:\n    var x: 0..1 = 0\n    action go when x == 1:\n        x = 0\ninvariant i: A.x == 1\n"
    report = dscheck.check_text(f"protocol P\n{body}check all: expect violates i\n")
    assert report.ok
    assert not report.checks[0].warnings


@pytest.mark.parametrize("final", ["", "final: true\n"])
def test_a_spec_in_which_nothing_can_be_a_deadlock_says_so(final: str) -> None:
    body = "shared var x: 0..1 = 0\nprocess A:\n    action go when x == 0:\n        x = 1\n"
    report = dscheck.check_text(f"protocol P\n{body}{final}check all: expect holds\n")
    told = [each.text for each in report.checks[0].warnings]
    assert told == ([] if final else ["without messages, timers and `final: …` no state counts as a deadlock"])
    assert report.exit_code(strict=True) == 0
