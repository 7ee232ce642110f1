"""How does an editor colour the words of the language? One table, for Pygments and for TextMate grammars."""

from dscheck.language.configuration import FAULT_OPTIONS, NETWORK_OPTIONS
from dscheck.language.words import (
    BLOCKS,
    BY_PLACE,
    DECLARATIONS,
    FUNCTIONS,
    KEYWORDS,
    MEMBERS,
    OPERATORS,
    STATEMENT_WORDS,
    TYPES,
    VALUES,
)
from dscheck.record import record


@record
class WordColour:
    """Words of one colour.

    Attributes:
        words: of the language.
        token: their kind for Pygments, as the name of a token.
        scope: for TextMate.
    """

    words: frozenset[str]
    token: str
    scope: str


_CONSTANTS = frozenset({"true", "false", "none"})
COLOURS = (
    WordColour(OPERATORS, "Operator.Word", "keyword.operator.word.dscheck"),
    WordColour(DECLARATIONS | MEMBERS, "Keyword.Declaration", "storage.type.dscheck"),
    WordColour(KEYWORDS - OPERATORS - DECLARATIONS - MEMBERS, "Keyword", "keyword.control.dscheck"),
    WordColour(_CONSTANTS, "Keyword.Constant", "constant.language.dscheck"),
    WordColour(VALUES - _CONSTANTS, "Name.Builtin.Pseudo", "variable.language.dscheck"),
    WordColour(FUNCTIONS - KEYWORDS, "Name.Builtin", "support.function.dscheck"),
    WordColour(TYPES, "Keyword.Type", "support.type.dscheck"),
)
"""Each word of the language that is no name anywhere, once."""

COLOURS_IN_BLOCKS = tuple(WordColour(each.words - STATEMENT_WORDS, each.token, each.scope) for each in COLOURS)
"""The same within schedules and timing blocks, where events may be called `start` or `stop`."""

OPTIONS = {"network": frozenset(NETWORK_OPTIONS), "faults": frozenset(FAULT_OPTIONS)}
OPTION_WORDS = frozenset(word for row in NETWORK_OPTIONS.values() for word in row.words)

BLOCK_WORDS = tuple(sorted(BLOCKS))
LINE_WORDS = tuple(sorted(BY_PLACE.keys() - BLOCKS - OPTIONS.keys() - {"process", "timer"}))
"""Behind these, some words mean something up to the end of the line."""

NAMING_TYPES = frozenset({"protocol", "enum", "record"})
NAMING_VALUES = frozenset(
    {
        "action",
        "bound",
        "check",
        "const",
        "def",
        "event",
        "eventually",
        "invariant",
        "progress",
        "reachable",
        "step",
        "tight",
        "var",
    }
)
"""The words behind which a name is declared, by what it names."""

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
NUMBER = r"[0-9]+(?:\.[0-9]+)?\b"
STRING = r'"[^"\n]*"'
COMMENT = r"#.*"
PUNCTUATION = r"[][(){}:,.]"
SIGN = r"->|~>|\|\||\.\.|==|!=|<=|>=|\+=|-=|[-+*/%=<>|?]"


def one_of(words: frozenset[str]) -> str:
    """A regular expression for whole words, and never for the end of another name or what stands behind a dot."""
    return rf"(?<![\w.])(?:{'|'.join(sorted(words))})\b"
