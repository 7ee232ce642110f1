"""How far apart are two clocks, by the messages that their nodes exchanged?

F. Cristian: Probabilistic clock synchronization. Distributed Computing 3, 1989.
D. L. Mills: Internet time synchronization: the network time protocol. IEEE Transactions on Communications 39(10), 1991.
K. Marzullo: Maintaining the time in a distributed system. PhD thesis, Stanford, 1984.
"""

from collections.abc import Sequence
from fractions import Fraction

from dscheck.record import record
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.event import Trace


@record
class Offset:
    """What has to be added to one clock to get another.

    Attributes:
        estimate: the middle of what is possible.
        error: how far off the estimate is at most.
    """

    estimate: Fraction
    error: Fraction

    @property
    def least(self) -> Fraction:
        """The least offset that is possible."""
        return self.estimate - self.error

    @property
    def most(self) -> Fraction:
        """The greatest offset that is possible."""
        return self.estimate + self.error


def cristian(asked: int, served: int, answered: int, delay_min: int = 0) -> Offset:
    """Server minus client, from a client that asks and is answered with the server's time.

    Args:
        asked: the client's time when it asks.
        served: the server's time in its answer.
        answered: the client's time when the answer arrives.
        delay_min: of a message in either direction.
    """
    round_trip = Fraction(answered - asked)
    return Offset(served + round_trip / 2 - answered, round_trip / 2 - delay_min)


def ntp(asked: int, received: int, replied: int, answered: int, delay_min: int = 0) -> Offset:
    """Server minus client, from the four times of an exchange.

    Args:
        asked: the client's time when it sends its request (T1).
        received: the server's time when that arrives (T2).
        replied: the server's time when it sends its reply (T3).
        answered: the client's time when that arrives (T4).
        delay_min: of a message in either direction.
    """
    delay = (answered - asked) - (replied - received)
    return Offset(Fraction((received - asked) + (replied - answered), 2), Fraction(delay, 2) - delay_min)


@record
class NodeOffset:
    """What the messages between two nodes say of their clocks, if their offset did not change.

    Attributes:
        node: one of them.
        other: the other.
        least: the least that `other` can be ahead of `node`; None if no message went from `other` to `node`.
        most: the most that it can be ahead; None if no message went from `node` to `other`. Below
            `least` if the offset changed.
        messages: how many there are.
    """

    node: str
    other: str
    least: int | None
    most: int | None
    messages: int


def offsets_of(trace: Trace, delay_min: int = 0) -> tuple[NodeOffset, ...]:
    """For each two nodes with timed messages between them, the best bounds: those of the quickest message each way."""
    least: dict[tuple[str, str], int] = {}
    count: dict[tuple[str, str], int] = {}
    for receipt, send in matched_messages(trace.events).send_of.items():
        sent, got = trace.events[send], trace.events[receipt]
        if sent.time is not None and got.time is not None and sent.node != got.node:
            way = (sent.node, got.node)
            ahead = got.time - sent.time - delay_min
            least[way] = min(least.get(way, ahead), ahead)
            count[way] = count.get(way, 0) + 1
    pairs = sorted({tuple(sorted(way)) for way in least})
    return tuple(
        NodeOffset(
            node,
            other,
            -least[other, node] if (other, node) in least else None,
            least.get((node, other)),
            count.get((node, other), 0) + count.get((other, node), 0),
        )
        for node, other in pairs
    )


def agreement(offsets: Sequence[Offset]) -> tuple[int, Offset]:
    """How many of some sources can be right at once at most, and the first stretch where so many agree (Marzullo)."""
    if not offsets:
        raise ValueError("no sources, no agreement")
    ends = sorted([(each.least, 0) for each in offsets] + [(each.most, 1) for each in offsets])
    best, open_now = 0, 0
    least = most = ends[0][0]
    for at, (value, closes) in enumerate(ends):
        if closes:
            open_now -= 1
        else:
            open_now += 1
            if open_now > best:
                best, least, most = open_now, value, ends[at + 1][0]
    return best, Offset((least + most) / 2, (most - least) / 2)
