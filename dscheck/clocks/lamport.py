"""Which number orders events so that causes come first? Lamport's logical clock.

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978.
"""

from dataclasses import dataclass

from dscheck.clocks.order import Order, order_of


@dataclass(frozen=True, slots=True, order=True)
class LamportClock:
    """The clock of one process; its time is the stamp of the process's last event.

    The clock condition holds: if a happens before b, the stamp of a is smaller. The converse does not.

    Attributes:
        time: a natural number.
    """

    time: int = 0

    def __post_init__(self) -> None:
        if self.time < 0:
            raise ValueError(f"a Lamport clock shows a natural number, not {self.time}")

    def tick(self) -> "LamportClock":
        """The clock after an event of its own, a send included: rule IR1."""
        return LamportClock(self.time + 1)

    def receive(self, stamp: "LamportClock") -> "LamportClock":
        """The clock after the receipt of a message that carries `stamp`, the clock of its send: rule IR2."""
        return LamportClock(max(self.time, stamp.time) + 1)

    def compare(self, other: "LamportClock") -> Order:
        """How this stamp stands to `other`. Never CONCURRENT, which a single number cannot tell."""
        return order_of(at_most=self.time <= other.time, at_least=self.time >= other.time)

    def __str__(self) -> str:
        return str(self.time)


def total_order_key(clock: LamportClock, process: str | int) -> tuple[int, str | int]:
    """A sort key that extends happens-before to a total order: ties are broken by the process (section 2 there)."""
    return (clock.time, process)
