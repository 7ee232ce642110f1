"""Is a look judged by the states between two steps? Against every run of the spec, by hand and by force."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dscheck
from dscheck.runs.labelled import SpecRuns
from dscheck.traces.event import Event, Place, Trace, TraceHeader

LOCK = Path(__file__).resolve().parents[2] / "specs" / "centralized_lock.dsc"
HIDDEN = ["on Request", "on Grant", "on Release", "on Asked"]
RUNS = SpecRuns.of(str(LOCK))


def seen(values, look=True):
    return Event("network", 1, variables=values, other={"observes": look})


def did(node, action):
    return Event(node, 1, action=action)


def judged(*events, hidden=HIDDEN):
    placed = tuple(
        Event(each.node, at, action=each.action, variables=each.variables, other=each.other, place=Place("x", at))
        for at, each in enumerate(events, start=2)
    )
    header = TraceHeader("total", (*RUNS.nodes, "network"), spec=str(LOCK), other={"hidden": hidden})
    return dscheck.verify(Trace("x", "native", "", header, placed), checks="conformance").traces[0].findings[0]


@pytest.mark.parametrize(
    ("mode", "look", "outcome"),
    [
        ("idle", True, "rejected"),
        ("waiting", True, "accepted"),
        ("inside", True, "accepted"),
        ("waiting", "quiet", "rejected"),
        ("inside", "quiet", "accepted"),
    ],
)
def test_what_may_be_seen_after_a_request(mode, look, outcome):
    found = judged(did("Client[0]", "request"), seen({"Client[0].mode": mode}, look))
    assert found.outcome == outcome
    if outcome == "rejected":
        assert f'where "{mode}" is recorded' in found.reason
        assert found.events[0].place.line == 3


def test_a_look_needs_no_hidden_step():
    assert judged(seen({"Client[0].mode": "idle"}), did("Client[0]", "request"), hidden=[]).outcome == "accepted"
    assert judged(did("Client[0]", "request"), seen({"Client[0].mode": "inside"}), hidden=[]).outcome == "rejected"


def test_looks_follow_one_run():
    """Each may be seen after a request, but not in this order."""
    inside, waiting = seen({"Client[0].mode": "inside"}), seen({"Client[0].mode": "waiting"})
    assert judged(did("Client[0]", "request"), waiting, inside).outcome == "accepted"
    assert judged(did("Client[0]", "request"), inside, waiting).outcome == "rejected"


def reached(states):
    """What hidden steps lead to, slowly."""
    found = set(states)
    while True:
        onward = {label.successor for state in found for label in RUNS.labels(state) if label.rule in HIDDEN}
        if onward <= found:
            return found
        found |= onward


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_look_is_accepted_if_some_state_explains_it(data):
    """The oracle walks all states that the spec may be in."""
    states, events = set(RUNS.initial()), []
    modes = ["idle", "waiting", "inside"]
    for _ in range(data.draw(st.integers(1, 4))):
        possible = sorted(
            {label.text for state in states for label in RUNS.labels(state) if label.rule in ("request", "leave")}
        )
        if not possible:
            break
        text = data.draw(st.sampled_from(possible))
        node, action = text.split()
        events.append(did(node, action))
        states = {label.successor for state in reached(states) for label in RUNS.labels(state) if label.text == text}
        look = data.draw(st.sampled_from([True, "quiet"]))
        values = {
            "Client[0].mode": data.draw(st.sampled_from(modes)),
            "Client[1].mode": data.draw(st.sampled_from(modes)),
        }
        events.append(seen(values, look))
        states = {
            state
            for state in reached(states)
            if all(RUNS.values(state)[name] == value for name, value in values.items())
            and not (look == "quiet" and any(label.rule in HIDDEN for label in RUNS.labels(state)))
        }
        if not states:
            break
    assert judged(*events).outcome == ("accepted" if states else "rejected")
