"""How do the tests drive the compiled runtime? Its structures for ctypes, and one call that explores a grid."""

import ctypes
import itertools
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
RUNTIME = HERE.parents[1] / "dscheck" / "engines" / "native" / "runtime"
MODELS = HERE / "models"
WARNINGS = ("-std=c11", "-pthread", "-Wall", "-Wextra", "-Werror")

QUIET = 0x80000000
NOWHERE = 2**32 - 1
UNLIMITED = 2**64 - 1


class Store(IntEnum):
    PLAIN, TREE, FINGERPRINT = range(3)


class Status(IntEnum):
    RUNNING, AT_LEVEL, EXHAUSTED, FOUND, MAX_STATES, MAX_DEPTH, MAX_MEMORY, STOPPED, OVERFLOW, NO_MEMORY = range(10)


class Failure(IntEnum):
    RANGE, CAPACITY, CHOICE, DIVISION, ABSENT, ASSERTION = range(6)


class Group(IntEnum):
    """Where the groups of findings begin, for the grid: 2 always, 2 steps, 4 asked."""

    STEP_FAILS = 0
    ALWAYS_FALSE = 6
    ALWAYS_FAILED = 8
    STEP_FALSE = 10
    STEP_FAILED = 12
    ASKED_TRUE = 14
    ASKED_FAILED = 18
    FINAL = 22
    RUNS = 24
    BY_FAILURE = 24  # without run questions


U8, U32, U64, I32 = ctypes.c_uint8, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_int32


class RunQuestion(ctypes.Structure):
    _fields_ = (("condition", U32), ("limit", U32), ("tight", U32), ("coefficients", ctypes.POINTER(I32)))


class Questions(ctypes.Structure):
    _fields_ = (
        ("pending_count", U32), ("final_count", U32), ("run_count", U32), ("judges_final", U32),
        ("pending", ctypes.POINTER(U32)), ("final", ctypes.POINTER(U32)),
        ("runs", ctypes.POINTER(RunQuestion)), ("stops", ctypes.POINTER(U8)),
        ("progress_count", U32), ("progress", ctypes.POINTER(U32)),
    )  # fmt: skip


class Options(ctypes.Structure):
    _fields_ = (
        ("workers", U32), ("store", U32), ("pause_at_levels", U32), ("keep_edges", U32),
        ("max_states", U64), ("max_depth", U64), ("max_bytes", U64),
    )  # fmt: skip


class Finding(ctypes.Structure):
    _fields_ = (("found", U32), ("position", U32), ("failure", U32), ("depth", U32))


class Report(ctypes.Structure):
    _fields_ = (
        ("status", U32), ("overflow", U32), ("states", U64), ("transitions", U64), ("queue", U64), ("depth", U64),
        ("bytes", U64), ("positions", U64), ("slots", U64), ("probes", U64),
    )  # fmt: skip


class Part(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p), ("bytes_per_item", U64), ("items", U64), ("kept_from", U64),
        ("data", ctypes.c_void_p),
    )  # fmt: skip


GRID_FIELDS = (
    "overflow_at", "fails_at", "step_false_at", "step_failed_at", "false_at", "failed_at", "goal_at",
    "asked_failed_at", "limit", "faults_from",
)  # fmt: skip


class Grid(ctypes.Structure):
    _fields_ = (("dimensions", U32), ("side", U32), ("wraps", U32), *((name, I32) for name in GRID_FIELDS))


@dataclass
class Asked:
    """What a test asks of a search; numbers as in search.h."""

    stops: Sequence[int] = ()
    pending: Sequence[int] = ()
    final: Sequence[int] = ()
    judges_final: bool = False
    runs: Sequence[tuple[bool, tuple[int, int]]] = ()  # tight, coefficients; condition 1, limit 2
    workers: int = 1
    store: int = Store.PLAIN
    pause: bool = False
    max_states: int = UNLIMITED
    max_depth: int = UNLIMITED
    max_bytes: int = 1 << 32
    keeps: list[Any] = field(default_factory=list)  # memory that the structures point to

    def structures(self) -> tuple[Questions, Options]:
        def array(kind: Any, values: Sequence[Any]) -> Any:
            self.keeps.append((kind * (len(values) + 1))(*values))
            return self.keeps[-1]

        stops = [number in self.stops for number in range(Group.RUNS + len(self.runs))]
        runs = [RunQuestion(1, 2, tight, array(I32, factors)) for tight, factors in self.runs]
        questions = Questions(
            len(self.pending), len(self.final), len(runs), self.judges_final,
            array(U32, self.pending), array(U32, self.final), array(RunQuestion, runs), array(U8, stops),
        )  # fmt: skip
        options = Options(self.workers, self.store, self.pause, 0, self.max_states, self.max_depth, self.max_bytes)
        return questions, options


def compile_all(commands: Sequence[Sequence[str]]) -> None:
    """Compile at the same time."""
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in commands]
    for process in running:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors


def compile_command(output: Path, words: int, *more: str, main: str = "") -> list[str]:
    """Compile the runtime, the grid, and a program around it if `main` names one."""
    sources = sorted(RUNTIME.glob("*.c")) + [MODELS / "grid.c"] + ([MODELS / main] if main else [])
    folders = ("-I", str(RUNTIME), "-I", str(MODELS))
    return ["gcc", *WARNINGS, f"-DWORDS={words}", *more, *folders, "-o", str(output), *map(str, sources)]


class Runtime:
    """A runtime library that was compiled together with the grid."""

    def __init__(self, path: Path, words: int) -> None:
        self.words = words
        self.c = ctypes.CDLL(str(path))
        for name in ("search_new", "search_free", "search_findings", "search_fired", "search_branches"):
            getattr(self.c, name).restype = ctypes.c_void_p
        for name in ("search_fingerprint", "search_fingerprint_of"):
            getattr(self.c, name).restype = U64
        for name in ("search_parent", "search_findings_count", "search_run_length", "search_run_start"):
            getattr(self.c, name).restype = U32

    def set_grid(self, dimensions: int, side: int, wraps: bool, **settings: int) -> None:
        """The grid to explore next; see grid.h."""
        values = dict.fromkeys(GRID_FIELDS, -1) | {"limit": 1000} | settings
        Grid.in_dll(self.c, "grid").__init__(dimensions, side, wraps, *(values[name] for name in GRID_FIELDS))


class Search:
    """A search of the grid of `runtime` as it is set."""

    def __init__(self, runtime: Runtime, asked: Asked) -> None:
        self.runtime, self.c, self.asked = runtime, runtime.c, asked
        questions, options = asked.structures()
        model = ctypes.byref(ctypes.c_uint8.in_dll(self.c, "grid_model"))
        self.handle = ctypes.c_void_p(self.c.search_new(model, ctypes.byref(questions), ctypes.byref(options)))
        assert self.handle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.c.search_free(self.handle)

    def seed(self) -> int:
        return self.c.search_seed(self.handle, (U64 * self.runtime.words)(), ctypes.c_size_t(1))

    def run(self) -> int:
        """Start, and go on until it ends; returns the status."""
        status = self.c.search_start(self.handle)
        while status in {Status.RUNNING, Status.AT_LEVEL}:
            if status == Status.AT_LEVEL:
                self.c.search_continue(self.handle)
            status = self.c.search_wait(self.handle, 50)
        return status

    def next_level(self) -> int:
        status = Status.RUNNING
        while status == Status.RUNNING:
            status = self.c.search_wait(self.handle, 50)
        return status

    @property
    def report(self) -> Report:
        report = Report()
        self.c.search_get_report(self.handle, ctypes.byref(report))
        return report

    @property
    def findings(self) -> dict[int, Finding]:
        """Those that were found, by number."""
        count = self.c.search_findings_count(self.handle)
        all_of_them = (Finding * count).from_address(self.c.search_findings(self.handle))
        return {number: each for number, each in enumerate(all_of_them) if each.found}

    @property
    def fired(self) -> list[int]:
        return list((U64 * 3).from_address(self.c.search_fired(self.handle)))

    def state(self, position: int) -> tuple[int, ...] | None:
        """The coordinates of the state at a position."""
        words = (U64 * self.runtime.words)()
        if not self.c.search_state(self.handle, position, words):
            return None
        dimensions = Grid.in_dll(self.c, "grid").dimensions
        return tuple(words[i % len(words)] >> 8 * (i // len(words)) & 0xFF for i in range(dimensions))

    def parent(self, position: int) -> int:
        return self.c.search_parent(self.handle, position)

    def run_of(self, k: int) -> tuple[int, list[int], list[tuple[int, int]]]:
        """State of a run question; positions of its run; what its steps add to the counters."""
        state = self.c.search_run_state(self.handle, k)
        positions, counts = [], []
        if state == 1:
            positions = [self.c.search_run_start(self.handle, k)]
            for i in range(self.c.search_run_length(self.handle, k)):
                target, added = U32(), (I32 * 2)()
                self.c.search_run_step(self.handle, k, i, ctypes.byref(target), added)
                positions.append(target.value)
                counts.append(tuple(added))
        return state, positions, counts

    def parts(self) -> list[Part]:
        parts = (Part * 16)()
        return list(parts[: self.c.search_parts(self.handle, parts, 16)])

    def restore(self, parts: Sequence[Part]) -> int:
        return self.c.search_restore(self.handle, (Part * len(parts))(*parts), len(parts))


class Copy:
    """What a caller keeps on disk: only what has changed since the last time is written."""

    def __init__(self) -> None:
        self.parts: dict[bytes, bytearray] = {}
        self.sizes: dict[bytes, tuple[int, int]] = {}

    def update(self, parts: list[Part]) -> None:
        for part in parts:
            size = part.bytes_per_item
            kept = self.parts.setdefault(part.name, bytearray())
            del kept[part.kept_from * size :]
            assert len(kept) == part.kept_from * size
            if part.items > part.kept_from:
                kept += ctypes.string_at(part.data + part.kept_from * size, (part.items - part.kept_from) * size)
            self.sizes[part.name] = size, part.items
            if part.name != b"frontier":  # of that, nobody needs what was kept before
                assert kept == ctypes.string_at(part.data, part.items * size), part.name

    def as_parts(self) -> list[Part]:
        result = []
        for name, content in self.parts.items():
            memory = (ctypes.c_char * (len(content) + 1)).from_buffer_copy(bytes(content) + b"\0")
            part = Part(name, *self.sizes[name], 0, ctypes.addressof(memory))
            part.memory = memory
            result.append(part)
        return result


@cache
def levels(dimensions: int, side: int) -> list[int]:
    """How many states of a grid have each sum, with every coordinate below `side`: the sizes of its levels."""
    sums = Counter(map(sum, itertools.product(range(side), repeat=dimensions)))
    return [sums[each] for each in range(dimensions * (side - 1) + 1)]


def neighbours(state: tuple[int, ...], side: int, wraps: bool) -> Iterator[tuple[int, ...]]:
    for i, at in enumerate(state):
        if at + 1 < side or wraps:
            yield (*state[:i], (at + 1) % side, *state[i + 1 :])
