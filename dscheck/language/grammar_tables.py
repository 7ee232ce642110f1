"""What does the grammar say, as tables that a parser can follow?"""

import os
import sys
from pathlib import Path

from dscheck.record import record

GRAMMAR = Path(__file__).with_name("grammar.lark")
END = "$END"
"""The terminal behind the last token."""


@record
class Rule:
    """One alternative of a rule of the grammar, and which tree it makes.

    Attributes:
        origin: the rule.
        size: how many nodes it is made of.
        name: of the tree.
        hands_on: a single child takes the place of the tree, as for `?sum: product`.
        kept: of the nodes those that become children: which one; whether its own children are taken instead; and how
            many optional parts in front of it are absent.
        absent_at_end: how many optional parts behind the last are absent.
    """

    origin: str
    size: int
    name: str
    hands_on: bool
    kept: tuple[tuple[int, bool, int], ...]
    absent_at_end: int


@record
class Tables:
    """The grammar of one declaration.

    Attributes:
        start: the state of the parser before the first token.
        end: the state when all is read.
        actions: by state and symbol, the state after shifting it; or, below zero, `~number` of the rule to reduce.
        rules: by number.
        terminals: by how they are written, those that are written in one way.
    """

    start: int
    end: int
    actions: list[dict[str, int]]
    rules: list[Rule]
    terminals: dict[str, str]


def cache_folder() -> Path | None:
    """Where files are kept that make later runs start faster, or None if there is no such place."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    try:
        folder = (Path(home) if home else Path.home() / ".cache") / "dscheck"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder
