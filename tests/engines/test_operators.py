"""Does compiled code compute what the definition says? Every operator, on arguments of every kind it takes."""

from collections.abc import Iterator
from itertools import islice, product

import pytest
from systems import system

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Value,
    Vector,
    members,
    order_key,
)
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.stepper import Formulas
from dscheck.model.expressions import (
    OPERATORS,
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Failure,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.model.system import System, Variable
from dscheck.semantics.evaluate import StepFailed, element_domain, evaluate, scope_of
from dscheck.semantics.operators import MEANINGS

BOOL = Bool()
SMALL = Int(-1, 2)
NATURAL = Int(0, 2)
NODE = Id("Node", 3)
NODES = Set(NODE)
NUMBERS = Set(Optional(Int(0, 1)))
LIST = List(NATURAL, 2)
MAP = Map(NODE, Int(0, 1))
POINT = Record("Point", (("x", NATURAL), ("y", BOOL)))
PAIR = Tuple((NATURAL, NODE))
STAMP = Stamp()
VECTOR = Vector("Node", 2)
MESSAGE = Message((Record("Ping", (("at", STAMP), ("to", NODE))), Record("Pong", ())))
BAG = Bag(MESSAGE)
KNOWLEDGE = (("locks", Set(Id("Lock", 1))), ("nodes", NODES))
KNOWING = Message((Record("Ping", (("at", NATURAL), *KNOWLEDGE)), Record("Pong", KNOWLEDGE)))
FAILS = Failure("absent", "failed on {value}")


def values(domain: Domain) -> tuple[Value, ...]:
    """Some values of any domain, at most about thirty."""
    match domain:
        case Stamp():
            return (0, 1, 3)
        case Vector(_, size):
            return tuple(product((0, 1, 2), repeat=size))
        case Message() if domain is KNOWING:
            lock, nobody = frozenset({0}), frozenset()
            pings = [("Ping", 1, locks, nodes) for locks in (nobody, lock) for nodes in (nobody, {1}, {0, 1})]
            known = [(*each[:-1], frozenset(each[-1])) for each in pings]
            return (*known, ("Pong", lock, frozenset({0, 2})), ("Pong", nobody, nobody))
        case Message():
            return (("Ping", 0, 1), ("Ping", 2, 0), ("Pong",))
        case List(element, None):
            items = values(element)
            return ((), items[:1], items[::-1])
        case Bag(element):
            items = values(element)
            chosen = ((), items[:1], items[1:2] * 2, items)
            return tuple(tuple(sorted(each, key=order_key(element))) for each in chosen)
        case Tuple(items):
            return tuple(product(*map(values, items)))
        case Optional(inner):
            return (None, *values(inner))
        case _:
            return tuple(islice(members(domain), 30))


# operator: domains of the arguments, domain of the result. A literal argument stands as an expression.
SIGNATURES: dict[str, list[tuple[tuple[Domain | Literal, ...], Domain]]] = {
    "not": [((BOOL,), BOOL)],
    "iff": [((BOOL, BOOL), BOOL)],
    "==": [((SMALL, SMALL), BOOL), ((NUMBERS, NUMBERS), BOOL), ((Optional(STAMP), STAMP), BOOL)],
    "!=": [((PAIR, PAIR), BOOL), ((MESSAGE, MESSAGE), BOOL)],
    "<": [((SMALL, NATURAL), BOOL), ((PAIR, PAIR), BOOL), ((VECTOR, VECTOR), BOOL)],
    "<=": [((NODE, NODE), BOOL), ((VECTOR, VECTOR), BOOL)],
    ">": [((STAMP, STAMP), BOOL), ((VECTOR, VECTOR), BOOL)],
    ">=": [((STAMP, STAMP), BOOL), ((VECTOR, VECTOR), BOOL)],
    "+": [((SMALL, SMALL), Int(-2, 4))],
    "-": [((SMALL, SMALL), Int(-3, 3))],
    "*": [((SMALL, SMALL), Int(-2, 4))],
    "/": [((SMALL, SMALL), Int(-2, 2))],
    "%": [((SMALL, SMALL), Int(-1, 1))],
    "negate": [((SMALL,), Int(-2, 1))],
    "min": [((SMALL, NATURAL), SMALL), ((STAMP, STAMP, STAMP), STAMP)],
    "max": [((SMALL, NATURAL), SMALL), ((VECTOR, VECTOR), VECTOR), ((STAMP, STAMP, STAMP), STAMP)],
    "in": [((NODE, NODES), BOOL), ((NATURAL, LIST), BOOL), ((NODE, MAP), BOOL)],
    "union": [((NODES, NODES), NODES)],
    "difference": [((NODES, NODES), NODES)],
    "set": [((), NODES), ((NODE,), NODES), ((NODE, NODE), NODES)],
    "list": [((), LIST), ((NATURAL,), LIST), ((NATURAL, NATURAL), LIST)],
    "tuple": [((NATURAL, NODE), PAIR), ((NATURAL, BOOL), POINT)],
    "map": [((), MAP), ((NODE, Int(0, 1), NODE, Int(0, 1)), MAP)],
    "length": [((NODES,), NATURAL), ((LIST,), NATURAL), ((MAP,), NATURAL), ((BAG,), NATURAL)],
    "item": [((LIST, SMALL), NATURAL)],
    "lookup": [((MAP, NODE), Int(0, 1))],
    "put": [((MAP, NODE, Int(0, 1)), MAP)],
    "remove_keys": [((MAP, NODES), MAP)],
    "concatenate": [((LIST, LIST), List(NATURAL, 4))],
    "replace": [((LIST, SMALL, NATURAL), LIST), ((POINT, Literal(1, Int(1, 1)), BOOL), POINT)],
    "field": [((POINT, Literal(0, Int(0, 0))), NATURAL), ((PAIR, Literal(1, Int(1, 1))), NODE)],
    "message": [
        ((Literal("Ping", Enum(("Ping",))), STAMP, NODE), MESSAGE),
        ((Literal("Pong", Enum(("Pong",))),), MESSAGE),
    ],
    "kind": [((MESSAGE,), Enum(("Ping", "Pong")))],
    "payload": [((Message(MESSAGE.kinds[:1]), Literal(0, Int(0, 0))), STAMP)],
    "front": [((LIST,), LIST)],
    "rest": [((LIST,), LIST)],
    "without": [((List(NATURAL, 2), Literal(0, Int(0, 0))), LIST)],
    "insert": [((LIST, Literal(0, Int(0, 0)), NATURAL), List(NATURAL, 3))],
    "add": [((BAG, MESSAGE), BAG), ((Bag(Optional(NATURAL)), Optional(NATURAL)), Bag(Optional(NATURAL)))],
    "take": [((BAG, Literal(("Pong",), MESSAGE)), BAG)],
    "forget": [
        ((Bag(KNOWING), Literal(1, Int(1, 1)), NODE), Bag(KNOWING)),
        ((Bag(KNOWING), Literal(2, Int(2, 2)), Id("Lock", 1)), Bag(KNOWING)),
        ((List(KNOWING, None), Literal(1, Int(1, 1)), NODE), List(KNOWING, None)),
    ],
    "tick": [((STAMP,), STAMP)],
    "tick_vector": [((VECTOR, Id("Node", 2)), VECTOR)],
    "positions": [((LIST,), LIST)],
}


def variables_for(
    domains: tuple[Domain | Literal, ...],
) -> tuple[tuple[Expression, ...], System, Iterator[tuple[Value, ...]]]:
    """One variable per domain, reads of them, and states to read."""
    variables = tuple(
        Variable(f"v{number}", (), domain) for number, domain in enumerate(domains) if not isinstance(domain, Literal)
    )
    reads = tuple(
        domain if isinstance(domain, Literal) else Read(f"v{number}", (), domain)
        for number, domain in enumerate(domains)
    )
    return reads, system(variables, (), ()), product(*(values(variable.domain) for variable in variables))


def outcome(compute) -> tuple[str, object]:
    try:
        return "value", compute()
    except StepFailed as stopped:
        return "failed", stopped.failed


def agree(expression: Expression, of: System, states: Iterator[tuple[Value, ...]]) -> None:
    stepper = ReferenceStepper(of, Formulas(asked=(expression,)))
    asked = 0
    for state in states:
        defined = outcome(lambda: evaluate(expression, scope_of(of, state)))  # noqa: B023
        assert outcome(lambda: stepper.answer(0, state)) == defined, state  # noqa: B023
        asked += 1
    assert asked


def test_the_definition_has_exactly_the_operators_of_the_representation() -> None:
    assert MEANINGS.keys() == OPERATORS.keys() == SIGNATURES.keys()


@pytest.mark.parametrize(
    ("operator", "arguments", "result"),
    [(operator, *each) for operator, all_of_it in SIGNATURES.items() for each in all_of_it],
)
def test_operators_agree(operator: str, arguments: tuple[Domain | Literal, ...], result: Domain) -> None:
    reads, of, states = variables_for(arguments)
    if operator == "without":
        states = iter([state for state in states if state[0]])
    if operator == "take":
        states = iter([state for state in states if ("Pong",) in state[0]])
    if operator == "payload":
        states = iter([state for state in states if state[0][0] == "Ping"])
    agree(Apply(operator, reads, result, FAILS), of, states)


X = Bound("x", NATURAL)
OPERANDS: list[tuple[str, tuple[Domain, ...], object]] = [
    ("and skips", (SMALL, BOOL), lambda n, b: Connective("and", b, narrowed(n), BOOL)),
    ("or skips", (SMALL, BOOL), lambda n, b: Connective("or", b, narrowed(n), BOOL)),
    ("implies skips", (SMALL, BOOL), lambda n, b: Connective("implies", b, narrowed(n), BOOL)),
    ("and false", (SMALL,), lambda n: Connective("and", narrowed(n), Literal(False, BOOL), BOOL)),
    ("or true", (SMALL,), lambda n: Connective("or", narrowed(n), Literal(True, BOOL), BOOL)),
    ("implies false", (SMALL,), lambda n: Connective("implies", narrowed(n), Literal(False, BOOL), BOOL)),
    ("conditional", (BOOL, SMALL, SMALL), lambda b, n, m: Conditional(b, n, Narrow(m, NATURAL, FAILS), SMALL)),
    ("let", (SMALL,), lambda n: Let("x", narrow(n), Apply("+", (X, X), SMALL), SMALL)),
    ("narrow optional", (Optional(SMALL),), lambda n: Narrow(n, NATURAL, FAILS)),
    ("narrow inside optional", (Optional(SMALL),), lambda n: Narrow(n, Optional(NATURAL), FAILS)),
    ("narrow to optional", (SMALL,), lambda n: Narrow(n, Optional(NATURAL), FAILS)),
    ("narrow list", (LIST,), lambda n: Narrow(n, List(NATURAL, 1), FAILS)),
    ("narrow set", (Set(SMALL),), lambda n: Narrow(n, Set(NATURAL), FAILS)),
    ("narrow id", (SMALL,), lambda n: Narrow(n, Id("Node", 2), FAILS)),
    ("narrow enum", (Enum(("a", "b")),), lambda n: Narrow(n, Enum(("a",)), FAILS)),
]


def narrow(number: Expression) -> Narrow:
    return Narrow(number, NATURAL, FAILS)


def narrowed(number: Expression) -> Expression:
    return Apply("<", (narrow(number), Literal(2, NATURAL)), BOOL)


@pytest.mark.parametrize(("domains", "make"), [each[1:] for each in OPERANDS], ids=[each[0] for each in OPERANDS])
def test_special_forms_agree(domains, make) -> None:
    reads, of, states = variables_for(domains)
    agree(make(*reads), of, states)


COLLECTIONS: tuple[Domain, ...] = (NODES, LIST, MAP, Bag(Optional(Int(0, 1))), Set(PAIR), Set(Optional(SMALL)))


@pytest.mark.parametrize("over", COLLECTIONS, ids=str)
@pytest.mark.parametrize("kind", ["forall", "exists", "set", "list", "map", "count", "sum", "min", "max"])
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "nested"])
def test_iterations_agree(over: Domain, kind: str, nested: bool) -> None:
    """Over every kind of collection, with a condition and an element that can fail."""
    reads, of, states = variables_for((over, SMALL))
    collection, number = reads
    element = element_domain(over)
    x = Bound("x", element)
    if isinstance(element, Tuple):
        amount: Expression = Apply("field", (x, Literal(0, Int(0, 0))), NATURAL)
    elif isinstance(element, Optional):
        amount = Narrow(x, element.inner, FAILS)
    else:
        amount = x
    condition = Apply("<=", (amount, number), BOOL)
    if nested:  # an expression inside what is iterated over, where Python forbids `:=`
        within = Collected(
            "set", "x", collection, Apply("!=", (narrow(number), Literal(2, NATURAL)), BOOL), x, Set(element)
        )
        collection = Conditional(Let("x", narrow(number), Apply("<", (X, X), BOOL), BOOL), within, within, Set(element))
    expression: Expression
    if kind in {"forall", "exists"}:
        expression = Quantified(kind, "x", collection, condition, BOOL)
    else:
        value: Expression | None = {"set": x, "list": x, "count": None}.get(kind, amount)
        domain: Domain = {"set": Set(element), "list": List(element, 9), "count": NATURAL}.get(kind, SMALL)
        if kind == "map":
            value = Apply("tuple", (x, amount), Tuple((element, SMALL)))
            domain = Map(element, SMALL)
        expression = Collected(kind, "x", collection, condition, value, domain, FAILS)
    agree(expression, of, states)
