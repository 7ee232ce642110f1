"""What should come out for a recorded trace? Its sidecar `NAME.trace.toml` says so, or the header of the trace.

    spec = "lock.dsc"           # seen from this file
    expect = "rejected"         # accepted (the default) or rejected
    by = "mutual-exclusion"     # the check that must reject it
    line = 6                    # the event that it must be rejected for

The rest are the options of `dscheck verify`. A sidecar may name a trace in another format: `trace = "n1.log"`.
"""

import gzip
import json
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dscheck.record import record
from dscheck.traces.asking import NOT_TOLD, TraceQuestion
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.verdict import TraceReport, TraceResult

SIDECAR = ".trace.toml"
RECORDED = (".trace.jsonl", ".trace.jsonl.gz")
_OUTCOMES = (TraceOutcome.ACCEPTED, TraceOutcome.REJECTED)
_TEXTS = ("spec", "check", "expect", "by", "model", "format", "mapping", "trace")
_NUMBERS = ("line", "skew", "drift_ppm", "delay_min", "delay_max", "lease")
_LISTS = ("checks", "hidden", "ignored", "delivery")
_TABLES = ("set", "nodes", "words")
_KEYS = (*_TEXTS, *_NUMBERS, *_LISTS, *_TABLES, "initial")
_OF_THE_HEADER = ("expect", "by", "line", "hidden", "ignored")  # the rest of a header is read with the trace


class WrongSidecar(Exception):
    """What is said of a trace makes no sense; the message names the file."""


@record
class ExpectedTrace:
    """A trace, and what should come out.

    Attributes:
        trace: the file.
        question: what to ask of it.
        outcome: accepted or rejected.
        by: the check that must reject it; empty for any.
        line: of the event that it must be rejected for; 0 for any.
        files: all files that the answer depends on.
        command: `dscheck verify …` that asks the same.
    """

    trace: Path
    question: TraceQuestion
    outcome: TraceOutcome
    by: str
    line: int
    files: tuple[Path, ...]
    command: str


def expected_of(path: Path, shown: Path, timeout: float | None = None) -> ExpectedTrace:
    """What is said of a trace.

    Args:
        path: the trace, or the sidecar of one in another format.
        shown: the same, as people should see it.
        timeout: seconds of each check.

    Raises:
        WrongSidecar: it makes no sense.
        OSError: a file cannot be read.
    """
    if path.name.endswith(SIDECAR):
        said, sidecar, trace = _sidecar(path, shown), path, None
        if "trace" not in said:
            beside = path.name.removesuffix(SIDECAR)
            raise WrongSidecar(f'{shown}: there is no {beside}.trace.jsonl, and no line `trace = "FILE"` names another')
        trace = shown.parent / said["trace"]
    else:
        stem = next(path.name.removesuffix(end) for end in RECORDED if path.name.endswith(end))
        sidecar, trace = path.with_name(stem + SIDECAR), shown
        said = _of_header(path, shown)
        if sidecar.is_file():
            said = {**said, **_sidecar(sidecar, shown.with_name(sidecar.name))}
    if not trace.is_file():
        raise WrongSidecar(f"{shown}: there is no file {trace}")
    return _expected(trace, sidecar, shown, said, timeout)


def _expected(trace: Path, sidecar: Path, shown: Path, said: Mapping[str, Any], timeout: float | None) -> ExpectedTrace:
    outcome = said.get("expect", TraceOutcome.ACCEPTED)
    if outcome not in _OUTCOMES:
        raise WrongSidecar(f"{shown}: expect is {outcome!r}, neither `accepted` nor `rejected`")
    if outcome == TraceOutcome.ACCEPTED and ("by" in said or "line" in said):
        raise WrongSidecar(f'{shown}: `by` and `line` say what rejects the trace, so they need `expect = "rejected"`')
    spec = None if "spec" not in said else str(shown.parent / said["spec"])
    mapping = None if "mapping" not in said else shown.parent / said["mapping"]
    question = TraceQuestion(
        checks=tuple(said.get("checks", ())),
        format=said.get("format"),
        reading=ReadOptions(
            mapping=None if mapping is None else mapping.read_text("utf-8"), mapping_file=str(mapping or "mapping")
        ),
        spec=spec,
        spec_check=said.get("check") if spec is not None else None,
        constants={name: _text(value) for name, value in said.get("set", {}).items()},
        hidden=tuple(said.get("hidden", ())),
        ignored=tuple(said.get("ignored", ())),
        words=said.get("words", {}),
        processes=said.get("nodes", {}),
        model=said.get("model"),
        initial=said.get("initial", NOT_TOLD),
        delivery=tuple(said.get("delivery", ())),
        timeout=timeout,
        **{name: said.get(name) for name in _NUMBERS if name != "line"},
    )
    header_spec = said.get("header spec")
    named = () if header_spec is None else (trace.parent / header_spec, Path(header_spec))  # looked for in this order
    specs = named if spec is None else (Path(spec),)
    files = tuple(path for path in (trace, sidecar, mapping, *specs) if path is not None and path.is_file())
    return ExpectedTrace(
        trace,
        question,
        TraceOutcome(outcome),
        said.get("by", ""),
        said.get("line", 0),
        files,
        shlex.join(["dscheck", "verify", str(trace), *_options(said, spec, mapping)]),
    )


def _sidecar(path: Path, shown: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSidecar(f"{shown} is no TOML: {error}") from None
    return _checked(said, shown)


def _checked(said: dict[str, Any], shown: Path) -> dict[str, Any]:
    """The same; each value has the right kind."""
    for name, value in said.items():
        if name not in _KEYS:
            raise WrongSidecar(f"{shown}: there is no key `{name}`; the keys are {', '.join(_KEYS)}")
        kinds = {
            **dict.fromkeys(_TEXTS, ("a text", isinstance(value, str))),
            **dict.fromkeys(_NUMBERS, ("a number", isinstance(value, int) and not isinstance(value, bool))),
            **dict.fromkeys(
                _LISTS, ("a list of texts", isinstance(value, list) and all(isinstance(each, str) for each in value))
            ),
            **dict.fromkeys(_TABLES, ("a table", isinstance(value, dict))),
        }
        kind, right = kinds.get(name, ("", True))
        if not right:
            raise WrongSidecar(f"{shown}: `{name}` is {value!r}, which is not {kind}")
    return said


def _of_header(path: Path, shown: Path) -> dict[str, Any]:
    """What the header, the first line of a trace, says of what should come out. A wrong trace is not our question."""
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        try:
            header = json.loads(file.readline())
        except (ValueError, RecursionError, EOFError, gzip.BadGzipFile):
            return {}
    if not isinstance(header, dict) or "format" not in header:
        return {}
    said = _checked({name: header[name] for name in _OF_THE_HEADER if name in header}, shown)
    return said | ({"header spec": header["spec"]} if isinstance(header.get("spec"), str) else {})


def _options(said: Mapping[str, Any], spec: str | None, mapping: Path | None) -> Iterable[str]:
    """The same question on the command line."""
    if spec is not None:
        yield from ("--spec", spec)
        yield from (("--check", said["check"]) if "check" in said else ())
    for name, value in said.get("set", {}).items():
        yield from ("--set", f"{name}={_text(value)}")
    if "checks" in said:
        yield from ("--checks", ",".join(said["checks"]))
    for name, option in (("hidden", "--hidden"), ("ignored", "--ignore"), ("delivery", "--delivery")):
        for value in said.get(name, ()):
            yield from (option, value)
    for name, option in (("nodes", "--node"), ("words", "--word")):
        for left, right in said.get(name, {}).items():
            yield from (option, f"{left}={right}")
    if mapping is not None:
        yield from ("--mapping", str(mapping))
    if "format" in said:
        yield from ("--from", said["format"])
    if "initial" in said:
        yield from ("--initial", json.dumps(said["initial"]))
    for name in ("model", "skew", "drift_ppm", "delay_min", "delay_max", "lease"):
        if name in said:
            yield from (f"--{name.replace('_', '-')}", str(said[name]))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- what came out -----------------------------------------------------------------------------


def difference(expected: ExpectedTrace, report: TraceReport) -> str:
    """How what came out is not what was expected, a sentence; empty if it is.

    Args:
        expected: what should come out.
        report: what did.
    """
    if report.errors:
        first = report.errors[0]
        return f"{first.file}{f':{first.line}' if first.line else ''}: {first.message}"
    return next((told for each in report.traces if (told := _of_trace(expected, each))), "")


def _of_trace(expected: ExpectedTrace, result: TraceResult) -> str:
    if result.outcome is not expected.outcome:
        return f"{result.outcome}, where {expected.outcome} is expected"
    rejecting = [each for each in result.findings if each.outcome is TraceOutcome.REJECTED]
    if expected.by and not any(each.check == expected.by for each in rejecting):
        return f"rejected by {', '.join(each.check for each in rejecting)}, and not by {expected.by}, as expected"
    guilty = [each for each in rejecting if not expected.by or each.check == expected.by]
    lines = sorted({each.events[0].place.line for each in guilty if each.events})
    if expected.line and expected.line not in lines:
        return f"rejected for line {', '.join(map(str, lines)) or '?'}, and not for line {expected.line}, as expected"
    return ""
