"""What does emitted code call? The operators that are more than one Python expression."""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from dscheck.domains import Domain, Value
from dscheck.model.expressions import Failure
from dscheck.semantics.evaluate import StepFailed
from dscheck.values import show

Fail = Callable[..., NoReturn]  # called with the offending value, if there is one
Key = Callable[[Value], Any] | None

_NOTHING: Any = object()


def fail_with(failure: Failure, domain: Domain | None, singletons: frozenset[str]) -> Fail:
    """What to call when `failure` happens; `domain` is that of the value to blame, None when there is none."""

    def fail(value: Value = None) -> NoReturn:
        raise StepFailed(failure, "" if domain is None else show(value, domain, singletons))

    return fail


def quotient(left: int, right: int, fail: Fail) -> int:
    """Operator `/`."""
    return left // right if right else fail(right)


def remainder(left: int, right: int, fail: Fail) -> int:
    """Operator `%`."""
    return left % right if right else fail(right)


def item(items: tuple[Value, ...], index: int, fail: Fail) -> Value:
    """Operator `item`."""
    return items[index] if 0 <= index < len(items) else fail(index)


def replaced(items: tuple[Value, ...], index: int, new: Value, fail: Fail) -> Value:
    """Operator `replace`."""
    return (*items[:index], new, *items[index + 1 :]) if 0 <= index < len(items) else fail(index)


def lookup(mapping: Value, key: Value, fail: Fail) -> Value:
    """Operator `lookup`."""
    for present, value in mapping:
        if present == key:
            return value
    return fail(key)


def make_map(pairs: Iterable[tuple[Value, Value]], key: Key) -> Value:
    """Operators `map` and `put`; `key` orders the keys."""
    return tuple(sorted(dict(pairs).items(), key=lambda pair: key(pair[0]) if key else pair[0]))


def remove_keys(mapping: Value, keys: Value) -> Value:
    """Operator `remove_keys`."""
    return tuple([pair for pair in mapping if pair[0] not in keys])


def distinct(bag: Value) -> Iterable[Value]:
    """The distinct elements of a bag, in order."""
    return bag if len(bag) < 2 else dict.fromkeys(bag)


def add_to_bag(bag: Value, new: Value, key: Key) -> Value:
    """Operator `add`; `key` orders the elements."""
    return tuple(sorted((*bag, new), key=key)) if bag else (new,)


def take_from_bag(bag: Value, old: Value) -> Value:
    """Operator `take`."""
    if len(bag) == 1:
        return ()
    index = bag.index(old)
    return bag[:index] + bag[index + 1 :]


def without(items: Value, index: int) -> Value:
    """Operator `without`."""
    return items[:index] + items[index + 1 :]


def insert(items: Value, index: int, new: Value) -> Value:
    """Operator `insert`."""
    return (*items[:index], new, *items[index:])


def forget_in_list(messages: Value, place: int, member: Value) -> Value:
    """Operator `forget` on a list."""
    return tuple([(*each[:-place], each[-place] - {member}, *each[len(each) - place + 1 :]) for each in messages])


def forget_in_bag(messages: Value, place: int, member: Value, key: Key) -> Value:
    """Operator `forget` on a bag; `key` orders the messages."""
    if not any(member in each[-place] for each in messages):
        return messages
    return tuple(sorted(forget_in_list(messages, place, member), key=key))


def tick_vector(vector: Value, process: int) -> Value:
    """Operator `tick_vector`."""
    return (*vector[:process], vector[process] + 1, *vector[process + 1 :])


def join_vectors(*vectors: Value) -> Value:
    """Operator `max` on vectors."""
    return tuple(map(max, *vectors)) if len(vectors) > 1 else vectors[0]


def vector_less_or_equal(left: Value, right: Value) -> bool:
    """Operator `<=` on vectors."""
    return all(a <= b for a, b in zip(left, right, strict=True))


def vector_less(left: Value, right: Value) -> bool:
    """Operator `<` on vectors."""
    return left != right and vector_less_or_equal(left, right)


def least(values: Iterable[Value], fail: Fail) -> Value:
    """`min` of what was collected."""
    result = min(values, default=_NOTHING)
    return fail() if result is _NOTHING else result


def greatest(values: Iterable[Value], fail: Fail) -> Value:
    """`max` of what was collected."""
    result = max(values, default=_NOTHING)
    return fail() if result is _NOTHING else result


def greatest_vector(values: Iterable[Value], fail: Fail) -> Value:
    """`max` of the vectors that were collected."""
    vectors = tuple(values)
    return join_vectors(*vectors) if vectors else fail()


def join_least(vectors: list[Value]) -> Value:
    """The componentwise minimum of vectors, empty for none."""
    return tuple(map(min, *vectors)) if len(vectors) > 1 else vectors[0] if vectors else ()


def lower_vector(vector: Value, floor: Value) -> Value:
    """The vector minus another."""
    return tuple(map(int.__sub__, vector, floor))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        quotient, remainder, item, replaced, lookup, make_map, remove_keys, distinct, add_to_bag, take_from_bag,
        without, insert, forget_in_list, forget_in_bag, tick_vector, join_vectors, vector_less_or_equal, vector_less,
        least, greatest, greatest_vector, join_least, lower_vector,
    )
}  # fmt: skip
