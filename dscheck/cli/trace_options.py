"""How are traces named on the command line, and what may be said of how to read them?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dscheck.traces.formats.reading import ReadOptions

READING_OPTIONS = (
    click.option("--from", "source_format", metavar="FORMAT", help="Of the files.  [default: recognised by sight]"),
    click.option(
        "--mapping",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Says what the fields of your own log mean: `node = event.nid`.",
    ),
    click.option("--pattern", metavar="REGEX", help="For a text log: named groups are fields, (?<node>…)."),
    click.option("--skip-unmatched", is_flag=True, help="Lines that the expression does not match are no events."),
    click.option("--delimiter", metavar="REGEX", help="Of the lines between two executions in a file."),
)


def reading_from(given: Mapping[str, Any]) -> ReadOptions:
    """What the values of `READING_OPTIONS` say.

    Raises:
        click.UsageError: the mapping file cannot be read.
    """
    mapping: Path | None = given["mapping"]
    text = None
    if mapping is not None:
        try:
            text = mapping.read_text("utf-8")
        except OSError as error:
            raise click.UsageError(f"cannot read {mapping}: {(error.strerror or str(error)).lower()}") from error
        except UnicodeDecodeError as error:
            raise click.UsageError(f"{mapping} is not UTF-8 text") from error
    return ReadOptions(
        pattern=given["pattern"],
        delimiter=given["delimiter"],
        mapping=text,
        unmatched="skip" if given["skip_unmatched"] else None,
        mapping_file="mapping" if mapping is None else str(mapping),
    )


def initial_value(text: str) -> Any:
    """`0`, `{"x": 0}`, `nil`; what is no JSON is a text."""
    if text == "nil":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def pairs_from(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
    """The left and right sides of all `NAME=VALUE`.

    Raises:
        click.BadParameter: one has another form.
    """
    found: dict[str, str] = {}
    for text in texts:
        left, _, right = (part.strip() for part in text.partition("="))
        if not (left and right):
            raise click.BadParameter(f"'{text}' does not have the form WORD=NAME, such as n1=Node[0]")
        found[left] = right
    return found
