"""Which stamp stays close to physical time and still orders causes first? Hybrid logical clocks.

S. Kulkarni, M. Demirbas, D. Madappa, B. Avva, M. Leone: Logical physical clocks. OPODIS 2014, algorithm in section 3.3.
"""

from dataclasses import dataclass
from fractions import Fraction

from dscheck.clocks.order import Order, order_of

Time = int | Fraction  # physical time in any unit, from 0; exact


def _exact(time: Time) -> None:
    if isinstance(time, float):
        raise TypeError("physical time is an int or a Fraction: a float would round")


@dataclass(frozen=True, slots=True, order=True)
class HybridClock:
    """A stamp: the greatest physical time heard of, and a counter for events that it does not tell apart.

    If a happens before b, the stamp of a is smaller (lexicographically). `physical` is never below the physical time of
    its event, and above it by at most the greatest difference between two clocks.

    Attributes:
        physical: `l` in the paper.
        counter: `c` in the paper.
    """

    physical: Time = 0
    counter: int = 0

    def __post_init__(self) -> None:
        _exact(self.physical)
        if self.counter < 0:
            raise ValueError(f"the counter is a natural number, not {self.counter}")

    def tick(self, now: Time) -> "HybridClock":
        """The clock after an event of its own, a send included, at physical time `now`."""
        _exact(now)
        physical = max(self.physical, now)
        return HybridClock(physical, self.counter + 1 if physical == self.physical else 0)

    def receive(self, stamp: "HybridClock", now: Time) -> "HybridClock":
        """The clock after the receipt, at physical time `now`, of a message that carries `stamp`."""
        _exact(now)
        physical = max(self.physical, stamp.physical, now)
        counters = [each.counter for each in (self, stamp) if each.physical == physical]
        return HybridClock(physical, max(counters) + 1 if counters else 0)

    def compare(self, other: "HybridClock") -> Order:
        """How this stamp stands to `other`. Never CONCURRENT: stamps are ordered like pairs of numbers."""
        return order_of(at_most=self <= other, at_least=self >= other)

    def __str__(self) -> str:
        return f"{self.physical}.{self.counter}"


@dataclass(frozen=True, slots=True, order=True)
class NaiveHybridClock:
    """The clock without a counter, for comparison: it orders causes first too, but runs away from physical time.

    Attributes:
        physical: the stamp (section 3.2 of the paper shows the run in which it drifts without bound).
    """

    physical: Time = 0

    def __post_init__(self) -> None:
        _exact(self.physical)

    def tick(self, now: Time) -> "NaiveHybridClock":
        """The clock after an event of its own at physical time `now`."""
        return NaiveHybridClock(max(self.physical + 1, now))

    def receive(self, stamp: "NaiveHybridClock", now: Time) -> "NaiveHybridClock":
        """The clock after the receipt of `stamp` at physical time `now`."""
        return NaiveHybridClock(max(self.physical + 1, stamp.physical + 1, now))

    def compare(self, other: "NaiveHybridClock") -> Order:
        """How this stamp stands to `other`. Never CONCURRENT, which a single number cannot tell."""
        return order_of(at_most=self.physical <= other.physical, at_least=self.physical >= other.physical)

    def __str__(self) -> str:
        return str(self.physical)
