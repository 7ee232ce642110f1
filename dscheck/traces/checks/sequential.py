"""Is the history sequentially consistent: is there one order of all operations in which each process keeps its own?

Unlike linearizability this allows a process to see what is old, and cannot be judged object by object: a history is
wrong if that of one object is, but it can be wrong although each of them is right.

An operation that never returned may take effect later than what its process did afterwards.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dscheck.record import record
from dscheck.traces.checks.linearizability import NOT_SAID, asked_object, assumption, malformed, too_small
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.history import HistoryError, Operation, history_of
from dscheck.traces.linearizable.deciding import Answer, decide
from dscheck.traces.linearizable.objects.object_type import ObjectType
from dscheck.traces.linearizable.parts import Part, parts_of
from dscheck.traces.linearizable.program_order import ProgramSearch, Step
from dscheck.traces.linearizable.telling import described, order_shown, state_told, witness
from dscheck.traces.wording import counted

CHECK = "sequential-consistency"
NODES = 200_000
NODES_OF_A_TRIAL = 2_000
NODES_TO_SHRINK = 40_000
MOST_SHOWN = 8


@record
class _Programs:
    """What each process did, in its order, on all objects."""

    parts: tuple[Part, ...]
    operations: tuple[Operation, ...]
    programs: tuple[tuple[Step, ...], ...]

    def search(self) -> ProgramSearch:
        return ProgramSearch(self.parts[0].object, [part.initial for part in self.parts], self.programs)


def check(
    trace: Trace,
    *,
    object_name: str | ObjectType | None = None,
    initial: Any = NOT_SAID,
    nil_is_unknown: bool | None = None,
    nodes: int = NODES,
    seconds: float | None = 60.0,
) -> TraceFinding:
    """Judge the operations of the trace; the options are those of linearizability."""
    started = time.monotonic()
    try:
        history = history_of(trace)
        asked = asked_object(CHECK, trace, history, object_name)
        if isinstance(asked, TraceFinding):
            return asked
        parts = parts_of(history.operations, asked, assumption(trace, initial, nil_is_unknown))
    except HistoryError as error:
        return malformed(CHECK, error)
    except ValueError as error:
        return TraceFinding(CHECK, TraceOutcome.UNKNOWN, str(error), kind="malformed history")
    counts = {"operations": len(history.operations), "objects": len(parts)}
    answers = decide(parts, nodes=nodes, seconds=seconds)
    if all(answer.linearizable for answer in answers):
        reason = "The history is linearizable, so it is sequentially consistent."
        return _accepted(reason, _merged(answers), counts, started)
    for part in parts if len(parts) > 1 else ():
        alone = _programs([part])
        search = alone.search()
        if search.run(nodes // len(parts) + 1) is False:
            return _rejected(alone, counts, started)
    together = _programs(parts)
    search = together.search()
    until = None if seconds is None else started + seconds
    while search.answer is None and search.nodes < nodes and (until is None or time.monotonic() < until):
        search.run(min(5_000, nodes - search.nodes))
    counts["nodes"] = search.nodes
    if search.answer is False:
        return _rejected(together, counts, started)
    if search.answer is None:
        total = sum(len(program) for program in together.programs)
        done = f"{sum(search.furthest[0]):,} of {counted(total, 'operation')}"
        reason = f"The budget was too small: {done} could be put in order."
        return TraceFinding(
            CHECK, TraceOutcome.UNKNOWN, reason, kind="budget", counts=counts, seconds=time.monotonic() - started
        )
    order = tuple(_line(together.operations[index]) for index in search.witness())
    return _accepted("One order of all operations keeps the order of each process.", order, counts, started)


def _accepted(reason: str, order: tuple[str, ...], counts: dict[str, int], started: float) -> TraceFinding:
    took = time.monotonic() - started
    return TraceFinding(CHECK, TraceOutcome.ACCEPTED, reason, counts=counts, seconds=took, order=order)


def _merged(answers: Sequence[Answer]) -> tuple[str, ...]:
    """One order out of those of the objects: each operation at the latest invocation so far in its own order."""
    placed: list[tuple[int, int, int, str]] = []
    for number, answer in enumerate(answers):
        latest = -1
        for position, (index, text) in enumerate(
            zip(answer.order, order_shown(answer.part, answer.order), strict=True)
        ):
            latest = max(latest, answer.part.items[index].called)
            placed.append((latest, number, position, text))
    return tuple(text for *_, text in sorted(placed))


def _programs(parts: Sequence[Part]) -> _Programs:
    steps: list[tuple[int, Operation, int, Part, int]] = []
    for number, part in enumerate(parts):
        for index, operation in enumerate(part.operations):
            steps.append((operation.call, operation, number, part, index))
    steps.sort(key=lambda step: step[0])
    programs: dict[str, list[Step]] = {}
    for position, (_, operation, number, part, index) in enumerate(steps):
        item = part.items[index]
        optional = item.returned is None
        if not (optional and part.object.keeps_state(item.call)):
            step = Step(position, number, item.call, optional, operation.process)
            programs.setdefault(operation.process, []).append(step)
    kept: list[tuple[Step, ...]] = []
    for program in programs.values():
        *before, last = program
        kept.append((*(step for step in before if not step.optional), last))
        kept += [(replace(step, late=True),) for step in before if step.optional]
    return _Programs(tuple(parts), tuple(step[1] for step in steps), tuple(kept))


def _released(whole: _Programs, duty: set[int]) -> _Programs:
    """Only some operations must have happened; the others may, at their place, unless they keep the state anyway."""
    kind = whole.parts[0].object
    programs = [
        tuple(
            step if step.index in duty else replace(step, optional=True)
            for step in program
            if step.index in duty or not kind.keeps_state(step.call)
        )
        for program in whole.programs
    ]
    return _Programs(whole.parts, whole.operations, tuple(program for program in programs if program))


def _shrunk(whole: _Programs) -> list[int]:
    """The fewest operations that a greedy removal finds, latest first kept."""
    kept = [step.index for program in whole.programs for step in program if not step.optional]
    kept.sort()
    left, size = NODES_TO_SHRINK, max(len(kept) // 2, 1)
    while True:
        start = 0
        while start < len(kept) and left > 0:
            fewer = kept[:start] + kept[start + size :]
            search = _released(whole, set(fewer)).search()
            search.run(NODES_OF_A_TRIAL)
            left -= search.nodes + 20
            if search.answer is False:
                kept = fewer
            else:
                start += size
        if size == 1 or left <= 0:
            return kept
        size //= 2


def _rejected(whole: _Programs, counts: dict[str, int], started: float) -> TraceFinding:
    if whole.parts[0].object.outside():
        return too_small(CHECK, whole.parts[0].object, counts, time.monotonic() - started)
    kept = _shrunk(whole)
    few = _released(whole, set(kept))
    search = few.search()
    search.run(NODES_OF_A_TRIAL)
    order = search.order_to(search.furthest)
    before = ", ".join(_line(whole.operations[index]) for index in order[-MOST_SHOWN:]) or "nothing"
    refused = [
        f"{whole.operations[step.index].process}'s {_line(whole.operations[step.index])} is refused: "
        f"{state_told(whole.parts[0].object, state)}"
        for step, state in search.refused()[:4]
    ]
    subject = "this operation" if len(kept) == 1 else f"these {len(kept)} operations"
    opening = f"No order that keeps the order of each process explains {subject}, whatever the others did."
    reason = "\n".join([opening, f"after {before}:", *refused])
    core = tuple(
        witness(whole.operations[index], f"of {whole.operations[index].process}") for index in kept[-MOST_SHOWN:]
    )
    took = time.monotonic() - started
    data = {"object": whole.parts[0].object.name}
    return TraceFinding(CHECK, TraceOutcome.REJECTED, reason, core, core, "no order", counts, took, data=data)


def _line(operation: Operation) -> str:
    place = operation.completed if operation.outcome == "ok" and operation.completed is not None else operation.invoked
    return f"{described(operation)} ({place})"
