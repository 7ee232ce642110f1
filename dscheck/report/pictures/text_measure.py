"""How wide will a text be, in a font that nobody knows yet? At most so wide in the usual ones without serifs.

The widths are those of DejaVu Sans, the widest of the fonts that the pictures name; others leave a little room.
"""

from unicodedata import combining, east_asian_width

from dscheck.report.columns import printable

_NARROW = frozenset("ijl|!.,:;'`I()[]{} ftr/\\-\"")
_WIDE = frozenset("mwMW@%—…→←✗⟳")
_OF_NARROW, _OF_USUAL, _OF_CAPITAL, _OF_WIDE, _OF_FULL = 0.41, 0.63, 0.72, 1.0, 1.05


def text_width(text: str, size: float) -> float:
    """Of one line, in pixels.

    Args:
        text: the line.
        size: of the font, in pixels.
    """
    return round(size * sum(map(_width, printable(text))), 1)


def _width(character: str) -> float:
    if combining(character):
        return 0.0
    if character in _NARROW:
        return _OF_NARROW
    if character in _WIDE:
        return _OF_WIDE
    if not character.isascii() and east_asian_width(character) in "WFA":
        return _OF_FULL
    return _OF_CAPITAL if character.isupper() else _OF_USUAL


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Lines of at most `width` pixels, broken at spaces, and inside a word where one alone is wider.

    Args:
        text: to break.
        size: of the font, in pixels.
        width: of a line, in pixels.
    """
    lines: list[str] = []
    line = ""
    for word in printable(text).split():
        joined = f"{line} {word}" if line else word
        if text_width(joined, size) <= width:
            line = joined
            continue
        *whole, line = _pieces(word, size, width)
        lines += [*([joined[: -len(word) - 1]] if joined != word else []), *whole]
    return [*lines, line] if line or not lines else lines


def _pieces(word: str, size: float, width: float) -> list[str]:
    """A word in pieces that are no wider than a line, broken behind a comma or the like where one is near."""
    pieces = []
    rest = word
    while text_width(rest, size) > width and len(rest) > 1:
        cut = len(rest) - 1
        while cut > 1 and text_width(rest[:cut], size) > width:
            cut -= 1
        near = max(rest.rfind(sign, cut // 2, cut) + 1 for sign in ",.(/_-")
        cut = near or cut
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [*pieces, rest]
