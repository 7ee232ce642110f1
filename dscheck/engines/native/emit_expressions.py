"""How does an expression read as C? An expression without side effects; lines before it where one is not enough.

What may fail, and what has to be looped over, becomes lines. Lines of a right side that may not run, and of a branch,
are written inside an `if`.
"""

import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol, assert_never

from dscheck.domains import Bool, Domain, Id, Vector, includes
from dscheck.engines.native.block import FAILURE_NUMBERS, Block, bare
from dscheck.engines.native.codec import TooNarrow
from dscheck.engines.native.codes import Queue
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.tidy import is_harmless
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_form import bits_at, negated
from dscheck.engines.simplify import Simplifier
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Invoke,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.semantics.evaluate import element_domain

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})

Index = int | str  # a known index, or the text of one


class Reader(Protocol):
    """Knows where the emitted code keeps the variables."""

    def read(self, variable: str, indices: tuple[Index, ...], block: Block, *, old: bool) -> str:
        """Text for the entry of `variable` at `indices`, now or before the step."""


Fresh = Callable[[str], str]


def fresh_names() -> Fresh:
    """Makes names that nobody else has; `plain_name` takes off again what it adds."""
    numbers = count(1)
    return lambda name: f"{plain_name(name)}#{next(numbers)}"


def plain_name(name: str) -> str:
    """What to call a local for a name of the spec, or for one that the simplifier made of it."""
    return name.partition("#")[0]


class Expressions:
    """Writes simplified expressions into one function.

    Attributes:
        values: how values look.
        simplifier: knows what can fail.
        fresh: makes names for what it binds.
        block: where lines go.
        locals: text for each bound name.
        mutable: locals that are assigned to after they were declared.
    """

    def __init__(self, values: Values, simplifier: Simplifier, fresh: Fresh, block: Block) -> None:
        self.values = values
        self.simplifier = simplifier
        self.fresh = fresh
        self.block = block
        self.locals: dict[str, str] = {}
        self.mutable: set[str] = set()

    def text(self, expression: Expression, reader: Reader) -> str:
        """Text for `expression`, which is cheap, and needs no parentheses around it."""
        try:
            return self._text(expression, reader)
        except TooNarrow as narrow:  # a literal in it does not fit: that matters only where the code comes by
            self.block.put(self.block.exits.overflow(self.values.codings.keys.index(narrow.key)))
            return "0"

    def _text(self, expression: Expression, reader: Reader) -> str:
        match expression:
            case Literal(value, domain):
                return self.values.literal(value, domain)
            case Bound(name):
                return self.locals[name]
            case Read(variable, indices, _, old):
                places = tuple(self.index(index, reader) for index in indices)
                return reader.read(variable, places, self.block, old=old)
            case Apply(operator, (Apply("tuple") as left, Apply("tuple") as right)) if operator in _COMPARISONS:
                return self.values.compare_tuples(
                    operator, self._parts(left, reader), self._parts(right, reader), self.block
                )
            case Apply(_, arguments):
                texts = [self.text(argument, reader) for argument in arguments]
                return self.values.apply(expression, texts, self.block)
            case Connective("implies", left, right):
                return self._chain("or", [negated(self.text(left, reader)), *_operands("or", right)], reader)
            case Connective(kind):
                return self._chain(kind, _operands(kind, expression), reader)
            case Conditional():
                return self._conditional(expression, reader)
            case Quantified():
                return self._quantified(expression, reader)
            case Collected():
                return self._collected(expression, reader)
            case Let(name, value, body):
                self.bind(name, value, reader)
                return self.text(body, reader)
            case Narrow():
                return self._narrow(expression, reader)
            case Invoke(name):
                raise ValueError(f"{name} should have been expanded")
            case _:
                assert_never(expression)

    def converted(self, expression: Expression, domain: Domain, reader: Reader) -> str:
        """Text for the value of `expression` as one of `domain`, which it is known to belong to."""
        return self.values.convert(self.text(expression, reader), expression.domain, domain, self.block)

    def asked(self, parts: Sequence[Expression], reader: Reader, inside: Callable[[], None]) -> None:
        """Write what `inside` writes, for when all of these simplified truths hold.

        Those that need lines come in an `if` of their own, after those before them. When there is nothing inside,
        nothing is written, except for what may fail.
        """
        if not parts:
            inside()
            return
        block, texts = self.block, list[str]()
        first = len(block.lines)
        rest: Sequence[Expression] = ()
        for number, part in enumerate(parts):
            with block.captured() as lines:
                text = self.text(part, reader)
            if lines and texts:
                rest = parts[number:]
                break
            block.lines += lines
            if text not in texts:
                texts.append(text)
        with block.braces(f"if ({' && '.join(texts) if len(texts) > 1 else bare(texts[0])})"):
            empty = len(block.lines)
            self.asked(rest, reader, inside)
        if len(block.lines) == empty + 1 and not any(map(self.simplifier.can_fail, parts)):
            del block.lines[first:]

    def index(self, expression: Expression, reader: Reader) -> Index:
        """An index of a variable."""
        if isinstance(expression, Literal):
            return int(expression.value)
        text = self.text(expression, reader)
        return 0 if isinstance(expression.domain, Id) and expression.domain.size == 1 else text

    def bind(self, name: str, value: Expression, reader: Reader) -> None:
        """Let a bound name stand for the value that an expression has now."""
        self.locals[name] = self.kept(plain_name(name), self.text(value, reader), value.domain)

    def kept(self, name: str, text: str, domain: Domain) -> str:
        """A text for the same value that is an identifier or a number, and stays the same whatever is written."""
        if re.fullmatch(r"\w+", text) and text not in self.mutable:
            return text
        return self.block.keep(self.values.ctype(domain), name, text)

    def variable(self, name: str, domain: Domain, first: str) -> str:
        """A new local that will be assigned to, with its first value."""
        local = self.block.fresh(name)
        self.mutable.add(local)
        self.block.put(f"{self.values.ctype(domain)} {local} = {bare(first)};")
        return local

    def _parts(self, application: Apply, reader: Reader) -> list[tuple[str, Domain]]:
        return [(self.text(argument, reader), argument.domain) for argument in application.arguments]

    def _chain(self, kind: str, operands: Sequence[Expression | str], reader: Reader) -> str:
        """`and` or `or` of operands, of which the first ones may be text already."""
        block, texts, decided = self.block, list[str](), ""

        def decide() -> None:
            """Write down what the operands so far say; the next one has lines, which may only run if it is asked."""
            nonlocal decided
            if decided:
                block.put(f"    {decided} = {bare(_joined(kind, texts))};")
                block.put("}")
            else:
                decided = self.variable("both" if kind == "and" else "either", Bool(), bare(_joined(kind, texts)))
            texts.clear()

        for operand in operands:
            if isinstance(operand, str):
                texts.append(operand)
                continue
            with block.captured(deeper=bool(texts or decided)) as lines:
                text = self.text(operand, reader)
            if texts and not all(map(is_harmless, lines)):
                decide()
                block.put(f"if ({decided if kind == 'and' else f'!{decided}'}) {{")
                block.lines += lines
            else:
                block.lines += [line[4:] for line in lines] if texts and not decided else lines
            texts.append(text)
        if decided:
            decide()
        return decided or _joined(kind, texts)

    def _conditional(self, whole: Conditional, reader: Reader) -> str:
        block = self.block
        test = self.text(whole.test, reader)
        with block.captured(deeper=1) as lines:
            then = self.converted(whole.then, whole.domain, reader)
        with block.captured(deeper=1) as other_lines:
            otherwise = self.converted(whole.otherwise, whole.domain, reader)
        if not lines and not other_lines:
            return f"({test} ? {then} : {otherwise})"
        result = self.variable("chosen", whole.domain, "0")
        block.put(f"if ({test}) {{")
        block.lines += lines
        block.put(f"    {result} = {then};")
        block.put("} else {")
        block.lines += other_lines
        block.put(f"    {result} = {otherwise};")
        block.put("}")
        return result

    def _quantified(self, whole: Quantified, reader: Reader) -> str:
        if isinstance(whole.over, Apply) and whole.over.operator == "front":
            return self._of_first(whole, whole.over.arguments[0], reader)
        over = self.text(whole.over, reader)
        for_all = whole.kind == "forall"
        result = self.variable("all" if for_all else "some", whole.domain, "1" if for_all else "0")
        ordered = self.simplifier.can_fail(whole.body)  # what comes first decides whether a failure is reached
        name = plain_name(whole.name)
        with self.values.loop(over, whole.over.domain, name, self.block, distinct=False, ordered=ordered) as element:
            self.locals[whole.name] = element
            truth = self.text(whole.body, reader)
            with self.block.braces(f"if ({bare(negated(truth) if for_all else truth)})"):
                self.block.put(f"{result} = {'0' if for_all else '1'};")
                self.block.put("break;")
        return result

    def first_item(self, element: Bound, items: Expression, reader: Reader) -> str:
        """Let `element` stand for the first item of a list; text for the truth that there is one."""
        coding = self.values.codings.of(items.domain)
        assert isinstance(coding, Queue)
        text = self.kept(f"{plain_name(element.name)} over", self.text(items, reader), items.domain)
        code = bits_at(text, coding.bits, coding.length_bits, coding.element.bits)
        self.locals[element.name] = self.values.from_code(code, element.domain)
        return bits_at(text, coding.bits, 0, coding.length_bits)

    def _of_first(self, whole: Quantified, items: Expression, reader: Reader) -> str:
        """A truth of all, or of some, where there is at most one."""
        some = self.first_item(Bound(whole.name, element_domain(items.domain)), items, reader)
        if whole.kind == "exists":
            return self._chain("and", [some, *_operands("and", whole.body)], reader)
        return self._chain("or", [negated(some), *_operands("or", whole.body)], reader)

    def _collected(self, whole: Collected, reader: Reader) -> str:
        parts = [part for part in (whole.condition, whole.element) if part is not None]
        ordered = whole.kind == "list" or any(map(self.simplifier.can_fail, parts))
        over = self.text(whole.over, reader)
        collects = _Collects(self, whole, reader)
        name = plain_name(whole.name)
        with self.values.loop(over, whole.over.domain, name, self.block, distinct=False, ordered=ordered) as element:
            self.locals[whole.name] = element
            if whole.condition is None:
                collects.add()
            else:
                with self.block.braces(f"if ({bare(self.text(whole.condition, reader))})"):
                    collects.add()
        return collects.result()

    def _narrow(self, whole: Narrow, reader: Reader) -> str:
        source = whole.value.domain
        text = self.text(whole.value, reader)
        if not includes(whole.domain, source):
            text = self.kept("value", text, source)
            fits = self.values.belongs(text, source, whole.domain, self.block)
            self.block.fail_if(negated(fits), whole.failure)
        return self.values.convert(text, source, whole.domain, self.block)


class _Collects:
    """The local in which the elements of a `Collected` come together."""

    def __init__(self, expressions: Expressions, whole: Collected, reader: Reader) -> None:
        self._expressions, self._whole, self._reader = expressions, whole, reader
        values, block = expressions.values, expressions.block
        self._collector = self._any = None
        match whole.kind:
            case "set" | "list" | "map":
                self._collector = values.collector(whole.kind, whole.domain, block)
            case "count" | "sum":
                self._text = expressions.variable(whole.kind, whole.domain, "0")
            case "min" | "max":
                self._text = expressions.variable("least" if whole.kind == "min" else "greatest", whole.domain, "0")
                self._any = expressions.variable("any", _FLAG, "0")
            case _:
                assert_never(whole.kind)

    def add(self) -> None:
        """Add the element for what the loop visits now."""
        whole, block = self._whole, self._expressions.block
        if whole.kind == "count" or whole.element is None:
            block.put(f"{self._text} += 1;")
        elif self._collector is not None:
            text = self._expressions.text(whole.element, self._reader)
            self._collector.add(text, whole.element.domain)
        elif whole.kind == "sum":
            block.put(f"{self._text} += {self._expressions.converted(whole.element, whole.domain, self._reader)};")
        else:
            self._compare(self._expressions.converted(whole.element, whole.domain, self._reader))

    def _compare(self, text: str) -> None:
        whole, values, block = self._whole, self._expressions.values, self._expressions.block
        element = self._expressions.kept("element", text, whole.domain)
        if whole.kind == "max" and isinstance(whole.domain, Vector):
            # No vector is below the one of zeros, so what is joined first needs no case of its own.
            operands = (Bound("greatest", whole.domain), Bound("element", whole.domain))
            block.put(
                f"{self._text} = {values.apply(Apply('max', operands, whole.domain), [self._text, element], block)};"
            )
            block.put(f"{self._any} = 1;")
            return
        if not values.codings.of(whole.domain).ordered:
            raise NotPackable(f"the {whole.kind} of values whose codes are in another order is asked for")
        sign = "<" if whole.kind == "min" else ">"
        with block.braces(f"if (!{self._any} || {element} {sign} {self._text})"):
            block.put(f"{self._text} = {element};")
            block.put(f"{self._any} = 1;")

    def result(self) -> str:
        """Text for what came together."""
        if self._collector is not None:
            return self._collector.text
        if self._any is not None:
            self._expressions.block.fail_if(f"!{self._any}", self._whole.failure)
        return self._text


_FLAG = Bool()


def failure_statement(block: Block, name: str) -> str:
    """The statement that leaves the way because of the failure with this name."""
    return block.exits.fail(FAILURE_NUMBERS[name])


def _joined(kind: str, texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({(' && ' if kind == 'and' else ' || ').join(texts)})"


def _operands(kind: str, expression: Expression) -> list[Expression]:
    """The operands of nested `and`s or `or`s: both are associative, also in what they skip."""
    match expression:
        case Connective(inner, left, right) if inner == kind:
            return [*_operands(kind, left), *_operands(kind, right)]
        case _:
            return [expression]
