"""What are the static types of constants, variables, messages and records, and are the types written well?"""

from graphlib import CycleError, TopologicalSorter

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.expectations import check
from dscheck.language.findings import did_you_mean
from dscheck.language.scopes import CONSTANT, Context
from dscheck.language.traversal import walk
from dscheck.language.types import (
    Bool,
    Enumeration,
    Id,
    Int,
    List,
    Map,
    Optional,
    Record,
    Set,
    Stamp,
    Type,
    Unknown,
    Vector,
)

SIMPLE_TYPES = ("bool", "int", "stamp", "set", "map", "list", "vector")


def type_constants(ctx: Context) -> tuple[str, ...]:
    """Type all constants.

    Returns:
        Their names, each after those that its value uses. A cycle is reported.
    """
    constants = ctx.declarations.constants
    uses = {name: _constants_used(ctx, constant) for name, constant in constants.items()}
    order: tuple[str, ...] = ()
    while not order and uses:
        try:
            order = tuple(TopologicalSorter(uses).static_order())
        except CycleError as error:
            cycle: list[str] = error.args[1]
            _report_cycle(ctx, cycle)
            uses.update((name, ()) for name in cycle)
    for name in order:
        _type_constant(ctx, name)
    return order


def _report_cycle(ctx: Context, cycle: list[str]) -> None:
    first = min(cycle, key=lambda name: ctx.declarations.constants[name].span)
    start = cycle.index(first)
    # The sorter gives the cycle with its first name repeated at the end, each name needed by the next.
    around = [*cycle[start:-1], *cycle[:start], first][::-1]
    ctx.findings.error(
        "DS0214",
        f"the constant `{first}` is computed from itself",
        ctx.declarations.constants[first].name.span,
        " needs ".join(f"`{name}`" for name in around),
        advice="give one of them a plain value",
    )
    ctx.types.constants.update((name, Unknown()) for name in cycle)


def _constants_used(ctx: Context, constant: syntax.Constant) -> tuple[str, ...]:
    """Constants in its value, and in the functions that the value calls."""
    known = ctx.declarations
    found: dict[str, None] = {}
    seen: set[str] = set()
    pending: list[object] = [constant.value]
    while pending:
        for node in walk(pending.pop()):
            match node:
                case syntax.Name(name) if name in known.constants:
                    found[name] = None
                case syntax.Call(function) if function.name in known.functions and function.name not in seen:
                    seen.add(function.name)
                    pending.append(known.functions[function.name].body)
                case _:
                    pass
    return tuple(found)


def _type_constant(ctx: Context, name: str) -> None:
    constant = ctx.declarations.constants[name]
    at = ctx.at(CONSTANT)
    if name in ctx.types.constants:
        return
    ctx.types.constants[name] = Unknown()
    found = at.infer(constant.value)
    if not isinstance(found, Int | Bool | Unknown):
        ctx.findings.error(
            "DS0217",
            f"the constant `{name}` is neither a number nor a truth value",
            constant.value.span,
            "write an int, `true` or `false`",
            advice="a set or a list can be a function: `def name() = …`",
        )
        found = Unknown()
    ctx.types.constants[name] = found
    if constant.range is not None:
        check_range(ctx, constant.range)
        if isinstance(found, Bool):
            ctx.findings.error(
                "DS0301",
                f"`{name}` is a truth value, and its range is of numbers",
                constant.range.span,
                "remove the range",
            )


def check_range(ctx: Context, a_range: syntax.RangeType) -> None:
    """Both ends of `low..high` must be constant numbers."""
    at = ctx.at(CONSTANT)
    check(at, a_range.low, Int())
    check(at, a_range.high, Int())


def type_declarations(ctx: Context) -> None:
    """Type all records, messages and variables into `ctx.types`, and check the sizes of process sets."""
    known = ctx.declarations
    for name, record in known.records.items():
        ctx.types.records[name] = tuple(_field_type(ctx, each) for each in record.fields)
    _refuse_endless_records(ctx)
    for name, message in known.messages.items():
        ctx.types.messages[name] = tuple(_field_type(ctx, each) for each in message.fields)
    for name, variable in known.shared.items():
        ctx.types.variables["", name] = static_type(ctx, variable.type)
    for process in known.processes.values():
        if process.declaration.size is not None:
            check(ctx.at(CONSTANT), process.declaration.size, Int())
        for name, variable in process.variables.items():
            ctx.types.variables[process.name, name] = static_type(ctx, variable.type)


def _field_type(ctx: Context, parameter: syntax.Parameter) -> Type:
    if parameter.type is None:
        ctx.findings.error(
            "DS0204",
            f"the field `{parameter.name.name}` has no type",
            parameter.name.span,
            f"write `{parameter.name.name}: …`",
        )
        return Unknown()
    return static_type(ctx, parameter.type)


def static_type(ctx: Context, written: syntax.Type, *, whole_numbers: bool = False) -> Type:
    """The static type that `written` stands for; a bad one is reported and Unknown.

    Args:
        ctx: any place.
        written: the type in the text.
        whole_numbers: whether a bare `int` is allowed, as it is for parameters of functions.
    """
    match written:
        case syntax.RangeType():
            check_range(ctx, written)
            return Int()
        case syntax.InlineEnum(literals):
            return Enumeration(tuple(dict.fromkeys(literal.name for literal in literals)))
        case syntax.OptionalType(inner):
            found = static_type(ctx, inner, whole_numbers=whole_numbers)
            return found if isinstance(found, Optional) else Optional(found)
        case syntax.SetType(element):
            return Set(static_type(ctx, element))
        case syntax.MapType(key, value):
            return Map(static_type(ctx, key), static_type(ctx, value))
        case syntax.ListType(element, capacity):
            if capacity is None:
                ctx.findings.error(
                    "DS0308",
                    "this list has no largest length",
                    written.span,
                    "say how long it may become",
                    advice=f"write `list[{ctx.source.slice(element.span)}, 4]`, for example",
                    note="every value must be bounded for the search to end",
                )
            else:
                check(ctx.at(CONSTANT), capacity, Int())
            return List(static_type(ctx, element))
        case syntax.VectorType(process):
            return _vector(ctx, process)
        case syntax.NamedType(name):
            return _named(ctx, name, written, whole_numbers)


def _vector(ctx: Context, name: syntax.Identifier) -> Type:
    process = ctx.declarations.processes.get(name.name)
    if process is None:
        sets = [each.name for each in ctx.declarations.processes.values() if not each.singleton]
        label, fix = did_you_mean(name.name, name.span, sets)
        ctx.findings.error(
            "DS0204", f"there is no process `{name.name}`", name.span, label or "name a process set", fix=fix
        )
        return Unknown()
    if process.singleton:
        ctx.findings.error(
            "DS0204",
            f"`{name.name}` is a single process, and a vector has a component for each of many",
            name.span,
            "name a process set",
            related=(Label(process.declaration.name.span, "declared without a size"),),
        )
        return Unknown()
    return Vector(name.name)


def _named(ctx: Context, name: str, written: syntax.NamedType, whole_numbers: bool) -> Type:
    known = ctx.declarations
    match name:
        case "bool":
            return Bool()
        case "stamp":
            return Stamp()
        case "int":
            if not whole_numbers:
                ctx.findings.error(
                    "DS0307",
                    "`int` has no bounds here",
                    written.span,
                    "write a range",
                    advice="write `0..N` with numbers or constants, such as `0..3`",
                    note="a value that leaves its range is reported with the steps that led there",
                )
            return Int()
        case _ if name in known.enums:
            return Enumeration(tuple(dict.fromkeys(literal.name for literal in known.enums[name].literals)))
        case _ if name in known.records:
            return Record(name)
        case _ if name in known.processes:
            return Id(name)
    label, fix = did_you_mean(name, written.span, [*SIMPLE_TYPES, *known.enums, *known.records, *known.processes])
    is_else = known.named.get(name)
    ctx.findings.error(
        "DS0204",
        f"there is no type `{name}`",
        written.span,
        label or (f"`{name}` is {is_else[0]}" if is_else else "not known as a type"),
        related=() if is_else is None else (Label(is_else[1], "declared here"),),
        advice=""
        if label
        else "types are `bool`, `0..N`, `a | b`, processes, records, `T?`, `set[T]`, `map[K, V]`, "
        "`list[T, max]`, `stamp`, `vector[P]`",
        fix=fix,
    )
    return Unknown()


def _refuse_endless_records(ctx: Context) -> None:
    """A record within itself has no finite value; lists and sets would only hide the endless depth."""
    known = ctx.declarations
    inside = {
        name: {node.name for node in walk(record.fields) if isinstance(node, syntax.NamedType)} & set(known.records)
        for name, record in known.records.items()
    }
    for name, record in known.records.items():
        reached: set[str] = set()
        pending = list(inside[name])
        while pending:
            each = pending.pop()
            if each not in reached:
                reached.add(each)
                pending.extend(inside[each])
        if name in reached:
            ctx.findings.error(
                "DS0319",
                f"the record `{name}` contains itself",
                record.name.span,
                "its values would have no end",
                advice="store an index or an id in place of the inner record",
            )
            ctx.types.records[name] = tuple(Unknown() for _ in record.fields)
