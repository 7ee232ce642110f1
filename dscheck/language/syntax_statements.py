"""The shape of statements and of the members of a process as written."""

from dataclasses import field
from typing import Literal

from dscheck.language.syntax_expressions import NOWHERE, Binder, Expression, Identifier, Type
from dscheck.record import record
from dscheck.source import Span


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@record
class Assign:
    """`left -= 1`; the target is a name, or a chain of indices and fields on one."""

    target: Expression
    operator: Literal["=", "+=", "-="]
    value: Expression
    span: Span = _span()


@record
class Assignments:
    """One line of assignments, executed from left to right."""

    items: tuple[Assign, ...]
    span: Span = _span()


@record
class Send:
    """`send Request(mine) to others`; the target is an id, an optional id or a set of ids."""

    message: Identifier
    arguments: tuple[Expression, ...]
    target: Expression
    span: Span = _span()


@record
class StartTimer:
    """`start lease`"""

    timer: Identifier
    span: Span = _span()


@record
class StopTimer:
    """`stop lease`"""

    timer: Identifier
    span: Span = _span()


@record
class EmitEvent:
    """`event enter`: labels this step, so that properties can say `enter(p) -> enter(q)`"""

    label: Identifier
    span: Span = _span()


@record
class Assert:
    """`assert x > 0, "message"`"""

    condition: Expression
    message: str | None
    span: Span = _span()


@record
class Require:
    """`require e`: when false, this path is no step at all."""

    condition: Expression
    span: Span = _span()


@record
class Defer:
    """`defer`: the message stays in the network."""

    span: Span = _span()


@record
class CallHelper:
    """`campaign()`"""

    helper: Identifier
    arguments: tuple[Expression, ...]
    span: Span = _span()


@record
class Pass:
    """`pass`"""

    span: Span = _span()


@record
class Return:
    """`return`: leaves the helper or body."""

    span: Span = _span()


@record
class If:
    """`if … elif … else`: one (condition, block) per tested branch."""

    branches: tuple[tuple[Expression, "Block"], ...]
    otherwise: "Block | None"
    span: Span = _span()


@record
class For:
    """`for q in S:`"""

    binder: Binder
    body: "Block"
    span: Span = _span()


@record
class Choose:
    """`choose v in S:`; each member is a transition of its own."""

    binder: Binder
    body: "Block"
    span: Span = _span()


Statement = (
    Assignments | Send | StartTimer | StopTimer | EmitEvent | Assert | Require | Defer | CallHelper | Pass | Return
    | If | For | Choose
)  # fmt: skip
Block = tuple[Statement, ...]


# --- members of a process ----------------------------------------------------------------------

Fairness = Literal["", "fair", "strong fair"]


@record
class Parameter:
    """A named, perhaps typed, parameter of a message, record, function or helper."""

    name: Identifier
    type: Type | None
    span: Span = _span()


@record
class Clock:
    """`clock lamport`"""

    kind: Literal["lamport", "vector"]
    span: Span = _span()


@record
class Timer:
    """`timer answer after silence`; `after` is None for anytime, `silence`, or a timer's name."""

    name: Identifier
    after: Identifier | None
    span: Span = _span()


@record
class Variable:
    """`durable var x: T = e`, or `var x: T in {…}` for several initial values"""

    kind: Literal["", "durable", "ghost"]
    name: Identifier
    type: Type
    initial: Expression
    several: bool
    span: Span = _span()


@record
class Action:
    """`fair action enter(p in S) when e: …`"""

    fairness: Fairness
    name: Identifier
    parameters: tuple[Binder, ...]
    when: Expression | None
    body: Block
    span: Span = _span()


@record
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


@record
class Hook:
    """`on start:`, `on recover:`, `on crash:`"""

    event: Literal["start", "recover", "crash"]
    body: Block
    span: Span = _span()


@record
class Timeout:
    """`on timeout lease when e: …`"""

    timer: Identifier
    when: Expression | None
    body: Block
    span: Span = _span()


@record
class Helper:
    """`def campaign(): …` inside a process"""

    name: Identifier
    parameters: tuple[Parameter, ...]
    body: Block
    span: Span = _span()


Member = Clock | Timer | Variable | Action | Handler | Hook | Timeout | Helper
