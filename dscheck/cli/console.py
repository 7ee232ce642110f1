"""Where does output go, and in which colours? The answer to stdout, all else to stderr, colours to terminals."""

import os
import sys
from contextlib import suppress
from typing import TextIO

import click

from dscheck.report.columns import IN_ASCII
from dscheck.report.style import Role, Style, plain

_COLOURS: dict[Role, dict[str, object]] = {
    "heading": {"bold": True},
    "good": {"fg": "green", "bold": True},
    "bad": {"fg": "red", "bold": True},
    "unsure": {"fg": "yellow", "bold": True},
    "name": {"bold": True},
    "place": {"fg": "blue"},
    "dim": {"dim": True},
    "caret": {"fg": "red"},
    "note": {"fg": "cyan"},
}


def wants_colour(stream: TextIO) -> bool:
    """Whether escape codes may go to `stream`: ask `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`, then is it a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and stream.isatty()


def style_for(stream: TextIO) -> Style:
    """How reports set pieces off on `stream`."""
    return _coloured if wants_colour(stream) else plain


def _coloured(role: Role, text: str) -> str:
    return click.style(text, **_COLOURS[role]) if text.strip() else text  # type: ignore[arg-type]


def prepare_streams() -> None:
    """Make printing total: a character that the terminal's encoding lacks is shown by its number."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # replaced by a test or an embedding program
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def drawable(text: str, stream: TextIO) -> str:
    """`text` with its lines and dots as ASCII signs, if the stream lacks the characters to draw them."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return text.translate(IN_ASCII)
    return text


def answer(text: str) -> None:
    """Write to stdout; whoever reads it may have gone (`dscheck … | head`), which is no fault of the check.

    Raises:
        click.ClickException: it goes to a file, and the disk is full.
    """
    try:
        sys.stdout.write(drawable(text, sys.stdout))
        sys.stdout.flush()
    except OSError as error:
        # The interpreter flushes stdout once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise click.ClickException(f"the answer cannot be written: {(error.strerror or '').lower()}") from error


def remark(text: str) -> None:
    """Write a line to stderr, if somebody takes it."""
    with suppress(OSError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def complain(message: str, *, help: str = "") -> None:  # noqa: A002
    """Say on stderr why the command could not do what was asked.

    Args:
        message: one sentence, lowercase.
        help: what to do.
    """
    style = style_for(sys.stderr)
    remark(style("bad", "error") + f": {message}")
    if help:
        remark(f"   = {style('note', 'help')}: {help}")
