"""How long does it take to judge histories: those of a folder, and large ones that are made here?

    DSCHECK_TRACE_CORPUS=FOLDER python bench/traces_linearizability.py [--operations 10000]

CPU seconds without reading, for the verdict alone and with the explanation or the order, least of three runs.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dscheck.traces.checks.linearizability import check
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.traces.formats.readers import read_traces
from dscheck.traces.formats.reading import ReadOptions
from dscheck.traces.history import history_of
from dscheck.traces.linearizable.deciding import decide
from dscheck.traces.linearizable.objects.catalogue import object_named
from dscheck.traces.linearizable.parts import Assumed, parts_of

FOLDERS: Sequence[tuple[str, str, str, Any]] = (
    ("porcupine/jepsen", "*.log", "cas-register", None),
    ("porcupine/kv", "c01*.txt", "kv", None),
    ("porcupine/kv", "c10*.txt", "kv", None),
    ("porcupine/kv", "c50-ok.txt", "kv", None),
    ("porcupine/kv", "c50-bad.txt", "kv", None),
    ("knossos/cas-register/good", "*.edn", "cas-register", 0),
    ("knossos/cas-register/bad", "*.edn", "cas-register", 0),
    ("knossos/mutex", "*.edn", "lock", None),
    ("knossos/multi-register", "*.edn", "multi-register", {"x": 0, "y": 0}),
)


def least(job: Callable[[], Any]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def verdicts(traces: Sequence[Trace], name: str, initial: Any, *, shortcuts: bool = True) -> str:
    answers: list[str] = []
    for trace in traces:
        parts = parts_of(history_of(trace).operations, object_named(name), Assumed(True, initial))
        found = [answer.linearizable for answer in decide(parts, nodes=5_000_000, shortcuts=shortcuts)]
        answers.append("bad" if False in found else "unknown" if None in found else "ok")
    return ", ".join(f"{answers.count(each)} {each}" for each in dict.fromkeys(answers))


def row(title: str, traces: Sequence[Trace], name: str, initial: Any) -> None:
    count = sum(len(trace.events) for trace in traces)
    alone = least(lambda: verdicts(traces, name, initial))
    told = least(lambda: [check(trace, object_name=name, initial=initial) for trace in traces])
    found = verdicts(traces, name, initial)
    print(f"{title:42}{len(traces):5}{count:9,}{alone:10.3f}{told:10.3f}  {found}")


def generated(name: str, operations: int, processes: int) -> Trace:
    """A linearizable history: each operation takes effect at once, and returns when its process has its turn again."""
    chance, events = random.Random(1), []
    state: Any = {"register": None, "cas-register": 0, "queue": [], "set": set(), "lock": None}[name]
    opened: dict[int, tuple[str, Any]] = {}
    for number in range(2 * operations):
        process = chance.randrange(processes)
        place = Place("generated", number + 1)
        if process in opened:
            function, result = opened.pop(process)
            events.append(Event(str(process), number, "ok", function=function, value=result, place=place))
            continue
        function, argument, result = "read", None, None
        if name == "queue" and chance.random() < 0.5 and state:
            function, result = "dequeue", state.pop(0)
        elif name == "queue":
            function, argument = "enqueue", number
            state.append(number)
        elif name == "set":
            function, argument = "add", number
            state.add(number)
            if chance.random() < 0.01:
                function, argument, result = "read", None, sorted(state - {number})
                state.remove(number)
        elif chance.random() < 0.5:
            state = argument = number if name == "register" else number % 5
            function = "write"
        else:
            result = state
        opened[process] = function, result
        events.append(Event(str(process), number, "invoke", function=function, value=argument, place=place))
    for process, (function, result) in opened.items():
        events.append(Event(str(process), 2 * operations, "ok", function=function, value=result))
    return Trace(name, "generated", "", TraceHeader(order="total"), tuple(events))


def crashed(writes: int, values: int) -> Trace:
    """Reads and comparisons of five clients among writes that never return, some of which took effect."""
    chance, events, state, pending = random.Random(1), list[Event](), None, list[int]()

    def add(process: str, kind: Any, function: str, value: Any) -> None:
        place = Place("generated", len(events) + 1)
        events.append(Event(process, len(events), kind, function=function, value=value, place=place))

    for number in range(writes):
        add(f"c{number}", "invoke", "write", number % values)
        pending.append(number % values)
        for process in "abcde":
            if pending and chance.random() < 0.1:
                state = pending.pop(chance.randrange(len(pending)))
            if chance.random() < 0.5:
                add(process, "invoke", "read", None)
                add(process, "ok", "read", state)
            else:
                new = number % values if values < writes else 1_000 + len(events)
                add(process, "invoke", "cas", [state, new])
                add(process, "ok", "cas", [state, new])
                state = new
    return Trace("crashed", "generated", "", TraceHeader(order="total"), tuple(events))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=10_000)
    operations = parser.parse_args().operations
    print(f"{'histories':42}{'files':>5}{'events':>9}{'verdict':>10}{'told':>10}")
    corpus = os.environ.get("DSCHECK_TRACE_CORPUS")
    for folder, pattern, name, initial in FOLDERS if corpus else ():
        paths = sorted((Path(corpus or "") / folder).glob(pattern))
        traces = [trace for path in paths for trace in read_traces([str(path)], options=ReadOptions())]
        row(f"{folder}/{pattern}", traces, name, initial)
    for name in ("register", "cas-register", "queue", "set"):
        row(
            f"{operations:,} operations, {name}",
            [generated(name, operations, 10)],
            name,
            None if name != "cas-register" else 0,
        )
    row("40 writes that crashed, distinct", [crashed(40, 40)], "cas-register", None)
    row("400 writes that crashed, distinct", [crashed(400, 400)], "cas-register", None)
    row("40 writes that crashed, of 20 values", [crashed(40, 20)], "cas-register", None)


if __name__ == "__main__":
    main()
