"""Where does a line of code go on that its author broke inside brackets?

Its tokens are those of the text, without the parentheses that nothing needs; its blanks are those of the canonical
line. Where it goes on, it begins beneath what follows the bracket; behind a bracket that ends its line, four characters
further in than that line.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from dscheck.language.layout import CLOSER
from dscheck.language.tokens import LEXEME
from dscheck.record import record

WIDEST = 100
"""Characters of a line; it is broken further where it was broken and is wider."""

_STEP = 4
_BREAK_AFTER = frozenset({",", "and", "or", "implies", "iff"})
_BREAK_BEFORE = frozenset({"for", "if", "else"})


@record
class Piece:
    """A token, with what is before it.

    Attributes:
        text: as written.
        end: its offset in the text.
        broken: whether a line ends before it.
        beside: the comment at the end of that line, with the column where it stood.
        above: comments with lines of their own, after that.
        blank: whether a blank stands before it within a line.
    """

    text: str
    end: int
    broken: bool = False
    beside: tuple[str, int] | None = None
    above: tuple[str, ...] = ()
    blank: bool = False


@record
class Broken:
    """A line of code on several lines.

    Attributes:
        lines: with their margins and the comments between them.
        end: the offset behind its last token in the text.
    """

    lines: tuple[str, ...]
    end: int


def broken_line(text: str, start: int, end: int, code: str, margin: int, head: str = "") -> Broken | None:
    """A line of code with the line ends that its author gave it, None if it has none that can stay.

    Args:
        text: of the file.
        start: where the line begins in it, or blanks and comments before that.
        end: where the next one begins.
        code: the canonical line.
        margin: how many characters it is indented by.
        head: what of it a line end may follow without brackets: `invariant safe:`.
    """
    written, canonical = list(_pieces(text, start, end)), list(_pieces(code, 0, len(code)))
    if not any(piece.broken for piece in written) or _words(written) != _words(canonical):
        return None
    brackets = _kept(written, canonical)
    if brackets is None:
        return None
    kept = _with_blanks(_without_others(written, brackets), canonical)
    depths, headed = _depths(kept, _brackets(kept)), len(list(_pieces(head, 0, len(head))))
    for at, piece in enumerate(kept):
        if piece.broken and not depths[at] and at != headed:
            if piece.beside or piece.above:
                return None
            kept[at] = replace(piece, broken=False)
    if not any(piece.broken and depth for piece, depth in zip(kept, depths, strict=True)):
        return None
    while True:
        lines = _laid_out(kept, margin, beneath=True)
        if any(len(line) > WIDEST for line, _ in lines):
            lines = _laid_out(kept, margin, beneath=False)
        more = _next_break(kept, depths, lines, headed)
        if more is None:
            return Broken(tuple(_with_comments(kept, lines)), written[-1].end)
        kept[more] = replace(kept[more], broken=True)


# --- tokens --------------------------------------------------------------------------------------


def _pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """The tokens of a part of the text; what stands before the first and behind the last is not told."""
    before = None
    while (match := LEXEME.match(text, start, end)) is not None:
        kind = match.lastgroup or ""
        start = match.end()
        if kind != "line_end":
            blank = match.start(kind) > match.start()
            yield replace(before or Piece("", 0), text=match[kind], end=start, blank=blank)
            before = Piece("", 0)
        elif before is not None:
            before = replace(_with_line_end(before, match[kind], _column(text, match.start(kind))), broken=True)


def _with_line_end(piece: Piece, line_end: str, column: int) -> Piece:
    """The piece with the comments in a line end before it, which begins in that column."""
    first, *rest = (line.strip() for line in line_end.split("\n"))
    return replace(piece, beside=(first, column) if first else None, above=tuple(filter(None, rest)))


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def _words(pieces: Sequence[Piece]) -> list[str]:
    """The tokens but for parentheses."""
    return [piece.text for piece in pieces if piece.text not in ("(", ")")]


def _brackets(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """The indices of each two brackets that belong together, outer ones first."""
    opened: list[int] = []
    pairs = []
    for at, piece in enumerate(pieces):
        if piece.text in CLOSER:
            opened.append(at)
        elif piece.text in CLOSER.values():
            pairs.append((opened.pop(), at))
    return sorted(pairs)


def _depths(pieces: Sequence[Piece], brackets: Sequence[tuple[int, int]]) -> list[int]:
    """For each token in how many of the brackets a line ends that ends before it."""
    changes = Counter[int]()
    for start, end in brackets:
        changes[start + 1] += 1
        changes[end + 1] -= 1
    return list(accumulate(changes[at] for at in range(len(pieces))))


def _kept(written: Sequence[Piece], canonical: Sequence[Piece]) -> list[tuple[int, int]] | None:
    """The brackets as in the canonical line, and those that a line end needs; None if some are not written."""
    needed = Counter(_words_around(canonical))
    kept = list[tuple[int, int]]()
    needless = list[tuple[int, int]]()
    for pair, words in zip(_brackets(written), _words_around(written), strict=True):
        (kept if needed[words] else needless).append(pair)
        needed[words] -= needed[words] > 0
    if needed.total():
        return None
    depths = _depths(written, kept)
    for at, piece in enumerate(written):
        if piece.broken and not depths[at] and (around := [pair for pair in needless if pair[0] < at <= pair[1]]):
            kept.append(around[-1])
            depths = _depths(written, kept)
    return kept


def _words_around(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """For each two brackets how many tokens but for parentheses are before the first, and before the second."""
    before = [0]
    for piece in pieces:
        before.append(before[-1] + (piece.text not in ("(", ")")))
    return [(before[start], before[end]) for start, end in _brackets(pieces)]


def _without_others(written: Sequence[Piece], brackets: Sequence[tuple[int, int]]) -> list[Piece]:
    """The tokens without the brackets that are not listed; a line end before one that goes is before the next."""
    kept = {at for pair in brackets for at in pair}
    result: list[Piece] = []
    pending = Piece("", 0)
    for at, piece in enumerate(written):
        joined = replace(
            piece,
            broken=piece.broken or pending.broken,
            beside=pending.beside or piece.beside,
            above=(*pending.above, *((piece.beside[0],) if pending.beside and piece.beside else ()), *piece.above),
        )
        if at in kept or piece.text not in ("(", ")"):
            result.append(joined)
            pending = Piece("", 0)
        elif piece.text == "(" or joined.beside or joined.above:
            pending = joined
    return result


def _with_blanks(pieces: list[Piece], canonical: Sequence[Piece]) -> list[Piece]:
    """The tokens with the blanks that the canonical line has between its words."""
    blanks, blank = [], False
    for piece in canonical:
        blank = blank or piece.blank
        if piece.text not in ("(", ")"):
            blanks.append(blank)
            blank = False
    blanks.append(False)  # behind the last word there may be brackets
    result, word = [], 0
    for at, piece in enumerate(pieces):
        behind_opening = at > 0 and pieces[at - 1].text == "("
        result.append(replace(piece, blank=piece.text != ")" and not behind_opening and blanks[word]))
        word += piece.text not in ("(", ")")
    return result


# --- lines ---------------------------------------------------------------------------------------


def _laid_out(pieces: Sequence[Piece], margin: int, *, beneath: bool) -> list[tuple[str, int]]:
    """The lines, each with the index of its first token.

    Args:
        pieces: the tokens.
        margin: of the first line.
        beneath: begin lines beneath what follows the bracket.
    """
    lines: list[tuple[str, int]] = []
    line, first = " " * margin, 0
    opened: list[tuple[int, int]] = []  # the margin of the line of each open bracket, and that of lines inside
    for at, piece in enumerate(pieces):
        if piece.broken:
            lines.append((line, first))
            outer, inner = opened[-1] if opened else (margin, margin + _STEP)
            line, first = " " * (outer if piece.text in CLOSER.values() else inner), at
        elif piece.blank:
            line += " "
        line += piece.text
        if piece.text in CLOSER:
            own = len(line) - len(line.lstrip())
            ends_line = at + 1 < len(pieces) and pieces[at + 1].broken
            opened.append((own, len(line) if beneath and not ends_line else own + _STEP))
        elif piece.text in CLOSER.values():
            opened.pop()
    return [*lines, (line, first)]


def _next_break(
    pieces: Sequence[Piece], depths: Sequence[int], lines: Sequence[tuple[str, int]], headed: int
) -> int | None:
    """The token before which the first line that is too wide is broken: past its middle, in few brackets, and late."""
    ends = [*(first for _, first in lines[1:]), len(pieces)]
    for (line, first), end in zip(lines, ends, strict=True):
        if len(line) <= WIDEST:
            continue
        if first < headed < end:
            return headed
        column = len(line) - len(line.lstrip())
        middle = (column + WIDEST) // 2
        best: tuple[bool, int, int] | None = None
        for at in range(first, end):
            breakable = pieces[at].text in _BREAK_BEFORE or (at and pieces[at - 1].text in _BREAK_AFTER)
            if at > first and depths[at] and breakable and column <= WIDEST:
                best = max(best or (False, 0, 0), (column > middle, -depths[at] if column > middle else 0, at))
            column += len(pieces[at].text) + pieces[at].blank
        if best is not None:
            return best[2]
    return None


def _with_comments(pieces: Sequence[Piece], lines: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The lines, with the comments between them."""
    for number, (line, first) in enumerate(lines):
        if number:
            margin = " " * (len(line) - len(line.lstrip()))
            yield from (margin + comment for comment in pieces[first].above)
        beside = pieces[lines[number + 1][1]].beside if number + 1 < len(lines) else None
        yield line if beside is None else line + " " * max(2, beside[1] - len(line)) + beside[0]
