"""`dscheck doctor`: on what does it run here? Versions and places, to paste into a report."""

import os
import platform
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

import dscheck.version
from dscheck.cli.console import answer, wants_colour
from dscheck.engines.native import cache
from dscheck.engines.native.compiler import CompilerProblem, find_compiler, version_line
from dscheck.explore.cores import usable_cores
from dscheck.explore.limits import default_memory_limit
from dscheck.verdict import EXIT_MET

LIBRARIES = (
    "click",
    "lark",
    "networkx",
    "numpy",
    "rich",
    "z3-solver",
    "ziglang",
    "pytest",
    "pytest-xdist",
    "hypothesis",
)
_HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@click.command()
def doctor() -> int:
    """\b
    dscheck doctor
    dscheck doctor > versions.txt

    Print versions and places, to paste into a report of a fault.
    """
    answer("".join(f"{name:<14}{value}\n" for name, value in findings()))
    return EXIT_MET


def findings() -> list[tuple[str, str]]:
    """What was found, as names and values; imports no library to learn its version."""
    found = [
        ("dscheck", f"{dscheck.version.version()} in {Path(__file__).parent.parent}"),
        ("python", f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}"),
        ("platform", platform.platform()),
        ("cores", f"{usable_cores()} usable of {os.cpu_count()}"),
        ("memory", _memory()),
        ("huge pages", _huge_pages()),
        ("compiler", _compiler()),
        ("cache", _cache()),
        ("native code", _native_code()),
        ("terminal", f"TERM={os.environ.get('TERM', '')}, colour {'on' if wants_colour(sys.stdout) else 'off'}"),
    ]
    return found + [(name, _installed(name)) for name in LIBRARIES]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{machine / 2**30:.1f} GiB, a check may use {default_memory_limit() / 2**30:.1f}"


def _huge_pages() -> str:
    """`madvise` and `always` are right: the search asks for them, and is slower by a quarter without."""
    try:
        return _HUGE_PAGES.read_text().partition("[")[2].partition("]")[0] or "unknown"
    except OSError:
        return "unknown"


def _compiler() -> str:
    """The C compiler of the native engine and its version, or why there is none."""
    try:
        compiler, folder = find_compiler(), cache.place().folder
        with tempfile.TemporaryDirectory(dir=folder, prefix="work-") as work:
            environment = cache.compiler_environment(folder, Path(work))
            return f"{compiler.name}: {version_line(compiler, Path(work), environment)}"
    except CompilerProblem as problem:
        return str(problem)


def _native_code() -> str:
    """Where compiled systems are kept, and how much."""
    try:
        place = cache.place()
    except CompilerProblem as problem:
        return str(problem)
    return f"{place.folder}, {cache.size(place.folder) / 1e6:.1f} MB" + (place.remark and f"; {place.remark}")


def _cache() -> str:
    """Where the parser keeps its tables, and how much; as `language/grammar_tables.py` chooses it."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / "dscheck"
    size = sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0
    return f"{folder}, {size / 1e6:.1f} MB"
