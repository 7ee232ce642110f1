"""`dscheck lsp`: what does an editor start to get diagnostics, hover, definitions and fixes?"""

from importlib import import_module
from importlib.util import find_spec

import click

from dscheck.cli.console import complain
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED


@click.command()
@click.option("--stdio", is_flag=True, help="Speak on standard input and output; it always does.")
def lsp(stdio: bool) -> int:  # noqa: ARG001 - editors pass it to every language server
    """\b
    dscheck lsp
    dscheck lsp --stdio

    Serve an editor: diagnostics while typing, hover, go to definition, outline, format, quick fixes.

    It speaks the Language Server Protocol on standard input and output; an editor starts it.
    """
    if find_spec("pygls") is None:
        complain("the language server needs pygls", help="pip install 'dscheck[lsp]'")
        return EXIT_NOT_ASKED
    import_module("dscheck.editing.server").serve()
    return EXIT_MET
