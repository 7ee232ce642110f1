"""In which words is it said how a question came out, how much was looked at, and how long it took?"""

from dataclasses import KW_ONLY

from dscheck.record import record
from dscheck.report.columns import beside, pad, printable
from dscheck.report.style import Role, Style, plain
from dscheck.verdict import (
    EXIT_INTERRUPTED,
    EXIT_MET,
    EXIT_NOT_MET,
    EXIT_UNKNOWN,
    BlockResult,
    CheckResult,
    FileResult,
    check_exit_code,
)

STATUS: dict[int, tuple[str, Role]] = {
    EXIT_MET: ("MET", "good"),
    EXIT_NOT_MET: ("NOT MET", "bad"),
    EXIT_UNKNOWN: ("UNKNOWN", "unsure"),
    EXIT_INTERRUPTED: ("UNKNOWN", "unsure"),
}
LEFT = 9  # cells before a name: the widest status and two spaces
KEY = 10  # cells of `violated` and the like, with two spaces


@record
class TextOptions:
    """How much to tell.

    Attributes:
        full_runs: show the run of an expected violation, and the diagrams of a block that is met; others always are.
        quiet: leave out what came out as expected.
        strict: count a vacuity warning as an expectation not met.
        memory: show the peak memory too.
    """

    _: KW_ONLY
    full_runs: bool = False
    quiet: bool = False
    strict: bool = False
    memory: bool = False


def status(question: CheckResult | BlockResult, *, strict: bool = False) -> tuple[str, Role]:
    """`MET`, `NOT MET` or `UNKNOWN`, and the role of that word."""
    return STATUS[check_exit_code(question, strict=strict)]


def headline(
    file: FileResult,
    question: CheckResult | BlockResult,
    told: str,
    options: TextOptions,
    *,
    name_width: int = 0,
    style: Style = plain,
) -> str:
    """The first line of a question: its status, its name, and its place unless it is met.

    Args:
        file: the file it belongs to.
        question: the answer.
        told: what stands behind the name.
        options: what counts as met.
        name_width: cells to which the name is padded.
        style: sets pieces off by their role.
    """
    word, role = status(question, strict=options.strict)
    name = pad(printable(question.name), name_width)
    place = f"{printable(file.path)}:{question.line}" if question.line and word != "MET" else ""
    styled = style(role, word) + " " * (LEFT - len(word)) + style("name", name) + "  " + told
    if not place:
        return styled
    return styled + " " * beside(f"{pad(word, LEFT)}{name}  {told}", place) + style("place", place)


def count(number: int, noun: str) -> str:
    """`1 state`, `2,345 states`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """`0.04 s`, `62 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"
