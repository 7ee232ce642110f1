"""What can a Python test assert of specs, traces and histories? A failure reads as the command line would tell it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NoReturn

from dscheck import trace_answers, workflow
from dscheck.counterexample import Counterexample
from dscheck.integrations.recording import TraceRecorder
from dscheck.options import CheckOptions, Limits
from dscheck.report.as_text import question_as_text, report_as_text
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.status import TextOptions
from dscheck.report.traces_as_text import traces_as_text
from dscheck.traces.asking import NOT_TOLD, TraceQuestion
from dscheck.traces.event import Place, Trace, TraceHeader
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.fields import EventMaker
from dscheck.traces.packed_events import nodes_in
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import CheckResult, FileResult, Outcome, Report

Setting = int | bool | str
# A recorded execution: a file, a trace, a recorder, or records with the fields of the native format.
TraceLike = str | PathLike[str] | Trace | TraceRecorder | Iterable[Mapping[str, Any]]

_ASKED = "asked_by_a_test"


def assert_holds(
    spec: str | PathLike[str],
    *properties: str,
    settings: Mapping[str, Setting] | None = None,
    max_steps: int | None = None,
    engine: str = "auto",
    max_states: int | None = None,
    timeout: float | None = None,
    **constants: Setting,
) -> CheckResult:
    """Every run of a spec keeps its properties. The checks of the file are not asked.

    >>> assert_holds("specs/bully.dsc", "one_leader", N=3)  # doctest: +SKIP

    Args:
        spec: the file.
        properties: names; all properties, deadlock and failing steps when none is given.
        settings: those with a dot in their name: `{"network.loss": 1}`.
        max_steps: look at runs of so many steps only.
        engine: a name of an engine, or `auto`.
        max_states: distinct states after which to stop; that is a failure.
        timeout: seconds after which to stop; that is a failure.
        constants: of the spec.

    Returns:
        The answer.

    Raises:
        AssertionError: a property is violated, it cannot be decided, or the spec has an error.
    """
    __tracebackhide__ = True
    asked = {**constants, **(settings or {})}
    if properties:
        asked["only"] = "{" + ", ".join(properties) + "}"
    within = "" if max_steps is None else f" within {max_steps} steps"
    file, result = _answer(spec, asked, f"holds{within}", engine, Limits(max_states=max_states, timeout=timeout))
    if result.met is not True:
        _fail(file, result, f"{spec} does not hold: {result.reason}")
    return result


def assert_violates(
    spec: str | PathLike[str],
    property: str,  # noqa: A002
    *,
    settings: Mapping[str, Setting] | None = None,
    max_steps: int | None = None,
    engine: str = "auto",
    max_states: int | None = None,
    timeout: float | None = None,
    **constants: Setting,
) -> Counterexample:
    """Some run of a spec breaks a property; `deadlock` is one too. The other arguments are those of `assert_holds`.

    >>> run = assert_violates("specs/lost_update.dsc", "nothing_lost", max_steps=8, N=2)  # doctest: +SKIP

    Args:
        spec: the file.
        property: its name.
        settings: those with a dot in their name.
        max_steps: a run of at most so many steps.
        engine: a name of an engine, or `auto`.
        max_states: distinct states after which to stop; that is a failure.
        timeout: seconds after which to stop; that is a failure.
        constants: of the spec.

    Returns:
        A shortest run.

    Raises:
        AssertionError: no run breaks it, it cannot be decided, or the spec has an error.
    """
    __tracebackhide__ = True
    expect = "deadlock" if property == "deadlock" else f"violates {property}"
    limits = Limits(max_states=max_states, timeout=timeout, max_depth=max_steps)
    file, result = _answer(spec, {**constants, **(settings or {})}, expect, engine, limits)
    found = next((run for run in result.counterexamples if run.property == property), None)
    if found is None or result.met is not True:
        _fail(file, result, f"{spec} does not violate {property}: {result.reason}")
    return found


def _answer(
    spec: str | PathLike[str], asked: Mapping[str, Setting], expect: str, engine: str, limits: Limits
) -> tuple[FileResult, CheckResult]:
    """The answer to one more check of a spec, which is written below the text of the file."""
    __tracebackhide__ = True
    path = Path(spec)
    settings = ", ".join(f"{name} = {_text(value)}" for name, value in asked.items())
    text = path.read_text("utf-8").rstrip("\n")
    line = f"check {_ASKED}: {settings} expect {expect}" if settings else f"check {_ASKED} expect {expect}"
    options = CheckOptions(checks=(_ASKED,), engine=engine, limits=limits)
    report = workflow.check_text(f"{text}\n\n{line}\n", options, path=fspath(spec))
    file = report.files[0]
    if not file.checks:
        raise AssertionError(f"{spec} cannot be asked\n\n{report_as_text(report)}")
    result = file.checks[0]
    if result.interrupted:
        raise KeyboardInterrupt
    return file, replace(result, replay="")  # the command does not know this check


def _fail(file: FileResult, result: CheckResult, reason: str) -> NoReturn:
    __tracebackhide__ = True
    parts = [reason, question_as_text(file, result, TextOptions(full_runs=True))]
    if result.outcome is not Outcome.HOLDS:
        parts += [diagram_as_text(diagram_of(run)) for run in result.counterexamples if run.steps]
    raise AssertionError("\n\n".join(parts))


def _text(value: Setting) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- traces ------------------------------------------------------------------------------------


def assert_conforms(
    trace: TraceLike,
    spec: str | PathLike[str] | None = None,
    *,
    check: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    hidden: Iterable[str] = (),
    ignored: Iterable[str] = (),
    words: Mapping[str, str] | None = None,
    processes: Mapping[str, str] | None = None,
    timeout: float | None = None,
    **constants: Setting,
) -> TraceReport:
    """A recorded trace is a behaviour of a spec, and its states keep the invariants.

    >>> assert_conforms("traces/lock_run.jsonl", "specs/centralized_lock.dsc", N=2)  # doctest: +SKIP

    Args:
        trace: a file, a trace, a recorder, or records.
        spec: the file; None for the one that the header names.
        check: of the spec, whose settings hold.
        settings: those with a dot in their name.
        hidden: steps of the spec that the trace need not record.
        ignored: recorded actions that say nothing about the spec.
        words: actions and messages of the spec, by the trace's word.
        processes: processes as the spec writes them, by the trace's name of the node.
        timeout: seconds; that is a failure.
        constants: of the spec.

    Raises:
        AssertionError: it is not, or it cannot be decided.
    """
    __tracebackhide__ = True
    question = TraceQuestion(
        checks=("conformance",),
        spec=None if spec is None else fspath(spec),
        spec_check=check,
        constants={name: _text(value) for name, value in {**constants, **(settings or {})}.items()},
        hidden=tuple(hidden),
        ignored=tuple(ignored),
        words=words or {},
        processes=processes or {},
        timeout=timeout,
    )
    return _accepted(trace, question)


def assert_causal(trace: TraceLike) -> TraceReport:
    """The logical clocks of a recorded trace are those of a run, and causes come before effects.

    Args:
        trace: a file, a trace, a recorder, or records.

    Raises:
        AssertionError: they are not, or the trace has neither clocks nor messages.
    """
    __tracebackhide__ = True
    return _accepted(trace, TraceQuestion(checks=("causality",)))


def assert_linearizable(
    history: TraceLike, model: str | None = None, *, initial: Any = NOT_TOLD, timeout: float | None = None
) -> TraceReport:
    """An order of the operations in real time explains every result of a history.

    >>> assert_linearizable("traces/register.jsonl", "register", initial=0)  # doctest: +SKIP

    Args:
        history: a file, a trace, a recorder, or records such as `{"node": "a", "kind": "invoke", "f": "read"}`.
        model: what the object is, such as `cas-register`; guessed when None.
        initial: what every object holds at first.
        timeout: seconds; that is a failure.

    Raises:
        AssertionError: none does, or it cannot be decided.
    """
    __tracebackhide__ = True
    question = TraceQuestion(checks=("linearizability",), model=model, initial=initial, timeout=timeout)
    return _accepted(history, question)


def _accepted(trace: TraceLike, question: TraceQuestion) -> TraceReport:
    __tracebackhide__ = True
    report = trace_answers.verify([_source(trace)], question)
    if report.interrupted:
        raise KeyboardInterrupt
    text = traces_as_text(report).rstrip("\n")
    if not report.ok:
        wrong = report.outcome if report.outcome is not TraceOutcome.UNKNOWN else "not accepted"
        raise AssertionError(f"the trace is {wrong}\n\n{text}")
    return replace(report, text=text)


def _source(trace: TraceLike) -> str | Trace:
    match trace:
        case Trace():
            return trace
        case TraceRecorder():
            return trace.trace
        case str() | PathLike():
            return fspath(trace)
        case _:
            maker = EventMaker()
            events = tuple(maker.event(dict(each), Place("record", at)) for at, each in enumerate(trace, start=1))
            return Trace("records", "records", "they were given", TraceHeader(nodes=nodes_in(events)), events)


# --- one exploration in a session --------------------------------------------------------------


class ReportsOnce:
    """`check` for several tests: what was asked before is not explored again."""

    def __init__(self, check: Callable[..., Report]) -> None:
        """Begin.

        Args:
            check: answers, as `dscheck.check` does.
        """
        self._check = check
        self._known: dict[tuple[object, ...], Report] = {}

    def __call__(self, path: str | PathLike[str], **asked: Any) -> Report:
        """The answer of `dscheck.check(path, **asked)`."""
        key = (fspath(Path(path).resolve()), Path(path).read_bytes(), repr(sorted(asked.items())))
        if key not in self._known:
            self._known[key] = self._check(path, **asked)
        return self._known[key]
