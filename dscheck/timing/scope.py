"""What do the names of one timing block mean: its parameters, `let`s, queries, and what its clocks show?"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction

from dscheck.language import syntax
from dscheck.timing.formulas import FALSE, TRUE, Formula
from dscheck.timing.polynomial import Polynomial, add, constant_of, multiply, number, subtract, unknown
from dscheck.timing.quantities import Quantity, Unanswered, Value, negative, quantity_of, value_of

Clock = syntax.PerfectClock | syntax.DriftingClock
Results = Mapping[str, Value | Unanswered]
"""The answers to the queries so far, by name; one without an answer has its reason."""


class BlockScope:
    """The meanings of names in one block.

    Attributes:
        free: the parameter whose values are asked for; it is an unknown then.
        invented: the unknowns that stand for `min`, `max`, `abs` and `if … else` so far.
        definitions: of these.
    """

    def __init__(
        self, block: syntax.Timing, constants: Mapping[str, int], results: Results, free: str | None = None
    ) -> None:
        self.free = free
        self.invented: set[str] = set()
        self.definitions: list[Formula] = []
        self._results = results
        self._constants = constants
        self._lines: dict[str, syntax.Param | syntax.Let | syntax.Query] = {
            line.name.name: line for line in block.lines if isinstance(line, syntax.Param | syntax.Let | syntax.Query)
        }
        self._clocks: dict[str, Clock] = {line.name.name: line for line in clocks_of(block)}
        self._values: dict[str, Value] = {}

    def named(self, name: str) -> Value:
        """A parameter, constant, `let` or query; each `let` is worked out once.

        Raises:
            Unanswered: the name belongs to a query that has no answer.
        """
        if name not in self._values:
            self._values[name] = self._meaning(name)
        return self._values[name]

    def reading(self, clock: str, event: str) -> Polynomial:
        """What `clock` shows at `event`; `T` is real time."""
        time = unknown(f"T({event})")
        if clock == "T":
            return time
        line = self._clocks[clock]
        if isinstance(line, syntax.PerfectClock):
            return time
        slow, fast = self.rates(line)
        if slow == fast:  # its rate is known: only where it started is not
            return add(offset_of(clock), multiply(slow, time))
        return unknown(f"{clock}({event})")

    def rates(self, clock: syntax.DriftingClock) -> tuple[Polynomial, Polynomial]:
        """How much it advances in one unit of real time, at least and at most.

        Raises:
            Unanswered: a drift without bound.
        """
        if clock.drift is None:
            return number(1), number(1)
        bounds = [bound for bound in self.interval(clock.drift, symmetric=True) if isinstance(bound, Polynomial)]
        if len(bounds) < 2:
            raise Unanswered(f"the drift of clock {clock.name.name} has no bound")
        return add(number(1), bounds[0]), add(number(1), bounds[1])

    def interval(self, expression: syntax.Expression, *, symmetric: bool) -> tuple[Quantity, Quantity]:
        """`[a, b]`, or one number: itself twice, or with its opposite if `symmetric`."""
        if isinstance(expression, syntax.ListOf) and len(expression.items) == 2:
            return quantity_of(expression.items[0], self), quantity_of(expression.items[1], self)
        bound = quantity_of(expression, self)
        return (negative(bound) if symmetric else bound), bound

    def define(self, definition: Formula) -> None:
        """Take the definition of a new unknown."""
        self.definitions.append(definition)

    def fresh(self, word: str) -> Polynomial:
        """A new unknown."""
        name = f"{word} number {len(self.invented) + 1}"
        self.invented.add(name)
        return unknown(name)

    def parameters(self) -> dict[str, Fraction]:
        """The values of those parameters that are plain numbers."""
        values = {}
        for name, line in self._lines.items():
            if isinstance(line, syntax.Param) and name != self.free:
                value = self.named(name)
                constant = constant_of(value) if isinstance(value, Polynomial) else None
                if constant is not None:
                    values[name] = constant
        return values

    def _meaning(self, name: str) -> Value:
        match self._lines.get(name):
            case syntax.Param(_, value):
                return unknown(name) if name == self.free else value_of(value, self)
            case syntax.Let(_, value):
                return value_of(value, self)
            case syntax.Query():
                result = self._results.get(name)
                if result is None:
                    raise Unanswered(f"`{name}` is asked only later")
                if isinstance(result, Unanswered):
                    raise Unanswered(f"`{name}` is unknown")
                return result
            case None:
                if name not in self._constants:
                    raise Unanswered(f"`{name}` has no value here")
                constant = self._constants[name]
                if isinstance(constant, bool):
                    return TRUE if constant else FALSE
                return number(constant)


def offset_of(clock: str) -> Polynomial:
    """What `clock`, whose rate is known, shows at time 0."""
    return unknown(f"offset of {clock}")


def clocks_of(block: syntax.Timing) -> list[Clock]:
    """Its clocks."""
    return [line for line in block.lines if isinstance(line, syntax.PerfectClock | syntax.DriftingClock)]


def events_of(block: syntax.Timing) -> list[syntax.At]:
    """Its events."""
    return [line for line in block.lines if isinstance(line, syntax.At)]


def readings_of(block: syntax.Timing) -> dict[str, list[str]]:
    """For each clock, the events at which some line reads it, in the order of the events."""
    events = [event.name.name for event in events_of(block)]
    read: dict[str, set[str]] = {clock.name.name: set() for clock in clocks_of(block)}
    for node in _nodes(block):
        match node:
            case syntax.Call(function, (syntax.Name(event),)) if function.name in read:
                read[function.name].add(event)
    return {clock: [event for event in events if event in at] for clock, at in read.items()}


def names_in(node: object) -> Iterator[str]:
    """Every name that stands in the expression `node`."""
    return (each.name for each in _nodes(node) if isinstance(each, syntax.Name))


def is_exact(slow: Polynomial, fast: Polynomial) -> bool:
    """Is the rate of a clock known?"""
    return not subtract(slow, fast).terms


def _nodes(node: object) -> Iterator[object]:
    """`node` and all below it."""
    yield node
    if isinstance(node, tuple):
        for part in node:
            yield from _nodes(part)
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _nodes(getattr(node, each.name))
