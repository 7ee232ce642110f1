"""How do a register, a key-value store and several registers under transactions behave?

One cell holds a value. Reading, writing, compare-and-set and appending are the same for all of them; they differ in
their names and in what is split: the cells of a store are independent of each other, those of a transaction are not.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from dscheck.traces.history import Operation, frozen
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

READ = frozenset({"read", "get", "r", "load"})
WRITE = frozenset({"write", "put", "w", "store"})
COMPARE = frozenset({"cas", "compare-and-set", "compare-and-swap", "compareandset", "compare_and_set"})
APPEND = frozenset({"append"})
DELETE = frozenset({"delete", "del"})
TRANSACTION = frozenset({"txn", "transaction"})


def _initial(start: Start) -> State:
    return _value(frozen(start.value))


def _value(value: Hashable) -> Hashable:
    """The empty text and the empty list are what a cell holds before the first append: nothing."""
    return None if value in ("", ()) else value


def _appended(state: State, argument: Any) -> State:
    if isinstance(argument, str) and (state is None or isinstance(state, str)):
        return (state or "") + argument
    return (*(state if isinstance(state, tuple) else () if state is None else (state,)), argument)


def _step(state: State, call: Call) -> tuple[State, ...]:
    function = call.function
    if function == "read":
        return (call.result,) if state == call.result else ()
    if function == "write":
        return (call.argument,)
    if function == "append":
        return (_appended(state, call.argument),)
    argument: Any = call.argument  # made by `_call`
    old, new = argument
    if call.result is False:  # compared, and found another value
        return (state,) if state != old else ()
    return (new,) if state == old else ()


def _keeps_state(call: Call) -> bool:
    if call.function == "cas":
        argument: Any = call.argument
        old, new = argument
        return bool(call.result is False or old == new)
    return call.function == "read"


def _call(operation: Operation, start: Start) -> Call | None:
    function = operation.function.lower()
    if function in READ:
        if operation.outcome != "ok" or (operation.result is None and start.nil_is_unknown):
            return None
        return Call("read", None, _value(operation.result))
    if function in WRITE:
        return Call("write", _value(operation.argument), None)
    if function in DELETE:
        return Call("write", None, None)
    if function in APPEND:
        return Call("append", operation.argument, None) if operation.argument not in ("", None) else None
    if not isinstance(operation.argument, tuple) or len(operation.argument) != 2:
        raise ValueError(f"{operation.invoked}: {operation.function} takes the expected and the new value")
    # One that never returned and compared unequal had no effect: it is enough to try the other.
    old, new = operation.argument
    return Call("cas", (_value(old), _value(new)), operation.result is not False)


def _reachable(state: State, wanted: Call, available: Sequence[Call]) -> bool:
    """Whether the value read is there, is written, or can be appended to what is there or is written."""
    value = wanted.result
    if wanted.function != "read" or state == value:
        return True
    for each in available:
        if each.function == "append":
            if _begins(value, state):
                return True
        else:
            written = each.argument if each.function == "write" else each.argument[1]  # type: ignore[index]
            if written == value or (isinstance(value, str | tuple) and _begins(value, written)):
                return True
    return False


def _begins(value: Hashable, part: Hashable) -> bool:
    """Whether something appended to `part` can give `value`; True where the types do not tell."""
    if part is None:
        return True
    if isinstance(value, str) and isinstance(part, str):
        return value.startswith(part)
    return value[: len(part)] == part if isinstance(value, tuple) and isinstance(part, tuple) else True


def _evident(operations: Sequence[Operation]) -> Any:
    """What was read before any operation could have written it; with another initial value that read is wrong."""
    written: dict[Hashable, int] = {}
    for each in operations:  # in the order of invocation
        new = each.argument
        if each.function.lower() in COMPARE:
            new = new[1] if isinstance(new, tuple) and len(new) == 2 else None
        if each.function.lower() not in READ:
            written.setdefault(_value(new), each.call)
    for each in operations:
        if each.outcome == "ok" and each.returned is not None and each.function.lower() in READ:
            value = _value(each.result)
            if value is not None and written.get(value, each.returned) >= each.returned:
                return value
    return None


def _cell(name: str, functions: frozenset[str], *, finite: bool) -> ObjectType:
    return ObjectType(
        name=name,
        functions=functions,
        initial=_initial,
        step=_step,
        keeps_state=_keeps_state,
        call=_call,
        part=by_key,
        finite=finite,
        evident=_evident if finite else lambda _: None,
        reachable=_reachable,
    )


REGISTER = _cell("register", READ | WRITE, finite=True)
CAS_REGISTER = _cell("cas-register", READ | WRITE | COMPARE, finite=True)
KEY_VALUE_STORE = _cell("kv", READ | WRITE | COMPARE | APPEND | DELETE, finite=False)


def _initial_registers(start: Start) -> State:
    given = {} if start.value is None else start.value
    if not isinstance(given, Mapping):
        raise unfit(start, "multi-register", "a value for each register")
    return frozenset((_register(key), _value(frozen(value))) for key, value in given.items())


def _register(key: Hashable) -> Hashable:
    return key.lstrip(":") if isinstance(key, str) else key


def _step_registers(state: State, call: Call) -> tuple[State, ...]:
    registers = dict(state)
    for function, key, value in call.argument:  # type: ignore[attr-defined]
        if function == "write":
            registers[key] = value
        elif function == "append":
            registers[key] = _appended(registers.get(key), value)
        elif value is not Unknown.RESULT and registers.get(key) != value:
            return ()
    return (frozenset(registers.items()),)


def _call_transaction(operation: Operation, start: Start) -> Call | None:
    happened = operation.outcome == "ok"
    steps: list[tuple[str, Hashable, Hashable]] = []
    asked = operation.result if happened and isinstance(operation.result, tuple) else operation.argument
    for each in asked if isinstance(asked, tuple) else ():
        if not isinstance(each, tuple) or len(each) != 3:
            raise ValueError(f"{operation.invoked}: a step of a transaction is a function, a key and a value")
        name, key, value = str(each[0]).lstrip(":"), _register(each[1]), each[2]
        if name in READ:
            unknown = not happened or (value is None and start.nil_is_unknown)
            steps.append(("read", key, Unknown.RESULT if unknown else _value(value)))
        elif name in WRITE | APPEND:
            steps.append(("append", key, value) if name in APPEND else ("write", key, _value(value)))
        else:
            raise ValueError(f"{operation.invoked}: a transaction does not {name}")
    if all(function == "read" and value is Unknown.RESULT for function, _, value in steps):
        return None
    return Call("txn", tuple(steps), result_of(operation) if not happened else None)


def _reads_only(call: Call) -> bool:
    return all(function == "read" for function, _, _ in call.argument)  # type: ignore[attr-defined]


def _evident_registers(operations: Sequence[Operation]) -> Any:
    """For each register, the value that was read first, before any transaction could have written it."""
    written: dict[Hashable, set[Hashable]] = {}
    shown: dict[Hashable, Hashable] = {}
    changes: list[tuple[int, Operation, bool]] = [(each.call, each, False) for each in operations]
    changes += [(each.returned, each, True) for each in operations if each.returned is not None]
    for _, operation, has_returned in sorted(changes, key=lambda change: change[0]):
        steps = operation.result if has_returned else operation.argument
        for step in steps if isinstance(steps, tuple) else ():
            if isinstance(step, tuple) and len(step) == 3:
                name, key, value = str(step[0]).lstrip(":"), _register(step[1]), step[2]
                if name not in READ:
                    written.setdefault(key, set()).add(value)
                elif has_returned and value is not None and value not in written.get(key, ()):
                    shown.setdefault(key, value)
    return shown or None


MULTI_REGISTER = ObjectType(
    name="multi-register",
    functions=TRANSACTION,
    initial=_initial_registers,
    step=_step_registers,
    keeps_state=_reads_only,
    call=_call_transaction,
    part=lambda _: None,  # one transaction touches several registers: they are one object
    finite=True,
    evident=_evident_registers,
)
