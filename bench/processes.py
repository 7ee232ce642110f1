"""What does a program cost? Its CPU seconds, its time on the clock and its peak of memory, children included."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ProgramFailed(Exception):
    """A program ended otherwise than expected; says how, with the end of what it printed."""


@dataclass(frozen=True)
class Cost:
    """One run of a program.

    Attributes:
        cpu: seconds, of user and system.
        wall: seconds.
        peak: resident bytes, of the largest process.
        output: what it printed.
        errors: what it printed on standard error, such as progress.
        status: how it exited.
    """

    cpu: float
    wall: float
    peak: int
    output: str
    errors: str
    status: int

    def end(self) -> str:
        """How it ended, for people."""
        return f"exit {self.status}: {self.output[-300:].strip()} {self.errors[-300:].strip()}"


def measured(
    command: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run `command` to its end.

    The kernel's account of the process and of those it waited for is read when it ends (wait4), so that nothing of the
    measuring process is in it, and no peak is missed between two looks.
    """
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=complaints,
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # it was waited for behind its back
        texts = []
        for file in (printed, complaints):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    return Cost(cpu, wall, peak, texts[0], texts[1], process.returncode)


def completed(command: Sequence[str | Path], folder: Path | None = None) -> Cost:
    """The same for a program that has to succeed.

    Raises:
        ProgramFailed: it did not.
    """
    cost = measured(command, folder)
    if cost.status != 0:
        raise ProgramFailed(f"{Path(command[0]).name}: {cost.end()}")
    return cost
