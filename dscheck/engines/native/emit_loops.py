"""How does C try one element after the other? What parameters and choices range over, each alternative once."""

from collections.abc import Callable, Sequence

from dscheck.domains import Bag, Bool, Domain, List, Value, members, order_key
from dscheck.engines.native.block import bare
from dscheck.engines.native.codec import encode
from dscheck.engines.native.codes import Coding, Mask, Queue, Sorted, Table
from dscheck.engines.native.emit_expressions import Expressions, Reader, plain_name
from dscheck.engines.native.values_form import bits_at, code_literal
from dscheck.model.expressions import Apply, Bound, Expression, Literal
from dscheck.semantics.evaluate import element_domain


def front_of(over: Expression) -> Expression | None:
    """The list of whose first element alone `over` consists, if it is such an expression."""
    return over.arguments[0] if isinstance(over, Apply) and over.operator == "front" else None


def each_alternative(
    expressions: Expressions, name: str, over: Expression, reader: Reader, each: Callable[[Bound], None]
) -> None:
    """Write a loop over the alternatives in `over`, each once.

    Args:
        expressions: write into the function.
        name: what the element's name should read like.
        over: a simplified collection.
        reader: knows where variables are.
        each: writes what is inside, given the element.
    """
    element = Bound(expressions.fresh(name), element_domain(over.domain))
    items = front_of(over)
    if items is not None:
        first_item(expressions, element, items, reader, (), lambda: each(element))
        return
    text = expressions.text(over, reader)
    distinct = isinstance(over.domain, List)
    with expressions.values.loop(text, over.domain, name, expressions.block, distinct=distinct) as local:
        expressions.locals[element.name] = local
        each(element)


def first_item(
    expressions: Expressions,
    element: Bound,
    items: Expression,
    reader: Reader,
    asked: Sequence[Expression],
    inside: Callable[[], None],
) -> None:
    """Write what is done with the first item of a list, if there is one and it is as `asked`.

    Args:
        expressions: write into the function.
        element: stands for the item.
        items: the list, simplified.
        reader: knows where variables are.
        asked: simplified truths that cannot fail, of which one that needs no lines is part of the same test.
        inside: writes what is done.
    """
    block = expressions.block
    tests, later = [expressions.first_item(element, items, reader)], list[Expression]()
    for part in asked:
        with block.captured() as lines:
            test = expressions.text(part, reader)
        if lines:
            later.append(part)
        else:
            tests.append(test)
    with block.braces(f"if ({' && '.join(tests) if len(tests) > 1 else bare(tests[0])})"):
        first = expressions.locals[element.name]
        expressions.locals[element.name] = expressions.kept(plain_name(element.name), first, element.domain)
        expressions.asked(later, reader, inside)


def possible_elements(
    expressions: Expressions, name: str, over: Expression, reader: Reader, most: int
) -> list[tuple[Bound, Bound]] | None:
    """What a loop over any collection may visit, each with the truth whether it does; None when that is too much.

    Args:
        expressions: write into the function, where all of this is computed before the loop.
        name: what an element's name should read like.
        over: a simplified collection.
        reader: knows where variables are.
        most: elements.
    """
    values, element = expressions.values, element_domain(over.domain)
    coding = values.codings.of(over.domain)
    kept = Bound(expressions.fresh(f"{name} over"), over.domain)
    found: list[tuple[str, str]] = []
    match coding:
        case Queue() | Sorted() if coding.capacity <= most:
            expressions.bind(kept.name, over, reader)
            text = expressions.locals[kept.name]
            if _keeps_order(over.domain, coding.element):
                found = _items(text, coding, distinct=isinstance(over.domain, Bag))
            else:
                items = values.in_order(text, over.domain, name, expressions.block)
                found = [(items.code(str(place)), f"({items.count} > {place})") for place in range(coding.capacity)]
        case Mask(inner) | Table(inner) if inner.codes <= most:
            elements = _values_of(element)
            if elements is None:
                return None
            expressions.bind(kept.name, over, reader)
            for value in elements:
                one = Literal(value, element)
                held = expressions.text(Apply("in", (one, kept), Bool()), reader)
                found.append((code_literal(encode(values.codings, element, value)), held))
        case _:
            return None
    visits: list[tuple[Bound, Bound]] = []
    for code, visited in found:
        item, test = Bound(expressions.fresh(name), element), Bound(expressions.fresh(f"visits {name}"), Bool())
        expressions.locals[item.name] = expressions.kept(name, values.from_code(code, element), element)
        expressions.locals[test.name] = expressions.kept(f"visits {name}", visited, Bool())
        visits.append((item, test))
    return visits


def _values_of(domain: Domain) -> list[Value] | None:
    """The few values of a domain in their order: some codes may stand for none. None when they cannot be listed."""
    try:
        return sorted(members(domain), key=order_key(domain))
    except ValueError:
        return None


def _keeps_order(domain: Domain, element: Coding) -> bool:
    return isinstance(domain, List) or element.ordered


def _items(text: str, coding: Queue | Sorted, *, distinct: bool) -> list[tuple[str, str]]:
    """The code of each item that a list, bag or set can have, and whether it is there and, if asked, the first such."""
    length = bits_at(text, coding.bits, 0, coding.length_bits)
    width = coding.element.bits
    codes = [bits_at(text, coding.bits, coding.length_bits + place * width, width) for place in range(coding.capacity)]
    tests = [f"({length} > {place})" for place in range(coding.capacity)]
    if distinct:  # equal items of a bag are neighbours
        tests = tests[:1] + [
            f"({test} && {code} != {before})" for test, code, before in zip(tests[1:], codes[1:], codes, strict=False)
        ]
    return list(zip(codes, tests, strict=True))
