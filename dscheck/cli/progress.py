"""How far is it? One line that stays in place on a terminal, a plain line every ten seconds anywhere else."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from dscheck.cli.console import remark
from dscheck.progress import Observer, Progress, quiet

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_REDRAWS = 0.1
_SHOW_CURSOR = b"\x1b[?25h"


@contextmanager
def shown_progress(*, silent: bool) -> Iterator[Observer]:
    """An observer to hand to a search; on a terminal its line is gone afterwards.

    Args:
        silent: show nothing at all.
    """
    if silent:
        yield quiet
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _live_line() as observer:
            yield observer
    else:
        yield _plain_lines()


def progress_line(progress: Progress) -> str:
    """`    12,345 states      3,210 queue  depth  14   52,000 states/s    120 MB  specs/x.dsc two`

    Every number has a fixed width, so that the line does not jump; a narrow terminal cuts the name.
    Nothing is counted while a schedule or a timing block is answered: only its name is told.
    """
    if not progress.states:
        return f"{progress.file} {progress.check}".strip()
    rate = progress.states / progress.seconds if progress.seconds > 0 else 0.0
    return (
        f"{progress.states:>11,} states {progress.queue:>10,} queue  depth {progress.depth:>3} {rate:>8,.0f} states/s"
        f" {progress.memory_bytes / 1e6:>6,.0f} MB  {progress.file} {progress.check}"
    ).rstrip()


def restore_cursor() -> None:
    """Undo what the live line did to the terminal, from a signal handler that ends the process."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR)


def _plain_lines() -> Observer:
    last = monotonic()

    def observe(progress: Progress) -> None:
        nonlocal last
        if monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = monotonic()
            remark(" ".join(progress_line(progress).split()))

    return observe


@contextmanager
def _live_line() -> Iterator[Observer]:
    from rich.console import Console  # 40 ms that only a terminal pays
    from rich.live import Live
    from rich.text import Text

    last = 0.0
    console = Console(file=sys.stderr)
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def observe(progress: Progress) -> None:
            nonlocal last
            now = monotonic()
            if now - last >= SECONDS_BETWEEN_REDRAWS:
                last = now
                live.update(Text(progress_line(progress), style="dim", no_wrap=True, overflow="ellipsis"), refresh=True)

        yield observe
