"""Which hand-built transition systems do the tests run? Small ones, each with something that is easy to get wrong."""

from dscheck.domains import Bag, Bool, Domain, Enum, Id, Int, Message, Optional, Record, Set, Stamp, Tuple
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Connective,
    Expression,
    Failure,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.model.system import (
    Count,
    Effect,
    ForEach,
    If,
    LetIn,
    Note,
    Parameter,
    Property,
    Rule,
    System,
    Variable,
    Write,
)
from dscheck.source import SourceFile

BOOL = Bool()
STAMP = Stamp()
TRUE = Literal(True, BOOL)
FALSE = Literal(False, BOOL)


def number(value: int) -> Literal:
    return Literal(value, Int(value, value))


def apply(operator: str, domain: Domain, *arguments: Expression) -> Apply:
    return Apply(operator, arguments, domain)


def equal(left: Expression, right: Expression) -> Apply:
    return apply("==", BOOL, left, right)


def less(left: Expression, right: Expression) -> Apply:
    return apply("<", BOOL, left, right)


def both(first: Expression, *others: Expression) -> Expression:
    for other in others:
        first = Connective("and", first, other, BOOL)
    return first


def either(first: Expression, *others: Expression) -> Expression:
    for other in others:
        first = Connective("or", first, other, BOOL)
    return first


def implies(left: Expression, right: Expression) -> Expression:
    return Connective("implies", left, right, BOOL)


def negation(truth: Expression) -> Apply:
    return apply("not", BOOL, truth)


def ids(domain: Id) -> Literal:
    return Literal(frozenset(range(domain.size)), Set(domain))


def fits(value: Expression, domain: Domain, name: str) -> Narrow:
    return Narrow(value, domain, Failure("range", f"{name} is {{value}}, outside"))


def system(
    variables: tuple[Variable, ...],
    rules: tuple[Rule, ...],
    initial: tuple[Effect, ...],
    properties: tuple[Property, ...] = (),
    counters: tuple[str, ...] = (),
    branches: int = 0,
    text: str = "",
) -> System:
    from dscheck.source import Span

    return System(
        source=SourceFile("<test>", text),
        protocol="Test",
        settings={},
        processes={},
        singletons=frozenset(),
        variables=variables,
        definitions={},
        rules=rules,
        initial=initial,
        properties=properties,
        counters=counters,
        branches=tuple((Span(0, 0), None) for _ in range(branches)),
    )


# --- Ricart and Agrawala 1981, an unordered network with stamps ---------------------------------------


def ricart_agrawala(size: int, entries: int = 1, *, tie_break: bool = True, stamped: bool = True) -> System:
    """Without the tie break by id, two processes may both give way or both enter."""
    node = Id("Node", size)
    mode = Enum(("idle", "wanting", "inside"))
    left = Int(0, entries)
    message = Message((Record("Request", (("ts", STAMP), ("@stamp", STAMP))), Record("Reply", (("@stamp", STAMP),))))
    bag = Bag(message)
    me, sender, packet = Bound("self", node), Bound("sender", node), Bound("message", message)

    def own(name: str, domain: Domain, of: Expression = me) -> Read:
        return Read(f"Node.{name}", (of,), domain)

    def put(name: str, value: Expression) -> Write:
        return Write(f"Node.{name}", (me,), value)

    def literal(text: str) -> Literal:
        return Literal(text, mode)

    clock = own("clock", STAMP)
    mine = own("mine", Optional(STAMP))

    def send(receiver: Expression, *fields: Expression) -> tuple[Effect, ...]:
        network = Read("network", (me, receiver), bag)
        made = apply("message", message, *fields, clock)
        return (
            LetIn(
                "made",
                made,
                (
                    Write("network", (me, receiver), apply("add", bag, network, Bound("made", message))),
                    Count("sent", number(1)),
                    Note("sent", Bound("made", message), me, receiver),
                ),
            ),
        )

    others = apply("difference", Set(node), ids(node), apply("set", Set(node), me))
    everybody = Parameter("self", ids(node), node, shown=False)
    tick = put("clock", apply("tick", STAMP, clock))
    kind = {name: Literal(name, Enum(("Request", "Reply"))) for name in ("Request", "Reply")}
    request = Rule(
        "request",
        "action",
        "Node",
        (everybody,),
        both(equal(own("mode", mode), literal("idle")), less(number(0), own("left", left))),
        (
            tick,
            put("mode", literal("wanting")),
            put("mine", clock),
            put("granted", Literal(frozenset(), Set(node))),
            put("left", apply("-", Int(-1, entries - 1), own("left", left), number(1))),
            ForEach(
                "q", others, send(Bound("q", node), kind["Request"], Narrow(mine, STAMP, Failure("absent", "none")))
            ),
            Count("fired(request)", number(1)),
        ),
    )
    arrival = (
        everybody,
        Parameter("sender", ids(node), node),
        Parameter("message", Read("network", (sender, me), bag), message),
    )

    def received(name: str) -> Expression:
        return equal(apply("kind", Enum(("Request", "Reply")), packet), kind[name])

    def receive(position: int) -> tuple[Effect, ...]:
        seen = apply("payload", STAMP, packet, number(position))
        return (
            Write("network", (sender, me), apply("take", bag, Read("network", (sender, me), bag), packet)),
            put("clock", apply("tick", STAMP, apply("max", STAMP, clock, seen))),
            Note("received", packet, sender, me),
        )

    theirs = apply("payload", STAMP, packet, number(0))
    pair = Tuple((STAMP, node))
    own_pair = apply("tuple", pair, Narrow(mine, STAMP, Failure("absent", "none")), me)
    earlier = less(own_pair, apply("tuple", pair, theirs, sender))
    if not tie_break:
        earlier = less(Narrow(mine, STAMP, Failure("absent", "none")), theirs)
    on_request = Rule(
        "on Request",
        "arrival",
        "Node",
        arrival,
        received("Request"),
        (
            *receive(1),
            If(
                either(
                    equal(own("mode", mode), literal("inside")),
                    both(equal(own("mode", mode), literal("wanting")), earlier),
                ),
                (
                    put(
                        "deferred",
                        apply("union", Set(node), own("deferred", Set(node)), apply("set", Set(node), sender)),
                    ),
                ),
                send(sender, kind["Reply"]),
                branch=0,
            ),
        ),
    )
    on_reply = Rule(
        "on Reply",
        "arrival",
        "Node",
        arrival,
        received("Reply"),
        (
            *receive(0),
            put("granted", apply("union", Set(node), own("granted", Set(node)), apply("set", Set(node), sender))),
        ),
    )
    enter = Rule(
        "enter",
        "action",
        "Node",
        (everybody,),
        both(equal(own("mode", mode), literal("wanting")), equal(own("granted", Set(node)), others)),
        (put("mode", literal("inside")),),
        "fair",
    )
    leave = Rule(
        "leave",
        "action",
        "Node",
        (everybody,),
        equal(own("mode", mode), literal("inside")),
        (
            tick,
            put("mode", literal("idle")),
            put("mine", Literal(None, Optional(STAMP))),
            ForEach("q", own("deferred", Set(node)), send(Bound("q", node), kind["Reply"])),
            put("deferred", Literal(frozenset(), Set(node))),
        ),
        "fair",
    )
    variables = (
        Variable("Node.clock", (node,), STAMP, "clock"),
        Variable("Node.mode", (node,), mode),
        Variable("Node.mine", (node,), Optional(STAMP)),
        Variable("Node.granted", (node,), Set(node)),
        Variable("Node.deferred", (node,), Set(node)),
        Variable("Node.left", (node,), left),
        Variable("network", (node, node), bag, "channel"),
    )
    everywhere = {
        "Node.clock": Literal(0, STAMP),
        "Node.mode": literal("idle"),
        "Node.mine": Literal(None, Optional(STAMP)),
        "Node.granted": Literal(frozenset(), Set(node)),
        "Node.deferred": Literal(frozenset(), Set(node)),
        "Node.left": number(entries),
    }
    initial: list[Effect] = [
        ForEach("p", ids(node), (Write(name, (Bound("p", node),), value),)) for name, value in everywhere.items()
    ]
    pairs = (Write("network", (Bound("p", node), Bound("q", node)), Literal((), bag)),)
    initial.append(ForEach("p", ids(node), (ForEach("q", ids(node), pairs),)))
    p, q = Bound("p", node), Bound("q", node)
    inside = equal(Read("Node.mode", (p,), mode), literal("inside"))
    count = Collected("count", "p", ids(node), inside, None, Int(0, size))
    wanting = [equal(Read("Node.mode", (each,), mode), literal("wanting")) for each in (p, q)]
    distinct = apply("!=", BOOL, p, q)
    contention = Quantified(
        "exists", "p", ids(node), Quantified("exists", "q", ids(node), both(distinct, *wanting), BOOL), BOOL
    )
    clocks = [Read("Node.clock", (p,), STAMP, old) for old in (True, False)]
    monotone = Quantified("forall", "p", ids(node), apply("<=", BOOL, *clocks), BOOL)
    done = Quantified("forall", "p", ids(node), equal(Read("Node.mode", (p,), mode), literal("idle")), BOOL)
    cost = (("sent", 1), ("fired(request)", -2 * (size - 1)))
    return system(
        variables,
        (request, on_request, on_reply, enter, leave),
        tuple(initial),
        (
            Property("mutex", "invariant", apply("<=", BOOL, count, number(1))),
            Property("contention", "reachable", contention),
            Property("clocks grow", "step", monotone),
            Property("cost", "bound", TRUE, cost, number(0)),
            Property("tight cost", "tight", TRUE, cost, number(0)),
            Property("final", "final", done),
        ),
        ("sent", "fired(request)"),
        branches=1,
    )
