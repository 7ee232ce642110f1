"""Are bounds on runs decided rightly? Against all runs of random graphs, and on graphs that are easy to get wrong."""

import random

import pytest
from graphs import Written, no_value, questions, run_question

from dscheck.explore.search import explore
from dscheck.options import Limits
from dscheck.verdict import Outcome


def decide(graph: Written, kind: str = "bound", coefficients: tuple[int, ...] = (1,), limits: Limits | None = None):
    return explore(graph, questions(runs=(run_question(kind, coefficients),)), limits)


def weighed(*steps: tuple[int, int, int], condition=lambda _: True, limit=lambda _: 2) -> Written:
    """Steps (source, target, count) from node 0."""
    written: dict[int, list] = {}
    for source, target, count in steps:
        written.setdefault(source, []).append((0, target, (count,)))
    return Written([0], written, asked=[condition, limit])


def first_break(graph: Written, factor: int, most: int) -> int | None:
    """By the book: the greatest weight of all runs of exactly n steps to each node, n after n."""
    condition, limit = graph.asked
    weights = {0: 0}
    for length in range(most):
        if any(condition(node) and weight > limit(node) for node, weight in weights.items()):
            return length
        after: dict[int, int] = {}
        for node, weight in weights.items():
            for _, target, counts in graph.steps.get(node, []):
                after[target] = max(after.get(target, -1000), weight + factor * counts[0])
        weights = after
    return None


@pytest.mark.parametrize("seed", range(150))
def test_bounds_break_where_some_run_breaks_them_first(seed: int) -> None:
    chance = random.Random(seed)
    nodes, factor = chance.randrange(1, 7), chance.choice((1, 1, -1))
    steps = [
        (chance.randrange(nodes), chance.randrange(nodes), chance.choice((0, 0, 0, 1, 2)))
        for _ in range(chance.randrange(10))
    ]
    judged = {node for node in range(nodes) if chance.random() < 0.5}
    allowed = [chance.randrange(-1, 5) for _ in range(nodes)]
    graph = weighed(*steps, condition=lambda node: node in judged, limit=lambda node: allowed[node])
    exploration = decide(graph, coefficients=(factor,))
    broken = first_break(graph, factor, most=200)
    assert exploration.outcomes["bound"] is (Outcome.HOLDS if broken is None else Outcome.VIOLATED)
    if broken is not None:
        violation = exploration.violations["bound"]
        assert violation.length == broken
        # The schedule is a run: its weights add up to more than the limit where it ends.
        weight = sum(factor * step.counts[0] for step in violation.schedule.steps)
        states = [violation.schedule.initial, *(step.successor for step in violation.schedule.steps)]
        assert weight > allowed[states[-1][0]]
        for (node,), step in zip(states, violation.schedule.steps, strict=False):
            assert (step.rule, step.successor[0], step.counts) in graph.steps[node]


def test_a_gaining_cycle_harms_nobody_when_no_judged_state_follows() -> None:
    graph = weighed((0, 1, 1), (1, 1, 1), (0, 2, 0), condition=lambda node: node == 2)
    assert decide(graph).outcomes["bound"] is Outcome.HOLDS


def test_a_gaining_cycle_breaks_the_bound_of_what_follows() -> None:
    graph = weighed((0, 1, 1), (1, 1, 1), (1, 2, 0), condition=lambda node: node == 2)
    assert decide(graph).violations["bound"].length == 4


def test_of_parallel_steps_the_heavier_counts() -> None:
    graph = weighed((0, 1, 0), (0, 1, 3), condition=lambda node: node == 1)
    assert decide(graph).violations["bound"].length == 1


def test_a_heavier_run_may_be_a_longer_one() -> None:
    graph = weighed((0, 3, 0), (0, 1, 1), (1, 2, 1), (2, 3, 1), condition=lambda node: node == 3)
    assert decide(graph).violations["bound"].length == 3


def test_the_empty_run_is_judged() -> None:
    assert decide(weighed(limit=lambda _: -1)).violations["bound"].length == 0


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        (((0, 1, 2),), Outcome.HOLDS),
        (((0, 1, 1),), Outcome.VIOLATED),
        (((0, 1, 1), (1, 2, 1)), Outcome.HOLDS),
        (((0, 1, 3),), Outcome.UNKNOWN),  # beyond the limit, but never at it
    ],
)
def test_tight_asks_for_equality(steps: tuple[tuple[int, int, int], ...], outcome: Outcome) -> None:
    assert decide(weighed(*steps), "tight").outcomes["tight"] is outcome


def test_equality_without_anything_counted_is_not_tight() -> None:
    still = weighed((0, 1, 0), limit=lambda _: 0)
    assert decide(still, "tight").outcomes["tight"] is Outcome.VIOLATED
    # One counter weighs against the other: equal at 0, with something counted.
    moving = Written([0], {0: [(0, 1, (1, 1))]}, asked=[lambda _: True, lambda _: 0])
    exploration = decide(moving, "tight", (1, -1))
    assert exploration.outcomes["tight"] is Outcome.HOLDS
    assert len(exploration.witnesses["tight"].steps) == 1


def test_a_cut_search_finds_violations_and_proves_nothing() -> None:
    chain = weighed(*((node, node + 1, 1) for node in range(9)))
    assert decide(chain, limits=Limits(max_states=5)).outcomes["bound"] is Outcome.VIOLATED
    assert decide(chain, limits=Limits(max_states=2)).outcomes["bound"] is Outcome.UNKNOWN


def test_a_limit_without_a_value_cannot_be_judged() -> None:
    exploration = decide(weighed((0, 1, 1), limit=no_value))
    assert exploration.outcomes["bound"] is Outcome.UNKNOWN
    assert "bound" in exploration.unjudged
