"""Does the schema in docs/ describe the native format as it is read and written?"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from traces.log_samples import NATIVE, SAMPLES

from dscheck.traces.errors import TraceError
from dscheck.traces.formats.fields import FIELDS
from dscheck.traces.formats.readers import read_source
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import source_of
from dscheck.traces.formats.writers import WRITERS

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "dscheck-trace.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema_and_names_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["event"]["properties"].keys() == {*FIELDS, "other"}


@pytest.mark.parametrize("line", NATIVE.splitlines())
def test_the_sample_is_valid(line: str) -> None:
    VALIDATOR.validate(json.loads(line))


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_converted_is_valid(name: str) -> None:
    text, options = SAMPLES[name]
    traces = read_source(source_of(text), name, ReadOptions(**options))
    for line in WRITERS["native"](traces):
        VALIDATOR.validate(json.loads(line))


BAD: list[dict[str, Any]] = [
    {},
    {"node": None},
    {"node": 1.5},
    {"node": "a", "seq": 0},
    {"node": "a", "seq": "1"},
    {"node": "a", "kind": "sent"},
    {"node": "a", "msg": ["m"]},
    {"node": "a", "args": 5},
    {"node": "a", "vars": []},
    {"node": "a", "ts": 1.5},
    {"node": "a", "ts_err": -1},
    {"node": "a", "lc": -1},
    {"node": "a", "vc": {"a": "1"}},
    {"node": "a", "vc": {"a": -1}},
    {"node": "a", "vc": [1, 2]},
    {"node": "a", "hlc": [1]},
    {"node": "a", "hlc": [1, -1]},
    {"node": "a", "hold": 1},
    {"node": "a", "term": "2"},
    {"node": "a", "src": ["f", -1]},
    {"format": "dscheck-trace/1", "order": "partial"},
    {"format": "dscheck-trace/1", "nodes": [["a"]]},
    {"format": "dscheck-trace/1", "gaps": "no"},
    {"format": "dscheck-trace/1", "clock": {"unit": "h"}},
    {"format": "dscheck-trace/1", "clock": {"skew": -5}},
    {"format": "dscheck-trace/1", "delay": {"max": "1"}},
    {"format": "dscheck-trace/1", "spec": 5},
    {"format": "dscheck-trace/1", "init": []},
]


@pytest.mark.parametrize("record", BAD, ids=json.dumps)
def test_what_the_schema_refuses_the_reader_refuses(record: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(record)
    with pytest.raises(TraceError):
        read_source(source_of(json.dumps(record)), "native")
