"""What does a program read? The report as one JSON document, described by `docs/check-report.schema.json`."""

import json
import re
from collections.abc import Iterable
from typing import Any

from dscheck.diagnostics import Diagnostic
from dscheck.source import SourceFile, Span
from dscheck.spacetime import Arrow, Diagram, DiagramEvent
from dscheck.verdict import (
    BlockResult,
    Caution,
    CheckResult,
    ClaimResult,
    Counterexample,
    FileResult,
    MessageEvent,
    Report,
    Step,
)

FORMAT = 1
_NUMBER = re.compile(r"-?\d+")


def report_as_json(report: Report) -> str:
    """The document, in ASCII and indented, ending in a newline."""
    return json.dumps(report_as_data(report), indent=2) + "\n"


def report_as_data(report: Report) -> dict[str, Any]:
    """The document as dicts, lists, text and numbers."""
    return {"dscheck": report.version, "format": FORMAT, "files": [_file(file) for file in report.files]}


def _file(file: FileResult) -> dict[str, Any]:
    data: dict[str, Any] = {
        "path": file.path,
        "protocol": file.protocol,
        "checks": [_check(check) for check in file.checks],
    }
    if file.blocks:
        data["blocks"] = [_block(block) for block in file.blocks]
    if file.diagnostics:
        data["diagnostics"] = [_diagnostic(file.source, each) for each in file.diagnostics]
    return data


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        "settings": {key: _setting(value) for key, value in check.settings.items()},
        "expect": check.expect,
        "outcome": check.outcome.value,
        "reason": check.reason,
        "met": check.met is True,
        "engine": check.engine,
        "states": check.statistics.states,
        "transitions": check.statistics.transitions,
        "depth": check.statistics.depth,
        "seconds": round(check.statistics.seconds, 6),
        "peak_memory_bytes": check.statistics.peak_memory_bytes,
        "properties": [
            {"name": each.name, "kind": each.kind, "outcome": each.outcome.value} for each in check.properties
        ],
        "counterexamples": [_counterexample(each) for each in check.counterexamples],
        "assuming": list(check.assuming),
        "assumptions": list(check.assumptions),
        "notes": list(check.notes),
        "warnings": _warnings(check.warnings),
    }


def _block(block: BlockResult) -> dict[str, Any]:
    return {
        "name": block.name,
        "kind": block.kind,
        "line": block.line,
        "outcome": block.outcome.value,
        "met": block.met is True,
        "reason": block.reason,
        "seconds": round(block.seconds, 6),
        "counted": dict(block.counted),
        "claims": [_claim(claim) for claim in block.claims],
        "diagram": None if block.diagram is None else _diagram(block.diagram),
        "notes": list(block.notes),
        "warnings": _warnings(block.warnings),
    }


def _claim(claim: ClaimResult) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "name": claim.name,
        "text": claim.text,
        "line": claim.line,
        "outcome": claim.outcome.value,
        "met": claim.met is True,
        "value": (claim.value or None) if claim.value_json is None else claim.value_json,
        "note": claim.note,
        "diagrams": [_diagram(diagram) for diagram in claim.diagrams],
        "reasons": [{"name": each.name, "line": each.line, "text": each.text} for each in claim.reasons],
    }


def _diagram(diagram: Diagram) -> dict[str, Any]:
    return {
        "title": diagram.title,
        "lanes": list(diagram.lanes),
        "events": [_event(diagram, event) for event in diagram.events],
        "arrows": [_arrow(diagram, each) for each in diagram.arrows],
    }


def _event(diagram: Diagram, event: DiagramEvent) -> dict[str, Any]:
    data = {"name": event.name, "lane": diagram.lanes[event.lane], "kind": event.kind, "values": dict(event.values)}
    return data | ({"time": event.time} if event.time else {})


def _arrow(diagram: Diagram, arrow: Arrow) -> dict[str, Any]:
    data: dict[str, Any] = {"message": arrow.message, "start": arrow.start, "end": arrow.end}
    if arrow.to is not None:
        data["to"] = diagram.lanes[arrow.to]
    return data | ({"under_way": True} if arrow.under_way else {})


def _warnings(warnings: Iterable[Caution]) -> list[dict[str, Any]]:
    return [{"kind": each.kind, "text": each.text, "line": each.line} for each in warnings]


def _setting(text: str) -> str | int | bool:
    """Numbers and flags as such; a name or a set of names as its text."""
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _NUMBER.fullmatch(text) else text


def _counterexample(counterexample: Counterexample) -> dict[str, Any]:
    return {
        "property": counterexample.property,
        "length": counterexample.length,
        "initial": dict(counterexample.initial_json),
        "steps": [_step(step) for step in counterexample.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {
        "process": step.process,
        "kind": step.kind,
        "action": step.action,
        "bindings": dict(step.bindings),
        "sent": _messages(step.sent, "sent"),
        "received": _messages(step.received, "received"),
        "changes": {each.variable: {"from": each.before_json, "to": each.after_json} for each in step.changes},
    }
    if step.events:
        data["events"] = list(step.events)
    if step.failure:
        data["failure"] = step.failure
    return data


def _messages(events: Iterable[MessageEvent], usual: str) -> list[dict[str, str]]:
    """The kind is told only where it is not the usual one of the list: a message dropped at once, lost, duplicated."""
    return [
        {"message": each.message, "from": each.sender, "to": each.receiver}
        | ({} if each.kind == usual else {"kind": each.kind})
        for each in events
    ]


def _diagnostic(source: SourceFile | None, diagnostic: Diagnostic) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "note": diagnostic.note,
        "label": diagnostic.label,
        "place": None if source is None or diagnostic.span is None else _place(source, diagnostic.span),
        "related": [],
        "fix": None,
    }
    if source is not None:
        data["related"] = [{"text": each.text, "place": _place(source, each.span)} for each in diagnostic.related]
        if diagnostic.fix is not None:
            fix = diagnostic.fix
            data["fix"] = {"title": fix.title, "replacement": fix.replacement, "place": _place(source, fix.span)}
    return data


def _place(source: SourceFile, span: Span) -> dict[str, int]:
    """Lines and columns from 1; the end is the first character that is no longer meant."""
    line, column = source.position(span.start)
    end_line, end_column = source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
