"""How do formulas over a state, or over a step, read as Python? As one function each."""

from collections.abc import Sequence

from dscheck.engines.python.emit_expressions import Expressions, Index
from dscheck.engines.python.names import Names
from dscheck.engines.python.storage import Listed, Locals, few_places_of, position_of
from dscheck.engines.simplify import Simplifier, TooLong
from dscheck.model.expressions import Expression

_MOST_CHARACTERS = 40_000  # of one unrolled formula


class _Slots:
    """Reads slots as locals, and remembers which, so that only those are fetched from the state."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.used: dict[str, str] = {}  # local name: text that fetches it

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """See `Reader`."""
        texts = [self._fetched(slot, old=old) for slot in few_places_of(self._names, variable, indices)]
        position = position_of(self._names, variable, indices)
        return f"({', '.join(texts)},)[{position}]" if position else texts[0]

    def _fetched(self, slot: int, *, old: bool) -> str:
        name = self._names.slots[slot]
        if old:
            name = f"before_{name}_"  # identifiers made otherwise do not end so
        self.used[name] = f"{'before' if old else 'state'}[{slot}]"
        return name


class _Entries:
    """Reads entries of the states themselves, at any index."""

    def __init__(self, names: Names) -> None:
        self._listed = Listed(names, Locals(names))

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """See `Reader`."""
        text = self._listed.read(variable, indices, old=False)
        return text.replace("state", "before", 1) if old else text


def emit_formula(names: Names, function: str, expression: Expression) -> str:
    """Text of a function `(state)`, or `(state, before)`, that gives the value of `expression`."""
    return _function(names, function, (expression,), ("return {0}",))


def emit_violations(names: Names, function: str, expressions: Sequence[Expression]) -> str:
    """Text of a function `(state)`, or `(state, before)`: bit i of its result is set when formula i is false."""
    lines = ["wrong = 0"]
    for number in range(len(expressions)):
        lines += [f"if not {{{number}}}:", f"    wrong |= {1 << number}"]
    return _function(names, function, expressions, (*lines, "return wrong"))


def _function(names: Names, function: str, expressions: Sequence[Expression], lines: Sequence[str]) -> str:
    slots = _Slots(names)
    texts = [_unrolled(names, expression, slots) or _looped(names, expression) for expression in expressions]
    fetches = [f"{name} = {text}" for name, text in slots.used.items()]
    body = [line.format(*texts) for line in (*fetches, *lines)]
    return "\n".join((f"def {function}(state, before=None):", *(f"    {line}" for line in body), ""))


def _unrolled(names: Names, expression: Expression, slots: _Slots) -> str:
    simplifier = Simplifier(names.system, names.fresh, unrolls=True)
    used = dict(slots.used)
    try:
        text = Expressions(names, simplifier).text(simplifier.simplify(expression, {}), slots)
    except TooLong:
        text = ""
    if not text or len(text) > _MOST_CHARACTERS:
        slots.used = used
        return ""
    return text


def _looped(names: Names, expression: Expression) -> str:
    simplifier = Simplifier(names.system, names.fresh, unrolls=False)
    return Expressions(names, simplifier).text(simplifier.simplify(expression, {}), _Entries(names))
