"""How does Python call compiled code? The runtime's functions with types, and a model to give them.

A `Search` is used by one thread. Its calls let other Python threads run; none of them blocks for longer than asked,
so that Ctrl-C is answered between two of them.
"""

import ctypes
from collections.abc import Iterable, Sequence
from mmap import mmap
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dscheck.engines.native.cache import Recipe, libraries
from dscheck.engines.native.compiler import CompilerProblem
from dscheck.engines.native.structs import (
    ABI,
    MOST_PARTS,
    NO_PARENT,
    FairnessStruct,
    FairTablesStruct,
    FindingStruct,
    LoopQuestionStruct,
    LoopStruct,
    ModelStruct,
    NativeQuestions,
    OptionsStruct,
    PartStruct,
    QuestionsStruct,
    ReportStruct,
    RunState,
    SearchOptions,
    Status,
    options_struct,
    questions_struct,
)
from dscheck.record import record

Buffer = bytes | bytearray | memoryview | mmap

RUNTIME = Path(__file__).parent / "runtime"
SYMBOL = "dscheck_model"
_FLAGS = ("-std=c11", "-fPIC")

_SEARCH, _POSITION = ctypes.c_void_p, ctypes.c_uint32
_WORDS = ctypes.POINTER(ctypes.c_uint64)
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "search_new": (
        _SEARCH,
        (ctypes.POINTER(ModelStruct), ctypes.POINTER(QuestionsStruct), ctypes.POINTER(OptionsStruct)),
    ),
    "search_free": (None, (_SEARCH,)),
    "search_seed": (ctypes.c_int, (_SEARCH, _WORDS, ctypes.c_size_t)),
    "search_start": (ctypes.c_int, (_SEARCH,)),
    "search_wait": (ctypes.c_int, (_SEARCH, ctypes.c_uint32)),
    "search_continue": (ctypes.c_int, (_SEARCH,)),
    "search_stop": (None, (_SEARCH,)),
    "search_get_report": (None, (_SEARCH, ctypes.POINTER(ReportStruct))),
    "search_findings": (ctypes.POINTER(FindingStruct), (_SEARCH,)),
    "search_findings_count": (ctypes.c_uint32, (_SEARCH,)),
    "search_fired": (ctypes.POINTER(ctypes.c_uint64), (_SEARCH,)),
    "search_branches": (ctypes.POINTER(ctypes.c_uint8), (_SEARCH,)),
    "search_state": (ctypes.c_int, (_SEARCH, _POSITION, _WORDS)),
    "search_parent": (ctypes.c_uint32, (_SEARCH, _POSITION)),
    "search_fingerprint": (ctypes.c_uint64, (_SEARCH, _POSITION)),
    "search_fingerprint_of": (ctypes.c_uint64, (_WORDS,)),
    "search_run_length": (ctypes.c_uint32, (_SEARCH, ctypes.c_uint32)),
    "search_run_start": (ctypes.c_uint32, (_SEARCH, ctypes.c_uint32)),
    "search_run_step": (
        None,
        (_SEARCH, ctypes.c_uint32, ctypes.c_uint32, ctypes.POINTER(_POSITION), ctypes.POINTER(ctypes.c_int32)),
    ),
    "search_run_state": (ctypes.c_uint32, (_SEARCH, ctypes.c_uint32)),
    "search_fair_tables": (None, (_SEARCH, ctypes.POINTER(FairTablesStruct))),
    "search_loop": (
        ctypes.c_int,
        (
            _SEARCH,
            ctypes.POINTER(FairnessStruct),
            ctypes.POINTER(LoopQuestionStruct),
            ctypes.POINTER(LoopStruct),
        ),
    ),
    "search_hurry": (None, (_SEARCH,)),
    "search_parts": (ctypes.c_uint32, (_SEARCH, ctypes.POINTER(PartStruct), ctypes.c_uint32)),
    "search_restore": (ctypes.c_int, (_SEARCH, ctypes.POINTER(PartStruct), ctypes.c_uint32)),
}


# --- loading ----------------------------------------------------------------------------------------------------------


class Model:
    """A compiled system.

    Attributes:
        struct: its C struct, which lives as long as this.
    """

    def __init__(self, library: ctypes.CDLL, words: int, symbol: str = SYMBOL) -> None:
        try:
            self.struct = ModelStruct.in_dll(library, symbol)
        except ValueError as problem:
            raise CompilerProblem(f"the compiled model has no `{symbol}`: {problem}") from None
        if (self.struct.abi, self.struct.words) != (ABI, words):
            raise CompilerProblem("the compiled model does not fit the runtime")
        self._library = library


class Runtime:
    """The search, compiled for states of so many words.

    Attributes:
        words: of 64 bits in one state.
        functions: of search.h, with their types.
    """

    def __init__(self, library: ctypes.CDLL, words: int) -> None:
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        self.words = words
        self.functions = library

    def search(self, model: Model, questions: NativeQuestions, options: SearchOptions) -> "Search":
        """A search that has not begun.

        Raises:
            MemoryError: the system refuses memory.
        """
        return Search(self, model, questions, options)

    def fingerprint_of(self, state: Sequence[int]) -> int:
        """The 64-bit fingerprint of a packed state."""
        found: int = self.functions.search_fingerprint_of((ctypes.c_uint64 * self.words)(*state))
        return found


def runtime_library(words: int) -> Runtime:
    """The runtime for states of so many words, compiled if it never was.

    Raises:
        CompilerProblem: why it cannot be had.
    """
    return Runtime(libraries([_runtime_recipe(words)])[0], words)


def model_library(text: str, words: int) -> Model:
    """The model that is the C text `text`, compiled if it never was; otherwise as `both_libraries`."""
    return Model(libraries([_model_recipe(text, words)])[0], words)


def both_libraries(text: str, words: int, seconds: float | None = None) -> tuple[Runtime, Model]:
    """Runtime and model for states of so many words; where neither was compiled before, both are together.

    Args:
        text: C that defines `const struct model dscheck_model`.
        words: of 64 bits in one state.
        seconds: as for `libraries`.

    Raises:
        CompilerProblem: why they cannot be had.
    """
    runtime, model = libraries([_runtime_recipe(words), _model_recipe(text, words)], seconds)
    return Runtime(runtime, words), Model(model, words)


def _runtime_recipe(words: int) -> Recipe:
    return Recipe("runtime", texts("*.c"), texts("*.h"), ("-O2", *_FLAGS, "-pthread", f"-DWORDS={words}"))


def _model_recipe(text: str, words: int) -> Recipe:
    # Optimising further costs more than it saves: the search waits for memory.
    return Recipe("model", (("model.c", text),), texts("*.h"), ("-O1", *_FLAGS, f"-DWORDS={words}"))


def texts(pattern: str) -> tuple[tuple[str, str], ...]:
    """Names and texts of the files of the runtime that match."""
    return tuple((path.name, path.read_text("utf-8")) for path in sorted(RUNTIME.glob(pattern)))


# --- one search -------------------------------------------------------------------------------------------------------


@record
class Report:
    """How far a search is; the fields of `struct search_report`."""

    status: Status
    overflow: int
    states: int
    transitions: int
    queue: int
    depth: int
    bytes: int
    positions: int
    slots: int
    probes: int


@record
class NativeFinding:
    """A question that has its answer.

    Attributes:
        position: of the state that was judged, in which the step starts, or that ends the run.
        failure: for those that have no value the number of the failure; in the last group, of the formula's finding.
        depth: level of `position`.
    """

    position: int
    failure: int
    depth: int


@record
class Part:
    """One array of those that make up a paused search.

    Attributes:
        name: by which the same part of another search is known.
        bytes_per_item: 1 for parts that are small and written whole each time.
        items: upper bound of those in use.
        kept_from: items before this one have not changed since they were last asked for.
        data: `bytes_per_item * items` bytes. Those of a search are valid until it goes on. Those to restore from are
            `bytes` or can be written to (as `mmap` with ACCESS_COPY can).
    """

    name: str
    bytes_per_item: int
    items: int
    kept_from: int
    data: Buffer


class Search:
    """One search; a context manager that frees it."""

    def __init__(self, runtime: Runtime, model: Model, questions: NativeQuestions, options: SearchOptions) -> None:
        self._handle: int | None = None
        self._runtime, self._model = runtime, model
        self._c = runtime.functions
        self._state = (ctypes.c_uint64 * runtime.words)()
        self._handle = self._c.search_new(model.struct, questions_struct(questions), options_struct(options))
        if not self._handle:
            raise MemoryError("the system refused memory for a search")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers and free all memory; nothing can be asked afterwards."""
        handle, self._handle = self._handle, None
        if handle:
            self._c.search_free(handle)

    def __del__(self) -> None:
        self.close()

    def seed(self, states: Iterable[Sequence[int]]) -> Status:
        """Put distinct normalised initial states in, each as its words; `RUNNING`, or why it cannot go on."""
        words = [word for state in states for word in state]
        array = (ctypes.c_uint64 * max(1, len(words)))(*words)
        return Status(self._c.search_seed(self._open(), array, len(words) // self._runtime.words))

    def start(self) -> Status:
        """Start the workers."""
        return Status(self._c.search_start(self._open()))

    def wait(self, milliseconds: int) -> Status:
        """Wait until something happens, at most so long."""
        return Status(self._c.search_wait(self._open(), milliseconds))

    def go_on(self) -> Status:
        """Go on after a pause between two levels."""
        return Status(self._c.search_continue(self._open()))

    def stop(self) -> None:
        """Ask the workers to stop; `wait` then says `STOPPED`."""
        self._c.search_stop(self._open())

    def report(self) -> Report:
        """How far it is; while workers run, a moment ago."""
        struct = ReportStruct()
        self._c.search_get_report(self._open(), struct)
        values = {name: getattr(struct, name) for name, _ in struct._fields_}
        return Report(**(values | {"status": Status(struct.status)}))

    # The following only while no worker runs.

    def findings(self) -> list[NativeFinding | None]:
        """The answers, numbered as search.h says; None where there is none."""
        count = self._c.search_findings_count(self._open())
        structs = self._c.search_findings(self._open())[:count]
        return [NativeFinding(each.position, each.failure, each.depth) if each.found else None for each in structs]

    def fired(self) -> list[int]:
        """Per rule, the labels it had."""
        counts: list[int] = self._c.search_fired(self._open())[: self._model.struct.rules]
        return counts

    def branches(self) -> list[bool]:
        """Per outcome of a numbered branch (two each), whether it was taken."""
        taken = self._c.search_branches(self._open())[: 2 * self._model.struct.branches]
        return [bool(each) for each in taken]

    def state(self, position: int) -> tuple[int, ...] | None:
        """The words of the packed state at `position`; None when the store does not keep it."""
        return tuple(self._state) if self._c.search_state(self._open(), position, self._state) else None

    def parent(self, position: int) -> int | None:
        """The position from which that state was found; None for an initial state."""
        found: int = self._c.search_parent(self._open(), position)
        return None if found == NO_PARENT else found

    def fingerprint(self, position: int) -> int:
        """The fingerprint of the state at `position`."""
        found: int = self._c.search_fingerprint(self._open(), position)
        return found

    def run_state(self, question: int) -> RunState:
        """What is known of the run question with this number."""
        return RunState(self._c.search_run_state(self._open(), question))

    def run(self, question: int) -> tuple[int, list[tuple[int, tuple[int, ...]]]]:
        """The run that answers a run question: the position it starts at; per step the next position, the counts."""
        handle = self._open()
        start: int = self._c.search_run_start(handle, question)
        target, counts = _POSITION(), (ctypes.c_int32 * max(1, self._model.struct.counters))()
        steps = []
        for step in range(self._c.search_run_length(handle, question)):
            self._c.search_run_step(handle, question, step, target, counts)
            steps.append((target.value, tuple(counts)[: self._model.struct.counters]))
        return start, steps

    def fair_tables(self) -> FairTablesStruct:
        """What a fair model told; the pointers are valid as long as the search is open."""
        tables = FairTablesStruct()
        self._c.search_fair_tables(self._open(), tables)
        return tables

    def loop(self, fairness: FairnessStruct, question: LoopQuestionStruct) -> tuple[Status, LoopStruct]:
        """A fair way to go on for ever, and whether the answer is complete (`RUNNING`); may take long."""
        found = LoopStruct()
        return Status(self._c.search_loop(self._open(), fairness, question, found)), found

    def hurry(self) -> None:
        """Give up a `loop` that another thread is in."""
        self._c.search_hurry(self._open())

    def parts(self) -> list[Part]:
        """Everything that a paused search needs to go on later; nothing is copied. Empty when it cannot be saved."""
        structs = (PartStruct * MOST_PARTS)()
        count = self._c.search_parts(self._open(), structs, MOST_PARTS)
        return [_part(struct) for struct in structs[:count]]

    def restore(self, parts: Sequence[Part]) -> bool:
        """Fill this fresh search from the parts of a paused one, in place of `seed`; False when they do not fit."""
        structs = (PartStruct * max(1, len(parts)))()
        kept = []  # what the addresses belong to
        for struct, part in zip(structs, parts, strict=False):
            address, owner = _address(part.data)
            kept.append(owner)
            struct.name, struct.data = part.name.encode(), address
            struct.bytes_per_item, struct.items, struct.kept_from = part.bytes_per_item, part.items, part.kept_from
        return bool(self._c.search_restore(self._open(), structs, len(parts)))

    def _open(self) -> int:
        if self._handle is None:
            raise ValueError("this search was closed")
        return self._handle


def _part(struct: PartStruct) -> Part:
    size = struct.bytes_per_item * struct.items
    data = (ctypes.c_char * size).from_address(struct.data) if size else b""
    view = memoryview(data).cast("B")
    return Part(struct.name.decode(), struct.bytes_per_item, struct.items, struct.kept_from, view)


def _address(data: Buffer) -> tuple[int | None, object]:
    """Where the bytes lie, and the object that must live as long as the address is used."""
    if isinstance(data, bytes):
        return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value, data
    view = memoryview(data).cast("B")
    if not view.nbytes:
        return None, view
    array = (ctypes.c_char * view.nbytes).from_buffer(view)
    return ctypes.addressof(array), array
