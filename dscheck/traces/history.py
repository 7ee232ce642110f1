"""Which operations does a trace record: who called what when, with which result, and is it known to have happened?

The vocabulary is Jepsen's: `invoke` opens an operation of a process; `ok` says that it happened, `fail` that it did
not, `info` that nobody knows: it may take effect at any later time, or never. An operation that is still open at
the end of the trace is like one that ended in `info`.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Literal

from dscheck.record import record
from dscheck.traces.event import Event, Place, Trace

FAULT_INJECTOR = "nemesis"  # Jepsen's name of the process that breaks things; its events are no operations

REVISIONS = ("revision", "mod_revision", "version", "token")  # fields in which an object numbers its changes

OperationOutcome = Literal["ok", "fail", "info"]


class HistoryError(Exception):
    """The events do not pair up: `place` is of the one that fits nowhere, `opened` of the one in its way."""

    def __init__(self, place: Place, message: str, opened: Place | None = None) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message
        self.opened = opened


@record
class Operation:
    """One call of one process.

    Attributes:
        process: who called.
        function: what was called, without a leading colon.
        key: of which object, where there are several.
        argument: as it was invoked.
        result: as it completed; None where there is none or where nobody knows.
        call: position of the invocation in the trace.
        returned: position of the completion, None if the operation may still take effect at the end of the trace.
        outcome: `ok`, `fail` (it did not happen) or `info` (nobody knows).
        invoked: the place of the invocation.
        completed: the place of the completion, `info` included; None if there is none.
        revision: the number that the object told with the result; None if it told none.
    """

    process: str
    function: str
    key: Hashable
    argument: Hashable
    result: Hashable
    call: int
    returned: int | None
    outcome: OperationOutcome
    invoked: Place
    completed: Place | None
    revision: int | None = None


@record
class History:
    """The operations of a trace in the order of their invocations.

    Attributes:
        operations: those that happened or may have happened.
        failed: those that certainly did not.
        ignored: events of the fault injector.
    """

    operations: tuple[Operation, ...]
    failed: tuple[Operation, ...] = ()
    ignored: int = 0


def frozen(value: Any) -> Hashable:
    """`value` as one that can be compared and hashed: lists become tuples, mappings and sets frozen sets.

    JSON has no sets: a set that was written as a list stays a tuple, and the object that reads it knows better.
    """
    if isinstance(value, list | tuple):
        return tuple(frozen(each) for each in value)
    if isinstance(value, Mapping):
        return frozenset((frozen(key), frozen(each)) for key, each in value.items())
    if isinstance(value, set | frozenset):
        return frozenset(frozen(each) for each in value)
    hashable: Hashable = value
    return hashable


def history_of(trace: Trace) -> History:
    """Pair invocations with completions: a process has one operation open at a time.

    Raises:
        HistoryError: a completion without an invocation, or a second invocation while one is open.
    """
    opened: dict[str, tuple[int, Event]] = {}
    finished: list[Operation] = []
    ignored = 0
    for position, event in enumerate(trace.events):
        if event.kind not in ("invoke", "ok", "fail", "info"):
            continue
        if event.node.lstrip(":") == FAULT_INJECTOR:
            ignored += 1
        elif event.kind == "invoke":
            if event.node in opened:
                before = opened[event.node][1]
                message = (
                    f"process {event.node} invokes {_name(event)} while its {_name(before)} of {before.place} is open"
                )
                raise HistoryError(event.place, message, before.place)
            opened[event.node] = (position, event)
        else:
            finished.append(_completed(opened, position, event))
    finished += [_operation(position, event, None, None) for position, event in opened.values()]
    finished.sort(key=lambda each: each.call)
    return History(
        operations=tuple(each for each in finished if each.outcome != "fail"),
        failed=tuple(each for each in finished if each.outcome == "fail"),
        ignored=ignored,
    )


def _completed(opened: dict[str, tuple[int, Event]], position: int, event: Event) -> Operation:
    if event.node not in opened:
        message = f"process {event.node} completes {_name(event)} ({event.kind}), which it has not invoked"
        raise HistoryError(event.place, message)
    call, invocation = opened.pop(event.node)
    other_operation = event.op is not None and invocation.op is not None and event.op != invocation.op
    other_function = event.function is not None and _name(event) != _name(invocation)
    if other_operation or other_function:
        message = f"process {event.node} completes {_name(event)} ({event.kind}), but its {_name(invocation)} is open"
        raise HistoryError(event.place, message, invocation.place)
    return _operation(call, invocation, position, event)


def _operation(call: int, invocation: Event, position: int | None, completion: Event | None) -> Operation:
    outcome: OperationOutcome = "info"
    if completion is not None and completion.kind in ("ok", "fail"):
        outcome = "ok" if completion.kind == "ok" else "fail"
    happened = outcome == "ok" and completion is not None
    return Operation(
        process=invocation.node,
        function=_name(invocation),
        key=frozen(invocation.key),
        argument=frozen(invocation.value),
        result=frozen(completion.value) if happened and completion is not None else None,
        call=call,
        returned=position if happened else None,
        outcome=outcome,
        invoked=invocation.place,
        completed=completion.place if completion is not None else None,
        revision=_revision(completion) if happened and completion is not None else None,
    )


def _revision(event: Event) -> int | None:
    told = (event.other.get(name) for name in REVISIONS)
    return next((each for each in told if isinstance(each, int) and not isinstance(each, bool)), None)


def _name(event: Event) -> str:
    return str(event.function or event.action or "?").lstrip(":")
