"""Which engines are there, and how does one answer a check?

An engine is known by its name and by where its parts are; choosing one imports no other. `auto` begins with the
reference and goes on natively once a check turns out to be large: a small one never pays for a compiler.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, NamedTuple

from dscheck.engines.refusals import CheckpointError, Refused
from dscheck.explore.finding import Exploration
from dscheck.explore.questions import Questions, questions_of
from dscheck.explore.search import Relieved, explore
from dscheck.explore.stepper import Formulas, Stepper, StepperFactory
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.options import Limits, NativeOptions
from dscheck.progress import Observer

LARGE = 20_000  # states; exploring as many takes the reference about as long as compiling takes
_MOST_SEEN = 2_000  # of the states found so far, to choose widths from


class EngineEntry(NamedTuple):
    """One engine.

    Attributes:
        name: as people choose it.
        stepper: `module:name` of its `StepperFactory`; empty for one that explores by itself.
        source: `module:name` of what gives the text it generates for a system and formulas; empty if it generates none.
        about: what it is, in a few words.
    """

    name: str
    stepper: str
    source: str
    about: str


_REFERENCE = "dscheck.engines.python.reference"
_NATIVE = "dscheck.engines.native"
ENGINES: tuple[EngineEntry, ...] = (
    EngineEntry("reference", f"{_REFERENCE}:ReferenceStepper", f"{_REFERENCE}:source_of", "compiled to Python"),
    EngineEntry("native", "", f"{_NATIVE}.preparing:source_of", "compiled to C, on all cores"),
    EngineEntry("definition", "dscheck.engines.definition:DefinitionStepper", "", "the semantics itself, slow"),
)


class UnknownEngine(Exception):
    """No engine has that name."""


def engine_named(name: str) -> EngineEntry:
    """The engine that people mean by `name`; for `auto` the one that it begins with.

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
    """The stepper of `engine` for `system`; `engine` has one."""
    factory: StepperFactory = _loaded(engine.stepper)
    return factory(system, formulas)


def generated_text(engine: EngineEntry, system: System) -> str:
    """The text that `engine` compiles for `system`; `engine` generates one.

    Raises:
        Refused: it cannot explore this system.
    """
    text: str = _loaded(engine.source)(system, questions_of(system).formulas)
    return text


def answer(
    system: System,
    engine: str = "auto",
    limits: Limits | None = None,
    stop_at: Callable[[str], bool] = lambda _: False,
    observer: Observer | None = None,
    native: NativeOptions | None = None,
) -> Exploration:
    """Explore `system` and answer all of its properties.

    Args:
        system: what is explored.
        engine: name of an engine, or `auto`.
        limits: as for `explore`; likewise the next two.
        stop_at: which violations are all that is waited for.
        observer: told how far the search is.
        native: how the native engine works; `auto` is that one where only it can do what is asked here.

    Raises:
        UnknownEngine: no engine is called `engine`.
        CheckpointError: the search cannot be saved, or not go on from where it was saved.
    """
    options = native or NativeOptions()
    entry = engine_named("native" if engine == "auto" and options.needed else engine)
    questions = questions_of(system)
    asked = _Asked(system, questions, limits or Limits(), stop_at, observer, options)
    if entry.name == "native":
        return _natively(asked)
    stepper = stepper_of(entry, system, questions.formulas)
    if engine == "auto":
        return _until_large(asked, stepper)
    return replace(explore(stepper, questions, limits, stop_at, observer), engine=entry.name)


# --- the native engine ---------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """What is to be explored, and how."""

    system: System
    questions: Questions
    limits: Limits
    stop_at: Callable[[str], bool]
    observer: Observer | None
    options: NativeOptions


def _natively(
    asked: _Asked, stepper: Stepper | None = None, plan: Any = None, started: float | None = None
) -> Exploration:
    """Explore with the native engine, or with the reference where that cannot.

    Args:
        asked: what.
        stepper: of the reference, if there is one.
        plan: of the native engine, if there is one.
        started: when the clock of the check began to run; None for now.
    """
    begun = time.monotonic() if started is None else started
    explore_natively = _loaded(f"{_NATIVE}.explore:explore_natively")
    try:
        found: Exploration = explore_natively(*asked, stepper=stepper, plan=plan, started=begun)
    except Refused as reason:
        if asked.options.checkpoint is not None:
            raise CheckpointError(f"{reason}; and only the native engine keeps checkpoints") from reason
        return _instead(asked, stepper, str(reason), begun)
    return found


def _instead(asked: _Asked, stepper: Stepper | None, reason: str, begun: float) -> Exploration:
    """Explore with the reference, and say why."""
    passed = time.monotonic() - begun
    limits = _left(asked.limits, begun)
    stepper = stepper or stepper_of(ENGINES[0], asked.system, asked.questions.formulas)
    found = explore(stepper, asked.questions, limits, asked.stop_at, asked.observer)
    statistics = replace(found.statistics, seconds=found.statistics.seconds + passed)
    return replace(found, engine=ENGINES[0].name, statistics=statistics, notes=(_note(reason),))


def _left(limits: Limits, begun: float) -> Limits:
    """The limits of a check that began then, with the time that is left."""
    if limits.timeout is None:
        return limits
    return replace(limits, timeout=max(0.0, limits.timeout - (time.monotonic() - begun)))


def _note(reason: str) -> str:
    return f"the reference explored, not the native engine: {reason}"


def _until_large(asked: _Asked, stepper: Stepper) -> Exploration:
    """Explore with the reference, and natively once there are many states."""
    begun = time.monotonic()
    relief = _Relief(asked, stepper, begun)
    try:
        found = explore(stepper, asked.questions, asked.limits, asked.stop_at, asked.observer, relief)
    except Relieved:
        return _natively(asked, stepper, relief.plan, begun)
    return replace(found, engine=ENGINES[0].name, notes=relief.notes)


class _Relief:
    """Asked by a search of the reference: does the native engine go on?

    Attributes:
        plan: of the native engine, once it does.
        notes: why it does not.
    """

    def __init__(self, asked: _Asked, stepper: Stepper, begun: float) -> None:
        self.plan: Any = None
        self.notes: tuple[str, ...] = ()
        self._asked = asked
        self._stepper = stepper
        self._begun = begun
        self._open = True

    def __call__(self, states: Sequence[State]) -> bool:
        if not self._open or len(states) < LARGE:
            return False
        self._open = False
        seen = states[:: max(1, len(states) // _MOST_SEEN)]
        plan_for = _loaded(f"{_NATIVE}.explore:plan_for")
        left = _left(self._asked.limits, self._begun)
        try:
            self.plan = plan_for(self._asked.system, self._asked.questions, self._stepper, seen, left.timeout)
        except Refused as reason:
            self.notes = (_note(str(reason)),)
            return False
        return True


def _loaded(place: str) -> Any:
    """What `module:name` stands for; imported now."""
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
