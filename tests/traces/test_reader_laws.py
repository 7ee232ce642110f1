"""Does every text give a trace or an error that says what is wrong? Is what was written read back the same?"""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.log_samples import SAMPLES

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.traces.formats.edn import values
from dscheck.traces.formats.field_mapping import parse_mapping
from dscheck.traces.formats.fields import KINDS
from dscheck.traces.formats.readers import READERS, read_source
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.sources import Source, source_of
from dscheck.traces.formats.tagged_values import Map, Tuple, decode, encode
from dscheck.traces.formats.writers import WRITERS

FORMATS = [reader.name for reader in READERS]


def outcome(of: Callable[[], Any]) -> Any:
    """What comes out, or the error that tells why nothing does."""
    try:
        return of()
    except TraceError as error:
        told = error
    assert told.message
    assert told.place.line >= 0
    assert str(told).startswith(told.place.file)
    return told


def read_or_refuse(text: bytes | str, name: str | None, options: ReadOptions) -> None:
    traces = outcome(lambda: read_source(source_of(text, "log"), name, options))
    if isinstance(traces, TraceError):
        return
    assert traces
    for trace in traces:
        assert trace.format in FORMATS
        for event in trace.events:
            assert event.seq >= 1
            assert event.node in trace.header.nodes
            assert event.place.line >= 1 or event.place.file != "log"


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(text=st.binary(max_size=200) | st.text(max_size=200))
def test_any_text_is_read_or_refused(name: str, text: bytes | str) -> None:
    read_or_refuse(text, name, ReadOptions(**SAMPLES[name][1]))
    read_or_refuse(text, name, ReadOptions())
    read_or_refuse(text, None, ReadOptions())


PIECES = (
    *(
        "",
        "\n",
        "\r\n",
        "\t",
        " ",
        "\x00",
        "\ufeff",
        "\u2028",
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        ";",
        "\\",
        "\\ud800",
        "#_",
        "#{",
    ),
    *(
        "null",
        "true",
        "-1",
        "1e999",
        "NaN",
        "9" * 30,
        "9" * 5000,
        "{}",
        "[]",
        '{"#set":[1,1]}',
        '{"#map":[1]}',
        '{"#bigint":5}',
    ),
    *('"node":', '"ok"', "[" * 2000, "é", "a", "==="),
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text with a few pieces taken out, doubled, moved or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 30)))
        piece = draw(st.sampled_from(PIECES) | st.just(text[start:end] * 2) | st.text(max_size=5))
        text = text[:start] + piece + text[end:]
    lines = text.split("\n")
    if draw(st.booleans()):
        lines = draw(st.permutations(lines))
    return "\n".join(lines)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    text, options = SAMPLES[name]
    damage = data.draw(damaged(text))
    read_or_refuse(damage.encode("utf-8", "surrogatepass"), name, ReadOptions(**options))
    read_or_refuse(damage.encode("utf-8", "surrogatepass"), None, ReadOptions(**options))


FIELDS_AND_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
WORDS = (
    *("node", "seq", "kind", "msg", "op", "vc", "hlc", "src", "format", "ts", "hold", "args", "process"),
    *("type", "f", "value", "#meta", "vars", "states", "loop", "resourceSpans", "resource", "scopeSpans"),
    *("spans", "traceId", "spanId", "kind", "links", "startTimeUnixNano", "endTimeUnixNano", "attributes"),
    *("events", "event", "id", "name", "tag", "at", "list"),
)


@st.composite
def with_wrong_parts(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with some parts replaced by others."""
    if draw(st.integers(0, 7)) == 0:
        return draw(FIELDS_AND_JSON)
    if isinstance(value, dict):
        changed = {name: draw(with_wrong_parts(each)) for name, each in value.items() if draw(st.integers(0, 9))}
        if not draw(st.integers(0, 5)):
            changed[draw(st.sampled_from(WORDS))] = draw(FIELDS_AND_JSON)
        return changed
    if isinstance(value, list):
        return [draw(with_wrong_parts(each)) for each in value]
    return value


@pytest.mark.parametrize("name", ["native", "jepsen-json", "otlp", "itf", "ndjson"])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_file_with_wrong_values_is_read_or_refused(name: str, data: st.DataObject) -> None:
    text, options = SAMPLES[name]
    documents = [json.loads(line) for line in text.splitlines()] if name in ("native", "ndjson") else [json.loads(text)]
    changed = [data.draw(with_wrong_parts(each)) for each in documents]
    read_or_refuse("\n".join(map(json.dumps, changed)), name, ReadOptions(**options))


@settings(deadline=None)
@given(text=damaged(SAMPLES["ndjson"][1]["mapping"]) | st.text(max_size=100))
def test_a_mapping_is_read_or_refused(text: str) -> None:
    outcome(lambda: parse_mapping(text))


@given(pattern=st.text(alphabet="(?<>P=host)|clock{}\\n[]*+ev^$.1", max_size=20))
def test_a_regular_expression_is_used_or_refused(pattern: str) -> None:
    for name in ("text", "shiviz"):
        read_or_refuse('a {"a":1}\nx', name, ReadOptions(pattern=pattern, delimiter=pattern, unmatched="skip"))


# Round trips.

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=3)
TEXTS_AND_NUMBERS = st.integers(-9, 9) | st.text(max_size=3)
HASHABLE = st.recursive(
    TEXTS_AND_NUMBERS,
    lambda inner: (
        st.frozensets(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=2).map(Tuple)
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    SCALARS | st.frozensets(HASHABLE, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(Tuple)
        | st.dictionaries(st.text(max_size=3) | st.just("#set"), inner, max_size=3)
        | st.dictionaries(HASHABLE, inner, max_size=3).map(Map)
    ),
    max_leaves=5,
)
NAMES = st.text(min_size=1, max_size=3)
COUNTS = st.integers(0, 2**63 - 1)
VARIABLES = st.dictionaries(NAMES, VALUES, max_size=2)
VECTORS = st.dictionaries(NAMES, COUNTS, max_size=2)
DOTS = st.tuples(NAMES, st.integers(1, 9))
OTHER_NAMES = st.text(max_size=3) | st.sampled_from(["node", "other", "format"])


@given(VALUES, st.sampled_from([None, 0, 1 << 53]))
def test_a_value_with_tags_comes_back(value: Any, big: int | None) -> None:
    assert decode(json.loads(json.dumps(encode(value, big=big)))) == value


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(KINDS))
    return Event(
        node=draw(NAMES), seq=draw(st.integers(1, 99)), kind=kind, msg=draw(some(NAMES)), peer=draw(some(NAMES)),
        op=draw(NAMES if kind in ("invoke", "ok", "fail", "info") else some(NAMES)), function=draw(some(NAMES)),
        key=draw(VALUES), value=draw(VALUES), action=draw(some(NAMES)),
        arguments=draw(VARIABLES), variables=draw(VARIABLES), before=draw(VARIABLES),
        time=draw(some(st.integers(-(2**62), 2**62))),
        time_error=draw(some(COUNTS)), lamport=draw(some(COUNTS)), vector=draw(some(VECTORS)),
        hybrid=draw(some(st.tuples(COUNTS, COUNTS))), version=draw(some(VECTORS)),
        dot=draw(some(DOTS)), context=draw(some(VECTORS)),
        siblings=draw(some(st.lists(DOTS | VECTORS, max_size=2).map(tuple))),
        lock=draw(some(NAMES)), holds=draw(some(st.booleans())), term=draw(some(COUNTS)), role=draw(some(NAMES)),
        place=Place(draw(NAMES), draw(st.integers(1, 99))),
        other=draw(st.dictionaries(OTHER_NAMES, SCALARS, max_size=2)),
    )  # fmt: skip


def trace_of(of: list[Event], header: TraceHeader) -> Trace:
    return Trace("t", "native", "made", header, tuple(of))


def nodes(of: list[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.node for event in of))


def rewritten(name: str, *traces: Trace) -> tuple[Trace, ...]:
    return read_source(source_of("".join(WRITERS[name](traces))), name)


@settings(deadline=None)
@given(st.lists(events(), max_size=4), st.data())
def test_what_is_written_in_the_native_format_is_read_back(of: list[Event], data: st.DataObject) -> None:
    draw = data.draw
    header = TraceHeader(
        order=draw(st.sampled_from(["total", "causal", "per-node"])),
        nodes=nodes(of),
        gaps=draw(st.booleans()),
        unit=draw(st.sampled_from(["ns", "us", "ms", "s"])),
        **{name: draw(some(COUNTS)) for name in ("skew", "delay_min", "delay_max")},
        drift_ppm=draw(some(st.integers(0, 999_999))),
        spec=draw(some(NAMES)),
        initial=draw(VARIABLES),
        other=draw(st.dictionaries(st.just("more"), SCALARS)),
    )
    trace = trace_of(of, header)
    again, and_again = rewritten("native", trace, trace)
    assert again.header == header
    assert again.events == and_again.events == trace.events


@settings(deadline=None)
@given(st.lists(events(), min_size=1, max_size=4))
def test_what_is_written_for_shiviz_is_read_back(of: list[Event]) -> None:
    made = []
    for position, event in enumerate(of, 1):
        node = f"n {len(event.node)}"
        vector = {node: position, **(event.vector or {})}
        made.append(Event(node, position, action=f"does {event.msg!r}", vector=vector))
    trace = trace_of(made, TraceHeader(nodes=nodes(made)))
    (again,) = rewritten("shiviz", trace)

    def seen(events: tuple[Event, ...]) -> list[Any]:
        return [(event.node, event.seq, event.vector, event.action) for event in events]

    assert seen(again.events) == seen(trace.events)
    first, second = rewritten("shiviz", trace, trace)
    assert seen(first.events) == seen(second.events) == seen(trace.events)


@settings(deadline=None)
@given(st.lists(events(), max_size=4), st.dictionaries(NAMES, VALUES, max_size=2))
def test_what_is_written_in_itf_is_read_back(of: list[Event], initial: dict[str, Any]) -> None:
    trace = trace_of(of, TraceHeader(initial=initial))
    (again,) = rewritten("itf", trace)
    assert again.header.initial == initial
    assert [(e.node, e.action, e.arguments, e.variables) for e in again.events] == [
        (e.node, e.action, e.arguments, e.variables) for e in trace.events
    ]


def edn_text(value: Any, draw: Callable[[Any], Any]) -> str:
    """The value in EDN, with spaces, commas and comments where they may stand."""
    space = draw(st.sampled_from([" ", ", ", "\n", " ; c }\n", " #_ {:a 1} "]))
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + space.join(edn_text(each, draw) for each in value) + "]"
    if isinstance(value, dict):
        return "#tag {" + space.join(f"{edn_text(k, draw)} {edn_text(v, draw)}" for k, v in value.items()) + "}"
    return repr(value)


DECIMALS = st.floats(-1e9, 1e9).map(lambda x: round(x, 3)).filter(lambda x: abs(x) > 1e-3)
EDN = st.recursive(
    st.none() | st.booleans() | st.integers() | DECIMALS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(EDN, max_size=4), st.data())
def test_edn_is_read_as_it_was_written(of: list[Any], data: st.DataObject) -> None:
    text = "\n".join(edn_text(each, data.draw) for each in of)
    assert [value for _, value in values(text, "f")] == of
    inside = edn_text(of, data.draw)
    assert [value for _, value in values(inside, "f", inside=True)] == of


@given(st.text(alphabet="ab\r\n\ufeffé", max_size=30), st.integers(1, 5))
def test_lines_are_those_of_the_text_however_it_is_cut_and_compressed(text: str, cut: int) -> None:
    plain = text.encode().removeprefix(b"\xef\xbb\xbf")
    expected = plain.decode().replace("\r\n", "\n").removesuffix("\n").split("\n") if plain else []
    for whole in (text.encode(), gzip.compress(text.encode()[:3]) + gzip.compress(text.encode()[3:])):
        blocks = [whole[start : start + cut] for start in range(0, len(whole), cut)]
        assert [line for _, line in Source("f", blocks).lines()] == expected
