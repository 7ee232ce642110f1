"""Is a log of etcd's Raft a behaviour of ours, and is each of its mutations refused where it begins?

The mutations of a simulated run stand for those of the log where there is no corpus.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from dscheck.engines.python.reference import ReferenceStepper
from dscheck.language.analysis import read_spec
from dscheck.model.system import System
from dscheck.source import SourceFile
from dscheck.trace_specs import system_as_declared
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.simulation import simulate

from .recorded import CORPUS, SPECS, needs_corpus

MAPPING = Path(__file__).parents[2] / "traces" / "mappings" / "etcd_raft.map"
MOST_LINES = 20
ENOUGH = 500  # lines in which every mutation has been met

Lines = list[dict[str, Any]]


# --- the log of etcd -----------------------------------------------------------------------------


def as_declared(constants: Mapping[str, str]) -> System:
    return system_as_declared(read_spec(SourceFile.read(SPECS / "raft.dsc")), constants)


@cache
def recorded_lines() -> tuple[str, ...]:
    return tuple((Path(CORPUS) / "etcd-raft" / "example.ndjson").read_text("utf-8").splitlines())


def some_lines() -> Lines:
    return [json.loads(line) for line in recorded_lines()[:ENOUGH]]


@cache
def steps_for(constants: tuple[tuple[str, str], ...]) -> Steps:
    return Steps(as_declared(dict(constants)), ReferenceStepper)


def trace_of(lines: Lines | tuple[str, ...]) -> Trace:
    """What the mapping makes of lines."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    options = ReadOptions(mapping=MAPPING.read_text("utf-8"), mapping_file=MAPPING.name)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "log.ndjson"
        file.write_text("\n".join(texts) + "\n", "utf-8")
        return read_traces([str(file)], "ndjson", options)[0]


def steps_of(trace: Trace) -> Steps:
    return steps_for(tuple((name, str(value).lower()) for name, value in trace.header.initial.items()))


def judged_lines(lines: Lines | tuple[str, ...], *, invariants: bool) -> TraceFinding:
    trace = trace_of(lines)
    steps = steps_of(trace)
    return conforms(trace, steps.system, steps=steps, invariants=invariants)


@needs_corpus
def test_the_whole_log_is_a_behaviour() -> None:
    found = judged_lines(recorded_lines(), invariants=True)
    assert found.outcome is TraceOutcome.ACCEPTED, found.reason
    assert found.counts == {"events": 4888, "steps": 4888, "explained": 4888, "explanations": 1}
    assert "not compared" not in found.reason


def line_at(lines: Lines, number: int, name: str) -> dict[str, Any]:
    """The event of a line, which should have that name: the mutations rely on it."""
    event: dict[str, Any] = lines[number - 1]["event"]
    assert event["name"] == name
    return event


def spoiled_message(number: int, name: str, **fields: Any) -> Callable[[Lines], int]:
    def spoil(lines: Lines) -> int:
        line_at(lines, number, name)["msg"].update(fields)
        return number

    return spoil


def spoiled_state(number: int, name: str, **fields: Any) -> Callable[[Lines], int]:
    def spoil(lines: Lines) -> int:
        line_at(lines, number, name)["state"].update(fields)
        return number

    return spoil


def shrunk(number: int, name: str, length: int) -> Callable[[Lines], int]:
    def spoil(lines: Lines) -> int:
        line_at(lines, number, name)["log"] = length
        return number

    return spoil


def second_vote(lines: Lines) -> int:
    """Node 5 has voted for 2 in term 2, and then votes for 3 too."""
    campaign = deepcopy(lines[75])
    line_at([campaign], 1, "BecomeCandidate").update(nid="3", state={"term": 2, "vote": "3", "commit": 5})
    request = deepcopy(lines[80])
    line_at([request], 1, "SendRequestVoteRequest").update(nid="3", state={"term": 2, "vote": "3", "commit": 5})
    request["event"]["msg"].update({"from": "3", "to": "5"})
    receipt = deepcopy(lines[83])
    line_at([receipt], 1, "ReceiveRequestVoteRequest")["state"].update(term=2, vote="2")
    receipt["event"]["msg"].update({"from": "3", "to": "5"})
    vote = deepcopy(lines[87])
    line_at([vote], 1, "SendRequestVoteResponse")["msg"].update(to="3")
    lines[96:96] = [campaign, request, receipt, vote]
    return 100


def second_leader(lines: Lines) -> int:
    also = deepcopy(lines[101])
    line_at([also], 1, "BecomeLeader").update(nid="4")
    lines.insert(102, also)
    return 103


def without_its_send(lines: Lines) -> int:
    line_at(lines, 173 + 1, "SendAppendEntriesRequest")
    assert lines[195]["event"]["msg"]["index"] == lines[147]["event"]["msg"]["index"] == 6
    del lines[147]
    return 195


def without_its_receipt(lines: Lines) -> int:
    line_at(lines, 161, "ReceiveAppendEntriesRequest")
    del lines[160]
    return 161


# What is spoiled, and texts of the reason.
MUTATIONS: dict[str, tuple[Callable[[Lines], int], tuple[str, ...]]] = {
    "a vote granted twice": (second_vote, ("Vote.reject is true", "Node[4].vote is Node[1]")),
    "a leader without votes": (second_leader, ("`lead` needs role == candidate", "Node[3].role: follower")),
    "a commit without a majority": (
        spoiled_state(158, "Commit", commit=7),
        ("Node[1].commit is 6, where 7 is recorded",),
    ),
    "a commit beyond the log": (
        spoiled_state(133, "Commit", commit=9),
        ("Node[1].commit is 6, where 9 is recorded",),
    ),
    "a commit that is told too early": (
        spoiled_message(134, "SendAppendEntriesRequest", commit=7),
        ("Append.commit is 6, where 7 is recorded",),
    ),
    "a log that shrinks": (
        shrunk(197, "SendAppendEntriesResponse", 6),
        ("Node[3].log is 7 long, where 6 is recorded",),
    ),
    "an entry overwritten": (
        spoiled_message(277, "SendAppendEntriesResponse", index=9),
        ("Appended.index is 10, where 9 is recorded",),
    ),
    "a term that goes back": (spoiled_state(204, "Ready", term=1), ("Node[0].term is 2, where 1 is recorded",)),
    "a vote that changes": (
        spoiled_state(204, "Ready", vote="3"),
        ("Node[0].vote is Node[1]", "where 3 is recorded"),
    ),
    "an acknowledgement of more than was sent": (
        spoiled_message(197, "SendAppendEntriesResponse", index=8),
        ("Appended.index is 7, where 8 is recorded",),
    ),
    "more entries than there are": (
        spoiled_message(148, "SendAppendEntriesRequest", entries=2),
        ("Append.entries is 1 long, where 2 is recorded",),
    ),
    "a receipt without its send": (without_its_send, ("cannot arrive", "not under way")),
    "a send without its receipt": (without_its_receipt, ("`on Append` needs a receipt",)),
}


@needs_corpus
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_of_the_log_is_refused_where_it_is(name: str) -> None:
    spoil, texts = MUTATIONS[name]
    lines = some_lines()
    number = spoil(lines)
    found = judged_lines(lines, invariants=False)
    assert found.outcome is TraceOutcome.REJECTED
    assert found.events[0].place.line == number, found.reason
    for text in texts:
        assert text in found.reason
    assert len(found.reason.splitlines()) + len(found.core) <= MOST_LINES
    assert found.core[0] == found.events[0]


# --- simulated runs ------------------------------------------------------------------------------


@cache
def simulated_system() -> System:
    return as_declared({"N": "3", "TERMS": "3", "LOG": "4", "SENDS": "60", "ASYNC": "true"})


@cache
def simulated_steps() -> Steps:
    return Steps(simulated_system(), ReferenceStepper)


@cache
def simulated(seed: int) -> Trace:
    return next(iter(simulate(simulated_system(), 1, 250, seed, make=ReferenceStepper)))


def judged(trace: Trace) -> TraceFinding:
    return conforms(trace, simulated_system(), steps=simulated_steps(), invariants=False)


def changed(trace: Trace, at: int, event: Event) -> Trace:
    return replace(trace, events=(*trace.events[:at], event, *trace.events[at + 1 :]))


SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_run_is_a_behaviour(seed: int) -> None:
    found = conforms(simulated(seed), simulated_system(), steps=simulated_steps())
    assert found.outcome is TraceOutcome.ACCEPTED, found.reason


def sends(kind: str) -> Callable[[Event], bool]:
    return lambda event: event.kind == "send" and event.other.get("message") == kind


def arguments(event: Event, **changes: Any) -> Event:
    return replace(event, arguments={**event.arguments, **changes})


def variables(event: Event, **changes: Any) -> Event:
    return replace(event, variables={**event.variables, **changes})


# Which events are spoiled, how, and a text of the reason.
SPOILED: dict[str, tuple[Callable[[Event], bool], Callable[[Event], Event], str]] = {
    "a vote granted that was refused": (
        lambda event: sends("Vote")(event) and event.arguments["reject"] is True,
        lambda event: arguments(event, reject=False),
        "Vote(",
    ),
    "a vote for somebody else": (
        lambda event: event.variables.get("vote") == "Node[0]",
        lambda event: variables(event, vote="Node[1]"),
        "vote is Node[0]",
    ),
    "a commit without a majority": (
        lambda event: "commit" in event.variables and event.action == "on Appended",
        lambda event: variables(event, commit=event.variables["commit"] + 1),
        "commit is",
    ),
    "a commit beyond the log": (
        lambda event: "commit" in event.variables,
        lambda event: variables(event, commit=4),
        "commit is",
    ),
    "a log that shrinks": (
        lambda event: event.action == "on Append" and len(event.variables.get("log", ())) > 1,
        lambda event: variables(event, log=event.variables["log"][:-1]),
        "log is",
    ),
    "an entry overwritten": (
        lambda event: event.action == "on Append" and len(event.variables.get("log", ())) > 1,
        lambda event: variables(event, log=[*event.variables["log"][:-1], event.variables["log"][0]]),
        "log is",
    ),
    "a term that goes back": (
        lambda event: event.variables.get("term", 0) > 1,
        lambda event: variables(event, term=event.variables["term"] - 1),
        "term is",
    ),
    "an acknowledgement of more than was sent": (
        lambda event: sends("Appended")(event) and event.action == "on Append" and not event.arguments["reject"],
        lambda event: arguments(event, index=event.arguments["index"] + 1),
        "Appended(",
    ),
    "a leader without votes": (
        lambda event: event.action == "campaign" and event.variables.get("role") == "candidate",
        lambda event: variables(event, role="leader"),
        "role is candidate",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_mutation_of_a_simulated_run_is_refused(name: str) -> None:
    fits, spoil, text = SPOILED[name]
    met = 0
    for seed in SEEDS:
        trace = simulated(seed)
        places = [at for at, event in enumerate(trace.events) if fits(event) and spoil(event) != event]
        for at in places[:2]:
            found = judged(changed(trace, at, spoil(trace.events[at])))
            step = trace.events[at].other["step"]
            assert found.outcome is TraceOutcome.REJECTED
            assert trace.events[found.data["event"]].other["step"] == step, "the step that the event belongs to"
            assert text in found.reason
            assert len(found.reason.splitlines()) + len(found.core) <= MOST_LINES
            met += 1
    assert met > 0


def test_a_receipt_of_what_nobody_sent_is_refused() -> None:
    trace = simulated(0)
    receipts = [
        at for at, event in enumerate(trace.events) if event.kind == "recv" and event.other["message"] == "Heartbeat"
    ]
    for at in receipts[:3]:
        event = trace.events[at]
        forged = arguments(replace(event, msg="forged"), commit=event.arguments["commit"] + 3)
        found = judged(changed(trace, at, forged))
        assert found.outcome is TraceOutcome.REJECTED
        assert "cannot arrive" in found.reason


def test_an_observation_is_no_step() -> None:
    trace = simulated(0)
    last = trace.events[-1]
    assert last.vector is not None
    clock = {**last.vector, last.node: last.vector[last.node] + 1}
    seen = Event(
        last.node,
        last.seq + 1,
        vector=clock,
        variables={"conf": 3},
        place=replace(last.place, line=999),
        other={"observes": True},
    )
    found = judged(replace(trace, events=(*trace.events, seen)))
    assert found.outcome is TraceOutcome.ACCEPTED, "a set may be recorded by its length"
    found = judged(replace(trace, events=(*trace.events, replace(seen, variables={"conf": 2}))))
    assert found.outcome is TraceOutcome.REJECTED
    assert "cannot be as it was seen" in found.reason
    assert "conf is 3 long, where 2 is recorded" in found.reason
    assert found.events[0].place.line == 999
