"""Is a trace a behaviour of a spec? Asked of all behaviours, one by one, with the definition of the semantics alone.

Slow and plain: a search through the graph of (events seen, state), where a step is compared with the events that record
it as JSON values, field by field. For traces in total order, as simulations write them; or with events that do not say
of which step they are, where a `send` may be one more message of the step before it at that node.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import permutations
from typing import Any

from dscheck.domains import Message
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.semantics.step import Told, Transition, initial_states, transitions
from dscheck.traces.event import Event, Trace
from dscheck.values import as_json, process_name

_Sent = tuple[str, str, dict[str, Any], str]  # the rule, the kind, the fields and the receiver

UNSEEN = {"loss", "duplicate", "discard"}


def is_behaviour(
    trace: Trace,
    system: System,
    hidden: Collection[str] = (),
    keeps: Callable[[State | None, State], bool] = lambda before, after: True,
) -> bool:
    """Does some run of the system record these events, in this order?

    Args:
        keeps: whether a run may take a step from the one state to the other, or begin in it.
    """
    groups: dict[Any, list[Event]] = {}
    for number, event in enumerate(trace.events):
        groups.setdefault((event.node, event.other.get("step", -number)), []).append(event)
    recorded = list(groups.values())
    received = {event.other["message"] for event in trace.events if event.kind == "recv" and "message" in event.other}
    names = set(hidden) | (UNSEEN - {event.action for event in trace.events})
    begins = [state for state in initial_states(system)[0] if _begins(system, state, trace.header.initial)]
    begins = [state for state in begins if keeps(None, state)]
    nothing: tuple[tuple[str, tuple[_Sent, ...]], ...] = ()
    todo = [(0, state, nothing) for state in begins]
    seen = {str(each) for each in todo}
    while todo:
        number, state, last = todo.pop()
        if number == len(recorded):
            return True
        events = recorded[number]
        lone = events[0].kind == "send" and "step" not in events[0].other
        following = []
        if lone:
            following += [(number + 1, state, left) for left in _of_the_last(system, state, last, events[0])]
        for step in transitions(system, state):
            rule = system.rules[step.rule]
            if step.successor is None or not keeps(state, step.successor):
                continue
            node = _node(system, step)
            others = tuple(each for each in last if each[0] != node)
            if rule.name in names:
                following.append((number, step.successor, others))
            if lone and rule.kind == "arrival" and rule.name.removeprefix("on ") in received:
                continue  # its receipt would be recorded
            for left in _records(system, step, events):
                following.append((number + 1, step.successor, (*others, (node, left))))
        for each in following:
            if str(each) not in seen:
                seen.add(str(each))
                todo.append(each)
    return False


def _of_the_last(
    system: System, state: State, last: tuple[tuple[str, tuple[_Sent, ...]], ...], event: Event
) -> Iterator[tuple[tuple[str, tuple[_Sent, ...]], ...]]:
    """What is left to be recorded, if the event is of a message that the last step of its node sent."""
    sent = dict(last).get(event.node, ())
    if not sent or _differ(event.variables, {**_values(system, state, ""), **_values(system, state, event.node)}):
        return
    others = tuple(each for each in last if each[0] != event.node)
    for at, message in enumerate(sent):
        if _is_of(event, message):
            yield (*others, (event.node, sent[:at] + sent[at + 1 :]))


def _begins(system: System, state: State, initial: Mapping[str, Any]) -> bool:
    values = {
        f"{owner}.{name}" if owner else name: value
        for owner in (*_processes(system), "")
        for name, value in _values(system, state, owner).items()
    }
    return all(values[name] == value for name, value in initial.items())


def _node(system: System, step: Transition) -> str:
    process = system.rules[step.rule].process
    own = next((each.value for each in step.bindings if each.name == "self"), None)
    return "network" if process is None else _name(system, process, own)


def _records(system: System, step: Transition, events: list[Event]) -> Iterator[tuple[_Sent, ...]]:
    """What the step sent besides what is recorded of it, once for each way in which the events may record it."""
    rule = system.rules[step.rule]
    assert step.successor is not None
    node = _node(system, step)
    values = _values(system, step.successor, node)
    shared = _values(system, step.successor, "")
    choices: dict[str, list[Any]] = {}
    for each in step.bindings:
        if each.shown:
            choices.setdefault(each.name, []).append(as_json(each.value, each.domain, system.singletons))
    arguments = {name: found[0] if len(found) == 1 else found for name, found in choices.items()}
    received = [told for told in step.notes if told.note.kind == "received"]
    sent = [
        (rule.name, kind, fields, receiver)
        for told in step.notes
        if told.note.kind in ("sent", "dropped")
        for kind, fields, _, receiver in [_message(system, told)]
    ]
    for event in events:
        if event.node != node or event.action != rule.name or bool(event.other.get("torn")) != rule.torn:
            return
        if _differ(event.variables, {**shared, **values}):
            return
    first = events[0]
    if first.kind == "recv":
        if not received:
            return
        kind, fields, sender, _ = _message(system, received[0])
        if kind != first.other["message"] or first.peer not in (None, sender):
            return
        if _differ(first.arguments, {**arguments, **fields}):
            return
    elif first.kind == "internal" and _differ(first.arguments, arguments):
        return
    told = events if first.kind == "send" else events[1:]
    if any(event.kind != "send" for event in told):
        return
    for order in permutations(range(len(sent)), len(told)):
        if all(_is_of(event, sent[at]) for event, at in zip(told, order, strict=True)):
            yield tuple(each for at, each in enumerate(sent) if at not in order)


def _is_of(event: Event, sent: _Sent) -> bool:
    """Does the event record this message?"""
    rule, kind, fields, receiver = sent
    if event.action != rule or event.other.get("message") != kind or event.peer not in (None, receiver):
        return False
    return not _differ(event.arguments, fields)


def _differ(recorded: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Is something recorded that is not so? What is not recorded may be anything."""
    return any(name not in values or values[name] != value for name, value in recorded.items())


def _message(system: System, told: Told) -> tuple[str, dict[str, Any], str, str]:
    domain = told.note.message.domain
    assert isinstance(domain, Message)
    fields = {
        name: as_json(value, of, system.singletons)
        for (name, of), value in zip(domain.kind(told.message[0]).fields, told.message[1:], strict=True)
        if name[0] not in "@·"
    }
    ends = (told.note.sender.domain, told.sender), (told.note.receiver.domain, told.receiver)
    sender, receiver = (_name(system, getattr(of, "process", ""), index) for of, index in ends)
    return told.message[0], fields, sender, receiver


def _processes(system: System) -> Iterator[str]:
    for process, size in system.processes.items():
        yield from (_name(system, process, index) for index in range(size))


def _name(system: System, process: str, index: Any) -> str:
    return process_name(process, 0 if process in system.singletons else system.processes[process], index)


def _values(system: System, state: State, owner: str) -> dict[str, Any]:
    """The values of a process by the names that it has for them; of nobody, the shared ones."""
    found = {}
    for slot, (variable, indices) in enumerate(layout_of(system).slots):
        if len(indices) == 1 and owner == _name(system, variable.indices[0].process, indices[0]):
            short = variable.name.partition(".")[2] or variable.name.partition(" ")[0]
        elif not indices and not owner:
            short = variable.name
        else:
            continue
        found[short] = as_json(state[slot], variable.domain, system.singletons)
    return found
