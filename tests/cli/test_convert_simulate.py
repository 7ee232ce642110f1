"""Do `dscheck simulate` and `dscheck convert` write what `dscheck verify` reads?"""

import json
import random
from pathlib import Path

import pytest

from dscheck.traces.formats.readers import read_traces

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def records(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


# A few of each kind: queues and bags, faults, timers, data.
@pytest.mark.parametrize(
    ("spec", "check"),
    [
        ("centralized_lock", "twice"),
        ("centralized_lock", "client_down"),
        ("lamport_mutex", "lossy"),
        ("lamport_mutex", "three"),
        ("causal_broadcast", "two"),
        ("peterson", "two"),
        ("ring_election", None),
        ("two_phase_commit", None),
        ("version_vectors", None),
    ],
)
def test_what_is_simulated_is_accepted(spec, check, folder, dscheck):
    chosen = [] if check is None else ["--check", check]
    code, out, err = dscheck(
        "simulate", SPECS / f"{spec}.dsc", "--runs", 2, "--steps", 12, "--seed", 4, "-o", "runs.jsonl", *chosen
    )
    assert (code, out) == (0, "")
    assert err.startswith("2 runs with ")
    assert err.endswith("; written to runs.jsonl\n")
    code, out, _ = dscheck("verify", "runs.jsonl")
    assert code == 0 or "REJECTED  conformance  invariant" in out, out
    assert out.count("conformance") == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_run_without_one_of_its_steps_is_rejected(seed, folder, dscheck):
    dscheck("simulate", SPECS / "centralized_lock.dsc", "--seed", seed, "-o", "run.jsonl")
    lines = Path("run.jsonl").read_text("utf-8").splitlines(keepends=True)
    inner = [at for at, line in enumerate(lines) if '"mode":"inside"' in line]
    del lines[random.Random(seed).choice(inner)]
    Path("run.jsonl").write_text("".join(lines), "utf-8")
    code, out, _ = dscheck("verify", "run.jsonl")
    assert code == 1
    assert "REJECTED  causality  gap" in out
    gappy = [json.loads(line) for line in lines]
    gappy[0]["gaps"] = True
    Path("run.jsonl").write_text("".join(json.dumps(each) + "\n" for each in gappy), "utf-8")
    assert dscheck("verify", "run.jsonl", "--checks", "causality")[0] == 0


def test_the_same_seed_gives_the_same_runs(folder, dscheck):
    spec = SPECS / "peterson.dsc"
    first = dscheck("simulate", spec, "--seed", 5, "--steps", 20)[1]
    assert first == dscheck("simulate", spec, "--seed", 5, "--steps", 20)[1]
    assert first != dscheck("simulate", spec, "--seed", 6, "--steps", 20)[1]


def test_the_header_says_how_to_judge_the_run(folder, dscheck):
    Path("specs").mkdir()
    Path("specs/lock.dsc").write_text((SPECS / "centralized_lock.dsc").read_text("utf-8"), "utf-8")
    Path("runs").mkdir()
    asked = ("simulate", "specs/lock.dsc", "--check", "two", "--set", "N=3", "-o", "runs/a.jsonl")
    assert dscheck(*asked)[0] == 0
    header, *events = records("runs/a.jsonl")
    assert (header["spec"], header["check"], header["set"]) == ("../specs/lock.dsc", "two", {"N": "3"})
    assert all("src" not in each for each in events)
    assert {"Server", "Client[2]"} < set(header["nodes"])
    assert dscheck("verify", "runs/a.jsonl")[0] == 0


def test_duplicates_are_allowed_where_the_network_makes_them(folder, dscheck):
    spec = SPECS / "centralized_lock.dsc"
    asked = ("simulate", spec, "--set", "network.duplicate=1", "--check", "unfair", "-o", "a.jsonl", "--steps", 9)
    for seed in range(6):
        dscheck(*asked, "--seed", seed)
        assert records("a.jsonl")[0]["delivery"] == ["duplicates"]
        assert "delivery  received twice" not in dscheck("verify", "a.jsonl")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.dsc"], "cannot read gone.dsc: no such file or directory"),
        (["wrong.dsc"], "wrong.dsc:2"),
        ([SPECS / "peterson.dsc", "--check", "nope"], "there is no check named nope"),
        ([SPECS / "peterson.dsc", "--runs", 0], "0 is not in the range"),
        ([SPECS / "cristian.dsc"], "the file has no process to take a step"),
        ([SPECS / "peterson.dsc", "-o", "nowhere/x"], "cannot write to nowhere/x"),
    ],
)
def test_what_cannot_be_simulated(arguments, said, folder, dscheck):
    Path("wrong.dsc").write_text("protocol P\nprocess process:\n", "utf-8")
    code, out, err = dscheck("simulate", *arguments)
    assert (code, out) == (2, "")
    assert said in err


# --- convert -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["native", "shiviz", "itf"])
def test_a_run_in_another_format_is_read_again(form, folder, dscheck):
    dscheck("simulate", SPECS / "centralized_lock.dsc", "-o", "run.jsonl")
    assert dscheck("convert", "run.jsonl", "--to", form, "-o", "other")[0] == 0
    (before,), (after,) = read_traces(["run.jsonl"]), read_traces(["other"])
    assert after.format == form
    assert [each.action for each in after.events] == [each.action for each in before.events]
    if form != "itf":
        assert [each.vector for each in after.events] == [each.vector for each in before.events]
        assert dscheck("verify", "other", "--checks", "causality")[0] == 0


def test_convert_keeps_the_place_where_an_event_was_recorded(folder, dscheck):
    Path("x.log").write_text("junk\n10 a starts\n20 b stops\n", "utf-8")
    asked = ("convert", "x.log", "--to", "native", "--pattern", r"^(?<ts>\d+) (?<node>\w+) (?<action>.*)")
    code, _, err = dscheck(*asked)
    assert code == 2
    assert "x.log:1: the regular expression does not match" in err
    code, out, err = dscheck(*asked, "--skip-unmatched")
    assert (code, err) == (0, "")
    assert [json.loads(line).get("src") for line in out.splitlines()][1:] == [["x.log", 2], ["x.log", 3]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--to"),
        (["--to", "native"], "which trace?"),
        (["--to", "xml", "a.jsonl"], "'xml'"),
        (["--to", "native", "gone"], "gone: cannot be read: No such file or directory"),
        (["--to", "shiviz", "a.jsonl"], "a.jsonl:1: event 1 of a has no vector clock"),
        (["--to", "native", "a.jsonl", "b.jsonl"], "b.jsonl:1: `seq` holds 0"),
        (["--to", "itf", "a.jsonl", "a.jsonl"], "ITF holds one execution, not 2"),
    ],
)
def test_what_cannot_be_converted(arguments, said, folder, dscheck):
    Path("a.jsonl").write_text('{"node": "a", "ts": 1}\n', "utf-8")
    Path("b.jsonl").write_text('{"node": "a", "seq": 0}\n', "utf-8")
    code, out, err = dscheck("convert", *arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_clocks_for_shiviz_are_made_of_messages(folder, dscheck):
    sent = '{"node": "a", "kind": "send", "msg": "m"}\n'
    Path("a.jsonl").write_text(sent + '{"node": "b", "kind": "recv", "msg": "m"}\n', "utf-8")
    code, out, err = dscheck("convert", "--to", "shiviz", "a.jsonl")
    assert (code, err) == (0, "")
    assert out.splitlines()[2:] == ['a\t{"a": 1}', "send m", 'b\t{"a": 1, "b": 1}', "recv m"]
    Path("a.jsonl").write_text('{"node": "b", "kind": "recv", "msg": "m"}\n' + sent.replace('"a"', '"b"'), "utf-8")
    code, out, err = dscheck("convert", "--to", "shiviz", "a.jsonl")
    assert (code, out) == (2, "")
    assert "vector clocks cannot be made: its messages form a cycle" in err
