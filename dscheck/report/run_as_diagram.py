"""What does a run look like as a space-time diagram? Processes are lanes, steps are events, messages are arrows."""

from collections.abc import Iterable, Iterator

from dscheck.spacetime import Arrow, Diagram, DiagramEvent, EventKind
from dscheck.verdict import Counterexample, MessageEvent, Step

_NEVER_ARRIVES = {"lost", "dropped", "discarded"}
_Channel = tuple[str, str, str]


def diagram_of(counterexample: Counterexample) -> Diagram:
    """A run as a diagram: what happened before what is then a question of arrows.

    A step is one event, also when it receives a message and sends others. A fault of the network is no event; a message
    that it loses, or that finds its receiver down, has an arrow without an end, as has one still under way when the
    run ends. Equal messages of one sender to one receiver arrive in the order in which they were sent; a copy that the
    network made has the event of its original as its sender.

    Args:
        counterexample: the run.
    """
    lanes = _lanes(counterexample)
    events: list[DiagramEvent] = []
    arrows: list[Arrow] = []
    on_the_way: dict[_Channel, list[int]] = {}
    for step in counterexample.steps:
        here = len(events)
        if step.process and step.kind != "discard":  # nobody is up to notice it
            events.append(DiagramEvent(_name(step), lanes.index(step.process), _kind(step)))
        for message in step.received:
            sent = on_the_way.get(_channel(message), [])
            if sent:
                start = sent.pop(0)
                lost = message.kind in _NEVER_ARRIVES
                arrows.append(_lost(message, start, lanes) if lost else Arrow(message.message, start, here))
        for message in step.sent:
            waiting = on_the_way.setdefault(_channel(message), [])
            if message.kind == "duplicated":
                waiting += waiting[:1]
            elif message.kind in _NEVER_ARRIVES:
                arrows.append(_lost(message, here, lanes))
            else:
                waiting.append(here)
    for (message_text, _, receiver), starts in on_the_way.items():
        arrows += [Arrow(message_text, start, to=lanes.index(receiver), under_way=True) for start in starts]
    return Diagram(_title(counterexample), lanes, tuple(events), tuple(sorted(arrows, key=lambda each: each.start)))


def _title(counterexample: Counterexample) -> str:
    if counterexample.property == "deadlock":
        return "a run into a deadlock"
    return f"a run that violates {counterexample.property}"


def _lost(message: MessageEvent, start: int, lanes: tuple[str, ...]) -> Arrow:
    return Arrow(message.message, start, to=lanes.index(message.receiver))


def _channel(message: MessageEvent) -> _Channel:
    return message.message, message.sender, message.receiver


def _lanes(counterexample: Counterexample) -> tuple[str, ...]:
    """Who takes part, in the order of the variables, so that it is the same in all runs of a protocol."""
    taking_part = dict.fromkeys(_processes(counterexample.steps))
    first: dict[str, int] = {}
    for number, variable in enumerate(counterexample.initial):
        first.setdefault(variable.partition(".")[0].partition(" ")[0], number)
    return tuple(sorted(taking_part, key=lambda process: first.get(process, len(counterexample.initial))))


def _processes(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        if step.process:
            yield step.process
        for message in (*step.received, *step.sent):
            yield message.sender
            yield message.receiver


def _kind(step: Step) -> EventKind:
    if any(message.kind == "received" for message in step.received):
        return "receive"
    return "send" if step.sent else "local"


def _name(step: Step) -> str:
    """What the step is called beside the lane of its process: the message that it receives stands on an arrow."""
    if step.kind == "arrival":
        return f"on {step.action}"
    return step.label.removeprefix(f"{step.process} ")
