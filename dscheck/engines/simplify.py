"""What is left of an expression when some names are known? Partial evaluation, before code is emitted.

Substitutes known names, folds what is constant, expands definitions, and unrolls quantifiers over process ids, so that
most reads end up with constant indices. Whether and how an expression fails stays exactly as it was: nothing that can
fail is dropped, and nothing is moved in front of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import is_
from types import MappingProxyType
from typing import Literal as OneOf
from typing import assert_never

from dscheck.domains import Bool, Id, Int, Set, Value, contains, includes
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
from dscheck.model.system import System
from dscheck.semantics.evaluate import element_domain, elements_of
from dscheck.semantics.operators import MEANINGS, Undefined, map_of

# What bound names stand for: a literal, or a name of the emitted code. Others stand for themselves.
Known = Mapping[str, Expression]

UNROLL_AT_MOST = 8  # elements; for more, a loop is shorter and not much slower
_MOST_PARTS = 100_000  # simplified for one rule or formula, before it counts as too long


class TooLong(Exception):
    """The code would get so long that compiling it costs more than it is worth."""


def is_atom(expression: Expression) -> bool:
    """Is it so cheap, and so surely defined, that it may stand in the code twice?"""
    match expression:
        case Literal() | Bound():
            return True
        case Read(_, indices):
            return all(isinstance(index, Literal | Bound) for index in indices)
        case _:
            return False


def is_fallible(application: Apply) -> bool:
    """Can the operator be undefined for values of the arguments' domains?"""
    match application.operator:
        case "/" | "%":
            divisor = application.arguments[1].domain
            return not isinstance(divisor, Int) or divisor.low <= 0 <= divisor.high
        case operator:
            return operator in {"item", "lookup", "replace"}


def unrolled(over: Expression, most: int = UNROLL_AT_MOST) -> tuple[Value, ...] | None:
    """The elements that the collection `over` can have, if they are ids or known, and at most so many; else None."""
    if isinstance(over, Literal):
        elements = elements_of(over.value, over.domain)
        return elements if len(elements) <= most else None
    match over.domain:
        case Set(Id(_, size)) if size <= most:
            return tuple(range(size))
        case _:
            return None


def free_names(expression: Expression) -> frozenset[str]:
    """The names that `expression` mentions and does not bind."""
    match expression:
        case Literal():
            return frozenset()
        case Bound(name):
            return frozenset({name})
        case Read(_, parts) | Apply(_, parts) | Invoke(_, parts):
            return frozenset[str]().union(*map(free_names, parts))
        case Connective(_, left, right):
            return free_names(left) | free_names(right)
        case Conditional(test, then, otherwise):
            return free_names(test) | free_names(then) | free_names(otherwise)
        case Quantified(_, name, over, body) | Let(name, over, body):
            return free_names(over) | (free_names(body) - {name})
        case Collected(_, name, over, condition, element):
            inner = frozenset[str]().union(*(free_names(part) for part in (condition, element) if part is not None))
            return free_names(over) | (inner - {name})
        case Narrow(value):
            return free_names(value)
        case _:
            assert_never(expression)


def conjuncts(guard: Expression) -> list[Expression]:
    """The formulas that `and` joins."""
    match guard:
        case Connective("and", left, right):
            return [*conjuncts(left), *conjuncts(right)]
        case _:
            return [guard]


class Simplifier:
    """Simplifies the expressions of one system.

    Attributes:
        unrolls: whether quantifiers over few ids are unrolled.
        most: how many elements are few.
    """

    def __init__(
        self,
        system: System,
        fresh: Callable[[str], str],
        *,
        unrolls: bool,
        most: int = UNROLL_AT_MOST,
        constants: Mapping[tuple[str, tuple[int, ...]], Value] = MappingProxyType({}),
    ) -> None:
        """A simplifier without anything known.

        Args:
            system: supplies definitions.
            fresh: a new name that reads like the given one.
            unrolls: whether quantifiers over few ids are unrolled.
            most: how many elements are few.
            constants: by variable and indices, the value of an entry that is the same in every reachable state.
        """
        self._system = system
        self._fresh = fresh
        self._fallible: dict[int, tuple[Expression, bool]] = {}  # by identity; keeps the expression alive
        self._parts = 0
        self._constants = constants
        self.unrolls = unrolls
        self.most = most

    def can_fail(self, expression: Expression) -> bool:
        """Can evaluating it raise? May say yes too often, never no."""
        known = self._fallible.get(id(expression))
        if known is None:
            known = self._fallible[id(expression)] = (expression, self._can_fail(expression))
        return known[1]

    def _can_fail(self, expression: Expression) -> bool:
        match expression:
            case Literal() | Bound():
                return False
            case Read(_, indices):
                return any(map(self.can_fail, indices))
            case Apply(_, arguments):
                return is_fallible(expression) or any(map(self.can_fail, arguments))
            case Connective(_, left, right):
                return self.can_fail(left) or self.can_fail(right)
            case Conditional(test, then, otherwise):
                return any(map(self.can_fail, (test, then, otherwise)))
            case Quantified(_, _, over, body) | Let(_, over, body):
                return self.can_fail(over) or self.can_fail(body)
            case Collected(kind, _, over, condition, element):
                parts = (part for part in (over, condition, element) if part is not None)
                return kind in {"min", "max"} or any(map(self.can_fail, parts))
            case Narrow(value, domain):
                return not includes(domain, value.domain) or self.can_fail(value)
            case Invoke(name, arguments):
                return self.can_fail(self._system.definitions[name].body) or any(map(self.can_fail, arguments))
            case _:
                assert_never(expression)

    def simplify(self, expression: Expression, known: Known) -> Expression:
        """`expression` with every free name replaced by what it stands for.

        Raises:
            TooLong: with everything unrolled it gets too long.
        """
        self._parts += 1
        if self.unrolls and self._parts > _MOST_PARTS:
            raise TooLong

        def simple(part: Expression) -> Expression:
            return self.simplify(part, known)

        match expression:
            case Literal():
                return expression
            case Bound(name):
                return known.get(name, expression)
            case Read():
                return self._read(expression, known)
            case Apply(_, arguments):
                parts = tuple(map(simple, arguments))
                return _folded(expression if _same(parts, arguments) else replace(expression, arguments=parts))
            case Connective(kind, left, right):
                first = simple(left)
                if isinstance(first, Literal) and first.value == (kind == "or"):
                    return Literal(kind != "and", Bool())
                return self.join(kind, first, simple(right))
            case Conditional(test, then, otherwise):
                chosen = simple(test)
                if isinstance(chosen, Literal):
                    return simple(then if chosen.value else otherwise)
                return replace(expression, test=chosen, then=simple(then), otherwise=simple(otherwise))
            case Quantified():
                return self._quantified(expression, simple(expression.over), known)
            case Collected():
                return self._collected(expression, simple(expression.over), known)
            case Let(name, value, body):
                return self.let(((name, simple(value)),), body, known)
            case Narrow(value, domain):
                inner = simple(value)
                if isinstance(inner, Literal) and contains(domain, inner.value):
                    return replace(inner, domain=domain)
                return inner if includes(domain, inner.domain) else replace(expression, value=inner)
            case Invoke(name, arguments):
                definition = self._system.definitions[name]
                values = tuple(zip((each for each, _ in definition.parameters), map(simple, arguments), strict=True))
                return self.let(values, definition.body, {})
            case _:
                assert_never(expression)

    def _read(self, read: Read, known: Known) -> Expression:
        indices = tuple(self.simplify(index, known) for index in read.indices)
        if self._constants and all(isinstance(index, Literal) for index in indices):
            at = (read.variable, tuple(int(index.value) for index in indices if isinstance(index, Literal)))
            if at in self._constants:
                return Literal(self._constants[at], read.domain, read.span)
        return read if _same(indices, read.indices) else replace(read, indices=indices)

    def let(self, values: tuple[tuple[str, Expression], ...], body: Expression, known: Known) -> Expression:
        """`body` with names bound to simplified values."""
        inner = dict(known)
        kept: list[tuple[str, Expression]] = []
        for name, value in values:
            if is_atom(value):
                inner[name] = value
            else:
                fresh = self._fresh(name)
                inner[name] = Bound(fresh, value.domain)
                kept.append((fresh, value))
        result = self.simplify(body, inner)
        for fresh, value in reversed(kept):
            result = Let(fresh, value, result, result.domain)
        return result

    def join(self, kind: OneOf["and", "or", "implies"], left: Expression, right: Expression) -> Expression:
        """The connective of two simplified formulas, simplified."""
        if isinstance(left, Literal):
            return Literal(kind != "and", Bool()) if left.value == (kind == "or") else right
        if isinstance(right, Literal):
            if right.value == (kind == "and"):
                # x and true, x or false are x; x implies false is its negation
                return left if kind != "implies" else Apply("not", (left,), Bool())
            if not self.can_fail(left):
                return Literal(kind != "and", Bool())
        return Connective(kind, left, right, Bool())

    def _members(self, over: Expression) -> tuple[tuple[Value, ...], bool] | None:
        """What to unroll: the candidates, and whether each must be asked if it is a member."""
        candidates = unrolled(over, self.most) if self.unrolls and is_atom(over) else None
        return None if candidates is None else (candidates, not isinstance(over, Literal))

    def _quantified(self, whole: Quantified, over: Expression, known: Known) -> Expression:
        members = self._members(over)
        if members is None:
            fresh = self._fresh(whole.name)
            bound = Bound(fresh, element_domain(over.domain))
            return replace(whole, name=fresh, over=over, body=self.simplify(whole.body, {**known, whole.name: bound}))
        kind: OneOf["and", "or"] = "and" if whole.kind == "forall" else "or"
        result: Expression = Literal(kind == "and", Bool())
        for value in reversed(members[0]):
            element = Literal(value, element_domain(over.domain))
            part = self.simplify(whole.body, {**known, whole.name: element})
            if members[1]:
                part = self.join("implies" if kind == "and" else "and", Apply("in", (element, over), Bool()), part)
            result = self.join(kind, part, result)
        return result

    def _collected(self, whole: Collected, over: Expression, known: Known) -> Expression:
        members = self._members(over)
        fresh = self._fresh(whole.name)
        if members is not None:
            literal = self._collected_literal(whole, over, members, known)
            if literal is not None:
                return literal
        if members is None or whole.kind not in {"count", "sum"}:
            inner = {**known, whole.name: Bound(fresh, element_domain(over.domain))}
            condition = None if whole.condition is None else self.simplify(whole.condition, inner)
            element = None if whole.element is None else self.simplify(whole.element, inner)
            return replace(whole, name=fresh, over=over, condition=condition, element=element)
        total: Expression = Literal(0, Int(0, 0))
        for value in members[0]:
            inner = {**known, whole.name: Literal(value, element_domain(over.domain))}
            condition = Literal(True, Bool()) if whole.condition is None else self.simplify(whole.condition, inner)
            if members[1]:
                member = Apply("in", (inner[whole.name], over), Bool())
                condition = self.join("and", member, condition)
            one = Literal(1, Int(1, 1))
            amount = one if whole.element is None or whole.kind == "count" else self.simplify(whole.element, inner)
            zero = Literal(0, Int(0, 0))
            term = Conditional(condition, amount, zero, whole.domain)
            if not isinstance(condition, Literal):
                total = term if isinstance(total, Literal) else Apply("+", (total, term), whole.domain)
            elif condition.value:
                empty = isinstance(total, Literal) and total.value == 0
                total = amount if empty else Apply("+", (total, amount), whole.domain)
        return _folded(total) if isinstance(total, Apply) else total

    def filtered(self, over: Expression) -> list[tuple[Literal, Expression]] | None:
        """The candidates and conditions of a simplified `{x for x in … if …}` over few ids; None for all else.

        A condition that can fail is asked of every candidate before the first is visited, so that is none of these.
        """
        match over:
            case Collected("set", name, Literal() as whole, condition, Bound(element)) if element == name:
                values = unrolled(whole, self.most)
                if values is None or condition is None or self.can_fail(condition):
                    return None
                domain = element_domain(whole.domain)
                literals = [Literal(value, domain) for value in values]
                return [(literal, self.simplify(condition, {name: literal})) for literal in literals]
            case _:
                return None

    def _collected_literal(
        self, whole: Collected, over: Expression, members: tuple[tuple[Value, ...], bool], known: Known
    ) -> Literal | None:
        """The collection itself, when all about it is known."""
        if members[1] or whole.kind not in {"set", "list", "map", "count", "sum"}:
            return None
        chosen: list[Value] = []
        for value in members[0]:
            inner = {**known, whole.name: Literal(value, element_domain(over.domain))}
            condition = Literal(True, Bool()) if whole.condition is None else self.simplify(whole.condition, inner)
            if not isinstance(condition, Literal):
                return None
            if not condition.value:
                continue
            element = Literal(1, Bool()) if whole.element is None else self.simplify(whole.element, inner)
            if not isinstance(element, Literal):
                return None
            chosen.append(element.value)
        return Literal(_collection(whole, chosen), whole.domain)


def _same(parts: tuple[Expression, ...], others: tuple[Expression, ...]) -> bool:
    """Are these the very same objects? Most are, once an expression is simplified, and copying them costs most."""
    return all(map(is_, parts, others))


def _collection(whole: Collected, chosen: list[Value]) -> Value:
    match whole.kind:
        case "set":
            return frozenset(chosen)
        case "list":
            return tuple(chosen)
        case "map":
            return map_of(whole.domain, chosen)
        case "count":
            return len(chosen)
        case _:
            return sum(chosen)


def _folded(application: Apply) -> Expression:
    """A literal when all arguments are and the operator is defined for them."""
    if not all(isinstance(argument, Literal) for argument in application.arguments):
        return application
    values = [argument.value for argument in application.arguments if isinstance(argument, Literal)]
    try:
        value = MEANINGS[application.operator](application, *values)
    except Undefined:
        return application
    return Literal(value, application.domain, application.span)
