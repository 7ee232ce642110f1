"""`dscheck completion`: what does a shell need to complete commands, options, formats and the names of checks?"""

import click
from click.shell_completion import get_completion_class

from dscheck.cli.console import answer
from dscheck.verdict import EXIT_MET

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """\b
    dscheck completion bash
    dscheck completion fish | source

    Print the script by which a shell completes dscheck: commands, options, formats, and names of checks.

    \b
    For every session:
      bash  eval "$(dscheck completion bash)"   in ~/.bashrc
      zsh   eval "$(dscheck completion zsh)"    in ~/.zshrc
      fish  dscheck completion fish | source    in ~/.config/fish/config.fish
    """
    found = get_completion_class(shell)
    assert found is not None, "click knows the shells of SHELLS"
    maker = found(context.find_root().command, {}, "dscheck", "_DSCHECK_COMPLETE")
    # `source` would run bash to ask how old it is; the script itself says so where it is too old.
    answer(maker.source_template % maker.source_vars())
    return EXIT_MET
