"""How are hundreds of generated protocols explored natively without hundreds of compilations? All in one library."""

import ctypes
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dscheck.engines.native.explore import _Attempt, explore_natively
from dscheck.engines.native.library import Model, runtime_library
from dscheck.engines.native.preparing import Prepared, prepare
from dscheck.engines.native.saving import Saving
from dscheck.engines.native.slots import RUNTIME
from dscheck.engines.native.watching import Watch
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.engines.refusals import Refused
from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.explore.questions import Questions, questions_of
from dscheck.explore.search import explore
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.options import Limits, NativeOptions
from dscheck.source import SourceFile


@dataclass(frozen=True)
class Case:
    """A protocol that the reference explored whole.

    Attributes:
        text: the spec.
        reference: what was found.
        plan: what is compiled.
    """

    text: str
    system: System
    questions: Questions
    reference: Exploration
    plan: Prepared


def case_of(text: str, most: int) -> Case | None:
    """The case of a spec's first check; None when it has more than so many states, or a value that is too wide."""
    checked = read_spec(SourceFile.of_bytes("generated", text.encode()))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    questions = questions_of(system)
    stepper = ReferenceStepper(system, questions.formulas)
    reference = explore(stepper, questions, Limits(max_states=most))
    initial = stepper.initial()[0]
    if reference.end is not SearchEnd.EXHAUSTED or not initial:
        return None
    try:
        return Case(text, system, questions, reference, prepare(system, questions, stepper, initial))
    except Refused:
        return None


def compiled(cases: Sequence[Case], folder: Path, change: Callable[[str], str] = lambda text: text) -> list[Model]:
    """The models of all cases, compiled at once; `change` may spoil the generated text."""
    for number, case in enumerate(cases):
        text = change(case.plan.text).replace("const struct model dscheck_model", f"const struct model case_{number}")
        (folder / f"case_{number}.c").write_text(text)
    library = folder / "cases.so"
    sources = [f"case_{number}.c" for number in range(len(cases))]
    command = ["gcc", "-O0", "-std=c11", "-shared", "-fPIC", "-I", str(RUNTIME), "-o", str(library), *sources]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    loaded = ctypes.CDLL(str(library))
    return [Model(loaded, case.plan.packing.words, f"case_{number}") for number, case in enumerate(cases)]


def explored(case: Case, model: Model, way: NativeOptions, limits: Limits) -> Exploration:
    """What the native engine finds with this model; with one of its own when a width turned out too small.

    Raises:
        Refused: a width was too small, and there is no room for a greater one.
    """
    runtime = runtime_library(case.plan.packing.words)
    stepper = ReferenceStepper(case.system, case.questions.formulas)
    failures = stepper.initial()[1]
    attempt = _Attempt(case.plan, stepper, runtime, lambda _: False, failures, way)
    with Saving.into(None) as saving:
        found = attempt.run(model, Watch(limits, None, time.monotonic()), saving)
    if isinstance(found, Exploration):
        return found
    wider = case.plan.widened(found)
    return explore_natively(case.system, case.questions, limits, lambda _: False, None, way, plan=wider)


def cases_of(texts: Iterable[str], most: int) -> list[Case]:
    """The cases among these specs."""
    return [case for case in (case_of(text, most) for text in texts) if case is not None]
