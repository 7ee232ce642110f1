"""Is the history linearizable: as if each operation took effect at one moment between its invocation and its return?

Herlihy & Wing, *Linearizability: A Correctness Condition for Concurrent Objects* (1990).
"""

import time
from collections.abc import Sequence
from typing import Any

from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.history import History, HistoryError, history_of
from dscheck.traces.linearizable.deciding import Answer, decide
from dscheck.traces.linearizable.objects.catalogue import guessed_object, object_named
from dscheck.traces.linearizable.objects.object_type import ObjectType
from dscheck.traces.linearizable.parts import Assumed, part_of, parts_of
from dscheck.traces.linearizable.problem import Prunings
from dscheck.traces.linearizable.shrinking import Contradiction, shrunk
from dscheck.traces.linearizable.telling import MOST_OPERATIONS, order_shown, part_name, shown, told, witness
from dscheck.traces.wording import counted

CHECK = "linearizability"
NODES = 5_000_000
NOT_SAID: Any = object()  # nil is an initial value too


def check(
    trace: Trace,
    *,
    object_name: str | ObjectType | None = None,
    initial: Any = NOT_SAID,
    nil_is_unknown: bool | None = None,
    nodes: int = NODES,
    seconds: float | None = 60.0,
    prunings: Prunings = Prunings(),  # noqa: B008  (it is frozen)
    shortcuts: bool = True,
) -> TraceFinding:
    """Judge the operations of the trace.

    Args:
        trace: its events are in the order of real time.
        object_name: what they are operations of, by name or itself; guessed from their functions if it is not given.
        initial: the first value of every object; else `value` of the trace's header, else the object's own.
        nil_is_unknown: a read of nil says nothing. Not given: if the initial value is not nil.
        nodes: how much the search for one object may see.
        seconds: for the whole check.
        prunings: of the search.
        shortcuts: use special cases of better complexity where they apply.
    """
    started = time.monotonic()
    try:
        history = history_of(trace)
    except HistoryError as error:
        return malformed(CHECK, error)
    asked = asked_object(CHECK, trace, history, object_name)
    if isinstance(asked, TraceFinding):
        return asked
    assumed = assumption(trace, initial, nil_is_unknown)
    try:
        parts = parts_of(history.operations, asked, assumed)
    except ValueError as error:
        return TraceFinding(CHECK, TraceOutcome.UNKNOWN, str(error), kind="malformed history")
    left = None if seconds is None else seconds
    answers = decide(parts, nodes=nodes, seconds=left, prunings=prunings, shortcuts=shortcuts)
    refuted = next((answer for answer in answers if answer.linearizable is False), None)
    counts = _counts(history, answers)
    took = time.monotonic() - started
    data = {"object": asked.name, "methods": sorted({answer.method for answer in answers})}
    if refuted is not None and asked.outside():
        return too_small(CHECK, asked, counts, took)
    if refuted is not None:
        hint = "" if assumed.told else _hint(refuted, history, asked, nodes, left)
        return _rejected(refuted, counts, took, data, hint)
    if any(answer.linearizable is None for answer in answers):
        return _unknown(answers, counts, took, data)
    objects = counted(len(answers), "object") if len(answers) != 1 else "one object"
    one = counts["operations"] == 1
    operations = f"{counted(counts['operations'], 'operation')} of {objects} ({asked.name})"
    return TraceFinding(
        CHECK,
        TraceOutcome.ACCEPTED,
        f"{operations} {'has' if one else 'have'} an order that explains {'it' if one else 'them'}.",
        counts=counts,
        seconds=took,
        order=tuple(text for answer in answers for text in order_shown(answer.part, answer.order)),
        data=data,
    )


def assumption(trace: Trace, initial: Any, nil_is_unknown: bool | None) -> Assumed:
    """What is said of the initial value: by the one who asks, else by the header of the trace."""
    if initial is not NOT_SAID:
        return Assumed(True, initial, nil_is_unknown)
    if "value" in trace.header.initial:
        return Assumed(True, trace.header.initial["value"], nil_is_unknown)
    return Assumed(False, None, nil_is_unknown)


def malformed(check_name: str, error: HistoryError) -> TraceFinding:
    """The answer for events that are not a history."""
    events = [Witness(error.place, "fits no operation", "refused")]
    if error.opened is not None:
        events.append(Witness(error.opened, "opened the operation", "open"))
    reason = f"The events are not a history: {error}"
    return TraceFinding(check_name, TraceOutcome.UNKNOWN, reason, events=tuple(events), kind="malformed history")


def asked_object(
    check_name: str, trace: Trace, history: History, object_name: str | ObjectType | None
) -> ObjectType | TraceFinding:
    """The object to judge by, or why there is nothing to judge.

    Raises:
        ValueError: there is no object of that name.
    """
    is_history = history.failed or object_name is not None or trace.format.startswith("jepsen")
    if not history.operations and is_history:
        several = len(history.failed) != 1
        none = f"None of {len(history.failed):,} operations took" if several else "The one operation did not take"
        reason = f"{none} effect: there is nothing to put in order."
        return TraceFinding(check_name, TraceOutcome.ACCEPTED, reason, counts={"failed": len(history.failed)})
    if not history.operations:
        return TraceFinding(
            check_name, TraceOutcome.NOT_ASKED, "The trace has no operation that may have taken effect."
        )
    functions = {operation.function.lower() for operation in history.operations}
    if object_name is not None:
        named = object_named(object_name) if isinstance(object_name, str) else object_name
        foreign = sorted(functions - named.functions)
        if not foreign:
            return named
        reason = f"A {named.name} has no operation {', '.join(foreign)}."
        if named.told is not None:  # made of a spec, whose words need not be those of the history
            reason = f"{reason} Say which action that is: --word {foreign[0]}=ACTION."
        return TraceFinding(check_name, TraceOutcome.NOT_ASKED, reason)
    guessed = guessed_object(history.operations)
    if guessed is not None:
        return guessed
    reason = f"No object has all of the operations {', '.join(sorted(functions))}; name one."
    return TraceFinding(check_name, TraceOutcome.NOT_ASKED, reason)


def _hint(answer: Answer, history: History, kind: ObjectType, nodes: int, seconds: float | None) -> str:
    """Nobody said what the object held at first: whether what its first reads returned would explain the rest."""
    name = answer.part.name
    own = [each for each in history.operations if kind.part(each) == name]
    evident = kind.evident(own)
    if evident is None:
        return ""
    part = part_of(name, own, kind, Assumed(True, evident))
    if decide([part], nodes=nodes, seconds=seconds)[0].linearizable is not True:
        return ""
    value = (
        ", ".join(f"{key} = {shown(each)}" for key, each in evident.items())
        if isinstance(evident, dict)
        else shown(evident)
    )
    return f"\nThe initial value was taken to be nil; with {value}, which was read first, there is an order."


def _rejected(answer: Answer, counts: dict[str, int], took: float, data: dict[str, Any], hint: str) -> TraceFinding:
    part = answer.part
    found = _contradiction(answer)
    data = {**data, "key": part.name}
    if found is None:
        guilty = answer.guilty or ((answer.failing,) if answer.failing is not None else ())
        events = tuple(witness(part.operations[index]) for index in guilty)
        reason = (
            f"{part_name(part.name) or 'the object'}: no order explains its first "
            f"{counted(answer.explained + 1, 'return') if answer.explained else 'return'}.{hint}"
        )
        return TraceFinding(
            CHECK, TraceOutcome.REJECTED, reason, events, kind="no order", counts=counts, seconds=took, data=data
        )
    text = told(part, found)
    core = tuple(witness(part.operations[index]) for index in found.operations[-MOST_OPERATIONS:])
    data = {**data, "orders": list(text.orders), "minimal": found.minimal}
    return TraceFinding(
        CHECK, TraceOutcome.REJECTED, text.reason + hint, text.events, core, "no order", counts, took, data=data
    )  # fmt: skip


def _contradiction(answer: Answer) -> Contradiction | None:
    part = answer.part
    if answer.guilty:
        found = shrunk(part, [index for index in answer.guilty if part.items[index].returned is not None])
        if found is not None:
            return found
    end = None if answer.failing is None else part.items[answer.failing].returned
    returned = [index for index, item in enumerate(part.items) if item.returned is not None]
    return shrunk(part, [index for index in returned if end is None or (part.items[index].returned or 0) <= end])


def too_small(check_name: str, kind: ObjectType, counts: dict[str, int], took: float) -> TraceFinding:
    """The answer where no order was found, but some were refused because the object is too small."""
    met = kind.outside()
    more = f" and {len(met) - 3} more" if len(met) > 3 else ""
    reason = (
        f"{kind.name} is too small to say: no order was found, and some left its bounds ({'; '.join(met[:3])}{more}). "
        "Make it larger: --set CONST=VALUE."
    )
    data = {"object": kind.name}
    return TraceFinding(check_name, TraceOutcome.UNKNOWN, reason, kind="bounds", counts=counts, seconds=took, data=data)


def _unknown(answers: Sequence[Answer], counts: dict[str, int], took: float, data: dict[str, Any]) -> TraceFinding:
    missing = [answer for answer in answers if answer.linearizable is None]
    progress = [
        f"{part_name(each.part.name) or 'the object'}: "
        f"{each.explained:,} of {counted(each.returns, 'return')} explained"
        for each in missing[:4]
    ]
    more = f" and {len(missing) - 4:,} more" if len(missing) > 4 else ""
    objects = f" for {len(missing):,} of {counted(len(answers), 'object')}" if len(answers) > 1 else ""
    reason = f"The budget was too small{objects}: {'; '.join(progress)}{more}."
    return TraceFinding(CHECK, TraceOutcome.UNKNOWN, reason, kind="budget", counts=counts, seconds=took, data=data)


def _counts(history: History, answers: Sequence[Answer]) -> dict[str, int]:
    return {
        "operations": len(history.operations),
        "objects": len(answers),
        "failed": len(history.failed),
        "never returned": sum(1 for each in history.operations if each.outcome == "info"),
        "nodes": sum(answer.nodes for answer in answers),
    }
