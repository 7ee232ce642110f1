"""Which run, and which diagram, does a saved answer hold?"""

from typing import Any

from dscheck.counterexample import Change, Counterexample, MessageEvent, Reason, Step
from dscheck.report.as_json import text_of_json
from dscheck.report.saved_parts import Part
from dscheck.spacetime import Arrow, Diagram, DiagramEvent, NetworkMark

_KINDS = ("sent", "received", "dropped", "lost", "duplicated", "discarded")


def counterexample_from(part: Part) -> Counterexample:
    """The run.

    Raises:
        SavedError: a part of it is not as it should be.
    """
    initial = part.mapping("initial")
    texts = part.texts_by_name("initial_texts")
    steps = tuple(_step(each) for each in part.parts("steps"))
    return Counterexample(
        property=part.text("property"),
        initial={name: texts.get(name) or _shown(value) for name, value in initial.items()},
        initial_json=initial,
        steps=steps,
        why=tuple(_reason(each) for each in part.parts("why")),
        line=part.whole("line", default=0),
        loop_from=_within(part, "loop_from", len(steps) + 1),
        fairness=tuple(Reason(each.text("owed"), each.text("because")) for each in part.parts("fairness")),
    )


def _shown(value: Any) -> str:
    """The text of a value whose own text is not in the document: of one that an older dscheck wrote."""
    text = text_of_json(value)
    if text is not None:
        return text
    return "[" + ", ".join(_shown(item) for item in value) + "]" if isinstance(value, list) else str(value)


def _step(part: Part) -> Step:
    process, action = part.text("process"), part.text("action")
    changes = part.part("changes")
    return Step(
        process=process,
        kind=part.text("kind"),
        action=action,
        label=part.text("label", default=f"{process} {action}".strip()),
        bindings=part.texts_by_name("bindings"),
        sent=tuple(_message(each, "sent") for each in part.parts("sent")),
        received=tuple(_message(each, "received") for each in part.parts("received")),
        changes=tuple(_change(name, changes.part(name)) for name in changes.mapping_itself()),
        failure=part.text("failure", default=""),
    )


def _change(name: str, part: Part) -> Change:
    before, after = part.anything("from"), part.anything("to")
    return Change(
        name,
        part.text("from_text", default=_shown(before)),
        part.text("to_text", default=_shown(after)),
        before,
        after,
    )


def _message(part: Part, usual: str) -> MessageEvent:
    return MessageEvent(
        part.text("message"),
        part.text("from"),
        part.text("to"),
        part.word("kind", _KINDS, default=usual),
        part.texts_by_name("fields"),
    )


def _reason(part: Part) -> Reason:
    return Reason(part.text("text"), part.text("value"), tuple(_reason(each) for each in part.parts("because")))


def _within(part: Part, key: str, number: int) -> int | None:
    """A number from 0 that is less than `number`."""
    found = part.optional_whole(key)
    if found is not None and not 0 <= found < number:
        raise part.wrong(f"has {found} as its `{key}`, and there are only {number}")
    return found


# --- diagrams ----------------------------------------------------------------------------------


def diagram_from(part: Part) -> Diagram:
    """The diagram.

    Raises:
        SavedError: a part of it is not as it should be, or names an event or a lane that is not there.
    """
    lanes = part.texts("lanes")
    events = tuple(_event(each, lanes) for each in part.parts("events"))
    return Diagram(
        part.text("title"),
        lanes,
        events,
        tuple(_arrow(each, lanes, len(events)) for each in part.parts("arrows")),
        tuple(_network_mark(each, lanes) for each in part.parts("network_marks")),
        part.optional_whole("loop_from"),
        part.flag("stops"),
    )


def _lane(part: Part, name: str, lanes: tuple[str, ...]) -> int:
    if name not in lanes:
        raise part.wrong(f"names the lane {name[:40]!r}, which the diagram does not have")
    return lanes.index(name)


def _event(part: Part, lanes: tuple[str, ...]) -> DiagramEvent:
    kind: Any = part.word("kind", ("local", "send", "receive"))
    mark: Any = part.word("mark", ("", "crash", "recover"), default="")
    return DiagramEvent(
        part.text("name"),
        _lane(part, part.text("lane"), lanes),
        kind,
        part.texts_by_name("values"),
        part.text("time", default=""),
        mark,
        part.flag("guilty"),
        part.texts("wrong"),
        part.text("note", default=""),
        part.optional_whole("state"),
    )


def _arrow(part: Part, lanes: tuple[str, ...], events: int) -> Arrow:
    start = _within(part, "start", events)
    if start is None:
        raise part.wrong("has no `start`")
    to = part.optional_text("to")
    fate: Any = part.word("fate", ("", "lost", "dropped", "discarded"), default="")
    return Arrow(
        part.text("message"),
        start,
        _within(part, "end", events),
        None if to is None else _lane(part, to, lanes),
        part.flag("under_way"),
        fate,
        part.optional_whole("ended"),
        part.flag("copied"),
        part.texts_by_name("fields"),
    )


def _network_mark(part: Part, lanes: tuple[str, ...]) -> NetworkMark:
    kind: Any = part.word("kind", ("cut", "heal", "duplicated"))
    between = part.texts("between")
    if len(between) != 2:
        raise part.wrong("has not two lanes in `between`")
    first, second = (_lane(part, name, lanes) for name in between)
    return NetworkMark(
        kind, (first, second), part.whole("after"), part.optional_whole("state"), part.text("message", default="")
    )
