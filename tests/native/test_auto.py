"""When does `auto` go on natively, what does a small check pay for that, and what if it cannot?"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from systems import ricart_agrawala
from test_agreement import found

from dscheck.engines import engine
from dscheck.engines.engine import answer
from dscheck.engines.native import preparing
from dscheck.engines.native.library import both_libraries
from dscheck.options import CheckOptions, Limits, NativeOptions
from dscheck.workflow import check_paths

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ricart_agrawala(3)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 200)


def test_a_large_search_goes_on_natively(soon: None) -> None:
    exploration = answer(SYSTEM)
    assert (exploration.engine, exploration.notes) == ("native", ())
    assert found(exploration) == found(answer(SYSTEM, "reference"))


def test_a_small_search_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    load = engine._loaded
    monkeypatch.setattr(engine, "_loaded", lambda place: pytest.fail(place) if "native" in place else load(place))
    exploration = answer(SYSTEM, limits=Limits(max_states=200))
    assert (exploration.engine, exploration.notes) == ("reference", ())


def test_a_small_check_loads_nothing_of_it() -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "dscheck", "check", "specs/peterson.dsc"],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert not loaded & {"ctypes", "subprocess", "dscheck.engines.native", "dscheck.engines.native.explore"}


@pytest.mark.parametrize("name", ["auto", "native"])
def test_without_a_compiler_the_reference_goes_on(soon: None, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    exploration = answer(SYSTEM, name)
    (note,) = exploration.notes
    assert exploration.engine == "reference"
    assert note.startswith("the reference explored, not the native engine: $CC is `no-such-compiler`")
    assert found(exploration) == found(answer(SYSTEM, "reference"))


@pytest.mark.parametrize("name", ["auto", "native"])
def test_a_time_limit_ends_the_compiler_too(soon: None, name: str, fake_compiler: Any, cache_folder: Path) -> None:
    fake_compiler("sleep 1000")
    exploration = answer(SYSTEM, name, Limits(timeout=1.5))
    assert (exploration.end, exploration.engine) == ("timeout", "reference")
    assert "seconds without an answer" in exploration.notes[0]
    assert list(cache_folder.iterdir()) == []


def test_an_interrupt_while_it_compiles_leaves_the_answers_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_together(*_: object) -> None:
        raise KeyboardInterrupt

    asked = iter([both_libraries, compile_together])
    monkeypatch.setattr(preparing, "both_libraries", lambda *arguments: next(asked)(*arguments))
    options = CheckOptions(engine="native", checks=("two", "twice", "crash"))
    report = check_paths([ROOT / "specs" / "ricart_agrawala.dsc"], options)
    first, second, third = report.files[0].checks
    assert (first.outcome, first.interrupted) == ("holds", False)
    assert (second.outcome, second.reason, second.interrupted) == ("unknown", "interrupted", True)
    assert third.reason == "not asked: interrupted before"
    assert report.exit_code() == 130


def test_the_timeout_counts_from_the_beginning(soon: None) -> None:
    exploration = answer(SYSTEM, limits=Limits(timeout=0))
    assert exploration.end == "timeout"


@pytest.mark.parametrize("options", [NativeOptions(store="tree"), NativeOptions(store="fingerprint")])
def test_what_only_the_native_engine_can_do_is_its_affair(options: NativeOptions) -> None:
    assert answer(ricart_agrawala(2), native=options).engine == "native"
    with pytest.raises(ValueError, match="not of `reference`"):
        CheckOptions(engine="reference", native=options)
