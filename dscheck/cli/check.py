"""`dscheck check`: does every check, schedule and timing block of these files come out as it says?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dscheck import workflow
from dscheck.cli.answering import SET_OPTION, limits_from, shared_options, tell, unknown_name
from dscheck.cli.completing import check_names
from dscheck.engines.engine import ENGINES, UnknownEngine, engine_named
from dscheck.options import STORES, CheckOptions, NativeOptions, StoreKind


def _engine(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """One that there is."""
    try:
        engine_named(name)
    except UnknownEngine as error:
        raise click.BadParameter(str(error)) from error
    return name


def _engines(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in ("auto", *(each.name for each in ENGINES)) if name.startswith(incomplete)]


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path())
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="NAME",
    shell_complete=check_names,
    help="Only this check or block; may be repeated.",
)
@SET_OPTION
@click.option(
    "--engine",
    default="auto",
    show_default=True,
    callback=_engine,
    metavar="NAME",
    shell_complete=_engines,
    help="Which one explores.",
)
@click.option(
    "--store",
    type=click.Choice(STORES),
    default="plain",
    show_default=True,
    help="How the native engine keeps states: as they are, compressed, or as fingerprints, which is not exact.",
)
@click.option(
    "--checkpoint",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Save the search in DIR after every level; `dscheck resume DIR` goes on with it.",
)
@click.option("--graph", is_flag=True, help="Keep the graph of all states with the answer, as --format dot does.")
@shared_options
def check(
    files: tuple[str, ...],
    checks: tuple[str, ...],
    constants: Mapping[str, str],
    engine: str,
    store: StoreKind,
    checkpoint: Path | None,
    graph: bool,
    **given: Any,
) -> int:
    """\b
    dscheck check specs/mutex.dsc
    dscheck check specs --set N=3 --timeout 60

    Explore every interleaving of the specs and judge their checks; answer their schedules and timing blocks.

    FILE is a spec, a directory that is searched for *.dsc, or - for standard input.

    \b
    Exit code: 0 every expectation is met, 1 one is not, 2 a file or an option is wrong,
    3 unknown (a limit was reached), 4 a fault in dscheck, 130 interrupted.
    """
    if not files:
        raise click.UsageError("which spec? Name a file, a directory, or - for standard input")
    try:
        options = CheckOptions(
            checks=checks,
            constants=constants,
            engine=engine,
            limits=limits_from(given),
            graph=graph or given["form"] == "dot",
            native=NativeOptions(workers=given["workers"], store=store, checkpoint=checkpoint),
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    given["verbose"] |= len(checks) == 1
    return tell(
        lambda observer: workflow.check_paths(files, options, observer=observer),
        lambda report: unknown_name(report, checks, workflow.check_names, "check"),
        given,
    )
