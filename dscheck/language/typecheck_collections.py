"""What is the type of a set, map or list as written, of a comprehension, a quantifier, an aggregate, an index?"""

from dscheck.language import syntax
from dscheck.language.expectations import check, check_condition, check_iterable, need
from dscheck.language.scopes import Context
from dscheck.language.settling import settle
from dscheck.language.type_rules import join, phrase, plain, process_within
from dscheck.language.typecheck_comparisons import check_ordered
from dscheck.language.types import Bool, Empty, Enumeration, Int, List, Map, Set, Type, Unknown, Vector


def infer_set(ctx: Context, node: syntax.SetOf, expected: Type | None) -> Type:
    """The type of `{a, b}`; `{}` is also the empty map."""
    wanted = _plain(expected)
    if not node.items:
        return wanted if isinstance(wanted, Set | Map) else Empty()
    return Set(_joined(ctx, node.items, wanted.element if isinstance(wanted, Set) else None))


def infer_list(ctx: Context, node: syntax.ListOf, expected: Type | None) -> Type:
    """The type of `[a, b]`."""
    wanted = _plain(expected)
    if not node.items:
        return wanted if isinstance(wanted, List) else Empty()
    return List(_joined(ctx, node.items, wanted.element if isinstance(wanted, List) else None))


def infer_map(ctx: Context, node: syntax.MapOf, expected: Type | None) -> Type:
    """The type of `{a: 1, b: 2}`."""
    wanted = _plain(expected)
    key, value = (wanted.key, wanted.value) if isinstance(wanted, Map) else (None, None)
    keys = _joined(ctx, tuple(each for each, _ in node.items), key)
    return Map(keys, _joined(ctx, tuple(each for _, each in node.items), value))


def _joined(ctx: Context, items: tuple[syntax.Expression, ...], expected: Type | None) -> Type:
    """One type for all items: the expected one where they fit it, so that `{0}` may hold ordered ids."""
    if expected is not None and not isinstance(expected, Unknown | Empty):
        found = [check(ctx, item, expected) for item in items]
        return Unknown() if all(isinstance(each, Unknown) for each in found) else expected
    whole: Type = ctx.infer(items[0])
    for item in items[1:]:
        found_type = ctx.infer(item, whole if not isinstance(whole, Enumeration) else None)
        wider = join(whole, found_type, ctx.declarations.ordered)
        if wider is None:
            ctx.findings.error(
                "DS0303",
                "the items have different types",
                item.span,
                f"this is {phrase(found_type)}, and those before are {phrase(whole)}",
            )
            return Unknown()
        whole = wider
    for item in items:
        settle(ctx, item, whole)
    return whole


def bind(ctx: Context, binder: syntax.Binder, what: str = "a name bound around here") -> Context:
    """The place where `binder`'s name stands for a member of its set."""
    element = check_iterable(ctx, binder.over)
    return ctx.bind(binder.name, element, what)


def infer_comprehension(ctx: Context, node: syntax.Comprehension, expected: Type | None) -> Type:
    """The type of `{e for q in S if c}` and `[e for q in S if c]`."""
    inner = bind(ctx, node.binder)
    if node.condition is not None:
        check_condition(inner, node.condition)
    wanted = _plain(expected)
    if node.kind == "set":
        hint = wanted.element if isinstance(wanted, Set) else None
        return Set(_joined(inner, (node.element,), hint))
    over = ctx.tables.type_of[id(node.binder.over)]
    process = None if isinstance(plain(over), List) else process_within(
        inner.locals[node.binder.name.name].type, ctx.declarations.unordered, ctx.types.records
    )  # fmt: skip
    if process is not None:
        ctx.findings.error(
            "DS0412",
            f"a list of `{process}` ids would put them in an order, and they have none",
            node.span,
            f"which id of `{ctx.text(node.binder.over)}` comes first?",
            advice=f"make it a set, `{{… for {node.binder.name.name} in …}}`, or declare `{process}` as `ordered`",
            note="ids that nothing orders are interchangeable, which makes the search smaller",
        )
    hint = wanted.element if isinstance(wanted, List) else None
    return List(_joined(inner, (node.element,), hint))


def infer_map_comprehension(ctx: Context, node: syntax.MapComprehension, expected: Type | None) -> Type:
    """The type of `{k: v for q in S if c}`."""
    inner = bind(ctx, node.binder)
    if node.condition is not None:
        check_condition(inner, node.condition)
    wanted = _plain(expected)
    key, value = (wanted.key, wanted.value) if isinstance(wanted, Map) else (None, None)
    return Map(_joined(inner, (node.key,), key), _joined(inner, (node.value,), value))


def infer_quantifier(ctx: Context, node: syntax.Quantifier) -> Type:
    """The type of `forall p in S: e`, which is bool."""
    inner = ctx
    for binder in node.binders:
        inner = bind(inner, binder)
    check_condition(inner, node.body)
    return Bool()


def infer_count(ctx: Context, node: syntax.Count) -> Type:
    """The type of `count(p in S if c)`, which is int."""
    inner = bind(ctx, node.binder)
    if node.condition is not None:
        check_condition(inner, node.condition)
    return Int()


def infer_aggregate(ctx: Context, node: syntax.Aggregate) -> Type:
    """The type of `sum(e for p in S)` and its kin."""
    inner = ctx
    for generator in node.generators:
        inner = bind(inner, generator.binder)
        if generator.condition is not None:
            check_condition(inner, generator.condition)
    match node.kind:
        case "all" | "any":
            check_condition(inner, node.element)
            return Bool()
        case "sum":
            check(inner, node.element, Int())
            return Int()
        case "min" | "max":
            found = need(inner, node.element)
            return found if check_ordered(inner, node.element, found, f"`{node.kind}` compares") else Unknown()


def infer_index(ctx: Context, node: syntax.Index) -> Type:
    """The type of `m[key]` and `list[position]`."""
    base = need(ctx, node.base)
    match base:
        case Map(key, value):
            check(ctx, node.index, key)
            return value
        case List(element):
            check(ctx, node.index, Int())
            return element
    ctx.infer(node.index)
    if isinstance(base, Unknown):
        return base
    match base:
        case Set():
            advice = f"ask for membership: `{ctx.text(node.index)} in {ctx.text(node.base)}`"
        case Vector():
            advice = "compare whole vectors by `<`, `<=`, `==`; for single components count by hand in a map"
        case _:
            advice = "a map or a list is needed before `[…]`"
    ctx.findings.error(
        "DS0311",
        f"`{ctx.text(node.base)}` cannot be indexed",
        node.span,
        f"`{ctx.text(node.base)}` is {phrase(base)}",
        advice=advice,
    )
    return Unknown()


def _plain(expected: Type | None) -> Type | None:
    return None if expected is None else plain(expected)
