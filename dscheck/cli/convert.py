"""`dscheck convert`: how does a trace look in another format?"""

from typing import Any

import click

from dscheck.cli.answering import with_options
from dscheck.cli.console import answer, complain
from dscheck.cli.output_file import OutputFile
from dscheck.cli.trace_options import READING_OPTIONS, reading_from
from dscheck.trace_answers import unreadable
from dscheck.traces.causality.rebuilt_clocks import with_vector_clocks
from dscheck.traces.errors import TraceError
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.writers import WRITERS, shiviz
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED


@click.command()
@click.argument("traces", nargs=-1, metavar="TRACE...", type=click.Path())
@click.option("--to", "form", required=True, type=click.Choice(list(WRITERS)), help="The format to write.")
@with_options(*READING_OPTIONS, click.option("-o", "output", metavar="FILE", help="Write to FILE."))
def convert(traces: tuple[str, ...], form: str, output: str | None, **given: Any) -> int:
    """\b
    dscheck convert server.log --pattern '(?<node>\\w+) (?<action>.*)' --to native -o server.jsonl
    dscheck convert run.itf.json --to native

    Write traces in another format; several in one file where the format has a place for that.
    """
    if not traces:
        raise click.UsageError("which trace? Name a file, or - for standard input")
    with OutputFile.open(output) as target:
        try:
            read = read_traces(traces, given["source_format"], reading_from(given))
            text = "".join(WRITERS[form](tuple(map(with_vector_clocks, read)) if form == shiviz.NAME else read))
        except TraceError as error:
            told = unreadable(error)
            where = f"{told.file}:{told.line}" if told.line else told.file
            complain(f"{where}: {told.message}" + (f" (read as {told.chosen})" if told.chosen else ""), help=told.help)
            return EXIT_NOT_ASKED
        if target is None:
            answer(text)
        else:
            target.write(text)
    return EXIT_MET
