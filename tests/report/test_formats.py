"""Is each format what those who read it expect? Read back, or held to the shape that the format demands."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import MUTEX_RUN
from trace_samples import REPORTS

import dscheck
from dscheck.graph import GraphEdge, StateGraph
from dscheck.report.diagrams_as_shiviz import report_as_shiviz, vector_clocks
from dscheck.report.formats import FORMATS, NoSuchAnswer, rendered
from dscheck.report.graph_as_dot import graph_as_dot
from dscheck.report.report_as_github import escaped_message, escaped_property
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.run_as_itf import report_as_itf, typed

NAMES = ["blocks", "broken", "mixed", "unknown", "wrong"]


@pytest.mark.parametrize("form", ["junit", "sarif", "github"])
@pytest.mark.parametrize("name", NAMES)
def test_golden(name, form, samples, golden):
    golden(f"{name}{FORMATS[form].suffix}" if form != "github" else f"{name}.github", rendered(samples[name], form))


@pytest.mark.parametrize("form", ["junit", "sarif", "github"])
@pytest.mark.parametrize("name", REPORTS)
def test_traces_too(name, form):
    text = rendered(REPORTS[name], form)
    if form == "junit":
        ElementTree.fromstring(text)
    elif form == "sarif":
        jsonschema.validate(json.loads(text), SARIF)


# --- junit -------------------------------------------------------------------------------------

# What pytest's own `junit_family = xunit2` writes: elements, their parents, the attributes that must be there.
JUNIT = {
    "testsuites": ({None}, set()),
    "testsuite": ({"testsuites"}, {"name", "tests", "failures", "errors", "skipped", "time"}),
    "testcase": ({"testsuite"}, {"classname", "name", "time"}),
    "failure": ({"testcase"}, {"message"}),
    "error": ({"testcase"}, {"message"}),
}


@pytest.mark.parametrize("name", [*NAMES, "green", "many", "sheet"])
def test_junit_has_the_shape_that_pytest_gives_it(name, samples):
    report = samples[name]
    root = ElementTree.fromstring(rendered(report, "junit"))
    parents = {child: parent.tag for parent in root.iter() for child in parent}
    for each in root.iter():
        above, needed = JUNIT[each.tag]
        assert parents.get(each) in above
        assert needed <= {*each.keys()}
    for suite in root:
        assert int(suite.get("tests")) == len(list(suite))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
        assert int(suite.get("errors")) == len(list(suite.iter("error")))
        cases = [case.get("name") for case in suite]
        assert len(cases) == len({*cases})
    green = not list(root.iter("failure")) and not list(root.iter("error"))
    assert green == report.ok


# --- sarif -------------------------------------------------------------------------------------

# A part of SARIF 2.1.0, section 3, written down here: what it demands of what we write, and no keys besides.
SARIF_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
    "additionalProperties": False,
}
SARIF_LOCATION = {
    "type": "object",
    "properties": {
        "message": SARIF_TEXT,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {
                        "uri": {"type": "string", "pattern": r"^([A-Za-z0-9_.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$"}
                    },
                    "additionalProperties": False,
                },
                "region": {
                    "type": "object",
                    "required": ["startLine"],
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
SARIF_FLOW = {
    "type": "object",
    "properties": {"location": SARIF_LOCATION, "executionOrder": {"type": "integer", "minimum": 0}},
    "additionalProperties": False,
}
SARIF_FLOWS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["threadFlows"],
        "properties": {
            "threadFlows": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["locations"],
                    "properties": {"locations": {"type": "array", "minItems": 1, "items": SARIF_FLOW}},
                    "additionalProperties": False,
                },
            }
        },
        "additionalProperties": False,
    },
}
SARIF_RESULT = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": -1},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": SARIF_TEXT,
        "locations": {"type": "array", "items": SARIF_LOCATION},
        "codeFlows": SARIF_FLOWS,
    },
    "additionalProperties": False,
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "semanticVersion": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {"id": {"type": "string"}},
                                            "additionalProperties": False,
                                        },
                                    },
                                },
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": SARIF_RESULT},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize("name", [*NAMES, "green", "many", "sheet"])
def test_sarif_is_what_the_standard_demands(name, samples):
    data = json.loads(rendered(samples[name], "sarif"))
    jsonschema.validate(data, SARIF)
    (run,) = data["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert bool([each for each in run["results"] if each["level"] == "error"]) == (samples[name].exit_code() in {1, 2})


def test_a_run_is_a_code_flow_step_by_step(samples):
    (result,) = json.loads(rendered(samples["broken"], "sarif"))["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [each["executionOrder"] for each in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[0]["location"]["message"]["text"] == "1. Client[0] ask; Client[0].mode = waiting"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 31}


# --- github ------------------------------------------------------------------------------------


@given(st.text())
def test_escaped_texts_are_read_back_as_they_were(text):
    """As GitHub's runner unescapes them; and nothing in them ends the command or the property."""
    message, value = escaped_message(text), escaped_property(text)
    assert not {"\r", "\n"} & {*message}
    assert not {"\r", "\n", ":", ","} & {*value}
    assert message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") == text
    back = value.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    assert back == text


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_a_command(name, samples):
    for line in rendered(samples[name], "github").splitlines():
        assert re.fullmatch(r"::(error|warning) file=[^:,]+(,line=\d+)?(,col=\d+)?,title=[^:,]+::.+", line)


# --- itf and shiviz: accepted by our readers ---------------------------------------------------


def test_itf_is_accepted_back(tmp_path, samples):
    file = tmp_path / "run.itf.json"
    file.write_text(report_as_itf(samples["broken"]), encoding="utf-8")
    trace = dscheck.read_trace(file)
    assert (trace.format, trace.header.initial) == ("itf", dict(MUTEX_RUN.initial_json))
    assert [(event.node, event.action) for event in trace.events] == [
        (step.process, step.action) for step in MUTEX_RUN.steps
    ]
    assert trace.events[-1].variables == {
        "Server.holder": "Client[1]",
        "Client[0].mode": "inside",
        "Client[1].mode": "inside",
    }


def test_itf_of_a_spec_has_sets_and_maps_and_the_loop(tmp_path):
    report = dscheck.check("specs/lamport_mutex.dsc", checks="tied")
    (file,) = report.files
    (check,) = file.checks
    run = replace(check.counterexamples[0], loop_from=2)
    report = replace(report, files=(replace(file, checks=(replace(check, counterexamples=(run,)),)),))
    path = tmp_path / "run.itf.json"
    path.write_text(report_as_itf(report), encoding="utf-8")
    trace = dscheck.read_trace(path)
    assert trace.events[2].variables["Node[0].queue"] == {"Node[0]": 1, "Node[1]": 1}
    assert trace.events[4].variables["Node[1].heard"] == frozenset({"Node[0]"})
    assert trace.notes == ("After the last state the run goes on from state 2.",)


def test_the_text_of_a_value_says_which_kind_of_array_it_is():
    assert typed([1, 2], "[1, 2]") == [1, 2]
    assert typed([1, 2], "{1, 2}") == frozenset({1, 2})
    assert typed([["a", 1]], "{a: 1}") == {"a": 1}
    assert typed("none", "none") == "none"


@pytest.mark.parametrize("name", ["broken", "sheet", "many"])
def test_shiviz_is_accepted_back_and_its_clocks_are_right(name, tmp_path, samples):
    file = tmp_path / "run.log"
    file.write_text(report_as_shiviz(samples[name]), encoding="utf-8")
    report = dscheck.verify(file, checks="causality")
    assert report.ok, report
    assert {trace.format for trace in report.traces} == {"shiviz"}


def test_vector_clocks_grow_along_messages():
    assert vector_clocks(diagram_of(MUTEX_RUN))[2] == {"Client[0]": 1, "Server": 1}


# --- dot ---------------------------------------------------------------------------------------

GRAPH = StateGraph(
    ({"x": "0", "n": "2"}, {"x": '"1"\\', "n": "2"}),
    (0,),
    (GraphEdge(0, 1, "go\non"), GraphEdge(1, 1, "")),
    {1: ("low",)},
)


def test_golden_dot(golden):
    golden("graph.dot", graph_as_dot(GRAPH, 'a "graph"'))


def test_no_graph_is_told(samples):
    with pytest.raises(NoSuchAnswer, match="no graph of states"):
        rendered(samples["broken"], "dot")
