"""Which part of a recorded trace shows what is wrong with it? The events of the core, and what stands around them."""

from collections.abc import Iterator, Mapping

from dscheck.spacetime import Arrow, Diagram, DiagramEvent, EventKind
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import TraceFinding
from dscheck.traces.formats.writers.shiviz import described

MOST_EVENTS = 30
_AROUND = 2  # events of the same node before and after each of the core
_KINDS: Mapping[str, EventKind] = {"send": "send", "recv": "receive"}


def diagram_of_finding(trace: Trace, finding: TraceFinding) -> Diagram | None:
    """The events that a finding speaks of, the other ends of their messages, and their neighbours.

    None if the finding speaks of no event of the trace, or the causes of these events go in a circle, which no diagram
    can show.

    Args:
        trace: that was judged.
        finding: what a check says of it.
    """
    named = {(each.place.file, each.place.line) for each in (*finding.core, *finding.events)}
    core = [at for at, event in enumerate(trace.events) if (event.place.file, event.place.line) in named][:MOST_EVENTS]
    if not core:
        return None
    chosen = _chosen(trace, core)
    order = _causes_first(trace, chosen)
    if order is None:
        return None
    nodes = list(dict.fromkeys(trace.events[at].node for at in sorted(chosen)))
    known = [node for node in trace.header.nodes if node in nodes]
    lanes = tuple(dict.fromkeys([*known, *nodes]))
    guilty = set(core)
    events = tuple(_drawn(trace.events[at], lanes, guilty=at in guilty) for at in order)
    place = {at: index for index, at in enumerate(order)}
    arrows = [Arrow(str(trace.events[start].msg), place[start], place[end]) for start, end in _messages(trace, chosen)]
    return Diagram(f"{finding.check} is rejected", lanes, events, tuple(sorted(arrows, key=lambda each: each.start)))


def _chosen(trace: Trace, core: list[int]) -> set[int]:
    """The core first, then other ends of messages, then neighbours, until there are too many."""
    chosen = set(core)
    ends: dict[str, list[int]] = {}
    of_node: dict[str, list[int]] = {}
    for at, event in enumerate(trace.events):
        if event.msg is not None:
            ends.setdefault(event.msg, []).append(at)
        of_node.setdefault(event.node, []).append(at)
    for events in of_node.values():
        events.sort(key=lambda at: trace.events[at].seq)

    def more() -> Iterator[int]:
        for at in core:
            message = trace.events[at].msg
            yield from () if message is None else ends[message]
        for distance in range(1, _AROUND + 1):
            for at in core:
                its = of_node[trace.events[at].node]
                here = its.index(at)
                yield from its[max(0, here - distance) : here] + its[here + 1 : here + 1 + distance]

    for at in more():
        if len(chosen) >= MOST_EVENTS:
            break
        chosen.add(at)
    return chosen


def _messages(trace: Trace, chosen: set[int]) -> Iterator[tuple[int, int]]:
    sends = {trace.events[at].msg: at for at in sorted(chosen, reverse=True) if trace.events[at].kind == "send"}
    for at in sorted(chosen):
        event = trace.events[at]
        if event.kind == "recv" and event.msg is not None and event.msg in sends:
            yield sends[event.msg], at


def _causes_first(trace: Trace, chosen: set[int]) -> list[int] | None:
    """The events in an order in which causes come first, near that of the file; None if they go in a circle."""
    before: dict[int, set[int]] = {at: set() for at in chosen}
    last: dict[str, int] = {}
    for at in sorted(chosen, key=lambda at: trace.events[at].seq):
        node = trace.events[at].node
        if node in last:
            before[at].add(last[node])
        last[node] = at
    for start, end in _messages(trace, chosen):
        before[end].add(start)
    order: list[int] = []
    done: set[int] = set()
    while len(order) < len(chosen):
        ready = [at for at in chosen if at not in done and before[at] <= done]
        if not ready:
            return None
        order.append(min(ready))
        done.add(order[-1])
    return order


def _drawn(event: Event, lanes: tuple[str, ...], *, guilty: bool) -> DiagramEvent:
    clocks: dict[str, str] = {}
    if event.vector is not None:
        clocks["vector clock"] = "[" + ", ".join(f"{node}: {count}" for node, count in event.vector.items()) + "]"
    if event.lamport is not None:
        clocks["Lamport clock"] = str(event.lamport)
    return DiagramEvent(
        described(event).removeprefix("internal "), lanes.index(event.node), _KINDS.get(event.kind, "local"), clocks,
        guilty=guilty, note=f"line {event.place.line}" if guilty else "",
    )  # fmt: skip
