"""How is happens-before between events part of the state? Variables that say who knows of which latest events.

For each label that an asked property compares, a process has a set of processes: those whose latest event with that
label happened before its own next step. It *knows* of them. Messages take along what their sender knows, and a receiver
adds it to what it knows. An event keeps what its process knew when it happened: its *past*. Whether one event happened
before another (Lamport 1978) is then a look into the past of the other. One that is no longer the latest of its label
and process is forgotten everywhere: see `lower_events`.
"""

from dataclasses import replace
from typing import Literal as OneOf

from dscheck import domains
from dscheck.domains import Domain
from dscheck.language.checked import EventMeaning
from dscheck.model.expressions import Apply, Bound, Expression, Invoke, Let, Literal, Read
from dscheck.model.lowering import BOOL, FALSE, Lowering, conjunction, negation
from dscheck.model.system import Definition, Effects, ForEach, Variable, Write
from dscheck.model.tracking import Comparison
from dscheck.record import record
from dscheck.source import Span

FIELD = "·knows "
"""how the names of the fields of messages begin that carry knowledge; nobody is shown them"""


@record
class Event:
    """The latest event with some label at the process `who`."""

    meaning: EventMeaning
    who: Expression


def _text(event: EventMeaning) -> str:
    return f"{event.process}.{event.label}"


def processes_of(lowering: Lowering, event: EventMeaning) -> domains.Set:
    """The domain of a set of events with one label: which processes they are the latest of."""
    return domains.Set(lowering.id_domain(event.process))


def _knows_name(event: EventMeaning, knower: str) -> str:
    return f"knows {_text(event)} {knower}"


def _past_name(earlier: EventMeaning, later: EventMeaning) -> str:
    return f"past {_text(earlier)} {_text(later)}"


def knows(lowering: Lowering, event: EventMeaning, knower: str, who: Expression) -> Read:
    """The processes of whose latest `event` the process `who` of the set `knower` knows."""
    return Read(_knows_name(event, knower), (who,), processes_of(lowering, event))


def past(lowering: Lowering, earlier: EventMeaning, later: EventMeaning, who: Expression) -> Read:
    """The processes whose latest `earlier` happened before the latest `later` of `who`."""
    return Read(_past_name(earlier, later), (who,), processes_of(lowering, earlier))


def knowledge_variables(lowering: Lowering) -> list[Variable]:
    """Who knows what, and the pasts of the latest events."""
    tracking = lowering.tracking
    found = []
    for event, carriers in tracking.carriers.items():
        for knower in carriers:
            of = processes_of(lowering, event)
            found.append(Variable(_knows_name(event, knower), (lowering.id_domain(knower),), of, "knowledge"))
    for earlier, later in tracking.orders:
        of = processes_of(lowering, earlier)
        found.append(Variable(_past_name(earlier, later), (lowering.id_domain(later.process),), of, "knowledge"))
    return found


def initial_knowledge(lowering: Lowering) -> Effects:
    """At first nobody knows of any event."""
    effects = []
    for variable in knowledge_variables(lowering):
        (index,) = variable.indices
        who = Bound("who!", index)
        write = Write(variable.name, (who,), Literal(frozenset(), variable.domain))
        effects.append(ForEach("who!", lowering.all_ids(index.process), (write,)))
    return tuple(effects)


# --- messages ----------------------------------------------------------------------------------


def knowledge_fields(lowering: Lowering, sender: str, receiver: str) -> tuple[tuple[str, Domain], ...]:
    """The fields of a message that carry knowledge: the last ones."""
    travelling = lowering.tracking.travelling(sender, receiver)
    return tuple((f"{FIELD}{_text(event)}", processes_of(lowering, event)) for event in travelling)


def sent_knowledge(lowering: Lowering, sender: str, receiver: str, own: Expression) -> list[Expression]:
    """What a message takes along: all that its sender knows now."""
    return [knows(lowering, event, sender, own) for event in lowering.tracking.travelling(sender, receiver)]


def receive_knowledge(
    lowering: Lowering, sender: str, receiver: str, own: Expression, message: Expression, fields: int
) -> Effects:
    """The receiver adds what a message with so many fields brings to what it knows."""
    travelling = lowering.tracking.travelling(sender, receiver)
    effects = []
    for place, event in enumerate(travelling, start=fields - len(travelling)):
        known = knows(lowering, event, receiver, own)
        brought = Apply("payload", (message, Literal(place, domains.Int(place, place))), known.domain)
        effects.append(Write(known.variable, (own,), Apply("union", (known, brought), known.domain)))
    return tuple(effects)


# --- comparisons -------------------------------------------------------------------------------


def compare(
    lowering: Lowering, operator: OneOf["->", "||"], left: Event, right: Event, *, old: bool, span: Span
) -> Expression:
    """`left -> right` or `left || right`; `old`: before the step."""
    comparison = Comparison(operator, left.meaning, right.meaning)
    if not old:
        return Invoke(_definition_name(comparison), (left.who, right.who), BOOL, span)
    body = _comparison(lowering, comparison, old=True)
    return Let("left!", left.who, Let("right!", right.who, body, BOOL), BOOL, span)


def comparisons(lowering: Lowering) -> list[Definition]:
    """The asked comparisons as definitions, so that an explanation tells each as a whole."""
    found = []
    for comparison in lowering.tracking.comparisons:
        ends = (("left!", comparison.left), ("right!", comparison.right))
        parameters = tuple((name, lowering.id_domain(event.process)) for name, event in ends)
        found.append(Definition(_definition_name(comparison), parameters, _comparison(lowering, comparison, old=False)))
    return found


def _definition_name(comparison: Comparison) -> str:
    return f"{_text(comparison.left)} {comparison.operator} {_text(comparison.right)}"


def _comparison(lowering: Lowering, comparison: Comparison, *, old: bool) -> Expression:
    left, right = comparison.left, comparison.right
    p = Bound("left!", lowering.id_domain(left.process))
    q = Bound("right!", lowering.id_domain(right.process))

    def is_in(who: Bound, read: Read) -> Expression:
        return Apply("in", (who, replace(read, old=old)), BOOL)

    def before(earlier: EventMeaning, one: Bound, later: EventMeaning, other: Bound) -> Expression:
        # An event that never happened is in no past, and has an empty one.
        known = (earlier, later) in lowering.tracking.orders
        return is_in(one, past(lowering, earlier, later, other)) if known else FALSE

    if comparison.operator == "->":
        return before(left, p, right, q)
    happened = (is_in(p, knows(lowering, left, left.process, p)), is_in(q, knows(lowering, right, right.process, q)))
    same = Apply("==", (p, q), BOOL) if left == right else FALSE
    ordered = (before(left, p, right, q), before(right, q, left, p))
    return conjunction(*happened, negation(same), *map(negation, ordered))
