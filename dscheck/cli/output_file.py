"""Where does `-o FILE` go? To a neighbour of FILE first: an interrupted run leaves the old answer whole."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dscheck.record import record


@record
class OutputFile:
    """A file that was found writable before there was anything to write.

    Attributes:
        path: where the text belongs in the end.
        draft: where it is written first; the same as `path` for a device such as `/dev/null`.
    """

    path: Path
    draft: Path

    @staticmethod
    @contextmanager
    def open(name: str | None) -> "Iterator[OutputFile | None]":
        """Make sure that `name` can be written; leaves no draft behind.

        Args:
            name: a path, or None for no file at all.

        Raises:
            click.UsageError: it cannot be written.
        """
        if name is None:
            yield None
            return
        path = Path(name)
        if path.is_dir():
            raise click.UsageError(f"cannot write to {name}: it is a directory")
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced, and needs no draft
            yield OutputFile(path, path)
            return
        path = path.resolve()  # through a link, so that the link stays
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            if path.exists() and not os.access(path, os.W_OK):
                raise PermissionError("permission denied")
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except OSError as error:
            raise click.UsageError(f"cannot write to {name}: {(error.strerror or str(error)).lower()}") from error
        try:
            yield OutputFile(path, draft)
        finally:
            draft.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        """Write the whole text and put it in place.

        Raises:
            click.ClickException: the disk is full, or the like.
        """
        try:
            self.draft.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            if self.draft != self.path:
                if self.path.exists():
                    self.draft.chmod(stat.S_IMODE(self.path.stat().st_mode))
                self.draft.replace(self.path)
        except OSError as error:
            raise click.ClickException(
                f"cannot write to {self.path}: {(error.strerror or str(error)).lower()}"
            ) from error
