"""Are real logs of other projects read, event by event? They lie where DSCHECK_TRACE_CORPUS says."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from traces.log_mappings import CCF, ETCD_RAFT, EWD998, FS_LOCK, POBSERVE

from dscheck.traces.event import Trace
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.formats.writers import WRITERS

CORPUS = Path(os.environ.get("DSCHECK_TRACE_CORPUS", ""))
pytestmark = pytest.mark.skipif(
    "DSCHECK_TRACE_CORPUS" not in os.environ, reason="DSCHECK_TRACE_CORPUS names no folder with logs of other projects"
)


def read(path: str, **options: str | None) -> tuple[Trace, ...]:
    return read_traces([str(CORPUS / path)], options=ReadOptions(**options))


def lines(path: str) -> list[str]:
    return (CORPUS / path).read_text("utf-8").splitlines()


def test_every_log_of_the_etcd_test_is_read() -> None:
    paths = sorted((CORPUS / "porcupine/jepsen").glob("*.log"))
    assert len(paths) == 51
    total = 0
    for path in paths:
        (trace,) = read(f"porcupine/jepsen/{path.name}")
        written = path.read_text().splitlines()
        assert trace.format == "jepsen-log"
        assert [event.place.line for event in trace.events] == list(range(1, len(written) + 1))
        kinds = Counter(line.split()[4].removeprefix(":") for line in written)
        assert Counter(event.kind for event in trace.events) == kinds
        assert {event.function for event in trace.events} == {"read", "write", "cas"}
        invoked = [event.op for event in trace.events if event.kind == "invoke"]
        assert len(set(invoked)) == len(invoked)
        assert all(event.op in set(invoked) for event in trace.events)
        total += len(trace.events)
    assert total == 8520


@pytest.mark.parametrize(
    ("name", "count"),
    [("c01-bad", 76), ("c01-ok", 116), ("c10-bad", 810), ("c10-ok", 674), ("c50-bad", 4048), ("c50-ok", 3424)],
)
def test_key_value_logs_are_read(name: str, count: int) -> None:
    (trace,) = read(f"porcupine/kv/{name}.txt")
    assert trace.format == "jepsen-edn"
    assert len(trace.events) == count
    assert {event.function for event in trace.events} == {"get", "put", "append"}
    assert {type(event.key) for event in trace.events} == {str}


def test_every_history_of_knossos_is_read() -> None:
    paths = sorted((CORPUS / "knossos").rglob("*.edn"))
    counts = {}
    for path in paths:
        (trace,) = read(str(path.relative_to(CORPUS)))
        assert trace.format == "jepsen-edn"
        counts[path.stem] = len(trace.events)
        assert counts[path.stem] == path.read_text("utf-8").count(":process")
    assert len(counts) == len(paths) == 61
    assert counts["etcd"] == 1135
    assert counts["multi-register"] == 250


def test_the_disturber_of_a_history_does_no_operations() -> None:
    (trace,) = read("knossos/cas-register/good/mongodb-v0-ack-rollback-.edn")
    assert {(event.node, event.kind, event.op) for event in trace.events} == {("nemesis", "internal", None)}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("simple-reliable-broadcast.log", [39]),
        ("chord.log", [1235]),
        ("tsviz_fslock_24t_4sp.log", [2001]),
        ("voldemort-simple-threadnames.log", [863]),
        ("facebook-multiple.log", [47, 41]),
    ],
)
def test_logs_of_shiviz_are_read_with_their_expressions(name: str, counts: list[int]) -> None:
    (row,) = (line.split("\t") for line in lines("shiviz/parsers.tsv") if line.startswith(name))
    traces = read(f"shiviz/{name}", pattern=row[2], delimiter=row[1] or None)
    assert [len(trace.events) for trace in traces] == counts
    for trace in traces:
        for event in trace.events:
            assert event.vector is not None
            assert event.seq == event.vector[event.node]
        numbered = Counter((event.node, event.seq) for event in trace.events)
        assert set(numbered.values()) == {1}
        for node in trace.header.nodes:
            held = {event.seq for event in trace.events if event.node == node}
            assert held == set(range(1, len(held) + 1))


def test_the_lock_of_a_database_is_seen_through_a_mapping() -> None:
    (trace,) = read("shiviz/tsviz_fslock_24t_4sp.log", mapping=FS_LOCK)
    about = Counter((event.lock, event.holds) for event in trace.events if event.lock is not None)
    assert about == {("0x18e45b8", True): 98, ("0x18e45b8", False): 99}
    assert all(event.time is not None for event in trace.events)


def test_the_consensus_log_is_read() -> None:
    (trace,) = read("etcd-raft/example.ndjson", mapping=ETCD_RAFT)
    assert len(trace.events) == 4888
    assert len(trace.header.nodes) == 10
    assert trace.header.order == "total"
    sent = {event.msg for event in trace.events if event.kind == "send"}
    received = {event.msg for event in trace.events if event.kind == "recv"}
    assert received <= sent
    assert len(sent - received) == 126
    assert {event.node for event in trace.events if event.role == "StateLeader"} == {"2"}


def test_the_termination_log_is_numbered_by_its_clocks() -> None:
    (trace,) = read("ewd998/EWD998ChanTrace.ndjson", mapping=EWD998)
    assert len(trace.events) == 654
    assert trace.header.other["set"]["N"] == 5
    assert trace.events[0].place.line == 2
    for node in trace.header.nodes:
        numbers = [event.seq for event in trace.events if event.node == node]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert Counter(event.kind for event in trace.events) == {"recv": 356, "send": 228, "internal": 70}


@pytest.mark.parametrize(("name", "count"), [("election_no_rollback", 8), ("rollback_same_seqno", 11)])
def test_consistency_logs_are_read(name: str, count: int) -> None:
    (trace,) = read(f"ccf/{name}.ndjson", mapping=CCF)
    assert len(trace.events) == count
    assert trace.events[1].arguments == {"tx": 0, "v": 2, "seqno": 10}


def test_lock_server_logs_are_read_and_sorted() -> None:
    counts = {}
    for path in sorted((CORPUS / "pobserve").rglob("*_log_*.txt")):
        (trace,) = read(str(path.relative_to(CORPUS)), mapping=POBSERVE)
        counts[path.name] = len(trace.events)
        assert len(trace.events) == sum("MessageType=" in line for line in path.read_text().splitlines())
        times = [event.time for event in trace.events]
        assert times == sorted(times)
        if path.stem.endswith("_unsorted"):
            (other,) = read(str(path.relative_to(CORPUS)).replace("_unsorted", "_sorted"), mapping=POBSERVE)

            def told(of: Trace) -> list[tuple[object, ...]]:
                return [(e.node, e.seq, e.kind, e.op, e.function, e.key, e.time, e.lock, e.holds) for e in of.events]

            if "error" not in path.name:  # the errors were put into each file by itself
                assert told(trace) == told(other)
    assert counts["lock_server_log_10000_1_happy.txt"] == 20000
    assert counts["lock_server_log_10000_1_error.txt"] == 20003
    assert len(counts) == 12


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("itf-rs/SumTypes0", 2),
        ("itf-rs/DecideNonProposerTest0", 35),
        ("modelator/HelloFull1", 2),
        ("modelator/IBCTransferTimeoutPacketInv_counterexample1", 4),
        ("modelator/TupleAndBigint", 4),
    ],
)
def test_runs_in_itf_are_read_and_written_back(name: str, count: int, tmp_path: Path) -> None:
    path = CORPUS / f"itf/{name}.itf.json"
    (trace,) = read_traces([str(path)])
    assert len(trace.events) == count
    copy = tmp_path / "copy.itf.json"
    copy.write_text("".join(WRITERS["itf"]([trace])), "utf-8")
    before, after = (json.loads(each.read_text("utf-8")) for each in (path, copy))
    assert after == before
