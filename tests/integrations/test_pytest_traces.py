"""Is a recorded trace a test? What its sidecar or its header expects, compared with what the checks say."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

PLUGIN = "dscheck.integrations.pytest_plugin"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(pytester):
    return lambda *arguments: pytester.runpytest_inprocess("-p", PLUGIN, "-ra", *arguments)


@pytest.fixture
def put(pytester):
    """Put a recorded trace of the project into the folder, with more in its header."""

    def copy(source, name, **header):
        lines = (ROOT / "traces" / source).read_text().splitlines(keepends=True)
        first = json.loads(lines[0])
        assert "format" in first
        (pytester.path / name).write_text(json.dumps({**first, **header}) + "\n" + "".join(lines[1:]))
        return pytester.path / name

    return copy


def test_a_trace_is_accepted_by_default(put, run):
    put("lock_passed_on.jsonl", "passed.trace.jsonl")
    result = run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["passed.trace.jsonl::accepted PASSED*"])
    run("-v").stdout.fnmatch_lines(["passed.trace.jsonl::accepted PASSED (known since*"])
    run("-m", "not dscheck").assert_outcomes(deselected=1)


def test_a_rejection_is_told_as_the_command_tells_it(put, run):
    put("lock_by_luck.jsonl", "luck.trace.jsonl")
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "not met: rejected, where accepted is expected",
            "REJECTED  mutual-exclusion  overlap possible*luck.trace.jsonl:6",
            "  next  dscheck verify luck.trace.jsonl",
            "FAILED luck.trace.jsonl::accepted - not met: rejected, where accepted is exp*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_header_expects_a_rejection(put, run):
    put("lock_by_luck.jsonl", "luck.trace.jsonl", expect="rejected", by="mutual-exclusion", line=6)
    run("-v").stdout.fnmatch_lines(["luck.trace.jsonl::rejected PASSED*"])
    put("lock_passed_on.jsonl", "luck.trace.jsonl", expect="rejected")
    run().stdout.fnmatch_lines(["not met: accepted, where rejected is expected"])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('by = "causality"', "rejected by mutual-exclusion, and not by causality, as expected"),
        ("line = 3", "rejected for line 6, and not for line 3, as expected"),
    ],
)
def test_a_rejection_for_another_reason_is_not_the_expected_one(put, run, pytester, more, told):
    put("lock_by_luck.jsonl", "luck.trace.jsonl")
    (pytester.path / "luck.trace.toml").write_text(f'expect = "rejected"\n{more}\n')
    run().stdout.fnmatch_lines([f"not met: {told}"])


def test_a_sidecar_names_the_spec_and_the_verdict_depends_on_it(put, run, pytester):
    put("lock_run.jsonl", "run.trace.jsonl", spec="nowhere.dsc")
    run().stdout.fnmatch_lines(["not met: unknown, where accepted is expected"])
    shutil.copy(ROOT / "specs" / "centralized_lock.dsc", pytester.path / "lock.dsc")
    (pytester.path / "run.trace.toml").write_text('spec = "lock.dsc"\ncheck = "two"\n')
    text = (pytester.path / "lock.dsc").read_text()
    checks = text.count("\ncheck ")
    run("-k", "trace").assert_outcomes(passed=1, deselected=checks)
    (pytester.path / "lock.dsc").write_text(text.replace("        mode = inside\n", "        mode = waiting\n"))
    result = run("-k", "trace")
    result.assert_outcomes(failed=1, deselected=checks)
    result.stdout.fnmatch_lines(
        ["*REJECTED  conformance*", "  next  dscheck verify run.trace.jsonl --spec lock.dsc --check two"]
    )


def test_the_replay_command_asks_the_same(put, run, pytester, monkeypatch):
    from dscheck.cli.main import run as command_line

    put("lock_by_luck.jsonl", "luck.trace.jsonl")
    (pytester.path / "luck.trace.toml").write_text(
        'checks = ["causality", "mutual-exclusion"]\nskew = 5\ninitial = 0\n'
    )
    result = run()
    line = next(line for line in result.stdout.lines if line.startswith("  next  "))
    words = line.removeprefix("  next  dscheck ").split()
    assert words == [
        "verify",
        "luck.trace.jsonl",
        "--checks",
        "causality,mutual-exclusion",
        "--initial",
        "0",
        "--skew",
        "5",
    ]
    assert command_line(words) == 1


def test_another_format_has_a_sidecar_that_names_it(run, pytester):
    (pytester.path / "n1.log").write_text("10 a request\n20 b request\n")
    (pytester.path / "own.map").write_text("pattern = (?<ts>\\d+) (?<node>\\w+) (?<action>.*)\n")
    (pytester.path / "n1.trace.toml").write_text('trace = "n1.log"\nformat = "text"\nmapping = "own.map"\nskew = 3\n')
    run("-v").stdout.fnmatch_lines(["n1.trace.toml::accepted PASSED*"])


def test_compressed(put, run, pytester):
    path = put("lock_by_luck.jsonl", "x", expect="rejected")
    (pytester.path / "luck.trace.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    run("-v").stdout.fnmatch_lines(["luck.trace.jsonl.gz::rejected PASSED*"])


@pytest.mark.parametrize(
    ("sidecar", "told"),
    [
        ('expect = "maybe"', "*luck.trace.jsonl: expect is 'maybe', neither*"),
        ('expects = "rejected"', "*luck.trace.toml: there is no key `expects`*"),
        ("expect = 3", "*luck.trace.toml: `expect` is 3, which is not a text"),
        ('line = "six"', "*`line` is 'six', which is not a number"),
        ("line = 6", "*so they need `expect = *rejected*"),
        ("expect = ", "*luck.trace.toml is no TOML:*"),
        ('checks = "causality"', "*`checks` is 'causality', which is not a list of texts"),
        ('mapping = "gone.map"', "*gone.map cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_sidecar_is_a_collection_error(put, run, pytester, sidecar, told):
    put("lock_by_luck.jsonl", "luck.trace.jsonl")
    (pytester.path / "luck.trace.toml").write_text(sidecar + "\n")
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_sidecar_alone_says_what_it_misses(run, pytester):
    (pytester.path / "luck.trace.toml").write_text('expect = "rejected"\n')
    run().stdout.fnmatch_lines(["*luck.trace.toml: there is no luck.trace.jsonl, and no line `trace = *"])
    (pytester.path / "luck.trace.toml").write_text('trace = "gone.log"\n')
    run().stdout.fnmatch_lines(["*there is no file gone.log"])


def test_a_trace_that_cannot_be_read_is_a_failure_that_says_where(run, pytester):
    (pytester.path / "bad.trace.jsonl").write_text('{"format": "dscheck-trace/1"}\n{"nod": "a"}\n')
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["not met: bad.trace.jsonl:2: *"])


def test_an_unknown_check_is_told(put, run, pytester):
    put("lock_by_luck.jsonl", "luck.trace.jsonl")
    (pytester.path / "luck.trace.toml").write_text('checks = ["casuality"]\n')
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*casuality*"])
    result.stdout.no_fnmatch_line("*Traceback*")
