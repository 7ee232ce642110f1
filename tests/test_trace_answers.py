"""What becomes of a call that judges traces: which checks are asked, in time, until Ctrl-C; from Python too?"""

import dataclasses
import time

import pytest

import dscheck
from dscheck.trace_answers import verify
from dscheck.traces import checks as registry
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.checks import CHECKS, NAMES, WrongQuestion, chosen_checks
from dscheck.traces.event import Event, Trace, TraceHeader
from dscheck.traces.finding import TraceFinding, TraceOutcome

ACCEPTED, REJECTED, UNKNOWN, NOT_ASKED = TraceOutcome
TRACE = Trace("t", "native", "made here", TraceHeader(), (Event("a", 1, vector={"a": 1}),))
QUESTION_FIELDS = {each.name for each in dataclasses.fields(TraceQuestion)}


def outcomes(report):
    return {each.check: each.outcome for trace in report.traces for each in trace.findings}


@pytest.fixture
def replaced(monkeypatch):
    """`replaced(name, run)`: a check does something else."""

    def install(name, run):
        rows = tuple(dataclasses.replace(each, run=run) if each.name == name else each for each in CHECKS)
        monkeypatch.setattr(registry, "CHECKS", rows)

    return install


@pytest.mark.parametrize("check", CHECKS, ids=lambda each: each.name)
def test_each_row_is_whole(check):
    assert check.about.endswith("?")
    assert set(check.options) <= QUESTION_FIELDS
    found = check.run(TRACE, TraceQuestion())
    assert found.check == check.name
    assert found.outcome is (ACCEPTED if check.name == "causality" else NOT_ASKED)
    assert found.reason


def test_what_follows_from_another_check_is_asked_by_name():
    asked = {each.name for each in chosen_checks(TraceQuestion())}
    by_name = {"sequential-consistency", "session-guarantees", "could-precede", "conformance"}
    assert set(NAMES) - asked == by_name
    (only,) = chosen_checks(TraceQuestion(checks=("session-guarantees",)))
    assert only.name == "session-guarantees"


@pytest.mark.parametrize(
    "asked",
    [TraceQuestion(checks=("nothing",)), TraceQuestion(model="nothing"), TraceQuestion(delivery=("nothing",))],
    ids=["check", "model", "delivery"],
)
def test_unknown_names(asked):
    with pytest.raises(WrongQuestion, match="nothing"):
        verify([TRACE], asked)


def test_a_check_that_takes_too_long_is_unknown_and_the_others_are_asked(replaced):
    def endless(_trace, _asked):
        while True:
            time.sleep(0.01)

    replaced("delivery", endless)
    report = verify([TRACE, TRACE], TraceQuestion(timeout=0.05))
    assert [each.outcome for each in report.traces] == [UNKNOWN, UNKNOWN]
    finding = next(each for each in report.traces[0].findings if each.check == "delivery")
    assert (finding.kind, finding.reason) == ("timeout", "not decided in 0.05 s")
    assert outcomes(report)["causality"] is ACCEPTED
    assert report.exit_code() == 3


def test_an_interrupt_ends_the_call_with_what_is_known(replaced):
    def interrupted(_trace, _asked):
        raise KeyboardInterrupt

    replaced("delivery", interrupted)
    report = verify([TRACE, TRACE], TraceQuestion())
    assert len(report.traces) == 1
    assert outcomes(report)["causality"] is ACCEPTED
    assert outcomes(report)["delivery"] is UNKNOWN
    assert outcomes(report)["linearizability"] is UNKNOWN, "not asked any more"
    assert report.exit_code() == 130


def test_an_interrupt_while_reading(monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dscheck.trace_answers.read_traces", interrupted)
    report = verify(["a", "b"], TraceQuestion())
    assert (report.traces, report.exit_code()) == ((), 130)


def test_the_observer_hears_which_check_is_running():
    heard = []
    verify([TRACE], TraceQuestion(checks=("causality", "delivery")), observer=heard.append)
    assert [(each.file, each.check) for each in heard] == [("t", "reading"), ("t", "causality"), ("t", "delivery")]


def test_a_rejection_outweighs_what_is_unknown_and_an_error_outweighs_both(replaced):
    replaced("delivery", lambda *_: TraceFinding("delivery", REJECTED, "wrong"))
    assert verify([TRACE], TraceQuestion()).exit_code() == 1
    report = verify([TRACE, "gone.log"], TraceQuestion())
    assert (report.outcome, report.exit_code()) == (REJECTED, 2)
    assert verify([], TraceQuestion()).exit_code() == 3


# --- from Python -----------------------------------------------------------------------------------


def test_verify_from_python(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"node": "a", "vc": {"a": 1}}\n{"node": "a", "vc": {"a": 3}}\n', "utf-8")
    report = dscheck.verify(path)
    assert not report.ok
    assert f"{path}:2" in str(report)
    assert "TraceReport" in repr(report)
    trace = dscheck.read_trace(path)
    assert dscheck.verify(trace).outcome is REJECTED
    assert dscheck.verify([trace, path], checks="single-leader").outcome is UNKNOWN
    assert dscheck.verify(dataclasses.replace(trace, events=trace.events[:1]), checks=["causality"]).ok


def test_read_trace_reads_one(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"format": "dscheck-trace/1"}\n{"node": "a"}\n' * 2, "utf-8")
    assert [len(each.events) for each in dscheck.read_traces(path)] == [1, 1]
    with pytest.raises(ValueError, match="holds 2 executions"):
        dscheck.read_trace(path)
    with pytest.raises(dscheck.TraceError, match="cannot be read"):
        dscheck.read_trace(tmp_path / "gone")


def test_verify_by_a_spec_from_python(tmp_path):
    spec = tmp_path / "s.dsc"
    spec.write_text(
        "protocol P\nconst N = 1\nprocess Q:\n    var x: 0..9 = 0\n    action go when x < N:\n        x += 1\n"
    )
    trace = Trace("t", "native", "made here", TraceHeader(), tuple(Event("Q", i, action="go") for i in (1, 2)))
    assert dscheck.verify(trace, spec).outcome is REJECTED
    assert dscheck.verify(trace, spec, constants={"N": 2}).ok
    assert dscheck.verify(trace, spec, ["conformance"], constants={"N": 2}).ok
    assert dscheck.verify(trace, tmp_path / "gone.dsc").errors[0].message.startswith("cannot be read")
