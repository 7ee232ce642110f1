"""What happens with a fault of dscheck itself? It is kept in a file, to be reported."""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from dscheck.cli.console import complain
from dscheck.version import version


def show_fault(error: Exception, arguments: Sequence[str]) -> None:
    """Keep the traceback in a file, and ask for it: on the terminal it would only hide the sentence that matters.

    Args:
        error: what was raised.
        arguments: of the command, without the program's name.
    """
    handle, name = tempfile.mkstemp(prefix="dscheck-fault-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"dscheck {version()}, Python {sys.version}, {sys.platform}\n")
        file.write(f"arguments: {list(arguments)}\ndirectory: {Path.cwd()}\n\n")
        file.write("".join(traceback.format_exception(error)))
    what = str(error).partition("\n")[0]
    complain(
        f"a fault in dscheck, not in your spec: {type(error).__name__}" + (f": {what}" if what else ""),
        help=f"nothing was decided; please report it with the spec and {name}",
    )
