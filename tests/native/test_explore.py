"""Does the native engine find what the reference finds? On systems made to be awkward, and on the specs."""

import time
from pathlib import Path
from typing import Any

import pytest
from systems import ricart_agrawala
from test_agreement import found
from zoo import ZOO

from dscheck.engines.engine import answer
from dscheck.engines.native.explore import missed_text
from dscheck.engines.native.saving import Saving
from dscheck.engines.native.structs import Status
from dscheck.engines.native.watching import Watch
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.judgement import awaited
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import Plan, plans_of
from dscheck.model.system import System
from dscheck.options import Limits, NativeOptions, StoreKind
from dscheck.semantics.replay import replay
from dscheck.source import SourceFile

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = {
    **ZOO,
    "Ricart-Agrawala": ricart_agrawala(2, 2),
    "Ricart-Agrawala without tie break": ricart_agrawala(2, tie_break=False),
}
QUICK = 2
# Checks of specs that need more bits than the native engine has for a value, and so are explored by the reference.
FALLS_BACK = {
    # Six versions, each with a set of six writes, travel in one message.
    ("dotted_version_vectors", "explodes[PUTS=3]"): "an element that is a message takes 76 bits, and 64 is the most",
}
LIMITS = {"clocks": Limits(max_depth=5)}  # its clocks may run apart for ever
WAYS: list[NativeOptions] = [
    NativeOptions(workers=1),
    NativeOptions(workers=2),
    NativeOptions(workers=1, store="tree"),
    NativeOptions(workers=2, store="tree"),
    NativeOptions(workers=1, store="fingerprint"),
    NativeOptions(workers=2, store="fingerprint"),
]


def told(way: NativeOptions) -> str:
    return f"{way.store}, {way.workers}"


def natively(system: System, way: NativeOptions, **more) -> Exploration:
    exploration = answer(system, "native", native=way, **more)
    assert (exploration.engine, exploration.notes) == ("native", ())
    return exploration


def same(native: Exploration, reference: Exploration) -> None:
    """Values that failed are compared by what they are a failure of: which state comes first is up to the engine."""
    ours, theirs = found(native), found(reference)
    for each in (ours, theirs):
        each["unjudged"] = {name: failed.failure for name, failed in each["unjudged"].items()}
    assert ours == theirs


@pytest.mark.parametrize("way", WAYS, ids=told)
@pytest.mark.parametrize("name", SYSTEMS)
def test_everything_found_is_what_the_reference_finds(name: str, way: NativeOptions) -> None:
    limits = LIMITS.get(name)
    native = natively(SYSTEMS[name], way, limits=limits)
    same(native, answer(SYSTEMS[name], "reference", limits))
    for schedule in (*(each.schedule for each in native.violations.values()), *native.witnesses.values()):
        assert len(replay(SYSTEMS[name], schedule).steps) == len(schedule.steps)


def checks() -> list[Any]:
    """The first checks of each spec; each takes a compilation, so that the others are left to `-m slow`."""
    found = []
    for path in sorted((*(ROOT / "specs").glob("*.dsc"), *(ROOT / "tests" / "peer_semantics").glob("*.dsc"))):
        for number, plan in enumerate(plans_of(read_spec(SourceFile.read(path)), {})):
            marks = (pytest.mark.slow,) if number >= QUICK else ()
            found.append(pytest.param(path, plan.name, marks=marks, id=f"{path.stem}-{plan.name}"))
    return found


def lowered(path: Path, name: str) -> tuple[Plan, System]:
    checked = read_spec(SourceFile.read(path))
    plan = next(plan for plan in plans_of(checked, {}) if plan.name == name)
    return plan, lower(checked, plan.configuration)


@pytest.mark.parametrize(("path", "name"), checks())
def test_specs_are_answered_as_by_the_reference(path: Path, name: str) -> None:
    """As far as `dscheck check` would go, with a counterexample that the definition confirms."""
    plan, system = lowered(path, name)
    limits, stop_at = Limits(max_depth=9), awaited(plan.expectation)
    native = answer(system, "native", limits, stop_at, native=NativeOptions(workers=2))
    reason = FALLS_BACK.get((path.stem, name))
    if reason is None:
        assert (native.engine, native.notes) == ("native", ())
    else:
        assert (native.engine, len(native.notes)) == ("reference", 1)
        assert native.notes[0].endswith(reason)
    same(native, answer(system, "reference", limits, stop_at))
    for violation in native.violations.values():
        assert counterexample_of(system, violation).length == violation.length


def test_a_choice_for_each_record_whose_codes_are_more_than_the_records() -> None:
    """Three literals take two bits, of which one code stands for none."""
    text = (
        "protocol P\nrecord Item(c: red | green | blue, f: bool)\nprocess A:\n    var known: set[Item] = {}\n"
        "    var n: 0..3 = 0\n    action learn(x in {red, green, blue}) when len(known) < 2:\n"
        "        known += {Item(x, true)}\n    action mix when known != {}:\n        for v in known:\n"
        "            choose w in {0, 1}:\n                n = (n + n + w + (1 if v.c == red else 0)) % 4\n"
    )
    checked = read_spec(SourceFile("<text>", text))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    same(natively(system, NativeOptions(workers=1)), answer(system, "reference"))


# --- limits ----------------------------------------------------------------------------------------------------------


def test_limits_end_the_search_and_nothing_holds() -> None:
    system = ricart_agrawala(3)
    for limits, end in (
        (Limits(max_states=50), SearchEnd.MAX_STATES),
        (Limits(max_depth=2), SearchEnd.MAX_DEPTH),
        (Limits(timeout=0), SearchEnd.TIMEOUT),
    ):
        exploration = natively(system, NativeOptions(workers=1), limits=limits)
        assert exploration.end is end
        assert not exploration.statistics.complete
        assert "holds" not in {exploration.outcomes[name] for name in ("mutex", "cost")}
    assert natively(system, NativeOptions(), limits=Limits(max_states=50)).statistics.states == 50


def test_a_limit_below_what_the_process_takes_anyway_is_told() -> None:
    limits = Limits(max_memory=1)
    exploration = answer(ricart_agrawala(2), "native", limits, native=NativeOptions(workers=1))
    assert (exploration.engine, exploration.end) == ("native", SearchEnd.MAX_MEMORY)
    assert "holds" not in {exploration.outcomes[name] for name in ("mutex", "cost")}
    assert (exploration.statistics.states, exploration.statistics.complete) == (0, False)
    assert exploration.notes[-1].startswith("the memory limit leaves no room to search: dscheck itself takes ")


def test_whoever_watches_hears_of_it_and_ctrl_c_tells_what_is_known() -> None:
    """Of a search without an end."""
    heard = []

    def hears(progress) -> None:
        heard.append(progress)
        if len(heard) == 3:
            raise KeyboardInterrupt

    exploration = natively(ZOO["clocks"], NativeOptions(workers=2), observer=hears)
    assert exploration.end is SearchEnd.INTERRUPTED
    assert not exploration.statistics.complete
    assert exploration.statistics.states >= heard[-1].states > 1
    assert exploration.statistics.transitions > exploration.statistics.states
    assert min(each.memory_bytes for each in heard) > 0
    assert heard[-1].queue > 0


def test_ctrl_c_ends_a_search_whose_width_was_too_small_just_before() -> None:
    """It would start again otherwise, and Ctrl-C would be forgotten."""

    class Overflowing:
        calls = 0

        def start(self) -> Status:
            self.calls += 1
            if self.calls == 1:
                raise KeyboardInterrupt
            return Status.OVERFLOW

        def stop(self) -> None:
            pass

    watch = Watch(Limits(), None, time.monotonic())
    assert watch.run(Overflowing(), Saving(None)) is SearchEnd.INTERRUPTED  # type: ignore[arg-type]


def test_the_search_stops_after_the_level_of_what_is_waited_for() -> None:
    system = SYSTEMS["Ricart-Agrawala without tie break"]
    for stop_at in (lambda name: name == "mutex", lambda name: name == "clocks grow", lambda _: True):
        same(natively(system, NativeOptions(workers=2), stop_at=stop_at), answer(system, "reference", stop_at=stop_at))


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("store", "count"), [("plain", 0), ("tree", 0), ("fingerprint", 1)])
def test_only_fingerprints_are_an_assumption(store: StoreKind, count: int) -> None:
    exploration = natively(ricart_agrawala(2), NativeOptions(store=store))
    assert len(exploration.assumptions) == count


def test_what_fingerprints_cannot_exclude() -> None:
    assert "probability of up to 3e-06, two of the 10,449,071 states" in missed_text(10_449_071)


def test_a_system_that_cannot_be_packed_is_explored_by_the_reference() -> None:
    text = (
        "protocol P\nconst N = 9 in 1..9\nprocess A[N]:\n    var seen: map[0..200, 0..9] = {}\n"
        "    action go when len(seen) < 1:\n        seen[0] = 1\n"
    )
    checked = read_spec(SourceFile("<text>", text))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    exploration = answer(system, "native")
    assert exploration.engine == "reference"
    (note,) = exploration.notes
    assert note.startswith("the reference explored, not the native engine: `A.seen` cannot be packed: a map")
    assert found(exploration) == found(answer(system, "reference"))


def test_a_bound_with_a_factor_that_c_would_cut_is_answered_by_the_reference() -> None:
    text = (
        "protocol P\nprocess A:\n    var n: 0..1 = 0\n    action go when n == 0:\n        n = 1\n"
        "bound b: 4294967296 * fired(go) <= 8\n"
    )
    checked = read_spec(SourceFile("<text>", text))
    exploration = answer(lower(checked, plans_of(checked, {})[0].configuration), "native")
    assert exploration.violations["b"].length == 1
    assert exploration.notes == (
        "the reference explored, not the native engine: `b` multiplies a counter by more than 2,147,483,647",
    )


def test_reachable_states_before_and_after_widening_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With widths as small as they can be, so that the search has to start again and again."""
    system = ricart_agrawala(3)
    expected = answer(system, "reference")
    monkeypatch.setattr("dscheck.engines.native.preparing.some_states", lambda *_: [])
    monkeypatch.setattr("dscheck.engines.native.preparing.with_spare_bits", lambda packing: packing)
    monkeypatch.setattr("dscheck.engines.native.preparing._recall", lambda _: {})
    same(natively(system, NativeOptions(workers=1)), expected)


def test_widths_are_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path))
    system = ricart_agrawala(2)
    natively(system, NativeOptions(workers=1))
    (kept,) = (tmp_path / "native").glob("*.widths")

    def looks(*_) -> None:
        raise AssertionError("looked at states again")

    monkeypatch.setattr("dscheck.engines.native.preparing.some_states", looks)
    first = natively(system, NativeOptions(workers=1))
    monkeypatch.undo()
    monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path))
    for damaged in ('{"Stamp()": "wide"', '["Stamp()"]', '{"Stamp()": "wide"}'):  # as if it were not there
        kept.write_text(damaged)
        same(first, natively(system, NativeOptions(workers=1)))


# --- one level --------------------------------------------------------------------------------------------------------

IN_ONE_LEVEL = """
protocol OneLevel
process A:
    var x: 0..4 = 0
    action go(y in {1, 2, 3, 4}) when x == 0:
        x = y
reachable early: 4 / (A.x - 1) == 4
reachable late: 4 / (4 - A.x) == 4
check all expect holds
"""


@pytest.mark.parametrize("engine", ["definition", "reference", "native"])
@pytest.mark.parametrize("final", ["", "final: A.x in {0, 1} or 4 / (A.x - 2) == 9", "final: 4 / (A.x - 4) == 9"])
def test_what_has_no_value_is_told_whatever_else_its_level_has(engine: str, final: str) -> None:
    """A reachable property is reached, or a deadlock found, before or after a state in which there is no value."""
    checked = read_spec(SourceFile.of_bytes("one", (IN_ONE_LEVEL + final + "\n").encode()))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    exploration = answer(system, engine)
    assert exploration.engine == engine
    assert {name: len(run.steps) for name, run in exploration.witnesses.items()} == {"early": 1, "late": 1}
    assert set(exploration.unjudged) == {"early", "late"} | ({"deadlock"} if final else set())
    assert exploration.violations["division"].length == 1
    assert ("deadlock" in exploration.violations) == bool(final)
