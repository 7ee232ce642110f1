"""What is known of a recorded step, before any step of the spec is compared with it?"""

from collections.abc import Mapping
from typing import Any

from dscheck.domains import Domain, Value
from dscheck.record import record
from dscheck.traces.conformance.steps import Actor
from dscheck.traces.event import Event


@record
class Sent:
    """A message that a step sent, and that no event has recorded yet.

    Attributes:
        rule: of the step.
        message: its value.
        receiver: who it is for.
    """

    rule: int
    message: Value
    receiver: tuple[str, int]


@record
class Refusal:
    """Why a step is not the recorded one.

    Attributes:
        what: is different: `n1.term`, `argument p`, `the message`.
        recorded: by the log, as text.
        spec: what the spec has instead, as text.
        place: of a value: its slot in the state, or -1.
    """

    what: str
    recorded: str
    spec: str
    place: int = -1


@record
class Observed:
    """A recorded value of a variable, at a slot of the state."""

    slot: int
    name: str
    recorded: Any
    domain: Domain


@record
class Wanted:
    """What is recorded of a message.

    Attributes:
        kinds: that it may be of; None for any.
        fields: recorded values by name or position.
        peer: the other end, or None if that is not recorded.
    """

    kinds: frozenset[str] | None
    fields: Mapping[str, Any]
    peer: Actor


@record
class Demand:
    """What one event demands.

    Attributes:
        event: the event.
        rules: of which it may be a step; None for any.
        message: that it received or sent; None if it did neither.
        arguments: recorded values of parameters and choices, by name or position.
        after: values after the step.
        before: values before it.
        torn: whether the process crashed in mid-step.
    """

    event: Event
    rules: frozenset[int] | None
    message: Wanted | None
    arguments: Mapping[str, Any]
    after: tuple[Observed, ...]
    before: tuple[Observed, ...]
    torn: bool

    def said(self) -> str:
        """The name of the action or message as recorded."""
        return self.event.action or str(self.event.other.get("message", "")) or self.event.kind


@record
class Item:
    """One step as recorded.

    Attributes:
        actor: who took it.
        index: of its first event in the trace.
        first: what the first event demands.
        sends: what the events of further messages demand.
        alone: is it a single `send` that might belong to the step before?
        observes: is it no step, and only says what the values are?
        quiet: does it say besides that nothing hidden could still happen?
        keeps: does a single `send` of the same node follow?
        rules: of which it may be a step of its own, as far as names, and what their bodies can send, tell.
    """

    actor: Actor
    index: int
    first: Demand
    sends: tuple[Demand, ...] = ()
    alone: bool = False
    observes: bool = False
    quiet: bool = False
    keeps: bool = False
    rules: frozenset[int] = frozenset()
