"""Does the compiled search count, find and stop as it should? Grids whose answers are worked out by hand."""

import ctypes
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from native.runtime_library import (
    NOWHERE,
    QUIET,
    Asked,
    Copy,
    Failure,
    Group,
    Runtime,
    Search,
    Status,
    Store,
    compile_all,
    compile_command,
    levels,
    neighbours,
)

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")

STORES = pytest.mark.parametrize("store", list(Store))
WORKERS = pytest.mark.parametrize("workers", [1, 2, 4])


@pytest.fixture(scope="module")
def runtimes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Runtime]:
    """Libraries by number of words."""
    folder = tmp_path_factory.mktemp("runtime")
    sizes = (1, 3, 5)
    compile_all(
        [compile_command(folder / f"{n}.so", n, "-O1", "-shared", "-fPIC", "-fvisibility=hidden") for n in sizes]
    )
    return {words: Runtime(folder / f"{words}.so", words) for words in sizes}


@pytest.fixture
def runtime(runtimes: dict[int, Runtime]) -> Iterator[Runtime]:
    return runtimes[3]


def counts(search: Search) -> tuple[int, int, int, int]:
    report = search.report
    return report.states, report.transitions, report.depth, report.queue


# --- everything is found, once ---------------------------------------------------------------------


@WORKERS
@STORES
@pytest.mark.parametrize("words", [1, 3, 5])
@pytest.mark.parametrize("wraps", [False, True])
def test_counts(runtimes: dict[int, Runtime], words: int, store: int, workers: int, wraps: bool) -> None:
    runtimes[words].set_grid(6, 5, wraps)
    with Search(runtimes[words], Asked(store=store, workers=workers)) as search:
        assert search.seed() == Status.RUNNING
        assert search.run() == Status.EXHAUSTED
        per_dimension = 5**6 if wraps else 4 * 5**5
        assert counts(search) == (5**6, 6 * per_dimension, 24, 0)
        assert search.fired == [per_dimension, 5 * per_dimension, 0]
        assert search.report.probes == 6 * per_dimension
        assert search.findings == {}


@WORKERS
@pytest.mark.parametrize("store", [Store.PLAIN, Store.TREE])
def test_parents_lead_to_the_initial_state_by_shortest_runs(runtime: Runtime, store: int, workers: int) -> None:
    runtime.set_grid(6, 6, wraps=True, false_at=17)
    with Search(runtime, Asked(store=store, workers=workers)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        position = search.findings[Group.ALWAYS_FALSE].position
        for expected in range(17, 0, -1):
            state, before = search.state(position), search.state(search.parent(position))
            assert state is not None
            assert before is not None
            assert sum(state) == expected
            assert state in set(neighbours(before, 6, wraps=True))
            position = search.parent(position)
        assert search.state(position) == (0,) * 6
        assert search.parent(position) == NOWHERE


@STORES
def test_one_worker_stores_every_state_in_the_order_of_levels(runtime: Runtime, store: int) -> None:
    runtime.set_grid(5, 4, wraps=True)
    with Search(runtime, Asked(store=store)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        found = [search.state(position) for position in range(search.report.states)]
        assert len(set(found)) == 4**5
        by_levels = [depth for depth, size in enumerate(levels(5, 4)) for _ in range(size)]
        assert [sum(state or ()) for state in found] == by_levels


def test_an_index_that_has_to_grow_keeps_everything(runtime: Runtime) -> None:
    # With little memory, the first index is small.
    for dimensions, max_bytes, workers in ((6, 12_000_000, 1), (6, 13_000_000, 2), (7, 1 << 32, 3)):
        runtime.set_grid(dimensions, 8, wraps=False)
        with Search(runtime, Asked(workers=workers, max_bytes=max_bytes)) as search:
            search.seed()
            slots = search.report.slots
            assert search.run() == Status.EXHAUSTED
            assert counts(search) == (8**dimensions, 7 * dimensions * 8 ** (dimensions - 1), 7 * dimensions, 0)
            assert search.report.slots > slots


def test_many_initial_states(runtime: Runtime) -> None:
    runtime.set_grid(3, 100, wraps=False, false_at=0)
    initial = [(x, y, z) for x in range(20) for y in range(20) for z in range(20)]
    words = (ctypes.c_uint64 * (3 * len(initial)))(*(value for state in initial for value in state))
    with Search(runtime, Asked(max_depth=0)) as search:
        assert search.c.search_seed(search.handle, words, ctypes.c_size_t(len(initial))) == Status.RUNNING
        assert search.run() == Status.MAX_DEPTH
        assert [search.state(position) for position in range(len(initial))] == initial
        assert counts(search)[:3] == (len(initial), 0, 0)
        assert search.findings[Group.ALWAYS_FALSE].position == 0
    with Search(runtime, Asked(max_states=len(initial) - 1)) as search:
        assert search.c.search_seed(search.handle, words, ctypes.c_size_t(len(initial))) == Status.MAX_STATES
        assert search.report.states == len(initial) - 1


# --- questions -------------------------------------------------------------------------------------


@WORKERS
@STORES
def test_a_finding_ends_the_search_after_its_level(runtime: Runtime, store: int, workers: int) -> None:
    runtime.set_grid(6, 6, wraps=False, false_at=9)
    sizes = levels(6, 6)
    with Search(runtime, Asked(store=store, workers=workers, stops=[Group.ALWAYS_FALSE])) as search:
        search.seed()
        assert search.run() == Status.FOUND
        assert counts(search)[:1] == (sum(sizes[:10]),)
        assert (search.report.depth, search.report.queue) == (9, sizes[9])
        finding = search.findings[Group.ALWAYS_FALSE]
        assert finding.depth == 9
        assert sum(search.state(finding.position) or ()) == 9


@WORKERS
def test_findings_of_every_kind(runtime: Runtime, workers: int) -> None:
    runtime.set_grid(
        3, 5, wraps=False, fails_at=2, step_false_at=3, step_failed_at=4, false_at=5, failed_at=6, goal_at=7,
        asked_failed_at=4,
    )  # fmt: skip
    asked = Asked(workers=workers, pending=[0, 3], final=[3], judges_final=True)
    with Search(runtime, asked) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        depths = {number: finding.depth for number, finding in search.findings.items()}
        failures = {number: finding.failure for number, finding in search.findings.items()}
    assert depths == {
        Group.STEP_FAILS + Failure.DIVISION: 2,
        Group.ALWAYS_FALSE: 5,
        Group.ALWAYS_FAILED + 1: 6,
        Group.STEP_FALSE + 1: 2,  # the steps start there
        Group.STEP_FAILED: 3,
        Group.ASKED_TRUE: 7,
        Group.ASKED_FAILED: 4,
        Group.FINAL: 12,
        Group.BY_FAILURE + Failure.RANGE: 6,
        Group.BY_FAILURE + Failure.CHOICE: 4,
        Group.BY_FAILURE + Failure.ABSENT: 3,
    }
    assert failures[Group.ALWAYS_FAILED + 1] == Failure.RANGE
    assert failures[Group.STEP_FAILED] == Failure.ABSENT
    assert failures[Group.ASKED_FAILED] == Failure.CHOICE
    assert failures[Group.BY_FAILURE + Failure.ABSENT] == Group.STEP_FAILED
    assert failures[Group.BY_FAILURE + Failure.CHOICE] == Group.ASKED_FAILED


@pytest.mark.parametrize(("fails_at", "stop"), [("failed_at", Failure.RANGE), ("asked_failed_at", Failure.CHOICE)])
def test_a_formula_without_value_ends_the_search_by_its_failure(runtime: Runtime, fails_at: str, stop: int) -> None:
    runtime.set_grid(3, 5, wraps=False, **{fails_at: 3})
    with Search(runtime, Asked(pending=[0], stops=[stop])) as search:
        search.seed()
        assert search.run() == Status.FOUND
        assert search.report.depth == 3


def test_a_quiet_question_does_not_tell_that_it_has_no_value(runtime: Runtime) -> None:
    runtime.set_grid(3, 5, wraps=False, asked_failed_at=3, goal_at=4)
    with Search(runtime, Asked(pending=[QUIET], stops=[Failure.CHOICE, Group.ASKED_FAILED])) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        assert set(search.findings) == {Group.ASKED_TRUE}


def test_states_with_faults_alone_are_final(runtime: Runtime) -> None:
    runtime.set_grid(3, 5, wraps=True, faults_from=4)
    with Search(runtime, Asked(final=[3], judges_final=True)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        assert {number: finding.depth for number, finding in search.findings.items()} == {Group.FINAL: 4}


@WORKERS
@pytest.mark.parametrize(("limit", "tight", "state", "length"), [
    (6, False, 2, None), (5, False, 1, 6), (6, True, 1, 6), (7, True, 2, None), (5, True, 1, 5),
])  # fmt: skip
def test_weights_of_runs(
    runtime: Runtime, workers: int, limit: int, tight: bool, state: int, length: int | None
) -> None:
    runtime.set_grid(4, 7, wraps=False, limit=limit)
    with Search(runtime, Asked(workers=workers, runs=[(tight, (1, 0))])) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        known, positions, added = search.run_of(0)
        assert known == state
        assert (Group.RUNS in search.findings) == (state == 1)
        if length is not None:
            assert added == [(1, 0)] * length
            assert [search.state(position) for position in positions] == [(i, 0, 0, 0) for i in range(length + 1)]


# --- limits ----------------------------------------------------------------------------------------


@WORKERS
@STORES
def test_max_states_is_exact(runtime: Runtime, store: int, workers: int) -> None:
    runtime.set_grid(6, 5, wraps=True)
    everything = 5**6
    for limit in (1, 700, everything - 1, everything):
        status = Status.EXHAUSTED if limit == everything else Status.MAX_STATES
        with Search(runtime, Asked(store=store, workers=workers, max_states=limit)) as search:
            search.seed()
            assert search.run() == status
            assert search.report.states == limit


@WORKERS
@pytest.mark.parametrize(
    ("depth", "status"), [(0, Status.MAX_DEPTH), (7, Status.MAX_DEPTH), (15, Status.EXHAUSTED), (16, Status.EXHAUSTED)]
)
def test_max_depth(runtime: Runtime, workers: int, depth: int, status: int) -> None:
    runtime.set_grid(5, 4, wraps=False, fails_at=7, step_false_at=3, faults_from=6)
    with Search(runtime, Asked(workers=workers, max_depth=depth, final=[3], judges_final=True)) as search:
        search.seed()
        assert search.run() == status
        states = sum(levels(5, 4)[: depth + 1])
        assert (search.report.states, search.report.depth) == (states, min(depth, 15))
        assert sum(search.fired) == search.report.transitions
        # At the greatest depth, final states are judged and nothing else.
        assert (Group.FINAL in search.findings) == (depth >= 6)
        assert (Failure.DIVISION in search.findings) == (depth > 7)
        assert (Group.STEP_FALSE + 1 in search.findings) == (depth > 2)


@STORES
@pytest.mark.parametrize("limit", [1, 200_000, 3_000_000, 9_000_000])
def test_max_bytes_is_kept(runtime: Runtime, store: int, limit: int) -> None:
    runtime.set_grid(18, 200, wraps=False)
    for workers in (1, 3):
        with Search(runtime, Asked(store=store, workers=workers, max_bytes=limit)) as search:
            status = search.seed()
            assert (search.run() if status == Status.RUNNING else status) == Status.MAX_MEMORY
            own = 4_000_000 if limit < 4_000_000 else 0  # batches are needed anyway
            assert search.report.bytes <= limit + own


def test_the_last_memory_is_used_for_what_is_found(runtime: Runtime) -> None:
    runtime.set_grid(6, 10, wraps=False)
    with Search(runtime, Asked(max_bytes=10**6 * (24 + 4) + 10**6 * 8 * 5 // 4 + 2_000_000)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        assert search.report.states == 10**6


def test_fingerprints_keep_the_states_of_two_levels(runtime: Runtime) -> None:
    runtime.set_grid(6, 10, wraps=False)
    with Search(runtime, Asked(store=Store.FINGERPRINT)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        assert search.report.states == 10**6
        assert search.report.bytes < 10**6 * (8 + 4 + 24) + search.report.slots * 8
        assert search.state(0) is None
        last = search.report.states - 1
        words = (ctypes.c_uint64 * 3)()
        assert search.c.search_state(search.handle, last, words)
        assert search.c.search_fingerprint(search.handle, last) == search.c.search_fingerprint_of(words)


@WORKERS
def test_stop(runtime: Runtime, workers: int) -> None:
    runtime.set_grid(20, 100, wraps=True)
    with Search(runtime, Asked(workers=workers)) as search:
        search.seed()
        assert search.c.search_start(search.handle) == Status.RUNNING
        time.sleep(0.02)
        assert search.c.search_wait(search.handle, 1) == Status.RUNNING
        search.c.search_stop(search.handle)
        assert search.c.search_wait(search.handle, 60_000) == Status.STOPPED


def test_overflow_of_an_internal_width(runtime: Runtime) -> None:
    runtime.set_grid(4, 9, wraps=True, overflow_at=5)
    with Search(runtime, Asked()) as search:
        search.seed()
        assert search.run() == Status.OVERFLOW
        assert search.report.overflow == 6


# --- checkpoints -----------------------------------------------------------------------------------


@STORES
@pytest.mark.parametrize(("workers", "later"), [(1, 1), (1, 3), (3, 1), (2, 4)])
@pytest.mark.parametrize("weighs", [False, True])
def test_a_restored_search_ends_as_if_it_had_gone_on(
    runtime: Runtime, store: int, workers: int, later: int, weighs: bool
) -> None:
    runtime.set_grid(6, 6, wraps=False, fails_at=4, false_at=20, goal_at=6, limit=4)

    def asked(workers: int, pause: bool) -> Asked:
        runs = [(False, (1, 0)), (True, (0, 1))] if weighs else []
        return Asked(workers=workers, store=store, pause=pause, pending=[0, 3], runs=runs)

    def answers(search: Search) -> object:
        found = {number: (finding.depth, finding.failure) for number, finding in search.findings.items()}
        runs = [(known, added) for known, _, added in map(search.run_of, range(2 if weighs else 0))]
        return counts(search), search.fired, search.report.probes, found, runs

    with Search(runtime, asked(1, pause=False)) as search:
        search.seed()
        assert search.run() == Status.EXHAUSTED
        expected = answers(search)
    copy = Copy()
    with Search(runtime, asked(workers, pause=True)) as search:
        search.seed()
        search.c.search_start(search.handle)
        while search.next_level() == Status.AT_LEVEL and search.report.depth < 13:
            if search.report.depth in {2, 5, 6, 12}:
                if weighs and store == Store.FINGERPRINT:
                    assert search.parts() == []
                    return
                copy.update(search.parts())
            search.c.search_continue(search.handle)
    parts = copy.as_parts()
    with Search(runtime, asked(later, pause=False)) as search:
        assert search.restore(parts) == 1
        assert search.report.depth == 12
        del parts
        assert search.run() == Status.EXHAUSTED
        assert answers(search) == expected


def test_parts_of_another_search_are_refused(runtime: Runtime) -> None:
    runtime.set_grid(4, 4, wraps=False)
    copy = Copy()
    with Search(runtime, Asked(pause=True)) as search:
        search.seed()
        search.c.search_start(search.handle)
        assert search.next_level() == Status.AT_LEVEL
        copy.update(search.parts())
    parts = copy.as_parts()
    for other in (Asked(store=Store.TREE), Asked(pending=[0]), Asked(runs=[(False, (1, 0))]), Asked(max_states=2)):
        with Search(runtime, other) as search:
            assert search.restore(parts) == 0
    for missing in range(len(parts)):
        with Search(runtime, Asked()) as search:
            assert search.restore(parts[:missing] + parts[missing + 1 :]) == 0
    short = copy.as_parts()
    short[0].items -= 1
    with Search(runtime, Asked()) as search:
        assert search.restore(short) == 0


# --- rules of C ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sanitizers", "workers"), [("address,undefined", ["1", "3"]), ("thread", ["2"])])
def test_sanitizers(tmp_path: Path, sanitizers: str, workers: list[str]) -> None:
    program = tmp_path / "drive"
    flags = ("-O1", "-g", f"-fsanitize={sanitizers}", "-fno-sanitize-recover=all")
    compile_all([compile_command(program, 3, *flags, main="drive.c")])
    ran = subprocess.run([program, *workers], capture_output=True, text=True, timeout=300, check=False)
    assert (ran.returncode, ran.stdout) == (0, "fine\n"), ran.stdout + ran.stderr
