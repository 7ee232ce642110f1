"""Are version vectors, dots and stored siblings accepted exactly when a store can have them?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.executions import causes, renumbered, trace_of

from dscheck.clocks import Siblings, VersionVector
from dscheck.traces.causality.versions import Version, at_most, joined, maximal, supersedes
from dscheck.traces.checks import causality
from dscheck.traces.event import Dot, Event
from dscheck.traces.finding import TraceFinding, TraceOutcome

ACCEPTED, REJECTED, NOT_ASKED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.NOT_ASKED
REPLICAS = ("a", "b", "c")


def plain(vector: VersionVector[str]) -> dict[str, int]:
    return {node: vector[node] for node in REPLICAS if vector[node]}


def stored(siblings: Siblings[str, int]) -> tuple[Dot, ...]:
    return tuple(sorted((version.dot.replica, version.dot.number) for version, _ in siblings.versions))


@st.composite
def stores(draw: st.DrawFn) -> list[Event]:
    """What three replicas of a store record of two keys: puts with a context read before, gets, and exchanges."""
    at: dict[tuple[str, str], Siblings[str, int]] = {}
    read: dict[str, list[VersionVector[str]]] = {"x": [VersionVector()], "y": [VersionVector()]}
    flying: list[tuple[str, str, Siblings[str, int]]] = []
    events: list[Event] = []
    for step in range(draw(st.integers(1, 12))):
        node, key = draw(st.sampled_from(REPLICAS)), draw(st.sampled_from("xxy"))
        mine: Siblings[str, int] = at.get((node, key), Siblings())
        what = draw(st.sampled_from(("put", "put", "get", "send", "recv", "recv")))
        more: dict[str, Any] = {}
        if what == "recv" and flying:
            msg, key, sent = flying.pop(draw(st.integers(0, len(flying) - 1)))
            mine = at[node, key] = at.get((node, key), Siblings()).merge(sent)
            more = {"kind": "recv", "msg": msg}
        elif what == "send" or what == "recv":
            flying.append((f"m{step}", key, mine))
            more = {"kind": "send", "msg": f"m{step}"}
        elif what == "get":
            read[key].append(mine.context)
            more = {"function": "get", "context": plain(mine.context)}
        else:
            context = draw(st.sampled_from(read[key]))
            mine = at[node, key] = mine.put(node, context, step)
            (dot,) = ((v.dot.replica, v.dot.number) for v, data in mine.versions if data == step)
            more = {"function": "put", "dot": dot, "context": plain(context)}
        events.append(Event(node, 1, key=key, siblings=stored(mine), **more))
    return renumbered(events)


def could_be_a_store(events: list[Event]) -> bool:
    """The rules, by sets of writes and the transitive closure of all causes."""
    graph = causes(events)
    if not nx.is_directed_acyclic_graph(graph):
        return False
    closure = nx.transitive_closure_dag(graph)
    puts = [i for i, event in enumerate(events) if event.function == "put"]
    made: dict[tuple[Any, Dot], int] = {}
    contents: dict[tuple[Any, Dot], set[Dot]] = {}
    for i in puts:
        name = (events[i].key, events[i].dot)
        if name in made:
            return False
        made[name] = i
        contents[name] = {(node, n) for node, most in events[i].context.items() for n in range(1, most + 1)}
        if events[i].dot in contents[name]:
            return False
        contents[name].add(events[i].dot)
    for (key, (node, n)), i in made.items():
        for (other_key, (other, m)), j in made.items():
            if (key, node) == (other_key, other) and n < m and closure.has_edge(j, i):
                return False
    had: dict[tuple[str, Any], set[Dot]] = {}
    for i in sorted(range(len(events)), key=lambda i: (events[i].node, events[i].seq)):
        event = events[i]
        keyed = {dot: j for (key, dot), j in made.items() if key == event.key}
        tops = {(node, n) for node, n in (event.context or {}).items() if n}
        for node, n in tops:
            known = [(m, j) for (other, m), j in keyed.items() if other == node]
            made_by_then = [each for each in known if each[0] <= n]
            if keyed and (not made_by_then or max(known)[0] < n or closure.has_edge(i, max(made_by_then)[1])):
                return False
        if keyed and any(dot not in keyed or closure.has_edge(i, keyed[dot]) for dot in event.siblings):
            return False
        kept = [contents.get((event.key, dot), {dot}) for dot in event.siblings]
        for one, dot in enumerate(event.siblings):
            if any(dot in content for other, content in enumerate(kept) if other != one):
                return False
        got = set(had.get((event.node, event.key), ()))
        send = next((j for j, e in enumerate(events) if e.kind == "send" and e.msg == event.msg), None)
        brings = event.kind == "recv" and send is not None and events[send].key == event.key
        if brings:
            got |= set(events[send].siblings)
        if event.function == "put":
            got.add(event.dot)
        if any(all(dot not in content for content in kept) for dot in got):
            return False
        if (brings or event.function == "put") and not set(event.siblings) <= got:
            return False
        if event.function == "get" and any(event.context.get(node, 0) < n for node, n in event.siblings):
            return False
        had[event.node, event.key] = set(event.siblings)
    return True


@settings(deadline=None)
@given(stores())
def test_what_a_store_with_dots_does_is_accepted(events: list[Event]) -> None:
    assert could_be_a_store(events)
    finding = causality.check(trace_of(events))
    assert finding.outcome is ACCEPTED, finding.reason
    assert finding.counts["versions"] == len(events)


@st.composite
def mutated(draw: st.DrawFn) -> list[Event]:
    events = draw(stores())
    dots = sorted({event.dot for event in events if event.dot}) or [("a", 1)]
    for _ in range(draw(st.integers(1, 2))):
        at, other = (draw(st.integers(0, len(events) - 1)) for _ in range(2))
        event = events[at]
        match draw(st.sampled_from(("context", "lost", "more", "dot", "drop", "places", "siblings"))):
            case "context" if event.context is not None:
                node = draw(st.sampled_from(REPLICAS))
                bumped = max(0, event.context.get(node, 0) + draw(st.sampled_from((-1, 1))))
                events[at] = replace(event, context={**event.context, node: bumped})
            case "lost" if event.siblings:
                gone = draw(st.integers(0, len(event.siblings) - 1))
                events[at] = replace(event, siblings=event.siblings[:gone] + event.siblings[gone + 1 :])
            case "more":
                events[at] = replace(event, siblings=(*event.siblings, draw(st.sampled_from(dots))))
            case "dot" if event.dot is not None:
                events[at] = replace(event, dot=(event.dot[0], max(1, event.dot[1] + draw(st.sampled_from((-1, 1))))))
            case "drop" if len(events) > 1:
                del events[at]
            case "siblings":
                one, two = event.siblings, events[other].siblings
                events[at], events[other] = replace(event, siblings=two), replace(events[other], siblings=one)
            case _:
                events[at], events[other] = events[other], events[at]
    return renumbered(events)


@settings(deadline=None, max_examples=400)
@given(mutated())
def test_a_trace_of_a_store_is_rejected_exactly_when_no_store_makes_it(events: list[Event]) -> None:
    finding = causality.check(trace_of(events))
    assert (finding.outcome is REJECTED) != could_be_a_store(events), finding.reason
    if finding.outcome is REJECTED:
        assert finding.kind
        assert finding.core


@settings(deadline=None)
@given(stores(), st.data())
def test_holes_are_no_fault_of_a_store_that_says_so(events: list[Event], data: st.DataObject) -> None:
    kept = [event for event in events if data.draw(st.booleans())]
    assert causality.check(trace_of(kept, gaps=True)).outcome in {ACCEPTED, NOT_ASKED}


VECTORS = st.dictionaries(st.sampled_from(REPLICAS), st.integers(0, 2))
PLAIN = st.builds(Version, VECTORS)
VERSIONS = PLAIN | st.builds(
    lambda vector, dot, beyond: Version(vector, (dot, vector.get(dot, 0) + beyond)),
    VECTORS,
    st.sampled_from(REPLICAS),
    st.integers(1, 2),
)


def writes(version: Version) -> set[Dot]:
    in_vector = {(node, n) for node, most in version.vector.items() for n in range(1, most + 1)}
    return in_vector | ({version.dot} if version.dot is not None else set())


@given(st.lists(VERSIONS, max_size=4))
def test_versions_are_ordered_by_the_writes_in_them(versions: list[Version]) -> None:
    for one in versions:
        for other in versions:
            below = writes(one) <= writes(other) if one.dot is None else one.dot in writes(other)
            assert at_most(one, other) == below
            assert supersedes(other, one) == (below and not at_most(other, one))
    if versions:
        every = set().union(*map(writes, versions))
        assert joined(versions) == {n: max(k for m, k in every if m == n) for n, _ in every}


@given(st.lists(PLAIN, max_size=5))
def test_the_maximal_versions_are_those_that_none_contains(versions: list[Version]) -> None:
    kept = {frozenset(writes(version)) for version in maximal(versions)}
    every = [frozenset(writes(version)) for version in versions]
    assert kept == {one for one in every if not any(one < other for other in every)}
    assert len(maximal(versions)) == len(kept)


# --- each kind by hand -----------------------------------------------------------------------------


def put(node: str, dot: Dot, context: Mapping[str, int] | None, *stored: Dot, **more: Any) -> Event:
    return Event(node, 1, key="x", function="put", dot=dot, context=context, siblings=stored or None, **more)


def get(node: str, *stored: Dot, context: Mapping[str, int] | None = None) -> Event:
    return Event(node, 1, key="x", function="get", siblings=stored, context=context)


def judged(*events: Event, **header: Any) -> TraceFinding:
    return causality.check(trace_of(renumbered(list(events)), **header))


A1, A2, B1 = ("a", 1), ("a", 2), ("b", 1)
BOTH = (put("a", A1, {}, A1), put("a", A2, {}, A1, A2))  # two writers that had read nothing, at one replica


@pytest.mark.parametrize(
    ("kind", "events", "told"),
    [
        ("cycle", [put("a", A1, {"a": 1})], "is write 1 of a of x, but its context {a: 1} has that write already"),
        ("duplicate", [put("a", A1, {}), put("a", A1, {})], "are both write 1 of a of x"),
        ("backwards", [put("a", A2, {}), put("a", A1, {})], "a replica numbers its writes upwards"),
        ("dangling reference", [put("a", A1, {"b": 3})], "knows write 3 of b to x, but the trace has none"),
        ("dangling reference", [*BOTH, put("b", B1, {"a": 3})], "but the last one in the trace is 2"),
        ("dangling reference", [put("a", A2, {}), get("b", A1)], "but the trace does not have that one"),
        ("cycle", [put("b", B1, {"a": 1}), put("a", A1, {"b": 1})], "which a put x"),
        ("cycle", [get("a", A1), put("a", A1, {})], "makes only later"),
        ("superseded sibling", [BOTH[0], put("a", A2, {"a": 1}, A1, A2)], "the second supersedes the first"),
        ("superseded sibling", [BOTH[0], put("a", A2, {"a": 1}, A2, A1)], "write 1 of a and write 2 of a (which"),
        ("superseded sibling", [put("a", A1, {}, A1, A1)], "they are the same"),
        ("lost sibling", [*BOTH, get("a", A2)], "but write 1 of a, which a put x (t.jsonl:2) has, is neither"),
        ("lost sibling", [BOTH[0], put("a", A2, {}, A1)], "which it writes, is neither among them nor superseded"),
        ("sibling from nowhere", [BOTH[0], put("b", B1, {}, A1, B1)], "but write 1 of a it neither had"),
        ("context without a sibling", [*BOTH, get("a", A1, A2, context={"a": 1})], "the context {a: 1} that it gives"),
    ],
)  # fmt: skip
def test_each_fault_of_a_version_is_named(kind: str, events: list[Event], told: str) -> None:
    order = "total" if "which a put x" in told else "per-node"
    finding = causality.check(trace_of(renumbered(events), order))
    assert (finding.outcome, finding.kind) == (REJECTED, kind), finding.reason
    assert told in finding.reason
    assert 1 <= len(finding.core) <= 3
    assert "t.jsonl:" in finding.reason


def test_what_a_message_brings_may_be_stored_now_or_later() -> None:
    sent = Event("a", 1, key="x", kind="send", msg="m", siblings=(A1,))
    got = Event("b", 1, kind="recv", msg="m")
    both = put("b", B1, {}, A1, B1)
    assert judged(BOTH[0], sent, got, both).outcome is ACCEPTED
    assert judged(BOTH[0], sent, got, put("b", B1, {}, B1)).outcome is ACCEPTED  # not stored yet
    at_once = replace(got, key="x", siblings=())
    assert judged(BOTH[0], sent, at_once, put("b", B1, {}, B1)).kind == "lost sibling"
    assert judged(BOTH[0], sent, both).kind == "sibling from nowhere"
    assert judged(BOTH[0], sent, both, gaps=True).outcome is ACCEPTED


def test_a_dot_that_is_passed_on_keeps_its_context() -> None:
    first = put("a", A1, {})
    sent = Event("a", 1, key="x", kind="send", msg="m", dot=A1, context={})
    got = replace(sent, node="b", kind="recv")
    assert judged(first, sent, got).outcome is ACCEPTED
    assert judged(put("b", B1, {}), first, sent, replace(got, context={"b": 1})).kind == "backwards"
    assert judged(sent, got).outcome is ACCEPTED  # the sending is the write, if nothing before it is


def test_a_vector_beside_a_dot_has_the_dot_and_what_was_read() -> None:
    assert judged(BOTH[0], put("b", B1, {"a": 1}, version={"a": 1, "b": 1})).outcome is ACCEPTED
    assert judged(BOTH[0], put("b", B1, {"a": 1}, version={"b": 1})).kind == "backwards"
    assert judged(BOTH[0], put("b", B1, {"a": 1}, version={"a": 1})).kind == "backwards"


def test_a_vector_goes_beyond_the_context_that_its_writer_had() -> None:
    def write(node: str, version: dict[str, int], context: dict[str, int] | None) -> Event:
        return Event(node, 1, key="x", function="put", version=version, context=context)

    assert judged(write("a", {"a": 1}, {}), write("a", {"a": 2}, {"a": 1})).outcome is ACCEPTED
    assert judged(write("a", {"a": 1}, {}), write("b", {"b": 1}, {"a": 1})).kind == "backwards"
    assert judged(write("a", {"a": 1}, {}), write("b", {"a": 1}, {"a": 1})).kind == "backwards"
    # The clients count: what the replica has seen meanwhile is no part of what its writer had read.
    by_clients = (write("s", {"p": 1}, {}), write("s", {"q": 1}, {}))
    assert judged(*by_clients).outcome is ACCEPTED
    assert judged(*(replace(each, context=None) for each in by_clients)).kind == "backwards"
    both = ({"p": 1}, {"q": 1})
    assert judged(by_clients[0], replace(by_clients[1], siblings=both)).outcome is ACCEPTED
    assert judged(by_clients[0], replace(by_clients[1], siblings=both[1:])).kind == "lost sibling"
    assert judged(by_clients[0], replace(by_clients[1], siblings=({"p": 1, "q": 1},))).kind == "sibling from nowhere"


def test_both_ends_of_an_operation_may_record_its_version() -> None:
    ends = [put("a", A1, {}, kind=kind, op="1") for kind in ("invoke", "ok")]  # type: ignore[arg-type]
    assert judged(*ends).outcome is ACCEPTED
    assert judged(ends[0], replace(ends[1], op="2")).kind == "duplicate"


def test_a_write_that_is_missing_may_supersede_what_is_no_longer_stored() -> None:
    """Write 2 had read write 1, but only its dot is recorded, by the next event."""
    first = Event("c", 1, function="put", key="x", dot=("c", 1), context={}, siblings=(("c", 1),))
    second = replace(first, seq=2, dot=("c", 2), context={"c": 1}, siblings=(("c", 2),))
    third = replace(first, seq=3, dot=("c", 3), siblings=(("c", 2), ("c", 3)))
    assert causality.check(trace_of([first, third], gaps=True)).outcome is ACCEPTED
    assert causality.check(trace_of([first, second, third], gaps=True)).outcome is ACCEPTED
    alone = replace(third, siblings=(("c", 3),))  # all that is stored is recorded: nothing superseded write 1
    assert causality.check(trace_of([first, alone], gaps=True)).outcome is REJECTED
