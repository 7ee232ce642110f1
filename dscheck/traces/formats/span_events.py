"""What do spans say about who sent what to whom?

A span is two events, its start and its end, at the service that it belongs to. The start of a client's span sends a
request that the start of the server's span below it receives; the end of the server's span answers, unless it lasts
longer than the client's: then, whatever their clocks, the client did not wait for it. A producer's span sends what a
consumer's receives.
"""

from collections import Counter
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
    messages = _messages(spans)
    for _, record, place in sorted(_moments(spans, messages), key=lambda moment: moment[0]):
        events.append(maker.event(record, place))
    header = replace(header_of(events.events(), "per-node", options), unit=unit)
    notes: tuple[str, ...] = ("The events of each service are in the order of its own clock.",)
    late = [span for span in spans if span.kind == "server" and "recv" in messages.get((span.key, "start"), ())]
    late = [span for span in late if (span.key, "end") not in messages]
    if late:
        spans_last = "1 span of a server lasts" if len(late) == 1 else f"{len(late):,} spans of servers last"
        them = "it" if len(late) == 1 else "them"
        notes = (*notes, f"{spans_last} longer than the client waited for {them}, the first at {late[0].place}.")
    return Trace(source.name, name, why, header, events.events(), notes)


def _depths(spans: list[Span]) -> dict[str, int]:
    """Of each span, how many there are above it."""
    above = {span.key: span.causes[0] for span in spans if span.parent and span.causes}
    depths: dict[str, int] = {}
    for span in spans:
        way: dict[str, None] = {}
        key = span.key
        while key in above and key not in depths and key not in way:
            way[key] = None
            key = above[key]
        depth = depths.get(key, 0)
        for each in reversed(way):
            depth += 1
            depths[each] = depth
    return depths


def _moments(
    spans: list[Span], messages: dict[tuple[str, str], tuple[EventKind, str, str]]
) -> Iterator[tuple[tuple[int, int, int], dict[str, Any], Place]]:
    """The events: when, record and place.

    At the same time spans end before others begin, an outer one begins before an inner one and ends after it.
    """
    depths = _depths(spans)
    for span in spans:
        depth = depths.get(span.key, 0)
        begins, ends = (span.start, 1, depth), (span.end, 0 if span.start < span.end else 2, -depth)
        known = {"span": span.span_id, "trace": span.trace_id, **({"parent": span.parent} if span.parent else {})}
        record: dict[str, Any] = {"node": span.node, "action": span.name, **known}
        for phase, time, when in (("start", span.start, begins), ("end", span.end, ends)):
            kind, message, peer = messages.get((span.key, phase), ("internal", None, None))
            about = {"attributes": span.attributes} if phase == "start" and span.attributes else {}
            status = {"status": span.status} if phase == "end" and span.status else {}
            yield (
                when,
                {**record, "phase": phase, "ts": time, "kind": kind, "msg": message, "peer": peer, **about, **status},
                span.place,
            )
        for time, name, attributes in span.events:
            more = {"attributes": attributes} if attributes else {}
            when = (time, 0, -depth - 1) if span.start < time == span.end else (time, 1, depth + 1)
            yield when, {"node": span.node, "action": name, "ts": time, "phase": "event", **known, **more}, span.place


def _messages(spans: list[Span]) -> dict[tuple[str, str], tuple[EventKind, str, str]]:
    """Kind, message and peer of each start and end of a span that is an end of a message.

    An event sends one message. Of several receivers below one span the earliest is taken, the others remain internal.
    """
    by_key = {span.key: span for span in spans}
    used = Counter(span.span_id for span in spans)  # the ids of spans are unique in a trace, not in a file
    found: dict[tuple[str, str], tuple[EventKind, str, str]] = {}
    for span in sorted(spans, key=lambda each: each.start):
        for key in span.causes:
            sender = by_key.get(key)
            if sender is None or (sender.kind, span.kind) not in (("client", "server"), ("producer", "consumer")):
                continue
            if (sender.key, "start") in found:
                continue
            name = sender.span_id if used[sender.span_id] == 1 else sender.key
            message = f"{name}/{'request' if span.kind == 'server' else 'message'}"
            found[sender.key, "start"] = "send", message, span.node
            found[span.key, "start"] = "recv", message, sender.node
            if span.kind == "server" and span.end - span.start <= sender.end - sender.start:
                answer = f"{name}/response"
                found[span.key, "end"] = "send", answer, sender.node
                found[sender.key, "end"] = "recv", answer, span.node
            break
    return found
