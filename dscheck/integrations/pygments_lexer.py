"""Which colours does a spec have where Pygments draws it: in Sphinx, in a terminal, on a slide?"""

from typing import Any, ClassVar

from pygments import token
from pygments.lexer import RegexLexer, bygroups, include
from pygments.token import string_to_tokentype

from dscheck.integrations.word_colours import (
    BLOCK_WORDS,
    COLOURS,
    COLOURS_IN_BLOCKS,
    COMMENT,
    LINE_WORDS,
    NAME,
    NAMING_TYPES,
    NAMING_VALUES,
    NUMBER,
    OPTION_WORDS,
    OPTIONS,
    PUNCTUATION,
    SIGN,
    STRING,
    WordColour,
    one_of,
)
from dscheck.language.parser import is_spec
from dscheck.language.words import BY_PLACE

Rule = Any  # what Pygments takes: a pattern, a token and a state, or a reference to other rules

_AT_MARGIN = (r"^(?=[^\s#])", token.Whitespace, "#pop")  # where a block by indentation has ended
_AT_END_OF_LINE = (r"\n", token.Whitespace, "#pop")


def _named(words: str, kind: object, *state: str, word: object = token.Keyword.Declaration) -> Rule:
    """A word, and the name behind it."""
    return rf"({words})(\s+)({NAME})", bygroups(word, token.Whitespace, kind), *state


def _words(colours: tuple[WordColour, ...]) -> list[Rule]:
    return [(one_of(each.words), string_to_tokentype(f"Token.{each.token}")) for each in colours if each.words]


def _states() -> dict[str, list[Rule]]:
    """The rules at any place, and those behind each word behind which others mean something."""
    signs: list[Rule] = [
        (r"\s+?", token.Whitespace),
        (COMMENT, token.Comment.Single),
        (STRING, token.String),
        (NUMBER, token.Number),
        (SIGN, token.Operator),
        (PUNCTUATION, token.Punctuation),
    ]
    rest: list[Rule] = [(NAME, token.Name), (r".", token.Generic.Error)]  # a page may show what is wrong
    expression: list[Rule] = [include("signs"), *_words(COLOURS), *rest]
    heads: list[Rule] = [
        *(_named(rf"^{word}", token.Name.Namespace, word) for word in BLOCK_WORDS),
        *((rf"^{word}(?=\s*:)", token.Keyword.Declaration, word) for word in OPTIONS),
        _named(r"\bprocess", token.Name.Class, "process"),
        _named(r"\btimer", token.Name.Variable, "timer"),
        *((one_of(frozenset({word})), token.Keyword.Declaration, word) for word in LINE_WORDS),
        _named(one_of(NAMING_TYPES), token.Name.Class),
        _named(one_of(NAMING_VALUES), token.Name.Variable),
        _named(r"\bmessage", token.Name.Class),
        _named(r"\bsend", token.Name.Class, word=token.Keyword),
        (rf"(network|faults)(\.)({NAME})", bygroups(token.Keyword, token.Punctuation, token.Name.Attribute)),
    ]
    states = {"root": [*heads, include("expression")], "expression": expression, "signs": signs}
    for head, words in BY_PLACE.items():
        here = [(one_of(words), token.Keyword)]
        if head in OPTIONS:
            options = [(one_of(OPTIONS[head]), token.Name.Attribute), (one_of(OPTION_WORDS), token.Keyword.Constant)]
            states[head] = [_AT_MARGIN, *here, *options, include("expression")]
        elif head in BLOCK_WORDS:
            states[head] = [_AT_MARGIN, *here, include("signs"), *_words(COLOURS_IN_BLOCKS), *rest]
        else:
            states[head] = [_AT_END_OF_LINE, *here, include("expression")]
    return states


class SpecLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types
    """Specs of dscheck, `*.dsc`."""

    name = "dscheck"
    aliases: ClassVar[list[str]] = ["dscheck", "dsc"]
    filenames: ClassVar[list[str]] = ["*.dsc"]
    mimetypes: ClassVar[list[str]] = ["text/x-dscheck"]
    tokens: ClassVar[dict[str, list[Rule]]] = _states()

    @staticmethod
    def analyse_text(text: str) -> float:
        """How sure it is that a text is a spec: the source packages of Debian end in `.dsc` too."""
        return 1.0 if is_spec(text) else 0.0
