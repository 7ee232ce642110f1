"""Are clocks accepted exactly when they are those of an execution, and is what is wrong with them named?"""

from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import NODES, causes, claims_hold, clocks_are_exact, executions, renumbered, trace_of, without

from dscheck.traces.causality import columns
from dscheck.traces.causality.happens_before import HappensBefore, NoOrder, happens_before
from dscheck.traces.checks import causality, delivery, mutual_exclusion
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome

ACCEPTED, REJECTED, NOT_ASKED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.NOT_ASKED


@settings(deadline=None)
@given(executions(), st.randoms(use_true_random=False))
def test_right_clocks_are_accepted_in_any_order_of_the_file(events: list[Event], random) -> None:
    for recorded in (events, without(events, "msg", "kind"), without(events, "vector", "lamport")):
        assert causality.check(trace_of(recorded, "causal")).outcome in {ACCEPTED, NOT_ASKED}
        shuffled = list(recorded)
        random.shuffle(shuffled)
        assert causality.check(trace_of(shuffled)).outcome in {ACCEPTED, NOT_ASKED}


@st.composite
def mutated(draw: st.DrawFn) -> list[Event]:
    """An execution with one or two clocks changed, an event dropped, or two events of a node exchanged."""
    events = draw(executions())
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(events) - 1))
        match draw(st.sampled_from(("entry", "drop", "clocks", "places"))):
            case "entry":
                vector = dict(events[at].vector or {})
                node = draw(st.sampled_from(NODES))
                vector[node] = max(0, vector.get(node, 0) + draw(st.integers(-2, 2)))
                events[at] = replace(events[at], vector=vector)
            case "drop" if len(events) > 1:
                del events[at]
            case "clocks":
                other = draw(st.integers(0, len(events) - 1))
                one, two = events[at].vector, events[other].vector
                events[at], events[other] = replace(events[at], vector=two), replace(events[other], vector=one)
            case _:
                other = draw(st.integers(0, len(events) - 1))
                events[at], events[other] = events[other], events[at]
    return renumbered(events)


@settings(deadline=None)
@given(mutated())
def test_clocks_alone_are_rejected_exactly_when_a_claimed_past_cannot_be(events: list[Event]) -> None:
    finding = causality.check(trace_of(without(events, "msg", "kind", "lamport")))
    assert (finding.outcome is ACCEPTED) == claims_hold(events), finding.reason
    if finding.outcome is REJECTED:
        assert finding.kind
        assert finding.core
        assert finding.reason


@settings(deadline=None)
@given(mutated())
def test_clocks_beside_messages_are_rejected_exactly_when_they_are_not_the_clocks(events: list[Event]) -> None:
    events = without(events, "lamport")
    sends = {event.msg for event in events if event.kind == "send"}
    receipts = [event for event in events if event.kind == "recv"]
    if not receipts or any(event.msg not in sends for event in receipts):
        return  # not every message is identified, so that a clock may know more than the messages tell
    finding = causality.check(trace_of(events))
    assert (finding.outcome is ACCEPTED) == clocks_are_exact(events), finding.reason


@settings(deadline=None)
@given(executions(), st.data())
def test_holes_are_no_fault_where_the_trace_says_that_it_has_some(events: list[Event], data: st.DataObject) -> None:
    kept = [event for event in events if data.draw(st.booleans())]
    assert causality.check(trace_of(without(kept, "msg", "kind"), gaps=True)).outcome in {ACCEPTED, NOT_ASKED}
    order = happens_before(trace_of(without(kept, "msg", "kind"), gaps=True))
    graph = nx.transitive_closure_dag(causes(events))
    assert isinstance(order, HappensBefore)
    for i, first in enumerate(kept):
        for j, second in enumerate(kept):
            assert order.before(i, j) == graph.has_edge(events.index(first), events.index(second))


@settings(deadline=None)
@given(executions(), st.randoms(use_true_random=False))
def test_before_is_reachability(events: list[Event], random) -> None:
    random.shuffle(events)
    graph = nx.transitive_closure_dag(causes(events))
    for recorded in (without(events, "msg"), without(events, "vector")):
        order = happens_before(trace_of(recorded))
        assert isinstance(order, HappensBefore)
        heights = order.heights()
        for i in range(len(events)):
            for j in range(len(events)):
                assert order.before(i, j) == graph.has_edge(i, j)
                assert not order.before(i, j) or heights[i] < heights[j]


@settings(deadline=None)
@given(executions(), st.data())
def test_a_cycle_of_messages_is_found_and_named(events: list[Event], data: st.DataObject) -> None:
    moved = without(events, "vector", "lamport")
    at, to = data.draw(st.integers(0, len(moved) - 1)), data.draw(st.integers(0, len(moved) - 1))
    moved.insert(to, moved.pop(at))
    moved = renumbered(moved)
    graph = causes(moved)
    order = happens_before(trace_of(moved))
    assert isinstance(order, HappensBefore) == nx.is_directed_acyclic_graph(graph)
    finding = causality.check(trace_of(moved))
    if isinstance(order, NoOrder):
        assert finding.kind == "cycle"
        closure = nx.transitive_closure(graph)
        assert len(order.cycle) >= 2
        for one, two in zip(order.cycle, (*order.cycle[1:], order.cycle[0]), strict=True):
            assert one == two or closure.has_edge(one, two)
    else:
        assert finding.outcome is not REJECTED


@settings(deadline=None)
@given(executions(), st.data())
def test_a_file_in_causal_order_has_no_effect_before_its_cause(events: list[Event], data: st.DataObject) -> None:
    at, to = data.draw(st.integers(0, len(events) - 1)), data.draw(st.integers(0, len(events) - 1))
    moved = list(events)
    moved.insert(to, moved.pop(at))
    graph = nx.transitive_closure_dag(causes(moved))
    ordered = all(one < two for one, two in graph.edges)
    for recorded in (without(moved, "vector", "lamport"), without(moved, "msg", "kind", "lamport")):
        finding = causality.check(trace_of(recorded, "causal"))
        if finding.outcome is not NOT_ASKED:
            assert (finding.outcome is ACCEPTED) == ordered, finding.reason


@settings(deadline=None)
@given(executions(), st.data())
def test_lamport_clocks_grow_along_every_cause(events: list[Event], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    changed = list(events)
    changed[at] = replace(events[at], lamport=data.draw(st.integers(0, 12)))
    graph = causes(changed)
    right = all((changed[i].lamport or 0) < (changed[j].lamport or 0) for i, j in graph.edges)
    finding = causality.check(trace_of(without(changed, "vector")))
    assert (finding.outcome is ACCEPTED) == right


def vectors(**clocks: list[dict[str, int]]) -> Trace:
    events = [Event(node, at, vector=v) for node, each in clocks.items() for at, v in enumerate(each, 1)]
    return trace_of(events)


@pytest.mark.parametrize(
    ("kind", "trace", "told"),
    [
        ("gap", vectors(a=[{"a": 1}, {"a": 3}]), "has 1, so it must be 2; events between them are missing"),
        ("gap", vectors(a=[{"a": 2}]), "it is the first event of a in the trace and must be 1"),
        ("duplicate", vectors(a=[{"a": 1}, {"a": 1}]), "has 1, so it must be 2"),
        ("backwards", vectors(a=[{"a": 2}, {"a": 1}]), "has 2 already"),
        (
            "backwards",
            vectors(a=[{"a": 1, "b": 1}, {"a": 2}], b=[{"b": 1}]),
            "entry b is 0, but the event of a before it has 1 already; a clock never forgets",
        ),
        ("dangling reference", vectors(a=[{"a": 1, "b": 2}], b=[{"b": 1}]), "knows event 2 of b, but b has 1 events"),
        (
            "not causally closed",
            vectors(a=[{"a": 1, "b": 1}], b=[{"b": 1, "c": 1}], c=[{"c": 1}]),
            "event 1 of c (t.jsonl:3) is missing from its past",
        ),
        (
            "cycle",
            vectors(a=[{"a": 1, "b": 1}], b=[{"b": 1, "a": 1}]),
            "that one knows a up to its event 1, and this is event 1: each would come before the other",
        ),
    ],
)
def test_each_fault_is_named_with_its_values(kind: str, trace: Trace, told: str) -> None:
    finding = causality.check(trace)
    assert (finding.outcome, finding.kind) == (REJECTED, kind)
    assert told in finding.reason
    assert "t.jsonl:" in finding.reason
    assert 1 <= len(finding.core) <= 4


def exchange(sent: dict[str, int], got: dict[str, int]) -> TraceFinding:
    """a sends to b; c has one event."""
    events = [
        Event("c", 1, vector={"c": 1}),
        Event("a", 1, kind="send", msg="m", peer="b", vector=sent),
        Event("b", 1, vector={"b": 1}),
        Event("b", 2, kind="recv", msg="m", peer="a", vector=got),
    ]
    return causality.check(trace_of(events))


def test_a_receipt_knows_what_was_sent_and_no_more() -> None:
    assert exchange({"a": 1}, {"a": 1, "b": 2}).outcome is ACCEPTED
    more = exchange({"a": 1}, {"a": 1, "b": 2, "c": 1})
    assert (more.kind, more.core[0].role) == ("knows too much", "c: 1, expected 0")
    less = exchange({"a": 1}, {"b": 2})
    assert less.kind == "not causally closed"
    assert "b receives m from a (t.jsonl:4)" in less.reason
    unasked = exchange({"a": 1, "c": 1}, {"a": 1, "b": 2, "c": 1})
    assert "it received nothing" in unasked.reason


def test_hybrid_clocks_stay_near_the_time() -> None:
    events = [
        Event("a", 1, kind="send", msg="m", time=100, hybrid=(100, 0)),
        Event("b", 1, kind="recv", msg="m", time=96, hybrid=(100, 1)),
        Event("b", 2, time=97, hybrid=(100, 2)),
    ]
    assert causality.check(trace_of(events, skew=2)).outcome is ACCEPTED
    away = causality.check(trace_of(events, skew=1))
    assert (away.kind, away.core[0].text) == ("too far from physical time", "b receives m")
    same = [*events[:2], replace(events[2], hybrid=(100, 1))]
    assert causality.check(trace_of(same)).kind == "duplicate"
    early = [events[0], replace(events[1], hybrid=(100, 0))]
    assert causality.check(trace_of(early)).kind == "receipt not after its sending"


def test_version_vectors_name_writes_of_their_key() -> None:
    def put(node: str, seq: int, version: dict[str, int], key: str = "x", function: str = "put") -> Event:
        return Event(node, seq, key=key, function=function, version=version)

    good = [put("a", 1, {"a": 1}), put("b", 1, {"b": 1}), put("b", 2, {"a": 1, "b": 1}, function="get")]
    assert causality.check(trace_of([*good, put("b", 3, {"a": 1, "b": 2})])).outcome is ACCEPTED
    assert causality.check(trace_of([*good, put("b", 3, {"a": 1, "b": 1})])).kind == "duplicate"
    assert causality.check(trace_of([*good, put("b", 3, {"b": 2})])).kind == "backwards"
    assert causality.check(trace_of([*good, put("c", 1, {"b": 1})])).kind == "duplicate"
    assert causality.check(trace_of([*good, put("c", 1, {"b": 7}, function="get")])).kind == "dangling reference"
    assert causality.check(trace_of([*good, put("c", 1, {"b": 7}, function="get")], gaps=True)).outcome is ACCEPTED
    assert causality.check(trace_of([*good, put("b", 3, {"b": 1}, key="y")])).outcome is ACCEPTED


def test_without_clocks_and_messages_nothing_is_asked() -> None:
    assert causality.check(trace_of([])).outcome is NOT_ASKED
    assert causality.check(trace_of([Event("a", 1), Event("b", 1)])).outcome is NOT_ASKED
    assert causality.check(trace_of([Event("a", 1), Event("a", 3)])).kind == "gap"
    assert causality.check(trace_of([Event("a", 1), Event("a", 3)], gaps=True)).outcome is NOT_ASKED
    assert causality.check(trace_of([Event("a", 1), Event("a", 1)])).kind == "duplicate"


def test_numbers_beyond_all_bounds_are_judged_like_others() -> None:
    huge = 10**30
    assert causality.check(vectors(a=[{"a": huge}])).kind == "gap"
    assert causality.check(vectors(a=[{"a": 1, "b": huge}])).kind == "dangling reference"
    assert causality.check(trace_of([Event("a", huge)])).kind == "gap"
    assert causality.check(vectors(a=[{"a": -huge}])).outcome is REJECTED


def test_clocks_that_do_not_fit_into_memory_are_unknown_and_messages_need_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_NO_MATTER", 0)
    monkeypatch.setattr(columns, "default_memory_limit", lambda: 0)
    stamped = [
        Event("a", 1, kind="send", msg="m", peer="b", vector={"a": 1}, lock="L", holds=True),
        Event("b", 1, kind="recv", msg="m", peer="a", vector={"a": 1, "b": 1}, lock="L", holds=True),
    ]
    finding = causality.check(trace_of(stamped))
    assert (finding.outcome, finding.kind) == (TraceOutcome.UNKNOWN, "too large")
    assert "2 nodes need 0.0 GiB of memory" in finding.reason
    told = without(stamped, "vector")
    assert causality.check(trace_of(told, "causal")).outcome is ACCEPTED
    assert causality.check(trace_of(told[::-1], "causal")).kind == "effect before cause"
    assert mutual_exclusion.check(trace_of(told)).outcome is TraceOutcome.UNKNOWN
    assert delivery.check(trace_of(told)).outcome is ACCEPTED
    assert "whether in causal order cannot be told" in delivery.check(trace_of(told)).reason
    assert delivery.check(trace_of(told), causal=True).kind == "not ordered"


def test_holes_do_not_excuse_what_no_hole_explains() -> None:
    twice = [Event("a", 1, vector={"a": 2}), Event("a", 2, vector={"a": 2})]
    assert causality.check(trace_of(twice, gaps=True)).kind == "duplicate"
    assert causality.check(trace_of([twice[0], replace(twice[1], vector={"a": 4})], gaps=True)).outcome is ACCEPTED
    sent = Event("a", 4, kind="send", msg="m", vector={"a": 4, "c": 2})
    got = Event("b", 3, kind="recv", msg="m", vector={"a": 4, "b": 3})
    assert causality.check(trace_of([sent, got], gaps=True)).kind == "not causally closed"
    knows = replace(got, vector={"a": 4, "b": 3, "c": 5})  # of c by a receipt that is not recorded
    assert causality.check(trace_of([sent, knows], gaps=True)).outcome is ACCEPTED
    unheard = replace(got, vector={"b": 3, "c": 2})
    assert causality.check(trace_of([sent, unheard], gaps=True)).kind == "not causally closed"
