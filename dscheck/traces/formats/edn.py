"""What does a text in EDN, Clojure's notation for data, say?

The grammar is that of https://github.com/edn-format/edn. A history needs little of it: keywords and symbols become
texts without a colon, vectors and lists become lists, a tagged literal becomes the value that it tags.
"""

import re
from collections.abc import Iterator
from typing import Any

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place

_TOKEN = re.compile(
    r"""[\s,]*(?:
      (?P<open>\#?\{|\[|\()
    | (?P<close>[\]\})])
    | :(?P<keyword>[^\s,;"()\[\]{}]+)
    | (?P<number>[+-]?\d+)N?(?=[\s,;"()\[\]{}]|\Z)
    | "(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"
    | (?P<comment>;[^\n]*)
    | (?P<discard>\#_)
    | \\(?P<character>u[0-9a-fA-F]{4}|[a-zA-Z]+|.)
    | (?P<tag>\#[^\s,;"()\[\]{}\#]+)
    | (?P<atom>[^\s,;"()\[\]{}\\]+)
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES = {"{": "}", "#{": "}", "[": "]", "(": ")"}
_CHARACTERS = {"newline": "\n", "return": "\r", "space": " ", "tab": "\t", "formfeed": "\f", "backspace": "\b"}
_UNICODE = re.compile(r"u[0-9a-fA-F]{4}")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\"}
_CONSTANTS = {"nil": None, "true": True, "false": False}
_FLOAT = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?M?")
_MOST_DIGITS = 4000
_DEEPEST = 100
_LONGEST_FLOAT = 200  # with an exponent of two digits it is finite


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("bracket", "discards", "items", "start")

    def __init__(self, bracket: str, start: int) -> None:
        self.bracket = bracket
        self.start = start
        self.items: list[Any] = []
        self.discards = 0


def values(text: str, file: str, first_line: int = 1, *, inside: bool = False) -> Iterator[tuple[int, Any]]:
    """The values that stand in a text one after the other, each with the line on which it begins.

    Args:
        first_line: of the text.
        inside: the elements of the outermost vectors are meant, not these vectors.
    """
    stack = [_Open("", 0)]
    match = _TOKEN.match
    position = counted = 0
    line = first_line
    while True:
        token = match(text, position)
        if token is None:
            raise _wrong(text, position, file, first_line, "not EDN")
        kind = token.lastgroup
        assert kind is not None  # each alternative is a group
        position = token.end()
        written = token[kind]
        start = token.start(kind)
        top = stack[-1]
        if kind == "open":
            stack.append(_Open(written, start))
            if len(stack) > _DEEPEST:
                raise _wrong(text, start, file, first_line, "nested too deeply")
            continue
        if kind == "discard":
            top.discards += 1
            continue
        if kind in ("comment", "tag"):  # of a tag, the value that follows is kept
            continue
        if kind == "end":
            break
        if kind == "close":
            if len(stack) == 1 or _CLOSES[top.bracket] != written:
                raise _wrong(text, start, file, first_line, f"`{written}` closes nothing")
            if top.discards:
                raise _wrong(text, start, file, first_line, "#_ with nothing to leave out")
            value = _closed(top, text, file, first_line)
            start = top.start
            handed_out = inside and _is_outermost(stack)
            stack.pop()
            top = stack[-1]
            if handed_out:
                continue
        else:
            if kind == "number" and len(written) > _MOST_DIGITS:
                raise _wrong(text, start, file, first_line, "a number of thousands of digits")
            value = _atom(kind, written)
        if top.discards:
            top.discards -= 1
        elif len(stack) == 1 or (inside and _is_outermost(stack)):
            line += text.count("\n", counted, start)
            counted = start
            yield line, value
        else:
            top.items.append(value)
    if len(stack) > 1:
        raise _wrong(text, stack[-1].start, file, first_line, f"`{stack[-1].bracket}` is never closed")


def _is_outermost(stack: list[_Open]) -> bool:
    """Whether the innermost open collection is a vector that stands alone, and is not left out by `#_`."""
    return len(stack) == 2 and stack[1].bracket in ("[", "(") and not stack[0].discards


def _closed(of: _Open, text: str, file: str, first_line: int) -> Any:
    if of.bracket != "{":
        return of.items
    if len(of.items) % 2:
        raise _wrong(text, of.start, file, first_line, "a map with a key without a value")
    keys = of.items[::2]
    return dict(zip([key if isinstance(key, str) else repr(key) for key in keys], of.items[1::2], strict=True))


def _atom(kind: str, written: str) -> Any:
    if kind == "number":
        return int(written)
    if kind == "string":
        return _unescaped(written) if "\\" in written else written
    if kind == "keyword":
        return written
    if kind == "character":
        if _UNICODE.fullmatch(written):
            return chr(int(written[1:], 16))
        return _CHARACTERS.get(written) or written[0]
    if written in _CONSTANTS:
        return _CONSTANTS[written]
    if _FLOAT.fullmatch(written) and len(written) < _LONGEST_FLOAT:
        return float(written.rstrip("M"))
    return written  # a symbol, or a number that Python has no literal for, such as 1/2


def _unescaped(written: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPED.get(code, code)

    return _ESCAPE.sub(plain, written)


def _wrong(text: str, position: int, file: str, first_line: int, message: str) -> TraceError:
    rest = text[position:].lstrip(" ,\t\n")
    here = rest[:40].split("\n", 1)[0]
    position = len(text) - len(rest)
    return TraceError(Place(file, first_line + text.count("\n", 0, position)), f"{message}: {shortened(here, 40)}")
