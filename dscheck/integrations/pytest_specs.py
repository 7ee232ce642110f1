"""How is a spec a file of tests? One item per check and block; a failure tells the run, draws it, and repeats it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dscheck import workflow
from dscheck.diagnostics import SpecError
from dscheck.engines.engine import UnknownEngine
from dscheck.integrations.green_verdicts import name_of
from dscheck.integrations.pytest_asking import NotMet, check_options, is_strict, mark, shown, verdicts_of
from dscheck.report.as_text import question_as_text
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.status import TextOptions, status
from dscheck.verdict import BlockResult, CheckResult, FileResult, check_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike


class SpecFile(pytest.File):
    """A spec, whose checks, schedules and timing blocks are its tests."""

    def collect(self) -> Iterator[SpecCheck]:
        """One item per check, sweeps have one per value; and one per block."""
        try:
            checks = workflow.check_names(shown(self.path))
        except SpecError as error:
            raise self.CollectError(diagnostics_as_text(error.source, error.diagnostics)) from None
        for name, line in checks:
            yield SpecCheck.from_parent(self, name=name, line=line)


class SpecCheck(pytest.Item):
    """One check of a spec, or one of its blocks."""

    def __init__(self, *, line: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.line = line
        mark(self)

    def runtest(self) -> None:
        """Ask it, unless it is known to be green; anything but an expectation met is a failure.

        Raises:
            NotMet: it is not met or unknown, or the spec has an error.
            KeyboardInterrupt: the user stopped the search.
        """
        verdicts = verdicts_of(self.config)
        if verdicts is None:
            self._ask()
            return
        options = check_options(self.config, self.name)
        key = name_of(
            self.path.read_bytes(),
            {
                "check": self.name,
                "engine": options.engine,
                "max_states": options.limits.max_states,
                "store": options.native.store,
                "strict": is_strict(self.config),
            },
        )
        with verdicts.asking(key) as known:
            if known is None:
                verdicts.keep(key, self._ask())
                return
        self.user_properties += [(name, known[name]) for name in ("states", "transitions", "depth") if name in known]
        self.user_properties.append(("dscheck_known_since", known["when"]))

    def _ask(self) -> dict[str, int]:
        """Ask it, and give the numbers of a green verdict."""
        strict = is_strict(self.config)
        try:
            report = workflow.check_paths([shown(self.path)], check_options(self.config, self.name))
        except UnknownEngine as error:
            raise NotMet(str(error)) from None
        file = report.files[0]
        if any(each.interrupted for each in file.questions):
            raise KeyboardInterrupt
        numbers = {}
        for check in file.checks:
            found = check.statistics
            numbers = {"states": found.states, "transitions": found.transitions, "depth": found.depth}
        self.user_properties += numbers.items()
        if report.exit_code(strict=strict) != 0 or not file.questions:
            raise NotMet("\n\n".join(_stories(file, strict=strict)))
        return numbers

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The story of the run for a check that is not met; a traceback for a fault of ours."""
        if isinstance(excinfo.value, NotMet):
            return excinfo.value.story
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        """The check's place in the spec: file, line from 0, title."""
        return self.path, max(0, self.line - 1), f"{self.path.name}: {self.name}"


def _stories(file: FileResult, *, strict: bool) -> Iterator[str]:
    """What the command line would tell of the check, after a line that also stands in pytest's summary."""
    options = TextOptions(full_runs=True, strict=strict)
    if file.diagnostics:
        yield diagnostics_as_text(file.source, file.diagnostics, path=file.path)
    for each in file.questions:
        yield f"{status(each, strict=strict)[0].lower()}: {_reason(each, strict=strict)}"
        yield question_as_text(file, replace(each, replay=""), options)
        if isinstance(each, CheckResult) and each.met is not True:
            yield from (diagram_as_text(diagram_of(run)) for run in each.counterexamples if run.steps)
        if each.replay:
            yield f"  next  {each.replay}{' --strict' if strict else ''}"
    if not file.diagnostics and not file.questions:
        yield f"{file.path} no longer has this check"


def _reason(question: CheckResult | BlockResult, *, strict: bool) -> str:
    if question.met and check_exit_code(question, strict=strict):
        return next(warning.text for warning in question.warnings if warning.kind == "vacuity")
    return question.reason
