"""What does a program read? The report as one JSON document, described by `docs/check-report.schema.json`."""

import json
import re
from collections.abc import Iterable
from typing import Any

from dscheck.counterexample import Change, Counterexample, MessageEvent, Reason, Step
from dscheck.diagnostics import Diagnostic
from dscheck.graph import StateGraph
from dscheck.source import SourceFile, Span
from dscheck.spacetime import Arrow, Diagram, DiagramEvent, NetworkMark
from dscheck.verdict import BlockResult, Caution, CheckResult, ClaimResult, FileResult, Report

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
    if file.source is not None:
        data["source"] = file.source.text
    if file.blocks:
        data["blocks"] = [_block(block) for block in file.blocks]
    if file.diagnostics:
        data["diagnostics"] = [_diagnostic(file.source, each) for each in file.diagnostics]
    return data


def _check(check: CheckResult) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": check.name,
        "line": check.line,
        "settings": {key: _setting(value) for key, value in check.settings.items()},
        "expect": check.expect,
        "outcome": check.outcome.value,
        "reason": check.reason,
        "met": check.met is True,
        **_undecided(check),
        "engine": check.engine,
        "states": check.statistics.states,
        "transitions": check.statistics.transitions,
        "depth": check.statistics.depth,
        "complete": check.statistics.complete,
        "seconds": round(check.statistics.seconds, 6),
        "peak_memory_bytes": check.statistics.peak_memory_bytes,
        "properties": [
            {"name": each.name, "kind": each.kind, "outcome": each.outcome.value}
            | ({"note": each.note} if each.note else {})
            for each in check.properties
        ],
        "counterexamples": [_counterexample(each) for each in check.counterexamples],
        "assuming": list(check.assuming),
        "assumptions": list(check.assumptions),
        "notes": list(check.notes),
        "warnings": _warnings(check.warnings),
        "replay": check.replay,
    }
    if check.graph is not None:
        data["graph"] = _graph(check.graph)
    return data


def _undecided(question: CheckResult | BlockResult | ClaimResult) -> dict[str, bool]:
    """What `met` does not tell: that it is not known, and that somebody pressed Ctrl-C."""
    data = {} if question.met is not None else {"decided": False}
    stopped = not isinstance(question, ClaimResult) and question.interrupted
    return data | ({"interrupted": True} if stopped else {})


def _graph(graph: StateGraph) -> dict[str, Any]:
    return {
        "states": [dict(state) for state in graph.states],
        "initial": list(graph.initial),
        "edges": [{"from": each.start, "to": each.end, "label": each.label} for each in graph.edges],
        "broken": {str(number): list(names) for number, names in graph.broken.items()},
    }


def _block(block: BlockResult) -> dict[str, Any]:
    return {
        "name": block.name,
        "kind": block.kind,
        "line": block.line,
        "outcome": block.outcome.value,
        "met": block.met is True,
        **_undecided(block),
        "reason": block.reason,
        "seconds": round(block.seconds, 6),
        "counted": dict(block.counted),
        "claims": [_claim(claim) for claim in block.claims],
        "diagram": None if block.diagram is None else diagram_as_data(block.diagram),
        "notes": list(block.notes),
        "warnings": _warnings(block.warnings),
        "replay": block.replay,
    }


def _claim(claim: ClaimResult) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "name": claim.name,
        "text": claim.text,
        "line": claim.line,
        "outcome": claim.outcome.value,
        "met": claim.met is True,
        **_undecided(claim),
        "value": (claim.value or None) if claim.value_json is None else claim.value_json,
        **_text("value_text", claim.value, claim.value_json),
        "note": claim.note,
        "diagrams": [diagram_as_data(diagram) for diagram in claim.diagrams],
        "reasons": [{"name": each.name, "line": each.line, "text": each.text} for each in claim.reasons],
    }


def diagram_as_data(diagram: Diagram) -> dict[str, Any]:
    """One diagram; what has its usual value is left out."""
    data: dict[str, Any] = {
        "title": diagram.title,
        "lanes": list(diagram.lanes),
        "events": [_event(diagram, event) for event in diagram.events],
        "arrows": [_arrow(diagram, each) for each in diagram.arrows],
    }
    if diagram.network_marks:
        data["network_marks"] = [_network_mark(diagram, each) for each in diagram.network_marks]
    data |= {} if diagram.loop_from is None else {"loop_from": diagram.loop_from}
    return data | ({"stops": True} if diagram.stops else {})


def _event(diagram: Diagram, event: DiagramEvent) -> dict[str, Any]:
    data = {"name": event.name, "lane": diagram.lanes[event.lane], "kind": event.kind, "values": dict(event.values)}
    more = {
        "time": event.time,
        "mark": event.mark,
        "guilty": event.guilty,
        "wrong": list(event.wrong),
        "note": event.note,
    }
    return data | {key: value for key, value in more.items() if value} | _state(event)


def _arrow(diagram: Diagram, arrow: Arrow) -> dict[str, Any]:
    data: dict[str, Any] = {"message": arrow.message, "start": arrow.start, "end": arrow.end}
    if arrow.to is not None:
        data["to"] = diagram.lanes[arrow.to]
    more = {"under_way": arrow.under_way, "fate": arrow.fate, "copied": arrow.copied, "fields": dict(arrow.fields)}
    data |= {key: value for key, value in more.items() if value}
    return data | ({} if arrow.ended is None else {"ended": arrow.ended})


def _network_mark(diagram: Diagram, mark: NetworkMark) -> dict[str, Any]:
    between = [diagram.lanes[lane] for lane in mark.lanes]
    data: dict[str, Any] = {"kind": mark.kind, "between": between, "after": mark.after}
    return data | ({"message": mark.message} if mark.message else {}) | _state(mark)


def _state(at: DiagramEvent | NetworkMark) -> dict[str, int]:
    return {} if at.state is None else {"state": at.state}


def _warnings(warnings: Iterable[Caution]) -> list[dict[str, Any]]:
    return [{"kind": each.kind, "text": each.text, "line": each.line} for each in warnings]


def _setting(text: str) -> str | int | bool:
    """Numbers and flags as such; a name or a set of names as its text."""
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if _NUMBER.fullmatch(text) else text


def _counterexample(counterexample: Counterexample) -> dict[str, Any]:
    texts = {
        name: text
        for name, text in counterexample.initial.items()
        if text != text_of_json(counterexample.initial_json.get(name))
    }
    data: dict[str, Any] = {
        "property": counterexample.property,
        "line": counterexample.line,
        "length": counterexample.length,
        "loop_from": counterexample.loop_from,
        "initial": dict(counterexample.initial_json),
        "initial_texts": texts,
        "steps": [_step(step) for step in counterexample.steps],
        "why": [_reason(each) for each in counterexample.why],
    }
    if counterexample.loop_from is not None:
        data["fairness"] = [{"owed": each.text, "because": each.value} for each in counterexample.fairness]
    return data


def _reason(reason: Reason) -> dict[str, Any]:
    data: dict[str, Any] = {"text": reason.text, "value": reason.value}
    return data | ({"because": [_reason(each) for each in reason.because]} if reason.because else {})


def text_of_json(value: Any) -> str | None:
    """The text that a JSON value stands for, where that is plain: `none`, `true`, `3`, `Node[1]`; None of an array."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int() | str():
            return str(value)
        case _:
            return None


def _text(key: str, text: str, value: Any) -> dict[str, str]:
    """The text of a value, where its JSON does not tell it."""
    return {} if not text or (value is None or text_of_json(value) == text) else {key: text}


def _step(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {
        "process": step.process,
        "kind": step.kind,
        "action": step.action,
        "label": step.label,
        "bindings": dict(step.bindings),
        "sent": _messages(step.sent, "sent"),
        "received": _messages(step.received, "received"),
        "changes": {each.variable: _change(each) for each in step.changes},
    }
    if step.events:
        data["events"] = list(step.events)
    if step.failure:
        data["failure"] = step.failure
    return data


def _change(change: Change) -> dict[str, Any]:
    texts = (("from_text", change.before, change.before_json), ("to_text", change.after, change.after_json))
    data: dict[str, Any] = {"from": change.before_json, "to": change.after_json}
    return data | {key: text for key, text, value in texts if text != text_of_json(value)}


def _messages(events: Iterable[MessageEvent], usual: str) -> list[dict[str, Any]]:
    """The kind is told only where it is not the usual one of the list: a message dropped at once, lost, duplicated."""
    return [
        {"message": each.message, "from": each.sender, "to": each.receiver}
        | ({} if each.kind == usual else {"kind": each.kind})
        | ({"fields": dict(each.fields)} if each.fields else {})
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
