"""Are real histories with known verdicts judged rightly? They lie where DSCHECK_TRACE_CORPUS says."""

import os
from pathlib import Path
from typing import Any

import pytest

from dscheck.traces.checks import linearizability, sequential
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.history import history_of
from dscheck.traces.linearizable.objects.catalogue import object_named
from dscheck.traces.linearizable.parts import Assumed, parts_of
from dscheck.traces.linearizable.witnesses import explains

CORPUS = Path(os.environ.get("DSCHECK_TRACE_CORPUS", ""))
pytestmark = pytest.mark.skipif(
    "DSCHECK_TRACE_CORPUS" not in os.environ, reason="DSCHECK_TRACE_CORPUS names no folder with logs of other projects"
)
ACCEPTED, REJECTED = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED


def trace_of(path: Path) -> Trace:
    [trace] = read_traces([str(path)], options=ReadOptions())
    return trace


def judged(path: Path, expected: TraceOutcome, **options: Any) -> TraceFinding:
    found = linearizability.check(trace_of(path), **options)
    assert found.outcome is expected, f"{path.name}: {found.reason}"
    if expected is REJECTED:
        assert found.core
        assert len(found.reason.splitlines()) + len(found.events) <= 20
    return found


def test_every_log_of_the_etcd_test() -> None:
    rows = [line.split("\t") for line in (CORPUS / "porcupine/verdicts.tsv").read_text().splitlines()[1:]]
    verdicts = {file: linearizable for file, model, _, linearizable in rows if model == "cas-register"}
    assert len(verdicts) >= 51
    for file, linearizable in verdicts.items():
        judged(CORPUS / "porcupine" / file, ACCEPTED if linearizable == "true" else REJECTED)


@pytest.mark.parametrize("name", ["c01-bad", "c01-ok", "c10-bad", "c10-ok", "c50-bad", "c50-ok"])
def test_key_value_logs(name: str) -> None:
    path = CORPUS / "porcupine/kv" / f"{name}.txt"
    found = judged(path, ACCEPTED if name.endswith("ok") else REJECTED)
    assert found.data["object"] == "kv"


def test_the_order_of_the_largest_log_explains_it() -> None:
    from dscheck.traces.linearizable.deciding import decide

    history = history_of(trace_of(CORPUS / "porcupine/kv/c50-ok.txt"))
    answers = decide(parts_of(history.operations, object_named("kv"), Assumed()), nodes=100_000)
    assert len(answers) == 10
    assert all(explains(answer.part, answer.order) for answer in answers)


@pytest.mark.parametrize("verdict", ["good", "bad"])
def test_every_history_of_knossos(verdict: str) -> None:
    paths = sorted((CORPUS / "knossos/cas-register" / verdict).glob("*.edn"))
    assert paths
    for path in paths:
        judged(path, ACCEPTED if verdict == "good" else REJECTED, initial=0)


def test_the_lock_of_etcd_was_held_twice() -> None:
    found = judged(CORPUS / "knossos/mutex/etcd.edn", REJECTED)
    assert found.data["object"] == "lock"


def test_transactions_over_several_registers() -> None:
    path = CORPUS / "knossos/multi-register/multi-register.edn"
    judged(path, ACCEPTED, initial={"x": 0, "y": 0})
    assert "which was read first, there is an order" in judged(path, REJECTED).reason


def test_what_is_linearizable_is_sequentially_consistent() -> None:
    for path in sorted((CORPUS / "knossos/cas-register/good").glob("*.edn"))[:10]:
        assert sequential.check(trace_of(path), initial=0).outcome is ACCEPTED
