"""Do all engines find the same in the specs that come with dscheck? As far as the definition gets in little time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_agreement import OTHERS, found

from dscheck.engines.engine import EngineEntry, answer
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.options import Limits
from dscheck.source import SourceFile

ROOT = Path(__file__).resolve().parents[2]
MOST = Limits(max_states=60)


def checks() -> Iterator[tuple[Path, str]]:
    for path in sorted((*(ROOT / "specs").glob("*.dsc"), *(ROOT / "tests" / "peer_semantics").glob("*.dsc"))):
        for plan in plans_of(read_spec(SourceFile.read(path)), {}):
            yield path, plan.name


@pytest.mark.parametrize("entry", OTHERS, ids=lambda entry: entry.name)
@pytest.mark.parametrize(
    ("path", "name"), list(checks()), ids=lambda part: part.stem if isinstance(part, Path) else part
)
def test_engines_find_the_same_in_specs(entry: EngineEntry, path: Path, name: str) -> None:
    checked = read_spec(SourceFile.read(path))
    plan = next(plan for plan in plans_of(checked, {}) if plan.name == name)
    system = lower(checked, plan.configuration)
    assert found(answer(system, entry.name, MOST)) == found(answer(system, "definition", MOST))
