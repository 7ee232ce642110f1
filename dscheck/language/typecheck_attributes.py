"""What does the word after a dot mean?"""

from dscheck.diagnostics import Fix, Label
from dscheck.language import syntax
from dscheck.language.checked import EndMeaning, FieldMeaning, ProcessInfo, ProcessSetMeaning, RemoteVariableMeaning
from dscheck.language.expectations import need
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import Context
from dscheck.language.type_rules import phrase
from dscheck.language.typecheck_names import check_ghost, report_locality
from dscheck.language.types import Id, Record, Set, Type, Unknown


def infer_attribute(ctx: Context, node: syntax.Attribute) -> Type:
    """The type of `base.name`, with its meaning recorded."""
    end = _end_of_process_set(ctx, node)
    if end is not None:
        return end
    base = need(ctx, node.base)
    name = node.name.name
    match base:
        case Unknown():
            return Unknown()
        case Record(record):
            return _field(ctx, node, record)
        case Id(process):
            return _variable_of(ctx, node, ctx.declarations.processes[process])
    advice = "go through its members: `forall p in …: p.…`" if isinstance(base, Set) else ""
    ctx.findings.error(
        "DS0312",
        f"`{ctx.text(node.base)}` has nothing called `{name}`",
        node.name.span,
        f"the left side is {phrase(base)}",
        advice=advice or "a dot follows a record or a process id",
    )
    return Unknown()


def _end_of_process_set(ctx: Context, node: syntax.Attribute) -> Type | None:
    """`Node.first` and `Node.last`; None when it is something else."""
    end = node.name.name
    if not isinstance(node.base, syntax.Name) or end not in ("first", "last") or ctx.place.kind == "constant":
        return None
    process = ctx.declarations.processes.get(node.base.name)
    if process is None or process.singleton or node.base.name in ctx.locals:
        return None
    ctx.tables.name[id(node.base)] = ProcessSetMeaning(process.name)
    ctx.tables.type_of[id(node.base)] = Set(Id(process.name))
    if not process.ordered:
        ctx.findings.error(
            "DS0305",
            f"`{process.name}` has no {end} process",
            node.span,
            "its ids have no order",
            related=(Label(process.declaration.name.span, f"`{process.name}` is not declared `ordered`"),),
            advice=f"declare `process {process.name}[…] ordered`, or `choose` one of them",
        )
        return Unknown()
    ctx.tables.attribute[id(node)] = EndMeaning(process.name, "first" if end == "first" else "last")
    return Id(process.name)


def _field(ctx: Context, node: syntax.Attribute, record: str) -> Type:
    declaration = ctx.declarations.records[record]
    names = [each.name.name for each in declaration.fields]
    if node.name.name not in names:
        label, fix = did_you_mean(node.name.name, node.name.span, names)
        ctx.findings.error(
            "DS0211",
            f"the record `{record}` has no field `{node.name.name}`",
            node.name.span,
            label or f"its fields are {listing(names)}",
            related=(Label(declaration.name.span, "declared here"),),
            fix=fix,
        )
        return Unknown()
    position = names.index(node.name.name)
    ctx.tables.attribute[id(node)] = FieldMeaning(record, position)
    return ctx.types.records[record][position]


def _variable_of(ctx: Context, node: syntax.Attribute, process: ProcessInfo) -> Type:
    name = node.name.name
    if name not in process.variables:
        label, fix = did_you_mean(name, node.name.span, process.variables)
        if name in process.timers:
            label, fix = "this is a timer", Fix(node.span, f"running({ctx.source.slice(node.span)})", "ask if it runs")
        ctx.findings.error(
            "DS0211",
            f"`{process.name}` has no variable `{name}`",
            node.name.span,
            label or (f"its variables are {listing(process.variables)}" if process.variables else "it has none"),
            related=(Label(process.declaration.name.span, f"`{process.name}` is declared here"),),
            advice=f"ask `running({ctx.text(node)})`" if name in process.timers else "",
            fix=fix,
        )
        return Unknown()
    variable = process.variables[name]
    itself = ctx.process() is process and _is_self(node.base, process)
    if not ctx.place.sees_everything and not (itself and ctx.place.kind == "body"):
        if ctx.place.kind in ("constant", "initial"):
            ctx.findings.error(
                "DS0217",
                f"an initial value cannot read `{ctx.text(node)}`",
                node.span,
                "there is no state yet",
                related=(Label(variable.name.span, "a variable"),),
            )
        else:
            report_locality(ctx, node, name, process, (Label(variable.name.span, f"a variable of `{process.name}`"),))
        return Unknown()
    ctx.usage.read.add((process.name, name))
    check_ghost(ctx, node, variable)
    ctx.tables.attribute[id(node)] = RemoteVariableMeaning(process.name, name)
    return ctx.types.variables.get((process.name, name), Unknown())


def _is_self(base: syntax.Expression, process: ProcessInfo) -> bool:
    return isinstance(base, syntax.Name) and (base.name == "self" or (process.singleton and base.name == process.name))
