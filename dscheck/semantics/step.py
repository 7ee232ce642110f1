"""Which states does a system start in, and which steps can it take? The definition that every engine is held to.

The effects of a rule run along paths: a `Choose` splits a path into one per alternative, a `Require` may end it without
a trace, and an expression without a value ends it as a failing step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import assert_never

from dscheck.domains import Domain, Value
from dscheck.model.expressions import Expression
from dscheck.model.layout import Layout, State, layout_of
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
    Require,
    Rule,
    System,
    Write,
)
from dscheck.record import record
from dscheck.semantics.evaluate import (
    Failed,
    Scope,
    StepFailed,
    alternatives,
    element_domain,
    elements,
    evaluate,
    scope_of,
)


@record
class Binding:
    """The value of a parameter or of a choice, in a label.

    Attributes:
        name: of the parameter or choice.
        value: of `domain`.
        domain: of the value.
        shown: whether labels show it.
    """

    name: str
    value: Value
    domain: Domain
    shown: bool = True


@record
class Told:
    """A `Note` that ran: what to tell about a message."""

    note: Note
    message: Value
    sender: Value
    receiver: Value


@record
class Transition:
    """One label enabled in a state, and what it leads to.

    Attributes:
        rule: index in `System.rules`.
        bindings: of the parameters, then of the choices, in order.
        successor: the raw state after it; None when the step failed.
        failed: what failed, or None.
        counts: increments by counter name; a counter that is missing stays.
        notes: what to tell, in order.
        branches: numbered branches taken: 2 × number, plus one for `otherwise`.
    """

    rule: int
    bindings: tuple[Binding, ...]
    successor: State | None
    failed: Failed | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Told, ...] = ()
    branches: tuple[int, ...] = ()

    def weights(self, system: System) -> tuple[int, ...] | None:
        """The increments in the order of `System.counters`; None when there are no counters or the step failed."""
        if not system.counters or self.failed is not None:
            return None
        return tuple(self.counts.get(counter, 0) for counter in system.counters)


@record
class _Path:
    """What has happened so far on one way through the effects."""

    state: State
    choices: tuple[Binding, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Told, ...] = ()
    branches: tuple[int, ...] = ()
    failed: Failed | None = None


def initial_states(system: System) -> tuple[list[State], list[Failed]]:
    """The distinct initial states before normalisation, and the ways in which making one failed."""
    undefined: State = (None,) * len(layout_of(system).slots)
    states: dict[State, None] = {}
    failures: list[Failed] = []
    for path in _run(system.initial, _Path(undefined), scope_of(system, undefined)):
        if path.failed is None:
            states[path.state] = None
        else:
            failures.append(path.failed)
    return list(states), failures


def transitions(system: System, state: State, layout: Layout | None = None) -> Iterator[Transition]:
    """Every label enabled in `state`, in the order of the rules, their parameters and choices.

    Args:
        system: what is run.
        state: any state of it, normalised or not.
        layout: of the system's states; made anew when not given.
    """
    for index in range(len(system.rules)):
        yield from rule_transitions(system, index, state, layout)


def rule_transitions(system: System, index: int, state: State, layout: Layout | None = None) -> Iterator[Transition]:
    """The labels of rule number `index` that are enabled in `state`; arguments as for `transitions`."""
    rule = system.rules[index]
    for bindings, scope, failed in _bindings(rule.parameters, scope_of(system, state, layout=layout), ()):
        if failed is not None:
            yield Transition(index, bindings, None, failed)
            continue
        for path in _guarded(rule, scope):
            yield Transition(
                rule=index,
                bindings=bindings + path.choices,
                successor=None if path.failed else path.state,
                failed=path.failed,
                counts=path.counts,
                notes=path.notes,
                branches=path.branches,
            )


def _bindings(
    parameters: tuple[Parameter, ...], scope: Scope, bound: tuple[Binding, ...]
) -> Iterator[tuple[tuple[Binding, ...], Scope, Failed | None]]:
    if not parameters:
        yield bound, scope, None
        return
    first = parameters[0]
    try:
        values = alternatives(first.over, scope)
    except StepFailed as stopped:
        yield bound, scope, stopped.failed
        return
    for value in values:
        binding = Binding(first.name, value, first.domain, first.shown)
        yield from _bindings(parameters[1:], scope.bind(first.name, value), (*bound, binding))


def _guarded(rule: Rule, scope: Scope) -> Iterator[_Path]:
    start = _Path(scope.state)
    try:
        enabled = evaluate(rule.guard, scope)
    except StepFailed as stopped:
        yield replace(start, failed=stopped.failed)
        return
    if enabled:
        yield from _run(rule.body, start, scope)


def _run(effects: Effects, path: _Path, scope: Scope) -> Iterator[_Path]:
    """Every way on from `path` through `effects`; the scope's state is ignored, the path has the current one."""
    if not effects or path.failed is not None:
        yield path
        return
    try:
        ways = list(_ways(effects[0], path, replace(scope, state=path.state)))
    except StepFailed as stopped:
        yield replace(path, failed=stopped.failed)
        return
    for way in ways:
        yield from _run(effects[1:], way, scope)


def _ways(effect: Effect, path: _Path, scope: Scope) -> Iterator[_Path]:
    """Every way on from `path` through one effect.

    Raises:
        StepFailed: an expression of the effect itself (not of its blocks) has no value.
    """

    def now(expression: Expression) -> Value:
        return evaluate(expression, scope)

    match effect:
        case Write(variable, indices, value):
            slot = scope.layout.slot(variable, tuple(map(now, indices)))
            yield replace(path, state=(*path.state[:slot], now(value), *path.state[slot + 1 :]))
        case If(test, then, otherwise, branch):
            truth = now(test)
            if branch is not None:
                path = replace(path, branches=(*path.branches, 2 * branch + (not truth)))
            yield from _run(then if truth else otherwise, path, scope)
        case ForEach(name, over, body):
            paths = [path]
            for element in elements(over, scope):
                paths = [way for each in paths for way in _run(body, each, scope.bind(name, element))]
            yield from paths
        case Choose(name, over, body, failure):
            values = alternatives(over, scope)
            if not values:
                raise StepFailed(failure, "")
            for value in values:
                binding = Binding(name, value, element_domain(over.domain))
                chosen = replace(path, choices=(*path.choices, binding))
                yield from _run(body, chosen, scope.bind(name, value))
        case LetIn(name, value, body):
            yield from _run(body, path, scope.bind(name, now(value)))
        case Require(test):
            if now(test):
                yield path
        case Assert(test, failure):
            if not now(test):
                raise StepFailed(failure, "")
            yield path
        case Count(counter, amount):
            counts = {**path.counts, counter: path.counts.get(counter, 0) + now(amount)}
            yield replace(path, counts=counts)
        case Note(_, message, sender, receiver):
            told = Told(effect, now(message), now(sender), now(receiver))
            yield replace(path, notes=(*path.notes, told))
        case _:
            assert_never(effect)
