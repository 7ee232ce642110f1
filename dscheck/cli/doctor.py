"""`dscheck doctor`: on what does it run here? Versions and places, to paste into a report."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

import dscheck.version
from dscheck.cli.console import answer, wants_colour
from dscheck.verdict import EXIT_MET

LIBRARIES = ("click", "lark", "networkx", "numpy", "rich", "z3-solver", "pytest", "pytest-xdist", "hypothesis")


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
        ("cores", f"{_usable_cores()} usable of {os.cpu_count()}"),
        ("memory", _memory()),
        ("cache", _cache()),
        ("terminal", f"TERM={os.environ.get('TERM', '')}, colour {'on' if wants_colour(sys.stdout) else 'off'}"),
    ]
    return found + [(name, _installed(name)) for name in LIBRARIES]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.1f} GiB"


def _cache() -> str:
    """Where the parser keeps its tables, and how much; as `language/parser.py` chooses it."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / "dscheck"
    size = sum(file.stat().st_size for file in folder.iterdir()) if folder.is_dir() else 0
    return f"{folder}, {size / 1e6:.1f} MB"
