"""Do the logs of known projects get the verdicts that are known of them? The folder is given by the environment."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from traces.log_mappings import ETCD_RAFT, EWD998, FS_LOCK, POBSERVE

from dscheck.traces.checks import causality, clock_bounds, delivery, mutual_exclusion, single_leader
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions

CORPUS = Path(os.environ.get("DSCHECK_TRACE_CORPUS", ""))
pytestmark = pytest.mark.skipif(
    "DSCHECK_TRACE_CORPUS" not in os.environ, reason="DSCHECK_TRACE_CORPUS names no folder with logs of other projects"
)
ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED


def read(path: str, **options: str | None) -> tuple[Trace, ...]:
    return read_traces([str(CORPUS / path)], options=ReadOptions(**options))


def with_events(trace: Trace, events: list[Event], *, gaps: bool = False) -> Trace:
    return replace(trace, events=tuple(events), header=replace(trace.header, gaps=gaps))


@pytest.mark.parametrize(
    "name",
    [
        "simple-reliable-broadcast.log",
        "chord.log",
        "tsviz_fslock_24t_4sp.log",
        "voldemort-simple-threadnames.log",
        "facebook-multiple.log",
    ],
)
def test_the_clocks_of_shiviz_logs_are_right(name: str) -> None:
    rows = (CORPUS / "shiviz" / "parsers.tsv").read_text("utf-8").splitlines()
    (row,) = (line.split("\t") for line in rows if line.startswith(name))
    for trace in read(f"shiviz/{name}", pattern=row[2], delimiter=row[1] or None):
        finding = causality.check(trace)
        assert finding.outcome is ACCEPTED
        assert finding.counts["vector clocks"] == len(trace.events)
        # Any event that another one knows cannot be left out, unless the trace says that it has gaps.
        known = max(trace.events, key=lambda event: len(event.vector or {}))
        node = next(node for node in known.vector or {} if node != known.node)
        kept = [event for event in trace.events if (event.node, event.seq) != (node, 1)]
        assert causality.check(with_events(trace, kept)).outcome is REJECTED
        assert causality.check(with_events(trace, kept, gaps=True)).outcome is ACCEPTED


def test_the_lock_of_a_database_is_exclusive() -> None:
    (trace,) = read("shiviz/tsviz_fslock_24t_4sp.log", mapping=FS_LOCK)
    finding = mutual_exclusion.check(trace, lock="0x18e45b8")
    assert finding.outcome is ACCEPTED
    assert finding.counts == {"locks": 1, "sections": 98, "begun before the trace": 1, "unfinished": 0}
    keeps = [
        replace(event, lock=None) if event.node == "thread5" and event.holds is False else event
        for event in trace.events
    ]
    assert mutual_exclusion.check(with_events(trace, keeps)).outcome is REJECTED


def test_the_clocks_of_ewd998_are_right() -> None:
    (trace,) = read("ewd998/EWD998ChanTrace.ndjson", mapping=EWD998)
    finding = causality.check(trace)
    assert finding.outcome is ACCEPTED
    assert finding.counts["vector clocks"] == 654
    without_deactivation = [event for event in trace.events if event.action != "deactivate"]
    assert causality.check(with_events(trace, without_deactivation)).kind == "gap"
    assert causality.check(with_events(trace, without_deactivation, gaps=True)).outcome is ACCEPTED


def test_the_consensus_log_has_one_leader_and_loses_messages() -> None:
    (trace,) = read("etcd-raft/example.ndjson", mapping=ETCD_RAFT)
    leader = single_leader.check(trace)
    assert leader.outcome is ACCEPTED
    assert leader.data["leaders"] == [{"term": 2, "node": "2"}]
    messages = delivery.check(trace)
    assert messages.outcome is ACCEPTED
    assert (messages.counts["never received"], messages.counts["never sent"]) == (126, 0)
    causes = causality.check(trace)
    assert causes.outcome is ACCEPTED
    assert causes.counts["messages"] == 1661
    assert clock_bounds.check(trace).outcome is TraceOutcome.NOT_ASKED
    at = next(at for at, event in enumerate(trace.events) if event.kind == "recv" and event.node != "2")
    early = [trace.events[at], *trace.events[:at], *trace.events[at + 1 :]]
    assert delivery.check(with_events(trace, early)).kind == "received before sent"


def test_the_lock_server_grants_a_lock_that_is_held() -> None:
    (happy,) = read("pobserve/lock_server_log_10000_1_happy.txt", mapping=POBSERVE)
    assert mutual_exclusion.check(happy).outcome is ACCEPTED
    (error,) = read("pobserve/lock_server_log_10000_1_error.txt", mapping=POBSERVE)
    finding = mutual_exclusion.check(error)
    assert (finding.outcome, finding.kind) == (REJECTED, "overlap seen")
    assert finding.core[0].place.line == 1876


def test_a_log_and_the_same_one_sorted_get_one_verdict() -> None:
    for path in sorted((CORPUS / "pobserve" / "regression").rglob("*_unsorted.txt")):
        (one,) = read(str(path.relative_to(CORPUS)), mapping=POBSERVE)
        (other,) = read(str(path.relative_to(CORPUS)).replace("_unsorted", "_sorted"), mapping=POBSERVE)
        first, second = mutual_exclusion.check(one), mutual_exclusion.check(other)
        assert (first.outcome, first.kind, first.counts) == (second.outcome, second.kind, second.counts)
        if "happy" in path.name:
            assert first.outcome is ACCEPTED
