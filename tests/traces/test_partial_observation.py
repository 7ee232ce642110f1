"""Is a trace that says less judged as an explicit search judges it? Fields, sends and losses may be missing."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import groupby
from random import Random
from typing import Any

import pytest

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.simulation import simulate

from .conformance_oracle import is_behaviour
from .recorded import systems_of
from .test_conformance import mutations

ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED

BROADCAST = """
protocol Broadcast "several messages in one step"

message M(n: 0..2)

process Sender:
    var done: 0..2 = 0

    action send_all(w in {0, 1}) when done < 2:
        done += 1
        for p in Receiver:
            send M(done) to p
            send M(0) to p

process Receiver[2]:
    var got: 0..2 = 0

    on M(n):
        got = n

network:
    order ORDER
    FAULTS

check all: expect holds
"""

NETWORKS = [
    ("fifo", ""),
    ("fifo", "loss up to 1"),
    ("unordered", "loss up to 1"),
    ("fifo", "duplicate up to 1"),
]


@cache
def steps_of(order: str, faults: str) -> Steps:
    (system,) = systems_of(BROADCAST.replace("ORDER", order).replace("FAULTS", faults))
    return Steps(system, ReferenceStepper)


def judged(trace: Trace, steps: Steps, **options: Any) -> TraceFinding:
    return conforms(trace, steps.system, steps=steps, invariants=False, **options)


def a_run(steps: Steps, most: int, seed: int) -> Trace:
    return next(iter(simulate(steps.system, 1, most, seed, of=steps)))


def with_events(trace: Trace, events: list[Event]) -> Trace:
    return replace(trace, events=tuple(events))


def less(trace: Trace, random: Random) -> Trace:
    """Any part of the fields, of the sends and of the losses; perhaps without saying which events are one step."""
    share, sends = random.choice([0.2, 0.5, 0.9]), random.choice([1, 1, 0.7, 0.2])
    apart, faults = random.random() < 0.5, random.random() < 0.3
    events: list[Event] = []
    begun: set[Any] = set()
    for event in trace.events:
        step = event.other["step"]
        if (event.node == "network" and not faults) or (step in begun and random.random() > sends):
            continue
        begun.add(step)
        other = {name: value for name, value in event.other.items() if not (apart and name == "step")}
        kept = replace(
            event,
            msg=None,
            vector=None,
            variables={name: value for name, value in event.variables.items() if random.random() < share},
            arguments={name: value for name, value in event.arguments.items() if random.random() < share},
            peer=event.peer if random.random() < share else None,
            other=other,
        )
        events.append(kept)
    if random.random() < 0.5:
        events = mixed(events, random)
    return with_events(trace, events)


def mixed(events: list[Event], random: Random) -> list[Event]:
    """The sends of each step in another order."""
    found: list[Event] = []
    for _, group in groupby(events, key=lambda event: (event.node, event.other.get("step"), event.kind == "send")):
        several = list(group)
        random.shuffle(several)
        found += several
    return found


def traces(steps: Steps, runs: int) -> Iterator[tuple[str, Trace]]:
    for seed in range(runs):
        random = Random(seed)
        trace = a_run(steps, random.randint(3, 7), seed)
        if not trace.events:
            continue
        for name, mutated in [("none", trace), *mutations(trace, random)]:
            spoiled = less(mutated, Random(seed))
            if spoiled.events and not any(event.peer == "network" for event in spoiled.events):
                yield f"{name} {seed}", spoiled


@pytest.mark.parametrize(("order", "faults"), NETWORKS)
def test_a_trace_that_says_less_is_judged_as_an_explicit_search_does(order: str, faults: str) -> None:
    steps = steps_of(order, faults)
    outcomes = set()
    for name, trace in traces(steps, 4):
        expected = is_behaviour(trace, steps.system)
        found = judged(trace, steps)
        assert found.outcome is (ACCEPTED if expected else REJECTED), (name, found.reason)
        outcomes.add(expected)
    assert outcomes == {True, False}


def sent(n: int | None, peer: int | None) -> Event:
    arguments = {} if n is None else {"n": n}
    to = None if peer is None else f"Receiver[{peer}]"
    return Event(
        "Sender", 1, "send", action="send_all", arguments=arguments, peer=to, other={"message": "M", "step": 1}
    )


def received(seq: int, n: int | None, got: int) -> Event:
    arguments = {} if n is None else {"n": n}
    return Event(
        "Receiver[0]", seq, "recv", action="on M", peer="Sender", arguments=arguments, variables={"got": got},
        other={"message": "M", "step": seq},
    )  # fmt: skip


def of_events(steps: Steps, *events: Event) -> Trace:
    begun = a_run(steps, 0, 1)
    return replace(begun, events=events, header=replace(begun.header, order="total"))


@pytest.mark.parametrize(
    ("sends", "right"),
    [
        ([sent(None, None), sent(1, 0), sent(1, 1), sent(0, 0)], True),
        ([sent(None, 0), sent(None, 1), sent(1, 0)], True),
        ([sent(None, 0), sent(None, 0), sent(None, 0)], False),
        ([sent(None, None), sent(1, None), sent(1, None), sent(1, None)], False),
    ],
)
def test_sends_of_one_step_are_told_apart_in_any_order(sends: list[Event], *, right: bool) -> None:
    steps = steps_of("fifo", "")
    trace = of_events(steps, *sends)
    assert is_behaviour(trace, steps.system) is right
    assert judged(trace, steps).outcome is (ACCEPTED if right else REJECTED)


def test_what_is_received_without_saying_what_may_be_another_message_than_the_lost_one() -> None:
    steps = steps_of("fifo", "loss up to 1")
    everything = [sent(n, peer) for peer in (0, 1) for n in (1, 0)]
    trace = of_events(steps, *everything, received(1, None, 0))
    assert is_behaviour(trace, steps.system)
    assert judged(trace, steps).outcome is ACCEPTED, "M(1) was lost, and M(0) received"
    both = of_events(steps, *everything, received(1, None, 0), received(2, None, 1))
    assert not is_behaviour(both, steps.system)
    assert judged(both, steps).outcome is REJECTED


def test_a_whole_number_may_be_recorded_with_a_point() -> None:
    steps = steps_of("fifo", "")
    for recorded, outcome in ((1.0, ACCEPTED), ("1", ACCEPTED), (1.5, REJECTED), (True, REJECTED)):
        act = Event("Sender", 1, action="send_all", arguments={"w": recorded}, other={"step": 1})
        assert judged(of_events(steps, act), steps).outcome is outcome, recorded


@pytest.mark.parametrize("peer", ["Nobody", "network"])
def test_the_other_end_of_a_message_has_to_be_a_process(peer: str) -> None:
    steps = steps_of("fifo", "")
    named = [replace(sent(1, 0), peer=other) for other in ("Receiver[0]", "Receiver[1]")]
    found = judged(of_events(steps, *named, replace(sent(0, 0), peer=peer)), steps)
    assert found.outcome is TraceOutcome.UNKNOWN
    assert peer in found.reason


def test_a_loss_that_is_recorded_in_other_words_is_not_hidden() -> None:
    steps = steps_of("fifo", "loss up to 2")
    everything = [sent(n, peer) for peer in (0, 1) for n in (1, 0)]
    words = {"drops": "loss"}
    lost = Event("network", 1, action="drops", other={"step": 9})
    early = of_events(steps, *everything, lost, received(1, 0, 0))
    assert judged(early, steps, words=words).outcome is ACCEPTED
    late = of_events(steps, *everything, received(1, 0, 0), lost)
    assert judged(late, steps, words=words).outcome is REJECTED


def other_order(faults: str) -> Steps:
    """The 0 is sent first."""
    numbered, nothing = "            send M(done) to p\n", "            send M(0) to p\n"
    text = BROADCAST.replace(numbered + nothing, nothing + numbered)
    (system,) = systems_of(text.replace("ORDER", "fifo").replace("FAULTS", faults))
    return Steps(system, ReferenceStepper)


def all_sent(step: int) -> list[Event]:
    return [replace(sent(n, peer), other={"message": "M", "step": step}) for peer in (0, 1) for n in (0, step)]


def test_what_was_lost_may_be_received_as_a_copy_of_what_is_sent_later() -> None:
    steps = other_order("loss up to 1\n    duplicate up to 1")
    trace = of_events(steps, *all_sent(1), received(3, 1, 1), *all_sent(2), received(4, 0, 0), received(5, 0, 0))
    assert is_behaviour(trace, steps.system)
    assert judged(trace, steps).outcome is ACCEPTED


@pytest.mark.parametrize("hidden", [(), ("send_all",)])
def test_what_was_lost_may_be_sent_again_by_a_step_that_does_not_tell_what_it_sends(hidden: tuple[str, ...]) -> None:
    steps = other_order("loss up to 1")
    again = [] if hidden else [Event("Sender", 2, action="send_all", other={"step": 2})]
    trace = of_events(steps, *all_sent(1), received(3, 1, 1), *again, received(4, 0, 0))
    assert is_behaviour(trace, steps.system, hidden)
    assert judged(trace, steps, hidden=hidden).outcome is ACCEPTED


def test_a_receipt_that_does_not_say_from_whom_need_not_be_of_the_lost_message() -> None:
    text = BROADCAST.replace("process Sender:", "process Sender[2]:")
    (system,) = systems_of(text.replace("ORDER", "fifo").replace("FAULTS", "loss up to 1"))
    steps = Steps(system, ReferenceStepper)
    sends = [replace(sent(n, peer), node=f"Sender[{sender}]") for sender in (0, 1) for peer in (0, 1) for n in (1, 0)]
    receipts = [replace(received(1, 0, 0), peer="Sender[0]"), replace(received(2, 1, 1), peer=None)]
    trace = of_events(steps, *sends, *receipts)
    assert is_behaviour(trace, system)
    assert judged(trace, steps).outcome is ACCEPTED
