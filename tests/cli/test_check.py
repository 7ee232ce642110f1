"""Does `dscheck check` ask what it was told to, answer where it should, and exit with the right code?"""

import dataclasses
import json
import os
import re
from pathlib import Path

import pytest

from dscheck.cli import progress as progress_module
from dscheck.diagnostics import SpecError
from dscheck.options import CheckOptions, Limits
from dscheck.progress import Progress

PROGRESS = Progress(
    states=12_345, transitions=40_000, queue=678, depth=14, seconds=0.5, memory_bytes=41_000_000,
    file="x.dsc", check="two",
)  # fmt: skip


def interrupted(report):
    file = report.files[0]
    checks = tuple(dataclasses.replace(check, interrupted=True) for check in file.checks)
    return dataclasses.replace(report, files=(dataclasses.replace(file, checks=checks),))


@pytest.mark.parametrize(
    ("name", "code"),
    [("green", 0), ("broken", 1), ("wrong", 2), ("mixed", 2), ("unknown", 3), ("many", 1), ("empty", 0)],
)
def test_exit_codes(name, code, samples, answer, dscheck):
    answer(samples[name])
    for form in ("text", "json"):
        assert dscheck("check", "x.dsc", "--format", form)[0] == code


def test_interrupted(samples, answer, dscheck):
    answer(interrupted(samples["unknown"]))
    code, out, _ = dscheck("check", "x.dsc")
    assert code == 130
    assert "1,000 states" in out


def test_strict(samples, answer, dscheck):
    answer(samples["green"])
    assert dscheck("check", "x.dsc", "--strict")[0] == 1


def test_text_is_the_answer_and_nothing_else_is_on_stdout(samples, answer, dscheck, golden):
    answer(samples["many"], progress=[PROGRESS] * 3)
    _, out, err = dscheck("check", "x.dsc")
    golden("many.txt", out)
    assert err == ""


def test_json_is_one_document(samples, answer, dscheck, golden):
    answer(samples["many"])
    _, out, _ = dscheck("check", "x.dsc", "--format", "json")
    golden("many.json", out)
    assert json.loads(out)["format"] == 1


def test_everything_is_asked(samples, answer, dscheck):
    asked = answer(samples["green"])
    line = "check a.dsc - --check known_bug --check bounded --set N=3 --set network.loss=1 --engine definition"
    limits = "--max-states 5 --max-depth 0 --timeout 0.5 --max-memory 2GiB"
    dscheck(*line.split(), *limits.split(), "--set", " ENTRIES = 2")
    assert asked.paths == ["a.dsc", "-"]
    assert asked.options == CheckOptions(
        checks=("known_bug", "bounded"),
        constants={"N": "3", "network.loss": "1", "ENTRIES": "2"},
        engine="definition",
        limits=Limits(max_states=5, max_depth=0, timeout=0.5, max_memory=2 * 2**30),
    )


def test_nothing_is_limited_by_itself(samples, answer, dscheck):
    asked = answer(samples["green"])
    dscheck("check", "a.dsc")
    assert asked.options == CheckOptions()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which spec?"),
        (["x.dsc", "--max-states", "0"], "--max-states"),
        (["x.dsc", "--max-states", "many"], "--max-states"),
        (["x.dsc", "--max-depth", "-1"], "--max-depth"),
        (["x.dsc", "--timeout", "0"], "--timeout"),
        (["x.dsc", "--timeout", "nan"], "--timeout"),
        (["x.dsc", "--timeout", "inf"], "--timeout"),
        (["x.dsc", "--max-memory", "lots"], "'lots' is not a size"),
        (["x.dsc", "--max-memory", "0M"], "more than 0"),
        (["x.dsc", "--set", "N"], "'N' does not have the form"),
        (["x.dsc", "--set", "=3"], "'=3' does not have the form"),
        (["x.dsc", "--set", "N="], "'N=' does not have the form"),
        (["x.dsc", "--set", "N=1", "--set", "N=2"], "N is given two values: 1 and 2"),
        (["x.dsc", "--engine", "warp"], "no engine is called `warp`"),
        (["x.dsc", "--format", "yaml"], "'yaml'"),
        (["x.dsc", "--max-sates", "3"], "--max-states"),
        (["x.dsc", "-o", "nowhere/out.txt"], "cannot write to nowhere/out.txt: no such file or directory"),
        (["x.dsc", "-o", "."], "it is a directory"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_the_search(arguments, said, answer, dscheck):
    asked = answer(AssertionError("was asked"))
    code, out, err = dscheck("check", *arguments)
    assert (code, out, asked.paths) == (2, "", [])
    assert err.startswith("error: ")
    assert said in err


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("1k", 1000), ("1.5M", 1_500_000), ("2 GB", 2 * 10**9), ("1GiB", 2**30), ("3mi", 3 * 2**20)],
)
def test_sizes(text, size, samples, answer, dscheck):
    asked = answer(samples["green"])
    dscheck("check", "x.dsc", "--max-memory", text)
    assert asked.options.limits.max_memory == size


def test_an_unknown_check_is_refused_with_the_nearest(samples, answer, dscheck, monkeypatch):
    empty = dataclasses.replace(samples["green"].files[0], checks=())
    answer(dataclasses.replace(samples["green"], files=(empty,)))
    monkeypatch.setattr("dscheck.workflow.check_names", lambda path: (("two", 3), ("known_bug", 4)))
    code, out, err = dscheck("check", "x.dsc", "--check", "know_bug")
    assert (code, out) == (2, "")
    assert "there is no check `know_bug`" in err
    assert "did you mean `known_bug`?" in err
    assert "the checks are two, known_bug" in dscheck("check", "x.dsc", "--check", "zzz")[2]


def test_a_sweep_is_known_by_its_own_name(samples, answer, dscheck):
    answer(samples["green"])
    assert dscheck("check", "x.dsc", "--check", "sweep")[0] == 0


def test_the_only_check_asked_for_shows_its_run(samples, answer, dscheck):
    answer(samples["green"])
    assert "Client[0] ask" not in dscheck("check", "x.dsc")[1]
    assert "Client[0] ask" in dscheck("check", "x.dsc", "--check", "known_bug")[1]
    assert "Client[0] ask" in dscheck("check", "x.dsc", "--verbose")[1]


def test_quiet(samples, answer, dscheck):
    answer(samples["green"], progress=[PROGRESS])
    assert dscheck("check", "x.dsc", "-q") == (0, "3 checks: 3 met\n", "")


class TestOutputFile:
    def test_the_answer_goes_there(self, samples, answer, dscheck, tmp_path):
        answer(samples["broken"])
        file = tmp_path / "answer.json"
        code, out, err = dscheck("check", "x.dsc", "--format", "json", "-o", file)
        assert (code, out) == (1, "")
        assert json.loads(file.read_text())["format"] == 1
        assert "1 check: 1 not met; written to" in err
        assert list(tmp_path.iterdir()) == [file]

    def test_an_interrupted_run_leaves_the_old_answer(self, answer, dscheck, tmp_path):
        file = tmp_path / "answer.txt"
        file.write_text("old")
        answer(KeyboardInterrupt())
        assert dscheck("check", "x.dsc", "-o", file)[0] == 130
        assert file.read_text() == "old"
        assert list(tmp_path.iterdir()) == [file]

    def test_a_link_stays_a_link_and_the_mode_stays(self, samples, answer, dscheck, tmp_path):
        answer(samples["green"])
        file, link = tmp_path / "real.txt", tmp_path / "link.txt"
        file.write_text("old")
        file.chmod(0o640)
        link.symlink_to(file)
        assert dscheck("check", "x.dsc", "-o", link)[0] == 0
        assert link.is_symlink()
        assert file.read_text().endswith("3 checks: 3 met\n")
        assert file.stat().st_mode & 0o777 == 0o640

    def test_a_device_is_written_directly(self, samples, answer, dscheck):
        answer(samples["green"])
        assert dscheck("check", "x.dsc", "-o", os.devnull)[0] == 0

    def test_no_colour_in_a_file(self, samples, answer, dscheck, tmp_path, monkeypatch):
        monkeypatch.setenv("FORCE_COLOR", "1")
        answer(samples["broken"])
        dscheck("check", "x.dsc", "-o", tmp_path / "answer.txt")
        assert "\x1b" not in (tmp_path / "answer.txt").read_text()


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_colour(environment, coloured, samples, answer, dscheck, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    answer(samples["broken"])
    out = dscheck("check", "x.dsc")[1]
    assert ("\x1b[" in out) == coloured
    assert "\x1b" not in dscheck("check", "x.dsc", "--format", "json")[1]


def test_colour_changes_no_letter(samples, answer, dscheck, monkeypatch, golden):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    answer(samples["many"])
    golden("many.txt", re.sub(r"\x1b\[[0-9;]*m", "", dscheck("check", "x.dsc")[1]))


def test_plain_progress_comes_every_ten_seconds(samples, answer, dscheck, monkeypatch):
    answer(samples["green"], progress=[PROGRESS] * 25)
    clock = iter(range(1000))
    monkeypatch.setattr(progress_module, "monotonic", lambda: float(next(clock)))
    _, out, err = dscheck("check", "x.dsc")
    assert out.endswith("3 checks: 3 met\n")
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0] == "12,345 states 678 queue depth 14 24,690 states/s 41 MB x.dsc two"


def test_the_progress_line_does_not_jump():
    early = Progress(states=1, transitions=0, queue=0, depth=0, seconds=0.0, memory_bytes=0, file="x.dsc", check="two")
    late = dataclasses.replace(PROGRESS, states=123_456_789, queue=12_345_678, depth=999, seconds=600.0)
    assert len(progress_module.progress_line(early)) == len(progress_module.progress_line(late))


def test_a_fault_of_ours(answer, dscheck):
    answer(ZeroDivisionError("division by zero"))
    code, out, err = dscheck("check", "x.dsc")
    assert (code, out) == (4, "")
    assert "a fault in dscheck, not in your spec: ZeroDivisionError: division by zero" in err
    assert "Traceback" not in err
    file = Path(re.search(r"\S+dscheck-fault-\S+\.txt", err)[0])
    assert "ZeroDivisionError: division by zero" in file.read_text(encoding="utf-8")
    file.unlink()


def test_check_names_may_fail(samples, answer, dscheck, monkeypatch):
    empty = dataclasses.replace(samples["green"].files[0], checks=())
    answer(dataclasses.replace(samples["green"], files=(empty,)))

    def fails(path):
        diagnostic = samples["wrong"].files[0].diagnostics[0]
        raise SpecError(samples["wrong"].files[0].source, (diagnostic,))

    monkeypatch.setattr("dscheck.workflow.check_names", fails)
    assert dscheck("check", "x.dsc", "--check", "two")[0] == 2
