"""Is a saved verdict read back whole, and is what is no verdict refused with its place?"""

import copy
import json

import pytest
from diagrams import FAULTS
from hypothesis import given
from hypothesis import strategies as st
from trace_samples import REPORTS

import dscheck
from dscheck.report.as_json import diagram_as_data, report_as_data, report_as_json
from dscheck.report.as_text import report_as_text
from dscheck.report.saved import document_from, report_from
from dscheck.report.saved_parts import Part, SavedError
from dscheck.report.saved_runs import diagram_from
from dscheck.report.saved_traces import trace_report_from
from dscheck.report.status import TextOptions
from dscheck.report.traces_as_json import traces_as_data, traces_as_json
from dscheck.report.traces_as_text import traces_as_text

NAMES = ["blocks", "broken", "empty", "green", "many", "mixed", "sheet", "unknown", "wrong"]


def saved(report):
    return report_from(document_from(report_as_json(report), "saved.json"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_back_is_told_in_the_same_way(name, samples):
    report = samples[name]
    assert report_as_json(saved(report)) == report_as_json(report)
    for options in (TextOptions(), TextOptions(full_runs=True)):
        told = report_as_text(report, options)
        # Times are kept to the microsecond; the line of claims keeps what it said.
        assert report_as_text(saved(report), options) == told
    assert saved(report).exit_code() == report.exit_code()


@pytest.mark.parametrize("spec", ["lamport_mutex", "two_phase_commit", "vector_worksheet", "cristian", "chubby"])
def test_what_specs_answer_is_read_back(spec):
    report = dscheck.check(f"specs/{spec}.dsc", max_states=3000)
    again = saved(report)
    assert [check.counterexamples for check in again.checks] == [check.counterexamples for check in report.checks]
    assert [block.diagram for block in again.blocks] == [block.diagram for block in report.blocks]
    assert report_as_text(again, TextOptions(full_runs=True)) == report_as_text(report, TextOptions(full_runs=True))


@pytest.mark.parametrize("name", REPORTS)
def test_traces_are_read_back(name):
    report = REPORTS[name]
    again = trace_report_from(document_from(traces_as_json(report), "saved.json"))
    assert traces_as_data(again) == traces_as_data(report)
    assert traces_as_text(again) == traces_as_text(report)
    assert again.exit_code() == report.exit_code()


def test_a_diagram_with_every_fault_is_read_back():
    assert diagram_from(Part(json.loads(json.dumps(diagram_as_data(FAULTS))), "x", "")) == FAULTS


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{", "saved.json:1: this is no JSON"),
        ("[" * 100_000, "saved.json"),
        ("[1]", "not an answer of dscheck"),
        ('{"dscheck": "9", "format": 2, "files": []}', "format 2, and this dscheck reads format 1"),
        ('{"dscheck": "9", "format": 1, "files": 3}', "files is no array"),
        ('{"dscheck": "9", "format": 1, "files": [{"path": 1}]}', "files[0].path is no text"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_place(text, wanted):
    with pytest.raises(SavedError, match=r"^saved\.json") as told:
        report_from(document_from(text, "saved.json"))
    assert wanted in str(told.value)
    assert told.value.help


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*path, key))


@given(st.data())
def test_any_part_may_be_wrong_and_nothing_breaks(samples, data):
    """Whatever stands at any place: the answer is read, or refused in words."""
    whole = report_as_data(samples[data.draw(st.sampled_from(["blocks", "broken", "wrong"]))])
    document = copy.deepcopy(whole)
    *way, last = data.draw(st.sampled_from([path for path in places(whole) if path]))
    at = document
    for key in way:
        at = at[key]
    at[last] = data.draw(st.sampled_from([None, -1, 10**9, 1.5, "", "x", [], {}, [[]], True]))
    try:
        report = report_from(document_from(json.dumps(document), "saved.json"))
    except SavedError as error:
        told = str(error)
    else:
        told = f"saved.json is read: {len(report_as_json(report))}"
    assert told.startswith("saved.json")
