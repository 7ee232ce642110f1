"""Is a fair lasso found exactly where there is one? Small graphs, against all sets of steps that a run can repeat."""

from itertools import chain, combinations
from random import Random

import pytest

from dscheck.explore.fair_cycles import Lasso, StepGraph, find_lasso

Step = tuple[int, int, frozenset[int], int]  # from, to, obligations taken, clocks shifted


def graph_of(random: Random) -> tuple[StepGraph, list[Step]]:
    """A few states, steps between them and obligations; one that is taken is enabled, unless its step only ends it."""
    size, obligations = random.randint(1, 4), random.randint(0, 3)

    def some(times: int) -> frozenset[int]:
        return frozenset(owed for owed in range(obligations) if random.randrange(times) == 0)

    def step() -> Step:
        return random.randrange(size), random.randrange(size), some(4), random.choice([0, 0, 0, 0, 1, 2])

    steps = sorted((step() for _ in range(random.randint(size, 2 * size))), key=lambda each: each[:2])
    enabled = [some(4) for _ in range(size)]  # by labels that fail
    for start, _, taken, _ in steps:
        if random.randrange(6):
            enabled[start] |= taken
    sets = list(dict.fromkeys([*enabled, *(step[2] for step in steps)]))
    graph = StepGraph(
        first=[sum(step[0] < state for step in steps) for state in range(size + 1)],
        targets=[step[1] for step in steps],
        takes=[sets.index(step[2]) for step in steps],
        moves=[step[3] for step in steps],
        enabled=[sets.index(each) for each in enabled],
        sets=[tuple(sorted(each)) for each in sets],
        strong=[random.random() < 0.5 for _ in range(obligations)],
        clocks=[random.choice([0, 0, 0, 1, 2, 3]) for _ in range(obligations)],
    )
    return graph, steps


def is_fair(graph: StepGraph, states: set[int], steps: list[Step]) -> bool:
    """Is a run fair that visits exactly these states and takes exactly these steps for ever?"""
    for owed, strong in enumerate(graph.strong):
        where = [owed in graph.sets[graph.enabled[state]] for state in states]
        if any(owed in step[2] for step in steps):
            continue
        if any(step[3] & graph.clocks[owed] for step in steps):
            continue  # its key is lost after some rounds
        if strong and any(where):
            return False
        if not strong and all(where):
            return False
    return True


def hangs_together(steps: list[Step]) -> bool:
    """Can a run take all of these steps again and again, and no others?"""
    states = {step[0] for step in steps} | {step[1] for step in steps}
    for start in states:
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            for step in steps:
                if step[0] == here and step[1] not in seen:
                    seen.add(step[1])
                    waiting.append(step[1])
        if seen != states:
            return False
    return True


def exists_by_force(graph: StepGraph, steps: list[Step], triggers: set[int], allowed: list[bool]) -> bool:
    """Is there a fair run from a trigger through allowed states? Tries what can happen infinitely often."""
    seen, waiting = set(triggers), list(triggers)
    while waiting:
        here = waiting.pop()
        for step in steps:
            if step[0] == here and allowed[step[1]] and step[1] not in seen:
                seen.add(step[1])
                waiting.append(step[1])
    if any(is_fair(graph, {state}, []) for state in seen):
        return True
    inner = [step for step in steps if step[0] in seen and step[1] in seen]
    subsets = chain.from_iterable(combinations(inner, size) for size in range(1, len(inner) + 1))
    return any(
        hangs_together(list(chosen)) and is_fair(graph, {step[0] for step in chosen}, list(chosen))
        for chosen in subsets
    )


def confirm(graph: StepGraph, steps: list[Step], lasso: Lasso, triggers: set[int], allowed: list[bool]) -> None:
    """The lasso is a walk through allowed states, closes, and is fair."""
    assert lasso.start in triggers
    here = lasso.start
    for number in lasso.stem:
        assert steps[number][0] == here
        here = steps[number][1]
        assert allowed[here]
    begin, states = here, {here}
    for number in lasso.cycle:
        assert steps[number][0] == here
        here = steps[number][1]
        assert allowed[here]
        states.add(here)
    assert here == begin
    assert is_fair(graph, states, [steps[number] for number in lasso.cycle])


@pytest.mark.parametrize("block", range(5))
def test_a_lasso_is_found_exactly_if_there_is_one(block: int) -> None:
    found = 0
    for seed in range(1000 * block, 1000 * block + 1000):
        random = Random(seed)
        graph, steps = graph_of(random)
        allowed = [random.randrange(5) > 0 for _ in range(len(graph))]
        triggers = {state for state in range(len(graph)) if allowed[state] and random.randrange(2)}
        lasso = find_lasso(graph, [(0, state) for state in sorted(triggers)], bytes(allowed))
        assert (lasso is not None) == exists_by_force(graph, steps, triggers, allowed), seed
        if lasso is not None:
            found += 1
            confirm(graph, steps, lasso, triggers, allowed)
    assert 100 < found < 900


def test_of_two_ways_the_shorter_one_is_told() -> None:
    """From 0 a run may stop in 3 after three steps, or go around 1 for ever after one."""
    graph = StepGraph(
        first=[0, 2, 4, 5, 5], targets=[1, 2, 1, 3, 3], takes=[0, 0, 1, 0, 0], moves=[0] * 5, enabled=[2, 1, 2, 0],
        sets=[(), (0,), (1,)], strong=[False, False], clocks=[0, 0],
    )  # fmt: skip
    assert find_lasso(graph, [(0, 0)], bytes([1, 1, 1, 1])) == Lasso(0, (0,), (2,))


def test_states_that_were_not_expanded_are_not_entered() -> None:
    graph = StepGraph([0, 1], [1], [0], [0], [1], [(), (0,)], [False], [0])
    assert find_lasso(graph, [(0, 0)], bytes([1])) is None
