"""Is a recorded trace a behaviour of a spec?

It is if some run of the spec takes a step for each recorded one, in an order that respects causality, and nothing
but hidden steps between them. Hidden are: what the caller says; what the network does (losses, duplicates, messages
that find nobody), unless the trace records such events; everything, if the header says that events are missing and the
caller does not say which.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dscheck.explore.stepper import Formulas, StepperFactory
from dscheck.model.layout import State
from dscheck.model.system import Property, System
from dscheck.record import record
from dscheck.semantics.step import initial_states
from dscheck.traces.causality.happens_before import NoOrder
from dscheck.traces.conformance.explanation import explain_rejection, no_beginning
from dscheck.traces.conformance.footprint import shared_variables
from dscheck.traces.conformance.invariants import Judged, judge_invariants
from dscheck.traces.conformance.items import Course, course_of
from dscheck.traces.conformance.losses import look_ahead
from dscheck.traces.conformance.naming import NETWORK, UnknownName, naming, rules_named
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import Steps
from dscheck.traces.conformance.walk import Hidden, TooMany, Walked, Walker
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.wording import counted, witness

NAME = "conformance"
_BY_NATURE = {"loss", "duplicate", "discard"}  # no process can see these
_MOST_IN_EVERY_ORDER = 2_000  # steps whose orders are all looked at for an invariant
_RECORDED_KINDS = {"internal", "send", "recv"}


@record
class Question:
    """What is asked about a trace, with everything prepared.

    Attributes:
        trace: the trace.
        walker: finds explanations, with hidden steps only where needed.
        eager: finds all explanations.
        every: the same in every order of concurrent steps; None if there are too many steps.
        initial: states to begin with.
        notes: what was assumed or left out, sentences.
    """

    trace: Trace
    walker: Walker
    eager: Walker
    every: Callable[[], Walker | None]
    initial: list[State]
    notes: tuple[str, ...]


def conforms(
    trace: Trace,
    system: System,
    *,
    make: StepperFactory | None = None,
    steps: Steps | None = None,
    nodes: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    hidden: Collection[str] = (),
    ignored: Collection[str] = (),
    invariants: bool = True,
    limit: int = 5_000,
    effort: int = 50_000,
) -> TraceFinding:
    """Judge a trace by a spec.

    Args:
        trace: any subset of the events, of their fields and of the variables.
        system: the spec, for one choice of constants.
        make: the engine that finds steps; without one the definition does, slowly.
        steps: of the system, where several traces are judged by it: what was compiled for one serves the others.
        nodes: processes as the spec writes them, by the trace's name; those that are missing are found by their names.
        words: actions and messages of the spec, by the trace's word.
        hidden: actions, timeouts, handlers (`on M`) and faults that need not be recorded.
        ignored: recorded actions that say nothing about the spec; `recv tok` means the receipts of `tok` only.
        invariants: whether the states on the way should satisfy the invariants of the system.
        limit: most explanations at one time before one is looked for in depth.
        effort: most explanations tried in depth before the answer is `unknown`.
    """
    started = time.monotonic()

    def finding(outcome: TraceOutcome, reason: str, **more: Any) -> TraceFinding:
        return TraceFinding(NAME, outcome, reason, seconds=time.monotonic() - started, **more)

    chosen = tuple(
        index
        for index, event in enumerate(trace.events)
        if event.kind in _RECORDED_KINDS and not {event.action, f"{event.kind} {event.action}"} & set(ignored)
    )
    if not chosen:
        return finding(TraceOutcome.NOT_ASKED, "no event of the trace records a step of a process")
    counts = {"events": len(chosen)}
    try:
        question = _question(trace, steps or Steps(system, make), nodes, words or {}, hidden, chosen)
    except UnknownName as unknown:
        return finding(TraceOutcome.UNKNOWN, f"{unknown}. Say which with a mapping of nodes", kind="unknown node")
    if isinstance(question, NoOrder):
        events = tuple(witness(trace.events[index]) for index in question.cycle)
        return finding(TraceOutcome.REJECTED, question.reason, events=events, core=events[:4], kind="no order")
    walker = question.walker
    counts["steps"] = walker.course.length
    if not question.initial:
        return finding(TraceOutcome.REJECTED, no_beginning(walker.observer, trace), counts=counts, kind="initial")
    try:
        asked = _properties(system) if invariants else ()
        used, walked = _walked(question, limit, effort, keep=bool(asked))
    except TooMany:
        reason = f"more than {effort:,} explanations of the first events were tried; record more variables or events"
        return finding(TraceOutcome.UNKNOWN, _with_notes(reason, question.notes), counts=counts, kind="too many")
    counts["explained"] = walked.steps
    counts["explanations"] = walked.widest
    if not walked.complete:
        told = explain_rejection(trace, used, walked, question.initial, limit)
        return finding(
            TraceOutcome.REJECTED,
            _with_notes(told.text, question.notes),
            events=told.events,
            core=told.core,
            counts=counts,
            kind=told.kind,
            data=told.data,
        )
    reason = f"{counted(walked.steps, 'recorded step')}: a behaviour of {system.protocol}"
    if asked:
        judged = _judged(used, walked if walked.kept else None)
        if judged.item is not None and (used.course.chosen or (used.hidden.rules and not used.eager)):
            judged = _judged_by_all(question, judged, limit)
        if judged.item is not None:
            event = judged.item.first.event
            return finding(
                TraceOutcome.REJECTED,
                _with_notes(judged.text, question.notes),
                events=(witness(event, "broken here"),),
                core=_core(event, trace),
                counts=counts,
                kind=judged.kind,
                data={"property": judged.property},
            )
        if judged.text:
            reason = f"{reason}. {judged.text}"
    return finding(TraceOutcome.ACCEPTED, _with_notes(reason, question.notes), counts=counts)


def _question(
    trace: Trace,
    steps: Steps,
    nodes: Mapping[str, str] | None,
    words: Mapping[str, str],
    hidden: Collection[str],
    chosen: tuple[int, ...],
) -> Question | NoOrder:
    system = steps.system
    events = [trace.events[index] for index in chosen]
    names = naming(system, _nodes(trace, events), nodes)
    observer = Observer(system, names, words)
    shared = () if trace.header.order == "total" else shared_variables(system)
    course = course_of(trace, observer, chosen, shared)
    if isinstance(course, NoOrder):
        return course
    rules = _hidden_rules(trace, system, hidden, events, words)
    recorded = Hidden(rules, look_ahead(course, observer, rules))
    wanted = observer.initial(trace.header.initial)
    initial = [state for state in initial_states(system)[0] if not any(observer.values(wanted, state))]
    ignored = tuple(observer.ignored)
    notes = [course.note] if course.note else []
    if ignored:
        notes.append(f"not compared: {', '.join(ignored[:4])}{', …' if len(ignored) > 4 else ''}")

    def every() -> Walker | None:
        if course.length > _MOST_IN_EVERY_ORDER:
            return None
        orders = course_of(trace, observer, chosen, shared, every=True)
        assert isinstance(orders, Course)
        return Walker(steps, observer, orders, Hidden(rules, look_ahead(orders, observer, rules)), eager=bool(rules))

    return Question(
        trace,
        Walker(steps, observer, course, recorded),
        Walker(steps, observer, course, recorded, eager=True),
        every,
        initial,
        tuple(notes),
    )


def _nodes(trace: Trace, events: Sequence[Event]) -> list[str]:
    """The nodes in the order of the header, then those that only events or messages mention."""
    peers = [event.peer for event in events if event.kind in ("send", "recv") and event.peer is not None]
    if NETWORK in peers:
        raise UnknownName(f"`{NETWORK}` is no process that a message goes to or comes from")
    named = [*trace.header.nodes, *(event.node for event in events), *peers]
    return [node for node in dict.fromkeys(named) if node != NETWORK]


def _hidden_rules(
    trace: Trace, system: System, hidden: Collection[str], events: Sequence[Event], words: Mapping[str, str]
) -> frozenset[int]:
    if trace.header.gaps and not hidden:
        return frozenset(range(len(system.rules)))
    found: set[int] = set()
    for name in hidden:
        rules = rules_named(system, words.get(name, name))
        if not rules:
            raise UnknownName(f"the spec has no step called `{name}`, which should be hidden")
        found |= rules
    seen = {words.get(event.action, event.action) for event in events if event.action is not None}
    found |= {index for index, rule in enumerate(system.rules) if rule.kind in _BY_NATURE - seen}
    return frozenset(found)


def _properties(system: System) -> tuple[Property, ...]:
    """Those that are judged on the way."""
    return tuple(each for each in system.properties if each.kind in ("invariant", "step"))


def _walked(question: Question, limit: int, effort: int, *, keep: bool) -> tuple[Walker, Walked]:
    """With hidden steps only where they are needed; if that explains too little, with all of them."""
    walkers = [question.walker]
    if question.walker.hidden.rules:
        walkers.append(question.eager)
    walked: tuple[Walker, Walked] | None = None
    for walker in walkers:
        try:
            walked = walker, walker.breadth_first(question.initial, limit, keep=keep)
        except TooMany:
            walked = walker, walker.depth_first(question.initial, effort)
        if walked[1].complete:
            break
    assert walked is not None
    return walked


def _judged(walker: Walker, walked: Walked | None) -> Judged:
    """What the explanations say; None if there are too many of them."""
    asked = _properties(walker.steps.system)
    if walked is None:
        told = "Invariants and step properties were not judged: there are too many explanations"
        return Judged(None, told, "too many")
    make = walker.steps.engine
    conditions = {kind: tuple(each.condition for each in asked if each.kind == kind) for kind in ("invariant", "step")}
    formulas = Formulas(conditions["invariant"], steps=conditions["step"])
    stepper = None if make is None else make(walker.steps.system, formulas)
    return judge_invariants(walker.observer, asked, stepper, walked.levels, walker.course)


def _judged_by_all(question: Question, found: Judged, limit: int) -> Judged:
    """With hidden steps at other times, or in another order, another explanation may break nothing."""
    walker = question.every() if question.walker.course.chosen else question.eager
    try:
        walked = None if walker is None else walker.breadth_first(question.initial, limit, keep=True)
    except TooMany:
        walked = None
    judged = None if walker is None else _judged(walker, walked)
    if judged is None or judged.kind == "too many":
        return Judged(None, f"In the explanations that were looked at, though perhaps not in all: {found.text}")
    return judged


def _core(event: Event, trace: Trace) -> tuple[Witness, ...]:
    before = [each for each in trace.events if each.node == event.node and each.seq < event.seq]
    return (witness(event, "broken here"), *(witness(each, "before it") for each in before[-1:]))


def _with_notes(reason: str, notes: Sequence[str]) -> str:
    return "\n".join((reason, *(f"note: {note}" for note in notes)))
