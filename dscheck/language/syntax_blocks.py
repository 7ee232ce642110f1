"""The shape of schedules, timing blocks and assumptions as written. Read `syntax` first: it names every node.

schedule  = Schedule(line*)         line = Lane | ScheduleClock | Show | Expect | ScheduleForall | Find | Given
                                          | Solve
schedules = Schedules(extent*, line*)
timing    = Timing(line*)           line = Param | PerfectClock | DriftingClock | At | Given | Let | Query | Expect
assume    = Assume(timer, condition, block)
"""

from dataclasses import field
from typing import Literal

from dscheck.language.syntax_expressions import NOWHERE, Expression, Identifier, RangeType
from dscheck.record import record
from dscheck.source import Span


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


# --- what both have ----------------------------------------------------------------------------


@record
class Expect:
    """`expect L(c) == 3`; in a schedule also `expect L(c) == ?`, which asks for the value"""

    condition: Expression
    span: Span = _span()


@record
class Given:
    """`given C(back) - C(ask) == rtt`, or with a name of its own: `given measured: C(back) - C(ask) == rtt`"""

    name: Identifier | None
    condition: Expression
    span: Span = _span()


# --- schedules ---------------------------------------------------------------------------------


@record
class LocalEvent:
    """`a`, something that a process does by itself"""

    name: Identifier
    span: Span = _span()


@record
class SendingEvent:
    """`b sends m1`, or `b sends m1 to P2`"""

    name: Identifier
    message: Identifier
    to: Identifier | None
    span: Span = _span()


@record
class ReceivingEvent:
    """`receives m1 as c`, or `c receives m1` (then `named_first`)"""

    name: Identifier
    message: Identifier
    named_first: bool
    span: Span = _span()


LaneEvent = LocalEvent | SendingEvent | ReceivingEvent


@record
class Lane:
    """`P1: a, b sends m1, g`: a process and its events, first to last"""

    name: Identifier
    events: tuple[LaneEvent, ...]
    span: Span = _span()


@record
class ScheduleClock:
    """`clock vector as V`; the kind is checked later"""

    kind: Identifier
    name: Identifier
    span: Span = _span()


@record
class Show:
    """`show L, V`: which clocks stand beside the events of the diagram"""

    clocks: tuple[Identifier, ...]
    span: Span = _span()


@record
class ScheduleForall:
    """`forall x, y: x -> y implies L(x) < L(y)`; names bound together stand for different events"""

    names: tuple[Identifier, ...]
    condition: Expression
    span: Span = _span()


@record
class Find:
    """`find x, y: L(x) < L(y) and x || y`: there are such events"""

    names: tuple[Identifier, ...]
    condition: Expression
    span: Span = _span()


@record
class Solve:
    """`solve messages`: which messages explain the given clock values? `solve messages expect none`: none do"""

    expect_none: bool
    span: Span = _span()


ScheduleLine = Lane | ScheduleClock | Show | Expect | ScheduleForall | Find | Given | Solve


@record
class Schedule:
    """`schedule sheet:` and its lines"""

    name: Identifier
    lines: tuple[ScheduleLine, ...]
    span: Span = _span()


@record
class ExtentRange:
    """`processes 2..3`"""

    word: Identifier
    range: RangeType
    span: Span = _span()


@record
class ExtentLimit:
    """`events <= 5`; the sign is checked later"""

    word: Identifier
    sign: str
    number: int
    span: Span = _span()


@record
class Schedules:
    """`schedules small: processes 2..3, events <= 5`, all of them, with the lines that they are checked against.

    Without lines of its own, it takes clocks and formulas from the schedules of the file.
    """

    name: Identifier
    extents: tuple[ExtentRange | ExtentLimit, ...]
    lines: tuple[ScheduleClock | ScheduleForall | Find, ...]
    span: Span = _span()


# --- timing ------------------------------------------------------------------------------------


@record
class Param:
    """`param lease = 11.7`, or with the values that `query … for lease` looks at: `param lease = 11.7 in [0, 20]`"""

    name: Identifier
    value: Expression
    low: Expression | None
    high: Expression | None
    span: Span = _span()


@record
class PerfectClock:
    """`clock S perfect`: shows real time"""

    name: Identifier
    span: Span = _span()


@record
class DriftingClock:
    """`clock C drift 0.01 offset 5`; `drift [-0.01, 0]` and `offset [0, 5]` say both bounds"""

    name: Identifier
    drift: Expression | None
    offset: Expression | None
    span: Span = _span()


@record
class Predecessor:
    """`got by [dmin, inf]` behind `after`; the delay may be left out, or be a single number"""

    event: Identifier
    delay: Expression | None
    span: Span = _span()


@record
class At:
    """`at back on client after got by [dmin, inf]`: an event, whose it is, and what comes before it"""

    name: Identifier
    lane: Identifier | None
    after: tuple[Predecessor, ...]
    span: Span = _span()


@record
class Let:
    """`let guess = S(got) + rtt / 2`"""

    name: Identifier
    value: Expression
    span: Span = _span()


@record
class Query:
    """`query worst = max guess - S(back)`, `query safe = always late <= 0 for lease`"""

    name: Identifier
    kind: Literal["max", "min", "possible", "always"]
    subject: Expression
    parameter: Identifier | None
    span: Span = _span()


TimingLine = Param | PerfectClock | DriftingClock | At | Given | Let | Query | Expect


@record
class Timing:
    """`timing cristian:` and its lines"""

    name: Identifier
    lines: tuple[TimingLine, ...]
    span: Span = _span()


# --- assumptions -------------------------------------------------------------------------------


@record
class Assume:
    """`assume lease waits until holder == none because lease_math`: that timer is never early; `because` names a block

    Attributes:
        process: whose timer it is, where it is said (`assume Lock.lease waits until …`).
    """

    process: Identifier | None
    timer: Identifier
    condition: Expression
    because: Identifier | None
    span: Span = _span()
