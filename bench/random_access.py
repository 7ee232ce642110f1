"""How near is dscheck to the limit of the memory? Its look-ups per second beside those of a bare hash table.

    python bench/random_access.py [--rows ra-4-1 ra-3-5] [--runs 5]

`random_access.c` looks up random states in a table of the size that the search of the row ends with, and does nothing
else. A search looks up every successor once; besides, it computes them, packs them and judges them, but also finds
many a one where it looked just before. Both run in turn on one core, so that a machine whose speed drifts drifts for
both; all figures are of CPU seconds, medians of the runs.
"""

import argparse
import re
import statistics
import tempfile
from pathlib import Path

from peer_models import ROWS, Row
from peer_tools import dscheck
from peers import figures_of, machine, one_round
from processes import completed

SOURCE = Path(__file__).with_name("random_access.c")
WORDS = {"ra-4-1": 3, "ra-3-5": 2, "ra-3-1": 2}  # of a packed state
LOAD = 0.6  # of the table, at most; it starts with 2^20 slots and grows by four


def slots_of(states: int) -> int:
    """Slots of a table that has grown with so many states."""
    slots = 1 << 20
    while states > LOAD * slots:
        slots *= 4
    return slots


def limit(program: Path, row: Row) -> float:
    """Look-ups per CPU second of the bare table."""
    lookups = max(row.transitions, 1 << 24)
    cost = completed([program, str(row.states), str(slots_of(row.states)), str(WORDS[row.name]), str(lookups)])
    found = re.search(r"(\d+) look-ups, ([\d.]+) seconds", cost.output)
    assert found is not None, cost.output
    return int(found[1]) / float(found[2])


def main() -> None:
    """Print one line per row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=list(WORDS), default=["ra-4-1", "ra-3-5"], metavar="ROW")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--engine", default="native")
    given = parser.parse_args()
    print(f"{machine()}; median of {given.runs}\n")
    print(
        "| model | states | slots | look-ups per CPU s: bare | dscheck's | bare / dscheck's |\n"
        "|---|--:|--:|--:|--:|--:|"
    )
    with tempfile.TemporaryDirectory() as name:
        program = Path(name) / "random_access"
        completed(["gcc", "-std=c11", "-O2", "-march=native", "-Wall", "-Wextra", "-o", program, SOURCE])
        for row in (row for row in ROWS if row.name in given.rows):
            bare, own = [], []
            for _ in range(given.runs):
                bare.append(limit(program, row))
                own.append(one_round(dscheck(given.engine), row))
            most, search = statistics.median(bare), figures_of(own).search
            if search is None:
                print(f"| {row.title} | {row.states:,} | {slots_of(row.states):,} | {most:,.0f} | too short | |")
                continue
            ours = row.transitions / search
            print(
                f"| {row.title} | {row.states:,} | {slots_of(row.states):,} | {most:,.0f} | {ours:,.0f} "
                f"| {most / ours:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
