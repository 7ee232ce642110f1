"""Is a spec a test? Collected by check, failing with its story, silent about files that only look like specs."""

import dataclasses
from pathlib import Path

import pytest

from dscheck import workflow
from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.integrations import pytest_asking
from dscheck.integrations.pytest_plugin import is_spec
from dscheck.options import NativeOptions
from dscheck.report.as_text import check_as_text
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.status import TextOptions
from dscheck.source import SourceFile, Span

PLUGIN = "dscheck.integrations.pytest_plugin"
CHECKS = {"two": "broken", "sweep[N=3]": "green", "large": "unknown"}


@pytest.fixture
def specs(pytester, samples, monkeypatch):
    """A folder with one spec; the workflow answers from the samples and remembers what it was asked."""
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "mutex.dsc").write_text("# a lock\n\nprotocol Mutex\n")
    asked = []

    def check_paths(paths, options, **rest):
        asked.append((list(paths), options))
        (name,) = options.checks
        report = samples[CHECKS[name]]
        checks = tuple(check for check in report.checks if check.name == name)
        assert len(checks) == 1
        file = dataclasses.replace(report.files[0], checks=checks)
        return dataclasses.replace(report, files=(file,))

    monkeypatch.setattr("dscheck.workflow.check_names", lambda path: tuple((name, 40) for name in CHECKS))
    monkeypatch.setattr("dscheck.workflow.check_paths", check_paths)
    return asked


@pytest.fixture
def run(pytester):
    def call(*arguments):
        return pytester.runpytest_inprocess("-p", PLUGIN, "-p", "no:cacheprovider", "-ra", *arguments)

    return call


def test_one_item_per_check(specs, run):
    result = run("--collect-only", "-q")
    result.stdout.fnmatch_lines(["specs/mutex.dsc::two", "specs/mutex.dsc::sweep[[]N=3]", "specs/mutex.dsc::large"])
    assert specs == []


def test_every_check_of_the_specs_is_one(run, pytester):
    folder = Path(__file__).resolve().parents[2] / "specs"
    (pytester.path / "specs").symlink_to(folder)
    wanted = [(path.name, name) for path in folder.glob("*.dsc") for name, _ in workflow.check_names(path)]
    result = run("--collect-only", "-q", "specs")
    found = [line.rpartition("/")[2] for line in result.outlines if ".dsc::" in line]
    assert sorted(found) == sorted(f"{file}::{name}" for file, name in wanted)


def test_failures_tell_the_story_and_the_replay_command(specs, run, samples):
    result = run()
    result.assert_outcomes(passed=1, failed=2)
    file = samples["broken"].files[0]
    story = check_as_text(file, dataclasses.replace(file.checks[0], replay=""), TextOptions(full_runs=True))
    picture = diagram_as_text(diagram_of(file.checks[0].counterexamples[0]))
    last = "  next  dscheck check specs/mutex.dsc --check two"
    assert f"not met: mutual_exclusion is violated\n\n{story}\n\n{picture}\n\n{last}\n____" in result.stdout.str()
    assert "●" in picture
    result.stdout.no_fnmatch_line("*Traceback*")
    assert [paths for paths, _ in specs] == [[Path("specs/mutex.dsc")]] * 3


def test_unknown_is_a_failure_that_says_so(specs, run):
    result = run("-k", "large")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines(["UNKNOWN  large*", "*stopped at 1,000 states (--max-states)*"])
    assert len(specs) == 1


def test_the_summary_has_one_line_per_failure(specs, run):
    run("specs/mutex.dsc::two").stdout.fnmatch_lines(
        ["FAILED specs/mutex.dsc::two - not met: mutual_exclusion is violated"]
    )


def test_a_node_id_selects_a_check(specs, run):
    run("specs/mutex.dsc::two").assert_outcomes(failed=1)
    run("specs/mutex.dsc::sweep[N=3]").assert_outcomes(passed=1)
    assert len(specs) == 2


def test_stop_at_the_first_failure(specs, run):
    run("-x").assert_outcomes(failed=1)


def test_the_last_failed(specs, pytester):
    pytester.runpytest_inprocess("-p", PLUGIN).assert_outcomes(passed=1, failed=2)
    pytester.runpytest_inprocess("-p", PLUGIN, "--lf").assert_outcomes(failed=2)


def test_options_and_settings(specs, run, pytester):
    run("-k", "sweep")
    assert specs[-1][1].engine == "auto"
    assert specs[-1][1].limits.max_states is None
    pytester.makeini("[pytest]\ndscheck_engine = python\ndscheck_max_states = 500")
    run("-k", "sweep", "--dscheck-timeout", "2.5")
    assert (specs[-1][1].engine, specs[-1][1].limits.max_states, specs[-1][1].limits.timeout) == ("python", 500, 2.5)
    run("-k", "sweep", "--dscheck-engine", "other")
    assert specs[-1][1].engine == "other"


def test_settings_of_the_native_engine(specs, run, pytester, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    run("-k", "sweep")
    assert specs[-1][1].native == NativeOptions()
    pytester.makeini("[pytest]\ndscheck_workers = 3\ndscheck_store = tree")
    run("-k", "sweep")
    assert specs[-1][1].native == NativeOptions(workers=3, store="tree")
    run("-k", "sweep", "--dscheck-engine", "reference").stdout.fnmatch_lines(["*not of `reference`*"])


def test_processes_that_run_at_the_same_time_share_the_machine(specs, run, monkeypatch):
    monkeypatch.setattr(pytest_asking, "usable_cores", lambda: 8)
    monkeypatch.setattr(pytest_asking, "default_memory_limit", lambda: 4000)
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "4")
    run("-k", "sweep")
    assert (specs[-1][1].native.workers, specs[-1][1].limits.max_memory) == (2, 1000)


@pytest.mark.parametrize("setting", ["dscheck_max_states", "dscheck_workers", "dscheck_timeout", "dscheck_marks"])
def test_a_setting_that_is_no_number(specs, run, pytester, setting):
    pytester.makeini(f"[pytest]\n{setting} = lots")
    result = run("-k", "sweep")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{setting}*lots*"])
    assert specs == []


def test_a_spec_with_an_error_is_a_collection_error(specs, run, monkeypatch):
    def fails(path):
        text = "protocol X\nconst = 3\n"
        raise SpecError(SourceFile(str(path), text), (Diagnostic("DS0101", "no name", Span(17, 18), "a name here"),))

    monkeypatch.setattr("dscheck.workflow.check_names", fails)
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["error[[]DS0101]: no name", "*^ a name here"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_a_fault_of_ours_shows_its_traceback(specs, run, monkeypatch):
    def fails(paths, options, **rest):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("dscheck.workflow.check_paths", fails)
    run("-k", "two").stdout.fnmatch_lines(["*ZeroDivisionError: ours"])


def test_an_interrupted_check_stops_the_run(specs, run, monkeypatch, samples):
    report = samples["unknown"]
    check = dataclasses.replace(report.checks[1], interrupted=True)
    report = dataclasses.replace(report, files=(dataclasses.replace(report.files[0], checks=(check,)),))
    monkeypatch.setattr("dscheck.workflow.check_paths", lambda paths, options, **rest: report)
    with pytest.raises(KeyboardInterrupt):
        run()


def test_place_and_numbers(specs, pytester):
    items, _ = pytester.inline_genitems("-p", PLUGIN, "specs")
    assert items[0].reportinfo()[1:] == (39, "mutex.dsc: two")
    items[1].runtest()
    assert items[1].user_properties == [("states", 35_038), ("transitions", 120_777), ("depth", 31)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"protocol X\n", True),
        (b'protocol X "title"', True),
        (b"\n  \n# about\n\tprotocol X", True),
        (b"\xef\xbb\xbfprotocol X", True),
        (b"protocol", True),
        (b"Format: 3.0 (quilt)\nSource: hello\n", False),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nFormat: 1.0\n", False),
        (b"protocols X", False),
        (b"# protocol X", False),
        (b"", False),
        (b"\xff\xfe\x00p", False),
    ],
)
def test_the_first_word_decides(content, expected, tmp_path):
    file = tmp_path / "x.dsc"
    file.write_bytes(content)
    assert is_spec(file) == expected


def test_other_files_are_left_alone(specs, run, pytester):
    (pytester.path / "hello_1.0.dsc").write_text("Format: 3.0 (quilt)\n")
    (pytester.path / "notes.txt").write_text("protocol X\n")
    (pytester.path / "specs" / "mutex.dsc").unlink()
    result = run("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_plugin_imports_only_pytest():
    import subprocess
    import sys

    program = (
        f"import sys, pytest\nimport {PLUGIN}\nprint(*(name for name in sys.modules if name.startswith('dscheck')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "dscheck",
        "dscheck.integrations",
        PLUGIN,
        "dscheck.integrations.pytest_settings",
    }


def test_a_real_search_on_two_workers(pytester, monkeypatch):
    from dscheck.cli.new import spec_text

    broken = spec_text(pytester.path / "mutex.dsc", "mutex")
    (pytester.path / "broken.dsc").write_text(broken)
    (pytester.path / "fixed.dsc").write_text(
        broken.replace("on Acquire from c:\n", "on Acquire from c when holder == none:\n")
    )
    result = pytester.runpytest_subprocess("-p", PLUGIN, "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED broken.dsc::safe - not met: mutual_exclusion is violated in 6 steps"])
    result.stdout.fnmatch_lines(["*next  dscheck check broken.dsc --check safe"])


def test_each_block_is_an_item(pytester, run):
    pytester.path.joinpath("sheet.dsc").write_text(
        "protocol P\n\nschedule good:\n    A: a, b\n    expect a -> b\n\n"
        "schedule bad:\n    A: a, b sends m\n    B: receives m as c\n    expect c -> a\n"
    )
    result = run("sheet.dsc", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*├──m──▶● c*", "FAILED sheet.dsc::bad - not met: *"])
