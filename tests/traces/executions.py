"""Which executions do the tests of the checks use? Random ones with right clocks, and what slow means say of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from dscheck.traces.event import Event, OrderKind, Place, Trace, TraceHeader

NODES = ("a", "b", "c")


def trace_of(events: Sequence[Event], order: OrderKind = "per-node", **header: Any) -> Trace:
    """A trace of these events, each with the line on which it stands if it has none."""
    placed = [
        event if event.place.line else replace(event, place=Place("t.jsonl", line))
        for line, event in enumerate(events, 1)
    ]
    return Trace("t", "native", "made by a test", TraceHeader(order=order, **header), tuple(placed))


def renumbered(events: list[Event]) -> list[Event]:
    """Numbered by node in the order of the list, as a reader does where no number is recorded."""
    last: dict[str, int] = {}
    numbered = []
    for event in events:
        last[event.node] = last.get(event.node, 0) + 1
        numbered.append(replace(event, seq=last[event.node]))
    return numbered


@st.composite
def executions(draw: st.DrawFn, most: int = 12, *, lossy: bool = True) -> list[Event]:
    """Events in causal order, with messages, vector and Lamport clocks, all right."""
    events: list[Event] = []
    clocks: dict[str, dict[str, int]] = {node: {} for node in NODES}
    lamport = dict.fromkeys(NODES, 0)
    flying: list[tuple[str, str, dict[str, int], int]] = []
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(("internal", "send", "recv")))
        if kind == "recv" and not flying:
            kind = "send"
        msg = peer = None
        if kind == "recv":
            msg, node, clock, stamp = flying.pop(draw(st.integers(0, len(flying) - 1)))
            for each, count in clock.items():
                clocks[node][each] = max(clocks[node].get(each, 0), count)
            lamport[node] = max(lamport[node], stamp)
        else:
            node = draw(st.sampled_from(NODES))
        clocks[node][node] = clocks[node].get(node, 0) + 1
        lamport[node] += 1
        if kind == "send":
            msg, peer = f"m{number}", draw(st.sampled_from(NODES))
            flying.append((msg, peer, dict(clocks[node]), lamport[node]))
        events.append(
            Event(
                node,
                clocks[node][node],
                kind=kind,  # type: ignore[arg-type]
                msg=msg,
                peer=peer,
                vector=dict(clocks[node]),
                lamport=lamport[node],
                place=Place("t.jsonl", number + 1),
            )
        )
    return events


def causes(events: Sequence[Event]) -> nx.DiGraph:
    """Program order and messages, as a graph of indices; also of events whose messages make a cycle."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(events)))
    for node in {event.node for event in events}:
        mine = sorted((i for i, event in enumerate(events) if event.node == node), key=lambda i: (events[i].seq, i))
        graph.add_edges_from(pairwise(mine))
    for i, receipt in enumerate(events):
        for j, send in enumerate(events):
            if receipt.kind == "recv" and send.kind == "send" and receipt.msg is not None and send.msg == receipt.msg:
                graph.add_edge(j, i)
    return graph


def without(events: Sequence[Event], *fields: str) -> list[Event]:
    """The same events, with less recorded."""
    return [replace(event, **{f: "internal" if f == "kind" else None for f in fields}) for event in events]


def claims_hold(events: Sequence[Event]) -> bool:
    """Is every claimed past closed, free of cycles, and made of events that exist? By the sets themselves."""
    own = {(e.node, (e.vector or {}).get(e.node, 0)): e for e in events}
    if len(own) < len(events):
        return False
    past = {at: {(n, k) for n, count in (e.vector or {}).items() for k in range(1, count + 1)} for at, e in own.items()}
    for node in {e.node for e in events}:
        mine = sorted((e for e in events if e.node == node), key=lambda e: e.seq)
        if [(e.vector or {}).get(node, 0) for e in mine] != list(range(1, len(mine) + 1)):
            return False
    for at, claimed in past.items():
        before = past.get((at[0], at[1] - 1), set())
        if not before <= claimed:
            return False
        for other in claimed - {at}:
            if other not in past or not past[other] <= claimed or at in past[other]:
                return False
    return True


def clocks_are_exact(events: Sequence[Event]) -> bool:
    """Is every clock the number of events of each node that a path leads from, in a graph without a cycle?"""
    graph = causes(events)
    if not nx.is_directed_acyclic_graph(graph):
        return False
    for i, event in enumerate(events):
        past = nx.ancestors(graph, i) | {i}
        count = {node: sum(events[j].node == node for j in past) for node in {e.node for e in events}}
        claimed = event.vector or {}
        if any(claimed.get(node, 0) != count.get(node, 0) for node in {*claimed, *count}):
            return False
    return True
