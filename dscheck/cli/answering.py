"""What do commands that run checks have in common? Options for how far and how to tell, Ctrl-C, and the answer."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from math import inf
from threading import Timer
from types import FrameType
from typing import Any, TypeVar

import click

from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.cli.progress import restore_cursor, shown_progress
from dscheck.cli.report_formats import written
from dscheck.diagnostics import SpecError
from dscheck.engines.refusals import CheckpointError
from dscheck.options import Limits
from dscheck.progress import Observer
from dscheck.reachable_states import GraphTooLarge
from dscheck.report.as_json import report_as_json
from dscheck.report.as_text import report_as_text, summary_line
from dscheck.report.formats import FORMATS
from dscheck.report.status import TextOptions
from dscheck.report.style import Style, plain
from dscheck.verdict import EXIT_INTERRUPTED, EXIT_NOT_ASKED, Report

_SOON = 0.01
"""Seconds."""
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_LIMITS = ("max_states", "max_depth", "timeout", "max_memory")

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _size(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """Bytes: `500M`, `2GiB`."""
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() not in _UNITS:
        raise click.BadParameter(f"'{text}' is not a size such as 500M or 2GiB")
    size = int(float(match[1]) * _UNITS[match[2].lower()])
    if size == 0:
        raise click.BadParameter("a size must be more than 0")
    return size


def _seconds(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    """More than none, and an end."""
    if seconds is not None and not 0 < seconds < inf:
        raise click.BadParameter(f"{seconds} is not a number of seconds to wait")
    return seconds


def _overrides(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
    """The keys and values of all `--set KEY=VALUE`.

    Raises:
        click.BadParameter: one has another form, or two give a key different values.
    """
    overrides: dict[str, str] = {}
    for text in texts:
        key, _, value = (part.strip() for part in text.partition("="))
        if not (value and _KEY.fullmatch(key)):
            raise click.BadParameter(f"'{text}' does not have the form NAME=VALUE, such as N=3 or network.loss=1")
        if overrides.setdefault(key, value) != value:
            raise click.BadParameter(f"{key} is given two values: {overrides[key]} and {value}")
    return overrides


SET_OPTION = click.option(
    "--set",
    "constants",
    multiple=True,
    callback=_overrides,
    metavar="CONST=VALUE",
    help="Override a constant or setting that the check does not set itself.",
)
TIMEOUT_OPTION = click.option(
    "--timeout",
    type=float,
    callback=_seconds,
    metavar="S",
    help="Stop each check after S seconds: unknown.",
)


def format_options(*, of_traces: bool = False) -> tuple[Callable[[Any], Any], ...]:
    """`--format` and `-o`; of an answer about traces, those formats that can tell it."""
    names = [name for name, form in FORMATS.items() if form.traces or not of_traces]
    return (
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json", *names]),
            default="text",
            show_default=True,
            metavar="NAME",
            help=f"text for people, json for programs, or {', '.join(names)}.",
        ),
        click.option("-o", "output", metavar="FILE", help="Write the answer to FILE."),
    )


FORMAT_OPTIONS = format_options()
QUIET_OPTION = click.option("-q", "--quiet", is_flag=True, help="Only what is not met, and no progress.")
_LIMIT_OPTIONS = (
    click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop after N states: unknown."),
    click.option("--max-depth", type=click.IntRange(min=0), metavar="N", help="Stop after N steps: unknown."),
    TIMEOUT_OPTION,
    click.option(
        "--max-memory",
        callback=_size,
        metavar="SIZE",
        help="Stop at this much memory: unknown.  [default: 3/4 of the machine's]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=1, max=1024),
        metavar="N",
        help="Threads of the native engine.  [default: one per core]",
    ),
)
_REPORT_OPTIONS = (
    *FORMAT_OPTIONS,
    click.option("--strict", is_flag=True, help="A vacuity warning counts as an expectation not met."),
    click.option("-v", "--verbose", is_flag=True, help="Show the runs of expected violations, and all diagrams, too."),
    QUIET_OPTION,
)


def with_options(*options: Callable[[Any], Any]) -> Callable[[_Command], _Command]:
    """A decorator that gives a command these options, in this order."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def shared_options(command: _Command) -> _Command:
    """The options of every command that runs checks: how far, with how many threads, and how to tell."""
    return with_options(*_LIMIT_OPTIONS, *_REPORT_OPTIONS)(command)


def limits_from(given: dict[str, Any]) -> Limits:
    """The limits among the values of `shared_options`."""
    return Limits(**{name: given[name] for name in _LIMITS})


def tell(
    run: Callable[[Observer], Report],
    wrong_with: Callable[[Report], tuple[str, str] | None],
    given: dict[str, Any],
) -> int:
    """Run checks, write the answer, and give the exit code.

    Args:
        run: makes the report; it is told whom to tell how far it is.
        wrong_with: why what was asked makes no sense, and what to do; None if it does.
        given: the values of `shared_options`; `verbose` shows every run and every diagram.
    """
    output, quiet, strict = given["output"], given["quiet"], given["strict"]
    with OutputFile.open(output) as target:
        try:
            with interrupts(), shown_progress(silent=quiet) as observer:
                report = run(observer)
        except CheckpointError as error:
            complain(str(error))
            return EXIT_NOT_ASKED
        except GraphTooLarge as error:
            complain(str(error), help="choose one with --check, or make it smaller: --set N=2")
            return EXIT_NOT_ASKED
        if wrong := wrong_with(report):
            complain(wrong[0], help=wrong[1])
            return EXIT_NOT_ASKED
        render = style_for(sys.stdout) if output is None else plain
        text = _rendered(report, given, render, full_runs=given["verbose"])
        if target is None:
            answer(text)
        else:
            target.write(text)
    if target is not None and not quiet:
        remark(f"{summary_line(report, strict=strict, style=style_for(sys.stderr))}; written to {output}")
    return report.exit_code(strict=strict)


def _rendered(report: Report, given: dict[str, Any], style: Style, *, full_runs: bool) -> str:
    if given["form"] == "json":
        return report_as_json(report)
    if given["form"] in FORMATS:
        return written(report, given["form"])
    options = TextOptions(full_runs=full_runs, quiet=given["quiet"], strict=given["strict"])
    return report_as_text(report, options, style=style)


def unknown_name(
    report: Report, asked: Sequence[str], names_in: Callable[[str], Iterable[tuple[str, int]]], noun: str
) -> tuple[str, str] | None:
    """The complaint about a name that no file has, with the nearest one; files with errors complain themselves.

    Args:
        report: the answer.
        asked: names.
        names_in: the names and lines of a file; may raise SpecError or OSError.
        noun: what they name.
    """
    missing = report.missing_checks(asked)
    if not missing:
        return None
    names: dict[str, None] = {}
    for file in report.files:
        try:
            names.update((name, None) for name, _ in names_in(file.path))
        except (OSError, SpecError):  # standard input cannot be read twice
            continue
    close = get_close_matches(missing[0], names, n=1)
    known = f"the {noun}s are {', '.join(names)}" if names else f"the file has no {noun}s by name"
    return f"there is no {noun} `{missing[0]}`", f"did you mean `{close[0]}`?" if close else known


def _finalises(frame: FrameType | None) -> bool:
    """Is an object being thrown away?"""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False


@contextmanager
def interrupts() -> Iterator[None]:
    """The first Ctrl-C, or `kill`, asks the search to stop and tell what it knows; the second does not ask."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        if _finalises(frame):  # Python swallows what is raised there, such as where z3 frees a term: soon, then
            again = Timer(_SOON, os.kill, (os.getpid(), number))
            again.daemon = True
            again.start()
            return
        for each in before:
            signal.signal(each, kill)
        raise KeyboardInterrupt

    def kill(_number: int, _frame: FrameType | None) -> None:
        restore_cursor()
        os._exit(EXIT_INTERRUPTED)

    # A time limit of a CI ends us by SIGTERM: without this, a compiler that hangs would outlive us.
    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
