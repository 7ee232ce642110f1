"""What does a CI that counts tests read? XML as JUnit and pytest write it: a test case for each question."""

from itertools import groupby

from dscheck.report.findings import Finding, findings_of
from dscheck.report.pictures.markup import element, escaped
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


def report_as_junit(report: Report | TraceReport) -> str:
    """The document: what is not met is a failure; what is not known, or could not be asked, is an error."""
    findings = [each for each in findings_of(report) if each.kind != "warning"]
    suites = "".join(_suite(file, list(group)) for file, group in groupby(findings, key=lambda each: each.file))
    whole = element("testsuites", _counts("dscheck", findings), f"\n{suites}")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{whole}\n'


def _counts(name: str, findings: list[Finding]) -> dict[str, object]:
    kinds = [each.kind for each in findings]
    return {
        "name": name,
        "tests": len(kinds),
        "failures": kinds.count("not met"),
        "errors": kinds.count("unknown") + kinds.count("error"),
        "skipped": 0,
        "time": f"{sum(each.seconds for each in findings):.3f}",
    }


def _suite(file: str, findings: list[Finding]) -> str:
    cases = "".join(_case(each) for each in findings)
    return element("testsuite", _counts(file, findings), f"\n{cases}") + "\n"


def _case(finding: Finding) -> str:
    several = finding.run is not None and finding.rule != finding.name
    name = f"{finding.name}[{finding.rule}]" if several else finding.name or finding.rule
    about: dict[str, object] = {
        "classname": finding.file,
        "name": name,
        "file": finding.file,
        "line": finding.line or None,
        "time": f"{finding.seconds:.3f}",
    }
    if finding.kind == "met":
        return element("testcase", about) + "\n"
    tag = "failure" if finding.kind == "not met" else "error"
    told = element(tag, {"message": finding.message, "type": finding.kind}, escaped(finding.details) or " ")
    return element("testcase", about, told) + "\n"
