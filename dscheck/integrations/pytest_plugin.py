"""How is a spec a test? pytest collects one item per check and block of each `*.dsc`; a failure tells what breaks it.

Nothing of dscheck is imported at the top: every pytest run in an environment with dscheck loads this module.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

    from dscheck.options import CheckOptions
    from dscheck.verdict import FileResult

MOST_COMMENT = 100_000  # characters of comments before the first word


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and settings of the plugin."""
    group = parser.getgroup("dscheck", "specs of distributed protocols")
    group.addoption("--dscheck-engine", metavar="NAME", help="which engine explores (over the setting dscheck_engine)")
    group.addoption("--dscheck-timeout", metavar="SECONDS", type=float, help="stop each check after so many seconds")
    parser.addini("dscheck_engine", "which engine explores *.dsc specs", default="auto")
    parser.addini("dscheck_max_states", "stop each check of a *.dsc spec after so many states", default="")
    parser.addini("dscheck_workers", "threads of the native engine; default: all cores, with xdist a share", default="")
    parser.addini("dscheck_store", "how the native engine keeps states: plain, tree or fingerprint", default="plain")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting that makes no sense before anything is collected."""
    number_in(config, "dscheck_max_states", "states")
    number_in(config, "dscheck_workers", "threads")


def number_in(config: pytest.Config, name: str, unit: str) -> int | None:
    """The setting of that name; None when it is not set.

    Raises:
        pytest.UsageError: it is no number.
    """
    text = str(config.getini(name)).strip()
    if text and not (text.isdecimal() and int(text) > 0):
        raise pytest.UsageError(f"{name} is {text!r}, not a number of {unit}")
    return int(text) if text else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecFile | None:
    """A spec; Debian's source packages end in `.dsc` too, so its first word decides."""
    if file_path.suffix == ".dsc" and is_spec(file_path):
        return SpecFile.from_parent(parent, path=file_path)
    return None


def is_spec(path: Path) -> bool:
    """Whether the file begins as a spec does, after comments."""
    from dscheck.language import parser

    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return parser.is_spec(file.read(MOST_COMMENT))


def shown(path: Path) -> Path:
    """The path as a user at the command line would give it, so that the replay command can be pasted."""
    here = type(path).cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class SpecFile(pytest.File):
    """A spec, whose checks, schedules and timing blocks are its tests."""

    def collect(self) -> Iterator[SpecCheck]:
        """One item per check, sweeps have one per value; and one per block."""
        from dscheck import workflow
        from dscheck.diagnostics import SpecError
        from dscheck.report.diagnostics_as_text import diagnostics_as_text

        try:
            checks = workflow.check_names(shown(self.path))
        except SpecError as error:
            raise self.CollectError(diagnostics_as_text(error.source, error.diagnostics)) from None
        for name, line in checks:
            yield SpecCheck.from_parent(self, name=name, line=line)


class CheckNotMetError(Exception):
    """A check whose expectation did not come true, or could not be decided."""

    def __init__(self, story: str) -> None:
        super().__init__(story)
        self.story = story


class SpecCheck(pytest.Item):
    """One check of a spec, or one of its blocks."""

    def __init__(self, *, line: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.line = line

    def runtest(self) -> None:
        """Ask it; anything but an expectation met is a failure.

        Raises:
            CheckNotMetError: it is not met or unknown, or the spec has an error.
            KeyboardInterrupt: the user stopped the search.
        """
        from dscheck import workflow
        from dscheck.engines.engine import UnknownEngine

        try:
            options = check_options(self.config, self.name)
        except ValueError as error:
            raise CheckNotMetError(f"the settings of dscheck: {error}") from None
        try:
            report = workflow.check_paths([shown(self.path)], options)
        except UnknownEngine as error:
            raise CheckNotMetError(str(error)) from None
        file = report.files[0]
        if any(each.interrupted for each in file.questions):
            raise KeyboardInterrupt
        for check in file.checks:
            self.user_properties += [
                ("states", check.statistics.states),
                ("transitions", check.statistics.transitions),
                ("depth", check.statistics.depth),
            ]
        if report.exit_code() != 0 or not file.questions:
            raise CheckNotMetError("\n\n".join(_stories(file)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The story of the run for a check that is not met; a traceback for a fault of ours."""
        if isinstance(excinfo.value, CheckNotMetError):
            return excinfo.value.story
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        """The check's place in the spec: file, line from 0, title."""
        return self.path, max(0, self.line - 1), f"{self.path.name}::{self.name}"


def check_options(config: pytest.Config, name: str) -> CheckOptions:
    """What the command line and the settings ask of one check."""
    from dscheck.explore.cores import usable_cores
    from dscheck.explore.limits import default_memory_limit
    from dscheck.options import CheckOptions, Limits, NativeOptions

    workers, memory = number_in(config, "dscheck_workers", "threads"), None
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:  # each would take all cores and three quarters of the memory
        workers, memory = workers or max(1, usable_cores() // processes), default_memory_limit() // processes
    return CheckOptions(
        checks=(name,),
        engine=config.getoption("dscheck_engine") or str(config.getini("dscheck_engine")),
        limits=Limits(
            max_states=number_in(config, "dscheck_max_states", "states"),
            timeout=config.getoption("dscheck_timeout"),
            max_memory=memory,
        ),
        native=NativeOptions(workers=workers, store=str(config.getini("dscheck_store"))),  # type: ignore[arg-type]
    )


def _stories(file: FileResult) -> Iterator[str]:
    """What the command line would tell of the check, after a line that also stands in pytest's summary."""
    from dscheck.report.as_text import question_as_text
    from dscheck.report.diagnostics_as_text import diagnostics_as_text
    from dscheck.report.status import TextOptions, status

    if file.diagnostics:
        yield diagnostics_as_text(file.source, file.diagnostics, path=file.path)
    for each in file.questions:
        yield f"{status(each)[0].lower()}: {each.reason}"
        yield question_as_text(file, each, TextOptions(full_runs=True))
    if not file.diagnostics and not file.questions:
        yield f"{file.path} no longer has this check"
