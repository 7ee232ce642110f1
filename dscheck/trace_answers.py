"""What do the checks say of traces? Each is asked that has something to look at, until time is up or Ctrl-C."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import TYPE_CHECKING

from dscheck.diagnostics import SpecError
from dscheck.progress import Observer, Progress, quiet
from dscheck.trace_diagrams import diagram_of_finding
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.checks import CONFORMANCE, TraceCheck, chosen_checks, names_a_spec
from dscheck.traces.errors import TraceError
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.formats.header_fields import header_says
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.sources import STANDARD_INPUT
from dscheck.traces.packed_events import PACKED_FROM
from dscheck.traces.verdict import TraceReport, TraceResult, Unreadable
from dscheck.version import version

if TYPE_CHECKING:
    from dscheck.trace_specs import TraceSpecs

_OF_SPECS = frozenset({"arguments", "variables", "before", "other"})


class _TimeIsUp(Exception):
    """A check took longer than it may."""


def verify(sources: Iterable[str | Trace], asked: TraceQuestion, *, observer: Observer = quiet) -> TraceReport:
    """Judge the traces in files.

    Args:
        sources: files, plain or compressed; `-` for standard input; or traces that were read before.
        asked: which checks, and what is known of the traces.
        observer: told which check of which trace is running.

    Raises:
        WrongQuestion: what is asked makes no sense.
    """
    began = perf_counter()
    judging = _Judging(asked, observer)
    if judging.spec_errors:
        return TraceReport(version(), (), judging.spec_errors, perf_counter() - began)
    results: list[TraceResult] = []
    errors: list[Unreadable] = []
    for source in sources:
        if judging.stopped:
            break
        try:
            observer(_beginning(source if isinstance(source, str) else source.name, "reading"))
            traces = (source,) if isinstance(source, Trace) else read_traces([source], asked.format, judging.reading)
        except TraceError as error:
            errors.append(unreadable(error))
        except KeyboardInterrupt:
            judging.stopped = True
        else:
            results += [judging.result(trace, trace.name if isinstance(source, Trace) else source) for trace in traces]
    return TraceReport(
        version(), tuple(results), tuple(errors), perf_counter() - began, interrupted=judging.stopped
    )  # fmt: skip


def unreadable(error: TraceError) -> Unreadable:
    """The same as a value; for a file that is not there, with the name of one that is."""
    place = error.place
    help_text = error.help or (_nearest(Path(place.file)) if not place.line else "")
    return Unreadable(place.file, place.line, error.message, help_text, error.chosen)


class _Judging:
    """Runs the checks of one call.

    Attributes:
        reading: how to read files, so that memory holds what the checks need.
        spec_errors: why the spec that was asked for cannot be asked.
        stopped: somebody pressed Ctrl-C: the rest is not asked.
    """

    def __init__(self, asked: TraceQuestion, observer: Observer) -> None:
        self._asked = asked
        self._observer = observer
        self._checks = chosen_checks(asked)
        # Nobody but the spec asks for these; a header that names one is known before the events.
        unread = frozenset[str]() if CONFORMANCE in asked.checks or asked.spec is not None else _OF_SPECS
        self.reading = replace(asked.reading, packed_from=PACKED_FROM, unread=unread)
        self._specs: TraceSpecs | None = None
        self.spec_errors: tuple[Unreadable, ...] = ()
        self.stopped = False
        named = asked.spec or (asked.model if asked.model is not None and names_a_spec(asked.model) else None)
        if named is not None:
            from dscheck.trace_specs import problems

            try:
                self._loaded_specs()
            except (OSError, SpecError) as error:
                self.spec_errors = tuple(problems(error, named))

    def _loaded_specs(self) -> "TraceSpecs":
        from dscheck.trace_specs import TraceSpecs

        if self._specs is None:
            self._specs = TraceSpecs(self._asked)
        return self._specs

    def result(self, trace: Trace, file: str) -> TraceResult:
        """The answers about one trace."""
        began = perf_counter()
        model = self._model_of(trace, file)
        findings = tuple(self._findings(trace, file, model))
        judges_runs = self._asked.spec is not None and self._asked.spec != model
        asked = (*self._asked.checks, *((CONFORMANCE,) if judges_runs else ()))
        return TraceResult(
            file,
            trace.name,
            trace.format,
            trace.why,
            len(trace.events),
            len(trace.header.nodes) or len({event.node for event in trace.events}),
            findings,
            asked,
            trace.notes,
            perf_counter() - began,
        )

    def _model_of(self, trace: Trace, file: str) -> str | None:
        """The spec that is the object of a history: the model, else a spec of one process whose actions it calls."""
        asked, said = self._asked, header_says(trace.header, "model")
        if asked.model is not None:
            return asked.model if names_a_spec(asked.model) else None
        if asked.spec is not None:
            return asked.spec if self._loaded_specs().is_object(asked.spec, trace) else None
        if said is not None and names_a_spec(said):
            from dscheck.trace_specs import beside

            return beside(file, said)
        return None

    def _findings(self, trace: Trace, file: str, model: str | None) -> Iterator[TraceFinding]:
        for check in self._checks:
            yield self._answered(trace, check.name, partial(self._found, check, trace, model), check)
        named = self._asked.spec or trace.header.spec
        wanted = CONFORMANCE in self._asked.checks or not self._asked.checks or self._asked.spec is not None
        if wanted and CONFORMANCE not in self._asked.checks and self._asked.spec is not None and named == model:
            reason = "the spec is the object of this history: linearizability is what it asks"
            yield TraceFinding(CONFORMANCE, TraceOutcome.NOT_ASKED, reason)
        elif wanted and named is None:
            reason = "no spec was named, neither by the one who asks nor by the header"
            yield TraceFinding(CONFORMANCE, TraceOutcome.NOT_ASKED, reason)
        elif wanted:
            yield self._answered(trace, CONFORMANCE, lambda: self._loaded_specs().judged(trace, file))

    def _found(self, check: TraceCheck, trace: Trace, model: str | None) -> TraceFinding:
        """What a check says; one that asks for a model may get it from a spec."""
        if model is None or "model" not in check.options:
            return check.run(trace, self._asked)
        from dscheck.trace_specs import problems

        try:
            made = self._loaded_specs().object_of(model, trace)
        except (OSError, SpecError) as error:
            reasons = "; ".join(told.message for told in problems(error, model))
            return TraceFinding(check.name, TraceOutcome.UNKNOWN, f"{model}: {reasons}", kind="spec")
        return check.run(trace, replace(self._asked, object=made))

    def _answered(
        self, trace: Trace, name: str, run: Callable[[], TraceFinding], check: TraceCheck | None = None
    ) -> TraceFinding:
        if self.stopped:
            return TraceFinding(name, TraceOutcome.UNKNOWN, "not asked: interrupted before", kind="interrupted")
        began = perf_counter()
        # A search that is told how long it may take says how far it came.
        limit = None if check is not None and "timeout" in check.options else self._asked.timeout
        try:
            self._observer(_beginning(trace.name, name))
            with _time_limit(limit):
                finding = run()
        except _TimeIsUp:
            reason = f"not decided in {limit:g} s"
            finding = TraceFinding(name, TraceOutcome.UNKNOWN, reason, kind="timeout")
        except KeyboardInterrupt:
            self.stopped = True
            finding = TraceFinding(name, TraceOutcome.UNKNOWN, "interrupted", kind="interrupted")
        diagram = diagram_of_finding(trace, finding) if finding.outcome is TraceOutcome.REJECTED else None
        return replace(finding, seconds=perf_counter() - began, diagram=diagram)


@contextmanager
def _time_limit(seconds: float | None) -> Iterator[None]:
    """Raise `_TimeIsUp` in the block after some time. Only the main thread, and no Windows, can be woken that way."""
    if seconds is None or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    import numpy  # noqa: F401  # woken in the middle of it, the process would be left with half a library

    def wake(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, wake)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _beginning(file: str, check: str) -> Progress:
    """What an observer hears: which check of which trace it is, for there is nothing to count."""
    return Progress(states=0, transitions=0, queue=0, depth=0, seconds=0.0, memory_bytes=0, file=file, check=check)


def _nearest(path: Path) -> str:
    if str(path) == STANDARD_INPUT or path.exists():
        return ""
    try:
        names = [other.name for other in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    near = get_close_matches(path.name, names, 1, 0.5)
    return f"did you mean {path.with_name(near[0])}?" if near else ""
