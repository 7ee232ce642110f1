"""`dscheck report`: what does an answer look like that was saved as JSON?"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.cli.report_formats import remark_on_others
from dscheck.report.as_json import report_as_json
from dscheck.report.as_text import report_as_text
from dscheck.report.columns import IN_ASCII
from dscheck.report.formats import FORMATS, NoSuchAnswer, rendered
from dscheck.report.pictures.picture import pictures_of
from dscheck.report.saved import document_from, report_from
from dscheck.report.saved_parts import SavedError
from dscheck.report.saved_traces import trace_report_from
from dscheck.report.status import TextOptions
from dscheck.report.style import Style, plain
from dscheck.report.traces_as_json import traces_as_json
from dscheck.report.traces_as_text import TraceTextOptions, traces_as_text
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED, Report


@click.command()
@click.argument("file", metavar="SAVED.json")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", *FORMATS]),
    default="text",
    show_default=True,
    metavar="NAME",
    help=f"text, json, {', '.join(FORMATS)}.",
)
@click.option("-o", "output", metavar="FILE", help="Write it to FILE.")
@click.option("--check", "names", multiple=True, metavar="NAME", help="Only this check or block; may be repeated.")
@click.option("--run", "number", type=click.IntRange(min=1), metavar="N", help="Only the Nth run or diagram, from 1.")
@click.option("--ascii", "in_ascii", is_flag=True, help="Draw diagrams with ASCII signs.")
@click.option("-v", "--verbose", is_flag=True, help="Show the runs of expected violations, and all diagrams, too.")
def report(
    file: str, form: str, output: str | None, names: tuple[str, ...], number: int | None, in_ascii: bool, verbose: bool
) -> int:
    """\b
    dscheck report saved.json --format html -o page.html
    dscheck report saved.json --check two --format mermaid

    Write an answer that was saved as JSON in another format.

    SAVED.json is what check, schedule, resume or verify wrote with --format json -o SAVED.json; - is standard input.

    \b
    Exit code: 0 it is written, 2 the file or an option is wrong.
    """
    with OutputFile.open(output) as target:
        try:
            found = chosen(read(file), names, number)
            text = _text(found, form, style_for(sys.stdout) if output is None else plain, verbose=verbose)
            if number is None and form in FORMATS and FORMATS[form].single:
                remark_on_others(found, form)
        except OSError as error:
            complain(f"cannot read {file}: {(error.strerror or str(error)).lower()}")
            return EXIT_NOT_ASKED
        except UnicodeDecodeError:
            complain(f"{file} is no text in UTF-8", help="write it with --format json -o FILE")
            return EXIT_NOT_ASKED
        except (SavedError, NoSuchAnswer) as error:
            complain(str(error), help=error.help)
            return EXIT_NOT_ASKED
        if in_ascii:
            text = text.translate(IN_ASCII)
        if target is None:
            answer(text)
        else:
            target.write(text)
            remark(f"written to {output}")
    return EXIT_MET


def read(file: str) -> Report | TraceReport:
    """The answer in a file.

    Args:
        file: its name, `-` for standard input.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is no text.
        SavedError: it is no answer of dscheck.
    """
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    document = document_from(data.decode("utf-8-sig"), file)
    return report_from(document) if document.has("files") else trace_report_from(document)


def chosen(found: Report | TraceReport, names: Sequence[str], number: int | None) -> Report | TraceReport:
    """The part of an answer that is asked for.

    Args:
        found: the answer.
        names: of checks and blocks; all if there is none.
        number: of a run or diagram, from 1; all if None.

    Raises:
        NoSuchAnswer: there is none of that name or number.
    """
    if names:
        found = _of_names(found, names)
    if number is None:
        return found
    pictures = pictures_of(found)
    if number > len(pictures):
        raise NoSuchAnswer(
            f"there is no run {number}: the answer has {len(pictures)}",
            "; ".join(f"{place} is {picture.name}" for place, picture in enumerate(pictures[:8], start=1)),
        )
    return _only(found, number)


def _of_names(found: Report | TraceReport, names: Sequence[str]) -> Report | TraceReport:
    known: dict[str, None] = {}
    if isinstance(found, TraceReport):
        known.update((finding.check, None) for trace in found.traces for finding in trace.findings)
        traces = (
            replace(trace, findings=tuple(each for each in trace.findings if each.check in names))
            for trace in found.traces
        )
        made: Report | TraceReport = replace(found, traces=tuple(traces))
    else:
        for question in (each for file in found.files for each in file.questions):
            known.update({question.name: None, question.name.partition("[")[0]: None})
        files = (
            replace(
                file,
                checks=tuple(each for each in file.checks if {each.name, each.name.partition("[")[0]} & {*names}),
                blocks=tuple(each for each in file.blocks if each.name in names),
            )
            for file in found.files
        )
        made = replace(found, files=tuple(file for file in files if file.questions))
    missing = [name for name in names if name not in known]
    if missing:
        raise NoSuchAnswer(f"the answer has no check `{missing[0]}`", f"it has {', '.join(known)}")
    return made


def _only(found: Report | TraceReport, number: int) -> Report | TraceReport:
    """The answer with one picture, the others taken out; what belongs to no picture goes too."""
    left = number

    def wanted(_: object) -> bool:
        nonlocal left
        left -= 1
        return left == 0

    if isinstance(found, TraceReport):
        traces = []
        for trace in found.traces:
            kept = tuple(each for each in trace.findings if each.diagram is not None and wanted(each))
            traces += [replace(trace, findings=kept)] if kept else []
        return replace(found, traces=tuple(traces))
    files = []
    for file in found.files:
        blocks = []
        for block in file.blocks:
            drawn = [] if block.diagram is None else [block.diagram]
            own = block.diagram if block.diagram is not None and wanted(block) else None
            claims = []
            for claim in block.claims:
                new = [each for each in claim.diagrams if each not in drawn]
                drawn += new
                kept_diagrams = tuple(each for each in new if wanted(each))
                claims += [replace(claim, diagrams=kept_diagrams)] if kept_diagrams else []
            if own is not None or claims:
                blocks.append(replace(block, diagram=own, claims=tuple(claims)))
        checks = []
        for check in file.checks:
            runs = tuple(run for run in check.counterexamples if wanted(run))
            checks += [replace(check, counterexamples=runs)] if runs else []
        if blocks or checks:
            files.append(replace(file, blocks=tuple(blocks), checks=tuple(checks), diagnostics=()))
    return replace(found, files=tuple(files))


def _text(found: Report | TraceReport, form: str, style: Style, *, verbose: bool) -> str:
    match found, form:
        case TraceReport(), "text":
            return traces_as_text(found, TraceTextOptions(everything=verbose), style=style)
        case TraceReport(), "json":
            return traces_as_json(found)
        case Report(), "text":
            return report_as_text(found, TextOptions(full_runs=verbose), style=style)
        case Report(), "json":
            return report_as_json(found)
        case _:
            return rendered(found, form)
