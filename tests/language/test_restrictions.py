"""Which bodies, loops and bounds are refused although every expression in them is well typed?"""

import pytest
from spec_problems import indented, problems

# --- guards, places of statements ----------------------------------------------------------------

BODY = """\
protocol P
message Go
process Node[2]:
    var a: 0..3 = 0
    var b: 0..3 = 0
    ghost var g: 0..3 = 0
    timer t

    def demand():
        require a == 0

    def change():
        a = 1

    def nothing():
        assert a == 0

    on timeout t:
        pass

    on Go from q:
        pass

    on {event}:
{body}
"""

GUARDS = {
    "require a == 0\na = 1": [],
    "a = 1\nrequire a == 0": ["DS0404"],
    "send Go to others\nrequire a == 0": ["DS0404"],
    "start t\nrequire a == 0": ["DS0404"],
    "stop t\ndefer": ["DS0404"],
    "assert a == 0\nrequire b == 0": [],
    "if a == 0:\n    b = 1\nelse:\n    require b == 0": [],
    "if a == 0:\n    b = 1\nrequire b == 0": ["DS0404"],
    "if a == 0:\n    b = 1\nelif b == 0:\n    a = 1\n    require a == 1": ["DS0404"],
    "for q in others:\n    require a == 0\n    b = 1": ["DS0404"],
    "for q in others:\n    require a == 0\nb = 1": [],
    "choose v in {0, 1}:\n    require a == v\n    a = v": [],
    "choose v in {0, 1}:\n    a = v\nrequire a == 0": ["DS0404"],
    "demand()\na = 1": [],
    "a = 1\ndemand()": ["DS0404"],
    "change()\nrequire a == 0": ["DS0404"],
    "nothing()\nrequire a == 0": [],
    "if a == 0:\n    defer\na = 1": [],
    "return": [],
    "if a == 0:\n    return\na = 1": [],
    "choose q in others:\n    return": [],
    "for q in others:\n    return": ["DS0406"],
    "for q in others:\n    if a == 0:\n        choose v in {0, 1}:\n            return": ["DS0406"],
}


@pytest.mark.parametrize(("body", "expected"), GUARDS.items())
def test_guards_come_before_effects(body: str, expected: list[str]) -> None:
    assert problems(BODY.format(event="Go from q2", body=indented(body, 8))) == expected


PLACES = [
    ("crash", "g += 1", []),
    ("crash", "a = 1", ["DS0407"]),
    ("crash", "change()", ["DS0407"]),
    ("crash", "send Go to others", ["DS0407"]),
    ("crash", "start t\nstop t", ["DS0407", "DS0407"]),
    ("recover", "a = 1\nsend Go to others\nstart t", []),
    ("recover", "require a == 0", ["DS0405"]),
    ("start", "demand()", ["DS0405"]),
    ("start", "choose v in {0, 1}:\n    a = v", []),
    ("timeout t", "require a == 0", []),
    ("timeout t", "defer", ["DS0405"]),
]


@pytest.mark.parametrize(("event", "body", "expected"), PLACES)
def test_statements_stand_where_they_mean_something(event: str, body: str, expected: list[str]) -> None:
    assert problems(BODY.format(event=event, body=indented(body, 8))) == expected


# --- loops over ids without an order -------------------------------------------------------------

LOOP = """\
protocol P
message Go(v: 0..3)
record Pair(one: 0..3, owner: Node?)
record Book(seen: map[Node, 0..3], late: map[Node, 0..3], pages: 0..3)
def top(m) = max(m[q] for q in m)
process Node[3] {modifier}:
    var x: map[Node, 0..3] = {{}}
    var y: map[Node, 0..3] = {{}}
    var s: set[Node] = {{}}
    var pairs: set[Pair] = {{}}
    var nodes: list[Node, 3] = []
    var n: 0..3 = 0
    var b: bool = false
    var friend: Node? = none
    var book: Book = Book({{}}, {{}}, 0)
    timer t

    def look():
        assert n < 3

    def count_up():
        n += 1

    on timeout t:
        pass

    on Go(v) from q:
        pass

    action loop:
{body}
"""

LOOPS = {
    "for q in others:\n    send Go(1) to q": True,
    "for q in s:\n    send Go(x[q]) to q": True,
    "for q in others:\n    if q in s:\n        send Go(n) to q": True,
    "for q in x:\n    x[q] = 0": True,
    "for q in others:\n    x[q] = y[q] + n": True,
    "for q in others:\n    x[q] += 1": True,
    "for q in others:\n    x[q] = len(x)": False,
    "for q in others:\n    x[q] = x[self]": False,
    "for q in others:\n    x[q] = top(x)": False,
    "for q in others:\n    x[q] = top(y)": True,
    "for q in others:\n    x[self] = 1": False,
    "for q in others:\n    book.seen[q] = 1": True,
    "for q in others:\n    book.seen[q] = book.late[q] + 1": True,
    "for q in others:\n    book.seen[q] = book.pages": False,
    "for q in others:\n    book.seen[q] = 1\n    book.pages += 1": False,
    "for q in others:\n    book.seen[self] = 1": False,
    "for q in others:\n    book.pages = 1": False,
    "for q in others:\n    book.seen[q] = top(book.seen)": False,
    "for q in others:\n    s += {q}": True,
    "for q in others:\n    s -= {q}": True,
    "for q in others:\n    if q not in s:\n        s += {q}": True,
    "for q in others:\n    if len(s) < 2:\n        s += {q}": False,
    "for q in others:\n    s += {self, q}": True,
    "for q in others:\n    s += {q}\n    s -= {self}": False,
    "for q in others:\n    x -= {q}": True,
    "for q in others:\n    n += 1": True,
    "for q in others:\n    if q in s:\n        n += y[q]": True,
    "for q in others:\n    n += 1\n    y[q] = n": False,
    "for q in others:\n    n = y[q]": False,
    "for q in others:\n    b = true": True,
    "for q in others:\n    if q in s:\n        b = true": True,
    "for q in others:\n    if q in s:\n        b = true\n    else:\n        b = false": False,
    "for q in others:\n    if not b:\n        b = true": False,
    "for q in others:\n    friend = q": False,
    "for q in others:\n    nodes += [q]": False,
    "for q in others:\n    send Go(1) to self": False,
    "for q in others:\n    start t": True,
    "for q in others:\n    start t\n    stop t": False,
    "for q in others:\n    if not running(t):\n        start t": False,
    "for q in others:\n    look()": True,
    "for q in others:\n    count_up()": False,
    "for q in others:\n    for r in s:\n        x[q] += y[r]": True,
    "for q in others:\n    for r in s:\n        x[r] = y[q]": False,
    "for q in others:\n    for r in s:\n        x[r] += y[q]": True,
    "for q in others:\n    x[self] += y[q]": True,
    "for q in others:\n    choose v in {0, 1}:\n        x[q] = v": True,
    "for p in pairs:\n    n = p.one": False,
    "for q in nodes:\n    friend = q": True,
    "for v in {0, 1}:\n    n = v": True,
}


@pytest.mark.parametrize(("body", "commutes"), LOOPS.items())
def test_loops_over_unordered_ids_commute(body: str, commutes: bool) -> None:
    found = problems(LOOP.format(modifier="", body=indented(body, 8)))
    assert found == ([] if commutes else ["DS0411"])


@pytest.mark.parametrize("body", [body for body, commutes in LOOPS.items() if not commutes and "nodes +=" in body])
def test_loops_over_a_ring_commute_too(body: str) -> None:
    assert problems(LOOP.format(modifier="ring", body=indented(body, 8))) == ["DS0411"]


@pytest.mark.parametrize("body", LOOPS)
def test_loops_over_ordered_ids_may_do_anything(body: str) -> None:
    assert problems(LOOP.format(modifier="ordered", body=indented(body, 8))) == []


@pytest.mark.parametrize(
    ("modifier", "expression", "expected"),
    [
        ("", "[q for q in Node]", ["DS0412"]),
        ("ring", "[q for q in s]", ["DS0412"]),
        ("ordered", "[q for q in s]", []),
        ("", "[q for q in nodes]", []),
        ("", "[self, self]", []),
    ],
)
def test_lists_of_unordered_ids(modifier: str, expression: str, expected: list[str]) -> None:
    assert problems(LOOP.format(modifier=modifier, body=indented(f"nodes = {expression}", 8))) == expected


# --- bounds --------------------------------------------------------------------------------------

BOUND = """\
protocol P
const N = 2
message Ping, Pong
process Node[N]:
    var a: 0..3 = 0
    action ask:
        send Ping to others
    action rest:
        a = 1
    on Ping from q:
        send Pong to q
    on Pong:
        pass
process Clock:
    action rest:
        pass
bound cost: {condition}
"""

BOUNDS = {
    "sent(Ping) <= 3": [],
    "sent(Ping, Pong) <= 2 * (N - 1) * fired(ask)": [],
    "3 >= sent(Ping) - delivered(Ping)": [],
    "quiet implies delivered(Pong) >= fired(ask) * N": [],
    "N == 2 implies quiet implies sent(Ping) <= count(p in Node if p.a == 1)": [],
    "-sent(Ping) <= 0": [],
    "sent(Ping) <= fired(Node.rest)": [],
    "sent(Ping) <= fired(rest)": ["DS0208"],
    "sent(Ping) <= fired(aks)": ["DS0208"],
    "sent(Pnig) <= 3": ["DS0206"],
    "sent(Ping) < 3": ["DS0413"],
    "sent(Ping) == 3": ["DS0413"],
    "0 <= sent(Ping) <= 3": ["DS0413"],
    "N <= 3": ["DS0413"],
    "sent(Ping) * sent(Pong) <= 3": ["DS0413"],
    "sent(Ping) * count(p in Node if p.a == 1) <= 3": ["DS0413"],
    "sent(Ping) / 2 <= 3": ["DS0413"],
    "max(sent(Ping), 1) <= 3": ["DS0413"],
    "sent(Ping) <= 3 implies sent(Pong) <= 3": ["DS0413"],
    "sent(Ping) <= 3 and sent(Pong) <= 3": ["DS0413"],
    "forall p in Node: sent(Ping) <= p.a": ["DS0413"],
    "sent() <= 3": ["DS0309"],
}


@pytest.mark.parametrize(("condition", "expected"), BOUNDS.items())
def test_bounds_are_linear(condition: str, expected: list[str]) -> None:
    assert problems(BOUND.format(condition=condition)) == expected
