"""What is compiled, and what is the search asked? Everything that is decided before a native search begins."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from dscheck.engines.native.cache import place
from dscheck.engines.native.coding import NotPackable, Widths
from dscheck.engines.native.compiler import CompilerProblem
from dscheck.engines.native.emit_model import emit_model
from dscheck.engines.native.library import Model, Runtime, both_libraries
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.structs import NativeQuestions, RunQuestion
from dscheck.engines.native.widths import (
    as_texts,
    fitting,
    from_texts,
    packing_of,
    some_states,
    with_spare_bits,
)
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.engines.refusals import Refused
from dscheck.explore.questions import DEADLOCK, Questions, questions_of
from dscheck.explore.stepper import Formulas, Stepper
from dscheck.model.expressions import FAILURES
from dscheck.model.layout import State
from dscheck.model.printing import system_as_text
from dscheck.model.system import System
from dscheck.record import record

_QUIET = 1 << 31  # PENDING_QUIET of search.h
_LARGEST_COEFFICIENT = 2**31 - 1  # of a counter in a bound: an int32_t of search.h, into which ctypes would cut it


@record
class Prepared:
    """A system ready to be compiled.

    Attributes:
        system: what is explored.
        questions: what is asked; each of `formulas.asked` serves one kind of question.
        initial: the normalised initial states, at least one.
        packing: of the states.
        text: the model in C.
    """

    system: System
    questions: Questions
    initial: tuple[State, ...]
    packing: Packing
    text: str

    def widened(self, number: int) -> "Prepared":
        """The same with more room for the width of that number, which was too small.

        Raises:
            Refused: it cannot get more.
        """
        codings = self.packing.codings
        widths = codings.widths.widened(codings.keys[number])
        try:
            wider = with_spare_bits(self.packing.with_widths(widths))
        except NotPackable as reason:
            raise Refused(str(reason)) from reason
        return prepared(self, wider.codings.widths)

    def compiled(self, seconds: float | None = None) -> tuple[Runtime, Model]:
        """The compiled runtime and model.

        Args:
            seconds: in which the compiler must be done; None for as long as it may take.

        Raises:
            Refused: they cannot be compiled here.
        """
        try:
            return both_libraries(self.text, self.packing.words, seconds)
        except CompilerProblem as problem:
            raise Refused(str(problem)) from problem


def prepare(
    system: System, questions: Questions, stepper: Stepper, initial: Sequence[State], seen: Sequence[State] = ()
) -> Prepared:
    """Choose how states are packed, and write the model.

    Args:
        system: what is explored.
        questions: what is asked.
        stepper: looks for states, when none were seen, to learn how wide they are.
        initial: the normalised initial states, at least one.
        seen: some reachable states.

    Raises:
        Refused: the system cannot be packed.
    """
    known = _recall(system)
    try:
        packing = packing_of(system, initial)
        if known:
            packing = fitting(packing.with_widths(from_texts(packing.codings, known)), initial)
        elif packing.codings.keys:
            packing = _chosen(packing, seen or [*initial, *some_states(stepper, initial)])
    except NotPackable as reason:
        raise Refused(str(reason)) from reason
    return _settled(Prepared(system, apart(questions), tuple(initial), packing, ""), known)


def prepare_with(system: System, questions: Questions, initial: Sequence[State], texts: Mapping[str, int]) -> Prepared:
    """Write the model with the widths that `as_texts` gave.

    Raises:
        Refused: the system cannot be packed.
    """
    try:
        packing = packing_of(system, initial)
        packing = packing.with_widths(from_texts(packing.codings, texts))
    except NotPackable as reason:
        raise Refused(str(reason)) from reason
    return _settled(Prepared(system, apart(questions), tuple(initial), packing, ""), texts)


def _settled(plan: Prepared, texts: Mapping[str, int]) -> Prepared:
    """The model of the plan; it may ask for codings of values that no variable holds, with widths of their own."""
    plan = prepared(plan, plan.packing.codings.widths)
    widths = from_texts(plan.packing.codings, texts)
    return plan if widths == plan.packing.codings.widths else prepared(plan, widths)


def _chosen(packing: Packing, states: Iterable[State]) -> Packing:
    return with_spare_bits(fitting(packing, states))


def prepared(before: Prepared, widths: Widths) -> Prepared:
    """The same system with these widths.

    Raises:
        Refused: it cannot be packed with them.
    """
    try:
        packing = before.packing.with_widths(widths)
        text = emit_model(before.system, before.questions.formulas, packing)
    except NotPackable as reason:
        raise Refused(str(reason)) from reason
    return replace(before, packing=packing, text=text)


def source_of(system: System, formulas: Formulas) -> str:
    """The C text of a model of `system`, with widths that do not depend on what was run before.

    Raises:
        Refused: it cannot be packed.
    """
    questions = questions_of(system)
    stepper = ReferenceStepper(system, formulas)
    initial, _ = stepper.initial()
    if not initial:
        raise Refused("there is no initial state")
    try:
        packing = _chosen(packing_of(system, initial), [*initial, *some_states(stepper, initial)])
    except NotPackable as reason:
        raise Refused(str(reason)) from reason
    return prepared(Prepared(system, apart(questions), tuple(initial), packing, ""), packing.codings.widths).text


# --- the questions ---------------------------------------------------------------------------------------------


def apart(questions: Questions) -> Questions:
    """The same questions, where a formula that several kinds of them ask has a number for each kind.

    What follows when it has no value differs: a left side is let alone, a bound is given up, the rest are violations.

    Raises:
        Refused: a bound cannot be weighed in C.
    """
    for run in questions.runs:
        if max(map(abs, run.coefficients), default=0) > _LARGEST_COEFFICIENT:
            raise Refused(f"`{run.property.name}` multiplies a counter by more than {_LARGEST_COEFFICIENT:,}")
    numbers: dict[tuple[str, int], int] = {}

    def number(role: str, known: int) -> int:
        return numbers.setdefault((role, known), len(numbers))

    reachable = {name: number("reachable", known) for name, known in questions.reachable.items()}
    final = tuple(number("final", known) for known in questions.final)
    antecedents = {key: number("antecedent", known) for key, known in questions.antecedents.items()}
    runs = tuple(
        replace(run, condition=number("run", run.condition), limit=number("run", run.limit)) for run in questions.runs
    )
    progress = tuple(
        replace(each, left=number("progress", each.left), right=number("progress", each.right))
        for each in questions.progress
    )
    asked = questions.formulas.asked
    return replace(
        questions,
        formulas=replace(questions.formulas, asked=tuple(asked[known] for _, known in numbers)),
        reachable=reachable,
        final=final,
        antecedents=antecedents,
        runs=runs,
        progress=progress,
    )


def native_questions(questions: Questions, stop_at: Callable[[str], bool]) -> NativeQuestions:
    """The questions as the runtime takes them.

    Args:
        questions: each of `formulas.asked` serves one kind of question.
        stop_at: says which violations end the search after their level.
    """
    asked = len(questions.formulas.asked)
    antecedents = dict.fromkeys(questions.antecedents.values())
    stops = [stop_at(name) for name in FAILURES]
    # What has no value ends the search if its failure does so, which the runtime sees by itself.
    stops += [stop_at(name) for name in questions.invariants] + [False] * len(questions.invariants)
    stops += [stop_at(name) for name in questions.steps] + [False] * len(questions.steps)
    stops += [False] * (2 * asked)
    stops += [bool(questions.final) and stop_at(DEADLOCK), False]
    stops += [run.property.kind == "bound" and stop_at(run.property.name) for run in questions.runs]
    return NativeQuestions(
        pending=(*dict.fromkeys(questions.reachable.values()), *(_QUIET | each for each in antecedents)),
        final=questions.final,
        runs=tuple(
            RunQuestion(
                condition=run.condition,
                limit=run.limit,
                tight=run.property.kind == "tight",
                coefficients=run.coefficients,
            )
            for run in questions.runs
        ),
        judges_final=bool(questions.final),
        stops=tuple(stops),
        progress=progress_formulas(questions),
    )


def progress_formulas(questions: Questions) -> tuple[int, ...]:
    """Numbers of the asked formulas whose truth in every state is kept, each once, in a fixed order."""
    return tuple(dict.fromkeys(number for each in questions.progress for number in (each.right, each.left)))


# --- widths are remembered, so that the next search of the same system begins with them ------------------------------


def remember(plan: Prepared) -> None:
    """Keep the widths beside the compiled libraries; where that is not possible, the next search finds them again."""
    codings = plan.packing.codings
    try:
        path = _memory_of(plan.system)
        text = json.dumps(as_texts(codings), sort_keys=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    except (OSError, CompilerProblem):
        return


def _recall(system: System) -> dict[str, int]:
    try:
        found = json.loads(_memory_of(system).read_text("utf-8"))
    except (OSError, ValueError, CompilerProblem):
        return {}
    if not isinstance(found, dict):  # a file that was damaged, or that another tool wrote
        return {}
    return {str(key): width for key, width in found.items() if isinstance(width, int) and 0 < width <= _MOST_WIDTH}


_MOST_WIDTH = 64


def _memory_of(system: System) -> Path:
    settings = "".join(f"{key}={value}\n" for key, value in system.settings.items())
    digest = blake2b((settings + system_as_text(system)).encode(), digest_size=16)
    return place().folder / f"{digest.hexdigest()}.widths"
