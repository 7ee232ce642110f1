"""What can a transition system compute? The expressions of the intermediate representation.

    expression = Literal(value)
               | Bound(name)                            a parameter or bound name
               | Read(variable, indices, old)           a state variable; `old`: before the step
               | Apply(operator, arguments)             a strict operator of OPERATORS
               | Connective(kind, left, right)          and, or, implies: the right side only when needed
               | Conditional(test, then, otherwise)
               | Quantified(kind, name, over, body)     forall, exists
               | Collected(kind, name, over, condition, element)
               | Let(name, value, body)
               | Narrow(value, domain, failure)         the value, or a failure when it is outside `domain`
               | Invoke(definition, arguments)          a named expression of the system

Each knows its domain. Domains of integers are the interval that the expression can take, so a store needs
a `Narrow` only where the interval does not fit. A span says which source text an expression came from
(None for what the model added) and does not take part in equality.

A collection to iterate over (`over`) may be a set, a map (its keys), a list or a bag (its distinct elements, in
order). Iteration is always in the order of `domains.order_key`, for a list in its own.
"""

from dataclasses import field
from typing import Literal as OneOf

from dscheck.domains import Domain, Value
from dscheck.record import record
from dscheck.source import Span

# Strict operators: name -> what it means. Arguments are evaluated from left to right; `!` marks those that can fail.
OPERATORS: dict[str, str] = {
    "not": "logical negation",
    "iff": "both true or both false",
    "==": "equality",
    "!=": "inequality",
    "<": "less; lexicographic on tuples; componentwise and different on vectors",
    "<=": "less or equal",
    ">": "greater",
    ">=": "greater or equal",
    "+": "sum of two integers",
    "-": "difference of two integers",
    "*": "product of two integers",
    "/": "! quotient of two integers, rounded down; fails on division by zero",
    "%": "! remainder with the divisor's sign; fails on division by zero",
    "negate": "the integer with the other sign",
    "min": "least of two or more",
    "max": "greatest of two or more; componentwise on vectors",
    "in": "the first is an element of the second (a set, a list; a key of a map)",
    "union": "of two sets",
    "difference": "of two sets",
    "set": "the set of the arguments",
    "list": "the list of the arguments",
    "tuple": "the tuple (or record) of the arguments",
    "map": "the map of alternating keys and values; a later key wins",
    "length": "number of elements of a set, map, list or bag",
    "item": "! element of a list at an index from 0; fails outside",
    "lookup": "! value of a map at a key; fails when absent",
    "put": "the map with the second argument bound to the third",
    "remove_keys": "the map without the keys in the second argument (a set)",
    "concatenate": "of two lists",
    "replace": "! the list (or record) with position the second argument set to the third; fails outside",
    "field": "field of a tuple or record; the second argument is a literal position",
    "message": "a message: a literal kind, then its fields",
    "kind": "the kind of a message, as a string literal",
    "payload": "field of a message; the second argument is a literal position among its fields",
    "front": "the list of the first element of a list, empty for an empty one",
    "rest": "a list without its first element",
    "without": "a list without the element at an index (which is within)",
    "insert": "a list with the third argument put before the index in the second",
    "add": "a bag with one more of the second argument",
    "take": "a bag with one less of the second argument (which is in it)",
    "forget": "a list or bag of messages, the third argument taken out of a field of each, which is a set; the second "
    "argument is a literal: which field, counted from the end",
    "tick": "the stamp plus one",
    "tick_vector": "the vector with the component of the second argument plus one",
    "positions": "the list of the indices of a list",
}


@record
class Failure:
    """Why a step can fail: the implicit property it violates and what to say.

    Attributes:
        property: one of FAILURES.
        message: a headline, such as `left is -1, outside 0..1`; `{value}` stands for the offending value.
        span: the place in the source.
    """

    property: str
    message: str
    span: Span | None = field(default=None, compare=False)


# The implicit properties of every check: name -> what its violation means.
FAILURES: dict[str, str] = {
    "range": "a value left its range",
    "capacity": "a list or channel was full",
    "choice": "a choice had nothing to choose from",
    "division": "a division by zero",
    "absent": "`none` was used as a value, or a map had no such key, or a list no such index",
    "assertion": "an assertion failed",
}


@record
class Literal:
    """A constant value."""

    value: Value
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Bound:
    """A parameter of the rule, or a name bound by an enclosing expression or statement."""

    name: str
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Read:
    """A state variable at `indices` (ids, one per index domain of the variable)."""

    variable: str
    indices: tuple["Expression", ...]
    domain: Domain
    old: bool = False
    span: Span | None = field(default=None, compare=False)


@record
class Apply:
    """A strict operator; `failure` is what happens when it is undefined (operators marked `!`)."""

    operator: str
    arguments: tuple["Expression", ...]
    domain: Domain
    failure: Failure | None = field(default=None, compare=False)
    span: Span | None = field(default=None, compare=False)


@record
class Connective:
    """`and`, `or`, `implies`; the right side is evaluated only when the left does not decide."""

    kind: OneOf["and", "or", "implies"]
    left: "Expression"
    right: "Expression"
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Conditional:
    """`then` when `test` is true, else `otherwise`."""

    test: "Expression"
    then: "Expression"
    otherwise: "Expression"
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Quantified:
    """`body` for all, or for some, elements of `over`."""

    kind: OneOf["forall", "exists"]
    name: str
    over: "Expression"
    body: "Expression"
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Collected:
    """What becomes of the elements of `over` that satisfy `condition`.

    set, list: `element` of each; map: `element` is a tuple (key, value); count: their number (`element` unused);
    sum: of `element`; min, max: of `element`, with `failure` when there is none.
    """

    kind: OneOf["set", "list", "map", "count", "sum", "min", "max"]
    name: str
    over: "Expression"
    condition: "Expression | None"
    element: "Expression | None"
    domain: Domain
    failure: Failure | None = field(default=None, compare=False)
    span: Span | None = field(default=None, compare=False)


@record
class Let:
    """`body` with `name` bound to `value`."""

    name: str
    value: "Expression"
    body: "Expression"
    domain: Domain
    span: Span | None = field(default=None, compare=False)


@record
class Narrow:
    """`value` as a member of the smaller `domain`; `failure` when it is not one."""

    value: "Expression"
    domain: Domain
    failure: Failure
    span: Span | None = field(default=None, compare=False)


@record
class Invoke:
    """A definition of the system, applied."""

    definition: str
    arguments: tuple["Expression", ...]
    domain: Domain
    span: Span | None = field(default=None, compare=False)


Expression = Literal | Bound | Read | Apply | Connective | Conditional | Quantified | Collected | Let | Narrow | Invoke
