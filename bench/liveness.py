"""What do properties of progress cost, beside safety alone, and how far do they go?

    python bench/liveness.py [--work 3 9 20 39] [--workers 2] [--clients 3]

Each size is checked natively twice: `liveness.dsc` as it is, and without its properties of progress. Seconds are those
that dscheck reports, everything compiled before; peak memory is that of the process; `steps` are edges of the graph.
"""

import argparse
import tempfile
from pathlib import Path

from peer_tools import dscheck_command, dscheck_environment, dscheck_report
from peers import machine
from processes import Cost, ProgramFailed, measured

SPEC = Path(__file__).with_name("liveness.dsc")
_PROGRESS = ("progress ", "always eventually ", "eventually ")


def safety_alone(folder: Path) -> Path:
    """The same spec without what must come at last."""
    lines = [line for line in SPEC.read_text("utf-8").splitlines() if not line.startswith(_PROGRESS)]
    path = folder / "safety.dsc"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def checked(spec: Path, settings: dict[str, int], workers: int, cache: Path) -> tuple[Cost, float, int, int]:
    """Cost, seconds, states and transitions."""
    command = dscheck_command(spec, settings, "native", workers)
    environment = dscheck_environment(cache)
    measured([*command, "--max-states", "1"], None, environment)  # compiles
    cost = measured(command, None, environment)
    report = dscheck_report(cost, "native")
    if report["reason"] != "everything reachable was explored":
        raise ProgramFailed(report["reason"])
    return cost, report["seconds"], report["states"], report["transitions"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--work", type=int, nargs="+", default=[3, 9, 20])
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    print(f"{machine()}, {given.workers} workers\n")
    print("| states | steps | safety s | liveness s | ratio | safety MB | liveness MB | states/s |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, cache = safety_alone(Path(folder)), Path(folder) / "cache"
        for work in given.work:
            settings = {"N": given.clients, "WORK": work}
            safe, safe_seconds, states, _ = checked(plain, settings, given.workers, cache)
            fair, fair_seconds, same, steps = checked(SPEC, settings, given.workers, cache)
            assert states == same, "what is asked changed what is explored"
            ratio = fair_seconds / safe_seconds
            print(
                f"| {states:,} | {steps:,} | {safe_seconds:.2f} | {fair_seconds:.2f} | {ratio:.1f} "
                f"| {safe.peak / 1e6:.0f} | {fair.peak / 1e6:.0f} | {states / fair_seconds:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
