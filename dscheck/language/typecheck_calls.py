"""What does a call mean: a function of the language, a record, or a function of the spec?"""

from collections.abc import Callable
from dataclasses import replace

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS
from dscheck.language.checked import Expansion, RecordMeaning, Tables
from dscheck.language.declared_types import static_type
from dscheck.language.expectations import check
from dscheck.language.findings import counted, did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.typecheck_builtins import infer_builtin
from dscheck.language.types import Record, Type, Unknown
from dscheck.source import Span

DEEPEST_CALLS = 50

SYNONYMS = {"size": "len", "length": "len", "cardinality": "len", "minimum": "min", "maximum": "max"}
"""what other languages call a function of this one"""


def infer_call(ctx: Context, node: syntax.Call, expected: Type | None) -> Type:
    """The type of `f(a, b)`, with its meaning recorded."""
    name = node.function.name
    known = ctx.declarations
    if name in known.functions:
        function = known.functions[name]
        ctx.usage.called.add(("", name))
        expansion = expand(ctx, function, node.function, node.arguments, check_function_body(function))
        if expansion is None:
            return Unknown()
        ctx.tables.call[id(node)] = expansion
        return expansion.tables.type_of.get(id(function.body), Unknown())
    if name in known.records:
        record = known.records[name]
        if check_arguments(ctx, node.function, node.arguments, record.fields, ctx.types.records[name], record.name):
            ctx.tables.call[id(node)] = RecordMeaning(name)
        return Record(name)
    if name in BUILTINS:
        return infer_builtin(ctx, node, expected)
    _infer_all(ctx, node.arguments)
    _report_unknown(ctx, node)
    return Unknown()


def check_function_body(function: syntax.Function) -> Callable[[Context], None]:
    """The check of the body of `function`."""

    def check_body(inner: Context) -> None:
        inner.infer(function.body)

    return check_body


def check_arguments(
    ctx: Context,
    name: syntax.Identifier,
    arguments: tuple[syntax.Expression, ...],
    fields: tuple[syntax.Parameter, ...],
    wanted: tuple[Type, ...],
    declared: syntax.Identifier,
) -> bool:
    """Check the values for the fields of a record or message; whether their number is right."""
    if not check_count(ctx, name, len(arguments), [each.name.name for each in fields], declared.span):
        _infer_all(ctx, arguments)
        return False
    for argument, field, want in zip(arguments, fields, wanted, strict=True):
        check(ctx, argument, want, Label(field.span, f"`{field.name.name}` is declared here"))
    return True


def check_count(ctx: Context, name: syntax.Identifier, count: int, fields: list[str], declared: Span) -> bool:
    """Whether there are as many values as `fields`; reported when not."""
    if count == len(fields):
        return True
    takes = f"takes {counted(len(fields), 'value')}: {', '.join(fields)}" if fields else "takes no values"
    ctx.findings.error(
        "DS0309",
        f"`{name.name}` takes {counted(len(fields), 'value')}, and {count} {'is' if count == 1 else 'are'} given",
        name.span,
        takes,
        related=(Label(declared, "declared here"),),
        advice=f"write `{name.name}({', '.join(fields)})`" if fields else f"write `{name.name}` alone",
    )
    return False


def expand(
    ctx: Context,
    declaration: syntax.Function | syntax.Helper,
    name: syntax.Identifier,
    arguments: tuple[syntax.Expression, ...],
    check_body: Callable[[Context], None],
) -> Expansion | None:
    """What a function or helper means in this call.

    Args:
        ctx: the place of the call.
        declaration: what is called.
        name: its name in the call.
        arguments: the values given.
        check_body: checks the body, at the place inside it; runs once per list of argument types.

    Returns:
        None when the call was reported.
    """
    parameters = declaration.parameters
    if not check_count(ctx, name, len(arguments), [each.name.name for each in parameters], declaration.name.span):
        _infer_all(ctx, arguments)
        return None
    found: list[Type] = []
    for argument, parameter in zip(arguments, parameters, strict=True):
        if parameter.type is None:
            found.append(ctx.infer(argument))
        else:
            want = static_type(ctx, parameter.type, whole_numbers=True)
            check(ctx, argument, want, Label(parameter.span, f"`{parameter.name.name}` is declared here"))
            found.append(want)
    return expand_with(ctx, declaration, tuple(found), name.span, check_body)


def expand_with(
    ctx: Context,
    declaration: syntax.Function | syntax.Helper,
    arguments: tuple[Type, ...],
    call: Span,
    check_body: Callable[[Context], None],
) -> Expansion | None:
    """As `expand`, for arguments of these types; `call` is where they are given."""
    if id(declaration) in ctx.active:
        ctx.findings.error(
            "DS0215",
            f"`{declaration.name.name}` calls itself",
            call,
            "this call comes back to where it began",
            related=(Label(declaration.name.span, "declared here"),),
            advice="go through a set with a quantifier, `sum(…)` or `for`",
            note="a body must end, and nothing would say that recursion does",
        )
        return None
    if len(ctx.active) >= DEEPEST_CALLS:
        ctx.findings.error(
            "DS0215",
            f"calls within calls go deeper than {DEEPEST_CALLS} levels",
            call,
            "too deep here",
            related=(Label(declaration.name.span, "declared here"),),
            advice="let functions do more by themselves",
        )
        return None
    key = (id(declaration), arguments, ctx.place)
    known = ctx.expansions.get(key)
    if known is not None:
        return known
    names = tuple(parameter.name.name for parameter in declaration.parameters)
    expansion = Expansion(declaration, names, Tables())
    ctx.expansions[key] = expansion
    check_body(_inside(ctx, expansion, arguments, call))
    return expansion


def _inside(ctx: Context, expansion: Expansion, arguments: tuple[Type, ...], call: Span) -> Context:
    """The place inside the body of `expansion`: its parameters, and for a helper the own process."""
    declaration = expansion.declaration
    place = ctx.place
    if isinstance(declaration, syntax.Function):
        # Counters stay visible in the text of the bound itself, which must be linear in them.
        place = replace(place, lexical=False, kind="property" if place.kind == "bound" else place.kind)
    inner = replace(
        ctx,
        place=place,
        tables=expansion.tables,
        locals={},
        active=(*ctx.active, id(declaration)),
        call=call if ctx.call is None else ctx.call,
    )
    for parameter, a_type in zip(declaration.parameters, arguments, strict=True):
        inner = inner.bind(parameter.name, a_type, "a parameter")
    return inner


def _infer_all(ctx: Context, arguments: tuple[syntax.Expression, ...]) -> None:
    """Look into the arguments of a call that is wrong itself, for mistakes of their own."""
    for argument in arguments:
        # A name that is no value belongs to the mistake in the call: `snet(Request)` is one mistake.
        if not (isinstance(argument, syntax.Name) and argument.name in ctx.declarations.messages):
            ctx.infer(argument)


def _report_unknown(ctx: Context, node: syntax.Call) -> None:
    name = node.function.name
    known = ctx.declarations
    process = ctx.process()
    helpers = known.helpers.get(process.name, {}) if process is not None else {}
    related: tuple[Label, ...] = ()
    label = "not declared"
    advice = ""
    fix = None
    if name in helpers:
        label = "a helper gives no value"
        advice = "a helper is a statement of its own; for a value use a top-level `def`"
        related = (Label(helpers[name].name.span, "declared here"),)
    elif name in known.named or name in ctx.locals:
        what, span = known.named[name] if name in known.named else (ctx.locals[name].what, ctx.locals[name].span)
        label = f"`{name}` is {what}"
        related = (Label(span, "declared here"),)
        advice = f"a message is sent: `send {name}(…) to …`" if what == "a message" else ""
    else:
        name = SYNONYMS.get(name, name)
        near, fix = did_you_mean(name, node.function.span, [*BUILTINS, *known.functions, *known.records])
        label = near or label
        if not near:
            advice = "the language has " + ", ".join(row.signature for row in BUILTINS.values() if row.where != "bound")
    ctx.findings.error(
        "DS0205",
        f"there is no function `{node.function.name}`",
        node.function.span,
        label,
        related=related,
        advice=advice,
        fix=fix,
    )
