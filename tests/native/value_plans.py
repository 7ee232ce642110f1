"""Which applications of each operator are tried? Drawn ones: domains that need not agree, and arguments that fit."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from native.random_values import draw_domain, draw_message, draw_scalar, draw_value, relative

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Value,
    Vector,
    includes,
)  # fmt: skip
from dscheck.model.expressions import Apply, Bound, Expression, Failure, Literal
from dscheck.model.intervals import arithmetic, hull, join

BOOL = Bool()
FAILS = Failure("absent", "failed on {value}")
CLOCK = 6  # below what 3 bits hold, so that a tick can still fit


@dataclass
class Plan:
    """An application to try.

    Attributes:
        application: its arguments are `Bound`, or literals.
        arguments: draws values of the bound ones.
        seen_as: per bound argument, a domain in which the operator may also have to see it: a width of that may be
            too small although the result fits.
    """

    application: Apply
    arguments: Callable[[Random], list[Value]]
    seen_as: list[Domain]


def _plan(
    operator: str, result: Domain, arguments: list[Domain | Literal], seen_as: list[Domain] | None = None
) -> Plan:
    expressions: list[Expression] = [
        argument if isinstance(argument, Literal) else Bound(f"argument{place}", argument)
        for place, argument in enumerate(arguments)
    ]
    domains = [argument for argument in arguments if not isinstance(argument, Literal)]

    def values(draw: Random) -> list[Value]:
        return [draw_value(draw, domain, CLOCK) for domain in domains]

    return Plan(Apply(operator, tuple(expressions), result, FAILS), values, seen_as or domains)


def _within(draw: Random, domain: Domain) -> Domain:
    """A relative of `domain` all of whose values it has."""
    other = relative(draw, domain)
    return other if includes(domain, other) else domain


def _joined(draw: Random, domain: Domain) -> Domain:
    """A relative of `domain` for which there is a domain of the values of both."""
    other = relative(draw, domain)
    whole = join(domain, other)
    return other if includes(whole, domain) and includes(whole, other) else domain


def _either(draw: Random, domain: Domain) -> Domain | Literal:
    """Now and then a literal instead of an argument."""
    return Literal(draw_value(draw, domain, 2), domain) if draw.randrange(4) == 0 else domain


def _equality(operator: str, draw: Random) -> Plan:
    one = draw_domain(draw, draw.choice((0, 1, 2)))
    other = _joined(draw, one) if draw.randrange(3) else one
    whole = join(one, other)
    if draw.randrange(5) == 0 and isinstance(one, Optional):
        return _plan(operator, BOOL, [one, Literal(None, Optional(Tuple(())))])
    plan = _plan(operator, BOOL, [one, _either(draw, other)], [whole, whole])
    plan.seen_as = plan.seen_as[: len(plan.arguments(Random(0)))]
    return plan


def _ordered(draw: Random) -> Domain:
    low = draw.randrange(-2, 2)
    scalar = draw.choice((Int(low, low + 3), Id("Node", 3), Stamp()))
    return Tuple((scalar, Id("Node", 4), Int(-2, 2))) if draw.randrange(3) == 0 else scalar


def _plainly(draw: Random, domain: Domain) -> Domain:
    """A relative without `none`, which has no order."""
    match domain:
        case Tuple(items):
            return Tuple(tuple(_plainly(draw, item) for item in items))
        case _:
            other = relative(draw, domain)
            return other.inner if isinstance(other, Optional) else other


def _order(operator: str, draw: Random) -> Plan:
    if draw.randrange(4) == 0:
        vector = Vector("Node", draw.randint(1, 4))
        return _plan(operator, BOOL, [vector, vector])
    one = _ordered(draw)
    return _plan(operator, BOOL, [one, _either(draw, _plainly(draw, one))])


def _extreme(operator: str, draw: Random) -> Plan:
    if operator == "max" and draw.randrange(3) == 0:
        vector = Vector("Node", draw.randint(1, 4))
        return _plan(operator, vector, [vector] * draw.randint(2, 3))
    one = _ordered(draw)
    parts = [one, *(_plainly(draw, one) for _ in range(draw.randint(1, 2)))]
    whole = join(*parts)
    if all(isinstance(part, Int) for part in parts):
        pick = min if operator == "min" else max
        whole = hull(pick(part.low for part in parts), pick(part.high for part in parts))
    return _plan(operator, whole, parts)


def _numbers(operator: str, draw: Random) -> Plan:
    one, other = (draw.choice((Id("Node", 3), Int(-7, 7), Int(0, 9), Int(2, 5))) for _ in range(2))
    return _plan(operator, arithmetic(operator, one, other), [one, _either(draw, other)])


def _negate(draw: Random) -> Plan:
    low = draw.randrange(-4, 3)
    return _plan("negate", Int(-low - 3, -low), [Int(low, low + 3)])


def _in(draw: Random) -> Plan:
    element = draw_domain(draw, draw.choice((0, 0, 1)))
    item = relative(draw, element)
    kinds = (Set(element), List(element, draw.choice((0, 1, 2, None))), Map(element, BOOL), Bag(element))
    collection = draw.choice(kinds)
    item_, whole = _either(draw, item), _either(draw, collection)
    seen = [element] if not isinstance(item_, Literal) else []
    return _plan("in", BOOL, [item_, whole], [*seen, *([] if isinstance(whole, Literal) else [collection])])


def _union(draw: Random) -> Plan:
    one = Set(draw_domain(draw, draw.choice((0, 0, 1))))
    other = Set(_joined(draw, one.element))
    return _plan("union", join(one, other), [one, _either(draw, other)])


def relative_set(draw: Random, domain: Set) -> Set:
    """A set domain that shares values with `domain`."""
    return Set(relative(draw, domain.element))


def _difference(draw: Random) -> Plan:
    one = Set(draw_domain(draw, draw.choice((0, 0, 1))))
    other = _either(draw, relative_set(draw, one))
    return _plan("difference", one, [one, other], [one] if isinstance(other, Literal) else [one, one])


def _set(draw: Random) -> Plan:
    element = draw_domain(draw, draw.choice((0, 0, 1)))
    return _plan("set", Set(element), [_either(draw, _within(draw, element)) for _ in range(draw.randrange(4))])


def _list(draw: Random) -> Plan:
    element, count = draw_domain(draw, draw.choice((0, 1, 2))), draw.randrange(4)
    result = List(element, draw.choice((None, count, count + 1)))
    return _plan("list", result, [_either(draw, _within(draw, element)) for _ in range(count)])


def _tuple(draw: Random) -> Plan:
    items = tuple(draw_domain(draw, draw.choice((0, 1))) for _ in range(draw.randint(1, 3)))
    record = Record("Point", tuple((f"field{place}", item) for place, item in enumerate(items)))
    return _plan("tuple", draw.choice((record, Tuple(items))), [_either(draw, _within(draw, item)) for item in items])


def _map(draw: Random) -> Plan:
    key, image = draw_scalar(draw), draw_domain(draw, draw.choice((0, 1)))
    pairs = [part for _ in range(draw.randrange(4)) for part in (_within(draw, key), _within(draw, image))]
    return _plan("map", Map(key, image), [_either(draw, part) for part in pairs])


def _put(draw: Random) -> Plan:
    key, image = draw_scalar(draw), draw_domain(draw, draw.choice((0, 1)))
    return _plan("put", Map(key, image), [Map(key, image), _either(draw, _within(draw, key)), _within(draw, image)])


def _lookup(draw: Random) -> Plan:
    key, image = draw_scalar(draw), draw_domain(draw, draw.choice((0, 1)))
    return _plan("lookup", image, [_either(draw, Map(key, image)), _either(draw, relative(draw, key))])


def _remove_keys(draw: Random) -> Plan:
    key = draw_scalar(draw)
    domain, keys = Map(key, draw_scalar(draw)), relative_set(draw, Set(key))
    return _plan("remove_keys", domain, [domain, keys], [domain, Set(key)])


def _length(draw: Random) -> Plan:
    domain = draw.choice((Set, Bag))(draw_scalar(draw))
    if draw.randrange(2):
        domain = draw.choice((List(draw_scalar(draw), draw.choice((0, 3, None))), Map(draw_scalar(draw), BOOL)))
    return _plan("length", Int(0, 10**9), [domain])


def _items(draw: Random) -> List:
    return List(draw_domain(draw, draw.choice((0, 0, 1))), draw.choice((0, 1, 2, 3, None)))


def _item(draw: Random) -> Plan:
    items = _items(draw)
    return _plan("item", items.element, [items, _either(draw, draw.choice((Int(-1, 4), Id("Node", 3))))])


def _replace(draw: Random) -> Plan:
    if draw.randrange(3) == 0:
        parts = tuple((f"field{place}", draw_domain(draw, 1)) for place in range(draw.randint(1, 3)))
        place = draw.randrange(len(parts))
        record = Record("Point", parts)
        return _plan("replace", record, [record, Literal(place, Int(place, place)), _within(draw, parts[place][1])])
    items = _items(draw)
    return _plan("replace", items, [items, _either(draw, Int(-1, 4)), _within(draw, items.element)])


def _concatenate(draw: Random) -> Plan:
    one = _items(draw)
    if draw.randrange(2):
        element = _within(draw, one.element)
        item = Bound("item", element)
        more = Apply("list", (item,), List(element, 1))
        plan = _plan(
            "concatenate", List(one.element, None if one.capacity is None else one.capacity + 1), [one, element]
        )
        arguments = (plan.application.arguments[0], more)
        plan.application = Apply("concatenate", arguments, plan.application.domain, FAILS)
        return plan
    other = List(_joined(draw, one.element), draw.choice((0, 1, 2, None)))
    capacity = None if None in (one.capacity, other.capacity) else one.capacity + other.capacity
    return _plan("concatenate", List(join(one.element, other.element), capacity), [one, other])


def _field(draw: Random) -> Plan:
    parts = tuple((f"field{place}", draw_domain(draw, 1)) for place in range(draw.randint(1, 3)))
    place = draw.randrange(len(parts))
    return _plan("field", parts[place][1], [Record("Point", parts), Literal(place, Int(place, place))])


def _message(draw: Random) -> Plan:
    domain = draw_message(draw, 2)
    kind = draw.choice(domain.kinds)
    parts = [_either(draw, _within(draw, part)) for _, part in kind.fields]
    return _plan("message", domain, [Literal(kind.name, Enum((kind.name,))), *parts])


def _kind(draw: Random) -> Plan:
    domain = draw_message(draw, 1)
    names = [kind.name for kind in domain.kinds]
    return _plan("kind", Enum(tuple(draw.sample([*names, "Never"], len(names) + 1))), [domain])


def _payload(draw: Random) -> Plan:
    domain = draw_message(draw, 2)
    while not any(kind.fields for kind in domain.kinds):
        domain = draw_message(draw, 2)
    kind = draw.choice([kind for kind in domain.kinds if kind.fields])
    place = draw.randrange(len(kind.fields))
    plan = _plan("payload", kind.fields[place][1], [domain, Literal(place, Int(place, place))])
    plan.arguments = lambda draw: [(kind.name, *(draw_value(draw, part, CLOCK) for _, part in kind.fields))]
    return plan


def _front_or_rest(operator: str, draw: Random) -> Plan:
    items = _items(draw)
    return _plan(operator, List(items.element, 1) if operator == "front" else items, [items])


def _without(draw: Random) -> Plan:
    items = _items(draw)
    plan = _plan("without", items, [items, Int(0, 10**9)])

    def arguments(draw: Random) -> list[Value]:
        value = draw_value(draw, items, CLOCK)
        return [value, draw.randrange(len(value))] if value else []

    plan.arguments = arguments
    return plan


def _insert(draw: Random) -> Plan:
    items = _items(draw)
    element = _within(draw, items.element)
    result = List(items.element, None if items.capacity is None else items.capacity + 1)
    plan = _plan("insert", result, [items, Int(0, 10**9), element])

    def arguments(draw: Random) -> list[Value]:
        value = draw_value(draw, items, CLOCK)
        return [value, draw.randint(0, len(value)), draw_value(draw, element, CLOCK)]

    plan.arguments = arguments
    return plan


def _bag(operator: str, draw: Random) -> Plan:
    bag = Bag(draw_domain(draw, draw.choice((0, 1, 2))))
    element = _within(draw, bag.element) if operator == "add" else bag.element
    plan = _plan(operator, bag, [bag, element])

    def arguments(draw: Random) -> list[Value]:
        value = draw_value(draw, bag, CLOCK)
        return [value, draw.choice(value)] if value else []

    if operator == "take":
        plan.arguments = arguments
    return plan


def _forget(draw: Random) -> Plan:
    known = [(f"known{place}", Set(Id("Node", draw.randint(1, 4)))) for place in range(draw.randint(1, 3))]
    kinds = tuple(Record(kind.name, (*kind.fields[:1], *known)) for kind in draw_message(draw, 1).kinds)
    channel = draw.choice((Bag(Message(kinds)), List(Message(kinds), None)))
    place = draw.randint(1, len(known))
    return _plan("forget", channel, [channel, Literal(place, Int(place, place)), known[-place][1].element])


def _tick(draw: Random) -> Plan:
    plan = _plan("tick", Stamp(), [Stamp()])
    plan.arguments = lambda draw: [draw.randrange(8)]
    return plan


def _tick_vector(draw: Random) -> Plan:
    vector = Vector("Node", draw.randint(1, 4))
    plan = _plan("tick_vector", vector, [vector, _either(draw, Id("Node", vector.size))])
    count = len(plan.arguments(Random(0)))
    plan.arguments = lambda draw: [draw_value(draw, vector, 7), draw.randrange(vector.size)][:count]
    return plan


def plan(operator: str, draw: Random) -> Plan:
    """A drawn application of an operator."""
    match operator:
        case "not" | "iff":
            return _plan(operator, BOOL, [BOOL] if operator == "not" else [BOOL, _either(draw, BOOL)])
        case "==" | "!=":
            return _equality(operator, draw)
        case "<" | "<=" | ">" | ">=":
            return _order(operator, draw)
        case "min" | "max":
            return _extreme(operator, draw)
        case "+" | "-" | "*" | "/" | "%":
            return _numbers(operator, draw)
        case "front" | "rest":
            return _front_or_rest(operator, draw)
        case "add" | "take":
            return _bag(operator, draw)
        case _:
            return _OTHERS[operator](draw)


_OTHERS: dict[str, Callable[[Random], Plan]] = {
    "negate": _negate,
    "in": _in,
    "union": _union,
    "difference": _difference,
    "set": _set,
    "list": _list,
    "tuple": _tuple,
    "map": _map,
    "put": _put,
    "lookup": _lookup,
    "remove_keys": _remove_keys,
    "length": _length,
    "item": _item,
    "replace": _replace,
    "concatenate": _concatenate,
    "field": _field,
    "message": _message,
    "kind": _kind,
    "payload": _payload,
    "without": _without,
    "insert": _insert,
    "forget": _forget,
    "tick": _tick,
    "tick_vector": _tick_vector,
    "positions": lambda draw: _plan("positions", List(Int(0, 10**9), None), [_items(draw)]),
}
