"""How is a generated model asked from Python, one state at a time? Compiled without the search, for tests alone."""

import ctypes
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dscheck.engines.native.coding import Codings, Widths
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.structs import ENABLE, FAILURE_KINDS, FAIR_COLUMNS, GROW, OWE, Labels, ModelStruct
from dscheck.engines.native.widths import fitting, packing_of
from dscheck.explore.stepper import Stepper
from dscheck.model.layout import State
from dscheck.model.system import System

RUNTIME = Path(__file__).resolve().parents[2] / "dscheck" / "engines" / "native" / "runtime"
STRICT = ("-std=c11", "-Wall", "-Wextra", "-Werror")
HAS_COMPILER = shutil.which("gcc") is not None


class Overflow(Exception):
    """A width that the engine chose is too small; the argument is its number."""


@dataclass(frozen=True)
class Expansion:
    """What a model says of one state.

    Attributes:
        successors: unpacked, with their increments (None when none were asked).
        labels: how many.
        failures: bits.
        progress: is some label of a rule that is no fault?
        steps_false: bits.
        steps_failed: bits per failure.
        fired: labels per rule, in this state.
    """

    successors: list[tuple[State, tuple[int, ...] | None]]
    labels: int
    failures: int
    progress: bool
    steps_false: int
    steps_failed: tuple[int, ...]
    fired: tuple[int, ...]


class Room:
    """The memory behind a `struct labels`; it grows one by one, so that every model has to ask for more."""

    def __init__(self, words: int, counters: int, rules: int, branches: int, *, fair: bool = False) -> None:
        self.labels = Labels()
        self._words, self._counters = words, counters
        self._columns = counters + FAIR_COLUMNS * fair
        self._owe, self._enable = OWE(lambda *_: 0), ENABLE(lambda *_: None)  # obligations are compared by searches
        self.labels.owe, self.labels.enable = self._owe, self._enable
        self._grow = GROW(self._more)
        self.fired = (ctypes.c_uint64 * max(1, rules))()
        self.branches = (ctypes.c_uint8 * max(1, 2 * branches))()
        self.labels.fired, self.labels.branches, self.labels.grow = self.fired, self.branches, self._grow
        self.counted = True
        self._take(0)

    def _take(self, room: int) -> None:
        old_words, old_counts = (self._states, self._counts) if room else ((), ())
        self._states = (ctypes.c_uint64 * max(1, self._words * room))(*old_words)
        self._counts = (ctypes.c_int32 * max(1, self._columns * room))(*old_counts)
        self.labels.room = room
        self.labels.successors = self._states
        self.labels.counts = self._counts if self.counted else None

    def _more(self, _labels: object) -> None:
        if self.labels.room == 0:
            self._states, self._counts = (ctypes.c_uint64 * 0)(), (ctypes.c_int32 * 0)()  # type: ignore[assignment]
        self._take(self.labels.room + 1)

    def clear(self, *, counted: bool) -> None:
        """As the search does before each state."""
        self.counted = counted
        for name in ("count", "labels", "failures", "progress", "steps_false", "overflow"):
            setattr(self.labels, name, 0)
        self.labels.steps_failed = (ctypes.c_uint64 * FAILURE_KINDS)()
        self._take(0)

    def successors(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The words of each, and its increments."""
        words, counters, columns = self._words, self._counters, self._columns
        return [
            (
                tuple(self._states[number * words : (number + 1) * words]),
                tuple(self._counts[number * columns : number * columns + counters]),
            )
            for number in range(self.labels.count)
        ]


class NativeModel:
    """A compiled model.

    Attributes:
        branches: one byte per outcome of a numbered branch.
    """

    def __init__(self, library: ctypes.CDLL, symbol: str, packing: Packing) -> None:
        self.struct = ModelStruct.in_dll(library, symbol)
        self.packing = packing
        assert self.struct.words == packing.words
        struct = self.struct
        self._room = Room(struct.words, struct.counters, struct.rules, struct.branches, fair=bool(struct.fair))
        self.branches = self._room.branches

    def _words(self, state: State) -> "ctypes.Array[ctypes.c_uint64]":
        return (ctypes.c_uint64 * self.struct.words)(*self.packing.pack(state))

    def expand(self, state: State, *, counted: bool = True) -> Expansion:
        """Everything about the steps from a state.

        Raises:
            Overflow: a width is too small.
        """
        room, labels = self._room, self._room.labels
        room.clear(counted=counted)
        before = tuple(room.fired)
        self.struct.expand(self._words(state), labels)
        self._assert_fits()
        after = tuple(room.fired)[: self.struct.rules]
        return Expansion(
            successors=[
                (self.packing.unpack(words), counts if counted and self.struct.counters else None)
                for words, counts in room.successors()
            ],
            labels=labels.labels,
            failures=labels.failures,
            progress=bool(labels.progress),
            steps_false=labels.steps_false,
            steps_failed=tuple(labels.steps_failed),
            fired=tuple(now - then for now, then in zip(after, before, strict=False)),
        )

    def violations(self, state: State) -> bool:
        """Is one of `always` not true?"""
        self._room.clear(counted=False)
        return bool(self.struct.violations(self._words(state), self._room.labels))

    def always(self, number: int, state: State) -> int | str:
        """The truth of one formula, or the name of the failure why it has none."""
        self._room.clear(counted=False)
        return self._answer(self.struct.always_holds(number, self._words(state), self._room.labels), None)

    def answer(self, number: int, state: State) -> int | str:
        """The value of one formula, or the name of the failure why it has none."""
        self._room.clear(counted=False)
        value = ctypes.c_int64(-(2**63))
        answer = self.struct.answer(number, self._words(state), ctypes.byref(value), self._room.labels)
        return self._answer(answer, value.value)

    def _answer(self, answer: int, value: int | None) -> int | str:
        self._assert_fits()
        if answer == -2:
            return f"failed {self._room.labels.failures}"
        assert answer in {0, 1} if value is None else answer == 1, answer
        return answer if value is None else value

    def _assert_fits(self) -> None:
        if self._room.labels.overflow:
            raise Overflow(self._room.labels.overflow - 1)


def packing_for(system: System, stepper: Stepper, states: Iterable[State], widths: Widths) -> Packing:
    """A packing into which all of these states fit, beginning with these widths."""
    return fitting(packing_of(system, stepper.initial()[0]).with_widths(widths), states)


def wider(packing: Packing, number: int) -> Widths:
    """Widths with more room for the one of that number."""
    codings: Codings = packing.codings
    return codings.widths.widened(codings.keys[number])


def compiled(
    wanted: Mapping[str, tuple[str, Packing]], folder: Path, flags: Sequence[str] = ("-O0",)
) -> dict[str, NativeModel]:
    """The models with these texts and packings, compiled by one run of the compiler.

    Args:
        wanted: per model its text, which defines `symbol_of` its place among them, and the packing of its states.
        folder: to write to.
        flags: of the compiler.
    """
    sources = [folder / f"{symbol_of(number)}.c" for number in range(len(wanted))]
    for source, (text, _) in zip(sources, wanted.values(), strict=True):
        source.write_text(text, "utf-8")
    library = folder / "models.so"
    command = ["gcc", *STRICT, *flags, "-shared", "-fPIC", f"-I{RUNTIME}", *map(str, sources), "-o", str(library)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[:4000]
    loaded = ctypes.CDLL(str(library))
    return {
        name: NativeModel(loaded, symbol_of(number), packing)
        for number, (name, (_, packing)) in enumerate(wanted.items())
    }


def symbol_of(number: int) -> str:
    """What the model at this place among those compiled together is called."""
    return f"model_{number}"
