"""Are all schedules of an extent given, each once, small ones first? Compared with all of them up to isomorphism."""

from itertools import combinations, pairwise, product

import networkx as nx
import pytest

from dscheck.language.check_all_schedules import Extent
from dscheck.schedules.enumeration import schedules_within
from dscheck.schedules.sheet import causality


def graph_of(lanes, messages, lost=()):
    """A schedule as a graph: events, with edges to the next event of a process and along messages."""
    graph = nx.DiGraph()
    for lane in lanes:
        for event in lane:
            graph.add_node(event, lost=event in lost)
        for one, two in pairwise(lane):
            graph.add_edge(one, two, kind="next")
    for start, end in messages:
        graph.add_edge(start, end, kind="message")
    return graph


def every_schedule(count, processes, *, lost):
    """All graphs of an extent, many of them the same but for names: every cut into lanes, every set of messages."""
    for cuts in combinations(range(1, count), processes - 1):
        bounds = (0, *cuts, count)
        lanes = [range(*bounds[at : at + 2]) for at in range(processes)]
        pairs = [(x, y) for one, two in product(lanes, lanes) if one is not two for x in one for y in two]
        lane_of = {event: number for number, lane in enumerate(lanes) for event in lane}
        for size in range(count):
            for messages in combinations(pairs, size):
                starts, ends = {start for start, _ in messages}, [end for _, end in messages]
                if len({*ends}) < len(ends) or starts & {*ends}:
                    continue  # an event receives one message, or sends one
                if len({(start, lane_of[end]) for start, end in messages}) < len(messages):
                    continue  # a process receives a message once
                busy = {*starts, *ends}
                free = [event for event in range(count) if event not in busy]
                for gone in (() if not lost else range(len(free) + 1)) or (0,):
                    for chosen in combinations(free, gone):
                        graph = graph_of(lanes, messages, chosen)
                        if nx.is_directed_acyclic_graph(graph):
                            yield graph


def classes(graphs):
    """One graph of each kind, by brute force."""
    found = {}
    for graph in graphs:
        key = tuple(
            sorted((graph.nodes[node]["lost"], graph.in_degree(node), graph.out_degree(node)) for node in graph)
        )
        alike = found.setdefault(key, [])
        if not any(same(graph, other) for other in alike):
            alike.append(graph)
    return [graph for alike in found.values() for graph in alike]


def same(one, two):
    """Is it the same schedule but for the names of processes, events and messages?"""
    return nx.is_isomorphic(
        one, two, node_match=lambda a, b: a["lost"] == b["lost"], edge_match=lambda a, b: a["kind"] == b["kind"]
    )


def graph_of_sheet(sheet):
    lanes = [
        [at for at, event in enumerate(sheet.events) if event.lane == number] for number in range(len(sheet.lanes))
    ]
    arrows = [(message.start, end) for message in sheet.messages for end in message.ends]
    return graph_of(lanes, arrows, [message.start for message in sheet.messages if not message.ends])


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(
    ("processes", "count"), [(1, 3), (2, 2), (2, 3), (2, 4), (2, 5), (3, 3), (3, 4), (3, 5), (4, 4)]
)
def test_every_schedule_is_given_once(processes, count, lost):
    given = [graph_of_sheet(each) for each in schedules_within(Extent(processes, processes, count, count), lost=lost)]
    expected = classes(every_schedule(count, processes, lost=lost))
    assert len(given) == len(expected) == len(classes(given))
    assert all(any(same(graph, other) for other in expected) for graph in given)


# Counted once by the brute force above, and by the enumeration since.
COUNTS = {
    (2, 2): [0, 2, 5, 16, 43, 130, 391],
    (3, 3): [0, 0, 3, 14, 73, 354, 1716],
    (2, 3): [0, 2, 8, 30, 116, 484, 2107],
}


@pytest.mark.parametrize("processes", COUNTS)
def test_how_many_schedules_there_are(processes):
    counts = [len(list(schedules_within(Extent(*processes, count, count)))) for count in range(1, 8)]
    assert counts == COUNTS[processes]


def test_the_extent_of_the_worksheet():
    sheets = list(schedules_within(Extent(2, 3, 1, 5)))
    assert len(sheets) == 156
    sizes = [(len(sheet.events), sum(len(each.ends) for each in sheet.messages)) for sheet in sheets]
    assert sizes == sorted(sizes)
    assert len(list(schedules_within(Extent(2, 3, 1, 5), lost=True))) == 696


def test_a_schedule_is_a_sheet_whose_messages_go_to_other_processes():
    for sheet in schedules_within(Extent(1, 3, 1, 5), lost=True):
        assert sorted(causality(sheet).order) == list(range(len(sheet.events)))
        assert {event.lane for event in sheet.events} == set(range(len(sheet.lanes)))
        roles = {}
        for message in sheet.messages:
            lanes = {sheet.events[at].lane for at in (message.start, *message.ends)}
            assert len(lanes) == 1 + len(message.ends)
            roles |= {message.start: "send", **dict.fromkeys(message.ends, "receive")}
        assert [event.kind for event in sheet.events] == [roles.get(at, "local") for at in range(len(sheet.events))]
        assert len({event.name for event in sheet.events}) == len(sheet.events)
        assert [message.name for message in sheet.messages] == [f"m{at + 1}" for at in range(len(sheet.messages))]


def test_more_events_than_letters():
    (sheet,) = schedules_within(Extent(1, 1, 28, 28))
    assert [sheet.events[at].name for at in (0, 25, 26, 27)] == ["a", "z", "a1", "b1"]
