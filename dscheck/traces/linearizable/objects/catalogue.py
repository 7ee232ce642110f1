"""Which objects are there, and which of them is a history about?"""

from collections.abc import Sequence
from typing import Any

from dscheck.traces.history import Operation
from dscheck.traces.linearizable.objects.containers import COUNTER, ELEMENT_SET, QUEUE, READ, SET, STACK
from dscheck.traces.linearizable.objects.locks import LOCK, OWNED_LOCK, RELEASE
from dscheck.traces.linearizable.objects.object_type import ObjectType
from dscheck.traces.linearizable.objects.registers import CAS_REGISTER, KEY_VALUE_STORE, MULTI_REGISTER, REGISTER

# In the order in which they are tried when the object is guessed: the one with fewest operations first.
OBJECTS: tuple[ObjectType, ...] = (
    REGISTER,
    CAS_REGISTER,
    LOCK,
    QUEUE,
    STACK,
    MULTI_REGISTER,
    COUNTER,
    ELEMENT_SET,
    SET,
    KEY_VALUE_STORE,
    OWNED_LOCK,
)
_BY_NAME = {each.name: each for each in OBJECTS} | {"mutex": LOCK, "key-value": KEY_VALUE_STORE}


def object_named(name: str) -> ObjectType:
    """The object of that name.

    Raises:
        ValueError: there is none; the message lists them.
    """
    if name not in _BY_NAME:
        raise ValueError(f"there is no object '{name}'; there are {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def guessed_object(operations: Sequence[Operation]) -> ObjectType | None:
    """The first object that has all the functions used and whose reads return what was read; None if there is none."""
    used = {operation.function.lower() for operation in operations}
    if not used:
        return None
    for each in OBJECTS:
        if used <= each.functions and _fits(each, operations, used):
            return each
    return None


def _fits(guess: ObjectType, operations: Sequence[Operation], used: set[str]) -> bool:
    """A counter and a set are both added to: one is read as a number, the other as a collection.

    A lock that refuses releases tells its holder from others.
    """
    if guess is LOCK:
        return not any(each.function.lower() in RELEASE and each.result is False for each in operations)
    if guess is not COUNTER:
        return True
    seen: list[Any] = [each.result for each in operations if each.function.lower() in READ and each.result is not None]
    added: list[Any] = [each.argument for each in operations if each.function.lower() not in READ]
    if used & {"inc", "increment", "dec", "decrement", "subtract"}:
        return True
    if not seen:
        return not used & {"remove", "contains"} and all(each is None for each in added)
    return all(isinstance(each, int | float) for each in [*seen, *(each for each in added if each is not None)])
