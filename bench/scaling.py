"""Does the cost of a state stay the same when there are more, and what do two workers gain?

    python bench/scaling.py [--limits 16 28 50] [--workers 2] [--runs 5]

The first table is of `family.dsc`, whose states are of one width and as many as its limit says: CPU seconds per state
of one worker, the start taken off (as in `peers.py`). The second is of seconds on the clock as dscheck reports them,
those of the same with `--max-states 1` taken off, with one worker and with more in turn; it needs as many cores, and
nobody else on them.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peer_tools import SPECS, dscheck_command, dscheck_environment, dscheck_report
from peers import machine
from processes import Cost, measured

FAMILY = Path(__file__).with_name("family.dsc")
Run = Callable[..., tuple[Cost, dict[str, Any]]]


def runner(engine: str, cache: Path) -> Run:
    """Checks a spec and returns the cost and the report; everything that is compiled stays in the cache."""

    def run(spec: Path, settings: dict[str, int], workers: int = 1, *options: str) -> tuple[Cost, dict[str, Any]]:
        command = [*dscheck_command(spec, settings, engine, workers), *options]
        cost = measured(command, None, dscheck_environment(cache))
        return cost, dscheck_report(cost, engine)

    return run


def costs_of_states(run: Run, limits: list[int], runs: int) -> None:
    """Print nanoseconds and bytes per state along the family."""
    print("| LIMIT | states | CPU s | ns per state | bytes per state |\n|--:|--:|--:|--:|--:|")
    per_state = []
    for limit in limits:
        settings = {"LIMIT": limit}
        run(FAMILY, settings, 1, "--max-states", "1")  # compiles
        start = statistics.median(run(FAMILY, settings, 1, "--max-states", "1")[0].cpu for _ in range(3))
        costs = []
        for _ in range(runs):
            cost, report = run(FAMILY, settings)
            assert report["states"] == (2 * limit + 1) ** 4, report["states"]
            costs.append(cost)
        states = (2 * limit + 1) ** 4
        seconds = statistics.median(cost.cpu for cost in costs) - start
        peak = statistics.median(cost.peak for cost in costs)
        per_state.append(seconds / states)
        print(
            f"| {limit} | {states:,} | {seconds:.2f} | {seconds / states * 1e9:.0f} | {peak / states:.1f} |", flush=True
        )
    print(f"\nmost / least per state: {max(per_state) / min(per_state):.2f}\n")


def gain_of_workers(run: Run, limit: int, workers: int, runs: int) -> None:
    """Print how much sooner `workers` are done than one."""
    print(f"| model | states | s with 1 worker | s with {workers} | times as fast |\n|---|--:|--:|--:|--:|")
    rows = [
        ("Ricart-Agrawala N=4 R=1", SPECS / "ra.dsc", {"N": 4, "R": 1}),
        (f"family LIMIT={limit}", FAMILY, {"LIMIT": limit}),
    ]
    for title, spec, settings in rows:
        run(spec, settings, 1, "--max-states", "1")  # compiles
        seconds: dict[int, list[float]] = {1: [], workers: []}
        starts, counts = [], set()
        for _ in range(runs):
            starts.append(run(spec, settings, 1, "--max-states", "1")[1]["seconds"])
            for number, found in seconds.items():
                report = run(spec, settings, number)[1]
                found.append(report["seconds"])
                counts.add((report["states"], report["transitions"], report["depth"]))
        assert len(counts) == 1, counts
        one, more = (statistics.median(found) - statistics.median(starts) for found in seconds.values())
        print(f"| {title} | {counts.pop()[0]:,} | {one:.2f} | {more:.2f} | {one / more:.2f} |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", nargs="+", type=int, default=[16, 28, 50], metavar="LIMIT")
    parser.add_argument("--workers-limit", type=int, default=28, metavar="LIMIT", help="of the family in the second")
    parser.add_argument("--workers", type=int, default=2, help="0: leave the second table out")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--engine", default="native")
    given = parser.parse_args()
    print(f"{machine()}; median of {given.runs}\n")
    with tempfile.TemporaryDirectory() as name:
        run = runner(given.engine, Path(name))
        costs_of_states(run, given.limits, given.runs)
        if given.workers > 1:
            gain_of_workers(run, given.workers_limit, given.workers, given.runs)


if __name__ == "__main__":
    main()
