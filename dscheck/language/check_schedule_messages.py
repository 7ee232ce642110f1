"""Is every message of a schedule sent once and received where it goes, and does no event wait for itself?"""

from collections.abc import Collection, Mapping, Sequence

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.findings import Findings, did_you_mean, listing


def check_messages(lanes: Sequence[syntax.Lane], findings: Findings) -> None:
    """Report messages that are sent or received wrongly; if there are none, an event that would be its own cause."""
    before = len(findings.errors())
    sendings: dict[str, syntax.SendingEvent] = {}
    for lane in lanes:
        for event in lane.events:
            if isinstance(event, syntax.SendingEvent):
                _check_sending(event, lanes, sendings, findings)
    for lane in lanes:
        _check_receipts(lane, sendings, {each.name.name for each in lanes}, findings)
    if len(findings.errors()) == before:
        _check_causes(lanes, sendings, findings)


def _check_sending(
    event: syntax.SendingEvent,
    lanes: Sequence[syntax.Lane],
    sendings: dict[str, syntax.SendingEvent],
    findings: Findings,
) -> None:
    message = event.message
    first = sendings.setdefault(message.name, event)
    if first is not event:
        findings.error(
            "DS0703",
            f"`{message.name}` is sent twice",
            message.span,
            "give this message another name",
            related=(Label(first.message.span, "sent here already"),),
            note="one message may be received by several processes; to send again is another message",
        )
    if event.to is not None and all(event.to.name != each.name.name for each in lanes):
        names = [each.name.name for each in lanes]
        label, fix = did_you_mean(event.to.name, event.to.span, names)
        findings.error(
            "DS0701",
            f"no process is called `{event.to.name}` here",
            event.to.span,
            label,
            fix=fix,
            note=f"the processes are {listing(names)}",
        )


def _check_receipts(
    lane: syntax.Lane, sendings: Mapping[str, syntax.SendingEvent], names: Collection[str], findings: Findings
) -> None:
    received: dict[str, syntax.Identifier] = {}
    for event in lane.events:
        if not isinstance(event, syntax.ReceivingEvent):
            continue
        message = event.message
        sending = sendings.get(message.name)
        if sending is None:
            label, fix = did_you_mean(message.name, message.span, sendings)
            findings.error(
                "DS0704", f"nobody sends `{message.name}`", message.span, label or "received here", fix=fix,
                advice=f"write `sends {message.name}` behind the event that sends it",
            )  # fmt: skip
        elif message.name in received:
            findings.error(
                "DS0705",
                f"`{lane.name.name}` receives `{message.name}` twice",
                message.span,
                "the second time",
                related=(Label(received[message.name].span, "the first time"),),
                note="a process receives a message once; a copy is a message with a name of its own",
            )
        elif sending.to is not None and sending.to.name in names and sending.to.name != lane.name.name:
            findings.error(
                "DS0706",
                f"`{message.name}` goes to `{sending.to.name}`, and `{lane.name.name}` receives it",
                message.span,
                f"received by `{lane.name.name}`",
                related=(Label(sending.to.span, f"sent to `{sending.to.name}`"),),
                advice="without `to`, whoever receives a message is its receiver",
            )
        received.setdefault(message.name, message)


def _check_causes(
    lanes: Sequence[syntax.Lane], sendings: Mapping[str, syntax.SendingEvent], findings: Findings
) -> None:
    cycle = _cycle(lanes, sendings)
    if not cycle:
        return
    steps = []
    for event, later in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
        x, y = event.name.name, later.name.name
        if isinstance(later, syntax.ReceivingEvent) and sendings[later.message.name] is event:
            steps.append(f"`{x}` sends `{later.message.name}` to `{y}`")
        else:
            steps.append(f"`{x}` is before `{y}` on its line")
    first = cycle[0]
    findings.error(
        "DS0707",
        f"`{first.name.name}` would happen before itself",
        first.name.span,
        related=tuple(Label(event.name.span, "and so would this") for event in cycle[1:]),
        note=", ".join(steps),
        advice="a message is received after it is sent: move one of these events along its line",
    )


def _cycle(lanes: Sequence[syntax.Lane], sendings: Mapping[str, syntax.SendingEvent]) -> list[syntax.LaneEvent]:
    """Events each of which is a direct cause of the next, and the last of the first; empty if there are none."""
    events = [event for lane in lanes for event in lane.events]
    causes: dict[int, list[syntax.LaneEvent]] = {id(event): [] for event in events}
    for lane in lanes:
        for earlier, event in zip(lane.events, lane.events[1:], strict=False):
            causes[id(event)].append(earlier)
    for event in events:
        if isinstance(event, syntax.ReceivingEvent):
            causes[id(event)].append(sendings[event.message.name])
    waiting = {id(event): event for event in events}
    while True:
        ready = [key for key in waiting if not any(id(cause) in waiting for cause in causes[key])]
        if not ready:
            break
        for key in ready:
            del waiting[key]
    if not waiting:
        return []
    # Whoever still waits has a cause that waits too: going back from cause to cause must come around.
    path: list[syntax.LaneEvent] = [next(iter(waiting.values()))]
    while True:
        cause = next(each for each in causes[id(path[-1])] if id(each) in waiting)
        for at, event in enumerate(path):
            if event is cause:
                return _from_the_first(path[at:][::-1])
        path.append(cause)


def _from_the_first(cycle: list[syntax.LaneEvent]) -> list[syntax.LaneEvent]:
    """The same cycle, from the event that stands first in the text."""
    first = min(range(len(cycle)), key=lambda at: cycle[at].name.span.start)
    return [*cycle[first:], *cycle[:first]]
