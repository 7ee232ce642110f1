"""Where are compiled libraries kept, and how does one come to be there?

The folder holds code that will be run, so nobody else may write to it. A library is named by what it was made from
and by what is in it: several processes may share the folder, and half a file, however it came about, is never loaded.
"""

import atexit
import ctypes
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

from dscheck.engines.native.compiler import Compiler, CompilerProblem, compile_together, find_compiler
from dscheck.record import record

MOST_BYTES = 200 * 10**6
MOST_FILES = 500
YOUNG = 24 * 3600.0  # seconds; what is younger may be in use by a process that is just starting
_TRIMMED = (".so", ".widths")
_FORMAT = "1"  # changes when libraries of earlier versions of this module must not be found


@record
class Place:
    """The folder of compiled libraries.

    Attributes:
        folder: of this user alone.
        remark: a sentence without its full stop that says why this is not the usual folder; empty when it is.
    """

    folder: Path
    remark: str = ""


@record
class Recipe:
    """What a library is made from.

    Attributes:
        name: of the library, for people who look into the folder.
        sources: names and texts of the C files to compile.
        headers: names and texts of what they include.
        flags: for the compiler.
    """

    name: str
    sources: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]


def libraries(recipes: Sequence[Recipe], seconds: float | None = None) -> list[ctypes.CDLL]:
    """The loaded libraries; those not compiled before are compiled now, together.

    Args:
        recipes: what to make.
        seconds: in which each run of the compiler must be done; None for as long as it may take.

    Raises:
        CompilerProblem: there is no compiler, it fails, or what it made cannot be written or loaded.
    """
    compiler = find_compiler()
    folder = place().folder
    keys = [_key(recipe, compiler) for recipe in recipes]
    loaded = [_load_kept(folder, key) for key in keys]
    missing = [number for number, library in enumerate(loaded) if library is None]
    if missing:
        paths = _build(folder, compiler, [(keys[number], recipes[number]) for number in missing], seconds)
        for number, path in zip(missing, paths, strict=True):
            loaded[number] = _load_new(path, compiler)
        trim(folder)
    return [library for library in loaded if library is not None]


# --- the folder -------------------------------------------------------------------------------------------------------


def place() -> Place:
    """The folder of compiled libraries, made if need be: the user's, or one for this process if that cannot be used.

    Raises:
        CompilerProblem: there is no folder at all that can be written to.
    """
    names = ("DSCHECK_CACHE", "XDG_CACHE_HOME", "HOME")
    return _place(*(os.environ.get(name, "") for name in names))


@cache
def _place(own: str, caches: str, home: str) -> Place:
    try:
        folder = _usual_folder(own, caches, home) / "native"
    except RuntimeError:
        why = "there is no home folder to keep compiled code in"
        return _temporary_place(why)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _assert_private(folder)
        with tempfile.TemporaryFile(dir=folder):  # permissions do not tell of a read-only file system, or of root
            pass
    except _Shared as problem:
        return _temporary_place(str(problem))
    except OSError as problem:
        return _temporary_place(f"the cache folder {folder} cannot be used: {problem.strerror}")
    return Place(folder)


def _temporary_place(why: str) -> Place:
    try:
        folder = Path(tempfile.mkdtemp(prefix="dscheck-"))
    except OSError as problem:
        raise CompilerProblem(f"{why}; neither can a temporary one: {problem.strerror}") from None
    atexit.register(_remove, folder, os.getpid())
    return Place(folder, f"{why}; what is compiled lasts for this run only")


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child ends earlier than the process that goes on using the folder
        shutil.rmtree(folder, ignore_errors=True)


def _usual_folder(own: str, caches: str, home: str) -> Path:
    if own:
        return Path(own).absolute()
    if caches and sys.platform != "darwin":
        return Path(caches).absolute() / "dscheck"
    base = Path(home) if home else Path.home()
    return base / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "dscheck"


class _Shared(Exception):
    """Others can write to the folder, or put another in its place."""


def _assert_private(folder: Path) -> None:
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _Shared(f"the cache folder {folder} is not used, since others may write to it and code is run from there")
    for above in folder.resolve().parents:
        mode = above.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise _Shared(
                f"the cache folder {folder} is not used, since anybody may put another in its place in {above}"
            )


def size(folder: Path) -> int:
    """Bytes of all files in the folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def compiler_environment(folder: Path, work: Path) -> dict[str, str]:
    """Variables that keep what zig remembers in our folder: its own libraries for long, the rest as long as `work`."""
    return {"ZIG_GLOBAL_CACHE_DIR": str(folder / "zig"), "ZIG_LOCAL_CACHE_DIR": str(work / "zig")}


def trim(folder: Path) -> None:
    """Keep the files used last, within `MOST_BYTES` and `MOST_FILES`; the young ones anyway.

    A file that another process takes away meanwhile, or that cannot be removed, is left alone.
    """
    now, count, total = time.time(), 0, 0
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                found.append((path.lstat().st_mtime, path))
    for used, path in sorted(found, reverse=True):
        old = now - used > YOUNG
        with suppress(OSError):
            if path.suffix in _TRIMMED:
                count, total = count + 1, total + path.stat().st_size
                if old and (count > MOST_FILES or total > MOST_BYTES):
                    path.unlink()
            elif old and (path.name.startswith("work-") or size(path) > MOST_BYTES):  # left by a crash, or zig's
                shutil.rmtree(path, ignore_errors=True)


# --- one library ------------------------------------------------------------------------------------------------------


def _key(recipe: Recipe, compiler: Compiler) -> str:
    digest = blake2b(digest_size=16)
    machine = (sys.platform, os.uname().machine)  # a home folder may be shared by several
    digest.update(repr((_FORMAT, recipe.sources, recipe.headers, recipe.flags, compiler.identity, machine)).encode())
    return f"{recipe.name}-{digest.hexdigest()}"


def _load_kept(folder: Path, key: str) -> ctypes.CDLL | None:
    """The library under this key; None if there is none that is whole. What is not whole is removed."""
    for path in folder.glob(f"{key}-*.so"):
        with suppress(OSError):
            status = path.stat()
            ours = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            # The check comes before loading: the system loader does not survive every broken file.
            if ours and path.name == f"{key}-{_content(path)}.so":
                library = ctypes.CDLL(str(path))
                with suppress(OSError):
                    os.utime(path)  # `trim` keeps what was used last
                return library
        with suppress(OSError):
            path.unlink()
    return None


def _content(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=8).hexdigest()


def _build(folder: Path, compiler: Compiler, wanted: Sequence[tuple[str, Recipe]], seconds: float | None) -> list[Path]:
    """Compile, and give each library its name in one step, when it is whole."""
    try:
        with _work_folder(folder) as work:
            environment = compiler_environment(folder, work)
            first = [arguments for key, recipe in wanted for arguments in _compiling(recipe, work / key)]
            compile_together(compiler, first, work, environment, seconds)
            second = [_linking(recipe, work / key) for key, recipe in wanted if len(recipe.sources) > 1]
            compile_together(compiler, second, work, environment, seconds)
            return [_put(folder, work / f"{key}.so", key, compiler) for key, _ in wanted]
    except OSError as problem:
        raise CompilerProblem(f"the cache folder {folder} cannot be written to: {problem.strerror}") from None


def _compiling(recipe: Recipe, into: Path) -> list[list[str]]:
    """Arguments that make the library `into`.so of one source; of several, that make an object of each."""
    into.mkdir()
    for name, text in (*recipe.headers, *recipe.sources):
        (into / name).write_text(text, "utf-8")
    if len(recipe.sources) == 1:
        return [[*recipe.flags, str(into / recipe.sources[0][0]), "-shared", "-o", f"{into}.so"]]
    return [[*recipe.flags, "-c", str(into / name), "-o", str(into / f"{name}.o")] for name, _ in recipe.sources]


def _linking(recipe: Recipe, into: Path) -> list[str]:
    """Arguments that make the library `into`.so of the objects."""
    return [*recipe.flags, *(str(into / f"{name}.o") for name, _ in recipe.sources), "-shared", "-o", f"{into}.so"]


def _put(folder: Path, made: Path, key: str, compiler: Compiler) -> Path:
    if not made.is_file():
        raise CompilerProblem(f"the C compiler `{compiler.name}` says that it succeeded, but it made no library")
    made.chmod(0o700)
    target = folder / f"{key}-{_content(made)}.so"
    made.replace(target)
    return target


@contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix="work-", dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load_new(path: Path, compiler: Compiler) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError as problem:
        with suppress(OSError):
            path.unlink()
        raise CompilerProblem(
            f"the library that the C compiler `{compiler.name}` made cannot be loaded: {problem}"
        ) from None
