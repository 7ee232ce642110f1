"""Is a lock's verdict that of all consistent cuts, and was there one leader?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import NODES, causes, executions, renumbered, trace_of, without

from dscheck.traces.checks import mutual_exclusion, single_leader
from dscheck.traces.event import Event
from dscheck.traces.finding import TraceOutcome

ACCEPTED, REJECTED, UNKNOWN = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN


def holding(events: list[Event], chosen: Sequence[bool]) -> list[Event]:
    """The events of which `chosen` are, on each node in turn, an acquire and a release of the lock L."""
    held: dict[str, bool] = {}
    marked = []
    for event, taken in zip(events, chosen, strict=True):
        if taken:
            held[event.node] = not held.get(event.node, False)
            event = replace(event, lock="L", holds=held[event.node])  # noqa: PLW2901
        marked.append(event)
    return marked


def holders_of_cuts(events: list[Event]) -> Iterator[int]:
    """How many nodes hold the lock, in every consistent cut."""
    closure = nx.transitive_closure_dag(causes(events))
    nodes = sorted({event.node for event in events})
    of_node = {node: [i for i, event in enumerate(events) if event.node == node] for node in nodes}
    for cut in product(*(range(len(of_node[node]) + 1) for node in nodes)):
        inside = {i for node, count in zip(nodes, cut, strict=True) for i in of_node[node][:count]}
        if all(set(closure.predecessors(i)) <= inside for i in inside):
            yield sum(
                next((bool(events[i].holds) for i in reversed(of_node[node][:count]) if events[i].lock), False)
                for node, count in zip(nodes, cut, strict=True)
            )


@settings(deadline=None)
@given(executions(9), st.data())
def test_a_lock_is_exclusive_exactly_if_no_consistent_cut_has_two_holders(
    events: list[Event], data: st.DataObject
) -> None:
    marked = holding(events, [data.draw(st.booleans()) for _ in events])
    finding = mutual_exclusion.check(trace_of(without(marked, "msg", "kind")))
    if not any(event.lock for event in marked):
        assert finding.outcome is TraceOutcome.NOT_ASKED
        return
    shared = max(holders_of_cuts(marked)) > 1
    assert (finding.outcome is REJECTED) == shared, finding.reason
    if shared:
        first, *_ = finding.core
        assert len({each.text.split()[0] for each in finding.core}) == 2
        assert first.role == "while the other holds it"


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NODES), st.integers(0, 5)), min_size=2, max_size=5), st.booleans())
def test_a_lock_that_is_passed_on_is_exclusive_unless_the_token_is_sent_first(
    turns: list[tuple[str, int]], by_clocks: bool
) -> None:
    events: list[Event] = []
    for turn, (node, slip) in enumerate(turns):
        if turn:
            events.append(Event(node, 1, kind="recv", msg=f"m{turn - 1}"))
        send = Event(node, 1, kind="send", msg=f"m{turn}")
        release = Event(node, 1, lock="L", holds=False)
        events += [Event(node, 1, lock="L", holds=True), *((send, release) if slip == 0 else (release, send))]
    events = renumbered(events)
    if by_clocks:
        graph = causes(events)
        for i, event in enumerate(events):
            past = [events[j].node for j in (*nx.ancestors(graph, i), i)]
            events[i] = replace(event, vector={name: past.count(name) for name in dict.fromkeys(past)})
        events = without(events, "msg", "kind")
    finding = mutual_exclusion.check(trace_of(events))
    if len({node for node, _ in turns}) > 1:
        early = [
            turn for turn, (_, slip) in enumerate(turns[:-1]) if slip == 0 and turns[turn][0] != turns[turn + 1][0]
        ]
        assert (finding.outcome is REJECTED) == bool(early), finding.reason


@settings(deadline=None)
@given(executions(9), st.data())
def test_an_overlap_is_seen_in_a_total_order_exactly_if_two_hold_at_once(
    events: list[Event], data: st.DataObject
) -> None:
    marked = holding(without(events, "msg", "kind", "vector"), [data.draw(st.booleans()) for _ in events])
    holds: set[str] = set()
    most = 0
    for event in marked:
        if event.lock:
            holds = holds | {event.node} if event.holds else holds - {event.node}
            most = max(most, len(holds))
    finding = mutual_exclusion.check(trace_of(marked, "total"))
    if any(event.lock for event in marked):
        assert finding.kind == ("overlap seen" if most > 1 else "excluded")


def uses(*steps: tuple[str, bool, int | None]) -> list[Event]:
    last: dict[str, int] = {}
    events = []
    for node, holds, time in steps:
        last[node] = last.get(node, 0) + 1
        events.append(Event(node, last[node], lock="L", holds=holds, time=time))
    return events


def test_where_nothing_relates_the_nodes_times_decide_as_far_as_they_can() -> None:
    apart = uses(("a", True, 10), ("a", False, 20), ("b", True, 30), ("b", False, 40))
    check = mutual_exclusion.check
    assert check(trace_of(without(apart, "time"))).kind == "not ordered"
    assert check(trace_of(without(apart, "time"))).outcome is UNKNOWN
    assert check(trace_of(apart)).outcome is ACCEPTED
    assert check(trace_of(apart, skew=5)).outcome is ACCEPTED
    assert check(trace_of(apart, skew=6)).outcome is UNKNOWN
    inside = uses(("a", True, 10), ("a", False, 40), ("b", True, 20), ("b", False, 30))
    assert (check(trace_of(inside)).outcome, check(trace_of(inside)).kind) == (REJECTED, "overlap seen")
    assert check(trace_of(inside, skew=9)).outcome is REJECTED
    assert check(trace_of(inside, skew=10)).outcome is UNKNOWN


def test_misuse_of_a_lock_is_named() -> None:
    check = mutual_exclusion.check
    twice = uses(("a", True, None), ("a", True, None))
    assert check(trace_of(twice)).kind == "acquired twice"
    assert check(trace_of(twice), reentrant=True).outcome is ACCEPTED
    assert check(trace_of(twice, gaps=True)).outcome is ACCEPTED
    free = uses(("a", True, None), ("a", False, None), ("a", False, None))
    assert check(trace_of(free)).kind == "released but not held"
    began = uses(("a", False, None), ("b", True, None), ("b", False, None))
    assert check(trace_of(began, "total")).counts["begun before the trace"] == 1
    late = uses(("b", True, None), ("b", False, None), ("a", False, None))
    assert check(trace_of(late, "total")).kind == "overlap seen"


def test_a_section_that_does_not_end_keeps_the_lock_unless_its_end_may_be_missing() -> None:
    events = uses(("a", True, None), ("b", True, None), ("b", False, None))
    finding = mutual_exclusion.check(trace_of(events, "total"))
    assert (finding.outcome, finding.kind) == (REJECTED, "overlap seen")
    assert "never releases it in the trace" in finding.reason
    assert mutual_exclusion.check(trace_of(events, "total", gaps=True)).outcome is UNKNOWN


def test_a_total_order_may_be_all_that_is_asked() -> None:
    events = [
        Event("a", 1, lock="L", holds=True, vector={"a": 1}),
        Event("a", 2, lock="L", holds=False, vector={"a": 2}),
        Event("b", 1, lock="L", holds=True, vector={"b": 1}),
        Event("b", 2, lock="L", holds=False, vector={"b": 2}),
    ]
    assert mutual_exclusion.check(trace_of(events, "total")).kind == "overlap possible"
    assert mutual_exclusion.check(trace_of(events, "total"), in_every_cut=False).outcome is ACCEPTED


def roles(*steps: tuple[str, str, int | None]) -> list[Event]:
    last: dict[str, int] = {}
    events = []
    for node, role, term in steps:
        last[node] = last.get(node, 0) + 1
        events.append(Event(node, last[node], role=role, term=term))
    return events


def test_a_term_has_one_leader() -> None:
    check = single_leader.check
    good = roles(("a", "StateLeader", 1), ("b", "StateFollower", 1), ("b", "StateLeader", 2), ("a", "StateFollower", 2))
    assert check(trace_of(good)).outcome is ACCEPTED
    assert check(trace_of(good)).data["leaders"] == [{"term": 1, "node": "a"}, {"term": 2, "node": "b"}]
    two = check(trace_of([*good, *roles(("c", "StateLeader", 2))]))
    assert (two.outcome, two.kind) == (REJECTED, "two leaders of a term")
    assert "b (t.jsonl:3) and c (t.jsonl:5)" in two.reason
    assert check(trace_of(roles(("a", "leader", 2), ("a", "leader", 1)))).kind == "term goes backwards"
    assert check(trace_of(roles(("a", "follower", 1), ("b", "pre-leader", 1)))).reason == "no node is ever a leader"
    assert check(trace_of(good), roles={"StateFollower"}).outcome is ACCEPTED
    assert check(trace_of([Event("a", 1)])).outcome is TraceOutcome.NOT_ASKED


def test_without_terms_there_is_one_leader_at_a_time() -> None:
    in_turn = roles(("a", "leader", None), ("a", "follower", None), ("b", "leader", None))
    assert single_leader.check(trace_of(in_turn, "total")).outcome is ACCEPTED
    assert single_leader.check(trace_of(in_turn)).outcome is UNKNOWN
    both = roles(("a", "leader", None), ("b", "leader", None), ("a", "follower", None))
    assert single_leader.check(trace_of(both, "total")).kind == "overlap seen"


def test_a_role_without_a_term_is_one_of_the_term_that_the_node_told_last() -> None:
    again = roles(("a", "leader", 1), ("a", "leader", None), ("b", "leader", 2), ("b", "leader", None))
    assert single_leader.check(trace_of(again, "total")).outcome is ACCEPTED
    elected = roles(("a", "candidate", 1), ("a", "leader", None), ("b", "candidate", 1), ("b", "leader", None))
    assert single_leader.check(trace_of(elected)).kind == "two leaders of a term"


def test_leaders_are_told_as_leaders() -> None:
    both = roles(("a", "leader", None), ("b", "leader", None), ("a", "follower", None))
    finding = single_leader.check(trace_of(both, "total"))
    assert "a is leader (t.jsonl:1) and is it until t.jsonl:3; b is leader (t.jsonl:2) meanwhile" in finding.reason
    assert [each.role for each in finding.core] == ["while the other is it", "has been it since", "not over before"]
    assert "releases" not in single_leader.check(trace_of(both[:2], "total")).reason


def test_holes_may_hide_what_orders_two_sections_but_not_an_overlap_of_others() -> None:
    held = {"lock": "L", "holds": True}
    given_up = {"lock": "L", "holds": False}
    events = [
        Event("a", 1, **held),
        Event("a", 2, **given_up),
        Event("a", 3, kind="send", msg="t"),
        Event("b", 2, **held),
        Event("b", 3, **given_up),
        Event("b", 4, kind="send", msg="u"),
        Event("a", 4, kind="recv", msg="u"),
    ]
    assert mutual_exclusion.check(trace_of(events, gaps=True)).outcome is UNKNOWN
    assert mutual_exclusion.check(trace_of(renumbered(events))).outcome is REJECTED
    unfinished = [Event("a", 1, **held), Event("b", 1, **held), Event("c", 1, **held), Event("c", 2, **given_up)]
    unfinished.append(Event("b", 2, **given_up))
    finding = mutual_exclusion.check(trace_of(unfinished, "total", gaps=True))
    assert (finding.outcome, finding.kind) == (REJECTED, "overlap seen")
