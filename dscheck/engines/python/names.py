"""What are things called in emitted code, and which objects does it refer to by name?

Everything that cannot be written as text (failures, domains, sort keys) or would be made again and again (sets) gets
a name in the namespace in which the code runs.
"""

import builtins
import keyword
import re
from collections.abc import Callable
from typing import Any

from dscheck.domains import (
    Bag,
    Domain,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Tuple,
    Value,
    contains,
    order_key,
)
from dscheck.engines.python.runtime import FUNCTIONS, fail_with
from dscheck.model.expressions import Failure
from dscheck.model.layout import Layout, layout_of
from dscheck.model.system import System
from dscheck.semantics.evaluate import StepFailed

_RESERVED = {*keyword.kwlist, *dir(builtins), *FUNCTIONS, "add", "after", "before", "branches", "contains", "found",
             "owe", "owed", "state", "stopped", "StepFailed"}  # fmt: skip


def identifier(text: str) -> str:
    """A Python identifier that reads like `text`; no underscore at its ends, and never two in a row."""
    words = re.sub(r"[\W_]+", "_", text, flags=re.ASCII).strip("_") or "x"
    if words[0].isdigit() or words in _RESERVED:
        return f"the_{words}"
    return words


class Names:
    """The names of one system's emitted code.

    Attributes:
        system: what is compiled.
        layout: of its states.
        slots: name of the local that holds each slot.
        namespace: what the code refers to.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.layout: Layout = layout_of(system)
        self.namespace: dict[str, Any] = {**FUNCTIONS, "StepFailed": StepFailed, "contains": contains}
        self._pooled: dict[Any, str] = {}
        self._taken: set[str] = set()
        self.slots: tuple[str, ...] = tuple(
            self.fresh("_".join((identifier(variable.name), *map(str, indices))))
            for variable, indices in self.layout.slots
        )

    def fresh(self, text: str) -> str:
        """A new identifier that reads like `text`."""
        name, count = identifier(text), 1
        while name in self._taken:
            count += 1
            name = f"{identifier(text)}_{count}"
        self._taken.add(name)
        return name

    def fail(self, failure: Failure | None, domain: Domain | None) -> str:
        """The function to call when `failure` happens, with a value of `domain` if there is one to blame."""
        assert failure is not None, "an expression that can fail says how"
        # Failures are equal when their texts are, but a report wants the place of this one.
        key = (failure, failure.span, domain)
        return self._pool("fail", key, lambda: fail_with(failure, domain, self.system.singletons))

    def domain(self, domain: Domain) -> str:
        """The domain as an object."""
        return self._pool("domain", domain, lambda: domain)

    def key(self, domain: Domain) -> str:
        """The sort key of `domain`, or `None`."""
        key = order_key(domain)
        return "None" if key is None else self._pool("key", ("key", domain), lambda: key)

    def literal(self, value: Value, domain: Domain) -> str:
        """Text for a constant of `domain`."""
        text = _literal_text(value, domain)
        if not isinstance(value, tuple | frozenset) or value == ():
            return text
        return self._pool("constant", ("constant", text), lambda: value)

    def _pool(self, prefix: str, key: Any, make: Callable[[], Any]) -> str:
        name = self._pooled.get(key)
        if name is None:
            name = self._pooled[key] = f"_{prefix}_{len(self._pooled)}"  # no identifier begins so
            self.namespace[name] = make()
        return name


def _literal_text(value: Value, domain: Domain) -> str:
    """The value as Python text; equal values of one domain have equal texts, whatever order sets are hashed in."""
    if value is None:
        return "None"
    match domain:
        case Optional(inner):
            return _literal_text(value, inner)
        case Set(element):
            items = [_literal_text(item, element) for item in sorted(value, key=order_key(element))]
            return f"frozenset(({', '.join(items)}))"
        case Bag(element) | List(element, _):
            items = [_literal_text(item, element) for item in value]
        case Map(key, image):
            items = [f"({_literal_text(k, key)}, {_literal_text(v, image)})" for k, v in value]
        case Record(_, fields):
            items = [_literal_text(item, field) for (_, field), item in zip(fields, value, strict=True)]
        case Tuple(domains):
            items = [_literal_text(item, field) for field, item in zip(domains, value, strict=True)]
        case Message():
            fields = domain.kind(value[0]).fields
            items = [repr(value[0])]
            items += [_literal_text(item, field) for (_, field), item in zip(fields, value[1:], strict=True)]
        case _:
            return repr(value)
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
