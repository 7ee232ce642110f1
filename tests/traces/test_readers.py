"""Is each format recognised, and what does its reader make of a small good file and of a bad line?"""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
from traces.log_mappings import CCF, ETCD_RAFT, EWD998, FS_LOCK, POBSERVE
from traces.log_samples import (
    CSV,
    JEPSEN_EDN,
    JEPSEN_LOG,
    NATIVE,
    NDJSON,
    NDJSON_MAPPING,
    SAMPLES,
    SHIVIZ,
    TEXT,
)

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace, TraceHeader
from dscheck.traces.formats.edn import values
from dscheck.traces.formats.field_mapping import parse_mapping
from dscheck.traces.formats.readers import READERS, choose, read_source, read_traces
from dscheck.traces.formats.readers.json_lines import stream
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import open_source, source_of


def read(text: str | bytes, name: str | None = None, **options: str | None) -> tuple[Trace, ...]:
    return read_source(source_of(text, "log"), name, ReadOptions(**options))


def one(text: str | bytes, name: str | None = None, **options: str | None) -> Trace:
    (trace,) = read(text, name, **options)
    return trace


def refused(text: str | bytes, name: str | None = None, **options: str | None) -> TraceError:
    with pytest.raises(TraceError) as raised:
        read(text, name, **options)
    return raised.value


# Which format is it?


@pytest.mark.parametrize("name", [reader.name for reader in READERS])
def test_each_format_is_recognised_by_its_sample(name: str) -> None:
    text, options = SAMPLES[name]
    reader, why = choose(source_of(text, "log"), None, ReadOptions(**options))
    assert reader.name == name
    assert why.startswith(f"{name}, since ")
    assert read(text, **options) == read(text, None, **options)
    assert {trace.format for trace in read(text, **options)} == {name}


def test_a_name_that_is_nearly_one_is_told() -> None:
    assert refused(NATIVE, "jepsen_edn").help == "did you mean `jepsen-edn`?"
    assert "shiviz" in refused(NATIVE, "?").help


def test_what_is_not_known_by_sight_is_told() -> None:
    error = refused("hello\n")
    assert "not known by sight" in error.message
    assert all(way in error.help for way in ("--from", "--mapping", "--pattern", "--delimiter"))
    assert refused(" \n").message == "the file is empty"


def test_a_format_is_recognised_by_a_long_first_line() -> None:
    """A header may have the initial values of many variables."""
    header = {"format": "dscheck-trace/1", "init": {f"Node[{number}].x": 0 for number in range(20_000)}}
    event = {"node": "a", "seq": 1}
    text = f"{json.dumps(header)}\n{json.dumps(event)}\n"
    assert len(source_of(text).head) > 1 << 16
    trace = one(text)
    assert (trace.format, len(trace.events)) == ("native", 1)
    assert len(source_of("x" * (1 << 23)).head) == 1 << 16


def test_an_error_says_why_the_format_was_chosen() -> None:
    error = refused(NATIVE + "{oops\n")
    assert str(error) == (
        "log:7: not JSON: expecting property name enclosed in double quotes at column 2: 'oops'\n"
        '  format: native, since the first line says "format": "dscheck-trace/1"'
    )


# Where does the text come from?


def test_compressed_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, packed = tmp_path / "t.jsonl", tmp_path / "t.jsonl.gz"
    plain.write_bytes(NATIVE.replace("\n", "\r\n").encode())
    packed.write_bytes(gzip.compress(NATIVE.encode()))
    (first, second) = read_traces([str(plain), str(packed)])
    assert [event.action for event in first.events] == [event.action for event in second.events]
    assert first.events[2].place == Place(str(plain), 4)
    with packed.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        (third,) = read_traces(["-"])
        assert third.events[2].place == Place("-", 4)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="No such file"):
        open_source(str(tmp_path / "none"))
    with pytest.raises(TraceError, match="directory"):
        open_source(str(tmp_path))
    with pytest.raises(TraceError, match="null byte"):
        open_source("a\x00b")


def test_damaged_text_is_told() -> None:
    packed = gzip.compress(NATIVE.encode() * 100)
    assert "ends in the middle" in refused(packed[:-20]).message
    assert "damaged" in refused(packed[:50] + b"damaged" + packed[50:]).message
    error = refused(NATIVE.encode() + b'{"node":"\xff"}')
    assert error.place == Place("log", 7)
    assert error.message == "byte 10 of the line is 0xff, which is not UTF-8"
    assert "UTF-16" in refused(NATIVE.encode("utf-16")).message
    assert one(b"\xef\xbb\xbf" + NATIVE.encode()).events == one(NATIVE).events


# Native


def test_a_native_trace() -> None:
    trace = one(NATIVE)
    assert trace.header == TraceHeader("causal", ("a", "b"), unit="us", skew=5, initial={"x": frozenset({1, 2})})
    send, receipt, take, invoked, done = trace.events
    assert (send.node, send.seq, send.kind, send.msg, send.peer, send.vector) == ("a", 1, "send", "1", "b", {"a": 1})
    assert (receipt.seq, receipt.time, receipt.time_error, receipt.place) == (1, 12, 1, Place("log", 3))
    assert (take.seq, take.action, take.arguments, take.variables) == (2, "Take", {"n": 1}, {"x": {1: "a"}})
    assert (take.lock, take.holds, take.other) == ("l", True, {"colour": "red"})
    assert (invoked.function, invoked.key, invoked.value, invoked.op) == ("cas", "k", [1, 2], done.op)
    assert (invoked.hybrid, invoked.lamport, invoked.version) == ((10, 0), 3, {"a": 2})
    assert (done.seq, done.role, done.term, done.place) == (3, "leader", 2, Place("other.log", 7))
    assert list(stream(source_of(NATIVE, "log"))) == [trace.header, *trace.events]


def test_a_header_begins_an_execution_and_none_is_needed() -> None:
    header = '{"format":"dscheck-trace/1"}\n'
    event = '{"node":"a","action":"x"}\n'
    assert [len(trace.events) for trace in read(event + header + event * 2 + "\n" + header)] == [1, 2, 0]
    assert one(event, order="total").header == TraceHeader("total", ("a",))
    assert [event.seq for event in one(event + '{"node":"a","seq":5}\n' + event).events] == [1, 5, 6]
    assert "neither a header nor a record" in refused("\n", "native").message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "expected a JSON object"),
        ('{"seq":1}', "no `node`"),
        ('{"node":"a","kind":"sent"}', "`kind` holds 'sent', not one of internal, send"),
        ('{"node":"a","ts":1e999}', "too large"),
        ('{"node":"a","vc":{"a":99999999999999999999}}', "`vc` holds"),
        ('{"node":"a","value":{"#set":[1,1]}}', "#set holds an element twice"),
        ('{"node":"c"}', "the header does not name the node `c`"),
        ('{"format":"dscheck-trace/1","clock":{"drift_ppm":1000000}}', "`drift_ppm` of the header holds '1000000'"),
        ('{"format":"dscheck-trace/2"}', "this dscheck reads dscheck-trace/1"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_a_bad_native_line_is_told(line: str, message: str) -> None:
    error = refused(NATIVE + line, "native")
    assert error.place == Place("log", 7)
    assert message in error.message


# Texts


def test_a_clock_in_a_text_has_escaped_quotes() -> None:
    text = '7 "{\\"a\\":1}" a : start\n8 "{\\"b\\":1, \\"a\\":1}" b : go\n'
    (trace,) = read(text, pattern=r'(?<date>\d+) "(?<clock>\{.*\})" (?<host>\w+) : (?<event>.*)')
    assert [event.vector for event in trace.events] == [{"a": 1}, {"b": 1, "a": 1}]


def test_executions_of_a_shiviz_log() -> None:
    first, second = read(SHIVIZ)
    assert (first.name, second.name) == ("log (one)", "log (two)")
    starts, hears = first.events
    assert (starts.node, starts.seq, starts.action, starts.place.line) == ("a", 1, "starts", 4)
    assert (hears.vector, hears.action, hears.place.line) == ({"a": 1, "b": 1}, 'hears of "a"', 6)
    assert second.events[0].vector == {"a": 1, 'x " y': 1}
    assert [trace.events for trace in read(SHIVIZ.replace("\n", "\r\n"))] == [first.events, second.events]


def test_a_shiviz_log_out_of_order_is_numbered_by_its_clocks() -> None:
    trace = one('a {"a":2}\nlater\n\nstray\na {"a":1}\nfirst\n')
    assert [(event.seq, event.action) for event in trace.events] == [(2, "later"), (1, "first")]
    assert "not in order" in trace.notes[0]
    assert "log:4" in trace.notes[1]
    assert refused('a {"a":1}\nx\nstray\n', "shiviz", unmatched="refuse").place.line == 3


def test_bad_shiviz_logs_are_told() -> None:
    assert "no group `clock`" in refused("x", "shiviz", pattern="(?<host>.)(?<event>.)").message
    assert "is wrong" in refused("x", "shiviz", pattern="(").message
    assert refused('a {"a":1}\nx\na {"a":}\ny\n').place.line == 3
    assert "matches nowhere" in refused("x", "shiviz", pattern=r"(?<host>\d)(?<event>.)(?<clock>.)").message


def test_a_text_log_by_a_regular_expression() -> None:
    pattern = SAMPLES["text"][1]["pattern"]
    trace = one(TEXT, pattern=pattern)
    assert [(event.time, event.node, event.action) for event in trace.events] == [
        (10, "a", "starts"),
        (11, "b", "stops"),
    ]
    error = refused(TEXT + "oops\n", pattern=pattern)
    assert (error.place.line, error.message) == (3, "the regular expression does not match: 'oops'")
    assert "line 3" in one(TEXT + "oops\n", pattern=pattern, unmatched="skip").notes[0]


def test_a_table() -> None:
    first, second, third = one(CSV).events
    assert (first.vector, first.variables, first.time, first.other) == ({"a": 1}, {"x": 1}, 10, {"note": "hello"})
    assert (second.variables, second.other, second.place.line) == ({"x": [1]}, {}, 3)
    assert (third.seq, third.other, third.place.line) == (2, {"note": "two\nlines"}, 4)
    assert refused(CSV + "a,b\n").place.line == 6
    assert "no column is called `node`" in refused("host,x\n1,2\n", "csv").message
    assert one("host;x\n1;2\n", mapping="node = host\nvars.x = x\n").events[0].variables == {"x": 2}


# Histories


def test_an_edn_history() -> None:
    trace = one(JEPSEN_EDN)
    invoked, failed, disturbed, reading = trace.events
    assert (invoked.op, invoked.kind, invoked.value, invoked.time) == (failed.op, "invoke", [1, 2], 5)
    assert failed.other == {"error": ["wrong", 'a "b"', [1, 2], 1.5, "1/2", "a"]}
    assert (disturbed.kind, disturbed.action, disturbed.op, disturbed.other) == (
        "internal",
        "kill",
        None,
        {"type": "info"},
    )
    assert (reading.key, reading.value, reading.place.line) == ("k", None, 6)
    lines = "\n".join(line.strip("[] ") for line in JEPSEN_EDN.splitlines())
    assert [event.value for event in one(lines, "jepsen-edn").events] == [event.value for event in trace.events]


def test_characters_in_edn() -> None:
    read_characters = [value for _, value in values(r"\a \newline \u0041 \AAout \uzzzz", "f")]
    assert read_characters == ["a", "\n", "A", "A", "u"]


def test_a_json_history_in_an_array_or_in_lines() -> None:
    text = SAMPLES["jepsen-json"][0]
    array, lines = one(text), one("\n".join(map(json.dumps, json.loads(text))))
    assert array.events == lines.events
    assert [(event.kind, event.op) for event in array.events] == [
        ("invoke", "0#1"),
        ("info", "0#1"),
        ("internal", None),
    ]


def test_a_log_of_jepsen() -> None:
    trace = one(JEPSEN_LOG)
    assert [(event.node, event.kind, event.value) for event in trace.events] == [
        ("0", "invoke", 4),
        ("1", "invoke", [1, 2]),
        ("0", "info", 4),
    ]
    assert trace.events[2].other == {"error": "timed-out"}
    assert "line 2" in trace.notes[-1]
    assert refused(JEPSEN_LOG + "INFO jepsen.util - 3 :begin :x\n").place.line == 5


def test_parts_of_a_history_may_be_missing() -> None:
    trace = one(
        "{:process 1 :type :ok :f :read :value 1}{:process 1 :type :invoke :f :read}{:process 1 :type :invoke :f :read}"
    )
    assert [event.op for event in trace.events] == ["1#1", "1#2", "1#3"]
    assert "ends an operation that it did not begin" in trace.notes[1]
    assert "has not ended" in trace.notes[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{:process 1 :type :ok}", "`[` is never closed"),
        ("[{:process 1 :type :ok}))", "`)` closes nothing"),
        ("[{:process 1 :type}]", "a key without a value"),
        ("[{:process 1 :type :what}]", "the :type of an operation is 'what'"),
        ("[{:type :ok}]", "has no :process"),
        ('[{:type "]', "not EDN"),
        ("[" * 200, "nested too deeply"),
        ("[]", "no operation"),
    ],
)
def test_a_bad_history_is_told(text: str, message: str) -> None:
    assert message in refused(text, "jepsen-edn").message


# Mappings


def test_ndjson_through_a_mapping() -> None:
    trace = one(NDJSON, mapping=NDJSON_MAPPING)
    sent, got = trace.events
    assert trace.header == TraceHeader("causal", ("a", "b"), initial={"N": 2})
    assert (sent.node, sent.kind, sent.msg, sent.time, sent.arguments, sent.peer) == (
        "a",
        "send",
        "Ping#1",
        500_000_000,
        {"x": 2},
        "b",
    )
    assert (got.node, got.kind, got.msg, got.peer, got.place.line) == ("b", "recv", "Ping#1", None, 4)
    assert "needed" in refused(NDJSON, "ndjson").message
    assert "keeps no record" in refused(NDJSON, mapping=NDJSON_MAPPING.replace("t -> true", "x -> true")).message


@pytest.mark.parametrize("text", [ETCD_RAFT, EWD998, CCF, POBSERVE, FS_LOCK])
def test_the_examples_are_mappings(text: str) -> None:
    assert parse_mapping(text).rules


@pytest.mark.parametrize(
    ("text", "message", "help_text"),
    [
        ("nod = x", "there is no field `nod`", "did you mean `node`?"),
        ("  a -> b", "a translation without a field", ""),
        ("node", "expected `field = path`", ""),
        ("node = a..b", "this is no path", ""),
        ("node = x\n  /(/ -> 1", "is wrong", ""),
        (r"node = x" + "\n  /a/ -> \\1", "is wrong", ""),
        ("node = x\n  a", "expected `pattern -> value`", ""),
        ("header.order = some", "not one of total, causal, per-node", ""),
        ("sort = name", "not one of time", ""),
    ],
)
def test_a_bad_mapping_is_told(text: str, message: str, help_text: str) -> None:
    with pytest.raises(TraceError) as raised:
        parse_mapping(text, "m.map")
    assert message in raised.value.message
    assert help_text in raised.value.help
    assert raised.value.place == Place("m.map", text.count("\n") + 1)


def test_times_of_a_mapping() -> None:
    text = '{"d": "2023-12-01 16:10:34.000911", "n": "a"}\n{"d": "2023-12-01T17:10:34,000911+01:00", "n": "a"}\n'
    first, second = one(text, mapping="node = n\nts = date(d)").events
    assert first.time == second.time == 1_701_447_034_000_911_000
    error = refused('{"d": "soon", "n": "a"}', mapping="node = n\nts = date(d)")
    assert "'soon' is no date" in error.message
    assert error.help == "mapping:2"


def test_what_fills_up_a_compressed_file_is_no_damage() -> None:
    text = '{"node": "a", "ts": 1}\n'
    (trace,) = read(gzip.compress(text.encode()) + b"\0" * 512)
    assert len(trace.events) == 1


def test_what_is_wrong_with_json_is_said_once() -> None:
    assert refused('{"node": "a", "ts": 1}\n{"node": "b').message.startswith(
        "not JSON: unterminated string at column 10"
    )
    assert "jq" in refused('[{"node": "a", "ts": 1}]').help


def test_truth_values_of_a_table_may_have_capitals() -> None:
    (trace,) = read("node,lock,hold\na,L,True\na,L,FALSE\n")
    assert [event.holds for event in trace.events] == [True, False]
