"""The log of a termination detection is a behaviour of its spec; spoiled, it is one only if nobody can tell."""

from dataclasses import replace
from random import Random
from typing import Any

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome

from .recorded import EWD998_IGNORED, EWD998_WORDS, ewd998_trace, needs_corpus, system_of

pytestmark = needs_corpus
SYSTEM = system_of("ewd998", "three", N="5", WORK="200")
STEPS = Steps(SYSTEM, ReferenceStepper)


def judged(trace: Trace, **options: Any) -> TraceFinding:
    return conforms(trace, SYSTEM, steps=STEPS, words=EWD998_WORDS, ignored=EWD998_IGNORED, **options)


def test_it_is_a_behaviour() -> None:
    found = judged(ewd998_trace())
    assert found.outcome is TraceOutcome.ACCEPTED, found.reason
    assert found.counts["events"] == 654 - 208, "without the looks at a token that cannot be passed on yet"


def test_without_the_deactivations_they_must_be_hidden() -> None:
    trace = ewd998_trace(deactivations=False)
    found = judged(trace)
    assert found.outcome is TraceOutcome.REJECTED
    assert "`on Token` needs not active" in found.reason
    assert "Node[4].active: true" in found.reason
    assert len(found.reason.splitlines()) + len(found.core) <= 20
    assert judged(trace, hidden={"deactivate"}).outcome is TraceOutcome.ACCEPTED


def test_every_token_is_what_the_spec_makes_of_it() -> None:
    trace = ewd998_trace()
    tokens = [at for at, event in enumerate(trace.events) if event.kind == "send" and event.action == "tok"]
    random = Random(1)
    for at in random.sample(tokens, 6):
        event = trace.events[at]
        other = "white" if event.arguments["color"] == "black" else "black"
        for spoiled in ({"q": event.arguments["q"] + 1}, {"color": other}):
            events = list(trace.events)
            events[at] = replace(event, arguments={**event.arguments, **spoiled})
            found = judged(replace(trace, events=tuple(events)), invariants=False)
            assert found.outcome is TraceOutcome.REJECTED
            assert found.events[0].place == event.place, "the very event"
            ((name, value),) = spoiled.items()
            assert f"Token.{name}" in found.reason
            assert str(value) in found.reason


def test_work_that_nobody_sent_cannot_be_received() -> None:
    trace = ewd998_trace()
    sends = [at for at, event in enumerate(trace.events) if event.kind == "send" and event.action == "pl"]
    for at in Random(2).sample(sends, 4):
        left = trace.events[:at] + trace.events[at + 1 :]
        found = judged(replace(trace, events=left), invariants=False)
        assert found.outcome is TraceOutcome.REJECTED
