"""How long does a timing block of 50 events take? CPU time from its text to the answers, z3 loaded before.

    python bench/timing.py [--events 50] [--runs 3]

Each shape is asked for the greatest and the least of something, whether something beyond that is possible, and one
`expect` over its events. `free` is the hardest: no event is ordered with any other, so that z3 has to look for the
order in which two drifting clocks, read at every event, tell most different times.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from dscheck.language import syntax
from dscheck.language.parser import parse
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.timing.answer import answer_timing
from dscheck.verdict import BlockResult

TARGET = 2.0


def chain(events: int) -> list[str]:
    """One message that goes through all processes; two clocks are read everywhere."""
    lines = ["at e0"] + [f"at e{n} after e{n - 1} by [1, 3]" for n in range(1, events)]
    lines += ["clock C drift 0.01 offset 5", "clock D drift 0.02"]
    lines += [f"given C(e{n}) - D(e{n}) <= 10" for n in range(events)]
    return [*lines, *_questions(f"C(e{events - 1}) - D(e0)")]


def broadcast(events: int) -> list[str]:
    """One event, and all others after it in no order among themselves; each has a clock of its own that starts then."""
    lines = ["at e0"] + [f"at e{n} after e0 by [0, 10]" for n in range(1, events)]
    lines += ["clock C drift 0.01", "clock D drift 0.01"]
    lines += [f"given C(e{n}) - C(e0) >= 1" for n in range(1, events)]
    lines.append(f"let last = max({', '.join(f'T(e{n})' for n in range(1, events))})")
    return [*lines, *_questions(f"last - T(e0) + D(e{events - 1}) - D(e1)")]


def averages(events: int) -> list[str]:
    """What a server learns from the messages of all others, each with a delay of its own."""
    lines = ["at s"] + [f"at e{n} after s by [4, {5 + n}]" for n in range(1, events)]
    lines += ["clock S perfect", "clock C drift 0.0001 offset [-5, 5]"]
    total = " + ".join(f"C(e{n})" for n in range(1, events))
    return [*lines, f"let average = ({total}) / {events - 1}", *_questions("average - S(s)")]


def free(events: int) -> list[str]:
    """No order at all, and two drifting clocks that are read at every event."""
    lines = [f"at e{n}" for n in range(events)] + ["clock C drift 0.01 offset 5", "clock D drift 0.02 offset 5"]
    lines += [f"given {n} <= C(e{n}) <= {n + 10}" for n in range(events)]
    lines += [f"given D(e{n}) >= {n}" for n in range(events)]
    return [*lines, *_questions(f"D(e{events // 2}) - C(e1)")]


def _questions(quantity: str) -> list[str]:
    return [
        f"query most = max {quantity}",
        f"query least = min {quantity}",
        f"query beyond = possible {quantity} > 1000000",
        "expect least <= most and not beyond",
        f"expect {quantity} <= 1000000",
    ]


SHAPES: dict[str, Callable[[int], list[str]]] = {
    "chain": chain,
    "broadcast": broadcast,
    "averages": averages,
    "free": free,
}


def answered(lines: list[str]) -> tuple[BlockResult, float]:
    """The answer to a block with these lines, and the CPU seconds that it took."""
    began = time.process_time()
    source = SourceFile("<bench>", "protocol Bench\n\ntiming block:\n" + "".join(f"    {line}\n" for line in lines))
    block = next(each for each in parse(source).declarations if isinstance(each, syntax.Timing))
    result = answer_timing(source, block, {}, Limits(timeout=60))
    return result, time.process_time() - began


def main() -> None:
    """Print one row per shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--shape", choices=SHAPES, default=None)
    asked = parser.parse_args()
    answered(chain(2))  # loads z3 and the tables of the grammar
    print(f"{'shape':12} {'least s':>8} {'median s':>9}  answers")
    for name, shape in SHAPES.items():
        if asked.shape not in {None, name}:
            continue
        costs, values = [], ""
        for _ in range(asked.runs):
            result, seconds = answered(shape(asked.events))
            costs.append(seconds)
            values = ", ".join(claim.value or claim.outcome.value for claim in result.claims)
        late = "" if min(costs) < TARGET else f"  over {TARGET:g} s"
        print(f"{name:12} {min(costs):8.2f} {statistics.median(costs):9.2f}  {values}{late}")


if __name__ == "__main__":
    main()
