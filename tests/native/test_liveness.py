"""Does the native engine find the fair cycles that the reference finds, and would it be told if not?"""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from many import Case, cases_of, compiled, explored
from runtime_library import MODELS, RUNTIME, WARNINGS

from dscheck.engines import engine
from dscheck.engines.engine import answer
from dscheck.engines.native import liveness
from dscheck.engines.native.emit_obligations import read_owed
from dscheck.engines.native.preparing import prepare
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.engines.refusals import Refused
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.explore.questions import questions_of
from dscheck.model.system import System
from dscheck.options import Limits, NativeOptions
from dscheck.semantics.replay import NotConfirmed
from dscheck.source import SourceFile
from dscheck.verdict import Outcome
from tests.laws.generated_specs import EVERYTHING, Features, random_progress
from tests.laws.test_semantics_cases import CASES, systems_of

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "bench" / "liveness.dsc"
pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")

WAYS = [
    NativeOptions(workers=1),
    NativeOptions(workers=3),
    NativeOptions(workers=2, store="tree"),
    NativeOptions(workers=2, store="fingerprint"),
]
FEATURES = {
    "messages": Features(),
    "stamps": Features(stamps=True, links=True),
    "timers": Features(timers=True, faults=True),
    "torn": Features(faults=True, torn=True, collections=False),
    "everything": EVERYTHING,
}


def told(exploration: Exploration) -> dict[str, object]:
    """What must be the same: of a lasso its length, and where it begins."""
    return {
        "counts": (exploration.statistics.states, exploration.statistics.transitions, exploration.end),
        "outcomes": dict(exploration.outcomes),
        "violations": {name: (each.kind, each.length, each.loop) for name, each in exploration.violations.items()},
        "unjudged": {name: failed.failure for name, failed in exploration.unjudged.items()},
    }


def confirmed(system: System, exploration: Exploration) -> int:
    """By the definition, fairness included; how many runs that never end there are."""
    loops = [each for each in exploration.violations.values() if each.loop is not None]
    for each in loops:
        counterexample_of(system, each)
    return len(loops)


def lock(clients: int, work: int, *more: str) -> System:
    text = LOCK.read_text("utf-8").replace("const N = 3", f"const N = {clients}")
    text = text.replace("const WORK = 3", f"const WORK = {work}")
    text = text.replace("final: true", "\n".join([*more, "final: true"]))
    (system,) = systems_of(SourceFile.of_bytes("lock", text.encode()))
    return system


# --- as the reference ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [each for each in CASES if each.stem.startswith("progress")], ids=lambda each: each.stem
)
def test_the_cases_of_the_semantics(path: Path) -> None:
    for system in systems_of(SourceFile.read(path)):
        expected = answer(system, "reference")
        for way in WAYS:
            found = answer(system, "native", native=way)
            assert (found.engine, found.notes) == ("native", ())
            assert told(found) == told(expected)
            confirmed(system, found)


def generated(features: Features, seeds: range, most: int) -> list[Case]:
    return cases_of((random_progress(seed, features) for seed in seeds), most)


def agree(cases: list[Case], folder: Path) -> int:
    refused = loops = 0
    for case, model in zip(cases, compiled(cases, folder), strict=True):
        for way in WAYS:
            try:
                found = explored(case, model, way, Limits())
                assert told(found) == told(case.reference)
                loops += confirmed(case.system, found)
            except AssertionError as different:
                raise AssertionError(f"{way}\n{case.text}") from different
            except Refused:  # `dscheck check` would go on in the reference
                refused += 1
                break
    assert refused <= len(cases) // 20
    return loops


@pytest.mark.parametrize("name", FEATURES)
def test_generated_protocols(name: str, tmp_path: Path) -> None:
    cases = generated(FEATURES[name], range(14), 400)
    assert len(cases) >= 7, "the generator makes too many that are too large"
    assert agree(cases, tmp_path) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("block", range(10))
def test_thousands_of_generated_protocols(name: str, block: int, tmp_path: Path) -> None:
    agree(generated(FEATURES[name], range(5_000 + 100 * block, 5_100 + 100 * block), 3_000), tmp_path)


def test_lassos_do_not_depend_on_the_number_of_workers() -> None:
    asked = ("eventually worked: exists c in Client: c.done == 3", "always eventually free: Coordinator.holder == none")
    system = lock(2, 12, *asked)
    expected = answer(system, "reference")
    assert confirmed(system, expected) == 2
    for workers in (1, 2, 5):
        found = answer(system, "native", native=NativeOptions(workers=workers))
        assert told(found) == told(expected)
        assert confirmed(system, found) == 2


# --- what could go wrong ---------------------------------------------------------------------------------------------

MUTATIONS = {
    "what is enabled is not told": (r"if \(taken != \w+\) labels->enable\(labels, \w+\);", ";"),
    "what is taken is not told": (r"(\w+)\[COUNTERS\] = \(int32_t\)\w+;", r"\1[COUNTERS] = 0;"),
    "shifts are not told": (r"= \(int32_t\)moved;", "= 0;"),
    "all keys are one": (r"(\w+)\[(\w+)\+\+\] = \(uint32_t\)[^;]*;", r"\1[\2++] = 0;"),
    "all obligations are the first": (
        r"(\w+)\[(\w+)\+\+\] = (\d+);",
        lambda m: f"{m[1]}[{m[2]}++] = {int(m[3]) & 255};",
    ),
    "the formulas are all true": (r"return ANSWER_TRUE;\n    \*answer = 1;", "*answer = 1;\n    *answer = 1;"),
}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case for features in FEATURES.values() for case in generated(features, range(6), 200)]


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_the_emitter_gets_wrong_is_seen(name: str, cases: list[Case], tmp_path: Path) -> None:
    pattern, replacement = MUTATIONS[name]
    touched = [case for case in cases if re.search(pattern, case.plan.text)]
    if name == "shifts are not told":
        (stamped,) = [each for each in CASES if each.stem == "progress_stamped_messages"]
        touched = cases_of([stamped.read_text("utf-8")], 100)
    assert touched, "no generated text has what this mutation changes"
    models = compiled(touched, tmp_path, lambda text: re.sub(pattern, replacement, text))
    assert any(differs(case, model) for case, model in zip(touched, models, strict=True))


def differs(case: Case, model: Any) -> bool:
    try:
        return told(explored(case, model, WAYS[0], Limits(max_states=3_000))) != told(case.reference)
    except (AssertionError, NotConfirmed, LookupError):
        return True


def test_lists_of_obligations_are_read_as_they_are_written() -> None:
    system = lock(2, 1)
    questions = questions_of(system)
    stepper = ReferenceStepper(system, questions.formulas)
    codings = prepare(system, questions, stepper, stepper.initial()[0]).packing.codings
    request, leave = (number for number, each in enumerate(system.obligations) if "action" in each.group)
    items = [request << 8 | 1, 1, leave << 8 | 1, 0, leave << 8]
    assert list(read_owed(system.obligations, codings, items)) == [(request, 1), (leave, 0), (leave,)]


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_search_that_is_cut_knows_only_lassos_of_expanded_states() -> None:
    system = lock(2, 3, "eventually worked: exists c in Client: c.done == 3")
    whole = answer(system, "native")
    assert (whole.outcomes["worked"], whole.outcomes["served"]) == (Outcome.VIOLATED, Outcome.HOLDS)
    for limits in (Limits(max_states=300), Limits(max_depth=9)):
        for way in WAYS:
            found = answer(system, "native", limits, native=way)
            assert found.end is not SearchEnd.EXHAUSTED
            assert found.outcomes["served"] is Outcome.UNKNOWN
            assert found.outcomes["worked"] in {Outcome.VIOLATED, Outcome.UNKNOWN}
            confirmed(system, found)


def test_a_state_without_steps_at_the_greatest_depth_may_be_where_a_run_stops() -> None:
    text = "protocol Once\nprocess A:\n    var n: 0..2 = 0\n    fair action go when n == 0:\n        n = 1\n"
    text += "eventually two: A.n == 2\nfinal: true\ncheck all expect violates two\n"
    (system,) = systems_of(SourceFile.of_bytes("once", text.encode()))
    for way in WAYS:
        found = answer(system, "native", Limits(max_depth=1), native=way)
        assert found.end is SearchEnd.EXHAUSTED
        assert found.outcomes["two"] is Outcome.VIOLATED


@pytest.mark.parametrize("kind", ["timeout", "interrupt", "memory"])
def test_what_ends_the_search_for_cycles(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are seen while C is at work: the question is asked again and again, until it is given up."""
    asked = []

    def again(self: Any, fairness: Any, question: Any) -> Any:
        asked.append(time.monotonic())
        status, found = original(self, fairness, question)
        while status is liveness.Status.RUNNING:
            status, found = original(self, fairness, question)
        return status, found

    original = liveness.Search.loop
    monkeypatch.setattr(liveness.Search, "loop", again)
    ends = {"timeout": SearchEnd.TIMEOUT, "interrupt": SearchEnd.INTERRUPTED, "memory": SearchEnd.MAX_MEMORY}
    glance = liveness.Watch.glance

    def interrupted(self: Any, search: Any) -> Any:
        if asked and time.monotonic() > asked[0] + 0.3:
            if kind == "interrupt":
                raise KeyboardInterrupt
            return ends[kind]
        return glance(self, search)

    monkeypatch.setattr(liveness.Watch, "glance", interrupted)
    found = answer(lock(2, 5), "native")
    assert asked
    assert found.end is ends[kind]
    assert {found.outcomes[name] for name in ("served", "idle", "mutex")} == {Outcome.UNKNOWN}


INTERRUPTED = """
import os, signal, sys, threading
from dscheck.cli.main import run
from dscheck.engines.native.library import Search
loop = Search.loop
def again(search, *arguments):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    threading.Timer(0.32, os.kill, (os.getpid(), signal.SIGINT)).start()
    found = loop(search, *arguments)
    while found[0] == 0:
        found = loop(search, *arguments)
    return found
Search.loop = again
sys.exit(run(sys.argv[1:]))
"""


def test_a_real_interrupt_waits_for_c() -> None:
    command = [sys.executable, "-c", INTERRUPTED, "check", str(LOCK), "--engine", "native", "--set", "WORK=9"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert ended.returncode > 0, "it crashed"
    assert "interrupted" in ended.stdout


def test_a_run_that_is_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness.Search, "loop", lambda *_: (liveness.Status.RUNNING, liveness.LoopStruct(found=2)))
    with pytest.raises(NotConfirmed, match="no run that shows it"):
        answer(lock(2, 2), "native")


def test_no_memory_for_cycles_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """That C gives this status is for `loops_driver.c` to say."""
    monkeypatch.setattr(liveness.Search, "loop", lambda *_: (liveness.Status.MAX_MEMORY, liveness.LoopStruct()))
    found = answer(lock(2, 2), "native")
    assert found.end is SearchEnd.MAX_MEMORY
    assert found.outcomes["served"] is Outcome.UNKNOWN


def test_auto_goes_on_natively_when_there_are_many_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 200)
    found = answer(lock(2, 5))
    assert (found.engine, found.notes) == ("native", ())
    assert told(found) == told(answer(lock(2, 5), "reference"))


# --- checkpoints -----------------------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
from dscheck.cli.main import run
from dscheck.engines.native import saving
saving._LONGEST_PAUSE = 0.0
calls, last = 0, int(sys.argv[1])
write = os.replace
def counted(*arguments):
    global calls
    calls += 1
    if calls == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(*arguments)
os.replace = counted
sys.exit(run(sys.argv[2:]))
"""


def run(last: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(last), *map(str, arguments), "--format", "json"]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def checks(process: subprocess.CompletedProcess[str]) -> list[object]:
    found = json.loads(process.stdout)["files"][0]["checks"]
    return [
        {key: each[key] for key in ("states", "transitions", "outcome", "properties", "counterexamples")}
        for each in found
    ]


@pytest.mark.parametrize("store", ["plain", "tree", "fingerprint"])
def test_a_search_that_was_killed_goes_on_and_finds_the_same(store: str, tmp_path: Path) -> None:
    text = LOCK.read_text("utf-8").replace(
        "final: true", "eventually worked: exists c in Client: c.done == 3\nfinal: true"
    )
    spec = tmp_path / "lock.dsc"
    spec.write_text(text.replace("expect holds", "expect violates worked"), "utf-8")
    whole = checks(run(0, "check", spec, "--engine", "native"))
    folder = tmp_path / "saved"
    killed = run(9, "check", spec, "--engine", "native", "--store", store, "--checkpoint", folder)
    assert killed.returncode == -9
    assert checks(run(0, "resume", folder, "--workers", 2)) == whole
    assert checks(run(0, "resume", folder)) == whole


# --- rules of C ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sanitizers", "workers"), [("address,undefined", ["1", "3"]), ("thread", ["2"])])
def test_sanitizers(tmp_path: Path, sanitizers: str, workers: list[str]) -> None:
    program = tmp_path / "loops"
    flags = ("-O1", "-g", f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all", "-DWORDS=2")
    sources = [*sorted(RUNTIME.glob("*.c")), MODELS / "loops_driver.c"]
    command = ["gcc", *WARNINGS, *flags, "-I", str(RUNTIME), "-o", str(program), *map(str, sources)]
    subprocess.run(command, check=True, timeout=300)
    ran = subprocess.run([program, *workers], capture_output=True, text=True, timeout=300, check=False)
    assert (ran.returncode, ran.stdout) == (0, "fine\n"), ran.stdout + ran.stderr
