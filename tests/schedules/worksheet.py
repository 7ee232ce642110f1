"""The worksheet of the course and how a text becomes a schedule: what the tests of schedules share."""

from dscheck.language import syntax
from dscheck.language.analysis import read_spec
from dscheck.options import Limits
from dscheck.schedules.answer import answer_schedule
from dscheck.schedules.sheet import Sheet, sheet_of
from dscheck.source import SourceFile
from dscheck.verdict import BlockResult

WORKSHEET = """\
P1: a, b sends m1, g
P2: receives m1 as c, d sends m2
P3: e, receives m2 as f
clock lamport as L
clock vector as V"""


def source_of(lines: str) -> SourceFile:
    indented = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    return SourceFile("<test>", f"protocol Test\n\nschedule sheet:\n{indented}\n")


def schedule_of(lines: str) -> syntax.Schedule:
    """The schedule with these lines; it must be free of static mistakes."""
    block = read_spec(source_of(lines)).blocks["sheet"]
    assert isinstance(block, syntax.Schedule)
    return block


def sheet_from(lines: str) -> Sheet:
    return sheet_of(schedule_of(lines))


def answer(lines: str) -> BlockResult:
    """The answer to the schedule with these lines."""
    return answer_schedule(source_of(lines), schedule_of(lines), Limits())
