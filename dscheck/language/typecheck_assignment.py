"""May this be assigned, and does the value fit?"""

from dscheck.diagnostics import Fix, Label
from dscheck.language import syntax
from dscheck.language.checked import FieldMeaning, OwnVariableMeaning, SharedVariableMeaning
from dscheck.language.expectations import check, report_mismatch
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import Context
from dscheck.language.type_rules import fits, phrase
from dscheck.language.typecheck_names import WORDS
from dscheck.language.typecheck_operators import combine
from dscheck.language.types import Id, Int, List, Map, Optional, Record, Type, Unknown, Vector


def check_assign(ctx: Context, node: syntax.Assign) -> None:
    """Check one `target = value`, `target += value` or `target -= value`."""
    root = _root(node.target)
    variable = None if root is None else _variable(ctx, root)
    if root is None or variable is None:
        _report_target(ctx, node, root)
        ctx.infer(node.value)
        return
    _check_crash(ctx, node, variable)
    inner = ctx.with_ghosts() if variable.kind == "ghost" else ctx
    wanted = _target_type(inner, node.target)
    because = Label(variable.name.span, f"`{variable.name.name}` is declared here")
    if node.operator == "=":
        check(inner, node.value, wanted, because)
        return
    result = combine(inner, node.operator[0], node.target, wanted, node.value, node, wanted)
    if not fits(result, wanted, ctx.declarations.ordered):
        report_mismatch(inner, node.value, inner.tables.type_of[id(node.value)], wanted, because)


def _root(target: syntax.Expression) -> syntax.Name | None:
    """The name that a chain of indices and fields begins with."""
    while isinstance(target, syntax.Index | syntax.Attribute):
        target = target.base
    return target if isinstance(target, syntax.Name) else None


def _variable(ctx: Context, root: syntax.Name) -> syntax.Variable | None:
    if root.name in ctx.locals:
        return None
    return ctx.own_variable(root.name) or ctx.declarations.shared.get(root.name)


def _check_crash(ctx: Context, node: syntax.Assign, variable: syntax.Variable) -> None:
    if ctx.place.body == "crash" and variable.kind != "ghost":
        ctx.findings.error(
            "DS0407",
            f"`on crash` writes `{variable.name.name}`, which is no ghost",
            node.span,
            "a crashing process does nothing any more",
            related=(Label(variable.name.span, "declared here"),),
            advice="do it in `on recover`; only a `ghost var` may record the crash itself",
        )


def _target_type(ctx: Context, node: syntax.Expression) -> Type:
    """The type of the place that is written; its indices are read, its variable is not."""
    match node:
        case syntax.Name(name):
            own = ctx.own_variable(name) is not None
            process = ctx.place.process if own else ""
            meaning = OwnVariableMeaning(process, name) if own else SharedVariableMeaning(name)
            ctx.tables.name[id(node)] = meaning
            found = ctx.types.variables.get((process, name), Unknown())
        case syntax.Index(base, index):
            found = _entry_type(ctx, node, _needed(ctx, base), index)
        case syntax.Attribute(base, name):
            found = _field_type(ctx, node, _needed(ctx, base), name)
        case _:
            found = Unknown()
    ctx.tables.type_of[id(node)] = found
    return found


def _needed(ctx: Context, base: syntax.Expression) -> Type:
    found = _target_type(ctx, base)
    if isinstance(found, Optional):
        ctx.tables.unwrap.add(id(base))
        return found.inner
    return found


def _entry_type(ctx: Context, node: syntax.Index, base: Type, index: syntax.Expression) -> Type:
    match base:
        case Map(key, value):
            check(ctx, index, key)
            return value
        case List(element):
            check(ctx, index, Int())
            return element
        case Unknown():
            ctx.infer(index)
            return base
    ctx.infer(index)
    ctx.findings.error(
        "DS0311",
        f"`{ctx.text(node.base)}` has no entries to assign",
        node.span,
        f"`{ctx.text(node.base)}` is {phrase(base)}",
        advice="" if isinstance(base, Vector) else "maps and lists have entries; a set takes `+= {…}` and `-= {…}`",
    )
    return Unknown()


def _field_type(ctx: Context, node: syntax.Attribute, base: Type, name: syntax.Identifier) -> Type:
    match base:
        case Record(record):
            declaration = ctx.declarations.records[record]
            names = [each.name.name for each in declaration.fields]
            if name.name in names:
                position = names.index(name.name)
                ctx.tables.attribute[id(node)] = FieldMeaning(record, position)
                return ctx.types.records[record][position]
            label, fix = did_you_mean(name.name, name.span, names)
            ctx.findings.error(
                "DS0211",
                f"the record `{record}` has no field `{name.name}`",
                name.span,
                label or f"its fields are {listing(names)}",
                related=(Label(declaration.name.span, "declared here"),),
                fix=fix,
            )
        case Id(process):
            ctx.findings.error(
                "DS0315",
                f"`{ctx.text(node)}` belongs to another process",
                node.span,
                f"only that `{process}` itself can change it",
                advice="send it a message, and let its handler change it",
            )
        case Unknown():
            pass
        case _:
            ctx.findings.error(
                "DS0312",
                f"`{ctx.text(node.base)}` has nothing called `{name.name}`",
                name.span,
                f"the left side is {phrase(base)}",
                advice="a dot follows a record",
            )
    return Unknown()


def _report_target(ctx: Context, node: syntax.Assign, root: syntax.Name | None) -> None:
    """Say why this cannot be assigned."""
    if root is None:
        ctx.findings.error(
            "DS0315", f"`{ctx.text(node.target)}` cannot be assigned", node.target.span, "this is no variable",
            advice="a variable, an entry `m[key]` or a field `r.f` of one can be assigned",
        )  # fmt: skip
        return
    name = root.name
    known = ctx.declarations
    dotted = _first_attribute(node.target)
    if dotted is not None and name == "self" and ctx.own_variable(dotted.name.name) is not None:
        ctx.findings.error(
            "DS0315",
            f"write the own variable `{dotted.name.name}` without `self`",
            dotted.span,
            "not needed here",
            fix=Fix(dotted.span, dotted.name.name, "remove `self.`"),
        )
        return
    if name in ctx.locals:
        local = ctx.locals[name]
        if dotted is not None and isinstance(local.type, Id):
            _report_remote(ctx, node, dotted, local.type.process)
            return
        what, span = local.what, local.span
    elif name in known.processes and dotted is not None:
        _report_remote(ctx, node, dotted, name)
        return
    elif name in known.named:
        what, span = known.named[name]
    elif name in known.literals:
        what, span = "a literal of an enumeration", known.literals[name]
    elif name in WORDS:
        ctx.findings.error("DS0315", f"`{name}` cannot be assigned", root.span, "a word of the language")
        return
    else:
        ctx.infer(root)
        return
    ctx.findings.error(
        "DS0315",
        f"`{name}` cannot be assigned",
        root.span,
        f"it is {what}",
        related=(Label(span, "declared here"),),
        advice="declare a `var` in the process, and assign that",
    )


def _first_attribute(target: syntax.Expression) -> syntax.Attribute | None:
    """The innermost dot, which follows the name itself."""
    found: syntax.Attribute | None = None
    while isinstance(target, syntax.Index | syntax.Attribute):
        if isinstance(target.base, syntax.Name) and isinstance(target, syntax.Attribute):
            found = target
        target = target.base
    return found


def _report_remote(ctx: Context, node: syntax.Assign, dotted: syntax.Attribute, process: str) -> None:
    ctx.findings.error(
        "DS0315",
        f"`{ctx.text(dotted)}` belongs to another process",
        node.target.span,
        f"only that `{process}` itself can change it",
        advice="send it a message, and let its handler change it",
        note="a process changes only its own variables and those declared `shared`",
    )
