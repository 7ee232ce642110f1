"""Is a trace a behaviour of a spec? Asked of all behaviours, one by one, with the definition of the semantics alone.

Slow and plain: a search through the graph of (events seen, state), where a step is compared with the events that record
it as JSON values, field by field. For traces in total order, as simulations write them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from dscheck.domains import Message
from dscheck.model.layout import State, layout_of
from dscheck.model.system import System
from dscheck.semantics.step import Told, Transition, initial_states, transitions
from dscheck.traces.event import Event, Trace
from dscheck.values import as_json, process_name

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
    for event in trace.events:
        groups.setdefault((event.node, event.other["step"]), []).append(event)
    recorded = list(groups.values())
    names = set(hidden) | (UNSEEN - {event.action for event in trace.events})
    begins = [state for state in initial_states(system)[0] if _begins(system, state, trace.header.initial)]
    begins = [state for state in begins if keeps(None, state)]
    todo = [(0, state) for state in begins]
    seen = set(todo)
    while todo:
        number, state = todo.pop()
        if number == len(recorded):
            return True
        for step in transitions(system, state):
            if step.successor is None or not keeps(state, step.successor):
                continue
            following = []
            if system.rules[step.rule].name in names:
                following.append((number, step.successor))
            if _records(system, step, recorded[number]):
                following.append((number + 1, step.successor))
            for each in following:
                if each not in seen:
                    seen.add(each)
                    todo.append(each)
    return False


def _begins(system: System, state: State, initial: Mapping[str, Any]) -> bool:
    values = {
        f"{owner}.{name}" if owner else name: value
        for owner in (*_processes(system), "")
        for name, value in _values(system, state, owner).items()
    }
    return all(values[name] == value for name, value in initial.items())


def _records(system: System, step: Transition, events: list[Event]) -> bool:
    rule = system.rules[step.rule]
    assert step.successor is not None
    own = next((each.value for each in step.bindings if each.name == "self"), None)
    node = "network" if rule.process is None else _name(system, rule.process, own)
    values = _values(system, step.successor, node)
    shared = _values(system, step.successor, "")
    choices: dict[str, list[Any]] = {}
    for each in step.bindings:
        if each.shown:
            choices.setdefault(each.name, []).append(as_json(each.value, each.domain, system.singletons))
    arguments = {name: found[0] if len(found) == 1 else found for name, found in choices.items()}
    received = [told for told in step.notes if told.note.kind == "received"]
    sent = [_message(system, told) for told in step.notes if told.note.kind in ("sent", "dropped")]
    for event in events:
        if event.node != node or event.action != rule.name or bool(event.other.get("torn")) != rule.torn:
            return False
        if _differ(event.variables, {**shared, **values}):
            return False
    first = events[0]
    if first.kind == "recv":
        if not received:
            return False
        kind, fields, sender, _ = _message(system, received[0])
        if (kind, sender) != (first.other["message"], first.peer) or _differ(first.arguments, {**arguments, **fields}):
            return False
    elif first.kind == "internal" and _differ(first.arguments, arguments):
        return False
    for event in events if first.kind == "send" else events[1:]:
        wanted = (event.other.get("message"), dict(event.arguments), node, event.peer)
        if event.kind != "send" or wanted not in sent:
            return False
        sent.remove(wanted)
    return True


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
