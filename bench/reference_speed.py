"""How fast is the reference engine? States per CPU second on Ricart-Agrawala with three nodes, beside the definition.

    python bench/reference_speed.py [--runs 5]

Both engines explore the same system in one process, in turn, so that a machine whose speed drifts drifts for both. The
definition is given a smaller instance; what is compared is the rate, and the counts of that instance must agree.
"""

import argparse
import platform
import statistics
import time
from pathlib import Path

from dscheck.engines.engine import answer
from dscheck.explore.finding import Exploration
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.source import SourceFile

SPEC = Path(__file__).resolve().parents[1] / "specs" / "ricart_agrawala.dsc"
LARGE, SMALL = "three", "twice"
TARGET = 50_000


def system_of(check: str) -> System:
    """The transition system of one check of the spec."""
    checked = read_spec(SourceFile.read(SPEC))
    plan = next(plan for plan in plans_of(checked, {}) if plan.name == check)
    return lower(checked, plan.configuration)


def timed(system: System, engine: str) -> tuple[Exploration, float]:
    """One exploration, compiling included, and its CPU seconds."""
    started = time.process_time()
    exploration = answer(system, engine)
    return exploration, time.process_time() - started


def main() -> None:
    """Print one row per engine and instance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rows = [("reference", LARGE), ("reference", SMALL), ("definition", SMALL)]
    systems = {check: system_of(check) for check in (LARGE, SMALL)}
    rates: dict[tuple[str, str], list[float]] = {row: [] for row in rows}
    counts: dict[tuple[str, str], tuple[int, int, int]] = {}
    for _ in range(runs):
        for engine, check in rows:
            exploration, seconds = timed(systems[check], engine)
            found = exploration.statistics
            counts[engine, check] = (found.states, found.transitions, found.depth)
            rates[engine, check].append(found.states / seconds)
    assert counts["reference", SMALL] == counts["definition", SMALL], "the engines disagree"
    print(f"{platform.machine()}, Python {platform.python_version()}, {runs} runs, states per CPU second")
    print(f"{'engine':<12}{'check':<8}{'states':>8}{'transitions':>13}{'least':>10}{'median':>10}{'most':>10}")
    for engine, check in rows:
        states, transitions, _ = counts[engine, check]
        rate = rates[engine, check]
        shown = "".join(f"{value:>10,.0f}" for value in (min(rate), statistics.median(rate), max(rate)))
        print(f"{engine:<12}{check:<8}{states:>8,}{transitions:>13,}{shown}")
    ratio = statistics.median(rates["reference", SMALL]) / statistics.median(rates["definition", SMALL])
    print(f"reference / definition on `{SMALL}`: {ratio:.0f}")
    reached = statistics.median(rates["reference", LARGE]) / TARGET
    print(f"reference / {TARGET:,} states per second on `{LARGE}`: {reached:.2f}")


if __name__ == "__main__":
    main()
