"""How is a mistake in a spec shown? Headline, place, the line as written, carets, then the way out."""

from collections.abc import Iterable, Sequence

from dscheck.diagnostics import Diagnostic, Fix, Label, Severity
from dscheck.record import record
from dscheck.report.columns import WIDTH, display_width, printable
from dscheck.report.style import Role, Style, plain
from dscheck.source import SourceFile, Span

_BEFORE_CARET = 40  # cells kept to the left of the caret when a line is too long to show
_MINIMUM_GUTTER = 2


@record
class _Mark:
    """One underlined piece of the line that is shown: cells from its start, how many, what to say, which sign."""

    column: int
    cells: int
    text: str
    sign: str


@record
class _Window:
    """The characters `start .. end` of the source that are shown of one line."""

    number: int
    start: int
    end: int
    cut_before: bool
    cut_after: bool

    def contains(self, span: Span) -> bool:
        """Whether the span begins in what is shown."""
        return self.start <= span.start <= self.end


def diagnostics_as_text(
    source: SourceFile | None, diagnostics: Iterable[Diagnostic], *, path: str = "", style: Style = plain
) -> str:
    """All diagnostics, with an empty line between them.

    Args:
        source: the text they point into; None when it could not be read.
        diagnostics: in the order to show.
        path: the name to show when there is no source.
        style: sets pieces off by their role.
    """
    return "\n\n".join(diagnostic_as_text(source, each, path=path, style=style) for each in diagnostics)


def diagnostic_as_text(
    source: SourceFile | None, diagnostic: Diagnostic, *, path: str = "", style: Style = plain
) -> str:
    """One diagnostic in the form of a compiler's message, without a line end.

    Args:
        source: the text it points into; None when it could not be read.
        diagnostic: what is wrong.
        path: the name to show when there is no source.
        style: sets pieces off by their role.
    """
    word = diagnostic.severity.value + (f"[{diagnostic.code}]" if diagnostic.code else "")
    role: Role = "bad" if diagnostic.severity is Severity.ERROR else "unsure"
    lines = [style(role, word) + style("heading", f": {printable(diagnostic.message)}")]
    remarks = [(kind, text) for kind, text in (("help", diagnostic.help), ("note", diagnostic.note)) if text]
    fix: list[str] = []
    if source is None or diagnostic.span is None:
        gutter = _MINIMUM_GUTTER
        name = source.path if source is not None else path
        if name and name not in diagnostic.message:
            lines.append(style("place", f"  --> {printable(name)}"))
    else:
        spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
        gutter = max(_MINIMUM_GUTTER, max(len(str(source.position(span.start)[0])) for span in spans) + 1)
        lines += _snippets(source, diagnostic, gutter, style)
        if diagnostic.fix is not None:
            remarks.append(("fix", diagnostic.fix.title))
            fix = _fixed_line(source, diagnostic.fix, gutter, style)
    if diagnostic.code:
        fix.append(_remark(gutter, "more", f"dscheck explain {diagnostic.code}", style))
    remark_lines = [_remark(gutter, kind, text, style) for kind, text in remarks]
    bar = [] if diagnostic.span is None or source is None else [style("place", " " * gutter + " |")]
    return "\n".join([*lines, *bar, *remark_lines, *fix])


def _remark(gutter: int, kind: str, text: str, style: Style) -> str:
    first, *more = text.split("\n")
    margin = " " * (gutter + len(f" = {kind}: "))
    head = f"{' ' * gutter} {style('place', '=')} {style('note', kind)}: {printable(first)}"
    return "\n".join([head, *(margin + printable(line) for line in more)])


def _snippets(source: SourceFile, diagnostic: Diagnostic, gutter: int, style: Style) -> list[str]:
    """The line at fault with the labels that fall on it, then one snippet for each other place."""
    assert diagnostic.span is not None
    primary = Label(diagnostic.span, diagnostic.label)
    window = _window(source, diagnostic.span, WIDTH - gutter - 3)
    here = [label for label in diagnostic.related if window.contains(label.span) and label.span != primary.span]
    elsewhere = [label for label in diagnostic.related if label not in here]
    lines = _snippet(source, window, [(primary, "^"), *((label, "-") for label in here)], gutter, "-->", style)
    for label in elsewhere:
        other = _window(source, label.span, WIDTH - gutter - 3)
        lines.append(style("place", " " * gutter + " |"))
        lines += _snippet(source, other, [(label, "-")], gutter, ":::", style)
    return lines


def _snippet(
    source: SourceFile,
    window: _Window,
    labels: Sequence[tuple[Label, str]],
    gutter: int,
    arrow: str,
    style: Style,
) -> list[str]:
    line, column = source.position(labels[0][0].span.start)
    place = f"{' ' * gutter}{arrow} {printable(source.path)}:{line}:{column}"
    bar = style("place", " " * gutter + " |")
    lines = [style("place", place), bar]
    lines.append(style("place", f"{window.number:>{gutter}} |") + _spaced(_shown(source, window)))
    marks = sorted((_mark(source, window, label, sign) for label, sign in labels), key=lambda mark: mark.column)
    lines += [bar + _spaced(row) for row in _underline(marks, style)]
    return lines


def _spaced(text: str) -> str:
    return f" {text}" if text else ""


def _window(source: SourceFile, span: Span, room: int) -> _Window:
    """What to show of the line where `span` begins: all of it, or `room` cells around the start of the span."""
    number, column = source.position(span.start)
    start = span.start - (column - 1)
    end = source.text.find("\n", start)
    end = len(source.text) if end < 0 else end
    if end - start <= room and display_width(printable(source.text[start:end])) <= room:
        return _Window(number, start, end, cut_before=False, cut_after=False)
    room -= 2  # the signs that something was cut
    first, last = span.start, span.start
    cells = 0
    while first > start and cells < _BEFORE_CARET:
        first -= 1
        cells += display_width(printable(source.text[first]))
    while last < end and cells + (more := display_width(printable(source.text[last]))) <= room:
        last += 1
        cells += more
    return _Window(number, first, last, cut_before=first > start, cut_after=last < end)


def _shown(source: SourceFile, window: _Window) -> str:
    text = printable(source.text[window.start : window.end])
    return ("…" if window.cut_before else "") + text.rstrip() + ("…" if window.cut_after else "")


def _mark(source: SourceFile, window: _Window, label: Label, sign: str) -> _Mark:
    start, end = label.span.start, min(label.span.end, window.end)  # of several lines, the first is underlined
    before = display_width(printable(source.text[window.start : start])) + (1 if window.cut_before else 0)
    cells = max(1, display_width(printable(source.text[start:end].rstrip())))
    return _Mark(before, cells, printable(label.text), sign)


def _underline(marks: Sequence[_Mark], style: Style) -> list[str]:
    """Rows below the line: all carets with the rightmost text beside them, the others hanging below on bars."""
    cells: list[str] = []
    for mark in sorted(marks, key=lambda mark: mark.sign == "^"):  # where two overlap, the carets win
        cells += [" "] * (mark.column + mark.cells - len(cells))
        cells[mark.column : mark.column + mark.cells] = mark.sign * mark.cells
    last = marks[-1]
    beside = last.text if last.column + last.cells >= len(cells) else ""
    rows = [style("caret", "".join(cells)) + (style("caret", f" {beside}") if beside else "")]
    hanging = [mark for mark in (marks[:-1] if beside or not last.text else marks) if mark.text]
    while hanging:
        rows.append(style("caret", _bars(hanging)))
        rows.append(style("caret", _bars(hanging[:-1]).ljust(hanging[-1].column) + hanging[-1].text))
        hanging.pop()
    return rows


def _bars(marks: Sequence[_Mark]) -> str:
    row = ""
    for mark in marks:
        row = row.ljust(mark.column) + ("|" if len(row) <= mark.column else "")
    return row


def _fixed_line(source: SourceFile, fix: Fix, gutter: int, style: Style) -> list[str]:
    """The line as it reads after the edit, unless it is long or more than one."""
    number, column = source.position(fix.span.start)
    line_start = fix.span.start - (column - 1)
    line_end = source.text.find("\n", fix.span.start)
    line_end = len(source.text) if line_end < 0 else line_end
    if fix.span.end > line_end or "\n" in fix.replacement:
        return []
    if line_end - line_start + len(fix.replacement) > WIDTH - gutter - 3:
        return []
    edited = source.text[line_start : fix.span.start] + fix.replacement + source.text[fix.span.end : line_end]
    if len(str(number)) > gutter:
        return []
    return [style("place", f"{number:>{gutter}}") + " " + style("good", f"+ {printable(edited).rstrip()}")]
