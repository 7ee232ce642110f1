"""How does a mapping file say what the records of somebody's own log mean?

    # etcd-raft
    header.order = total
    keep = tag
      trace -> true
    node = event.nid
    action = event.name
    kind = event.name
      Send* -> send
      Receive* -> recv
      * -> internal
    recv.peer = event.msg.from
    vars.term = event.state.term

A line gives a field of the native format what stands at a dotted path of the record, a constant (JSON), or several of
these joined by ` + ` to a text. Indented lines translate: the first pattern that fits the text of the value decides,
`*` stands for any characters, `/…/` is a regular expression whose groups are `\\1`, `\\2`, …, `=` keeps the value;
where none fits, the field is absent. `send.peer` is a field of events of that kind only. `own(path)` is the entry of
the node itself in a vector; `date(path)` and `seconds(path)` are times in nanoseconds. `keep` tells the records that
are events. What `header.` lines say is the matter of `mapped_header`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from typing import Any, Literal

from dscheck.record import record
from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place, TraceHeader
from dscheck.traces.formats.fields import FIELDS, KINDS, typed
from dscheck.traces.formats.json_text import DECODER
from dscheck.traces.formats.log_pattern import put
from dscheck.traces.formats.mapped_header import (
    HEADER_NAMES,
    check_setting,
    constant,
    header_with,
    is_header_field,
    may_be_a_path,
    setting,
)
from dscheck.traces.formats.mapped_times import date_in_nanoseconds, seconds_in_nanoseconds
from dscheck.traces.formats.reading import ReadOptions

ABSENT: Any = object()
_MOST_KNOWN = 10_000
_SETTINGS = {
    "format": ("ndjson", "text", "shiviz", "csv"),
    "pattern": (),
    "delimiter": (),
    "unmatched": ("skip", "refuse"),
    "sort": ("time",),
    "messages": ("in-order",),
}
_PARTS = ("vars", "vars_before", "args", "vc", "vv", "other")
_LINE = re.compile(r"(?P<name>[A-Za-z_][^\s=]*)\s*=\s*(?P<value>.*?)\s*")
_FUNCTION = re.compile(r"(own|date|seconds)\((.*)\)")
_SEGMENT = re.compile(r'"(?:[^"\\]|\\.)*"|[^.]+')

Term = Callable[[Mapping[str, Any], str], Any]


@record
class Rule:
    """Where one field comes from.

    Attributes:
        name: of the field, such as `node` or `vars.term`.
        kind: of the events that have it; None for all.
        source: what it is before translation.
        table: translations, tried in order: from a text to a value, or ABSENT.
        line: of the mapping file.
        known: what texts were translated to: in most logs they are few.
    """

    name: str
    kind: str | None
    source: Term
    table: tuple[Callable[[str, Any], Any], ...]
    line: int
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def value(self, of: Mapping[str, Any], node: str) -> Any:
        """What the field holds for a record; ABSENT if nothing."""
        value = self.source(of, node)
        if not self.table or value is ABSENT:
            return value
        if value.__class__ is not str:
            return self._translated(as_text(value), value)
        result = self.known.get(value, self)
        if result is self:
            result = self._translated(value, value)
            if len(self.known) < _MOST_KNOWN:
                self.known[value] = result
        return result

    def _translated(self, text: str, value: Any) -> Any:
        for translated in self.table:
            if (result := translated(text, value)) is not ABSENT:
                return result
        return ABSENT


@record
class FieldMapping:
    """A mapping file, read."""

    rules: tuple[Rule, ...] = ()
    keep: Rule | None = None
    header_rules: tuple[Rule, ...] = ()
    format: Literal["ndjson", "text", "shiviz", "csv"] | None = None
    pattern: str | None = None
    delimiter: str | None = None
    unmatched: Literal["skip", "refuse"] | None = None
    sort: str | None = None
    messages: str | None = None
    file: str = "mapping"

    def keeps(self, of: Mapping[str, Any]) -> bool:
        """Whether a record is an event."""
        return self.keep is None or self.keep.value(of, "") not in (ABSENT, False, None)

    def record(self, of: Mapping[str, Any], place: Place, *, of_texts: bool) -> dict[str, Any]:
        """The native record of a foreign one; without rules its names are native ones already.

        Args:
            of_texts: all its values are texts.
        """
        if not self.rules:
            return dict(of)
        made: dict[str, Any] = {}
        node = ""
        for rule in self.rules:
            if rule.kind is not None and rule.kind != made.get("kind", "internal"):
                continue
            try:
                value = rule.value(of, node)
            except ValueError as error:
                raise TraceError(place, f"`{rule.name}` cannot be made: {error}", f"{self.file}:{rule.line}") from None
            if value is ABSENT or value is None:
                continue
            if value.__class__ is str:
                value = typed(rule.name, value, written_as_text=of_texts)
            if "." in rule.name:
                put(made, rule.name, value)
            else:
                made[rule.name] = value
                if rule.name == "node":
                    node = str(value)
        return made

    def header(self, known: TraceHeader, of: Mapping[str, Any] | None = None) -> TraceHeader:
        """`known` with what the mapping says about the trace; paths are those of a record that is no event."""
        found: dict[str, Any] = {}
        for rule in self.header_rules:
            value = rule.value(of or {}, "")
            if value is not ABSENT:
                check_setting(rule.name, value, Place(self.file, rule.line))
                found[rule.name] = value
        return header_with(known, found, self.file)

    @property
    def names_a_spec(self) -> bool:
        """Whether the trace is judged by a spec, which may ask for any field of the events."""
        return any(rule.name == "spec" for rule in self.header_rules)


def as_text(value: Any) -> str:
    """A text as it is, any other value as JSON with sorted keys."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def mapping_of(options: ReadOptions) -> FieldMapping:
    """The mapping that the options give; one without rules if they give none."""
    return parse_mapping(options.mapping, options.mapping_file) if options.mapping is not None else FieldMapping()


def parse_mapping(text: str, file: str = "mapping") -> FieldMapping:
    """Read a mapping file."""
    rules: list[Rule] = []
    settings: dict[str, Any] = {"file": file}
    for number, line in enumerate(text.splitlines(), 1):
        place = Place(file, number)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            if not rules or rules[-1].line < 0:
                raise TraceError(place, "a translation without a field before it", "a field begins in the first column")
            rules[-1] = replace(rules[-1], table=(*rules[-1].table, _translation(line.strip(), place)), known={})
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise TraceError(place, f"expected `field = path`, found {shortened(line)}")
        name, value = found["name"], found["value"]
        if name in _SETTINGS:
            if _SETTINGS[name] and value not in _SETTINGS[name]:
                raise TraceError(place, f"`{name}` is {shortened(value)}, not one of {', '.join(_SETTINGS[name])}")
            settings[name] = value
        else:
            rules.append(_rule(name, value, place))
    made: dict[str, list[Rule]] = {"": [], "keep": [], "header": []}
    for rule in rules:
        if rule.name.startswith("header."):
            made["header"].append(replace(rule, name=rule.name.removeprefix("header.")))
        else:
            made["keep" if rule.name == "keep" else ""].append(rule)
    # `own` needs the node and `send.peer` the kind, wherever they stand.
    ordered = sorted(made[""], key=lambda rule: {"node": 0, "kind": 1}.get(rule.name, 2))
    return FieldMapping(tuple(ordered), made["keep"][-1] if made["keep"] else None, tuple(made["header"]), **settings)


def _rule(name: str, value: str, place: Place) -> Rule:
    first, _, rest = name.partition(".")
    kind, target = (first, rest) if first in KINDS and rest else (None, name)
    known = target in FIELDS or target == "keep"
    part = target.removeprefix("header.") if target.startswith("header.") else ""
    if part:
        known = is_header_field(part)
    elif "." in target:
        known = target.partition(".")[0] in _PARTS and bool(target.partition(".")[2])
    if not known:
        parts = [*(f"header.{each}" for each in HEADER_NAMES), *(f"{each}.NAME" for each in _PARTS)]
        names = [*FIELDS, *_SETTINGS, *parts]
        near = get_close_matches(target, names, 1)
        help_text = f"did you mean `{near[0]}`?" if near else f"there is {', '.join(FIELDS)}; other.NAME for the rest"
        raise TraceError(place, f"there is no field `{target}`", help_text)
    if not value:
        raise TraceError(place, f"`{name}` is given nothing")
    if part and not may_be_a_path(part):
        held = setting(part, value, place)
        return Rule(target, None, lambda _, __: held, (), place.line)
    return Rule(target, kind, _joined([_term(each.strip(), place) for each in value.split(" + ")]), (), place.line)


def _joined(terms: list[Term]) -> Term:
    """A single term keeps its type; several make a text."""
    if len(terms) == 1:
        return terms[0]

    def joined(of: Mapping[str, Any], node: str) -> Any:
        values = [term(of, node) for term in terms]
        return ABSENT if ABSENT in values else "".join(map(as_text, values))

    return joined


def _term(text: str, place: Place) -> Term:
    function = _FUNCTION.fullmatch(text)
    if function:
        look_up = _path(function[2], place)
        if function[1] == "own":
            return lambda of, node: _own(look_up(of, node), node)
        convert = date_in_nanoseconds if function[1] == "date" else seconds_in_nanoseconds
        return lambda of, node: ABSENT if (found := look_up(of, node)) is ABSENT else convert(found)
    try:
        constant = DECODER.decode(text)
    except (ValueError, RecursionError):
        return _path(text, place)
    return lambda _, __: constant


def _own(vector: Any, node: str) -> Any:
    return vector.get(node, ABSENT) if isinstance(vector, dict) else ABSENT


def _path(text: str, place: Place) -> Term:
    segments = _SEGMENT.findall(text)
    if not segments or ".".join(segments) != text:
        raise TraceError(place, f"this is no path: {shortened(text)}", "names joined by dots, such as event.msg.from")
    try:
        names = [json.loads(each) if each.startswith('"') else each for each in segments]
    except ValueError as error:
        raise TraceError(place, f"this is no path: {shortened(text)} ({error})") from None

    if len(names) == 1:
        only = names[0]
        return lambda of, _: ABSENT if (found := of.get(only)) is None else found

    def look_up(of: Mapping[str, Any], _: str) -> Any:
        found: Any = of
        for name in names:
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdecimal() and name.isascii() and int(name[:9]) < len(found):
                found = found[int(name[:9])]
            else:
                return ABSENT
        return ABSENT if found is None else found

    return look_up


def _translation(text: str, place: Place) -> Callable[[str, Any], Any]:
    """One row: `PATTERN -> VALUE`."""
    pattern, arrow, written = text.rpartition("->")
    pattern, written = pattern.strip(), written.strip()
    if not arrow or not pattern:
        raise TraceError(place, f"expected `pattern -> value`, found {shortened(text)}")
    regular = len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/")
    source = pattern[1:-1] if regular else ".*".join(map(re.escape, pattern.split("*")))
    try:
        expression = re.compile(source, re.DOTALL)
        if regular:
            re.sub(expression, written, "")  # tells a reference to a group that there is not
    except (re.error, RecursionError, OverflowError, IndexError) as error:
        raise TraceError(place, f"the pattern {shortened(pattern)} is wrong: {error}") from None
    value = constant(written)

    def translated(of: str, original: Any) -> Any:
        if regular:
            found = expression.search(of)
            return ABSENT if found is None else original if written == "=" else constant(found.expand(written))
        if expression.fullmatch(of) is None:
            return ABSENT
        return original if written == "=" else value

    return translated
