"""Do the runs cover what they say? Replayed label by label, against the transitions that the definition finds."""

from collections import deque
from pathlib import Path

import pytest

from dscheck.runs.covering import TooLarge, cover_actions, cover_transitions
from dscheck.runs.labelled import SpecRuns
from dscheck.semantics.step import initial_states, transitions

SPECS = Path(__file__).resolve().parents[2] / "specs"
SMALL = [("centralized_lock", "two"), ("peterson", "two"), ("lost_update", "unprotected"), ("two_phase_commit", None)]


def every_transition(runs):
    """By the definition alone: pairs of states, and rules."""
    todo = deque(initial_states(runs.system)[0])
    seen, found = set(todo), set()
    while todo:
        state = todo.popleft()
        for step in transitions(runs.system, state):
            if step.successor is not None:
                found.add((state, runs.system.rules[step.rule].name, step.successor))
                if step.successor not in seen:
                    seen.add(step.successor)
                    todo.append(step.successor)
    return found


def replayed(runs, steps):
    """The transitions that a run may take: labels may leave a choice open."""
    states = set(runs.initial())
    for text in steps:
        after = set()
        for state in states:
            for label in runs.labels(state):
                if label.text == text and label.successor is not None:
                    yield state, label.rule, label.successor
                    after.add(label.successor)
        assert after, f"{text} is not possible"
        states = after


@pytest.mark.parametrize(("spec", "check"), SMALL)
def test_every_transition_is_covered(spec, check):
    runs = SpecRuns.of(str(SPECS / f"{spec}.dsc"), check)
    wanted = every_transition(runs)
    found = cover_transitions(runs)
    taken = {edge for case in found.cases for edge in replayed(runs, case.steps)}
    assert wanted <= taken
    texts = {(start, label.text, label.successor) for start, _, _ in wanted for label in runs.labels(start)}
    assert found.edges == len({each for each in texts if each[2] is not None})
    assert len({case.name for case in found.cases}) == len(found.cases)


@pytest.mark.parametrize(("spec", "check"), SMALL)
def test_every_action_is_covered(spec, check):
    runs = SpecRuns.of(str(SPECS / f"{spec}.dsc"), check)
    wanted = {rule for _, rule, _ in every_transition(runs)}
    found = cover_actions(runs)
    assert {rule for case in found.cases for _, rule, _ in replayed(runs, case.steps)} == wanted
    assert set().union(*(case.covers for case in found.cases)) == wanted
    assert set(found.unreachable) == {rule.name for rule in runs.system.rules} - wanted


def test_what_happens_by_itself_is_not_named():
    runs = SpecRuns.of(str(SPECS / "centralized_lock.dsc"))
    arrivals = [rule.name for rule in runs.system.rules if rule.kind == "arrival"]
    found = cover_actions(runs, spontaneous=arrivals, left_out=["tell"])
    assert [case.steps for case in found.cases] == [("Client[0] request", "Client[0] leave")]
    assert found.unreachable == ("leave_some_day", "on Asked")
    steps = {step for case in cover_transitions(runs, spontaneous=arrivals).cases for step in case.steps}
    assert {step.split()[1] for step in steps} == {"request", "leave", "tell"}


def test_a_large_spec_is_refused():
    runs = SpecRuns.of(str(SPECS / "centralized_lock.dsc"))
    with pytest.raises(TooLarge):
        cover_actions(runs, limit=50)


def test_a_long_run_is_cut_where_a_transition_can_be_reached_by_a_shorter_one():
    runs = SpecRuns.of(str(SPECS / "peterson.dsc"), "two")
    short, long = cover_transitions(runs, longest=1), cover_transitions(runs, longest=100)
    assert len(short.cases) > len(long.cases)
    assert max(len(case.steps) for case in long.cases) > max(len(case.steps) for case in short.cases)
