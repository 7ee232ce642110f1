"""The shape of a spec as written: one frozen dataclass per construct, nothing resolved yet.

    spec        = Spec(declaration*)
    declaration = Protocol | Constant | EnumType | RecordType | Messages | Function | Process | SharedVariable
                | Network | Faults | Invariant | StepProperty | Reachable | Bound | Tight | Final | Check
    member      = Clock | Timer | Variable | Action | Handler | Hook | Timeout | Helper
    statement   = Assignments | Send | StartTimer | StopTimer | Assert | Require | Defer | CallHelper | Pass
                | Return | If | For | Choose
    expression  = Number | Text | Name | Attribute | Index | Call | TupleOf | SetOf | MapOf | ListOf
                | Comprehension | MapComprehension | Quantifier | Count | Aggregate | Binary | Comparison
                | Unary | IfElse
    type        = NamedType | RangeType | InlineEnum | OptionalType | SetType | MapType | ListType | VectorType

Every node ends with its `span`, which two nodes may differ in and still be equal: that is what
`parse(format(x)) == x` means.
"""

from dataclasses import dataclass, field
from typing import Literal

from dscheck.source import Span

NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Identifier:
    """A name where it is declared or referred to outside expressions."""

    name: str
    span: Span = _span()


# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """`12`"""

    value: int
    span: Span = _span()


@dataclass(frozen=True)
class Text:
    """`"words"`; only titles and assertion messages."""

    value: str
    span: Span = _span()


@dataclass(frozen=True)
class Name:
    """`mode`, `true`, `none`, `self`, `others`, `now`, `quiet`, `Node`, `idle`"""

    name: str
    span: Span = _span()


@dataclass(frozen=True)
class Attribute:
    """`p.mode`, `Node.last`, `point.x`"""

    base: "Expression"
    name: Identifier
    span: Span = _span()


@dataclass(frozen=True)
class Index:
    """`queue[self]`, `log[0]`"""

    base: "Expression"
    index: "Expression"
    span: Span = _span()


@dataclass(frozen=True)
class Call:
    """`len(log)`, `up(p)`, `hears(self, q)`, `Point(1, 2)`, `sent(Request, Reply)`, `old(p.mode)`"""

    function: Identifier
    arguments: tuple["Expression", ...]
    span: Span = _span()


@dataclass(frozen=True)
class TupleOf:
    """`(mine, self)`; compared lexicographically, never stored."""

    items: tuple["Expression", ...]
    span: Span = _span()


@dataclass(frozen=True)
class SetOf:
    """`{a, b}`; `{}` is the empty set or the empty map, whichever is expected."""

    items: tuple["Expression", ...]
    span: Span = _span()


@dataclass(frozen=True)
class MapOf:
    """`{a: 1, b: 2}`"""

    items: tuple[tuple["Expression", "Expression"], ...]
    span: Span = _span()


@dataclass(frozen=True)
class ListOf:
    """`[a, b]`"""

    items: tuple["Expression", ...]
    span: Span = _span()


@dataclass(frozen=True)
class Binder:
    """`q in Node`"""

    name: Identifier
    over: "Expression"
    span: Span = _span()


@dataclass(frozen=True)
class Comprehension:
    """`{e for q in S if c}` (kind set) or `[e for q in S if c]` (kind list)"""

    kind: Literal["set", "list"]
    element: "Expression"
    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@dataclass(frozen=True)
class MapComprehension:
    """`{k: v for q in S if c}`"""

    key: "Expression"
    value: "Expression"
    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@dataclass(frozen=True)
class Quantifier:
    """`forall p in Node, q in Node: body`"""

    kind: Literal["forall", "exists"]
    binders: tuple[Binder, ...]
    body: "Expression"
    span: Span = _span()


@dataclass(frozen=True)
class Count:
    """`count(p in Node if p.inside)`"""

    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@dataclass(frozen=True)
class Generator:
    """`for q in S if c`, one clause of an aggregate"""

    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@dataclass(frozen=True)
class Aggregate:
    """`all(e for p in Node if c for q in Node)` and likewise `any`, `sum`, `min`, `max`"""

    kind: Literal["sum", "min", "max", "all", "any"]
    element: "Expression"
    generators: tuple[Generator, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Binary:
    """Two operands and one of `and or implies iff + - * / % in`, `not in`."""

    operator: str
    left: "Expression"
    right: "Expression"
    span: Span = _span()


@dataclass(frozen=True)
class Comparison:
    """`a < b <= c`: the operators are one fewer than the operands (`== != < <= > >=`)."""

    operands: tuple["Expression", ...]
    operators: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Unary:
    """`not e`, `-e`"""

    operator: Literal["not", "-"]
    operand: "Expression"
    span: Span = _span()


@dataclass(frozen=True)
class IfElse:
    """`a if c else b`"""

    then: "Expression"
    condition: "Expression"
    otherwise: "Expression"
    span: Span = _span()


Expression = (
    Number | Text | Name | Attribute | Index | Call | TupleOf | SetOf | MapOf | ListOf | Comprehension
    | MapComprehension | Quantifier | Count | Aggregate | Binary | Comparison | Unary | IfElse
)  # fmt: skip


# --- types -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedType:
    """`bool`, `int`, `stamp`, a process, an enum, a record"""

    name: str
    span: Span = _span()


@dataclass(frozen=True)
class RangeType:
    """`0..N`"""

    low: Expression
    high: Expression
    span: Span = _span()


@dataclass(frozen=True)
class InlineEnum:
    """`idle | wanting | inside`"""

    literals: tuple[Identifier, ...]
    span: Span = _span()


@dataclass(frozen=True)
class OptionalType:
    """`Node?`"""

    inner: "Type"
    span: Span = _span()


@dataclass(frozen=True)
class SetType:
    """`set[T]`"""

    element: "Type"
    span: Span = _span()


@dataclass(frozen=True)
class MapType:
    """`map[K, V]`"""

    key: "Type"
    value: "Type"
    span: Span = _span()


@dataclass(frozen=True)
class ListType:
    """`list[T, max]`"""

    element: "Type"
    capacity: Expression | None
    span: Span = _span()


@dataclass(frozen=True)
class VectorType:
    """`vector[Node]`"""

    process: Identifier
    span: Span = _span()


Type = NamedType | RangeType | InlineEnum | OptionalType | SetType | MapType | ListType | VectorType


# --- statements --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assign:
    """`left -= 1`; the target is a name, or a chain of indices and fields on one."""

    target: Expression
    operator: Literal["=", "+=", "-="]
    value: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Assignments:
    """One line of assignments, executed from left to right."""

    items: tuple[Assign, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Send:
    """`send Request(mine) to others`; the target is an id, an optional id or a set of ids."""

    message: Identifier
    arguments: tuple[Expression, ...]
    target: Expression
    span: Span = _span()


@dataclass(frozen=True)
class StartTimer:
    """`start lease`"""

    timer: Identifier
    span: Span = _span()


@dataclass(frozen=True)
class StopTimer:
    """`stop lease`"""

    timer: Identifier
    span: Span = _span()


@dataclass(frozen=True)
class Assert:
    """`assert x > 0, "message"`"""

    condition: Expression
    message: str | None
    span: Span = _span()


@dataclass(frozen=True)
class Require:
    """`require e`: when false, this path is no step at all."""

    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Defer:
    """`defer`: the message stays in the network."""

    span: Span = _span()


@dataclass(frozen=True)
class CallHelper:
    """`campaign()`"""

    helper: Identifier
    arguments: tuple[Expression, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Pass:
    """`pass`"""

    span: Span = _span()


@dataclass(frozen=True)
class Return:
    """`return`: leaves the helper or body."""

    span: Span = _span()


@dataclass(frozen=True)
class If:
    """`if … elif … else`: one (condition, block) per tested branch."""

    branches: tuple[tuple[Expression, "Block"], ...]
    otherwise: "Block | None"
    span: Span = _span()


@dataclass(frozen=True)
class For:
    """`for q in S:`"""

    binder: Binder
    body: "Block"
    span: Span = _span()


@dataclass(frozen=True)
class Choose:
    """`choose v in S:`; each member is a transition of its own."""

    binder: Binder
    body: "Block"
    span: Span = _span()


Statement = (
    Assignments | Send | StartTimer | StopTimer | Assert | Require | Defer | CallHelper | Pass | Return
    | If | For | Choose
)  # fmt: skip
Block = tuple[Statement, ...]


# --- members of a process ----------------------------------------------------------------------

Fairness = Literal["", "fair", "strong fair"]


@dataclass(frozen=True)
class Parameter:
    """A named, perhaps typed, parameter of a message, record, function or helper."""

    name: Identifier
    type: Type | None
    span: Span = _span()


@dataclass(frozen=True)
class Clock:
    """`clock lamport`"""

    kind: Literal["lamport", "vector"]
    span: Span = _span()


@dataclass(frozen=True)
class Timer:
    """`timer answer after silence`; `after` is None for anytime, `silence`, or a timer's name."""

    name: Identifier
    after: Identifier | None
    span: Span = _span()


@dataclass(frozen=True)
class Variable:
    """`durable var x: T = e`, or `var x: T in {…}` for several initial values"""

    kind: Literal["", "durable", "ghost"]
    name: Identifier
    type: Type
    initial: Expression
    several: bool
    span: Span = _span()


@dataclass(frozen=True)
class Action:
    """`fair action enter(p in S) when e: …`"""

    fairness: Fairness
    name: Identifier
    parameters: tuple[Binder, ...]
    when: Expression | None
    body: Block
    span: Span = _span()


@dataclass(frozen=True)
class Handler:
    """`on Request(ts) from q: Node when e: …`"""

    fairness: Fairness
    message: Identifier
    parameters: tuple[Identifier, ...]
    sender: Identifier | None
    sender_process: Identifier | None
    when: Expression | None
    body: Block
    span: Span = _span()


@dataclass(frozen=True)
class Hook:
    """`on start:`, `on recover:`, `on crash:`"""

    event: Literal["start", "recover", "crash"]
    body: Block
    span: Span = _span()


@dataclass(frozen=True)
class Timeout:
    """`on timeout lease when e: …`"""

    timer: Identifier
    when: Expression | None
    body: Block
    span: Span = _span()


@dataclass(frozen=True)
class Helper:
    """`def campaign(): …` inside a process"""

    name: Identifier
    parameters: tuple[Parameter, ...]
    body: Block
    span: Span = _span()


Member = Clock | Timer | Variable | Action | Handler | Hook | Timeout | Helper


# --- declarations ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Protocol:
    """`protocol Bully "Garcia-Molina 1982"`"""

    name: Identifier
    title: str | None
    span: Span = _span()


@dataclass(frozen=True)
class Constant:
    """`const N = 3 in 2..5`; the value is an int or a bool."""

    name: Identifier
    value: Expression
    range: RangeType | None
    span: Span = _span()


@dataclass(frozen=True)
class EnumType:
    """`enum Colour = red | green`"""

    name: Identifier
    literals: tuple[Identifier, ...]
    span: Span = _span()


@dataclass(frozen=True)
class RecordType:
    """`record Entry(term: 0..3, value: 0..1)`"""

    name: Identifier
    fields: tuple[Parameter, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Message:
    """`Request(ts: stamp)` inside a `message` line"""

    name: Identifier
    fields: tuple[Parameter, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Messages:
    """`message Request(ts: stamp), Reply`"""

    items: tuple[Message, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Function:
    """`def majority(s) = 2 * len(s) > N`"""

    name: Identifier
    parameters: tuple[Parameter, ...]
    body: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Process:
    """`process Node[N] ordered ring:`; `size` is None for a singleton."""

    name: Identifier
    size: Expression | None
    modifiers: tuple[Literal["ordered", "ring"], ...]
    members: tuple[Member, ...]
    span: Span = _span()


@dataclass(frozen=True)
class SharedVariable:
    """`shared var x: T = e`, memory that every process reads and writes"""

    variable: Variable
    span: Span = _span()


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Network:
    """`network:` and its options: order, loss, duplicate, cut, heal, capacity"""

    options: tuple[Option, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Faults:
    """`faults:` and its options: crash, recover, down, total, torn"""

    options: tuple[Option, ...]
    span: Span = _span()


@dataclass(frozen=True)
class Invariant:
    """`invariant mutex: …`: true in every reachable state"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class StepProperty:
    """`step monotone: …`: true of every transition; `old(x)` is the value before"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Reachable:
    """`reachable contention: …`: true in some reachable state"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Bound:
    """`bound cost: [A implies] L <= E`, L linear in `sent`, `delivered` and `fired`"""

    name: Identifier
    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Tight:
    """`tight cost`: some run reaches equality in that bound"""

    bound: Identifier
    span: Span = _span()


@dataclass(frozen=True)
class Final:
    """`final: …`: which states may be the end of a run; any other end is a deadlock"""

    condition: Expression
    span: Span = _span()


@dataclass(frozen=True)
class Setting:
    """`N = 3`, `faults.crash.Node = 1`, `only = {a, b}`, or the sweep `N in 2..4`"""

    key: tuple[Identifier, ...]
    value: Expression | RangeType
    span: Span = _span()


@dataclass(frozen=True)
class ExpectHolds:
    """`expect holds`, or `expect holds within 12 steps`"""

    within: int | None
    span: Span = _span()


@dataclass(frozen=True)
class ExpectViolates:
    """`expect violates mutex in 8 steps`; `tight` for `violates tight cost`"""

    property: Identifier
    tight: bool
    steps: int | None
    span: Span = _span()


@dataclass(frozen=True)
class ExpectDeadlock:
    """`expect deadlock`, or `expect deadlock in 8 steps`"""

    steps: int | None
    span: Span = _span()


Expectation = ExpectHolds | ExpectViolates | ExpectDeadlock


@dataclass(frozen=True)
class Check:
    """`check lossy: N = 2, network.loss = 1 expect violates entry`"""

    name: Identifier
    settings: tuple[Setting, ...]
    expectation: Expectation
    span: Span = _span()


Declaration = (
    Protocol | Constant | EnumType | RecordType | Messages | Function | Process | SharedVariable | Network
    | Faults | Invariant | StepProperty | Reachable | Bound | Tight | Final | Check
)  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """A whole file, declarations in order."""

    declarations: tuple[Declaration, ...]
    span: Span = _span()
