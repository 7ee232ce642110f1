"""Which steps do processes take? Rules for actions, arriving messages and timeouts, with pure guards.

`require` and `defer` are guards: what they demand is made part of the rule's guard, so that asking whether a rule is
enabled never needs to run its body.
"""

from dataclasses import replace

from dscheck import domains
from dscheck.domains import Int
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo
from dscheck.model.expressions import Apply, Bound, Connective, Expression, Invoke, Let, Literal, Quantified, Read
from dscheck.model.intervals import element_of
from dscheck.model.knowledge import receive_knowledge
from dscheck.model.lower_assumptions import waiting
from dscheck.model.lower_calls import is_linked
from dscheck.model.lower_expression import lower_condition, lower_expression
from dscheck.model.lower_send import CLOCK_FIELD, ONE, channel, message_domain
from dscheck.model.lower_statement import lower_block
from dscheck.model.lowering import (
    BOOL,
    FALSE,
    TRUE,
    Lowering,
    conjunction,
    disjunction,
    implication,
    negation,
)
from dscheck.model.rewriting import after_writes
from dscheck.model.scope import RuleNotes, Scope
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Parameter,
    Require,
    Rule,
    Write,
)
from dscheck.record import record


@record
class ProcessStep:
    """A rule of a process and what its torn variant needs to know.

    Attributes:
        rule: the rule.
        torn_body: the body in which each message may fail to leave.
        sends: how many addressees it can have; 2 stands for more.
    """

    rule: Rule
    torn_body: Effects
    sends: int


def own_scope(lowering: Lowering, info: ProcessInfo) -> Scope:
    """The scope of a body of this process set: only `self` is bound."""
    own = Bound("self", lowering.id_domain(info.name))
    return Scope(lowering.checked.tables, info.name, {"self": own}, notes=RuleNotes())


def self_parameter(lowering: Lowering, process: str) -> Parameter:
    """The process that takes the step."""
    return Parameter("self", lowering.all_ids(process), lowering.id_domain(process), shown=False)


def steps_of(lowering: Lowering, info: ProcessInfo) -> list[ProcessStep]:
    """The rules of a process set: actions, then arrivals, then timeouts, each in the order of the text."""
    steps = [_action(lowering, info, action) for action in info.actions.values()]
    for handler in info.handlers:
        steps.extend(_arrivals(lowering, info, handler))
    steps.extend(_timeout(lowering, info, timeout) for timeout in info.timeouts)
    return steps


def acceptance(effects: Effects) -> Expression:
    """What the `Require`s of a body demand, as one expression over the state in which the body begins.

    They stand before every write of the body, so reading that state is reading the state there. A step that may fail
    before a requirement is reached is enabled whatever that requires: asking for it would hide the failure.
    """
    demands: Expression = TRUE
    for position, effect in enumerate(effects):
        match effect:
            case Require(test):
                demands = conjunction(demands, test)
                continue
            case If(test, then, otherwise):
                yes, no = acceptance(then), acceptance(otherwise)
                demands = conjunction(demands, implication(test, yes), implication(negation(test), no))
            case Choose(name, over, body):
                inner = acceptance(body)
                if inner != TRUE:
                    some = Quantified("exists", name, over, inner, BOOL)
                    demands = conjunction(demands, disjunction(_is_empty(over), some))
            case ForEach(name, over, body):
                inner = acceptance(body)
                if inner != TRUE:
                    each = Quantified("forall", name, over, inner, BOOL)
                    demands = conjunction(demands, disjunction(_failing((effect,)), each))
            case LetIn(name, value, body):
                inner = acceptance(body)
                if inner != TRUE:
                    demands = conjunction(demands, Let(name, value, inner, BOOL))
            case Assert():
                pass
            case _:
                return demands
        fails = _failing((effect,))
        if fails != FALSE:
            return conjunction(demands, disjunction(fails, acceptance(effects[position + 1 :])))
    return demands


def _failing(effects: Effects) -> Expression:
    """When an assertion fails or a choice is empty in these effects, as far as the state they begin in says."""
    fails: Expression = FALSE
    for effect in effects:
        match effect:
            case Assert(test):
                fails = disjunction(fails, negation(test))
            case If(test, then, otherwise):
                yes, no = conjunction(test, _failing(then)), conjunction(negation(test), _failing(otherwise))
                fails = disjunction(fails, _unless_false(yes), _unless_false(no))
            case Choose(name, over, body):
                inner = _failing(body)
                some = Quantified("exists", name, over, inner, BOOL) if inner != FALSE else FALSE
                fails = disjunction(fails, _is_empty(over), some)
            case ForEach(name, over, body):
                inner = _failing(body)
                fails = disjunction(fails, Quantified("exists", name, over, inner, BOOL) if inner != FALSE else FALSE)
            case LetIn(name, value, body):
                inner = _failing(body)
                fails = disjunction(fails, Let(name, value, inner, BOOL) if inner != FALSE else FALSE)
            case Require():
                pass
            case _:
                return fails
    return fails


def _unless_false(part: Expression) -> Expression:
    return FALSE if isinstance(part, Connective) and part.right == FALSE else part


def _is_empty(over: Expression) -> Expression:
    return Apply("==", (Apply("length", (over,), Int(0, 1)), Literal(0, Int(0, 0))), BOOL)


def without_leading_requirements(effects: Effects) -> Effects:
    """The body without the `Require`s that the guard already asks; those inside branches stay."""
    position = 0
    while position < len(effects) and isinstance(effects[position], Require):
        position += 1
    return effects[position:]


def _bodies(lowering: Lowering, block: syntax.Block, scope: Scope) -> tuple[Effects, Effects]:
    names, before = set(scope.notes.names), scope.notes.sends
    torn = lower_block(lowering, block, scope, torn=True) if lowering.configuration.torn else ()
    scope.notes.names, scope.notes.sends = names, before  # the second lowering takes the same names
    plain = lower_block(lowering, block, scope)
    return plain, torn


def tick(lowering: Lowering, process: str, own: Expression, received: Expression | None = None) -> Effects:
    """The clock's move at the start of a step; `received` is the stamp of the message it takes."""
    clock = lowering.live_clocks.get(process)
    if clock is None:
        return ()
    now: Expression = Read(f"{process}.clock", (own,), clock)
    if received is not None:
        now = Apply("max", (now, received), clock)
    moved = (
        Apply("tick", (now,), clock) if isinstance(clock, domains.Stamp) else Apply("tick_vector", (now, own), clock)
    )
    return (Write(f"{process}.clock", (own,), moved),)


def fired(lowering: Lowering, counter: str) -> Effects:
    """Count one more of `counter`, if some asked bound uses it."""
    return (Count(counter, ONE),) if counter in lowering.counters else ()


def _action(lowering: Lowering, info: ProcessInfo, action: syntax.Action) -> ProcessStep:
    scope = own_scope(lowering, info)
    own = scope.local["self"]
    parameters = [self_parameter(lowering, info.name)]
    for binder in action.parameters:
        over = lower_expression(lowering, binder.over, scope)
        of = element_of(over.domain)
        scope, name = scope.bind_statement(binder.name.name, of)
        parameters.append(Parameter(name, over, of))
    when = lower_condition(lowering, action.when, scope)
    scope.notes.needs_tick = False  # reading the clock in a guard is no step
    plain, torn = _bodies(lowering, action.body, scope)
    prelude: Effects = fired(lowering, f"fired {info.name}.{action.name.name}")
    if scope.notes.needs_tick:
        prelude += tick(lowering, info.name, own)
    guard = conjunction(lowering.is_up(info.name, own), when, after_writes(prelude, acceptance(plain)))
    rule = Rule(
        action.name.name,
        "action",
        info.name,
        tuple(parameters),
        guard,
        (*prelude, *without_leading_requirements(plain)),
        action.fairness,
        span=action.span,
    )
    return ProcessStep(rule, (*prelude, *without_leading_requirements(torn)), scope.notes.sends)


def _arrivals(lowering: Lowering, info: ProcessInfo, handler: syntax.Handler) -> list[ProcessStep]:
    """One rule per process set that sends the message."""
    checked, kind = lowering.checked, handler.message.name
    sender = checked.sender_of.get(id(handler))
    order = list(checked.processes)
    senders = sorted((a for a, b in checked.senders.get(kind, ()) if b == info.name), key=order.index)
    return [_arrival(lowering, info, handler, role) for role in senders if sender in (None, role)]


def _arrival(lowering: Lowering, info: ProcessInfo, handler: syntax.Handler, sender_role: str) -> ProcessStep:
    kind = handler.message.name
    pair = (sender_role, info.name)
    of = message_domain(lowering, *pair)
    scope = own_scope(lowering, info)
    own = scope.local["self"]
    sender = Bound("sender", lowering.id_domain(sender_role))
    message = Bound("message", of)
    hidden = {"·sender": sender, "·message": message}  # in sight only so that no binder takes their names
    scope = replace(scope, local={**scope.local, **hidden})
    scope.notes.names |= {"sender", "message"}
    fields = of.kind(kind).fields
    for position, (parameter, (_, domain)) in enumerate(zip(handler.parameters, fields, strict=False)):
        at = Literal(position, Int(position, position))
        scope = scope.with_local(parameter.name, Apply("payload", (message, at), domain, span=parameter.span))
    if handler.sender is not None:
        scope = scope.with_local(handler.sender.name, sender)
    when = lower_condition(lowering, handler.when, scope)
    scope.notes.needs_tick = False
    plain, torn = _bodies(lowering, handler.body, scope)
    where = channel(lowering, pair, sender, own)
    clock = lowering.carries_clock(*pair)
    stamp = None
    if clock is not None:
        at = Literal([name for name, _ in fields].index(CLOCK_FIELD), Int(0, len(fields)))
        stamp = Apply("payload", (message, at), clock)
    prelude = (
        take_from_channel(where, message),
        Note("received", message, sender, own),
        *fired(lowering, f"delivered {kind}"),
        *tick(lowering, info.name, own, stamp),
        *receive_knowledge(lowering, *pair, own, message, len(fields)),
    )
    guard = conjunction(
        lowering.is_up(info.name, own),
        is_linked(lowering, sender, own),
        is_kind(message, kind, of),
        when,
        after_writes(prelude, acceptance(plain)),
    )
    rule = Rule(
        f"on {kind}",
        "arrival",
        info.name,
        (self_parameter(lowering, info.name), *arrival_parameters(lowering, pair, where)),
        guard,
        (*prelude, *without_leading_requirements(plain)),
        handler.fairness,
        span=handler.span,
    )
    return ProcessStep(rule, (*prelude, *without_leading_requirements(torn)), scope.notes.sends)


def is_kind(message: Bound, kind: str, of: domains.Message) -> Expression:
    """Is the message of this kind? True without asking when there is no other."""
    if len(of.kinds) == 1:
        return TRUE
    words = domains.Enum(tuple(record.name for record in of.kinds))
    return Apply("==", (Apply("kind", (message,), words), Literal(kind, words)), BOOL)


def arrival_parameters(lowering: Lowering, pair: tuple[str, str], where: Read) -> tuple[Parameter, Parameter]:
    """The sender and the message of an arrival: at the head of the channel, or anywhere in it."""
    sender = Parameter("sender", lowering.all_ids(pair[0]), lowering.id_domain(pair[0]), shown=False)
    return sender, Parameter("message", arriving(where), message_domain(lowering, *pair), shown=False)


def arriving(where: Read) -> Expression:
    """The messages of a channel that can arrive now."""
    if isinstance(where.domain, domains.List):
        return Apply("front", (where,), domains.List(where.domain.element, 1))
    return where


def take_from_channel(where: Read, message: Expression) -> Write:
    """Remove an arriving message from its channel."""
    if isinstance(where.domain, domains.List):
        return Write(where.variable, where.indices, Apply("rest", (where,), where.domain))
    return Write(where.variable, where.indices, Apply("take", (where, message), where.domain))


def _timeout(lowering: Lowering, info: ProcessInfo, timeout: syntax.Timeout) -> ProcessStep:
    scope = own_scope(lowering, info)
    own = scope.local["self"]
    name = timeout.timer.name
    when = lower_condition(lowering, timeout.when, scope)
    scope.notes.needs_tick = False
    plain, torn = _bodies(lowering, timeout.body, scope)
    running = Read(f"{info.name}.{name}", (own,), BOOL)
    due = _due(lowering, info, info.timers[name])
    prelude: Effects = (Write(f"{info.name}.{name}", (own,), FALSE),)
    if scope.notes.needs_tick:
        prelude += tick(lowering, info.name, own)
    ready = conjunction(lowering.is_up(info.name, own), running, when, after_writes(prelude, acceptance(plain)), due)
    guard = conjunction(ready, waiting(lowering, info, name, scope, ready))
    rule = Rule(
        f"timeout {name}",
        "timeout",
        info.name,
        (self_parameter(lowering, info.name),),
        guard,
        (*prelude, *without_leading_requirements(plain)),
        "fair",
        span=timeout.span,
    )
    return ProcessStep(rule, (*prelude, *without_leading_requirements(torn)), scope.notes.sends)


def _due(lowering: Lowering, info: ProcessInfo, timer: syntax.Timer) -> Expression:
    """When may the timer fire? Synchrony is a fact of the model: no process can observe it."""
    if lowering.configuration.early or timer.after is None:
        return TRUE
    silence = Invoke("silence", (), BOOL)
    if timer.after.name == "silence":
        return silence
    return conjunction(silence, negation(runs_somewhere(lowering, info.name, timer.after.name)))


def runs_somewhere(lowering: Lowering, process: str, timer: str) -> Expression:
    """Does this timer run at some process that is up?"""
    # The name cannot collide with one of the spec's: it is no identifier.
    who = Bound("p·", lowering.id_domain(process))
    body = conjunction(Read(f"{process}.{timer}", (who,), BOOL), lowering.is_up(process, who))
    return Quantified("exists", "p·", lowering.all_ids(process), body, BOOL)
