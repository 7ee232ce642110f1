"""How does a value read? Printing for people and for JSON, directed by the value's domain."""

from typing import Any, assert_never

from dscheck import domains
from dscheck.domains import Domain, Value, order_key


def process_name(process: str, size: int, index: int) -> str:
    """`Node[1]`, or `Lock` for a singleton declared without brackets (size 0 stands for that)."""
    return process if size == 0 else f"{process}[{index}]"


def show(value: Value, domain: Domain, singletons: frozenset[str] = frozenset()) -> str:
    """The value in the notation of the language.

    Args:
        value: a value of `domain`.
        singletons: processes that are written without an index.
    """

    def text(item: Value, of: Domain) -> str:
        return show(item, of, singletons)

    if value is None:
        return "none"
    match domain:
        case domains.Bool():
            return "true" if value else "false"
        case domains.Int() | domains.Stamp() | domains.Enum():
            return str(value)
        case domains.Id(process, size):
            return process_name(process, 0 if process in singletons else size, value)
        case domains.Optional(inner):
            return text(value, inner)
        case domains.Set(element):
            return "{" + ", ".join(text(item, element) for item in sorted(value, key=order_key(element))) + "}"
        case domains.Bag(element) | domains.List(element, _):
            return "[" + ", ".join(text(item, element) for item in value) + "]"
        case domains.Map(key, inner):
            return "{" + ", ".join(f"{text(k, key)}: {text(v, inner)}" for k, v in value) + "}"
        case domains.Record(name, fields):
            return f"{name}({', '.join(text(v, d) for (_, d), v in zip(fields, value, strict=True))})"
        case domains.Tuple(items):
            return f"({', '.join(text(v, d) for d, v in zip(items, value, strict=True))})"
        case domains.Message():
            return show_message(value, domain, singletons)
        case domains.Vector():
            return "[" + ", ".join(map(str, value)) + "]"
        case _:
            assert_never(domain)


def show_message(value: Value, domain: domains.Message, singletons: frozenset[str] = frozenset()) -> str:
    """`Request(3)`; fields that the model added are shown as `@3` if their name starts with `@`, else not."""
    fields = domain.kind(value[0]).fields
    shown = [(name, show(field, of, singletons)) for (name, of), field in zip(fields, value[1:], strict=True)]
    plain = ", ".join(text for name, text in shown if not name.startswith(("@", "·")))
    hidden = "".join(f" @{text}" for name, text in shown if name.startswith("@"))
    return f"{value[0]}({plain}){hidden}" if plain else f"{value[0]}{hidden}"


def message_fields(value: Value, domain: domains.Message, singletons: frozenset[str] = frozenset()) -> dict[str, str]:
    """What a message carries, by the names of its fields: `{"ballot": "3"}`; `@clock` is the model's own."""
    fields = domain.kind(value[0]).fields
    return {
        name: show(field, of, singletons)
        for (name, of), field in zip(fields, value[1:], strict=True)
        if not name.startswith("·")
    }


def as_json(value: Value, domain: Domain, singletons: frozenset[str] = frozenset()) -> Any:
    """The value as JSON: bools, numbers and null stay, collections become arrays, all else is its text."""
    if value is None or isinstance(value, bool):
        return value
    match domain:
        case domains.Int() | domains.Stamp():
            return value
        case domains.Optional(inner):
            return as_json(value, inner, singletons)
        case domains.Set(element):
            return [as_json(item, element, singletons) for item in sorted(value, key=order_key(element))]
        case domains.Bag(element) | domains.List(element, _):
            return [as_json(item, element, singletons) for item in value]
        case domains.Vector():
            return list(value)
        case domains.Map(key, inner):
            return [[as_json(k, key, singletons), as_json(v, inner, singletons)] for k, v in value]
        case _:
            return show(value, domain, singletons)
