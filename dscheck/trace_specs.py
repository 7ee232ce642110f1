"""Which spec, with which settings, is a trace judged by, and what does it say?

The settings are those of a check of the spec: the one that was asked for, or the one that the header of the trace
names; without any, those that the spec declares. Constants that the header's initial values name are those of the
trace.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.engines.engine import engine_named, stepper_of
from dscheck.explore.stepper import StepperFactory
from dscheck.inputs import overrides_of
from dscheck.language.analysis import read_spec
from dscheck.language.checked import CheckedSpec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.source import SourceFile
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.checks import names_a_spec
from dscheck.traces.conformance.judging import NAME, conforms
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.formats.header_fields import header_says
from dscheck.traces.history import FAULT_INJECTOR
from dscheck.traces.linearizable.objects.object_type import ObjectType
from dscheck.traces.linearizable.objects.spec_actions import NotAnObject
from dscheck.traces.linearizable.objects.spec_object import SpecObjects
from dscheck.traces.verdict import Unreadable

STEPPER: StepperFactory = partial(stepper_of, engine_named("auto"))


def system_of(checked: CheckedSpec, check: str | None, constants: Mapping[str, str]) -> tuple[str, System]:
    """The name of a check of a spec, and its transition system.

    Args:
        checked: the spec.
        check: its name; None for the first.
        constants: overrides, as on the command line.

    Raises:
        SpecError: there is no such check, or a setting makes no sense.
    """
    plans = plans_of(checked, overrides_of(constants))
    chosen = next((plan for plan in plans if check is None or plan.name == check), None)
    if chosen is None:
        message = "the file has no process to take a step" if not plans else f"there is no check named {check}"
        names = ", ".join(plan.name for plan in plans)
        raise SpecError(checked.source, (Diagnostic("", message, help=f"the checks are {names}" if names else ""),))
    return chosen.name, lower(checked, chosen.configuration)


def system_as_declared(checked: CheckedSpec, constants: Mapping[str, str]) -> System:
    """The transition system of a spec as if it had no checks, which may set constants that a trace sets too.

    Raises:
        SpecError: a setting makes no sense.
    """
    return system_of(replace(checked, checks=()), None, constants)[1]


class TraceSpecs:
    """Judges traces by specs; a spec that several traces name is read once."""

    def __init__(self, asked: TraceQuestion) -> None:
        """Begin.

        Raises:
            SpecError: the spec that was asked for cannot be asked.
            OSError: it cannot be read.
        """
        self._asked = asked
        self._specs: dict[str, CheckedSpec] = {}
        self._steps: dict[tuple[Any, ...], Steps] = {}
        self._objects: dict[tuple[Any, ...], SpecObjects] = {}
        if asked.spec is not None:
            self._lowered(self._read(asked.spec), asked.spec_check, asked.constants)
        if asked.model is not None and names_a_spec(asked.model):
            self._made(asked.model, self._read(asked.model), asked.spec_check, asked.constants)

    def judged(self, trace: Trace, file: str) -> TraceFinding:
        """Is the trace a behaviour of its spec?

        Args:
            trace: the trace.
            file: that it was read from; the spec that its header names is looked for beside it.
        """
        try:
            path = self._asked.spec or beside(file, trace.header.spec or "")
            steps = self._steps_of(path, trace)
        except (OSError, SpecError) as error:
            reasons = "; ".join(told.message for told in problems(error, trace.header.spec or ""))
            reason = f"the trace cannot be judged by {trace.header.spec or self._asked.spec}: {reasons}"
            return TraceFinding(NAME, TraceOutcome.UNKNOWN, reason, kind="spec")
        asked = self._asked
        named = trace.header.spec
        another = asked.spec is not None and named is not None and not _same(asked.spec, beside(file, named))

        def of_spec(name: str, nothing: Any) -> Any:
            """What the header says of its spec says nothing of another one."""
            return nothing if another else header_says(trace.header, name) or nothing

        found = conforms(
            trace,
            steps.system,
            make=STEPPER,
            steps=steps,
            nodes={**of_spec("processes", {}), **asked.processes},
            words={**of_spec("words", {}), **asked.words},
            hidden=(*of_spec("hidden", ()), *asked.hidden),
            ignored=(*(header_says(trace.header, "ignore") or ()), *asked.ignored),
        )
        if found.kind != "unknown node":
            return found
        # What can be done about it is a matter of the command line.
        reason = found.reason.partition(". Say which")[0]
        return replace(found, reason=reason if "hidden" in reason else f"{reason}. Say which: --node NODE=PROCESS")

    def object_of(self, path: str, trace: Trace) -> ObjectType:
        """The object of a history, as a spec of one process says.

        Args:
            path: of the spec.
            trace: the history; its header may set constants.

        Raises:
            SpecError: the spec is no object, or it or a setting makes no sense.
            OSError: it cannot be read.
        """
        return self._made(path, *self._settings(path, trace)).object(self._asked.words)

    def is_object(self, path: str, trace: Trace) -> bool:
        """Whether a spec can be the object of a history, and is that of this one: it has all of its operations."""
        try:
            functions = self.object_of(path, trace).functions
        except (OSError, SpecError):
            return False
        used = {str(event.function or event.action).lstrip(":").lower() for event in trace.events if _is_call(event)}
        return bool(used) and used <= functions

    def _read(self, path: str) -> CheckedSpec:
        if path not in self._specs:
            self._specs[path] = read_spec(SourceFile.read(Path(path)))
        return self._specs[path]

    def _steps_of(self, path: str, trace: Trace) -> Steps:
        checked, name, constants = self._settings(path, trace)
        key = (path, name, *sorted(constants.items()))
        if key not in self._steps:  # what is compiled for one trace serves the others
            self._steps[key] = Steps(self._lowered(checked, name, constants), STEPPER)
        return self._steps[key]

    def _settings(self, path: str, trace: Trace) -> tuple[CheckedSpec, str | None, Mapping[str, str]]:
        """A spec, the check whose settings hold, and the constants that the trace or the caller set."""
        checked = self._read(path)
        check, settings = header_says(trace.header, "check"), header_says(trace.header, "set") or {}
        constants = {name: _text(value) for name, value in trace.header.initial.items() if name in checked.constants}
        # Another spec than the header's may know other names.
        known = checked.constants if self._asked.spec is not None else settings
        constants |= {name: _text(value) for name, value in settings.items() if name in known}
        constants |= self._asked.constants
        name = self._asked.spec_check or (check if self._asked.spec is None else None)
        return checked, name, constants

    def _made(self, path: str, checked: CheckedSpec, name: str | None, constants: Mapping[str, str]) -> SpecObjects:
        key = (path, name, *sorted(constants.items()))
        if key not in self._objects:
            try:
                self._objects[key] = SpecObjects(self._lowered(checked, name, constants), STEPPER)
            except NotAnObject as error:
                message = f"it cannot be the object of a history: {error}"
                advice = "an object is one process with actions; its operations are what it does alone"
                raise SpecError(checked.source, (Diagnostic("", message, help=advice),)) from error
        return self._objects[key]

    @staticmethod
    def _lowered(checked: CheckedSpec, name: str | None, constants: Mapping[str, str]) -> System:
        return system_as_declared(checked, constants) if name is None else system_of(checked, name, constants)[1]


def problems(error: OSError | SpecError, file: str) -> list[Unreadable]:
    """What is wrong with a spec, each with its line."""
    if isinstance(error, OSError):
        return [Unreadable(file, 0, f"cannot be read: {(error.strerror or str(error)).lower()}")]
    found = []
    for each in error.diagnostics:
        line = error.source.position(each.span.start)[0] if each.span is not None else 0
        found.append(Unreadable(error.source.path, line, f"{each.code} {each.message}".strip(), each.help))
    return found


def beside(file: str, spec: str) -> str:
    """The spec that a header names: next to the trace, else from the current folder."""
    near = Path(file).parent / spec
    return str(near) if near.is_file() else spec


def _is_call(event: Event) -> bool:
    return event.kind == "invoke" and event.node.lstrip(":") != FAULT_INJECTOR


def _same(one: str, other: str) -> bool:
    """Do two paths name one file?"""
    return Path(one).resolve() == Path(other).resolve()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
