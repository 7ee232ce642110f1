"""Of which tokens is a text made? Words, numbers, texts, signs and line ends; the place decides what a word is."""

import re
from collections.abc import Callable, Iterator, Mapping

from dscheck.language.indentation import NEWLINE
from dscheck.language.trees import Token

# The longest sign is always the right one: no two signs of the language can stand next to each other that together
# would make a longer one.
LEXEME = re.compile(
    r"[ \t]*(?:(?P<line_end>(?:\n[ \t]*|#[^\n]*)+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r'|(?P<DECIMAL>[0-9]+\.[0-9]+)|(?P<NUMBER>[0-9]+)|(?P<STRING>"[^"\n]*")'
    r"|(?P<sign>\.\.|->|~>|\|\||[=!<>]=|[-+]=|[^ \t\n]))"
)
SEVERAL = {"ASSIGN": ("=", "+=", "-="), "COMPARE": ("==", "!=", "<=", ">=", "<", ">")}
"""The terminals of the grammar that are written in several ways."""


class Unreadable(Exception):
    """The text does not fit the grammar."""


def tokens(
    text: str, start: int, end: int, terminals: Mapping[str, str], accepted: Callable[[], Mapping[str, object]]
) -> Iterator[Token]:
    """The tokens of a part of `text`, one after the other while the parser goes on.

    A word is what the parser accepts in its place: `ring` is a keyword behind `ordered`, and a name elsewhere.

    Args:
        text: the whole file.
        start: where to begin.
        end: where to stop.
        terminals: by how they are written, those of the grammar that are written in one way.
        accepted: asked before each token for the terminals that fit now.

    Raises:
        Unreadable: a sign fits nowhere, or not here.
    """
    while start < end:
        match = LEXEME.match(text, start, end)
        if match is None:
            return  # blanks at the end
        kind = match.lastgroup or ""
        written = match[kind]
        if kind == "line_end":
            kind = NEWLINE
        elif kind == "word":
            keyword = terminals.get(written, "NAME")
            kind = keyword if keyword in accepted() else "NAME"
        elif kind == "sign":
            kind = _sign(written, terminals, accepted())
        start = match.end()
        yield Token(kind, written, start - len(written), start)


def _sign(written: str, terminals: Mapping[str, str], accepted: Mapping[str, object]) -> str:
    kind = terminals.get(written)
    if kind is not None and kind in accepted:
        return kind
    for several, ways in SEVERAL.items():
        if several in accepted and written in ways:
            return several
    raise Unreadable
