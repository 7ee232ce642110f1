"""From which acquire to which release does a node hold a lock?"""

from collections.abc import Collection, Sequence

from dscheck.record import record
from dscheck.traces.causality.columns import columns_of
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.packed_events import marks_of


@record
class LockUse:
    """What a trace records of one lock. Events are named by index.

    Attributes:
        sections: node by node.
        again: pairs of an acquire and a second one of the same node while it holds the lock.
        not_held: releases of a node that does not hold the lock. One that is the node's first use of the lock is none:
            the node has held it from before the trace.
    """

    sections: tuple[Section, ...]
    again: tuple[tuple[int, int], ...]
    not_held: tuple[int, ...]


def sections_by_lock(trace: Trace) -> dict[str, tuple[Section, ...]]:
    """The sections of every lock of a trace."""
    named = sorted({event.lock for event in trace.events if event.lock is not None and event.holds is not None})
    if not named:
        return {}
    rows = columns_of(trace).index.tolist()
    return {name: use.sections for name, use in lock_uses(trace, rows, named).items()}


def leases_by_lock(trace: Trace) -> dict[str, tuple[Section, ...]]:
    """From which acquire to what end a node holds each lock, where an acquire gives it for some time only.

    The end is the next release, or the next acquire of the same node, which renews the lease; None where there is
    neither, so that only time ends it.
    """
    taken = marks_of(trace.events, "lock") & marks_of(trace.events, "holds")
    found: dict[str, list[Section]] = {}
    since: dict[tuple[str, str], int] = {}
    used: set[tuple[str, str]] = set()
    order = columns_of(trace).index
    for index in order[taken[order]].tolist():
        event = trace.events[index]
        name = event.lock or ""
        holder = (name, event.node)
        start = since.pop(holder, None)
        if start is not None or (holder not in used and not event.holds):
            found.setdefault(name, []).append(Section(event.node, start, index))
        if event.holds:
            since[holder] = index
        used.add(holder)
    for (name, node), start in since.items():
        found.setdefault(name, []).append(Section(node, start, None))
    return {name: tuple(sections) for name, sections in found.items()}


def lock_uses(
    trace: Trace, order: Sequence[int], wanted: Collection[str], *, reentrant: bool = False
) -> dict[str, LockUse]:
    """How the locks `wanted` were used.

    Args:
        trace: where a trace has gaps, a second acquire shows that a release is missing, and a release without an
            acquire that the acquire is: then it is only known that the lock was held at the one that is there.
        order: the indices of its events, those of each node in its order.
        wanted: names of locks.
        reentrant: a node may acquire again what it holds, and holds it until it has released it as often.
    """
    sections: dict[str, list[Section]] = {name: [] for name in wanted}
    again: dict[str, list[tuple[int, int]]] = {name: [] for name in wanted}
    not_held: dict[str, list[int]] = {name: [] for name in wanted}
    open_since: dict[tuple[str, str], list[int]] = {}
    for index in order:
        event = trace.events[index]
        name = event.lock
        if name not in sections or event.holds is None or name is None:
            continue
        used = (name, event.node) in open_since
        held = open_since.setdefault((name, event.node), [])
        if event.holds:
            if held and not reentrant:
                if not trace.header.gaps:
                    again[name].append((held[-1], index))
                start = held.pop()
                sections[name].append(Section(event.node, start, start))
            held.append(index)
        elif held:
            start = held.pop()
            if not held:
                sections[name].append(Section(event.node, start, index))
        elif not used and not trace.header.gaps:
            sections[name].append(Section(event.node, None, index))
        elif trace.header.gaps:
            sections[name].append(Section(event.node, index, index))
        else:
            not_held[name].append(index)
    for (name, node), held in open_since.items():
        if held:
            sections[name].append(Section(node, held[0], None))
    return {name: LockUse(tuple(sections[name]), tuple(again[name]), tuple(not_held[name])) for name in wanted}
