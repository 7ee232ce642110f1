"""What is a run that shows something? Steps with what they sent, received and changed, and why the end is wrong.

As in a verdict, everything is text, numbers and JSON values.
"""

import builtins
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from dscheck.record import record


@record
class Change:
    """One variable that a step changed: `Node[1].mode`, and its values before and after as text and as JSON."""

    variable: str
    before: str
    after: str
    before_json: Any = None
    after_json: Any = None


@record
class MessageEvent:
    """A message that a step sent, received, lost, …

    Attributes:
        message: `Request(3)`.
        sender: `Node[0]`.
        receiver: `Node[1]`.
        kind: sent, received, dropped, lost, duplicated or discarded.
        fields: what the message carries, as text, by the names of its fields.
    """

    message: str
    sender: str
    receiver: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)


@record
class Step:
    """One step of a run.

    Attributes:
        process: who takes it, or whom a fault strikes; empty for a fault of the network.
        kind: action, arrival, timeout, crash, recover, loss, duplicate, cut, heal, discard.
        action: name of the action, message, timer or fault.
        label: the step in a few words: `Node[0] request`, `Node[1] on Request(1) from Node[0]`.
        bindings: parameters and choices, as text.
        sent: messages that left (or were dropped at once).
        received: messages taken from the network.
        changes: variables with a new value.
        events: labels of the `event` statements that ran, each as often as it did, in the order of their first.
        failure: what went wrong in this step; such a step is the last and changes nothing.
    """

    process: str
    kind: str
    action: str
    label: str
    bindings: Mapping[str, str]
    sent: tuple[MessageEvent, ...] = ()
    received: tuple[MessageEvent, ...] = ()
    changes: tuple[Change, ...] = ()
    events: tuple[str, ...] = ()
    failure: str = ""


@record
class Reason:
    """Why a formula has its value: a piece of its text, the value, and the pieces that made it so."""

    text: str
    value: str
    because: tuple["Reason", ...] = ()


@record
class Counterexample:
    """A run that violates a property; its steps were confirmed by the definition of the semantics.

    Attributes:
        property: the property's name.
        initial: variables and their values at the start, as text.
        initial_json: the same as JSON values.
        steps: the run.
        why: why the property is false at the end.
        line: where the property, or the failing statement, stands (from 1); 0 if nowhere.
        loop_from: after so many steps the others repeat for ever; after all of them the run just stops. None: finite.
        fairness: of a run that never ends, what is owed and why that does not end it; what grows in each round.
    """

    property: str
    initial: Mapping[str, str]
    initial_json: Mapping[str, Any]
    steps: tuple[Step, ...]
    why: tuple[Reason, ...] = ()
    line: int = 0
    loop_from: int | None = None
    fairness: tuple[Reason, ...] = ()

    @builtins.property  # `property` is a field here
    def length(self) -> int:
        """Number of steps."""
        return len(self.steps)

    @builtins.property
    def stops(self) -> bool:
        """May it stop for ever after its last step, although something is owed?"""
        return self.loop_from == self.length
