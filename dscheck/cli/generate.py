"""`dscheck generate`: which tests drive an implementation through everything that a spec does?"""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from dscheck.cli.answering import SET_OPTION, interrupts, with_options
from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.diagnostics import SpecError
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.report.status import count
from dscheck.runs.covering import MOST_STATES, Covering, TooLarge, cover_actions, cover_transitions
from dscheck.runs.labelled import SpecRuns
from dscheck.runs.pytest_text import tests_as_text
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED

_BY_THEMSELVES = {"arrival", "timeout", "discard"}


@click.command()
@click.argument("file", metavar="FILE")
@with_options(
    click.option(
        "--cover",
        type=click.Choice(["actions", "transitions"]),
        default="actions",
        show_default=True,
        help="Every action, arrival and timeout once; or every transition.",
    ),
    click.option("--check", metavar="NAME", help="With the settings of this check.  [default: as declared]"),
    SET_OPTION,
    click.option("--settled", is_flag=True, help="What arrives and times out happens by itself, at once."),
    click.option("--left-out", multiple=True, metavar="STEP", help="A step that the implementation does not have."),
    click.option(
        "--max-states",
        type=click.IntRange(min=1),
        default=MOST_STATES,
        show_default=True,
        metavar="N",
        help="Of a spec that is small enough.",
    ),
    click.option("-o", "output", metavar="FILE", help="Write to FILE."),
)
def generate(
    file: str,
    cover: str,
    check: str | None,
    constants: Mapping[str, str],
    settled: bool,
    left_out: tuple[str, ...],
    max_states: int,
    output: str | None,
) -> int:
    """\b
    dscheck generate specs/centralized_lock.dsc --settled -o tests/test_lock.py
    dscheck generate specs/peterson.dsc --cover transitions

    Write pytest cases from a spec: runs that cover every action, or every transition of a small system. An adapter
    (the fixture `dscheck_adapter`) drives the implementation along each, and what is seen is compared after each step.
    """
    try:
        runs = SpecRuns.of(file, check, constants)
    except SpecError as error:
        sys.stderr.write(diagnostics_as_text(error.source, error.diagnostics, style=style_for(sys.stderr)) + "\n")
        return EXIT_NOT_ASKED
    except OSError as error:
        complain(f"cannot read {file}: {(error.strerror or str(error)).lower()}")
        return EXIT_NOT_ASKED
    names = list(dict.fromkeys(rule.name for rule in runs.system.rules))
    unknown = [name for name in left_out if name not in names]
    if unknown:
        complain(f"there is no step `{unknown[0]}`", help=f"the steps are {', '.join(names)}")
        return EXIT_NOT_ASKED
    spontaneous = [rule.name for rule in runs.system.rules if settled and rule.kind in _BY_THEMSELVES]
    covering = cover_actions if cover == "actions" else cover_transitions
    with OutputFile.open(output) as target, interrupts():
        try:
            found = covering(runs, limit=max_states, spontaneous=spontaneous, left_out=left_out)
        except TooLarge:
            complain(
                f"{file} has more than {max_states:,} states",
                help="cover a smaller system (--check, --set), or say how many (--max-states)",
            )
            return EXIT_NOT_ASKED
        text = tests_as_text(
            found,
            spec=_seen_from(Path(output).parent if output is not None else Path(), file),
            command=_command(file, cover, check, constants, left_out, output, settled=settled),
            options=_options(check, constants, spontaneous, left_out, settled=settled),
        )
        if target is None:
            answer(text)
        else:
            target.write(text)
    if target is not None:
        remark(f"{_summary(found, cover)}; written to {output}")
    if found.unreachable:
        remark(f"no run takes {', '.join(f'`{name}`' for name in found.unreachable)}")
    return EXIT_MET


def _summary(found: Covering, cover: str) -> str:
    steps = sum(len(case.steps) for case in found.cases)
    what = count(found.edges, "transition") if cover == "transitions" else "every action"
    runs = f"{count(len(found.cases), 'run')} with {count(steps, 'step')}"
    return f"{runs} for {what} of {count(found.states, 'state')}"


def _options(
    check: str | None, constants: Mapping[str, str], spontaneous: list[str], left_out: Iterable[str], *, settled: bool
) -> Iterator[tuple[str, object]]:
    """What `dscheck.drive` has to be told."""
    if check is not None:
        yield "check", check
    if constants:
        yield "settings", dict(constants)
    if settled:
        yield "spontaneous", list(dict.fromkeys(spontaneous))
    if left_out:
        yield "left_out", list(left_out)


def _command(
    file: str,
    cover: str,
    check: str | None,
    constants: Mapping[str, str],
    left_out: Iterable[str],
    output: str | None,
    *,
    settled: bool,
) -> str:
    words = ["dscheck", "generate", file, *([] if cover == "actions" else ["--cover", cover])]
    words += [] if check is None else ["--check", check]
    for name, value in constants.items():
        words += ["--set", f"{name}={value}"]
    words += ["--settled"] if settled else []
    for name in left_out:
        words += ["--left-out", name]
    return shlex.join([*words, *([] if output is None else ["-o", output])])


def _seen_from(folder: Path, file: str) -> str:
    """The path of the spec, as a test in `folder` names it."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return str(Path(file).resolve())
