"""How is a recorded trace a test? One item: what the checks say is what its sidecar or header expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dscheck import trace_answers
from dscheck.integrations.expected_trace import (
    RECORDED,
    SIDECAR,
    ExpectedTrace,
    WrongSidecar,
    difference,
    expected_of,
)
from dscheck.integrations.green_verdicts import name_of
from dscheck.integrations.pytest_asking import NotMet, mark, seconds_of, shown, verdicts_of
from dscheck.report.traces_as_text import traces_as_text
from dscheck.traces.checks import WrongQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path


def is_read_with_another(path: Path) -> bool:
    """Is it the sidecar of a trace that is collected itself?"""
    stem = path.name.removesuffix(SIDECAR)
    return path.name.endswith(SIDECAR) and any(path.with_name(stem + end).is_file() for end in RECORDED)


class TraceFile(pytest.File):
    """A recorded trace, which is one test."""

    def collect(self) -> Iterator[TraceJudgement]:
        """The one item, called by what is expected: `accepted` or `rejected`."""
        try:
            expected = expected_of(self.path, shown(self.path), seconds_of(self.config))
        except WrongSidecar as error:
            raise self.CollectError(f"error: {error}") from None
        except OSError as error:
            raise self.CollectError(f"error: {error.filename} cannot be read: {error.strerror}") from None
        yield TraceJudgement.from_parent(self, name=str(expected.outcome), expected=expected)


class TraceJudgement(pytest.Item):
    """Does that come out for the trace which should?"""

    def __init__(self, *, expected: ExpectedTrace, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.expected = expected
        mark(self)

    def runtest(self) -> None:
        """Ask the checks, unless the answer is known.

        Raises:
            NotMet: something else comes out.
            KeyboardInterrupt: the user stopped the search.
        """
        verdicts = verdicts_of(self.config)
        if verdicts is None:
            self._ask()
            return
        text = b"\0".join(path.read_bytes() for path in self.expected.files)
        key = name_of(text, {"trace": self.expected.command, "expect": str(self.expected.outcome)})
        with verdicts.asking(key) as known:
            if known is None:
                verdicts.keep(key, self._ask())
                return
        self.user_properties.append(("dscheck_known_since", known["when"]))

    def _ask(self) -> dict[str, int]:
        try:
            report = trace_answers.verify([str(self.expected.trace)], self.expected.question)
        except WrongQuestion as error:
            raise NotMet(f"{error}\n{error.help}".rstrip()) from None
        if report.interrupted:
            raise KeyboardInterrupt
        wrong = difference(self.expected, report)
        if wrong:
            raise NotMet(f"not met: {wrong}\n\n{traces_as_text(report).rstrip()}\n\n  next  {self.expected.command}")
        events = sum(each.events for each in report.traces)
        self.user_properties.append(("events", events))
        return {"events": events}

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What the checks say; a traceback for a fault of ours."""
        if isinstance(excinfo.value, NotMet):
            return excinfo.value.story
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        """File, line from 0, title."""
        return self.path, max(0, self.expected.line - 1), f"{self.path.name}: {self.name}"
