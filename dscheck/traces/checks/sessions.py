"""Do the sessions keep their guarantees: read your writes, monotonic reads, monotonic writes, writes follow reads?

Terry et al., *Session Guarantees for Weakly Consistent Replicated Data* (1994). Each
guarantee asks that some value of a key is no older than another one. What is older is not recorded; but if no order of
the values of a key does what the guarantees ask, they were not kept. So each demand is an edge between two values, and
a cycle is the proof. Values must be written only once.
"""

import time
from collections import deque
from collections.abc import Hashable, Sequence
from typing import Any

from dscheck.record import record
from dscheck.traces.checks.linearizability import NOT_SAID, assumption, malformed
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.history import HistoryError, Operation, history_of
from dscheck.traces.linearizable.objects.registers import READ, WRITE
from dscheck.traces.linearizable.telling import described, part_name, shown, witness
from dscheck.traces.wording import each_of

CHECK = "session-guarantees"
READ_YOUR_WRITES = "read your writes"
MONOTONIC_READS = "monotonic reads"
MONOTONIC_WRITES = "monotonic writes"
WRITES_FOLLOW_READS = "writes follow reads"
_GUARANTEE = {
    ("write", "read"): READ_YOUR_WRITES,
    ("read", "read"): MONOTONIC_READS,
    ("write", "write"): MONOTONIC_WRITES,
    ("read", "write"): WRITES_FOLLOW_READS,
}


@record
class _Demand:
    """The value of the later operation must be newer than that of the earlier one, of the same process."""

    guarantee: str
    earlier: Operation
    later: Operation
    older: Hashable
    newer: Hashable


def check(
    trace: Trace, *, initial: Any = NOT_SAID, nil_is_unknown: bool | None = None, guarantees: Sequence[str] = ()
) -> TraceFinding:
    """Judge reads and writes of each key.

    Args:
        trace: with a history of reads and writes.
        initial: value of every key, older than all others; else of the trace's header, else nil.
        nil_is_unknown: a read of nil says nothing. Not given: if the initial value is not nil.
        guarantees: those to ask for; all four if none are named.
    """
    started = time.monotonic()
    try:
        history = history_of(trace)
    except HistoryError as error:
        return malformed(CHECK, error)
    assumed = assumption(trace, initial, nil_is_unknown)
    skips_nil = assumed.value is not None if assumed.nil_is_unknown is None else assumed.nil_is_unknown
    keys: dict[Hashable, list[Operation]] = {}
    for operation in history.operations:
        if operation.function.lower() in READ | WRITE:
            keys.setdefault(operation.key, []).append(operation)
    if not keys:
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, "The trace has no reads and writes.")
    asked = set(guarantees) or set(_GUARANTEE.values())
    chained = {MONOTONIC_READS, MONOTONIC_WRITES} <= asked
    changed = {each.key for each in history.operations if each.function.lower() not in READ | WRITE}
    ambiguous: list[Hashable] = []
    for key, operations in keys.items():
        written = [operation.argument for operation in operations if operation.function.lower() in WRITE]
        if key in changed or len(set(written)) < len(written) or assumed.value in written:
            ambiguous.append(key)
            continue
        reads = [each for each in operations if each.function.lower() in READ and each.outcome == "ok"]
        known = [each for each in reads if not (each.result is None and skips_nil)]
        invented = next((each for each in known if each.result != assumed.value and each.result not in written), None)
        if invented is not None:
            reason = f"{_of(key)}{_line(invented)} returned a value that nobody wrote."
            if not assumed.told:
                reason += "\nThe initial value was taken to be nil; if it was this one, say so: --initial VALUE."
            return _rejected(reason, (witness(invented, "refused"),), "value from nowhere", len(keys), started)
        uses = [each for each in operations if each.function.lower() in WRITE or each in known]
        cycle = _cycle([each for each in _demands(uses, chained=chained) if each.guarantee in asked], assumed.value)
        if cycle is not None:
            return _contradiction(key, cycle, len(keys), started)
    took = time.monotonic() - started
    counts = {"keys": len(keys), "keys judged": len(keys) - len(ambiguous)}
    if ambiguous:
        names = ", ".join(part_name(key) or "the register" for key in ambiguous[:4])
        reason = f"Only keys that are read and written, each time with another value, can be judged; not so {names}."
        judged = len(ambiguous) < len(keys)
        outcome = TraceOutcome.UNKNOWN if judged else TraceOutcome.NOT_ASKED
        return TraceFinding(CHECK, outcome, reason, kind="ambiguous values", counts=counts, seconds=took)
    reason = f"For {each_of(len(keys), 'key')} there is an order of its values with {', '.join(sorted(asked))}."
    return TraceFinding(CHECK, TraceOutcome.ACCEPTED, reason, counts=counts, seconds=took)


def _demands(operations: Sequence[Operation], *, chained: bool) -> list[_Demand]:
    """What each operation demands of the values before it.

    Args:
        operations: on one key.
        chained: reads are linked to reads and writes to writes, so that the last of each is enough to look back to.
    """
    demands: list[_Demand] = []
    earlier: dict[str, dict[tuple[str, Hashable], Operation]] = {}
    last: dict[tuple[str, str], tuple[str, Hashable]] = {}
    for each in sorted(operations, key=lambda operation: operation.call):
        kind, value = _use(each)
        seen = earlier.setdefault(each.process, {})
        for (before, older), operation in seen.items():
            if older != value:
                demands.append(_Demand(_GUARANTEE[before, kind], operation, each, older, value))
        if each.outcome != "ok":
            continue  # it may take effect after what comes next, or never
        if chained:
            seen.pop(last.get((each.process, kind), (kind, value)), None)
            last[each.process, kind] = kind, value
        seen[kind, value] = each
    return demands


def _use(operation: Operation) -> tuple[str, Hashable]:
    if operation.function.lower() in READ:
        return "read", operation.result
    return "write", operation.argument


def _cycle(demands: Sequence[_Demand], first: Hashable) -> list[_Demand] | None:
    """A shortest cycle, or a demand that a value is older than the initial one; None if there is neither."""
    edges: dict[Hashable, dict[Hashable, _Demand]] = {}
    for each in demands:
        if each.newer == first:
            return [each]
        edges.setdefault(each.older, {}).setdefault(each.newer, each)
    remaining = _on_cycles(edges)
    best: list[_Demand] | None = None
    for value in remaining:
        found = _shortest_back(edges, value, remaining)
        if found is not None and (best is None or len(found) < len(best)):
            best = found
            if len(best) == 2:
                break
    return best


def _on_cycles(edges: dict[Hashable, dict[Hashable, _Demand]]) -> set[Hashable]:
    """What remains when values with nothing older are taken away, again and again (Kahn)."""
    count: dict[Hashable, int] = {}
    for older, targets in edges.items():
        count.setdefault(older, 0)
        for newer in targets:
            count[newer] = count.get(newer, 0) + 1
    free = [value for value, number in count.items() if number == 0]
    while free:
        value = free.pop()
        del count[value]
        for newer in edges.get(value, ()):
            count[newer] -= 1
            if count[newer] == 0:
                free.append(newer)
    return set(count)


def _shortest_back(
    edges: dict[Hashable, dict[Hashable, _Demand]], start: Hashable, within: set[Hashable]
) -> list[_Demand] | None:
    came: dict[Hashable, _Demand] = {}
    waiting = deque([start])
    while waiting:
        value = waiting.popleft()
        for newer, demand in edges.get(value, {}).items():
            if newer == start:
                path = [demand]
                while path[-1].older != start:
                    path.append(came[path[-1].older])
                return path[::-1]
            if newer in within and newer not in came:
                came[newer] = demand
                waiting.append(newer)
    return None


def _contradiction(key: Hashable, cycle: Sequence[_Demand], keys: int, started: float) -> TraceFinding:
    names = sorted({each.guarantee for each in cycle})
    lines = [
        f"{each.later.process}: {_line(each.later)} comes after {_line(each.earlier)}, so {shown(each.newer)} is newer "
        f"than {shown(each.older)} ({each.guarantee})"
        for each in cycle[:6]
    ]
    if len(cycle) == 1:
        first = shown(cycle[0].newer)
        opening = f"{_of(key)}{names[0]} is violated: the initial value {first} is older than all others."
    else:
        all_of = "all " if len(names) > 1 else ""
        opening = f"{_of(key)}{' and '.join(names)} cannot {all_of}hold: no order of the values fits."
    operations: dict[int, Operation] = {}
    for each in cycle[:6]:
        operations.setdefault(each.earlier.call, each.earlier)
        operations.setdefault(each.later.call, each.later)
    core = tuple(witness(operations[call]) for call in sorted(operations))
    return _rejected("\n".join([opening, *lines]), core, ", ".join(names), keys, started)


def _rejected(reason: str, core: tuple[Witness, ...], kind: str, keys: int, started: float) -> TraceFinding:
    took = time.monotonic() - started
    return TraceFinding(CHECK, TraceOutcome.REJECTED, reason, core, core, kind, {"keys": keys}, took)


def _of(key: Hashable) -> str:
    return f"{part_name(key)}: " if key is not None else ""


def _line(operation: Operation) -> str:
    place = operation.completed if operation.outcome == "ok" and operation.completed is not None else operation.invoked
    return f"{described(operation)} ({place})"
