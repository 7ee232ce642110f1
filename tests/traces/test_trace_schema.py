"""Does the schema in docs/ describe the native format as it is read and written?"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from traces.log_samples import NATIVE, SAMPLES

from dscheck.traces.errors import TraceError
from dscheck.traces.formats.fields import FIELDS
from dscheck.traces.formats.header_fields import HEADER_FIELDS
from dscheck.traces.formats.readers import read_source
from dscheck.traces.formats.readers.json_lines import OF_HEADER
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import source_of
from dscheck.traces.formats.writers import WRITERS

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "dscheck-trace.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema_and_names_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["event"]["properties"].keys() == {
        *FIELDS,
        "other",
        "observes",
    }


def test_it_names_every_field_of_a_header_that_is_read() -> None:
    assert SCHEMA["$defs"]["header"]["properties"].keys() == {*OF_HEADER, *HEADER_FIELDS}


# Writers copy what they do not know; the rest of the code asks `header_says`, which knows the table alone.
COPIERS = {"dscheck/traces/formats/writers/json_lines.py", "dscheck/traces/formats/writers/itf.py"}
COPIERS |= {"dscheck/traces/formats/header_fields.py", "dscheck/cli/simulate.py"}


def _reads_of_unknown_fields(tree: ast.AST) -> Iterator[int]:
    """Lines that say `header.other`, whichever way the header is come by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "other":
            of = node.value
            if (of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")) == "header":
                yield node.lineno


def test_no_code_reads_other_fields_of_a_header() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "dscheck").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in COPIERS
        for line in _reads_of_unknown_fields(ast.parse(path.read_text("utf-8")))
    }
    assert found == set()
    assert list(_reads_of_unknown_fields(ast.parse("trace.header.other.get('new')"))) == [1]


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
    {"node": "a", "dot": ["a"]},
    {"node": "a", "dot": ["a", 0]},
    {"node": "a", "vv_context": [["a", 1]]},
    {"node": "a", "siblings": {"a": 1}},
    {"node": "a", "siblings": [["a", "1"]]},
    {"node": "a", "siblings": [{"a": -1}]},
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
    {"format": "dscheck-trace/1", "check": 1},
    {"format": "dscheck-trace/1", "set": {"N": [1]}},
    {"format": "dscheck-trace/1", "set": ["N"]},
    {"format": "dscheck-trace/1", "hidden": "elect"},
    {"format": "dscheck-trace/1", "ignore": [1]},
    {"format": "dscheck-trace/1", "words": {"tok": 1}},
    {"format": "dscheck-trace/1", "processes": ["n1"]},
    {"format": "dscheck-trace/1", "model": ["lock"]},
    {"format": "dscheck-trace/1", "delivery": "fifo"},
]


GOOD: list[dict[str, Any]] = [
    {"check": "two", "set": {"N": 3, "lossy": True, "share": 0.5, "mode": "fast"}},
    {"hidden": ["elect", "advance"], "ignore": [], "words": {"tok": "Token"}, "processes": {"n1": "Node[0]"}},
    {"model": "cas-register", "delivery": ["fifo", "duplicates"]},
    {"check": None, "set": None, "hidden": None, "words": None, "model": None, "delivery": None},
]


@pytest.mark.parametrize("fields", GOOD, ids=json.dumps)
def test_what_the_schema_takes_of_a_header_the_reader_takes(fields: dict[str, Any]) -> None:
    record = {"format": "dscheck-trace/1", **fields}
    VALIDATOR.validate(record)
    (trace,) = read_source(source_of(json.dumps(record)), "native")
    for line in WRITERS["native"]((trace,)):
        VALIDATOR.validate(json.loads(line))
        assert {name: value for name, value in json.loads(line).items() if name in fields} == fields


@pytest.mark.parametrize("record", BAD, ids=json.dumps)
def test_what_the_schema_refuses_the_reader_refuses(record: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(record)
    with pytest.raises(TraceError):
        read_source(source_of(json.dumps(record)), "native")
