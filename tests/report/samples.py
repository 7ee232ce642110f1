"""Which reports does every format have to tell well? Built by hand, so that no search is needed to test the telling."""

from diagrams import CRISTIAN, worksheet

from dscheck.counterexample import Change, Counterexample, MessageEvent, Reason, Step
from dscheck.diagnostics import Diagnostic, Fix, Label, Severity
from dscheck.source import SourceFile, Span
from dscheck.verdict import (
    BlockResult,
    Caution,
    CheckResult,
    ClaimResult,
    CoreLine,
    FileResult,
    Outcome,
    PropertyResult,
    Report,
    Statistics,
)

VERSION = "1.2.3"
MUTEX_TEXT = "\n" * 30 + "invariant mutual_exclusion: count(c in Client if c.mode == inside) <= 1\n"


def change(variable: str, before: str, after: str) -> Change:
    return Change(variable, before, after, before, after)


def sent(message: str, sender: str, *receivers: str, kind: str = "sent") -> tuple[MessageEvent, ...]:
    return tuple(MessageEvent(message, sender, receiver, kind) for receiver in receivers)


def action(process: str, name: str, *changes: Change, out: tuple[MessageEvent, ...] = (), **bindings: str) -> Step:
    return Step(process, "action", name, f"{process} {name}", bindings, out, (), changes)


def arrival(process: str, message: str, sender: str, *changes: Change, out: tuple[MessageEvent, ...] = ()) -> Step:
    label = f"{process} on {message} from {sender}"
    received = (MessageEvent(message, sender, process, "received"),)
    return Step(process, "arrival", message.partition("(")[0], label, {}, out, received, changes)


def statistics(states: int, transitions: int, depth: int, seconds: float = 0.04, complete: bool = True) -> Statistics:
    return Statistics(states, transitions, depth, seconds, 41_000_000, complete)


MUTEX_STEPS = (
    action("Client[0]", "ask", change("Client[0].mode", "idle", "waiting"), out=sent("Acquire", "Client[0]", "Server")),
    action("Client[1]", "ask", change("Client[1].mode", "idle", "waiting"), out=sent("Acquire", "Client[1]", "Server")),
    arrival("Server", "Acquire", "Client[0]", change("Server.holder", "none", "Client[0]"),
            out=sent("Grant", "Server", "Client[0]")),
    arrival("Server", "Acquire", "Client[1]", change("Server.holder", "Client[0]", "Client[1]"),
            out=sent("Grant", "Server", "Client[1]")),
    arrival("Client[0]", "Grant", "Server", change("Client[0].mode", "waiting", "inside")),
    arrival("Client[1]", "Grant", "Server", change("Client[1].mode", "waiting", "inside")),
)  # fmt: skip
MUTEX_RUN = Counterexample(
    property="mutual_exclusion",
    initial={"Server.holder": "none", "Client[0].mode": "idle", "Client[1].mode": "idle"},
    initial_json={"Server.holder": None, "Client[0].mode": "idle", "Client[1].mode": "idle"},
    steps=MUTEX_STEPS,
    why=(
        Reason(
            "count(c in Client if c.mode == inside) <= 1",
            "false",
            (
                Reason(
                    "count(c in Client if c.mode == inside)",
                    "2",
                    (Reason("Client[0].mode", "inside"), Reason("Client[1].mode", "inside")),
                ),
            ),
        ),
    ),
    line=31,
)
BROKEN = CheckResult(
    name="two",
    settings={"N": "2", "network.order": "unordered", "network.loss": "0"},
    expect="holds",
    outcome=Outcome.VIOLATED,
    reason="mutual_exclusion is violated",
    met=False,
    engine="reference",
    statistics=statistics(36, 74, 12),
    properties=(
        PropertyResult("mutual_exclusion", "invariant", Outcome.VIOLATED),
        PropertyResult("served", "reachable", Outcome.HOLDS),
        PropertyResult("cost", "bound", Outcome.HOLDS),
        PropertyResult("deadlock", "deadlock", Outcome.HOLDS),
    ),
    counterexamples=(MUTEX_RUN,),
    line=40,
    replay="dscheck check specs/mutex.dsc --check two",
)
GREEN = CheckResult(
    name="sweep[N=3]",
    settings={"N": "3", "network.order": "fifo"},
    expect="holds",
    outcome=Outcome.HOLDS,
    reason="every reachable state was explored",
    met=True,
    engine="reference",
    statistics=statistics(35_038, 120_777, 31, 1.234),
    properties=(
        PropertyResult("mutual_exclusion", "invariant", Outcome.HOLDS),
        PropertyResult("served", "reachable", Outcome.HOLDS),
        PropertyResult("range", "failure", Outcome.HOLDS),
        PropertyResult("deadlock", "deadlock", Outcome.HOLDS),
    ),
    counterexamples=(),
    assumptions=("broadcasts are all-or-nothing (faults.torn is off)",),
    warnings=(
        Caution("vacuity", "action leave of Client never ran", 27),
        Caution("remark", "the left side of `quiet implies served` is true in every state", 0),
    ),
    line=41,
    replay="dscheck check specs/mutex.dsc --check 'sweep[N=3]'",
)
EXPECTED_VIOLATION = CheckResult(
    name="known_bug",
    settings={"N": "2"},
    expect="violates mutual_exclusion in 6 steps",
    outcome=Outcome.VIOLATED,
    reason="mutual_exclusion is violated in 6 steps",
    met=True,
    engine="reference",
    statistics=statistics(36, 74, 12),
    properties=(PropertyResult("mutual_exclusion", "invariant", Outcome.VIOLATED),),
    counterexamples=(MUTEX_RUN,),
    line=42,
    replay="dscheck check specs/mutex.dsc --check known_bug",
)
LIMITED = CheckResult(
    name="large",
    settings={"N": "4"},
    expect="holds",
    outcome=Outcome.UNKNOWN,
    reason="stopped at 1,000 states (--max-states); 311 states were waiting to be explored",
    met=None,
    engine="reference",
    statistics=statistics(1000, 2431, 9, complete=False),
    properties=(
        PropertyResult("mutual_exclusion", "invariant", Outcome.UNKNOWN),
        PropertyResult("served", "reachable", Outcome.HOLDS),
        PropertyResult("deadlock", "deadlock", Outcome.UNKNOWN),
        PropertyResult("range", "failure", Outcome.UNKNOWN, "never asked"),
        PropertyResult("assertion", "failure", Outcome.UNKNOWN, "never asked"),
    ),
    counterexamples=(),
    line=43,
    replay="dscheck check specs/mutex.dsc --check large",
)
WITHIN = CheckResult(
    name="bounded",
    settings={"N": "4"},
    expect="holds within 12 steps",
    outcome=Outcome.HOLDS_WITHIN,
    reason="no violation within 12 steps",
    met=True,
    engine="reference",
    statistics=statistics(1, 1, 12, 75.2, complete=False),
    properties=(
        PropertyResult("mutual_exclusion", "invariant", Outcome.HOLDS_WITHIN),
        PropertyResult("deadlock", "deadlock", Outcome.HOLDS_WITHIN),
    ),
    counterexamples=(),
    line=44,
)

CRASH = Step(
    "Node[2]", "crash", "crash", "Node[2] crashes", {},
    changes=(change("up(Node[2])", "true", "false"), change("crashes left", "1", "0")),
)  # fmt: skip
LOSS = Step(
    "", "loss", "loss", "the network loses Answer from Node[1] to Node[0]", {},
    received=sent("Answer", "Node[1]", "Node[0]", kind="lost"),
)  # fmt: skip
CAMPAIGN = Step(
    "Node[0]", "action", "notice", "Node[0] notice", {"suspect": "Node[2]"},
    sent=sent("Election", "Node[0]", "Node[1]") + sent("Election", "Node[0]", "Node[2]", kind="dropped"),
    changes=(
        change("Node[0].phase", "normal", "asking"),
        change("Node[0].leader", "Node[2]", "none"),
        change("Node[0].answer", "false", "true"),
        change("Node[0].heard", "{}", "{Node[0], Node[1], Node[2]}"),
    ),
)  # fmt: skip
OVERFLOW = Step(
    "Node[1]", "arrival", "Election", "Node[1] on Election from Node[0]", {"round": "3"},
    received=sent("Election", "Node[0]", "Node[1]", kind="received"),
    failure="4 is not in the range 0..3 of Node.round",
)  # fmt: skip
INITIAL = {
    "Node[0].leader": "Node[2]", "Node[1].leader": "Node[2]", "Node[2].leader": "Node[2]",
    "Node[0].phase": "normal", "Node[1].phase": "normal", "Node[2].phase": "asking",
    "up(Node[0])": "true", "up(Node[1])": "true", "up(Node[2])": "true", "crashes left": "1", "network": "[]",
}  # fmt: skip
FAILURE_RUN = Counterexample("range", INITIAL, INITIAL, (CRASH, CAMPAIGN, LOSS, OVERFLOW), line=3)
DEADLOCK_RUN = Counterexample(
    "deadlock", INITIAL, INITIAL, (CRASH,),
    why=(
        Reason("a step of Node[0] is enabled", "false", (Reason("phase == asking", "false"),)),
        Reason("something is in flight", "false"),
    ),
)  # fmt: skip
START_RUN = Counterexample("settled", {}, {}, (), why=(Reason("1 == 2", "false"),), line=2)
BULLY = CheckResult(
    name="crash",
    settings={
        "N": "3", "network.order": "fifo", "network.loss": "1", "network.duplicate": "0", "network.cut": "0",
        "faults.crash.Node": "1", "faults.recover.Node": "0", "timers.early": "false", "faults.torn": "false",
    },
    expect="holds",
    outcome=Outcome.VIOLATED,
    reason="range, deadlock and settled are violated",
    met=False,
    engine="reference",
    statistics=statistics(1_234_567, 9_876_543, 77, 3725.0),
    properties=(
        PropertyResult("settled", "invariant", Outcome.VIOLATED),
        PropertyResult("contention", "reachable", Outcome.VIOLATED, "no reachable state satisfies it"),
        PropertyResult("tight cost", "tight", Outcome.UNKNOWN, "weights were still growing when the limit was reached"),
        PropertyResult("deadlock", "deadlock", Outcome.VIOLATED),
        PropertyResult("range", "failure", Outcome.VIOLATED),
    ),
    counterexamples=(START_RUN, DEADLOCK_RUN, FAILURE_RUN),
    notes=("the reference explored, not the native engine: `network` cannot be packed: a list takes 174 bits",),
    line=9,
    replay="dscheck check specs/bully.dsc --check crash",
)  # fmt: skip
BULLY_TEXT = "protocol Bully\n\n    var round: 0..3 = 0    # grows by one for each campaign\n"

WRONG_TEXT = """\
protocol Elect

process Node[3]:
    var leader: set[Node] = {}
    var 票数: 0..3 = 0

    action elect when leadr == {} and 票数 < leader:
        leader = {self}

invariant one: len(leader) <= 1
"""


def at(text: str, piece: str, occurrence: int = 0) -> Span:
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(piece, start + 1)
    return Span(start, start + len(piece))


WRONG = FileResult(
    "specs/elect.dsc",
    "",
    SourceFile("specs/elect.dsc", WRONG_TEXT),
    diagnostics=(
        Diagnostic(
            "DS0201",
            "nothing named `leadr` is in scope",
            at(WRONG_TEXT, "leadr "[:5], 1) if WRONG_TEXT.count("leadr") > 1 else at(WRONG_TEXT, "leadr"),
            "did you mean `leader`?",
            related=(Label(at(WRONG_TEXT, "leader"), "a variable of type set[Node]"),),
            fix=Fix(at(WRONG_TEXT, "leadr"), "leader", "write `leader`"),
        ),
        Diagnostic(
            "DS0304",
            "`leader` is a set, and `<` compares numbers",
            at(WRONG_TEXT, "leader", 1),
            "set[Node]",
            related=(Label(at(WRONG_TEXT, "票数", 1), "0..3"),),
            help="compare its size: `票数 < len(leader)`",
            note="sets are ordered by inclusion only,\nfor which there is `subset`",
        ),
        Diagnostic("DS0401", "constant `N` is never read", at(WRONG_TEXT, "Elect"), severity=Severity.WARNING),
    ),
)
LONG_LINE = "invariant long: " + "x and " * 200_000 + "y and " + "z and " * 100 + "true"
LONG = FileResult(
    "long.dsc",
    "",
    SourceFile("long.dsc", LONG_LINE),
    diagnostics=(
        Diagnostic(
            "DS0201",
            "nothing named `y` is in scope",
            at(LONG_LINE, "y "),
            "not declared",
            related=(Label(at(LONG_LINE, "long"), "in this invariant"),),
            fix=Fix(at(LONG_LINE, "y "), "x ", "write `x`"),
        ),
    ),
)
MISSING = FileResult(
    "specs/nosuch.dsc",
    "",
    None,
    diagnostics=(Diagnostic("", "there is no file specs/nosuch.dsc", help="did you mean specs/mutex.dsc?"),),
)
CONTROL_TEXT = 'protocol \x1b[31mRed\x1b[0m\t"\u202etitle"'
CONTROL = FileResult(
    "control.dsc",
    "",
    SourceFile("control.dsc", CONTROL_TEXT),
    diagnostics=(Diagnostic("DS0101", "the character U+001B stands in no spec", Span(9, 10), "here"),),
)


def mutex(*checks: CheckResult) -> FileResult:
    return FileResult("specs/mutex.dsc", "Mutex", SourceFile("specs/mutex.dsc", MUTEX_TEXT), checks)


SHEET = BlockResult(
    "sheet", "schedule", Outcome.HOLDS, True, "",
    (
        ClaimResult("expect", "", "expect L(c) == 3 and L(f) == 5", 9, Outcome.HOLDS, True),
        ClaimResult("ask", "", "expect V(c) == ?", 10, Outcome.HOLDS, True, "[2, 1, 0]", [2, 1, 0]),
        ClaimResult(
            "forall", "", "forall x, y: x -> y implies L(x) < L(y)", 11, Outcome.HOLDS, True, note="for all 42 pairs"
        ),
        ClaimResult(
            "find", "", "find x, y: L(x) < L(y) and x || y", 12, Outcome.HOLDS, True,
            note="6 witnesses, first x = g, y = d",
        ),
    ),
    worksheet(), {"events": 7}, 0.01, line=3, replay="dscheck schedule specs/sheet.dsc --check sheet",
)  # fmt: skip
CONVERSE = BlockResult(
    "converse", "schedule", Outcome.VIOLATED, False, "forall x, y: L(x) < L(y) implies x -> y: not for x = g, y = d",
    (
        ClaimResult(
            "forall", "", "forall x, y: L(x) < L(y) implies x -> y", 20, Outcome.VIOLATED, False,
            note="6 of 42 pairs break it, first x = g, y = d",
        ),
    ),
    worksheet(), {"events": 7}, 0.01, line=14, replay="dscheck schedule specs/sheet.dsc --check converse",
)  # fmt: skip
SLOW = BlockResult(
    "cristian", "timing", Outcome.UNKNOWN, None, "`query best` was not decided within 1 s",
    (
        ClaimResult(
            "query", "worst", "query worst = max S(back) - guess", 30, Outcome.HOLDS, True, "614/99", "614/99",
            diagrams=(CRISTIAN,),
        ),
        ClaimResult("query", "best", "query best = min S(back) - guess", 31, Outcome.UNKNOWN, None),
        ClaimResult(
            "query", "far", "query far = possible S(back) - guess > 7", 32, Outcome.HOLDS, True, "impossible",
            reasons=(CoreLine("measured", 27, "given measured: C(back) - C(ask) == rtt"),
                     CoreLine("got", 25, "at got on server after ask by [dmin, inf]"),
                     CoreLine("two", 26, "given two: " + " or ".join(["right_1 and right_2"] * 5))),
        ),
        ClaimResult("expect", "", "expect " + " + ".join(["worst"] * 20) + " > 0", 33, Outcome.HOLDS, True),
    ),
    None, {"events": 1}, 2.5, line=22, replay="dscheck schedule specs/sheet.dsc --check cristian",
    notes=("dmin is free",), warnings=(Caution("vacuity", "param lc is never used", 23),),
)  # fmt: skip
STOPPED = BlockResult(
    "later", "schedules", Outcome.UNKNOWN, None, "not asked: interrupted before", (), interrupted=True, line=40
)


def sheets(*blocks: BlockResult, checks: tuple[CheckResult, ...] = ()) -> FileResult:
    return FileResult("specs/sheet.dsc", "Sheet", SourceFile("specs/sheet.dsc", ""), checks, blocks=blocks)


SAMPLES = {
    "green": Report(VERSION, (mutex(GREEN, WITHIN, EXPECTED_VIOLATION),)),
    "broken": Report(VERSION, (mutex(BROKEN),)),
    "unknown": Report(VERSION, (mutex(GREEN, LIMITED),)),
    "many": Report(
        VERSION,
        (
            mutex(BROKEN, GREEN, EXPECTED_VIOLATION, LIMITED, WITHIN),
            FileResult("specs/bully.dsc", "Bully", SourceFile("specs/bully.dsc", BULLY_TEXT), (BULLY,)),
        ),
    ),
    "wrong": Report(VERSION, (WRONG, LONG, MISSING, CONTROL)),
    "mixed": Report(VERSION, (MISSING, mutex(GREEN))),
    "empty": Report(VERSION, ()),
    "sheet": Report(VERSION, (sheets(SHEET),)),
    "blocks": Report(VERSION, (sheets(SHEET, CONVERSE, SLOW, checks=(GREEN,)),)),
    "stopped": Report(VERSION, (sheets(SHEET, STOPPED),)),
}
