"""What does Lark make of the grammar? A parser that tells what is wrong with a text, and tables for one that does not.

Nothing here is loaded by a run that finds no mistake and has its tables already.
"""

import hashlib
import sys
from functools import cache

from lark import Lark
from lark import __version__ as lark_version
from lark.grammar import Rule as LarkRule
from lark.grammar import Terminal
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

from dscheck.language.grammar_tables import GRAMMAR, Rule, Tables, cache_folder
from dscheck.language.indentation import Blocks

START = "declaration"


@cache
def lark() -> Lark:
    """The parser of one declaration, built once; a file in the user's cache directory makes later runs start faster."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{lark_version} {sys.version_info[:2]} {grammar}".encode()).hexdigest()
    folder = cache_folder()
    return Lark(
        grammar,
        start=START,
        parser="lalr",
        lexer="contextual",
        postlex=Blocks(),
        maybe_placeholders=True,
        cache=str(folder / f"grammar-{digest[:16]}.pickle") if folder is not None else False,
    )


def tables_by_lark() -> Tables:
    """The tables of the grammar, in the order in which Lark numbers them."""
    table = lark().parser.parser._parse_table  # Lark has no public way to its tables
    rules: dict[LarkRule, int] = {}
    actions = [
        {
            str(symbol): target if action is Shift else ~rules.setdefault(target, len(rules))
            for symbol, (action, target) in table.states[state].items()
        }
        for state in range(len(table.states))
    ]
    return Tables(
        start=table.start_states[START],
        end=table.end_states[START],
        actions=actions,
        rules=[_rule(rule) for rule in rules],
        terminals={
            terminal.pattern.value: terminal.name
            for terminal in lark().terminals
            if isinstance(terminal.pattern, PatternStr)
        },
    )


def _rule(rule: LarkRule) -> Rule:
    """What a parser must know of a rule.

    Lark makes of `a [b] c` the alternatives `a b c` and `a c`; `empty_indices` then says where `[b]` is missing.
    """
    kept: list[tuple[int, bool, int]] = []
    position = absent = 0
    for missing in rule.options.empty_indices or [False] * len(rule.expansion):
        if missing:
            absent += 1
            continue
        symbol = rule.expansion[position]
        if rule.options.keep_all_tokens or not (isinstance(symbol, Terminal) and symbol.filter_out):
            kept.append((position, not symbol.is_term and symbol.name.startswith("_"), absent))
            absent = 0
        position += 1
    return Rule(
        origin=str(rule.origin.name),
        size=len(rule.expansion),
        name=str(rule.alias or rule.origin.name),
        hands_on=rule.options.expand1 and not rule.alias,
        kept=tuple(kept),
        absent_at_end=absent,
    )
