"""What can be said of lines of C from their text? Which are not needed, and which do no harm wherever they stand."""

import re

_CONSTANT = re.compile(r" *const \w+ (\w+) = (.*);")
_WORD = re.compile(r"[A-Za-z_]\w*")
WIDEST_LINE = 120

_HARMFUL = re.compile(r"\w\(|[/%*]|(<<|>>) [^\d]")


def is_harmless(line: str) -> bool:
    """Does it only make a constant, by operations that are defined for whatever bits they are given?

    Such a line may run although what it makes is not asked for. Division by zero and long shifts do harm, calls may.
    """
    constant = _CONSTANT.fullmatch(line)
    return constant is not None and not _HARMFUL.search(constant[2])


def statements(lines: list[str]) -> int:
    """How many statements: comments, braces and labels cost nothing."""
    return sum(line.endswith((";", "; }")) and not line.endswith(":;") for line in lines)


def without_unused(lines: list[str]) -> list[str]:
    """The lines of a function without its constants that are never read; expressions have no side effects.

    A constant is only read after the line that declares it, and a name has one meaning at a time.
    """
    used: set[str] = set()
    kept: list[str] = []
    for line in reversed(lines):
        constant = _CONSTANT.fullmatch(line)
        if constant:
            if constant[1] not in used:
                continue
            used.discard(constant[1])
            used.update(_WORD.findall(constant[2]))
        else:
            used.update(_WORD.findall(line))
        kept.append(line)
    return kept[::-1]


def wrapped(line: str) -> list[str]:
    """A long line as several: the compiler does not care, but whoever reads it does."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    parts: list[str] = []
    while len(line) > WIDEST_LINE:
        breaks = [line.rfind(sign, len(indent), WIDEST_LINE) for sign in (" && ", " || ", " | ")]
        at = max(breaks) if max(breaks) > 0 else line.rfind(", ", len(indent), WIDEST_LINE) + 1
        if at <= len(indent):
            break
        parts.append(line[:at])
        line = indent + line[at + 1 :]
    return [*parts, line]


def comment(text: str) -> str:
    """The text as it may stand in a comment: without what ends one, begins one, or joins lines."""
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?").replace("\n", " ")
