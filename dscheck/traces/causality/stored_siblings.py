"""Does a node store exactly the versions that none of those it got supersedes?

N. Preguiça et al.: Dotted version vectors: logical clocks for optimistic replication. arXiv 1011.5808, 2010.
"""

from collections.abc import Sequence

from dscheck.record import record
from dscheck.traces.causality.clock_fault import ClockFault
from dscheck.traces.causality.versions import Version, at_most, supersedes
from dscheck.traces.event import Event
from dscheck.traces.wording import described, witness

SUPERSEDED = "superseded sibling"
LOST = "lost sibling"
UNKNOWN_SIBLING = "sibling from nowhere"
UNREAD = "context without a sibling"


@record
class Held:
    """Versions of a key that an event stores, sends or writes."""

    event: Event
    versions: tuple[Version, ...]


def sibling_fault(
    event: Event, stored: Sequence[Version], got: Sequence[Held], maybe: Sequence[Held] | None, *, contexts: bool = True
) -> ClockFault | None:
    """What is wrong with the versions of its key that a node stores after `event`.

    Args:
        event: records them.
        stored: beside each other: none supersedes another, and none is there twice.
        got: what the node stored before, writes and receives: none of it may be lost.
        maybe: what else may be stored, and nothing beyond; None if that is not known.
        contexts: whether it is known of every stored version what its writer had read. Where one is not, it may
            supersede whatever is no longer there.
    """
    said = f"{described(event)} ({event.place})"
    of = f" of {event.key}" if event.key is not None else ""
    for at, one in enumerate(stored):
        for other in stored[at + 1 :]:
            if at_most(one, other) or at_most(other, one):
                lower, upper = (one, other) if at_most(one, other) else (other, one)
                why = "the second supersedes the first: its writer had read it"
                if not supersedes(upper, lower):
                    why = "they are the same"
                reason = f"{said} stores two versions{of} beside each other, {lower} and {upper}, but {why}"
                return ClockFault(SUPERSEDED, reason, (witness(event, f"{lower} and {upper}"),))
    for each in got if contexts else ():
        for version in each.versions:
            if not any(at_most(version, kept) for kept in stored):
                role = "it writes" if each.event is event else f"{described(each.event)} ({each.event.place}) has"
                reason = (
                    f"{said} stores{of}: {_listed(stored)}; but {version}, which {role}, is neither among them nor "
                    "superseded by one: it is lost"
                )
                core = [witness(event, f"stores {_listed(stored)}")]
                if each.event is not event:
                    core.append(witness(each.event, f"has {version}"))
                return ClockFault(LOST, reason, tuple(core))
    known = [version for each in (*got, *(maybe or ())) for version in each.versions]
    for version in stored if maybe is not None else ():
        if not any(at_most(version, each) and at_most(each, version) for each in known):
            reason = (
                f"{said} stores{of}: {_listed(stored)}; but {version} it neither had before nor writes nor receives. "
                "If the trace does not record every merge, its header has to say that it has gaps"
            )
            before = [witness(each.event, f"has {_listed(each.versions)}") for each in got if each.event is not event]
            return ClockFault(UNKNOWN_SIBLING, reason, (witness(event, f"stores {version}"), *before))
    if event.context is not None and event.dot is None and event.version is None:
        for version in stored:
            if not at_most(version, Version(event.context)):
                context = Version(event.context)
                reason = (
                    f"{said} stores{of}: {_listed(stored)}; but the context {context} that it gives does not know "
                    f"{version}: a write with that context would not supersede it"
                )
                return ClockFault(UNREAD, reason, (witness(event, f"{version} not in {context}"),))
    return None


def _listed(versions: Sequence[Version]) -> str:
    shown = ", ".join(map(str, versions[:4]))
    return (shown + (", …" if len(versions) > 4 else "")) or "nothing"
