"""What may a mapping file say of the whole trace, in lines that begin with `header.`?

    header.order = total
    header.spec = ../specs/lock.dsc
    header.set.N = 5
    header.hidden = expire, lose

What the trace is (order, gaps, unit, skew, …), and how it is to be judged: all that a native header may say. Names
that stand in a list are separated by commas. The file of a spec is looked for from the folder of the mapping file.
"""

import os.path
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place, TraceHeader
from dscheck.traces.formats.header_fields import HEADER_FIELDS, expected
from dscheck.traces.formats.json_text import DECODER

_CHOICES: dict[str, tuple[Any, ...]] = {
    "order": ("total", "causal", "per-node"),
    "unit": ("ns", "us", "ms", "s"),
    "gaps": (True, False),
}
_COUNTS = ("skew", "drift_ppm", "delay_min", "delay_max")
_BY_NAME = {"init": "values by name"} | {
    name: field.kind for name, field in HEADER_FIELDS.items() if field.kind.endswith("by name")
}
_PLAIN = {"spec": "text"} | {name: field.kind for name, field in HEADER_FIELDS.items() if name not in _BY_NAME}
HEADER_NAMES = (*_CHOICES, *_COUNTS, *_PLAIN, *(f"{name}.NAME" for name in _BY_NAME))


def is_header_field(part: str) -> bool:
    """Whether `header.` may be followed by this."""
    group, dot, rest = part.partition(".")
    return part in _CHOICES or part in _COUNTS or part in _PLAIN or bool(dot and rest and group in _BY_NAME)


def may_be_a_path(part: str) -> bool:
    """Whether the value may stand in a record of the log: an initial value or a constant of the spec."""
    return _BY_NAME.get(part.partition(".")[0]) == "values by name"


def constant(text: str) -> Any:
    """JSON, or the text itself."""
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return text


def setting(part: str, text: str, place: Place) -> Any:
    """The value that a line gives a field of the header.

    Args:
        part: the field, without `header.`; one whose value is no path.
        text: as written.
        place: of the line.

    Raises:
        TraceError: the field holds something else.
    """
    value = constant(text)
    if part in _CHOICES:
        if value not in _CHOICES[part]:
            shown = ", ".join(str(each).lower() for each in _CHOICES[part])
            raise TraceError(place, f"`header.{part}` is {shortened(text)}, not one of {shown}")
        return value
    if part in _COUNTS:
        if value.__class__ is not int or not 0 <= value < 1 << 63:
            raise TraceError(place, f"`header.{part}` is {shortened(text)}, not a whole number, not negative")
        return value
    if _PLAIN.get(part) == "texts":
        names = value if isinstance(value, list) else [each.strip() for each in text.split(",")]
        if not all(isinstance(each, str) and each for each in names):
            raise TraceError(place, f"`header.{part}` is {shortened(text)}, not names separated by commas")
        return names
    return value if isinstance(value, str) else text


def check_setting(part: str, value: Any, place: Place) -> None:
    """Refuse what a header cannot hold; what stands in a record of the log is known only there.

    Raises:
        TraceError: it holds something else.
    """
    group, dot, name = part.partition(".")
    if dot and (words := expected(group, {name: value})) is not None:
        raise TraceError(place, f"`header.{part}` is {shortened(str(value))}: `{group}` holds {words}")


def header_with(known: TraceHeader, found: Mapping[str, Any], mapping_file: str) -> TraceHeader:
    """`known` with what a mapping file says.

    Args:
        known: what the reader found out.
        found: values by field, without `header.`.
        mapping_file: in whose folder the path of a spec begins.
    """
    changes: dict[str, Any] = {}
    initial, other = dict(known.initial), dict(known.other)
    for part, value in found.items():
        group, dot, name = part.partition(".")
        if dot and group == "init":
            initial[name] = value
        elif dot:
            other[group] = {**other.get(group, {}), name: value}
        elif part == "spec" or (part == "model" and value.endswith(".dsc")):
            (changes if part == "spec" else other)[part] = _from_folder_of(mapping_file, value)
        else:
            (other if part in HEADER_FIELDS else changes)[part] = value
    return replace(known, **changes, initial=initial, other=other)


def _from_folder_of(mapping_file: str, path: str) -> str:
    return PurePath(os.path.normpath(PurePath(mapping_file).parent / path)).as_posix()
