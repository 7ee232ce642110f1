"""What does a special case answer?"""

from dscheck.record import record


@record
class Shortcut:
    """The answer of a special case.

    Attributes:
        linearizable: whether there is an order.
        method: the special case, a few words.
        order: indices of the operations, if there is one.
        guilty: indices of operations that contradict each other, if there is none.
    """

    linearizable: bool
    method: str
    order: tuple[int, ...] = ()
    guilty: tuple[int, ...] = ()
