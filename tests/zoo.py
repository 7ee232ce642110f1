"""Which systems does no protocol look like? Systems made to use every effect in every place where it is allowed."""

from systems import BOOL, FALSE, TRUE, apply, both, either, equal, fits, ids, less, negation, number, system

from dscheck.domains import Bag, Bool, Id, Int, List, Map, Optional, Set, Stamp, Vector
from dscheck.model.expressions import Apply, Bound, Collected, Failure, Literal, Narrow, Quantified, Read
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effect,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Parameter,
    Property,
    Require,
    Rule,
    System,
    Variable,
    Write,
)

SMALL = Int(0, 3)
A, B = Read("a", (), SMALL), Read("b", (), SMALL)
NO_CHOICE = Failure("choice", "nothing to choose from")


def add(left, right) -> Apply:
    return apply("+", Int(0, 6), left, right)


def rule(body: Effects, guard=TRUE, parameters: tuple[Parameter, ...] = (), name: str = "step", kind="action") -> Rule:
    return Rule(name, kind, None, parameters, guard, body)


def put(name: str, value, *indices) -> Write:
    return Write(name, indices, value)


def wrap(value) -> Apply:
    """Stay within 0..3."""
    return apply("%", SMALL, value, number(4))


def numbers(*rules: Rule, properties: tuple[Property, ...] = (), initial: tuple[Effect, ...] | None = None) -> System:
    """Two numbers 0..3, a set and a list of them."""
    variables = (
        Variable("a", (), SMALL),
        Variable("b", (), SMALL),
        Variable("chosen", (), Set(SMALL)),
        Variable("listed", (), List(SMALL, 2)),
    )
    start = (put("a", number(0)), put("b", number(0)), put("chosen", Literal(frozenset(), Set(SMALL))))
    first = (*start, put("listed", Literal((), List(SMALL, 2))))
    return system(variables, rules, first if initial is None else initial, properties, ("work",), branches=4)


CHOSEN, LISTED = Read("chosen", (), Set(SMALL)), Read("listed", (), List(SMALL, 2))
UP_TO_3 = Literal(frozenset({0, 1, 2, 3}), Set(SMALL))
X, Y = Bound("x", SMALL), Bound("y", SMALL)


def choose(name: str, over, *body: Effect) -> Choose:
    return Choose(name, over, body, NO_CHOICE)


def one(value) -> Apply:
    return apply("set", Set(SMALL), value)


NODE = Id("Node", 3)
P, Q = Bound("p", NODE), Bound("q", NODE)


def array(size: int, *rules_of, splits: bool = False) -> System:
    """Flags and links of `size` processes, reached with indices that are only known when it runs."""
    node = Id("Node", size)
    p, q = Bound("p", node), Bound("q", node)
    level, link, peer = Int(0, 2), Bool(), Read("peer", (Bound("p", node),), node)
    at_peer = Read("level", (peer,), level)
    link_to = Read("link", (p, peer), link)
    raised = fits(apply("+", Int(0, 3), at_peer, number(1)), level, "level")
    others = Collected("set", "q", ids(node), apply("!=", BOOL, q, p), q, Set(node))
    linked = Collected("set", "q", ids(node), Read("link", (p, q), link), q, Set(node))
    every = (Parameter("p", ids(node), node),)
    rules = [
        Rule(
            "raise",
            "action",
            "Node",
            every,
            TRUE,
            (put("level", raised, peer), put("link", negation(link_to), p, peer)),
        ),
        Rule(
            "spread",
            "action",
            "Node",
            every,
            less(number(0), Read("level", (p,), level)),
            (
                ForEach(
                    "q",
                    linked,
                    (
                        put("level", apply("max", level, Read("level", (q,), level), Read("level", (p,), level)), q),
                        Count("work", number(1)),
                    ),
                ),
                put("link", FALSE, p, p),
            ),
        ),
        Rule("turn", "action", "Node", every, TRUE, (choose("q", others, put("peer", q, p)),)),
    ]
    if splits:  # a choice in a loop: only unrolling can compile it
        below = less(Read("level", (q,), level), number(1))
        each = (
            choose("x", Literal(frozenset({0, 1}), Set(level)), If(below, (put("level", Bound("x", level), q),), ())),
        )
        rules.append(Rule("mix", "action", "Node", every, TRUE, (ForEach("q", others, each),)))
    initial = (
        ForEach("p", ids(node), (put("level", number(0), p), put("peer", Literal(0, node), p))),
        ForEach("p", ids(node), (ForEach("q", ids(node), (put("link", FALSE, p, q),)),)),
    )
    low = Quantified("forall", "p", ids(node), apply("<=", BOOL, Read("level", (p,), level), number(1)), BOOL)
    grows = Quantified(
        "forall",
        "p",
        ids(node),
        apply("<=", BOOL, Read("level", (p,), level, old=True), Read("level", (p,), level)),
        BOOL,
    )
    return system(
        (Variable("level", (node,), level), Variable("peer", (node,), node), Variable("link", (node, node), link)),
        tuple(rules),
        initial,
        (Property("low", "invariant", low), Property("grows", "step", grows)),
        ("work",),
    )


LOG = List(Vector("Node", 2), 3)


def clocks() -> System:
    """Stamps and vectors in every kind of container."""
    node = Id("Node", 2)
    stamp, vector, note = Stamp(), Vector("Node", 2), Optional(Stamp())
    p = Bound("p", node)
    own, seen = Read("clock", (p,), stamp), Read("seen", (), Set(stamp))
    mine, known = Read("vector", (p,), vector), Read("known", (), Map(node, stamp))
    log = Read("log", (), LOG)
    every = (Parameter("p", ids(node), node),)
    ahead = less(
        own, apply("tick", stamp, apply("tick", stamp, Read("clock", (apply("-", node, number(1), p),), stamp)))
    )
    return system(
        (
            Variable("clock", (node,), stamp),
            Variable("vector", (node,), vector),
            Variable("seen", (), Set(stamp)),
            Variable("known", (), Map(node, stamp)),
            Variable("log", (), LOG),
            Variable("when", (), note),
        ),
        (
            Rule("tick", "action", "Node", every, ahead, (put("clock", apply("tick", stamp, own), p),)),
            Rule("see", "action", "Node", every, less(apply("length", SMALL, seen), number(2)), (
                put("seen", apply("union", Set(stamp), seen, apply("set", Set(stamp), own))),
                put("when", own),
            )),
            Rule("forget", "action", None, (), TRUE, (
                put("seen", Literal(frozenset(), Set(stamp))), put("when", Literal(None, note)),
                put("known", Literal((), Map(node, stamp))),
                put("log", Literal((), LOG)),
            )),
            Rule("know", "action", "Node", every, TRUE, (put("known", apply("put", Map(node, stamp), known, p, own)),)),
            Rule("write", "action", "Node", every, less(apply("length", SMALL, log), number(1)), (
                put("vector", apply("tick_vector", vector, mine, p), p),
                put("log", apply("concatenate", LOG, log, apply("list", LOG, Read("vector", (p,), vector)))),
            )),
            Rule("read", "action", "Node", every, less(number(0), apply("length", SMALL, log)), (
                LetIn("v", Apply("item", (log, number(0)), vector, Failure("absent", "none")), (
                    put("vector", apply("max", vector, mine, Bound("v", vector)), p),
                )),
                put("log", apply("rest", LOG, log)),
            )),
        ),
        (
            ForEach("p", ids(node), (put("clock", Literal(0, stamp), p), put("vector", Literal((0, 0), vector), p))),
            put("seen", Literal(frozenset(), Set(stamp))), put("known", Literal((), Map(node, stamp))),
            put("log", Literal((), LOG)), put("when", Literal(None, note)),
        ),
    )  # fmt: skip


def next_number(value=None) -> Effect:
    return put("a", wrap(add(A if value is None else value, number(1))))


ONE_BY_A = Apply("/", (number(1), A), SMALL, Failure("division", "by zero"))
DIVIDED_BY_X = Apply("/", (number(1), X), SMALL, Failure("division", "by zero"))
FALSE_UNLESS_A_IS_1 = equal(A, number(1))
PAIR_OF_NUMBERS = Literal(frozenset({0, 1}), Set(SMALL))
BELOW_3 = Assert(less(A, number(3)), Failure("assertion", "a is 3"))
MAYBE = Bag(Optional(Int(0, 1)))
EVERY_MAYBE = Literal(frozenset({None, 0, 1}), Set(MAYBE.element))

ZOO: dict[str, System] = {
    "nothing": system((), (), ()),
    "no rules": numbers(),
    "choice, then more": numbers(
        rule((choose("x", UP_TO_3, put("a", X)), put("b", wrap(add(A, B))), Count("work", number(2)))),
    ),
    "choice from an empty set": numbers(
        rule((next_number(), choose("x", CHOSEN, put("b", X)))),
        rule((put("chosen", apply("union", Set(SMALL), CHOSEN, one(A))),), name="grow"),
    ),
    "choice that adds to what was written": numbers(
        rule((put("a", number(1)), choose("x", UP_TO_3, put("a", wrap(add(A, X))), put("b", wrap(add(B, A)))))),
    ),
    "choices in a loop": numbers(
        rule((ForEach("x", UP_TO_3, (choose("y", PAIR_OF_NUMBERS, put("a", wrap(add(A, Y)))), put("b", X))),)),
    ),
    "choice of a choice": numbers(
        rule((
            choose("x", UP_TO_3, choose("y", UP_TO_3, Require(less(X, Y)), put("a", X)), put("b", X)),
        )),
    ),
    "choice of equals": numbers(
        rule((
            put("listed", apply("list", List(SMALL, 2), A, B)), choose("x", LISTED, put("b", wrap(add(X, number(1))))),
        )),
    ),
    "requirement on a branch": numbers(
        rule((
            If(less(A, B), (Require(less(A, number(2))),), (), 0),
            If(equal(A, number(3)), (Require(FALSE),), (Require(TRUE),), 1),
            next_number(), If(less(A, B), (), (put("b", wrap(add(B, number(2)))),), 2),
        )),
    ),
    "choice on a branch": numbers(
        rule((
            If(less(A, number(2)), (choose("x", UP_TO_3, put("b", X)),), (put("b", number(0)), Count("work", B)), 0),
            If(less(number(1), B), (choose("x", UP_TO_3, put("a", X)),), (), 1),
            put("chosen", one(A)),
        )),
    ),
    "failing guard": numbers(
        rule((next_number(),), both(less(A, B), equal(ONE_BY_A, B))),
        rule((next_number(),), name="go"),
        rule((put("b", A),), equal(ONE_BY_A, number(1)), name="b"),
    ),
    "failing guard before one that is surely false": numbers(
        rule((put("b", X),), both(equal(DIVIDED_BY_X, A), FALSE_UNLESS_A_IS_1), (Parameter("x", UP_TO_3, SMALL),)),
        rule((next_number(),), name="go"),
    ),
    "failure after a requirement": numbers(
        rule((If(less(A, number(2)), (Require(TRUE),), (), 0), put("b", fits(add(B, number(4)), SMALL, "b")))),
        rule((next_number(),), name="go"),
    ),
    "failing parameter": numbers(
        rule(
            (put("b", X),),
            either(less(B, number(2)), equal(X, B)),
            (Parameter("x", one(Narrow(A, Int(0, 1), Failure("range", "a is {value}"))), SMALL),),
        ),
        rule((next_number(),), name="go"),
    ),
    "failing write in a loop": numbers(
        rule((ForEach("x", CHOSEN, (put("b", fits(add(B, X), SMALL, "b")), Count("work", X))),)),
        rule((put("chosen", apply("union", Set(SMALL), CHOSEN, one(A))),), name="grow"),
        rule((next_number(),), name="go"),
    ),
    "failure on one way of a choice": numbers(
        rule((choose("x", UP_TO_3, put("a", X), BELOW_3, put("b", X)),)),
    ),
    "failing initial state": numbers(
        rule((next_number(),)),
        initial=(
            choose("x", UP_TO_3, put("a", fits(X, Int(0, 1), "a"))), put("b", A),
            put("chosen", one(A)), put("listed", Literal((), List(SMALL, 2))),
        ),
    ),
    "writes seen by later effects, and old ones": numbers(
        rule((
            next_number(), put("b", A), LetIn("x", A, (next_number(X), put("chosen", one(X)))),
            put("listed", apply("list", List(SMALL, 2), Read("a", (), SMALL, old=True), A)),
        )),
    ),
    "loops in branches": numbers(
        rule((
            If(less(A, number(2)),
               (ForEach("x", CHOSEN, (
                   put("a", wrap(add(A, X))), If(less(X, A), (put("b", X),), (Count("work", X),), 0),
               )),),
               (ForEach("x", UP_TO_3, (put("b", wrap(add(B, X))),)), put("a", number(0))), 1),
            Note("sent", A, B, A),
        )),
        rule((put("chosen", apply("difference", Set(SMALL), UP_TO_3, one(A))),), name="fill"),
        rule((next_number(),), name="go"),
        properties=(
            Property("work", "bound", TRUE, (("work", 1),), number(2)),
            Property("tight work", "tight", TRUE, (("work", 1),), number(2)),
            Property("small", "invariant", less(add(A, B), number(6))),
            Property("steady", "step", either(equal(A, Read("a", (), SMALL, old=True)), less(A, number(3)))),
            Property("end", "final", FALSE),
        ),
    ),
    "bags of what may be none": system(
        (Variable("bag", (), MAYBE),),
        (
            Rule("add", "action", None, (Parameter("x", EVERY_MAYBE, MAYBE.element),),
                 less(apply("length", SMALL, Read("bag", (), MAYBE)), number(3)),
                 (put("bag", apply("add", MAYBE, Read("bag", (), MAYBE), Bound("x", MAYBE.element))),)),
            Rule("take", "arrival", None, (Parameter("x", Read("bag", (), MAYBE), MAYBE.element),), TRUE,
                 (put("bag", apply("take", MAYBE, Read("bag", (), MAYBE), Bound("x", MAYBE.element))),)),
        ),
        (put("bag", Literal((), MAYBE)),),
    ),
    "dynamic indices": array(2),
    "dynamic indices, choices in loops": array(3, splits=True),
    "clocks": clocks(),
}  # fmt: skip
