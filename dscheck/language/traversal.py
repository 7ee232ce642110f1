"""Which nodes of the syntax tree lie beneath this one?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

from dscheck.source import Span


@cache
def _field_names(node_class: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(node_class))


def walk(node: object) -> Iterator[object]:
    """Every node beneath `node` and itself, in the order of the text; tuples are opened.

    An explicit stack, because a deeply nested spec must not end in a recursion error here.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tuple):
            stack.extend(reversed(current))
        elif is_dataclass(current) and not isinstance(current, (type, Span)):
            yield current
            stack.extend(getattr(current, name) for name in reversed(_field_names(type(current))))
