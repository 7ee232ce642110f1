"""Is that run a violation that goes on for ever, and why does fairness not end it? Asked of the definition alone."""

from collections.abc import Callable, Iterator

from dscheck.counterexample import Reason
from dscheck.domains import Clock, Id, Message, Stamp
from dscheck.explore.finding import Loop
from dscheck.model.layout import State, layout_of
from dscheck.model.system import Instance, Property, Rule, System
from dscheck.record import record
from dscheck.semantics.evaluate import evaluate, scope_of
from dscheck.semantics.explain import why
from dscheck.semantics.fairness import Standing, standings
from dscheck.semantics.normalise import clocks_of, floors_of, normalise
from dscheck.semantics.replay import NotConfirmed, Run
from dscheck.semantics.step import Transition, transitions
from dscheck.values import process_name, show, show_message

_MOST_PLAIN = 3  # actions that nobody owes, told of where a run stops

Label = Callable[[State, Transition], str]


@record
class LoopStory:
    """What to tell about a run that never ends.

    Attributes:
        why: what was owed from where on, and never came.
        fairness: per obligation, why it does not end the cycle; last what is larger after each round.
    """

    why: tuple[Reason, ...]
    fairness: tuple[Reason, ...]


def loop_story(system: System, prop: Property, loop: Loop, run: Run, label: Label) -> LoopStory:
    """The story of a run that violates a property of progress.

    Args:
        system: what is run.
        prop: the property.
        loop: how the run goes on.
        run: the whole of it, once around the cycle.
        label: the words for a step that is taken in a state.

    Raises:
        NotConfirmed: the run does not close, what must come does come, or going on like this is not fair.
    """
    instance = prop.instances[loop.instance]
    states, layout = run.states, layout_of(system)
    around, steps = states[loop.begins :], run.steps[loop.begins :]
    if not around or normalise(layout, around[0]) != normalise(layout, around[-1]):
        raise NotConfirmed(f"the cycle that violates {prop.name} does not close")
    _confirm_owed(system, prop, instance, loop, run)
    found = standings(system, around, steps)
    for standing in found:
        if not standing.is_met(max(1, len(steps))):
            what = label(standing.state, standing.example)
            raise NotConfirmed(f"going on for ever as {prop.name} is said to be violated is not fair to: {what}")
    fairness = [_reason(system, each, loop, len(steps), label) for each in found]
    fairness += _never_enabled(system, found)
    if not steps:
        fairness += _not_owed(system, around[0], label)
    fairness += _growth(system, around)
    return LoopStory(tuple(_why(system, prop, instance, loop, run)), tuple(fairness))


def _confirm_owed(system: System, prop: Property, instance: Instance, loop: Loop, run: Run) -> None:
    states = run.states
    if instance.initially and loop.owed_from:
        raise NotConfirmed(f"{prop.name} is asked of initial states only")
    if not evaluate(instance.left, scope_of(system, states[loop.owed_from])):
        raise NotConfirmed(f"{prop.name} does not begin to be owed after step {loop.owed_from}")
    for number, state in enumerate(states[loop.owed_from :], start=loop.owed_from):
        if evaluate(instance.right, scope_of(system, state)):
            raise NotConfirmed(f"what {prop.name} owes has come after step {number}")


def _why(system: System, prop: Property, instance: Instance, loop: Loop, run: Run) -> Iterator[Reason]:
    for name, value in instance.bindings.items():
        yield Reason(f"for {name} = {value}", "")
    place = _after(loop.owed_from)
    left, separator, right = prop.text.partition(" ~> ")
    if separator:
        yield Reason(left, f"true {place}")
    last = run.states[-1]
    reasons = why(system, instance.right, last, last)
    text = right if separator else prop.text
    deeper = reasons[0].because if [reason.text for reason in reasons] == [text] else reasons
    yield Reason(text, "false from there on", deeper)


def _after(steps: int) -> str:
    return f"after step {steps}" if steps else "at the start"


# --- fairness --------------------------------------------------------------------------------------------------------


def _reason(system: System, standing: Standing, loop: Loop, states: int, label: Label) -> Reason:
    text = _what(system, standing, label)
    if standing.taken:
        return Reason(text, f"taken in step {loop.begins + standing.taken[0] + 1}")
    if standing.fades:
        return Reason(text, "gone in a later round")
    first = next(place for place in range(states) if place not in standing.enabled)
    return Reason(text, f"disabled {_after(loop.begins + first)}")


def _what(system: System, standing: Standing, label: Label) -> str:
    """What is owed, in the words of a step that takes it."""
    obligation, values = standing.obligation, standing.owed[1:]
    if not obligation.group.startswith("arrival "):
        strong = " (strong fair)" if obligation.strength == "strong" else ""
        return label(standing.state, standing.example) + strong
    sender, receiver = (
        _id_text(system, part.domain, value) for part, value in zip(obligation.key[:2], values, strict=False)
    )
    bound = {each.name: each for each in standing.example.bindings}
    if len(values) == 2 or "message" not in bound:
        return f"arrival at {receiver} from {sender}"
    message = bound["message"]
    assert isinstance(message.domain, Message)
    return f"{show_message(message.value, message.domain, system.singletons)} from {sender} to {receiver}"


def _id_text(system: System, domain: object, value: int) -> str:
    assert isinstance(domain, Id)
    return process_name(domain.process, _size(system, domain.process), value)


def _size(system: System, process: str) -> int:
    return 0 if process in system.singletons else system.processes[process]


def _never_enabled(system: System, found: tuple[Standing, ...]) -> Iterator[Reason]:
    """Fair actions and timeouts that are never enabled on the cycle, each with its processes."""
    met = {(each.obligation.group, each.owed[1]) for each in found if len(each.owed) > 1}
    for rule in system.rules:
        if rule.process is None or not _is_owed_by_itself(rule):
            continue
        group = rule.owed[0].group
        idle = [
            process_name(rule.process, _size(system, rule.process), number)
            for number in range(system.processes[rule.process])
            if (group, number) not in met
        ]
        if idle:
            whose = f"every {rule.process}" if 1 < len(idle) == system.processes[rule.process] else ", ".join(idle)
            yield Reason(f"{rule.name} of {whose}", "never enabled here")


def _is_owed_by_itself(rule: Rule) -> bool:
    return rule.kind in {"action", "timeout"} and bool(rule.owed)


def _not_owed(system: System, state: State, label: Label) -> Iterator[Reason]:
    """Some steps that could be taken where the run stops, and that nobody owes."""
    plain = (step for step in transitions(system, state) if not system.rules[step.rule].is_fault)
    labels = list(dict.fromkeys(label(state, step) for step in plain))
    for text in labels[:_MOST_PLAIN]:
        yield Reason(text, "enabled, but not fair")
    if len(labels) > _MOST_PLAIN:
        yield Reason(f"{len(labels) - _MOST_PLAIN} more", "enabled, but not fair")


# --- clocks ----------------------------------------------------------------------------------------------------------


def _growth(system: System, around: tuple[State, ...]) -> Iterator[Reason]:
    layout = layout_of(system)
    first, last = floors_of(layout, around[0]), floors_of(layout, around[-1])
    for clock in clocks_of(layout):
        before, after = first.of(clock), last.of(clock)
        if before != after:
            yield Reason(f"{_larger(clock, before, after)} each round", "")


def _larger(clock: Clock, before: int | tuple[int, ...], after: int | tuple[int, ...]) -> str:
    if isinstance(clock, Stamp):
        assert isinstance(before, int)
        assert isinstance(after, int)
        return f"all stamps are {after - before} larger"
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    more = tuple(high - low for low, high in zip(before, after, strict=True))
    return f"all vectors over {clock.process} are {show(more, clock)} larger"
