"""How do formulas over a state, or over a step, read as C? As functions that return an answer."""

import re
from collections.abc import Callable, Sequence

from dscheck.domains import Int
from dscheck.engines.native.block import Block, Exits, bare
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.emit_effects import FAILURE_CONSTANTS, overflow_statement
from dscheck.engines.native.emit_expressions import Expressions, Index, fresh_names
from dscheck.engines.native.emit_rules import new_block
from dscheck.engines.native.slots import Slots
from dscheck.engines.native.storage import position_of
from dscheck.engines.native.tidy import comment, without_unused
from dscheck.engines.native.values_form import negated
from dscheck.engines.native.written import slots_of
from dscheck.engines.simplify import TooLong, conjuncts
from dscheck.model.expressions import Expression, Literal

MOST_CHARACTERS = 20_000  # of one formula, when it is written out as one copy per process
MOST_STEP_FORMULAS = 64  # `struct labels` has one bit for each

_STATE = "const word *state, struct labels *labels"


class _Words:
    """Reads variables from whole states: of a step, `after` and `before`."""

    def __init__(self, slots: Slots, now: str, old: str) -> None:
        self._slots = slots
        self._now = now
        self._old = old

    def read(self, variable: str, indices: tuple[Index, ...], block: Block, *, old: bool) -> str:  # noqa: ARG002
        """See `Reader`."""
        slots, words = self._slots, self._old if old else self._now
        if all(isinstance(at, int) for at in indices):
            (slot,) = slots_of(slots.system, slots.layout, variable, indices)
            return slots.read(slot, words)
        return slots.read_at(variable, position_of(slots.layout, variable, indices), words)


def _lines(slots: Slots, formula: Expression, reader: _Words, exits: Exits, if_false: str) -> list[str]:
    """The lines that ask a truth, and execute the statement `if_false` when it is false."""

    def ask(expressions: Expressions, simple: Expression) -> None:
        for part in conjuncts(simple):
            if not (isinstance(part, Literal) and part.value):
                text = expressions.text(part, reader)
                expressions.block.put(f"if ({bare(negated(text))}) {if_false}")

    return _shortest(slots, formula, exits, ask)


def _shortest(
    slots: Slots, formula: Expression, exits: Exits, write: Callable[[Expressions, Expression], None]
) -> list[str]:
    """What `write` writes of a simplified formula: with copies per process, or with loops where that gets too long."""

    def lines(*, unrolls: bool) -> list[str]:
        fresh, block = fresh_names(), new_block(exits)
        simplifier = slots.simplifier(fresh, unrolls=unrolls)
        write(Expressions(slots.values, simplifier, fresh, block), simplifier.simplify(formula, {}))
        return without_unused(block.lines)

    try:
        copies = lines(unrolls=True)
    except TooLong:
        return lines(unrolls=False)
    return copies if sum(map(len, copies)) <= MOST_CHARACTERS else lines(unrolls=False)


# --- over a state -----------------------------------------------------------------------------------


def _answering(slots: Slots, name: str, parameters: str, formula: Expression, *, asks: bool) -> list[str]:
    """A function that answers one formula; when it `asks`, by a value."""

    def fail(number: int) -> str:
        return f"{{ labels->failures |= 1u << {FAILURE_CONSTANTS[number]}; return ANSWER_FAILED; }}"

    def overflow(key: int) -> str:
        return f"{{ labels->overflow = {key + 1}; return ANSWER_OVERFLOW; }}"

    def compute(expressions: Expressions, simple: Expression) -> None:
        expressions.block.put(f"*answer = {bare(expressions.text(simple, reader))};")

    reader, exits = _Words(slots, "state", "state"), Exits(fail, overflow)
    if asks and isinstance(formula.domain, Int):
        lines = _shortest(slots, formula, exits, compute)
    elif asks:
        lines = ["    *answer = 0;", *_lines(slots, formula, reader, exits, "return ANSWER_TRUE;"), "    *answer = 1;"]
    else:
        lines = _lines(slots, formula, reader, exits, "return ANSWER_FALSE;")
    return function(f"static int {name}({parameters})", [*lines, "    return ANSWER_TRUE;"])


def _dispatching(head: str, calls: Sequence[str]) -> list[str]:
    """A function that passes on to one of `calls`, by number."""
    lines = ["    switch (k) {", *(f"    case {number}: return {call};" for number, call in enumerate(calls))]
    return function(
        head, [*lines, "    default: return ANSWER_FALSE;", "    }"] if calls else ["    return ANSWER_FALSE;"]
    )


def emit_always(slots: Slots, formulas: Sequence[Expression]) -> list[str]:
    """`violations`, `always_holds` and what they call."""
    lines: list[str] = []
    for number, formula in enumerate(formulas):
        lines += _title(slots, formula)
        lines += _answering(slots, f"always_{number}", _STATE, formula, asks=False)
    calls = [f"always_{number}(state, labels)" for number in range(len(formulas))]
    lines += _dispatching(f"static int always_holds(uint32_t k, {_STATE})", calls)
    together: list[str] = []
    exits = Exits(lambda _: "return 1;", lambda _: "return 1;")  # why is asked one by one
    for formula in formulas:
        asked = _lines(slots, formula, _Words(slots, "state", "state"), exits, "return 1;")
        together += asked if len(formulas) == 1 else _in_braces(asked)
    return [*lines, *function(f"static int violations({_STATE})", [*together, "    return 0;"])]


def emit_asked(slots: Slots, formulas: Sequence[Expression]) -> list[str]:
    """`answer` and what it calls."""
    lines: list[str] = []
    for number, formula in enumerate(formulas):
        lines += _title(slots, formula)
        parameters = "const word *state, number *answer, struct labels *labels"
        lines += _answering(slots, f"asked_{number}", parameters, formula, asks=True)
    calls = [f"asked_{number}(state, answer, labels)" for number in range(len(formulas))]
    head = "static int answer_asked(uint32_t k, const word *state, number *answer, struct labels *labels)"
    return [*lines, *_dispatching(head, calls)]


# --- over a step ------------------------------------------------------------------------------------


def emit_steps(slots: Slots, formulas: Sequence[Expression]) -> list[str]:
    """`judge_steps`, which asks all formulas of a state and its raw successor; nothing when there are none."""
    if not formulas:
        return []
    if len(formulas) > MOST_STEP_FORMULAS:
        raise NotPackable(f"more than {MOST_STEP_FORMULAS} step properties are asked")
    lines: list[str] = []
    for number, formula in enumerate(formulas):
        lines += [f"    {title}" for title in _title(slots, formula)]
        lines += _in_braces(_step_lines(slots, number, formula))
    head = "static void judge_steps(const word *state, const word *after, struct labels *labels)"
    return function(head, lines)


def _step_lines(slots: Slots, number: int, formula: Expression) -> list[str]:
    bit, label = f"(uint64_t)1 << {number}", f"end_{number}"

    def fail(failure: int) -> str:
        return f"{{ labels->steps_failed[{FAILURE_CONSTANTS[failure]}] |= {bit}; goto {label}; }}"

    if_false = f"{{ labels->steps_false |= {bit}; goto {label}; }}"
    lines = _lines(slots, formula, _Words(slots, "after", "state"), Exits(fail, overflow_statement), if_false)
    return [*lines, f"    {label}:;"] if any(f"goto {label};" in line for line in lines) else lines


# --- functions --------------------------------------------------------------------------------------


def _in_braces(lines: list[str]) -> list[str]:
    return ["    {", *(f"    {line}" for line in lines), "    }"] if lines else []


def _title(slots: Slots, formula: Expression) -> list[str]:
    """A comment with the name of the property that asks the formula."""
    names = [each.name for each in slots.system.properties if each.condition is formula]
    return [f"/* {comment(', '.join(names))} */"] if names else []


def function(head: str, lines: Sequence[str]) -> list[str]:
    """A function with these lines; what it does not use of its parameters, it says so."""
    parameters = re.findall(r"(\w+)(?=[,)])", head)
    used = {word for line in lines for word in re.findall(r"\w+", line)}
    unused = [f"    (void){name};" for name in parameters if name not in used]
    return [head, "{", *unused, *lines, "}", ""]
