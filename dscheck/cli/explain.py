"""`dscheck explain`: what does the code of a message mean, with an example of wrong and of right?"""

import re
from difflib import get_close_matches
from importlib.resources import files

import click

from dscheck.cli.console import answer, complain
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED

_CODE = re.compile(r"(?:ds)?0*(\d{1,4})", re.IGNORECASE)


@click.command()
@click.argument(
    "code",
    required=False,
    metavar="[CODE]",
    shell_complete=lambda _context, _argument, incomplete: [
        name for name in pages() if name.startswith(incomplete.upper())
    ],
)
def explain(code: str | None) -> int:
    """\b
    dscheck explain DS0201
    dscheck explain

    Explain the code of an error message; without a code, list them all.
    """
    known = pages()
    if code is None:
        answer("".join(f"{name}  {_title(text)}\n" for name, text in known.items()))
        return EXIT_MET
    match = _CODE.fullmatch(code.strip())
    name = f"DS{int(match[1]):04}" if match else code.strip().upper()
    if name in known:
        answer(known[name].rstrip() + "\n")
        return EXIT_MET
    close = get_close_matches(name, known, n=1)
    complain(
        f"there is no page for {code}",
        help=f"did you mean {close[0]}?" if close else "`dscheck explain` lists all codes",
    )
    return EXIT_NOT_ASKED


def pages() -> dict[str, str]:
    """The text of every page by its code, in order."""
    folder = files("dscheck.language") / "errors"
    found = [entry for entry in folder.iterdir() if entry.name.startswith("DS") and entry.name.endswith(".md")]
    return {
        entry.name.removesuffix(".md"): entry.read_text(encoding="utf-8")
        for entry in sorted(found, key=lambda entry: entry.name)
    }


def _title(page: str) -> str:
    """`# DS0201 · nothing of that name is in scope` without its sign and code."""
    head = page.partition("\n")[0].lstrip("# ")
    return head.partition("·")[2].strip() or head
