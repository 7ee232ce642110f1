"""Do the traces in `traces/` get the verdicts that their page says, from the checks that it names?"""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from dscheck.cli.main import run
from dscheck.traces.checks import NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "traces" / "README.md").read_text("utf-8")
ROWS = re.findall(r"^\| `dscheck (verify [^`]+)` \| (\w+) \| ([\w-]+) \|", PAGE, re.MULTILINE)
SIMULATED = re.findall(r"^\| `dscheck verify (\S+)` \|.*`dscheck (simulate [^`]+)`", PAGE, re.MULTILINE)
SCHEMA = json.loads((ROOT / "docs" / "dscheck-trace.schema.json").read_text("utf-8"))
EXIT_CODES = {"accepted": 0, "rejected": 1}


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_every_trace_has_its_row_and_every_check_has_one():
    assert {command.split()[1] for command, _, _ in ROWS} == {f"traces/{p.name}" for p in (ROOT / "traces").glob("*.jsonl")}  # fmt: skip # noqa: E501
    assert {check for _, _, check in ROWS} == set(NAMES)


@pytest.mark.parametrize(("command", "verdict", "check"), ROWS, ids=[command for command, _, _ in ROWS])
def test_verdict(command, verdict, check, capsys):
    code = run([*command.split(), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert (code, data["verdict"]) == (EXIT_CODES[verdict], verdict)
    assert [each["outcome"] for each in data["checks"] if each["name"] == check] == [verdict]
    others = {each["outcome"] for each in data["checks"] if each["name"] != check}
    assert others <= {"accepted", "not_asked"}, "one thing is wrong with each"


@pytest.mark.parametrize("path", sorted((ROOT / "traces").glob("*.jsonl")), ids=lambda path: path.name)
def test_lines_keep_to_the_schema(path):
    for line in path.read_text("utf-8").splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)


@pytest.mark.parametrize(("path", "command"), SIMULATED)
def test_simulated_runs_come_out_again(path, command, tmp_path):
    copy = tmp_path / "run.jsonl"
    assert run([*command.split(), "-o", str(copy)]) == 0
    before, after = Path(path).read_text("utf-8").splitlines(), copy.read_text("utf-8").splitlines()
    assert before[1:] == after[1:]
    headers = [json.loads(each[0]) for each in (before, after)]
    assert {**headers[0], "spec": ""} == {**headers[1], "spec": ""}
