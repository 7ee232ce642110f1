"""Where is a piece of text? A source file, spans of offsets in it, and the lines and columns people read.

Nothing here knows what the text means; every later stage points back into it.
"""

from bisect import bisect_right
from dataclasses import field
from functools import lru_cache
from pathlib import Path

from dscheck.record import record


@record
class Span:
    """Half-open range of character offsets `[start, end)` in one source file."""

    start: int
    end: int

    def __lt__(self, other: "Span") -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def to(self, other: "Span") -> "Span":
        """The smallest span that covers this one and `other`."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@record
class SourceFile:
    """The text of one spec.

    Attributes:
        path: the name to show (a path, or `<text>`).
        text: the characters, with every line end turned into a newline.
    """

    path: str
    text: str = field(repr=False)

    @staticmethod
    def read(path: Path) -> "SourceFile":
        """Read `path` as UTF-8.

        Raises:
            OSError: the file cannot be read.
            UnicodeDecodeError: its bytes are not UTF-8.
        """
        return SourceFile.of_bytes(str(path), path.read_bytes())

    @staticmethod
    def of_bytes(path: str, data: bytes) -> "SourceFile":
        """Decode `data`, dropping a byte-order mark and normalising line ends.

        Raises:
            UnicodeDecodeError: `data` is not UTF-8.
        """
        text = data.decode("utf-8").removeprefix("\ufeff")
        return SourceFile(path, text.replace("\r\n", "\n").replace("\r", "\n"))

    @property
    def line_starts(self) -> tuple[int, ...]:
        """Offset of the first character of each line."""
        return _line_starts(self.text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, both counted from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def slice(self, span: Span) -> str:
        """The characters of `span`."""
        return self.text[span.start : span.end]


@lru_cache(maxsize=8)
def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(offset + 1 for offset, character in enumerate(text) if character == "\n"))
