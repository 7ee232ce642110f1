"""Are the labels those of the definition, with what a log would show of each?"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.runs.labelled import SpecRuns, UnknownVariable
from dscheck.semantics.step import transitions

SPECS = Path(__file__).resolve().parents[2] / "specs"
NAMES = ["centralized_lock", "bully", "two_phase_commit", "lamport_mutex", "primary_backup", "peterson"]


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_the_transitions_of_the_definition(name):
    runs = SpecRuns.of(str(SPECS / f"{name}.dsc"))

    @settings(max_examples=10, deadline=None)
    @given(st.data())
    def along_a_walk(data):
        state = runs.initial()[0]
        for _ in range(8):
            labels = runs.labels(state)
            by_definition = {
                (runs.system.rules[step.rule].name, step.successor) for step in transitions(runs.system, state)
            }
            assert {(label.rule, label.successor) for label in labels} == by_definition
            possible = [label for label in labels if label.successor is not None]
            if not possible:
                return
            state = data.draw(st.sampled_from(possible)).successor
            seen = runs.observed(runs.values(state))
            assert not runs.differences(seen, state)

    along_a_walk()


def test_what_a_label_shows():
    runs = SpecRuns.of(str(SPECS / "centralized_lock.dsc"), "two")
    (asked, *_) = runs.labels(runs.initial()[0])
    assert (asked.text, asked.node, asked.process, asked.sender) == (
        "Client[0] request",
        "Client[0]",
        ("Client", 0),
        "",
    )
    labels = {label.text: label for label in runs.labels(asked.successor)}
    arrival = labels["Server on Request from Client[0]"]
    assert (arrival.rule, arrival.sender, arrival.message, arrival.node) == (
        "on Request",
        "Client[0]",
        "Request",
        "Server",
    )
    assert labels["Client[0] tell (q = Client[1])"].arguments == {"q": "Client[1]"}
    assert runs.nodes == ("Server", "Client[0]", "Client[1]")
    assert runs.values(asked.successor)["Client[0].mode"] == "waiting"
    different = runs.differences(runs.observed({"Client[0].mode": "idle"}), asked.successor)
    assert [(each.what, each.spec) for each in different] == [("Client[0].mode", "waiting")]


def test_broken_properties():
    runs = SpecRuns.of(str(SPECS / "centralized_lock.dsc"), "forgetful", {})
    state = runs.initial()[0]
    for text in ("Client[0] request", "Client[1] request", "Server on Request from Client[0]",
                 "Server on Request from Client[1]", "Client[0] on Grant from Server"):  # fmt: skip
        state = next(label for label in runs.labels(state) if label.text == text).successor
        assert not runs.broken(None, state)
    state = next(label for label in runs.labels(state) if label.text == "Client[1] on Grant from Server").successor
    assert runs.broken(None, state) == {"mutex"}


def test_an_unknown_variable():
    with pytest.raises(UnknownVariable, match="`mood` is observed"):
        SpecRuns.of(str(SPECS / "centralized_lock.dsc")).observed({"mood": 1})
