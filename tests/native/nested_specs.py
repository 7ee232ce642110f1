"""Which protocols keep and send sets of records with sets, maps and lists inside, and show the order of those records?

Codes of such records are not in the order of the values, so that a loop has to put them in order.
"""

from itertools import permutations
from random import Random

INNER = ("set[Node]", "set[bool]", "set[set[bool]]", "map[Node, 0..1]", "map[bool, set[bool]]", "list[0..1, 2]")
VALUES = {
    "set[Node]": ("{}", "{self}", "others", "Node"),
    "set[bool]": ("{}", "{flag}", "{not flag}", "{true, false}"),
    "set[set[bool]]": ("{}", "{{flag}}", "{{}, {true}}", "{{true}, {flag, false}}"),
    "map[Node, 0..1]": ("{}", "{self: n}", "{q: 1 for q in others}", "{q: n for q in Node}"),
    "map[bool, set[bool]]": ("{}", "{flag: {}}", "{true: {flag}}", "{true: {}, false: {flag}}"),
    "list[0..1, 2]": ("[]", "[n]", "[1]", "[0, n]"),
}
SHOWN = (
    # What is last, and what comes before what.
    ("for v in known:", "    n = min(len(v.inner), 1)"),
    ("for v in known:", "    total = len(v.inner)"),
    ("log = [len(v.inner) for v in known]",),
    ("log = [len(v.inner) for v in known]", "for v in known:", "    if v.flag:", "        total = len(v.inner)"),
    ("for v in known:", "    if v.flag:", "        log = [v.n] + log", "    else:", "        log += [len(v.inner)]"),
    # Which failure comes first, and whether what fails is asked at all.
    ("for v in known:", "    assert v.n == 0 or len(v.inner) < 2", "    total += len(v.inner)"),
    ("flag = any(10 / len(v.inner) > 5 and v.flag for v in known)",),
)
BODIES = (
    ("choose v in known:", "    n = v.n", "    known -= {v}"),
    ("for v in known:", "    choose w in {0, 1}:", "        n = w if v.flag else v.n"),
    ("known = {v for v in known if not any(w.inner == v.inner and w.n > v.n for w in known)}",),
    ("known -= {v for v in known if v.n == 0}",),
    ("flag = len(known) == 1 and any(v.inner == {value} for v in known)",),
)
SENDS = (("send Told(known) to others",), ("for v in known:", "    send One(v) to others"))


def nested_protocol(seed: int) -> str:
    """The protocol with this number."""
    draw = Random(seed)
    inner = draw.choice(INNER)
    fields = {"n": "0..1", "flag": "bool", "inner": inner}
    names = draw.choice((("inner", "n", "flag"), ("inner", "flag", "n"), ("flag", "n", "inner")))

    def made() -> str:
        one, other = draw.sample(VALUES[inner], 2)
        parts = {"n": "n", "flag": "flag", "inner": f"{one} if flag else {other}"}
        return f"Item({', '.join(parts[name] for name in names)})"

    def body(bodies: tuple[tuple[str, ...], ...]) -> list[str]:
        return [line.replace("{value}", draw.choice(VALUES[inner])) for line in draw.choice(bodies)]

    lines = [
        "protocol Nested",
        f"record Item({', '.join(f'{name}: {fields[name]}' for name in names)})",
        "message Told(items: set[Item]), One(item: Item)",
        "shared var left: 0..4 = 4",
        "process Node[2] ordered:",
        "    var known: set[Item] = {}",
        "    var n: 0..1 = 0",
        "    var log: list[0..2, 4] = []",
        "    var total: 0..2 = 0",
        "    var flag: bool = false",
        "    action learn(x in {0, 1}, y in {true, false}) when left > 0:",
        "        left -= 1",
        "        n = x, flag = y",
        f"        known += {{{made()}, {made()}}}" if draw.randrange(2) else f"        known += {{{made()}}}",
        "    action use when left > 0 and known != {}:",
        "        left -= 1",
    ]
    lines += [f"        {line}" for line in body(draw.choice((BODIES, BODIES, SENDS))) + body(SHOWN)]
    lines += ["    on Told(items):", "        known += items"]
    lines += ["    on One(item):", "        known += {item}", *(f"        {line}" for line in body(SHOWN))]
    lines += [
        "invariant few: forall p in Node: len(p.known) < 4",
        "invariant asked: forall p in Node: all(v.flag or 2 / (v.n + len(v.inner)) > 0 for v in p.known)",
        # Any fixed order would lead to as many states.
        *(f"reachable log{a}{b}: exists p in Node: p.log == [{a}, {b}]" for a, b in permutations(range(3), 2)),
        *(
            f"reachable last{last}{other}: exists p in Node: p.{shown} == {last} and len(p.known) == 2"
            f" and all(len(v.inner) in {{{last}, {other}}} for v in p.known)"
            for shown in draw.sample(("n", "total"), 1)
            for last, other in permutations(range(2 if shown == "n" else 3), 2)
        ),
        "check everything expect holds",
    ]
    return "\n".join(lines) + "\n"
