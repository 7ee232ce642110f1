"""Were the sections of one thing exclusive, by the best evidence of their order that the trace has?

That is the order of the file where it is total, and causes where they are recorded; where nothing relates the nodes,
the recorded times.
"""

from collections.abc import Sequence
from typing import Literal

from dscheck.record import record
from dscheck.traces.causality.happens_before import HappensBefore, NoOrder
from dscheck.traces.event import Trace
from dscheck.traces.exclusion.sections import (
    Overlap,
    Section,
    overlap_by_causes,
    overlap_in_file,
    overlap_in_time,
    overlap_witnesses,
    taken_told,
)
from dscheck.traces.finding import TraceOutcome, Witness
from dscheck.traces.wording import counted

EXCLUDED = "excluded"
NOT_ORDERED = "not ordered"
UNFINISHED = "unfinished section"
_AGREED = ", if the clocks of the nodes agree as the trace says"

Basis = Literal["the order of the file", "vector clocks", "messages", "recorded times"]


@record
class Exclusion:
    """Whether sections overlap.

    Attributes:
        outcome: REJECTED for an overlap that was seen or is possible; UNKNOWN where the trace cannot tell.
        kind: `excluded`, `overlap seen`, `overlap possible`, `not ordered` or `unfinished section`.
        reason: a sentence.
        core: the events at which the two sections begin and end.
        at: the index of the event that should not have been; -1 if there is none.
    """

    outcome: TraceOutcome
    kind: str
    reason: str
    core: tuple[Witness, ...] = ()
    at: int = -1


def exclusion(
    trace: Trace, sections: Sequence[Section], order: HappensBefore | NoOrder, *, in_every_cut: bool = True
) -> Exclusion:
    """Judge the sections of one lock, or of one role.

    Args:
        trace: where they come from.
        sections: of all nodes, those of a node not overlapping.
        order: `happens_before(trace)`.
        in_every_cut: also demand that causes order the sections, not only the chance (or the clocks) of this execution.
    """
    if len({section.node for section in sections}) < 2:
        return Exclusion(TraceOutcome.ACCEPTED, EXCLUDED, "only one node ever holds it")
    ended = [section for section in sections if section.end is not None]
    if trace.header.gaps and len(ended) < len(sections):
        # The end of one that seems to go on may be missing: it must not hide what others show.
        found = exclusion(trace, ended, order, in_every_cut=in_every_cut)
        if found.outcome is TraceOutcome.REJECTED:
            return found
    total = trace.header.order == "total"
    if total:
        overlap = overlap_in_file(sections)
        if overlap is not None:
            return _told(trace, overlap, "the order of the file")
    if total and not in_every_cut:
        return _excluded(sections, "the order of the file")
    if isinstance(order, HappensBefore) and order.basis != "program order":
        overlap = overlap_by_causes(sections, order)
        basis: Basis = "vector clocks" if order.basis == "vector clocks" else "messages"
        return _excluded(sections, basis) if overlap is None else _told(trace, overlap, basis)
    if isinstance(order, NoOrder) and not total:
        return Exclusion(TraceOutcome.UNKNOWN, NOT_ORDERED, f"the trace has no causal order: {order.reason}")
    return _excluded(sections, "the order of the file") if total else _by_time(trace, sections)


def _by_time(trace: Trace, sections: Sequence[Section]) -> Exclusion:
    ends = [index for each in sections for index in (each.start, each.end) if index is not None]
    if any(trace.events[index].time is None for index in ends):
        return Exclusion(
            TraceOutcome.UNKNOWN,
            NOT_ORDERED,
            "nothing in the trace relates its nodes: no clocks, no messages, no order of the file, no times",
        )
    overlap = overlap_in_time(sections, trace.events, trace.header.skew or 0)
    return _excluded(sections, "recorded times") if overlap is None else _told(trace, overlap, "recorded times")


def _excluded(sections: Sequence[Section], basis: Basis) -> Exclusion:
    nodes = len({section.node for section in sections})
    believed = _AGREED if basis == "recorded times" else ""
    among = f"{counted(len(sections), 'section')} of {counted(nodes, 'node')}"
    reason = f"{among}, each over before the next begins by {basis}{believed}"
    return Exclusion(TraceOutcome.ACCEPTED, EXCLUDED, reason)


def _told(trace: Trace, overlap: Overlap, basis: Basis) -> Exclusion:
    first, second = overlap.first, overlap.second
    held = _since(trace, first)
    other = _since(trace, second)
    core = overlap_witnesses(trace, overlap)
    lock = next((trace.events[at].lock for at in (first.start, first.end) if at is not None), None) is not None
    if first.end is None and trace.header.gaps:
        end, passed = ("release", "released it") if lock else ("end", "ended")
        reason = f"{held} and no {end} is recorded; {other}. The trace has gaps, so it may have {passed}"
        return Exclusion(TraceOutcome.UNKNOWN, UNFINISHED, reason, core)
    if first.end is not None:
        ended = f"{'releases it only at' if lock else 'is it until'} {trace.events[first.end].place}"
    else:
        ended = "never releases it in the trace" if lock else "is it to the end of the trace"
    if overlap.kind == "overlap seen":
        reason = f"{held} and {ended}; {other} meanwhile, by {basis}{_AGREED if basis == 'recorded times' else ''}"
        at = -1 if second.start is None else second.start
        return Exclusion(TraceOutcome.REJECTED, overlap.kind, reason, core, at)
    unclear = ""
    if basis == "recorded times":
        unclear = "The times are too close to tell which came first"
    elif trace.header.gaps and any(at is not None and trace.events[at].vector is None for at in _ends(overlap)):
        unclear = (
            "Nothing recorded makes the one end before the other begins; the trace has gaps, so that may be missing"
        )
    if unclear:
        return Exclusion(TraceOutcome.UNKNOWN, overlap.kind, f"{held} and {ended}; {other}. {unclear}", core)
    reason = (
        f"{held} and {ended}; {other}. Nothing recorded makes the one end before the other begins: by {basis} they are "
        f"concurrent, so both could {'hold it' if lock else 'be it'} at once"
    )
    return Exclusion(TraceOutcome.REJECTED, overlap.kind, reason, core)


def _ends(overlap: Overlap) -> tuple[int | None, ...]:
    return overlap.first.start, overlap.first.end, overlap.second.start, overlap.second.end


def _since(trace: Trace, section: Section) -> str:
    if section.start is None:
        return f"{section.node} holds it from before the trace"
    event = trace.events[section.start]
    return f"{taken_told(event)} ({event.place})"
