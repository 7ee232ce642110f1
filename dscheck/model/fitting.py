"""How does a value get into a place with a smaller domain? By a check at run time, only where one is needed."""

from dscheck import domains
from dscheck.domains import Domain, contains, includes
from dscheck.model.expressions import Apply, Expression, Failure, Literal, Narrow
from dscheck.source import Span


def fit(value: Expression, target: Domain, what: str, span: Span | None) -> Expression:
    """`value` as a member of `target`.

    Args:
        value: any expression of a fitting type.
        target: the domain of the place.
        what: the place in words, for the message: `left`.
        span: where to point.

    Returns:
        The value itself when its own domain fits; otherwise the value behind a `Narrow`.
    """
    if isinstance(value, Literal) and contains(target, value.value):
        return Literal(value.value, target, value.span)
    if isinstance(value, Apply) and not value.arguments and value.operator in {"set", "list", "map"}:
        return Apply(value.operator, (), target, span=value.span)
    if includes(target, value.domain):
        return value
    if isinstance(value.domain, domains.Optional) and not isinstance(target, domains.Optional):
        value = unwrap(value, what, span)
        if includes(target, value.domain):
            return value
    match target, value.domain:
        case domains.List(element, int(capacity)), domains.List(other, _):
            if not includes(element, other):
                value = Narrow(value, domains.List(element, None), _outside(what, element, span), span)
            failure = Failure("capacity", f"{what} would hold more than {capacity}: {{value}}", span)
            return Narrow(value, target, failure, span)
        case _:
            return Narrow(value, target, _outside(what, target, span), span)


def unwrap(value: Expression, what: str, span: Span | None) -> Expression:
    """The inner value of an optional one; `none` is a failure."""
    if not isinstance(value.domain, domains.Optional):
        return value
    failure = Failure("absent", f"{what} is none where a value is needed", span)
    return Narrow(value, value.domain.inner, failure, span)


def _outside(what: str, target: Domain, span: Span | None) -> Failure:
    return Failure("range", f"{what} would be {{value}}, outside {in_words(target)}", span)


def in_words(domain: Domain) -> str:
    """A domain in the notation of the language."""
    match domain:
        case domains.Bool():
            return "bool"
        case domains.Int(low, high):
            return f"{low}..{high}"
        case domains.Enum(literals):
            return " | ".join(literals)
        case domains.Id(process, size):
            return f"{process} (ids 0..{size - 1})"
        case domains.Optional(inner):
            return f"{in_words(inner)}?"
        case domains.Set(element):
            return f"set[{in_words(element)}]"
        case domains.Map(key, value):
            return f"map[{in_words(key)}, {in_words(value)}]"
        case domains.List(element, None):
            return f"list[{in_words(element)}]"
        case domains.List(element, capacity):
            return f"list[{in_words(element)}, {capacity}]"
        case domains.Record(name, _):
            return name
        case domains.Tuple(items):
            return f"({', '.join(map(in_words, items))})"
        case domains.Stamp():
            return "stamp"
        case domains.Vector(process, _):
            return f"vector[{process}]"
        case domains.Message(kinds):
            return " | ".join(kind.name for kind in kinds)
        case domains.Bag(element):
            return f"bag[{in_words(element)}]"
