"""Are events that are held as columns the same events, and is every verdict and explanation the same?"""

import gzip
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import executions, trace_of
from traces.log_samples import NATIVE, NDJSON, NDJSON_MAPPING

from dscheck import trace_answers
from dscheck.trace_answers import verify
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.causality.columns import columns_of, vector_matrix
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.checks import NAMES
from dscheck.traces.event import Event, Place, Trace
from dscheck.traces.formats.fields import KINDS
from dscheck.traces.formats.json_text import DECODER, fast_decode
from dscheck.traces.formats.readers import read_source
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import source_of
from dscheck.traces.packed_events import EventList, PackedEvents, nodes_in

OF_SPECS = frozenset({"arguments", "variables", "before", "other"})
NAMED = st.sampled_from(["a", "b", "c"])
SMALL = st.integers(0, 3)
CLOCKS = st.dictionaries(NAMED, st.integers(0, 4) | st.integers(0, 2**63 - 1), max_size=3)
FIELDS = {
    "kind": st.sampled_from(KINDS), "seq": st.integers(1, 5), "msg": st.sampled_from(["m1", "m2", "m3"]),
    "peer": NAMED, "action": st.sampled_from(["go", "stop"]), "vc": CLOCKS, "lc": SMALL, "hlc": st.just([1, 2]),
    "vv": CLOCKS, "ts": st.integers(-(2**63) + 1, 2**63 - 1) | SMALL, "ts_err": SMALL, "lock": st.just("L"),
    "hold": st.booleans(), "term": SMALL, "role": st.just("leader"), "f": st.sampled_from(["read", "write"]),
    "key": SMALL, "value": st.none() | st.lists(SMALL, max_size=1) | SMALL, "vars": st.just({"x": {"#set": [1]}}),
    "src": st.just(["other.log", 7]), "note": st.just("unknown"), "op": st.just("o1"),
}  # fmt: skip
RECORDS = st.lists(st.fixed_dictionaries({"node": NAMED}, optional=FIELDS), min_size=1, max_size=12)
HEADERS = st.fixed_dictionaries(
    {"format": st.just("dscheck-trace/1")},
    optional={"order": st.sampled_from(["total", "causal"]), "gaps": st.booleans(), "nodes": st.just(["c", "b", "a"])},
)


def read(text: str, **options: Any) -> tuple[Trace, ...]:
    return read_source(source_of(text, "run.jsonl"), "native", ReadOptions(**options))


def packed(trace: Trace) -> Trace:
    return replace(trace, events=PackedEvents(trace.events, OF_SPECS))


def answers(traces: Sequence[Trace], checks: tuple[str, ...] = ()) -> list[Any]:
    report = verify(traces, TraceQuestion(checks=checks, delivery=("fifo", "causal", "lossless"), skew=2))
    return [replace(finding, seconds=0.0) for trace in report.traces for finding in trace.findings]


@settings(deadline=None)
@given(HEADERS, RECORDS)
def test_the_events_are_the_same(header: dict[str, Any], records: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(each) + "\n" for each in (header, *records))
    plain, columns = read(text), read(text, packed_from=2)
    assert plain == columns
    assert isinstance(columns[0].events, PackedEvents) == (len(records) > 1)
    events, again = plain[0].events, columns[0].events
    assert [again[at] for at in range(-len(again), len(again))] == [*events, *events]
    assert again[1:3] == events[1:3]
    assert nodes_in(again) == nodes_in(events)
    assert matched_messages(again) == matched_messages(events)
    assert list(matched_messages(again).send_of) == list(matched_messages(events).send_of)
    one, two = columns_of(plain[0]), columns_of(columns[0])
    assert (one.nodes, one.index.tolist(), one.starts.tolist()) == (two.nodes, two.index.tolist(), two.starts.tolist())
    assert vector_matrix(one, one.row).tolist() == vector_matrix(two, two.row).tolist()


@settings(deadline=None, max_examples=60)
@given(HEADERS, RECORDS)
def test_any_trace_gets_the_same_answers(header: dict[str, Any], records: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(each) + "\n" for each in (header, *records))
    everything = tuple(name for name in NAMES if name != "conformance")
    assert answers(read(text), everything) == answers(read(text, packed_from=1, unread=OF_SPECS), everything)


@settings(deadline=None, max_examples=100)
@given(executions(12), st.data())
def test_good_and_mutated_executions_get_the_same_answers(events: tuple[Event, ...], data: st.DataObject) -> None:
    trace = trace_of(events, data.draw(st.sampled_from(["per-node", "causal"])))
    if events and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(events) - 1))
        event = events[at]
        names = sorted(event.vector or {"a": 0})
        bumped = {**(event.vector or {}), data.draw(st.sampled_from(names)): data.draw(st.integers(0, 5))}
        mutated = data.draw(st.sampled_from(["drop", "bump", "double"]))
        middle = {"drop": (), "bump": (replace(event, vector=bumped),), "double": (event, event)}[mutated]
        trace = replace(trace, events=(*events[:at], *middle, *events[at + 1 :]))
    assert answers([trace]) == answers([packed(trace)])


def test_what_nobody_asks_for_is_left_out_unless_the_header_names_a_spec() -> None:
    (trace,) = read(NATIVE, packed_from=1, unread=OF_SPECS)
    assert all(not event.variables and not event.other for event in trace.events)
    named = NATIVE.replace('"order"', '"spec":"x.dsc","order"', 1)
    (kept,) = read(named, packed_from=1, unread=OF_SPECS)
    assert kept.events == read(named)[0].events
    assert any(event.variables for event in kept.events)


def test_a_mapped_log_is_packed_too() -> None:
    options = ReadOptions(mapping=NDJSON_MAPPING)
    (plain,) = read_source(source_of(NDJSON, "log"), None, options)
    (columns,) = read_source(source_of(NDJSON, "log"), None, replace(options, packed_from=1))
    assert isinstance(columns.events, PackedEvents)
    assert plain == columns


def test_a_list_is_packed_when_it_grows_long() -> None:
    events = [Event("a", at, place=Place("f", at)) for at in range(1, 10_001)]
    for limit in (None, 1, 4_000, 9_999, 10_000, 10_001):
        held = EventList(limit)
        for event in events:
            held.append(event)
        assert len(held) == len(events)
        assert isinstance(held.events(), PackedEvents) == (limit is not None and limit <= 10_000)
        assert held.events() == tuple(events)


def test_a_large_compressed_stream_is_packed_and_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"node": "a", "seq": at, "vc": {"a": at}}) for at in range(1, 40)]
    lines[20] = json.dumps({"node": "a", "seq": 21, "vc": {"a": 30}})
    file = tmp_path / "t.gz"
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    said = []
    for limit in (5, 10_000):
        monkeypatch.setattr(trace_answers, "PACKED_FROM", limit)
        with file.open("rb") as opened:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(opened))
            (result,) = verify(["-"], TraceQuestion(checks=("causality",))).traces
        said.append(replace(result.findings[0], seconds=0.0))
    assert said[0] == said[1]
    assert said[0].outcome == "rejected"
    assert said[0].core[0].place == Place("-", 22)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)
TOKENS = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"a"', '"\\ud800"', "1", "-0", "1e999", "NaN", "9" * 25, "0.1", " "]
)


@settings(deadline=None, max_examples=300)
@given(JSON.map(json.dumps) | st.lists(TOKENS, max_size=6).map("".join))
def test_the_fast_decoder_understands_what_it_accepts_as_the_other_does(text: str) -> None:
    try:
        fast = fast_decode()(text)
    except ValueError:
        return
    assert repr(DECODER.decode(text)) == repr(fast)
