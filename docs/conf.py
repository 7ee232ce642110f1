"""How is the site made? `sphinx-build -W docs site`: the pages of this folder, with the theme furo.

Pages about commands and about the codes of messages are filled from the program itself.
"""

import re
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

import click  # noqa: E402 - dscheck is found from here

from dscheck.cli.explain import pages  # noqa: E402
from dscheck.cli.main import COMMANDS, dscheck  # noqa: E402
from dscheck.integrations.pygments_lexer import SpecLexer  # noqa: E402
from dscheck.version import version as version_of_dscheck  # noqa: E402

project = "dscheck"
release = version_of_dscheck()
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples/*", "_*"]
html_theme = "furo"
html_title = "dscheck"
html_show_copyright = False
html_copy_source = False
myst_heading_anchors = 3
myst_enable_extensions = ["attrs_inline"]

COMMANDS_HERE = "<!-- every command -->"
CODES_HERE = "<!-- every code -->"
_LINK_OUT = re.compile(r"\[([^\]]*)\]\((\.\./[^)#]*?)/?(?:#[^)]*)?\)")


def commands_as_markdown() -> str:
    """What each command prints with `--help`."""
    context = click.Context(dscheck, info_name="dscheck")
    parts = []
    for name in COMMANDS:
        command = dscheck.get_command(context, name)
        assert command is not None
        text = command.get_help(click.Context(command, info_name=name, parent=context, max_content_width=100))
        parts.append(f"## dscheck {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def codes_as_markdown() -> str:
    """What `dscheck explain` prints of each code, its headings one level deeper."""
    found = []
    for text in pages().values():
        deeper = re.sub(r"^#(?= |#)", "##", text, flags=re.MULTILINE).rstrip() + "\n"
        found.append(
            re.sub(r"^```dsc (wrong|right)$", lambda kind: f"\n{kind[1]}:\n\n```dsc", deeper, flags=re.MULTILINE)
        )
    return "\n".join(found)


def fill(_app: Any, _page: str, source: list[str]) -> None:
    """Put the generated parts into a page, and keep the words of links to folders and pages that the site has not."""
    text = source[0]
    if COMMANDS_HERE in text:
        text = text.replace(COMMANDS_HERE, commands_as_markdown())
    if CODES_HERE in text:
        text = text.replace(CODES_HERE, codes_as_markdown())
    source[0] = _LINK_OUT.sub(_words_or_file, text)


def _words_or_file(link: re.Match[str]) -> str:
    """Specs and the like can be fetched from the site."""
    target = DOCS / link[2]
    return link[1] if target.is_dir() or target.suffix == ".md" else link[0]


def setup(app: Any) -> None:
    """Teach Sphinx the language, and to fill the pages."""
    app.add_lexer("dsc", SpecLexer)
    app.connect("source-read", fill)
