"""Is an engine's word taken only when the definition agrees?"""

from dataclasses import replace
from itertools import pairwise

import pytest
from systems import ricart_agrawala
from zoo import ZOO

from dscheck.engines.engine import answer
from dscheck.model.expressions import Failure
from dscheck.model.layout import layout_of
from dscheck.semantics.evaluate import Failed, evaluate, scope_of
from dscheck.semantics.normalise import normalise
from dscheck.semantics.replay import NotConfirmed, Schedule, ScheduledStep, replay

BROKEN = ricart_agrawala(2, tie_break=False)


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return answer(BROKEN).violations["mutex"].schedule


def test_a_run_has_raw_states_whose_clocks_only_grow(schedule: Schedule) -> None:
    run = replay(BROKEN, schedule)
    layout = layout_of(BROKEN)
    assert [normalise(layout, state) for state in run.states[1:]] == [step.successor for step in schedule.steps]
    for before, after in pairwise(run.states):
        assert before[0] <= after[0]
        assert before[1] <= after[1]
    mutex = next(each for each in BROKEN.properties if each.name == "mutex")
    assert [evaluate(mutex.condition, scope_of(BROKEN, state)) for state in run.states] == [True] * 8 + [False]


def changed(schedule: Schedule, number: int, **to: object) -> Schedule:
    steps = list(schedule.steps)
    steps[number] = steps[number]._replace(**to)
    return replace(schedule, steps=tuple(steps))


FAILED = Failed(Failure("division", "by zero"), "0")


@pytest.mark.parametrize("number", [0, 3, 7])
def test_a_lie_about_a_step_is_not_confirmed(schedule: Schedule, number: int) -> None:
    step = schedule.steps[number]
    lies = (
        {"rule": (step.rule + 1) % 5},
        {"successor": schedule.initial},
        {"counts": (7, 7)},
        {"successor": None, "failed": FAILED},
    )
    for lie in lies:
        with pytest.raises(NotConfirmed):
            replay(BROKEN, changed(schedule, number, **lie))


def test_a_lie_about_the_start_is_not_confirmed(schedule: Schedule) -> None:
    with pytest.raises(NotConfirmed):
        replay(BROKEN, replace(schedule, initial=schedule.steps[0].successor))


def test_nothing_follows_a_step_that_failed() -> None:
    of = ZOO["failing guard"]
    failing = answer(of).violations["division"].schedule
    assert replay(of, failing).steps[-1].failed is not None
    with pytest.raises(NotConfirmed):
        replay(of, replace(failing, steps=(*failing.steps, ScheduledStep(1, failing.initial))))


def test_a_step_that_should_fail_otherwise_is_not_confirmed() -> None:
    of = ZOO["failing guard"]
    failing = answer(of).violations["division"].schedule
    other = Failed(replace(failing.steps[-1].failed.failure, message="another"), "")
    with pytest.raises(NotConfirmed):
        replay(of, changed(failing, -1, failed=other))


def test_the_last_step_is_one_that_breaks_the_step_property() -> None:
    of = ZOO["loops in branches"]
    steady = next(each for each in of.properties if each.name == "steady")
    found = answer(of).violations["steady"].schedule

    def breaks(before: tuple, after: tuple) -> bool:
        return not evaluate(steady.condition, scope_of(of, after, before))

    run = replay(of, found, breaks)
    assert breaks(*run.states[-2:])
    with pytest.raises(NotConfirmed):
        replay(of, found, lambda before, after: not breaks(before, after))


def test_an_initial_state_that_failed_has_no_run() -> None:
    violation = answer(ZOO["failing initial state"]).violations["range"]
    assert replay(ZOO["failing initial state"], violation.schedule).states == ()
