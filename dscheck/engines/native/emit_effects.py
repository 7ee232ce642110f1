"""How do the effects of a rule read as C?

Effects become statements that end in making a successor. What follows a choice, or an `if` that decides whether there
is a step at all, is written inside it once per way: each way ends in a successor of its own. All other `if`s and loops
are written as they are. A failing step is a label too: it is counted, and its way ends with a jump.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum, auto
from typing import assert_never

from dscheck.domains import Bool, Int
from dscheck.engines.effect_shapes import choice_if, has_elements, requires, splits
from dscheck.engines.native.block import Exits, bare
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.emit_expressions import Expressions, failure_statement
from dscheck.engines.native.emit_loops import each_alternative, possible_elements
from dscheck.engines.native.emit_obligations import put_columns
from dscheck.engines.native.storage import Storage
from dscheck.engines.native.values_form import negated
from dscheck.engines.native.written import Place, written_places
from dscheck.engines.simplify import Known, TooLong, unrolled
from dscheck.model.expressions import FAILURES, Apply, Bound, Expression, Literal
from dscheck.model.layout import layout_of
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
    Rule,
    System,
    Write,
)
from dscheck.record import record
from dscheck.semantics.evaluate import element_domain

_MOST_COUNTED = 1 << 20  # by one effect: what a step counts is kept in 32 bits

FAILURE_CONSTANTS = tuple(f"FAIL_{name.upper()}" for name in FAILURES)  # of model.h, by number


class Style(Enum):
    """How much is written out as one copy per value, instead of in loops."""

    COPIES = auto()  # processes and choices
    CHOICES_IN_LOOPS = auto()  # processes
    LOOPS = auto()  # nothing that need not be


class Irregular(Exception):
    """Effects that cannot be written: choices in a loop that may have very many rounds."""


def _assert_small(counter: str, amount: Expression) -> None:
    match amount.domain:
        case Int(low, high) if max(-low, high) > _MOST_COUNTED:
            raise NotPackable(f"`{counter}` may grow by more than {_MOST_COUNTED} at once")


def overflow_statement(key: int) -> str:
    """Ends the search because the width with this number is too small."""
    return f"{{ labels->overflow = {key + 1}; return; }}"


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


Member = tuple[Literal | Bound, Expression | None]  # an element of a loop, and the simplified test if it is visited
GoesOn = Callable[[Way], None]  # writes what follows


def _nothing(_way: Way) -> None:
    """What follows inside a block that the code after it joins again."""


class Body:
    """Writes the body of one rule into its function, once per instance.

    Attributes:
        owed: what has the number of the obligations of the instance that is being written; empty for none. None when
            obligations are not told.
    """

    def __init__(
        self, expressions: Expressions, system: System, rule: Rule, endings: tuple[str, ...], style: Style, most: int
    ) -> None:
        """A writer that has written nothing.

        Args:
            expressions: write into the function.
            system: whose rule.
            rule: the rule.
            endings: lines about a successor that is complete, with `{after}` for the pointer to its words.
            style: copies or loops.
            most: lines that the function may have.
        """
        self._expressions = expressions
        self._simplifier = expressions.simplifier
        self._block = expressions.block
        self._system = system
        self._layout = layout_of(system)
        self._effects = rule.body
        self._endings = endings
        self._style = style
        self._most = most
        self._labels = 0
        self.owed: str | None = None

    def instance(self, storage: Storage, known: Known) -> None:
        """Write the body for parameters that are `known`; every way ends in a successor."""
        self._run(self._effects, Way(storage, not requires(self._effects)), known, self._end)

    @contextmanager
    def ways(self, owed: str = "") -> Iterator[None]:
        """What is written inside ends, when it fails, at the end of what is written inside.

        Args:
            owed: what has the number of the obligations of a label that fails there, where nobody else enables them.
        """
        block, before = self._block, self._block.exits
        label = ""

        def fail(number: int) -> str:
            nonlocal label
            if not label:
                self._labels += 1
                label = f"end_{self._labels}"
            enable = f"labels->enable(labels, {owed}); " if owed else ""
            return f"{{ labels->failures |= 1u << {FAILURE_CONSTANTS[number]}; taken++; {enable}goto {label}; }}"

        block.exits = Exits(fail, overflow_statement)
        yield
        block.exits = before
        if label:
            block.put(f"{label}:;")

    def assert_short(self) -> None:
        """Stop when the function has too many lines.

        Raises:
            TooLong: it has.
        """
        if len(self._block.lines) > self._most:
            raise TooLong

    def _end(self, way: Way) -> None:
        way = self._settle(way)
        after = way.storage.successor()
        for line in self._endings:
            self._block.put(line.format(after=after))
        if self._system.counters or self.owed is not None:
            put_columns(self._block, [way.storage.counted(counter) for counter in self._system.counters], self.owed)
        self._block.put("taken++;")

    def _settle(self, way: Way) -> Way:
        for mark in way.marks:
            self._block.put(f"labels->branches[{mark}] = 1;")
        return replace(way, settled=True, marks=())

    def _text(self, expression: Expression, way: Way) -> str:
        return self._expressions.text(expression, way.storage)

    def _run(self, effects: Effects, way: Way, known: Known, goes_on: GoesOn) -> None:
        """Write `effects` and then, once per way through them, what `goes_on` writes."""
        if not effects:
            goes_on(way)
            return

        def then_rest(after: Way) -> None:
            self._run(effects[1:], after, known, goes_on)

        self.assert_short()
        self._effect(effects[0], way, known, then_rest)

    def _effect(self, effect: Effect, way: Way, known: Known, goes_on: GoesOn) -> None:
        simplify = self._simplifier.simplify
        match effect:
            case Write(variable, indices, value):
                way = self._settle(way)
                places = tuple(self._expressions.index(simplify(index, known), way.storage) for index in indices)
                goes_on(replace(way, storage=way.storage.write(variable, places, simplify(value, known))))
            case If():
                self._if(effect, simplify(effect.test, known), way, known, goes_on)
            case ForEach():
                self._for_each(effect, way, known, goes_on)
            case Choose():
                self._choose(effect, way, known, goes_on)
            case LetIn(name, value, body):
                simple = simplify(value, known)
                if not isinstance(simple, Literal | Bound):  # a read has to be kept as it is now
                    simple = self._kept(name, simple, way)
                self._run(body, way, {**known, name: simple}, goes_on)
            case Require(test):
                simple = simplify(test, known)
                if not isinstance(simple, Literal):
                    with self._block.braces(f"if ({bare(self._text(simple, way))})"):
                        goes_on(way)
                elif simple.value:
                    goes_on(way)
            case Assert(test, failure):
                simple = simplify(test, known)
                if isinstance(simple, Literal) and not simple.value:
                    self._block.put(failure_statement(self._block, failure.property))
                    return
                if not isinstance(simple, Literal):
                    self._block.fail_if(negated(self._text(simple, way)), failure)
                goes_on(way)
            case Count(counter, amount):
                simple = simplify(amount, known)
                if counter in self._system.counters:
                    _assert_small(counter, simple)
                    way = replace(way, storage=way.storage.count(counter, self._text(simple, way)))
                else:
                    self._only_if_it_fails(simple, way)
                goes_on(way)
            case Note(_, message, sender, receiver):
                for part in (message, sender, receiver):
                    self._only_if_it_fails(simplify(part, known), way)
                goes_on(way)
            case _:
                assert_never(effect)

    def _only_if_it_fails(self, expression: Expression, way: Way) -> None:
        """Write an expression whose value nobody needs."""
        if self._simplifier.can_fail(expression):
            self._block.put(f"(void){self._text(expression, way)};")

    def _kept(self, name: str, value: Expression, way: Way) -> Bound:
        """A local that keeps the value that an expression has now."""
        bound = Bound(self._expressions.fresh(name), value.domain)
        self._expressions.bind(bound.name, value, way.storage)
        return bound

    def _if(self, effect: If, test: Expression, way: Way, known: Known, goes_on: GoesOn) -> None:
        """Write an `if`; its `test` is simplified already."""

        def branch(truth: bool, before: Way, after: GoesOn) -> None:
            if effect.branch is not None:
                before = replace(before, marks=(*before.marks, 2 * effect.branch + (not truth)))
                before = self._settle(before) if before.settled else before
            self._run(effect.then if truth else effect.otherwise, before, known, after)

        if isinstance(test, Literal):
            branch(test.value, way, goes_on)
            return
        if (choice := choice_if(effect, test)) is not None:
            self._choose(choice, way, known, goes_on)
            return
        text = self._text(test, way)
        joins = way.settled and not splits(effect.then) and not splits(effect.otherwise)
        inside, after = way, goes_on
        if joins:
            written = dict.fromkeys((*self._written(effect.then, known), *self._written(effect.otherwise, known)))
            inside, after = replace(way, storage=way.storage.pin(written)), _nothing
        self._branches(text, lambda: branch(True, inside, after), lambda: branch(False, inside, after))
        if joins:
            goes_on(replace(inside, storage=inside.storage.unpin(way.storage)))

    def _branches(self, test: str, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """Write an `if` with two branches, of which one or both may turn out to be nothing."""
        block = self._block
        first = len(block.lines)
        with block.braces(f"if ({bare(test)})"):
            then()
        second = len(block.lines)
        with block.braces("else"):
            otherwise()
        if len(block.lines) == second + 2:
            del block.lines[second:]
            if second == first + 2:
                del block.lines[first:]
        elif second == first + 2:
            block.lines[first : second + 1] = ["    " * block.depth + f"if ({bare(negated(test))}) {{"]
        else:
            block.lines[second - 1 : second + 1] = ["    " * block.depth + "} else {"]

    def _for_each(self, effect: ForEach, way: Way, known: Known, goes_on: GoesOn) -> None:
        over = self._simplifier.simplify(effect.over, known)
        ways = splits(effect.body)
        members = self._members(effect.name, over, way) if self._simplifier.unrolls or ways else None
        if members is None and ways:
            members = self._any_members(effect.name, over, way)
        if members is not None:
            self._rounds(effect, members, way, known, goes_on)
            return
        way = self._settle(way)
        inside = replace(way, storage=way.storage.pin(self._written((effect,), known)))
        # What is visited is the collection as it was, whatever the rounds write.
        visited = self._expressions.kept(f"{effect.name} over", self._text(over, inside), over.domain)
        element = Bound(self._expressions.fresh(effect.name), element_domain(over.domain))
        with self._expressions.values.loop(
            visited, over.domain, effect.name, self._block, distinct=False, ordered=True
        ) as local:
            self._expressions.locals[element.name] = local
            self._run(effect.body, inside, {**known, effect.name: element}, _nothing)
        goes_on(replace(inside, storage=inside.storage.unpin(way.storage)))

    def _members(self, name: str, over: Expression, way: Way) -> list[Member] | None:
        """What a loop over `over` may visit, each with the test whether it does; None if that cannot be unrolled.

        The tests are asked before the loop, which visits what there was then.
        """
        domain = element_domain(over.domain)
        candidates = unrolled(over, self._simplifier.most)
        if candidates is None:
            return None
        literals = [Literal(value, domain) for value in candidates]
        if isinstance(over, Literal):
            return [(element, None) for element in literals]
        filtered = self._simplifier.filtered(over)
        if filtered is None:
            kept = self._kept(f"{name} over", over, way)
            return [(element, Apply("in", (element, kept), Bool())) for element in literals]
        return [
            (element, test if isinstance(test, Literal) else self._kept(f"visits {name}", test, way))
            for element, test in filtered
        ]

    def _any_members(self, name: str, over: Expression, way: Way) -> list[Member]:
        """The same for any collection; each round is needed on its own, since there are several ways on from it.

        Raises:
            Irregular: there may be too many rounds.
        """
        found = possible_elements(self._expressions, name, over, way.storage, self._simplifier.most)
        if found is None:
            raise Irregular
        return list(found)

    def _rounds(self, effect: ForEach, members: list[Member], way: Way, known: Known, goes_on: GoesOn) -> None:
        if not members:
            goes_on(way)
            return
        element, test = members[0]
        inner = {**known, effect.name: element}

        def next_round(after: Way) -> None:
            self._rounds(effect, members[1:], after, known, goes_on)

        if test is None:
            self._run(effect.body, way, inner, next_round)
        else:
            self._if(If(test, effect.body, ()), test, way, inner, next_round)

    def _choose(self, effect: Choose, way: Way, known: Known, goes_on: GoesOn) -> None:
        over = self._simplifier.simplify(effect.over, known)
        domain = element_domain(over.domain)

        def alternative(element: Expression) -> None:
            with self.ways():
                start = replace(way, storage=way.storage.alternative())
                self._run(effect.body, start, {**known, effect.name: element}, goes_on)

        elements = unrolled(over, self._simplifier.most) if self._simplifier.unrolls else None
        if isinstance(over, Literal) and not over.value:
            self._block.put(failure_statement(self._block, effect.failure.property))
            return
        if isinstance(over, Literal) and elements is not None and self._style is Style.COPIES:
            for value in dict.fromkeys(elements):
                with self._block.braces(""):
                    alternative(Literal(value, domain))
            return
        kept: Expression = over
        if not isinstance(over, Literal):
            kept = self._kept(f"{effect.name} over", over, way)
            if not has_elements(over):
                self._block.fail_if(f"!{self._text(kept, way)}", effect.failure)  # the code of what is empty is 0
        if elements is not None and self._style is Style.COPIES:
            for value in dict.fromkeys(elements):
                literal = Literal(value, domain)
                with self._block.braces(f"if ({bare(self._text(Apply('in', (literal, kept), Bool()), way))})"):
                    alternative(literal)
            return
        each_alternative(self._expressions, effect.name, kept, way.storage, alternative)

    def _written(self, effects: Effects, known: Known) -> dict[Place, None]:
        """Every place that the effects may write, in order."""
        return written_places(self._system, self._layout, self._simplifier, effects, known)
