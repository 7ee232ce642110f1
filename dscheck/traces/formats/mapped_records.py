"""How do the records of a log in a foreign form become a trace, with a mapping?"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, Place, Trace
from dscheck.traces.formats.field_mapping import FieldMapping
from dscheck.traces.formats.fields import EventMaker
from dscheck.traces.formats.reading import ReadOptions, header_of, no_event
from dscheck.traces.packed_events import EventList


def mapped_trace(
    records: Iterable[tuple[int, Mapping[str, Any]]],
    file: str,
    name: str,
    why: str,
    mapping: FieldMapping,
    options: ReadOptions,
    *,
    of_texts: bool,
) -> tuple[Trace, ...]:
    """The execution that records (with their lines) tell of.

    Without `sort` the events are in the order of the file. With it they are sorted by time before they are numbered
    and before operations are paired; events of the same time keep their order.

    Args:
        of_texts: the values of the records are all texts, as the groups of a regular expression are.
    """
    aside: Mapping[str, Any] | None = None
    found: list[tuple[dict[str, Any], Place]] = []
    maker = EventMaker()
    notes: tuple[str, ...] = ()
    counts: dict[tuple[str, str], int] = {}
    events = EventList(options.packed_from, frozenset() if mapping.names_a_spec else options.unread)
    for line, each in records:
        if not mapping.keeps(each):
            aside = each if aside is None else aside
            continue
        place = Place(file, line)
        made = mapping.record(each, place, of_texts=of_texts)
        if mapping.sort:
            if type(made.get("ts")) is not int:
                raise TraceError(place, "the events are to be sorted by time, and this one has no `ts`")
            found.append((made, place))
        else:
            events.append(_event(made, place, maker, mapping, counts))
    if mapping.sort:
        found.sort(key=lambda one: one[0]["ts"])
        for made, place in found:
            events.append(_event(made, place, maker, mapping, counts))
        notes = ("The events are sorted by their times.",)
    if not len(events):
        raise no_event(file, "the mapping keeps no record" if aside is not None else "no record was found")
    if mapping.messages:
        notes = (*notes, "Equal messages are told apart by order: the first receipt belongs to the first sending.")
    header = mapping.header(header_of(events.events(), "total" if mapping.sort else "per-node", options), aside)
    if options.order is not None:
        header = replace(header, order=options.order)
    return (Trace(file, name, why, header, events.events(), (*maker.pairing.notes(), *notes)),)


def _event(
    made: dict[str, Any], place: Place, maker: EventMaker, mapping: FieldMapping, counts: dict[tuple[str, str], int]
) -> Event:
    if mapping.messages and "msg" in made and made.get("kind") in ("send", "recv"):
        one = (made["kind"], str(made["msg"]))
        counts[one] = counts.get(one, 0) + 1
        made["msg"] = f"{one[1]}#{counts[one]}"
    return maker.event(made, place)
