"""Where do the lines of a trace come from: a file, a compressed file, standard input, a text in memory?

All of them become blocks of bytes, and blocks become numbered lines. No more than a block is held, so that a trace
that is larger than memory can be read line by line.
"""

import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place

STANDARD_INPUT = "-"
_BLOCK = 1 << 20
_HEAD = 1 << 16
_LONGEST_FIRST_LINE = 1 << 22  # a header may have the initial values of many variables
_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Source:
    """The text of one trace file. It can be read once, by `lines` or by `text`.

    Attributes:
        name: the file, as given; `-` for standard input.
        head: the first characters, by which the format is recognised.
    """

    def __init__(self, name: str, blocks: Iterable[bytes]) -> None:
        self.name = name
        rest = _decompressed(name, _without_empty(blocks))
        first: list[bytes] = []
        held, whole_line = 0, False
        while held < _HEAD or (not whole_line and held < _LONGEST_FIRST_LINE):
            block = next(rest, None)
            if block is None:
                break
            first.append(block)
            held += len(block)
            whole_line = whole_line or b"\n" in block
        beginning = b"".join(first)
        if beginning.startswith(_UTF_16):
            raise TraceError(Place(name, 1), "the file is UTF-16", "convert it: iconv -f utf-16 -t utf-8")
        beginning = beginning.removeprefix(_BYTE_ORDER_MARK)
        head = max(_HEAD, beginning.find(b"\n", 0, _LONGEST_FIRST_LINE) + 1)
        self.head = beginning[:head].decode("utf-8", "replace").replace("\r\n", "\n")
        self._blocks: Iterator[bytes] = chain([beginning], rest)

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines with their numbers, from 1, without line ends (`\\n` or `\\r\\n`)."""
        number = 0
        for block in _whole_lines(self._blocks):
            text = self._decoded(block, number)
            if "\r" in text:
                text = text.replace("\r\n", "\n")
            for line in text.split("\n"):
                number += 1
                yield number, line

    def text(self) -> str:
        """All of it, line ends as `\\n`."""
        return self._decoded(b"".join(self._blocks), 0).replace("\r\n", "\n")

    def _decoded(self, block: bytes, lines_before: int) -> str:
        try:
            return block.decode("utf-8")
        except UnicodeDecodeError as error:
            line = lines_before + block.count(b"\n", 0, error.start) + 1
            column = error.start - block.rfind(b"\n", 0, error.start)
            raise TraceError(
                Place(self.name, line),
                f"byte {column} of the line is 0x{block[error.start]:02x}, which is not UTF-8",
                "convert it: iconv -f latin1 -t utf-8",
            ) from None


def open_source(path: str) -> Source:
    """The file at `path`, plain or compressed with gzip; `-` is standard input."""
    blocks = _blocks_of_standard_input() if path == STANDARD_INPUT else _blocks_of_file(path)
    return Source(path, blocks)


def source_of(text: str | bytes, name: str = "text") -> Source:
    """A text in memory."""
    return Source(name, [text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text])


def _blocks_of_file(path: str) -> Iterator[bytes]:
    try:
        with Path(path).open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError as error:
        raise TraceError(Place(path, 0), f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a path with a zero byte in it
        raise TraceError(Place(path, 0), f"cannot be read: {error}") from None


def _blocks_of_standard_input() -> Iterator[bytes]:
    # `os.read` returns what has come so far, so that a log that is still being written is read as it grows.
    while block := os.read(sys.stdin.fileno(), _BLOCK):
        yield block


def _without_empty(blocks: Iterable[bytes]) -> Iterator[bytes]:
    return (block for block in blocks if block)


def _decompressed(name: str, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, decompressed if they begin as gzip does; several members follow each other as in `cat a.gz b.gz`."""
    start = b""
    while len(start) < len(_GZIP) and (block := next(blocks, None)) is not None:
        start += block
    blocks = chain([start], blocks) if start else blocks
    if not start.startswith(_GZIP):
        yield from blocks
        return
    member = zlib.decompressobj(wbits=31)
    try:
        for block in blocks:
            left = block
            while left:
                if member.eof:
                    left = left.lstrip(b"\0")  # with which tapes and disks fill up their blocks
                    if not left:
                        break
                    member = zlib.decompressobj(wbits=31)
                if plain := member.decompress(left):
                    yield plain
                left = member.unused_data
    except zlib.error as error:
        raise TraceError(Place(name, 0), f"the compressed data is damaged: {error}") from None
    if not member.eof:
        raise TraceError(Place(name, 0), "the compressed data ends in the middle", "was it copied while being written?")


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks that end where a line does, without that last line end."""
    held: list[bytes] = []
    for block in blocks:
        end = block.rfind(b"\n")
        if end < 0:
            held.append(block)
            continue
        held.append(block[:end])
        yield b"".join(held).removesuffix(b"\r")  # of the line end that is left out
        held = [block[end + 1 :]]
    last = b"".join(held)
    if last:
        yield last
