"""What does a JSON text say, and on which line does each of its parts stand?

Standard JSON, no more: `NaN`, infinite numbers and a text that goes on after its end are mistakes of the line, not
values.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NoReturn

from dscheck.traces.errors import TraceError, shortened
from dscheck.traces.event import Place

_SPACE = re.compile(r"[ \t\n\r]*")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large a number")
    return value


DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


@cache
def fast_decode() -> Callable[[str], Any]:
    """Decodes JSON texts four times as fast as `DECODER`, which says of a text that this one refuses what is wrong.

    What it accepts it understands as `DECODER` does. It refuses some texts that are JSON, such as those with half of a
    surrogate pair.
    """
    import msgspec

    decode: Callable[[str], Any] = msgspec.json.Decoder().decode
    return decode


def parse_quickly(text: str, file: str, line: int, decode: Callable[[str], Any]) -> Any:
    """`parse` with a decoder that was fetched once by `fast_decode`."""
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return parse(text, file, line)


def parse(text: str, file: str, line: int) -> Any:
    """The value of a JSON text that begins on `line` of `file`."""
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise _told(error, text, file, line) from None


def parse_object(text: str, file: str, line: int) -> dict[str, Any]:
    """The same for a text that must be an object, as the lines of NDJSON are."""
    value = parse(text, file, line)
    if not isinstance(value, dict):
        raise TraceError(Place(file, line), f"expected a JSON object, found {shortened(text.strip())}")
    return value


def _told(error: Exception, text: str, file: str, line: int) -> TraceError:
    if isinstance(error, json.JSONDecodeError):
        here = shortened(text[error.pos :].split("\n", 1)[0], 30)
        place = Place(file, line + error.lineno - 1)
        return TraceError(place, f"not JSON: {_said(error)} at column {error.colno}: {here}")
    if isinstance(error, RecursionError):
        return TraceError(Place(file, line), "JSON is nested too deeply")
    return TraceError(Place(file, line), f"not JSON: {error}")


def _said(error: json.JSONDecodeError) -> str:
    """What is wrong; where it is follows."""
    return error.msg.lower().removesuffix(" starting at")


class JsonCursor:
    """A place in a JSON text, from which one value after the other is read."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._counted, self._line = 0, 1
        self.position = 0
        self._skip_space()

    @property
    def line(self) -> int:
        """Of the position, counted from where it was counted last."""
        self._line += self.text.count("\n", self._counted, self.position)
        self._counted = self.position
        return self._line

    def at(self, character: str) -> bool:
        """Whether `character` comes next."""
        return self.text.startswith(character, self.position)

    def at_end(self) -> bool:
        """Whether nothing follows."""
        return self.position >= len(self.text)

    def value(self) -> Any:
        """The next value."""
        try:
            value, self.position = DECODER.raw_decode(self.text, self.position)
        except json.JSONDecodeError as error:
            self.position = min(error.pos, len(self.text))
            raise self.wrong(f"not JSON: {_said(error)}") from None
        except (ValueError, RecursionError) as error:
            raise _told(error, self.text, self.file, self.line) from None
        self._skip_space()
        return value

    def take(self, character: str) -> bool:
        """Go over `character` if it comes next; whether it did."""
        if not self.at(character):
            return False
        self.position += 1
        self._skip_space()
        return True

    def elements(self) -> Iterator[tuple[int, Any]]:
        """The elements of the array that begins here, each with its line."""
        if not self.take("["):
            raise self.wrong("expected an array")
        if self.take("]"):
            return
        while True:
            yield self.line, self.value()
            if self.take("]"):
                return
            if not self.take(","):
                raise self.wrong("expected , or ]")

    def members(self) -> Iterator[str]:
        """The names of the object that begins here. Whoever iterates reads the value before going on."""
        if not self.take("{"):
            raise self.wrong("expected an object")
        if self.take("}"):
            return
        while True:
            name = self.value()
            if not isinstance(name, str) or not self.take(":"):
                raise self.wrong('expected a name in quotes and ":"')
            yield name
            if self.take("}"):
                return
            if not self.take(","):
                raise self.wrong("expected , or }")

    def wrong(self, message: str) -> TraceError:
        """An error at the position."""
        found = shortened(self.text[self.position : self.position + 31].split("\n", 1)[0], 30)
        return TraceError(Place(self.file, self.line), f"{message}, found {found}")

    def _skip_space(self) -> None:
        space = _SPACE.match(self.text, self.position)
        assert space is not None  # it matches nothing, too
        self.position = space.end()
