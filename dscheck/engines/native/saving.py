"""How is a paused search kept in files, and how does another process go on with it?

    FOLDER/state.json      which files, how much of each, with checksums; and what has to be the same to go on
    FOLDER/PART.NUMBER     the bytes of one part of the search

Files only grow: a level adds what is new at their ends, and `state.json` is replaced when that is on the disk. So what
the old `state.json` tells of is untouched whenever the process ends. A part that has been written several times over
goes to a new file.
"""

import mmap
import os
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from dscheck.engines.checkpoints import read_whole, sync_folder, told, write_whole
from dscheck.engines.native.library import Buffer, Part, Search
from dscheck.engines.native.preparing import Prepared, prepare_with
from dscheck.engines.native.widths import as_texts
from dscheck.engines.refusals import CheckpointError
from dscheck.explore.questions import Questions
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.options import NativeOptions
from dscheck.record import record
from dscheck.version import version

FORMAT = 1
STATE = "state.json"
_PIECE = 1 << 24  # bytes written, or checked, at once
_MOST_WASTE = 3  # a file may be so many times as long as what it stands for
_LONGEST_PAUSE = 1.0  # seconds of work that may be lost where levels are shorter than it takes to save them


@record
class _Segment:
    """Items that stand together in a file, after the segment before."""

    first: int
    items: int
    checksum: int


@dataclass(slots=True)
class _Kept:
    """One part of the search in one file; where segments overlap, the later one is right."""

    file: str
    bytes_per_item: int
    items: int = 0
    segments: list[_Segment] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return self.bytes_per_item * sum(segment.items for segment in self.segments)

    @property
    def plain(self) -> bool:
        """Does the file have the items in their order, each once?"""
        end = 0
        for segment in self.segments:
            if segment.first != end:
                return False
            end += segment.items
        return end == self.items


class Saving:
    """The checkpoints of one search, or none if none are wanted.

    Attributes:
        folder: where they are; None when none are wanted.
        restored: does the search go on from one?
        seconds_before: time that earlier processes took for it.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.restored = False
        self.seconds_before = 0.0
        self._kept: dict[str, _Kept] = {}
        self._known: dict[str, Any] | None = None
        self._identity: dict[str, Any] = {}
        self._number = 0  # of the files
        self._last_end = self._last_took = 0.0

    @staticmethod
    @contextmanager
    def into(folder: Path | None) -> "Iterator[Saving]":
        """The checkpoints in `folder`, with what an earlier process left there.

        Raises:
            CheckpointError: that cannot be read.
        """
        saving = Saving(folder)
        if folder is not None and (folder / STATE).exists():
            saving._known = read_whole(folder / STATE, FORMAT)
        yield saving

    @property
    def wanted(self) -> bool:
        """Are checkpoints to be kept?"""
        return self.folder is not None

    # --- going on ---------------------------------------------------------------------------------------------

    def plan(self, system: System, questions: Questions, initial: Sequence[State]) -> Prepared | None:
        """The model of the search that is kept; None when none is.

        Raises:
            Refused: it cannot be packed any more.
        """
        if self._known is None:
            return None
        widths = self._known.get("widths")
        return prepare_with(system, questions, initial, widths if isinstance(widths, dict) else {})

    def begin(self, plan: Prepared, search: Search, options: NativeOptions) -> None:
        """Get ready to save `search`, which has not begun, after filling it with what is kept.

        Raises:
            CheckpointError: what is kept is damaged, or belongs to another search.
        """
        if self.folder is None:
            return
        self._identity = {
            "model": blake2b(plan.text.encode(), digest_size=16).hexdigest(),
            "store": options.store,
            "widths": as_texts(plan.packing.codings),
        }
        known = self._known
        if known is None:
            return
        if {key: known.get(key) for key in self._identity} != self._identity:
            raise CheckpointError(f"{self.folder} was kept for another spec, another store or by another dscheck")
        try:
            self._number, self.seconds_before = int(known["number"]), float(known["seconds"])
            self._kept = {name: _kept(each) for name, each in known["parts"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise CheckpointError(f"{self.folder / STATE} is damaged") from problem
        with told(self.folder):
            parts = [self._part(name, kept) for name, kept in self._kept.items()]
        if not search.restore(parts):
            raise CheckpointError(f"{self.folder} does not fit this search, or not into the memory limit")
        self.restored = True

    def forget(self) -> None:
        """What is kept has become useless: the search starts again with other widths."""
        self.restored = False
        self._known = None
        self._kept = {}
        if self.folder is not None:
            with told(self.folder):
                (self.folder / STATE).unlink(missing_ok=True)
                self._remove_others()

    def _part(self, name: str, kept: _Kept) -> Part:
        """The bytes that are kept, as one array.

        Raises:
            CheckpointError: they are damaged.
        """
        assert self.folder is not None
        path = self.folder / kept.file
        data: Buffer = b""
        if kept.length:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < kept.length:
                    raise CheckpointError(f"{path} is damaged: it is too short")
                data = mmap.mmap(file.fileno(), kept.length, access=mmap.ACCESS_COPY)
            _check(path, kept, data)
        if not kept.plain:
            data = self._in_order(name, kept, data)
        return Part(name, kept.bytes_per_item, kept.items, 0, data)

    def _in_order(self, name: str, kept: _Kept, data: Buffer) -> Buffer:
        """The same items in their order, in a file of their own: there may be more of them than memory for two."""
        assert self.folder is not None
        width, view = kept.bytes_per_item, memoryview(data)
        path = self.folder / f"{name}.order"
        with path.open("w+b") as file:
            path.unlink()  # it goes away with the mapping
            file.truncate(width * kept.items)
            at = 0
            for segment in kept.segments:
                end = at + width * segment.items
                _write_at(file.fileno(), view[at:end], width * segment.first)
                at = end
            return mmap.mmap(file.fileno(), width * kept.items, access=mmap.ACCESS_COPY)

    # --- saving ---------------------------------------------------------------------------------------------

    def save(self, search: Search, seconds: float) -> None:
        """Keep a search that is paused between two levels.

        Args:
            search: the search.
            seconds: that it took so far.

        Raises:
            CheckpointError: it cannot be written; what was kept before still is.
        """
        if self.folder is None or time.monotonic() - self._last_end < min(_LONGEST_PAUSE, 4 * self._last_took):
            return
        begun = time.monotonic()
        parts = search.parts()
        if not parts:
            raise CheckpointError("this search cannot be kept: a store of fingerprints cannot judge bounds again")
        self._number += 1
        try:
            with told(self.folder):
                self._write_all(search, parts, seconds)
        except CheckpointError:
            with suppress(OSError):
                self._remove_others()  # half of what would have been kept takes room, most likely where none is left
            raise
        self._last_end = time.monotonic()
        self._last_took = self._last_end - begun

    def _write_all(self, search: Search, parts: Sequence[Part], seconds: float) -> None:
        assert self.folder is not None
        report = search.report()
        kept = {part.name: self._write(part) for part in parts}
        sync_folder(self.folder)
        document = {
            "dscheck": version(),
            "format": FORMAT,
            **self._identity,
            "seconds": seconds,
            "number": self._number,
            "states": report.states,
            "transitions": report.transitions,
            "depth": report.depth,
            "parts": {name: _document(each) for name, each in kept.items()},
        }
        write_whole(self.folder / STATE, document)
        self._kept = kept
        self._remove_others()

    def _write(self, part: Part) -> _Kept:
        """Add what is new of a part to its file, or write it to a new one."""
        assert self.folder is not None
        before = self._kept.get(part.name)
        width, view = part.bytes_per_item, memoryview(part.data)
        first = min(part.kept_from, part.items, before.items if before else 0)
        most = _MOST_WASTE * width * part.items
        if before and first and width > 1 and before.length + width * (part.items - first) <= most:
            kept = _Kept(before.file, width, segments=list(before.segments))
        else:
            kept, first = _Kept(f"{part.name}.{self._number}", width), 0
        new = view[width * first : width * part.items]
        handle = os.open(self.folder / kept.file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            checksum = _write_at(handle, new, kept.length)
            os.fsync(handle)
        finally:
            os.close(handle)
        kept.segments.append(_Segment(first, part.items - first, checksum))
        kept.items = part.items
        return kept

    def _remove_others(self) -> None:
        """Files that `state.json` does not tell of any more."""
        assert self.folder is not None
        files = {STATE, *(kept.file for kept in self._kept.values())}
        for path in self.folder.iterdir():
            if path.name not in files and path.is_file():
                path.unlink()


def _write_at(handle: int, data: memoryview, offset: int) -> int:
    """Write all of `data` there; its checksum."""
    checksum = 0
    for at in range(0, len(data), _PIECE):
        piece = data[at : at + _PIECE]
        checksum = zlib.crc32(piece, checksum)
        written = 0
        while written < len(piece):
            written += os.pwrite(handle, piece[written:], offset + at + written)
    return checksum


def _check(path: Path, kept: _Kept, data: Buffer) -> None:
    view, at = memoryview(data), 0
    for segment in kept.segments:
        end = at + kept.bytes_per_item * segment.items
        checksum = 0
        for piece in range(at, end, _PIECE):
            checksum = zlib.crc32(view[piece : min(piece + _PIECE, end)], checksum)
        if checksum != segment.checksum:
            raise CheckpointError(f"{path} is damaged: its bytes are not those that were written")
        at = end


def _document(kept: _Kept) -> dict[str, Any]:
    segments = [[segment.first, segment.items, segment.checksum] for segment in kept.segments]
    return {"file": kept.file, "width": kept.bytes_per_item, "items": kept.items, "segments": segments}


def _kept(document: dict[str, Any]) -> _Kept:
    segments = [_Segment(*map(int, each)) for each in document["segments"]]
    return _Kept(str(document["file"]), int(document["width"]), int(document["items"]), segments)
