"""May this message be lost? Not if it is received later: the trace tells, so nobody has to guess."""

from collections.abc import Callable

from dscheck.domains import Value
from dscheck.model.layout import State
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.demands import Demand
from dscheck.traces.conformance.items import Course, Cut
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import process_set

_Process = tuple[str, int]


def look_ahead(course: Course, observer: Observer) -> Callable[[Cut, State, Transition], bool]:
    """Whether a step leaves enough messages for what is received later; only losses can fail to.

    A message is missed if the later receipts need every copy that is in its channel, and no later send can replace it.
    Sends count as far as the trace records them; where it records none, any later step of the sender may send.
    """
    sends_recorded = any(
        demand.event.kind == "send" for lane in course.lanes for item in lane for demand in (item.first, *item.sends)
    )
    answers: dict[tuple[Cut, _Process, _Process, Value], int] = {}

    def spare(cut: Cut, sender: _Process, receiver: _Process, message: Value) -> int:
        """How many copies more are sent than received later."""
        key = (cut, sender, receiver, message)
        if key not in answers:
            answers[key] = _balance(cut, sender, receiver, message)
        return answers[key]

    def _balance(cut: Cut, sender: _Process, receiver: _Process, message: Value) -> int:
        balance = 0
        for lane, seen in zip(course.lanes, cut, strict=True):
            for item in lane[seen:]:
                if item.actor == receiver and _receives(item.first, sender, receiver, message):
                    balance -= 1
                if item.actor == sender and not sends_recorded:
                    return 0
                for demand in (item.first, *item.sends):
                    if item.actor == sender and demand.event.kind == "send" and demand.message is not None:
                        balance += observer.is_message(demand.message, message, sender, receiver, receiver)
        return balance

    def _receives(demand: Demand, sender: _Process, receiver: _Process, message: Value) -> bool:
        if demand.event.kind != "recv" or demand.message is None:
            return False
        return observer.is_message(demand.message, message, sender, receiver, sender)

    def may_happen(cut: Cut, state: State, step: Transition) -> bool:
        if observer.system.rules[step.rule].kind != "loss":
            return True
        note = step.notes[0]
        sender = (process_set(note.note.sender.domain), note.sender)
        receiver = (process_set(note.note.receiver.domain), note.receiver)
        slot = observer.layout.slot(f"network {sender[0]}->{receiver[0]}", (sender[1], receiver[1]))
        copies: int = sum(each == note.message for each in state[slot])
        return copies + spare(cut, sender, receiver, note.message) > 0

    return may_happen
