"""`dscheck resume`: how does a check that was saved and ended go on?"""

from pathlib import Path
from typing import Any

import click

from dscheck import workflow
from dscheck.cli.answering import limits_from, shared_options, tell
from dscheck.options import CheckOptions, NativeOptions


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@shared_options
def resume(folder: Path, **given: Any) -> int:
    """\b
    dscheck resume saved
    dscheck resume saved --timeout 3600

    Go on with the checks that `dscheck check --checkpoint DIR` saved, from the last level that was finished.

    The specs and settings are those of then. Its limits are not: the search goes on until it is decided, or until a
    limit that is given now. What is found is saved in DIR again.
    """
    options = CheckOptions(limits=limits_from(given), native=NativeOptions(workers=given["workers"]))
    return tell(lambda observer: workflow.resume(folder, options, observer=observer), lambda _: None, given)
