"""Was there at most one leader: one of each term, and where there are no terms, one at a time?"""

import time
from collections.abc import Collection, Mapping

from dscheck.traces.causality.columns import Columns, columns_of
from dscheck.traces.causality.happens_before import happens_before
from dscheck.traces.event import Event, Trace
from dscheck.traces.exclusion.judging import EXCLUDED, Exclusion, exclusion
from dscheck.traces.exclusion.sections import Section
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.wording import counted, described, witness

CHECK = "single-leader"
TWO_LEADERS = "two leaders of a term"
TERM_FALLS = "term goes backwards"

_LEADING = ("leader", "primary")


def is_leader(role: str) -> bool:
    """Whether a role is that of a leader, by its last word: `leader`, `StateLeader`, `PRIMARY`; not `pre-leader`."""
    name = role.casefold().replace("_", "-")
    return name.endswith(_LEADING) and not any(
        name.endswith(f"{no}{each}") for each in _LEADING for no in ("pre-", "non-")
    )


def check(trace: Trace, roles: Collection[str] | None = None, *, in_every_cut: bool = True) -> TraceFinding:
    """Judge the leaders of a trace.

    Leaders of different terms may overlap: one that does not know yet that it has been replaced. A node's term never
    falls.

    Args:
        trace: its events with a `role` say what their node is from there on.
        roles: which roles are those of a leader; None for those that `is_leader` recognises.
        in_every_cut: as for mutual exclusion; for leaders without a term.
    """
    began = time.perf_counter()
    columns = columns_of(trace)
    leading = {
        event.role
        for event in trace.events
        if event.role is not None and (is_leader(event.role) if roles is None else event.role in roles)
    }
    if not any(event.role is not None for event in trace.events):
        reason = "the trace records no roles"
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, reason, seconds=time.perf_counter() - began)
    terms = _leaderships(columns, leading)
    found = _term_falls(columns) or _two_of_a_term(trace, terms)
    if found is None and len({section.node for section in terms.get(None, [])}) > 1:
        found = exclusion(trace, terms[None], happens_before(trace), in_every_cut=in_every_cut)
    sections = [section for each in terms.values() for section in each]
    counts = {"leaderships": len(sections), "terms": len([term for term in terms if term is not None])}
    if found is None:
        found = Exclusion(TraceOutcome.ACCEPTED, EXCLUDED, _in_order(terms))
    return TraceFinding(
        CHECK,
        found.outcome,
        found.reason,
        events=found.core,
        core=found.core,
        kind=found.kind,
        counts=counts,
        seconds=time.perf_counter() - began,
        data={"leaders": [{"term": t, "node": n} for t in terms for n in sorted({s.node for s in terms[t]})][:100]},
    )


def _leaderships(columns: Columns, leading: Collection[str]) -> dict[int | None, list[Section]]:
    """For each term, and for none, who led from where to where. A role without a term is one of the last term told."""
    sections: dict[int | None, list[Section]] = {}
    node: str | None = None
    since: int | None = None
    term: int | None = None  # of the leadership
    told: int | None = None  # by the node last
    for index in columns.index.tolist():
        event = columns.events[index]
        changed = event.node != node
        told = event.term if changed or event.term is not None else told
        if not changed and event.role is None:
            continue
        leads = event.role is not None and event.role in leading
        if since is not None and node is not None and (changed or not leads or told != term):
            sections.setdefault(term, []).append(Section(node, since, None if changed else index))
            since = None
        if leads and since is None:
            since, term = index, told
        node = event.node
    if since is not None and node is not None:
        sections.setdefault(term, []).append(Section(node, since, None))
    return sections


def _two_of_a_term(trace: Trace, terms: Mapping[int | None, list[Section]]) -> Exclusion | None:
    for term, sections in terms.items():
        first = sections[0]
        other = next((each for each in sections if each.node != first.node), None)
        if term is None or other is None:
            continue
        one, two = (trace.events[each.start or 0] for each in (first, other))
        reason = f"term {term} has two leaders: {one.node} ({one.place}) and {two.node} ({two.place})"
        core = (witness(two, f"leads term {term}"), witness(one, f"leads term {term}"))
        return Exclusion(TraceOutcome.REJECTED, TWO_LEADERS, reason, core)
    return None


def _term_falls(columns: Columns) -> Exclusion | None:
    last: Event | None = None
    for index in columns.index.tolist():
        event = columns.events[index]
        if event.role is None or event.term is None:
            continue
        if last is not None and last.node == event.node and last.term is not None and event.term < last.term:
            reason = f"{described(event)} ({event.place}), but it was in term {last.term} before ({last.place})"
            core = (witness(event, f"term {event.term}"), witness(last, f"term {last.term}"))
            return Exclusion(TraceOutcome.REJECTED, TERM_FALLS, reason, core)
        last = event
    return None


def _in_order(terms: Mapping[int | None, list[Section]]) -> str:
    if not terms:
        return "no node is ever a leader"
    named = [(term, sections[0].node) for term, sections in terms.items() if term is not None]
    if not named:
        return f"only {terms[None][0].node} is ever a leader"
    shown = ", ".join(f"{node} of term {term}" for term, node in sorted(named)[:5])
    each = "" if len(named) == 1 else " each"
    return f"{counted(len(named), 'term')} with one leader{each}: {shown}" + (", …" if len(named) > 5 else "")
