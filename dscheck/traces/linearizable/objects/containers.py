"""How do a counter, a set, a queue and a stack behave?"""

from collections.abc import Hashable, Sequence
from typing import Any

from dscheck.traces.history import Operation, frozen
from dscheck.traces.linearizable.objects.foresight import leaves_in_order
from dscheck.traces.linearizable.objects.object_type import (
    Call,
    ObjectType,
    Start,
    State,
    Unknown,
    by_key,
    result_of,
    unfit,
)

READ = frozenset({"read", "get"})
INCREMENT = frozenset({"add", "inc", "increment"})
DECREMENT = frozenset({"dec", "decrement", "subtract"})
SET_ADD = frozenset({"add", "insert"})
SET_REMOVE = frozenset({"remove", "delete", "discard"})
SET_ASK = frozenset({"contains", "has", "member"})
ENQUEUE = frozenset({"enqueue", "enq", "offer"})
DEQUEUE = frozenset({"dequeue", "deq", "poll"})
PUSH = frozenset({"push"})
POP = frozenset({"pop"})


def _whole_number(start: Start) -> State:
    """What a counter shows at first."""
    if start.value is None:
        return 0
    if not isinstance(start.value, int):
        raise unfit(start, "counter", "a whole number")
    return start.value


def _counter_call(operation: Operation, _: Start) -> Call | None:
    function = operation.function.lower()
    if function in READ:
        if operation.result is None:
            return None
        if not isinstance(operation.result, int | float):
            raise ValueError(f"{operation.invoked}: a counter shows a number, not {operation.result!r}")
        return Call("read", None, operation.result)
    amount: Any = 1 if operation.argument is None else operation.argument
    if not isinstance(amount, int | float):
        raise ValueError(f"{operation.invoked}: a counter adds a number, not {amount!r}")
    amount = -amount if function in DECREMENT else amount
    return Call("add", amount, None) if amount else None


def _counter_step(state: State, call: Call) -> tuple[State, ...]:
    if call.function == "read":
        return (state,) if state == call.result else ()
    return (state + call.argument,)


def _within_reach(state: State, wanted: Call, available: Sequence[Call]) -> bool:
    """Whether anything is added on the side of the value read; by how much is not asked."""
    missing: Any = wanted.result - state
    amounts: list[Any] = [each.argument for each in available]
    return missing == 0 or any((amount > 0) == (missing > 0) for amount in amounts)


COUNTER = ObjectType(
    name="counter",
    functions=READ | INCREMENT | DECREMENT,
    initial=_whole_number,
    step=_counter_step,
    keeps_state=lambda call: call.function == "read",
    call=_counter_call,
    part=by_key,
    reachable=_within_reach,
)


def _set_call(operation: Operation, _: Start) -> Call | None:
    function = operation.function.lower()
    result = result_of(operation)
    if function in READ:
        if operation.outcome != "ok" or operation.result is None:
            return None
        if not isinstance(operation.result, tuple | frozenset):
            raise ValueError(f"{operation.invoked}: a set is read as a list of its elements, not {operation.result!r}")
        return Call("read", None, frozenset(operation.result))
    if function in SET_ASK:
        return Call("contains", operation.argument, result) if isinstance(result, bool) else None
    told = result if isinstance(result, bool) else None  # whether it changed the set
    return Call("add" if function in SET_ADD else "remove", operation.argument, told)


def _set_step(state: State, call: Call) -> tuple[State, ...]:
    if call.function == "read":
        return (state,) if state == call.result else ()
    inside = call.argument in state
    if call.function == "contains":
        return (state,) if inside == call.result else ()
    if call.result is not None and call.result == (inside == (call.function == "add")):
        return ()
    if call.function == "add":
        return (state if inside else state | {call.argument},)
    return (state - {call.argument} if inside else state,)


def _set_within_reach(state: State, wanted: Call, available: Sequence[Call]) -> bool:
    """Whether what is missing is added and what is too much removed."""
    if wanted.function != "read":
        return True
    added = {each.argument for each in available if each.function == "add"}
    removed = {each.argument for each in available if each.function == "remove"}
    seen: Any = wanted.result
    return bool(seen - state <= added and state - seen <= removed)


def _element(operation: Operation) -> Hashable:
    return operation.key, operation.argument


def _elements(start: Start) -> State:
    return frozenset(_listed(start))


def _listed(start: Start) -> list[Hashable]:
    """What a container holds at first."""
    if start.value is None:
        return []
    if not isinstance(start.value, list | tuple | set | frozenset):
        raise unfit(start, "container", "a list of what it holds")
    return [frozen(each) for each in start.value]


def _set(name: str, functions: frozenset[str], *, whole: bool) -> ObjectType:
    return ObjectType(
        name=name,
        functions=functions,
        initial=_elements,
        step=_set_step,
        keeps_state=lambda call: (
            call.function in ("read", "contains") or (call.result is False and call.function in ("add", "remove"))
        ),
        call=_set_call,
        part=by_key if whole else _element,
        finite=not whole,
        reachable=_set_within_reach if whole else None,
    )


# A set that is never read as a whole is one object for each element.
ELEMENT_SET = _set("element-set", SET_ADD | SET_REMOVE | SET_ASK, whole=False)
SET = _set("set", SET_ADD | SET_REMOVE | SET_ASK | READ, whole=True)


def _sequence(name: str, put: frozenset[str], take: frozenset[str], *, last: bool) -> ObjectType:
    """A queue takes the first, a stack the last; taking from an empty one returns nil."""

    def call(operation: Operation, _: Start) -> Call | None:
        if operation.function.lower() in put:
            if operation.argument is None:
                raise ValueError(f"{operation.invoked}: nil cannot be in a {name}: who takes it found nothing")
            if result_of(operation) is False:
                raise ValueError(f"{operation.completed}: a {name} refuses nothing that is put in")
            return Call("put", operation.argument, None)
        return Call("take", None, result_of(operation))

    def step(state: State, call: Call) -> tuple[State, ...]:
        if call.function == "put":
            return ((*state, call.argument),)
        if not state:
            return (state,) if call.result in (None, Unknown.RESULT) else ()
        taken = state[-1] if last else state[0]
        if call.result not in (taken, Unknown.RESULT):
            return ()
        return (state[:-1] if last else state[1:],)

    def helps(call: Call, needed: Sequence[Call], initial: State) -> bool:
        """Values that nobody asks for leave an order without gaps, put and taken, if none is there at first."""
        asked = {*initial, *(value for each in needed for value in (each.argument, each.result))}
        return call.result is Unknown.RESULT or (call.argument if call.function == "put" else call.result) in asked

    return ObjectType(
        name=name,
        functions=put | take,
        initial=lambda start: tuple(_listed(start)),
        step=step,
        keeps_state=lambda call: call.function == "take" and call.result is None,
        call=call,
        part=by_key,
        helps=helps,
        foresight=lambda recorded, initial: leaves_in_order(recorded, initial, last=last),
    )


QUEUE = _sequence("queue", ENQUEUE, DEQUEUE, last=False)
STACK = _sequence("stack", PUSH, POP, last=True)
