"""What is the canonical text of a spec? The syntax written anew, with every comment put back where it was.

`parse(format_spec(x)) == parse(x)`, and formatting twice changes nothing more.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from dscheck.language import syntax
from dscheck.language.format_breaks import Broken, broken_line
from dscheck.language.format_declaration import Gap, Line, declaration_lines
from dscheck.language.layout import code_after, comments
from dscheck.language.parser import parse
from dscheck.record import record
from dscheck.source import SourceFile, Span

MARGIN = "    "
_ALWAYS_APART = {"process", "schedule", "schedules", "timing"}


@record
class Written:
    """One line of the result: a line of code with the comments on it, or a comment with a line of its own."""

    level: int
    text: str
    gap: Gap


def format_spec(source: SourceFile) -> str:
    """The canonical text of `source`, comments and single blank lines kept.

    Raises:
        SpecError: it does not parse.
    """
    spec = parse(source)
    return _joined(_with_comments(source, list(_lines(spec))))


def format_syntax(spec: syntax.Spec) -> str:
    """The canonical text of `spec`, which need not come from a file."""
    return _joined([Written(line.level, line.text, line.gap) for line in _lines(spec)])


def _joined(lines: list[Written]) -> str:
    text: list[str] = []
    for line in lines:
        if line.gap == "one" and text:
            text.append("")
        text.append(MARGIN * line.level + line.text)
    return "\n".join(text) + "\n"


def _lines(spec: syntax.Spec) -> Iterator[Line]:
    """Every line of code, with a blank line between declarations of different kinds."""
    previous: syntax.Declaration | None = None
    for declaration in spec.declarations:
        first, *rest = declaration_lines(declaration)
        if previous is None:
            gap: Gap = "none"
        elif _group(previous) == _group(declaration) not in _ALWAYS_APART:
            gap = "kept"
        else:
            gap = "one"
        yield replace(first, gap=gap)
        yield from rest
        previous = declaration


def _group(declaration: syntax.Declaration) -> str:
    """The kind of a declaration, as far as blank lines are concerned."""
    match declaration:
        case syntax.Network() | syntax.Faults():
            return "environment"
        case syntax.EnumType() | syntax.RecordType():
            return "types"
        case (
            syntax.Invariant() | syntax.StepProperty() | syntax.Reachable() | syntax.Bound() | syntax.Tight()
            | syntax.Progress() | syntax.Eventually() | syntax.Final()
        ):  # fmt: skip
            return "properties"
        case _:
            return type(declaration).__name__.lower()


# --- comments ----------------------------------------------------------------------------------


@record
class Remark:
    """A comment on a line of its own, with its level and whether a blank line comes before it."""

    level: int
    text: str
    gap: bool


def _with_comments(source: SourceFile, lines: list[Line]) -> list[Written]:
    """`lines` with the comments of `source`.

    The text falls into one region per line of code, from its first character to the first of the next line. A
    comment at the end of the region's code goes to the end of the line, one within it onto a line before unless the
    code stays broken there, and one after it onto a line after.
    """
    text = source.text
    starts = [code_after(text, line.start) for line in lines] + [len(text)]
    pending = deque(comments(text))
    waiting = [Remark(0, _comment(text, one), _blank_before(text, one.start)) for one in _until(starts[0], pending)]
    result: list[Written] = []
    open_blocks: list[tuple[int, int]] = []
    number = 0
    while number < len(lines):
        line, start = lines[number], starts[number]
        broken = _broken(text, line, start, starts[number + 1 : number + 3])
        number += 2 if broken is not None and line.whole else 1
        end = starts[number]
        next_level = lines[number].level if number < len(lines) else 0
        open_blocks = [block for block in open_blocks if block[1] < line.level] + [(_column(text, start), line.level)]
        *most, code = [line.text] if broken is None else broken.lines
        after: list[Remark] = []
        for one in _until(end, pending):
            comment = _comment(text, one)
            if broken is not None and one.start < broken.end:
                continue  # it is among its lines
            if code_after(text, one.end) < end:
                waiting.append(Remark(line.level, comment, gap=False))
            elif text[one.start - _column(text, one.start) : one.start].strip() == "":
                level = _level_of_comment(text, one, open_blocks, next_level)
                after.append(Remark(level, comment, _blank_before(text, one.start)))
            elif broken is None:
                code = _with_remark(text, code, line.level, start, one)
            else:
                code += " " * max(2, _column(text, one.start) - len(code)) + comment
        first, *others = [*most, code]
        level = line.level if broken is None else 0
        placed = list(_placed(waiting, Written(line.level, first, line.gap), _blank_before(text, start)))
        placed[-1] = replace(placed[-1], level=level)
        result += [*placed, *(Written(0, other, "kept") for other in others)]
        waiting = after
    result.extend(Written(one.level, one.text, "one" if one.gap else "kept") for one in waiting)
    return result


def _broken(text: str, line: Line, start: int, ends: list[int]) -> Broken | None:
    """The line as its author broke it, if so: a property with its condition, which may be a line of its own otherwise.

    Args:
        text: the source.
        line: of the canonical text.
        start: where its code begins.
        ends: where the next lines begin, two at most.
    """
    end = ends[1] if line.whole else ends[0]
    return broken_line(text, start, end, line.whole or line.text, len(MARGIN) * line.level, line.head)


def _with_remark(text: str, code: str, level: int, start: int, comment: Span) -> str:
    """`code` and the comment after it: at the column where it was, so that comments below each other stay so.

    Code that shared its line, as in `on Ask: pass  # why`, gets a line of its own: there the column means nothing.
    """
    alone = text[start - _column(text, start) : start].strip() == "" and "\n" not in text[start : comment.start]
    free = _column(text, comment.start) - len(MARGIN) * level - len(code) if alone else 0
    return code + " " * max(2, free) + _comment(text, comment)


def _until(end: int, pending: deque[Span]) -> Iterator[Span]:
    """Takes the comments that begin before `end` off `pending`."""
    while pending and pending[0].start < end:
        yield pending.popleft()


def _placed(before: list[Remark], line: Written, blank_before: bool) -> Iterator[Written]:
    """The comments `before` a line and the line itself, with the gap it asks for.

    A blank line that must come goes above the comments which belong to the line, those as far to the left as it.
    """
    gaps = [*(one.gap for one in before), blank_before]
    first = len(before)
    while first > 0 and before[first - 1].level == line.level:
        first -= 1
    if line.gap == "none" and first == 0:
        gaps[0] = False
    elif line.gap == "one" and not any(gaps[first:]):
        gaps[first] = True
    written = [*(Written(one.level, one.text, "kept") for one in before), line]
    for one, gap in zip(written, gaps, strict=True):
        yield replace(one, gap="one" if gap else "kept")


def _comment(text: str, span: Span) -> str:
    return text[span.start : span.end].rstrip()


def _column(text: str, offset: int) -> int:
    """How many characters stand before `offset` on its line."""
    return offset - (text.rfind("\n", 0, offset) + 1)


def _blank_before(text: str, start: int) -> bool:
    """Whether the line above that of offset `start` is blank."""
    line = text.rfind("\n", 0, start)
    if line < 0:
        return False
    above = text.rfind("\n", 0, line)
    return text[above + 1 : line].strip() == ""


def _level_of_comment(text: str, span: Span, open_blocks: list[tuple[int, int]], next_level: int) -> int:
    """How deep a comment with a line of its own stands: in the block that its margin shows.

    Args:
        text: the source.
        span: the comment.
        open_blocks: column and level of the line before it and of those around that, from the outside.
        next_level: of the line after it.
    """
    if next_level > open_blocks[-1][1]:
        return next_level
    inner = [level for left, level in open_blocks if left <= _column(text, span.start)]
    return max([next_level, *inner])
