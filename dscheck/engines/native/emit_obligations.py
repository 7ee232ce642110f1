"""How does C tell what a label owes? It writes a list of numbers, and the search gives the same number to equal lists.

For each obligation the list has its number in `System.obligations` with the number of parts of the key that are known,
and then the codes of these parts. `read_owed` reads that back.
"""

from collections.abc import Iterator, Sequence

from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codec import decode
from dscheck.engines.native.coding import WORD, Codings
from dscheck.engines.native.emit_expressions import Expressions
from dscheck.engines.native.slots import Slots
from dscheck.engines.native.storage import Storage
from dscheck.engines.simplify import Known
from dscheck.model.expressions import Expression, Literal
from dscheck.model.system import Obligation, Rule
from dscheck.semantics.fairness import Owed

_ITEM = 32  # bits
_PARTS = 8  # bits of an item for the number of parts; the others are for the number of the obligation


class Obligations:
    """Writes what the labels of one rule owe."""

    def __init__(self, expressions: Expressions, slots: Slots, rule: Rule) -> None:
        numbers = {each: number for number, each in enumerate(slots.system.obligations)}
        self._owed = [(numbers[each], each) for each in rule.owed]
        self._parameters = [parameter.name for parameter in rule.parameters]
        self._expressions = expressions
        self._codings = slots.packing.codings

    def number(self, known: Known, storage: Storage) -> str:
        """Write what finds the number of the list of obligations; its local, or nothing when nothing is owed.

        Args:
            known: the parameters, or the first of them: those of a label that fails while they are bound.
            storage: the state before the step.
        """
        block = self._expressions.block
        bound = sum(name in known for name in self._parameters)
        whole = bound == len(self._parameters)
        chosen = [
            (number, each.key if whole else each.key[:bound], self._condition(each, known) if whole else None)
            for number, each in self._owed
        ]
        chosen = [each for each in chosen if not (isinstance(each[2], Literal) and not each[2].value)]
        if not chosen:
            return ""
        most = sum(1 + sum(map(self._items, key)) for _, key, _ in chosen)
        debt, length = block.fresh("debt"), block.fresh("length")
        block.put(f"uint32_t {debt}[{most}];")
        block.put(f"uint32_t {length} = 0;")
        for number, key, condition in chosen:
            if condition is None or isinstance(condition, Literal):
                self._put(f"{debt}[{length}++]", number, key, known, storage)
            else:
                with block.braces(f"if ({bare(self._expressions.text(condition, storage))})"):
                    self._put(f"{debt}[{length}++]", number, key, known, storage)
        return block.keep("uint32_t", "owed", f"labels->owe(labels, {debt}, {length})")

    def _condition(self, obligation: Obligation, known: Known) -> Expression:
        return self._expressions.simplifier.simplify(obligation.condition, known)

    def _items(self, part: Expression) -> int:
        return -(-self._codings.of(part.domain).bits // _ITEM)

    def _put(self, place: str, number: int, key: Sequence[Expression], known: Known, storage: Storage) -> None:
        expressions, block = self._expressions, self._expressions.block
        block.put(f"{place} = {number << _PARTS | len(key)};")
        for part in key:
            items = self._items(part)
            simple = expressions.simplifier.simplify(part, known)
            text = expressions.values.to_code(expressions.converted(simple, part.domain, storage), part.domain)
            if items > 1:
                wide = self._codings.of(part.domain).bits > WORD
                text = block.once("wide" if wide else "word", "code", text)
            for item in range(items):
                shifted = f"({text} >> {item * _ITEM})" if item else text
                block.put(f"{place} = (uint32_t){shifted if item else _parenthesised(shifted)};")


def _parenthesised(text: str) -> str:
    return text if text.isalnum() else f"({bare(text)})"


def put_columns(block: Block, counted: Sequence[str], owed: str | None) -> None:
    """Write what is kept of the step whose successor was made last: what it counts, takes and shifts.

    Args:
        block: where lines go.
        counted: the increments of the counters.
        owed: what has the number of the list of obligations; empty for none, None when obligations are not told.
    """
    with block.braces("if (labels->counts != NULL)"):
        counts = block.fresh("counts")
        columns = "COUNTERS" if owed is None else "(COUNTERS + FAIR_COLUMNS)"
        block.put(f"int32_t *const {counts} = labels->counts + {columns} * (labels->count - 1);")
        if owed is not None:
            block.put(f"{counts}[COUNTERS] = {f'(int32_t){owed}' if owed else '0'};")
            block.put(f"{counts}[COUNTERS + 1] = (int32_t)moved;")
        for number, text in enumerate(counted):
            block.put(f"{counts}[{number}] = {text if text.isdigit() else f'(int32_t){text}'};")


def read_owed(obligations: Sequence[Obligation], codings: Codings, items: Sequence[int]) -> Iterator[Owed]:
    """The obligations that a list stands for.

    Args:
        obligations: `System.obligations`.
        codings: that it was written with.
        items: of the list.
    """
    at = 0
    while at < len(items):
        number, parts = items[at] >> _PARTS, items[at] & ((1 << _PARTS) - 1)
        at += 1
        values = []
        for part in obligations[number].key[:parts]:
            code = 0
            for item in range(-(-codings.of(part.domain).bits // _ITEM)):
                code |= items[at] << item * _ITEM
                at += 1
            values.append(decode(codings, part.domain, code))
        yield (number, *values)
