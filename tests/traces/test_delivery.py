"""Are messages that are lost, doubled, too early or out of order found, exactly?"""

from dataclasses import replace

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import causes, executions, trace_of, without

from dscheck.traces.checks import delivery
from dscheck.traces.event import Event
from dscheck.traces.finding import TraceOutcome

ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED


@settings(deadline=None)
@given(executions(16))
def test_the_order_of_delivery_is_that_of_all_pairs(events: list[Event]) -> None:
    closure = nx.transitive_closure_dag(causes(events))
    sends = {event.msg: i for i, event in enumerate(events) if event.kind == "send"}
    messages = [(sends[event.msg], i) for i, event in enumerate(events) if event.kind == "recv"]
    overtaken = [
        (sent, other)
        for sent, got in messages
        for other, arrived in messages
        if closure.has_edge(sent, other) and events[got].node == events[arrived].node and arrived < got
    ]
    fifo = not any(events[one].node == events[two].node for one, two in overtaken)
    for recorded in (events, without(events, "vector", "lamport")):
        finding = delivery.check(trace_of(recorded))
        if not sends:
            assert finding.outcome is TraceOutcome.NOT_ASKED
            continue
        assert finding.outcome is ACCEPTED
        assert finding.data == {"fifo": fifo, "causal": not overtaken}
        assert finding.counts["never received"] == len(sends) - len(messages)
        assert (delivery.check(trace_of(recorded), fifo=True).outcome is ACCEPTED) == fifo
        assert (delivery.check(trace_of(recorded), causal=True).outcome is ACCEPTED) == (not overtaken)
        lost = delivery.check(trace_of(recorded), lossless=True)
        assert (lost.kind == "sent but not received") == (len(sends) > len(messages))


@settings(deadline=None)
@given(executions(), st.data())
def test_a_receipt_before_its_sending_is_found(events: list[Event], data: st.DataObject) -> None:
    receipts = [i for i, event in enumerate(events) if event.kind == "recv"]
    if not receipts:
        return
    at = data.draw(st.sampled_from(receipts))
    send = next(i for i, event in enumerate(events) if event.kind == "send" and event.msg == events[at].msg)
    moved = without(events, "vector", "lamport")
    moved.insert(send, moved.pop(at))
    finding = delivery.check(trace_of(moved, "total"))
    assert (finding.outcome, finding.kind) == (REJECTED, "received before sent")
    assert "by the order of" in finding.reason
    # Numbers of a node's events are kept: where the order of lines says nothing, nothing is wrong.
    assert delivery.check(trace_of(moved)).outcome is ACCEPTED
    if events[at].node == events[send].node:
        numbered = [replace(event, seq=0) if i == send else event for i, event in enumerate(moved)]
        assert delivery.check(trace_of(numbered)).kind == "received before sent"


def message(kind: str, node: str, seq: int, msg: str = "m", peer: str | None = None) -> Event:
    return Event(node, seq, kind=kind, msg=msg, peer=peer)  # type: ignore[arg-type]


def test_messages_that_do_not_match_are_named() -> None:
    unsent = delivery.check(trace_of([message("recv", "b", 1)]))
    assert (unsent.kind, unsent.core[0].place.line) == ("received but not sent", 1)
    assert delivery.check(trace_of([message("recv", "b", 1)], gaps=True)).outcome is ACCEPTED
    twice = [message("send", "a", 1), message("recv", "b", 1), message("recv", "b", 2)]
    assert delivery.check(trace_of(twice)).kind == "received twice"
    assert delivery.check(trace_of(twice), once=False).outcome is ACCEPTED
    again = [message("send", "a", 1), message("send", "a", 2), message("recv", "b", 1)]
    assert delivery.check(trace_of(again)).kind == "sent twice"
    assert delivery.check(trace_of(again), once=False).outcome is ACCEPTED


def test_a_multicast_is_received_by_several_nodes() -> None:
    one = [message("send", "a", 1), message("recv", "b", 1), message("recv", "c", 1)]
    assert delivery.check(trace_of(one)).outcome is ACCEPTED
    each = [
        message("send", "a", 1, peer="b"),
        message("send", "a", 2, peer="c"),
        message("recv", "b", 1, peer="a"),
        message("recv", "c", 1, peer="a"),
    ]
    finding = delivery.check(trace_of(each), lossless=True)
    assert finding.outcome is ACCEPTED
    assert finding.data == {"fifo": True, "causal": True}


def test_a_cycle_of_messages_is_a_receipt_before_its_sending() -> None:
    events = [
        message("recv", "a", 1, "y"),
        message("send", "a", 2, "x"),
        message("recv", "b", 1, "x"),
        message("send", "b", 2, "y"),
    ]
    finding = delivery.check(trace_of(events))
    assert finding.kind == "received before sent"
    assert len(finding.core) == 4
    assert delivery.check(trace_of(events[::2] + events[1::2], gaps=True)).kind == "received before sent"


def test_a_message_that_overtakes_by_one_is_named_with_the_one_it_overtakes() -> None:
    events = [
        message("send", "a", 1, "1", "c"),
        message("send", "a", 2, "2", "b"),
        message("recv", "b", 1, "2"),
        message("send", "b", 2, "3", "c"),
        message("recv", "c", 1, "3"),
        message("recv", "c", 2, "1"),
    ]
    finding = delivery.check(trace_of(events), causal=True, fifo=True)
    assert (finding.outcome, finding.kind) == (REJECTED, "not in causal order")
    assert [each.place.line for each in finding.core] == [5, 6, 1, 4]
    direct = [replace(events[3], node="a", seq=3), *events[:2], events[4], events[5]]
    assert delivery.check(trace_of(direct), fifo=True).kind == "not in FIFO order"


def test_clocks_tell_that_a_receipt_came_first_on_another_node() -> None:
    got = Event("b", 1, kind="recv", msg="m", vector={"b": 1})
    sent = Event("a", 1, kind="send", msg="m", vector={"a": 1, "b": 1})
    finding = delivery.check(trace_of([sent, got]))
    assert (finding.outcome, finding.kind) == (REJECTED, "received before sent")
    assert "by causes" in finding.reason
    assert delivery.check(trace_of([replace(sent, vector={"a": 1}), got])).outcome is ACCEPTED


def test_what_nobody_receives_is_told_in_words() -> None:
    sent = [Event("a", number, kind="send", msg=f"m{number}") for number in (1, 2)]
    assert delivery.check(trace_of(sent)).reason == "none of 2 messages sent is received"
    assert delivery.check(trace_of(sent[:1])).reason == "the one message sent is never received"
