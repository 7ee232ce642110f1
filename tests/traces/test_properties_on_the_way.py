"""Are invariants and step properties judged on the explanations of a trace, and a breach shown at its step?"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.simulation import simulate

from .conformance_oracle import is_behaviour
from .recorded import system_of, systems_of

ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED


def trace_of(*actions: str | Event, order: Any = "total") -> Trace:
    events = [
        each if isinstance(each, Event) else Event("Node", number, action=each, place=Place("log", number))
        for number, each in enumerate(actions, start=1)
    ]
    return Trace("log", "native", "for a test", TraceHeader(order), tuple(events))


def judged(trace: Trace, of: System, **options: Any) -> TraceFinding:
    return conforms(trace, of, make=ReferenceStepper, **options)


# --- where it breaks, and what is said -----------------------------------------------------------

METER = """
protocol Meter "a number that must not go down"

process Node:
    var level: 0..4 = 2
    var name: 0..1 = 0

    action raise_it when level < 4:
        level += 1

    action lower when level > 0:
        level -= 1

    action rename:
        name = 1 - name

    action read:
        pass

step grows: Node.level >= old(Node.level)

check all: expect violates grows
"""


def test_the_step_that_breaks_a_step_property_is_shown() -> None:
    (of,) = systems_of(METER)
    found = judged(trace_of("raise_it", "lower", "raise_it"), of)
    assert (found.outcome, found.kind, found.data["property"]) == (REJECTED, "step", "grows")
    assert [each.place.line for each in found.events] == [2]
    assert [each.place.line for each in found.core] == [2, 1]
    lines = found.reason.splitlines()
    assert lines[0] == "step grows is broken: Node.level >= old(Node.level)"
    assert lines[1:3] == ["  by log:2: Node (lower), its event 2", "    Node.level: 3, then 2"]
    assert judged(trace_of("raise_it", "rename", "read"), of).outcome is ACCEPTED
    assert judged(trace_of("raise_it", "lower", "raise_it"), of, invariants=False).outcome is ACCEPTED


def test_the_definition_says_the_same_as_an_engine() -> None:
    (of,) = systems_of(METER)
    for actions in (("raise_it", "lower"), ("raise_it", "raise_it")):
        trace = trace_of(*actions)
        assert conforms(trace, of).reason == judged(trace, of).reason


def test_a_step_that_is_not_recorded_can_break_it() -> None:
    (of,) = systems_of(METER)
    up = [Event("Node", 1, action="raise_it", place=Place("log", 1), variables={"level": 3})]
    low = Event("Node", 2, action="rename", place=Place("log", 2), variables={"level": 2})
    found = judged(trace_of(*up, low), of, hidden={"lower"})
    assert (found.outcome, found.kind) == (REJECTED, "step")
    assert "by a step that is not recorded, after log:1: Node (raise_it), its event 1" in found.reason
    assert "Node.level: 3, then 2" in found.reason


def test_a_property_without_a_value_is_broken() -> None:
    text = METER.replace("step grows: Node.level >= old(Node.level)", "step grows: 4 / Node.level >= 1")
    (of,) = systems_of(text)
    assert judged(trace_of("lower"), of).outcome is ACCEPTED
    found = judged(trace_of("lower", "lower"), of)
    assert (found.outcome, found.kind) == (REJECTED, "step")
    assert "4 / Node.level >= 1: no value" in found.reason


# --- what is no step -----------------------------------------------------------------------------

TALKER = """
protocol Talker "every step of it counts"

message Said(number: 0..9)

process Node:
    var number: 0..9 = 0

    action speak when number < 9:
        number += 1
        send Said(number) to Listener
        send Said(0) to Listener

    action rest:
        pass

process Listener:
    var heard: 0..9 = 0

    on Said(number):
        heard = max(heard, number)

step moves: Node.number > old(Node.number) or Listener.heard >= 0 and old(Listener.heard) != Listener.heard

check all: expect violates moves
"""


def _said(line: int, number: int) -> Event:
    return Event("Node", line, "send", action="Said", arguments={"number": number}, place=Place("log", line))


def test_further_messages_of_a_step_and_observations_are_no_steps() -> None:
    (of,) = systems_of(TALKER)
    speak = Event("Node", 1, action="speak", place=Place("log", 1))
    look = Event("Node", 4, place=Place("log", 4), variables={"number": 1}, other={"observes": True})
    rest = Event("Node", 5, action="rest", place=Place("log", 5))
    assert judged(trace_of(speak, _said(2, 1), _said(3, 0), look), of).outcome is ACCEPTED
    found = judged(trace_of(speak, _said(2, 1), _said(3, 0), look, rest), of)
    assert (found.outcome, found.kind, found.events[0].place.line) == (REJECTED, "step", 5)


# --- every explanation counts --------------------------------------------------------------------

WAYS = """
protocol Ways "three ways from here to there, none of them recorded"

process Node:
    var place: here | half | side | there | past = here

    action jump when place == here:
        place = there

    action begin when place == here:
        place = half

    action go_on when place in {half, side}:
        place = there

    action turn when place == here:
        place = side

    action finish when place == there:
        place = past

step no_jumps: not (old(Node.place) == here and Node.place == there)
invariant no_side: Node.place != side

check all: expect violates no_jumps
"""


def test_the_shortest_way_may_break_what_another_one_keeps() -> None:
    (of,) = systems_of(WAYS)
    hidden = {"jump", "begin", "go_on", "turn"}
    assert judged(trace_of("finish"), of, hidden=hidden).outcome is ACCEPTED
    assert judged(trace_of("finish"), of, hidden=hidden - {"begin"}).outcome is REJECTED
    assert judged(trace_of("finish"), of, hidden=hidden - {"begin", "turn"}).kind == "step"
    assert judged(trace_of("finish"), of, hidden=hidden - {"begin", "jump"}).kind == "invariant"


def test_orders_that_are_not_known_are_all_judged() -> None:
    of = system_of("lost_update", "unprotected")
    actions = ("begin", "read", "write")
    lanes = [
        Event(f"Client[{client}]", number, action=action, place=Place("log", 3 * client + number), variables=values)
        for client in range(2)
        for number, action in enumerate(actions, start=1)
        for values in ({"seen": 0} if action == "read" else {},)
    ]
    trace = trace_of(*lanes, order="per-node")
    found = judged(trace, of)
    assert (found.outcome, found.kind) == (REJECTED, "invariant"), found.reason
    assert "nothing_lost" in found.reason
    unknown = replace(trace, events=tuple(replace(event, variables={}) for event in lanes))
    assert judged(unknown, of).outcome is ACCEPTED, "they may have come one after the other"


FREE = """
protocol Free "nobody waits for anybody"

process Node[2]:
    var inside: bool = false

    action enter when not inside:
        inside = true

    action leave when inside:
        inside = false

invariant alone: count(p in Node if p.inside) <= 1

check all: expect violates alone
"""


@pytest.mark.parametrize("order", ["per-node", "causal"])
@pytest.mark.parametrize("clocks", [False, True])
def test_an_order_that_was_chosen_proves_nothing_of_an_invariant(order: str, *, clocks: bool) -> None:
    (of,) = systems_of(FREE)

    def found(ends: Any) -> TraceFinding:
        events = [
            Event(f"Node[{node}]", number, action=action, place=Place("log", 2 * node + number), vector=vector)
            for node in range(2)
            for number, action in enumerate(("enter", "leave"), start=1)
            for vector in ({**({"Node[0]": ends[node]} if node else {}), f"Node[{node}]": number} if clocks else None,)
        ]
        return judged(trace_of(*events, order=order), of)

    one_by_one = found([0, 2])
    assert one_by_one.outcome is ACCEPTED
    concurrent = found([0, 0])
    assert concurrent.outcome is ACCEPTED, concurrent.reason
    overlapping = replace(
        trace_of(order=order),
        events=tuple(
            Event(f"Node[{node}]", number, action=action, vector=vector, place=Place("log", line))
            for line, (node, number, action, vector) in enumerate(
                [
                    (0, 1, "enter", {"Node[0]": 1}),
                    (1, 1, "enter", {"Node[0]": 1, "Node[1]": 1}),
                    (0, 2, "leave", {"Node[0]": 2, "Node[1]": 1}),
                    (1, 2, "leave", {"Node[0]": 2, "Node[1]": 2}),
                ],
                start=1,
            )
        ),
    )
    surely = judged(overlapping, of)
    assert (surely.outcome, surely.kind) == (REJECTED, "invariant"), "no order of these events avoids it"


# --- the oracle ----------------------------------------------------------------------------------


def keeps_all(system: System) -> Callable[[State | None, State], bool]:
    """Whether a step, and the state after it, breaks nothing."""

    def true(condition: Any, before: State, after: State) -> bool:
        try:
            return bool(evaluate(condition, scope_of(system, after, before)))
        except StepFailed:
            return False

    def keeps(before: State | None, after: State) -> bool:
        return all(
            true(each.condition, after if before is None else before, after)
            for each in system.properties
            if each.kind == "invariant" or (each.kind == "step" and before is not None)
        )

    return keeps


CASES = [
    ("lost_update", "unprotected", ("read", "begin"), 9),
    ("two_phase_commit", "overtaken", ("begin", "on Prepare"), 9),
    ("ccf_consistency", "hasty", ("elect", "advance"), 9),
    ("ccf_consistency", "provisional", ("elect", "advance"), 9),
]


@pytest.mark.parametrize(("spec", "check", "hidden", "length"), CASES)
def test_a_trace_is_accepted_if_and_only_if_some_explanation_breaks_nothing(
    spec: str, check: str, hidden: tuple[str, ...], length: int
) -> None:
    of = system_of(spec, check)
    steps = Steps(of, ReferenceStepper)
    keeps = keeps_all(of)
    answers = set()
    runs = [next(simulate(of, 1, length, seed, of=steps)) for seed in range(120)]
    fine = [is_behaviour(run, of, (), keeps) for run in runs]
    chosen = [[run for run, well in zip(runs, fine, strict=True) if well is wanted][:8] for wanted in (False, True)]
    for seed, trace in enumerate(chosen[0] + chosen[1]):
        random = Random(seed)
        events = []
        for event in trace.events:
            if event.action not in hidden or random.random() < 0.3:
                kept = {name: value for name, value in event.variables.items() if random.random() < 0.4}
                events.append(replace(event, variables=kept))
        if not events:
            continue
        left = replace(trace, events=tuple(events))
        found = conforms(left, of, steps=steps, hidden=hidden)
        expected = is_behaviour(left, of, hidden, keeps)
        assert found.outcome is (ACCEPTED if expected else REJECTED), (seed, found.reason)
        assert is_behaviour(left, of, hidden)
        assert expected or found.kind in ("invariant", "step")
        answers.add(expected)
    assert answers == {True, False}, "both answers come up"
