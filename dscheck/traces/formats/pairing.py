"""Which completion belongs to which invocation, where a log does not number its operations?

A process does one thing at a time: a completion ends what its process began last. This is how Jepsen's histories are
read (Knossos' `history` namespace).
"""

from dscheck.traces.event import EventKind, Place

_SHOWN = 3


class Pairing:
    """Numbers the operations of a history while it is read."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, Place]] = {}
        self._count = 0
        self._paired = False
        self._odd: list[str] = []

    def operation(self, process: str, kind: EventKind, place: Place) -> str:
        """The name of the operation that an event of `process` without one belongs to.

        A second invocation leaves the first one unfinished; a completion without invocation is an operation of its
        own. Both are told in the notes: parts of the log may be missing, which it is not for a reader to judge.
        """
        self._paired = True
        if kind == "invoke":
            if process in self._open:
                _, begun = self._open[process]
                self._odd.append(f"{place}: {process} begins an operation while that of {begun} has not ended")
            self._count += 1
            name = f"{process}#{self._count}"
            self._open[process] = name, place
            return name
        if process in self._open:
            return self._open.pop(process)[0]
        self._odd.append(f"{place}: {process} ends an operation that it did not begin")
        self._count += 1
        return f"{process}#{self._count}"

    def notes(self) -> tuple[str, ...]:
        """What was assumed, and what was strange."""
        if not self._paired:
            return ()
        more = len(self._odd) - _SHOWN
        return (
            "Operations have no numbers: a completion ends what its process began last.",
            *self._odd[:_SHOWN],
            *([f"{more} more such places."] if more > 0 else []),
        )
