"""How is a violation told? A run that the definition confirmed becomes a counterexample, as text and JSON alone."""

from collections.abc import Iterator

from dscheck import domains
from dscheck.counterexample import Change, Counterexample, MessageEvent, Reason, Step
from dscheck.domains import Domain, Value
from dscheck.explore.finding import Violation
from dscheck.fair_loops import loop_story
from dscheck.model.expressions import Connective, Expression
from dscheck.model.layout import Layout, State, layout_of
from dscheck.model.system import EVENT, Property, Rule, System, Variable
from dscheck.record import record
from dscheck.semantics.evaluate import Failed, Scope, StepFailed, elements, evaluate, scope_of
from dscheck.semantics.explain import why
from dscheck.semantics.replay import NotConfirmed, Run, replay
from dscheck.semantics.step import Transition
from dscheck.source import Span
from dscheck.values import as_json, message_fields, process_name, show, show_message

HIDDEN_ROLES = {"channel", "budget", "knowledge"}  # told by messages, faults and comparisons, not as values


def counterexample_of(system: System, violation: Violation) -> Counterexample:
    """The violation as a counterexample, after the definition confirmed it.

    Raises:
        NotConfirmed: the definition has no such run, or the property is not false at its end: a fault of the engine.
    """
    prop = next((item for item in system.properties if item.name == violation.property), None)
    if violation.kind == "deadlock":
        prop = next(item for item in system.properties if item.kind == "final")
    step_formula = prop.condition if violation.kind == "step" and prop is not None else None

    def breaks_step(before: State, after: State) -> bool:
        assert step_formula is not None
        return not evaluate(step_formula, scope_of(system, after, before))

    run = replay(system, violation.schedule, breaks_step if step_formula is not None else None)
    teller = Teller(system, layout_of(system))
    loop = violation.loop
    story = None
    if loop is not None and prop is not None:
        story = loop_story(system, prop, loop, run, lambda state, step: teller.step(state, step).label)
    reasons = _reasons(system, violation, prop, run) if story is None else story.why
    initial = run.initial
    return Counterexample(
        property=violation.property,
        initial={} if initial is None else dict(teller.values(initial)),
        initial_json={} if initial is None else dict(teller.json_values(initial)),
        steps=tuple(teller.steps(run)),
        why=reasons,
        line=_line(system, _place(violation, prop)),
        loop_from=None if loop is None else loop.begins,
        fairness=() if story is None else story.fairness,
    )


def _place(violation: Violation, prop: Property | None) -> Span | None:
    if violation.failed is not None:
        return violation.failed.failure.span
    return prop.span if prop is not None else None


def _line(system: System, span: Span | None) -> int:
    return 0 if span is None else system.source.position(span.start)[0]


def failure_text(failed: Failed) -> str:
    """What failed, with the value that made it fail."""
    return failed.failure.message.replace("{value}", failed.value)


def step_of(system: System, before: State, transition: Transition) -> Step:
    """A step as people are told of it; `before` is the state in which it is taken."""
    return Teller(system, layout_of(system)).step(before, transition)


# --- why ---------------------------------------------------------------------------------------


def _reasons(system: System, violation: Violation, prop: Property | None, run: Run) -> tuple[Reason, ...]:
    """Why the property is false at the end of the run; confirms that it is."""
    if violation.failed is not None:
        return (Reason(failure_text(violation.failed), ""),)
    if prop is None or run.initial is None:
        raise NotConfirmed(f"nothing says what {violation.property} means")
    states = run.states
    last = states[-1]
    match violation.kind:
        case "step":
            return why(system, prop.condition, last, states[-2])
        case "bound":
            return _bound_reasons(system, prop, run)
        case _:
            if evaluate(prop.condition, scope_of(system, last)):
                raise NotConfirmed(f"{prop.name} is true at the end of the run")
            if violation.kind == "deadlock":
                return _deadlock_reasons(system, prop, last)
            if prop.kind == "assumption":
                return _assumption_reasons(system, prop, last)
            return why(system, prop.condition, last, last)


def _bound_reasons(system: System, prop: Property, run: Run) -> tuple[Reason, ...]:
    counted = {name: sum(step.counts.get(name, 0) for step in run.steps) for name, _ in prop.counters}
    weight = sum(factor * counted[name] for name, factor in prop.counters)
    assert prop.limit is not None
    scope = scope_of(system, run.states[-1])
    limit = evaluate(prop.limit, scope)
    if weight <= limit or not evaluate(prop.condition, scope):
        raise NotConfirmed(f"{prop.name} is not broken by the run")
    parts = tuple(Reason(counter_text(name), str(amount)) for name, amount in counted.items())
    return (Reason(prop.text, "false", parts),)


def counter_text(name: str) -> str:
    """`sent(Request)` for the counter `sent Request`."""
    kind, _, what = name.partition(" ")
    return f"{kind}({what})"


def _deadlock_reasons(system: System, prop: Property, state: State) -> tuple[Reason, ...]:
    """Why nothing can happen: the first conjunct of each guard that is false, for each process."""
    because = why(system, prop.condition, state, state) if prop.text else _unfinished(system, state)
    text = prop.text or "nothing in flight to an up process, no timer running"
    blocked = (*_deferred(system, state), *_blocked(system, state))
    return (Reason(f"final: {text}", "false", because), *blocked)


def _assumption_reasons(system: System, prop: Property, state: State) -> tuple[Reason, ...]:
    """Which timeout it keeps from happening, and why nothing else happens that could end the wait."""
    ((_, delayed),) = prop.antecedents
    reason = "nothing else can happen, so the timeout is lost and not delayed"
    blocked = (*_deferred(system, state), *_blocked(system, state))
    return (Reason(prop.text, "not yet", why(system, delayed, state, state)), Reason(reason, ""), *blocked)


def _unfinished(system: System, state: State) -> tuple[Reason, ...]:
    """What the default `final` misses: messages in flight and timers running."""
    teller = Teller(system, layout_of(system))
    found = []
    for value, (variable, indices) in zip(state, teller.layout.slots, strict=True):
        if variable.role == "channel" and value:
            sender, receiver = (teller.id_text(*pair) for pair in zip(variable.indices, indices, strict=True))
            assert isinstance(variable.domain, (domains.List, domains.Bag))
            of = variable.domain.element
            messages = ", ".join(show(item, of, system.singletons) for item in value)
            found.append(Reason(f"in flight from {sender} to {receiver}", messages))
        elif variable.role == "timer" and value:
            found.append(Reason(f"timer {teller.variable_text(variable, indices)}", "running"))
    return tuple(found)


def _blocked(system: System, state: State) -> Iterator[Reason]:
    teller = Teller(system, layout_of(system))
    for rule in system.rules:
        if rule.kind != "action" or rule.torn or rule.process is None or len(rule.parameters) != 1:
            continue
        for index in range(system.processes[rule.process]):
            scope = scope_of(system, state).bind("self", index)
            if _is_down(system, rule.process, index, state):
                continue  # that says it all
            for conjunct in _conjuncts(rule.guard):
                try:
                    holds = evaluate(conjunct, scope)
                except StepFailed:
                    break
                if not holds:
                    who = process_name(rule.process, teller.size_of(rule.process), index)
                    if conjunct.span is not None:
                        yield Reason(f"{who} {rule.name} needs {system.source.slice(conjunct.span)}", "false")
                    break


def _deferred(system: System, state: State) -> Iterator[Reason]:
    """Why a message that waits is not handled: the first conjunct that is false, per handler."""
    teller = Teller(system, layout_of(system))
    for rule in system.rules:
        if rule.kind != "arrival" or rule.torn or rule.process is None:
            continue
        own, sender, message = rule.parameters
        for index in elements(own.over, scope_of(system, state)):
            for origin in elements(sender.over, scope_of(system, state)):
                scope = scope_of(system, state).bind("self", index).bind("sender", origin)
                for value in elements(message.over, scope):
                    yield from _unhandled(teller, rule, scope.bind("message", value), message.domain)


def _unhandled(teller: "Teller", rule: Rule, scope: Scope, domain: Domain) -> Iterator[Reason]:
    system = teller.system
    assert rule.process is not None
    for conjunct in _conjuncts(rule.guard):
        try:
            holds = evaluate(conjunct, scope)
        except StepFailed:
            return
        if not holds:
            if conjunct.span is not None:
                who = process_name(rule.process, teller.size_of(rule.process), scope.bindings["self"])
                what = show(scope.bindings["message"], domain, system.singletons)
                yield Reason(f"{who} on {what} needs {system.source.slice(conjunct.span)}", "false")
            return


def _is_down(system: System, process: str, index: int, state: State) -> bool:
    slots = layout_of(system).slots
    return any(
        variable.name == f"up {process}" and indices == (index,) and not state[slot]
        for slot, (variable, indices) in enumerate(slots)
    )


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Connective) and expression.kind == "and":
        yield from _conjuncts(expression.left)
        yield from _conjuncts(expression.right)
    else:
        yield expression


def _events(transition: Transition) -> Iterator[str]:
    """The labels of the `event` statements that ran."""
    for counter, times in transition.counts.items():
        if counter.startswith(EVENT):
            yield from [counter.removeprefix(EVENT)] * times


# --- steps -------------------------------------------------------------------------------------


@record
class Teller:
    """Turns states and transitions of one system into text."""

    system: System
    layout: Layout

    def size_of(self, process: str) -> int:
        """How many there are; 0 for one that is written without an index."""
        return 0 if process in self.system.singletons else self.system.processes[process]

    def id_text(self, domain: domains.Id, index: int) -> str:
        """`Node[1]`."""
        return process_name(domain.process, self.size_of(domain.process), index)

    def variable_text(self, variable: Variable, indices: tuple[int, ...]) -> str:
        """`Node[1].mode`, `Lock.holder`, `total` for a shared variable, `Node[0] up`."""
        owners = [self.id_text(domain, index) for domain, index in zip(variable.indices, indices, strict=True)]
        match variable.role:
            case "up":
                return f"{owners[0]} up"
            case "cut":
                return f"link {owners[0]}–{owners[1]} cut"
            case _ if owners:
                return f"{owners[0]}.{variable.name.partition('.')[2]}"
            case _:
                return variable.name

    def shown_slots(self) -> Iterator[tuple[int, str, Domain]]:
        """Slots that people are shown, with the name and the domain of each."""
        for slot, (variable, indices) in enumerate(self.layout.slots):
            if variable.role in HIDDEN_ROLES:
                continue
            if variable.role == "cut" and variable.indices[0] == variable.indices[1] and indices[0] >= indices[1]:
                continue  # a link of two equals stands there twice
            yield slot, self.variable_text(variable, indices), variable.domain

    def values(self, state: State) -> Iterator[tuple[str, str]]:
        """The variables that people are shown, with their values as text."""
        for slot, name, domain in self.shown_slots():
            yield name, show(state[slot], domain, self.system.singletons)

    def json_values(self, state: State) -> Iterator[tuple[str, object]]:
        """The same with values as JSON."""
        for slot, name, domain in self.shown_slots():
            yield name, as_json(state[slot], domain, self.system.singletons)

    def steps(self, run: Run) -> Iterator[Step]:
        """What happens in a run, step by step."""
        state = run.initial
        for transition in run.steps:
            assert state is not None
            yield self.step(state, transition)
            state = transition.successor

    def step(self, before: State, transition: Transition) -> Step:
        """What happens in one step from a state."""
        rule = self.system.rules[transition.rule]
        bound = {binding.name: binding for binding in transition.bindings}
        own = bound.get("self")
        process = ""
        if own is not None and rule.process is not None:
            process = process_name(rule.process, self.size_of(rule.process), own.value)
        bindings = {
            binding.name: show(binding.value, binding.domain, self.system.singletons)
            for binding in transition.bindings
            if binding.shown
        }
        events = tuple(self._events(transition))
        failed = transition.failed
        return Step(
            process=process,
            kind=rule.kind,
            action=rule.name.removeprefix("on ").removeprefix("timeout "),
            label=self._label(rule, process, bindings, events),
            bindings=bindings,
            sent=tuple(event for event in events if event.kind in {"sent", "dropped", "duplicated"}),
            received=tuple(event for event in events if event.kind in {"received", "discarded", "lost"}),
            changes=tuple(self._changes(before, transition.successor)),
            events=tuple(_events(transition)),
            failure="" if failed is None else failure_text(failed),
        )

    def _label(self, rule: Rule, process: str, bindings: dict[str, str], events: tuple[MessageEvent, ...]) -> str:
        choices = ", ".join(f"{name} = {value}" for name, value in bindings.items())
        shown = f" ({choices})" if choices else ""
        torn = ", crashing in mid-step" if rule.torn else ""
        taken = next((event for event in events if event.kind not in {"sent", "dropped"}), None)
        match rule.kind:
            case "arrival" if taken is not None:
                return f"{process} on {taken.message} from {taken.sender}{shown}{torn}"
            case "discard":
                assert taken is not None
                return f"{taken.message} from {taken.sender} finds {process} down"
            case "loss" | "duplicate":
                assert taken is not None
                done = "is lost" if rule.kind == "loss" else "is duplicated"
                return f"{taken.message} from {taken.sender} to {taken.receiver} {done}"
            case "crash" | "recover":
                done = "crashes" if rule.kind == "crash" else "recovers"
                return f"{process} {done}{shown}"
            case "cut" | "heal":
                return f"{rule.kind} link {bindings['a']}–{bindings['b']}"
            case _:
                return f"{process} {rule.name}{shown}{torn}"

    def _events(self, transition: Transition) -> Iterator[MessageEvent]:
        for told in transition.notes:
            sender, receiver = told.note.sender.domain, told.note.receiver.domain
            assert isinstance(sender, domains.Id)
            assert isinstance(receiver, domains.Id)
            message = told.note.message.domain
            assert isinstance(message, domains.Message)
            yield MessageEvent(
                message=self._message(told.note.message, told.message),
                sender=self.id_text(sender, told.sender),
                receiver=self.id_text(receiver, told.receiver),
                kind=told.note.kind,
                fields=message_fields(told.message, message, self.system.singletons),
            )

    def _message(self, expression: Expression, value: Value) -> str:
        assert isinstance(expression.domain, domains.Message)
        return show_message(value, expression.domain, self.system.singletons)

    def _changes(self, before: State, after: State | None) -> Iterator[Change]:
        if after is None:
            return
        singletons = self.system.singletons
        for slot, name, domain in self.shown_slots():
            old, new = before[slot], after[slot]
            if old != new:
                yield Change(
                    name,
                    show(old, domain, singletons),
                    show(new, domain, singletons),
                    as_json(old, domain, singletons),
                    as_json(new, domain, singletons),
                )
