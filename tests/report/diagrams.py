"""Diagrams to draw: the course's worksheet, a timed one, and one with every kind of message."""

from dscheck.spacetime import Arrow, Diagram, DiagramEvent

LAMPORT = {"a": 1, "b": 2, "g": 3, "c": 3, "d": 4, "e": 1, "f": 5}
VECTOR = {
    "a": "[1, 0, 0]", "b": "[2, 0, 0]", "g": "[3, 0, 0]", "c": "[2, 1, 0]", "d": "[2, 2, 0]",
    "e": "[0, 0, 1]", "f": "[2, 2, 2]",
}  # fmt: skip
LANES = {"a": 0, "b": 0, "g": 0, "c": 1, "d": 1, "e": 2, "f": 2}


def worksheet(events: str = "abgcdef") -> Diagram:
    """The course's worksheet, with its events in this order."""
    values = {name: {"L": str(LAMPORT[name]), "V": VECTOR[name]} for name in events}
    return Diagram(
        "sheet",
        ("P1", "P2", "P3"),
        tuple(DiagramEvent(name, LANES[name], values=values[name]) for name in events),
        (Arrow("m1", events.index("b"), events.index("c")), Arrow("m2", events.index("d"), events.index("f"))),
    )


CRISTIAN = Diagram(
    "worst = 614/99",
    ("client", "server"),
    (
        DiagramEvent("ask", 0, "send", time="0"),
        DiagramEvent("got", 1, "receive", time="1604/99"),
        DiagramEvent("back", 0, "receive", time="2000/99"),
    ),
    (Arrow("request", 0, 1), Arrow("answer", 1, 2)),
)
# Messages that overtake each other, that cross lanes, that are lost, under way, or sent to their own sender.
TANGLED = Diagram(
    "tangled",
    ("Alice", "Bob", "Carol"),
    tuple(
        DiagramEvent(name, lane)
        for name, lane in (
            ("a1", 0), ("a2", 0), ("b1", 1), ("b2", 1), ("c1", 2),
            ("c2", 2), ("a3", 0), ("c3", 2), ("c4", 2), ("a4", 0),
        )
    ),
    (
        Arrow("late", 0, 3), Arrow("early", 1, 2), Arrow("far", 0, 5), Arrow("back", 2, 6), Arrow("gone", 4, to=1),
        Arrow("own", 7, 8), Arrow("home", 5, 9), Arrow("coming", 6, to=2, under_way=True),
    ),
)  # fmt: skip
DIAGRAMS = {"worksheet": worksheet(), "cristian": CRISTIAN, "tangled": TANGLED}
