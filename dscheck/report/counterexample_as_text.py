"""How does a run go wrong? Steps with only what changed, messages sent and received, and why the property is false."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from dscheck.counterexample import Counterexample, MessageEvent, Reason, Step
from dscheck.report.columns import WIDTH, beside, display_width, flow, pad, printable, sentence_lines
from dscheck.report.run_ending import OWED, REPEATS, STOPS_BECAUSE, fairness_groups, length_text
from dscheck.report.style import Style, plain
from dscheck.source import SourceFile

_INDENT = 4
_WIDEST_LABEL = 38
_WIDEST_FORMULA = 64
_VERB = {
    "sent": ("sends", "to"),
    "dropped": ("drops", "to"),
    "received": ("receives", "from"),
    "lost": ("loses", "to"),
    "duplicated": ("duplicates", "to"),
    "discarded": ("discards", "from"),
}  # fmt: skip
_ENTRY = re.compile(r"(?P<before>[^\[]*)\[(?P<index>\d+)\](?P<after>.*)", re.DOTALL)


def counterexample_as_text(
    counterexample: Counterexample,
    *,
    path: str = "",
    source: SourceFile | None = None,
    replay: str = "",
    style: Style = plain,
) -> str:
    """The whole story of one run, without a line end.

    Args:
        counterexample: the run.
        path: the file to name as the place.
        source: its text, to quote the line at fault when nothing else says it.
        replay: a command that shows this run again.
        style: sets pieces off by their role.
    """
    lines = [_headline(counterexample, path, style), ""]
    lines += _steps(counterexample, style)
    failed = any(step.failure for step in counterexample.steps)  # the failing step says why by itself
    story = [] if failed else list(_why(counterexample.why, style))
    if counterexample.fairness:
        repeats = not counterexample.stops
        story += ["", *_fairness(counterexample.fairness, repeats, style)]
    if not story and source is not None and 0 < counterexample.line <= len(source.line_starts):
        quoted = printable(source.line(counterexample.line).strip())
        story = [f"{' ' * _INDENT}{style('heading', 'at')}    {quoted[: WIDTH - _INDENT - 6]}"]
    if story:
        lines += ["", *story]
    if replay:
        lines += ["", f"{' ' * _INDENT}{style('heading', 'next')}  {printable(replay)}"]
    return "\n".join(lines)


def _headline(counterexample: Counterexample, path: str, style: Style) -> str:
    if counterexample.property == "deadlock":
        word, name = "DEADLOCK", ""
    else:
        word, name = "VIOLATED", printable(counterexample.property) + " "
    length = length_text(counterexample)
    place = f"{printable(path)}:{counterexample.line}" if path and counterexample.line else ""
    left = f"  {word}  {name}{length}"
    gap = " " * beside(left, place) if place else ""
    return f"  {style('bad', word)}  {style('name', name)}{length}{gap}{style('place', place) if place else ''}"


def _steps(counterexample: Counterexample, style: Style) -> Iterator[str]:
    labels = [_label(step) for step in counterexample.steps]
    number_width = len(str(len(labels)))
    label_width = min(_WIDEST_LABEL, max((display_width(label) for label in labels), default=0))
    left = _INDENT + max(number_width + 2 + label_width, len("start")) + 2
    room = WIDTH - left
    start = [style("dim", line) for line in flow(_initial_values(counterexample.initial), room)]
    yield from _row(pad(f"{' ' * _INDENT}start", left), start, left)
    for number, (label, step) in enumerate(zip(labels, counterexample.steps, strict=True), start=1):
        if number - 1 == counterexample.loop_from:
            yield _divider(REPEATS, style)
        head = f"{' ' * _INDENT}{number:>{number_width}}  "
        content = list(_content(step, room, style))
        if display_width(label) > label_width:
            yield head + style("name", label)
            yield from _row(" " * left, content, left)
        else:
            yield from _row(
                head + style("name", label) + " " * (left - len(head) - display_width(label)), content, left
            )
    if counterexample.stops:
        yield _divider(STOPS_BECAUSE, style)


def _divider(text: str, style: Style) -> str:
    return f"{' ' * _INDENT}{style('heading', f'-- {text} --')}"


def _fairness(reasons: tuple[Reason, ...], repeats: bool, style: Style) -> Iterator[str]:
    """What is owed, and why that does not end the run; neighbours with the same answer share it."""
    groups = fairness_groups(reasons)
    column = max((display_width(texts[0]) for value, texts in groups if value and len(texts) == 1), default=0)
    column = min(_WIDEST_FORMULA, column)
    head = f"{' ' * _INDENT}{style('heading', 'fair')}  "
    if repeats:
        yield head + OWED
        head = " " * (_INDENT + 8)
    margin = " " * (_INDENT + (8 if repeats else 6))
    for value, texts in groups:
        if value and len(texts) > 1:
            first, *others = map(printable, texts)
            lines = flow([f"{printable(value)}: {first}", *others], WIDTH - len(margin))
        else:
            lines = sentence_lines(texts[0], _WIDEST_FORMULA) or [""]
            gap = " " * (max(0, column - display_width(lines[-1])) + 2) if value else ""
            lines = [*lines[:-1], lines[-1] + gap + printable(value)]
        for line in lines:
            yield head + line
            head = margin


def _row(head: str, content: list[str], left: int) -> Iterator[str]:
    if content:
        yield head + content[0]
    elif head.strip():
        yield head.rstrip()
    for line in content[1:]:
        yield " " * left + line


def _label(step: Step) -> str:
    """The step's label, with the bindings that it does not tell itself."""
    hidden = [f"{name} = {value}" for name, value in step.bindings.items() if value not in step.label]
    return printable(step.label + (f" ({', '.join(hidden)})" if hidden else ""))


def _content(step: Step, room: int, style: Style) -> Iterator[str]:
    changes = [printable(f"{change.variable} = {change.after}") for change in step.changes]
    yield from flow(changes, room)
    if step.events:
        for line in flow(
            [f"event {_times(label, step.events.count(label))}" for label in dict.fromkeys(step.events)], room
        ):
            yield style("note", line)
    received = [event for event in step.received if not _is_told(event, step)]
    for line in [*_messages(received), *_messages(step.sent)]:
        for piece in sentence_lines(line, room):
            yield style("note", piece)
    if step.failure:
        for piece in sentence_lines(f"fails: {step.failure}", room):
            yield style("bad", piece)
    elif not (changes or step.events or step.sent or step.received):
        yield style("dim", "nothing changes")


def _times(label: str, number: int) -> str:
    """`enter`, `enter (3 times)`"""
    return printable(label) + (f" ({number} times)" if number > 1 else "")


def _is_told(event: MessageEvent, step: Step) -> bool:
    """Whether the label already names the message and both ends."""
    return all(name in step.label for name in (event.message, event.sender, event.receiver))


def _messages(events: Iterable[MessageEvent]) -> Iterator[str]:
    """`sends Request(1) to Node[1], Node[2]`: neighbours that differ in the other end only share a line."""
    for (message, kind), same in groupby(events, key=lambda event: (event.message, event.kind)):
        verb, preposition = _VERB.get(kind, (kind, "to"))
        others = [event.sender if preposition == "from" else event.receiver for event in same]
        yield f"{verb} {message} {preposition} {', '.join(others)}"


def _initial_values(initial: Mapping[str, str]) -> list[str]:
    """`Node[0..2].mode = idle` where neighbours of a process set agree, else one item for each variable."""
    families: dict[tuple[str, str], dict[int, str]] = {}
    for name, value in initial.items():
        entry = _ENTRY.fullmatch(name)
        if entry is None:
            families[name, ""] = {-1: value}
        else:
            families.setdefault((entry["before"], entry["after"]), {})[int(entry["index"])] = value
    items: list[str] = []
    for (before, after), values in families.items():
        if -1 in values:
            items.append(f"{before} = {values[-1]}")
            continue
        for low, high in _equal_neighbours(values):
            indices = str(low) if low == high else f"{low}..{high}"
            items.append(f"{before}[{indices}]{after} = {values[low]}")
    return [printable(item) for item in items]


def _equal_neighbours(values: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """Maximal runs of consecutive indices with the same value, as (first, last)."""
    indices = sorted(values)
    first = indices[0]
    for index, following in zip(indices, [*indices[1:], None], strict=True):
        if following != index + 1 or values[following] != values[index]:
            yield first, index
            if following is not None:
                first = following


def _why(reasons: tuple[Reason, ...], style: Style) -> Iterator[str]:
    """The falsehood as an indented tree: a piece of the formula, and the value that it has."""
    rows = [row for reason in reasons for row in _reason_rows(reason, 0)]
    column = min(_WIDEST_FORMULA, max((display_width(text) for text, _ in rows), default=0))
    head = f"{' ' * _INDENT}{style('heading', 'why')}   "
    for text, value in rows:
        gap = " " * (max(0, column - display_width(text)) + 2) if value else ""
        yield head + text + gap + (style("bad", value) if value else "")
        head = " " * (_INDENT + 6)


def _reason_rows(reason: Reason, depth: int) -> Iterator[tuple[str, str]]:
    """Lines of a formula as it stands in the source, which may be several; the value is beside the last."""
    margin = "  " * depth
    lines = sentence_lines(reason.text, _WIDEST_FORMULA - len(margin)) or [""]
    for line in lines[:-1]:
        yield margin + line, ""
    truth = depth == 0 and reason.value.partition(" ")[0] in {"true", "false"}
    said = f"is {reason.value}" if truth else f"= {reason.value}"
    yield margin + lines[-1], printable(said) if reason.value else ""
    for cause in reason.because:
        yield from _reason_rows(cause, depth + 1)
