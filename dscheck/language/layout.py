"""How is a text laid out, before anything in it is understood? Its declarations, brackets, tabs and comments.

One linear pass that knows only strings, comments, brackets and line ends. It is what lets the parser take
declarations one by one and refuse what is nested too deeply before a stack overflows.
"""

import re
from collections.abc import Iterator
from typing import Literal

from dscheck.language.words import DECLARATIONS
from dscheck.record import record
from dscheck.source import Span

PIECE = re.compile(r'"[^"\n]*"?|#[^\n]*|[()\[\]{}]|\n')
BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LINE = re.compile(r"^(?P<margin>[ \t]*)(?P<code>[^\s#])?.*\n?", re.MULTILINE)
MARGIN = re.compile(r"[ \t]*")

CLOSER = {"(": ")", "[": "]", "{": "}"}


@record
class BracketProblem:
    """A bracket without its partner, or too many within each other.

    Attributes:
        kind: `open` is never closed, `extra` closes nothing, `wrong` closes another kind, `deep` is one too many.
        offset: of the bracket at fault; for `wrong`, the closing one.
        partner: of the bracket that `wrong` meets.
    """

    kind: Literal["open", "extra", "wrong", "deep"]
    offset: int
    partner: int | None = None


@record
class Chunk:
    """The text of one declaration: from column 1 to where the next one begins.

    Attributes:
        span: with the comments and blank lines that follow.
        word: what its code begins with; the empty string if that is no word.
        bracket: the first bracket at fault.
    """

    span: Span
    word: str
    bracket: BracketProblem | None


def chunks(text: str, most_brackets: int) -> Iterator[Chunk]:
    """Split `text` where a line begins at column 1, outside brackets or with the word of a declaration.

    A bracket that is never closed thus ends with its declaration. What stands before the first declaration and is
    not blank is a chunk too.

    Args:
        text: the whole file.
        most_brackets: how many brackets may be open at a time.
    """
    first = code_after(text, 0)
    if first == len(text):
        return
    start = text.rfind("\n", 0, first) + 1
    stack: list[int] = []
    problem: BracketProblem | None = None
    for piece in PIECE.finditer(text, start):
        mark = piece.group()
        at = piece.start()
        if mark == "\n":
            if _begins_declaration(text, at + 1, inside_brackets=bool(stack)):
                yield _chunk(text, start, at + 1, problem, stack)
                start, stack, problem = at + 1, [], None
        elif mark in CLOSER:
            stack.append(at)
            if len(stack) > most_brackets and (problem is None or problem.kind != "deep"):
                problem = BracketProblem("deep", at)
        elif mark in ")]}" and problem is None:
            if not stack:
                problem = BracketProblem("extra", at)
            elif CLOSER[text[stack[-1]]] != mark:
                problem = BracketProblem("wrong", at, stack[-1])
            else:
                stack.pop()
    yield _chunk(text, start, len(text), problem, stack)


def _chunk(text: str, start: int, end: int, problem: BracketProblem | None, stack: list[int]) -> Chunk:
    if problem is None and stack:
        problem = BracketProblem("open", stack[-1])
    word = WORD.match(text, code_after(text, start))
    return Chunk(Span(start, end), word.group() if word else "", problem)


def _begins_declaration(text: str, offset: int, *, inside_brackets: bool) -> bool:
    if offset == len(text) or text[offset] in " \t\n#":
        return False
    if not inside_brackets:
        return True
    word = WORD.match(text, offset)
    return word is not None and word.group() in DECLARATIONS


def member_at(text: str, chunk: Chunk, offset: int) -> Span | None:
    """The lines of the member of a process in which `offset` lies; None for its first line.

    A member begins at the margin of the first line under the process, and goes on to the next line there.
    """
    header = text.find("\n", chunk.span.start, chunk.span.end) + 1
    first = code_after(text, header) if header else chunk.span.end
    if first >= chunk.span.end or offset < header:
        return None
    margin = first - (text.rfind("\n", 0, first) + 1)
    starts = [
        line.start()
        for line in LINE.finditer(text, header, chunk.span.end)
        if len(line.group("margin")) <= margin and line.group("code")
    ]
    begin = max((start for start in starts if start <= offset), default=header)
    return Span(begin, min((start for start in starts if start > offset), default=chunk.span.end))


def code_after(text: str, offset: int) -> int:
    """The first offset from `offset` on that is neither blank nor in a comment."""
    blank = BLANK.match(text, offset)
    return blank.end() if blank else offset


def comments(text: str) -> tuple[Span, ...]:
    """Every comment of `text`, from its `#` to the end of the line."""
    return tuple(Span(*piece.span()) for piece in PIECE.finditer(text) if piece.group().startswith("#"))


def mixed_margin(text: str) -> Span | None:
    """The first margin made of other characters than the margins before it: tabs among spaces, or spaces among tabs."""
    usual = ""
    for line in re.finditer(r"^[ \t]+(?=[^\s#])", text, re.MULTILINE):
        margin = line.group()
        usual = usual or margin[0]
        if margin.strip(usual):
            return Span(*line.span())
    return None
