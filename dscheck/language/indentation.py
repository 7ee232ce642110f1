"""How does indentation become blocks? Turns line ends into the tokens that open and close a block.

Does what `lark.indenter.Indenter` does, with three differences: a bad margin is reported with its place, blocks
nested too deeply are refused, and a word of the language never passes as a name. Works with Lark's tokens as with ours.
"""

from collections.abc import Iterator

from dscheck.language.trees import Token
from dscheck.language.words import BLOCKS, KEYWORDS, STATEMENT_WORDS

MOST_BLOCKS = 40
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


class Blocks:
    """The stage between lexer and parser; what Lark calls a `PostLex`."""

    # Names everywhere: in a place for keywords only, the lexer would read `variable` as `var` and `iable`.
    always_accept = (NEWLINE, "NAME")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Add block tokens to `stream`, and drop line ends inside brackets.

        Raises:
            MarginError: a line is indented by less than its block and not as much as another.
            DepthError: there are more than `MOST_BLOCKS` blocks within each other.
        """
        brackets = 0
        margins = [0]
        reserved = KEYWORDS
        token: Token | None = None
        for number, token in enumerate(stream):
            if number == 0 and token in BLOCKS:
                reserved = KEYWORDS - STATEMENT_WORDS
            if token.type == NEWLINE:
                if brackets == 0:
                    yield from self._line_end(token, margins)
                continue
            if token.type in OPENING:
                brackets += 1
            elif token.type in CLOSING:
                brackets = max(0, brackets - 1)
            elif token.type == "NAME" and token in reserved:
                # The contextual lexer offers only terminals that fit: without this, `var when: bool` would parse.
                token.type = token.upper()
            yield token
        for _ in margins[1:]:
            yield _at_end(DEDENT, token)

    def _line_end(self, token: Token, margins: list[int]) -> Iterator[Token]:
        yield token
        margin = len(token) - token.rfind("\n") - 1
        if margin > margins[-1]:
            margins.append(margin)
            if len(margins) > MOST_BLOCKS + 1:
                raise DepthError(token.end_pos)
            yield _at_end(INDENT, token)
            return
        around = tuple(margins)
        while margin < margins[-1]:
            margins.pop()
            yield _at_end(DEDENT, token)
        if margin != margins[-1]:
            raise MarginError(token.end_pos, margin, around)


def _at_end(kind: str, token: Token | None) -> Token:
    """A token of no length, right after `token`."""
    assert token is not None  # before the first, no block is open
    return type(token)(kind, "", start_pos=token.end_pos, end_pos=token.end_pos)
