"""Clocks for distributed systems, usable alone: Lamport, vector, version vectors, matrix, hybrid.

Every clock is an immutable, hashable value; an event gives a new one. Two processes, and a message from p to q:

>>> from dscheck.clocks import LamportClock, Order, VectorClock
>>> sent = VectorClock().tick("p")
>>> alone = VectorClock().tick("q")
>>> alone.compare(sent) is Order.CONCURRENT
True
>>> received = alone.receive(sent, "q")
>>> print(received, received.compare(sent).value)
{p: 1, q: 2} after

Lamport's clock needs one number for that, and says less: that of `alone` is not greater than that of `sent`.

>>> sent, alone = LamportClock().tick(), LamportClock().tick()
>>> print(alone.receive(sent), alone.compare(sent).value)
2 equal
"""

from dscheck.clocks.counters import Counters
from dscheck.clocks.hybrid import HybridClock, NaiveHybridClock
from dscheck.clocks.lamport import LamportClock, total_order_key
from dscheck.clocks.matrix import MatrixClock
from dscheck.clocks.order import Order
from dscheck.clocks.siblings import LumpedSiblings, PlainSiblings, Siblings
from dscheck.clocks.vector import VectorClock
from dscheck.clocks.version_vector import Dot, DottedVersionVector, VersionVector, maximal

__all__ = [
    "Counters",
    "Dot",
    "DottedVersionVector",
    "HybridClock",
    "LamportClock",
    "LumpedSiblings",
    "MatrixClock",
    "NaiveHybridClock",
    "Order",
    "PlainSiblings",
    "Siblings",
    "VectorClock",
    "VersionVector",
    "maximal",
    "total_order_key",
]
