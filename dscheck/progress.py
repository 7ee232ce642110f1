"""How far has a running search come? What engines tell while they work, and who listens."""

from collections.abc import Callable
from dataclasses import KW_ONLY

from dscheck.record import record


@record
class Progress:
    """One moment of a search.

    Attributes:
        states: distinct states stored so far.
        transitions: labels tried so far.
        queue: states that wait to be expanded.
        depth: steps from an initial state of the level being expanded.
        seconds: wall-clock time since the check began.
        memory_bytes: resident size of the process.
        file: the file whose check it is, as given; a search alone does not know it.
        check: the name of the check.
    """

    _: KW_ONLY
    states: int
    transitions: int
    queue: int
    depth: int
    seconds: float
    memory_bytes: int
    file: str = ""
    check: str = ""


Observer = Callable[[Progress], None]


def quiet(progress: Progress) -> None:
    """The observer that shows nothing."""
