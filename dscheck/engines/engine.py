"""Which engines are there, and how does one answer a check?

An engine is known by its name and by where its stepper is made; choosing one imports no other.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from dscheck.explore.finding import Exploration
from dscheck.explore.questions import questions_of
from dscheck.explore.search import explore
from dscheck.explore.stepper import Formulas, Stepper, StepperFactory
from dscheck.model.system import System
from dscheck.options import Limits
from dscheck.progress import Observer


class EngineEntry(NamedTuple):
    """One engine.

    Attributes:
        name: as people choose it.
        factory: `module:name` of its `StepperFactory`.
        about: what it is, in a few words.
    """

    name: str
    factory: str
    about: str


ENGINES: tuple[EngineEntry, ...] = (
    EngineEntry("reference", "dscheck.engines.python.reference:ReferenceStepper", "compiled to Python"),
    EngineEntry("definition", "dscheck.engines.definition:DefinitionStepper", "the semantics itself, slow"),
)


class UnknownEngine(Exception):
    """No engine has that name."""


def engine_named(name: str) -> EngineEntry:
    """The engine that people mean by `name`; `auto` is the fastest that fits.

    Raises:
        UnknownEngine: there is none; the message lists those there are.
    """
    if name == "auto":
        return ENGINES[0]
    for entry in ENGINES:
        if entry.name == name:
            return entry
    raise UnknownEngine(f"no engine is called `{name}`; there are auto, {', '.join(entry.name for entry in ENGINES)}")


def stepper_of(engine: EngineEntry, system: System, formulas: Formulas) -> Stepper:
    """The stepper of `engine` for `system`."""
    module, _, attribute = engine.factory.partition(":")
    factory: StepperFactory = getattr(import_module(module), attribute)
    return factory(system, formulas)


def answer(
    system: System,
    engine: str = "auto",
    limits: Limits | None = None,
    stop_at: Callable[[str], bool] = lambda _: False,
    observer: Observer | None = None,
) -> Exploration:
    """Explore `system` and answer all of its properties; arguments as for `explore`.

    Raises:
        UnknownEngine: no engine is called `engine`.
    """
    questions = questions_of(system)
    return explore(stepper_of(engine_named(engine), system, questions.formulas), questions, limits, stop_at, observer)
