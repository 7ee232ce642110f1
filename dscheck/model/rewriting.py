"""What is inside an expression, and what would it be after some writes? Parts, and parts replaced."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, get_args

from dscheck.model.expressions import Expression, Read
from dscheck.model.system import Effects, Write

_KINDS = get_args(Expression)


def rewritten(expression: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """`expression` with each part for which `change` has an answer replaced by that answer."""
    answer = change(expression)
    if answer is not None:
        return answer
    parts: dict[str, Any] = {}
    for field in fields(expression):
        value = getattr(expression, field.name)
        if isinstance(value, _KINDS):
            parts[field.name] = rewritten(value, change)
        elif isinstance(value, tuple) and value and isinstance(value[0], _KINDS):
            parts[field.name] = tuple(rewritten(part, change) for part in value)
    return replace(expression, **parts) if parts else expression


def parts_of(expression: Expression) -> list[Expression]:
    """`expression` and everything inside it, the outermost first."""
    found: list[Expression] = []

    def note(part: Expression) -> None:
        found.append(part)

    rewritten(expression, note)
    return found


def after_writes(effects: Effects, expression: Expression) -> Expression:
    """What `expression` would be after the writes among `effects`, as an expression over the state before them.

    Args:
        effects: in which each entry is written at most once, and under the indices by which `expression` reads it.
        expression: over the state after.
    """
    written = {(effect.variable, effect.indices): effect.value for effect in effects if isinstance(effect, Write)}

    def change(part: Expression) -> Expression | None:
        return written.get((part.variable, part.indices)) if isinstance(part, Read) else None

    return rewritten(expression, change)
