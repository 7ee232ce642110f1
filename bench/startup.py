"""How long does `dscheck check` take for a small spec, from the shell's point of view? Beside what Python itself takes.

    python bench/startup.py [--runs 20] [--spec FILE] [--check NAME]

The programs run in turn, so that a machine whose speed drifts drifts for all. The first round is not counted: it writes
the bytecode and the tables of the grammar, as the first run after an installation does. The least is what the machine
can do; the median is what one meets while others use it.
"""

import argparse
import os
import platform
import statistics
import sys
from pathlib import Path

from processes import Cost, measured

ROOT = Path(__file__).resolve().parents[1]
TARGET = 0.2


def programs(spec: Path, check: str | None) -> dict[str, list[str]]:
    """The command lines to compare, by the name of their row."""
    asked = [] if check is None else ["--check", check]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        'python -c "import click"': [sys.executable, "-c", "import click"],
        'python -c "import lark"': [sys.executable, "-c", "import lark"],
        "dscheck --version": [sys.executable, "-m", "dscheck", "--version"],
        f"dscheck check {spec.name}": [sys.executable, "-m", "dscheck", "check", str(spec), *asked],
    }


def main() -> None:
    """Print one row per program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--spec", type=Path, default=ROOT / "specs" / "peterson.dsc")
    parser.add_argument("--check", default=None, help="one check of the spec; `two` of the default spec")
    asked = parser.parse_args()
    check = "two" if asked.check is None and asked.spec.name == "peterson.dsc" else asked.check
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows = programs(asked.spec.resolve(), check)
    costs: dict[str, list[Cost]] = {name: [] for name in rows}
    for number in range(asked.runs + 1):
        for name, command in rows.items():
            cost = measured(command, ROOT)
            assert cost.status in {0, 1}, cost.output  # 1: an expectation is not met, and the answer is there
            if number:
                costs[name].append(cost)
    print(f"{platform.machine()}, Python {platform.python_version()}, {asked.runs} runs, milliseconds")
    print(f"{'program':<28}{'least':>8}{'median':>8}{'CPU, least':>12}{'CPU, median':>13}")
    for name, runs in costs.items():
        walls, cpus = [cost.wall for cost in runs], [cost.cpu for cost in runs]
        shown = (min(walls), statistics.median(walls), min(cpus), statistics.median(cpus))
        print(
            f"{name:<28}"
            + "".join(f"{1000 * value:>{width}.0f}" for value, width in zip(shown, (8, 8, 12, 13), strict=True))
        )
    answered = costs[f"dscheck check {asked.spec.name}"]
    wall, cpu = (
        statistics.median(values) for values in zip(*((cost.wall, cost.cpu) for cost in answered), strict=True)
    )
    print(f"median / {1000 * TARGET:.0f} ms: {wall / TARGET:.2f} on the clock, {cpu / TARGET:.2f} of CPU")


if __name__ == "__main__":
    main()
