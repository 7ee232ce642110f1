"""What do the structs of `runtime/model.h` and `runtime/search.h` look like from Python, and how are they filled?

A test compares every offset with what the C compiler says.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import KW_ONLY
from enum import IntEnum
from typing import Any

from dscheck.record import record

ABI = 2
FAILURE_KINDS = 6
NO_LIMIT = 2**64 - 1
NO_PARENT = 2**32 - 1
QUIET = 2**31  # added to a number of `NativeQuestions.pending`: that it has no value somewhere is not told
MOST_PARTS = 16
FAIR_COLUMNS = 2  # of a weight, after its counters: the list that is taken, and the clocks that are shifted
LOOP_LOST = 2  # `LoopStruct.found`: there must be one, but none was made

# --- model.h ----------------------------------------------------------------------------------------------------------


class Labels(ctypes.Structure):
    """`struct labels`"""


GROW = ctypes.CFUNCTYPE(None, ctypes.POINTER(Labels))
OWE = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.POINTER(Labels), ctypes.POINTER(ctypes.c_uint32), ctypes.c_uint32)
ENABLE = ctypes.CFUNCTYPE(None, ctypes.POINTER(Labels), ctypes.c_uint32)

Labels._fields_ = [
    ("successors", ctypes.POINTER(ctypes.c_uint64)),
    ("counts", ctypes.POINTER(ctypes.c_int32)),
    ("count", ctypes.c_size_t),
    ("room", ctypes.c_size_t),
    ("labels", ctypes.c_uint64),
    ("failures", ctypes.c_uint32),
    ("progress", ctypes.c_uint32),
    ("steps_false", ctypes.c_uint64),
    ("steps_failed", ctypes.c_uint64 * FAILURE_KINDS),
    ("overflow", ctypes.c_uint32),
    ("fired", ctypes.POINTER(ctypes.c_uint64)),
    ("branches", ctypes.POINTER(ctypes.c_uint8)),
    ("grow", GROW),
    ("owe", OWE),
    ("enable", ENABLE),
]

_STATE, _LABELS = ctypes.POINTER(ctypes.c_uint64), ctypes.POINTER(Labels)


class ModelStruct(ctypes.Structure):
    """`struct model`"""

    _fields_ = (
        ("abi", ctypes.c_uint32),
        ("words", ctypes.c_uint32),
        ("rules", ctypes.c_uint32),
        ("branches", ctypes.c_uint32),
        ("counters", ctypes.c_uint32),
        ("always", ctypes.c_uint32),
        ("asked", ctypes.c_uint32),
        ("steps", ctypes.c_uint32),
        ("expand", ctypes.CFUNCTYPE(None, _STATE, _LABELS)),
        ("violations", ctypes.CFUNCTYPE(ctypes.c_int, _STATE, _LABELS)),
        ("always_holds", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, _STATE, _LABELS)),
        (
            "answer",
            ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, _STATE, ctypes.POINTER(ctypes.c_int64), _LABELS),
        ),
        ("fair", ctypes.c_uint32),
    )


# --- search.h ---------------------------------------------------------------------------------------------------------


class Store(IntEnum):
    """`enum store_kind`"""

    PLAIN = 0
    TREE = 1
    FINGERPRINT = 2


class Status(IntEnum):
    """`enum search_status`"""

    RUNNING = 0
    AT_LEVEL = 1
    EXHAUSTED = 2
    FOUND = 3
    MAX_STATES = 4
    MAX_DEPTH = 5
    MAX_MEMORY = 6
    STOPPED = 7
    OVERFLOW = 8
    NO_MEMORY = 9


class RunState(IntEnum):
    """What `search_run_state` answers."""

    OPEN = 0
    ANSWERED = 1
    SETTLED = 2
    CANNOT_BE_SETTLED = 3
    NO_VALUE = 4


class RunQuestionStruct(ctypes.Structure):
    """`struct run_question`"""

    _fields_ = (
        ("condition", ctypes.c_uint32),
        ("limit", ctypes.c_uint32),
        ("tight", ctypes.c_uint32),
        ("coefficients", ctypes.POINTER(ctypes.c_int32)),
    )


class QuestionsStruct(ctypes.Structure):
    """`struct questions`"""

    _fields_ = (
        ("pending_count", ctypes.c_uint32),
        ("final_count", ctypes.c_uint32),
        ("run_count", ctypes.c_uint32),
        ("judges_final", ctypes.c_uint32),
        ("pending", ctypes.POINTER(ctypes.c_uint32)),
        ("final", ctypes.POINTER(ctypes.c_uint32)),
        ("runs", ctypes.POINTER(RunQuestionStruct)),
        ("stops", ctypes.POINTER(ctypes.c_uint8)),
        ("progress_count", ctypes.c_uint32),
        ("progress", ctypes.POINTER(ctypes.c_uint32)),
    )


class OptionsStruct(ctypes.Structure):
    """`struct search_options`"""

    _fields_ = (
        ("workers", ctypes.c_uint32),
        ("store", ctypes.c_uint32),
        ("pause_at_levels", ctypes.c_uint32),
        ("keep_edges", ctypes.c_uint32),
        ("max_states", ctypes.c_uint64),
        ("max_depth", ctypes.c_uint64),
        ("max_bytes", ctypes.c_uint64),
    )


class FindingStruct(ctypes.Structure):
    """`struct finding`"""

    _fields_ = (
        ("found", ctypes.c_uint32),
        ("position", ctypes.c_uint32),
        ("failure", ctypes.c_uint32),
        ("depth", ctypes.c_uint32),
    )


class ReportStruct(ctypes.Structure):
    """`struct search_report`"""

    _fields_ = (
        ("status", ctypes.c_uint32),
        ("overflow", ctypes.c_uint32),
        ("states", ctypes.c_uint64),
        ("transitions", ctypes.c_uint64),
        ("queue", ctypes.c_uint64),
        ("depth", ctypes.c_uint64),
        ("bytes", ctypes.c_uint64),
        ("positions", ctypes.c_uint64),
        ("slots", ctypes.c_uint64),
        ("probes", ctypes.c_uint64),
    )


class PartStruct(ctypes.Structure):
    """`struct part`"""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("bytes_per_item", ctypes.c_uint64),
        ("items", ctypes.c_uint64),
        ("kept_from", ctypes.c_uint64),
        ("data", ctypes.c_void_p),
    )


class ListTableStruct(ctypes.Structure):
    """`struct list_table`"""

    _fields_ = (
        ("items", ctypes.POINTER(ctypes.c_uint32)),
        ("begins", ctypes.POINTER(ctypes.c_uint64)),
        ("count", ctypes.c_uint32),
    )


class FairTablesStruct(ctypes.Structure):
    """`struct fair_tables`"""

    _fields_ = (
        ("owed", ListTableStruct),
        ("marks", ListTableStruct),
        ("increments", ctypes.POINTER(ctypes.c_int32)),
        ("weights", ctypes.c_uint32),
        ("columns", ctypes.c_uint32),
    )


class FairnessStruct(ctypes.Structure):
    """`struct fairness`"""

    _fields_ = (
        ("obligations", ctypes.c_uint32),
        ("sets", ListTableStruct),
        ("strong", ctypes.POINTER(ctypes.c_uint8)),
        ("clocks", ctypes.POINTER(ctypes.c_uint32)),
        ("enabled", ctypes.POINTER(ctypes.c_uint32)),
        ("taken", ctypes.POINTER(ctypes.c_uint32)),
        ("moved", ctypes.POINTER(ctypes.c_uint32)),
    )


class LoopQuestionStruct(ctypes.Structure):
    """`struct loop_question`"""

    _fields_ = (
        ("allowed", ctypes.POINTER(ctypes.c_uint8)),
        ("owing", ctypes.POINTER(ctypes.c_uint8)),
        ("initially", ctypes.c_uint32),
    )


class LoopStepStruct(ctypes.Structure):
    """`struct loop_step`"""

    _fields_ = (("target", ctypes.c_uint32), ("list", ctypes.c_uint32))


class LoopStruct(ctypes.Structure):
    """`struct loop`"""

    _fields_ = (
        ("found", ctypes.c_uint32),
        ("start", ctypes.c_uint32),
        ("stem", ctypes.c_uint32),
        ("cycle", ctypes.c_uint32),
        ("steps", ctypes.POINTER(LoopStepStruct)),
    )


# --- filled by Python -------------------------------------------------------------------------------------------------


@record
class RunQuestion:
    """A bound on the weights of runs, or whether it is tight.

    Attributes:
        condition: number of an asked formula.
        limit: number of an asked formula.
        tight: is it asked whether some run reaches the limit?
        coefficients: weight of one increment, per counter.
    """

    _: KW_ONLY
    condition: int
    limit: int
    tight: bool
    coefficients: tuple[int, ...]


@record
class NativeQuestions:
    """What a search shall answer; search.h says how findings are numbered.

    Attributes:
        pending: numbers of asked formulas of which the first state is wanted in which each is true; `QUIET`
            may be added.
        final: numbers of asked formulas that a final state must satisfy.
        runs: questions about runs.
        judges_final: are final states judged?
        stops: per finding before the last group, whether it ends the search after its level.
        progress: numbers of asked formulas whose truth in every expanded state is kept.
    """

    _: KW_ONLY
    pending: tuple[int, ...] = ()
    final: tuple[int, ...] = ()
    runs: tuple[RunQuestion, ...] = ()
    judges_final: bool = False
    stops: tuple[bool, ...]
    progress: tuple[int, ...] = ()


@record
class SearchOptions:
    """How to search.

    Attributes:
        workers: threads, at least 1.
        store: how states are kept.
        pause_at_levels: pause after each level, for checkpoints.
        keep_edges: record the graph also where no question about runs needs it.
        max_states: None for no limit.
        max_depth: None for no limit.
        max_bytes: that the search itself may map; None for no limit.
    """

    _: KW_ONLY
    workers: int = 1
    store: Store = Store.PLAIN
    pause_at_levels: bool = False
    keep_edges: bool = False
    max_states: int | None = None
    max_depth: int | None = None
    max_bytes: int | None = None


def questions_struct(questions: NativeQuestions) -> QuestionsStruct:
    """The struct of `questions`; ctypes keeps what its pointers point to alive as long as the struct itself."""
    runs = [
        RunQuestionStruct(run.condition, run.limit, run.tight, _array(ctypes.c_int32, run.coefficients))
        for run in questions.runs
    ]
    return QuestionsStruct(
        len(questions.pending),
        len(questions.final),
        len(questions.runs),
        questions.judges_final,
        _array(ctypes.c_uint32, questions.pending),
        _array(ctypes.c_uint32, questions.final),
        _array(RunQuestionStruct, runs),
        _array(ctypes.c_uint8, questions.stops),
        len(questions.progress),
        _array(ctypes.c_uint32, questions.progress),
    )


def options_struct(options: SearchOptions) -> OptionsStruct:
    """The struct of `options`."""

    def limit(value: int | None) -> int:
        return NO_LIMIT if value is None else min(value, NO_LIMIT)

    return OptionsStruct(
        options.workers,
        options.store,
        options.pause_at_levels,
        options.keep_edges,
        limit(options.max_states),
        limit(options.max_depth),
        limit(options.max_bytes),
    )


def _array(kind: Any, values: Sequence[Any]) -> Any:
    """A C array; C forbids one of length 0, so it is never that short."""
    return (kind * max(1, len(values)))(*values)
