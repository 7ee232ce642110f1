"""Which wider type do literals take, once the type of their place is known?

`idle` alone is one of `idle`, `none` alone could be of any optional type, and `{}` of any set or map. Beside
`mode == …` they take the type of `mode`. Nothing is typed again here: a second look at every operand would double
with each level of nesting.
"""

from dscheck.language import syntax
from dscheck.language.checked import LiteralMeaning, WordMeaning
from dscheck.language.scopes import Context
from dscheck.language.type_rules import is_open, plain
from dscheck.language.types import Empty, Enumeration, List, Map, Optional, Set, Tuple, Type, Unknown


def settle(ctx: Context, node: syntax.Expression, want: Type) -> None:
    """Give `node` and the literals within it the type `want`, as far as they are open and it fits."""
    have = ctx.tables.type_of.get(id(node), Unknown())
    if have == want or not is_open(have):
        return
    value = plain(want)
    match node, value:
        case syntax.Name(), _:
            _settle_name(ctx, node, want)
        case syntax.SetOf(()) | syntax.ListOf(()), Set() | Map() | List():
            if isinstance(have, Empty):
                ctx.tables.type_of[id(node)] = value
        case syntax.SetOf(items), Set(element):
            _settle_all(ctx, node, value, items, element)
        case syntax.ListOf(items), List(element):
            _settle_all(ctx, node, value, items, element)
        case syntax.Comprehension(_, item), Set(element) | List(element):
            _settle_all(ctx, node, value, (item,), element)
        case syntax.MapOf(pairs), Map(key, inner):
            _settle_all(ctx, node, value, tuple(each for each, _ in pairs), key)
            _settle_all(ctx, node, value, tuple(each for _, each in pairs), inner)
        case syntax.MapComprehension(first, second), Map(key, inner):
            _settle_all(ctx, node, value, (first,), key)
            _settle_all(ctx, node, value, (second,), inner)
        case syntax.TupleOf(items), Tuple(parts) if len(items) == len(parts):
            for item, part in zip(items, parts, strict=True):
                settle(ctx, item, part)
        case syntax.IfElse(then, _, otherwise), _:
            _settle_all(ctx, node, want, (then, otherwise), want)
        case syntax.Binary("+" | "-", left, right), Set() | List():
            _settle_all(ctx, node, value, (left, right), value)
        case _:
            pass


def _settle_all(
    ctx: Context, node: syntax.Expression, whole: Type, parts: tuple[syntax.Expression, ...], part: Type
) -> None:
    ctx.tables.type_of[id(node)] = whole
    for each in parts:
        settle(ctx, each, part)


def _settle_name(ctx: Context, node: syntax.Name, want: Type) -> None:
    """Only a literal and `none` change their type: a variable keeps its own."""
    match ctx.tables.name.get(id(node)), plain(want):
        case LiteralMeaning(name), Enumeration(literals) if name in literals:
            ctx.tables.type_of[id(node)] = plain(want)
        case WordMeaning("none"), _ if isinstance(want, Optional):
            ctx.tables.type_of[id(node)] = want
        case _:
            pass
