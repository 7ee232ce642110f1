"""Do vector clocks order a small protocol as an enumeration by hand says? They tick, travel and merge by rule."""

from collections import deque

import pytest

import dscheck

SPEC = """\
protocol Vectors
message Told(v: vector[Node])

process Node[{nodes}]:
    clock vector
    var told: bool = false
    ghost var last: vector[Node]? = none

    action tell when not told:
        told = true
        send Told(now) to others

    on Told(v):
        last = v
        assert v < now, "receiving comes after sending"
        assert not (now <= v), "and not before it"

reachable apart: exists p in Node, q in Node: p.last != none and q.last != none and concurrent(p.last, q.last)
def concurrent(a, b) = not (a <= b) and not (b <= a)
{check}
"""

State = tuple  # (clocks, told, last, per (sender, receiver) a sorted tuple of messages)


def shifted(state: State) -> State:
    """The same state with the least value of each component, over all vectors, subtracted."""
    clocks, told, last, network = state
    every = [*clocks, *(v for v in last if v is not None), *(v for box in network for message in box for v in message)]
    least = [min(column) for column in zip(*every, strict=True)]

    def low(vector: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(a - b for a, b in zip(vector, least, strict=True))

    boxes = tuple(tuple(sorted((low(v), low(w)) for v, w in box)) for box in network)
    return tuple(map(low, clocks)), told, tuple(None if v is None else low(v) for v in last), boxes


def enumerated(nodes: int) -> tuple[int, int, int]:
    """States, transitions and depth, by brute force over the rules of vector clocks."""
    zero = (0,) * nodes
    start = shifted(((zero,) * nodes, (False,) * nodes, (None,) * nodes, ((),) * nodes**2))
    depths, transitions, queue = {start: 0}, 0, deque([start])
    while queue:
        state = queue.popleft()
        for successor in successors(state, nodes):
            transitions += 1
            if (after := shifted(successor)) not in depths:
                depths[after] = depths[state] + 1
                queue.append(after)
    return len(depths), transitions, max(depths.values())


def successors(state: State, nodes: int) -> list[State]:
    """Every step: one of telling, one per message that can arrive."""
    clocks, told, last, network = state
    found = []
    for p in range(nodes):
        if not told[p]:
            now = tuple(n + (i == p) for i, n in enumerate(clocks[p]))
            boxes = list(network)
            for q in set(range(nodes)) - {p}:
                boxes[p * nodes + q] = (*boxes[p * nodes + q], (now, now))
            found.append((put(clocks, p, now), put(told, p, True), last, tuple(boxes)))
        for q in range(nodes):
            for value, stamp in network[q * nodes + p]:
                merged = tuple(max(a, b) + (i == p) for i, (a, b) in enumerate(zip(clocks[p], stamp, strict=True)))
                boxes = list(network)
                boxes[q * nodes + p] = ()
                found.append((put(clocks, p, merged), told, put(last, p, value), tuple(boxes)))
    return found


def put(items: tuple, position: int, item: object) -> tuple:
    """`items` with another one at `position`."""
    return (*items[:position], item, *items[position + 1 :])


@pytest.mark.parametrize(("nodes", "engine"), [(2, "reference"), (2, "definition"), (3, "reference")])
def test_an_enumeration_by_hand_agrees(nodes: int, engine: str) -> None:
    report = dscheck.check_text(SPEC.format(nodes=nodes, check="check all: expect holds"), engine=engine)
    (check,) = report.checks
    assert report.ok, str(report)
    found = check.statistics
    assert (found.states, found.transitions, found.depth) == enumerated(nodes)


def test_vectors_of_two_that_tell_at_once_are_not_ordered() -> None:
    check = "invariant ordered: forall p in Node, q in Node: not concurrent(p.last, q.last)\n"
    check += "check all: expect violates ordered in 4 steps"
    spec = SPEC.replace("concurrent(a, b) =", "concurrent(a, b) = a != none and b != none and")
    report = dscheck.check_text(spec.format(nodes=2, check=check))
    assert report.ok, str(report)
