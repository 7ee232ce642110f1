"""Which values may be compared, and which have an order? Also membership, which compares with every member."""

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import LiteralMeaning
from dscheck.language.expectations import need, report_mismatch, report_unordered
from dscheck.language.scopes import Context
from dscheck.language.settling import settle
from dscheck.language.type_rules import comparable, element_of, has_order, is_open, join, phrase, plain, process_within
from dscheck.language.types import (
    Bool,
    Empty,
    Enumeration,
    Id,
    Int,
    List,
    Map,
    Nothing,
    Optional,
    Set,
    Stamp,
    Tuple,
    Type,
    Vector,
)


def infer_comparison(ctx: Context, node: syntax.Comparison) -> Type:
    """The type of `a < b <= c`, which is bool."""
    found = [_operand(ctx, operand) for operand in node.operands]
    widest: Type | None = found[0]
    for each in found[1:]:
        widest = None if widest is None else join(widest, each, ctx.declarations.ordered)
    if widest is not None:
        # Literals, `none` and `{}` take the type of what they are compared with. Whether the comparison makes sense
        # is asked of the types before that: every literal would fit the widened type.
        for operand in node.operands:
            settle(ctx, operand, widest)
    for position, operator in enumerate(node.operators):
        left, right = found[position], found[position + 1]
        if operator in ("==", "!="):
            _check_equality(ctx, node, position, left, right)
        else:
            _check_order(ctx, node, position, left, right)
    return Bool()


def _operand(ctx: Context, node: syntax.Expression) -> Type:
    """An operand of a comparison, the only place for a tuple."""
    if not isinstance(node, syntax.TupleOf):
        return ctx.infer(node)
    found = Tuple(tuple(ctx.infer(item) for item in node.items))
    ctx.tables.type_of[id(node)] = found
    return found


def _check_equality(ctx: Context, node: syntax.Comparison, position: int, left: Type, right: Type) -> None:
    if comparable(left, right, ctx.declarations.ordered):
        return
    if ctx.active and isinstance(plain(left), Enumeration) and isinstance(plain(right), Enumeration):
        return  # a helper that is called with one literal and then with another may well ask which it is
    one, other = node.operands[position : position + 2]
    operator = node.operators[position]
    always = "false" if operator == "==" else "true"
    match plain(left), plain(right):
        case (Int() as number, Id(process)) | (Id(process), Int() as number):
            report_unordered(
                ctx, other if plain(left) == number else one, process, f"a number is compared with a `{process}` id"
            )
            return
        case (Stamp(), Int()) | (Int(), Stamp()):
            ctx.findings.error(
                "DS0306",
                f"a stamp and a number are compared by `{operator}`",
                node.span,
                f"`{ctx.text(one)}` is {phrase(left)}, `{ctx.text(other)}` is {phrase(right)}",
                advice="for `none yet` declare it `stamp?` and compare with `none`",
                note="a stamp can be compared with another stamp and stored, nothing else",
            )
            return
        case (Nothing(), _) | (_, Nothing()):
            value = other if isinstance(left, Nothing) else one
            advice = f"`{ctx.text(value)}` is never `none`; declare it with `?` if it may be"
        case Enumeration(), Enumeration():
            advice = f"{phrase(left)} against {phrase(right)}: no literal is in both"
        case (Set() | Map() | List(), Int()):
            advice = f"its size is `len({ctx.text(one)})`"
        case (Int(), Set() | Map() | List()):
            advice = f"its size is `len({ctx.text(other)})`"
        case (Set(element), single) | (single, Set(element)) if element == single:
            advice = "ask for membership by `in`"
        case _:
            advice = ""
    ctx.findings.error(
        "DS0303",
        f"`{ctx.text(one)}` and `{ctx.text(other)}` can never be equal",
        one.span.to(other.span),
        f"{phrase(left)} `{operator}` {phrase(right)} is always {always}",
        advice=advice,
    )


def _check_order(ctx: Context, node: syntax.Comparison, position: int, left: Type, right: Type) -> None:
    operator = node.operators[position]
    operands = node.operands[position : position + 2]
    ordered = ctx.declarations.ordered
    for operand, found in zip(operands, (left, right), strict=True):
        if not check_ordered(ctx, operand, found, f"`{operator}` compares"):
            return
    one, other = plain(left), plain(right)
    if not comparable(one, other, ordered):
        mixes = {type(one), type(other)} == {Stamp, Int} or {type(one), type(other)} == {Vector, Int}
        ctx.findings.error(
            "DS0306" if mixes else "DS0303",
            f"`{ctx.text(operands[0])}` and `{ctx.text(operands[1])}` cannot be compared",
            operands[0].span.to(operands[1].span),
            f"{phrase(one)} `{operator}` {phrase(other)}",
            advice="for `none yet` declare it `stamp?` and compare with `none`" if mixes else "",
            note="a stamp can be compared with another stamp and stored, nothing else" if mixes else "",
        )
        return
    for operand, found in zip(operands, (left, right), strict=True):
        _unwrap_all(ctx, operand, found)


def check_ordered(ctx: Context, node: syntax.Expression, found: Type, does: str) -> bool:
    """Whether values of type `found` have an order; reported when not.

    Args:
        ctx: the place.
        node: the expression.
        found: its type.
        does: begins the headline, such as "`<` compares".
    """
    if has_order(found, ctx.declarations.ordered):
        return True
    value = plain(found)
    process = process_within(value, ctx.declarations.unordered, ctx.types.records)
    if process is not None and isinstance(value, Id | Tuple):
        report_unordered(ctx, node, process, f"{does} `{process}` ids")
        return False
    match value:
        case Set():
            advice = "for `is a subset` write `all(x in b for x in a)`; for sizes compare `len(…)`"
        case Map() | List() | Empty():
            advice = f"compare its size: `len({ctx.text(node)})`"
        case Bool():
            advice = "combine truth values with `and`, `or`, `not`, `implies`"
        case Enumeration():
            advice = "the literals of an enumeration have no order; use a range `0..k`, or compare by `==`"
        case Nothing():
            advice = "compare with `none` by `==` or `!=`"
        case _:
            advice = "compare its parts"
    ctx.findings.error(
        "DS0304",
        f"{does} values that have an order, and `{ctx.text(node)}` has none",
        node.span,
        f"this is {phrase(found)}",
        advice=advice,
    )
    return False


def _unwrap_all(ctx: Context, node: syntax.Expression, found: Type) -> None:
    """`none` has no order, so that values are needed, also within tuples."""
    if isinstance(found, Optional):
        ctx.tables.unwrap.add(id(node))
    if isinstance(node, syntax.TupleOf) and isinstance(found, Tuple):
        for item, part in zip(node.items, found.items, strict=True):
            _unwrap_all(ctx, item, part)


def infer_membership(ctx: Context, node: syntax.Binary) -> Type:
    """The type of `x in s` and `x not in s`, which is bool."""
    whole = need(ctx, node.right)
    element = element_of(whole)
    if element is None:
        ctx.infer(node.left)
        ctx.findings.error(
            "DS0310",
            f"`{ctx.text(node.right)}` has no members",
            node.right.span,
            f"this is {phrase(whole)}",
            advice="`in` asks a set, a map (for a key) or a list; compare single values by `==`",
        )
        return Bool()
    left = ctx.infer(node.left, element)
    ordered = ctx.declarations.ordered
    if isinstance(whole, Set) and isinstance(node.right, syntax.SetOf) and is_open(element):
        # Each literal by itself: `mode in {idle, red}` overlaps with the modes, and is wrong all the same.
        for item in node.right.items:
            meaning = ctx.tables.name.get(id(item))
            alone = Enumeration((meaning.name,)) if isinstance(meaning, LiteralMeaning) else None
            member = alone or ctx.tables.type_of[id(item)]
            if not comparable(left, member, ordered):
                report_mismatch(ctx, item, member, left, Label(node.left.span, f"this is {phrase(left)}"))
        settle(ctx, node.right, Set(left))
    elif not comparable(left, element, ordered):
        report_mismatch(
            ctx, node.left, left, element, Label(node.right.span, f"its members are {phrase(element)} each")
        )
    return Bool()
