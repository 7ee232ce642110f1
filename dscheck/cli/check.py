"""`dscheck check`: does every check of these files come out as it says?"""

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from math import inf
from types import FrameType

import click

from dscheck import workflow
from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.cli.progress import restore_cursor, shown_progress
from dscheck.diagnostics import SpecError
from dscheck.engines.engine import UnknownEngine, engine_named
from dscheck.options import CheckOptions, Limits
from dscheck.report.as_json import report_as_json
from dscheck.report.as_text import TextOptions, report_as_text, summary_line
from dscheck.report.style import Style, plain
from dscheck.verdict import EXIT_INTERRUPTED, EXIT_NOT_ASKED, Report

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


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


def _engine(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """One that there is."""
    try:
        engine_named(name)
    except UnknownEngine as error:
        raise click.BadParameter(str(error)) from error
    return name


def overrides_from(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
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


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; may be repeated.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    callback=overrides_from,
    metavar="CONST=VALUE",
    help="Override a constant or setting in every check that does not set it itself.",
)
@click.option(
    "--engine", default="auto", show_default=True, callback=_engine, metavar="NAME", help="Which one explores."
)
@click.option("--max-states", type=click.IntRange(min=1), metavar="N", help="Stop after N states: unknown.")
@click.option("--max-depth", type=click.IntRange(min=0), metavar="N", help="Stop after N steps: unknown.")
@click.option(
    "--timeout",
    type=float,
    callback=_seconds,
    metavar="S",
    help="Stop each check after S seconds: unknown.",
)
@click.option(
    "--max-memory",
    callback=_size,
    metavar="SIZE",
    help="Stop at this much memory: unknown.  [default: 3/4 of the machine's]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.option("-o", "output", metavar="FILE", help="Write the answer to FILE.")
@click.option("--strict", is_flag=True, help="A vacuity warning counts as an expectation not met.")
@click.option("-v", "--verbose", is_flag=True, help="Show the runs of expected violations too.")
@click.option("-q", "--quiet", is_flag=True, help="Only what is not met, and no progress.")
def check(
    files: tuple[str, ...],
    checks: tuple[str, ...],
    overrides: Mapping[str, str],
    engine: str,
    max_states: int | None,
    max_depth: int | None,
    timeout: float | None,
    max_memory: int | None,
    form: str,
    output: str | None,
    strict: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """\b
    dscheck check specs/mutex.dsc
    dscheck check specs --set N=3 --timeout 60

    Explore every interleaving of the specs and judge their checks.

    FILE is a spec, a directory that is searched for *.dsc, or - for standard input.

    \b
    Exit code: 0 every expectation is met, 1 one is not, 2 a file or an option is wrong,
    3 unknown (a limit was reached), 4 a fault in dscheck, 130 interrupted.
    """
    if not files:
        raise click.UsageError("which spec? Name a file, a directory, or - for standard input")
    options = CheckOptions(
        checks=checks,
        constants=overrides,
        engine=engine,
        limits=Limits(max_states=max_states, max_depth=max_depth, timeout=timeout, max_memory=max_memory),
    )
    with OutputFile.open(output) as target:
        with _second_interrupt_kills(), shown_progress(silent=quiet) as observer:
            report = workflow.check_paths(files, options, observer=observer)
        if wrong := _unknown_check(report, checks):
            complain(wrong[0], help=wrong[1])
            return EXIT_NOT_ASKED
        render = style_for(sys.stdout) if output is None else plain
        text = _rendered(report, form, render, strict=strict, quiet=quiet, full_runs=verbose or len(checks) == 1)
        if target is None:
            answer(text)
        else:
            target.write(text)
    if target is not None and not quiet:
        remark(f"{summary_line(report, strict=strict, style=style_for(sys.stderr))}; written to {output}")
    return report.exit_code(strict=strict)


def _rendered(report: Report, form: str, style: Style, *, strict: bool, quiet: bool, full_runs: bool) -> str:
    if form == "json":
        return report_as_json(report)
    options = TextOptions(full_runs=full_runs, quiet=quiet, strict=strict)
    return report_as_text(report, options, style=style)


def _unknown_check(report: Report, asked: Sequence[str]) -> tuple[str, str] | None:
    """The complaint about a name that no file has, with the nearest one; files with errors complain themselves."""
    missing = report.missing_checks(asked)
    if not missing:
        return None
    names: dict[str, None] = {}
    for file in report.files:
        try:
            names.update((name, None) for name, _ in workflow.check_names(file.path))
        except (OSError, SpecError):  # standard input cannot be read twice
            continue
    close = get_close_matches(missing[0], names, n=1)
    known = f"the checks are {', '.join(names)}" if names else "the file has no checks by name"
    return f"there is no check `{missing[0]}`", f"did you mean `{close[0]}`?" if close else known


@contextmanager
def _second_interrupt_kills() -> Iterator[None]:
    """The first Ctrl-C asks the search to stop and tell what it knows; the second does not ask."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, kill)
        raise KeyboardInterrupt

    def kill(_number: int, _frame: FrameType | None) -> None:
        restore_cursor()
        os._exit(EXIT_INTERRUPTED)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
