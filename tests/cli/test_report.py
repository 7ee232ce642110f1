"""Does `dscheck report` write a saved answer in every format, and refuse what is none in words?"""

import json

import pytest

from dscheck.cli.main import run
from dscheck.report.formats import FORMATS

SPEC = "specs/lamport_mutex.dsc"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "saved.json"
    assert run(["check", SPEC, "--check", "tied", "--graph", "--format", "json", "-o", str(file), "-q"]) == 0
    return file


@pytest.mark.parametrize("form", ["text", "json", *FORMATS])
def test_every_format(form, saved, tmp_path, capsys):
    out = tmp_path / "out"
    assert run(["report", str(saved), "--format", form, "-o", str(out)]) == 0
    assert "written to" in capsys.readouterr().err
    assert (out.stat().st_size > 0) == (form != "github")  # nothing is wrong, so that it has nothing to say
    assert run(["report", str(saved), "--format", form]) == 0
    assert capsys.readouterr().out == out.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_as_asked_for_at_once(form, saved, capsys):
    assert run(["report", str(saved), "--format", form]) == 0
    from_saved = capsys.readouterr().out
    assert run(["check", SPEC, "--check", "tied", "--format", form]) == 0
    at_once = capsys.readouterr().out
    if form == "junit":  # it tells seconds
        assert len(at_once) == len(from_saved)
    else:
        assert at_once == from_saved


def test_a_format_of_one_run_says_what_it_leaves_out(saved, capsys):
    assert run(["report", str(saved), "--format", "mermaid"]) == 0
    told = capsys.readouterr()
    assert "1 other run by" in told.err
    assert "in_order" in told.out
    assert run(["report", str(saved), "--format", "mermaid", "--run", "2"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "mutex is violated" in told.out


def test_ascii(saved, capsys):
    assert run(["report", str(saved), "--format", "diagram", "--ascii"]) == 0
    body = capsys.readouterr().out
    assert "*" in body
    assert [line for line in body.splitlines() if not line.isascii()] == [
        f"{SPEC} · tied · in_order", f"{SPEC} · tied · mutex",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--run", "9"], "there is no run 9: the answer has 2"),
        (["--check", "nosuch"], "no check `nosuch`"),
    ],
)
def test_what_is_not_there_is_refused(arguments, wanted, saved, capsys):
    assert run(["report", str(saved), "--format", "svg", *arguments]) == 2
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize(("text", "wanted"), [("nonsense", "no JSON"), ("{}", "not an answer of dscheck")])
def test_no_answer(text, wanted, tmp_path, capsys):
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    assert run(["report", str(file)]) == 2
    assert wanted in capsys.readouterr().err
    assert run(["report", str(tmp_path / "missing.json")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_a_check_that_holds_has_no_picture_and_that_is_no_mistake(capsys):
    assert run(["check", SPEC, "--check", "two", "--format", "svg"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "nothing to draw" in told.err


def test_too_large_a_graph(capsys):
    assert run(["check", SPEC, "--check", "three", "--format", "dot"]) == 2
    assert "three has more than 1,000 states" in capsys.readouterr().err


def test_traces(tmp_path, capsys):
    file = tmp_path / "saved.json"
    trace = "traces/clocks_forgetful.jsonl"
    assert run(["verify", trace, "--format", "json", "-o", str(file), "-q"]) == 1
    assert "diagram" in {key for check in json.loads(file.read_text())["checks"] for key in check}
    assert run(["report", str(file), "--format", "svg"]) == 0
    svg = capsys.readouterr().out
    assert 'class="event guilty"' in svg
    assert run(["verify", trace, "--format", "svg"]) == 1
    assert capsys.readouterr().out == svg
