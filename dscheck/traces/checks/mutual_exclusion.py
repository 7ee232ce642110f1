"""Was each lock held by one node at a time?"""

import time

from dscheck.traces.causality.columns import columns_of
from dscheck.traces.causality.happens_before import HappensBefore, happens_before
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.judging import EXCLUDED, Exclusion, exclusion
from dscheck.traces.exclusion.lock_sections import LockUse, lock_uses
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.wording import counted, described, witness

CHECK = "mutual-exclusion"
ACQUIRED_TWICE = "acquired twice"
NOT_HELD = "released but not held"

_WORST_FIRST = (TraceOutcome.REJECTED, TraceOutcome.UNKNOWN, TraceOutcome.ACCEPTED)


def check(trace: Trace, lock: str | None = None, *, in_every_cut: bool = True, reentrant: bool = False) -> TraceFinding:
    """Judge every lock of a trace.

    Args:
        trace: events with `lock` and `holds` are its acquires and releases.
        lock: only this one.
        in_every_cut: a file in total order shows that no two sections overlapped; demand that causes exclude it as
            well, where the trace records any.
        reentrant: a node may acquire again what it holds, and holds it until it has released it as often.
    """
    began = time.perf_counter()
    named = {event.lock for event in trace.events if event.lock is not None and event.holds is not None}
    wanted = sorted(named if lock is None else named & {lock})
    if not wanted:
        reason = "the trace records no acquire or release of a lock" + (f" {lock}" if lock is not None else "")
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, reason, seconds=time.perf_counter() - began)
    order = happens_before(trace)
    columns = order.columns if isinstance(order, HappensBefore) else columns_of(trace)
    uses = lock_uses(trace, columns.index.tolist(), wanted, reentrant=reentrant)
    judged = {
        name: _first(trace, _misuse(trace, use), exclusion(trace, use.sections, order, in_every_cut=in_every_cut))
        for name, use in uses.items()
    }
    sections = [section for use in uses.values() for section in use.sections]
    unfinished = sum(section.end is None for section in sections)
    begun = sum(section.start is None for section in sections)
    worst = min(judged, key=lambda name: _WORST_FIRST.index(judged[name].outcome))
    found = judged[worst]
    reason = f"lock {worst}: {found.reason}"
    if found.outcome is TraceOutcome.ACCEPTED and len(judged) > 1:
        reason = f"each of {counted(len(judged), 'lock')} was held by one node at a time; {reason}"
    if found.outcome is TraceOutcome.ACCEPTED:
        reason += f"; {counted(unfinished, 'section')} not released in the trace" if unfinished else ""
        reason += f"; {counted(begun, 'section')} begun before the trace" if begun else ""
    return TraceFinding(
        CHECK,
        found.outcome,
        reason,
        events=found.core,
        core=found.core,
        kind=found.kind,
        counts={
            "locks": len(uses),
            "sections": sum(section.start is not None and section.end is not None for section in sections),
            "begun before the trace": begun,
            "unfinished": unfinished,
        },
        seconds=time.perf_counter() - began,
        data={"locks": {name: each.kind for name, each in judged.items() if each.kind != EXCLUDED}},
    )


def _first(trace: Trace, misuse: Exclusion | None, excluded: Exclusion) -> Exclusion:
    """What to tell of a lock: a misuse, unless the file shows that two nodes held it even before."""
    if misuse is None:
        return excluded
    earlier = trace.header.order == "total" and 0 <= excluded.at < misuse.at
    return excluded if earlier else misuse


def _misuse(trace: Trace, use: LockUse) -> Exclusion | None:
    """A node that acquires what it holds, or releases what it does not hold."""
    if use.again:
        before, event = (trace.events[index] for index in use.again[0])
        reason = f"{described(event)} ({event.place}) although it has held it since {before.place}"
        core = (witness(event, "acquires again"), witness(before, "holds it since"))
        return Exclusion(TraceOutcome.REJECTED, ACQUIRED_TWICE, reason, core, use.again[0][1])
    if use.not_held:
        event = trace.events[use.not_held[0]]
        reason = f"{described(event)} ({event.place}), which it does not hold"
        alone = (witness(event, "does not hold it"),)
        return Exclusion(TraceOutcome.REJECTED, NOT_HELD, reason, alone, use.not_held[0])
    return None
