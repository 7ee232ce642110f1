"""Is there a quicker way than the search for this history?

A special case answers only what it can show: an order that was replayed, or operations that contradict each other.
Where it can show neither, the search decides.
"""

from dscheck.traces.linearizable.distinct_queues import distinct_queue
from dscheck.traces.linearizable.growing_sets import growing_set
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.revisions import by_revision
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.zones import unique_writes

SHORTCUTS = (unique_writes, growing_set, distinct_queue, by_revision)


def shortcut_for(part: Part) -> Shortcut | None:
    """What the first special case that applies says; None if the search has to decide."""
    for each in SHORTCUTS:
        found = each(part)
        if found is not None:
            return found
    return None
