"""May this message be lost? Not if it is received later: the trace tells, so nobody has to guess."""

from collections.abc import Callable, Iterator

from dscheck.domains import Bool, Enum, Int, Value
from dscheck.model.layout import State
from dscheck.record import record
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.demands import Wanted
from dscheck.traces.conformance.focusing import kinds_sent
from dscheck.traces.conformance.items import Course, Cut
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import process_set

_Process = tuple[str, int]


@record
class _Later:
    """What the trace records later of a channel.

    Attributes:
        receipts: those that may be of a message.
        sends: how many sends there are that these may be receipts of; None if others may be unrecorded.
    """

    receipts: tuple[Wanted, ...]
    sends: int | None


def look_ahead(course: Course, observer: Observer, hidden: frozenset[int]) -> Callable[[Cut, State, Transition], bool]:
    """Whether a step leaves enough messages for what is received later; only losses can fail to.

    A message is missed if the later receipts that may be of it are more than the other messages in its channel and
    the later sends that they may be of. A send counts if the trace records it; a step of which it records no send of
    that kind, although it can send some, may send any number.

    Args:
        course: the recorded steps.
        observer: knows the names.
        hidden: rules whose steps need not be recorded.
    """
    kinds = kinds_sent(observer.system)
    rules = observer.system.rules
    duplicating = any(rule.kind == "duplicate" for rule in rules)
    found: dict[tuple[Cut, _Process, _Process, Value], _Later] = {}

    def later(cut: Cut, sender: _Process, receiver: _Process, message: Value) -> _Later:
        key = (cut, sender, receiver, message)
        if key not in found:
            receipts = tuple(
                wanted
                for wanted in _receipts(course, cut, sender, receiver)
                if observer.is_message(wanted, message, sender, receiver, sender)
            )
            found[key] = _Later(receipts, sends(cut, sender, receiver, receipts) if receipts else 0)
        return found[key]

    def sends(cut: Cut, sender: _Process, receiver: _Process, receipts: tuple[Wanted, ...]) -> int | None:
        named = [each.kinds for each in receipts]
        any_kind = frozenset(observer.kinds)
        wanted_kinds = frozenset().union(*(any_kind if each is None else each for each in named))
        if any(rules[index].process == sender[0] and kinds[index] & wanted_kinds for index in hidden):
            return None
        number = 0
        for lane, seen in zip(course.lanes, cut, strict=True):
            for item in lane[seen:]:
                if item.actor != sender or item.observes:
                    continue
                told = [
                    demand.message
                    for demand in (item.first, *item.sends)
                    if demand.event.kind == "send" and demand.message is not None
                ]
                shown = [each for each in told if each.kinds is None or each.kinds & wanted_kinds]
                if not shown and any(kinds[index] & wanted_kinds for index in item.rules):
                    return None
                number += sum(
                    each.peer in (None, receiver) and any(_alike(observer, each, wanted) for wanted in receipts)
                    for each in shown
                )
        return number

    def may_happen(cut: Cut, state: State, step: Transition) -> bool:
        if rules[step.rule].kind != "loss":
            return True
        note = step.notes[0]
        sender = (process_set(note.note.sender.domain), note.sender)
        receiver = (process_set(note.note.receiver.domain), note.receiver)
        ahead = later(cut, sender, receiver, note.message)
        if not ahead.receipts or ahead.sends is None:
            return True
        slot = observer.layout.slot(f"network {sender[0]}->{receiver[0]}", (sender[1], receiver[1]))
        under_way = sum(
            any(observer.is_message(wanted, each, sender, receiver, sender) for wanted in ahead.receipts)
            for each in state[slot]
        )
        left = under_way - 1 + ahead.sends
        return left >= len(ahead.receipts) or (duplicating and left > 0)

    return may_happen


def _receipts(course: Course, cut: Cut, sender: _Process, receiver: _Process) -> Iterator[Wanted]:
    """What is recorded of the messages that the receiver surely gets from the sender."""
    for lane, seen in zip(course.lanes, cut, strict=True):
        for item in lane[seen:]:
            wanted = item.first.message
            if item.actor != receiver or item.first.event.kind != "recv" or wanted is None:
                continue
            if wanted.peer == sender:
                yield wanted


def _alike(observer: Observer, one: Wanted, other: Wanted) -> bool:
    """May both be of the same message? Yes unless a kind or a plain value says otherwise."""
    if one.kinds is None or other.kinds is None:
        return True
    return any(_agree(observer, kind, one, other) for kind in one.kinds & other.kinds)


def _agree(observer: Observer, kind: str, one: Wanted, other: Wanted) -> bool:
    fields = observer.kinds[kind].fields
    for at, (name, domain) in enumerate(fields):
        if isinstance(domain, Int | Bool | Enum):
            said = [wanted.fields[key] for wanted in (one, other) for key in (name, str(at)) if key in wanted.fields]
            if len({each.__class__ for each in said}) == 1 and any(each != said[0] for each in said):
                return False
    return True
