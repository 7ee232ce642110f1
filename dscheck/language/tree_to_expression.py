"""What expression or type does a tree stand for? One small function per rule of the grammar.

No tree leaves this module and `tree_to_syntax`, so that the parser beneath can be replaced.
"""

from collections.abc import Callable
from typing import Any, Literal, cast, get_args

from dscheck.language import syntax
from dscheck.language.trees import Token, Tree
from dscheck.source import Span

MOST_DIGITS = 18
"""More digits are a slip of the hand, and Python refuses to read more than 4300."""

AggregateKind = Literal["sum", "min", "max", "all", "any"]


class RejectedError(Exception):
    """A tree that fits the grammar and still stands for nothing.

    Attributes:
        reason: `digits`, a number has more than `MOST_DIGITS`; `amount`, an option of the network or the faults
            has a number without `up to`.
        span: of the number.
    """

    def __init__(self, reason: Literal["digits", "amount"], span: Span) -> None:
        super().__init__(f"{reason} at offset {span.start}")
        self.reason = reason
        self.span = span


def parts(tree: Tree) -> list[Any]:
    """The children of `tree`: trees, tokens, and `None` for what is optional and absent."""
    return cast(list[Any], tree.children)


def place(node: Tree | Token) -> Span:
    """Where `node` stands."""
    return Span(node.start_pos, node.end_pos)


def identifier(token: Token) -> syntax.Identifier:
    """A name that is declared or referred to."""
    return syntax.Identifier(str(token), place(token))


def maybe_identifier(token: Token | None) -> syntax.Identifier | None:
    """A name that may be left out."""
    return identifier(token) if token is not None else None


def identifiers(tokens: list[Token]) -> tuple[syntax.Identifier, ...]:
    """Names in a row."""
    return tuple([identifier(token) for token in tokens])


def integer(token: Token) -> int:
    """The value of a number.

    Raises:
        RejectedError: it has more than `MOST_DIGITS` digits.
    """
    if len(token) > MOST_DIGITS:
        raise RejectedError("digits", place(token))
    return int(token)


def expression(tree: Tree) -> syntax.Expression:
    """The expression that `tree` stands for."""
    return EXPRESSIONS[tree.data](tree)


def maybe_expression(tree: Tree | None) -> syntax.Expression | None:
    """An expression that may be left out."""
    return expression(tree) if tree is not None else None


def expressions(trees: list[Tree]) -> tuple[syntax.Expression, ...]:
    """Expressions in a row."""
    return tuple([expression(tree) for tree in trees])


def binder(tree: Tree) -> syntax.Binder:
    """`q in Node`"""
    name, over = parts(tree)
    return syntax.Binder(identifier(name), expression(over), place(tree))


def binders(tree: Tree | None) -> tuple[syntax.Binder, ...]:
    """Binders in a row, or nothing at all."""
    return tuple([binder(child) for child in parts(tree)]) if tree is not None else ()


def generator(tree: Tree) -> syntax.Generator:
    """`for q in S if c`"""
    bound, condition = parts(tree)
    return syntax.Generator(binder(bound), maybe_expression(parts(condition)[0]), place(tree))


def _name(tree: Tree) -> syntax.Name:
    return syntax.Name(str(tree.children[0]), place(tree))


def _number(tree: Tree) -> syntax.Number:
    return syntax.Number(integer(parts(tree)[0]), place(tree))


def _decimal(tree: Tree) -> syntax.Decimal:
    token = parts(tree)[0]
    if len(token) > MOST_DIGITS:
        raise RejectedError("digits", place(token))
    return syntax.Decimal(str(token), place(tree))


def _asked(tree: Tree) -> syntax.Asked:
    return syntax.Asked(place(tree))


def _text(tree: Tree) -> syntax.Text:
    return syntax.Text(unquoted(parts(tree)[0]), place(tree))


def unquoted(token: Token) -> str:
    """The characters between the quotation marks."""
    return str(token)[1:-1]


def _binary(operator: str) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        left, right = parts(tree)
        return syntax.Binary(operator, expression(left), expression(right), place(tree))

    return convert


def _unary(operator: Literal["not", "-"]) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        return syntax.Unary(operator, expression(parts(tree)[0]), place(tree))

    return convert


def _chain(tree: Tree) -> syntax.Comparison:
    items = parts(tree)
    return syntax.Comparison(expressions(items[::2]), tuple([str(token) for token in items[1::2]]), place(tree))


def _quantifier(kind: Literal["forall", "exists"]) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        bound, body = parts(tree)
        return syntax.Quantifier(kind, binders(bound), expression(body), place(tree))

    return convert


def _event_quantifier(kind: Literal["forall", "exists"]) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        names, body = parts(tree)
        return syntax.EventQuantifier(kind, identifiers(parts(names)), expression(body), place(tree))

    return convert


def _event_order(operator: Literal["->", "||"]) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        left, right = parts(tree)
        return syntax.EventOrder(operator, expression(left), expression(right), place(tree))

    return convert


def _if_else(tree: Tree) -> syntax.IfElse:
    then, condition, otherwise = parts(tree)
    return syntax.IfElse(expression(then), expression(condition), expression(otherwise), place(tree))


def _attribute(tree: Tree) -> syntax.Attribute:
    base, name = parts(tree)
    return syntax.Attribute(expression(base), identifier(name), place(tree))


def _index(tree: Tree) -> syntax.Index:
    base, index = parts(tree)
    return syntax.Index(expression(base), expression(index), place(tree))


def _call(tree: Tree) -> syntax.Call:
    name, arguments = parts(tree)
    return syntax.Call(identifier(name), expressions(parts(arguments)), place(tree))


def _call_gatherer(tree: Tree) -> syntax.Call:
    gatherer, arguments = parts(tree)
    return syntax.Call(identifier(parts(gatherer)[0]), expressions(parts(arguments)), place(tree))


def _aggregate(tree: Tree) -> syntax.Aggregate:
    gatherer, element, *generators = parts(tree)
    kind = str(parts(gatherer)[0])
    assert kind in get_args(AggregateKind)
    return syntax.Aggregate(
        cast(AggregateKind, kind), expression(element), tuple([generator(child) for child in generators]), place(tree)
    )


def _count(tree: Tree) -> syntax.Count:
    bound, condition = parts(tree)
    return syntax.Count(binder(bound), maybe_expression(parts(condition)[0]), place(tree))


def _tuple(tree: Tree) -> syntax.TupleOf:
    return syntax.TupleOf(expressions(parts(tree)), place(tree))


def _set(tree: Tree) -> syntax.SetOf:
    return syntax.SetOf(expressions(parts(parts(tree)[0])), place(tree))


def _list(tree: Tree) -> syntax.ListOf:
    return syntax.ListOf(expressions(parts(parts(tree)[0])), place(tree))


def _pair(tree: Tree) -> tuple[syntax.Expression, syntax.Expression]:
    key, value = parts(tree)
    return expression(key), expression(value)


def _map(tree: Tree) -> syntax.MapOf:
    return syntax.MapOf(tuple([_pair(child) for child in parts(tree)]), place(tree))


def _comprehension(kind: Literal["set", "list"]) -> Callable[[Tree], syntax.Expression]:
    def convert(tree: Tree) -> syntax.Expression:
        element, clause = parts(tree)
        one = generator(clause)
        return syntax.Comprehension(kind, expression(element), one.binder, one.condition, place(tree))

    return convert


def _map_comprehension(tree: Tree) -> syntax.MapComprehension:
    pair, clause = parts(tree)
    one = generator(clause)
    return syntax.MapComprehension(*_pair(pair), one.binder, one.condition, place(tree))


EXPRESSIONS: dict[str, Callable[[Tree], syntax.Expression]] = {
    "name": _name,
    "number": _number,
    "decimal": _decimal,
    "asked": _asked,
    "text": _text,
    "attribute": _attribute,
    "index": _index,
    "call": _call,
    "call_gatherer": _call_gatherer,
    "tuple": _tuple,
    "set": _set,
    "map": _map,
    "list": _list,
    "set_comprehension": _comprehension("set"),
    "list_comprehension": _comprehension("list"),
    "map_comprehension": _map_comprehension,
    "forall": _quantifier("forall"),
    "exists": _quantifier("exists"),
    "forall_events": _event_quantifier("forall"),
    "exists_event": _event_quantifier("exists"),
    "happens_before": _event_order("->"),
    "concurrent": _event_order("||"),
    "count": _count,
    "aggregate": _aggregate,
    "iff": _binary("iff"),
    "implies": _binary("implies"),
    "if_else": _if_else,
    "or": _binary("or"),
    "and": _binary("and"),
    "not": _unary("not"),
    "chain": _chain,
    "element_of": _binary("in"),
    "not_element_of": _binary("not in"),
    "add": _binary("+"),
    "subtract": _binary("-"),
    "multiply": _binary("*"),
    "divide": _binary("/"),
    "remainder": _binary("%"),
    "negative": _unary("-"),
}


def type_of(tree: Tree) -> syntax.Type:
    """The type that `tree` stands for."""
    items, span = parts(tree), place(tree)
    match str(tree.data):
        case "named_type":
            return syntax.NamedType(str(items[0]), span)
        case "range":
            return range_of(tree)
        case "inline_enum":
            return syntax.InlineEnum(identifiers(items), span)
        case "optional_type":
            return syntax.OptionalType(type_of(items[0]), span)
        case "set_type":
            return syntax.SetType(type_of(items[0]), span)
        case "map_type":
            return syntax.MapType(type_of(items[0]), type_of(items[1]), span)
        case "list_type":
            return syntax.ListType(type_of(items[0]), maybe_expression(items[1]), span)
        case rule:
            assert rule == "vector_type"
            return syntax.VectorType(identifier(items[0]), span)


def range_of(tree: Tree) -> syntax.RangeType:
    """`0..N`"""
    low, _dots, high = parts(tree)
    return syntax.RangeType(expression(low), expression(high), place(tree))


def maybe_type(tree: Tree | None) -> syntax.Type | None:
    """A type that may be left out."""
    return type_of(tree) if tree is not None else None
