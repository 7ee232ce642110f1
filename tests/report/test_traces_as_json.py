"""Is the JSON about traces what its schema says, nothing less and nothing else?"""

import json
from pathlib import Path

import jsonschema
import pytest
from trace_samples import REPORTS

from dscheck.report.traces_as_json import traces_as_json

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verify-report.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", REPORTS)
def test_validates(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(traces_as_json(REPORTS[name])), SCHEMA)


@pytest.mark.parametrize("name", ["trace-rejected", "trace-errors"])
def test_golden(name, golden):
    golden(f"{name}.json", traces_as_json(REPORTS[name]))


def test_verdicts():
    verdicts = {name: json.loads(traces_as_json(each))["verdict"] for name, each in REPORTS.items()}
    assert verdicts == {
        "trace-accepted": "accepted",
        "trace-rejected": "rejected",
        "trace-long": "rejected",
        "trace-unknown": "unknown",
        "trace-asked": "unknown",
        "trace-many": "rejected",
        "trace-errors": "unknown",
        "trace-nothing": "unknown",
    }


def test_a_check_names_its_trace_and_events():
    data = json.loads(traces_as_json(REPORTS["trace-many"]))
    last = data["checks"][-1]
    assert data["traces"][last["trace"]]["file"] == "run.jsonl"
    assert last["events"] == [
        {"file": "run.jsonl", "line": 17, "text": "n2 acquires L", "role": "while the other holds it"}
    ]
    assert [each["line"] for each in last["core"]] == [17, 12, 40]
    assert last["data"]["('a', 1)"] == [2, 3]
    assert data["counts"] == {"traces": 26, "events": 26 * 1234, "accepted": 25, "rejected": 1, "unknown": 0}
