"""What is the type of this expression? The one place that knows all kinds of expressions."""

from typing import assert_never

from dscheck.language import syntax
from dscheck.language.scopes import Context
from dscheck.language.typecheck_attributes import infer_attribute
from dscheck.language.typecheck_calls import infer_call
from dscheck.language.typecheck_collections import (
    infer_aggregate,
    infer_comprehension,
    infer_count,
    infer_index,
    infer_list,
    infer_map,
    infer_map_comprehension,
    infer_quantifier,
    infer_set,
)
from dscheck.language.typecheck_comparisons import infer_comparison
from dscheck.language.typecheck_events import infer_event_order, refuse_outside_blocks
from dscheck.language.typecheck_names import infer_name
from dscheck.language.typecheck_operators import infer_binary, infer_if_else, infer_unary
from dscheck.language.types import Int, Type, Unknown


def infer_expression(ctx: Context, node: syntax.Expression, expected: Type | None) -> Type:
    """The type of `node`; `expected` helps literals, and need not be met."""
    match node:
        case syntax.Number():
            return Int()
        case syntax.Text():
            return _text(ctx, node)
        case syntax.Name():
            return infer_name(ctx, node, expected)
        case syntax.Attribute():
            return infer_attribute(ctx, node)
        case syntax.Index():
            return infer_index(ctx, node)
        case syntax.Call():
            return infer_call(ctx, node, expected)
        case syntax.TupleOf():
            return _tuple(ctx, node)
        case syntax.SetOf():
            return infer_set(ctx, node, expected)
        case syntax.MapOf():
            return infer_map(ctx, node, expected)
        case syntax.ListOf():
            return infer_list(ctx, node, expected)
        case syntax.Comprehension():
            return infer_comprehension(ctx, node, expected)
        case syntax.MapComprehension():
            return infer_map_comprehension(ctx, node, expected)
        case syntax.Quantifier():
            return infer_quantifier(ctx, node)
        case syntax.Count():
            return infer_count(ctx, node)
        case syntax.Aggregate():
            return infer_aggregate(ctx, node)
        case syntax.Binary():
            return infer_binary(ctx, node, expected)
        case syntax.Comparison():
            return infer_comparison(ctx, node)
        case syntax.EventOrder():
            return infer_event_order(ctx, node)
        case syntax.Decimal() | syntax.Asked() | syntax.EventQuantifier():
            return refuse_outside_blocks(ctx, node)
        case syntax.Unary():
            return infer_unary(ctx, node)
        case syntax.IfElse():
            return infer_if_else(ctx, node, expected)
        case _:
            assert_never(node)


def _text(ctx: Context, node: syntax.Text) -> Type:
    ctx.findings.error(
        "DS0321",
        "text is no value",
        node.span,
        "only titles and the message of an `assert` are text",
        advice="use a literal of an enumeration: `red | green`",
    )
    return Unknown()


def _tuple(ctx: Context, node: syntax.TupleOf) -> Type:
    for item in node.items:
        ctx.infer(item)
    ctx.findings.error(
        "DS0313",
        "a tuple can only be compared",
        node.span,
        "not stored, sent or passed on",
        advice="declare a record: `record Pair(first: …, second: …)`",
        note="tuples are compared from the left: `(a, b) < (c, d)`",
    )
    return Unknown()
