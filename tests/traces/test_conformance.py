"""Traces of simulations are behaviours of their spec; of their mutations, those that an explicit search finds."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.model.system import System
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.simulation import simulate

from .conformance_oracle import is_behaviour
from .recorded import SPECS, system_of, systems_of

ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED
NAMES = sorted(path.stem for path in SPECS.glob("*.dsc"))
SMALL = [
    ("ricart_agrawala", "lossy"),
    ("lamport_mutex", "lossy"),
    ("two_phase_commit", "torn_recovery"),
    ("chang_roberts", "two_winners"),
    ("lost_update", ""),
    ("centralized_lock", ""),
    ("happens_before", ""),
]


@cache
def system(spec: str, check: str) -> System:
    return system_of(spec, check)


_STEPS: dict[int, Steps] = {}


def steps_of(of: System) -> Steps:
    """The steps of a system, compiled once for all tests."""
    if id(of) not in _STEPS:
        _STEPS[id(of)] = Steps(of, ReferenceStepper)
    return _STEPS[id(of)]  # which keeps the system, so that no other one gets its id


def walks(of: System, runs: int, most: int, seed: int, **options: Any) -> Iterator[Trace]:
    return simulate(of, runs, most, seed, of=steps_of(of), **options)


def judged(trace: Trace, of: System, **options: Any) -> TraceFinding:
    return conforms(trace, of, **{"steps": steps_of(of), "invariants": False, **options})


def with_events(trace: Trace, events: list[Event]) -> Trace:
    return replace(trace, events=tuple(events))


# --- simulate, then verify -----------------------------------------------------------------------


@pytest.mark.parametrize("spec", NAMES)
def test_a_simulation_is_a_behaviour(spec: str) -> None:
    for of in systems_of((SPECS / f"{spec}.dsc").read_text("utf-8"))[:5]:
        for trace in walks(of, 1, 12, 7):
            found = judged(trace, of)
            assert found.outcome in (ACCEPTED, TraceOutcome.NOT_ASKED), found.reason
            assert (found.outcome is ACCEPTED) == bool(trace.events)


def test_the_definition_and_an_engine_walk_alike() -> None:
    of = system("two_phase_commit", "torn_recovery")
    assert list(walks(of, 2, 10, 3)) == list(simulate(of, 2, 10, 3))
    trace = next(simulate(of, 1, 10, 3))
    assert conforms(trace, of).outcome is ACCEPTED


def test_other_seeds_and_other_runs_walk_elsewhere() -> None:
    of = system("ricart_agrawala", "lossy")
    first, second = walks(of, 2, 15, 1)
    (other,) = walks(of, 1, 15, 2)
    assert len({str(trace.events) for trace in (first, second, other)}) == 3
    assert next(walks(of, 1, 15, 1)) == first


# --- mutations -----------------------------------------------------------------------------------


def _bumped(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else 1 if value is None else None


def mutations(trace: Trace, random: Random) -> Iterator[tuple[str, Trace]]:
    """One trace for each way to spoil one."""
    events = list(trace.events)
    at = random.randrange(len(events))
    yield "dropped", with_events(trace, events[:at] + events[at + 1 :])
    if at:
        yield "swapped", with_events(trace, [*events[: at - 1], events[at], events[at - 1], *events[at + 1 :]])
    step = events[at].other["step"]
    whole = [event for event in events if event.other["step"] == step]
    rest = [event for event in events if event.other["step"] != step]
    yield "step dropped", with_events(trace, rest)
    where = random.randrange(len(rest) + 1)
    yield "step moved", with_events(trace, rest[:where] + whole + rest[where:])
    for index, event in enumerate(events[at:], start=at):
        if event.variables:
            name = random.choice(sorted(event.variables))
            spoiled = replace(event, variables={**event.variables, name: _bumped(event.variables[name])})
            yield "bumped", with_events(trace, [*events[:index], spoiled, *events[index + 1 :]])
            break
    for index, event in enumerate(events[at:], start=at):
        if event.arguments:
            name = random.choice(sorted(event.arguments))
            spoiled = replace(event, arguments={**event.arguments, name: _bumped(event.arguments[name])})
            yield "argument", with_events(trace, [*events[:index], spoiled, *events[index + 1 :]])
            break
    actions = sorted({event.action for event in events if event.action})
    renamed = [replace(event, action=random.choice(actions)) if event in whole else event for event in events]
    yield "renamed", with_events(trace, renamed)
    unknown = replace(events[at], action="no such action")
    yield "unknown", with_events(trace, [*events[:at], unknown, *events[at + 1 :]])
    if events[at].peer is not None:
        peers = sorted({event.node for event in events} - {events[at].node})
        if peers:
            yield "peer", with_events(trace, [*events[:at], replace(events[at], peer=peers[0]), *events[at + 1 :]])


@pytest.mark.parametrize(("spec", "check"), SMALL)
def test_mutations_are_rejected_whenever_no_behaviour_records_them(spec: str, check: str) -> None:
    of = system(spec, check)
    outcomes: set[tuple[str, bool]] = set()
    for seed in range(8):
        trace = next(walks(of, 1, 9, seed))
        if not trace.events:
            continue
        for name, mutated in mutations(trace, Random(seed)):
            if not mutated.events:
                continue
            found = judged(mutated, of)
            expected = is_behaviour(mutated, of)
            assert found.outcome is (ACCEPTED if expected else REJECTED), (seed, name, found.reason)
            outcomes.add((name, expected))
            if not expected:
                assert_told(found)
    assert {wrong for _, wrong in outcomes} == {True, False}, "both answers come up"


def assert_told(found: TraceFinding) -> None:
    """A rejection names its event and what refuses it, in few lines."""
    assert len(found.reason.splitlines()) + len(found.core) <= 20
    assert found.core[0] == found.events[0]
    assert str(found.events[0].place) in found.reason
    assert len(found.reason.splitlines()) >= 2, found.reason


# --- partial observation, hidden steps, order ----------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(SMALL))
def test_a_trace_that_says_less_is_still_accepted(seed: int, case: tuple[str, str]) -> None:
    of = system(*case)
    random = Random(seed)
    trace = next(walks(of, 1, 10, seed, everything=random.random() < 0.5))
    events = []
    for event in trace.events:
        kept = {name: value for name, value in event.variables.items() if random.random() < 0.5}
        said = {name: value for name, value in event.arguments.items() if random.random() < 0.5}
        less = replace(event, variables=kept, arguments=said, peer=event.peer if random.random() < 0.5 else None)
        if random.random() < 0.3 and not event.other.get("torn"):
            less = replace(less, action=None)
        if event.kind != "send" or random.random() < 0.7:
            events.append(less)
    if events:
        assert judged(with_events(trace, events), of, limit=300).outcome is not REJECTED


@pytest.mark.parametrize(("spec", "check"), SMALL)
def test_steps_that_are_missing_must_be_hidden(spec: str, check: str) -> None:
    of = system(spec, check)
    answers = set()
    for seed in range(4):
        trace = next(walks(of, 1, 8, seed))
        for action in sorted({event.action or "" for event in trace.events}):
            left = with_events(trace, [event for event in trace.events if event.action != action])
            if left.events:
                assert judged(left, of, hidden={action}).outcome is ACCEPTED
                expected = is_behaviour(left, of)
                assert judged(left, of).outcome is (ACCEPTED if expected else REJECTED)
                answers.add(expected)
    assert False in answers


def test_a_loss_need_not_be_recorded_but_what_is_received_later_was_not_lost() -> None:
    of = system("lamport_mutex", "lossy")
    lost = 0
    for seed in range(40):
        trace = next(walks(of, 1, 12, seed))
        without = with_events(trace, [event for event in trace.events if event.action != "loss"])
        if len(without.events) < len(trace.events) and without.events:
            lost += 1
            assert judged(without, of).outcome is ACCEPTED
    assert lost > 3


def test_one_order_of_concurrent_events_is_as_good_as_another() -> None:
    of = system("ricart_agrawala", "three")
    for seed in range(5):
        trace = next(walks(of, 1, 30, seed))
        random = Random(seed)
        lanes: dict[str, list[Event]] = {}
        for event in trace.events:
            lanes.setdefault(event.node, []).append(event)
        mixed = []
        while any(lanes.values()):
            mixed.append(random.choice([lane for lane in lanes.values() if lane]).pop(0))
        for less in ({}, {"vector": None}):
            found = judged(
                replace(
                    trace,
                    events=tuple(replace(event, **less) for event in mixed),
                    header=replace(trace.header, order="per-node"),
                ),
                of,
            )
            assert found.outcome is ACCEPTED, found.reason
            assert "note" not in found.reason


def test_where_processes_share_a_variable_all_orders_are_tried_and_the_variable_is_named() -> None:
    of = system("lost_update", "")
    out_of_order = 0
    for seed in range(8):
        trace = next(walks(of, 1, 8, seed))
        by_node = with_events(trace, sorted(trace.events, key=lambda event: event.node))
        found = judged(replace(by_node, header=replace(trace.header, order="per-node")), of)
        assert found.outcome is ACCEPTED
        assert "`value`" in found.reason
        expected = is_behaviour(by_node, of)
        out_of_order += not expected
        assert judged(by_node, of).outcome is (ACCEPTED if expected else REJECTED)
    assert out_of_order


def test_a_send_may_record_a_step_or_one_message_of_it() -> None:
    of = system("ricart_agrawala", "three")
    trace = next(walks(of, 1, 30, 1))
    apart = [replace(event, other={"message": event.other.get("message", "")}) for event in trace.events]
    assert judged(with_events(trace, apart), of).outcome is ACCEPTED
    sends = [index for index, event in enumerate(apart) if event.kind == "send"]
    twice = [*apart[: sends[-1] + 1], apart[sends[-1]], *apart[sends[-1] + 1 :]]
    assert judged(with_events(trace, twice), of).outcome is REJECTED


# --- invariants ----------------------------------------------------------------------------------


def test_a_run_that_breaks_an_invariant_is_rejected_where_it_does() -> None:
    of = system("lost_update", "")
    broken = 0
    for trace in walks(of, 12, 20, 5):
        found = judged(trace, of, invariants=True)
        assert judged(trace, of).outcome is ACCEPTED
        last = trace.events[-1]
        if found.outcome is REJECTED:
            broken += 1
            assert found.kind == "invariant"
            assert "nothing_lost" in found.reason
            assert found.events[0].place == last.place, "it breaks with the last write"
    assert 0 < broken < 12


TWO_WAYS = """
protocol Ways "a hidden step may go well or badly"

process Node:
    var place: begun | good | bad | end = begun

    action well when place == begun:
        place = good

    action badly when place == begun:
        place = bad

    action finish when place == good:
        place = end

    action give_up when place == bad:
        place = end

invariant never_bad: Node.place != bad

check all: expect violates never_bad
"""


def test_an_invariant_is_judged_only_where_the_trace_can_be_completed() -> None:
    (of,) = systems_of(TWO_WAYS)

    def found(*actions: str) -> TraceFinding:
        trace = next(simulate(of, 1, 0, 1))
        events = [Event("Node", number, action=action) for number, action in enumerate(actions, start=1)]
        return judged(with_events(trace, events), of, hidden={"well", "badly"}, invariants=True)

    assert (found("finish").outcome, found("finish").reason.count("never_bad")) == (ACCEPTED, 0)
    assert found("give_up").outcome is REJECTED
    assert found("badly", "give_up").kind == "invariant"


# --- limits and questions that cannot be asked -----------------------------------------------------


def _step(event: Event) -> dict[str, Any]:
    return {"step": event.other["step"]}


def test_too_many_explanations_are_no_answer() -> None:
    of = system("ricart_agrawala", "three")
    trace = next(walks(of, 1, 20, 2))
    vague = [Event(event.node, event.seq, event.kind, other=_step(event)) for event in trace.events]
    found = judged(with_events(trace, vague), of, limit=5, effort=10)
    assert found.outcome is TraceOutcome.UNKNOWN
    assert found.kind == "too many"


def test_in_depth_it_finds_what_is_too_wide() -> None:
    of = system("ricart_agrawala", "three")
    trace = next(walks(of, 1, 15, 2))
    vague = [
        Event(event.node, event.seq, event.kind, action=event.action, other=_step(event)) for event in trace.events
    ]
    assert judged(with_events(trace, vague), of, limit=1).outcome is ACCEPTED


def test_a_node_that_is_no_process_is_told() -> None:
    of = system("ricart_agrawala", "lossy")
    trace = next(walks(of, 1, 5, 2))
    found = judged(with_events(trace, [*trace.events, Event("n7", 1), Event("n8", 1)]), of)
    assert found.outcome is TraceOutcome.UNKNOWN
    assert "n7" in found.reason


def test_nodes_and_actions_may_have_other_names() -> None:
    of = system("ricart_agrawala", "three")
    trace = next(walks(of, 1, 20, 4))
    names = {f"Node[{index}]": f"n{index + 1}" for index in range(3)}
    words = {"request": "asks", "enter": "goes in"}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(part) for part in value]
        return names.get(value, value) if isinstance(value, str) else value

    events = [
        replace(
            event,
            node=names[event.node],
            peer=renamed(event.peer),
            action=words.get(event.action or "", event.action),
            variables={name: renamed(value) for name, value in event.variables.items()},
        )
        for event in trace.events
    ]
    header = replace(trace.header, nodes=(), initial={})
    back = {own: name for name, own in words.items()}
    assert judged(replace(trace, events=tuple(events), header=header), of, words=back).outcome is ACCEPTED
    given = dict(zip(names.values(), ["Node[1]", "Node[0]", "Node[2]"], strict=True))
    assert judged(replace(trace, events=tuple(events), header=header), of, words=back, nodes=given).outcome is REJECTED
