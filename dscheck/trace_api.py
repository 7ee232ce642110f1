"""How are recorded traces judged from Python? `read_trace` for files, `verify` for files and traces."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike, fspath
from typing import Any

from dscheck.report.traces_as_text import traces_as_text
from dscheck.trace_answers import verify as verify_traces
from dscheck.traces.asking import NOT_TOLD, TraceQuestion
from dscheck.traces.event import Trace
from dscheck.traces.formats.readers import read_traces as read_files
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.verdict import TraceReport

TraceLike = str | PathLike[str] | Trace


def read_trace(
    path: str | PathLike[str],
    *,
    format: str | None = None,  # noqa: A002
    mapping: str | None = None,
    pattern: str | None = None,
    delimiter: str | None = None,
    skip_unmatched: bool = False,
) -> Trace:
    """Read the one execution in a file, in any of the formats.

    Args:
        path: a file, plain or compressed.
        format: by its name; recognised when None.
        mapping: the text of a mapping file.
        pattern: a regular expression with named groups, for a text log.
        delimiter: a regular expression for the lines between two executions.
        skip_unmatched: lines that the expression does not match are no events.

    Raises:
        TraceError: it cannot be read.
        ValueError: it holds several; `read_traces` reads them.
    """
    options = _reading(mapping, pattern, delimiter, skip_unmatched=skip_unmatched)
    traces = read_files([fspath(path)], format, options)
    if len(traces) != 1:
        raise ValueError(f"{fspath(path)} holds {len(traces)} executions: read_traces reads them")
    return traces[0]


def read_traces(
    path: str | PathLike[str],
    *,
    format: str | None = None,  # noqa: A002
    mapping: str | None = None,
    pattern: str | None = None,
    delimiter: str | None = None,
    skip_unmatched: bool = False,
) -> tuple[Trace, ...]:
    """Read all executions in a file; the arguments are those of `read_trace`.

    Raises:
        TraceError: it cannot be read.
    """
    options = _reading(mapping, pattern, delimiter, skip_unmatched=skip_unmatched)
    return read_files([fspath(path)], format, options)


def _reading(mapping: str | None, pattern: str | None, delimiter: str | None, *, skip_unmatched: bool) -> ReadOptions:
    return ReadOptions(
        pattern=pattern, delimiter=delimiter, mapping=mapping, unmatched="skip" if skip_unmatched else None
    )


def verify(
    trace: TraceLike | Iterable[TraceLike],
    spec: str | PathLike[str] | None = None,
    checks: str | Iterable[str] | None = None,
    *,
    check: str | None = None,
    constants: Mapping[str, int | bool | str] | None = None,
    hidden: Iterable[str] = (),
    ignored: Iterable[str] = (),
    words: Mapping[str, str] | None = None,
    processes: Mapping[str, str] | None = None,
    model: str | None = None,
    initial: Any = NOT_TOLD,
    delivery: Iterable[str] = (),
    skew: int | None = None,
    drift_ppm: int | None = None,
    delay_min: int | None = None,
    delay_max: int | None = None,
    lease: int | None = None,
    could_precede: tuple[str, str] | None = None,
    timeout: float | None = None,
    format: str | None = None,  # noqa: A002
    mapping: str | None = None,
    pattern: str | None = None,
    delimiter: str | None = None,
    skip_unmatched: bool = False,
) -> TraceReport:
    """Judge recorded traces.

    >>> import dscheck
    >>> report = dscheck.verify("server.jsonl", spec="lock.dsc")  # doctest: +SKIP
    >>> print(report)                                            # doctest: +SKIP
    >>> assert report.ok                                         # doctest: +SKIP

    Args:
        trace: a file, a trace that was read before, or several of them.
        spec: the file of a spec that they should be behaviours of; None for the one that a header names.
        checks: names of checks; all that find something to look at when None.
        check: the check of the spec whose settings hold.
        constants: overrides of constants and settings of the spec.
        hidden: steps of the spec that a trace need not record.
        ignored: recorded actions that say nothing about the spec.
        words: actions and messages of the spec, by the trace's word.
        processes: processes as the spec writes them, by the trace's name of the node.
        model: of what histories are, such as `cas-register`.
        initial: the first value of every object of a history.
        delivery: what is demanded of messages: `fifo`, `causal`, `lossless`; or allowed: `duplicates`.
        skew: how far a clock is off real time at most, in the unit of the trace; likewise the next four.
        drift_ppm: how much a clock gains or loses at most.
        delay_min: of a message.
        delay_max: of a message.
        lease: how long a lock is held at most.
        could_precede: two events, each as `:LINE`, `NODE#NUMBER` or its action: can the first have happened before the
            second? Without `checks` nothing else is asked.
        timeout: seconds of each check; the answer is then unknown. Only the main thread can stop most of them.
        format: of files, as for `read_trace`; likewise the rest.
        mapping: the text of a mapping file.
        pattern: a regular expression with named groups.
        delimiter: a regular expression for the lines between two executions.
        skip_unmatched: lines that the expression does not match are no events.

    Returns:
        The answers; printing them reads as the command line does. Files that cannot be read are in it too.

    Raises:
        WrongQuestion: no check, object or demand has such a name.
    """
    several = [trace] if isinstance(trace, str | PathLike | Trace) else list(trace)
    asked = TraceQuestion(
        checks=((checks,) if isinstance(checks, str) else tuple(checks or ()))
        + (("could-precede",) if could_precede is not None else ()),
        format=format,
        reading=_reading(mapping, pattern, delimiter, skip_unmatched=skip_unmatched),
        spec=None if spec is None else fspath(spec),
        spec_check=check,
        constants={
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in (constants or {}).items()
        },
        hidden=tuple(hidden),
        ignored=tuple(ignored),
        words=words or {},
        processes=processes or {},
        model=model,
        initial=initial,
        delivery=tuple(delivery),
        skew=skew,
        drift_ppm=drift_ppm,
        delay_min=delay_min,
        delay_max=delay_max,
        lease=lease,
        could_precede=could_precede,
        timeout=timeout,
    )
    report = verify_traces([each if isinstance(each, Trace) else fspath(each) for each in several], asked)
    return replace(report, text=traces_as_text(report).rstrip("\n"))
