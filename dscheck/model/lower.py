"""From a checked spec to a transition system: the whole lowering, in order.

Sugar ends here. Channels, clocks, timers and faults become variables and rules, and no engine hears of them.
"""

from dscheck import domains
from dscheck.domains import Int
from dscheck.language.checked import CheckedSpec, ProcessInfo
from dscheck.model.expressions import Bound, Expression, Failure, Literal
from dscheck.model.fairness import with_obligations
from dscheck.model.fitting import fit
from dscheck.model.intervals import element_of
from dscheck.model.knowledge import comparisons, initial_knowledge, knowledge_variables
from dscheck.model.lower_assumptions import assumptions_of, stuck
from dscheck.model.lower_expression import lower_expression
from dscheck.model.lower_faults import budget_variables, crash_rules, fault_variables, initialise, network_rules
from dscheck.model.lower_properties import comparisons_of, counters_of, properties_of
from dscheck.model.lower_rules import ProcessStep, own_scope, steps_of, tick
from dscheck.model.lower_send import channel, channel_domain, channel_name, channels
from dscheck.model.lower_silence import quiet, silence
from dscheck.model.lower_statement import lower_block
from dscheck.model.lowering import BOOL, FALSE, TRUE, Lowering
from dscheck.model.scope import Scope
from dscheck.model.settings import Configuration
from dscheck.model.system import Choose, Effect, Effects, ForEach, Rule, System, Variable, Write
from dscheck.model.tracking import tracking_of


def lower(checked: CheckedSpec, configuration: Configuration) -> System:
    """The transition system of a spec under one configuration.

    Raises:
        SpecError: these constants make no sense: an empty range, a process set without members.
    """
    lowering = Lowering(checked, configuration)
    traffic = [pair for pairs in checked.senders.values() for pair in pairs]
    lowering.tracking = tracking_of(comparisons_of(lowering), traffic)
    lowering.counters = counters_of(lowering)
    steps = {name: steps_of(lowering, info) for name, info in checked.processes.items()}
    rules = [step.rule for group in steps.values() for step in group]
    for name, info in checked.processes.items():
        rules.extend(crash_rules(lowering, info, steps[name]))
    rules.extend(network_rules(lowering))
    rules = with_obligations(lowering, rules)
    assumed = assumptions_of(lowering)
    definitions = [silence(lowering, rules), quiet(lowering, rules), *([stuck(rules)] if assumed else [])]
    definitions.extend(comparisons(lowering))
    lowering.definitions = {definition.name: definition.body for definition in definitions}
    return System(
        source=checked.source,
        protocol=checked.protocol,
        settings=configuration.shown(),
        processes=lowering.sizes,
        singletons=frozenset(name for name, info in checked.processes.items() if info.singleton),
        variables=tuple(_variables(lowering)),
        definitions={definition.name: definition for definition in definitions},
        rules=tuple(rules),
        initial=_initial(lowering),
        properties=properties_of(lowering),
        counters=tuple(sorted(lowering.counters)),
        branches=lowering.numbered_branches(),
        assumptions=_assumptions(lowering, steps, rules),
        assumed=assumed,
        symmetric=checked.symmetric,
    )


def _variables(lowering: Lowering) -> list[Variable]:
    checked = lowering.checked
    found: list[Variable] = []
    for name, declaration in checked.shared.items():
        found.append(
            Variable(
                name, (), lowering.domain(declaration.type), "shared", declaration.kind == "ghost", declaration.span
            )
        )
    for name, info in checked.processes.items():
        ids = (lowering.id_domain(name),)
        if name in lowering.live_clocks:
            found.append(Variable(f"{name}.clock", ids, lowering.live_clocks[name], "clock"))
        for variable, item in info.variables.items():
            ghost = item.kind == "ghost"
            found.append(Variable(f"{name}.{variable}", ids, lowering.domain(item.type), ghost=ghost, span=item.span))
        for timer, declared in info.timers.items():
            found.append(Variable(f"{name}.{timer}", ids, BOOL, "timer", span=declared.span))
    for pair in channels(lowering):
        ends = (lowering.id_domain(pair[0]), lowering.id_domain(pair[1]))
        found.append(Variable(channel_name(*pair), ends, channel_domain(lowering, *pair), "channel"))
    found.extend(fault_variables(lowering))
    found.extend(knowledge_variables(lowering))
    return found


def _initial(lowering: Lowering) -> Effects:
    checked = lowering.checked
    effects: list[Effect] = []
    scope = Scope(checked.tables)
    for name, declaration in checked.shared.items():
        value = lower_expression(lowering, declaration.initial, scope)
        domain = lowering.domain(declaration.type)
        span = declaration.initial.span
        if declaration.several:
            bound = Bound(name, element_of(value.domain))
            failure = Failure("choice", f"`{name}` has no initial value to choose from", span)
            effects.append(Choose(name, value, (Write(name, (), fit(bound, domain, name, span)),), failure))
        else:
            effects.append(Write(name, (), fit(value, domain, name, span)))
    for name, info in checked.processes.items():
        effects.append(ForEach("self", lowering.all_ids(name), _initial_process(lowering, info)))
    for pair in channels(lowering):
        sender, receiver = Bound("sender", lowering.id_domain(pair[0])), Bound("receiver", lowering.id_domain(pair[1]))
        where = channel(lowering, pair, sender, receiver)
        write = Write(where.variable, where.indices, Literal((), where.domain))
        inner = ForEach("receiver", lowering.all_ids(pair[1]), (write,))
        effects.append(ForEach("sender", lowering.all_ids(pair[0]), (inner,)))
    effects.extend(_initial_faults(lowering))
    effects.extend(initial_knowledge(lowering))
    for name, info in checked.processes.items():
        hook = info.hooks.get("start")
        if hook is not None:
            scope = own_scope(lowering, info)
            body = lower_block(lowering, hook.body, scope)
            start = (*tick(lowering, name, scope.local["self"]), *body) if scope.notes.needs_tick else body
            effects.append(ForEach("self", lowering.all_ids(name), start))
    return tuple(effects)


def _initial_process(lowering: Lowering, info: ProcessInfo) -> Effects:
    own = Bound("self", lowering.id_domain(info.name))
    effects: list[Effect] = []
    clock = lowering.live_clocks.get(info.name)
    if clock is not None:
        zero = 0 if isinstance(clock, domains.Stamp) else (0,) * lowering.sizes[info.name]
        effects.append(Write(f"{info.name}.clock", (own,), Literal(zero, clock)))
    for variable in info.variables:
        effects.extend(initialise(lowering, info, variable))
    effects.extend(Write(f"{info.name}.{timer}", (own,), FALSE) for timer in info.timers)
    return tuple(effects)


def _initial_faults(lowering: Lowering) -> list[Effect]:
    effects: list[Effect] = []
    budgets = budget_variables(lowering)
    for variable in fault_variables(lowering):
        value: Expression
        match variable.role:
            case "up":
                value = TRUE
            case "cut":
                value = FALSE
            case _:
                value = Literal(budgets[variable.name], Int(0, budgets[variable.name]))
        names = [f"index {position}" for position, _ in enumerate(variable.indices)]
        bounds = tuple(Bound(name, index) for name, index in zip(names, variable.indices, strict=True))
        effect: Effect = Write(variable.name, bounds, value)
        for bound, index in reversed(list(zip(bounds, variable.indices, strict=True))):
            effect = ForEach(bound.name, lowering.all_ids(index.process), (effect,))
        effects.append(effect)
    return effects


def _assumptions(lowering: Lowering, steps: dict[str, list[ProcessStep]], rules: list[Rule]) -> tuple[str, ...]:
    configuration = lowering.configuration
    found = []
    splits = any(
        configuration.may_crash(name) and any(step.sends > 1 for step in group) for name, group in steps.items()
    )
    if splits and not configuration.torn:
        found.append("broadcasts are all-or-nothing")
    timed = any(timer.after for info in lowering.checked.processes.values() for timer in info.timers.values())
    if timed and not configuration.early and any(rule.kind == "timeout" for rule in rules):
        found.append("timeouts are never early")
    return tuple(found)
