"""Which values can an expression take? Domains of results: hulls of intervals, joins of alternatives, sizes.

They are upper bounds: a store is checked at run time only where such a bound does not fit the variable's domain.
"""

from functools import reduce

from dscheck import domains
from dscheck.domains import Domain, Int

MANY = 10**9  # stands for "no bound known"; a store of such a value is always checked


def hull(*values: int) -> Int:
    """The least interval that contains all `values`."""
    return Int(min(values), max(values))


def as_interval(domain: Domain) -> Int:
    """The integers of a numeric domain; ids of ordered processes count as numbers."""
    match domain:
        case Int():
            return domain
        case domains.Id(_, size):
            return Int(0, size - 1)
        case domains.Optional(inner):
            return as_interval(inner)
        case _:
            return Int(-MANY, MANY)


def arithmetic(operator: str, left: Domain, right: Domain) -> Int:
    """The interval of `left operator right`."""
    a, b = as_interval(left), as_interval(right)
    match operator:
        case "+":
            return Int(a.low + b.low, a.high + b.high)
        case "-":
            return Int(a.low - b.high, a.high - b.low)
        case "*":
            return hull(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)
        case "/":
            # Dividing by at least one in size never leaves the hull of the dividend and its negation.
            return (
                Int(min(a.low, -a.high), max(a.high, -a.low))
                if b.low <= 0
                else hull(a.low // b.low, a.low // b.high, a.high // b.low, a.high // b.high)
            )
        case _:
            size = max(abs(b.low), abs(b.high), 1) - 1
            return Int(0 if b.low > 0 else -size, size)


def join(*alternatives: Domain) -> Domain:
    """A domain that contains every value of the alternatives."""
    return reduce(_join, alternatives)


def _join(left: Domain, right: Domain) -> Domain:
    if left == right:
        return left
    match left, right:
        case domains.Tuple(()), _:
            return right  # `none` says nothing of the values beside it
        case _, domains.Tuple(()):
            return left
        case Int(), Int():
            return hull(left.low, left.high, right.low, right.high)
        case (Int(), domains.Id()) | (domains.Id(), Int()):
            return _join(as_interval(left), as_interval(right))
        case domains.Enum(a), domains.Enum(b):
            return domains.Enum(a + tuple(literal for literal in b if literal not in a))
        case domains.Optional(a), domains.Optional(b):
            return domains.Optional(_join(a, b))
        case domains.Optional(a), _:
            return domains.Optional(_join(a, right))
        case _, domains.Optional(b):
            return domains.Optional(_join(left, b))
        case domains.Set(a), domains.Set(b):
            return domains.Set(_join(a, b))
        case domains.List(a, m), domains.List(b, n):
            return domains.List(_join(a, b), None if m is None or n is None else max(m, n))
        case domains.Map(a, b), domains.Map(c, d):
            return domains.Map(_join(a, c), _join(b, d))
        case domains.Record(name, fields), domains.Record(_, others):
            pairs = zip(fields, others, strict=True)
            return domains.Record(name, tuple((n, _join(a, b)) for (n, a), (_, b) in pairs))
        case domains.Tuple(a), domains.Tuple(b):
            return domains.Tuple(tuple(map(_join, a, b)))
        case _:
            return left


def cardinality(domain: Domain) -> int:
    """How many values a domain has, `MANY` when that is large or unbounded."""
    match domain:
        case domains.Bool():
            size = 2
        case Int(low, high):
            size = high - low + 1
        case domains.Enum(literals):
            size = len(literals)
        case domains.Id(_, processes):
            size = processes
        case domains.Optional(inner):
            size = cardinality(inner) + 1
        case domains.Record(_, fields):
            size = reduce(lambda total, field: min(total * cardinality(field[1]), MANY), fields, 1)
        case domains.Tuple(items):
            size = reduce(lambda total, item: min(total * cardinality(item), MANY), items, 1)
        case domains.Set(element):
            count = cardinality(element)
            size = 2**count if count < 30 else MANY
        case _:
            size = MANY
    return min(size, MANY)


def most_elements(domain: Domain) -> int:
    """How many elements a collection of this domain can have at most."""
    match domain:
        case domains.Set(element):
            return cardinality(element)
        case domains.Map(key, _):
            return cardinality(key)
        case domains.List(_, int(capacity)):
            return capacity
        case _:
            return MANY


def element_of(domain: Domain) -> Domain:
    """What a loop over a collection of this domain goes through: elements, or the keys of a map."""
    match domain:
        case domains.Set(element) | domains.List(element, _) | domains.Bag(element):
            return element
        case domains.Map(key, _):
            return key
        case domains.Optional(inner):
            return element_of(inner)
        case _:
            raise AssertionError(f"{domain} has no elements: the type checker lets no such loop pass")
