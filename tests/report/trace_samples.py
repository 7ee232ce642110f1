"""Which reports about traces does every format have to tell well? Built by hand."""

from dscheck.traces.event import Place
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.verdict import TraceReport, TraceResult, Unreadable

ACCEPTED, REJECTED, UNKNOWN, NOT_ASKED = TraceOutcome


def at(line: int, text: str, role: str = "", file: str = "run.jsonl") -> Witness:
    return Witness(Place(file, line), text, role)


def trace(*findings: TraceFinding, file: str = "run.jsonl", asked: tuple[str, ...] = ()) -> TraceResult:
    notes = ("The events are sorted by their times.",) if findings else ()
    return TraceResult(file, file, "native", 'native, since the first line says "format"', 1234, 5, findings, asked, notes, 0.5)  # fmt: skip # noqa: E501


def report(*traces: TraceResult, errors: tuple[Unreadable, ...] = (), interrupted: bool = False) -> TraceReport:
    return TraceReport("1.2.3", traces, errors, 1.25, interrupted)


RIGHT_CLOCKS = TraceFinding(
    "causality",
    ACCEPTED,
    "the 1,234 vector clocks of 5 nodes are those of a run (every claimed past is closed and without cycles)",
    counts={"events": 1234, "nodes": 5},
    seconds=0.01,
)
NO_LOCKS = TraceFinding("mutual-exclusion", NOT_ASKED, "the trace records no acquire or release of a lock")
OVERLAP = TraceFinding(
    "mutual-exclusion",
    REJECTED,
    "lock L: n1 acquires L (run.jsonl:12) and releases it only at run.jsonl:40; n2 acquires L (run.jsonl:17) meanwhile",
    events=(at(17, "n2 acquires L", "while the other holds it"),),
    core=(at(17, "n2 acquires L"), at(12, "n1 acquires L", "has held it since"), at(40, "n1 releases L")),
    kind="overlap seen",
    counts={"locks": 1, "sections": 9, "unfinished": 0},
    seconds=0.02,
    data={"locks": {"L": "overlap seen"}, ("a", 1): {2, 3}, "none": None},
)
LONG = TraceFinding(
    "conformance",
    REJECTED,
    "run.jsonl:99: n1 does something that cannot be\n"
    + "".join(f"  value {i} is {i} and {'very ' * (30 if i == 3 else 1)}long\n" for i in range(30)),
    core=tuple(at(i, f"n{i} sends m{i}\x07 " + "x" * 200, "the other end", "other.log") for i in range(12)),
    seconds=61.2,
)
HISTORY = TraceFinding("linearizability", ACCEPTED, "2 operations have an order.", order=("write 1", "read → 1"))
UNDECIDED = TraceFinding("linearizability", UNKNOWN, "not decided in 2 s", kind="timeout", seconds=2.0)
WRONG_LINE = Unreadable("bad.jsonl", 3, "`seq` holds 0, not a whole number from 1", "count from 1", "native, since …")
MISSING = Unreadable("nofile.jsonl", 0, "cannot be read: No such file or directory", "did you mean file.jsonl?")

REPORTS = {
    "trace-accepted": report(trace(RIGHT_CLOCKS, HISTORY, NO_LOCKS)),
    "trace-rejected": report(trace(RIGHT_CLOCKS, OVERLAP, UNDECIDED)),
    "trace-long": report(trace(LONG, NO_LOCKS)),
    "trace-unknown": report(trace(UNDECIDED, NO_LOCKS), trace(NO_LOCKS, file="none.csv"), interrupted=True),
    "trace-asked": report(trace(NO_LOCKS, asked=("mutual-exclusion",))),
    "trace-many": report(*(trace(RIGHT_CLOCKS, file=f"run{i}.jsonl") for i in range(25)), trace(OVERLAP)),
    "trace-errors": report(trace(RIGHT_CLOCKS), errors=(WRONG_LINE, MISSING)),
    "trace-nothing": report(),
}
