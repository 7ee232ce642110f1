"""A simulation that is written to a file and read again says the same, and every check agrees with it."""

from collections.abc import Iterator

import pytest

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.traces.checks import causality, delivery
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.naming import NETWORK
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.readers import json_lines as reader
from dscheck.traces.formats.reading import NO_OPTIONS
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.writers import json_lines as writer
from dscheck.traces.simulation import simulate

from .recorded import system_of, systems_of

CASES = [
    ("ricart_agrawala", "three"),
    ("lamport_mutex", "lossy"),
    ("two_phase_commit", "torn_recovery"),
    ("ewd998", "three"),
    ("version_vectors", ""),
    ("happens_before", ""),
]
FAULTY = """
protocol Noise "every fault of a network"

message Ping(n: 0..3)

process Node[2]:
    var seen: 0..3 = 0
    var left: 0..3 = 3

    action ping(p in Node) when p != self and left > 0:
        left -= 1
        send Ping(left) to p

    on Ping(n):
        seen = n

network:
    order fifo
    loss up to 2
    duplicate up to 2
    cut up to 1
    heal up to 1
faults:
    crash up to 1 of Node
    recover up to 1 of Node

check all: expect holds
"""


def written_and_read(traces: list[Trace]) -> Iterator[Trace]:
    text = "".join(writer.write(traces))
    return iter(reader.read(Source("walks.jsonl", [text.encode()]), NO_OPTIONS, "it was asked for"))


@pytest.mark.parametrize(("spec", "check"), CASES)
def test_what_was_simulated_is_read_and_accepted(spec: str, check: str) -> None:
    of = system_of(spec, check)
    steps = Steps(of, ReferenceStepper)
    walks = [trace for trace in simulate(of, 4, 25, 11, of=steps) if trace.events]
    assert walks
    for before, after in zip(walks, written_and_read(walks), strict=True):
        assert [event.arguments for event in after.events] == [event.arguments for event in before.events]
        assert [event.variables for event in after.events] == [event.variables for event in before.events]
        assert [event.other["step"] for event in after.events] == [event.other["step"] for event in before.events]
        for trace in (before, after):
            found = conforms(trace, of, steps=steps, invariants=False)
            assert found.outcome is TraceOutcome.ACCEPTED, found.reason
            assert causality.check(trace).outcome is TraceOutcome.ACCEPTED
            assert delivery.check(trace).outcome in (TraceOutcome.ACCEPTED, TraceOutcome.NOT_ASKED)


def test_every_fault_is_an_event_of_its_victim_or_of_the_network() -> None:
    (of,) = systems_of(FAULTY)
    steps = Steps(of, ReferenceStepper)
    seen = set()
    for trace in simulate(of, 40, 25, 5, of=steps):
        for event in trace.events:
            if event.action in {"loss", "duplicate", "cut", "heal"}:
                assert event.node == NETWORK
                seen.add(event.action)
            elif event.action in {"crash", "recover", "discard"}:
                assert event.node.startswith("Node[")
                seen.add(event.action)
        found = conforms(trace, of, steps=steps)
        assert found.outcome is TraceOutcome.ACCEPTED, found.reason
        assert causality.check(trace).outcome is TraceOutcome.ACCEPTED
        twice = any(event.action == "duplicate" for event in trace.events)
        assert twice or delivery.check(trace, fifo=True).outcome is not TraceOutcome.REJECTED
    assert seen == {"loss", "duplicate", "cut", "heal", "crash", "recover", "discard"}


def test_the_places_are_the_lines_of_the_written_file() -> None:
    of = system_of("ricart_agrawala", "three")
    (walk,) = simulate(of, 1, 12, 2, make=ReferenceStepper)
    lines = "".join(writer.write([walk])).splitlines()
    for event in walk.events:
        assert f'"node":"{event.node}","seq":{event.seq}' in lines[event.place.line - 1]
