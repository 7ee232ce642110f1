"""Is every trace that can be read judged, however strange: an answer for each check, whole as data and as text?"""

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.report.columns import WIDTH, display_width
from dscheck.report.traces_as_json import traces_as_json
from dscheck.report.traces_as_text import TraceTextOptions, traces_as_text
from dscheck.trace_answers import verify
from dscheck.traces.asking import DELIVERY_WORDS, TraceQuestion
from dscheck.traces.checks import MODELS, NAMES
from dscheck.traces.errors import TraceError
from dscheck.traces.formats.readers import read_source
from dscheck.traces.formats.sources import source_of
from dscheck.traces.formats.writers.json_lines import write

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "verify-report.schema.json").read_text("utf-8"))
NODES = st.sampled_from(["a", "b", "Client[0]", "é\x07"])
SMALL = st.integers(0, 3)
NUMBERS = st.one_of(SMALL, st.integers(-(2**63) + 1, 2**63 - 1))
CLOCKS = st.dictionaries(NODES, st.one_of(SMALL, st.integers(0, 2**63 - 1)), max_size=3)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), SMALL, st.sampled_from(["x", "nil", "☃"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xyz"), inner, max_size=2)),
    max_leaves=4,
)
FUNCTIONS = st.sampled_from(
    ["read", "write", "cas", "append", "get", "put", "acquire", "release", "enqueue", "dequeue", "add", "push", "pop",
     "txn", "inc", "contains", "remove", "swim"]
)  # fmt: skip
KINDS = st.sampled_from(["internal", "send", "recv", "invoke", "ok", "fail", "info"])
EVENTS = st.fixed_dictionaries(
    {"node": NODES},
    optional={
        "kind": KINDS,
        "seq": st.integers(1, 4),
        "msg": st.sampled_from(["m1", "m2", "m3"]),
        "peer": NODES,
        "f": FUNCTIONS,
        "key": VALUES,
        "value": VALUES,
        "action": st.sampled_from(["go", "stop\n now"]),
        "vars": st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=2),
        "ts": NUMBERS,
        "ts_err": SMALL,
        "lc": SMALL,
        "vc": CLOCKS,
        "hlc": st.tuples(SMALL, SMALL).map(list),
        "vv": CLOCKS,
        "lock": st.sampled_from("LM"),
        "hold": st.booleans(),
        "term": NUMBERS,
        "role": st.sampled_from(["leader", "follower"]),
    },
)
HEADERS = st.fixed_dictionaries(
    {"format": st.just("dscheck-trace/1")},
    optional={
        "order": st.sampled_from(["total", "causal", "per-node"]),
        "gaps": st.booleans(),
        "clock": st.fixed_dictionaries(
            {}, optional={"skew": SMALL, "drift_ppm": st.sampled_from([0, 10, 10**6, 10**9])}
        ),
        "delay": st.fixed_dictionaries({}, optional={"min": SMALL, "max": SMALL}),
        "init": st.fixed_dictionaries({}, optional={"value": VALUES, "x": VALUES}),
        "delivery": st.one_of(st.lists(st.sampled_from(DELIVERY_WORDS), max_size=2), VALUES),
        "model": st.one_of(st.sampled_from(MODELS), VALUES),
        "spec": st.just("no/such.dsc"),
    },
)
QUESTIONS = st.builds(
    TraceQuestion,
    checks=st.one_of(st.just(()), st.just(tuple(name for name in NAMES if name != "conformance"))),
    model=st.one_of(st.none(), st.sampled_from(MODELS)),
    lease=st.one_of(st.none(), SMALL),
    skew=st.one_of(st.none(), SMALL),
    timeout=st.just(5.0),
)


@settings(max_examples=150, deadline=None)
@given(HEADERS, st.lists(EVENTS, max_size=14), QUESTIONS)
def test_any_trace_is_judged(header, events, asked):
    text = "".join(json.dumps(each) + "\n" for each in [header, *events])
    try:
        traces = read_source(source_of(text, "run.jsonl"))
    except TraceError:
        return
    report = verify(traces, asked)
    for trace in report.traces:
        named = [each.check for each in trace.findings]
        assert len(set(named)) == len(named)
        assert set(named) >= set(asked.checks)
        for finding in trace.findings:
            assert finding.reason
            assert finding.outcome != "rejected" or finding.events or finding.core
    data = json.loads(traces_as_json(report))
    jsonschema.validate(data, SCHEMA)
    for everything in (False, True):
        told = traces_as_text(report, TraceTextOptions(everything=everything))
        for line in told.splitlines():
            assert line.isprintable()
            assert line == line.rstrip()
            assert display_width(line) <= WIDTH, line


@settings(max_examples=60, deadline=None)
@given(HEADERS, st.lists(EVENTS, max_size=10))
def test_a_written_trace_gets_the_same_verdicts(header, events):
    text = "".join(json.dumps(each) + "\n" for each in [header, *events])
    try:
        traces = read_source(source_of(text, "run.jsonl"))
    except TraceError:
        return
    again = read_source(source_of("".join(write(traces)), "run.jsonl"))

    def answers(report):
        return [replace(finding, seconds=0.0, data={}) for trace in report.traces for finding in trace.findings]

    with redirect_stdout(io.StringIO()) as printed:
        assert answers(verify(traces, TraceQuestion())) == answers(verify(again, TraceQuestion()))
    assert not printed.getvalue()
