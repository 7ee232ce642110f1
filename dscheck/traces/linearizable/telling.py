"""How is a history without an order explained in a few lines, and an order shown?"""

from collections.abc import Hashable, Sequence
from typing import Any

from dscheck.record import record
from dscheck.traces.event import Place
from dscheck.traces.finding import Witness
from dscheck.traces.history import Operation
from dscheck.traces.linearizable.objects.object_type import Call, ObjectType, State, Unknown
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shrinking import Attempt, Contradiction

MOST_ORDERS = 3
MOST_IN_AN_ORDER = 6
MOST_OPERATIONS = 8
_LONGEST = 48


@record
class Told:
    """An explanation.

    Attributes:
        reason: sentences.
        events: the operation that every order refuses, then the others that suffice.
        orders: each that comes nearest, and why it ends.
    """

    reason: str
    events: tuple[Witness, ...]
    orders: tuple[str, ...]


def told(part: Part, found: Contradiction) -> Told:
    """Why the operations of the contradiction have no order."""
    last = found.operations[-1]
    orders = tuple(_attempt(part, each) for each in found.attempts[:MOST_ORDERS])
    count = len(found.operations)
    others = sum(1 for each in part.operations if each.call < (part.operations[last].returned or 0)) - count
    subject = "this operation" if count == 1 else f"these {count} operations"
    rest = f", whatever the other {others} did" if others > 1 else ", whatever the other one did" if others == 1 else ""
    opening = f"{_of(part)}no order explains {subject}{rest}" + ("." if found.minimal else " (perhaps fewer do).")
    if count > MOST_OPERATIONS:
        furthest = "order that gets furthest" if len(orders) == 1 else f"{len(orders)} orders that get furthest"
        opening = f"{_of(part)}no order explains {_line(part.operations[last])}; this is the {furthest}:"
        opening = opening if len(orders) == 1 else opening.replace("this is", "these are")
    lines = [opening, *orders]
    events = (witness(part.operations[last], "refused in every order"), *_context(part, found))
    return Told("\n".join(lines), events, orders)


def witness(operation: Operation, role: str = "") -> Witness:
    """The operation as a part of an explanation: where it returned, and when it began."""
    text = f"{operation.process} {described(operation)}"
    if operation.completed is None or operation.outcome != "ok":
        return Witness(operation.invoked, f"{text} (never returned)", role)
    return Witness(operation.completed, f"{text} (invoked at line {operation.invoked.line})", role)


def described(operation: Operation) -> str:
    """The operation in a few words: `write 3`, `read → 1`, `cas 1, 2`."""
    key = "" if operation.key is None else f" {shown(operation.key)}"
    given = "" if operation.argument is None else f" {shown(operation.argument)}"
    if operation.outcome == "ok" and operation.result != operation.argument:
        if operation.result is not None or not given:
            return f"{operation.function}{key}{_asked(operation, given)} → {shown(operation.result)}"
    elif operation.outcome == "ok" and not given and operation.function.lower() in ("read", "get", "dequeue", "pop"):
        return f"{operation.function}{key} → nil"
    return f"{operation.function}{key}{given}"


def shown(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return "nil"
    if value is Unknown.RESULT:
        return "?"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return _cut("{" + ", ".join(sorted(shown(each) for each in value)) + "}")
    if isinstance(value, tuple):
        return _cut("[" + ", ".join(shown(each) for each in value) + "]")
    return _cut(repr(value) if isinstance(value, str) else str(value))


def order_shown(part: Part, order: Sequence[int]) -> tuple[str, ...]:
    """A linearization, one operation in each text."""
    return tuple(f"{_of(part)}{_line(part.operations[index])}" for index in order)


def part_name(name: Hashable) -> str:
    """The object's name, empty where there is only one."""
    return "" if name is None else f"key {shown(name)}"


def _of(part: Part) -> str:
    return f"{part_name(part.name)}: " if part.name is not None else ""


def _line(operation: Operation) -> str:
    return f"{described(operation)} ({_place(operation)})"


def _place(operation: Operation) -> Place:
    return operation.completed if operation.outcome == "ok" and operation.completed is not None else operation.invoked


def _asked(operation: Operation, given: str) -> str:
    """A transaction's reads stand in its result, its argument says nothing more."""
    return "" if isinstance(operation.argument, tuple) and isinstance(operation.result, tuple) else given


def _cut(text: str) -> str:
    """Values that grow differ at their ends."""
    return text if len(text) <= _LONGEST else f"{text[:8]}…{text[-(_LONGEST - 9) :]}"


def _attempt(part: Part, tried: Attempt) -> str:
    steps = [part.operations[index] for index in tried.order]
    skipped = "… " if len(steps) > MOST_IN_AN_ORDER else ""
    names = [f"{described(each)} ({_place(each).line})" for each in steps[-MOST_IN_AN_ORDER:]]
    before = f"after {skipped}{', '.join(names)}" if names else "at the beginning"
    return f"{before}, {state_told(part.object, tried.state)}; refused: {_line(part.operations[tried.refused])}"


def state_told(kind: ObjectType, state: State) -> str:
    """A state of an object in a few words."""
    if kind.told is not None:
        return kind.told(state)
    if kind.name in ("lock", "owned-lock"):
        holder = "" if state in (None, "held") else f" by {state}"
        return "the lock is free" if state is None else f"the lock is held{holder}"
    if kind.name == "multi-register":
        return "the registers are " + (", ".join(sorted(f"{key} = {shown(value)}" for key, value in state)) or "nil")
    return f"the {_NOUNS.get(kind.name, 'value')} is {shown(state)}"


_NOUNS = {"queue": "queue", "stack": "stack", "set": "set", "element-set": "set", "counter": "counter"}


def _context(part: Part, found: Contradiction) -> tuple[Witness, ...]:
    """The other operations that suffice, and those that brought about a value that they speak of."""
    shown_operations = [witness(part.operations[index], "must be explained") for index in found.operations[:-1]]
    needed = {_needs(part.items[index].call) for index in found.operations} - {None}
    writers = [
        witness(part.operations[index], "may take effect at any time from its invocation")
        for index in found.helpers
        if _brings(part.items[index].call) in needed
    ]
    return tuple([*shown_operations[-MOST_OPERATIONS:], *writers][:MOST_OPERATIONS])


def _needs(call: Call) -> Hashable:
    if call.function == "cas" and isinstance(call.argument, tuple):
        return ("value", call.argument[0])
    return ("value", call.result) if call.function in ("read", "take") and call.result is not None else None


def _brings(call: Call) -> Hashable:
    if call.function == "cas" and isinstance(call.argument, tuple):
        return ("value", call.argument[1])
    return ("value", call.argument) if call.function in ("write", "put") else None
