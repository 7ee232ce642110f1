"""Which errors and warnings does a spec give? What the tests of restrictions share."""

from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.source import SourceFile


def problems(text: str) -> list[str]:
    """The codes of the errors of a spec."""
    try:
        read_spec(SourceFile("<test>", text))
    except SpecError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def warnings(text: str) -> list[tuple[str, str]]:
    """Code and first quoted name of each warning."""
    return [(each.code, each.message.split("`")[1]) for each in read_spec(SourceFile("<test>", text)).warnings]


def indented(text: str, depth: int) -> str:
    return "\n".join(" " * depth + line for line in text.split("\n"))
