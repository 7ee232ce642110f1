"""How is a recorded event said in a few words?"""

from collections.abc import Mapping
from typing import Any

from dscheck.traces.event import Event
from dscheck.traces.finding import Witness

_LONGEST = 60  # characters of a value or a label: a line of an explanation has room for two of them


def described(event: Event) -> str:
    """What happened at `event`, such as `n1 sends m3 to n2` or `n2 acquires L`."""
    if event.other.get("observes") in (True, "quiet"):
        return "a look at the values"
    return f"{event.node} {_deed(event)}"


def witness(event: Event, role: str = "") -> Witness:
    """`event` as a part of an explanation."""
    return Witness(event.place, described(event), role)


def entries(clock: Mapping[str, int], *, most: int = 8) -> str:
    """The entries of a clock, as `{a: 3, b: 1}`; of a large one, the first `most`."""
    shown = [f"{node}: {count}" for node, count in list(clock.items())[:most]]
    return "{" + ", ".join(shown) + (", …" if len(clock) > most else "") + "}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 event`, `2 events`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def counted_with(number: int, noun: str, one: str, several: str) -> str:
    """A number of things and what they do: `1 message forms`, `2 messages form`."""
    return f"{counted(number, noun)} {one if number == 1 else several}"


def each_of(number: int, noun: str) -> str:
    """All of several things, or the only one: `each of 2 receipts`, `the one receipt`."""
    return f"the one {noun}" if number == 1 else f"each of {counted(number, noun)}"


def all_of(number: int, noun: str) -> str:
    """`all 2 bounds`, `the one bound`."""
    return f"the one {noun}" if number == 1 else f"all {counted(number, noun)}"


def _deed(event: Event) -> str:
    if event.kind == "send" and event.msg is not None:
        return f"sends {_short(event.msg)}" + (f" to {event.peer}" if event.peer is not None else "")
    if event.kind == "recv" and event.msg is not None:
        return f"receives {_short(event.msg)}" + (f" from {event.peer}" if event.peer is not None else "")
    if event.lock is not None and event.holds is not None:
        return f"{'acquires' if event.holds else 'releases'} {_short(event.lock)}"
    if event.action is not None:
        return f"({_short(event.action)}), its event {event.seq}"
    if event.role is not None:
        return f"is {_short(event.role)}" + (f" of term {event.term}" if event.term is not None else "")
    if event.function is not None:
        of = f" {_short(event.key)}" if event.key is not None else ""
        kind = f"{event.kind} " if event.kind != "internal" else ""
        return f"{kind}{event.function}{of}" + (f" {_short(event.value)}" if event.value is not None else "")
    return f"event {event.seq}" + (f" ({event.kind})" if event.kind != "internal" else "")


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
