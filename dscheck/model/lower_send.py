"""What does sending do? Channels, the network's order, and messages that can never arrive.

There is a channel per ordered pair of processes between which a message can travel: a list in a fifo network, a bag in
an unordered one. A message to a process that can never receive it again is dropped at once: kept, it would make
equal situations differ and some state spaces infinite.
"""

from dscheck import domains
from dscheck.domains import Domain, Int
from dscheck.language import syntax
from dscheck.model.expressions import Apply, Bound, Expression, Failure, Literal, Read
from dscheck.model.fitting import fit
from dscheck.model.knowledge import knowledge_fields, sent_knowledge
from dscheck.model.lower_calls import is_linked
from dscheck.model.lower_expression import lower_expression
from dscheck.model.lowering import (
    BOOL,
    FALSE,
    TRUE,
    Lowering,
    conjunction,
    disjunction,
    negation,
    spare,
)
from dscheck.model.scope import Scope
from dscheck.model.system import Assert, Choose, Count, Effects, ForEach, If, LetIn, Note, Write
from dscheck.source import Span

CLOCK_FIELD = "@clock"
BOTH = Literal(frozenset((False, True)), domains.Set(BOOL))
ONE = Literal(1, Int(1, 1))


def channels(lowering: Lowering) -> tuple[tuple[str, str], ...]:
    """(sender, receiver) process sets between which some message is sent, in the order of declaration."""
    order = list(lowering.checked.processes)
    pairs = {pair for traffic in lowering.checked.senders.values() for pair in traffic}
    return tuple(sorted(pairs, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))))


def channel_name(sender: str, receiver: str) -> str:
    """The variable that holds the messages from one process set to another."""
    return f"network {sender}->{receiver}"


def message_domain(lowering: Lowering, sender: str, receiver: str) -> domains.Message:
    """The messages that travel from one process set to another; with the sender's clock when both keep one.

    Last come the fields in which they carry knowledge of events.
    """
    clock = lowering.carries_clock(sender, receiver)
    kinds = []
    for name, declaration in lowering.checked.messages.items():
        if (sender, receiver) in lowering.checked.senders.get(name, frozenset()):
            stamp = () if clock is None else ((CLOCK_FIELD, clock),)
            knowledge = knowledge_fields(lowering, sender, receiver)
            fields = (*lowering.field_domains(declaration.fields), *stamp, *knowledge)
            kinds.append(domains.Record(name, fields))
    return domains.Message(tuple(kinds))


def channel_domain(lowering: Lowering, sender: str, receiver: str) -> Domain:
    """The domain of one channel."""
    message = message_domain(lowering, sender, receiver)
    return domains.List(message, None) if lowering.configuration.order == "fifo" else domains.Bag(message)


def channel(lowering: Lowering, pair: tuple[str, str], sender: Expression, receiver: Expression) -> Read:
    """The channel from one process to another."""
    return Read(channel_name(*pair), (sender, receiver), channel_domain(lowering, *pair))


def room_in(lowering: Lowering, where: Read, span: Span | None) -> Effects:
    """A full channel is a violation when a capacity is declared."""
    capacity = lowering.configuration.capacity
    if capacity is None:
        return ()
    limit = Literal(capacity, Int(capacity, capacity))
    room = Apply("<", (Apply("length", (where,), Int(0, capacity)), limit), BOOL)
    text = f"a channel would hold more than its capacity of {capacity}"
    return (Assert(room, Failure("capacity", text, span)),)


def put_in_channel(lowering: Lowering, where: Read, message: Expression, span: Span | None) -> Effects:
    """Append `message` to a channel that has room for it."""
    if isinstance(where.domain, domains.List):
        grown = Apply("concatenate", (where, Apply("list", (message,), domains.List(message.domain, 1))), where.domain)
    else:
        grown = Apply("add", (where, message), where.domain)
    return (*room_in(lowering, where, span), Write(where.variable, where.indices, grown))


def unreachable_for_ever(lowering: Lowering, sender: Expression, receiver: Expression) -> Expression:
    """Can a message from `sender` never be received by `receiver` any more?"""
    assert isinstance(receiver.domain, domains.Id)
    role = receiver.domain.process
    gone = conjunction(negation(lowering.is_up(role, receiver)), negation(lowering.can_recover(role)))
    severed = conjunction(negation(is_linked(lowering, sender, receiver)), negation(can_heal(lowering)))
    return disjunction(gone, severed)


def can_heal(lowering: Lowering) -> Expression:
    """May a cut link still be healed?"""
    heal = lowering.configuration.heal
    if heal is None:
        return TRUE
    return spare("heals", heal) if heal else FALSE


def lower_send(lowering: Lowering, statement: syntax.Send, scope: Scope, *, torn: bool) -> Effects:
    """The effects of a `send`."""
    assert scope.process is not None
    receiver_role, many = scope.tables.send_to[id(statement)]
    scope.notes.needs_tick = True
    scope.notes.sends += 2 if many == "many" else 1
    message = _message(lowering, statement, (scope.process, receiver_role), scope)
    target = lower_expression(lowering, statement.target, scope)
    inner, name = scope.bind_statement(f"{statement.message.name}!", message.domain)
    bound = Bound(name, message.domain)
    if many == "one":
        receiver = fit(target, lowering.id_domain(receiver_role), "the addressee", statement.target.span)
        if not isinstance(receiver, (Bound, Literal)):
            inner, to = inner.bind_statement("to!", receiver.domain)
            body = _send_one(lowering, statement, scope, bound, Bound(to, receiver.domain), torn=torn)
            return (LetIn(name, message, (LetIn(to, receiver, body),)),)
        return (LetIn(name, message, _send_one(lowering, statement, scope, bound, receiver, torn=torn)),)
    everyone = domains.Set(lowering.id_domain(receiver_role))
    target = fit(target, everyone, "the set of addressees", statement.target.span)
    inner, to = inner.bind_statement("to!", lowering.id_domain(receiver_role))
    body = _send_one(lowering, statement, scope, bound, Bound(to, lowering.id_domain(receiver_role)), torn=torn)
    return (LetIn(name, message, (ForEach(to, target, body),)),)


def _message(lowering: Lowering, statement: syntax.Send, pair: tuple[str, str], scope: Scope) -> Expression:
    domain = message_domain(lowering, *pair)
    name = statement.message.name
    fields = domain.kind(name).fields
    parts: list[Expression] = [Literal(name, domains.Enum((name,)))]
    for argument, (field, of) in zip(statement.arguments, fields, strict=False):
        value = lower_expression(lowering, argument, scope)
        parts.append(fit(value, of, f"field `{field}` of {name}", argument.span))
    clock = lowering.carries_clock(*pair)
    if clock is not None:
        parts.append(Read(f"{pair[0]}.clock", (scope.local["self"],), clock))
    parts.extend(sent_knowledge(lowering, *pair, scope.local["self"]))
    return Apply("message", tuple(parts), domain, span=statement.span)


def _send_one(
    lowering: Lowering, statement: syntax.Send, scope: Scope, message: Bound, receiver: Expression, *, torn: bool
) -> Effects:
    assert scope.process is not None
    assert isinstance(receiver.domain, domains.Id)
    sender = scope.local["self"]
    where = channel(lowering, (scope.process, receiver.domain.process), sender, receiver)
    arrives = (*put_in_channel(lowering, where, message, statement.span), Note("sent", message, sender, receiver))
    lost = unreachable_for_ever(lowering, sender, receiver)
    effects: Effects = arrives
    if lost != FALSE:
        effects = (If(lost, (Note("dropped", message, sender, receiver),), arrives),)
    counter = f"sent {statement.message.name}"
    if counter in lowering.counters:
        effects = (Count(counter, ONE), *effects)
    if torn:
        # Whether this message leaves before the crash is open.
        inner, name = scope.bind_statement(f"{statement.message.name} leaves", BOOL)
        empty = Failure("choice", "nothing to choose from", statement.span)
        effects = (Choose(name, BOTH, (If(inner.local[f"{statement.message.name} leaves"], effects, ()),), empty),)
    return effects
