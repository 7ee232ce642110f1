"""What is the answer to a schedule, and to all schedules of an extent?"""

from collections.abc import Sequence

from dscheck.language import syntax
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.verdict import BlockResult, Outcome


def answer_schedule(source: SourceFile, block: syntax.Schedule, limits: Limits) -> BlockResult:
    """Work out one schedule.

    Args:
        source: the file, for the text and place of each line.
        block: free of static mistakes.
        limits: its `timeout` bounds a search for messages; a search that it ends is UNKNOWN.
    """
    return BlockResult(block.name.name, "schedule", Outcome.UNKNOWN, None, "", ())


def answer_schedules(
    source: SourceFile, block: syntax.Schedules, above: Sequence[syntax.Schedule], limits: Limits
) -> BlockResult:
    """Check formulas on all schedules of an extent, up to renaming.

    Args:
        source: the file.
        block: free of static mistakes.
        above: the schedules of the file, whose clocks and formulas it takes if it has no lines.
        limits: `timeout`, and `max_states` as the number of schedules; a search that one ends is UNKNOWN.
    """
    return BlockResult(block.name.name, "schedules", Outcome.UNKNOWN, None, "", ())
