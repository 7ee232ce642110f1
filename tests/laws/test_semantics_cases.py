"""Does each small spec in tests/cases give exactly the numbers that its comments say?

A line `# expect: states=3, transitions=2, depth=2, violated={range: 2}, reached={woken: 1}` belongs to one check, in
the order of the checks; `# expect: error=DS0404` to a spec that is refused. Nothing violated is the default.
"""

import re
from pathlib import Path

import pytest

from dscheck.diagnostics import SpecError
from dscheck.engines.engine import answer
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.source import SourceFile
from tests.laws.agreement import ENGINES

FOLDER = Path(__file__).resolve().parents[1] / "cases"
CASES = sorted(path for kind in ("semantics", "liveness") for path in (FOLDER / kind).glob("*.dsc"))


def expectations(text: str) -> list[dict[str, object]]:
    return [_expectation(line) for line in re.findall(r"^# expect: (.*)$", text, re.MULTILINE)]


def _expectation(line: str) -> dict[str, object]:
    found: dict[str, object] = {"violated": {}}
    for key, value in re.findall(r"(\w+)=(\{[^}]*\}|\w+)", line):
        if value.startswith("{"):
            found[key] = {name: int(length) for name, length in re.findall(r"(\w+): (\d+)", value)}
        else:
            found[key] = int(value) if value.isdecimal() else value
    return found


def systems_of(source: SourceFile) -> list[System]:
    checked = read_spec(source)
    return [lower(checked, plan.configuration) for plan in plans_of(checked, {})]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_numbers_are_those_of_the_comments(path: Path, engine: str) -> None:
    source = SourceFile.read(path)
    expected = expectations(source.text)
    assert expected, "the case expects nothing"
    if "error" in expected[0]:
        with pytest.raises(SpecError) as refused:
            systems_of(source)
        assert [each.code for each in refused.value.diagnostics if each.severity == "error"] == [expected[0]["error"]]
        return
    found: list[dict[str, object]] = []
    for system, wanted in zip(systems_of(source), expected, strict=True):
        seen = answer(system, engine)
        everything = {
            "states": seen.statistics.states,
            "transitions": seen.statistics.transitions,
            "depth": seen.statistics.depth,
            "violated": {name: violation.length for name, violation in seen.violations.items()},
            "reached": {name: len(run.steps) for name, run in seen.witnesses.items()},
        }
        found.append({key: everything[key] for key in wanted})
    assert found == expected
