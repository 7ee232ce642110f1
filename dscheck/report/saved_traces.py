"""What did `dscheck verify` say that was saved as JSON? The document, read back."""

from dscheck.report.saved_parts import Part
from dscheck.report.saved_runs import diagram_from
from dscheck.traces.event import Place
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.verdict import TraceReport, TraceResult, Unreadable


def trace_report_from(document: Part) -> TraceReport:
    """The answer about traces.

    Raises:
        SavedError: a part of it is not as `docs/verify-report.schema.json` says.
    """
    traces = document.parts("traces")
    findings: list[list[TraceFinding]] = [[] for _ in traces]
    for part in document.parts("checks"):
        number = part.whole("trace")
        if not 0 <= number < len(traces):
            raise part.wrong(f"is of trace {number}, and there are {len(traces)}")
        findings[number].append(_finding(part))
    return TraceReport(
        document.text("dscheck"),
        tuple(_trace(part, tuple(its)) for part, its in zip(traces, findings, strict=True)),
        tuple(_error(part) for part in document.parts("errors")),
        document.number("seconds"),
        document.flag("interrupted"),
    )


def _trace(part: Part, findings: tuple[TraceFinding, ...]) -> TraceResult:
    return TraceResult(
        part.text("file"),
        part.text("name"),
        part.text("format"),
        part.text("why"),
        part.whole("events"),
        part.whole("nodes"),
        findings,
        part.texts("asked"),
        part.texts("notes"),
        part.number("seconds"),
    )


def _finding(part: Part) -> TraceFinding:
    return TraceFinding(
        check=part.text("name"),
        outcome=TraceOutcome(part.word("outcome", tuple(each.value for each in TraceOutcome))),
        reason=part.text("reason"),
        events=tuple(_witness(each) for each in part.parts("events")),
        core=tuple(_witness(each) for each in part.parts("core")),
        kind=part.text("kind"),
        counts={key: part.part("counts").whole(key) for key in part.mapping("counts")},
        seconds=part.number("seconds"),
        order=part.texts("order"),
        data=part.mapping("data"),
        diagram=diagram_from(part.part("diagram")) if part.has("diagram") else None,
    )


def _witness(part: Part) -> Witness:
    return Witness(Place(part.text("file"), part.whole("line")), part.text("text"), part.text("role"))


def _error(part: Part) -> Unreadable:
    return Unreadable(
        part.text("file"), part.whole("line"), part.text("message"), part.text("help"), part.text("chosen")
    )
