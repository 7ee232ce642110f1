"""Is the generated C fit to be read and compiled, and the same in each process?"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from native.expansions import compiled, symbol_of
from native.test_emit import TESTS, emitted, explored, needs_compiler, systems_of, text_of

from dscheck.engines.native.coding import Widths
from dscheck.model.system import System


def check_of(name: str, check: str) -> System:
    return systems_of(TESTS.parent / "specs" / f"{name}.dsc")[f"specs/{name} {check}"]


@needs_compiler
@pytest.mark.parametrize(("name", "check"), [("bully", "torn"), ("ring_election", "three"), ("lamport_mutex", "two")])
def test_optimising_compilers_find_nothing_to_warn_of(name: str, check: str, tmp_path: Path) -> None:
    """Some warnings, as those of values that may not have been given, need the optimiser."""
    expected = explored(check_of(name, check), 20)
    compiled({name: emitted(expected, Widths(), symbol_of(0))}, tmp_path, ("-O1",))


def test_a_small_spec_reads_as_expected(golden: Callable[[str, str], None]) -> None:
    golden("peterson.c", text_of(check_of("peterson", "two")))


PRINT = """
import sys; sys.path[:0] = [sys.argv[1], sys.argv[1] + "/native"]
from native.test_emit import HAND_BUILT, explored, text_of
for name, system in HAND_BUILT.items():
    if explored(system, 1).labels:
        print(text_of(system))
"""


def test_the_text_does_not_depend_on_the_process_that_makes_it() -> None:
    texts = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TESTS.parent)}
        command = [sys.executable, "-c", PRINT, str(TESTS)]
        texts.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(texts) == 1
    assert len(texts.pop()) > 10_000
