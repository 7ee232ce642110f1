"""How do the obligations of a label read as Python? As a tuple of tuples: its number, then the values of its key."""

from dscheck.engines.python.emit_expressions import Expressions
from dscheck.engines.python.storage import Storage
from dscheck.engines.simplify import Known
from dscheck.model.expressions import Literal
from dscheck.model.system import Rule


class Obligations:
    """Writes what the labels of one rule owe; see `semantics.fairness.owed_by`."""

    def __init__(self, expressions: Expressions, rule: Rule) -> None:
        numbers = {each: number for number, each in enumerate(expressions.names.system.obligations)}
        self._owed = [(numbers[each], each) for each in rule.owed]
        self._parameters = [parameter.name for parameter in rule.parameters]
        self._expressions = expressions

    def text(self, known: Known, storage: Storage) -> str:
        """The obligations of the label whose parameters are `known`, or of one that fails while they are bound.

        Args:
            known: the parameters, or the first of them.
            storage: the state before the step.
        """
        bound = sum(name in known for name in self._parameters)
        always: list[str] = []
        sometimes: list[str] = []
        for number, obligation in self._owed:
            whole = bound == len(self._parameters)
            parts = obligation.key if whole else obligation.key[:bound]
            simple = [self._expressions.simplifier.simplify(part, known) for part in parts]
            texts = [str(number), *(self._expressions.text(part, storage) for part in simple)]
            text = f"({', '.join(texts)},)"
            condition = (
                self._expressions.simplifier.simplify(obligation.condition, known)
                if whole
                else Literal(True, obligation.condition.domain)
            )
            if not isinstance(condition, Literal):
                sometimes.append(f"(({text},) if {self._expressions.text(condition, storage)} else ())")
            elif condition.value:
                always.append(text)
        first = f"({', '.join(always)},)" if always else "()"
        return " + ".join([first, *sometimes] if always or not sometimes else sometimes)
