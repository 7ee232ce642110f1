"""How do the rules of a system read as C? As one function each, from a state to the successors it appends.

Parameters over few ids become one copy of the code per id, other parameters loops. A part of the guard is asked as
soon as all it mentions is known, as long as nothing that could fail would have come before it.
"""

from collections.abc import Callable
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from dscheck.domains import Bool, Value
from dscheck.engines.native.block import Block, Exits
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.emit_effects import Body, Irregular, Style, overflow_statement
from dscheck.engines.native.emit_expressions import Expressions, fresh_names
from dscheck.engines.native.emit_loops import each_alternative, first_item, front_of
from dscheck.engines.native.emit_obligations import Obligations
from dscheck.engines.native.slots import Slots, header_names
from dscheck.engines.native.storage import Locals, Packed, Storage
from dscheck.engines.native.tidy import comment, statements, without_unused
from dscheck.engines.simplify import Known, TooLong, conjuncts, free_names, unrolled
from dscheck.model.expressions import Apply, Bound, Expression, Literal
from dscheck.model.system import Parameter, Rule
from dscheck.semantics.evaluate import element_domain
from dscheck.values import show

MOST_STATEMENTS = 1_000  # of copies for all rules together: beyond that they do not fit the processor's cache
_MOST_LOOPED = 3_000  # of one rule in loops


def new_block(exits: Exits) -> Block:
    """An empty function body, in which no local can hide what generated code refers to."""
    block = Block(exits)
    for name in (*header_names(), "taken", "moved", "normalise", "judge_steps", "NULL", "WORDS", "COUNTERS"):
        block.fresh(name)
    return block


def emit_rules(slots: Slots, endings: tuple[str, ...], *, fair: bool = False) -> list[list[str]]:
    """The lines of the function of each rule; none for a rule that is never enabled.

    Args:
        slots: of the system.
        endings: lines about a successor that is complete, with `{after}` for the pointer to its words.
        fair: whether the obligations of labels are told.

    Raises:
        NotPackable: a rule cannot be written; the message names it.
    """
    numbers = range(len(slots.system.rules))
    job = _Job(slots, endings, fair)
    bodies = [_body(job, number, tuple(Style), MOST_STATEMENTS) for number in numbers]
    # The longest go into loops first: that leaves copies to most.
    for number in sorted(numbers, key=lambda each: -len(bodies[each])):
        if sum(map(statements, bodies)) <= MOST_STATEMENTS:
            break
        looped = _body(job, number, (Style.CHOICES_IN_LOOPS, Style.LOOPS), statements(bodies[number]) // 2)
        bodies[number] = min(bodies[number], looped, key=statements)
    return bodies


class _Job(NamedTuple):
    slots: Slots
    endings: tuple[str, ...]
    fair: bool


def _body(job: _Job, number: int, styles: tuple[Style, ...], most: int) -> list[str]:
    """The lines of a rule in the first of `styles` that takes at most so many, or else in the last."""
    rule, problem = job.slots.system.rules[number], ""
    for style in styles:
        try:
            return _RuleWriter(job, rule, style, _MOST_LOOPED if style is styles[-1] else most).lines(number)
        except TooLong:
            problem = "has too many ways through it"
        except Irregular:
            problem = "makes a choice inside a loop that may have very many rounds"
    raise NotPackable(f"the rule `{rule.name}` {problem}")


class _RuleWriter:
    """Writes the function of one rule."""

    def __init__(self, job: _Job, rule: Rule, style: Style, most: int) -> None:
        slots = job.slots
        self._rule = rule
        self._singletons = slots.system.singletons
        self._block = new_block(Exits(_no_failure, overflow_statement))
        fresh = fresh_names()
        self._simplifier = slots.simplifier(fresh, unrolls=style is not Style.LOOPS)
        self._expressions = Expressions(slots.values, self._simplifier, fresh, self._block)
        counters = Locals(slots, self._expressions)
        self._storage: Storage = Packed(slots, self._expressions, counters) if style is Style.LOOPS else counters
        self._body = Body(self._expressions, slots.system, rule, job.endings, style, most)
        self._obligations = Obligations(self._expressions, slots, rule) if job.fair else None
        self._body.owed = "" if job.fair else None

    def lines(self, number: int) -> list[str]:
        """All instances of the rule, whose number this is."""
        self._parameters(self._rule.parameters, tuple(conjuncts(self._rule.guard)), {})
        if not self._block.lines:
            return []
        progress = 0 if self._rule.is_fault else 1
        first, last = "uint64_t taken = 0;", f"count_labels(labels, {number}, taken, {progress});"
        lines = [f"    {first}", *self._block.lines, f"    {last}"]
        return without_unused(lines if self._obligations is None else ["    uint32_t moved = 0;", *lines])

    def _parameters(self, parameters: tuple[Parameter, ...], guard: tuple[Expression, ...], known: Known) -> None:
        """Write what can be asked now, then a loop or copies for the first of `parameters`."""
        self._body.assert_short()
        if not parameters:
            self._step(guard, known)
            return
        now: tuple[Expression, ...] = ()
        if not any(self._simplifier.can_fail(parameter.over) for parameter in parameters):
            now, guard = self._sure(guard, known)
        asked = self._asked(now, known)
        if asked is not None:
            self._expressions.asked(asked, self._storage, lambda: self._loop(parameters, guard, known))

    def _sure(
        self, guard: tuple[Expression, ...], known: Known
    ) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
        """The parts of a guard that can be asked with these names known, and the others."""
        sure = takewhile(lambda part: not self._simplifier.can_fail(part), guard)
        now = tuple(part for part in sure if free_names(part) <= known.keys())
        return now, tuple(part for part in guard if part not in now)

    def _asked(self, guard: tuple[Expression, ...], known: Known) -> list[Expression] | None:
        """The parts of a guard, simplified, without those surely true; None when the guard is surely false."""
        asked: list[Expression] = []
        for part in guard:
            simple = self._simplifier.simplify(part, known)
            if isinstance(simple, Literal) and simple.value:
                continue
            if isinstance(simple, Literal) and not any(map(self._simplifier.can_fail, asked)):
                return None
            asked.append(simple)
        return asked

    def _loop(self, parameters: tuple[Parameter, ...], guard: tuple[Expression, ...], known: Known) -> None:
        """Write a loop or copies for the first of `parameters`."""
        first, rest = parameters[0], parameters[1:]
        over = self._simplifier.simplify(first.over, known)

        def instance(element: Expression) -> None:
            self._parameters(rest, guard, {**known, first.name: element})

        owed = ""
        if self._obligations is not None and self._simplifier.can_fail(over):
            owed = self._obligations.number(known, self._storage)
        with self._body.ways(owed):
            items = front_of(over)
            if items is not None:
                self._front(parameters, items, guard, known)
                return
            elements = unrolled(over, self._simplifier.most) if self._simplifier.unrolls else None
            if elements is None:
                each_alternative(self._expressions, first.name, over, self._storage, instance)
            else:
                self._copies(first, over, dict.fromkeys(elements), instance)

    def _front(
        self, parameters: tuple[Parameter, ...], items: Expression, guard: tuple[Expression, ...], known: Known
    ) -> None:
        """Write what is inside the first of `parameters`, which stands for the first of `items`.

        One test asks whether there is one, and what of the guard is known then: most are empty, or of another kind.
        """
        first, rest = parameters[0], parameters[1:]
        element = Bound(self._expressions.fresh(first.name), element_domain(items.domain))
        inner = {**known, first.name: element}
        now: tuple[Expression, ...] = ()
        if not any(self._simplifier.can_fail(parameter.over) for parameter in rest):
            now, guard = self._sure(guard, inner)
        asked = self._asked(now, inner)
        if asked is not None:
            inside = partial(self._parameters, rest, guard, inner)
            first_item(self._expressions, element, items, self._storage, asked, inside)

    def _copies(
        self, parameter: Parameter, over: Expression, values: dict[Value, None], each: Callable[[Expression], None]
    ) -> None:
        """Write what `each` writes, once per value that the parameter can have."""
        block = self._block
        kept = over
        if not isinstance(over, Literal):
            kept = Bound(self._expressions.fresh(f"{parameter.name} over"), over.domain)
            self._expressions.bind(kept.name, over, self._storage)
        for value in values:
            element = Literal(value, element_domain(over.domain))
            first = len(block.lines)
            block.put(f"/* {comment(f'{parameter.name} = {show(value, element.domain, self._singletons)}')} */")
            if isinstance(over, Literal):
                self._in_braces(element, each)
            else:
                self._expressions.asked([Apply("in", (element, kept), Bool())], self._storage, partial(each, element))
            if len(block.lines) == first + 1:
                del block.lines[first:]

    def _in_braces(self, element: Expression, each: Callable[[Expression], None]) -> None:
        block = self._block
        first = len(block.lines)
        with block.braces(""):
            each(element)
        inside = block.lines[first + 1 : -1]
        indent = "    " * (block.depth + 1)
        if not inside:
            del block.lines[first:]
        elif inside[-1] == f"{indent}}}" and sum(line[len(indent)] != " " for line in inside) == 2:
            block.lines[first:] = [line[4:] for line in inside]  # one statement that has braces of its own

    def _step(self, guard: tuple[Expression, ...], known: Known) -> None:
        """Write the rest of the guard and the body."""

        asked = self._asked(guard, known)
        if asked is None:
            return

        def instance() -> None:
            with self._body.ways():
                self._body.instance(self._storage, known)

        def guarded(inside: Callable[[], None]) -> None:
            with self._body.ways():
                self._expressions.asked(asked, self._storage, inside)

        if self._obligations is None or not self._rule.owed:
            guarded(instance)
        elif any(map(self._simplifier.can_fail, asked)):
            with self._block.braces(""):
                self._owing(lambda: guarded(instance), known)
        else:
            guarded(lambda: self._owing(instance, known))

    def _owing(self, write: Callable[[], None], known: Known) -> None:
        """Write the instance by `write`, and that its labels, failing ones too, enable what they owe."""
        assert self._obligations is not None
        owed = self._obligations.number(known, self._storage)
        before = self._block.keep("uint64_t", "before", "taken")
        self._body.owed = owed
        write()
        self._body.owed = ""
        if owed:
            self._block.put(f"if (taken != {before}) labels->enable(labels, {owed});")


def _no_failure(number: int) -> str:
    raise AssertionError(f"failure {number} is written outside of all ways")
