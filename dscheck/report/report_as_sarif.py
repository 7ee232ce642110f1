"""What do tools read that show findings at their places in the source? SARIF 2.1.0 (OASIS, 2020).

A run that breaks a property is a code flow: viewers step through it beside the source.
"""

import json
from typing import Any
from urllib.parse import quote

from dscheck.counterexample import Counterexample
from dscheck.report.findings import Finding, findings_of
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"not met": "error", "error": "error", "unknown": "warning", "warning": "warning"}


def report_as_sarif(report: Report | TraceReport) -> str:
    """The document; what came out as expected is not in it."""
    findings = [each for each in findings_of(report) if each.kind != "met"]
    rules = list(dict.fromkeys(each.rule for each in findings))
    driver = {"name": "dscheck", "semanticVersion": report.version, "rules": [{"id": rule} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules) for each in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    words = finding.message if finding.kind != "unknown" else f"unknown: {finding.message}"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.kind],
        "message": {"text": f"{words}\n{finding.help}" if finding.help else words},
        "locations": [{"physicalLocation": _place(finding)}],
    }
    if finding.run is not None and finding.run.steps:
        result["codeFlows"] = [{"threadFlows": [{"locations": _flow(finding, finding.run)}]}]
    return result


def _place(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file.replace("\\", "/"), safe="/:")}}
    if finding.line:
        place["region"] = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
    return place


def _flow(finding: Finding, run: Counterexample) -> list[dict[str, Any]]:
    """A location for each step, with what it changes; all stand at the property, for a verdict knows no other place."""
    found = []
    for number, step in enumerate(run.steps, start=1):
        changes = ", ".join(f"{change.variable} = {change.after}" for change in step.changes)
        told = "; ".join(part for part in (step.label, changes, step.failure) if part)
        location = {"physicalLocation": _place(finding), "message": {"text": f"{number}. {told}"}}
        found.append({"location": location, "executionOrder": number})
    return found
