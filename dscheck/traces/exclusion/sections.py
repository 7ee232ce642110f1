"""Do two sections, from an acquire to its release, overlap: in the order seen, in one that could have been, or never?

Two sections overlap in some consistent cut exactly if neither ends before the other begins. Sorted by the size of the
past of their beginnings, it suffices to look at neighbours: if each ends before the next begins, all are in order. Two
of them overlap in every observation exactly if each begins before the other ends.

V. K. Garg, B. Waldecker: Detection of weak unstable predicates in distributed programs. IEEE TPDS 5(3), 1994.
C. M. Chase, V. K. Garg: Detection of global predicates: techniques and their limitations. Distributed
    Computing 11, 1998.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from dscheck.record import record
from dscheck.traces.causality.happens_before import HappensBefore
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import Witness
from dscheck.traces.wording import described, witness

OverlapKind = Literal["overlap seen", "overlap possible"]


@record
class Section:
    """A time during which a node holds something. Events are named by index.

    Attributes:
        node: the holder.
        start: the acquire; None if it was held before the trace began.
        end: the release; None if the trace does not have it.
    """

    node: str
    start: int | None
    end: int | None


@record
class Overlap:
    """Two sections of which neither ends before the other begins."""

    kind: OverlapKind
    first: Section
    second: Section


def overlap_in_file(sections: Sequence[Section]) -> Overlap | None:
    """The first two sections that overlap where the file is in the order in which things happened."""
    latest: Section | None = None
    for section in sorted(sections, key=_begins):
        other = latest is not None and section.node != latest.node
        if other and latest is not None and (latest.end is None or _begins(section) < latest.end):
            return Overlap("overlap seen", latest, section)
        if latest is None or (latest.end is not None and (section.end is None or section.end > latest.end)):
            latest = section
    return None


def overlap_by_causes(sections: Sequence[Section], order: HappensBefore) -> Overlap | None:
    """Two sections that overlap in some consistent cut; ones that overlap in every observation are preferred."""
    heights = order.heights()
    ranked = sorted(sections, key=lambda each: 0 if each.start is None else int(heights[each.start]))
    possible: Overlap | None = None
    for first, second in pairwise(ranked):
        if first.node == second.node or _ends_before(first, second, order):
            continue
        if _begins_before_end(first, second, order) and _begins_before_end(second, first, order):
            return Overlap("overlap seen", first, second)
        possible = possible or Overlap("overlap possible", first, second)
    return possible


def overlap_in_time(sections: Sequence[Section], events: Sequence[Event], error: int) -> Overlap | None:
    """Two sections that overlap by recorded times, each wrong by at most `error` and what it says itself."""

    def span(index: int | None, missing: float = float("inf")) -> tuple[float, float]:
        if index is None:
            return missing, missing
        event = events[index]
        off = error + (event.time_error or 0)
        return (event.time or 0) - off, (event.time or 0) + off

    possible: Overlap | None = None
    latest: Section | None = None  # of the sections so far, the one that may end last
    for section in sorted(sections, key=lambda each: span(each.start, float("-inf"))):
        if latest is not None and section.node != latest.node:
            begins, ends = span(section.start, float("-inf")), span(latest.end)
            begun = span(latest.start, float("-inf"))
            if begins[1] < ends[0] and begun[1] < span(section.end)[0]:
                return Overlap("overlap seen", latest, section)
            if begins[0] < ends[1] and begun[0] < span(section.end)[1]:
                possible = possible or Overlap("overlap possible", latest, section)
        if latest is None or span(section.end)[1] > span(latest.end)[1]:
            latest = section
    return possible


def overlap_witnesses(trace: Trace, overlap: Overlap) -> tuple[Witness, ...]:
    """The events at which two sections begin and end."""
    first = overlap.first.end if overlap.first.start is None else overlap.first.start
    of_a_lock = first is not None and trace.events[first].lock is not None
    words = ("while the other holds it", "has held it since", "not released before")
    if not of_a_lock:
        words = ("while the other is it", "has been it since", "not over before")
    shown = [
        (overlap.second.start, words[0]),
        (overlap.first.start, words[1]),
        (overlap.first.end, words[2]),
        (overlap.second.end, ""),
    ]
    return tuple(witness(trace.events[index], role) for index, role in shown if index is not None)


def taken_told(event: Event) -> str:
    """From what event a node holds something, in words: that it acquires a lock, even where it does so by message."""
    return f"{event.node} acquires {event.lock}" if event.lock is not None and event.holds else described(event)


def _begins(section: Section) -> int:
    return -1 if section.start is None else section.start


def _ends_before(first: Section, second: Section, order: HappensBefore) -> bool:
    return first.end is not None and second.start is not None and order.before(first.end, second.start)


def _begins_before_end(first: Section, second: Section, order: HappensBefore) -> bool:
    """Does `first` begin before `second` ends, whatever else happens?"""
    return first.start is None or second.end is None or order.before(first.start, second.end)
