"""Check protocols of distributed systems: every interleaving of a spec, faults included.

>>> import dscheck
>>> report = dscheck.check("specs/mutex.dsc")  # doctest: +SKIP
>>> print(report)                              # doctest: +SKIP
>>> report.ok                                  # doctest: +SKIP
True

Each name is imported on first use, so that `import dscheck` and `dscheck --version` cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dscheck.api import check, check_text
    from dscheck.counterexample import Counterexample
    from dscheck.diagnostics import Diagnostic, SpecError
    from dscheck.graph_api import state_graph
    from dscheck.happens_before_graph import dependency_graph
    from dscheck.integrations.assertions import (
        assert_causal,
        assert_conforms,
        assert_holds,
        assert_linearizable,
        assert_violates,
    )
    from dscheck.integrations.driving import AnotherWay, Deviation, PropertyBroken, drive
    from dscheck.integrations.hypothesis_machine import machine_for
    from dscheck.integrations.recording import TraceRecorder
    from dscheck.report.run_as_diagram import diagram_of
    from dscheck.spacetime import Diagram
    from dscheck.trace_api import read_trace, read_traces, verify
    from dscheck.traces.errors import TraceError
    from dscheck.traces.event import Event, Trace
    from dscheck.traces.finding import TraceFinding, TraceOutcome
    from dscheck.traces.verdict import TraceReport, TraceResult
    from dscheck.verdict import (
        BlockResult,
        CheckResult,
        ClaimResult,
        FileResult,
        Outcome,
        PropertyResult,
        Report,
        Statistics,
    )

    __version__: str

__all__ = [
    "AnotherWay",
    "BlockResult",
    "CheckResult",
    "ClaimResult",
    "Counterexample",
    "Deviation",
    "Diagnostic",
    "Diagram",
    "Event",
    "FileResult",
    "Outcome",
    "PropertyBroken",
    "PropertyResult",
    "Report",
    "SpecError",
    "Statistics",
    "Trace",
    "TraceError",
    "TraceFinding",
    "TraceOutcome",
    "TraceRecorder",
    "TraceReport",
    "TraceResult",
    "__version__",
    "assert_causal",
    "assert_conforms",
    "assert_holds",
    "assert_linearizable",
    "assert_violates",
    "check",
    "check_text",
    "dependency_graph",
    "diagram_of",
    "drive",
    "machine_for",
    "read_trace",
    "read_traces",
    "state_graph",
    "verify",
]

_HOMES = {
    "check": "dscheck.api",
    "check_text": "dscheck.api",
    "assert_causal": "dscheck.integrations.assertions",
    "assert_conforms": "dscheck.integrations.assertions",
    "assert_holds": "dscheck.integrations.assertions",
    "assert_linearizable": "dscheck.integrations.assertions",
    "assert_violates": "dscheck.integrations.assertions",
    "AnotherWay": "dscheck.integrations.driving",
    "Deviation": "dscheck.integrations.driving",
    "PropertyBroken": "dscheck.integrations.driving",
    "drive": "dscheck.integrations.driving",
    "machine_for": "dscheck.integrations.hypothesis_machine",
    "TraceRecorder": "dscheck.integrations.recording",
    "dependency_graph": "dscheck.happens_before_graph",
    "state_graph": "dscheck.graph_api",
    "diagram_of": "dscheck.report.run_as_diagram",
    "Diagnostic": "dscheck.diagnostics",
    "Diagram": "dscheck.spacetime",
    "BlockResult": "dscheck.verdict",
    "ClaimResult": "dscheck.verdict",
    "SpecError": "dscheck.diagnostics",
    "CheckResult": "dscheck.verdict",
    "Counterexample": "dscheck.verdict",
    "FileResult": "dscheck.verdict",
    "Outcome": "dscheck.verdict",
    "PropertyResult": "dscheck.verdict",
    "Report": "dscheck.verdict",
    "Statistics": "dscheck.verdict",
    "read_trace": "dscheck.trace_api",
    "read_traces": "dscheck.trace_api",
    "verify": "dscheck.trace_api",
    "Event": "dscheck.traces.event",
    "Trace": "dscheck.traces.event",
    "TraceError": "dscheck.traces.errors",
    "TraceFinding": "dscheck.traces.finding",
    "TraceOutcome": "dscheck.traces.finding",
    "TraceReport": "dscheck.traces.verdict",
    "TraceResult": "dscheck.traces.verdict",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("dscheck.version").version()
    if name not in _HOMES:
        raise AttributeError(f"module 'dscheck' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
