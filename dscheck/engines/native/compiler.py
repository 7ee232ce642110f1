"""Which C compiler is there, and how does it run without doing harm?

No shell, nothing to read from, nothing written outside the folder it is given, and an end to its time. Whoever is
interrupted meanwhile leaves no compiler behind.
"""

import importlib.util
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from dscheck.explore.cores import usable_cores
from dscheck.explore.limits import default_memory_limit, resident_bytes
from dscheck.record import record

NAMES = ("cc", "gcc", "clang")
SECONDS = 120.0  # the largest generated text takes a few; a compiler that needs longer waits for something
_MOST_OUTPUT = 64 * 1024
_BYTES_OF_A_COMPILER = 64 * 10**6  # gcc takes up to 40 MB for a file of the runtime
_MOST_CHARACTERS = 240  # of output, in a sentence

# With these set, gcc writes a file of dependencies wherever they say.
_NOT_INHERITED = ("DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES")


class CompilerProblem(Exception):
    """No native code could be had; the message is one sentence without its full stop that says why."""


@record
class Compiler:
    """A C compiler that is there.

    Attributes:
        command: program and first arguments, to which those of one compilation are added.
        name: as people know it, for sentences.
        identity: text that changes when another compiler is installed in its place.
    """

    command: tuple[str, ...]
    name: str
    identity: str


@record
class Outcome:
    """How one run of a program ended.

    Attributes:
        status: its exit status; minus the number of the signal that ended it; None when its time was over.
        output: the beginning of what it printed.
    """

    status: int | None
    output: str


def find_compiler() -> Compiler:
    """`$CC` (a program, perhaps with arguments), else cc, gcc, clang, else the one in the package `ziglang`.

    The answer is the same for the whole process, as long as `$CC` and `$PATH` are.

    Raises:
        CompilerProblem: there is none, or `$CC` names none.
    """
    return _find(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath))


@cache
def _find(cc: str, path: str) -> Compiler:
    if cc.strip():
        return _named_by_variable(cc, path)
    for name in NAMES:
        program = shutil.which(name, path=path)
        if program:
            return Compiler((program,), name, _identity((program,), path))
    package = importlib.util.find_spec("ziglang")
    if package and package.origin:
        command = (sys.executable, "-m", "ziglang", "cc")
        return Compiler(command, "ziglang", f"{command} {_file_identity(package.origin)}")
    raise CompilerProblem(
        "no C compiler was found: $CC is not set, neither cc, gcc nor clang is in $PATH, and the package ziglang "
        "is not installed (`pip install 'dscheck[cc]'`)"
    )


def _named_by_variable(cc: str, path: str) -> Compiler:
    try:
        words = shlex.split(cc)
    except ValueError as error:
        raise CompilerProblem(f"$CC is `{cc}`, which is no command: {error}") from None
    program = shutil.which(words[0], path=path) if words else None
    if program is None:
        raise CompilerProblem(f"$CC is `{cc}`, but no such program is in $PATH")
    program = str(Path(program).absolute())  # it runs in another folder than this one
    command = (program, *words[1:])
    return Compiler(command, cc.strip(), _identity(command, path))


def _identity(command: Sequence[str], path: str) -> str:
    """The command, and which files its words are: in `ccache gcc` it is the second that counts."""
    files = [program for program in (shutil.which(word, path=path) for word in command) if program]
    return " ".join([*command, *map(_file_identity, files)])


def _file_identity(file: str) -> str:
    """Size and time say as much as a version would, and asking for that costs a process each time."""
    try:
        real = Path(file).resolve()
        status = real.stat()
    except OSError:
        return file
    return f"{real} {status.st_size} {status.st_mtime_ns}"


def version_line(compiler: Compiler, work: Path, environment: Mapping[str, str], seconds: float = 10.0) -> str:
    """The first line that the compiler prints about itself, or why there is none; arguments as for the next."""
    outcomes = _run_together([[*compiler.command, "--version"]], _environment(work, environment), work, seconds)
    lines = outcomes[0].output.strip().splitlines()
    if outcomes[0].status == 0 and lines:
        return lines[0]
    return problem_of(compiler, outcomes[0], seconds) or "it tells no version"


def compile_together(
    compiler: Compiler,
    arguments: Sequence[Sequence[str]],
    work: Path,
    environment: Mapping[str, str],
    seconds: float | None = None,
) -> None:
    """Run the compiler once per entry of `arguments`, several at the same time, and wait for all of them.

    Args:
        compiler: which.
        arguments: for each run.
        work: a folder to run in, with room for temporary files.
        environment: variables to set in addition.
        seconds: in which all must be done; None, or more than `SECONDS`, for those.

    Raises:
        CompilerProblem: it cannot be started, fails, or takes too long.
    """
    limit = SECONDS if seconds is None else min(seconds, SECONDS)
    commands = [[*compiler.command, *each] for each in arguments]
    for outcome in _run_together(commands, _environment(work, environment), work, limit):
        problem = problem_of(compiler, outcome, limit)
        if problem:
            raise CompilerProblem(problem.replace(f"{work}{os.sep}", ""))


def problem_of(compiler: Compiler, outcome: Outcome, seconds: float) -> str:
    """A sentence about a run that went wrong; empty for one that did not."""
    if outcome.status is None:
        return f"the C compiler `{compiler.name}` was ended after {seconds:.3g} seconds without an answer"
    if outcome.status == 0:
        return ""
    said = _telling_line(outcome.output)
    if outcome.status < 0:
        name = signal.Signals(-outcome.status).name if -outcome.status in signal.valid_signals() else "a signal"
        said = said or ("the system may be out of memory" if name == "SIGKILL" else "it printed nothing")
        return f"the C compiler `{compiler.name}` was ended by {name}: {said}"
    said = said or "it printed nothing"
    return f"the C compiler `{compiler.name}` failed with exit status {outcome.status}: {said}"


def _telling_line(output: str) -> str:
    """The line to show: gcc first says in which function it is, and only then what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("error", "No space", "Permission", "quota"))]
    chosen = (telling or lines or [""])[0]
    printable = "".join(character if character.isprintable() else "?" for character in chosen)
    return printable if len(printable) <= _MOST_CHARACTERS else printable[: _MOST_CHARACTERS - 1] + "…"


def _environment(work: Path, more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    temporary = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(work))
    return kept | {"LC_ALL": "C", "CCACHE_DISABLE": "1"} | temporary | dict(more)


def _run_together(
    commands: Sequence[Sequence[str]], environment: Mapping[str, str], folder: Path, seconds: float
) -> list[Outcome]:
    """Run all commands, several at once; the time is over for all of them at the same moment.

    Each is the head of a process group of its own: a compiler is several processes, and all have to end with it.
    """
    end = time.monotonic() + seconds
    outcomes, printed = [Outcome(None, "")] * len(commands), [bytearray() for _ in commands]
    waiting, running, most = list(range(len(commands)))[::-1], dict[int, subprocess.Popen[bytes]](), _at_once()
    try:
        with selectors.DefaultSelector() as selector:
            while (waiting or running) and (left := end - time.monotonic()) > 0:
                while waiting and len(running) < most:
                    number = waiting.pop()
                    process = running[number] = _started(commands[number], environment, folder)
                    assert process.stdout is not None
                    selector.register(process.stdout, selectors.EVENT_READ, number)
                for key, _ in selector.select(left):
                    number, piece = key.data, os.read(key.fd, _MOST_OUTPUT)
                    # The rest is dropped: a compiler that prints without end must fill neither a pipe nor the memory.
                    printed[number] += piece[: _MOST_OUTPUT - len(printed[number])]
                    if not piece:
                        selector.unregister(key.fileobj)
                        outcomes[number] = _outcome(running[number], printed[number], end)
                        _end(running.pop(number))
        return outcomes
    except OSError as error:
        raise CompilerProblem(f"the C compiler `{commands[0][0]}` cannot be started: {error.strerror}") from None
    finally:
        for process in running.values():
            _end(process)


def _at_once() -> int:
    """How many compilers may run at the same time: one per core, and in a small container as many as have room."""
    room = default_memory_limit() - resident_bytes()
    return max(1, min(usable_cores(), room // _BYTES_OF_A_COMPILER))


def _started(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    # Not through a `with`: leaving that would wait for a compiler that hangs.
    process = subprocess.Popen(  # noqa: S603 - the user's own compiler, and no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=environment,
        process_group=0,
    )
    # Without memory the system is to end the compiler and not us: then the reference goes on. Only Linux has this.
    with suppress(OSError):
        Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
    return process


def _outcome(process: subprocess.Popen[bytes], printed: bytearray, end: float) -> Outcome:
    """That of a process that closed its output, and ends by itself or at the moment `end`."""
    status = None
    with suppress(subprocess.TimeoutExpired):
        status = process.wait(max(0.0, end - time.monotonic()))
    return Outcome(status, printed.decode("utf-8", "replace"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started, if it has not ended by itself."""
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
