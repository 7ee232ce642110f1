"""How do the rules of a system read as Python? As one function from a state to the list of its edges.

Parameters over few ids become one copy of the code per id, other parameters loops. A part of the guard is asked as
soon as all it mentions is known, as long as nothing that could fail would have come before it.
"""

from collections.abc import Callable
from itertools import takewhile

from dscheck.engines.python.emit_effects import Body, Irregular
from dscheck.engines.python.emit_expressions import Expressions
from dscheck.engines.python.names import Names
from dscheck.engines.python.storage import Lines, Listed, Locals, Storage
from dscheck.engines.simplify import Known, Simplifier, TooLong, conjuncts, free_names, unrolled
from dscheck.model.expressions import Bound, Expression, Literal
from dscheck.model.system import Parameter, Rule

MOST_CHARACTERS = 400_000  # of unrolled code for all rules together; compiling that takes about half a second
_MOST_PER_LOOPED_RULE = 60_000


def emit_edges(names: Names, *, fair: bool = False) -> str:
    """Text of the function `edges(state)`; it calls one function per rule that was too long to unroll.

    A rule that cannot be compiled at all is left to `by_definition(rule, state, add)`. With `fair` the function is
    called `fair_edges`, and gives the obligations of each label in a second list, to which `owe` adds.
    """
    owe = ", owe" if fair else ""
    inline: list[str] = []
    apart: list[str] = []
    left = MOST_CHARACTERS
    for number, rule in enumerate(names.system.rules):
        inline.append(f" # {rule.name}")
        try:
            lines = _rule(names, number, left, unrolls=True, fair=fair)
            inline.extend(lines.lines)
            left -= lines.characters
        except (TooLong, Irregular):
            looped = _looped(names, number, fair=fair)
            apart.extend(looped)
            call = f"rule_{number}(state, add{owe})" if looped else f"by_definition({number}, state, add{owe})"
            inline.append(f" {call}")
    lists = (" owed = []", " owe = owed.append") if fair else ()
    return "\n".join(
        (
            *apart,
            f"def {'fair_edges' if fair else 'edges'}(state):",
            f" [{', '.join(names.slots)}] = state",
            " found = []",
            " add = found.append",
            *lists,
            *inline,
            " return found, owed" if fair else " return found",
            "",
        )
    )


def _looped(names: Names, number: int, *, fair: bool) -> list[str]:
    """A function for one rule, with loops instead of copies; nothing if that cannot be done either."""
    try:
        lines = _rule(names, number, _MOST_PER_LOOPED_RULE, unrolls=False, fair=fair)
    except (TooLong, Irregular):
        return []
    return [
        f"def rule_{number}(state, add{', owe' if fair else ''}):",
        f" # {names.system.rules[number].name}",
        *lines.lines,
        " return",
        "",
    ]


def _rule(names: Names, number: int, most: int, *, unrolls: bool, fair: bool) -> Lines:
    lines = Lines(most)
    simplifier = Simplifier(names.system, names.fresh, unrolls=unrolls)
    expressions = Expressions(names, simplifier)
    storage: Storage = Locals(names) if unrolls else Listed(names, Locals(names))
    body = Body(expressions, number, lines, storage, fair=fair)
    writer = _RuleWriter(names.system.rules[number], expressions, storage, body, lines)
    writer.write()
    return lines


class _RuleWriter:
    def __init__(self, rule: Rule, expressions: Expressions, storage: Storage, body: Body, lines: Lines) -> None:
        self._rule = rule
        self._expressions = expressions
        self._simplifier = expressions.simplifier
        self._storage = storage
        self._body = body
        self._lines = lines

    def write(self) -> None:
        """Write all instances of the rule."""
        self._parameters(self._rule.parameters, tuple(conjuncts(self._rule.guard)), {}, 1)

    def _parameters(
        self, parameters: tuple[Parameter, ...], guard: tuple[Expression, ...], known: Known, depth: int
    ) -> None:
        """Write what can be asked now, then a loop or copies for the first of `parameters`."""
        can_fail = self._simplifier.can_fail
        if not parameters:
            self._step(guard, known, depth)
            return
        if not any(can_fail(parameter.over) for parameter in parameters):
            sure = list(takewhile(lambda part: not can_fail(part), guard))
            now = [part for part in sure if free_names(part) <= known.keys()]
            guard = tuple(part for part in guard if part not in now)
            tests: list[str] = []
            for part in now:
                simple = self._simplifier.simplify(part, known)
                if not isinstance(simple, Literal):
                    tests.append(self._expressions.text(simple, self._storage))
                elif not simple.value:
                    return
            if tests:
                self._lines.put(depth, f"if {' and '.join(tests)}:")
                self._lines.block(depth, lambda at: self._loop(parameters, guard, known, at))
                return
        self._loop(parameters, guard, known, depth)

    def _loop(self, parameters: tuple[Parameter, ...], guard: tuple[Expression, ...], known: Known, depth: int) -> None:
        """Write a loop or copies for the first of `parameters`."""
        first, rest = parameters[0], parameters[1:]
        over = self._simplifier.simplify(first.over, known)

        def instance(element: Expression, at: int) -> None:
            self._parameters(rest, guard, {**known, first.name: element}, at)

        def instances(at: int) -> None:
            self._instances(first, over, instance, at)

        self._body.caught(depth, instances, known, fails=self._simplifier.can_fail(over))

    def _instances(
        self, parameter: Parameter, over: Expression, each: Callable[[Expression, int], None], depth: int
    ) -> None:
        elements = unrolled(over) if self._simplifier.unrolls else None
        put = self._lines.put
        if elements is None:
            name = Bound(self._expressions.names.fresh(parameter.name), parameter.domain)
            put(depth, f"for {name.name} in {self._expressions.alternatives(over, self._storage)}:")
            self._lines.block(depth, lambda at: each(name, at))
            return
        text = self._expressions.text(over, self._storage)
        if not isinstance(over, Literal) and not text.isidentifier():
            kept = self._expressions.names.fresh(f"{parameter.name} over")
            put(depth, f"{kept} = {text}")
            text = kept
        for value in dict.fromkeys(elements):
            element = Literal(value, parameter.domain)
            if isinstance(over, Literal):
                each(element, depth)
            else:
                put(depth, f"if {value} in {text}:")
                self._lines.block(depth, lambda at, element=element: each(element, at))  # type: ignore[misc]

    def _step(self, guard: tuple[Expression, ...], known: Known, depth: int) -> None:
        """Write the rest of the guard and the body."""
        simple = [self._simplifier.simplify(part, known) for part in guard]
        asked = [part for part in simple if not (isinstance(part, Literal) and part.value)]

        def guarded(at: int) -> None:
            if asked:
                self._lines.put(
                    at, f"if {' and '.join(self._expressions.text(part, self._storage) for part in asked)}:"
                )
                self._lines.block(at, lambda inner: self._body.instance(self._storage, known, inner))
            else:
                self._body.instance(self._storage, known, at)

        if asked and isinstance(asked[0], Literal):
            return  # false for these parameters
        fails = self._body.fails or any(map(self._simplifier.can_fail, asked))
        self._body.caught(depth, guarded, known, fails=fails)
