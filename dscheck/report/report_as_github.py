"""What does a workflow of GitHub print so that findings stand at their lines? Workflow commands, one for each finding.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from dscheck.report.findings import Finding, findings_of
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

_COMMANDS = {"not met": "error", "error": "error", "unknown": "warning", "warning": "warning"}


def report_as_github(report: Report | TraceReport) -> str:
    """The commands, one to a line; what came out as expected has none."""
    return "".join(_command(each) for each in findings_of(report) if each.kind != "met")


def _command(finding: Finding) -> str:
    about = {"file": finding.file, "line": finding.line, "col": finding.column, "title": f"dscheck {finding.kind}"}
    told = ",".join(f"{key}={escaped_property(str(value))}" for key, value in about.items() if value)
    words = finding.details or finding.message
    if finding.name and not words.startswith(finding.message):
        words = f"{finding.message}\n{words}" if words != finding.message else words
    if finding.help and finding.help not in words:
        words += f"\n{finding.help}"
    return f"::{_COMMANDS[finding.kind]} {told}::{escaped_message(words)}\n"


def escaped_message(text: str) -> str:
    """The text of a message: a line end would end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """The value of a property, which a comma or colon would end."""
    return escaped_message(text).replace(":", "%3A").replace(",", "%2C")
