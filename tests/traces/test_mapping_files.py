"""Does a mapping file alone say how to judge a log? The files in `traces/mappings`, and what `header.` lines say."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dscheck.trace_answers import verify
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.event import TraceHeader
from dscheck.traces.finding import TraceFinding
from dscheck.traces.formats.field_mapping import parse_mapping
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.verdict import TraceReport

ROOT = Path(__file__).parents[2]
MAPPINGS = ROOT / "traces" / "mappings"
CORPUS = Path(os.environ.get("DSCHECK_TRACE_CORPUS", ""))
needs_corpus = pytest.mark.skipif(
    "DSCHECK_TRACE_CORPUS" not in os.environ, reason="DSCHECK_TRACE_CORPUS names no folder with logs of other projects"
)


def asked(name: str, text: str | None = None, **more: Any) -> TraceQuestion:
    file = MAPPINGS / f"{name}.map"
    return TraceQuestion(reading=ReadOptions(mapping=text or file.read_text("utf-8"), mapping_file=str(file)), **more)


def conformance(report: TraceReport) -> TraceFinding:
    (found,) = (each for each in report.traces[0].findings if each.check == "conformance")
    return found


def verdict(report: TraceReport) -> str:
    assert not report.errors, report.errors
    return str(report.outcome)


# --- what the lines say ----------------------------------------------------------------------------


def header(*lines: str, of: dict[str, Any] | None = None, file: str = "maps/own.map") -> TraceHeader:
    return parse_mapping("\n".join(["node = n", *lines]), file).header(TraceHeader(), of)


def test_every_setting() -> None:
    found = header(
        "header.order = causal",
        "header.unit = us",
        "header.gaps = true",
        "header.skew = 500",
        "header.drift_ppm = 100",
        "header.delay_min = 1",
        "header.delay_max = 20",
        "header.spec = ../specs/own.dsc",
        "header.check = two",
        "header.set.N = nodes",
        "header.set.WORK = 200",
        'header.set.mode = "fast"',
        "header.set.absent = nowhere",
        "header.init.x = [1]",
        "header.hidden = elect, on Token",
        'header.ignore = ["a, b"]',
        "header.words.tok = Token",
        "header.processes.n1 = Node[0]",
        "header.model = owned-lock",
        "header.delivery = fifo, duplicates",
        of={"nodes": 5},
    )
    assert found == TraceHeader(
        order="causal",
        unit="us",
        gaps=True,
        skew=500,
        drift_ppm=100,
        delay_min=1,
        delay_max=20,
        spec="specs/own.dsc",
        initial={"x": [1]},
        other={
            "check": "two",
            "set": {"N": 5, "WORK": 200, "mode": "fast"},
            "hidden": ["elect", "on Token"],
            "ignore": ["a, b"],
            "words": {"tok": "Token"},
            "processes": {"n1": "Node[0]"},
            "model": "owned-lock",
            "delivery": ["fifo", "duplicates"],
        },
    )


def test_paths_begin_in_the_folder_of_the_mapping_file() -> None:
    assert header("header.spec = /a/b.dsc").spec == "/a/b.dsc"
    assert header("header.spec = b.dsc", file="mapping").spec == "b.dsc"
    assert header("header.spec = b.dsc", file="/x/y.map").spec == "/x/b.dsc"
    assert header("header.model = b.dsc").other["model"] == "maps/b.dsc"
    assert header("header.model = lock").other["model"] == "lock"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("header.skew = far", "`header.skew` is"),
        ("header.delay_max = -1", "not a whole number, not negative"),
        ("header.hidden = a,,b", "not names separated by commas"),
        ("header.gaps = maybe", "not one of true, false"),
        ("header.hiden = a", "did you mean `header.hidden`?"),
        ("header.set = 5", "there is no field `header.set`"),
        ("header.words. = 5", "there is no field `header.words.`"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    log = tmp_path / "log"
    log.write_text('{"n": "a"}\n', "utf-8")
    report = verify([str(log)], TraceQuestion(reading=ReadOptions(mapping=f"node = n\n{line}", mapping_file="own.map")))
    (error,) = report.errors
    assert (error.file, error.line) == ("own.map", 2)
    assert told in f"{error.message} {error.help}"


def test_a_constant_that_stands_in_the_log_must_be_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"nodes": [1, 2]}\n{"n": "a"}\n', "utf-8")
    mapping = "node = n\nkeep = n\n  * -> true\nheader.set.N = nodes"
    (error,) = verify([str(log)], TraceQuestion(reading=ReadOptions(mapping=mapping, mapping_file="own.map"))).errors
    assert (error.file, error.line) == ("own.map", 4)


LOCK = """
protocol Lock "one lock"

const SEATS = 1 in 1..3

process Client[2]:
    var mine: bool = false

    action get when not mine and SEATS > 1:
        mine = true

    action lose when mine:
        mine = false

invariant few: count(c in Client if c.mine) <= SEATS

check two: SEATS = 2 expect holds
"""


def test_the_log_is_judged_as_the_mapping_says(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "lock.dsc").write_text(LOCK, "utf-8")
    log = tmp_path / "log"
    lines = [("x", "takes"), ("y", "takes"), ("x", "look"), ("y", "takes")]
    log.write_text("".join(json.dumps({"n": node, "a": action}) + "\n" for node, action in lines), "utf-8")
    base = ["node = n", "action = a", "header.order = total", "header.spec = specs/lock.dsc"]
    more = ["header.words.takes = get", "header.ignore = look", "header.hidden = lose", "header.check = two"]

    def outcome(*left_out: str, **question: Any) -> str:
        text = "\n".join([*base, *(line for line in more if line not in left_out)])
        reading = ReadOptions(mapping=text, mapping_file=str(tmp_path / "own.map"))
        return str(verify([str(log)], TraceQuestion(reading=reading, **question)).outcome)

    assert outcome() == "accepted"
    assert [outcome(line) for line in more] == ["rejected"] * 4
    assert outcome(more[0], words={"takes": "get"}) == "accepted"
    assert outcome(more[1], ignored=("look",)) == "accepted"
    assert outcome(more[2], hidden=("lose",)) == "accepted"
    other = tmp_path / "other.dsc"
    other.write_text(LOCK.replace("lose", "drop"), "utf-8")
    assert outcome(spec=str(other)) == "rejected", "neither hidden steps nor words are those of another spec"
    same = {"words": {"takes": "get"}, "hidden": ("drop",)}
    assert outcome(spec=str(other), spec_check="two", **same) == "accepted"


def test_a_model_that_nobody_knows_is_no_guess(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('{"n": "a", "k": "invoke", "f": "read"}\n{"n": "a", "k": "ok", "f": "read"}\n', "utf-8")
    mapping = "node = n\nkind = k\nf = f\nheader.model = owned-lok"

    def found(**question: Any) -> TraceFinding:
        question |= {"reading": ReadOptions(mapping=mapping), "checks": ("linearizability",)}
        return verify([str(log)], TraceQuestion(**question)).traces[0].findings[0]

    assert (str(found().outcome), found().kind) == ("unknown", "model")
    assert "did you mean `owned-lock`?" in found().reason
    assert str(found(model="register").outcome) == "accepted", "who asks decides"


# --- the files -------------------------------------------------------------------------------------


def test_every_file_is_read_has_its_row_and_names_what_there_is() -> None:
    page = (MAPPINGS / "README.md").read_text("utf-8")
    for path in MAPPINGS.glob("*.map"):
        assert f"| `{path.name}` |" in page
        spec = parse_mapping(path.read_text("utf-8"), str(path)).header(TraceHeader()).spec
        assert spec is None or Path(spec).is_file()


@needs_corpus
@pytest.mark.parametrize("name", ["election_no_rollback", "rollback_same_seqno"])
def test_logs_of_a_ledger_are_behaviours(name: str) -> None:
    report = verify([str(CORPUS / "ccf" / f"{name}.ndjson")], asked("ccf_consistency"))
    assert verdict(report) == "accepted", conformance(report).reason


def _records(name: str) -> list[dict[str, Any]]:
    lines = (CORPUS / "ccf" / f"{name}.ndjson").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _reused(records: list[dict[str, Any]]) -> None:
    for record in records:
        if record.get("tx_id") == [3, 11]:
            record["tx_id"] = [2, 10]


def _committed_though_rolled_back(records: list[dict[str, Any]]) -> None:
    records.append({**records[3], "tx_id": [2, 11]})


def _answered_before_it_is_executed(records: list[dict[str, Any]]) -> None:
    records[1], records[2] = records[2], records[1]


def _committed_and_invalid(records: list[dict[str, Any]]) -> None:
    records.insert(4, {**records[7], "tx_id": [2, 10]})


def _committed_and_then_replaced(records: list[dict[str, Any]]) -> None:
    records[7] |= {"action": "StatusCommittedResponseAction", "status": "CommittedStatus"}


def _committed_without_an_answer(records: list[dict[str, Any]]) -> None:
    records[2], records[3] = records[3], records[2]


@needs_corpus
@pytest.mark.parametrize(
    ("name", "spoil", "line", "told"),
    [
        ("election_no_rollback", _reused, 6, "execute"),
        ("rollback_same_seqno", _committed_though_rolled_back, 12, "say_committed"),
        ("rollback_same_seqno", _answered_before_it_is_executed, 2, "respond"),
        ("rollback_same_seqno", _committed_and_invalid, 5, "say_invalid"),
        ("rollback_same_seqno", _committed_and_then_replaced, 10, "execute"),
        ("election_no_rollback", _committed_without_an_answer, 3, "say_committed"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_ledger_that_breaks_its_word_is_rejected(
    tmp_path: Path, name: str, spoil: Callable[[list[dict[str, Any]]], None], line: int, told: str
) -> None:
    records = _records(name)
    spoil(records)
    log = tmp_path / "log.ndjson"
    log.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    found = conformance(verify([str(log)], asked("ccf_consistency")))
    assert str(found.outcome) == "rejected"
    assert found.events[0].place.line == line
    assert f"`{told}`" in found.reason
    assert len(found.reason.splitlines()) + len(found.core) <= 20


@needs_corpus
def test_the_log_of_termination_detection() -> None:
    report = verify([str(CORPUS / "ewd998" / "EWD998ChanTrace.ndjson")], asked("ewd998"))
    assert verdict(report) == "accepted"
    decided = {each.check for each in report.traces[0].findings if str(each.outcome) == "accepted"}
    assert decided == {"causality", "conformance"}
    assert "note" not in conformance(report).reason, "everything is compared"


@needs_corpus
def test_without_its_deactivations_they_must_be_hidden(tmp_path: Path) -> None:
    lines = (CORPUS / "ewd998" / "EWD998ChanTrace.ndjson").read_text("utf-8").splitlines(keepends=True)
    left = [line for line in lines if '"event":"d"' not in line]
    assert len(lines) - len(left) == 70
    log = tmp_path / "log.ndjson"
    log.write_text("".join(left), "utf-8")
    text = (MAPPINGS / "ewd998.map").read_text("utf-8")
    plain = verify([str(log)], asked("ewd998", checks=("conformance",)))
    assert verdict(plain) == "rejected"
    assert "Node[4]" in conformance(plain).reason
    assert verdict(verify([str(log)], asked("ewd998", checks=("conformance",), hidden=("deactivate",)))) == "accepted"
    said = f"{text}\nheader.gaps = true\nheader.hidden = deactivate\n"
    assert verdict(verify([str(log)], asked("ewd998", said))) == "accepted"


@needs_corpus
def test_the_logs_of_a_lock_server() -> None:
    paths = sorted((CORPUS / "pobserve").rglob("*_log_*.txt"))
    assert len(paths) == 12
    for path in paths:
        expected = "accepted" if "happy" in path.name else "rejected"
        report = verify([str(path)], asked("pobserve_lock_server"))
        assert verdict(report) == expected, path.name
        objects = [each.data.get("object") for each in report.traces[0].findings if each.check == "linearizability"]
        assert "error.txt" in path.name or objects == ["owned-lock"]
