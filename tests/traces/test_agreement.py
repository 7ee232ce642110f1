"""Which JSON values may stand for which values of a spec, and which nodes for which processes?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Tuple,
    Value,
    Vector,
    members,
)
from dscheck.traces.conformance.agreement import agrees
from dscheck.traces.conformance.footprint import shared_variables
from dscheck.traces.conformance.naming import UnknownName, naming, spec_name
from dscheck.values import as_json

from .recorded import system_of

NAMES = naming(system_of("ricart_agrawala", "three"), ["a", "b", "c"])
NODE = Id("Node", 3)
PAIR = Record("Pair", (("x", Int(0, 2)), ("who", Optional(NODE))))
MESSAGE = Message((Record("Go", (("to", NODE), ("n", Int(0, 3)))), Record("Stop", ())))


def agree(recorded: Any, value: Value, domain: Domain) -> bool:
    return agrees(recorded, value, domain, NAMES, frozenset())


@pytest.mark.parametrize(
    ("recorded", "value", "domain"),
    [
        (True, True, Bool()),
        ("true", True, Bool()),
        (2, 2, Int(0, 3)),
        ("2", 2, Int(0, 3)),
        ("idle", "idle", Enum(("idle", "busy"))),
        ("b", 1, NODE),
        ("Node[1]", 1, NODE),
        (1, 1, NODE),
        (None, None, Optional(NODE)),
        ("none", None, Optional(NODE)),
        (["c", "a"], frozenset((0, 2)), Set(NODE)),
        ([2, 1, 2], (1, 2, 2), Bag(Int(0, 3))),
        ({"b": 3, "a": 0}, ((0, 0), (1, 3)), Map(NODE, Int(0, 3))),
        ([["b", 3]], ((1, 3),), Map(NODE, Int(0, 3))),
        ({"x": 2}, (2, 1), PAIR),
        ({"who": "b"}, (2, 1), PAIR),
        ("Pair(2, Node[1])", (2, 1), PAIR),
        ([2, "b"], (2, 1), PAIR),
        ([{"who": "b"}, {"x": 1}], frozenset(((1, 1), (2, 1))), Set(PAIR)),
        ({"n": 3}, ("Go", 1, 3), MESSAGE),
        ([1, 0, 2], (1, 0, 2), Vector("Node", 3)),
        ({"c": 2, "a": 1}, (1, 0, 2), Vector("Node", 3)),
    ],
)
def test_it_may_stand_for_it(recorded: Any, value: Value, domain: Domain) -> None:
    assert agree(recorded, value, domain)


@pytest.mark.parametrize(
    ("recorded", "value", "domain"),
    [
        (1, True, Bool()),
        (True, 1, Int(0, 3)),
        ("a", 1, NODE),
        (0, None, Optional(Int(0, 3))),
        (None, 0, Optional(Int(0, 3))),
        (["a", "a"], frozenset((0, 2)), Set(NODE)),
        ([1, 2], (2, 1), List(Int(0, 3), None)),
        ([1], (1, 1), Bag(Int(0, 3))),
        ({"b": 3}, ((0, 0), (1, 3)), Map(NODE, Int(0, 3))),
        ({"y": 2}, (2, 1), PAIR),
        ({"x": 1}, (2, 1), PAIR),
        ([{"x": 1}, {"x": 1}], frozenset(((1, 1), (2, 1))), Set(PAIR)),
        ({"c": 2, "a": 0}, (1, 0, 2), Vector("Node", 3)),
        (7, (2, 1), Tuple((Int(0, 3), Int(0, 3)))),
    ],
)
def test_it_may_not_stand_for_it(recorded: Any, value: Value, domain: Domain) -> None:
    assert not agree(recorded, value, domain)


DOMAINS: list[Domain] = [Bool(), Int(-1, 2), NODE, Optional(NODE), Set(NODE), Map(NODE, Bool()), PAIR, List(NODE, 2)]


@given(st.sampled_from(DOMAINS), st.data())
def test_what_dscheck_prints_stands_for_its_value_and_no_other(domain: Domain, data: st.DataObject) -> None:
    values = list(members(domain))
    value, other = data.draw(st.sampled_from(values)), data.draw(st.sampled_from(values))
    assert agree(as_json(value, domain), value, domain)
    assert agree(as_json(value, domain), other, domain) == (value == other)


@pytest.mark.parametrize(
    ("nodes", "processes"),
    [
        (["Node[2]", "Node[0]"], ["Node[2]", "Node[0]"]),
        (["n2", "n1", "n3"], ["Node[1]", "Node[0]", "Node[2]"]),
        (["2", "0", "1"], ["Node[2]", "Node[0]", "Node[1]"]),
        (["node-3", "node-1"], ["Node[2]", "Node[0]"]),
        (["alice", "bob"], ["Node[0]", "Node[1]"]),
    ],
)
def test_nodes_find_their_process(nodes: list[str], processes: list[str]) -> None:
    system = system_of("ricart_agrawala", "three")
    actors = naming(system, nodes).actors
    assert [spec_name(system, *actor) for node in nodes if (actor := actors[node])] == processes


def test_who_is_who_may_be_given() -> None:
    system = system_of("ricart_agrawala", "three")
    assert naming(system, ["x", "y"], {"x": "Node[2]"}).actors == {"network": None, "x": ("Node", 2), "y": ("Node", 0)}
    with pytest.raises(UnknownName, match="Node\\[9\\]"):
        naming(system, ["x"], {"x": "Node[9]"})
    with pytest.raises(UnknownName, match="more nodes"):
        naming(system, ["x", "y", "z", "u"])
    two_sets = system_of("two_phase_commit", "two")
    actors = naming(two_sets, ["coordinator", "rm1", "rm2"]).actors
    assert [actors[node] for node in ("coordinator", "rm1", "rm2")] == [("Coordinator", 0), ("RM", 0), ("RM", 1)]
    with pytest.raises(UnknownName, match="which process"):
        naming(two_sets, ["x"])


def test_what_keeps_steps_from_commuting_is_named() -> None:
    assert shared_variables(system_of("ricart_agrawala", "three")) == ()
    assert shared_variables(system_of("ewd998", "three")) == ()
    assert "value" in shared_variables(system_of("lost_update"))
    assert "up Coordinator" in shared_variables(system_of("two_phase_commit", "blocking"))
