"""Does a run tell what changed, what was sent and received, and why the end is wrong?"""

from dataclasses import replace

import pytest

from dscheck.counterexample import Change, Counterexample, MessageEvent, Reason, Step
from dscheck.report.counterexample_as_text import counterexample_as_text
from dscheck.report.run_ending import length_text, steps_text
from dscheck.source import SourceFile


def told(*steps, initial=None, why=(), **options):
    run = Counterexample("safe", initial or {}, {}, steps, why, line=2)
    return counterexample_as_text(run, **options)


def test_initial_values_are_told_once_for_equal_neighbours():
    initial = {"N[0].x": "1", "N[0].y": "a", "N[1].x": "1", "N[2].x": "2", "up(N[0])": "true", "up(N[1])": "true"}
    initial["k"] = "0"
    text = " ".join(told(initial=initial).split())
    assert "start N[0..1].x = 1, N[2].x = 2, N[0].y = a, up(N[0..1]) = true, k = 0" in text


def test_messages_to_several_share_a_line():
    out = tuple(MessageEvent("M(1)", "N[0]", f"N[{other}]", "sent") for other in (1, 2))
    out += (MessageEvent("M(2)", "N[0]", "N[1]", "sent"), MessageEvent("M(2)", "N[0]", "N[2]", "dropped"))
    lines = [line.strip() for line in told(Step("N[0]", "action", "go", "N[0] go", {}, sent=out)).splitlines()]
    assert [line for line in lines if "M(" in line] == [
        "1  N[0] go  sends M(1) to N[1], N[2]",
        "sends M(2) to N[1]",
        "drops M(2) to N[2]",
    ]


def test_a_message_that_the_label_tells_is_not_told_twice():
    event = MessageEvent("M", "N[0]", "N[1]", "received")
    assert "receives" not in told(Step("N[1]", "arrival", "M", "N[1] on M from N[0]", {}, received=(event,)))
    assert "receives M from N[0]" in told(Step("N[1]", "arrival", "M", "N[1] acts", {}, received=(event,)))


def test_bindings_that_the_label_does_not_tell():
    assert "go (v = 3)" in told(Step("N", "action", "go", "N[0] go", {"v": "3"}))
    assert "v = 3" not in told(Step("N", "action", "go", "N[0] go(3)", {"v": "3"}))


def test_a_step_that_changes_nothing_says_so():
    assert "nothing changes" in told(Step("N", "action", "go", "N[0] go", {}))


def test_a_failing_step_and_the_line_at_fault():
    source = SourceFile("x.dsc", "protocol X\n    assert a == b\n")
    text = told(Step("N", "action", "go", "N[0] go", {}, failure="assertion failed"), source=source, path="x.dsc")
    assert "fails: assertion failed" in text
    assert "at    assert a == b" in text
    assert text.splitlines()[0].endswith("x.dsc:2")


def test_why_is_a_tree_with_values():
    why = (Reason("a <= 1", "false", (Reason("a", "2", (Reason("N[0].b", "1"), Reason("N[1].b", "1"))),)),)
    rows = told(why=why).splitlines()[-4:]
    assert rows == [
        "    why   a <= 1      is false",
        "            a         = 2",
        "              N[0].b  = 1",
        "              N[1].b  = 1",
    ]


def test_the_replay_command_comes_last():
    assert (
        told(replay="dscheck check x.dsc --check two").splitlines()[-1] == "    next  dscheck check x.dsc --check two"
    )


def test_long_labels_do_not_push_the_column():
    change = (Change("x", "0", "1"),)
    text = told(Step("", "a", "a", "label " * 12, {}, changes=change), Step("", "a", "a", "short", {}, changes=change))
    columns = {line.index("x = 1") for line in text.splitlines() if "x = 1" in line}
    assert len(columns) == 1


@pytest.mark.parametrize(("length", "text"), [(0, "at the start"), (1, "in 1 step"), (12, "in 12 steps")])
def test_steps_text(length, text):
    assert steps_text(length) == text


def test_a_run_that_never_ends_is_told_with_its_cycle_and_why_fairness_does_not_end_it() -> None:
    steps = tuple(
        Step("A", "action", name, f"A {name}", {}, changes=(Change("A.x", "0", "1"),)) for name in ("up", "down")
    )
    fairness = (Reason("A down", "taken in step 2"), Reason("all stamps are 1 larger each round", ""))
    run = Counterexample("left", {}, {}, steps, (Reason("A.x == 2", "false from there on"),), 2, 1, fairness)
    lines = counterexample_as_text(run).splitlines()
    assert lines[0] == "  VIOLATED  left by a cycle after 1 step"
    assert (
        lines.index("    -- from here the following repeats for ever --") == lines.index("    1  A up    A.x = 1") + 1
    )
    assert "    why   A.x == 2  is false from there on" in lines
    assert lines[-3:] == [
        "    fair  each step that is owed is taken in the cycle, or disabled in some state of it",
        "            A down  taken in step 2",
        "            all stamps are 1 larger each round",
    ]
    stopped = counterexample_as_text(replace(run, loop_from=2)).splitlines()
    assert "    -- here the run may stop for ever: no fair step is enabled --" in stopped
    assert stopped[0] == "  VIOLATED  left by stopping after 2 steps"
    assert stopped[-2] == "    fair  A down  taken in step 2"


@pytest.mark.parametrize(
    ("length", "begins", "text"),
    [
        (0, 0, "by stopping at the start"),
        (1, 1, "by stopping after 1 step"),
        (2, 0, "by a cycle from the start"),
        (3, 1, "by a cycle after 1 step"),
    ],
)
def test_a_run_without_an_end_is_named_by_how_it_goes_on(length, begins, text):
    steps = (Step("A", "action", "go", "A go", {}),) * length
    assert length_text(Counterexample("left", {}, {}, steps, (), loop_from=begins)) == text


def test_what_fairness_owes_is_told_once_where_the_answer_is_the_same():
    reasons = tuple(Reason(f"{name} of every Node", "never enabled here") for name in ("enter", "leave"))
    run = Counterexample("left", {}, {}, (), (), loop_from=0, fairness=(*reasons, Reason("A go", "enabled")))
    assert counterexample_as_text(run).splitlines()[-2:] == [
        "    fair  never enabled here: enter of every Node, leave of every Node",
        "          A go  enabled",
    ]
