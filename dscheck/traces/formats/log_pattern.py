"""How are the fields of a log line found by a regular expression with named groups?"""

import re
import warnings
from collections.abc import Mapping
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place
from dscheck.traces.formats.fields import typed

_JAVASCRIPT_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
_SYNONYMS = {"host": "node", "event": "action", "timestamp": "ts"}


def compiled(pattern: str, place: Place, needed: tuple[str, ...], *, several_lines: bool = False) -> re.Pattern[str]:
    """The expression, with groups written `(?<name>…)` or `(?P<name>…)`.

    Args:
        needed: groups that it must have.
        several_lines: `^` and `$` match at each line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `[[` is no nested set in JavaScript either
            expression = re.compile(_JAVASCRIPT_GROUP.sub("(?P<", pattern), re.MULTILINE if several_lines else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise TraceError(place, f"the regular expression {shortened(pattern)} is wrong: {error}") from None
    missing = [group for group in needed if group not in expression.groupindex]
    if missing:
        groups = ", ".join(expression.groupindex) or "none"
        raise TraceError(
            place,
            f"the regular expression {shortened(pattern)} has no group `{missing[0]}`; its groups: {groups}",
            f"write (?<{missing[0]}>…) around the part of the line that is meant",
        )
    return expression


def text_fields(groups: Mapping[str, str | None]) -> dict[str, Any]:
    """The fields of a record that groups (or columns) hold, by name; those without a text are left out.

    `host`, `event` and `timestamp` are understood as `node`, `action` and `ts`, the last only if it is a number;
    `vars.x` is the variable `x`.
    """
    record: dict[str, Any] = {}
    for name, text in groups.items():
        if text is None:
            continue
        field = _SYNONYMS.get(name, name)
        value = typed(field, text)
        if name == "timestamp" and type(value) is not int:
            record[name] = text
        else:
            put(record, field, value)
    return record


def put(record: dict[str, Any], field: str, value: Any) -> None:
    """Set a field, or with `vars.x` a part of one."""
    outer, dot, inner = field.partition(".")
    if dot and inner and outer in ("vars", "vars_before", "args", "vc", "vv", "other"):
        part = record.setdefault(outer, {})
        if isinstance(part, dict):
            part[inner] = value
            return
    record[field] = value
