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
    from dscheck.diagnostics import Diagnostic, SpecError
    from dscheck.happens_before_graph import dependency_graph
    from dscheck.report.run_as_diagram import diagram_of
    from dscheck.spacetime import Diagram
    from dscheck.verdict import (
        BlockResult,
        CheckResult,
        ClaimResult,
        Counterexample,
        FileResult,
        Outcome,
        PropertyResult,
        Report,
        Statistics,
    )

    __version__: str

__all__ = [
    "BlockResult",
    "CheckResult",
    "ClaimResult",
    "Counterexample",
    "Diagnostic",
    "Diagram",
    "FileResult",
    "Outcome",
    "PropertyResult",
    "Report",
    "SpecError",
    "Statistics",
    "__version__",
    "check",
    "check_text",
    "dependency_graph",
    "diagram_of",
]

_HOMES = {
    "check": "dscheck.api",
    "check_text": "dscheck.api",
    "dependency_graph": "dscheck.happens_before_graph",
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
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("dscheck.version").version()
    if name not in _HOMES:
        raise AttributeError(f"module 'dscheck' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
