"""How many values can a variable hold?"""

from math import prod

from dscheck import domains
from dscheck.domains import Domain

MOST_DIGITS = 12
_LARGEST_EXPONENT = 10_000  # of a power that is worked out: more would be a number that nobody reads


def domain_size(domain: Domain) -> int | None:
    """How many values a domain has; None if it has no bound, or too many to write down.

    Args:
        domain: of a variable.
    """
    match domain:
        case domains.Bool():
            return 2
        case domains.Int(low, high):
            return high - low + 1
        case domains.Enum(literals):
            return len(literals)
        case domains.Id(_, size):
            return size
        case domains.Optional(inner):
            values = domain_size(inner)
            return None if values is None else values + 1
        case domains.Set(element):
            return _power(2, domain_size(element))
        case domains.Map(key, value):
            images = domain_size(value)
            return None if images is None else _power(images + 1, domain_size(key))
        case domains.List(element, int(capacity)):
            elements = domain_size(element)
            if elements is None or capacity > _LARGEST_EXPONENT:
                return None
            total = 1  # the empty one
            for _ in range(capacity):
                total = total * elements + 1
            return total
        case domains.Record(_, fields):
            return _product([domain_size(each) for _, each in fields])
        case domains.Tuple(items):
            return _product([domain_size(each) for each in items])
        case _:
            return None


def _power(number: int, exponent: int | None) -> int | None:
    return None if exponent is None or exponent > _LARGEST_EXPONENT else prod([number] * exponent)


def _product(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


def size_as_text(size: int | None) -> str:
    """`1 value`, `12 values`, `about 10^15 values`, `no bound`.

    Args:
        size: as `domain_size` gives it.
    """
    if size is None:
        return "no bound"
    if size == 1:
        return "1 value"
    digits = len(str(size))
    return f"{size:,} values" if digits <= MOST_DIGITS else f"about 10^{digits - 1} values"
