"""Is what must come at last answered rightly on generated protocols? An oracle tries all sets of states."""

import pytest

from dscheck.engines.engine import answer
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import SearchEnd
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import PROGRESS_KINDS, System
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.verdict import Outcome
from tests.laws.agreement import ENGINES
from tests.laws.generated_specs import Features, random_progress
from tests.laws.progress_oracle import TooLarge, explored, is_violated

MOST_STATES = 9
FEATURES = {
    "plain": Features(failing=False, messages=False),
    "messages": Features(failing=False),
    "failing": Features(),
    "timers": Features(timers=True, failing=False, collections=False),
    "faults": Features(timers=True, faults=True, torn=True, failing=False, links=True),
}


def system_of(text: str) -> System:
    checked = read_spec(SourceFile.of_bytes("generated", text.encode()))
    return lower(checked, plans_of(checked, {})[0].configuration)


def agree(text: str) -> dict[str, Outcome] | None:
    """Compare the engines with the oracle; None when there are too many states to try all sets of them."""
    system = system_of(text)
    try:
        starts, known = explored(system, MOST_STATES)
    except TooLarge:
        return None
    expected: dict[str, Outcome] = {}
    for item in system.properties:
        if item.kind in PROGRESS_KINDS:
            answers = [is_violated(system, instance, starts, known) for instance in item.instances]
            if None in answers:
                expected[item.name] = Outcome.UNKNOWN
            else:
                expected[item.name] = Outcome.VIOLATED if True in answers else Outcome.HOLDS
    for engine in ENGINES:
        found = answer(system, engine)
        assert found.end is SearchEnd.EXHAUSTED
        assert {name: found.outcomes[name] for name in expected} == expected, f"{engine}\n{text}"
        for violation in found.violations.values():
            if violation.loop is not None:
                counterexample_of(system, violation)  # confirmed by the definition, fairness included
    return expected


@pytest.mark.parametrize("name", FEATURES)
def test_the_engines_agree_with_all_sets_of_states(name: str) -> None:
    answers = [agree(random_progress(seed, FEATURES[name])) for seed in range(60)]
    outcomes = [outcome for found in answers if found is not None for outcome in found.values()]
    assert outcomes.count(Outcome.VIOLATED) > 5
    assert outcomes.count(Outcome.HOLDS) > 5


@pytest.mark.slow
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("block", range(10))
def test_the_engines_agree_with_all_sets_of_states_on_thousands(name: str, block: int) -> None:
    answers = [agree(random_progress(seed, FEATURES[name])) for seed in range(1_000 + 200 * block, 1_200 + 200 * block)]
    assert sum(found is not None for found in answers) > 20


@pytest.mark.parametrize("seed", range(30))
def test_runs_that_never_end_are_confirmed_also_where_clocks_run(seed: int) -> None:
    """The oracle knows no shifts; but whatever is told was replayed, and its fairness looked at again."""
    text = random_progress(seed, Features(failing=False, stamps=True, timers=True))
    system = system_of(text)
    found = answer(system, "reference", Limits(max_states=400))
    for violation in found.violations.values():
        counterexample_of(system, violation)
