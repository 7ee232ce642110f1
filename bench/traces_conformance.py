"""How long does it take to judge a recorded trace by a spec? Seconds of compiling and of walking, per trace.

Run with the folder of recorded traces in DSCHECK_TRACE_CORPUS for the logs of EWD998 and etcd's Raft, and mutations of
the latter; simulated traces need none.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dscheck.engines.python.reference import ReferenceStepper  # noqa: E402
from dscheck.model.system import System  # noqa: E402
from dscheck.traces.conformance.judging import conforms  # noqa: E402
from dscheck.traces.conformance.steps import Steps  # noqa: E402
from dscheck.traces.event import Trace  # noqa: E402
from dscheck.traces.simulation import simulate  # noqa: E402
from tests.traces import test_raft_trace as raft_log  # noqa: E402
from tests.traces.recorded import EWD998_IGNORED, EWD998_WORDS, ewd998_trace, system_of  # noqa: E402

SIMULATED = [("ricart_agrawala", "three", {"N": "4", "ENTRIES": "400"}), ("two_phase_commit", "three", {})]


def main() -> None:
    print(f"{'trace':<34}{'events':>8}{'first':>9}{'again':>9}{'widest':>8}  outcome")
    for spec, check, constants in SIMULATED:
        system = system_of(spec, check, **constants)
        trace = next(simulate(system, 1, 3000, 1, make=ReferenceStepper))
        measure(f"{spec}, simulated", system, trace)
    if "DSCHECK_TRACE_CORPUS" not in os.environ:
        print("EWD998, etcd's Raft: DSCHECK_TRACE_CORPUS does not name a folder with recorded traces")
        return
    system = system_of("ewd998", "three", N="5", WORK="200")
    options = {"words": EWD998_WORDS, "ignored": EWD998_IGNORED}
    measure("EWD998", system, ewd998_trace(), **options)
    without = ewd998_trace(deactivations=False)
    measure("EWD998 without deactivations", system, without, **options)
    measure("EWD998, deactivations hidden", system, without, hidden=("deactivate",), **options)
    raft()


def raft() -> None:
    """The log of etcd's Raft with the invariants of the spec, and what its mutations cost."""
    whole = raft_log.trace_of(raft_log.recorded_lines())
    system = raft_log.steps_of(whole).system
    measure("etcd's Raft", system, whole)
    measure("etcd's Raft with invariants", system, whole, invariants=True)
    for name, (spoil, _) in raft_log.MUTATIONS.items():
        lines = raft_log.some_lines()
        spoil(lines)
        spoiled = raft_log.trace_of(lines)
        measure(f"- {name}"[:33], raft_log.steps_of(spoiled).system, spoiled)


def measure(name: str, system: System, trace: Trace, **options: object) -> None:
    """One row: with compiling what is needed, and once more."""
    steps = Steps(system, ReferenceStepper)
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        found = conforms(trace, system, steps=steps, **{"invariants": False, **options})  # type: ignore[arg-type]
        seconds.append(time.perf_counter() - started)
    widest = found.counts.get("explanations", 0)
    print(f"{name:<34}{len(trace.events):>8,}{seconds[0]:>8.2f}s{seconds[1]:>8.2f}s{widest:>8}  {found.outcome}")


if __name__ == "__main__":
    main()
