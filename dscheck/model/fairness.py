"""What may a run not put off for ever? The obligations of the rules.

Owed are actions that are `fair` or `strong fair`, timeouts, and the arrival of messages; plain actions and faults never
are. Which labels stand for one obligation decides who is treated fairly:

- An action is owed per process and binding of its parameters, a timeout per process; what they choose is their affair.
- In a fifo network each channel owes its head, in an unordered one each channel owes each message, by its value: two
  equal copies are one obligation. Whatever takes the message meets it: any handler that accepts it, a receiver that is
  down and so discards it; a loss, or a crash in the middle of its handler, ends it too, but does not make it possible.
- A handler that is `fair` or `strong fair` is owed by itself besides, per channel or message in the same way. A loss
  does not end that: a message that is sent again and again is handled at last.

What a message carries for comparisons of events is no part of its value here: whether a run is fair does not depend on
which properties are asked.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal as OneOf

from dscheck import domains
from dscheck.model.expressions import Apply, Bound, Expression, Literal
from dscheck.model.knowledge import FIELD
from dscheck.model.lower_rules import is_kind
from dscheck.model.lowering import BOOL, TRUE, Lowering
from dscheck.model.system import Obligation, Rule


def with_obligations(lowering: Lowering, rules: Iterable[Rule]) -> list[Rule]:
    """The same rules, each with what its labels are owed.

    Args:
        lowering: the spec, for the order of its network.
        rules: all of them.
    """
    fifo = lowering.configuration.order == "fifo"
    return [replace(rule, owed=_owed(rule, fifo=fifo)) for rule in rules]


def _owed(rule: Rule, *, fifo: bool) -> tuple[Obligation, ...]:
    bound = {parameter.name: Bound(parameter.name, parameter.domain) for parameter in rule.parameters}
    match rule.kind:
        case "action" if rule.fairness and not rule.torn:
            group = f"{rule.fairness} action {rule.name} of {rule.process}"
            return (Obligation(group, _strength(rule), tuple(bound.values())),)
        case "timeout" if not rule.torn:
            return (Obligation(f"{rule.name} of {rule.process}", "weak", (bound["self"],)),)
        case "arrival" | "discard":
            sender, receiver, message = bound["sender"], bound["self"], bound["message"]
            arrival = _arrival(sender, receiver, message, fifo=fifo, condition=TRUE, enables=not rule.torn)
            if rule.kind == "discard" or rule.torn or not rule.fairness:
                return arrival
            return (*arrival, *(_handling(rule, each) for each in arrival))
        case "loss" if fifo:
            place = bound["place"]
            head = Apply("==", (place, Literal(0, domains.Int(0, 0))), BOOL)
            return _arrival(bound["sender"], bound["receiver"], None, fifo=True, condition=head, enables=False)
        case "loss":
            sender, receiver, message = bound["sender"], bound["receiver"], bound["message"]
            return _arrival(sender, receiver, message, fifo=False, condition=TRUE, enables=False)
        case _:
            return ()


def _strength(rule: Rule) -> OneOf["weak", "strong"]:
    return "strong" if rule.fairness == "strong fair" else "weak"


def _handling(rule: Rule, arrival: Obligation) -> Obligation:
    """That this handler runs, whatever else may become of the message."""
    place = "" if rule.span is None else f" at {rule.span.start}"  # two handlers of one message are two
    group = f"{rule.fairness} {rule.name} of {rule.process}{place} by {arrival.group}"
    return replace(arrival, group=group, strength=_strength(rule))


def _arrival(
    sender: Bound, receiver: Bound, message: Bound | None, *, fifo: bool, condition: Expression, enables: bool
) -> tuple[Obligation, ...]:
    assert isinstance(sender.domain, domains.Id)
    assert isinstance(receiver.domain, domains.Id)
    group = f"arrival {sender.domain.process}->{receiver.domain.process}"
    if fifo or message is None:
        return (Obligation(group, "weak", (sender, receiver), condition, enables),)
    of = message.domain
    assert isinstance(of, domains.Message)
    if not any(name.startswith(FIELD) for kind in of.kinds for name, _ in kind.fields):
        return (Obligation(group, "weak", (sender, receiver, message), condition, enables),)
    return tuple(
        Obligation(group, "weak", (sender, receiver, *_told(message, kind)), is_kind(message, kind.name, of), enables)
        for kind in of.kinds
    )


def _told(message: Bound, kind: domains.Record) -> tuple[Expression, ...]:
    """Kind and fields of a message of this kind, without what it carries for comparisons of events."""
    parts: list[Expression] = [Literal(kind.name, domains.Enum((kind.name,)))]
    for place, (name, field) in enumerate(kind.fields):
        if not name.startswith(FIELD):
            parts.append(Apply("payload", (message, Literal(place, domains.Int(place, place))), field))
    return tuple(parts)
