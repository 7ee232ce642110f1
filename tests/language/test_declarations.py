"""Which declarations, messages, timers and checks are refused, and which are only suspicious?"""

import pytest
from spec_problems import indented, problems, warnings

# --- declarations --------------------------------------------------------------------------------

SMALL = """\
protocol P
const N = 2
const ON = true
message Ping
process Node[N]:
    var a: 0..3 = 0
    action go when a < N:
        a += 1
        send Ping to others
    on Ping:
        pass
invariant low: forall p in Node: p.a <= 3 or ON
bound cost: sent(Ping) <= 9
"""

ADDED = {
    # names
    "const N = 3": ["DS0202"],
    "const only = 3": ["DS0203"],
    "enum Kind = x | N": ["DS0203"],
    "message Ping": ["DS0202"],
    "message Pong(a: 0..1, a: bool)": ["DS0202"],
    "invariant cost: true": ["DS0202"],
    "def f(x, x) = x": ["DS0202"],
    "def f(N) = N": ["DS0203"],
    "def f(x) = y": ["DS0201"],
    "def f(x) = g(x)\ndef g(x) = f(x)": ["DS0215"],
    "record R(a: R)": ["DS0319"],
    "record R(a: set[S])\nrecord S(a: R?)": ["DS0319", "DS0319"],
    "final: true\nfinal: false": ["DS0202"],
    "network: order fifo\nnetwork: order fifo": ["DS0202"],
    "enum Kind = x | x": ["DS0202"],
    # types
    "shared var m: map[Nod, bool] = {}": ["DS0204"],
    "shared var m: list[bool] = []": ["DS0308"],
    "shared var m: int = 0": ["DS0307"],
    "shared var m: set[int] = {}": ["DS0307"],
    "shared var m: vector[N]? = none": ["DS0204"],
    "shared var m: 0..size = 0": ["DS0201"],
    "shared var m: 0..ON = 0": ["DS0301"],
    "shared var m: Node = self": ["DS0212"],
    "shared var m: 0..3 in {0, 1}": [],
    "shared var m: 0..3 in 2": ["DS0301"],
    "shared var m: Node? in Node": [],
    "shared var m: x | y in {x, y}": [],
    "shared var m: bool = quiet": ["DS0212"],
    # constants
    "const K = K + 1": ["DS0214"],
    "const K = L\nconst L = f(1)\ndef f(x) = K": ["DS0214"],
    "const K = {1}": ["DS0217"],
    "const K = len(Node)": ["DS0217"],
    "const K = 3 in 2..4": [],
    "const K = ON in 2..4": ["DS0301"],
    "process Q[ON]:\n    action go:\n        pass": ["DS0301"],
    # options
    "network:\n    order fifo\n    loss up to N\n    capacity 2\n    heal": [],
    "network: loss": ["DS0420"],
    "network: loss up to ON": ["DS0301"],
    "network: lose up to 1": ["DS0419"],
    "network: loss up to 1 of Node": ["DS0420"],
    "network:\n    loss up to 1\n    loss up to 2": ["DS0202"],
    "faults:\n    crash up to 1 of Node\n    down up to N of Node\n    recover up to 1\n    torn": [],
    "faults: crash up to 1 of Nodes": ["DS0216"],
    "faults: order fifo": ["DS0419"],
    # checks
    "check a: N = 3, ON = false, network.loss = 1, only = {low, cost} expect violates low in 3 steps": [],
    "check a: N in 2..4 expect holds": [],
    "check a: M = 3 expect holds": ["DS0209"],
    "check a: N.b = 3 expect holds": ["DS0209"],
    "check a: N = ON expect holds": ["DS0301"],
    "check a: only = lo expect holds": ["DS0208"],
    "check a: expect violates hi": ["DS0208"],
    "check a: expect violates tight cost": [],
    "check a: expect violates tight low": ["DS0208"],
    "check a: expect holds\ncheck a: expect holds": ["DS0202"],
    "tight cost": [],
    "tight low": ["DS0208"],
    "tight coost": ["DS0208"],
    "final: forall p in Node: p.a == N": [],
    "final: a == N": ["DS0201"],
}


@pytest.mark.parametrize(("text", "expected"), ADDED.items())
def test_declarations(text: str, expected: list[str]) -> None:
    assert problems(f"{SMALL}{text}\n") == expected


# --- messages, timers, warnings ------------------------------------------------------------------

FLOW = """\
protocol P
message Ping, Pong, Extra
process A[2]:
    action go:
        send Ping to B
    on Pong:
        pass
process C:
    action go:
        send Ping to B
    on Pong:
        pass
process B:
{handlers}
"""

HANDLERS = {
    "on Ping from q:\n    send Pong to q": ["DS0317"],
    "on Ping from q in A:\n    send Pong to q\non Ping from q in C:\n    send Pong to q": [],
    "on Ping from q in A:\n    send Pong to q": ["DS0401"],
    "on Ping:\n    send Pong to A": [],
    "on Ping from q in D:\n    pass": ["DS0216"],
    "on Ping(x):\n    pass": ["DS0309"],
    "on Ping from q in B:\n    pass": ["DS0401", "DS0401"],
    "on Ping:\n    send Extra to A": ["DS0401"],
}


@pytest.mark.parametrize(("handlers", "expected"), HANDLERS.items())
def test_senders(handlers: str, expected: list[str]) -> None:
    assert problems(FLOW.format(handlers=indented(handlers, 4))) == expected


TIMERS = {
    "timer a\non timeout a:\n    start a": [],
    "timer a": ["DS0409"],
    "timer a after b\non timeout a:\n    start a": ["DS0207"],
    "timer a after a\non timeout a:\n    start a": ["DS0408"],
    "timer a after b\ntimer b after c\ntimer c after b\non timeout a:\n    start a\non timeout b:\n    start b\n"
    "on timeout c:\n    start c": ["DS0408"],
    "timer a\ntimer a\non timeout a:\n    start a": ["DS0202"],
    "timer a\nvar a: bool = false\non timeout a:\n    start a": ["DS0202"],
    "clock lamport\nclock vector": ["DS0202"],
    "on start:\n    pass\non start:\n    pass": ["DS0202"],
    "def h():\n    h()": ["DS0215"],
    "def h(x):\n    y = x": ["DS0201"],
}


@pytest.mark.parametrize(("members", "expected"), TIMERS.items())
def test_members(members: str, expected: list[str]) -> None:
    text = f"protocol P\nprocess Node[2]:\n{indented(members, 4)}\n    action go:\n        pass\n"
    assert problems(text) == expected


def test_warnings() -> None:
    text = """\
protocol P
const UNUSED = 1
message Ping, Pong, Never
def spare(x) = x
process Node[2]:
    var written: 0..3 = 0
    ghost var watched: 0..3 = 0
    timer idle_timer
    def helper():
        pass
    on timeout idle_timer:
        written += 1, watched += 1
    on Ping from q:
        send Pong to q
    on Pong:
        pass
invariant fine: forall p in Node: p.watched <= 3
"""
    assert warnings(text) == [
        ("DS0417", "UNUSED"),
        ("DS0403", "Never"),
        ("DS0418", "spare"),
        ("DS0416", "written"),
        ("DS0410", "idle_timer"),
        ("DS0418", "helper"),
        ("DS0402", "Ping"),
    ]
