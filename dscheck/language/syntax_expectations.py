"""How are the terminals that the parser accepts called in plain words?"""

from lark import Lark

from dscheck.language.indentation import DEDENT, INDENT, NEWLINE
from dscheck.language.syntax_repairs import spelling

MEMBER_STARTS = frozenset({"VAR", "TIMER", "ACTION", "ON"})
STATEMENT_STARTS = frozenset(
    {"SEND", "START", "STOP", "ASSERT", "REQUIRE", "DEFER", "PASS", "RETURN", "IF", "FOR", "CHOOSE", "NAME"} | {"EVENT"}
)
OPERAND_STARTS = frozenset(
    {"NAME", "NUMBER", "STRING", "LPAR", "LSQB", "LBRACE", "MINUS", "NOT", "COUNT", "FORALL", "EXISTS"}
    | {"DECIMAL", "QMARK"}
    | {"SUM", "MIN", "MAX", "ALL", "ANY"}
)
OPERATORS = frozenset(
    {"PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "COMPARE", "AND", "OR", "IMPLIES", "IFF", "IN", "NOT", "IF"}
    | {"HAPPENS_BEFORE", "CONCURRENT"}
    | {"DOT", "LSQB", "LPAR"}
)
TYPE_STARTS = frozenset({"SET", "MAP", "LIST", "VECTOR"})

GROUPS = (
    # name, terminals that must all be accepted, terminals that the name stands for
    ("a variable, timer, action or handler", MEMBER_STARTS, MEMBER_STARTS | {"CLOCK", "DURABLE", "GHOST", "DEF"}
     | {"FAIR", "STRONG"}),
    ("a statement", STATEMENT_STARTS, STATEMENT_STARTS),
    ("a type", TYPE_STARTS | {"NAME"}, TYPE_STARTS | OPERAND_STARTS),
    ("an expression", frozenset({"NUMBER", "LBRACE"}), OPERAND_STARTS),
    ("an operator", frozenset({"AND", "OR"}), OPERATORS),
    ("an operator", frozenset({"PLUS", "STAR"}), OPERATORS),
)  # fmt: skip
NAMED = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text such as "x"',
    "ASSIGN": "`=`",
    NEWLINE: "the end of the line",
    INDENT: "an indented block",
    DEDENT: "the end of the block",
    "$END": "the end of the declaration",
}
FOUND = {NEWLINE: "the end of the line", "$END": "the end of the declaration", DEDENT: "the end of the block"}
MOST_NAMED = 4


def expectations(lark: Lark, accepted: set[str]) -> str:
    """What may come next, such as "a name or `(`"."""
    left = set(accepted) - {DEDENT, "$END"} or set(accepted)
    names: list[str] = []
    for name, needed, members in GROUPS:
        if needed <= left:
            names.append(name)
            left -= members
    signs = [NAMED.get(terminal) or f"`{spelling(lark, terminal)}`" for terminal in sorted(left, key=_unlikely)]
    names = signs + names if len(signs) < MOST_NAMED else signs
    if len(names) > MOST_NAMED:
        return ", ".join(names[:MOST_NAMED]) + " or the like"
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "nothing more"


def _unlikely(terminal: str) -> tuple[bool, str]:
    """Orders terminals: those first without which a construct cannot go on."""
    return terminal not in {"COLON", "EQUAL", "ASSIGN", "COMMA", "RPAR", "EXPECT"}, terminal


def found_words(terminal: str, text: str) -> str:
    """How to speak of the token that was found instead."""
    return FOUND.get(terminal) or f"`{text}`"
