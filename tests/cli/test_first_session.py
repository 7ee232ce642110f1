"""Does a first session go as it should, without anything to configure? The real search runs here."""

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

import dscheck as package

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check-report.schema.json").read_text(encoding="utf-8"))
BUG = "    on Acquire from c:\n"
FIX = "    on Acquire from c when holder == none:\n"


@pytest.fixture
def spec(tmp_path, monkeypatch, dscheck):
    monkeypatch.chdir(tmp_path)
    assert dscheck("new", "mutex")[0] == 0
    return tmp_path / "specs" / "mutex.dsc"


@pytest.fixture
def fixed(spec):
    text = spec.read_text()
    assert text.count(BUG) == 1
    assert FIX.strip() in text  # the comment gives it away
    spec.write_text(text.replace(BUG, FIX))
    return spec


def test_the_bug_is_shown(spec, dscheck):
    code, out, err = dscheck("check", "specs/mutex.dsc")
    assert (code, err) == (1, "")
    assert "VIOLATED  mutual_exclusion in 6 steps" in out
    assert "count(c in Client if c.mode == inside)     = 2" in out
    assert "next  dscheck check specs/mutex.dsc --check safe" in out
    assert out.endswith("1 check: 1 not met\n")


def test_the_fix_turns_it_green_even_under_strict(fixed, dscheck):
    code, out, err = dscheck("check", "specs/mutex.dsc", "--strict")
    assert (code, err) == (0, "")
    assert "warning" not in out
    assert "20 states, 36 transitions, depth 6" in out
    assert dscheck("check", "specs/mutex.dsc", "--strict", "--set", "N=3")[0] == 0


def test_the_spec_is_laid_out_as_agreed(spec, dscheck):
    assert dscheck("format", "--check", "specs/mutex.dsc") == (0, "", "")


def test_the_same_output_each_time(spec, dscheck):
    texts = {"\n".join(line for line in dscheck("check", ".")[1].splitlines() if " s, " not in line) for _ in range(3)}
    assert len(texts) == 1


def test_a_folder_standard_input_and_a_missing_file(spec, dscheck, monkeypatch):
    assert dscheck("check", ".")[0] == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(spec.read_bytes())))
    assert dscheck("check", "-")[0] == 1
    code, out, _ = dscheck("check", "specs/mutx.dsc")
    assert code == 2
    assert "mutex.dsc" in out


def test_a_limit_is_never_green(fixed, dscheck):
    code, out, _ = dscheck("check", "specs/mutex.dsc", "--max-states", "5")
    assert code == 3
    assert "UNKNOWN" in out
    assert "5 states" in out


def test_json(spec, dscheck):
    for arguments, expected in ((["specs/mutex.dsc"], 1), (["specs/mutex.dsc", "nosuch.dsc"], 2)):
        code, out, err = dscheck("check", *arguments, "--format", "json")
        assert (code, err) == (expected, "")
        jsonschema.validate(json.loads(out), SCHEMA)


def test_mistakes_are_all_told_with_their_places(spec, dscheck):
    text = spec.read_text()
    spec.write_text(text.replace("when mode == idle:", "when moed == idle:").replace("Client[N]:", "Client[N]"))
    code, out, _ = dscheck("check", "specs/mutex.dsc")
    assert code == 2
    assert "specs/mutex.dsc:" in out
    assert "^" in out
    assert "1 file could not be checked" in out


def test_an_unknown_check_and_an_unknown_setting(spec, dscheck):
    code, out, err = dscheck("check", "specs/mutex.dsc", "--check", "saef")
    assert code == 2
    assert "`safe`" in out + err
    assert dscheck("check", "specs/mutex.dsc", "--set", "M=3")[0] == 2


@pytest.mark.parametrize("option", ["--ir", "--python", "--syntax"])
def test_show(option, spec, dscheck):
    code, out, err = dscheck("show", "specs/mutex.dsc", option)
    assert (code, err) == (0, "")
    assert "mode" in out


def test_from_python(spec):
    report = package.check(spec)
    assert not report.ok
    assert str(report).endswith("1 check: 1 not met")
    assert report.checks[0].counterexamples[0].length == 6
    assert package.check_text(spec.read_text().replace(BUG, FIX), constants={"N": 3}).ok
