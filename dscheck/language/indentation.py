"""How does indentation become blocks? Turns line ends into the tokens that open and close a block.

Does what `lark.indenter.Indenter` does, with three differences: a bad margin is reported with its place, blocks
nested too deeply are refused, and a word of the language never passes as a name.
"""

from collections.abc import Iterator

from lark import Token
from lark.lark import PostLex

from dscheck.language.words import KEYWORDS

NEWLINE, INDENT, DEDENT = "_NL", "_INDENT", "_DEDENT"
OPENING = frozenset({"LPAR", "LSQB", "LBRACE"})
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})


class MarginError(Exception):
    """A line ends a block and continues none of those around it.

    Attributes:
        offset: where its code begins.
        margin: how many characters it is indented by.
        margins: of the blocks around it, from the outside.
    """

    def __init__(self, offset: int, margin: int, margins: tuple[int, ...]) -> None:
        super().__init__(f"indented by {margin}, the blocks around it by {margins}")
        self.offset = offset
        self.margin = margin
        self.margins = margins


class DepthError(Exception):
    """More blocks within each other than a spec may have.

    Attributes:
        offset: where the first line of the innermost begins.
    """

    def __init__(self, offset: int) -> None:
        super().__init__("too many blocks within each other")
        self.offset = offset


class Blocks(PostLex):
    """The stage between lexer and parser."""

    # Names everywhere: in a place for keywords only, the lexer would read `variable` as `var` and `iable`.
    always_accept = (NEWLINE, "NAME")

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Add block tokens to `stream`, and drop line ends inside brackets.

        Raises:
            MarginError: a line is indented by less than its block and not as much as another.
            DepthError: there are more than `deepest` blocks within each other.
        """
        brackets = 0
        margins = [0]
        token: Token | None = None
        for token in stream:
            if token.type == NEWLINE:
                if brackets == 0:
                    yield from self._line_end(token, margins)
                continue
            if token.type in OPENING:
                brackets += 1
            elif token.type in CLOSING:
                brackets = max(0, brackets - 1)
            elif token.type == "NAME" and token.value in KEYWORDS:
                # The contextual lexer offers only terminals that fit: without this, `var when: bool` would parse.
                token.type = token.value.upper()
            yield token
        for _ in margins[1:]:
            yield _at_end(DEDENT, token)

    def _line_end(self, token: Token, margins: list[int]) -> Iterator[Token]:
        yield token
        margin = len(token) - token.rfind("\n") - 1
        if margin > margins[-1]:
            margins.append(margin)
            if len(margins) > self.deepest + 1:
                raise DepthError(_end(token))
            yield _at_end(INDENT, token)
            return
        around = tuple(margins)
        while margin < margins[-1]:
            margins.pop()
            yield _at_end(DEDENT, token)
        if margin != margins[-1]:
            raise MarginError(_end(token), margin, around)


def _end(token: Token) -> int:
    assert token.end_pos is not None
    return token.end_pos


def _at_end(kind: str, token: Token | None) -> Token:
    """A token of no length, right after `token`."""
    end = token.end_pos if token else 0
    return Token(kind, "", start_pos=end, end_pos=end, line=0, column=0, end_line=0, end_column=0)
