"""Is the JSON what its schema says, nothing less and nothing else?"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dscheck.api import check_text
from dscheck.report.as_json import report_as_data, report_as_json

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check-report.schema.json").read_text(encoding="utf-8"))
NAMES = ["blocks", "broken", "empty", "green", "many", "mixed", "sheet", "unknown", "wrong"]


def closed(schema: Any) -> Any:
    """The schema without room for keys that it does not describe."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result.setdefault("additionalProperties", False)
    return result


@pytest.mark.parametrize("name", NAMES)
def test_golden(name, samples, golden):
    golden(f"{name}.json", report_as_json(samples[name]))


@pytest.mark.parametrize("name", NAMES)
def test_validates(name, samples):
    data = json.loads(report_as_json(samples[name]))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(data, SCHEMA)
    jsonschema.validate(data, closed(SCHEMA))


def test_a_closed_schema_rejects_what_is_not_described(samples):
    data = report_as_data(samples["green"])
    data["files"][0]["checks"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, closed(SCHEMA))


def test_the_fields_of_a_check(samples):
    (check,) = report_as_data(samples["broken"])["files"][0]["checks"]
    assert list(check) == [
        "name", "line", "settings", "expect", "outcome", "reason", "met", "engine", "states", "transitions", "depth",
        "complete", "seconds", "peak_memory_bytes", "properties", "counterexamples", "assuming", "assumptions", "notes",
        "warnings", "replay",
    ]  # fmt: skip
    (run,) = check["counterexamples"]
    assert list(run) == ["property", "line", "length", "loop_from", "initial", "initial_texts", "steps", "why"]
    assert run["length"] == len(run["steps"]) == 6
    assert list(run["steps"][0]) == ["process", "kind", "action", "label", "bindings", "sent", "received", "changes"]
    assert run["steps"][2]["received"] == [{"message": "Acquire", "from": "Client[0]", "to": "Server"}]
    assert run["steps"][2]["changes"] == {"Server.holder": {"from": "none", "to": "Client[0]"}}
    assert check["settings"] == {"N": 2, "network.order": "unordered", "network.loss": 0}


def test_unknown_is_not_met(samples):
    check = report_as_data(samples["unknown"])["files"][0]["checks"][1]
    assert (check["outcome"], check["met"]) == ("unknown", False)


def test_a_file_that_cannot_be_read_says_why(samples):
    files = report_as_data(samples["mixed"])["files"]
    assert files[0]["checks"] == []
    assert files[0]["diagnostics"][0]["message"] == "there is no file specs/nosuch.dsc"
    assert "diagnostics" not in files[1]


def test_places_are_lines_and_columns_from_one(samples):
    first = report_as_data(samples["wrong"])["files"][0]["diagnostics"][0]
    assert first["place"] == {"line": 7, "column": 23, "end_line": 7, "end_column": 28}
    assert first["fix"]["replacement"] == "leader"


def test_a_block_has_exact_values_and_arrows_between_its_events(samples):
    (file,) = report_as_data(samples["blocks"])["files"]
    sheet, _, cristian = file["blocks"]
    assert [claim["value"] for claim in sheet["claims"]] == [None, [2, 1, 0], None, None]
    assert cristian["claims"][0]["value"] == "614/99"
    assert (cristian["met"], cristian["outcome"]) == (False, "unknown")
    events = sheet["diagram"]["events"]
    first = sheet["diagram"]["arrows"][0]
    assert (events[first["start"]]["name"], events[first["end"]]["name"]) == ("b", "c")
    assert events[0]["values"] == {"L": "1", "V": "[1, 0, 0]"}


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_of_a_block_is_a_float(name, samples):
    for file in report_as_data(samples[name])["files"]:
        for block in file.get("blocks", ()):
            json.loads(json.dumps(block | {"seconds": 0}), parse_float=pytest.fail)


def test_events_of_a_step_are_described():
    report = check_text(
        "protocol P\nprocess A:\n    var done: bool = false\n    action go when not done:\n        done = true\n"
        "        event gone\ninvariant not_yet: not A.done\n"
    )
    data = report_as_data(report)
    (run,) = data["files"][0]["checks"][0]["counterexamples"]
    assert [step["events"] for step in run["steps"]] == [["gone"]]
    jsonschema.validate(data, closed(SCHEMA))
