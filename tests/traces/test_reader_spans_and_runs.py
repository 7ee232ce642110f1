"""What do the readers of spans (OTLP, Jaeger) and of runs (ITF) make of a good file and of a bad one?"""

import itertools
import json

import pytest
from traces.log_samples import ITF, JAEGER, OTLP

from dscheck.traces.checks import causality, delivery
from dscheck.traces.errors import TraceError
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.readers import read_source
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import source_of
from dscheck.traces.formats.writers import WRITERS


def read(text: str | bytes, name: str | None = None, **options: str | None) -> tuple[Trace, ...]:
    return read_source(source_of(text, "log"), name, ReadOptions(**options))


def one(text: str | bytes, name: str | None = None, **options: str | None) -> Trace:
    (trace,) = read(text, name, **options)
    return trace


def refused(text: str | bytes, name: str | None = None, **options: str | None) -> TraceError:
    with pytest.raises(TraceError) as raised:
        read(text, name, **options)
    return raised.value


def test_spans_are_messages_between_services() -> None:
    trace = one(OTLP)
    assert [(event.node, event.kind, event.msg, event.time) for event in trace.events] == [
        ("front", "send", "b7ad6b7169203331/request", 100),
        ("front", "internal", None, 101),
        ("front", "recv", "b7ad6b7169203331/response", 200),
        ("back", "recv", "b7ad6b7169203331/request", 900),
        ("back", "internal", None, 901),
        ("back", "send", "b7ad6b7169203331/response", 950),
    ]
    first = trace.events[0]
    assert (first.peer, first.action) == ("back", "span b7ad6b7169203331")
    assert first.other["trace"] == "0af7651916cd43dd8448eb211c80319c"
    assert first.other["attributes"] == {"size": 12}
    lines = OTLP.splitlines()
    assert '"spanId": "b7ad6b7169203331"' in lines[first.place.line - 1]
    assert '"spanId": "00f067aa0ba902b7"' in lines[trace.events[3].place.line - 1]


def test_bad_spans_are_told() -> None:
    assert "hexadecimal" in refused(OTLP.replace("b7ad6b7169203331", "t61rcWkgMzE=")).help
    assert "nanoseconds" in refused(OTLP.replace('"900"', '"soon"')).help
    assert "no span" in refused('{"resourceSpans":[]}').message


def test_spans_of_jaeger_are_messages_between_services() -> None:
    trace = one(JAEGER)
    assert trace.header.unit == "us"
    assert [
        (event.node, event.kind, event.msg, event.time) for event in trace.events if event.action != "cache miss"
    ] == [
        ("front", "send", "a1/request", 100),
        ("front", "recv", "a1/response", 200),
        ("front", "recv", "c3/message", 300),
        ("front", "internal", None, 305),
        ("back", "recv", "a1/request", 900),
        ("back", "send", "c3/message", 910),
        ("back", "internal", None, 915),
        ("back", "send", "a1/response", 950),
    ]
    assert [event.time for event in trace.events if event.action == "cache miss"] == [101, 301, 901, 911]
    first = trace.events[0]
    assert first.other["attributes"] == {"size": 12}
    assert '"spanID": "a1"' in JAEGER.splitlines()[first.place.line - 1]
    assert (
        '"spanID": "b2"'
        in JAEGER.splitlines()[
            next(e for e in trace.events if e.msg == "a1/request" and e.node == "back").place.line - 1
        ]
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"processID": "p2"', '"processID": "p3"', "`processes` has no process 'p3'"),
        ('"startTime": 900', '"startTime": "900"', "`startTime` is '900'"),
        ("CHILD_OF", "CHILD", "`refType` is 'CHILD'"),
        ('"spanID": "b2"', '"spanID": "?"', "`spanID` is '?'"),
        ('"value": "server"', '"value": "host"', "the kind of a span is 'host'"),
        ('"spans": [', '"spans": [1,', "`spans` is an array of objects"),
    ],
)
def test_bad_spans_of_jaeger_are_told(old: str, new: str, message: str) -> None:
    assert message in refused(JAEGER.replace(old, new, 1)).message


def test_a_run_in_itf() -> None:
    trace = one(ITF)
    first, second = trace.events
    assert trace.header.initial == {"x": 12345678901234567890, "y": frozenset()}
    assert (first.action, first.arguments, first.place.line) == ("step", {"n": 2}, 4)
    assert first.variables["x"] == (1, "a")
    assert first.variables["y"] == frozenset(
        {(1, 2), next(each for each in first.variables["y"] if isinstance(each, dict))}
    )
    assert second.variables["y"] == {frozenset({1}): {"None": 1}}
    assert trace.header.other["loop"] == 1
    assert "goes on from state 1" in trace.notes[0]
    assert "`loop`" in refused(ITF.replace('"loop": 1', '"loop": 3')).message
    assert refused(ITF.replace('[{"#set": [1]}, ', "[")).place.line == 7


@pytest.mark.parametrize(
    ("at_top", "states"),
    [
        ({"#meta": {"format": "ITF"}}, [{"x": 1}, {"x": 2, "mbt::actionTaken": ""}]),
        (
            {"#meta": {"format": "ITF", "source": "a.qnt"}, "params": ["N"], "loop": 1, "more": [1]},
            [
                {
                    "#meta": {"index": 0},
                    "mbt::actionTaken": "init",
                    "mbt::nondetPicks": {"a": {"tag": "None"}},
                    "x": [],
                },
                {
                    "#meta": {"index": 1, "note": "n", "node": "p"},
                    "mbt::actionTaken": "go",
                    "mbt::nondetPicks": {
                        "a": {"tag": "None", "value": {"#tup": []}},
                        "b": {"tag": "Some", "value": 2},
                        "c": 3,
                    },
                    "x": {"#map": [[{"#tup": [1]}, {"#set": [1, 2]}]]},
                },
            ],
        ),
        ({}, [{"x": {"#bigint": "1"}}, {"x": {"#set": [{"#bigint": "-2"}]}, "y": {"#unserializable": "[Nat -> Nat]"}}]),
        ({}, [{"x": 1}, {"x": {"#bigint": "123456789012345678901"}, "mbt::nondetPicks": {}}]),
    ],
)
def test_a_run_in_itf_is_written_back_as_it_was(at_top: dict[str, object], states: list[object]) -> None:
    document = {"#meta": {"format": "ITF"}, **at_top, "vars": ["x", "y"], "states": states}
    (trace,) = read(json.dumps(document), "itf")
    assert json.loads("".join(WRITERS["itf"]([trace]))) == document
    native = "".join(WRITERS["native"]([trace]))
    assert json.loads("".join(WRITERS["itf"](read(native)))) == document


def spans(*written: tuple[str, str, str, str, str, int, int]) -> str:
    """An OTLP document of spans: service, trace, span, parent, kind, start and end."""
    return json.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": trace,
                                    "spanId": span,
                                    "parentSpanId": parent,
                                    "kind": f"SPAN_KIND_{kind}",
                                    "startTimeUnixNano": str(start),
                                    "endTimeUnixNano": str(end),
                                }
                            ]
                        }
                    ],
                }
                for service, trace, span, parent, kind, start, end in written
            ]
        }
    )


def test_a_client_that_did_not_wait_got_no_answer() -> None:
    trace = one(
        spans(
            ("front", "aa", "01", "", "CLIENT", 1, 5),
            ("front", "aa", "02", "", "CLIENT", 6, 12),
            ("back", "aa", "11", "01", "SERVER", 2, 9),
            ("back", "aa", "12", "02", "SERVER", 7, 10),
        )
    )
    assert causality.check(trace).outcome is TraceOutcome.ACCEPTED
    assert [event.msg for event in trace.events if event.kind == "recv"] == ["01/request", "02/request", "02/response"]
    assert trace.notes[1] == "1 span of a server lasts longer than the client waited for it, the first at log:1."


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_at_one_time_an_outer_span_begins_first_and_ends_last(order: tuple[int, ...]) -> None:
    written = [
        ("front", "aa", "01", "", "CLIENT", 5, 5),
        ("back", "aa", "02", "01", "SERVER", 5, 5),
        ("back", "aa", "03", "02", "CLIENT", 5, 5),
        ("front", "aa", "04", "03", "SERVER", 5, 5),
    ]
    trace = one(spans(*(written[at] for at in order)))
    assert causality.check(trace).outcome is TraceOutcome.ACCEPTED
    back = [event.msg for event in trace.events if event.node == "back"]
    assert back == ["01/request", "03/request", "03/response", "01/response"]


def test_two_traces_may_use_the_same_ids_of_spans() -> None:
    trace = one(
        spans(
            ("front", "aa", "01", "", "CLIENT", 1, 4),
            ("back", "aa", "02", "01", "SERVER", 2, 3),
            ("front", "bb", "01", "", "CLIENT", 5, 8),
            ("back", "bb", "02", "01", "SERVER", 6, 7),
        )
    )
    assert delivery.check(trace).outcome is TraceOutcome.ACCEPTED
    assert trace.events[0].msg == "aa/01/request"
