"""Do all engines explore the same system? Label by label on hand-built systems, and by what they find on specs."""

import pytest
from systems import ricart_agrawala
from zoo import ZOO, array

from dscheck.engines import engine
from dscheck.engines.definition import DefinitionStepper
from dscheck.engines.engine import ENGINES, answer, stepper_of
from dscheck.engines.python import emit_rules
from dscheck.explore.finding import Exploration
from dscheck.explore.questions import questions_of
from dscheck.model.system import System
from dscheck.options import Limits
from dscheck.semantics.replay import replay

SYSTEMS = {
    **ZOO,
    "Ricart-Agrawala": ricart_agrawala(2, 2),
    "Ricart-Agrawala without tie break": ricart_agrawala(2, tie_break=False),
}
OTHERS = [entry for entry in ENGINES if entry.stepper and entry.name != "definition"]
MOST = 150  # states in which labels are compared


def found(exploration: Exploration) -> dict[str, object]:
    statistics = exploration.statistics
    return {
        "counts": (statistics.states, statistics.transitions, statistics.depth, exploration.end),
        "outcomes": dict(exploration.outcomes),
        "lengths": {name: violation.length for name, violation in exploration.violations.items()},
        "witnesses": {name: len(schedule.steps) for name, schedule in exploration.witnesses.items()},
        "fired": exploration.fired,
        "branches": exploration.branches,
        "unexercised": exploration.unexercised,
        "unjudged": dict(exploration.unjudged),
    }


def assert_same_labels(system: System, entry: engine.EngineEntry, most: int = MOST) -> int:
    """Every state within reach has the same labels in the same order; how many states were compared."""
    formulas = questions_of(system).formulas
    definition, other = DefinitionStepper(system, formulas), stepper_of(entry, system, formulas)
    assert other.initial() == definition.initial()
    waiting = definition.initial()[0]
    known = set(waiting)
    for state in waiting:
        edges = definition.edges(state)
        assert other.edges(state) == edges
        for _, raw, _, _ in edges:
            if raw is None:
                continue
            normal = definition.normalise(raw)
            assert other.normalise(raw) == normal
            if normal not in known and len(known) < most:
                known.add(normal)
                waiting.append(normal)
    return len(known)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.name)
def test_engines_give_the_labels_of_the_definition(entry: engine.EngineEntry, name: str) -> None:
    assert assert_same_labels(SYSTEMS[name], entry) > 0


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.name)
def test_engines_give_the_answers_of_the_definition(entry: engine.EngineEntry, name: str) -> None:
    limits = Limits(max_states=MOST)
    expected = answer(SYSTEMS[name], "definition", limits)
    assert found(answer(SYSTEMS[name], entry.name, limits)) == found(expected)


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_the_fastest_engine_finds_is_confirmed(name: str) -> None:
    exploration = answer(SYSTEMS[name], limits=Limits(max_states=MOST))
    schedules = [violation.schedule for violation in exploration.violations.values()]
    for schedule in (*schedules, *exploration.witnesses.values()):
        assert len(replay(SYSTEMS[name], schedule).steps) == len(schedule.steps)


@pytest.mark.parametrize("name", SYSTEMS)
def test_looped_rules_agree_as_unrolled_ones_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit_rules, "MOST_CHARACTERS", 0)
    assert_same_labels(SYSTEMS[name], ENGINES[0])


def test_more_processes_than_are_unrolled() -> None:
    assert assert_same_labels(array(9), ENGINES[0], most=12) == 12
