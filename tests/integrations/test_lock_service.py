"""Does the worked example work? A lock service over TCP, driven by its spec, its log verified, seeded bugs found."""

import runpy
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import dscheck
from dscheck.cli.main import run as command_line

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SPEC = ROOT / "specs" / "centralized_lock.dsc"
BUGS = ["forgets", "newest first", "keeps"]
DRIVEN = settings(
    RuleBasedStateMachine.TestCase.settings,
    max_examples=15,
    stateful_step_count=10,
    database=None,
    phases=[Phase.generate, Phase.shrink],
)


@pytest.fixture(scope="module")
def adapter():
    sys.path.insert(0, str(EXAMPLES))
    try:
        yield runpy.run_path(str(EXAMPLES / "lock_adapter.py"))["LockAdapter"]
    finally:
        sys.path.remove(str(EXAMPLES))
        sys.modules.pop("lock_service", None)


def machine(adapter, saved):
    return dscheck.machine_for(SPEC, adapter, N=3, ENTRIES=2, left_out=["tell"], save_to=saved)


def used_by_three(adapter):
    """The service is used by hand; its log is what it recorded itself."""
    names = [type("Name", (), {"number": number}) for number in range(3)]
    try:
        for client in names:
            adapter.request(client)
            adapter.wait_until_quiet()
        for _ in range(2):
            inside = [name for name in names if adapter.clients[name.number].mode == "inside"]
            for client in inside[:1]:
                adapter.leave(client)
                adapter.wait_until_quiet()
    finally:
        adapter.stop()
    return adapter.log


def test_the_service_does_what_its_spec_says(adapter, tmp_path):
    run_state_machine_as_test(machine(adapter, tmp_path / "x.jsonl"), settings=DRIVEN)
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found_by_driving(adapter, tmp_path, bug):
    saved = tmp_path / "failure.jsonl"
    with pytest.raises(dscheck.Deviation) as caught:
        run_state_machine_as_test(
            machine(partial(adapter, bug=bug), saved), settings=settings(DRIVEN, max_examples=80)
        )  # fmt: skip
    assert f"next  dscheck verify {saved}" in caught.value.__notes__
    report = dscheck.verify(saved)
    assert report.outcome == "rejected"
    assert [each.check for each in report.traces[0].findings if each.outcome == "rejected"] == ["conformance"]


def test_its_log_is_accepted(adapter, tmp_path, monkeypatch, capsys):
    log = used_by_three(adapter(3))
    dscheck.assert_causal(log)
    dscheck.assert_conforms(log, SPEC, N=3, ENTRIES=2)
    log.save(tmp_path / "lock.jsonl")
    monkeypatch.chdir(ROOT)
    assert command_line(["verify", str(tmp_path / "lock.jsonl")]) == 0
    assert "accepted  conformance" in capsys.readouterr().out


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_found_in_the_log(adapter, tmp_path, bug):
    log = used_by_three(adapter(3, bug))
    dscheck.assert_causal(log)
    log.save(tmp_path / "lock.jsonl")
    report = dscheck.verify(tmp_path / "lock.jsonl", spec=SPEC, constants={"N": 3, "ENTRIES": 2})
    findings = {each.check: each for each in report.traces[0].findings}
    if bug == "keeps":  # a message that is not sent yet is no contradiction: the log only ends
        assert findings["conformance"].outcome == "accepted"
        (tmp_path / "lock.jsonl").unlink()
    else:
        assert findings["conformance"].outcome == "rejected"


def test_generated_cases_drive_it(adapter, pytester, monkeypatch):
    monkeypatch.chdir(pytester.path)
    command = ["generate", str(SPEC), "--settled", "--left-out", "tell", "--set", "N=3", "--cover", "transitions"]
    assert command_line([*command, "-o", "test_lock.py"]) == 0
    conftest = f"""
        import sys, pytest
        sys.path.insert(0, {str(EXAMPLES)!r})
        from lock_adapter import LockAdapter

        @pytest.fixture
        def dscheck_adapter():
            return LockAdapter(3, {{bug!r}})
    """
    pytester.makeconftest(conftest.format(bug=""))
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=18)
    pytester.makeconftest(conftest.format(bug="newest first"))
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(passed=12, failed=6)
    result.stdout.fnmatch_lines(["*Server.queue is *, where * is recorded"])
