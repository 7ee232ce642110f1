"""Do the recorded runs in `traces/` still come out as recorded?"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = re.findall(
    r"^\| `(\S+)` \| `dscheck ([^`]+)` \|", (ROOT / "traces" / "README.md").read_text("utf-8"), re.MULTILINE
)


def lasting(answer: dict[str, Any]) -> Any:
    """What must be equal in two runs: all but times, memory and the version."""
    for file in answer["files"]:
        for check in file["checks"]:
            del check["seconds"], check["peak_memory_bytes"]
    return answer["files"]


def test_every_recorded_run_has_its_row() -> None:
    assert sorted(name for name, _ in ROWS) == sorted(path.name for path in (ROOT / "traces").glob("*.json"))


@pytest.mark.parametrize(("name", "command"), ROWS, ids=[name for name, _ in ROWS])
def test_a_recorded_run_comes_out_again(name: str, command: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dscheck", *command.split()], capture_output=True, text=True, cwd=ROOT, check=False
    )
    recorded = json.loads((ROOT / "traces" / name).read_text("utf-8"))
    assert recorded["files"][0]["checks"][0]["counterexamples"]
    assert lasting(json.loads(run.stdout)) == lasting(recorded)
