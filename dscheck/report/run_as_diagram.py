"""What does a run look like as a space-time diagram? Processes are lanes, steps are events, messages are arrows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dscheck.counterexample import Counterexample, MessageEvent, Step
from dscheck.report.guilt import guilty_values
from dscheck.spacetime import Arrow, Diagram, DiagramEvent, EventKind, EventMark, Fate, NetworkMark

_FATES: dict[str, Fate] = {"lost": "lost", "dropped": "dropped", "discarded": "discarded"}
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
    drawing = _Drawing(counterexample)
    for number, step in enumerate(counterexample.steps):
        drawing.take(number, step)
    return drawing.diagram()


class _Drawing:
    """Follows a run from step to step."""

    def __init__(self, counterexample: Counterexample) -> None:
        self._run = counterexample
        self._lanes = _lanes(counterexample)
        self._guilty = guilty_values(counterexample)
        self._events: list[DiagramEvent] = []
        self._arrows: list[Arrow] = []
        self._network_marks: list[NetworkMark] = []
        self._on_the_way: dict[_Channel, list[Arrow]] = {}

    def take(self, number: int, step: Step) -> None:
        here = len(self._events)
        state = number + 1
        if step.process and step.kind != "discard":  # nobody is up to notice it
            self._events.append(self._event(number, step))
        self._network_marks += self._marks(step, here, state)
        for message in step.received:
            waiting = self._on_the_way.get(_channel(message), [])
            if waiting:
                sent = waiting.pop(0)
                fate = _FATES.get(message.kind, "")
                self._arrows.append(replace(sent, fate=fate, ended=state) if fate else replace(sent, end=here, to=None))
        for message in step.sent:
            waiting = self._on_the_way.setdefault(_channel(message), [])
            to = self._lanes.index(message.receiver)
            if message.kind == "duplicated":
                waiting += [replace(original, copied=True) for original in waiting[:1]]
            elif message.kind in _FATES:
                self._arrows.append(
                    Arrow(message.message, here, to=to, fate=_FATES[message.kind], ended=state, fields=message.fields)
                )
            else:
                waiting.append(Arrow(message.message, here, to=to, fields=message.fields))

    def _marks(self, step: Step, here: int, state: int) -> Iterator[NetworkMark]:
        if step.kind in {"cut", "heal"} and {"a", "b"} <= step.bindings.keys():
            ends = self._lanes.index(step.bindings["a"]), self._lanes.index(step.bindings["b"])
            yield NetworkMark("cut" if step.kind == "cut" else "heal", ends, here, state)
        for message in step.sent:
            if message.kind == "duplicated":
                ends = self._lanes.index(message.sender), self._lanes.index(message.receiver)
                yield NetworkMark("duplicated", ends, here, state, message.message)

    def _event(self, number: int, step: Step) -> DiagramEvent:
        notes = [*self._guilty.get(number, ()), *([f"fails: {step.failure}"] if step.failure else [])]
        return DiagramEvent(
            _name(step),
            self._lanes.index(step.process),
            _kind(step),
            mark=_mark(step),
            guilty=number in self._guilty or bool(step.failure),
            note=", ".join(notes),
            state=number + 1,
        )

    def diagram(self) -> Diagram:
        still = [replace(arrow, under_way=True) for waiting in self._on_the_way.values() for arrow in waiting]
        arrows = sorted((*self._arrows, *still), key=lambda each: each.start)
        return Diagram(
            _title(self._run),
            self._lanes,
            tuple(self._events),
            tuple(arrows),
            tuple(self._network_marks),
            None if self._run.stops else self._run.loop_from,
            self._run.stops,
        )


def _title(counterexample: Counterexample) -> str:
    if counterexample.property == "deadlock":
        return "a run into a deadlock"
    return f"a run that violates {counterexample.property}"


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
        if step.kind in {"cut", "heal"}:
            yield from (step.bindings[end] for end in ("a", "b") if end in step.bindings)
        for message in (*step.received, *step.sent):
            yield message.sender
            yield message.receiver


def _kind(step: Step) -> EventKind:
    if any(message.kind == "received" for message in step.received):
        return "receive"
    return "send" if step.sent else "local"


def _mark(step: Step) -> EventMark:
    """Does the process go down, be it in the middle of another step, or come up?"""
    if step.kind == "recover":
        return "recover"
    down = any(change.variable == f"{step.process} up" and change.after == "false" for change in step.changes)
    return "crash" if step.kind == "crash" or down else ""


def _name(step: Step) -> str:
    """What the step is called beside the lane of its process: the message that it receives stands on an arrow."""
    label = step.label.removeprefix(f"{step.process} ")
    if step.kind != "arrival":
        return label
    taken = next((message for message in step.received if message.kind == "received"), None)
    told = "" if taken is None else f"on {taken.message} from {taken.sender}"  # what is chosen follows it
    return f"on {step.action}" + (label.removeprefix(told) if told and label.startswith(told) else "")
