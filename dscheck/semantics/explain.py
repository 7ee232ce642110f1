"""Why does a formula have its value? The parts that made it so, each with its own value, down to the variables.

Only what decides is told: of a false conjunction its first false part, of a false `forall` its first counterexample, of
a true `exists` its first witness. Of a comparison both sides are told, of a count those that counted.
"""

from collections.abc import Iterator

from dscheck.counterexample import Reason
from dscheck.domains import Bool, Domain, Id, Message, Value
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
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.record import record
from dscheck.semantics.evaluate import Scope, StepFailed, element_domain, elements, evaluate, scope_of
from dscheck.values import process_name, show

_MOST_TRIED = 4  # elements of which a false `exists` tells why they are no witness
_MOST_MEMBERS = 8  # of a collection that a reason spells out


def why(system: System, expression: Expression, state: State, old: State) -> tuple[Reason, ...]:
    """The reasons for the value of a formula.

    Args:
        system: whose formula it is; its source has the text of the parts.
        expression: a formula without free names.
        state: in which it is judged.
        old: the state before, for a formula over a step; else the same state.
    """
    return tuple(_Explanation(system).reasons(expression, scope_of(system, state, old)))


def entry_text(system: System, variable: str, indices: tuple[int, ...]) -> str:
    """How people know one entry of a variable: `Node[0].mode`, `network Node[0]->Lock`, `total`."""
    declared = system.variable(variable)
    domains = declared.indices
    owners = [
        process_name(domain.process, 0 if domain.process in system.singletons else domain.size, index)
        for domain, index in zip(domains, indices, strict=True)
    ]
    if not owners:
        return variable
    if declared.role == "up":
        return f"{owners[0]} up"
    first, dot, rest = variable.partition(".")
    if dot and first == domains[0].process:
        return f"{owners[0]}.{rest}" + "".join(f"[{owner}]" for owner in owners[1:])
    return f"{variable.partition(' ')[0]} {'->'.join(owners)}"


@record
class _Explanation:
    """Explains formulas of one system."""

    system: System

    def reasons(self, formula: Expression, scope: Scope) -> Iterator[Reason]:
        """Why a truth value is what it is."""
        match formula:
            case Connective(kind, left, right):
                yield from self._connective(kind, left, right, scope)
            case Apply("not", (Apply("in", _, span=span) as element,)) if span == formula.span:  # `not in`
                yield from self._told(formula, scope, tuple(self._operands(element, scope)))
            case Apply("not", (negated,)):
                yield from self.reasons(negated, scope)
            case Quantified():
                yield from self._quantified(formula, scope)
            case Conditional(test, then, otherwise):
                yield from self.reasons(test, scope)
                yield from self.reasons(then if self._value(test, scope) else otherwise, scope)
            case Let(name, value, body):
                yield from self.reasons(body, scope.bind(name, evaluate(value, scope)))
            case Invoke(name, arguments):
                definition = self.system.definitions[name]
                values = [evaluate(argument, scope) for argument in arguments]
                names = [parameter for parameter, _ in definition.parameters]
                inner = Scope(scope.system, scope.layout, scope.state, scope.old, dict(zip(names, values, strict=True)))
                yield from self._told(formula, scope, tuple(self.reasons(definition.body, inner)))
            case Literal():
                return
            case _:
                yield from self._told(formula, scope, tuple(self._operands(formula, scope)))

    def _connective(self, kind: str, left: Expression, right: Expression, scope: Scope) -> Iterator[Reason]:
        first = self._value(left, scope)
        if kind == "implies":
            if first and not isinstance(left, Literal):
                yield from self._told(left, scope, tuple(self._facts(left, scope)))
            yield from self.reasons(right if first else left, scope)
        elif first == (kind == "or"):
            yield from self.reasons(left, scope)  # it decided alone
        elif self._value(right, scope) == (kind == "or"):
            yield from self.reasons(right, scope)
        else:
            yield from self.reasons(left, scope)
            yield from self.reasons(right, scope)

    def _quantified(self, formula: Quantified, scope: Scope) -> Iterator[Reason]:
        """The elements that decided, over all nested quantifiers of one kind at once."""
        decisive = formula.kind == "exists"
        if self._value(formula, scope) != decisive:
            yield from self._told(formula, scope, tuple(self._in_vain(formula, scope)))
            return
        bindings: list[str] = []
        inner: Expression = formula
        while isinstance(inner, Quantified) and inner.kind == formula.kind:
            domain = element_domain(inner.over.domain)
            for element in elements(inner.over, scope):
                deeper = scope.bind(inner.name, element)
                if self._value(inner.body, deeper) == decisive:
                    bindings.append(f"{inner.name} = {self._show(element, domain)}")
                    scope, inner = deeper, inner.body
                    break
        yield Reason(f"for {', '.join(bindings)}", _truth(decisive), tuple(self.reasons(inner, scope)))

    def _in_vain(self, formula: Quantified, scope: Scope) -> Iterator[Reason]:
        """Why none of a few elements is a witness of a false `exists`."""
        domain = element_domain(formula.over.domain)
        tried = list(elements(formula.over, scope))
        if formula.kind == "forall" or len(tried) > _MOST_TRIED:
            return
        for element in tried:
            reasons = tuple(self.reasons(formula.body, scope.bind(formula.name, element)))
            yield Reason(f"for {formula.name} = {self._show(element, domain)}", "false", reasons)

    def _told(self, expression: Expression, scope: Scope, because: tuple[Reason, ...] = ()) -> Iterator[Reason]:
        text = self._text(expression)
        if text or not because:
            parts = tuple(part for part in because if part.text not in {"", text})
            yield Reason(text, self._show(self._value(expression, scope), expression.domain), parts)
        else:
            yield from because  # nothing in the source says this, so its parts speak for it

    def _facts(self, formula: Expression, scope: Scope) -> Iterator[Reason]:
        """The variables that a formula reads, once each."""
        told: set[str] = set()
        for reason in self.reasons(formula, scope):
            for fact in _leaves(reason):
                if fact.text not in told:
                    told.add(fact.text)
                    yield fact

    def _operands(self, expression: Expression, scope: Scope) -> Iterator[Reason]:
        """The values that an expression was computed from."""
        match expression:
            case Apply(_, arguments):
                for argument in arguments:
                    yield from self._operand(argument, scope)
            case Collected():
                yield from self._members(expression, scope)
            case Read():
                yield from self._read(expression, scope)
            case _:
                return

    def _operand(self, expression: Expression, scope: Scope) -> Iterator[Reason]:
        match expression:
            case Literal() | Bound():
                return  # a literal is its own value, a name was told where it was bound
            case Narrow(value):
                yield from self._operand(value, scope)
            case Read():
                yield from self._read(expression, scope)
            case Let(name, value, body):
                yield from self._operand(body, scope.bind(name, evaluate(value, scope)))
            case _ if expression.domain == Bool():
                yield from self.reasons(expression, scope)
            case Conditional(test, then, otherwise):
                yield from self._operand(then if self._value(test, scope) else otherwise, scope)
            case Apply("tuple" | "set" | "list" | "field" | "payload", arguments):
                for argument in arguments:
                    yield from self._operand(argument, scope)
            case _ if expression.span is None:
                yield from self._operands(expression, scope)
            case _:
                yield from self._told(expression, scope, tuple(self._operands(expression, scope)))

    def _read(self, read: Read, scope: Scope) -> Iterator[Reason]:
        if self.system.variable(read.variable).role == "knowledge":
            return  # nobody declared it: the comparison of events that reads it is told as a whole
        indices = tuple(self._value(index, scope) for index in read.indices)
        name = entry_text(self.system, read.variable, indices)
        value = self._show(self._value(read, scope), read.domain)
        yield Reason(f"old {name}" if read.old else name, value)

    def _members(self, expression: Collected, scope: Scope) -> Iterator[Reason]:
        """The elements that were counted or collected."""
        domain = element_domain(expression.over.domain)
        shown: list[str] = []
        for element in elements(expression.over, scope):
            inner = scope.bind(expression.name, element)
            if expression.condition is not None and not self._value(expression.condition, inner):
                continue
            text = self._show(element, domain)
            if expression.element is not None and expression.kind in {"sum", "min", "max", "map"}:
                text += f": {self._show(self._value(expression.element, inner), expression.element.domain)}"
            shown.append(text)
        if not shown or expression.kind in {"set", "list"}:
            return  # the value tells
        if len(shown) > _MOST_MEMBERS:
            shown[_MOST_MEMBERS:] = ["…"]
        yield Reason(expression.name, ", ".join(shown))

    def _value(self, expression: Expression, scope: Scope) -> Value:
        try:
            return evaluate(expression, scope)
        except StepFailed:
            return None

    def _show(self, value: Value, domain: Domain) -> str:
        return "no value" if value is None and not _has_none(domain) else show(value, domain, self.system.singletons)

    def _text(self, expression: Expression) -> str:
        return "" if expression.span is None else self.system.source.slice(expression.span)


def _has_none(domain: Domain) -> bool:
    return not isinstance(domain, Bool | Id | Message)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _leaves(reason: Reason) -> Iterator[Reason]:
    if not reason.because:
        yield reason
    for part in reason.because:
        yield from _leaves(part)
