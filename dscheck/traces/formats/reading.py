"""What may be said to a reader beside the text itself, and what makes a format one of those that can be read?"""

from collections.abc import Callable, Sequence
from typing import Literal

from dscheck.record import record
from dscheck.traces.errors import TraceError
from dscheck.traces.event import Event, OrderKind, Place, Trace, TraceHeader
from dscheck.traces.formats.sources import Source
from dscheck.traces.packed_events import nodes_in


@record
class ReadOptions:
    """What the person who asks says about the files.

    Attributes:
        pattern: a regular expression with named groups, for texts.
        delimiter: a regular expression for the lines between two executions.
        mapping: the text of a mapping file.
        mapping_file: its name, for messages.
        unmatched: what to do with lines that the pattern does not match; None leaves it to the format.
        order: what is known about the order of the events, if the file does not say it.
        packed_from: so many events are held as columns; None for never.
        unread: fields of events that nobody will ask for, unless the header names a spec.
    """

    pattern: str | None = None
    delimiter: str | None = None
    mapping: str | None = None
    mapping_file: str = "mapping"
    unmatched: Literal["skip", "refuse"] | None = None
    order: OrderKind | None = None
    packed_from: int | None = None
    unread: frozenset[str] = frozenset()


NO_OPTIONS = ReadOptions()


@record
class Reader:
    """A format that can be read.

    Attributes:
        name: by which it is asked for.
        about: what it is, a few words.
        looks_like: why a text with this head, in a file of this name, is of this format; None if it does not seem so.
        read: the executions in a source; the last argument says why the format was chosen.
    """

    name: str
    about: str
    looks_like: Callable[[str, str], str | None]
    read: Callable[[Source, ReadOptions, str], tuple[Trace, ...]]


def header_of(events: Sequence[Event], order: OrderKind, options: ReadOptions) -> TraceHeader:
    """The header of a trace whose format has none."""
    return TraceHeader(options.order or order, nodes_in(events))


def no_event(file: str, what: str) -> TraceError:
    """A file without a single event: accepting it would say that something was looked at."""
    return TraceError(Place(file, 0), f"no event in it: {what}")
