"""`dscheck simulate`: what would a log of a run of this spec look like?"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click

from dscheck.cli.answering import SET_OPTION, interrupts, with_options
from dscheck.cli.completing import check_names
from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.report.status import count
from dscheck.source import SourceFile
from dscheck.trace_specs import STEPPER, system_of
from dscheck.traces.event import Trace
from dscheck.traces.formats.writers.json_lines import event_record, header_record
from dscheck.traces.simulation import simulate as walks
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED


@click.command()
@click.argument("file", metavar="FILE", type=click.Path())
@with_options(
    click.option("--runs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="How many."),
    click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same gives the same traces."),
    click.option(
        "--steps", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="Most of each run."
    ),
    click.option(
        "--check",
        metavar="NAME",
        shell_complete=check_names,
        help="With the settings of this check.  [default: the first]",
    ),
    SET_OPTION,
    click.option("-o", "output", metavar="FILE", help="Write to FILE."),
)
def simulate(
    file: str,
    runs: int,
    seed: int,
    steps: int,
    check: str | None,
    constants: Mapping[str, str],
    output: str | None,
) -> int:
    """\b
    dscheck simulate specs/centralized_lock.dsc --runs 3 -o runs.jsonl
    dscheck simulate specs/peterson.dsc --steps 20 --seed 7 --check two

    Walk a spec at random and write the runs as traces, with vector clocks: one file, a header before each run. The
    header says which spec it was, so that `dscheck verify runs.jsonl` judges the runs by it.
    """
    try:
        name, system = system_of(read_spec(SourceFile.read(Path(file))), check, constants)
    except SpecError as error:
        sys.stderr.write(diagnostics_as_text(error.source, error.diagnostics, style=style_for(sys.stderr)) + "\n")
        return EXIT_NOT_ASKED
    except OSError as error:
        complain(f"cannot read {file}: {(error.strerror or str(error)).lower()}")
        return EXIT_NOT_ASKED
    said = {"check": name, "set": dict(constants)}
    spec = file if output is None else _seen_from(Path(output).parent, file)
    with OutputFile.open(output) as target, interrupts():
        found = list(_headed(walks(system, runs, steps, seed, make=STEPPER), spec, said))
        text = "".join(map(_text, found))
        if target is None:
            answer(text)
        else:
            target.write(text)
    if target is not None:
        events = count(sum(len(trace.events) for trace in found), "event")
        remark(f"{count(len(found), 'run')} with {events}; written to {output}")
    return EXIT_MET


def _headed(traces: Iterator[Trace], spec: str, said: Mapping[str, object]) -> Iterator[Trace]:
    """The traces, with headers that say how to judge them."""
    for trace in traces:
        settings = trace.header.other.get("settings")
        twice = isinstance(settings, Mapping) and "network.duplicate" in settings
        more = {**said, "delivery": ["duplicates"]} if twice else said
        header = replace(trace.header, spec=spec, other={**trace.header.other, **more})
        yield replace(trace, header=header)


def _text(trace: Trace) -> str:
    """The lines of a run. They do not say where an event was recorded first: it is the line that they are."""
    records = [header_record(trace.header), *map(event_record, trace.events)]
    for each in records:
        each.pop("src", None)
    return "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in records)


def _seen_from(folder: Path, file: str) -> str:
    """The path of a spec, as a trace in `folder` names it."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return str(Path(file).resolve())
