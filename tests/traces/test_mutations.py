"""Is a good trace that was changed a little rejected whenever it truly is wrong, and only then?

Random executions, the traces in `traces/`, and logs of other projects: entries bumped, events dropped, doubled,
exchanged, receipts moved before their sends. What is truly wrong is said by the slow means of `executions`.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import NODES, causes, claims_hold, executions, renumbered, trace_of, without

from dscheck.traces.checks import causality, delivery, mutual_exclusion, single_leader
from dscheck.traces.event import Event, OrderKind, Trace
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions

ACCEPTED, REJECTED, NOT_ASKED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.NOT_ASKED
OWN = Path(__file__).parents[2] / "traces"
CORPUS = Path(os.environ.get("DSCHECK_TRACE_CORPUS", ""))
needs_corpus = pytest.mark.skipif(
    "DSCHECK_TRACE_CORPUS" not in os.environ, reason="DSCHECK_TRACE_CORPUS names no folder with logs of other projects"
)
ORDERS: tuple[OrderKind, ...] = ("per-node", "causal", "total")


@st.composite
def disturbed(draw: st.DrawFn) -> list[Event]:
    """Messages of an execution of which some events were dropped, doubled, exchanged or moved; numbers are kept."""
    events = without(draw(executions()), "vector", "lamport")
    for _ in range(draw(st.integers(0, 2))):
        at, to = (draw(st.integers(0, len(events) - 1)) for _ in range(2))
        match draw(st.sampled_from(("drop", "double", "exchange", "move", "message", "number"))):
            case "drop" if len(events) > 1:
                del events[at]
            case "double":
                events.insert(to, events[at])
            case "exchange":
                events[at], events[to] = events[to], events[at]
            case "message" if events[at].msg:
                events[at] = replace(events[at], msg=draw(st.sampled_from([e.msg for e in events if e.msg])))
            case "number":
                events[at] = replace(events[at], seq=max(1, events[at].seq + draw(st.sampled_from((-1, 1)))))
            case _:
                events.insert(to, events.pop(at))
    return draw(st.sampled_from((events, renumbered(events))))


def numbers_are_whole(events: Sequence[Event]) -> bool:
    return all(
        sorted(event.seq for event in events if event.node == node) == list(range(1, number + 1))
        for node in NODES
        for number in [sum(event.node == node for event in events)]
    )


@settings(deadline=None, max_examples=300)
@given(disturbed(), st.sampled_from(ORDERS), st.booleans())
def test_numbers_and_order_of_a_file_are_judged_exactly(events: list[Event], order: OrderKind, gaps: bool) -> None:
    graph = _certain_causes(events)
    acyclic = nx.is_directed_acyclic_graph(graph)
    in_file = all(first < second for first, second in graph.edges)
    unique = len({(event.node, event.seq) for event in events}) == len(events)
    right = acyclic and (unique if gaps else numbers_are_whole(events))
    right = right and (order == "per-node" or in_file)
    finding = causality.check(trace_of(events, order, gaps=gaps))
    assert (finding.outcome is REJECTED) != right, finding.reason
    if finding.outcome is REJECTED:
        assert len(finding.core) >= 1


def _certain_causes(events: Sequence[Event]) -> nx.DiGraph:
    """`causes`, but of several sends of one id only those that a receipt comes after in any case."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(events)))
    for node in NODES:
        mine = sorted((i for i, event in enumerate(events) if event.node == node), key=lambda i: (events[i].seq, i))
        graph.add_edges_from(pairwise(mine))
    for i, receipt in enumerate(events):
        sends = [
            j for j, e in enumerate(events) if e.kind == "send" and receipt.kind == "recv" and e.msg == receipt.msg
        ]
        if len(sends) > 1:
            sends = [j for j in sends if events[j].peer == receipt.node]
        if sends and len({events[j].node for j in sends}) == 1:
            graph.add_edge(min(sends, key=lambda j: (events[j].seq, j)), i)
    return graph


@settings(deadline=None, max_examples=300)
@given(disturbed(), st.sampled_from(ORDERS), st.booleans(), st.booleans(), st.booleans())
def test_messages_are_judged_exactly(
    events: list[Event], order: OrderKind, gaps: bool, once: bool, lossless: bool
) -> None:
    ends = [event for event in events if event.kind in ("send", "recv")]
    sends = [event for event in ends if event.kind == "send"]
    receipts = [event for event in ends if event.kind == "recv"]
    graph = _certain_causes(events)
    message_edges = [(i, j) for i, j in graph.edges if events[j].kind == "recv" and events[i].msg == events[j].msg]
    wrong = not nx.is_directed_acyclic_graph(graph)
    wrong |= order != "per-node" and any(i > j for i, j in message_edges)

    def to_receipt(send: Event, receipt: Event) -> bool:
        alone = sum(each.msg == send.msg for each in sends) == 1
        return send.msg == receipt.msg and (alone or send.peer == receipt.node)

    wrong |= not gaps and any(not any(to_receipt(send, each) for send in sends) for each in receipts)
    wrong |= once and len({(e.msg, e.node, e.peer) for e in sends}) < len(sends)
    wrong |= once and len({(e.msg, e.node, e.peer) for e in receipts}) < len(receipts)
    wrong |= lossless and any(not any(to_receipt(send, each) for each in receipts) for send in sends)
    finding = delivery.check(trace_of(events, order, gaps=gaps), once=once, lossless=lossless)
    assert finding.outcome is (NOT_ASKED if not ends else REJECTED if wrong else ACCEPTED), finding.reason


@settings(deadline=None)
@given(executions(), st.data())
def test_hybrid_clocks_grow_along_every_cause_and_stay_near(events: list[Event], data: st.DataObject) -> None:
    clocks: list[tuple[int, int]] = []
    times = [data.draw(st.integers(0, 6)) for _ in events]
    graph = causes(events)
    for i, now in enumerate(times):  # the rules of Kulkarni et al.
        known = [clocks[j] for j in graph.predecessors(i)]
        most = max([now, *(each[0] for each in known)])
        clocks.append((most, max([-1, *(each[1] for each in known if each[0] == most)]) + 1))
    at = data.draw(st.integers(0, len(events) - 1))
    moved = (data.draw(st.integers(-1, 1)), data.draw(st.integers(-1, 1)))
    clocks[at] = (clocks[at][0] + moved[0], clocks[at][1] + moved[1])
    bound = data.draw(st.integers(0, 6))
    right = all(clocks[i] < clocks[j] for i, j in graph.edges)
    right = right and all(abs(clock[0] - now) <= bound for clock, now in zip(clocks, times, strict=True))
    stamped = [
        replace(event, hybrid=clock, time=now, vector=None, lamport=None)
        for event, clock, now in zip(events, clocks, times, strict=True)
    ]
    finding = causality.check(trace_of(stamped), bound)
    assert (finding.outcome is ACCEPTED) == right, finding.reason
    if bound % 2 == 0:  # two clocks, each off by half of it
        assert causality.check(trace_of(stamped, skew=bound // 2)).outcome is finding.outcome
    off = [replace(event, time_error=1) for event in stamped]
    assert (causality.check(trace_of(off), max(0, bound - 1)).outcome is ACCEPTED) >= (right and bound > 0)


@settings(deadline=None)
@given(executions(), st.data())
def test_vector_clocks_and_the_order_of_the_file(events: list[Event], data: st.DataObject) -> None:
    shuffled = list(events)
    if data.draw(st.booleans()):
        at, to = (data.draw(st.integers(0, len(events) - 1)) for _ in range(2))
        shuffled.insert(to, shuffled.pop(at))
    kept = [event for event in shuffled if data.draw(st.integers(0, 4))]
    place = {id(event): i for i, event in enumerate(kept)}
    closure = nx.transitive_closure_dag(causes(events))
    ordered = all(
        place[id(events[i])] < place[id(events[j])]
        for i, j in closure.edges
        if id(events[i]) in place and id(events[j]) in place
    )
    finding = causality.check(trace_of(without(kept, "msg", "kind", "lamport"), "causal", gaps=True))
    if kept:
        assert (finding.outcome is ACCEPTED) == ordered, finding.reason
        assert finding.kind == ("" if ordered else "effect before cause")
        if not ordered:
            effect, cause = (next(e for e in kept if e.place == each.place) for each in finding.core)
            assert closure.has_edge(events.index(cause), events.index(effect))
            assert place[id(effect)] < place[id(cause)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(("leader", "follower", None)), st.integers(1, 3))))
def test_a_term_has_two_leaders_or_falls_exactly_if_some_pair_says_so(steps: list[tuple[str, Any, int]]) -> None:
    events = renumbered([Event(node, 1, role=role, term=term if role else None) for node, role, term in steps])
    led = [event for event in events if event.role == "leader"]
    two = any(one.term == other.term and one.node != other.node for one in led for other in led)
    said = [event for event in events if event.role]
    falls = any(
        one.node == other.node and one.seq < other.seq and (one.term or 0) > (other.term or 0)
        for one in said
        for other in said
    )
    finding = single_leader.check(trace_of(events))
    assert finding.outcome is (NOT_ASKED if not said else REJECTED if two or falls else ACCEPTED)
    if two and not falls:
        assert finding.kind == "two leaders of a term"


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 6)), max_size=7), st.integers(0, 2), st.data())
def test_times_of_sections_are_judged_by_all_real_times(
    steps: list[tuple[str, int]], skew: int, data: st.DataObject
) -> None:
    clock = dict.fromkeys("ab", 0)
    holds = dict.fromkeys("ab", False)
    events = []
    for node, passed in steps:
        clock[node] += passed
        holds[node] = not holds[node]
        error = data.draw(st.sampled_from((None, 1)))
        events.append(Event(node, 1, lock="L", holds=holds[node], time=clock[node], time_error=error))
    events = renumbered(events)
    sections: list[tuple[str, tuple[float, float], tuple[float, float]]] = []
    for event in events:
        off = skew + (event.time_error or 0)
        span = ((event.time or 0) - off, (event.time or 0) + off)
        if event.holds:
            sections.append((event.node, span, (float("inf"), float("inf"))))
        else:
            at = max(i for i, each in enumerate(sections) if each[0] == event.node)
            sections[at] = (event.node, sections[at][1], span)
    pairs = [(one, two) for one in sections for two in sections if one[0] < two[0]]
    seen = any(one[1][1] < two[2][0] and two[1][1] < one[2][0] for one, two in pairs)
    possible = any(one[1][0] < two[2][1] and two[1][0] < one[2][1] for one, two in pairs)
    finding = mutual_exclusion.check(trace_of(events, skew=skew))
    if events:
        expected = REJECTED if seen else TraceOutcome.UNKNOWN if possible else ACCEPTED
        assert finding.outcome is expected, (finding.reason, sections)


# --- recorded traces -------------------------------------------------------------------------------


def _claims_of_prefix(trace: Trace, most: int = 60) -> list[Event]:
    """The clocks of the events with the smallest pasts: whatever one of them knows is among them."""
    clocked = [event for event in trace.events if event.vector]
    return without(
        sorted(clocked, key=lambda e: (sum((e.vector or {}).values()), e.node))[:most], "msg", "kind", "lamport"
    )


def _reject_exactly_what_is_wrong(events: list[Event], seed: int) -> tuple[int, int]:
    """How many of some mutations of these clocks are wrong, and how many are not."""
    draw = random.Random(seed)
    wrong = right = 0
    for turn in range(24):
        changed = list(events)
        at, other = draw.randrange(len(changed)), draw.randrange(len(changed))
        vector = dict(changed[at].vector or {})
        if turn % 4 == 0:
            name = draw.choice(sorted(vector))
            changed[at] = replace(changed[at], vector={**vector, name: max(0, vector[name] + draw.choice((-1, 1)))})
        elif turn % 4 == 1:
            del changed[at]
        elif turn % 4 == 2:
            changed[at] = replace(changed[at], vector=changed[other].vector)
            changed[other] = replace(changed[other], vector=vector)
        else:  # every event of a node forgets or invents one entry from here on
            name = draw.choice(sorted(vector))
            mine = [i for i, e in enumerate(changed) if e.node == changed[at].node and i >= at]
            for i in mine:
                known = dict(changed[i].vector or {})
                changed[i] = replace(
                    changed[i], vector={**known, name: max(0, known.get(name, 0) + draw.choice((0, 1)))}
                )
        changed = renumbered(changed)
        holds = claims_hold(changed)
        finding = causality.check(trace_of(changed))
        assert (finding.outcome is ACCEPTED) == holds, finding.reason
        wrong, right = wrong + (not holds), right + holds
    return wrong, right


@pytest.mark.parametrize("name", ["clocks.jsonl", "lock_run.jsonl", "reordered_run.jsonl", "lost_update_run.jsonl"])
def test_mutations_of_our_own_traces(name: str) -> None:
    (trace,) = read_traces([str(OWN / name)])
    events = _claims_of_prefix(trace)
    assert claims_hold(renumbered(events))
    wrong, _ = _reject_exactly_what_is_wrong(events, 1)
    assert wrong >= 12


@needs_corpus
@pytest.mark.parametrize("row", range(5))
def test_mutations_of_logs_of_other_projects(row: int) -> None:
    lines = (CORPUS / "shiviz" / "parsers.tsv").read_text("utf-8").splitlines()
    name, delimiter, pattern = lines[1 + row].split("\t")
    options = ReadOptions(pattern=pattern, delimiter=delimiter or None)
    for at, trace in enumerate(read_traces([str(CORPUS / "shiviz" / name)], options=options)):
        events = _claims_of_prefix(trace)
        assert claims_hold(renumbered(events))
        assert _reject_exactly_what_is_wrong(events, row + at)[0] >= 12


@needs_corpus
@pytest.mark.parametrize("name", ["lock_server_log_10000_1_happy.txt"])
def test_a_grant_while_the_lock_is_held_is_seen_in_a_log(name: str) -> None:
    from traces.log_mappings import POBSERVE

    (trace,) = read_traces([str(CORPUS / "pobserve" / name)], options=ReadOptions(mapping=POBSERVE))
    uses = [i for i, event in enumerate(trace.events) if event.lock is not None and event.holds is not None]
    draw = random.Random(3)
    for _ in range(6):
        gone = draw.choice(uses)
        events = tuple(replace(e, lock=None) if i == gone else e for i, e in enumerate(trace.events))
        held: dict[str | None, set[str]] = {}
        wrong = False
        for i in uses:
            event = events[i]
            if event.lock is not None:
                holders = held.setdefault(event.lock, set())
                used_before = any(
                    e.lock == event.lock and e.node == event.node for e in events[:i] if e.holds is not None
                )
                if event.holds:
                    wrong |= bool(holders)
                    holders.add(event.node)
                elif event.node in holders:
                    holders.remove(event.node)
                else:
                    wrong |= used_before or any(e.lock == event.lock for e in events[:i] if e.holds)
        finding = mutual_exclusion.check(replace(trace, events=events), in_every_cut=False)
        assert (finding.outcome is REJECTED) == wrong, finding.reason
