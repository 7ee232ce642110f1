"""What is wrong with a spec, as data: a code, places, a reason and a way out.

Terminal, pytest and JSON all render the same `Diagnostic`; each code has a page
in `dscheck/language/errors/`.
"""

from enum import StrEnum

from dscheck.record import record
from dscheck.source import SourceFile, Span


class Severity(StrEnum):
    """How bad it is: an error stops the check, a warning goes along with the verdict."""

    ERROR = "error"
    WARNING = "warning"


@record
class Label:
    """A place and what to say beneath its carets."""

    span: Span
    text: str


@record
class Fix:
    """An edit that repairs the text: put `replacement` where `span` is."""

    span: Span
    replacement: str
    title: str


@record
class Diagnostic:
    """One thing that is wrong.

    Attributes:
        code: stable name such as `DS0201`, or the empty string for a problem outside any spec.
        message: one headline, lowercase, no full stop.
        span: where the reader must act; `None` when no text is at fault (a command-line setting).
        label: what to say at `span`.
        related: other places that give the reason.
        help: what to do.
        note: why it is so.
        fix: an edit that was tried.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    related: tuple[Label, ...] = ()
    help: str = ""
    note: str = ""
    fix: Fix | None = None
    severity: Severity = Severity.ERROR


class SpecError(Exception):
    """A spec that cannot be asked: carries every independent diagnostic, in source order.

    Attributes:
        source: the text at fault.
        diagnostics: at least one error.
    """

    def __init__(self, source: SourceFile, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.source = source
        self.diagnostics = diagnostics
        first = diagnostics[0]
        place = ""
        if first.span is not None:
            line, column = source.position(first.span.start)
            place = f"{line}:{column}: "
        super().__init__(f"{source.path}:{place}{first.code} {first.message}")
