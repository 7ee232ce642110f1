"""Clocks for distributed systems, usable alone: Lamport, vector, version vectors, matrix, hybrid.

    from dscheck.clocks import Order, VectorClock

    a = VectorClock.of({"p": 1})
    b = VectorClock.of({"q": 1})
    assert a.compare(b) is Order.CONCURRENT

Every clock is an immutable, hashable value; an event gives a new one.
"""

from dscheck.clocks.counters import Counters
from dscheck.clocks.hybrid import HybridClock, NaiveHybridClock
from dscheck.clocks.lamport import LamportClock, total_order_key
from dscheck.clocks.matrix import MatrixClock
from dscheck.clocks.order import Order
from dscheck.clocks.vector import VectorClock
from dscheck.clocks.version_vector import Dot, DottedVersionVector, Siblings, VersionVector, maximal

__all__ = [
    "Counters",
    "Dot",
    "DottedVersionVector",
    "HybridClock",
    "LamportClock",
    "MatrixClock",
    "NaiveHybridClock",
    "Order",
    "Siblings",
    "VectorClock",
    "VersionVector",
    "maximal",
    "total_order_key",
]
