"""Was this very question answered with green before? Verdicts in pytest's cache, named by what they depend on.

A verdict depends on the text that was asked about, on the settings that were asked for, and on the program that
answered. It is named by the digest of all of these, so nothing has to be invalidated. Only green verdicts are kept:
a red one has a run to show, which is found again.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from dscheck.version import version

MOST_KEPT = 5_000
_DIGEST_BYTES = 20


class GreenVerdicts:
    """The green verdicts in a folder, which several processes may share."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which exists."""
        self._folder = folder

    @contextmanager
    def asking(self, key: str) -> Iterator[Mapping[str, Any] | None]:
        """The verdict of that name, or None where there is none; while the block runs, nobody else asks the same.

        So of several processes that want one verdict, one explores and the others wait for what it keeps.

        Args:
            key: made by `name_of`.
        """
        with _locked(self._folder / f"{key}.lock"):
            yield self._found(key)

    def keep(self, key: str, told: Mapping[str, Any]) -> None:
        """Keep a green verdict.

        Args:
            key: made by `name_of`.
            told: what to tell of it: JSON values.
        """
        path = self._folder / f"{key}.json"
        being_written = path.with_suffix(f".{os.getpid()}")
        being_written.write_text(json.dumps({**told, "when": time.strftime("%Y-%m-%d %H:%M")}), "utf-8")
        being_written.replace(path)  # half a verdict is never read

    def trim(self) -> None:
        """Drop the oldest verdicts where there are too many."""
        kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in kept[: max(0, len(kept) - MOST_KEPT)]:
            path.unlink(missing_ok=True)
            path.with_suffix(".lock").unlink(missing_ok=True)

    def _found(self, key: str) -> Mapping[str, Any] | None:
        try:
            told = json.loads((self._folder / f"{key}.json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return told if isinstance(told, dict) else None


def name_of(text: bytes, asked: Mapping[str, object]) -> str:
    """The name of a verdict: a digest of everything that it depends on.

    Args:
        text: what was asked about: the bytes of all files.
        asked: the settings of the question, by name.
    """
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for part in (version(), _program(), repr(sorted(asked.items())), text):
        data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


@cache
def _program() -> str:
    """Which program answers: while dscheck itself is worked on, its version says too little."""
    folder = Path(__file__).parents[1]
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".lark", ".h", ".c"}]
    stamps = [(path.relative_to(folder).as_posix(), (seen := path.stat()).st_size, seen.st_mtime_ns) for path in files]
    return f"{sys.version} {stamps}"


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _locked(path: Path) -> Iterator[None]:
        with path.open("ab") as file:
            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    continue
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def _locked(path: Path) -> Iterator[None]:
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # it ends with the process, however that ends
            yield
