"""How does C try one element after the other? What parameters and choices range over, each alternative once."""

from collections.abc import Callable, Sequence

from dscheck.domains import List
from dscheck.engines.native.block import bare
from dscheck.engines.native.emit_expressions import Expressions, Reader, plain_name
from dscheck.model.expressions import Apply, Bound, Expression
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
