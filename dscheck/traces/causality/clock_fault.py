"""What is wrong with a recorded clock value, and which events show it?"""

from dscheck.record import record
from dscheck.traces.finding import Witness


@record
class ClockFault:
    """A clock value that no execution gives.

    Attributes:
        kind: which rule it breaks: `gap`, `backwards`, ….
        reason: sentences with the values.
        core: the events that suffice to see it, the guilty one first.
    """

    kind: str
    reason: str
    core: tuple[Witness, ...]
