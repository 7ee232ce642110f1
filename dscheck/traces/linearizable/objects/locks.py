"""How does a lock behave, with and without an owner?"""

from dscheck.traces.history import Operation
from dscheck.traces.linearizable.objects.object_type import Call, ObjectType, Start, State, by_key, unfit

ACQUIRE = frozenset({"acquire", "lock"})
RELEASE = frozenset({"release", "unlock"})
NOBODY = None
_HELD = "held"  # by somebody, whoever that is


def _first_holder(start: Start, *, owned: bool) -> State:
    """Who holds it at first; of a lock without an owner, whether anybody does."""
    if start.value in (None, False, ""):
        return NOBODY
    if owned and not isinstance(start.value, str):
        raise unfit(start, "owned lock", "the name of its holder")
    if not isinstance(start.value, str | bool):
        raise unfit(start, "lock", "true, or the name of its holder")
    return start.value if owned else _HELD


def _call(operation: Operation, owner: str) -> Call | None:
    refused = operation.outcome == "ok" and operation.result is False  # a `try` that found the lock taken
    return Call("acquire" if operation.function.lower() in ACQUIRE else "release", owner, not refused)


def _step(state: State, call: Call) -> tuple[State, ...]:
    if call.function == "acquire":
        if call.result is False:
            return (state,) if state is not NOBODY else ()
        return (call.argument,) if state is NOBODY else ()
    if call.result is False:
        return (state,) if state != call.argument else ()
    return (NOBODY,) if state == call.argument and state is not NOBODY else ()


def _lock(name: str, *, owned: bool) -> ObjectType:
    return ObjectType(
        name=name,
        functions=ACQUIRE | RELEASE,
        initial=lambda start: _first_holder(start, owned=owned),
        step=_step,
        keeps_state=lambda call: call.result is False,
        call=lambda operation, _: _call(operation, operation.process if owned else _HELD),
        part=by_key,
        finite=True,
    )


LOCK = _lock("lock", owned=False)
OWNED_LOCK = _lock("owned-lock", owned=True)
