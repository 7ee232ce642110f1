"""When is the system silent, quiet, finished? Global facts of the model, which no process can observe."""

from dscheck import domains
from dscheck.domains import Int
from dscheck.model.expressions import Apply, Bound, Expression, Invoke, Literal, Quantified
from dscheck.model.lower_rules import arriving, runs_somewhere
from dscheck.model.lower_send import channel, channels
from dscheck.model.lowering import (
    BOOL,
    FALSE,
    Lowering,
    conjunction,
    disjunction,
    implication,
    negation,
)
from dscheck.model.system import Definition, Rule


def silence(lowering: Lowering, rules: list[Rule]) -> Definition:
    """No message is deliverable, and none can be discarded at a process that is down.

    Args:
        lowering: the spec.
        rules: the arrivals and discards among them say which messages are.
    """
    moving: list[Expression] = []
    for pair in channels(lowering):
        sender, receiver = Bound("sender", lowering.id_domain(pair[0])), Bound("self", lowering.id_domain(pair[1]))
        where = channel(lowering, pair, sender, receiver)
        takers = [rule.guard for rule in rules if _takes_from(rule, pair)]
        # One that cannot be handled now is deferred: it does not disturb the silence.
        some = Quantified("exists", "message", arriving(where), disjunction(*takers), BOOL)
        if not takers:
            continue
        inner = Quantified("exists", "sender", lowering.all_ids(pair[0]), some, BOOL)
        moving.append(Quantified("exists", "self", lowering.all_ids(pair[1]), inner, BOOL))
    return Definition("silence", (), negation(disjunction(*moving)))


def _takes_from(rule: Rule, pair: tuple[str, str]) -> bool:
    if rule.kind not in {"arrival", "discard"} or rule.torn or rule.process != pair[1]:
        return False
    sender = rule.parameters[1].domain
    return isinstance(sender, domains.Id) and sender.process == pair[0]


def quiet(lowering: Lowering, rules: list[Rule]) -> Definition:
    """Silence, no timer of a process that is up, no fair action enabled."""
    disturbing = [*_running_timers(lowering)]
    for rule in rules:
        if rule.kind == "action" and rule.fairness and not rule.torn:
            enabled = rule.guard
            for parameter in reversed(rule.parameters):
                enabled = Quantified("exists", parameter.name, parameter.over, enabled, BOOL)
            disturbing.append(enabled)
    return Definition("quiet", (), conjunction(Invoke("silence", (), BOOL), negation(disjunction(*disturbing))))


def _running_timers(lowering: Lowering) -> list[Expression]:
    return [
        runs_somewhere(lowering, name, timer)
        for name, info in lowering.checked.processes.items()
        for timer in info.timers
    ]


def default_final(lowering: Lowering) -> Expression:
    """The right ends of a run when the spec does not say: nothing in flight to an up process, no timer running."""
    waiting: list[Expression] = []
    for pair in channels(lowering):
        sender, receiver = Bound("sender", lowering.id_domain(pair[0])), Bound("receiver", lowering.id_domain(pair[1]))
        length = Apply("length", (channel(lowering, pair, sender, receiver),), Int(0, 10**9))
        empty = Apply("==", (length, Literal(0, Int(0, 0))), BOOL)
        up = lowering.is_up(pair[1], receiver)
        inner = Quantified("forall", "sender", lowering.all_ids(pair[0]), implication(up, empty), BOOL)
        waiting.append(Quantified("forall", "receiver", lowering.all_ids(pair[1]), inner, BOOL))
    timers = disjunction(*_running_timers(lowering))
    return conjunction(*waiting, negation(timers) if timers != FALSE else conjunction())
