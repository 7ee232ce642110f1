"""Does `dscheck verify` read what it is given, ask what it is asked, and end as it says?"""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "verify-report.schema.json").read_text("utf-8"))
HEADER = {"format": "dscheck-trace/1", "order": "total"}
CLOCKS = [{"node": "a", "vc": {"a": 1}}, {"node": "b", "vc": {"a": 1, "b": 1}}]
WRONG_CLOCKS = [{"node": "a", "vc": {"a": 1}}, {"node": "b", "vc": {"a": 7, "b": 1}}]
STALE = [
    {"node": "p", "kind": "invoke", "f": "write", "value": 1},
    {"node": "p", "kind": "ok", "f": "write", "value": 1},
    {"node": "p", "kind": "invoke", "f": "read"},
    {"node": "p", "kind": "ok", "f": "read", "value": 0},
]
SPEC = """\
protocol Door
const N = 1 in 1..9
process Hand:
    var turned: 0..9 = 0
    action turn when turned < N:
        turned = turned + 1
check once: N = 1 expect holds
check twice: N = 2 expect holds
"""


@pytest.fixture
def trace(tmp_path, monkeypatch):
    """`trace(events)` writes a file and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(events, name="run.jsonl", **header):
        lines = [json.dumps(each) + "\n" for each in [{**HEADER, **header}, *events]]
        Path(name).write_text("".join(lines), "utf-8")
        return name

    return write


def turns(number):
    return [{"node": "Hand", "action": "turn"} for _ in range(number)]


def test_accepted(trace, dscheck):
    code, out, err = dscheck("verify", trace(CLOCKS))
    assert (code, err) == (0, "")
    assert out.startswith("run.jsonl  native, 2 events of 2 nodes\naccepted  causality\n")
    assert "not asked  delivery, mutual-exclusion" in out
    assert out.endswith("\n1 trace: 1 accepted\n")


def test_rejected_with_place(trace, dscheck):
    code, out, _ = dscheck("verify", trace(WRONG_CLOCKS))
    assert code == 1
    assert "REJECTED  causality" in out
    assert "run.jsonl:3\n" in out
    assert out.endswith("\n1 trace: 1 rejected\n")


def test_nothing_to_look_at_is_not_accepted(trace, dscheck):
    code, out, _ = dscheck("verify", trace([{"node": "a", "action": "x"}]))
    assert code == 3
    assert "no check found anything to look at" in out


def test_a_check_that_was_asked_for_and_finds_nothing_is_not_accepted(trace, dscheck):
    code, out, _ = dscheck("verify", trace(CLOCKS), "--checks", "causality, single-leader")
    assert code == 3
    assert "unknown   single-leader\n          the trace records no roles\n" in out


def test_only_the_checks_that_are_asked(trace, dscheck):
    name = trace(STALE, init={"value": 0})
    assert dscheck("verify", name)[0] == 1
    code, out, _ = dscheck("verify", name, "--checks", "session-guarantees")
    assert code == 1
    assert "linearizability" not in out
    assert "read your writes" in out


def test_why_a_check_was_not_asked(trace, dscheck):
    out = dscheck("verify", trace(CLOCKS), "-v")[1]
    assert "not asked  single-leader: the trace records no roles" in out
    assert 'format  native, since the first line says "format": "dscheck-trace/1"' in out


def test_quiet_tells_only_what_is_not_accepted(trace, dscheck):
    assert dscheck("verify", trace(CLOCKS), "-q")[1] == "1 trace: 1 accepted\n"
    out = dscheck("verify", trace(WRONG_CLOCKS), "-q")[1]
    assert "REJECTED" in out
    assert "accepted" not in out


def test_the_initial_value_and_the_model(trace, dscheck):
    read = [{"node": "p", "kind": "invoke", "f": "read"}, {"node": "p", "kind": "ok", "f": "read", "value": "0"}]
    name = trace(read)
    assert dscheck("verify", name)[0] == 1
    assert dscheck("verify", name, "--initial", "0")[0] == 1, "0 is the number"
    assert dscheck("verify", name, "--initial", '"0"')[0] == 0
    assert dscheck("verify", name, "--initial", "nil")[0] == 1
    assert dscheck("verify", name, "--checks", "linearizability", "--model", "queue")[0] == 3


def test_who_releases_a_lock_matters_only_to_one_with_an_owner(trace, dscheck):
    events = [
        {"node": node, "kind": kind, "f": f}
        for node, f in (("p", "acquire"), ("q", "release"))
        for kind in ("invoke", "ok")
    ]
    assert dscheck("verify", trace(events))[0] == 0
    assert dscheck("verify", trace(events), "--model", "owned-lock")[0] == 1
    assert dscheck("verify", trace(events, model="owned-lock"))[0] == 1, "the header may say so"


def test_what_is_demanded_of_messages(trace, dscheck):
    events = [{"node": "a", "kind": "send", "msg": m} for m in (1, 2)]
    events += [{"node": "b", "kind": "recv", "msg": m} for m in (2, 1)]
    name = trace(events)
    assert dscheck("verify", name)[0] == 0
    assert dscheck("verify", name, "--delivery", "fifo")[0] == 1
    assert dscheck("verify", trace(events, delivery=["fifo"]))[0] == 1
    twice = trace([*events, {"node": "b", "kind": "recv", "msg": 1}])
    assert dscheck("verify", twice)[0] == 1
    assert dscheck("verify", twice, "--delivery", "duplicates")[0] == 0
    lost = trace(events[:-1])
    assert dscheck("verify", lost)[0] == 0
    assert dscheck("verify", lost, "--delivery", "lossless")[0] == 1


def test_what_is_known_of_clocks(trace, dscheck):
    events = [
        {"node": "a", "kind": "send", "msg": 1, "ts": 100},
        {"node": "b", "kind": "recv", "msg": 1, "ts": 90},
        {"node": "b", "lock": "L", "hold": True, "ts": 200},
        {"node": "b", "lock": "L", "hold": False, "ts": 300},
    ]
    name = trace(events, order="per-node")
    code, out, _ = dscheck("verify", name, "-v")
    assert "not asked  clock-bounds: nothing is known of the clocks" in out
    assert code == 0
    assert dscheck("verify", name, "--skew", "5")[0] == 0
    assert dscheck("verify", name, "--skew", "4")[0] == 1
    assert dscheck("verify", name, "--skew", "5", "--delay-min", "1")[0] == 1
    assert dscheck("verify", name, "--skew", "50", "--delay-max", "1")[0] == 0
    assert dscheck("verify", name, "--drift-ppm", "10", "--lease", "90")[0] == 1
    assert dscheck("verify", name, "--drift-ppm", "10", "--lease", "101")[0] == 0


def test_a_spec(trace, dscheck):
    name = trace(turns(2))
    Path("door.dsc").write_text(SPEC, "utf-8")
    code, out, _ = dscheck("verify", name, "--spec", "door.dsc")
    assert code == 1
    assert "REJECTED  conformance" in out
    assert "run.jsonl:3" in out
    assert dscheck("verify", name, "--spec", "door.dsc", "--check", "twice")[0] == 0
    assert dscheck("verify", name, "--spec", "door.dsc", "--set", "N=3")[0] == 0, "no check is named that would set it"
    assert dscheck("verify", trace(turns(2), init={"N": 2}), "--spec", "door.dsc")[0] == 0, "a constant of the trace"


def test_the_spec_of_the_header_is_found_beside_the_trace(trace, dscheck):
    Path("logs").mkdir()
    Path("logs/door.dsc").write_text(SPEC, "utf-8")
    assert dscheck("verify", trace(turns(1), "logs/run.jsonl", spec="door.dsc"))[0] == 0
    assert dscheck("verify", trace(turns(2), "logs/run.jsonl", spec="door.dsc"))[0] == 1
    assert dscheck("verify", trace(turns(2), "logs/run.jsonl", spec="door.dsc", check="twice"))[0] == 0
    assert dscheck("verify", trace(turns(2), "logs/run.jsonl", spec="door.dsc", set={"N": 4}))[0] == 0


def test_a_spec_that_the_header_names_and_nobody_has_leaves_the_answer_open(trace, dscheck):
    code, out, _ = dscheck("verify", trace(CLOCKS, spec="gone.dsc"))
    assert code == 3
    assert "the trace cannot be judged by gone.dsc: cannot be read: no such file or directory" in out
    assert dscheck("verify", trace(CLOCKS, spec="gone.dsc"), "--checks", "causality")[0] == 0


def test_hidden_ignored_and_named(trace, dscheck):
    Path("door.dsc").write_text(SPEC, "utf-8")
    events = [{"node": "n7", "action": "wave"}, {"node": "n7", "action": "turn", "vars": {"turned": 2}}]
    name = trace(events)
    asked = ("verify", name, "--spec", "door.dsc", "--check", "twice")
    assert dscheck(*asked)[0] == 1
    assert dscheck(*asked, "--ignore", "wave")[0] == 1
    assert dscheck(*asked, "--ignore", "wave", "--hidden", "turn")[0] == 0
    assert dscheck(*asked, "--ignore", "wave", "--hidden", "turn", "--node", "n7=Hand")[0] == 0
    assert dscheck(*asked, "--word", "wave=turn")[0] == 0
    code, out, _ = dscheck(*asked, "--ignore", "wave", "--node", "n7=Foot")
    assert code == 3
    assert "--node NODE=PROCESS" in " ".join(out.split())
    code, out, _ = dscheck(*asked, "--ignore", "wave", "--hidden", "twist")
    assert code == 3
    assert "the spec has no step called `twist`" in out
    assert "--node" not in out


def test_several_executions_and_files(trace, dscheck):
    name = trace(CLOCKS)
    text = Path(name).read_text("utf-8")
    Path("two.jsonl").write_text(text + text, "utf-8")
    code, out, _ = dscheck("verify", name, "two.jsonl", trace(WRONG_CLOCKS, "wrong.jsonl"))
    assert code == 1
    assert "accepted  run.jsonl  causality\naccepted  two.jsonl  causality\naccepted  two.jsonl (2)  causality\n" in out
    assert out.endswith("\n4 traces: 3 accepted, 1 rejected\n")


def test_compressed(trace, dscheck):
    data = Path(trace(CLOCKS)).read_bytes()
    Path("run.jsonl.gz").write_bytes(gzip.compress(data))
    assert dscheck("verify", "run.jsonl.gz")[0] == 0
    Path("cut.gz").write_bytes(gzip.compress(data)[:-9])
    code, out, _ = dscheck("verify", "cut.gz")
    assert code == 2
    assert "the compressed data ends in the middle" in out


def test_a_pipe(trace):
    data = Path(trace(WRONG_CLOCKS)).read_bytes()
    run = subprocess.run(
        [sys.executable, "-m", "dscheck", "verify", "-"], input=data, capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )  # fmt: skip
    assert run.returncode == 1
    assert b"-:3" in run.stdout


def test_json(trace, dscheck):
    code, out, _ = dscheck("verify", trace(CLOCKS), trace(WRONG_CLOCKS, "wrong.jsonl"), "gone", "--format", "json")
    data = json.loads(out)
    jsonschema.validate(data, SCHEMA)
    assert code == 2
    assert data["verdict"] == "rejected"
    assert [each["verdict"] for each in data["traces"]] == ["accepted", "rejected"]
    wrong = next(each for each in data["checks"] if each["outcome"] == "rejected")
    assert (wrong["trace"], wrong["name"], wrong["events"][0]["line"]) == (1, "causality", 3)
    assert [each["file"] for each in data["errors"]] == ["gone"]


def test_to_a_file(trace, dscheck):
    code, out, err = dscheck("verify", trace(CLOCKS), "-o", "answer.json", "--format", "json")
    assert (code, out) == (0, "")
    assert err == "1 trace: 1 accepted; written to answer.json\n"
    assert json.loads(Path("answer.json").read_text("utf-8"))["verdict"] == "accepted"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which trace?"),
        (["run.jsonl", "--checks", "causalty"], "did you mean `causality`?"),
        (["run.jsonl", "--model", "regster"], "there is no object 'regster'"),
        (["run.jsonl", "--check", "x"], "no --spec is given"),
        (["run.jsonl", "--mapping", "gone.map"], "cannot read gone.map: no such file or directory"),
        (["run.jsonl", "--skew", "-1"], "-1 is not in the range"),
        (["run.jsonl", "--node", "n1"], "does not have the form WORD=NAME"),
        (["run.jsonl", "--delivery", "late"], "'late'"),
        (["run.jsonl", "--timeout", "0"], "0.0 is not a number of seconds"),
        (["run.jsonl", "-o", "nowhere/x"], "cannot write to nowhere/x"),
    ],
)
def test_options_that_make_no_sense(arguments, said, trace, dscheck):
    trace(CLOCKS)
    code, out, err = dscheck("verify", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", [], "x.log: error: the file is empty"),
        ("hello\n", [], "x.log: error: its format is not known by sight"),
        ('{"node": "a", "seq": 0}\n', [], "x.log:1: error: `seq` holds 0, not a whole number from 1"),
        ('{"node": "a", "ts": 1}\n{"node": \n', [], "x.log:2: error: "),
        ("a b\n", ["--from", "shivis"], "did you mean `shiviz`?"),
        ("a b\n", ["--pattern", "(?<node>"], "the regular expression '(?<node>' is wrong"),
        ("a b\n", ["--pattern", "(?<x>.*)"], "the event has no `node`"),
    ],
)
def test_a_file_that_cannot_be_read(text, arguments, said, trace, dscheck):
    trace(CLOCKS)
    Path("x.log").write_text(text, "utf-8")
    code, out, err = dscheck("verify", "run.jsonl", "x.log", *arguments)
    assert (code, err) == (2, "")
    assert said in out


def test_a_file_that_is_not_there(trace, dscheck):
    trace(CLOCKS)
    code, out, _ = dscheck("verify", "runs.jsonl")
    assert code == 2
    assert "runs.jsonl: error: cannot be read: No such file or directory" in out
    assert "did you mean run.jsonl?" in out


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (None, [], "door.dsc: error: cannot be read: no such file or directory"),
        (SPEC.replace("turned + 1", "turnd + 1"), [], "door.dsc:6: error: DS"),
        (SPEC, ["--check", "thrice"], "the checks are once, twice"),
        (SPEC, ["--set", "M=1"], "there is no setting named `M`"),
    ],
)
def test_a_spec_that_cannot_be_asked(text, arguments, said, trace, dscheck):
    name = trace(turns(1))
    if text is not None:
        Path("door.dsc").write_text(text, "utf-8")
    code, out, _ = dscheck("verify", name, "--spec", "door.dsc", *arguments)
    assert code == 2
    assert said in out


def test_a_mapping_and_a_pattern(trace, dscheck):
    trace([])
    Path("x.log").write_text("10 a takes L\n20 b takes L\n", "utf-8")
    Path("x.map").write_text(
        "pattern = (?<ts>\\d+) (?<node>\\w+) (?<do>\\w+) (?<lock>\\w+)\nheader.order = total\nts = ts\nnode = node\n"
        "lock = lock\nhold = do\n  takes -> true\n  gives -> false\n",
        "utf-8",
    )
    code, out, _ = dscheck("verify", "x.log", "--mapping", "x.map")
    assert code == 1
    assert "REJECTED  mutual-exclusion  overlap seen" in out
    assert dscheck("verify", "x.log", "--pattern", "(?<ts>\\d+) (?<node>\\w+) (?<action>.*)")[0] == 3
