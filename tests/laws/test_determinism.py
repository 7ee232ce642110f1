"""Does the same question get the same answer, byte for byte, whatever order Python's sets happen to have?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.generated_specs import random_protocol
from tests.laws.protocol_model import text_of

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "tests" / "cases" / "semantics").glob("*.dsc"))
SPECS = [ROOT / "specs" / "lost_update.dsc", ROOT / "specs" / "peterson.dsc"]


def answer(paths: list[Path], hash_seed: int, engine: str) -> str:
    """The JSON answer to specs of which some are refused, without what the machine decides."""
    command = [sys.executable, "-m", "dscheck", "check", "--format", "json", "--engine", engine, "--max-states", "300"]
    done = subprocess.run(
        [*command, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    )
    assert done.returncode in {1, 2}, done.stderr + done.stdout[-1500:]
    return re.sub(r'"(seconds|peak_memory_bytes)": [-+.e0-9]+', r'"\1": 0', done.stdout)


@pytest.mark.parametrize("engine", ["definition", "reference"])
def test_hash_seeds_change_nothing(engine: str, tmp_path: Path) -> None:
    generated = []
    for seed in range(30, 42):
        generated.append(tmp_path / f"generated_{seed}.dsc")
        generated[-1].write_text(text_of(random_protocol(seed)))
    first, second = (answer(CASES + SPECS + generated, seed, engine) for seed in (1, 2))
    assert len(first) > 10_000
    assert first == second
