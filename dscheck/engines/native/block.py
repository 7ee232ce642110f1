"""How is C text written? Lines with a depth, fresh names, and what happens where an expression has no value."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from dscheck.model.expressions import FAILURES, Failure
from dscheck.record import record

_KEYWORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    word wide number state labels model answer failure successor
"""
_MACROS = "NULL WORDS CODE INLINE NAMED JOINED linux unix i386"
_RESERVED = frozenset(_KEYWORDS.split() + _MACROS.split())
_TAKEN = re.compile(r".*_(word|wide|number|t)|[A-Z][A-Z0-9]*_[A-Z0-9_]*")  # by values.h, stdint.h and macros of both
FAILURE_NUMBERS: dict[str, int] = {name: number for number, name in enumerate(FAILURES)}


@cache
def identifier(text: str) -> str:
    """A C identifier that reads like `text`."""
    words = re.sub(r"[\W_]+", "_", text, flags=re.ASCII).strip("_") or "x"
    if _TAKEN.fullmatch(words):
        words += "_of"
    return f"the_{words}" if words[0].isdigit() or words in _RESERVED else words


def is_atom(text: str) -> bool:
    """Is it a name or a literal, which may stand any number of times?"""
    return re.fullmatch(r"\w+|\(-\d+\)", text) is not None


def bare(text: str) -> str:
    """`text` without parentheses around the whole of it."""
    if not text.startswith("("):
        return text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[1:-1] if place == len(text) - 1 else text
    return text


@record
class Exits:
    """How code leaves the way it is on; each gives one C statement that records why and jumps.

    Attributes:
        fail: for the number of a failure property (`FAILURE_NUMBERS`).
        overflow: for the number of a width that the engine chose (`Codings.keys`).
    """

    fail: Callable[[int], str]
    overflow: Callable[[int], str]


class Block:
    """C lines under construction.

    Attributes:
        lines: so far.
        depth: of the next line.
        exits: of the way that is being written; whoever opens another way sets them.
    """

    def __init__(self, exits: Exits, depth: int = 1) -> None:
        self.lines: list[str] = []
        self.depth = depth
        self.exits = exits
        self._taken: dict[str, int] = {}

    def put(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self.depth + text)

    def fresh(self, text: str) -> str:
        """A new identifier that reads like `text`."""
        name = identifier(text)
        count = self._taken[name] = self._taken.get(name, 0) + 1
        return name if count == 1 else self.fresh(f"{name}_{count}")

    @contextmanager
    def captured(self, *, deeper: int = 0) -> Iterator[list[str]]:
        """Collects the lines that are written inside, instead of adding them.

        An expression that needs no lines may stand behind `&&` or `?`; lines must wait there for their turn.

        Args:
            deeper: by how many levels the lines are to be deeper than those around.
        """
        lines, self.lines = self.lines, []
        found = self.lines
        self.depth += deeper
        yield found
        self.depth -= deeper
        self.lines = lines

    def keep(self, ctype: str, name: str, text: str) -> str:
        """A new local constant that reads like `name` and has the value of `text`; its identifier."""
        kept = self.fresh(name)
        self.put(f"const {ctype} {kept} = {bare(text)};")
        return kept

    def once(self, ctype: str, name: str, text: str) -> str:
        """A text with the value of `text` that may stand any number of times."""
        return text if is_atom(text) else self.keep(ctype, name, text)

    @contextmanager
    def braces(self, head: str) -> Iterator[None]:
        """A compound statement after `head`: `if (…)`, `for (…)`, `else`, or nothing.

        Names that are taken inside are free again afterwards: so every copy of a rule can use the same.
        """
        self.put(f"{head} {{" if head else "{")
        self.depth += 1
        taken = dict(self._taken)
        yield
        self._taken = taken
        self.depth -= 1
        self.put("}")

    def fail_if(self, condition: str, failure: Failure | None) -> None:
        """Leave the way with `failure` when `condition` is true."""
        assert failure is not None, "an expression that can fail says how"
        self.put(f"if ({bare(condition)}) {self.exits.fail(FAILURE_NUMBERS[failure.property])}")

    def overflow_if(self, condition: str, key: int) -> None:
        """End the search when `condition` is true: the width numbered `key` is too small."""
        self.put(f"if ({bare(condition)}) {self.exits.overflow(key)}")
