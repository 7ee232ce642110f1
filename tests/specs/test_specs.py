"""Do the specs of the corpus come out as they say, with exactly the counts that are on record?

`counts/NAME.json` has one row per check of `specs/NAME.dsc`. After a change that is meant to change counts, write
them anew with `pytest tests/specs --update-golden` (in one process, without `-n`) and read the difference.
"""

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import dscheck
from dscheck import workflow
from dscheck.verdict import CheckResult, Outcome

SPECS = Path(__file__).parents[2] / "specs"
COUNTS = Path(__file__).parent / "counts"
NAMES = sorted(path.stem for path in SPECS.glob("*.dsc"))
BLOCKS = [(name, block) for name in NAMES for block, _ in workflow.block_names(SPECS / f"{name}.dsc")]
CHECKS = [
    (name, check)
    for name in NAMES
    for check, _ in workflow.check_names(SPECS / f"{name}.dsc")
    if (name, check) not in BLOCKS
]
SMALL = 150  # states that the definition, which is slow, can be asked to explore

# What the literature says that an entry or an election costs: (spec, check, bound).
MESSAGE_COSTS = [
    ("centralized_lock", "two", "cost"),
    ("centralized_lock", "three", "cost"),
    ("ricart_agrawala", "two", "cost"),
    ("ricart_agrawala", "three", "cost"),
    ("lamport_mutex", "two", "cost"),
    ("bully", "synchronous[N=3]", "best"),
    ("bully", "synchronous[N=4]", "best"),
    ("bully", "synchronous[N=3]", "worst"),
    ("bully", "synchronous[N=4]", "worst"),
    ("chang_roberts", "worst_ring[N=5]", "most"),
    ("chang_roberts", "best_ring[N=5]", "most"),
    ("chang_roberts", "best_ring[N=5]", "least"),
    ("ring_election", "three", "cost"),
    ("ring_election", "four", "cost"),
]


@cache
def answer(name: str, check: str, engine: str = "auto") -> CheckResult:
    """What comes out for one check of one spec."""
    report = dscheck.check(SPECS / f"{name}.dsc", checks=check, engine=engine)
    assert len(report.checks) == 1, str(report)
    return report.checks[0]


def row(result: CheckResult) -> dict[str, Any]:
    """What is on record of a check."""
    return {
        "outcome": str(result.outcome),
        "states": result.statistics.states,
        "transitions": result.statistics.transitions,
        "depth": result.statistics.depth,
        "counterexamples": {each.property: each.length for each in result.counterexamples},
    }


def rows(name: str) -> dict[str, Any]:
    """The rows on record of one spec, by check."""
    file = COUNTS / f"{name}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def states_on_record(name: str, check: str) -> float:
    """How large a check is; without bound if that is not known."""
    return rows(name).get(check, {}).get("states", math.inf)


def write_rows(name: str, table: Mapping[str, Any]) -> None:
    """Write the rows of one spec, in the order of its checks; those of checks that it no longer has are dropped."""
    ordered = {check: table[check] for owner, check in CHECKS if owner == name and check in table}
    lines = ",\n".join(f"  {json.dumps(check)}: {json.dumps(values)}" for check, values in ordered.items())
    (COUNTS / f"{name}.json").write_text(f"{{\n{lines}\n}}\n", "utf-8")


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_a_check_is_met_with_the_counts_on_record(name: str, check: str, request: pytest.FixtureRequest) -> None:
    result = answer(name, check)
    assert result.met, result.reason
    assert [caution.text for caution in result.warnings if caution.kind == "vacuity"] == []
    if request.config.getoption("--update-golden"):
        write_rows(name, {**rows(name), check: row(result)})
    assert row(result) == rows(name).get(check), f"counts/{name}.json says otherwise, or nothing, of {check}"


def test_the_record_has_no_row_without_a_check() -> None:
    recorded = {(file.stem, check) for file in COUNTS.glob("*.json") for check in rows(file.stem)}
    assert recorded - set(CHECKS) == set()


@pytest.mark.parametrize(("name", "check"), [each for each in CHECKS if states_on_record(*each) <= SMALL])
def test_the_definition_counts_the_same(name: str, check: str) -> None:
    assert row(answer(name, check, "definition")) == rows(name)[check]


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_names_its_reference(name: str) -> None:
    lines = (SPECS / f"{name}.dsc").read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("protocol "))
    comment = []
    for line in lines[first + 1 :]:
        if not line.startswith("#"):
            break
        comment.append(line)
    assert re.search(r"\b(19|20)\d\d\b", " ".join(comment)), "the comment below the first line says who, where and when"


@pytest.mark.parametrize("name", sorted({name for name, _ in CHECKS}))
def test_a_spec_shows_what_holds_and_what_fails(name: str) -> None:
    """A spec that only ever holds does not show that its properties could fail."""
    outcomes = {values["outcome"] for values in rows(name).values()}
    assert Outcome.HOLDS in outcomes
    assert outcomes & {Outcome.VIOLATED, Outcome.DEADLOCK}


@pytest.mark.parametrize(("name", "check", "bound"), MESSAGE_COSTS)
def test_a_message_cost_holds_and_is_tight(name: str, check: str, bound: str) -> None:
    found = {each.name: each.outcome for each in answer(name, check).properties}
    assert found[bound] is Outcome.HOLDS
    assert found[f"tight {bound}"] is Outcome.HOLDS
