"""Does what must come always come? Properties of progress, judged in C on the graph that a search recorded.

The same meaning as `explore.recording` and `explore.progress`, which are read first. What C kept as lists of codes gets
its meaning here: equal obligations get one number, and what a state enables and a step takes becomes a set of these.
"""

import ctypes
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dscheck.engines.native.answers import Answers
from dscheck.engines.native.emit_obligations import read_owed
from dscheck.engines.native.library import Search
from dscheck.engines.native.preparing import Prepared, progress_formulas
from dscheck.engines.native.schedules import Schedules
from dscheck.engines.native.structs import (
    FAIR_COLUMNS,
    LOOP_LOST,
    FairnessStruct,
    ListTableStruct,
    LoopQuestionStruct,
    LoopStruct,
    Status,
)
from dscheck.engines.native.watching import Watch
from dscheck.explore.finding import Loop, SearchEnd, Violation
from dscheck.explore.obligation_numbers import ObligationNumbers
from dscheck.explore.questions import ProgressQuestion
from dscheck.semantics.replay import NotConfirmed, Schedule, ScheduledStep

_GLANCE_EVERY = 4096  # lists


class _Cut(Exception):
    """A limit was reached."""

    def __init__(self, end: SearchEnd) -> None:
        super().__init__(end)
        self.end = end


class NativeProgress:
    """Judges properties of progress after a search."""

    def __init__(self, plan: Prepared, search: Search, schedules: Schedules, watch: Watch) -> None:
        """Get ready.

        Args:
            plan: of the search.
            search: has ended.
            schedules: makes runs of its positions.
            watch: for the limits.
        """
        self._plan = plan
        self._search = search
        self._schedules = schedules
        self._watch = watch

    def judge(self, answers: Answers) -> SearchEnd | None:
        """Add a lasso per property that some run violates; why that had to end early, if it had to.

        Raises:
            NotConfirmed: the reference does not have the run that was found.
        """
        try:
            record = _Record(self._plan, self._search, self._glance)
            for question in self._plan.questions.progress:
                if question.property.name not in answers.unjudged:
                    self._judge(question, record, answers)
        except _Cut as cut:
            return cut.end
        except KeyboardInterrupt:
            return SearchEnd.INTERRUPTED
        finally:
            answers.order(self._plan.questions.kinds)
        return None

    def _glance(self) -> None:
        end = self._watch.glance(self._search)
        if end is not None:
            raise _Cut(end)

    def _judge(self, question: ProgressQuestion, record: "_Record", answers: Answers) -> None:
        found = self._loop(record, record.question(question))
        if not found.found:
            return
        if found.found == LOOP_LOST:
            raise NotConfirmed(
                f"the native engine finds that {question.property.name} is violated, and no run that shows it"
            )
        violation = self._violation(question, record, found)
        known = answers.violations.get(violation.property)
        if known is None or violation.length < known.length:
            answers.violations[violation.property] = violation

    def _loop(self, record: "_Record", asked: LoopQuestionStruct) -> LoopStruct:
        results: list[tuple[Status, LoopStruct]] = []
        end = self._watch.follow(self._search, lambda: results.append(self._search.loop(record.fairness, asked)))
        if end is not None:
            raise _Cut(end)
        ((status, found),) = results
        if status is not Status.RUNNING:
            raise _Cut(SearchEnd.MAX_MEMORY)
        return found

    def _violation(self, question: ProgressQuestion, record: "_Record", found: LoopStruct) -> Violation:
        schedule, state = self._schedules.to(found.start)
        steps: list[ScheduledStep] = []
        for each in found.steps[: found.stem + found.cycle]:
            owed = frozenset(record.numbers.identities[number] for number in record.owed[each.list].numbers)
            step = self._schedules.owing_step(state, each.target, owed, self._plan.system.obligations)
            assert step.successor is not None
            steps.append(step)
            state = step.successor
        whole = Schedule(schedule.initial, (*schedule.steps, *steps))
        loop = Loop(question.instance, len(schedule.steps), len(whole.steps) - found.cycle)
        return Violation(question.property.name, self._plan.questions.kinds[question.property.name], whole, loop=loop)


# --- what was recorded -------------------------------------------------------------------------------------------


@dataclass
class _List:
    """A list of obligations: their numbers, and those among them that a label with it enables."""

    numbers: tuple[int, ...]
    enabling: tuple[int, ...]


@dataclass
class _Sets:
    """Sets of obligations, by number; each is sorted."""

    _numbers: dict[tuple[int, ...], int] = field(default_factory=dict)

    def number(self, members: Iterable[int]) -> int:
        key = tuple(sorted(set(members)))
        return self._numbers.setdefault(key, len(self._numbers))

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter(self._numbers)


class _Record:
    """What the search recorded, with its meaning.

    Attributes:
        owed: the lists of obligations.
        numbers: of the obligations that were met.
        fairness: all of it, for C.
    """

    def __init__(self, plan: Prepared, search: Search, glance: Callable[[], None]) -> None:
        fairness = plan.questions.fairness
        assert fairness is not None, "there are properties of progress"
        self._obligations = plan.system.obligations
        self._codings = plan.packing.codings
        self._glance = glance
        self.numbers = ObligationNumbers(fairness)
        self._formulas = progress_formulas(plan.questions)
        tables = search.fair_tables()
        self.owed = [self._owed(items) for items in self._lists(tables.owed)]
        sets = _Sets()
        moved, taken = array("I"), array("I")
        increments = _view(tables.increments, tables.weights * tables.columns, "i")
        for weight in range(tables.weights):
            number, shifted = increments[(weight + 1) * tables.columns - FAIR_COLUMNS :][:FAIR_COLUMNS]
            taken.append(sets.number(self.owed[number].numbers))
            moved.append(shifted)
        self._truths: list[int] = []  # per mark
        enabled = array("I")
        words = -(-len(self._formulas) // 32)
        for items in self._lists(tables.marks):
            self._truths.append(sum(truths << 32 * word for word, truths in enumerate(items[:words])))
            enabled.append(sets.number(one for each in items[words:] for one in self.owed[each].enabling))
        self.fairness = self._struct(sets, enabled, taken, moved)

    def question(self, question: ProgressQuestion) -> LoopQuestionStruct:
        """What C is asked."""
        right, left = (1 << self._formulas.index(number) for number in (question.right, question.left))
        allowed = bytearray(not truths & right for truths in self._truths)
        owing = bytearray(bool(truths & left) for truths in self._truths)
        return LoopQuestionStruct(
            _pointer(allowed, ctypes.c_uint8), _pointer(owing, ctypes.c_uint8), question.initially
        )

    def _owed(self, items: Sequence[int]) -> _List:
        numbers: list[int] = []
        enabling: list[int] = []
        for owed in read_owed(self._obligations, self._codings, items):
            number = self.numbers.of(owed)
            numbers.append(number)
            if self._obligations[owed[0]].enables:
                enabling.append(number)
        return _List(tuple(numbers), tuple(enabling))

    def _lists(self, table: ListTableStruct) -> Iterator[list[int]]:
        begins = _view(table.begins, table.count + 1, "Q")
        items = _view(table.items, begins[table.count], "I")
        for number in range(table.count):
            if number % _GLANCE_EVERY == 0:
                self._glance()
            yield items[begins[number] : begins[number + 1]].tolist()

    def _struct(self, sets: _Sets, enabled: "array[int]", taken: "array[int]", moved: "array[int]") -> FairnessStruct:
        members, begins = array("I"), array("Q", [0])
        for each in sets:
            members.extend(each)
            begins.append(len(members))
        table = ListTableStruct(_pointer(members, ctypes.c_uint32), _pointer(begins, ctypes.c_uint64), len(begins) - 1)
        return FairnessStruct(
            len(self.numbers.identities),
            table,
            _pointer(bytearray(self.numbers.strong), ctypes.c_uint8),
            *(_pointer(each, ctypes.c_uint32) for each in (array("I", self.numbers.clocks), enabled, taken, moved)),
        )


def _view(pointer: Any, count: int, kind: Literal["i", "I", "Q"]) -> Any:
    """`count` numbers that C owns, as a memoryview."""
    if not count:
        return memoryview(array(kind))
    size = array(kind).itemsize
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    assert address is not None
    return memoryview((ctypes.c_char * (size * count)).from_address(address)).cast("B").cast(kind)


def _pointer(numbers: "array[int] | bytearray", kind: Any) -> Any:
    """A C array over the same memory, never of length 0."""
    if not numbers:
        numbers.append(0)
    return (kind * len(numbers)).from_buffer(numbers)
