"""Does the search visit everything once, find the shortest runs, and stop where it should?"""

import random
from itertools import pairwise

import pytest
from graphs import BROKEN, Written, no_value, questions

from dscheck.explore.finding import SearchEnd
from dscheck.explore.search import Relieved, explore
from dscheck.options import Limits
from dscheck.progress import Progress
from dscheck.verdict import Outcome


def chain(length: int) -> dict[int, list]:
    return {node: [(0, node + 1, ())] for node in range(length)}


@pytest.mark.parametrize("seed", range(40))
def test_counts_and_distances_of_random_graphs(seed: int) -> None:
    chance = random.Random(seed)
    nodes = chance.randrange(1, 30)
    steps = {node: [(0, chance.randrange(nodes), ()) for _ in range(chance.randrange(4))] for node in range(nodes)}
    starts = sorted({chance.randrange(nodes) for _ in range(2)})
    distance = dict.fromkeys(starts, 0)
    waiting = list(starts)
    for node in waiting:
        for _, target, _ in steps[node]:
            if target not in distance:
                distance[target] = distance[node] + 1
                waiting.append(target)
    target = chance.randrange(nodes)
    exploration = explore(
        Written(starts, steps, always_true=[lambda node: node != target]), questions(invariants=("avoided",))
    )
    statistics = exploration.statistics
    assert statistics.complete
    assert statistics.states == len(distance)
    assert statistics.transitions == sum(len(steps[node]) for node in distance) == sum(exploration.fired)
    assert statistics.depth == max(distance.values())
    assert (target in distance) == ("avoided" in exploration.violations)
    if target in distance:
        schedule = exploration.violations["avoided"].schedule
        assert len(schedule.steps) == distance[target]
        states = [schedule.initial, *(step.successor for step in schedule.steps)]
        assert states[0][0] in starts
        assert states[-1] == (target,)
        assert all(after[0] in {each for _, each, _ in steps[before[0]]} for before, after in pairwise(states))


def test_a_search_that_waits_for_a_violation_finishes_its_level() -> None:
    # Both 1 and 2 are wrong, each in a way of its own, and are found from the same level.
    graph = Written(
        [0],
        {0: [(0, 1, ()), (1, 2, ())], 1: [(0, 3, ())]},
        always_true=[lambda n: n != 1, lambda n: n != 2, lambda n: n != 3],
    )
    asked = questions(invariants=("one", "two", "three"))
    exploration = explore(graph, asked, stop_at=lambda name: name == "one")
    assert exploration.end is SearchEnd.FOUND
    assert set(exploration.violations) == {"one", "two"}
    assert exploration.outcomes["three"] is Outcome.UNKNOWN
    assert set(explore(graph, asked, stop_at=lambda name: name == "nothing").violations) == {"one", "two", "three"}


def test_a_violation_in_the_last_level_leaves_the_search_complete() -> None:
    graph = Written([0], chain(1), always_true=[lambda n: n != 1])
    graph.steps[1] = []
    exploration = explore(graph, questions(invariants=("avoided",)), stop_at=lambda _: True)
    assert exploration.statistics.states == 2
    assert exploration.outcomes["avoided"] is Outcome.VIOLATED


def test_steps_that_fail_are_labels_without_successors() -> None:
    graph = Written([0], {0: [(0, 1, ()), (1, None, ())], 1: [(1, None, ())]})
    exploration = explore(graph, questions())
    assert (exploration.statistics.transitions, exploration.fired) == (3, (1, 2, 0))
    violation = exploration.violations["range"]
    assert (violation.kind, violation.length, violation.failed) == ("failure", 1, BROKEN)


@pytest.mark.parametrize(
    ("last", "deadlocks"),
    [
        ([], True),
        ([(2, 0, ())], True),  # a fault does not keep a state from being final
        ([(2, 0, ()), (0, 1, ())], False),
        ([(0, None, ())], False),  # a step that fails is enabled all the same
    ],
)
def test_final_states_have_no_step_but_faults(last: list, deadlocks: bool) -> None:
    graph = Written([0], {0: [(0, 1, ())], 1: last}, asked=[lambda _: False])
    exploration = explore(graph, questions(final=(0,)))
    assert exploration.outcomes["deadlock"] is (Outcome.VIOLATED if deadlocks else Outcome.HOLDS)
    if deadlocks:
        assert exploration.violations["deadlock"].length == 1


def test_right_final_states_are_no_deadlocks() -> None:
    assert (
        explore(Written([0], {}, asked=[lambda _: True]), questions(final=(0,))).outcomes["deadlock"] is Outcome.HOLDS
    )


def test_steps_are_judged_also_to_known_states() -> None:
    graph = Written([0], {0: [(0, 1, ())], 1: [(0, 0, ())]}, along=[lambda before, after: before < after])
    exploration = explore(graph, questions(steps=("up",)))
    assert exploration.violations["up"].length == 2
    assert exploration.violations["up"].schedule.steps[-1].successor == (0,)


def test_reachable_and_antecedents_are_answered() -> None:
    graph = Written([0], chain(3), asked=[lambda n: n == 2, lambda n: n == 9])
    asked = questions(reachable={"two": 0, "nine": 1}, antecedents={("p", "two"): 0, ("p", "nine"): 1})
    exploration = explore(graph, asked)
    assert exploration.outcomes["two"] is Outcome.HOLDS
    assert len(exploration.witnesses["two"].steps) == 2
    assert exploration.outcomes["nine"] is Outcome.VIOLATED
    assert exploration.unexercised == (("p", "nine"),)


def test_a_formula_without_a_value_is_a_violation_and_not_judged() -> None:
    graph = Written([0], chain(2), always_true=[lambda n: no_value(n) if n == 1 else True, lambda n: n < 2])
    exploration = explore(graph, questions(invariants=("broken", "small")))
    assert exploration.outcomes == {"broken": Outcome.UNKNOWN, "small": Outcome.VIOLATED, "range": Outcome.VIOLATED}
    violation = exploration.violations["range"]
    assert (violation.formula, violation.length) == ("broken", 1)


@pytest.mark.parametrize("most", [1, 2, 7])
def test_the_limit_of_states_is_exact(most: int) -> None:
    exploration = explore(Written([0], chain(20)), questions(), Limits(max_states=most))
    assert (exploration.statistics.states, exploration.end) == (most, SearchEnd.MAX_STATES)
    assert not exploration.statistics.complete
    assert exploration.outcomes["range"] is Outcome.UNKNOWN


def test_a_limit_of_states_that_is_not_passed_cuts_nothing() -> None:
    assert explore(Written([0], chain(4)), questions(), Limits(max_states=5)).statistics.complete


@pytest.mark.parametrize(
    ("depth", "end"), [(2, SearchEnd.MAX_DEPTH), (4, SearchEnd.EXHAUSTED), (9, SearchEnd.EXHAUSTED)]
)
def test_the_limit_of_depth(depth: int, end: SearchEnd) -> None:
    exploration = explore(Written([0], chain(4)), questions(), Limits(max_depth=depth))
    assert (exploration.end, exploration.statistics.depth) == (end, min(depth, 4))


def test_a_deadlock_at_the_limit_of_depth_is_found() -> None:
    graph = Written([0], {**chain(4), 10: []}, asked=[lambda _: False])
    graph.steps[1] = [(0, 2, ()), (0, 10, ())]
    exploration = explore(graph, questions(final=(0,)), Limits(max_depth=2))
    assert exploration.violations["deadlock"].length == 2


def test_a_timeout_and_a_memory_limit_end_the_search_without_losing_what_was_found() -> None:
    for limits, end in ((Limits(timeout=0.0), SearchEnd.TIMEOUT), (Limits(max_memory=1), SearchEnd.MAX_MEMORY)):
        endless = Endless([0], {}, always_true=[lambda n: n == 0])
        exploration = explore(endless, questions(invariants=("zero",)), limits)
        assert exploration.end is end
        assert exploration.outcomes["range"] is Outcome.UNKNOWN


class Endless(Written):
    def edges(self, state):
        return [(0, (state[0] + 1,), (), None)]


def test_an_interrupt_ends_the_search_without_losing_what_was_found() -> None:
    class Stopped(Endless):
        def edges(self, state):
            if state[0] == 100:
                raise KeyboardInterrupt
            return super().edges(state)

    exploration = explore(Stopped([0], {}, always_true=[lambda n: n < 50]), questions(invariants=("small",)))
    assert exploration.end is SearchEnd.INTERRUPTED
    assert exploration.outcomes["small"] is Outcome.VIOLATED
    assert exploration.statistics.states == 101


def test_the_observer_is_told_about_five_times_a_second() -> None:
    told: list[Progress] = []
    exploration = explore(Endless([0], {}), questions(), Limits(timeout=0.7), observer=told.append)
    assert 1 <= len(told) <= 4
    assert 0 < told[0].states <= exploration.statistics.states
    assert told[0].memory_bytes > 1_000_000
    assert all(before.states < after.states for before, after in pairwise(told))


def test_a_final_state_without_a_value_is_a_shorter_run_than_a_step_that_failed_before_it() -> None:
    """Both are found while the same level is expanded, and both are told as the failure `range`."""
    steps = {0: [(0, 1, ()), (0, 2, ())], 1: [(0, None, ())]}
    exploration = explore(Written([0], steps, asked=[no_value]), questions(final=(0,)))
    violation = exploration.violations["range"]
    assert (violation.length, violation.formula) == (1, "deadlock")


def test_whoever_relieves_a_search_is_asked_with_what_is_known() -> None:
    known = []

    def relief(states) -> bool:
        known.append(len(states))
        return len(states) >= 20

    with pytest.raises(Relieved):
        explore(Written([0], chain(100)), questions(), relief=relief)
    assert known[-1] in range(20, 26)
    assert explore(Written([0], chain(10)), questions(), relief=relief).statistics.states == 11
