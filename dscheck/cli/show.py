"""`dscheck show`: what does a spec become on its way to the engine?"""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from dscheck import workflow
from dscheck.cli.answering import SET_OPTION
from dscheck.cli.completing import check_names
from dscheck.cli.console import answer, complain, style_for
from dscheck.diagnostics import SpecError
from dscheck.engines.refusals import Refused
from dscheck.options import CheckOptions
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED


@click.command()
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--syntax", "stage", flag_value="syntax", help="The syntax tree: the text as it was understood.")
@click.option("--ir", "stage", flag_value="ir", default="ir", help="The transition system that is explored (default).")
@click.option("--python", "stage", flag_value="python", help="The Python that the reference engine runs.")
@click.option("--c", "stage", flag_value="c", help="The C that the native engine compiles.")
@SET_OPTION
@click.option("--check", "name", metavar="NAME", shell_complete=check_names, help="With the settings of this check.")
def show(file: str, stage: str, constants: Mapping[str, str], name: str | None) -> int:
    """\b
    dscheck show specs/mutex.dsc
    dscheck show specs/mutex.dsc --python --check two

    Print what a spec becomes on its way to the engine.
    """
    options = CheckOptions(checks=(name,) if name else (), constants=constants)
    try:
        match stage:
            case "syntax":
                text = workflow.show_syntax(Path(file))
            case "python":
                text = workflow.show_generated(Path(file), options, "reference")
            case "c":
                text = workflow.show_generated(Path(file), options, "native")
            case _:
                text = workflow.show_ir(Path(file), options)
    except SpecError as error:
        sys.stderr.write(diagnostics_as_text(error.source, error.diagnostics, style=style_for(sys.stderr)) + "\n")
        return EXIT_NOT_ASKED
    except OSError as error:
        complain(f"cannot read {file}: {(error.strerror or str(error)).lower()}")
        return EXIT_NOT_ASKED
    except Refused as error:
        complain(f"there is no C for {file}: {error}", help="the reference engine explores it: `--python` shows how")
        return EXIT_NOT_ASKED
    answer(text if text.endswith("\n") else text + "\n")
    return EXIT_MET
