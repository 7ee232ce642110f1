"""Which types do operators take, and which do they give?"""

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.expectations import check, check_condition, report_unordered
from dscheck.language.scopes import Context
from dscheck.language.settling import settle
from dscheck.language.type_rules import fits, join, phrase, plain
from dscheck.language.typecheck_comparisons import infer_membership
from dscheck.language.types import (
    Bool,
    Empty,
    Id,
    Int,
    List,
    Map,
    Optional,
    Set,
    Stamp,
    Type,
    Unknown,
    Vector,
)

ARITHMETIC = ("+", "-", "*", "/", "%")


def infer_binary(ctx: Context, node: syntax.Binary, expected: Type | None) -> Type:
    """The type of `left operator right`."""
    match node.operator:
        case "and" | "or" | "implies" | "iff":
            # A long conjunction leans to the left: without recursion along that side it may have any length.
            spine: list[syntax.Expression] = [node.right]
            left = node.left
            while isinstance(left, syntax.Binary) and left.operator == node.operator:
                ctx.tables.type_of[id(left)] = Bool()
                spine.append(left.right)
                left = left.left
            for operand in [left, *reversed(spine)]:
                check_condition(ctx, operand)
            return Bool()
        case "in" | "not in":
            return infer_membership(ctx, node)
        case _:
            return _arithmetic_chain(ctx, node, expected)


def _arithmetic_chain(ctx: Context, node: syntax.Binary, expected: Type | None) -> Type:
    """A sum of many terms, from the left, without recursion."""
    chain = [node]
    while isinstance(chain[-1].left, syntax.Binary) and chain[-1].left.operator in ARITHMETIC:
        chain.append(chain[-1].left)
    left = chain[-1].left
    found = ctx.infer(left, _collection(expected))
    for each in reversed(chain):
        ctx.tables.type_of[id(each.left)] = found
        found = combine(ctx, each.operator, each.left, found, each.right, each, expected)
    return found


def combine(
    ctx: Context,
    operator: str,
    left: syntax.Expression,
    left_type: Type,
    right: syntax.Expression,
    whole: syntax.Expression | syntax.Assign,
    expected: Type | None,
) -> Type:
    """The type of `left operator right` for an arithmetic operator, `left` being typed already.

    Sets: `+` is union and `-` difference; lists: `+` appends; maps: `-` removes the keys of a set.
    """
    one = plain(left_type)
    if isinstance(one, Empty) and isinstance(_collection(expected), Set | List):
        one = _collection(expected) or one
    hint: Type | None = None
    if operator in ("+", "-"):
        match one:
            case Set() | List():
                hint = one
            case Map(key, _):
                hint = Set(key) if operator == "-" else None
    other = plain(ctx.infer(right, hint))
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one if isinstance(one, Set | List | Map) else Unknown()
    result = _arithmetic_type(operator, one, other, ctx.declarations.ordered)
    if result is None:
        _report_arithmetic(ctx, operator, left, one, right, other, whole)
        return Unknown()
    if isinstance(left_type, Optional):
        ctx.tables.unwrap.add(id(left))
    if isinstance(ctx.tables.type_of[id(right)], Optional):
        ctx.tables.unwrap.add(id(right))
    for side, found in ((left, one), (right, other)):
        if isinstance(found, Empty) and isinstance(result, Set | List):
            ctx.tables.type_of[id(side)] = result
    return result


def _collection(expected: Type | None) -> Type | None:
    wanted = None if expected is None else plain(expected)
    return wanted if isinstance(wanted, Set | List) else None


def _arithmetic_type(operator: str, one: Type, other: Type, ordered: frozenset[str]) -> Type | None:
    match one, other:
        case (Int() | Id(), Int() | Id()) if fits(one, Int(), ordered) and fits(other, Int(), ordered):
            return Int()
        case (Set() | List() | Empty(), Set() | List() | Empty()) if operator == "+" or (
            operator == "-" and not isinstance(one, List) and not isinstance(other, List)
        ):
            return join(one, other, ordered)
        case Map(key, _), Set(_) | Empty() if operator == "-" and fits(other, Set(key), ordered):
            return one
        case _:
            return None


def _report_arithmetic(
    ctx: Context,
    operator: str,
    left: syntax.Expression,
    one: Type,
    right: syntax.Expression,
    other: Type,
    whole: syntax.Expression | syntax.Assign,
) -> None:
    for node, found in ((left, one), (right, other)):
        if isinstance(found, Stamp | Vector):
            ctx.findings.error(
                "DS0306",
                f"`{ctx.text(node)}` is {phrase(found)}, and `{operator}` computes with numbers",
                node.span,
                "stamps are compared and stored, nothing else",
                advice="count by hand in a variable with a range when the number itself matters",
                note="only their order has a meaning, which keeps the search finite while clocks grow",
            )
            return
        if isinstance(found, Id) and isinstance(one if found is other else other, Int | Id):
            report_unordered(ctx, node, found.process, f"`{operator}` computes with a `{found.process}` id")
            return
    sides = f"{phrase(one)} and {phrase(other)}"
    match one, other:
        case Set(element), _ if operator in "+-" and fits(other, element, ctx.declarations.ordered):
            advice = f"put it into a set: `{{{ctx.text(right)}}}`"
        case List(element), _ if operator == "+" and fits(other, element, ctx.declarations.ordered):
            advice = f"put it into a list: `[{ctx.text(right)}]`"
        case Map(), _ if operator == "+":
            advice = "set one key at a time: `m[key] = value`"
        case Map(), _ if operator == "-":
            advice = "remove a set of keys: `m -= {key}`"
        case (Set() | Map() | List(), Int()):
            advice = f"its size is `len({ctx.text(left)})`"
        case Set(), Set() if operator == "*":
            advice = "the common members of two sets are `{x for x in a if x in b}`"
        case _:
            advice = "`+` and `-` take two ints or two sets; `*`, `/` and `%` two ints"
    ctx.findings.error(
        "DS0302",
        f"`{operator}` does not work on {sides}",
        whole.span,
        f"the left is {phrase(one)}, the right is {phrase(other)}",
        advice=advice,
    )


def infer_unary(ctx: Context, node: syntax.Unary) -> Type:
    """The type of `not e` and `-e`."""
    if node.operator == "not":
        check_condition(ctx, node.operand)
        return Bool()
    check(ctx, node.operand, Int())
    return Int()


def infer_if_else(ctx: Context, node: syntax.IfElse, expected: Type | None) -> Type:
    """The type of `a if c else b`: one that both branches fit."""
    check_condition(ctx, node.condition)
    then, otherwise = ctx.infer(node.then, expected), ctx.infer(node.otherwise, expected)
    joined = join(then, otherwise, ctx.declarations.ordered)
    if joined is None:
        ctx.findings.error(
            "DS0303",
            "the two branches have different types",
            node.otherwise.span,
            f"this is {phrase(otherwise)}",
            related=(Label(node.then.span, f"this is {phrase(then)}"),),
        )
        return Unknown()
    settle(ctx, node.then, joined)
    settle(ctx, node.otherwise, joined)
    return joined
