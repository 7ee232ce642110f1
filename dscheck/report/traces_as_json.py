"""What does a program read of recorded traces? One JSON document, described by `docs/verify-report.schema.json`."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from dscheck.report.as_json import diagram_as_data
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.verdict import TraceReport, TraceResult, Unreadable

FORMAT = 1


def traces_as_json(report: TraceReport) -> str:
    """The document, in ASCII and indented, ending in a newline."""
    return json.dumps(traces_as_data(report), indent=2) + "\n"


def traces_as_data(report: TraceReport) -> dict[str, Any]:
    """The document as dicts, lists, text and numbers."""
    outcomes = Counter(trace.outcome for trace in report.traces)
    data: dict[str, Any] = {
        "dscheck": report.version,
        "format": FORMAT,
        "verdict": report.outcome.value,
        "checks": [
            {"trace": number, **_check(finding)}
            for number, trace in enumerate(report.traces)
            for finding in trace.findings
        ],
        "traces": [_trace(trace) for trace in report.traces],
        "counts": {
            "traces": len(report.traces),
            "events": sum(trace.events for trace in report.traces),
            **{
                each.value: outcomes[each]
                for each in (TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN)
            },
        },
        "seconds": round(report.seconds, 6),
    }
    if report.errors:
        data["errors"] = [_error(each) for each in report.errors]
    if report.interrupted:
        data["interrupted"] = True
    return data


def _trace(trace: TraceResult) -> dict[str, Any]:
    return {
        "file": trace.file,
        "name": trace.name,
        "format": trace.format,
        "why": trace.why,
        "verdict": trace.outcome.value,
        "events": trace.events,
        "nodes": trace.nodes,
        "notes": list(trace.notes),
        "seconds": round(trace.seconds, 6),
    } | ({"asked": list(trace.asked)} if trace.asked else {})


def _check(finding: TraceFinding) -> dict[str, Any]:
    return {
        "name": finding.check,
        "outcome": finding.outcome.value,
        "kind": finding.kind,
        "reason": finding.reason,
        "events": _witnesses(finding.events),
        "core": _witnesses(finding.core),
        "order": list(finding.order),
        "counts": dict(finding.counts),
        "data": _plain(finding.data),
        "seconds": round(finding.seconds, 6),
    } | ({} if finding.diagram is None else {"diagram": diagram_as_data(finding.diagram)})


def _witnesses(witnesses: Iterable[Witness]) -> list[dict[str, Any]]:
    return [
        {"file": each.place.file, "line": each.place.line, "text": each.text, "role": each.role} for each in witnesses
    ]


def _error(error: Unreadable) -> dict[str, Any]:
    return {
        "file": error.file,
        "line": error.line,
        "message": error.message,
        "help": error.help,
        "chosen": error.chosen,
    }


def _plain(value: Any) -> Any:
    """JSON; a key of a history may be anything that can be hashed, and is told as its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=repr)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
