"""How do the effects of a rule read as Python?

Effects become statements that end in adding an edge. What follows a choice, or an `if` that decides whether there is a
step at all, is written inside it once per way: each way ends in an edge of its own. All other `if`s and loops are
written as they are.
"""

from collections.abc import Callable, Iterator
from typing import assert_never

from dscheck.domains import Domain, Value
from dscheck.engines.python.emit_expressions import Expressions
from dscheck.engines.python.simplify import Known, Simplifier, unrolled
from dscheck.engines.python.storage import Lines, Place, Storage, places_of
from dscheck.model.expressions import Apply, Bound, Expression, Literal
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effect,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Require,
    Write,
)
from dscheck.semantics.evaluate import element_domain


class Irregular(Exception):
    """Effects that this compiler leaves to the definition: choices in a loop that cannot be unrolled."""


def splits(effects: Effects) -> bool:
    """Can there be several ways through the effects, or none?"""
    return any(isinstance(effect, Choose | Require) for effect in _all(effects))


def _requires(effects: Effects) -> bool:
    return any(isinstance(effect, Require) for effect in _all(effects))


def _all(effects: Effects) -> Iterator[Effect]:
    for effect in effects:
        yield effect
        match effect:
            case If(_, then, otherwise):
                yield from _all(then)
                yield from _all(otherwise)
            case ForEach(_, _, body) | Choose(_, _, body) | LetIn(_, _, body):
                yield from _all(body)


Goes = Callable[[Storage, int], None]  # writes what follows, at a depth


class Body:
    """Writes the effects of one instance of a rule.

    Attributes:
        rule: its index.
        lines: where to.
    """

    def __init__(self, expressions: Expressions, rule: int, counters: tuple[str, ...], lines: Lines) -> None:
        self._expressions = expressions
        self._simplifier: Simplifier = expressions.simplifier
        self._names = expressions.names
        self._counters = counters
        self._marks: tuple[int, ...] = ()
        self.rule = rule
        self.lines = lines

    def edge(self, storage: Storage, depth: int) -> None:
        """Add the edge at the end of a way."""
        counts = f"({''.join(f'{storage.counted(each)}, ' for each in self._counters)})" if self._counters else "None"
        self.lines.put(depth, f"add(({self.rule}, {storage.successor()}, {counts}, None))")

    def caught(self, depth: int, write: Callable[[int], None], *, fails: bool) -> None:
        """Write something that may fail, so that a failure becomes an edge."""
        if not fails:
            write(depth)
            return
        self.lines.put(depth, "try:")
        write(depth + 1)
        self.lines.put(depth, "except StepFailed as stopped:")
        self.lines.put(depth + 1, f"add(({self.rule}, None, None, stopped.failed))")

    def can_fail(self, effects: Effects) -> bool:
        """Can running the effects raise, outside of the ways of a choice?"""
        can_fail = self._simplifier.can_fail
        for effect in effects:
            match effect:
                case Write(_, indices, value):
                    fails = any(map(can_fail, (*indices, value)))
                case If(test, then, otherwise):
                    fails = can_fail(test) or self.can_fail(then) or self.can_fail(otherwise)
                case ForEach(_, over, body) | LetIn(_, over, body):
                    fails = can_fail(over) or self.can_fail(body)
                case Choose() | Assert():
                    fails = True
                case Require(expression) | Count(_, expression):
                    fails = can_fail(expression)
                case Note(_, message, sender, receiver):
                    fails = any(map(can_fail, (message, sender, receiver)))
                case _:
                    assert_never(effect)
            if fails:
                return True
        return False

    def run(self, effects: Effects, storage: Storage, known: Known, depth: int, goes_on: Goes, marks: tuple[int, ...] = ()) -> None:
        """Write `effects`, then what `goes_on` writes.

        Args:
            effects: to run in order.
            storage: where the variables are.
            known: what names stand for.
            depth: of the indentation.
            goes_on: writes what follows.
            marks: branches that were taken, to be noted once it is sure that there is a step.
        """
        raise NotImplementedError
