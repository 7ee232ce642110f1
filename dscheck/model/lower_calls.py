"""What do the functions of the language mean? One case per built-in."""

from typing import Literal as OneOf

from dscheck import domains
from dscheck.domains import Int
from dscheck.language import syntax
from dscheck.language.checked import BuiltinMeaning
from dscheck.model.expressions import Apply, Bound, Collected, Conditional, Expression, Failure, Literal, Read
from dscheck.model.intervals import as_interval, element_of, hull, join, most_elements
from dscheck.model.lowering import BOOL, TRUE, Lowering, negation
from dscheck.model.scope import Scope
from dscheck.source import Span


def lower_builtin(
    lowering: Lowering, builtin: BuiltinMeaning, arguments: tuple[Expression, ...], call: syntax.Call, scope: Scope
) -> Expression:
    """A call of a built-in function.

    Args:
        lowering: the spec.
        builtin: which one.
        arguments: lowered; of `running` the owner of the timer, or nothing for the own process.
        call: the call as written.
        scope: what is in sight.
    """
    span = call.span
    match builtin.name:
        case "len":
            return Apply("length", arguments, Int(0, most_elements(arguments[0].domain)), span=span)
        case "tail":
            return Apply("rest", arguments, arguments[0].domain, span=span)
        case "min" | "max" as name if len(arguments) == 1:
            return _extreme_element(name, arguments[0], lowering.checked.source.slice(span), span)
        case "min" | "max" as name:
            return _least_or_greatest(name, arguments, span)
        case "up":
            return _is_up(lowering, arguments[0], scope)
        case "crashed":
            return negation(_is_up(lowering, arguments[0], scope))
        case "running":
            assert builtin.timer is not None
            process, timer = builtin.timer
            owner = arguments[0] if arguments else scope.local["self"]
            return Read(f"{process}.{timer}", (owner,), BOOL, scope.old, span)
        case "linked":
            return is_linked(lowering, *arguments, old=scope.old)
        case "next" | "previous" as name:
            id_domain = arguments[0].domain
            assert isinstance(id_domain, domains.Id)
            return _neighbour(arguments[0], id_domain, 1 if name == "next" else id_domain.size - 1, span)
        case name:
            raise AssertionError(f"the type checker knows a built-in that has no meaning here: {name}")


def _least_or_greatest(name: str, arguments: tuple[Expression, ...], span: Span) -> Expression:
    of = join(*(argument.domain for argument in arguments))
    if isinstance(of, Int):
        intervals = [as_interval(argument.domain) for argument in arguments]
        pick = min if name == "min" else max
        of = hull(pick(i.low for i in intervals), pick(i.high for i in intervals))
    return Apply(name, arguments, of, span=span)


def _extreme_element(name: OneOf["min", "max"], collection: Expression, text: str, span: Span) -> Expression:
    """The least or greatest element of a collection; an empty one has none."""
    element = Bound(f"{name}·", element_of(collection.domain))
    failure = Failure("choice", f"`{text}`: there is nothing to choose from", span)
    return Collected(name, element.name, collection, None, element, element.domain, failure, span)


def _is_up(lowering: Lowering, who: Expression, scope: Scope) -> Expression:
    assert isinstance(who.domain, domains.Id)
    return lowering.is_up(who.domain.process, who, old=scope.old)


def _neighbour(who: Expression, domain: domains.Id, distance: int, span: Span) -> Expression:
    moved = Apply("+", (who, Literal(distance, Int(distance, distance))), Int(0, 2 * domain.size))
    return Apply("%", (moved, Literal(domain.size, Int(domain.size, domain.size))), domain, span=span)


def is_linked(lowering: Lowering, a: Expression, b: Expression, *, old: bool = False) -> Expression:
    """Is the link between two processes uncut? A process is always linked to itself."""
    assert isinstance(a.domain, domains.Id)
    assert isinstance(b.domain, domains.Id)
    variable = cut_variable(lowering, a.domain.process, b.domain.process)
    if variable is None:
        return TRUE
    order = (a, b) if variable == f"cut {a.domain.process}-{b.domain.process}" else (b, a)
    uncut = negation(Read(variable, order, BOOL, old))
    if a.domain.process != b.domain.process:
        return uncut
    return Conditional(Apply("==", (a, b), BOOL), TRUE, uncut, BOOL) if a != b else TRUE


def links(lowering: Lowering) -> tuple[tuple[str, str], ...]:
    """Pairs of process sets whose links may be cut, each once, in the order of declaration."""
    configuration = lowering.configuration
    if not configuration.cut:
        return ()
    order = list(lowering.checked.processes)
    pairs = {pair for traffic in lowering.checked.senders.values() for pair in traffic}
    found = {tuple(sorted(pair, key=order.index)) for pair in pairs}
    if configuration.cut_of is not None:
        found = {pair for pair in found if set(pair) == {configuration.cut_of}}
    kept = [pair for pair in found if pair[0] != pair[1] or lowering.sizes[pair[0]] > 1]
    return tuple((a, b) for a, b in sorted(kept, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))))


def cut_variable(lowering: Lowering, a: str, b: str) -> str | None:
    """The variable that says which links between two process sets are cut; None when none can be."""
    for pair in links(lowering):
        if set(pair) == {a, b}:
            return f"cut {pair[0]}-{pair[1]}"
    return None
