"""Events of which some have vector clocks and some have message ids: does the order know all that both say?"""

from dataclasses import replace

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import causes, executions, trace_of

from dscheck.traces.causality.happens_before import HappensBefore, NoOrder, happens_before
from dscheck.traces.checks import causality, delivery, mutual_exclusion
from dscheck.traces.event import Event
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.packed_events import PackedEvents


def recorded_edges(events: list[Event]) -> nx.DiGraph:
    """Program order, messages, and for each entry of a clock the event that it counts."""
    graph = causes(events)
    numbered = {(event.node, event.seq): at for at, event in enumerate(events)}
    for at, event in enumerate(events):
        for node, count in (event.vector or {}).items():
            if node != event.node:
                graph.add_edge(numbered[node, count], at)
    return graph


@settings(deadline=None)
@given(executions(), st.data())
def test_clocks_and_messages_count_together(events: list[Event], data: st.DataObject) -> None:
    some = [
        replace(
            event,
            vector=event.vector if data.draw(st.booleans()) else None,
            msg=event.msg if data.draw(st.booleans()) else None,
        )
        for event in data.draw(st.permutations(events))
    ]
    graph = nx.transitive_closure_dag(recorded_edges(some))
    trace = trace_of(some)
    for each in (trace, replace(trace, events=PackedEvents(trace.events))):
        order = happens_before(each)
        assert isinstance(order, HappensBefore)
        for i in range(len(some)):
            for j in range(len(some)):
                assert order.before(i, j) == graph.has_edge(i, j)


def test_a_lock_that_a_message_hands_on_is_exclusive_beside_a_clock_of_another_event() -> None:
    events = [
        Event("a", 1, lock="L", holds=True),
        Event("a", 2, lock="L", holds=False),
        Event("a", 3, kind="send", msg="m"),
        Event("b", 1, kind="recv", msg="m"),
        Event("b", 2, lock="L", holds=True),
        Event("c", 1, vector={"c": 1}),
    ]
    finding = mutual_exclusion.check(trace_of(events, "causal"))
    assert finding.outcome is TraceOutcome.ACCEPTED, finding.reason


def test_clocks_and_messages_that_contradict_each_other_leave_no_order() -> None:
    events = [
        Event("a", 1, kind="recv", msg="m"),
        Event("a", 2, vector={"a": 2}),
        Event("b", 1, vector={"a": 2, "b": 1}),
        Event("b", 2, kind="send", msg="m"),
    ]
    trace = trace_of(events)
    assert happens_before(trace) == NoOrder("its vector clocks and its messages contradict each other", (3, 0))
    assert (causality.check(trace).outcome, causality.check(trace).kind) == (TraceOutcome.REJECTED, "cycle")
    assert delivery.check(trace).kind == "received before sent"


@settings(deadline=None)
@given(executions(lossy=False), st.data())
def test_a_contradiction_is_found_and_named(events: list[Event], data: st.DataObject) -> None:
    one, two = data.draw(st.integers(0, len(events) - 1)), data.draw(st.integers(0, len(events) - 1))
    message = {"msg": "x", "vector": None}
    mixed = [replace(event, vector=event.vector if data.draw(st.booleans()) else None) for event in events]
    if one == two or events[one].msg is not None or events[two].msg is not None:
        return
    mixed[one] = replace(mixed[one], kind="send", **message)
    mixed[two] = replace(mixed[two], kind="recv", **message)
    graph = nx.DiGraph(recorded_edges(mixed))
    order = happens_before(trace_of(mixed))
    assert isinstance(order, HappensBefore) == nx.is_directed_acyclic_graph(graph)
    if isinstance(order, NoOrder):
        assert causality.check(trace_of(mixed)).outcome is TraceOutcome.REJECTED
        closure = nx.transitive_closure(graph)
        assert order.cycle
        for first, second in zip(order.cycle, (*order.cycle[1:], order.cycle[0]), strict=True):
            assert first == second or closure.has_edge(first, second)


@settings(deadline=None)
@given(executions(lossy=False), st.data())
def test_lamport_clocks_grow_along_causes_that_have_none(events: list[Event], data: st.DataObject) -> None:
    some = [
        replace(event, vector=None, lamport=event.lamport if data.draw(st.booleans()) else None) for event in events
    ]
    at = data.draw(st.integers(0, len(some) - 1))
    some[at] = replace(some[at], lamport=data.draw(st.integers(0, 12)))
    some = data.draw(st.permutations(some))
    stamped = [(at, event.lamport) for at, event in enumerate(some) if event.lamport is not None]
    closure = nx.transitive_closure_dag(causes(some))
    right = all(one < two for i, one in stamped for j, two in stamped if closure.has_edge(i, j))
    for trace in (trace_of(some), replace(trace_of(some), events=PackedEvents(trace_of(some).events))):
        finding = causality.check(trace)
        assert (finding.outcome is not TraceOutcome.REJECTED) == right, finding.reason
