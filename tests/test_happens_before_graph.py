"""Is the dependency graph of a diagram its happens-before?"""

import doctest

import networkx as nx

from dscheck import happens_before_graph as module
from dscheck.happens_before_graph import dependency_graph
from dscheck.language.check_all_schedules import Extent
from dscheck.schedules.drawing import diagram_of
from dscheck.schedules.enumeration import schedules_within
from dscheck.schedules.sheet import causality, pasts


def test_paths_are_happens_before_on_all_small_schedules():
    for sheet in schedules_within(Extent(1, 3, 1, 5), lost=True):
        graph = dependency_graph(diagram_of(sheet, "", {"V": "vector"}))
        assert nx.is_directed_acyclic_graph(graph)
        names = nx.get_node_attributes(graph, "name")
        past = pasts(causality(sheet))
        expected = {
            (one.name, two.name)
            for x, one in enumerate(sheet.events)
            for y, two in enumerate(sheet.events)
            if past[y] >> x & 1
        }
        assert {(names[x], names[y]) for x in graph for y in nx.descendants(graph, x)} == expected


def test_what_nodes_and_edges_say():
    (sheet,) = (each for each in schedules_within(Extent(2, 2, 2, 2)) if each.messages)
    graph = dependency_graph(diagram_of(sheet, "", {"L": "lamport"}))
    assert dict(graph.nodes(data=True)) == {
        0: {"name": "a", "lane": "P1", "kind": "send", "values": {"L": "1"}, "time": ""},
        1: {"name": "b", "lane": "P2", "kind": "receive", "values": {"L": "2"}, "time": ""},
    }
    assert list(graph.edges(data=True)) == [(0, 1, {"kind": "message", "message": "m1"})]


def test_the_example_runs():
    ran = doctest.testmod(module)
    assert ran.attempted
    assert not ran.failed
