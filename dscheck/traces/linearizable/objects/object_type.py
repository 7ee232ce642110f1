"""What has to be said of an object, so that a concurrent history of it can be judged?

Its states, what each operation does to them, and which operations cannot change them. States and values are hashable.
"""

from collections.abc import Callable, Hashable, Sequence
from enum import Enum
from typing import Any, Protocol

from dscheck.record import record
from dscheck.traces.history import Operation

State = Any  # hashable; what it is, only its object knows


class Unknown(Enum):
    """What stands for a value that nobody knows."""

    RESULT = "unknown"  # of an operation that never returned

    def __repr__(self) -> str:
        return self.value


@record
class Call:
    """What an operation asks of the object and what came back; equal calls are interchangeable.

    Attributes:
        function: one name for all its spellings.
        argument: hashable.
        result: hashable; `Unknown.RESULT` fits everything.
    """

    function: str
    argument: Hashable
    result: Hashable


class Recorded(Protocol):
    """An operation as the history shows it; see `problem.Item`."""

    @property
    def call(self) -> Call:
        """What it asked and what came back."""

    @property
    def called(self) -> int:
        """Position of the invocation."""

    @property
    def returned(self) -> int | None:
        """Position of the return; None if it need not have happened."""

    @property
    def repeatable(self) -> bool:
        """Whether it may take effect any number of times."""


@record
class Start:
    """What is assumed of a history.

    Attributes:
        value: the initial value; None is the object's own: nil, 0, empty.
        nil_is_unknown: a read that returned nil says nothing (Knossos); else it saw that there was no value.
    """

    value: Any = None
    nil_is_unknown: bool = False


def unfit(start: Start, kind: str, wanted: str) -> ValueError:
    """What to raise for an initial value that this kind of object cannot have."""
    return ValueError(f"the initial value {start.value!r} fits no {kind}: it is {wanted}")


@record
class ObjectType:
    """A sequential object.

    Attributes:
        name: how it is called on the command line.
        functions: every spelling of its operations.
        initial: the first state.
        step: the next states, none if the object would not have answered so. More than one only where something is
            unknown.
        keeps_state: whether the call, wherever it is legal, leaves the state as it is. A legal one can then be
            linearized at once (Horn & Kroening 2015 call such an operation unobtrusive).
        call: an operation in the object's terms; None if it says nothing, such as a read that never returned.
        part: operations with different parts concern independent objects (locality, Herlihy & Wing 1990).
        finite: few states are reachable, however often an operation is repeated.
        evident: the initial value that the operations of one part show, if they do: one that was seen before anything
            could have brought it about.
        reachable: False if no order of the given calls can make a call legal that keeps the state; None is always
            True.
        helps: False if the call, left out of an order of itself and the given calls from the given state, leaves an
            order of those that remain (it may take others with it of which this is false as well).
        foresight: of the operations and the first state, what says of a state whether all that returned may yet be
            explained from it; it may say so where they cannot. None where nothing is foreseen.
        told: a state in a few words; None where its value says enough.
        outside: what left the bounds of an object that is bounded only so that it can be explored; it may have
            refused an order for that.
    """

    name: str
    functions: frozenset[str]
    initial: Callable[[Start], State]
    step: Callable[[State, Call], tuple[State, ...]]
    keeps_state: Callable[[Call], bool]
    call: Callable[[Operation, Start], Call | None]
    part: Callable[[Operation], Hashable]
    finite: bool = False
    evident: Callable[[Sequence[Operation]], Any] = lambda _: None
    reachable: Callable[[State, Call, Sequence[Call]], bool] | None = None
    helps: Callable[[Call, Sequence[Call], State], bool] = lambda _, __, ___: True
    foresight: Callable[[Sequence[Recorded], State], Callable[[State], bool] | None] = lambda _, __: None
    told: Callable[[State], str] | None = None
    outside: Callable[[], tuple[str, ...]] = lambda: ()


def by_key(operation: Operation) -> Hashable:
    """Each key is an object of its own."""
    return operation.key


def result_of(operation: Operation) -> Hashable:
    """The result, unknown unless the operation returned."""
    return operation.result if operation.outcome == "ok" else Unknown.RESULT
