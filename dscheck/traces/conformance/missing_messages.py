"""Which message did the log mean, if none of those under way, or just sent, is the recorded one? The nearest ones."""

from collections.abc import Iterator

from dscheck.domains import Bag, List, Map
from dscheck.model.layout import State
from dscheck.model.system import If
from dscheck.traces.conformance.demands import Item, Refusal, Sent
from dscheck.traces.conformance.focusing import kinds_sent
from dscheck.traces.conformance.footprint import all_effects, variables_read
from dscheck.traces.conformance.naming import spec_name
from dscheck.traces.conformance.observed import Observer

_MOST_MESSAGES = 3
_MOST_VALUES = 4


def difference(refusal: Refusal) -> str:
    """`Vote.reject is true, where false is recorded`."""
    return f"{refusal.what} is {refusal.spec}, where {refusal.recorded} is recorded"


def not_under_way(observer: Observer, item: Item, state: State) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """What is under way instead of a received message: lines, and the slot of the channel; None if it is there.

    Args:
        observer: knows the names.
        item: a receipt.
        state: before it.
    """
    wanted = item.first.message
    if item.first.event.kind != "recv" or wanted is None or wanted.peer is None or item.actor is None:
        return None
    name = f"network {wanted.peer[0]}->{item.actor[0]}"
    if not any(variable.name == name for variable in observer.system.variables):
        return None
    slot = observer.layout.slot(name, (wanted.peer[1], item.actor[1]))
    messages = list(dict.fromkeys(state[slot]))
    if not messages or any(
        observer.is_message(wanted, each, wanted.peer, item.actor, wanted.peer) for each in messages
    ):
        return None
    differing = [(list(observer.differences(wanted, each, wanted.peer, item.actor)), each) for each in messages]
    differing.sort(key=lambda pair: (any(each.what == "the message" for each in pair[0]), len(pair[0])))
    domain = observer.layout.slots[slot][0].domain
    assert isinstance(domain, Bag | List)
    others = len(messages) - _MOST_MESSAGES
    head = f"{observer.wanted_text(item.first)} cannot arrive: it is not under way. Others are:"
    lines = [
        f"  {observer.shown(message, domain.element)}: {'; '.join(map(difference, found[:_MOST_VALUES]))}"
        for found, message in differing[:_MOST_MESSAGES]
    ]
    return (head, *lines, *([f"  and {others:,} more"] if others > 0 else [])), (slot,)


def sent_otherwise(
    observer: Observer, item: Item, state: State, mine: tuple[Sent, ...]
) -> Iterator[tuple[int, int, tuple[str, ...], tuple[int, ...]]]:
    """For each message that the step before sent, and no event records: how a lone `send` differs from it.

    Args:
        observer: knows the names.
        item: the lone `send`.
        state: after the step that sent.
        mine: what it sent.

    Yields:
        How many differences are not of values, how many there are, lines, and slots that decided.
    """
    wanted = item.first.message
    if wanted is None or item.actor is None:
        return
    for sent in dict.fromkeys(mine):
        of_values = list(observer.values(item.first.after, state))
        found = list(observer.differences(wanted, sent.message, item.actor, sent.receiver, sent.receiver))
        if item.first.rules is not None and sent.rule not in item.first.rules:
            continue
        rule = observer.system.rules[sent.rule]
        said = "; ".join(map(difference, (*found, *of_values)))
        lines = [f"the step before, `{rule.name}`, sends {observer.message_text(item.actor, sent)}: {said}"]
        slots = tuple(each.place for each in of_values)
        if found:
            slots = tuple(_decisive(observer, item, sent.rule))
            plain = [slot for slot in slots if not isinstance(observer.layout.slots[slot][0].domain, List | Map | Bag)]
            told = ", ".join(
                f"{observer.slot_text(slot)} is {observer.shown(state[slot], observer.layout.slots[slot][0].domain)}"
                for slot in plain[:_MOST_VALUES]
            )
            lines += [f"  where {told}"] if told else []
        yield len(found), len(found) + len(of_values), tuple(lines), slots


def sent_by_receipts(observer: Observer, item: Item) -> tuple[str, ...] | None:
    """Why a lone `send` of what only receipts send is refused where no receipt stands before it; None if others can."""
    wanted = item.first.message
    if not item.alone or wanted is None or wanted.kinds is None or item.actor is None:
        return None
    names = [
        rule.name
        for index, (rule, kinds) in enumerate(zip(observer.system.rules, kinds_sent(observer.system), strict=True))
        if rule.kind == "arrival" and rule.process == item.actor[0] and not rule.torn and kinds & wanted.kinds
        if index not in item.rules
    ]
    if not names:
        return None
    what = " or ".join(sorted(wanted.kinds))
    return (f"the step before sends no {what} that is not recorded already, and `{names[0]}` needs a receipt",)


def _decisive(observer: Observer, item: Item, rule: int) -> Iterator[int]:
    """The slots of the process that the tests in the body of a rule look at."""
    assert item.actor is not None
    tests = [effect.test for effect in all_effects(observer.system.rules[rule].body) if isinstance(effect, If)]
    names = variables_read(observer.system, tests)
    for slot, (variable, indices) in enumerate(observer.layout.slots):
        own = len(indices) == 1 and variable.indices[0].process == item.actor[0] and indices[0] == item.actor[1]
        if own and variable.name in names:
            yield slot


def who(observer: Observer, item: Item) -> tuple[str, ...]:
    """`5 is Node[4] of Raft`, where the spec calls a node otherwise than the log."""
    node = item.first.event.node
    if item.actor is None or spec_name(observer.system, *item.actor) == node:
        return ()
    return (f"  {node} is {spec_name(observer.system, *item.actor)} of {observer.system.protocol}",)
