"""How long does it take to judge the clocks of a large trace: vector clocks, rebuilt order, physical times?

    python bench/traces_causality.py [--events 10000000] [--nodes 8] [--timed 220000] [--file 1000000]

CPU seconds of the checks alone, but for the first row, which reads a compressed file; the traces are made before.
A third of the events of the first are receipts. In the
others nodes send to each other at random; their clocks are off by up to 5 ms and drift by up to 100 ppm, delays are 0.2
to 3 ms. The broken one has a clock set back by 20 ms in the middle.
"""

import argparse
import gzip
import random
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dscheck.trace_answers import verify
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.causality.columns import columns_of
from dscheck.traces.causality.happens_before import HappensBefore, rebuilt
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.causality.vector_rules import judge_vectors
from dscheck.traces.event import Event, Trace, TraceHeader
from dscheck.traces.real_time.bounds_on_time import ClockModel, time_system
from dscheck.traces.real_time.difference_constraints import NegativeCycle, Times

if TYPE_CHECKING:
    import numpy.typing as npt

ROUNDS = 12_500  # after so many, all nodes tell each other everything, and the clocks repeat from there
MODEL = ClockModel(skew=5_000_000, drift_ppm=100, delay_min=200_000, delay_max=3_000_000)


def vectors(events: int, nodes: int) -> tuple["npt.NDArray[np.int32]", "npt.NDArray[np.int64]"]:
    """Right vector clocks, the rows of each node together, and where each node begins."""
    draw = np.random.default_rng(1)
    clocks = np.zeros((nodes, ROUNDS, nodes), np.int32)
    now = np.zeros((nodes, nodes), np.int32)
    every = np.arange(nodes)
    for at in range(ROUNDS):
        heard = np.where(draw.random(nodes) < 0.33, draw.integers(0, nodes, nodes), every)
        now = np.maximum(now, now[heard])
        now[every, every] = at + 1
        clocks[:, at] = now
    turns = max(1, events // (ROUNDS * nodes))
    repeated = [clocks + np.int32(turn * ROUNDS) for turn in range(turns)]
    rows = np.concatenate(repeated, axis=1).reshape(-1, nodes)
    return rows, np.arange(nodes + 1) * (ROUNDS * turns)


def timed_trace(events: int, nodes: int = 5) -> Trace:
    """Messages between nodes whose clocks are off and drift."""
    draw = random.Random(1)
    offsets = [draw.randint(-4_000_000, 4_000_000) for _ in range(nodes)]
    rates = [1 + draw.uniform(-0.8e-4, 0.8e-4) * min(1, 10_000 / events) for _ in range(nodes)]
    happened: list[tuple[int, int, str, str]] = []
    for number in range(events // 2):
        sent = number * 40_000 + draw.randint(0, 30_000)
        one, two = draw.sample(range(nodes), 2)
        happened.append((sent, one, "send", f"m{number}"))
        happened.append((sent + draw.randint(300_000, 2_900_000), two, "recv", f"m{number}"))
    happened.sort()
    count = [0] * nodes
    made = []
    for real, node, kind, msg in happened:
        count[node] += 1
        shown = int(real * rates[node]) + offsets[node]
        made.append(Event(f"n{node}", count[node], kind=kind, msg=msg, time=shown))  # type: ignore[arg-type]
    return Trace("bench", "native", "made here", TraceHeader(), tuple(made))


def broken(trace: Trace) -> Trace:
    """The same with a clock that is set back in the middle."""
    middle = len(trace.events) // 2
    node = trace.events[middle].node
    events = tuple(
        replace(event, time=(event.time or 0) - 20_000_000) if at >= middle and event.node == node else event
        for at, event in enumerate(trace.events)
    )
    return replace(trace, events=events)


def file_of(events: int, nodes: int) -> str:
    """A native trace, compressed, of nodes that send to each other at random, with vector clocks; its path."""
    draw = random.Random(1)
    clocks = [[0] * nodes for _ in range(nodes)]
    under_way: list[tuple[int, int, int, list[int]]] = []
    path = str(Path(tempfile.mkdtemp()) / "trace.jsonl.gz")
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write('{"format":"dscheck-trace/1","order":"causal"}\n')
        for number in range(events):
            node, kind, message, peer = draw.randrange(nodes), "send", number, draw.randrange(nodes)
            if under_way and draw.random() < 0.45:
                kind = "recv"
                node, message, peer, sent = under_way.pop(draw.randrange(max(0, len(under_way) - 20), len(under_way)))
                clocks[node] = list(map(max, clocks[node], sent))
            clocks[node][node] += 1
            if kind == "send":
                under_way.append((peer, message, node, list(clocks[node])))
            clock = ",".join(f'"n{at}":{count}' for at, count in enumerate(clocks[node]))
            file.write(f'{{"node":"n{node}","kind":"{kind}","msg":"m{message}","peer":"n{peer}","vc":{{{clock}}}}}\n')
    return path


def read_and_judged(events: int, nodes: int) -> None:
    """From a compressed file to the answers of two checks, with the greatest memory that this process ever took."""
    path = file_of(events, nodes)
    began = time.process_time()
    (result,) = verify([path], TraceQuestion(checks=("causality", "delivery"))).traces
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    spent = {finding.check: f"{finding.seconds:.1f} s" for finding in result.findings}
    measured(f"read and judged, {events:,} x {nodes}", began, f"{mebibytes:,} MiB at most; {spent}")
    Path(path).unlink()


def measured(what: str, began: float, result: str) -> None:
    print(f"{what:44} {time.process_time() - began:8.2f}  {result}")


def main() -> None:
    """Print one row per question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--timed", type=int, default=220_000)
    parser.add_argument("--file", type=int, default=1_000_000)
    asked = parser.parse_args()
    print(f"{'question':44} {'CPU s':>8}  answer")
    read_and_judged(asked.file, asked.nodes)  # first, since the memory that the others take would count too
    rows, starts = vectors(asked.events, asked.nodes)
    for gaps in (False, True):
        began = time.process_time()
        judgement = judge_vectors(rows, starts, gaps=gaps)
        size = f"{len(rows):,} x {asked.nodes}"
        measured(
            f"vector clocks, {size}" + (", with holes" if gaps else ""),
            began,
            "right" if judgement.fault is None else judgement.fault.kind,
        )
    rows[len(rows) // 2, (asked.nodes // 2 + 1) % asked.nodes] += 1
    began = time.process_time()
    judgement = judge_vectors(rows, starts)
    measured("the same with one entry bumped", began, "right" if judgement.fault is None else judgement.fault.kind)
    del rows
    trace = timed_trace(asked.timed)
    began = time.process_time()
    columns, edges = columns_of(trace), matched_messages(trace.events).edges()
    measured(f"columns and matching, {len(trace.events):,} events", began, f"{len(edges):,} messages")
    began = time.process_time()
    order = rebuilt(columns, edges)
    measured("clocks rebuilt from them", began, order.basis if isinstance(order, HappensBefore) else order.reason)
    for name, each in (("possible", trace), ("broken", broken(trace))):
        began = time.process_time()
        system = time_system(each, MODEL)
        measured(f"bounds of times, {name}", began, f"{len(system.why):,} bounds")
        began = time.process_time()
        solved = system.solved()
        answer = f"fit after {solved.rounds} rounds" if isinstance(solved, Times) else ""
        if isinstance(solved, NegativeCycle):
            answer = f"contradiction of {len(solved.bounds)} bounds"
        measured(f"their solution, {name}", began, answer)


if __name__ == "__main__":
    main()
