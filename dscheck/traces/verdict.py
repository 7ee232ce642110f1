"""What is the answer about traces? The one type that `verify` gives and its reports read: text and numbers."""

from dataclasses import field

from dscheck.record import record
from dscheck.shown import ShownInNotebooks
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.verdict import EXIT_INTERRUPTED, EXIT_MET, EXIT_NOT_ASKED, EXIT_NOT_MET, EXIT_UNKNOWN

_EXIT_CODES = {
    TraceOutcome.ACCEPTED: EXIT_MET,
    TraceOutcome.REJECTED: EXIT_NOT_MET,
    TraceOutcome.UNKNOWN: EXIT_UNKNOWN,
}
_WORST_FIRST = (TraceOutcome.REJECTED, TraceOutcome.UNKNOWN, TraceOutcome.ACCEPTED)


@record
class TraceResult:
    """The answers about one execution.

    Attributes:
        file: it was read from.
        name: of the execution.
        format: by which it was read.
        why: that format was chosen.
        events: how many.
        nodes: how many.
        findings: one for each check, those that found nothing to look at included.
        asked: names of the checks that were asked for by name: one of them that finds nothing to look at is no success.
        notes: what was assumed while reading.
        seconds: of all its checks.
    """

    file: str
    name: str
    format: str
    why: str
    events: int
    nodes: int
    findings: tuple[TraceFinding, ...]
    asked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def answered(self) -> tuple[TraceFinding, ...]:
        """The findings of checks that had something to look at, or should have had."""
        return tuple(
            each for each in self.findings if each.outcome is not TraceOutcome.NOT_ASKED or each.check in self.asked
        )

    @property
    def outcome(self) -> TraceOutcome:
        """Accepted, rejected or unknown; a trace of which nothing was looked at is not accepted."""
        if any(each.outcome is TraceOutcome.REJECTED for each in self.findings):
            return TraceOutcome.REJECTED
        answered = self.answered
        if answered and all(each.outcome is TraceOutcome.ACCEPTED for each in answered):
            return TraceOutcome.ACCEPTED
        return TraceOutcome.UNKNOWN


@record
class Unreadable:
    """A file, or a line of one, that cannot be read, or a spec that cannot be asked.

    Attributes:
        file: as given.
        line: from 1; 0 for the file as a whole.
        message: what is wrong.
        help: what to do about it.
        chosen: why the file was read in the format that it does not keep.
    """

    file: str
    line: int
    message: str
    help: str = ""
    chosen: str = ""


@record
class TraceReport(ShownInNotebooks):
    """Everything that one call answered about traces.

    `str(report)` is what the command line prints, if `dscheck.verify` made it.
    """

    version: str
    traces: tuple[TraceResult, ...]
    errors: tuple[Unreadable, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False
    text: str = field(default="", compare=False)

    @property
    def outcome(self) -> TraceOutcome:
        """The worst of all traces; unknown if there is none, or a file could not be read."""
        outcomes = {trace.outcome for trace in self.traces}
        if self.errors or not outcomes:
            outcomes.add(TraceOutcome.UNKNOWN)
        return next(each for each in _WORST_FIRST if each in outcomes)

    @property
    def ok(self) -> bool:
        """Every file could be read and every trace was accepted."""
        return self.exit_code() == EXIT_MET

    def exit_code(self) -> int:
        """130 interrupted, 2 something could not be read or asked, 1 rejected, 3 unknown, 0 all accepted."""
        if self.interrupted:
            return EXIT_INTERRUPTED
        return EXIT_NOT_ASKED if self.errors else _EXIT_CODES[self.outcome]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<TraceReport: {len(self.traces)} traces, {self.outcome}>"
