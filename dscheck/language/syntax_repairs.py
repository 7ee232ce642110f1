"""Which small edit would make a faulty line parse? Repairs are tried on the parser itself before anyone sees them."""

import re
from collections.abc import Iterator
from copy import copy
from difflib import SequenceMatcher
from typing import NamedTuple

from lark import Lark, TextSlice, Token, UnexpectedCharacters, UnexpectedToken
from lark.lexer import PatternStr
from lark.parsers.lalr_interactive_parser import InteractiveParser

from dscheck.diagnostics import Fix
from dscheck.language.indentation import NEWLINE, DepthError, MarginError
from dscheck.language.layout import Chunk
from dscheck.language.words import KEYWORDS

LEXEME = re.compile(
    r"[ \t]*(?:#[^\n]*)?(?P<word>[A-Za-z_][A-Za-z0-9_]*)|[ \t]*(?:#[^\n]*)?"
    r'(?P<other>\n|[0-9]+|"[^"\n]*"|[=!<>]=|[+-]=|\.\.|[^ \t])'
)
LOOKAHEAD = 40
"""How many lexemes after the mistake a repair is tried on."""

SUPERFLUOUS = frozenset({"then", "do"})
"""Words that some languages want. A name or a number is never removed: it was there for a reason."""

LONGEST_TRIAL = 100_000
"""Characters: reading more of a declaration again, just to confirm a repair, would be felt."""

INSERTED = (":", ",", ")", "]", "}", "(", "=", "..", "to", "in", "expect", "of", "steps", "else")
"""What may be missing, the likeliest first. Operators are not here: nobody can guess which one was meant."""


class Repair(NamedTuple):
    """An edit at the first faulty lexeme; the greatest is the best.

    Attributes:
        reach: how many lexemes parse after it; `LOOKAHEAD` if the line does to its end.
        likeness: how far it resembles what was written, so that `=` prefers `==` to `or`.
        text: what is inserted, or stands in for the lexeme; empty to remove it.
        replaces: whether the lexeme goes.
    """

    reach: int
    likeness: float
    text: str
    replaces: bool


def lexemes(text: str, start: int) -> list[str]:
    """The words and symbols from `start` to the end of the line, its line end among them."""
    found: list[str] = []
    for match in LEXEME.finditer(text, start):
        found.append(match[match.lastgroup or 0])
        if found[-1] == "\n" or len(found) == LOOKAHEAD:
            break
    return found


def spelling(lark: Lark, terminal: str) -> str:
    """How `terminal` is written, or the empty string if there is more than one way."""
    if terminal == "COMPARE":
        return "=="
    if terminal == "ASSIGN":
        return "="
    pattern = lark.get_terminal(terminal).pattern if not terminal.startswith(("_", "$")) else None
    return pattern.value if isinstance(pattern, PatternStr) else ""


def follow(lark: Lark, state: InteractiveParser, line: list[str]) -> int:
    """How many lexemes of `line` parse one after the other from `state`, which stays as it is."""
    trial = state.parser_state.copy(deepcopy_values=False)
    # Without callbacks no tree is built: the nodes on the stack are shared with `state`.
    trial.parse_conf = copy(trial.parse_conf)
    trial.parse_conf.callbacks = {}
    for count, lexeme in enumerate(line):
        for kind in _kinds(lark, lexeme):
            try:
                trial.feed_token(Token(kind, lexeme))
                break
            except UnexpectedToken:
                continue
        else:
            return count
    return len(line)


def _kinds(lark: Lark, lexeme: str) -> list[str]:
    """The terminals that `lexeme` can be; its place decides which."""
    if lexeme == "\n":
        return [NEWLINE]
    if lexeme[0] == '"':
        return ["STRING"] if len(lexeme) > 1 else []
    if lexeme[0].isdigit():
        return ["NUMBER"]
    kinds = [terminal.name for terminal in lark.terminals if spelling(lark, terminal.name) == lexeme]
    if lexeme in {"!=", "<=", ">=", "<", ">"}:
        kinds.append("COMPARE")
    elif lexeme in {"+=", "-="}:
        kinds.append("ASSIGN")
    elif (lexeme[0].isalpha() or lexeme[0] == "_") and lexeme not in KEYWORDS:
        kinds.append("NAME")
    return kinds


def best_repair(lark: Lark, error: UnexpectedToken, text: str) -> Repair | None:
    """The edit at the faulty lexeme after which the line parses, or at least two lexemes more do."""
    state = error.interactive_parser
    if state is None:
        return None
    found = max(_repairs(lark, state, error.accepts, lexemes(text, error.token.start_pos or 0)), default=None)
    return found if found is not None and found.reach >= 2 else None


def _repairs(lark: Lark, state: InteractiveParser, accepted: set[str], line: list[str]) -> Iterator[Repair]:
    if not line:
        return
    written = line[0]

    def reach(edited: list[str], inserted: int) -> int:
        count = follow(lark, state, edited)
        return LOOKAHEAD if count == len(edited) and edited[-1] == "\n" else count - inserted

    if (not written[0].isalnum() and written[0] not in '\n_"') or written in SUPERFLUOUS:
        yield Repair(reach(line[1:], 0), 0.0, "", replaces=True)
    for terminal in sorted(accepted):
        text = "" if terminal.startswith(("_", "$")) else spelling(lark, terminal)
        if not text:
            continue
        if text in INSERTED and not (text.isalpha() and "COMPARE" in accepted):
            yield Repair(reach([text, *line], 1), 0.2 - INSERTED.index(text) / 100, text, replaces=False)
        if written != "\n":
            likeness = SequenceMatcher(None, text, written[:40]).ratio()
            if likeness > 0.3:
                yield Repair(reach([text, *line[1:]], 1), likeness, text, replaces=True)


def tried(lark: Lark, text: str, chunk: Chunk, fix: Fix) -> Fix | None:
    """`fix`, if with it the declaration parses at least to the end of the line; else nothing."""
    end = text.find("\n", fix.span.end)
    if end - chunk.span.start > LONGEST_TRIAL:
        return None
    edited = text[chunk.span.start : fix.span.start] + fix.replacement + text[fix.span.end : end] + "\n"
    try:
        lark.parse(TextSlice(edited, 0, len(edited)))
    except UnexpectedToken as error:
        # What comes after the line is not there: only a mistake before its end counts.
        start = error.token.start_pos or 0
        return fix if not edited[start:].partition("#")[0].strip() else None
    except (UnexpectedCharacters, MarginError, DepthError):
        return None
    return fix
