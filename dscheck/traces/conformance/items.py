"""Which steps does a trace record, and in which order may they be looked at?

A. Mazurkiewicz: Trace theory. LNCS 255, 1987: if concurrent steps commute, one linear extension of the order decides.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dscheck.record import record
from dscheck.traces.causality.happens_before import NoOrder, happens_before
from dscheck.traces.causality.messages import matched_messages
from dscheck.traces.conformance.demands import Item
from dscheck.traces.conformance.focusing import kinds_sent, rules_of
from dscheck.traces.conformance.looks import is_look, is_quiet_look
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.event import Trace

# How far a walk has come: how many items of each lane it has seen.
Cut = tuple[int, ...]


@record
class Course:
    """The recorded steps in lanes; items of one lane are in order.

    Attributes:
        lanes: one for a total order, or one per node.
        needs: per item of each lane, how many items of each other lane must come before it.
        note: what should be known of the order; empty if nothing.
        chosen: is it one of several orders, any of which decides whether the trace is a behaviour?
    """

    lanes: tuple[tuple[Item, ...], ...]
    needs: tuple[tuple[Cut, ...], ...] = ()
    note: str = ""
    chosen: bool = False

    @property
    def start(self) -> Cut:
        """Nothing seen."""
        return (0,) * len(self.lanes)

    @property
    def length(self) -> int:
        """How many items there are."""
        return sum(map(len, self.lanes))

    def following(self, cut: Cut) -> Iterator[tuple[Item, Cut]]:
        """The items that may come next."""
        for lane, items in enumerate(self.lanes):
            at = cut[lane]
            if at < len(items) and (
                not self.needs or all(has >= need for has, need in zip(cut, self.needs[lane][at], strict=True))
            ):
                yield items[at], (*cut[:lane], at + 1, *cut[lane + 1 :])


def course_of(
    trace: Trace, observer: Observer, events: tuple[int, ...], shared: tuple[str, ...], *, every: bool = False
) -> Course | NoOrder:
    """The recorded steps, in an order that decides.

    Args:
        trace: the trace.
        observer: says what events demand.
        events: indices of those to look at.
        shared: variables that keep concurrent steps from commuting; see `footprint`.
        every: leave open in which order concurrent steps are taken, even if they commute.
    """
    items = _items(trace, observer, events)
    if trace.header.order == "total" or len({item.first.event.node for item in items}) <= 1:
        return Course((_kept(items),))
    # Whether the clocks are right is the question of another check; here they only have to give an order.
    order = happens_before(replace(trace, header=replace(trace.header, gaps=True)))
    if isinstance(order, NoOrder):
        return order
    nothing_known = order.basis == "program order"
    if not shared and not nothing_known and not every:
        if trace.header.order != "causal":
            height = order.heights()
            items.sort(key=lambda item: (int(height[item.index]), item.index))
        return Course((_kept(items),), chosen=True)
    lanes: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: (item.first.event.seq, item.index)):
        lanes.setdefault(item.first.event.node, []).append(item)
    ordered = tuple(_kept(lane) for lane in lanes.values())
    needs = tuple(
        tuple(
            tuple(
                0 if other is lane else sum(order.before(each.index, item.index) for each in other) for other in ordered
            )
            for item in lane
        )
        for lane in ordered
    )
    if shared:
        reason = f"steps of different nodes share {', '.join(f'`{name}`' for name in shared[:3])}"
    else:
        reason = "neither clocks nor messages relate the nodes"
    return Course(ordered, needs, f"all orders that respect causality were tried: {reason}")


def _items(trace: Trace, observer: Observer, events: tuple[int, ...]) -> list[Item]:
    """One item per step, in the order of the file."""
    send_of = matched_messages(trace.events).send_of
    groups: dict[Any, list[int]] = {}
    for index in events:
        event = trace.events[index]
        step = event.other.get("step")
        groups.setdefault((event.node, str(step)) if step is not None else index, []).append(index)
    found = []
    for group in groups.values():
        demands = [
            observer.demand(trace.events[index], trace.events[send_of[index]] if index in send_of else None)
            for index in group
        ]
        first = demands[0]
        observes = len(group) == 1 and is_look(first.event)
        alone = (
            len(group) == 1 and first.event.kind == "send" and first.event.other.get("step") is None and not observes
        )
        actor = observer.names.actors[first.event.node]
        found.append(
            Item(actor, group[0], first, tuple(demands[1:]), alone, observes, observes and is_quiet_look(first.event))
        )
    received = frozenset(kind for item in found for kind in _received(item))
    sent = kinds_sent(observer.system)
    return [replace(item, rules=rules_of(observer.system, item, sent, received)) for item in found]


def _received(item: Item) -> frozenset[str]:
    """The kinds of messages that an event may record the receipt of."""
    wanted = item.first.message
    return wanted.kinds or frozenset() if item.first.event.kind == "recv" and wanted is not None else frozenset()


def _kept(items: list[Item]) -> tuple[Item, ...]:
    """The items, each of which knows whether a lone `send` of its node follows."""
    follows: dict[str, bool] = {}
    found: list[Item] = []
    for item in reversed(items):
        found.append(replace(item, keeps=follows.get(item.first.event.node, False)))
        if not item.observes:
            follows[item.first.event.node] = item.alone
    return tuple(reversed(found))
