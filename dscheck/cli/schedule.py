"""`dscheck schedule`: what comes out for the schedules and timing blocks of these files, drawn?"""

from collections.abc import Mapping
from typing import Any

import click

from dscheck import workflow
from dscheck.cli.answering import (
    FORMAT_OPTIONS,
    QUIET_OPTION,
    SET_OPTION,
    TIMEOUT_OPTION,
    tell,
    unknown_name,
    with_options,
)
from dscheck.cli.completing import block_names
from dscheck.options import CheckOptions, Limits
from dscheck.verdict import Report

_HOW = """\
write one, such as
           schedule sheet:
               P1: a, b sends m
               P2: receives m as c
               clock lamport as L
               expect L(c) == ?"""


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path())
@click.option(
    "--check",
    "blocks",
    multiple=True,
    metavar="NAME",
    shell_complete=block_names,
    help="Only this block; may be repeated.",
)
@SET_OPTION
@click.option(
    "--max-schedules", type=click.IntRange(min=1), metavar="N", help="Stop `schedules` after N of them: unknown."
)
@with_options(TIMEOUT_OPTION, *FORMAT_OPTIONS, QUIET_OPTION)
def schedule(files: tuple[str, ...], blocks: tuple[str, ...], constants: Mapping[str, str], **given: Any) -> int:
    """\b
    dscheck schedule specs/lamport_worksheet.dsc
    dscheck schedule specs/cristian.dsc --check cristian

    Answer the schedules and timing blocks of the specs, and draw each of them.

    FILE is a spec, a directory that is searched for *.dsc, or - for standard input. The exit code is that of
    `dscheck check`.
    """
    if not files:
        raise click.UsageError("which spec? Name a file, a directory, or - for standard input")
    limits = Limits(timeout=given["timeout"], max_states=given["max_schedules"])
    options = CheckOptions(checks=blocks, constants=constants, limits=limits)

    def wrong(report: Report) -> tuple[str, str] | None:
        asked = unknown_name(report, blocks, workflow.block_names, "block")
        if asked is None and not report.blocks and not any(file.diagnostics for file in report.files):
            return f"{', '.join(file.path for file in report.files)} has no schedule and no timing block", _HOW
        return asked

    return tell(
        lambda observer: workflow.answer_paths(files, options, observer=observer),
        wrong,
        {"verbose": True, "strict": False, **given},
    )
