"""`dscheck verify`: what do the checks say of recorded traces?"""

import sys
from collections.abc import Mapping
from typing import Any

import click

from dscheck.cli.answering import SET_OPTION, TIMEOUT_OPTION, format_options, interrupts, with_options
from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.cli.progress import shown_progress
from dscheck.cli.report_formats import written
from dscheck.cli.trace_options import READING_OPTIONS, initial_value, pairs_from, reading_from
from dscheck.report.formats import FORMATS
from dscheck.report.style import Style, plain
from dscheck.report.traces_as_json import traces_as_json
from dscheck.report.traces_as_text import TraceTextOptions, summary_of_traces, traces_as_text
from dscheck.trace_answers import verify as verify_traces
from dscheck.traces.asking import DELIVERY_WORDS, NOT_TOLD, TraceQuestion
from dscheck.traces.checks import CHECKS, MODELS, WrongQuestion, could_precede, names_a_spec
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import EXIT_NOT_ASKED

_NUMBER = click.IntRange(min=0)
_SPEC_OPTIONS = (
    click.option("--spec", metavar="FILE", help="The traces should be behaviours of this spec."),
    click.option("--check", "spec_check", metavar="NAME", help="With the settings of this check of the spec."),
    SET_OPTION,
    click.option("--hidden", multiple=True, metavar="ACTION", help="Of the spec, and need not be recorded."),
    click.option("--ignore", "ignored", multiple=True, metavar="ACTION", help="Of the trace, and not of the spec."),
    click.option(
        "--word", "words", multiple=True, callback=pairs_from, metavar="WORD=NAME", help="What is what: tok=Token."
    ),
    click.option(
        "--node",
        "processes",
        multiple=True,
        callback=pairs_from,
        metavar="NODE=PROCESS",
        help="Who is who: n1=Node[0].",
    ),
)
_CHECK_OPTIONS = (
    click.option(
        "--checks",
        metavar="NAME,…",
        help=f"Only these: {', '.join(each.name for each in CHECKS)}, conformance.  [default: all that find something]",
    ),
    click.option(
        "--model",
        metavar="NAME",
        help=f"Of histories: {', '.join(MODELS)}, or FILE.dsc, one process whose actions are the operations.",
    ),
    click.option("--initial", metavar="VALUE", help="What every object of a history holds at first: 0, nil."),
    click.option(
        "--delivery",
        multiple=True,
        type=click.Choice(DELIVERY_WORDS),
        help="Demanded of messages; duplicates allows them.",
    ),
    click.option("--skew", type=_NUMBER, metavar="N", help="How far a clock is off at most, in the trace's unit."),
    click.option(
        "--drift-ppm", type=click.IntRange(0, 999_999), metavar="N", help="How much a clock gains or loses at most."
    ),
    click.option("--delay-min", type=_NUMBER, metavar="N", help="Least delay of a message."),
    click.option("--delay-max", type=_NUMBER, metavar="N", help="Greatest delay of a message."),
    click.option("--lease", type=_NUMBER, metavar="N", help="How long a lock is held at most."),
    click.option(
        "--could-precede",
        nargs=2,
        metavar="EVENT EVENT",
        help="Ask only this: can the one have been before the other? An event is :LINE, NODE#NUMBER or its action.",
    ),
)
_TELLING_OPTIONS = (
    *format_options(of_traces=True),
    click.option("-v", "--verbose", is_flag=True, help="Whole explanations, and why a check was not asked."),
    click.option("-q", "--quiet", is_flag=True, help="Only what is not accepted, and no progress."),
)
_BOUNDS = ("skew", "drift_ppm", "delay_min", "delay_max", "lease")


@click.command()
@click.argument("traces", nargs=-1, metavar="TRACE...", type=click.Path())
@with_options(*_SPEC_OPTIONS, *_CHECK_OPTIONS, *READING_OPTIONS, TIMEOUT_OPTION, *_TELLING_OPTIONS)
def verify(traces: tuple[str, ...], **given: Any) -> int:
    """\b
    dscheck verify traces/lock_broken.jsonl
    dscheck verify server.log --mapping server.map --spec lock.dsc

    Judge recorded traces: clocks, messages, locks, leaders, histories, times; with a spec, whether they are its
    behaviours. A trace whose header names a spec is judged by it too.

    TRACE is a file, plain or compressed, or - for standard input.

    \b
    Exit code: 0 every trace is accepted, 1 one is rejected, 2 a file or an option is wrong,
    3 unknown, 4 a fault in dscheck, 130 interrupted.
    """
    if not traces:
        raise click.UsageError("which trace? Name a file, or - for standard input")
    asked = _question(given)
    quiet, output = given["quiet"], given["output"]
    with OutputFile.open(output) as target:
        try:
            with interrupts(), shown_progress(silent=quiet) as observer:
                report = verify_traces(traces, asked, observer=observer)
        except WrongQuestion as error:
            complain(str(error), help=error.help)
            return EXIT_NOT_ASKED
        text = _rendered(report, given, style_for(sys.stdout) if output is None else plain)
        if target is None:
            answer(text)
        else:
            target.write(text)
    if target is not None and not quiet:
        remark(f"{summary_of_traces(report, style=style_for(sys.stderr))}; written to {output}")
    return report.exit_code()


def _question(given: Mapping[str, Any]) -> TraceQuestion:
    has_spec = given["spec"] is not None or names_a_spec(given["model"] or "")
    if given["spec_check"] is not None and not has_spec:
        raise click.UsageError("--check names a check of a spec, and no --spec is given; checks of traces are --checks")
    names = (given["checks"] or "").split(",")
    if given["could_precede"]:
        names.append(could_precede.CHECK)
    return TraceQuestion(
        checks=tuple(name.strip() for name in names if name.strip()),
        format=given["source_format"],
        reading=reading_from(given),
        spec=given["spec"],
        spec_check=given["spec_check"],
        constants=given["constants"],
        hidden=given["hidden"],
        ignored=given["ignored"],
        words=given["words"],
        processes=given["processes"],
        model=given["model"],
        initial=NOT_TOLD if given["initial"] is None else initial_value(given["initial"]),
        delivery=given["delivery"],
        timeout=given["timeout"],
        could_precede=given["could_precede"],
        **{name: given[name] for name in _BOUNDS},
    )


def _rendered(report: TraceReport, given: Mapping[str, Any], style: Style) -> str:
    if given["form"] == "json":
        return traces_as_json(report)
    if given["form"] in FORMATS:
        return written(report, given["form"])
    return traces_as_text(report, TraceTextOptions(everything=given["verbose"], quiet=given["quiet"]), style=style)
