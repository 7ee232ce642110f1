"""What does `event enter` do? It becomes the latest one of its label and process, and nobody knows of it yet.

Those who knew of the one before know of none now: it is taken out of what the others know, of the pasts of all events
and of all messages under way.
"""

from dscheck.domains import Id, Int
from dscheck.language.checked import EventMeaning
from dscheck.model.expressions import Apply, Bound, Expression, Literal, Read
from dscheck.model.knowledge import knows, past
from dscheck.model.lower_send import ONE, channel, channels
from dscheck.model.lowering import Lowering
from dscheck.model.scope import Scope
from dscheck.model.system import EVENT, Count, Effects, ForEach, Write


def lower_event(lowering: Lowering, label: str, scope: Scope) -> Effects:
    """The effects of an `event` statement; for a label that no asked property compares it is only counted."""
    assert scope.process is not None
    scope.notes.needs_tick = True
    event, own = EventMeaning(scope.process, label), scope.local["self"]
    return (Count(EVENT + label, ONE), *_keep_past(lowering, event, own), *_forget(lowering, event, own))


def _keep_past(lowering: Lowering, event: EventMeaning, own: Expression) -> Effects:
    """The event keeps what its process knew before it; forgetting takes the last one of its own label out of that."""
    effects = []
    for earlier in lowering.tracking.earlier_than(event):
        known = knows(lowering, earlier, event.process, own)
        effects.append(Write(past(lowering, earlier, event, own).variable, (own,), known))
    return tuple(effects)


def _forget(lowering: Lowering, event: EventMeaning, own: Expression) -> Effects:
    """Forget the event of this label and process that was the latest so far; only the process itself knows of this."""
    tracking = lowering.tracking
    if event not in tracking.carriers:
        return ()
    carriers = tracking.carriers[event]
    effects: list[Write | ForEach] = []
    for knower in carriers:
        who = Bound("knower!", lowering.id_domain(knower))
        known = knows(lowering, event, knower, who)
        effects.append(_for_all(lowering, (who,), Write(known.variable, (who,), _without(known, own))))
    for later in tracking.later_than(event):
        who = Bound("later!", lowering.id_domain(later.process))
        before = past(lowering, event, later, who)
        effects.append(_for_all(lowering, (who,), Write(before.variable, (who,), _without(before, own))))
    for pair in channels(lowering):
        travelling = tracking.travelling(*pair)
        if event in travelling:
            ends = (Bound("from!", lowering.id_domain(pair[0])), Bound("to!", lowering.id_domain(pair[1])))
            where = channel(lowering, pair, *ends)
            place = len(travelling) - travelling.index(event)
            left = Apply("forget", (where, Literal(place, Int(place, place)), own), where.domain)
            effects.append(_for_all(lowering, ends, Write(where.variable, ends, left)))
    mine = knows(lowering, event, event.process, own)
    effects.append(Write(mine.variable, (own,), Apply("union", (mine, _one(mine, own)), mine.domain)))
    return tuple(effects)


def _for_all(lowering: Lowering, names: tuple[Bound, ...], write: Write) -> ForEach:
    inner: Write | ForEach = write
    for name in reversed(names[1:]):
        inner = _for_each(lowering, name, inner)
    return _for_each(lowering, names[0], inner)


def _for_each(lowering: Lowering, name: Bound, effect: Write | ForEach) -> ForEach:
    assert isinstance(name.domain, Id)
    return ForEach(name.name, lowering.all_ids(name.domain.process), (effect,))


def _one(of: Read, own: Expression) -> Expression:
    return Apply("set", (own,), of.domain)


def _without(known: Read, own: Expression) -> Expression:
    return Apply("difference", (known, _one(known, own)), known.domain)
