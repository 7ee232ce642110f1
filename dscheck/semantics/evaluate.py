"""What is the value of an expression? The definition that engines are held to: written to be read, not to be fast."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import NamedTuple, assert_never

from dscheck.domains import Bag, Domain, List, Map, Set, Value, Vector, contains, order_key
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Failure,
    Invoke,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.model.layout import Layout, State, layout_of
from dscheck.model.system import System
from dscheck.record import record
from dscheck.semantics.operators import MEANINGS, Undefined, map_of
from dscheck.values import show


class Failed(NamedTuple):
    """A step, an initial state or a formula that failed."""

    failure: Failure
    value: str
    """the offending value as text, for the `{value}` of the failure's message"""


class StepFailed(Exception):
    """An expression has no value; the step that needs it violates an implicit property."""

    def __init__(self, failure: Failure, value: str) -> None:
        super().__init__(failure.message)
        self.failed = Failed(failure, value)


@record
class Scope:
    """Where names get their values.

    Attributes:
        system: supplies definitions and the names of singletons.
        layout: of its states.
        state: what a read sees.
        old: what an `old` read sees, the state before the step.
        bindings: of parameters and bound names.
    """

    system: System
    layout: Layout
    state: State
    old: State
    bindings: Mapping[str, Value] = field(default_factory=dict)

    def bind(self, name: str, value: Value) -> "Scope":
        """This scope with one more name."""
        return replace(self, bindings={**self.bindings, name: value})

    def failure(self, failure: Failure | None, value: Value, domain: Domain) -> StepFailed:
        """The exception to raise because of `value`."""
        assert failure is not None, "an expression that can fail says how"
        return StepFailed(failure, show(value, domain, self.system.singletons))


def scope_of(system: System, state: State, old: State | None = None, layout: Layout | None = None) -> Scope:
    """The outermost scope in `state`; without `old`, a read of the old state sees `state`."""
    return Scope(system, layout or layout_of(system), state, state if old is None else old)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of `expression` in `scope`.

    Raises:
        StepFailed: it has none.
    """
    match expression:
        case Literal(value):
            return value
        case Bound(name):
            return scope.bindings[name]
        case Read(variable, indices, _, old):
            slot = scope.layout.slot(variable, tuple(evaluate(index, scope) for index in indices))
            return (scope.old if old else scope.state)[slot]
        case Apply(operator, arguments, _, failure):
            values = [evaluate(argument, scope) for argument in arguments]
            try:
                return MEANINGS[operator](expression, *values)
            except Undefined as undefined:
                raise scope.failure(failure, undefined.value, undefined.domain) from None
        case Connective(kind, left, right):
            decided = {"and": False, "or": True, "implies": False}[kind]  # the left value that decides alone
            if evaluate(left, scope) == decided:
                return kind != "and"
            return evaluate(right, scope)
        case Conditional(test, then, otherwise):
            return evaluate(then if evaluate(test, scope) else otherwise, scope)
        case Quantified(kind, name, over, body):
            truths = (evaluate(body, scope.bind(name, element)) for element in elements(over, scope))
            return all(truths) if kind == "forall" else any(truths)
        case Collected():
            return _collected(expression, scope)
        case Let(name, value, body):
            return evaluate(body, scope.bind(name, evaluate(value, scope)))
        case Narrow(inner, domain, failure):
            value = evaluate(inner, scope)
            if not contains(domain, value):
                raise scope.failure(failure, value, inner.domain)
            return value
        case Invoke(name, arguments):
            definition = scope.system.definitions[name]
            values = [evaluate(argument, scope) for argument in arguments]
            names = (parameter for parameter, _ in definition.parameters)
            return evaluate(definition.body, replace(scope, bindings=dict(zip(names, values, strict=True))))
        case _:
            assert_never(expression)


def elements(over: Expression, scope: Scope) -> Iterator[Value]:
    """What an iteration over the collection `over` visits, in order.

    Raises:
        StepFailed: the collection has no value.
    """
    return iter(elements_of(evaluate(over, scope), over.domain))


def elements_of(collection: Value, domain: Domain) -> tuple[Value, ...]:
    """What an iteration over a collection of `domain` visits: of a map its keys, of a bag its distinct elements."""
    match domain:
        case Set(element):
            return tuple(sorted(collection, key=order_key(element)))
        case Map():
            return tuple(key for key, _ in collection)
        case Bag():
            return tuple(dict.fromkeys(collection))
        case List():
            return tuple(collection)
        case _:
            raise TypeError(f"{domain} is no collection")


def element_domain(domain: Domain) -> Domain:
    """The domain of what an iteration over a collection of `domain` visits."""
    match domain:
        case Set(element) | Bag(element) | List(element, _) | Map(element, _):
            return element
        case _:
            raise TypeError(f"{domain} is no collection")


def alternatives(over: Expression, scope: Scope) -> tuple[Value, ...]:
    """The values a parameter or a choice may take: equal elements of a list are one alternative.

    Raises:
        StepFailed: the collection has no value.
    """
    return tuple(dict.fromkeys(elements(over, scope)))


def _collected(expression: Collected, scope: Scope) -> Value:
    chosen: list[Value] = []
    for element in elements(expression.over, scope):
        inner = scope.bind(expression.name, element)
        if expression.condition is None or evaluate(expression.condition, inner):
            chosen.append(None if expression.element is None else evaluate(expression.element, inner))
    match expression.kind:
        case "set":
            return frozenset(chosen)
        case "list":
            return tuple(chosen)
        case "map":
            return map_of(expression.domain, chosen)
        case "count":
            return len(chosen)
        case "sum":
            return sum(chosen)
        case "min" | "max" if not chosen:
            assert expression.failure is not None
            raise StepFailed(expression.failure, "")
        case "min":
            return min(chosen)
        case "max" if isinstance(expression.domain, Vector):
            return tuple(map(max, *chosen)) if len(chosen) > 1 else chosen[0]
        case "max":
            return max(chosen)
        case _:
            assert_never(expression.kind)
