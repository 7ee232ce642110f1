"""What does the shell offer behind an option? The names in the specs that are on the line already, engines, codes."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from dscheck import workflow
from dscheck.diagnostics import SpecError

MOST_FILES = 100
"""A key press must not read a whole disk."""


def check_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The checks and blocks of the specs on the line, members of sweeps included."""
    return _of_specs(context, incomplete, workflow.check_names)


def block_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The schedules and timing blocks of the specs on the line."""
    return _of_specs(context, incomplete, workflow.block_names)


def _of_specs(
    context: click.Context, incomplete: str, names_in: Callable[[Path], Iterable[tuple[str, int]]]
) -> list[str]:
    given = context.params.get("files") or context.params.get("file") or context.args
    found: dict[str, None] = {}
    for path in _specs([given] if isinstance(given, str) else given):
        try:
            found.update((name, None) for name, _ in names_in(path))
        except (OSError, UnicodeDecodeError, SpecError):  # a shell has no place for the mistakes of a file
            continue
    return [name for name in found if name.startswith(incomplete)]


def _specs(given: Iterable[str]) -> Iterator[Path]:
    for name in given:
        path = Path(name)
        if path.is_dir():
            yield from sorted(path.rglob("*.dsc"))[:MOST_FILES]
        elif path.suffix == ".dsc":
            yield path
