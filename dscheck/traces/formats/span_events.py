"""What do spans say about who sent what to whom?

A span is two events, its start and its end, at the service that it belongs to. The start of a client's span sends a
request that the start of the server's span below it receives; the end of the server's span answers. A producer's span
sends what a consumer's receives.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from dscheck.traces.event import EventKind, Place, Trace
from dscheck.traces.formats.fields import EventMaker
from dscheck.traces.formats.reading import ReadOptions, header_of, no_event
from dscheck.traces.formats.sources import Source
from dscheck.traces.formats.spans import Span
from dscheck.traces.packed_events import EventList


def trace_of_spans(
    spans: list[Span], source: Source, options: ReadOptions, name: str, why: str, unit: Literal["ns", "us"]
) -> Trace:
    """All spans of a file as one execution.

    Args:
        spans: with times in `unit`.
        source: where they were read from.
        options: what was said to the reader.
        name: of the format.
        why: it was chosen.
        unit: nanoseconds or microseconds.
    """
    if not spans:
        raise no_event(source.name, "no span was found")
    maker = EventMaker()
    events = EventList(options.packed_from, options.unread)
    for _, record, place in sorted(_moments(spans, _messages(spans)), key=lambda moment: moment[0]):
        events.append(maker.event(record, place))
    header = replace(header_of(events.events(), "per-node", options), unit=unit)
    notes = ("The events of each service are in the order of its own clock.",)
    return Trace(source.name, name, why, header, events.events(), notes)


def _moments(
    spans: list[Span], messages: dict[tuple[str, str], tuple[EventKind, str, str]]
) -> Iterator[tuple[int, dict[str, Any], Place]]:
    """The events: time, record and place."""
    for span in spans:
        known = {"span": span.span_id, "trace": span.trace_id, **({"parent": span.parent} if span.parent else {})}
        record: dict[str, Any] = {"node": span.node, "action": span.name, **known}
        for phase, time in (("start", span.start), ("end", span.end)):
            kind, message, peer = messages.get((span.key, phase), ("internal", None, None))
            about = {"attributes": span.attributes} if phase == "start" and span.attributes else {}
            status = {"status": span.status} if phase == "end" and span.status else {}
            yield (
                time,
                {**record, "phase": phase, "ts": time, "kind": kind, "msg": message, "peer": peer, **about, **status},
                span.place,
            )
        for time, name, attributes in span.events:
            more = {"attributes": attributes} if attributes else {}
            yield time, {"node": span.node, "action": name, "ts": time, "phase": "event", **known, **more}, span.place


def _messages(spans: list[Span]) -> dict[tuple[str, str], tuple[EventKind, str, str]]:
    """Kind, message and peer of each start and end of a span that is an end of a message.

    An event sends one message. Of several receivers below one span the earliest is taken, the others remain internal.
    """
    by_key = {span.key: span for span in spans}
    found: dict[tuple[str, str], tuple[EventKind, str, str]] = {}
    for span in sorted(spans, key=lambda each: each.start):
        for key in span.causes:
            sender = by_key.get(key)
            if sender is None or (sender.kind, span.kind) not in (("client", "server"), ("producer", "consumer")):
                continue
            if (sender.key, "start") in found:
                continue
            message = f"{sender.span_id}/{'request' if span.kind == 'server' else 'message'}"
            found[sender.key, "start"] = "send", message, span.node
            found[span.key, "start"] = "recv", message, sender.node
            if span.kind == "server":
                answer = f"{sender.span_id}/response"
                found[span.key, "end"] = "send", answer, sender.node
                found[sender.key, "end"] = "recv", answer, span.node
            break
    return found
