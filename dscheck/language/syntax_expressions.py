"""The shape of expressions and types as written. Read `syntax` first: it names every node in one page."""

from dataclasses import field
from typing import Literal

from dscheck.record import record
from dscheck.source import Span

NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=NOWHERE, compare=False, repr=False)


@record
class Identifier:
    """A name where it is declared or referred to outside expressions."""

    name: str
    span: Span = _span()


@record
class Number:
    """`12`"""

    value: int
    span: Span = _span()


@record
class Decimal:
    """`0.01`, as written; only in timing blocks, and exact there"""

    text: str
    span: Span = _span()


@record
class Asked:
    """`?`, the value that `expect L(c) == ?` asks for"""

    span: Span = _span()


@record
class Text:
    """`"words"`; only titles and assertion messages."""

    value: str
    span: Span = _span()


@record
class Name:
    """`mode`, `true`, `none`, `self`, `others`, `now`, `quiet`, `Node`, `idle`"""

    name: str
    span: Span = _span()


@record
class Attribute:
    """`p.mode`, `Node.last`, `point.x`"""

    base: "Expression"
    name: Identifier
    span: Span = _span()


@record
class Index:
    """`queue[self]`, `log[0]`"""

    base: "Expression"
    index: "Expression"
    span: Span = _span()


@record
class Call:
    """`len(log)`, `up(p)`, `hears(self, q)`, `Point(1, 2)`, `sent(Request, Reply)`, `old(p.mode)`"""

    function: Identifier
    arguments: tuple["Expression", ...]
    span: Span = _span()


@record
class TupleOf:
    """`(mine, self)`; compared lexicographically, never stored."""

    items: tuple["Expression", ...]
    span: Span = _span()


@record
class SetOf:
    """`{a, b}`; `{}` is the empty set or the empty map, whichever is expected."""

    items: tuple["Expression", ...]
    span: Span = _span()


@record
class MapOf:
    """`{a: 1, b: 2}`"""

    items: tuple[tuple["Expression", "Expression"], ...]
    span: Span = _span()


@record
class ListOf:
    """`[a, b]`"""

    items: tuple["Expression", ...]
    span: Span = _span()


@record
class Binder:
    """`q in Node`"""

    name: Identifier
    over: "Expression"
    span: Span = _span()


@record
class Comprehension:
    """`{e for q in S if c}` (kind set) or `[e for q in S if c]` (kind list)"""

    kind: Literal["set", "list"]
    element: "Expression"
    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@record
class MapComprehension:
    """`{k: v for q in S if c}`"""

    key: "Expression"
    value: "Expression"
    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@record
class Quantifier:
    """`forall p in Node, q in Node: body`"""

    kind: Literal["forall", "exists"]
    binders: tuple[Binder, ...]
    body: "Expression"
    span: Span = _span()


@record
class EventQuantifier:
    """`forall x, y: body` and `exists x: body`, over the events of a schedule"""

    kind: Literal["forall", "exists"]
    names: tuple[Identifier, ...]
    body: "Expression"
    span: Span = _span()


@record
class Count:
    """`count(p in Node if p.inside)`"""

    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@record
class Generator:
    """`for q in S if c`, one clause of an aggregate"""

    binder: Binder
    condition: "Expression | None"
    span: Span = _span()


@record
class Aggregate:
    """`all(e for p in Node if c for q in Node)` and likewise `any`, `sum`, `min`, `max`"""

    kind: Literal["sum", "min", "max", "all", "any"]
    element: "Expression"
    generators: tuple[Generator, ...]
    span: Span = _span()


@record
class Binary:
    """Two operands and one of `and or implies iff + - * / % in`, `not in`."""

    operator: str
    left: "Expression"
    right: "Expression"
    span: Span = _span()


@record
class Comparison:
    """`a < b <= c`: the operators are one fewer than the operands (`== != < <= > >=`)."""

    operands: tuple["Expression", ...]
    operators: tuple[str, ...]
    span: Span = _span()


@record
class EventOrder:
    """`a -> b`, a happened before b; `a || b`, neither happened before the other"""

    operator: Literal["->", "||"]
    left: "Expression"
    right: "Expression"
    span: Span = _span()


@record
class Unary:
    """`not e`, `-e`"""

    operator: Literal["not", "-"]
    operand: "Expression"
    span: Span = _span()


@record
class IfElse:
    """`a if c else b`"""

    then: "Expression"
    condition: "Expression"
    otherwise: "Expression"
    span: Span = _span()


Expression = (
    Number | Decimal | Asked | Text | Name | Attribute | Index | Call | TupleOf | SetOf | MapOf | ListOf
    | Comprehension | MapComprehension | Quantifier | EventQuantifier | Count | Aggregate | Binary | Comparison
    | EventOrder | Unary | IfElse
)  # fmt: skip


# --- types -------------------------------------------------------------------------------------


@record
class NamedType:
    """`bool`, `int`, `stamp`, a process, an enum, a record"""

    name: str
    span: Span = _span()


@record
class RangeType:
    """`0..N`"""

    low: Expression
    high: Expression
    span: Span = _span()


@record
class InlineEnum:
    """`idle | wanting | inside`"""

    literals: tuple[Identifier, ...]
    span: Span = _span()


@record
class OptionalType:
    """`Node?`"""

    inner: "Type"
    span: Span = _span()


@record
class SetType:
    """`set[T]`"""

    element: "Type"
    span: Span = _span()


@record
class MapType:
    """`map[K, V]`"""

    key: "Type"
    value: "Type"
    span: Span = _span()


@record
class ListType:
    """`list[T, max]`"""

    element: "Type"
    capacity: Expression | None
    span: Span = _span()


@record
class VectorType:
    """`vector[Node]`"""

    process: Identifier
    span: Span = _span()


Type = NamedType | RangeType | InlineEnum | OptionalType | SetType | MapType | ListType | VectorType
