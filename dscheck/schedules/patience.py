"""Is there time left? Work that takes too long is given up, in the middle of a formula too."""

from collections.abc import Iterator
from time import monotonic

from dscheck.record import record


class TimeIsOver(Exception):
    """What was asked is not worked out in time; the text says in which: `no answer in 2 s`."""


@record
class Deadline:
    """When to stop.

    Attributes:
        seconds: how long it may take, as the user said; None for no limit.
        at: the end, as `monotonic` tells it; None for none.
    """

    seconds: float | None
    at: float | None

    @property
    def left(self) -> float:
        """Seconds until then; infinitely many without a limit."""
        return float("inf") if self.at is None else max(self.at - monotonic(), 0.0)

    def check(self) -> None:
        """Go on if there is time.

        Raises:
            TimeIsOver: there is none left.
        """
        if self.at is not None and monotonic() >= self.at:
            raise TimeIsOver(f"no answer in {self.seconds:g} s")


NO_DEADLINE = Deadline(None, None)


def deadline_in(seconds: float | None) -> Deadline:
    """The deadline in so many seconds from now; None for no limit."""
    return Deadline(seconds, None if seconds is None else monotonic() + seconds)


class WatchedRange:
    """The numbers 0, 1, … below `count`; to begin with them raises `TimeIsOver` after the deadline.

    A formula that binds many names begins its innermost loop so often that it is stopped soon.
    """

    __slots__ = ("_deadline", "_numbers")

    def __init__(self, count: int, deadline: Deadline) -> None:
        self._numbers = range(count)
        self._deadline = deadline

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        self._deadline.check()
        return iter(self._numbers)
