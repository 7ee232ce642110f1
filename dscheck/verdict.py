"""What is the answer? The one type that every checker returns and every report reads.

A verdict holds text, numbers and JSON values, no expression, state or domain: it can be saved, and reported later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Literal

from dscheck.counterexample import Counterexample
from dscheck.diagnostics import Diagnostic
from dscheck.graph import StateGraph
from dscheck.record import record
from dscheck.shown import ShownInNotebooks
from dscheck.source import SourceFile
from dscheck.spacetime import Diagram


class Outcome(StrEnum):
    """What came out for a property or a whole check. UNKNOWN is never a success."""

    HOLDS = "holds"
    HOLDS_WITHIN = "holds_within"
    VIOLATED = "violated"
    DEADLOCK = "deadlock"
    UNKNOWN = "unknown"


@record
class PropertyResult:
    """What came out for one property.

    Attributes:
        name: as declared; deadlock and the implicit violations (`range`, `assertion`, …) have theirs too.
        kind: invariant, step, reachable, bound, tight, progress, eventually, always eventually, deadlock or failure.
        outcome: holds, holds_within, violated or unknown.
        note: a remark, such as why it is unknown.
    """

    name: str
    kind: str
    outcome: Outcome
    note: str = ""


@record
class Statistics:
    """How much was explored.

    Attributes:
        states: distinct reachable states, the initial ones included.
        transitions: labels enabled in stored states.
        depth: longest shortest path from an initial state, in steps.
        seconds: wall-clock time of the check.
        peak_memory_bytes: largest resident size of the process so far.
        complete: whether everything reachable was explored.
    """

    states: int
    transitions: int
    depth: int
    seconds: float
    peak_memory_bytes: int
    complete: bool


@record
class Caution:
    """Something a green verdict should not hide, such as an action that never ran.

    Attributes:
        kind: `vacuity` fails under `--strict`; `remark` never does.
        text: a sentence.
        line: where it stands (from 1); 0 if nowhere.
    """

    kind: Literal["vacuity", "remark"]
    text: str
    line: int = 0


@record
class CheckResult:
    """The answer to one check.

    Attributes:
        name: of the check; a sweep's members are called `name[N=3]`.
        settings: every effective setting, as printed.
        expect: the expectation, as written: `holds`, `violates mutex in 8 steps`, `deadlock`.
        outcome: of the whole check.
        reason: a sentence: what decided, or which limit stopped the search.
        met: whether the expectation came true; None when that is unknown.
        engine: the one that answered.
        assumptions: what the answer rests on. Sentences.
        assuming: names of the timers of which something is assumed: a check that holds `holds assuming` them.
        notes: what to know about how it was answered, such as why not by the engine that was asked. Sentences.
        interrupted: whether the user stopped it.
        line: of the check in its file; 0 for the implicit one.
        replay: a command that runs this check again, or goes on with it.
        graph: the reachable states, where they were asked for.
    """

    name: str
    settings: Mapping[str, str]
    expect: str
    outcome: Outcome
    reason: str
    met: bool | None
    engine: str
    statistics: Statistics
    properties: tuple[PropertyResult, ...]
    counterexamples: tuple[Counterexample, ...]
    assumptions: tuple[str, ...] = ()
    warnings: tuple[Caution, ...] = ()
    interrupted: bool = False
    line: int = 0
    replay: str = ""
    notes: tuple[str, ...] = ()
    assuming: tuple[str, ...] = ()
    graph: StateGraph | None = None


ClaimKind = Literal["expect", "forall", "find", "ask", "solve", "query", "given"]


@record
class CoreLine:
    """A line of a block that takes part in an explanation: `given measured (line 12)`.

    Attributes:
        name: of the line if it has one, else its first word: `measured`, `at got`, `clock C`.
        line: in the file, from 1.
        text: as written.
    """

    name: str
    line: int
    text: str


@record
class ClaimResult:
    """The answer to one line of a schedule or timing block.

    Attributes:
        kind: what the line does; `given` is the claim that the block's own facts do not contradict each other.
        name: of a query; empty elsewhere.
        text: the line as written.
        line: in the file, from 1.
        outcome: HOLDS, VIOLATED or UNKNOWN; a query or `?` that has an answer HOLDS.
        met: whether it is as the file says; None if unknown.
        value: the answer as exact text: `614/99`, `unbounded`, `possible`, `[2, 1, 0]`; empty if it has none.
        value_json: the same for programs: text for numbers that are not whole, never a float.
        note: a sentence: `for all 42 pairs`, `6 witnesses, first x = g, y = d`, `the least upper bound, not reached`.
        diagrams: a run that shows it: a witness, a counterexample, the schedule that reaches an optimum.
        reasons: why nothing can: a smallest set of lines that exclude it.
    """

    kind: ClaimKind
    name: str
    text: str
    line: int
    outcome: Outcome
    met: bool | None
    value: str = ""
    value_json: Any = None
    note: str = ""
    diagrams: tuple[Diagram, ...] = ()
    reasons: tuple[CoreLine, ...] = ()


@record
class BlockResult:
    """The answer to one `schedule`, `schedules` or `timing` block.

    Attributes:
        name: of the block.
        kind: which of the three.
        outcome: HOLDS if every claim is as the file says, VIOLATED if one is not, else UNKNOWN.
        met: the same; None if unknown.
        reason: a sentence, when it is not met: which claim and why.
        claims: one per line that claims, asks or queries something.
        diagram: of a `schedule`, with the values of its clocks.
        counted: what was looked at, as `{"events": 7}` or `{"schedules": 1234}`.
        seconds: wall-clock time.
        interrupted: whether the user stopped it.
        line: in the file, from 1.
        replay: a command that asks it again.
        notes: what to know about how it was answered. Sentences.
        warnings: what a green answer should not hide.
    """

    name: str
    kind: Literal["schedule", "schedules", "timing"]
    outcome: Outcome
    met: bool | None
    reason: str
    claims: tuple[ClaimResult, ...]
    diagram: Diagram | None = None
    counted: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    line: int = 0
    replay: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[Caution, ...] = ()


@record
class FileResult:
    """The answers for one file, or the errors that kept it from being asked.

    Attributes:
        path: as given.
        protocol: its name; empty when it could not be read.
        source: the text, None when it could not be read.
        checks: one per check, in the order of the file.
        diagnostics: errors (then there are no checks) and warnings.
        blocks: one per schedule or timing block that was asked, in the order of the file.
    """

    path: str
    protocol: str
    source: SourceFile | None
    checks: tuple[CheckResult, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    blocks: tuple[BlockResult, ...] = ()

    @property
    def questions(self) -> tuple[BlockResult | CheckResult, ...]:
        """All that the file asks: its blocks, then its checks."""
        return (*self.blocks, *self.checks)


EXIT_MET, EXIT_NOT_MET, EXIT_NOT_ASKED, EXIT_UNKNOWN, EXIT_OUR_FAULT, EXIT_INTERRUPTED = 0, 1, 2, 3, 4, 130
_WORST_FIRST = (EXIT_OUR_FAULT, EXIT_INTERRUPTED, EXIT_NOT_ASKED, EXIT_NOT_MET, EXIT_UNKNOWN, EXIT_MET)


@record
class Report(ShownInNotebooks):
    """Everything that one call answered.

    `str(report)` is set by `dscheck.check` through `text`, so that printing it reads as the command line does.
    """

    version: str
    files: tuple[FileResult, ...]
    text: str = ""

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """All checks of all files."""
        return tuple(check for file in self.files for check in file.checks)

    @property
    def blocks(self) -> tuple[BlockResult, ...]:
        """All schedules and timing blocks of all files."""
        return tuple(block for file in self.files for block in file.blocks)

    @property
    def ok(self) -> bool:
        """Every file could be asked and every expectation was met."""
        return self.exit_code() == EXIT_MET

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        parts = [f"{len(self.files)} files", f"{len(self.checks)} checks"]
        parts += [f"{len(self.blocks)} blocks"] if self.blocks else []
        return f"<Report: {', '.join(parts)}, {'ok' if self.ok else 'not ok'}>"

    def missing_checks(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names` that no check or block has, be it as its own name or that of its sweep.

        None while some file could not be asked: it might have them.
        """
        if any(diagnostic.severity == "error" for file in self.files for diagnostic in file.diagnostics):
            return ()
        found = {name for check in self.checks for name in (check.name, check.name.partition("[")[0])}
        found |= {block.name for block in self.blocks}
        return tuple(name for name in names if name not in found)

    def exit_code(self, *, strict: bool = False) -> int:
        """The worst of all checks and blocks, in the order 4, 130, 2, 1, 3, 0.

        Args:
            strict: count a vacuity warning as an expectation not met.
        """
        codes = {EXIT_MET}
        for file in self.files:
            if any(diagnostic.severity == "error" for diagnostic in file.diagnostics):
                codes.add(EXIT_NOT_ASKED)
            codes.update(check_exit_code(each, strict=strict) for each in file.questions)
        return next(code for code in _WORST_FIRST if code in codes)


def check_exit_code(check: CheckResult | BlockResult, *, strict: bool = False) -> int:
    """The exit code that one check, or one block, alone would give."""
    if check.interrupted:
        return EXIT_INTERRUPTED
    if check.met is None:
        return EXIT_UNKNOWN
    vacuous = strict and any(warning.kind == "vacuity" for warning in check.warnings)
    return EXIT_MET if check.met and not vacuous else EXIT_NOT_MET
