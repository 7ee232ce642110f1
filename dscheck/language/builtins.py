"""Which functions does the language itself have, and what do they tell?"""

from typing import Literal

from dscheck.record import record


@record
class Builtin:
    """One function of the language.

    Attributes:
        name: how it is called.
        signature: how to write a call.
        fewest: the least number of arguments.
        most: the largest number of arguments, None for any number.
        where: where it means something.
        sentence: what it gives.
    """

    name: str
    signature: str
    fewest: int
    most: int | None
    where: Literal["anywhere", "state", "property", "step", "bound"]
    sentence: str


BUILTINS: dict[str, Builtin] = {
    row.name: row
    for row in (
        Builtin("len", "len(s)", 1, 1, "anywhere", "how many members a set, a map or a list has"),
        Builtin("min", "min(a, b, …)", 1, None, "anywhere", "the smallest argument, or member of a set or list"),
        Builtin("max", "max(a, b, …)", 1, None, "anywhere", "the largest argument, or member of a set or list"),
        Builtin("tail", "tail(l)", 1, 1, "anywhere", "the list l without its first element"),
        Builtin("next", "next(p)", 1, 1, "anywhere", "the process after p on the ring, the first after the last"),
        Builtin("previous", "previous(p)", 1, 1, "anywhere", "the process before p on the ring"),
        Builtin("crashed", "crashed(p)", 1, 1, "state", "whether p is down, as a perfect failure detector tells it"),
        Builtin("linked", "linked(p, q)", 2, 2, "state", "whether the link between p and q is uncut"),
        Builtin("running", "running(t)", 1, 1, "state", "whether the own timer t runs; in properties `running(p.t)`"),
        Builtin("up", "up(p)", 1, 1, "property", "whether p is up"),
        Builtin("old", "old(e)", 1, 1, "step", "the value of e before the step"),
        Builtin("sent", "sent(M, …)", 1, None, "bound", "how many messages of these kinds were sent"),
        Builtin("delivered", "delivered(M, …)", 1, None, "bound", "how many messages of these kinds were handled"),
        Builtin("fired", "fired(a)", 1, 1, "bound", "how often the action a ran"),
    )
}
"""every function of the language, by name"""
