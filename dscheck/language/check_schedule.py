"""Is a schedule sound: every name known, every message sent once, no event before its cause?"""

from collections.abc import Sequence

from dscheck.language import syntax
from dscheck.language.findings import Findings


def check_schedule(block: syntax.Schedule, findings: Findings) -> None:
    """Report what is wrong inside `block`."""


def check_schedules(block: syntax.Schedules, above: Sequence[syntax.Schedule], findings: Findings) -> None:
    """Report what is wrong inside `block`.

    Args:
        block: all schedules of an extent.
        above: the schedules of the file, whose clocks and formulas it takes if it has no lines.
        findings: takes the diagnostics.
    """
