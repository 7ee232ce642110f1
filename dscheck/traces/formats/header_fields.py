"""What does a header say about how its trace is to be judged, besides what a reader needs to know?

One table: the native reader refuses what does not fit, a mapping file gives the same fields, the checks read them by
`header_says`, and docs/dscheck-trace.schema.json describes them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dscheck.record import record
from dscheck.traces.event import TraceHeader


@record
class HeaderField:
    """A field of a header that says how to judge.

    Attributes:
        kind: `text`; `number`; `texts`, an array of them; `texts by name` or `values by name`, an object.
        about: what it says.
    """

    kind: str
    about: str


HEADER_FIELDS: dict[str, HeaderField] = {
    "check": HeaderField("text", "the check of the spec whose settings hold"),
    "set": HeaderField("values by name", "constants and settings of the spec"),
    "hidden": HeaderField("texts", "steps of the spec that the trace need not record"),
    "ignore": HeaderField("texts", "recorded actions that say nothing about the spec"),
    "words": HeaderField("texts by name", "actions and messages of the spec, by the trace's word"),
    "processes": HeaderField("texts by name", "processes of the spec, by the trace's node"),
    "model": HeaderField("text", "of what the histories are: the name of an object, or the file of a spec"),
    "delivery": HeaderField("texts", "what holds of messages"),
    "expect": HeaderField("text", "what the verdict should be, where the trace is a test"),
    "by": HeaderField("text", "the check that should reject it"),
    "line": HeaderField("number", "the line that it should be rejected at"),
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text", _is_text),
    "number": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "texts": ("an array of texts", lambda value: isinstance(value, list | tuple) and all(map(_is_text, value))),
    "texts by name": (
        "an object of texts",
        lambda value: isinstance(value, Mapping) and all(map(_is_text, value.values())),
    ),
    "values by name": (
        "an object of numbers, texts and truth values",
        lambda value: (
            isinstance(value, Mapping) and all(isinstance(each, str | int | float) for each in value.values())
        ),
    ),
}


def header_says(header: TraceHeader, name: str) -> Any:
    """What a header says; None where it does not say it.

    Args:
        header: of a trace.
        name: a field of the table, and no other.
    """
    kind = HEADER_FIELDS[name].kind
    value = header.other.get(name)
    return value if value is not None and _KINDS[kind][1](value) else None


def expected(name: str, value: Any) -> str | None:
    """What a field should hold if `value` is none of it; None where it fits, or the table does not know the field."""
    if name not in HEADER_FIELDS or value is None:
        return None
    words, fits = _KINDS[HEADER_FIELDS[name].kind]
    return None if fits(value) else words
