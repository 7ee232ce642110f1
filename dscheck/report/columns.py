"""How wide is a text on a terminal, and where does it break?

Source text is shown as written, but a control character in it must neither move the cursor nor change the direction of
what follows: it is replaced by a visible sign first.
"""

from collections.abc import Iterable
from unicodedata import category, combining, east_asian_width

WIDTH = 100
_TAB = "    "
# What a picture is drawn with, for an encoding that lacks it; a picture stays as wide as it is.
IN_ASCII = str.maketrans("╵╷│╴┘┐┤╶└┌├─┴┬┼●▶◀✗≈…◉○┊═╌", "|||-+++-+++-+++*><x~.@o:=-") | {ord("→"): "->"}


def display_width(text: str) -> int:
    """Number of terminal cells of a printable text."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """`text` with tabs as spaces and every control or invisible character as a visible sign."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\t":
        return _TAB
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the Unicode pictures of the control characters
    return "\N{REPLACEMENT CHARACTER}" if category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character


def pad(text: str, width: int) -> str:
    """`text` with spaces after it up to `width` cells."""
    return text + " " * (width - display_width(text))


def flow(items: Iterable[str], width: int, separator: str = ", ") -> list[str]:
    """Lines of at most `width` cells with the items in order; an item is never broken, even if it alone is wider."""
    lines: list[str] = []
    line = ""
    for item in items:
        if line and display_width(line) + display_width(separator) + display_width(item) > width:
            lines.append(line + separator.rstrip())
            line = item
        else:
            line = line + separator + item if line else item
    return [*lines, line] if line else lines


def sentence_lines(text: str, width: int) -> list[str]:
    """`text` broken at its spaces into lines of at most `width` cells."""
    return flow(printable(text).split(), width, " ")


def beside(left: str, right: str, width: int = WIDTH) -> int:
    """How many spaces put `right` against the right margin, at least two."""
    return max(2, width - display_width(left) - display_width(right))
