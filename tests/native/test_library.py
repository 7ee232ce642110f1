"""Does Python see the structs of C as C does, and does each call of the search arrive?"""

import ctypes
import itertools
import mmap
import re

import pytest

from dscheck.engines.native import structs
from dscheck.engines.native.cache import Recipe, libraries, place
from dscheck.engines.native.compiler import CompilerProblem
from dscheck.engines.native.library import RUNTIME, Part, both_libraries, model_library, runtime_library, texts
from dscheck.engines.native.structs import (
    NativeQuestions,
    RunQuestion,
    RunState,
    SearchOptions,
    Status,
    Store,
    questions_struct,
)

STRUCTS = {
    "labels": structs.Labels,
    "model": structs.ModelStruct,
    "run_question": structs.RunQuestionStruct,
    "questions": structs.QuestionsStruct,
    "search_options": structs.OptionsStruct,
    "finding": structs.FindingStruct,
    "search_report": structs.ReportStruct,
    "part": structs.PartStruct,
    "list_table": structs.ListTableStruct,
    "fair_tables": structs.FairTablesStruct,
    "fairness": structs.FairnessStruct,
    "loop_question": structs.LoopQuestionStruct,
    "loop_step": structs.LoopStepStruct,
    "loop": structs.LoopStruct,
}
ENUMS = {"store_kind": (Store, "STORE_"), "search_status": (Status, "SEARCH_")}
CONSTANTS = {
    "DSCHECK_ABI": structs.ABI,
    "FAILURE_KINDS": structs.FAILURE_KINDS,
    "SEARCH_PARTS": structs.MOST_PARTS,
    "PENDING_QUIET": structs.QUIET,
    "FAIR_COLUMNS": structs.FAIR_COLUMNS,
    "LOOP_LOST": structs.LOOP_LOST,
}

# Two counters modulo ROOM in two words; the first rule raises the first, the second the second. A sum of SUM is bad.
GRID = """
#include "model.h"
#define ROOM 5
static void expand(const word *state, struct labels *labels)
{
    for (int which = 0; which < 2; which++) {
        if (state[which] + 1 == ROOM) continue;
        if (labels->count == labels->room) labels->grow(labels);
        word *successor = labels->successors + WORDS * labels->count;
        successor[0] = state[0];
        successor[1] = state[1];
        successor[which]++;
        if (labels->counts) labels->counts[labels->count] = which;
        labels->count++;
        labels->labels++;
        labels->progress = 1;
        labels->fired[which]++;
        labels->branches[which] = 1;
    }
}
static int always_holds(uint32_t k, const word *state, struct labels *labels)
{
    (void)k; (void)labels;
    return state[0] + state[1] != 6 ? ANSWER_TRUE : ANSWER_FALSE;
}
static int violations(const word *state, struct labels *labels)
{
    return always_holds(0, state, labels) != ANSWER_TRUE;
}
static int answer(uint32_t k, const word *state, number *value, struct labels *labels)
{
    (void)labels;
    *value = k == 0 ? state[0] == 4 && state[1] == 4 : 3;
    return ANSWER_TRUE;
}
const struct model dscheck_model = {
    DSCHECK_ABI, WORDS, 2, 1, 1, 1, 2, 0, expand, violations, always_holds, answer,
};
"""
FINDINGS = 6 + 1 + 1 + 2 + 2 + 1 + 1  # and one per question about runs
ALWAYS = 6


@pytest.fixture(scope="module")
def cache_of_module(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSCHECK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield place().folder


@pytest.fixture(scope="module")
def grid(cache_of_module):
    return both_libraries(GRID, 2)


def questions(runs=(), stops_at_bad=False):
    stops = [False] * (FINDINGS + len(runs))
    stops[ALWAYS] = stops_at_bad
    return NativeQuestions(pending=(0,), runs=tuple(runs), stops=tuple(stops))


def finished(search):
    status = search.start()
    while status is Status.RUNNING:
        status = search.wait(50)
    return status


def rows_of(struct, mirror):
    """C expressions: the size of a struct, and the place and size of each of its fields."""
    fields = [name for name, _ in mirror._fields_]
    places = [(f"offsetof(struct {struct}, {name})", f"sizeof(((struct {struct} *)0)->{name})") for name in fields]
    return [f"sizeof(struct {struct})", *(row for place in places for row in place)]


@pytest.fixture(scope="module")
def told(cache_of_module):
    """What the C compiler says about sizes, places and constants."""
    rows = [row for struct, mirror in STRUCTS.items() for row in rows_of(struct, mirror)]
    rows += [f"(size_t){name}" for name in CONSTANTS]
    rows += [f"(size_t){prefix}{each.name}" for mirror, prefix in ENUMS.values() for each in mirror]
    text = '#include "search.h"\nconst size_t told[] = {' + ", ".join(rows) + "};\n"
    (library,) = libraries([Recipe("layout", (("layout.c", text),), texts("*.h"), ("-fPIC", "-DWORDS=1"))])
    return dict(zip(rows, (ctypes.c_size_t * len(rows)).in_dll(library, "told"), strict=True))


class TestMirror:
    @pytest.mark.parametrize("struct", STRUCTS)
    def test_sizes_and_places(self, struct, told):
        mirror = STRUCTS[struct]
        seen = [ctypes.sizeof(mirror)]
        for name, _ in mirror._fields_:
            field = getattr(mirror, name)
            seen += [field.offset, field.size]
        rows = rows_of(struct, mirror)
        assert dict(zip(rows, seen, strict=True)) == {row: told[row] for row in rows}

    def test_constants(self, told):
        assert {name: told[f"(size_t){name}"] for name in CONSTANTS} == CONSTANTS

    @pytest.mark.parametrize("enum", ENUMS)
    def test_enums(self, enum, told):
        mirror, prefix = ENUMS[enum]
        header = (RUNTIME / "search.h").read_text()
        body = re.sub(r"/\*.*?\*/", "", header.partition(f"enum {enum} {{")[2].partition("}")[0], flags=re.DOTALL)
        assert re.findall(rf"{prefix}(\w+)", body) == [each.name for each in mirror]
        assert [told[f"(size_t){prefix}{each.name}"] for each in mirror] == list(mirror)

    def test_questions(self):
        struct = questions_struct(
            NativeQuestions(
                pending=(3, 4), final=(5,), judges_final=True, stops=(True, False),
                runs=(RunQuestion(condition=1, limit=2, tight=True, coefficients=(-7, 8)),),
            )
        )  # fmt: skip
        assert (struct.pending_count, struct.final_count, struct.run_count, struct.judges_final) == (2, 1, 1, 1)
        assert (struct.pending[:2], struct.final[:1], struct.stops[:2]) == ([3, 4], [5], [1, 0])
        run = struct.runs[0]
        assert (run.condition, run.limit, run.tight, run.coefficients[:2]) == (1, 2, 1, [-7, 8])


class TestModels:
    def test_a_model_without_its_symbol(self, cache_folder):
        with pytest.raises(CompilerProblem, match="has no `dscheck_model`"):
            model_library("int nothing;", 1)

    def test_a_model_of_another_size(self, cache_folder):
        with pytest.raises(CompilerProblem, match="does not fit the runtime"):
            model_library('#include "model.h"\nconst struct model dscheck_model = {DSCHECK_ABI, 7};', 1)

    def test_an_error_in_the_text_is_told(self, cache_folder):
        with pytest.raises(CompilerProblem, match=r"failed with exit status 1: .*model.c:2:.* error: "):
            model_library("int nothing;\nint (;\n", 1)


class TestSearch:
    @pytest.mark.parametrize("store", [Store.PLAIN, Store.TREE])
    def test_the_whole_grid(self, store, grid):
        runtime, model = grid
        with runtime.search(model, questions(), SearchOptions(workers=2, store=store)) as search:
            assert search.seed([(0, 0)]) is Status.RUNNING
            assert finished(search) is Status.EXHAUSTED
            report = search.report()
            assert (report.status, report.states, report.transitions, report.queue) == (Status.EXHAUSTED, 25, 40, 0)
            assert (report.depth, report.positions >= 25, report.bytes > 0) == (8, True, True)
            assert search.fired() == [20, 20]
            assert search.branches() == [True, True]
            findings = search.findings()
            bad, both = findings[ALWAYS], findings[ALWAYS + 2]
            assert (bad.depth, sum(search.state(bad.position))) == (6, 6)
            assert search.state(both.position) == (4, 4)
            path = [both.position]
            while (parent := search.parent(path[-1])) is not None:
                path.append(parent)
            assert [sum(search.state(each)) for each in path] == [8, 7, 6, 5, 4, 3, 2, 1, 0]
            assert sum(each is not None for each in findings) == 2

    @pytest.mark.parametrize(
        ("options", "status"),
        [
            ({"max_states": 10}, Status.MAX_STATES),
            ({"max_depth": 3}, Status.MAX_DEPTH),
            ({"max_bytes": 1}, Status.MAX_MEMORY),
        ],
    )
    def test_limits(self, options, status, grid):
        runtime, model = grid
        with runtime.search(model, questions(), SearchOptions(**options)) as search:
            seeded = search.seed([(0, 0)])
            assert (finished(search) if seeded is Status.RUNNING else seeded) is status

    def test_a_finding_that_stops(self, grid):
        runtime, model = grid
        with runtime.search(model, questions(stops_at_bad=True), SearchOptions()) as search:
            search.seed([(0, 0)])
            assert finished(search) is Status.FOUND
            assert search.findings()[ALWAYS].depth == 6

    def test_fingerprints(self, grid):
        runtime, model = grid
        with runtime.search(model, questions(), SearchOptions(store=Store.FINGERPRINT)) as search:
            search.seed([(0, 0)])
            assert finished(search) is Status.EXHAUSTED
            assert search.fingerprint(0) == runtime.fingerprint_of((0, 0))

    def test_a_run(self, grid):
        runtime, model = grid
        raised = RunQuestion(condition=0, limit=1, tight=False, coefficients=(1,))
        with runtime.search(model, questions([raised]), SearchOptions(keep_edges=True)) as search:
            search.seed([(0, 0)])
            assert finished(search) is Status.EXHAUSTED
            assert search.run_state(0) is RunState.ANSWERED
            start, steps = search.run(0)
            assert search.state(start) == (0, 0)
            states = [search.state(start), *(search.state(position) for position, _ in steps)]
            assert [second[1] - first[1] for first, second in itertools.pairwise(states)] == [
                counts[0] for _, counts in steps
            ]
            assert states[-1] == (4, 4), "the condition holds where the run ends"

    @pytest.mark.parametrize("buffer", ["bytes", "bytearray", "mmap"])
    def test_restored_from_its_parts(self, buffer, grid, tmp_path):
        runtime, model = grid
        options = SearchOptions(pause_at_levels=True)
        with runtime.search(model, questions(), options) as search:
            search.seed([(0, 0)])
            status = finished(search)
            for _ in range(3):
                assert status is Status.AT_LEVEL
                status = search.go_on()
                while status is Status.RUNNING:
                    status = search.wait(50)
            parts = [
                Part(part.name, part.bytes_per_item, part.items, part.kept_from, copied(part.data, buffer, tmp_path))
                for part in search.parts()
            ]
        assert parts
        with runtime.search(model, questions(), SearchOptions()) as search:
            assert search.restore(parts)
            assert search.report().states < 25
            assert finished(search) is Status.EXHAUSTED
            assert (search.report().states, search.report().transitions) == (25, 40)
        with runtime.search(model, questions(), SearchOptions()) as search:
            assert not search.restore(parts[:1])

    def test_a_closed_search_says_so(self, grid):
        runtime, model = grid
        search = runtime.search(model, questions(), SearchOptions())
        search.close()
        search.close()
        with pytest.raises(ValueError, match="closed"):
            search.start()

    def test_stopped_before_its_end(self, grid):
        runtime, model = grid
        with runtime.search(model, questions(), SearchOptions(pause_at_levels=True)) as search:
            search.seed([(0, 0)])
            assert finished(search) is Status.AT_LEVEL
            search.stop()
            search.go_on()
            assert search.wait(1000) is Status.STOPPED


def test_each_alone_is_the_same_library(grid, cache_of_module):
    kept = sorted(cache_of_module.iterdir())
    assert runtime_library(2).fingerprint_of((1, 2)) == grid[0].fingerprint_of((1, 2))
    assert model_library(GRID, 2).struct.words == 2
    assert sorted(cache_of_module.iterdir()) == kept


def copied(data, buffer, folder):
    match buffer:
        case "bytes":
            return bytes(data)
        case "bytearray":
            return bytearray(data)
        case _ if len(data) == 0:
            return b""
        case _:
            file = folder / "part"
            file.write_bytes(data)
            with file.open("rb") as stream:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)
            file.unlink()
            return mapped
