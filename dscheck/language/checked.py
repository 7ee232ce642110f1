"""What has been found out about a spec: every name resolved, every expression typed.

`CheckedSpec` is the border between the language and the model. The syntax tree stays as it was written;
the tables beside it say what each node means. Tables are keyed by the identity of a node
(`id(node)`), because two equal expressions in two places may mean different things.

A helper or function body is checked once for each list of argument types it is called with, so what its
nodes mean may differ from call to call: each call has an `Expansion` with tables of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dscheck.diagnostics import Diagnostic
from dscheck.language import syntax, types
from dscheck.record import record
from dscheck.source import SourceFile

# --- what a name can mean ----------------------------------------------------------------------


@record
class ConstantMeaning:
    """`N`, a constant"""

    name: str


@record
class LocalMeaning:
    """a parameter, or a name bound by a quantifier, `for`, `choose`, `from`"""

    name: str


@record
class OwnVariableMeaning:
    """a variable of the process whose body this is"""

    process: str
    name: str


@record
class SharedVariableMeaning:
    """a `shared var`"""

    name: str


@record
class LiteralMeaning:
    """a literal of an enumeration"""

    name: str


@record
class ProcessSetMeaning:
    """`Node`: the set of all ids of a process set"""

    process: str


@record
class SingletonMeaning:
    """`Lock`: the id of the only process of its kind"""

    process: str


@record
class WordMeaning:
    """a word of the language: true false none self others now quiet silence"""

    word: Literal["true", "false", "none", "self", "others", "now", "quiet", "silence"]


NameMeaning = (
    ConstantMeaning | LocalMeaning | OwnVariableMeaning | SharedVariableMeaning | LiteralMeaning
    | ProcessSetMeaning | SingletonMeaning | WordMeaning
)  # fmt: skip


# --- what an attribute can mean ----------------------------------------------------------------


@record
class RemoteVariableMeaning:
    """`p.mode` in a property: a variable of the process that the base denotes"""

    process: str
    name: str


@record
class FieldMeaning:
    """`entry.term`: field of a record, by position"""

    record: str
    position: int


@record
class EndMeaning:
    """`Node.first`, `Node.last` of an ordered process set"""

    process: str
    end: Literal["first", "last"]


AttributeMeaning = RemoteVariableMeaning | FieldMeaning | EndMeaning


# --- what a call can mean ----------------------------------------------------------------------


@record
class BuiltinMeaning:
    """A function of the language: len min max old up crashed running linked next previous.

    `running(t)` and `running(p.t)`: the timer stands in `timer`, with the argument being `p`, or no argument for
    the own process.
    """

    name: str
    timer: tuple[str, str] | None = None
    """process and timer, of `running`"""


@record
class RecordMeaning:
    """`Entry(1, 2)`: builds a record"""

    name: str


@record
class CounterMeaning:
    """`sent(A, B)`, `delivered(A)`, `fired(enter)`: names are messages, or (process, action) pairs"""

    kind: Literal["sent", "delivered", "fired"]
    messages: tuple[str, ...] = ()
    action: tuple[str, str] | None = None


@record
class Expansion:
    """A function or helper called with these argument types: its body checked for this call.

    `tables` hold the meaning of the body's nodes for this call only.
    """

    declaration: "syntax.Function | syntax.Helper"
    parameters: tuple[str, ...]
    tables: "Tables"


CallMeaning = BuiltinMeaning | RecordMeaning | CounterMeaning | Expansion


# --- what an event is ---------------------------------------------------------------------------


@record
class EventMeaning:
    """`enter(p)` beside `->` or `||`: the latest `event enter` of the process in parentheses, or of a singleton"""

    process: str
    label: str


# --- tables ------------------------------------------------------------------------------------


@dataclass
class Tables:
    """What nodes mean, by `id(node)`.

    Attributes:
        type_of: the static type of each expression, as it is used there: `{}` and `none` have the type
            that their place expects, enumeration literals the wider enumeration of their place if there is one.
        name: for `syntax.Name`.
        attribute: for `syntax.Attribute`.
        call: for `syntax.Call` and `syntax.CallHelper`.
        unwrap: expressions of an optional type that stand where a plain value is needed: reading them
            when they are `none` is a violation.
        send_to: for `syntax.Send`, the process of the addressees, and whether the target is one id or a set.
        event: for the operands of `syntax.EventOrder`.
    """

    type_of: dict[int, types.Type] = field(default_factory=dict)
    name: dict[int, NameMeaning] = field(default_factory=dict)
    attribute: dict[int, AttributeMeaning] = field(default_factory=dict)
    call: dict[int, CallMeaning] = field(default_factory=dict)
    unwrap: set[int] = field(default_factory=set)
    send_to: dict[int, tuple[str, Literal["one", "many"]]] = field(default_factory=dict)
    event: dict[int, EventMeaning] = field(default_factory=dict)


@record
class ProcessInfo:
    """A process declaration, taken apart."""

    declaration: syntax.Process
    name: str
    singleton: bool
    ordered: bool
    ring: bool
    clock: Literal["", "lamport", "vector"]
    timers: Mapping[str, syntax.Timer]
    variables: Mapping[str, syntax.Variable]
    actions: Mapping[str, syntax.Action]
    handlers: tuple[syntax.Handler, ...]
    timeouts: tuple[syntax.Timeout, ...]
    hooks: Mapping[str, syntax.Hook]


@record
class CheckedSpec:
    """A spec without static errors.

    Attributes:
        source: the text.
        spec: the syntax tree.
        tables: what every node outside function and helper bodies means.
        protocol: the protocol's name.
        constants: declarations by name, in an order in which each uses only earlier ones.
        enumerations: declared enums: name to literals.
        records: declared records, by name.
        messages: declared messages, by name.
        processes: by name, in order of declaration.
        shared: shared variables, by name.
        sender_of: per handler (`id(handler)`), the process its messages come from.
        senders: per message, the (sender process, receiver process) pairs between which it is sent.
        assumes: assumptions about timers.
        blocks: schedules and timing blocks by name, in the order of the file; their insides are checked too.
        symmetric: process sets whose ids no expression tells apart (neither ordered nor ring).
        warnings: what is suspicious and no error.
    """

    source: SourceFile
    spec: syntax.Spec
    tables: Tables
    protocol: str
    constants: Mapping[str, syntax.Constant]
    enumerations: Mapping[str, tuple[str, ...]]
    records: Mapping[str, syntax.RecordType]
    messages: Mapping[str, syntax.Message]
    processes: Mapping[str, ProcessInfo]
    shared: Mapping[str, syntax.Variable]
    sender_of: Mapping[int, str]
    senders: Mapping[str, frozenset[tuple[str, str]]]
    symmetric: frozenset[str]
    properties: Mapping[
        str,
        syntax.Invariant | syntax.StepProperty | syntax.Reachable | syntax.Bound | syntax.Progress | syntax.Eventually,
    ]
    tights: tuple[syntax.Tight, ...]
    final: syntax.Final | None
    network: syntax.Network | None
    faults: syntax.Faults | None
    checks: tuple[syntax.Check, ...]
    assumes: tuple[syntax.Assume, ...] = ()
    blocks: Mapping[str, syntax.Schedule | syntax.Schedules | syntax.Timing] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
