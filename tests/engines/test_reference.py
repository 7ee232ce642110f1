"""Is the compiled code what it should be: the same text every time, and none that takes long to compile?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from systems import ricart_agrawala
from zoo import ZOO, array

from dscheck.engines.engine import ENGINES, UnknownEngine, engine_named, stepper_of
from dscheck.engines.python import emit_rules
from dscheck.engines.python.reference import source_of
from dscheck.explore.questions import questions_of
from dscheck.explore.stepper import Formulas

TESTS = Path(__file__).resolve().parents[1]
PRINT = """
import sys; sys.path.insert(0, sys.argv[1])
from systems import ricart_agrawala
from zoo import ZOO
from dscheck.engines.python.reference import source_of
from dscheck.explore.questions import questions_of
for system in (ricart_agrawala(3), *ZOO.values()):
    print(source_of(system, questions_of(system).formulas))
"""


def test_the_text_does_not_depend_on_the_process_that_makes_it() -> None:
    texts = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TESTS.parent)}
        command = [sys.executable, "-c", PRINT, str(TESTS)]
        texts.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(texts) == 1
    assert len(texts.pop()) > 10_000


def test_every_name_of_the_namespace_appears_in_the_text() -> None:
    system = ricart_agrawala(3)
    text = source_of(system, questions_of(system).formulas)
    assert "Node_mode_2_now" in text
    assert "# on Request" in text


@pytest.mark.parametrize("size", [4, 8, 12])
def test_large_systems_stay_compilable(size: int) -> None:
    system = ricart_agrawala(size)
    formulas = questions_of(system).formulas
    assert len(source_of(system, formulas)) < 2 * emit_rules.MOST_CHARACTERS
    stepper = stepper_of(ENGINES[0], system, formulas)
    assert len(stepper.edges(stepper.initial()[0][0])) == size


def test_a_choice_in_a_loop_that_cannot_be_unrolled_is_left_to_the_definition() -> None:
    assert "by_definition" not in source_of(ZOO["dynamic indices, choices in loops"])
    assert "by_definition(3, state, add)" in source_of(array(9, splits=True))


def test_engines_are_known_by_name() -> None:
    assert engine_named("auto") is ENGINES[0]
    assert [engine_named(entry.name) for entry in ENGINES] == list(ENGINES)
    with pytest.raises(UnknownEngine, match="reference, native, definition"):
        engine_named("faster")


def test_without_formulas_nothing_is_violated() -> None:
    stepper = stepper_of(ENGINES[0], ZOO["no rules"], Formulas())
    state = stepper.initial()[0][0]
    assert (stepper.violations(state), stepper.step_violations(state, state), stepper.edges(state)) == (0, 0, [])
