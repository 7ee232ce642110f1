"""Which commands are there, and what does the process end with? A command is imported when it is called."""

import gc
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

import click

from dscheck.cli.console import complain, prepare_streams, remark
from dscheck.verdict import EXIT_INTERRUPTED, EXIT_MET, EXIT_NOT_ASKED, EXIT_OUR_FAULT
from dscheck.version import version

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# In the order of a first session.
COMMANDS = {
    "new": ("dscheck.cli.new:new", "write a first spec that teaches"),
    "check": ("dscheck.cli.check:check", "explore every interleaving and judge every check"),
    "schedule": ("dscheck.cli.schedule:schedule", "answer schedules and timing blocks, and draw them"),
    "verify": ("dscheck.cli.verify:verify", "judge recorded traces of a running system"),
    "simulate": ("dscheck.cli.simulate:simulate", "walk a spec at random and write traces"),
    "generate": ("dscheck.cli.generate:generate", "write pytest cases that cover a spec"),
    "convert": ("dscheck.cli.convert:convert", "write a trace in another format"),
    "report": ("dscheck.cli.report:report", "draw an answer that was saved, or write it in another format"),
    "resume": ("dscheck.cli.resume:resume", "go on with checks that --checkpoint saved"),
    "show": ("dscheck.cli.show:show", "print what a spec becomes on its way to the engine"),
    "explain": ("dscheck.cli.explain:explain", "explain the code of an error message"),
    "format": ("dscheck.cli.format:format_specs", "lay out specs in the one agreed form"),
    "lsp": ("dscheck.cli.lsp:lsp", "serve an editor: problems, hover, definitions, fixes"),
    "completion": ("dscheck.cli.completion:completion", "print what a shell needs to complete dscheck"),
    "doctor": ("dscheck.cli.doctor:doctor", "print versions and places, to paste into a report"),
}
_OVERVIEW = """\
dscheck checks protocols of distributed systems: it explores every interleaving of a spec,
with its faults, and shows a shortest run that breaks a property.

A first session:
  dscheck new mutex                  {new}
  dscheck check specs/mutex.dsc      {check}
Then:
  dscheck schedule FILE              {schedule}
  dscheck verify TRACE               {verify}
  dscheck simulate FILE              {simulate}
  dscheck generate FILE              {generate}
  dscheck show FILE                  {show}
  dscheck explain DS0201             {explain}
  dscheck format FILE                {format}
  dscheck convert TRACE --to FORMAT  {convert}
  dscheck report saved.json          {report}
  dscheck resume DIR                 {resume}
  dscheck doctor                     {doctor}

pytest collects *.dsc by itself. Editors: dscheck lsp; shells: dscheck completion. Options: --help
"""


_OBJECTS_BEFORE_COLLECTING = 100_000
"""Python's own 700 makes it walk the half-loaded package again and again: a seventh of the time of a small check."""


class Commands(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All names, in the order of a first session."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run; a name that is nearly right is offered."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"the commands are {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command `{name}`; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """What begins like `incomplete`, without importing any command."""
        from click.shell_completion import CompletionItem

        offered = [
            CompletionItem(name, help=about) for name, (_, about) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return offered + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", "show_version", is_flag=True, help="Print the version and stop.")
@click.pass_context
def dscheck(ctx: click.Context, show_version: bool) -> int:
    """\b
    dscheck new mutex
    dscheck check specs/mutex.dsc

    Check protocols of distributed systems: every interleaving of a spec, faults included.
    """
    if show_version:
        click.echo(f"dscheck {version()}")
        ctx.exit(EXIT_MET)
    if ctx.invoked_subcommand is None:
        click.echo(_OVERVIEW.format(**{name: summary for name, (_, summary) in COMMANDS.items()}), nl=False)
    return EXIT_MET


def run(arguments: Sequence[str]) -> int:
    """Run the command line `dscheck ARGUMENTS…` and give its exit code.

    Args:
        arguments: without the program's name.
    """
    prepare_streams()
    try:
        result = dscheck.main(args=list(arguments), prog_name="dscheck", standalone_mode=False)
    except click.UsageError as error:
        _show_usage(error)
        return EXIT_NOT_ASKED
    except click.ClickException as error:
        complain(error.format_message())
        return EXIT_NOT_ASKED
    except (click.Abort, KeyboardInterrupt):
        remark("interrupted")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place where a fault of ours becomes an exit code
        from dscheck.cli.fault import show_fault

        show_fault(error, arguments)
        return EXIT_OUR_FAULT
    return result if isinstance(result, int) else EXIT_MET


def main() -> None:
    """The entry point of the `dscheck` script."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    code = run(sys.argv[1:])
    gc.freeze()  # the interpreter would look for garbage once more before the process, and all of it, goes
    sys.exit(code)


def _show_usage(error: click.UsageError) -> None:
    command = error.ctx.command_path if error.ctx is not None else "dscheck"
    complain(error.format_message().rstrip("."), help=f"see `{command} --help`")
