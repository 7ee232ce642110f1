"""What does a folder of checkpoints hold? The command that is answered, and a folder for each of its checks.

    DIR/lock           locked by the process that works in DIR
    DIR/command.json   the specs, and how they are to be checked
    DIR/01-02-NAME/    what was found so far of check 2 of spec 1, kept by the engine

Files are written under another name first and then renamed: whatever ends the process, a file is whole or not there.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dscheck.diagnostics import Diagnostic
from dscheck.engines.refusals import CheckpointError
from dscheck.options import CheckOptions, NativeOptions
from dscheck.source import SourceFile
from dscheck.version import version

# A spec, or the name of a file that cannot be read and why.
Found = SourceFile | tuple[str, Diagnostic]

FORMAT = 1
COMMAND = "command.json"
LOCK = "lock"


@dataclass
class CheckpointFolder:
    """A folder that this process has for itself.

    Attributes:
        path: where it is.
        command: what is to be answered: JSON values.
        written: is the command in the folder? It comes there with the first check, so that a command that cannot be
            asked leaves nothing to resume.
    """

    path: Path
    command: Mapping[str, Any]
    written: bool = False

    def of_check(self, spec: int, check: int, name: str) -> Path:
        """The folder of one check, by the numbers of spec and check.

        Raises:
            CheckpointError: it cannot be made.
        """
        folder = self.path / f"{spec:02}-{check:02}-{re.sub(r'[^A-Za-z0-9_.=-]+', '_', name)[:60]}"
        with told(self.path):
            if not self.written:
                write_whole(self.path / COMMAND, {"dscheck": version(), "format": FORMAT, **self.command})
                self.written = True
            folder.mkdir(exist_ok=True)
        return folder


@contextmanager
def new_folder(path: Path, command: Mapping[str, Any]) -> Iterator[CheckpointFolder]:
    """A folder to keep the checkpoints of `command` in; it is made if it is not there.

    Raises:
        CheckpointError: it cannot be used, or is in use already.
    """
    if path.exists() and not path.is_dir():
        raise CheckpointError(f"{path} is no folder")
    with told(path):
        path.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        if (path / COMMAND).exists():
            raise CheckpointError(f"{path} holds checkpoints already: `dscheck resume {path}` goes on with them")
        if any(each.name != LOCK for each in path.iterdir()):
            raise CheckpointError(f"{path} is not empty: name a folder that is, or one that is not there yet")
        yield CheckpointFolder(path, command)


@contextmanager
def known_folder(path: Path) -> Iterator[CheckpointFolder]:
    """A folder that an earlier process kept checkpoints in.

    Raises:
        CheckpointError: it is none, is in use, or was made by another version.
    """
    if not (path / COMMAND).is_file():
        raise CheckpointError(f"{path} holds no checkpoints: there is no {COMMAND} in it")
    with _locked(path):
        yield CheckpointFolder(path, read_whole(path / COMMAND, FORMAT), written=True)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Tells of what the system refuses in the folder `path`.

    Raises:
        CheckpointError: instead of the OSError.
    """
    try:
        yield
    except OSError as problem:
        why = (problem.strerror or str(problem)).lower()
        raise CheckpointError(f"the checkpoint in {path} cannot be used: {why}") from problem


def write_whole(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON document that is there as a whole or not at all, also after a power cut."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names that were given to files in a folder last."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some file systems do not offer it, and do not need it
            os.fsync(handle)
    finally:
        os.close(handle)


def read_whole(path: Path, form: int) -> dict[str, Any]:
    """A document that `write_whole` wrote.

    Args:
        path: of the document.
        form: the format that we understand.

    Raises:
        CheckpointError: it cannot be read, is damaged, or is from another version of dscheck.
    """
    with told(path.parent):
        text = path.read_bytes()
    try:
        document = json.loads(text)
        made_by, found = document["dscheck"], document["format"]
    except (ValueError, KeyError, TypeError) as problem:
        raise CheckpointError(f"{path} is damaged: it is no document of dscheck") from problem
    if (made_by, found) != (version(), form):
        raise CheckpointError(f"{path} was written by dscheck {made_by}, and this is dscheck {version()}")
    assert isinstance(document, dict)
    return document


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else works in the folder meanwhile; the lock ends with the process, however it ends."""
    with told(path):
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckpointError(f"{path} is in use by another process") from None
        except OSError as problem:
            raise CheckpointError(f"{path} cannot be locked: {(problem.strerror or '').lower()}") from problem
        yield
    finally:
        os.close(handle)


# --- the command ---------------------------------------------------------------------------------------------


def command_of(found: Sequence[Found], options: CheckOptions) -> dict[str, Any]:
    """What has to be kept of a command: the specs as they are now, and how they are to be checked, without limits."""
    return {
        "specs": [_spec(each) for each in found],
        "checks": list(options.checks),
        "constants": dict(options.constants),
        "workers": options.native.workers,
        "store": options.native.store,
    }


def _spec(found: Found) -> dict[str, str]:
    if isinstance(found, SourceFile):
        return {"path": found.path, "text": found.text}
    path, diagnostic = found
    return {"path": path, "problem": diagnostic.message, "help": diagnostic.help}


def sources_of(folder: CheckpointFolder) -> list[Found]:
    """The specs of the command.

    Raises:
        CheckpointError: the document is damaged.
    """
    with _damage_told(folder):
        return [
            SourceFile(each["path"], each["text"])
            if "text" in each
            else (each["path"], Diagnostic("", each["problem"], help=each["help"]))
            for each in folder.command["specs"]
        ]


def options_of(folder: CheckpointFolder, now: CheckOptions) -> CheckOptions:
    """The options of the command, but for its limits: one that ended the search would end it at once again.

    Args:
        folder: has the command.
        now: has the limits; workers that are given now come first.

    Raises:
        CheckpointError: the document is damaged.
    """
    with _damage_told(folder):
        command = folder.command
        return CheckOptions(
            checks=tuple(command["checks"]),
            constants=dict(command["constants"]),
            engine="native",
            limits=now.limits,
            native=NativeOptions(
                workers=now.native.workers or command["workers"], store=command["store"], checkpoint=folder.path
            ),
        )


@contextmanager
def _damage_told(folder: CheckpointFolder) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise CheckpointError(f"{folder.path / COMMAND} is damaged") from problem
