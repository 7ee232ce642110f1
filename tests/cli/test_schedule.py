"""Does `dscheck schedule` answer the blocks of files, draw each, and say what to write where there is none?"""

import json

import pytest

SHEET = """\
protocol P

schedule sheet:
    A: a, b sends m
    B: receives m as c
    clock lamport as L
    expect L(c) == ?

schedule other:
    A: a
    B: b
    expect a || b
"""
TIMING = """
const N = 2

timing lease:
    at x
    at y after x by [N, 9]
    query least = min T(y) - T(x)
    expect least == 2
"""
CHECKED = "protocol P\nprocess Q:\n    var x: 0..1 = 0\n    action go:\n        x = 1 - x\ncheck one: expect holds\n"


@pytest.fixture
def spec(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, name="p.dsc"):
        (tmp_path / name).write_text(text)
        return name

    return write


def test_each_is_drawn(spec, dscheck):
    code, out, err = dscheck("schedule", spec(SHEET + TIMING))
    assert (code, err) == (0, "")
    assert "L(c) = 3" in out
    assert "● c  3" in out
    assert "● b" in out
    assert "least = 2" in out
    assert out.endswith("\n2 schedules and 1 timing block: 3 met\n")


def test_one_by_its_name(spec, dscheck):
    code, out, _ = dscheck("schedule", spec(SHEET), "--check", "other")
    assert code == 0
    assert out.endswith("\n1 schedule: 1 met\n")
    assert "sheet" not in out


def test_check_answers_and_draws_when_one_is_named(spec, dscheck):
    file = spec(SHEET)
    assert "●" not in dscheck("check", file)[1]
    assert "● c" in dscheck("check", file, "-v")[1]
    assert "● c" in dscheck("check", file, "--check", "sheet")[1]
    assert dscheck("check", file, "-q")[1] == "2 schedules: 2 met\n"


def test_a_constant_from_outside(spec, dscheck):
    code, out, _ = dscheck("schedule", spec("protocol P\n" + TIMING), "--set", "N=3")
    assert code == 1
    assert "least = 3" in out
    assert "next      dscheck schedule p.dsc --check lease --set N=3" in out


def test_json_has_the_blocks_alone(spec, dscheck, tmp_path):
    code, out, _ = dscheck("schedule", spec(SHEET + CHECKED.partition("\n")[2]), "--format", "json")
    (file,) = json.loads(out)["files"]
    assert (code, file["checks"], [block["name"] for block in file["blocks"]]) == (0, [], ["sheet", "other"])
    assert dscheck("schedule", "p.dsc", "--format", "json", "-o", tmp_path / "out.json")[1] == ""
    assert [block["name"] for block in json.loads((tmp_path / "out.json").read_text())["files"][0]["blocks"]]


def test_a_file_without_blocks_is_told_what_to_write(spec, dscheck):
    code, out, err = dscheck("schedule", spec(CHECKED))
    assert (code, out) == (2, "")
    assert "error: p.dsc has no schedule and no timing block" in err
    assert "schedule sheet:" in err


def test_the_advice_can_be_taken(spec, dscheck):
    """What the help says to write is a schedule that is answered."""
    err = dscheck("schedule", spec(CHECKED))[2]
    lines = [line.strip() for line in err.splitlines()[2:]]
    text = "\n    ".join(lines)
    code, out, _ = dscheck("schedule", spec(f"protocol P\n{text}\n", "q.dsc"))
    assert code == 0
    assert "L(c) = 3" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--check", "shet"], "there is no block `shet`\n   = help: did you mean `sheet`?"),
        (["--check", "one"], "there is no block `one`\n   = help: the blocks are sheet, other"),
        (["--timeout", "0"], "--timeout"),
        (["--set", "N"], "'N' does not have the form"),
        (["--format", "yaml"], "'yaml'"),
        (["-o", "nowhere/out.txt"], "cannot write to nowhere/out.txt"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, said, spec, dscheck):
    code, out, err = dscheck("schedule", spec(SHEET + CHECKED.partition("\n")[2]), *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_no_file_at_all(dscheck):
    code, _, err = dscheck("schedule")
    assert code == 2
    assert "which spec?" in err


def test_a_file_with_an_error_tells_of_that(spec, dscheck):
    code, out, _ = dscheck("schedule", spec("protocol P\nschedule sheet:\n    A: a sends\n"))
    assert code == 2
    assert "1 file could not be checked" in out


def test_a_misspelt_block_is_found_by_check_too(spec, dscheck):
    err = dscheck("check", spec(SHEET), "--check", "shet")[2]
    assert "did you mean `sheet`?" in err
