"""What came out for recorded traces, for a person? A rejection in at most twenty lines: event, reason, core."""

import re
from collections.abc import Iterator, Sequence

from dscheck.record import record
from dscheck.report.columns import WIDTH, beside, display_width, flow, pad, printable, sentence_lines
from dscheck.report.status import count, duration
from dscheck.report.style import Role, Style, plain
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.verdict import TraceReport, TraceResult, Unreadable

_LEFT = 10  # cells before a check: the widest outcome and two spaces
_KEY = 8  # of `core` and the like
_MOST_LINES = 20
_MOST_CORE = 5
_LEAST_ROOM = 20  # for the words of an event, however long the names of files and roles are
_MOST_TRACES = 20  # accepted ones, after which those that follow are only counted
_ROLES: dict[TraceOutcome, Role] = {
    TraceOutcome.ACCEPTED: "good",
    TraceOutcome.REJECTED: "bad",
    TraceOutcome.UNKNOWN: "unsure",
    TraceOutcome.NOT_ASKED: "dim",
}


@record
class TraceTextOptions:
    """How much to tell.

    Attributes:
        everything: all lines of each explanation, why a check was not asked, the order of operations.
        quiet: only what is not accepted.
    """

    everything: bool = False
    quiet: bool = False


def traces_as_text(
    report: TraceReport,
    options: TraceTextOptions = TraceTextOptions(),  # noqa: B008  (it is frozen)
    *,
    style: Style = plain,
) -> str:
    """The report for people, ending in a newline; only its seconds differ from run to run.

    Args:
        report: what was answered.
        options: how much to tell.
        style: sets pieces off by their role.
    """
    blocks = [_error(error, style) for error in report.errors]
    told, after_a_line = 0, False
    for trace in report.traces:
        accepted = trace.outcome is TraceOutcome.ACCEPTED
        told += accepted
        if not accepted or not (options.quiet or (told > _MOST_TRACES and not options.everything)):
            brief = accepted and len(report.traces) > 1 and not options.everything
            if not brief:
                blocks.append("\n".join(_trace(trace, options, style)))
            elif after_a_line:
                blocks[-1] += "\n" + _in_a_line(trace, style)
            else:
                blocks.append(_in_a_line(trace, style))
            after_a_line = brief
    if told > _MOST_TRACES and not (options.quiet or options.everything):
        blocks.append(style("dim", f"… and {count(told - _MOST_TRACES, 'accepted trace')} (-v tells all)"))
    blocks.append(summary_of_traces(report, style=style))
    return "\n\n".join(blocks) + "\n"


def _in_a_line(trace: TraceResult, style: Style) -> str:
    """An accepted trace among others: which checks accept it."""
    names = ", ".join(each.check for each in trace.answered)
    left = f"{pad('accepted', _LEFT)}{printable(trace.name)}  "
    room = WIDTH - display_width(left)
    about = style("dim", names if len(names) <= room else count(len(trace.answered), "check"))
    return style("good", "accepted") + " " * (_LEFT - 8) + style("name", printable(trace.name)) + "  " + about


def summary_of_traces(report: TraceReport, *, style: Style = plain) -> str:
    """`3 traces: 2 accepted, 1 rejected; 1 file could not be used`"""
    parts = []
    for outcome in (TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN):
        number = sum(1 for trace in report.traces if trace.outcome is outcome)
        if number:
            parts.append(style(_ROLES[outcome], f"{number:,} {outcome}"))
    texts = [f"{count(len(report.traces), 'trace')}: {', '.join(parts)}"] if parts else []
    files = len({error.file for error in report.errors})
    if files:
        texts.append(style("bad", f"{count(files, 'file')} could not be used"))
    if report.interrupted:
        texts.append(style("unsure", "interrupted"))
    return "; ".join(texts) if texts else "nothing to judge"


def _error(error: Unreadable, style: Style) -> str:
    place = printable(f"{error.file}:{error.line}" if error.line else error.file)
    lines = [f"{style('place', place)}: {style('bad', 'error')}: {printable(error.message)}"]
    lines += [f"   = {style('note', 'format')}: {printable(error.chosen)}"] if error.chosen else []
    lines += [f"   = {style('note', 'help')}: {printable(error.help)}"] if error.help else []
    return "\n".join(lines)


# --- one trace ---------------------------------------------------------------------------------


def _trace(trace: TraceResult, options: TraceTextOptions, style: Style) -> Iterator[str]:
    about = f"{trace.format}, {count(trace.events, 'event')} of {count(trace.nodes, 'node')}"
    yield style("heading", printable(trace.name)) + "  " + style("dim", about)
    if options.everything:
        yield from _keyed("format", [printable(trace.why)], "dim", style, left=0)
    for note in trace.notes:
        yield from _keyed("note", sentence_lines(note, WIDTH - _KEY), "dim", style, left=0)
    answered = trace.answered
    if not answered:
        yield style("unsure", "unknown") + "   no check found anything to look at"
    for finding in answered:
        if options.quiet and finding.outcome is TraceOutcome.ACCEPTED:
            continue
        lines = list(_finding(trace, finding, options, style))
        if len(lines) > _MOST_LINES and not options.everything:
            lines[_MOST_LINES - 1 :] = [" " * _LEFT + style("dim", "… (-v tells all)")]
        yield from lines
    yield from _not_asked([each for each in trace.findings if each not in answered], options, style)


def _not_asked(findings: Sequence[TraceFinding], options: TraceTextOptions, style: Style) -> Iterator[str]:
    """The checks that have nothing to look at, in one line; why, if everything is to be told."""
    if options.quiet or not findings:
        return
    if not options.everything:
        names = ", ".join(each.check for each in findings)
        for number, line in enumerate(sentence_lines(names, WIDTH - 11)):
            yield style("dim", pad("not asked" if number == 0 else "", 11) + line)
        return
    for each in findings:
        for number, line in enumerate(sentence_lines(f"{each.check}: {each.reason}", WIDTH - 11)):
            yield style("dim", pad("not asked" if number == 0 else "", 11) + line)


def _finding(trace: TraceResult, finding: TraceFinding, options: TraceTextOptions, style: Style) -> Iterator[str]:
    """The outcome of a check, its reason, and for what is not accepted the events that show it."""
    accepted = finding.outcome is TraceOutcome.ACCEPTED
    word = {TraceOutcome.REJECTED: "REJECTED", TraceOutcome.NOT_ASKED: "unknown"}.get(finding.outcome, finding.outcome)
    kind = f"  {finding.kind}" if finding.kind and not accepted else ""
    left = f"{pad(word, _LEFT)}{finding.check}{kind}"
    shown = finding.events or finding.core
    place = printable(str(shown[0].place)) if shown and not accepted else ""
    role: Role = "unsure" if word == "unknown" else _ROLES[finding.outcome]
    styled = style(role, word) + " " * (_LEFT - len(word)) + style("name", finding.check) + printable(kind)
    yield styled + (" " * beside(left, place) + style("place", place) if place else "")
    core = list(_core(trace, finding, options, style)) if not accepted else []
    room = _MOST_LINES - 2 - len(core)
    reason = list(_wrapped(_nearby(finding.reason, trace), WIDTH - _LEFT))
    if accepted and not options.everything:
        yield from (" " * _LEFT + style("dim", line) for line in reason)
        return
    if len(reason) > room and not options.everything:
        reason[room - 1 :] = ["… (-v tells all)"]
    for line in reason:
        yield " " * _LEFT + line if line else ""
    yield from core
    if options.everything and finding.order:
        yield from _keyed("order", [printable(each) for each in finding.order], None, style)
    numbers = [_number(name, number) for name, number in finding.counts.items() if number]
    for line in flow([*numbers, duration(finding.seconds)], WIDTH - _LEFT):
        yield " " * _LEFT + style("dim", line)


def _number(name: str, number: int) -> str:
    """`1 vector clock`, `2 learned entries`: the names of counts are plurals."""
    if number == 1:
        name = name.removesuffix("ies") + "y" if name.endswith("ies") else name.removesuffix("s")
    return f"{number:,} {name}"


def _core(trace: TraceResult, finding: TraceFinding, options: TraceTextOptions, style: Style) -> Iterator[str]:
    """The events that suffice to see it, each with its place; of many the first ones and the last."""
    roles = {each.place: each.role for each in finding.events if each.role}
    events = tuple(dict.fromkeys(finding.core or finding.events))
    if not events:
        return
    left_out = 0 if options.everything else max(0, len(events) - _MOST_CORE)
    shown = [*events[: _MOST_CORE - 1], events[-1]] if left_out else events
    places = [_place(trace, each) for each in shown]
    width = max(map(display_width, places))
    told_roles = [printable(each.role or roles.get(each.place, "")) for each in shown]
    room = WIDTH - _LEFT - _KEY - width - 2
    widest = max(map(display_width, told_roles))
    texts = [_cut(each.text, room - widest - 2 if widest else room) for each in shown]
    column = max(map(display_width, texts))
    lines = []
    for place, text, role in zip(places, texts, told_roles, strict=True):
        told = f"{pad(text, column)}  {role}" if role else text
        lines.append(f"{style('place', pad(place, width))}  {told}")
    if left_out:
        lines.insert(-1, style("dim", f"… {left_out} more (-v tells all)"))
    yield from _keyed("core", lines, None, style)


def _nearby(text: str, trace: TraceResult) -> str:
    """Places in the file that the trace was read from as `:17`: its name stands above."""
    return re.sub(re.escape(trace.file) + r"(?=:\d)", "", text)


def _place(trace: TraceResult, witness: Witness) -> str:
    """`:17` for a line of the file that the trace was read from: its name stands above."""
    place = witness.place
    return printable(f":{place.line}" if place.file == trace.file else str(place))


def _cut(text: str, room: int) -> str:
    shown = printable(" ".join(text.split()))
    room = max(room, _LEAST_ROOM)
    return shown if display_width(shown) <= room else shown[: room - 1] + "…"


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text, each broken where it is too wide; what follows a break in an indented one stands deeper."""
    for line in text.rstrip().split("\n"):
        stripped = line.lstrip(" ")
        indent = len(line) - len(stripped)
        for number, part in enumerate(sentence_lines(stripped, width - indent - 2) or [""]):
            yield " " * (indent + 2 if number and indent else indent) + part


def _keyed(key: str, lines: Sequence[str], role: Role | None, style: Style, left: int = _LEFT) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield " " * left + pad(key if number == 0 else "", _KEY) + (style(role, line) if role else line)
