"""Do normalisation of clocks and renaming of interchangeable ids keep everything that is asked?"""

from collections import Counter
from itertools import permutations

import pytest

from dscheck.explore.questions import questions_of
from dscheck.language.analysis import read_spec
from dscheck.model.layout import State, layout_of
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.normalise import normalise
from dscheck.semantics.step import Transition, initial_states, transitions
from dscheck.source import SourceFile
from tests.laws.generated_specs import EVERYTHING, Features, random_protocol
from tests.laws.permutation import permuted
from tests.laws.protocol_model import text_of

MOST = 60  # states per protocol, more or less
STAMPED = [seed for seed in range(300) if any(r.clock for r in random_protocol(seed).roles)][:15]
SYMMETRIC = [
    seed
    for seed in range(300)
    if any(role.size > 1 and not role.ordered for role in random_protocol(seed, Features()).roles)
][:15]


def system_of(seed: int, features: Features = EVERYTHING) -> System:
    text = text_of(random_protocol(seed, features))
    checked = read_spec(SourceFile.of_bytes(f"generated {seed}", text.encode()))
    return lower(checked, plans_of(checked, {})[0].configuration)


def sort_of(step: Transition) -> tuple[int, str]:
    """What of a label does not depend on stamps."""
    return step.rule, step.failed.failure.property if step.failed else ""


def truths(system: System, state: State) -> list[object]:
    """The answers to every formula over one state."""
    found: list[object] = []
    for formula in questions_of(system).formulas.always + questions_of(system).formulas.asked:
        try:
            found.append(evaluate(formula, scope_of(system, state)))
        except StepFailed as stopped:
            found.append(stopped.failed.failure.property)
    return found


@pytest.mark.parametrize("seed", STAMPED)
def test_normalisation_changes_no_step_and_no_answer(seed: int) -> None:
    system = system_of(seed)
    layout = layout_of(system)
    raw = set(initial_states(system)[0])
    quotient = {normalise(layout, state) for state in raw}
    for _ in range(5):
        assert {normalise(layout, state) for state in raw} == quotient
        if len(raw) > MOST:
            break
        for state in raw:
            normal = normalise(layout, state)
            assert truths(system, state) == truths(system, normal)
            if state != normal:
                ours, theirs = list(transitions(system, state, layout)), list(transitions(system, normal, layout))
                assert Counter(map(sort_of, ours)) == Counter(map(sort_of, theirs))
        raw = {step.successor for state in raw for step in transitions(system, state, layout) if step.successor}
        quotient = {
            normalise(layout, step.successor)
            for state in quotient
            for step in transitions(system, state, layout)
            if step.successor
        }


@pytest.mark.parametrize("seed", SYMMETRIC)
def test_renaming_ids_maps_steps_to_steps(seed: int) -> None:
    system = system_of(seed, Features())
    layout = layout_of(system)
    initial = set(initial_states(system)[0])
    for process in sorted(system.symmetric):
        for order in permutations(range(system.processes[process])):
            assert {permuted(layout, state, process, order) for state in initial} == initial
            level, known = initial, set(initial)
            while level and len(known) < MOST:
                for state in level:
                    renamed = permuted(layout, state, process, order)
                    assert truths(system, renamed) == truths(system, state)
                    ours = Counter(
                        (sort_of(step), step.successor and permuted(layout, step.successor, process, order))
                        for step in transitions(system, state, layout)
                    )
                    assert ours == Counter(
                        (sort_of(step), step.successor) for step in transitions(system, renamed, layout)
                    )
                level = {
                    s.successor for state in level for s in transitions(system, state, layout) if s.successor
                } - known
                known |= level


def test_the_seeds_are_of_the_right_sort() -> None:
    assert any(system_of(seed).variable("A.clock") for seed in STAMPED if "A.clock" in names(system_of(seed)))
    assert sum(bool(system_of(seed, Features()).symmetric) for seed in SYMMETRIC) > 10


def names(system: System) -> set[str]:
    return {variable.name for variable in system.variables}
