"""The shape of a spec as written: one record per construct, nothing resolved yet.

    spec        = Spec(declaration*)
    declaration = Protocol | Constant | EnumType | RecordType | Messages | Function | Process | SharedVariable
                | Network | Faults | Invariant | StepProperty | Reachable | Bound | Progress | Eventually | Tight
                | Final | Assume | Check | Schedule | Schedules | Timing
    member      = Clock | Timer | Variable | Action | Handler | Hook | Timeout | Helper
    statement   = Assignments | Send | StartTimer | StopTimer | EmitEvent | Assert | Require | Defer | CallHelper
                | Pass | Return | If | For | Choose
    expression  = Number | Decimal | Asked | Text | Name | Attribute | Index | Call | TupleOf | SetOf | MapOf
                | ListOf | Comprehension | MapComprehension | Quantifier | EventQuantifier | Count | Aggregate
                | Binary | Comparison | EventOrder | Unary | IfElse
    type        = NamedType | RangeType | InlineEnum | OptionalType | SetType | MapType | ListType | VectorType

The lines of schedules and timing blocks are in `syntax_blocks`.

Every node ends with its `span`, which two nodes may differ in and still be equal: that is what
`parse(format(x)) == x` means.
"""

from dataclasses import field
from typing import Literal

from dscheck.language.syntax_blocks import *  # noqa: F403
from dscheck.language.syntax_blocks import Assume, Schedule, Schedules, Timing
from dscheck.language.syntax_expressions import *  # noqa: F403
from dscheck.language.syntax_expressions import NOWHERE, Binder, Expression, Identifier, RangeType
from dscheck.language.syntax_statements import *  # noqa: F403
from dscheck.language.syntax_statements import Member, Parameter, Variable

# Everything is one vocabulary: users write `syntax.Name`, `syntax.Send`, `syntax.Check`.
from dscheck.record import record
from dscheck.source import Span


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@record
class Protocol:
    """`protocol Bully "Garcia-Molina 1982"`"""

    name: Identifier
    title: str | None
    span: Span = _span()


@record
class Constant:
    """`const N = 3 in 2..5`; the value is an int or a bool."""

    name: Identifier
    value: Expression
    range: RangeType | None
    span: Span = _span()


@record
class EnumType:
    """`enum Colour = red | green`"""

    name: Identifier
    literals: tuple[Identifier, ...]
    span: Span = _span()


@record
class RecordType:
    """`record Entry(term: 0..3, value: 0..1)`"""

    name: Identifier
    fields: tuple[Parameter, ...]
    span: Span = _span()


@record
class Message:
    """`Request(ts: stamp)` inside a `message` line"""

    name: Identifier
    fields: tuple[Parameter, ...]
    span: Span = _span()


@record
class Messages:
    """`message Request(ts: stamp), Reply`"""

    items: tuple[Message, ...]
    span: Span = _span()


@record
class Function:
    """`def majority(s) = 2 * len(s) > N`"""

    name: Identifier
    parameters: tuple[Parameter, ...]
    body: Expression
    span: Span = _span()


@record
class Process:
    """`process Node[N] ordered ring:`; `size` is None for a singleton."""

    name: Identifier
    size: Expression | None
    modifiers: tuple[Literal["ordered", "ring"], ...]
    members: tuple[Member, ...]
    span: Span = _span()


@record
class SharedVariable:
    """`shared var x: T = e`, memory that every process reads and writes"""

    variable: Variable
    span: Span = _span()


@record
class Option:
    """One line of a `network` or `faults` block.

    `order fifo` has a word; `loss up to 1` and `capacity 2` an amount; `crash up to 1 of Node` a process too;
    a bare `heal` or `torn` has none of them.
    """

    name: Identifier
    word: Identifier | None
    amount: Expression | None
    process: Identifier | None
    span: Span = _span()


@record
class Network:
    """`network:` and its options: order, loss, duplicate, cut, heal, capacity"""

    options: tuple[Option, ...]
    span: Span = _span()


@record
class Faults:
    """`faults:` and its options: crash, recover, down, total, torn"""

    options: tuple[Option, ...]
    span: Span = _span()


@record
class Invariant:
    """`invariant mutex: …`: true in every reachable state"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@record
class StepProperty:
    """`step monotone: …`: true of every transition; `old(x)` is the value before"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@record
class Reachable:
    """`reachable contention: …`: true in some reachable state"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@record
class Bound:
    """`bound cost: [A implies] L <= E`, L linear in `sent`, `delivered` and `fired`"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@record
class Progress:
    """`progress entry for p in Node: A ~> B`: whenever A is true, B is then or later; for each p by itself"""

    name: Identifier
    binders: tuple[Binder, ...]
    left: Expression
    condition: Expression
    span: Span = _span()


@record
class Eventually:
    """`eventually elected: A`: A is true at some time; `always eventually …`: again and again"""

    name: Identifier
    binders: tuple[Binder, ...]
    always: bool
    condition: Expression
    span: Span = _span()


@record
class Tight:
    """`tight cost`: some run reaches equality in that bound"""

    bound: Identifier
    span: Span = _span()


@record
class Final:
    """`final: …`: which states may be the end of a run; any other end is a deadlock"""

    condition: Expression
    span: Span = _span()


@record
class Setting:
    """`N = 3`, `faults.crash.Node = 1`, `only = {a, b}`, or the sweep `N in 2..4`"""

    key: tuple[Identifier, ...]
    value: Expression | RangeType
    span: Span = _span()


@record
class ExpectHolds:
    """`expect holds`, or `expect holds within 12 steps`"""

    within: int | None
    span: Span = _span()


@record
class ExpectViolates:
    """`expect violates mutex in 8 steps`; `tight` for `violates tight cost`"""

    property: Identifier
    tight: bool
    steps: int | None
    span: Span = _span()


@record
class ExpectDeadlock:
    """`expect deadlock`, or `expect deadlock in 8 steps`"""

    steps: int | None
    span: Span = _span()


Expectation = ExpectHolds | ExpectViolates | ExpectDeadlock


@record
class Check:
    """`check lossy: N = 2, network.loss = 1 expect violates entry`"""

    name: Identifier
    settings: tuple[Setting, ...]
    expectation: Expectation
    span: Span = _span()


Declaration = (
    Protocol | Constant | EnumType | RecordType | Messages | Function | Process | SharedVariable | Network
    | Faults | Invariant | StepProperty | Reachable | Bound | Progress | Eventually | Tight | Final | Assume | Check
    | Schedule | Schedules | Timing
)  # fmt: skip


@record
class Spec:
    """A whole file, declarations in order."""

    declarations: tuple[Declaration, ...]
    span: Span = _span()
