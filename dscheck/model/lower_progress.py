"""What must happen at last? Properties of progress, one instance per binding of their parameters.

progress A ~> B          from every reachable state with A on, B comes
eventually B             from every initial state on
always eventually B      from every reachable state on
"""

from collections.abc import Iterator

from dscheck import domains
from dscheck.domains import Value
from dscheck.language import syntax
from dscheck.model.expressions import Apply, Expression, Invoke, Literal, Read
from dscheck.model.intervals import element_of
from dscheck.model.lower_expression import lower_expression
from dscheck.model.lowering import BOOL, FALSE, TRUE, Lowering, conjunction, disjunction
from dscheck.model.rewriting import parts_of
from dscheck.model.scope import Scope
from dscheck.model.system import Instance, Property, PropertyKind
from dscheck.source import Span
from dscheck.values import show

_MOST_VALUES = 1024  # of one parameter


def progress_property(lowering: Lowering, item: syntax.Progress | syntax.Eventually) -> Property:
    """The property as the system states it.

    Raises:
        SpecError: a parameter has no fixed set of values.
    """
    instances = tuple(_instances(lowering, item))
    return Property(
        item.name.name,
        _kind(item),
        TRUE,
        antecedents=_antecedents(lowering, item, instances),
        text=_text(lowering, item),
        span=item.span,
        instances=instances,
    )


def _kind(item: syntax.Progress | syntax.Eventually) -> PropertyKind:
    match item:
        case syntax.Progress():
            return "progress"
        case syntax.Eventually(always=True):
            return "always eventually"
        case syntax.Eventually():
            return "eventually"


def _text(lowering: Lowering, item: syntax.Progress | syntax.Eventually) -> str:
    right = lowering.checked.source.slice(item.condition.span)
    return f"{lowering.checked.source.slice(item.left.span)} ~> {right}" if isinstance(item, syntax.Progress) else right


def _instances(lowering: Lowering, item: syntax.Progress | syntax.Eventually) -> Iterator[Instance]:
    for bindings, scope, belongs in _bindings(lowering, item.binders, Scope(lowering.checked.tables)):
        left = belongs
        if isinstance(item, syntax.Progress):
            left = conjunction(belongs, lower_expression(lowering, item.left, scope))
        right = lower_expression(lowering, item.condition, scope)
        yield Instance(bindings, left, right, initially=_kind(item) == "eventually")


def _bindings(
    lowering: Lowering, binders: tuple[syntax.Binder, ...], scope: Scope
) -> Iterator[tuple[dict[str, str], Scope, Expression]]:
    """The bindings as text and as a scope, each with what says that it is one."""
    if not binders:
        yield {}, scope, TRUE
        return
    first, name = binders[0], binders[0].name.name
    over = lower_expression(lowering, first.over, scope)
    if any(isinstance(part, Read | Invoke) for part in parts_of(over)):
        raise lowering.refuse(
            "DS0506",
            f"the values of `{name}` change from state to state",
            first.over.span,
            f"let `{name}` go through a fixed set, such as a process set, and say before `~>` when it counts",
        )
    of = element_of(over.domain)
    singletons = frozenset(each for each, info in lowering.checked.processes.items() if info.singleton)
    for value, belongs in _members(lowering, name, over, of, first.over.span):
        inner = scope.with_local(name, Literal(value, of))
        for bindings, deeper, belong in _bindings(lowering, binders[1:], inner):
            yield {name: show(value, of, singletons), **bindings}, deeper, conjunction(belongs, belong)


def _members(
    lowering: Lowering, name: str, over: Expression, of: domains.Domain, span: Span | None
) -> Iterator[tuple[Value, Expression]]:
    """The values that a parameter may have, each with what says that it has it."""
    if isinstance(over, Literal) and isinstance(over.value, frozenset):
        key = domains.order_key(of)
        yield from ((value, TRUE) for value in sorted(over.value, key=key))
        return
    try:
        values = [value for value, _ in zip(domains.members(of), range(_MOST_VALUES + 1), strict=False)]
    except ValueError:
        values = []
    if not 0 < len(values) <= _MOST_VALUES:
        raise lowering.refuse(
            "DS0506",
            f"`{name}` has no short list of values",
            span,
            "let it go through ids, names or a small range of numbers",
        )
    for value in values:
        belongs = Apply("in", (Literal(value, of), over), BOOL)
        yield value, belongs


def _antecedents(
    lowering: Lowering, item: syntax.Progress | syntax.Eventually, instances: tuple[Instance, ...]
) -> tuple[tuple[str, Expression], ...]:
    """The left side, which should be true somewhere for some binding."""
    lefts = [instance.left for instance in instances]
    if not isinstance(item, syntax.Progress) or TRUE in lefts:
        return ()
    return ((lowering.checked.source.slice(item.left.span), disjunction(FALSE, *lefts)),)
