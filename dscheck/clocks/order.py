"""How do two clock values relate? The four answers of a partial order."""

from enum import Enum


class Order(Enum):
    """How one value stands to another."""

    BEFORE = "before"
    AFTER = "after"
    EQUAL = "equal"
    CONCURRENT = "concurrent"

    @property
    def reversed(self) -> "Order":
        """How the other stands to the one."""
        return {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE}.get(self, self)


def order_of(*, at_most: bool, at_least: bool) -> Order:
    """The answer when it is known whether the one is at most, and whether it is at least, the other."""
    if at_most:
        return Order.EQUAL if at_least else Order.BEFORE
    return Order.AFTER if at_least else Order.CONCURRENT
