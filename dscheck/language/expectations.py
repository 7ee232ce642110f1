"""Does this expression fit the place where it stands, and if not, how is that said?"""

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.scopes import Context
from dscheck.language.type_rules import element_of, fits, phrase, plain
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
    Type,
    Unknown,
    describe,
)


def check(ctx: Context, node: syntax.Expression, want: Type, because: Label | None = None) -> Type:
    """Type `node` where a `want` is needed; report it when it does not fit.

    Args:
        ctx: the place.
        node: the expression.
        want: the type that the place needs.
        because: the declaration that says so.

    Returns:
        The type found, without its `?` when the value is needed and `none` would be a violation;
        Unknown when it was reported.
    """
    found = ctx.infer(node, want)
    ordered = ctx.declarations.ordered
    if fits(found, want, ordered):
        return found
    if isinstance(found, Optional) and fits(found.inner, want, ordered):
        ctx.tables.unwrap.add(id(node))
        return found.inner
    report_mismatch(ctx, node, found, want, because)
    ctx.tables.type_of[id(node)] = Unknown()
    return Unknown()


def need(ctx: Context, node: syntax.Expression, expected: Type | None = None) -> Type:
    """Type `node` where its value is needed: an optional is unwrapped, which `none` would violate."""
    found = ctx.infer(node, expected)
    if isinstance(found, Optional):
        ctx.tables.unwrap.add(id(node))
        return found.inner
    return found


def check_condition(ctx: Context, node: syntax.Expression) -> None:
    """A truth value is needed here."""
    check(ctx, node, Bool())


def check_iterable(ctx: Context, node: syntax.Expression) -> Type:
    """The type of the members of `node`, which is iterated over; Unknown after a report."""
    found = need(ctx, node)
    element = element_of(found)
    if element is None:
        match found:
            case Int():
                advice = "name a process set, or write the numbers: `{0, 1, 2}`"
            case Bool():
                advice = "for both truth values write `{true, false}`"
            case _:
                advice = ""
        ctx.findings.error(
            "DS0310",
            f"`{ctx.text(node)}` has no members to go through",
            node.span,
            f"this is {phrase(found)}",
            advice=advice or "a set, a map (its keys) or a list is needed here",
        )
        return Unknown()
    return element


def report_mismatch(
    ctx: Context, node: syntax.Expression, found: Type, want: Type, because: Label | None = None
) -> None:
    """Say that `node` is a `found` where a `want` is needed, under the code of the reason."""
    related = () if because is None else (because,)
    target = plain(want)
    text = ctx.text(node)
    match plain(found), target:
        case (Int(), Id(process)) | (Id(process), Int()):
            _report_number_and_id(ctx, node, process, related)
        case (Int(), Stamp()) | (Stamp(), Int()):
            wants_stamp = isinstance(target, Stamp)
            ctx.findings.error(
                "DS0306",
                f"`{text}` is {phrase(found)}, and {'a stamp' if wants_stamp else 'an int'} is needed here",
                node.span,
                "stamps and numbers do not mix",
                related=related,
                advice="for `none yet` declare it `stamp?` and write `none`; the clock's stamp is `now`"
                if wants_stamp
                else "keep the stamp as `stamp?`, or count by hand in a variable with a range",
                note="a stamp can be compared with another stamp and stored, nothing else",
            )
        case _:
            ctx.findings.error(
                "DS0301",
                f"`{text}` is {phrase(found)}, and {phrase(want)} is needed here",
                node.span,
                f"this is {phrase(found)}",
                related=related,
                advice=_advice(text, found, want),
            )


def _report_number_and_id(ctx: Context, node: syntax.Expression, process: str, related: tuple[Label, ...]) -> None:
    info = ctx.declarations.processes.get(process)
    where = () if info is None else (Label(info.declaration.name.span, f"`{process}` is not declared `ordered`"),)
    ctx.findings.error(
        "DS0305",
        f"`{ctx.text(node)}` mixes a number with a `{process}` id",
        node.span,
        f"ids of `{process}` are no numbers",
        related=related + where,
        advice=f"declare `process {process}[…] ordered` if ids are numbers here, or compare ids only by `==` and `!=`",
        note="ids that nothing orders are interchangeable, which makes the search smaller",
    )


def _advice(text: str, found: Type, want: Type) -> str:
    match found, plain(want):
        case Nothing(), _:
            return f"only a `{describe(want)}?` can be `none`"
        case Enumeration(), Enumeration(literals):
            return f"the values that fit are {', '.join(f'`{literal}`' for literal in literals)}"
        case ((Set() | Map() | List()), Int()):
            return f"its size is `len({text})`"
        case ((Set() | List()), Bool()):
            return f"for `is it filled` write `len({text}) > 0`"
        case Int(), Bool():
            return f"compare it: `{text} != 0`, for example"
        case element, Set(inner) if element == inner:
            return f"a set of one is written `{{{text}}}`"
        case element, List(inner) if element == inner:
            return f"a list of one is written `[{text}]`"
        case Empty(), _:
            return f"`{text}` is a set, a map or a list"
        case _:
            return ""


def report_unordered(ctx: Context, node: syntax.Expression, process: str, headline: str) -> None:
    """Ids of a process set that is not `ordered` are used as if they were numbers."""
    declaration = ctx.declarations.processes[process].declaration
    ctx.findings.error(
        "DS0305",
        headline + ", and these have no order",
        node.span,
        f"`{ctx.text(node)}` is a `{process}` id" if len(ctx.text(node)) < 20 else f"a `{process}` id",
        related=(Label(declaration.name.span, f"`{process}` is not declared `ordered`"),),
        advice=f"declare `process {process}[…] ordered` if ids are numbers here, or compare them only by `==` and `!=`",
        note="ids that nothing orders are interchangeable, which makes the search smaller",
    )
