"""Are the blocks of a file answered like its checks: by name, in order, before what rests on them, until Ctrl-C?"""

import shlex

import pytest

import dscheck
from dscheck import workflow
from dscheck.options import CheckOptions, Limits
from dscheck.report.as_text import report_as_text

BLOCKS = """\
protocol P
const N = 2 in 1..9
const FLAG = true

schedule sheet:
    A: a, b sends m
    B: receives m as c
    expect a -> c

timing lease:
    at x
    at y after x by [N, 9]
    query least = min T(y) - T(x)
    expect least == N

schedules all: processes 1..2, events <= 2
    clock lamport as L
    forall x, y: x -> y implies L(x) < L(y)
"""
PROCESS = """
process Q:
    var x: 0..1 = 0
    action go when x == 0:
        x = 1
"""
CHECKS = "\ncheck one: expect deadlock\n\ncheck two: expect violates range\n"


def names(report):
    return [each.name for file in report.files for each in file.questions]


def test_a_file_of_blocks_alone_has_no_check():
    report = dscheck.check_text(BLOCKS)
    assert names(report) == ["sheet", "lease", "all"]
    assert report.ok
    assert [block.line for block in report.blocks] == [5, 10, 16]


def test_blocks_come_before_the_checks():
    report = dscheck.check_text(BLOCKS + PROCESS + CHECKS)
    assert names(report) == ["sheet", "lease", "all", "one", "two"]
    assert report.exit_code() == 1  # nothing of `two` is violated
    assert names(dscheck.check_text(BLOCKS + PROCESS)) == ["sheet", "lease", "all", "everything"]


@pytest.mark.parametrize("asked", [["all"], ["two"], ["sheet", "one"]])
def test_only_what_is_asked_is_answered(asked):
    assert names(dscheck.check_text(BLOCKS + PROCESS + CHECKS, checks=asked)) == asked


def test_names_are_those_of_blocks_and_checks_in_the_order_of_the_file(tmp_path):
    file = tmp_path / "p.dsc"
    file.write_text(BLOCKS + PROCESS + CHECKS)
    assert workflow.check_names(file) == (("sheet", 5), ("lease", 10), ("all", 16), ("one", 25), ("two", 27))
    assert workflow.block_names(file) == (("sheet", 5), ("lease", 10), ("all", 16))


def test_a_constant_comes_from_its_default_or_from_outside():
    def least(**constants):
        (block,) = dscheck.check_text(BLOCKS, checks="lease", constants=constants).blocks
        return block.claims[0].value

    assert least() == "2"
    assert least(N=3) == "3"
    assert dscheck.check_text(BLOCKS, constants={"N": 12}).exit_code() == 2
    assert dscheck.check_text(BLOCKS, constants={"M": 1}).exit_code() == 2


def test_what_a_timing_block_takes_from_outside_is_not_without_effect():
    spec = BLOCKS + PROCESS + "\ncheck one: N = 2 expect deadlock\n"
    assert not any(
        "no effect" in each.message for each in dscheck.check_text(spec, constants={"N": 3}).files[0].diagnostics
    )
    start, end = spec.index("timing lease"), spec.index("schedules all")
    report = dscheck.check_text(spec[:start] + spec[end:], constants={"N": 3})
    assert any("no effect" in each.message for each in report.files[0].diagnostics)


def test_the_command_that_asks_again_answers_the_same(tmp_path, monkeypatch):
    (tmp_path / "p.dsc").write_text(BLOCKS.replace("least == N", "least == 7"))
    monkeypatch.chdir(tmp_path)
    options = CheckOptions(constants={"N": "3"})
    (block,) = (each for each in workflow.answer_paths(["p.dsc"], options).blocks if each.met is False)
    assert shlex.split(block.replay) == ["dscheck", "schedule", "p.dsc", "--check", "lease", "--set", "N=3"]


def test_blocks_alone_are_answered_without_the_checks(tmp_path):
    file = tmp_path / "p.dsc"
    file.write_text(BLOCKS + PROCESS + CHECKS)
    assert names(workflow.answer_paths([file], CheckOptions())) == ["sheet", "lease", "all"]
    assert names(workflow.answer_paths([file], CheckOptions(checks=("one",)))) == []


def test_a_check_that_rests_on_a_block_has_it_answered():
    spec = (
        "protocol P\nprocess Q:\n    var x: 0..1 = 0\n    timer lease\n    on start:\n        start lease\n"
        "    action go when x == 0:\n        x = 1\n    on timeout lease:\n        x = 0\n"
        "assume lease waits until x == 1 because proof\n"
        "timing proof:\n    at a\n    at b after a\n    expect T(a) <= T(b)\n"
        "timing other:\n    at a\n    at b after a\n    expect T(a) <= T(b)\n"
        "check one: expect holds within 3 steps\n"
    )
    report = dscheck.check_text(spec, checks="one")
    assert names(report) == ["proof", "one"]
    assert any("proof" in text for text in report.checks[0].assumptions)


class TestInterrupt:
    @pytest.fixture
    def interrupted(self, monkeypatch):
        def raises(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr("dscheck.timing.answer.answer_timing", raises)
        return dscheck.check_text(BLOCKS + PROCESS + CHECKS)

    def test_what_was_answered_is_told(self, interrupted):
        assert [(block.name, block.met, block.interrupted) for block in interrupted.blocks] == [
            ("sheet", True, False),
            ("lease", None, True),
            ("all", None, True),
        ]
        assert interrupted.exit_code() == 130

    def test_the_rest_is_not_asked(self, interrupted):
        assert [check.reason for check in interrupted.checks] == ["not asked: interrupted before"] * 2
        assert interrupted.blocks[2].reason == "not asked: interrupted before"
        assert "UNKNOWN  lease" in report_as_text(interrupted)


def test_the_observer_hears_of_each_block():
    heard = []
    workflow.check_text(BLOCKS, CheckOptions(limits=Limits(timeout=60)), path="p.dsc", observer=heard.append)
    assert [(each.file, each.check, each.states) for each in heard] == [
        ("p.dsc", "sheet", 0), ("p.dsc", "lease", 0), ("p.dsc", "all", 0),
    ]  # fmt: skip
