"""How long does it take to judge a recorded trace by a spec? Seconds of compiling and of walking, per trace.

Run with the folder of recorded traces in DSCHECK_TRACE_CORPUS for the log of EWD998; simulated traces need none.
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
from tests.traces.recorded import EWD998_IGNORED, EWD998_WORDS, ewd998_trace, system_of  # noqa: E402

SIMULATED = [("ricart_agrawala", "three", {"N": "4", "ENTRIES": "400"}), ("two_phase_commit", "three", {})]


def main() -> None:
    print(f"{'trace':<34}{'events':>8}{'first':>9}{'again':>9}{'widest':>8}  outcome")
    for spec, check, constants in SIMULATED:
        system = system_of(spec, check, **constants)
        trace = next(simulate(system, 1, 3000, 1, make=ReferenceStepper))
        measure(f"{spec}, simulated", system, trace)
    if "DSCHECK_TRACE_CORPUS" not in os.environ:
        print("EWD998: DSCHECK_TRACE_CORPUS does not name a folder with recorded traces")
        return
    system = system_of("ewd998", "three", N="5", WORK="200")
    options = {"words": EWD998_WORDS, "ignored": EWD998_IGNORED}
    measure("EWD998", system, ewd998_trace(), **options)
    without = ewd998_trace(deactivations=False)
    measure("EWD998 without deactivations", system, without, **options)
    measure("EWD998, deactivations hidden", system, without, hidden=("deactivate",), **options)


def measure(name: str, system: System, trace: Trace, **options: object) -> None:
    """One row: with compiling what is needed, and once more."""
    steps = Steps(system, ReferenceStepper)
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        found = conforms(trace, system, steps=steps, invariants=False, **options)  # type: ignore[arg-type]
        seconds.append(time.perf_counter() - started)
    widest = found.counts.get("explanations", 0)
    print(f"{name:<34}{len(trace.events):>8,}{seconds[0]:>8.2f}s{seconds[1]:>8.2f}s{widest:>8}  {found.outcome}")


if __name__ == "__main__":
    main()
