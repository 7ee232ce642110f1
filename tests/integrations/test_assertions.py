"""What do the assertions accept and refuse, and what do they say? Of specs, traces, histories and clocks."""

from pathlib import Path

import pytest

import dscheck
from dscheck.clocks import (
    Dot,
    DottedVersionVector,
    HybridClock,
    LamportClock,
    MatrixClock,
    VectorClock,
    VersionVector,
)
from dscheck.integrations.assertions import ReportsOnce
from dscheck.integrations.clock_differences import differences

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "specs" / "centralized_lock.dsc"
UPDATE = ROOT / "specs" / "lost_update.dsc"
TRACES = ROOT / "traces"
PLUGIN = "dscheck.integrations.pytest_plugin"


def text_of(call, *arguments, **named):
    with pytest.raises(AssertionError) as caught:
        call(*arguments, **named)
    return str(caught.value)


# --- specs --------------------------------------------------------------------------------------


def test_holds():
    result = dscheck.assert_holds(LOCK, "mutex", N=3)
    assert (result.settings["N"], result.met) == ("3", True)
    assert [each.name for each in result.properties if each.kind == "invariant"] == ["mutex"]
    dscheck.assert_holds(LOCK, "mutex", "cost", settings={"network.order": "unordered"})


def test_holds_of_all_properties_when_none_is_named():
    text = text_of(dscheck.assert_holds, LOCK)
    assert text.startswith(f"{LOCK} does not hold: in_order is violated")
    assert "●" in text, "the run is drawn"
    assert "asked_by_a_test" in text
    assert "next" not in text, "no command knows this check"


def test_holds_within():
    assert dscheck.assert_holds(LOCK, max_steps=5).outcome == "holds_within"
    assert "in_order" in text_of(dscheck.assert_holds, LOCK, max_steps=6)


def test_unknown_is_a_failure():
    assert "limit of 3 states" in text_of(dscheck.assert_holds, LOCK, "mutex", max_states=3)
    assert "does not violate mutex" in text_of(dscheck.assert_violates, LOCK, "mutex", REMEMBERS=False, max_states=3)


def test_violates():
    run = dscheck.assert_violates(LOCK, "mutex", REMEMBERS=False)
    assert (run.property, run.length) == ("mutex", 6)
    assert dscheck.assert_violates(LOCK, "mutex", max_steps=6, REMEMBERS=False) == run
    assert "does not violate mutex" in text_of(dscheck.assert_violates, LOCK, "mutex", max_steps=5, REMEMBERS=False)
    assert "does not violate mutex" in text_of(dscheck.assert_violates, LOCK, "mutex")


def test_a_deadlock_is_a_violation():
    assert dscheck.assert_violates(LOCK, "deadlock", settings={"network.loss": 1}).property == "deadlock"
    assert "does not violate deadlock" in text_of(dscheck.assert_violates, UPDATE, "deadlock", LOCK=True)


@pytest.mark.parametrize(
    ("arguments", "named", "told"),
    [
        (("mutexx",), {}, "mutexx"),
        ((), {"M": 3}, "M"),
        ((), {"N": 99}, "99"),
    ],
)
def test_what_cannot_be_asked_is_a_failure_that_says_so(arguments, named, told):
    text = text_of(dscheck.assert_holds, LOCK, *arguments, **named)
    assert text.startswith(f"{LOCK} cannot be asked")
    assert told in text
    assert "error" in text


def test_no_file():
    with pytest.raises(FileNotFoundError):
        dscheck.assert_holds("nowhere.dsc")


# --- traces and histories -----------------------------------------------------------------------


def test_conforms():
    report = dscheck.assert_conforms(TRACES / "lock_run.jsonl", LOCK, N=2)
    assert report.ok
    assert "accepted  conformance" in str(report)
    dscheck.assert_conforms(dscheck.read_trace(TRACES / "lock_run.jsonl"), LOCK)
    text = text_of(
        dscheck.assert_conforms, TRACES / "reordered_run.jsonl", ROOT / "specs" / "lamport_mutex.dsc", check="two"
    )
    assert text.startswith("the trace is rejected")
    assert "Request(3)" in text


def test_conforms_is_not_shown_by_a_trace_of_nothing():
    text = text_of(dscheck.assert_conforms, [{"node": "a", "kind": "invoke", "f": "read"}], LOCK)
    assert text.startswith("the trace is not accepted")


def test_causal():
    dscheck.assert_causal(TRACES / "clocks.jsonl")
    assert "rejected" in text_of(dscheck.assert_causal, TRACES / "clocks_forgetful.jsonl")
    assert "not accepted" in text_of(dscheck.assert_causal, [{"node": "a"}])


def history(*results):
    """One process writes 1 while another one reads, twice."""
    records = [{"node": "w", "kind": "invoke", "f": "write", "value": 1}]
    for result in results:
        records += [
            {"node": "r", "kind": "invoke", "f": "read"},
            {"node": "r", "kind": "ok", "f": "read", "value": result},
        ]
    return [*records, {"node": "w", "kind": "ok", "f": "write", "value": 1}]


def test_linearizable():
    dscheck.assert_linearizable(history(0, 1), "register", initial=0)
    text = text_of(dscheck.assert_linearizable, history(1, 0), "register", initial=0)
    assert text.startswith("the trace is rejected")
    assert "linearizability" in text


# --- recorders ----------------------------------------------------------------------------------


def test_a_recorder_makes_a_causal_trace(tmp_path):
    recorder = dscheck.TraceRecorder()
    recorder.event("Client[0]", "request", mode="waiting")
    first = recorder.send("Client[0]", "Server", "Request")
    assert recorder.under_way == (first,)
    recorder.receive("Server", first, holder="Client[0]")
    second = recorder.send("Server", "Client[0]", "Grant")
    assert recorder.under_way == (second,)
    dscheck.assert_causal(recorder)
    dscheck.assert_conforms(recorder, LOCK)
    recorder.save(tmp_path / "new" / "run.jsonl")
    dscheck.assert_conforms(tmp_path / "new" / "run.jsonl", LOCK)
    recorder.receive("Client[0]", second, mode="waiting")
    assert "mode" in text_of(dscheck.assert_conforms, recorder, LOCK)
    with pytest.raises(KeyError):
        recorder.receive("Server", "m9")


def test_a_recorder_records_histories():
    recorder = dscheck.TraceRecorder()
    recorder.operation("a", "invoke", "write", 1)
    recorder.operation("a", "ok", "write", 1)
    recorder.operation("b", "invoke", "read")
    recorder.operation("b", "ok", "read", 0)
    assert "linearizability" in text_of(dscheck.assert_linearizable, recorder, "register", initial=0)


# --- fixtures, tracebacks, clocks ---------------------------------------------------------------


def test_fixtures(pytester):
    pytester.makepyfile(
        f"""
        import dscheck, pytest

        SPEC = {str(UPDATE)!r}

        def test_once(dscheck_report):
            assert dscheck_report(SPEC, checks="unprotected") is dscheck_report(SPEC, checks="unprotected")
            assert dscheck_report(SPEC, checks="unprotected") is not dscheck_report(SPEC, checks="locked")

        def test_recorded(trace_recorder):
            trace_recorder.event("a", "step")
            assert False, "of the test"

        def test_holds():
            dscheck.assert_holds(SPEC, "nothing_lost")

        def test_clocks():
            p = dscheck.clocks.VectorClock().tick("p")
            q = dscheck.clocks.VectorClock().tick("q")
            assert p < q

        def test_driven(dscheck_adapter):
            pass
        """.replace("import dscheck, pytest", "import dscheck, dscheck.clocks, pytest")
    )
    result = pytester.runpytest_inprocess("-p", PLUGIN)
    result.assert_outcomes(passed=1, failed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*recorded by dscheck*",
            "dscheck verify *recorded0/recorded.jsonl",
            "*does not hold: nothing_lost is violated*",
            "*{p: 1} < {q: 1}*",
            "*they are concurrent: neither is before the other*",
            "*p  1 > 0*",
            "*q  0 < 1*",
        ]
    )
    result.stdout.fnmatch_lines(["*Define a fixture `dscheck_adapter`*"])
    result.stdout.no_fnmatch_line("*assertions.py*")


def test_reports_once(tmp_path):
    asked = []
    reports = ReportsOnce(lambda path, **named: asked.append(named) or len(asked))
    path = tmp_path / "x.dsc"
    path.write_text("protocol X")
    assert (reports(path), reports(str(path)), reports(path, engine="native")) == (1, 1, 2)
    path.write_text("protocol Y")
    assert reports(path) == 3


P, Q = VectorClock().tick("p"), VectorClock().tick("q")


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        (P, Q, ["they are concurrent: neither is before the other", "  p  1 > 0", "  q  0 < 1"]),
        (P, P.tick("p"), ["the left one is before the right one", "  p  1 < 2"]),
        (P.tick("p"), P, ["the left one is after the right one", "  p  2 > 1"]),
        (P, P, ["they are equal"]),
        (
            VersionVector.of({"a": 1}),
            VersionVector.of({"a": 3}),
            ["the left one is before the right one", "  a  1 < 3"],
        ),
        (LamportClock(3), LamportClock(5), ["the left one is smaller", "  time  3 < 5"]),
        (HybridClock(7, 1), HybridClock(7, 0), ["the left one is greater", "  counter  1 > 0"]),
        (
            MatrixClock.of("p", {"p": {"p": 1}}),
            MatrixClock.of("p", {"p": {"p": 2}}),
            ["the left one is before the right one", "  what p knows of p  1 < 2"],
        ),
        (
            DottedVersionVector(Dot("a", 1), VersionVector()),
            DottedVersionVector(Dot("b", 1), VersionVector()),
            ["they are concurrent: neither is before the other", "  dot of a  1 > 0", "  dot of b  0 < 1"],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_how_clocks_differ(left, right, told):
    assert differences("==", left, right) == [f"{left} == {right}", *told]


def test_other_values_are_left_to_pytest():
    assert differences("==", P, 3) is None
