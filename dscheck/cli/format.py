"""`dscheck format`: are these specs laid out in the one agreed form, and if not, make them so."""

import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click

from dscheck.cli.console import answer, complain, remark, style_for
from dscheck.cli.output_file import OutputFile
from dscheck.diagnostics import SpecError
from dscheck.language.formatter import format_spec
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.source import SourceFile
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED, EXIT_NOT_MET

STANDARD_INPUT = "-"


@click.command("format")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 if something would change.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change, exit with 1 if anything.")
def format_specs(files: tuple[str, ...], only_check: bool, diff: bool) -> int:
    """\b
    dscheck format specs
    dscheck format --diff specs/mutex.dsc

    Lay out specs in the one agreed form. Lines that are broken inside brackets stay so, with at most 100 characters
    where they can be broken further.

    FILE is a spec, a directory that is searched for *.dsc, or - for standard input, which is
    written to standard output.
    """
    code = EXIT_MET
    for name in _expanded(files):
        try:
            source = _read(name)
            text = format_spec(source)
        except SpecError as error:
            remark(diagnostics_as_text(error.source, error.diagnostics, style=style_for(sys.stderr)) + "\n")
            code = EXIT_NOT_ASKED
            continue
        except UnicodeDecodeError as error:
            complain(f"cannot read {name}: byte {error.start} is not UTF-8")
            code = EXIT_NOT_ASKED
            continue
        except OSError as error:
            complain(f"cannot read {name}: {(error.strerror or str(error)).lower()}")
            code = EXIT_NOT_ASKED
            continue
        if only_check or diff:
            if text != source.text:
                code = code or EXIT_NOT_MET
                answer(_difference(name, source.text, text) if diff else f"{name} would change\n")
        elif name == STANDARD_INPUT:
            answer(text)
        elif text != source.text:
            with OutputFile.open(name) as target:
                assert target is not None
                target.write(text)
            remark(f"{name} changed")
    return code


def _expanded(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if name != STANDARD_INPUT and Path(name).is_dir():
            yield from map(str, sorted(Path(name).rglob("*.dsc")))
        else:
            yield name


def _read(name: str) -> SourceFile:
    if name == STANDARD_INPUT:
        return SourceFile.of_bytes("<stdin>", sys.stdin.buffer.read())
    return SourceFile.read(Path(name))


def _difference(name: str, before: str, after: str) -> str:
    lines = unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (formatted)", lineterm="")
    return "".join(f"{line}\n" for line in lines)
