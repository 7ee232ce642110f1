"""What does each operator mean? One function per name of `model.expressions.OPERATORS`.

A function takes the application (its domains direct what order and equality mean) and the values of the arguments.
Where an operator is undefined, the function raises `Undefined`; which property that violates is the application's.
"""

from collections.abc import Callable, Iterable

from dscheck.domains import Bag, Domain, Map, Value, Vector, order_key
from dscheck.model.expressions import Apply


class Undefined(Exception):
    """An operator has no value here.

    Attributes:
        value: the argument to blame.
        domain: of that argument.
    """

    def __init__(self, value: Value, domain: Domain) -> None:
        super().__init__(value)
        self.value = value
        self.domain = domain


Operator = Callable[..., Value]  # (application, *values) -> value


def map_of(domain: Domain, pairs: Iterable[tuple[Value, Value]]) -> Value:
    """The map with these pairs, where a later key wins, in its canonical form.

    Args:
        domain: a map domain; it says how keys are ordered.
        pairs: keys and values.
    """
    assert isinstance(domain, Map)
    key = order_key(domain.key)
    return tuple(sorted(dict(pairs).items(), key=lambda pair: key(pair[0]) if key else pair[0]))


def _blame(application: Apply, argument: int, value: Value) -> Undefined:
    return Undefined(value, application.arguments[argument].domain)


def _on_vectors(application: Apply) -> bool:
    return isinstance(application.arguments[0].domain, Vector)


# --- truth and order -----------------------------------------------------------------------------


def _not(_: Apply, value: Value) -> Value:
    return not value


def _equal(_: Apply, left: Value, right: Value) -> Value:
    return left == right


def _unequal(_: Apply, left: Value, right: Value) -> Value:
    return left != right


def _less_or_equal(application: Apply, left: Value, right: Value) -> Value:
    if _on_vectors(application):
        return all(a <= b for a, b in zip(left, right, strict=True))
    return left <= right


def _less(application: Apply, left: Value, right: Value) -> Value:
    if _on_vectors(application):
        return left != right and _less_or_equal(application, left, right)
    return left < right


def _greater(application: Apply, left: Value, right: Value) -> Value:
    return _less(application, right, left)


def _greater_or_equal(application: Apply, left: Value, right: Value) -> Value:
    return _less_or_equal(application, right, left)


def _min(_: Apply, *values: Value) -> Value:
    return min(values)


def _max(application: Apply, *values: Value) -> Value:
    if _on_vectors(application):
        return tuple(map(max, *values))
    return max(values)


# --- integers ------------------------------------------------------------------------------------


def _plus(_: Apply, left: Value, right: Value) -> Value:
    return left + right


def _minus(_: Apply, left: Value, right: Value) -> Value:
    return left - right


def _times(_: Apply, left: Value, right: Value) -> Value:
    return left * right


def _quotient(application: Apply, left: Value, right: Value) -> Value:
    if right == 0:
        raise _blame(application, 1, right)
    return left // right


def _remainder(application: Apply, left: Value, right: Value) -> Value:
    if right == 0:
        raise _blame(application, 1, right)
    return left % right


def _negate(_: Apply, value: Value) -> Value:
    return -value


# --- collections ---------------------------------------------------------------------------------


def _in(application: Apply, item: Value, collection: Value) -> Value:
    if isinstance(application.arguments[1].domain, Map):
        return any(key == item for key, _ in collection)
    return item in collection


def _union(_: Apply, left: Value, right: Value) -> Value:
    return left | right


def _difference(_: Apply, left: Value, right: Value) -> Value:
    return left - right


def _set(_: Apply, *items: Value) -> Value:
    return frozenset(items)


def _tuple(_: Apply, *items: Value) -> Value:
    return items


def _map(application: Apply, *keys_and_values: Value) -> Value:
    return map_of(application.domain, zip(keys_and_values[::2], keys_and_values[1::2], strict=True))


def _length(_: Apply, collection: Value) -> Value:
    return len(collection)


def _item(application: Apply, items: Value, index: Value) -> Value:
    if not 0 <= index < len(items):
        raise _blame(application, 1, index)
    return items[index]


def _replace(application: Apply, items: Value, index: Value, item: Value) -> Value:
    if not 0 <= index < len(items):
        raise _blame(application, 1, index)
    return (*items[:index], item, *items[index + 1 :])


def _lookup(application: Apply, mapping: Value, key: Value) -> Value:
    for present, value in mapping:
        if present == key:
            return value
    raise _blame(application, 1, key)


def _put(application: Apply, mapping: Value, key: Value, value: Value) -> Value:
    return map_of(application.domain, (*mapping, (key, value)))


def _remove_keys(_: Apply, mapping: Value, keys: Value) -> Value:
    return tuple((key, value) for key, value in mapping if key not in keys)


def _concatenate(_: Apply, left: Value, right: Value) -> Value:
    return left + right


def _front(_: Apply, items: Value) -> Value:
    return items[:1]


def _rest(_: Apply, items: Value) -> Value:
    return items[1:]


def _without(_: Apply, items: Value, index: Value) -> Value:
    return (*items[:index], *items[index + 1 :])


def _insert(_: Apply, items: Value, index: Value, item: Value) -> Value:
    return (*items[:index], item, *items[index:])


def _positions(_: Apply, items: Value) -> Value:
    return tuple(range(len(items)))


def _add(application: Apply, bag: Value, item: Value) -> Value:
    assert isinstance(application.domain, Bag)
    return tuple(sorted((*bag, item), key=order_key(application.domain.element)))


def _take(_: Apply, bag: Value, item: Value) -> Value:
    index = bag.index(item)
    return (*bag[:index], *bag[index + 1 :])


# --- records and messages --------------------------------------------------------------------------


def _field(_: Apply, record: Value, position: Value) -> Value:
    return record[position]


def _kind(_: Apply, message: Value) -> Value:
    return message[0]


def _payload(_: Apply, message: Value, position: Value) -> Value:
    return message[1 + position]


def _forget(application: Apply, messages: Value, place: Value, member: Value) -> Value:
    left = [(*each[:-place], each[-place] - {member}, *each[len(each) - place + 1 :]) for each in messages]
    if isinstance(application.domain, Bag):
        left.sort(key=order_key(application.domain.element))
    return tuple(left)


# --- clocks ----------------------------------------------------------------------------------------


def _tick(_: Apply, stamp: Value) -> Value:
    return stamp + 1


def _tick_vector(_: Apply, vector: Value, process: Value) -> Value:
    return (*vector[:process], vector[process] + 1, *vector[process + 1 :])


MEANINGS: dict[str, Operator] = {
    "not": _not,
    "iff": _equal,
    "==": _equal,
    "!=": _unequal,
    "<": _less,
    "<=": _less_or_equal,
    ">": _greater,
    ">=": _greater_or_equal,
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _quotient,
    "%": _remainder,
    "negate": _negate,
    "min": _min,
    "max": _max,
    "in": _in,
    "union": _union,
    "difference": _difference,
    "set": _set,
    "list": _tuple,
    "tuple": _tuple,
    "map": _map,
    "length": _length,
    "item": _item,
    "lookup": _lookup,
    "put": _put,
    "remove_keys": _remove_keys,
    "concatenate": _concatenate,
    "replace": _replace,
    "field": _field,
    "message": _tuple,
    "kind": _kind,
    "payload": _payload,
    "front": _front,
    "rest": _rest,
    "without": _without,
    "insert": _insert,
    "add": _add,
    "take": _take,
    "forget": _forget,
    "tick": _tick,
    "tick_vector": _tick_vector,
    "positions": _positions,
}
