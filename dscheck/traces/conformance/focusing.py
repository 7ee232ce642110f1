"""Which rules, and which values of their parameters, does the log leave open? So that not every step has to be tried.

A recorded argument, the sender of a received message and the message itself name values; only those are tried.
"""

from collections.abc import Mapping
from typing import Any

from dscheck.domains import Bool, Domain, Enum, Id, Int, Value
from dscheck.model.expressions import Apply, Literal, Read
from dscheck.model.layout import State
from dscheck.model.rewriting import parts_of
from dscheck.model.system import Choose, LetIn, Rule, System
from dscheck.record import record
from dscheck.traces.conformance.demands import Item, Wanted
from dscheck.traces.conformance.footprint import all_effects
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import process_set

Choices = Mapping[int, frozenset[Value]]  # by the position of a parameter


@record
class Focus:
    """What a recorded step says about the parameters of one rule.

    Attributes:
        known: the only values that can be meant, whatever the state.
        channel: the slot whose messages can be meant; None if any channel's.
        wanted: what is recorded of the message there.
    """

    known: Choices
    channel: int | None = None
    wanted: Wanted | None = None


def kinds_sent(system: System) -> tuple[frozenset[str], ...]:
    """The kinds of messages that the body of each rule can send."""
    return tuple(
        frozenset(
            part.arguments[0].value
            for effect in all_effects(rule.body)
            if isinstance(effect, LetIn)
            for part in parts_of(effect.value)
            if isinstance(part, Apply) and part.operator == "message" and isinstance(part.arguments[0], Literal)
        )
        for rule in system.rules
    )


def rules_of(system: System, item: Item, sent: tuple[frozenset[str], ...], received: frozenset[str]) -> frozenset[int]:
    """The rules of which a recorded step may be, as far as names, and what bodies can send, tell.

    Args:
        system: whose rules.
        item: the step.
        sent: the kinds that each rule can send.
        received: kinds of messages whose receipts the trace records; then no sending stands for such a receipt.
    """
    named = item.first.rules
    process = item.actor and item.actor[0]
    found = frozenset(
        index
        for index, rule in enumerate(system.rules)
        if rule.process == process and rule.torn == item.first.torn and (named is None or index in named)
    )
    if item.first.event.kind != "send":
        return found
    wanted = item.first.message
    kinds = None if wanted is None else wanted.kinds

    def may_be(index: int) -> bool:
        rule = system.rules[index]
        recorded = item.alone and rule.kind == "arrival" and rule.name.removeprefix("on ") in received
        return not recorded and (kinds is None or bool(kinds & sent[index]))

    return frozenset(filter(may_be, found))


def focus_of(observer: Observer, item: Item, rule: Rule) -> Focus:
    """What is known of the parameters of `rule`, if its step is the recorded one.

    Args:
        observer: knows the names.
        item: the recorded step.
        rule: of the item's process.
    """
    known: dict[int, frozenset[Value]] = {}
    if item.actor is not None:
        known[0] = frozenset((item.actor[1],))
    if rule.kind == "arrival":
        return _arrival(observer, item, rule, known)
    chosen = {effect.name for effect in all_effects(rule.body) if isinstance(effect, Choose)}
    shown = [at for at, parameter in enumerate(rule.parameters) if parameter.shown]
    fields = item.first.arguments if item.first.message is None else item.first.message.fields
    for name, recorded in fields.items():
        for place, at in enumerate(shown):
            parameter = rule.parameters[at]
            named = name == parameter.name or (item.first.message is None and name == str(place))
            if not named or parameter.name in chosen:
                continue
            values = _few(parameter.domain, recorded)
            if values is not None:
                agreeing = frozenset(each for each in values if observer.agrees(recorded, each, parameter.domain))
                known[at] = known.get(at, agreeing) & agreeing
    return Focus(known)


def choices_at(observer: Observer, item: Item, focus: Focus, state: State) -> Choices:
    """The values that can be meant in a state."""
    if focus.channel is None:
        return focus.known
    wanted = focus.wanted
    assert wanted is not None
    assert wanted.peer is not None
    assert item.actor is not None
    messages = dict.fromkeys(state[focus.channel])
    fitting = frozenset(
        each for each in messages if observer.is_message(wanted, each, wanted.peer, item.actor, wanted.peer)
    )
    return {**focus.known, 2: fitting}


def _arrival(observer: Observer, item: Item, rule: Rule, known: dict[int, frozenset[Value]]) -> Focus:
    """The sender, and what lies in its channel, of a step that is known to be a receipt."""
    wanted = item.first.message
    if item.first.event.kind != "recv" or wanted is None or wanted.peer is None or item.actor is None:
        return Focus(known)
    sender, message = rule.parameters[1:3]
    if process_set(sender.domain) != wanted.peer[0]:
        return Focus({**known, 1: frozenset()})
    known[1] = frozenset((wanted.peer[1],))
    slot = observer.layout.slot(f"network {wanted.peer[0]}->{item.actor[0]}", (wanted.peer[1], item.actor[1]))
    if not isinstance(message.over, Read):
        return Focus(known)  # in a fifo network only the head of the channel arrives: the rule finds that itself
    # Other names may be those of choices that the handler makes.
    kind = rule.name.removeprefix("on ")
    names = {name for name, _ in observer.kinds[kind].fields}
    fields = {name: value for name, value in wanted.fields.items() if name in names or name.isdecimal()}
    meant = frozenset((kind,)) if wanted.kinds is None else wanted.kinds & {kind}
    return Focus(known, slot, Wanted(meant, fields, wanted.peer))


def _few(domain: Domain, recorded: Any) -> tuple[Value, ...] | None:
    """The values of a domain that a recorded one could stand for, perhaps among others; None if they are not few."""
    match domain:
        case Int(low, high):
            said = _whole(recorded)
            return (said,) if said is not None and low <= said <= high else ()
        case Bool():
            return (False, True)
        case Enum(literals):
            return literals
        case Id(_, size):
            return tuple(range(size))
        case _:
            return None


def _whole(recorded: Any) -> int | None:
    """The number that is recorded, perhaps as a text, or with a point."""
    if isinstance(recorded, float):
        return int(recorded) if recorded.is_integer() else None
    try:
        return int(recorded) if isinstance(recorded, int | str) and recorded.__class__ is not bool else None
    except ValueError:
        return None
