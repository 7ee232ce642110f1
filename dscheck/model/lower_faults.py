"""Which faults can happen? Rules for crashes, recoveries, lost and duplicated messages, cut and healed links.

Budgets are state: `crash up to 1` is a variable that a crash counts down. A budget without a limit needs none.
"""

from dataclasses import replace

from dscheck import domains
from dscheck.domains import Id, Int
from dscheck.language.checked import ProcessInfo
from dscheck.model.expressions import Apply, Bound, Collected, Expression, Failure, Literal, Read
from dscheck.model.fitting import fit
from dscheck.model.intervals import element_of
from dscheck.model.lower_calls import links
from dscheck.model.lower_expression import lower_expression
from dscheck.model.lower_rules import ProcessStep, arriving, own_scope, self_parameter, take_from_channel, tick
from dscheck.model.lower_send import (
    BOTH,
    ONE,
    can_heal,
    channel,
    channels,
    message_domain,
    put_in_channel,
    room_in,
)
from dscheck.model.lower_statement import lower_block, own_writes
from dscheck.model.lowering import BOOL, FALSE, TRUE, Lowering, conjunction, negation, spare
from dscheck.model.system import Choose, Effect, Effects, ForEach, If, Note, Parameter, Rule, Variable, Write


def budget_variables(lowering: Lowering) -> dict[str, int]:
    """The budgets that are state, with their amounts."""
    configuration = lowering.configuration
    found: dict[str, int] = {}
    for process in lowering.checked.processes:
        if not configuration.may_crash(process):
            continue
        for kind, budgets in (("crash", configuration.crash), ("recover", configuration.recover)):
            amount = budgets.get(process, 0)
            if amount:
                found[f"{kind} {process}"] = amount
    cuts = configuration.cut if links(lowering) else 0
    amounts = {"losses": configuration.loss, "duplicates": configuration.duplicate, "cuts": cuts}
    found.update({name: amount for name, amount in amounts.items() if amount})
    if configuration.heal and links(lowering):
        found["heals"] = configuration.heal
    crashes = any(map(configuration.may_crash, lowering.checked.processes))
    if configuration.total and (found or crashes):
        found["faults in total"] = configuration.total
    return found


def fault_variables(lowering: Lowering) -> list[Variable]:
    """What is up, what is cut, and what is left of the budgets."""
    found = [
        Variable(f"up {process}", (lowering.id_domain(process),), BOOL, "up")
        for process in lowering.checked.processes
        if lowering.configuration.may_crash(process)
    ]
    found.extend(
        Variable(f"cut {a}-{b}", (lowering.id_domain(a), lowering.id_domain(b)), BOOL, "cut")
        for a, b in links(lowering)
    )
    found.extend(Variable(name, (), Int(0, most), "budget") for name, most in budget_variables(lowering).items())
    return found


def _left(lowering: Lowering, name: str) -> Expression:
    """Is something left of this budget? A missing one has no limit."""
    most = budget_variables(lowering).get(name)
    return TRUE if most is None else spare(name, most)


def _spend(lowering: Lowering, *names: str) -> Effects:
    effects: list[Effect] = []
    for name in names:
        most = budget_variables(lowering).get(name)
        if most is not None:
            read = Read(name, (), Int(0, most))
            effects.append(Write(name, (), Apply("-", (read, ONE), Int(0, most))))
    return tuple(effects)


def _faults_left(lowering: Lowering) -> Expression:
    return FALSE if lowering.configuration.total == 0 else _left(lowering, "faults in total")


# --- crash and recovery ------------------------------------------------------------------------


def crash_is_possible(lowering: Lowering, process: str, own: Expression) -> Expression:
    """May this process crash now?"""
    configuration = lowering.configuration
    allowed = conjunction(lowering.is_up(process, own), _left(lowering, f"crash {process}"), _faults_left(lowering))
    limit = configuration.down.get(process)
    if limit is None:
        return allowed
    who = Bound("p·", lowering.id_domain(process))
    down = Collected(
        "count",
        "p·",
        lowering.all_ids(process),
        negation(lowering.is_up(process, who)),
        None,
        Int(0, lowering.sizes[process]),
    )
    return conjunction(allowed, Apply("<", (down, Literal(limit, Int(limit, limit))), BOOL))


def _crash_effects(lowering: Lowering, info: ProcessInfo, own: Expression) -> Effects:
    effects: list[Effect] = [Write(f"up {info.name}", (own,), FALSE)]
    effects.extend(Write(f"{info.name}.{timer}", (own,), FALSE) for timer in info.timers)
    effects.extend(_spend(lowering, f"crash {info.name}", "faults in total"))
    hook = info.hooks.get("crash")
    if hook is not None:
        scope = own_scope(lowering, info)
        effects.extend(lower_block(lowering, hook.body, replace(scope, local={**scope.local, "self": own})))
    for_ever = negation(lowering.can_recover(info.name))
    clear = _clear_inbound(lowering, info.name, own)
    if for_ever == TRUE:
        effects.extend(clear)
    elif for_ever != FALSE and clear:
        effects.append(If(for_ever, clear, ()))
    return tuple(effects)


def _clear_inbound(lowering: Lowering, process: str, receiver: Expression) -> Effects:
    """Drop everything on its way to a process that can never receive it."""
    effects: list[Effect] = []
    for a, b in channels(lowering):
        if b == process:
            sender = Bound("from!", lowering.id_domain(a))
            where = channel(lowering, (a, b), sender, receiver)
            effects.append(ForEach("from!", lowering.all_ids(a), (_empty_channel(where),)))
    return tuple(effects)


def _empty_channel(where: Read) -> Write:
    return Write(where.variable, where.indices, Literal((), where.domain))


def crash_rules(lowering: Lowering, info: ProcessInfo, steps: list[ProcessStep]) -> list[Rule]:
    """Crashes between steps, crashes in mid-step, recoveries, and arrivals at a process that is down."""
    if not lowering.configuration.may_crash(info.name):
        return []
    own = Bound("self", lowering.id_domain(info.name))
    rules = [
        Rule(
            "crash",
            "crash",
            info.name,
            (self_parameter(lowering, info.name),),
            crash_is_possible(lowering, info.name, own),
            _crash_effects(lowering, info, own),
        )
    ]
    if lowering.configuration.torn:
        rules.extend(_torn(lowering, info, step) for step in steps)
    if lowering.configuration.may_recover(info.name):
        rules.append(_recovery(lowering, info))
        rules.extend(_discards(lowering, info))
    return rules


def _torn(lowering: Lowering, info: ProcessInfo, step: ProcessStep) -> Rule:
    """The variant of a step in which the process crashes before all its messages have left."""
    own = Bound("self", lowering.id_domain(info.name))
    durable = {f"{info.name}.{name}" for name, variable in info.variables.items() if variable.kind == "durable"}
    written = own_writes(step.torn_body, info.name)
    undo: Effects = ()
    if written & durable:
        names = sorted(written - {f"{info.name}.{timer}" for timer in info.timers} - {f"{info.name}.clock"})
        ghosts = {f"{info.name}.{name}" for name, variable in info.variables.items() if variable.kind == "ghost"}
        restore = tuple(
            Write(name, (own,), Read(name, (own,), _domain_of(lowering, info, name), old=True))
            for name in names
            if name not in ghosts
        )
        kept = Bound("durable writes kept", BOOL)
        undo = (Choose(kept.name, BOTH, (If(kept, (), restore),), Failure("choice", "nothing to choose from")),)
    body = (*step.torn_body, *undo, *_crash_effects(lowering, info, own))
    guard = conjunction(crash_is_possible(lowering, info.name, own), step.rule.guard)
    return replace(step.rule, guard=guard, body=body, torn=True, fairness="")


def _domain_of(lowering: Lowering, info: ProcessInfo, name: str) -> domains.Domain:
    return lowering.domain(info.variables[name.removeprefix(f"{info.name}.")].type)


def _recovery(lowering: Lowering, info: ProcessInfo) -> Rule:
    scope = own_scope(lowering, info)
    own = scope.local["self"]
    guard = conjunction(negation(lowering.is_up(info.name, own)), lowering.can_recover(info.name))
    effects: list[Effect] = []
    for name, variable in info.variables.items():
        if not variable.kind:
            effects.extend(initialise(lowering, info, name))
    effects.append(Write(f"up {info.name}", (own,), TRUE))
    effects.extend(_spend(lowering, f"recover {info.name}"))
    used_up = negation(lowering.can_recover(info.name))
    if used_up != FALSE:
        # With the last recovery, whatever travels to the others that are down can never arrive.
        who = Bound("down!", lowering.id_domain(info.name))
        clear = _clear_inbound(lowering, info.name, who)
        if clear:
            each = (If(negation(lowering.is_up(info.name, who)), clear, ()),)
            effects.append(If(used_up, (ForEach("down!", lowering.all_ids(info.name), each),), ()))
    hook = info.hooks.get("recover")
    if hook is not None:
        body = lower_block(lowering, hook.body, scope)
        if scope.notes.needs_tick:
            effects.extend(tick(lowering, info.name, own))
        effects.extend(body)
    return Rule(
        "recover",
        "recover",
        info.name,
        (self_parameter(lowering, info.name),),
        guard,
        tuple(effects),
        span=hook.span if hook else None,
    )


def initialise(lowering: Lowering, info: ProcessInfo, name: str) -> Effects:
    """Give a variable of `self` its initial value, or one of several."""
    variable = info.variables[name]
    scope = own_scope(lowering, info)
    domain = lowering.domain(variable.type)
    value = lower_expression(lowering, variable.initial, scope)
    own = scope.local["self"]
    if not variable.several:
        return (Write(f"{info.name}.{name}", (own,), fit(value, domain, name, variable.initial.span)),)
    inner, bound = scope.bind_statement(name, element_of(value.domain))
    failure = Failure("choice", f"`{name}` has no initial value to choose from", variable.initial.span)
    chosen = fit(inner.local[name], domain, name, variable.initial.span)
    return (Choose(bound, value, (Write(f"{info.name}.{name}", (own,), chosen),), failure),)


def _discards(lowering: Lowering, info: ProcessInfo) -> list[Rule]:
    from_channel = []
    own = Bound("self", lowering.id_domain(info.name))
    for pair in channels(lowering):
        if pair[1] != info.name:
            continue
        sender = Bound("sender", lowering.id_domain(pair[0]))
        message = Bound("message", message_domain(lowering, *pair))
        where = channel(lowering, pair, sender, own)
        from_channel.append(
            Rule(
                "discard",
                "discard",
                info.name,
                (
                    self_parameter(lowering, info.name),
                    Parameter("sender", lowering.all_ids(pair[0]), sender.domain, shown=False),
                    Parameter("message", arriving(where), message.domain, shown=False),
                ),
                conjunction(negation(lowering.is_up(info.name, own)), _linked(lowering, pair, sender, own)),
                (take_from_channel(where, message), Note("discarded", message, sender, own)),
                fairness="fair",
            )
        )
    return from_channel


# --- the network -------------------------------------------------------------------------------


def network_rules(lowering: Lowering) -> list[Rule]:
    """Losses, duplicates, cuts and heals."""
    configuration = lowering.configuration
    rules: list[Rule] = []
    if configuration.loss:
        rules.extend(_message_fault(lowering, pair, "loss") for pair in channels(lowering))
    if configuration.duplicate:
        rules.extend(_message_fault(lowering, pair, "duplicate") for pair in channels(lowering))
    for a, b in links(lowering):
        rules.append(_cut(lowering, a, b))
        if configuration.heal != 0:
            rules.append(_heal(lowering, a, b))
    return rules


def _message_fault(lowering: Lowering, pair: tuple[str, str], kind: str) -> Rule:
    sender = Bound("sender", lowering.id_domain(pair[0]))
    receiver = Bound("receiver", lowering.id_domain(pair[1]))
    where = channel(lowering, pair, sender, receiver)
    of = message_domain(lowering, *pair)
    ends = (
        Parameter("sender", lowering.all_ids(pair[0]), sender.domain),
        Parameter("receiver", lowering.all_ids(pair[1]), receiver.domain),
    )
    budget = "losses" if kind == "loss" else "duplicates"
    guard = conjunction(_left(lowering, budget), _faults_left(lowering))
    spend = _spend(lowering, budget, "faults in total")
    if isinstance(where.domain, domains.List):
        # Any message of a queue may be struck; its place is part of the label.
        place = Parameter("place", Apply("positions", (where,), domains.List(Int(0, 10**9), None)), Int(0, 10**9))
        at = Bound("place", place.domain)
        outside = Failure("absent", "a place in a queue that it does not have: {value}")
        message: Expression = Apply("item", (where, at), of, outside)
        after = Apply("+", (at, ONE), place.domain)
        if kind == "loss":
            changed = Apply("without", (where, at), where.domain)
            change: Effects = (Write(where.variable, where.indices, changed),)
        else:
            changed = Apply("insert", (where, after, message), where.domain)
            change = (*room_in(lowering, where, None), Write(where.variable, where.indices, changed))
        parameters = (*ends, place)
    else:
        message = Bound("message", of)
        parameters = (*ends, Parameter("message", where, of))
        if kind == "loss":
            change = (take_from_channel(where, message),)
        else:
            change = put_in_channel(lowering, where, message, None)
    note = Note("lost" if kind == "loss" else "duplicated", message, sender, receiver)
    return Rule(
        "loss" if kind == "loss" else "duplicate",
        "loss" if kind == "loss" else "duplicate",
        None,
        parameters,
        guard,
        (note, *change, *spend),
    )


def _cut_read(a: str, b: str, x: Expression, y: Expression) -> Read:
    return Read(f"cut {a}-{b}", (x, y), BOOL)


def _linked(lowering: Lowering, pair: tuple[str, str], x: Expression, y: Expression) -> Expression:
    from_pairs = dict.fromkeys(links(lowering))
    if pair in from_pairs:
        return negation(_cut_read(*pair, x, y))
    if pair[::-1] in from_pairs:
        return negation(_cut_read(*pair[::-1], y, x))
    return TRUE


def _ends(lowering: Lowering, a: str, b: str) -> tuple[Bound, Bound, tuple[Parameter, Parameter], Expression]:
    x, y = Bound("a", Id(a, lowering.sizes[a])), Bound("b", Id(b, lowering.sizes[b]))
    parameters = (Parameter("a", lowering.all_ids(a), x.domain), Parameter("b", lowering.all_ids(b), y.domain))
    once = Apply("<", (x, y), BOOL) if a == b else TRUE
    return x, y, parameters, once


def _write_cut(a: str, b: str, x: Expression, y: Expression, value: Expression) -> Effects:
    one = Write(f"cut {a}-{b}", (x, y), value)
    return (one, Write(f"cut {a}-{b}", (y, x), value)) if a == b else (one,)


def _clear_link(lowering: Lowering, a: str, b: str, x: Expression, y: Expression) -> Effects:
    effects: list[Effect] = []
    for pair, ends in (((a, b), (x, y)), ((b, a), (y, x))):
        if pair in channels(lowering):
            effects.append(_empty_channel(channel(lowering, pair, *ends)))
    return tuple(effects)


def _cut(lowering: Lowering, a: str, b: str) -> Rule:
    x, y, parameters, once = _ends(lowering, a, b)
    whole = negation(_cut_read(a, b, x, y))
    guard = conjunction(once, whole, _left(lowering, "cuts"), _faults_left(lowering))
    effects: list[Effect] = [*_write_cut(a, b, x, y, TRUE), *_spend(lowering, "cuts", "faults in total")]
    for_ever = negation(can_heal(lowering))
    if for_ever != FALSE:
        effects.append(If(for_ever, _clear_link(lowering, a, b, x, y), ()))
    return Rule("cut", "cut", None, parameters, guard, tuple(effects))


def _heal(lowering: Lowering, a: str, b: str) -> Rule:
    x, y, parameters, once = _ends(lowering, a, b)
    guard = conjunction(once, _cut_read(a, b, x, y), can_heal(lowering))
    effects: list[Effect] = [*_write_cut(a, b, x, y, FALSE), *_spend(lowering, "heals")]
    used_up = negation(can_heal(lowering))
    if used_up != FALSE:
        # With the last heal, whatever waits on the other cut links can never arrive.
        clear = tuple(_clear_cut_links(lowering, c, d) for c, d in links(lowering))
        effects.append(If(used_up, clear, ()))
    return Rule("heal", "heal", None, parameters, guard, tuple(effects))


def _clear_cut_links(lowering: Lowering, a: str, b: str) -> ForEach:
    x, y = Bound("end!", Id(a, lowering.sizes[a])), Bound("other end!", Id(b, lowering.sizes[b]))
    inner = If(_cut_read(a, b, x, y), _clear_link(lowering, a, b, x, y), ())
    return ForEach(x.name, lowering.all_ids(a), (ForEach(y.name, lowering.all_ids(b), (inner,)),))
