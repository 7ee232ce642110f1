"""How do the effects of a rule read as Python?

Effects become statements that end in adding an edge. What follows a choice, or an `if` that decides whether there is a
step at all, is written inside it once per way: each way ends in an edge of its own. All other `if`s and loops are
written as they are.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from dscheck.domains import Bool
from dscheck.engines.effect_shapes import requires, splits
from dscheck.engines.python.emit_expressions import Expressions
from dscheck.engines.python.emit_obligations import Obligations
from dscheck.engines.python.storage import Lines, Place, Storage, places_of
from dscheck.engines.simplify import Known, Simplifier, unrolled
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
from dscheck.record import record
from dscheck.semantics.evaluate import element_domain


class Irregular(Exception):
    """Effects that this compiler leaves to the definition: choices in a loop that cannot be unrolled."""


@record
class Way:
    """One way through the effects, up to here.

    Attributes:
        storage: where the variables are.
        settled: can no `Require` follow, so that there is a step for sure?
        marks: branches taken, to be noted as soon as the way is settled.
    """

    storage: Storage
    settled: bool
    marks: tuple[int, ...] = ()


Member = tuple[Literal, Expression | None]  # an element of a loop, and the simplified test whether it is visited
GoesOn = Callable[[Way, int], None]  # writes what follows, at a depth


def _nothing(_way: Way, _depth: int) -> None:
    """What follows inside a block that the code after it joins again."""


class Body:
    """Writes the body of one rule, once per instance.

    Attributes:
        lines: where to.
        fails: can the body fail?
    """

    def __init__(
        self, expressions: Expressions, rule: int, lines: Lines, start: Storage, *, fair: bool = False
    ) -> None:
        self._expressions = expressions
        self._simplifier: Simplifier = expressions.simplifier
        self._names = expressions.names
        self._counters = expressions.names.system.counters
        self._number = rule
        self._rule = expressions.names.system.rules[rule]
        self._effects = self._rule.body
        self._start = start  # the state before the step, in which keys of obligations are evaluated
        self._obligations = Obligations(expressions, self._rule) if fair else None
        self._owed = ""  # text for the obligations of the instance that is being written
        self.lines = lines
        self.fails = self._can_fail(self._effects)

    def instance(self, storage: Storage, known: Known, depth: int) -> None:
        """Write the body for parameters that are `known`; every way ends in an edge."""
        self._owed = self._owed_text(known)
        self._run(self._effects, Way(storage, not requires(self._effects)), known, depth, self._edge)

    def caught(self, depth: int, write: Callable[[int], None], known: Known, *, fails: bool) -> None:
        """Write something so that a failure in it becomes an edge of the label with the parameters that are `known`."""
        if not fails:
            write(depth)
            return
        self.lines.put(depth, "try:")
        self.lines.block(depth, write)
        self.lines.put(depth, "except StepFailed as stopped:")
        self.lines.put(depth + 1, f"add(({self._number}, None, None, stopped.failed))")
        self._owe(self._owed_text(known), depth + 1)

    def _owed_text(self, known: Known) -> str:
        return "" if self._obligations is None else self._obligations.text(known, self._start)

    def _owe(self, owed: str, depth: int) -> None:
        if self._obligations is not None:
            self.lines.put(depth, f"owe({owed})")

    def _edge(self, way: Way, depth: int) -> None:
        way = self._settle(way, depth)
        counts = "None"
        if self._counters:
            counts = f"({', '.join(map(way.storage.counted, self._counters))},)"
        self.lines.put(depth, f"add(({self._number}, {way.storage.successor()}, {counts}, None))")
        self._owe(self._owed, depth)

    def _settle(self, way: Way, depth: int) -> Way:
        for mark in way.marks:
            self.lines.put(depth, f"branches[{mark}] = 1")
        return replace(way, settled=True, marks=())

    def _can_fail(self, effects: Effects) -> bool:
        can_fail = self._simplifier.can_fail
        for effect in effects:
            match effect:
                case Write(_, indices, value):
                    fails = any(map(can_fail, (*indices, value)))
                case If(test, then, otherwise):
                    fails = can_fail(test) or self._can_fail(then) or self._can_fail(otherwise)
                case ForEach(_, over, body) | LetIn(_, over, body):
                    fails = can_fail(over) or self._can_fail(body)
                case Choose(_, over, body):
                    fails = not (isinstance(over, Literal) and over.value) or self._can_fail(body)
                case Assert():
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

    def _text(self, expression: Expression, storage: Storage) -> str:
        return self._expressions.text(expression, storage)

    def _run(self, effects: Effects, way: Way, known: Known, depth: int, goes_on: GoesOn) -> None:
        """Write `effects` and then, once per way through them, what `goes_on` writes."""
        if not effects:
            goes_on(way, depth)
            return

        def then_rest(after: Way, at: int) -> None:
            self._run(effects[1:], after, known, at, goes_on)

        self._effect(effects[0], way, known, depth, then_rest)

    def _effect(self, effect: Effect, way: Way, known: Known, depth: int, goes_on: GoesOn) -> None:
        simplify, put = self._simplifier.simplify, self.lines.put
        match effect:
            case Write(variable, indices, value):
                way = self._settle(way, depth)
                places = tuple(self._expressions.index(simplify(index, known), way.storage) for index in indices)
                text = self._text(simplify(value, known), way.storage)
                storage = way.storage.write(variable, places, text, self.lines, depth)
                goes_on(replace(way, storage=storage), depth)
            case If():
                self._if(effect, simplify(effect.test, known), way, known, depth, goes_on)
            case ForEach():
                self._for_each(effect, way, known, depth, goes_on)
            case Choose():
                self._choose(effect, way, known, depth, goes_on)
            case LetIn(name, value, body):
                simple = simplify(value, known)
                if not isinstance(simple, Literal | Bound):  # a read has to be kept as it is now
                    simple = self._kept(name, simple, way, depth)
                self._run(body, way, {**known, name: simple}, depth, goes_on)
            case Require(test):
                simple = simplify(test, known)
                if not isinstance(simple, Literal):
                    put(depth, f"if {self._text(simple, way.storage)}:")
                    self.lines.block(depth, lambda inner: goes_on(way, inner))
                elif simple.value:
                    goes_on(way, depth)
            case Assert(test, failure):
                simple = simplify(test, known)
                if not (isinstance(simple, Literal) and simple.value):
                    put(depth, f"if not {self._text(simple, way.storage)}:")
                    put(depth + 1, f"{self._names.fail(failure, None)}()")
                goes_on(way, depth)
            case Count(counter, amount):
                text = self._text(simplify(amount, known), way.storage)
                if counter in self._counters:
                    way = replace(way, storage=way.storage.count(counter, text, self.lines, depth))
                goes_on(way, depth)
            case Note(_, message, sender, receiver):
                for part in (message, sender, receiver):
                    simple = simplify(part, known)
                    if self._simplifier.can_fail(simple):
                        put(depth, self._text(simple, way.storage))
                goes_on(way, depth)
            case _:
                assert_never(effect)

    def _if(self, effect: If, test: Expression, way: Way, known: Known, depth: int, goes_on: GoesOn) -> None:
        """Write an `if`; its `test` is simplified already."""

        def block(truth: bool, before: Way, at: int, after: GoesOn) -> None:
            if effect.branch is not None:
                before = replace(before, marks=(*before.marks, 2 * effect.branch + (not truth)))
                before = self._settle(before, at) if before.settled else before
            self._run(effect.then if truth else effect.otherwise, before, known, at, after)

        if isinstance(test, Literal):
            block(test.value, way, depth, goes_on)
            return
        text = self._text(test, way.storage)
        joins = way.settled and not splits(effect.then) and not splits(effect.otherwise)
        inside, after = way, goes_on
        if joins:
            written = dict.fromkeys((*self._written(effect.then, known), *self._written(effect.otherwise, known)))
            inside, after = replace(way, storage=way.storage.pin(written, self.lines, depth)), _nothing
        self.lines.put(depth, f"if {text}:")
        self.lines.block(depth, lambda at: block(True, inside, at, after))
        if not joins or effect.otherwise or effect.branch is not None:
            self.lines.put(depth, "else:")
            self.lines.block(depth, lambda at: block(False, inside, at, after))
        if joins:
            goes_on(replace(inside, storage=inside.storage.unpin(way.storage)), depth)

    def _for_each(self, effect: ForEach, way: Way, known: Known, depth: int, goes_on: GoesOn) -> None:
        over = self._simplifier.simplify(effect.over, known)
        members = self._members(effect.name, over, way, depth) if self._simplifier.unrolls else None
        if members is None:
            if splits(effect.body):
                raise Irregular
            way = self._settle(way, depth)
            written = self._written((effect,), known)
            inside = replace(way, storage=way.storage.pin(written, self.lines, depth))
            name = Bound(self._names.fresh(effect.name), element_domain(over.domain))
            visited = self._expressions.iterable(over, inside.storage, ordered=True)
            self.lines.put(depth, f"for {name.name} in {visited}:")
            inner = {**known, effect.name: name}
            self.lines.block(depth, lambda at: self._run(effect.body, inside, inner, at, _nothing))
            goes_on(replace(inside, storage=inside.storage.unpin(way.storage)), depth)
            return
        self._rounds(effect, members, way, known, depth, goes_on)

    def _members(self, name: str, over: Expression, way: Way, depth: int) -> list[Member] | None:
        """What a loop over `over` may visit, each with the test whether it does; None if that cannot be unrolled.

        The tests are asked before the loop, which visits what there was then.
        """
        domain = element_domain(over.domain)
        candidates = unrolled(over)
        if candidates is None:
            return None
        literals = [Literal(value, domain) for value in candidates]
        if isinstance(over, Literal):
            return [(element, None) for element in literals]
        filtered = self._simplifier.filtered(over)
        if filtered is None:
            kept = self._kept(f"{name} over", over, way, depth)
            return [(element, Apply("in", (element, kept), Bool())) for element in literals]
        return [
            (element, test if isinstance(test, Literal) else self._kept(f"visits {name}", test, way, depth))
            for element, test in filtered
        ]

    def _kept(self, name: str, value: Expression, way: Way, depth: int) -> Bound:
        """A local that keeps the value that an expression has now."""
        kept = Bound(self._names.fresh(name), value.domain)
        self.lines.put(depth, f"{kept.name} = {self._text(value, way.storage)}")
        return kept

    def _rounds(
        self, effect: ForEach, members: list[Member], way: Way, known: Known, depth: int, goes_on: GoesOn
    ) -> None:
        if not members:
            goes_on(way, depth)
            return
        element, test = members[0]
        inner = {**known, effect.name: element}

        def next_round(after: Way, at: int) -> None:
            self._rounds(effect, members[1:], after, known, at, goes_on)

        if test is None:
            self._run(effect.body, way, inner, depth, next_round)
        else:
            self._if(If(test, effect.body, ()), test, way, inner, depth, next_round)

    def _choose(self, effect: Choose, way: Way, known: Known, depth: int, goes_on: GoesOn) -> None:
        over = self._simplifier.simplify(effect.over, known)
        put = self.lines.put

        def alternative(element: Expression, at: int) -> None:
            def write(inner: int) -> None:
                start = replace(way, storage=way.storage.alternative(self.lines, inner))
                self._run(effect.body, start, {**known, effect.name: element}, inner, goes_on)

            self.caught(at, write, known, fails=self.fails)

        elements = unrolled(over) if self._simplifier.unrolls else None
        kept = self._names.fresh(f"{effect.name} over")
        if not isinstance(over, Literal):
            text = self._expressions.alternatives(over, way.storage) if elements is None else None
            put(depth, f"{kept} = {text or self._text(over, way.storage)}")
            put(depth, f"if not {kept}:")
            put(depth + 1, f"{self._names.fail(effect.failure, None)}()")
        elif not over.value:
            put(depth, f"{self._names.fail(effect.failure, None)}()")
            return
        if elements is None:
            name = Bound(self._names.fresh(effect.name), element_domain(over.domain))
            visited = self._expressions.alternatives(over, way.storage) if isinstance(over, Literal) else kept
            put(depth, f"for {name.name} in {visited}:")
            self.lines.block(depth, lambda at: alternative(name, at))
            return
        for value in dict.fromkeys(elements):
            element = Literal(value, element_domain(over.domain))
            if isinstance(over, Literal):
                alternative(element, depth)
            else:
                put(depth, f"if {value} in {kept}:")
                self.lines.block(depth, lambda at, element=element: alternative(element, at))  # type: ignore[misc]

    def _written(self, effects: Effects, known: Known) -> dict[Place, None]:
        """Every place that the effects may write, in order."""
        places: dict[Place, None] = {}
        simplify = self._simplifier.simplify
        for effect in effects:
            match effect:
                case Write(variable, indices, _):
                    simple = [simplify(index, known) for index in indices]
                    at = tuple(index.value if isinstance(index, Literal) else "?" for index in simple)
                    places.update(dict.fromkeys(places_of(self._names, variable, at)))
                case Count(counter) if counter in self._counters:
                    places[counter] = None
                case If(_, then, otherwise):
                    places.update({**self._written(then, known), **self._written(otherwise, known)})
                case LetIn(name, value, body):
                    simple_value = simplify(value, known)
                    stands = simple_value if isinstance(simple_value, Literal) else Bound(name, value.domain)
                    places.update(self._written(body, {**known, name: stands}))
                case ForEach(name, over, body) | Choose(name, over, body):
                    domain = element_domain(over.domain)
                    elements = unrolled(simplify(over, known)) if self._simplifier.unrolls else None
                    each: list[Expression] = [Bound(name, domain)]
                    if elements is not None:
                        each = [Literal(value, domain) for value in elements]
                    for element in each:
                        places.update(self._written(body, {**known, name: element}))
                case _:
                    pass
        return places
