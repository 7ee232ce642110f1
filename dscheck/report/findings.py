"""What does a CI want to know of an answer? One finding for each question: where, and how it came out."""

from collections.abc import Iterator
from typing import Literal

from dscheck.counterexample import Counterexample
from dscheck.diagnostics import Severity
from dscheck.record import record
from dscheck.report.as_text import question_as_text
from dscheck.report.run_ending import violation_text
from dscheck.report.status import status
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import BlockResult, CheckResult, FileResult, Report

FindingKind = Literal["met", "not met", "unknown", "error", "warning"]


@record
class Finding:
    """How one question came out.

    Attributes:
        file: it is about.
        name: of the check, schedule, timing block or check of a trace; empty for the file as a whole.
        kind: how it came out; `error`: it could not be asked; `warning`: something that keeps no answer back.
        rule: what is violated, or the code of a diagnostic: a stable name.
        message: one line.
        line: in the file, from 1; 0 for the file as a whole.
        column: from 1; 0 if nothing says which.
        details: the same as a person reads it, in several lines.
        seconds: that it took.
        run: that shows it, if one does.
        help: what to do.
    """

    file: str
    name: str
    kind: FindingKind
    rule: str
    message: str
    line: int = 0
    column: int = 0
    details: str = ""
    seconds: float = 0.0
    run: Counterexample | None = None
    help: str = ""


def findings_of(report: Report | TraceReport) -> tuple[Finding, ...]:
    """All findings, those that came out as expected too, in the order of the answer."""
    return tuple(_of_traces(report) if isinstance(report, TraceReport) else _of_files(report))


def _of_files(report: Report) -> Iterator[Finding]:
    for file in report.files:
        for diagnostic in file.diagnostics:
            line, column = 0, 0
            if file.source is not None and diagnostic.span is not None:
                line, column = file.source.position(diagnostic.span.start)
            kind: FindingKind = "error" if diagnostic.severity is Severity.ERROR else "warning"
            yield Finding(
                file.path, "", kind, diagnostic.code or "file", diagnostic.message, line, column,
                "\n".join(filter(None, (diagnostic.message, diagnostic.note, diagnostic.help))), help=diagnostic.help,
            )  # fmt: skip
        for question in file.questions:
            yield from _of_question(file, question)


def _of_question(file: FileResult, question: BlockResult | CheckResult) -> Iterator[Finding]:
    word = status(question)[0]
    kind: FindingKind = "met" if word == "MET" else ("not met" if word == "NOT MET" else "unknown")
    seconds = question.seconds if isinstance(question, BlockResult) else question.statistics.seconds
    details = "" if kind == "met" else question_as_text(file, question)
    reason = question.reason or question.outcome.value
    if isinstance(question, CheckResult) and kind == "not met" and question.counterexamples:
        for number, run in enumerate(question.counterexamples):
            yield Finding(
                file.path, question.name, kind, run.property, f"{question.name}: {violation_text(run)}",
                run.line or question.line, details=details, seconds=0.0 if number else seconds, run=run,
            )  # fmt: skip
        return
    yield Finding(
        file.path, question.name, kind, question.name, f"{question.name}: {reason}", question.line, details=details,
        seconds=seconds,
    )  # fmt: skip


def _of_traces(report: TraceReport) -> Iterator[Finding]:
    kinds: dict[TraceOutcome, FindingKind] = {
        TraceOutcome.ACCEPTED: "met", TraceOutcome.REJECTED: "not met", TraceOutcome.UNKNOWN: "unknown",
        TraceOutcome.NOT_ASKED: "unknown",
    }  # fmt: skip
    for error in report.errors:
        yield Finding(
            error.file, "", "error", "file", error.message, error.line, help=error.help, details=error.message
        )
    for trace in report.traces:
        for finding in trace.answered:
            first = next(iter((*finding.events, *finding.core)), None)
            yield Finding(
                trace.file, finding.check, kinds[finding.outcome], finding.check, finding.reason.split("\n")[0],
                0 if first is None else first.place.line, details=finding.reason, seconds=finding.seconds,
            )  # fmt: skip
