"""What is the value of an expression in a state? For the tests' oracle only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.laws.protocol_model import E, Protocol, Type

State = dict[tuple[Any, ...], Any]
Pid = tuple[str, int]


@dataclass(frozen=True, order=True)
class Stamp:
    """A Lamport stamp: an object of its own, so that normalisation finds all of them wherever they are."""

    at: int


class Fail(Exception):
    """The step violates an implicit property."""


@dataclass(frozen=True)
class Here:
    """Where an expression stands: names, the process, the state before the step for `old`."""

    protocol: Protocol
    state: State
    names: Mapping[str, Any] = field(default_factory=dict)
    me: Pid | None = None
    before: State | None = None
    facts: Any = None  # answers `quiet` and `silence` of a state

    def with_name(self, name: str, value: Any) -> "Here":
        return Here(self.protocol, self.state, {**self.names, name: value}, self.me, self.before, self.facts)

    def on(self, state: State) -> "Here":
        return Here(self.protocol, state, self.names, self.me, self.before, self.facts)


def there(value: Any) -> Any:
    """A value that must not be `none`."""
    if value is None:
        raise Fail("absent")
    return value


def _look_up(entries: Any, key: Any) -> Any:
    for own, value in entries:
        if own == key:
            return value
    raise Fail("absent")


def _item(items: tuple[Any, ...], index: int) -> Any:
    if not 0 <= index < len(items):
        raise Fail("absent")
    return items[index]


def _divide(left: int, right: int) -> tuple[int, int]:
    if right == 0:
        raise Fail("division")
    return divmod(left, right)


def value_of(node: E, here: Here) -> Any:
    """The value of an expression.

    Raises:
        Fail: it has none.
    """

    def sub(number: int) -> Any:
        return value_of(node.args[number], here)

    def need(number: int) -> Any:
        return there(sub(number))

    state, me, args = here.state, here.me, node.args
    match node.op:
        case "true" | "false":
            return node.op == "true"
        case "none":
            return None
        case "num" | "word":
            return args[0]
        case "self":
            return me
        case "single":
            return (args[0], 0)
        case "all":
            return frozenset(here.protocol.role(args[0]).ids)
        case "others":
            assert me is not None
            return frozenset(here.protocol.role(me[0]).ids) - {me}
        case "var":
            return state["var", me, args[0]]
        case "shared":
            return state["shared", args[0]]
        case "bound":
            return here.names[args[0]]
        case "now":
            return state["clock", me]
        case "remote":
            return state["var", sub(0), args[1]]
        case "up":
            return state["up", need(0)]
        case "crashed":
            return not state["up", need(0)]
        case "linked":
            ends = frozenset((need(0), need(1)))
            return not state.get(("cut", ends), False)
        case "running":
            return state["timer", me, args[0].args[0]]
        case "quiet" | "silence":
            return getattr(here.facts, node.op)(state)
        case "old":
            assert here.before is not None
            return value_of(args[0], here.on(here.before))
        case "==":
            return sub(0) == sub(1)
        case "!=":
            return sub(0) != sub(1)
        case "<" | "<=" | ">" | ">=":
            left, right = need(0), need(1)
            return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[node.op]
        case "lexless":
            left, right = (need(0), need(1)), (need(2), need(3))
            return left < right
        case "not":
            return not sub(0)
        case "and":
            return sub(0) and sub(1)
        case "or":
            return sub(0) or sub(1)
        case "implies":
            return not sub(0) or sub(1)
        case "ifelse":
            return sub(1) if sub(0) else sub(2)
        case "in":
            return sub(0) in need(1)
        case "not in":
            return sub(0) not in need(1)
        case "+" | "-":
            left, right = need(0), need(1)
            if node.op == "-":
                return left - right
            return left | right if isinstance(left, frozenset) else left + right
        case "*":
            return need(0) * need(1)
        case "/":
            return _divide(need(0), need(1))[0]
        case "%":
            return _divide(need(0), need(1))[1]
        case "len":
            return len(need(0))
        case "min":
            return min(need(0), need(1))
        case "max":
            return max(need(0), need(1))
        case "index":
            collection = need(0)
            key = need(1)
            return _look_up(collection, key) if isinstance(collection, frozenset) else _item(collection, key)
        case "field":
            return need(0)[int(args[1][1:])]
        case "record":
            of = dict(here.protocol.records)[args[0]]
            return tuple(fit(value_of(arg, here), want) for arg, want in zip(args[1:], of, strict=True))
        case "set":
            return frozenset(value_of(arg, here) for arg in args)
        case "list":
            return tuple(value_of(arg, here) for arg in args)
        case "map":
            return frozenset((value_of(k, here), value_of(v, here)) for k, v in zip(args[::2], args[1::2], strict=True))
        case "mapfor":
            over = value_of(args[1], here)
            return frozenset((key, value_of(args[2], here.with_name(args[0], key))) for key in over)
        case _:
            return _over_a_set(node, here)


def _over_a_set(node: E, here: Here) -> Any:
    name, over, body = node.args
    each = [(item, value_of(body, here.with_name(name, item))) for item in sorted(there(value_of(over, here)))]
    match node.op:
        case "forall":
            return all(true for _, true in each)
        case "exists":
            return any(true for _, true in each)
        case "count":
            return sum(true for _, true in each)
        case "setfor":
            return frozenset(item for item, true in each if true)
    raise ValueError(node.op)


def fit(value: Any, of: Type) -> Any:
    """`value` in a place of type `of`.

    Raises:
        Fail: it does not fit there.
    """
    match of:
        case ("range", low, high):
            if not low <= there(value) <= high:
                raise Fail("range")
        case ("opt", inner):
            return None if value is None else fit(value, inner)
        case ("list", inner, most):
            for item in there(value):
                fit(item, inner)
            if len(value) > most:
                raise Fail("capacity")
        case ("map", _, inner):
            for _, item in there(value):
                fit(item, inner)
        case ("set", inner):
            for item in there(value):
                fit(item, inner)
        case _:
            there(value)
    return value


def stamps(value: Any) -> Iterator[Stamp]:
    """Every stamp in a value."""
    if isinstance(value, Stamp):
        yield value
    elif isinstance(value, tuple | frozenset):
        for part in value:
            yield from stamps(part)


def moved(value: Any, by: int) -> Any:
    """`value` with all stamps `by` smaller."""
    if isinstance(value, Stamp):
        return Stamp(value.at - by)
    if isinstance(value, tuple):
        return tuple(moved(part, by) for part in value)
    if isinstance(value, frozenset):
        return frozenset(moved(part, by) for part in value)
    return value


def normal(state: State) -> State:
    """The representative of a state: its least stamp is 0."""
    found = [stamp.at for value in state.values() for stamp in stamps(value)]
    least = min(found, default=0)
    return {key: moved(value, least) for key, value in state.items()} if least else state
