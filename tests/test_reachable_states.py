"""Are the states of the graph those that the engine counts, and does the graph say which of them are wrong?"""

import pytest

import dscheck
from dscheck.reachable_states import GraphTooLarge

SMALL = [("peterson", "two"), ("lamport_mutex", "two"), ("lamport_mutex", "crash"), ("centralized_lock", "two")]


@pytest.mark.parametrize(("spec", "check"), SMALL)
def test_as_many_states_and_steps_as_the_engine_counts(spec, check):
    path = f"specs/{spec}.dsc"
    graph = dscheck.state_graph(path, check=check)
    (result,) = dscheck.check(path, checks=check).checks
    if result.statistics.complete:
        assert (len(graph), graph.size()) == (result.statistics.states, result.statistics.transitions)
    else:
        assert len(graph) >= result.statistics.states


def test_a_path_to_a_broken_state_is_as_short_as_the_counterexample():
    import networkx as nx

    graph = dscheck.state_graph("specs/lamport_mutex.dsc", check="tied")
    start = [node for node, data in graph.nodes(data=True) if data["initial"]]
    broken = [node for node, data in graph.nodes(data=True) if "mutex" in data["broken"]]
    lengths = nx.multi_source_dijkstra_path_length(nx.DiGraph(graph), start)
    (check,) = dscheck.check("specs/lamport_mutex.dsc", checks="tied").checks
    run = next(each for each in check.counterexamples if each.property == "mutex")
    assert min(lengths[node] for node in broken) == run.length


def test_states_that_differ_in_the_network_alone_can_be_told_apart():
    graph = dscheck.state_graph("specs/lamport_mutex.dsc", check="two")
    texts = [tuple(values.items()) for _, values in graph.nodes(data="values")]
    assert len({*texts}) == len(texts)
    assert any("→" in name for values in texts for name, _ in values)


def test_too_large_a_graph_is_refused():
    with pytest.raises(GraphTooLarge, match="more than 10 states"):
        dscheck.state_graph("specs/lamport_mutex.dsc", check="two", max_states=10)
