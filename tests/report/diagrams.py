"""Diagrams to draw: the course's worksheet, a timed one, and one with every kind of message."""

import random

from dscheck.spacetime import Arrow, Diagram, DiagramEvent, NetworkMark

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


# A run with every fault there is: a message doubled, one lost, one dropped, one that finds its receiver down, a cut
# link, a crash, a recovery, a guilty event; and it goes on for ever.
FAULTS = Diagram(
    "faults",
    ("Alice", "Bob", "Carol"),
    (
        DiagramEvent("go", 0, "send", state=1),
        DiagramEvent("on M", 1, "receive", state=4),
        DiagramEvent("on M", 1, "receive", state=5),
        DiagramEvent("shout", 1, "send", state=6),
        DiagramEvent("crashes", 2, mark="crash", state=7),
        DiagramEvent("recovers", 2, mark="recover", state=11),
        DiagramEvent("enter", 0, guilty=True, note="inside = true", state=12),
    ),
    (
        Arrow("M(1)", 0, 1, fields={"round": "1"}),
        Arrow("M(1)", 0, 2, copied=True, fields={"round": "1"}),
        Arrow("Hello", 3, to=2, fate="discarded", ended=9),
        Arrow("Hello", 3, to=0, fate="lost", ended=8),
        Arrow("Drop", 3, to=2, fate="dropped", ended=6),
        Arrow("Late", 3, to=0, under_way=True),
    ),
    (
        NetworkMark("duplicated", (0, 1), 1, 2, "M(1)"),
        NetworkMark("cut", (0, 1), 1, 3),
        NetworkMark("heal", (0, 1), 5, 10),
    ),
    loop_from=5,
)
DIAGRAMS["faults"] = FAULTS


def tall(seed: int, lanes: int, steps: int) -> Diagram:
    """A run of `steps` steps by chance, with messages that cross, overtake each other and have long names."""
    chance = random.Random(seed)
    events: list[DiagramEvent] = []
    arrows: list[Arrow] = []
    waiting: list[tuple[str, int, int]] = []
    names = ("Request(3)", "Ack", "Vote(true)", "AppendEntries(term 3, prev 7, entries [x, y])")
    actions = ("request", "enter", "timeout patience", "elect (round = 3)")
    for number in range(1, steps + 1):
        if waiting and chance.random() < 0.45:
            message, start, lane = waiting.pop(chance.randrange(len(waiting)))
            arrows.append(Arrow(message, start, len(events)))
            events.append(DiagramEvent(f"on {message.partition('(')[0]}", lane, "receive", state=number))
        else:
            events.append(DiagramEvent(chance.choice(actions), chance.randrange(lanes), "send", state=number))
        if chance.random() < 0.55:
            others = [lane for lane in range(lanes) if lane != events[-1].lane]
            waiting.append((chance.choice(names), len(events) - 1, chance.choice(others)))
    arrows += [Arrow(message, start, to=lane, under_way=True) for message, start, lane in waiting]
    return Diagram("tall", tuple(f"Server[{lane}]" for lane in range(lanes)), tuple(events), tuple(arrows))
