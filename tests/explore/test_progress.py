"""What is answered about progress when a search is cut, a formula has no value, or a lasso is not what it seems?"""

from dataclasses import replace

import pytest

from dscheck.engines.engine import answer
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import Exploration, Loop, SearchEnd
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.options import Limits
from dscheck.semantics.replay import NotConfirmed
from dscheck.source import SourceFile
from dscheck.verdict import Outcome

COUNTER = """protocol Counter
process A:
    var n: 0..20 = 0
    fair action more when n < 20:
        n += 1
    action stay when n == 2:
        pass
eventually never: A.n > 20
eventually far: A.n == 15
progress from_two: A.n == 2 ~> A.n == 4
final: true
check all expect holds
"""
TURNS = """protocol Turns
process A:
    var x: 0..2 = 0
    fair action one when x == 0:
        x = 1
    fair action two when x == 1:
        x = 0
    fair action out when x == 1:
        x = 2
eventually left: A.x == 2
final: true
check all expect holds
"""


def system_of(text: str) -> System:
    checked = read_spec(SourceFile.of_bytes("written", text.encode()))
    return lower(checked, plans_of(checked, {})[0].configuration)


def explored(text: str, limits: Limits | None = None) -> Exploration:
    return answer(system_of(text), "reference", limits)


def test_a_search_that_was_cut_does_not_say_that_progress_holds() -> None:
    found = explored(COUNTER, Limits(max_states=10))
    assert found.end is SearchEnd.MAX_STATES
    assert {found.outcomes[name] for name in ("never", "far", "from_two")} == {Outcome.UNKNOWN}
    whole = explored(COUNTER)
    assert whole.outcomes["far"] is whole.outcomes["from_two"] is Outcome.HOLDS
    assert whole.outcomes["never"] is Outcome.VIOLATED
    assert whole.violations["never"].loop == Loop(0, 0, 20)


def test_a_lasso_among_expanded_states_is_told_although_the_search_was_cut() -> None:
    text = COUNTER.replace(
        "    action stay when n == 2:\n        pass\n", "    fair action back when n == 3:\n        n = 2\n"
    )
    found = explored(text, Limits(max_depth=8))
    assert found.end is SearchEnd.MAX_DEPTH
    assert found.outcomes["from_two"] is Outcome.VIOLATED
    assert found.violations["from_two"].loop == Loop(0, 2, 2)
    assert found.outcomes["far"] is Outcome.VIOLATED


def test_a_run_may_stop_at_the_greatest_depth_where_no_state_has_a_step() -> None:
    text = "protocol Once\nprocess A:\n    var n: 0..2 = 0\n    fair action go when n == 0:\n        n = 1\n"
    text += "eventually two: A.n == 2\nfinal: true\ncheck all expect violates two\n"
    found = explored(text, Limits(max_depth=1))
    assert found.end is SearchEnd.EXHAUSTED
    assert found.outcomes["two"] is Outcome.VIOLATED
    assert found.violations["two"].loop == Loop(0, 0, 1)


def test_states_are_counted_as_without_questions_of_progress() -> None:
    asked, plain = explored(COUNTER), explored("\n".join(COUNTER.splitlines()[:7] + COUNTER.splitlines()[-2:]) + "\n")
    same = {"seconds": 0.0, "peak_memory_bytes": 0}
    assert replace(asked.statistics, **same) == replace(plain.statistics, **same)
    assert asked.fired == plain.fired


def test_a_formula_without_a_value_is_told_and_not_judged() -> None:
    found = explored(COUNTER.replace("A.n == 15", "10 / (5 - A.n) == 7"))
    assert found.outcomes["far"] is Outcome.UNKNOWN
    assert found.outcomes["division"] is Outcome.VIOLATED
    assert found.violations["division"].formula == "far"
    assert found.outcomes["from_two"] is Outcome.HOLDS


@pytest.mark.parametrize("loop", [Loop(0, 0, 0), Loop(0, 0, 1), Loop(0, 0, 2)])
def test_only_fair_runs_that_close_are_confirmed(loop: Loop) -> None:
    """The run goes once around: told rightly it is confirmed, told as another lasso it is not."""
    system = system_of(TURNS)
    violation = answer(system, "reference").violations["left"]
    assert violation.loop == Loop(0, 0, 0)
    assert violation.length == 2
    wrong = replace(violation, loop=loop)
    if loop == violation.loop:
        assert counterexample_of(system, wrong).loop_from == 0
    else:
        with pytest.raises(NotConfirmed):
            counterexample_of(system, wrong)


def test_the_story_says_of_each_obligation_why_it_does_not_end_the_cycle() -> None:
    system = system_of(TURNS)
    told = counterexample_of(system, answer(system, "reference").violations["left"])
    assert {reason.text: reason.value for reason in told.fairness} == {
        "A one": "taken in step 1",
        "A two": "taken in step 2",
        "A out": "disabled at the start",
    }


def test_the_native_engine_answers_the_same_or_hands_over() -> None:
    found = answer(system_of(TURNS), "native")
    assert found.outcomes["left"] is Outcome.VIOLATED
