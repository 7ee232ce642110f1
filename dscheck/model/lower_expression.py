"""What does an expression of the language mean as an expression of the transition system?

Names become reads, bound names or literals; functions are expanded; every result gets the interval it can take.
"""

from dataclasses import replace
from functools import reduce
from typing import Literal as OneOf

from dscheck import domains
from dscheck.domains import Domain, Int
from dscheck.language import checked, syntax
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Failure,
    Invoke,
    Let,
    Literal,
    Quantified,
    Read,
)
from dscheck.model.fitting import fit, unwrap
from dscheck.model.intervals import MANY, arithmetic, as_interval, element_of, join, most_elements
from dscheck.model.knowledge import Event, compare
from dscheck.model.lower_calls import lower_builtin
from dscheck.model.lowering import BOOL, TRUE, Lowering
from dscheck.model.rewriting import rewritten
from dscheck.model.scope import Scope
from dscheck.source import Span


def lower_expression(lowering: Lowering, expression: syntax.Expression, scope: Scope) -> Expression:
    """The expression of the transition system that means `expression` in `scope`."""
    lowered = _lower(lowering, expression, scope)
    if id(expression) in scope.tables.unwrap:
        lowered = unwrap(lowered, f"`{lowering.checked.source.slice(expression.span)}`", expression.span)
    return lowered


def _lower(lowering: Lowering, expression: syntax.Expression, scope: Scope) -> Expression:
    span = expression.span

    def lower(part: syntax.Expression) -> Expression:
        return lower_expression(lowering, part, scope)

    match expression:
        case syntax.Number(value):
            return Literal(value, Int(value, value), span)
        case syntax.Name():
            return _name(lowering, expression, scope)
        case syntax.Attribute():
            return _attribute(lowering, expression, scope)
        case syntax.Index(base, index):
            return _index(lower(base), lower(index), lowering.checked.source.slice(span), expression)
        case syntax.Call():
            return _call(lowering, expression, scope)
        case syntax.TupleOf(items):
            parts = tuple(map(lower, items))
            return Apply("tuple", parts, domains.Tuple(tuple(part.domain for part in parts)), span=span)
        case syntax.SetOf(()) | syntax.MapOf(()) | syntax.ListOf(()):
            return _empty(lowering, expression, scope)
        case syntax.SetOf(items):
            parts = tuple(map(lower, items))
            return Apply("set", parts, domains.Set(join(*(part.domain for part in parts))), span=span)
        case syntax.ListOf(items):
            parts = tuple(map(lower, items))
            element = join(*(part.domain for part in parts))
            return Apply("list", parts, domains.List(element, len(parts)), span=span)
        case syntax.MapOf(items):
            pairs = [(lower(key), lower(value)) for key, value in items]
            key_domain, value_domain = join(*(k.domain for k, _ in pairs)), join(*(v.domain for _, v in pairs))
            flat = tuple(part for pair in pairs for part in pair)
            return Apply("map", flat, domains.Map(key_domain, value_domain), span=span)
        case syntax.Comprehension(kind, element, binder, condition):
            name, over, inner = bind(lowering, binder, scope)
            body = lower_expression(lowering, element, inner)
            test = None if condition is None else lower_expression(lowering, condition, inner)
            of = domains.Set(body.domain) if kind == "set" else domains.List(body.domain, most_elements(over.domain))
            return Collected(kind, name, over, test, body, of, span=span)
        case syntax.MapComprehension(key, value, binder, condition):
            name, over, inner = bind(lowering, binder, scope)
            pair = (lower_expression(lowering, key, inner), lower_expression(lowering, value, inner))
            test = None if condition is None else lower_expression(lowering, condition, inner)
            body = Apply("tuple", pair, domains.Tuple((pair[0].domain, pair[1].domain)))
            return Collected("map", name, over, test, body, domains.Map(pair[0].domain, pair[1].domain), span=span)
        case syntax.Quantifier(kind, binders, body_):
            return _quantifier(lowering, kind, binders, body_, scope, expression)
        case syntax.Count(binder, condition):
            name, over, inner = bind(lowering, binder, scope)
            test = None if condition is None else lower_expression(lowering, condition, inner)
            return Collected("count", name, over, test, None, Int(0, most_elements(over.domain)), span=span)
        case syntax.Aggregate():
            return _aggregate(lowering, expression, scope)
        case syntax.Binary():
            return _binary(lower(expression.left), lower(expression.right), expression, lowering)
        case syntax.Comparison(operands, operators):
            values = [lower(operand) for operand in operands]
            pairs_: list[Expression] = [
                Apply(operator, (a, b), BOOL, span=span if len(operators) == 1 else a_.span.to(b_.span))
                for operator, a, b, a_, b_ in zip(operators, values, values[1:], operands, operands[1:], strict=False)
            ]
            chain = reduce(lambda x, y: Connective("and", x, y, BOOL), pairs_)
            return replace(chain, span=span)
        case syntax.Unary("not", operand):
            return Apply("not", (lower(operand),), BOOL, span=span)
        case syntax.Unary(_, operand):
            part = lower(operand)
            interval = as_interval(part.domain)
            if isinstance(part, Literal):
                return Literal(-part.value, Int(-part.value, -part.value), span)
            return Apply("negate", (part,), Int(-interval.high, -interval.low), span=span)
        case syntax.IfElse(then, condition, otherwise):
            yes, no = lower(then), lower(otherwise)
            return Conditional(lower(condition), yes, no, join(yes.domain, no.domain), span)
        case syntax.EventOrder(operator, left, right):
            ends = (_event(lowering, left, scope), _event(lowering, right, scope))
            return compare(lowering, operator, *ends, old=scope.old, span=span)
        case syntax.Text() | syntax.Decimal() | syntax.Asked() | syntax.EventQuantifier():
            raise AssertionError(f"the type checker allows no {type(expression).__name__} here")


def bind(lowering: Lowering, binder: syntax.Binder, scope: Scope) -> tuple[str, Expression, Scope]:
    """The name, the collection and the inner scope of `name in collection`."""
    over = lower_expression(lowering, binder.over, scope)
    inner, name = scope.bind(binder.name.name, element_of(over.domain))
    return name, over, inner


def _empty(lowering: Lowering, expression: syntax.SetOf | syntax.MapOf | syntax.ListOf, scope: Scope) -> Expression:
    domain = lowering.domain_of_static(scope.tables.type_of[id(expression)])
    match domain:
        case domains.Set():
            return Literal(frozenset(), domain, expression.span)
        case domains.Map() | domains.List():
            return Literal((), domain, expression.span)
        case _:
            of = domains.Set(BOOL) if isinstance(expression, syntax.SetOf) else domains.List(BOOL, 0)
            return Literal(frozenset() if isinstance(expression, syntax.SetOf) else (), of, expression.span)


def _name(lowering: Lowering, expression: syntax.Name, scope: Scope) -> Expression:
    span = expression.span
    match scope.tables.name[id(expression)]:
        case checked.ConstantMeaning(name):
            value = lowering.configuration.constants[name]
            return Literal(value, BOOL if isinstance(value, bool) else Int(value, value), span)
        case checked.LocalMeaning(name):
            return _at(scope.local[name], span)
        case checked.OwnVariableMeaning(process, name):
            return read_variable(lowering, process, name, (scope.local["self"],), scope, span)
        case checked.SharedVariableMeaning(name):
            return Read(name, (), lowering.domain(lowering.checked.shared[name].type), scope.old, span)
        case checked.LiteralMeaning(name):
            return Literal(name, domains.Enum((name,)), span)
        case checked.ProcessSetMeaning(process):
            return replace(lowering.all_ids(process), span=span)
        case checked.SingletonMeaning(process):
            return replace(lowering.id_literal(process, 0), span=span)
        case checked.WordMeaning(word):
            return _word(lowering, word, expression, scope)


def _at(expression: Expression, span: Span) -> Expression:
    # A substituted argument keeps pointing at the call; a bound name points at its use.
    return replace(expression, span=span) if isinstance(expression, Bound) else expression


def _word(lowering: Lowering, word: str, expression: syntax.Name, scope: Scope) -> Expression:
    span = expression.span
    match word:
        case "true" | "false":
            return Literal(word == "true", BOOL, span)
        case "none":
            return Literal(None, domains.Optional(domains.Tuple(())), span)
        case "self":
            return replace(scope.local["self"], span=span)
        case "others":
            assert scope.process is not None
            everyone = lowering.all_ids(scope.process)
            own = Apply("set", (scope.local["self"],), everyone.domain)
            return Apply("difference", (everyone, own), everyone.domain, span=span)
        case "now":
            assert scope.process is not None
            scope.notes.needs_tick = True
            clock = lowering.live_clocks[scope.process]
            return Read(f"{scope.process}.clock", (scope.local["self"],), clock, span=span)
        case _ if scope.old:
            return replace(before_step(lowering, lowering.definitions[word]), span=span)
        case _:
            return Invoke(word, (), BOOL, span)


def before_step(lowering: Lowering, expression: Expression) -> Expression:
    """A formula of the model, of the state before the step."""

    def change(part: Expression) -> Expression | None:
        match part:
            case Read(_, indices):
                return replace(part, old=True, indices=tuple(before_step(lowering, index) for index in indices))
            case Invoke(definition):
                return before_step(lowering, lowering.definitions[definition])
            case _:
                return None

    return rewritten(expression, change)


def read_variable(
    lowering: Lowering, process: str, name: str, indices: tuple[Expression, ...], scope: Scope, span: Span | None = None
) -> Read:
    """The variable `name` of a process."""
    domain = lowering.domain(lowering.checked.processes[process].variables[name].type)
    return replace(Read(f"{process}.{name}", indices, domain, scope.old), span=span)


def _attribute(lowering: Lowering, expression: syntax.Attribute, scope: Scope) -> Expression:
    match scope.tables.attribute[id(expression)]:
        case checked.EndMeaning(process, end):
            index = 0 if end == "first" else lowering.sizes[process] - 1
            return replace(lowering.id_literal(process, index), span=expression.span)
        case checked.RemoteVariableMeaning(process, name):
            text = f"`{lowering.checked.source.slice(expression.base.span)}`"
            base = lower_expression(lowering, expression.base, scope)
            base = fit(base, lowering.id_domain(process), text, expression.base.span)
            return read_variable(lowering, process, name, (base,), scope, expression.span)
        case checked.FieldMeaning(_, position):
            base = lower_expression(lowering, expression.base, scope)
            assert isinstance(base.domain, domains.Record)
            at = Literal(position, Int(position, position))
            return Apply("field", (base, at), base.domain.fields[position][1], span=expression.span)


def _index(base: Expression, index: Expression, text: str, expression: syntax.Index) -> Expression:
    match base.domain:
        case domains.Map(_, value):
            failure = Failure("absent", f"`{text}`: the map has no key {{value}}", expression.span)
            return Apply("lookup", (base, index), value, failure, expression.span)
        case domains.List(element, _):
            failure = Failure("absent", f"`{text}`: the list has no element {{value}}", expression.span)
            return Apply("item", (base, index), element, failure, expression.span)
        case _:
            raise AssertionError(f"{base.domain} cannot be indexed: the type checker refuses it")


def _call(lowering: Lowering, expression: syntax.Call, scope: Scope) -> Expression:
    match scope.tables.call[id(expression)]:
        case checked.Expansion() as expansion:
            return _expand(lowering, expression, expansion, scope)
        case checked.RecordMeaning(name):
            record = lowering.record(name)
            parts = tuple(
                fit(lower_expression(lowering, argument, scope), of, f"field `{field}` of {name}", argument.span)
                for argument, (field, of) in zip(expression.arguments, record.fields, strict=True)
            )
            return Apply("tuple", parts, record, span=expression.span)
        case checked.BuiltinMeaning("old"):
            return lower_expression(lowering, expression.arguments[0], replace(scope, old=True))
        case checked.BuiltinMeaning() as builtin:
            arguments = (
                () if builtin.timer and isinstance(expression.arguments[0], syntax.Name) else expression.arguments
            )
            parts = tuple(lower_expression(lowering, _timer_owner(a, builtin), scope) for a in arguments)
            return lower_builtin(lowering, builtin, parts, expression, scope)
        case checked.CounterMeaning():
            raise AssertionError("counters occur only in bounds, which lower_properties takes apart")


def _timer_owner(argument: syntax.Expression, builtin: checked.BuiltinMeaning) -> syntax.Expression:
    return argument.base if builtin.timer and isinstance(argument, syntax.Attribute) else argument


def _expand(lowering: Lowering, call: syntax.Call, expansion: checked.Expansion, scope: Scope) -> Expression:
    """A function's body with the arguments in place of its parameters."""
    assert isinstance(expansion.declaration, syntax.Function)
    # The body sees the caller's process, and none of the caller's other names.
    hidden = {f"·{name}": meaning for name, meaning in scope.local.items()}
    inner = replace(scope, tables=expansion.tables, local=hidden)
    if "self" in scope.local:
        inner = inner.with_local("self", scope.local["self"])
    lets: list[tuple[str, Expression]] = []
    for name, argument, parameter in zip(
        expansion.parameters, call.arguments, expansion.declaration.parameters, strict=True
    ):
        value = lower_argument(lowering, argument, parameter, scope)
        if isinstance(value, (Literal, Bound)):
            inner = inner.with_local(name, value)
        else:
            inner, bound = inner.bind(name, value.domain)
            lets.append((bound, value))
    body = lower_expression(lowering, expansion.declaration.body, inner)
    for name, value in reversed(lets):
        body = Let(name, value, body, body.domain, call.span)
    return body


def lower_argument(
    lowering: Lowering, argument: syntax.Expression, parameter: syntax.Parameter, scope: Scope
) -> Expression:
    """An argument of a function or helper; a parameter with a type takes only values of that."""
    value = lower_expression(lowering, argument, scope)
    if parameter.type is None or parameter.type == syntax.NamedType("int"):
        return value
    return fit(value, lowering.domain(parameter.type), parameter.name.name, argument.span)


def _quantifier(
    lowering: Lowering,
    kind: OneOf["forall", "exists"],
    binders: tuple[syntax.Binder, ...],
    body: syntax.Expression,
    scope: Scope,
    expression: syntax.Quantifier,
) -> Expression:
    if not binders:
        return lower_expression(lowering, body, scope)
    name, over, inner = bind(lowering, binders[0], scope)
    rest = _quantifier(lowering, kind, binders[1:], body, inner, expression)
    return Quantified(kind, name, over, rest, BOOL, expression.span)


def _aggregate(lowering: Lowering, expression: syntax.Aggregate, scope: Scope) -> Expression:
    def build(position: int, inside: Scope) -> Expression:
        if position == len(expression.generators):
            return lower_expression(lowering, expression.element, inside)
        generator = expression.generators[position]
        name, over, inner = bind(lowering, generator.binder, inside)
        test = None if generator.condition is None else lower_expression(lowering, generator.condition, inner)
        rest = build(position + 1, inner)
        span = expression.span
        match expression.kind:
            case "all":
                body = rest if test is None else Connective("implies", test, rest, BOOL, span)
                return Quantified("forall", name, over, body, BOOL, span)
            case "any":
                body = rest if test is None else Connective("and", test, rest, BOOL, span)
                return Quantified("exists", name, over, body, BOOL, span)
            case "sum":
                each, most = as_interval(rest.domain), most_elements(over.domain)
                of: Domain = Int(min(0, each.low * most), max(0, each.high * most))
                return Collected("sum", name, over, test, rest, of, span=span)
            case "min" | "max" as kind:
                text = lowering.checked.source.slice(span)
                failure = Failure("choice", f"`{text}`: there is nothing to choose from", span)
                return Collected(kind, name, over, test, rest, rest.domain, failure, span)

    return build(0, scope)


def _event(lowering: Lowering, operand: syntax.Expression, scope: Scope) -> Event:
    """`enter(p)`, or `enter` of a process that is alone."""
    meaning = scope.tables.event[id(operand)]
    who: Expression = lowering.id_literal(meaning.process, 0)
    if isinstance(operand, syntax.Call):
        (node,) = operand.arguments
        text = f"`{lowering.checked.source.slice(node.span)}`"
        who = fit(lower_expression(lowering, node, scope), who.domain, text, node.span)
    return Event(meaning, who)


def _binary(left: Expression, right: Expression, expression: syntax.Binary, lowering: Lowering) -> Expression:
    span = expression.span
    match expression.operator:
        case "and" | "or" | "implies" as kind:
            return Connective(kind, left, right, BOOL, span)
        case "iff":
            return Apply("iff", (left, right), BOOL, span=span)
        case "in":
            return Apply("in", (left, right), BOOL, span=span)
        case "not in":
            return Apply("not", (Apply("in", (left, right), BOOL, span=span),), BOOL, span=span)
        case "+" | "-" as operator if isinstance(left.domain, domains.Set):
            kind_ = "union" if operator == "+" else "difference"
            of = join(left.domain, right.domain) if operator == "+" else left.domain
            return Apply(kind_, (left, right), of, span=span)
        case "-" if isinstance(left.domain, domains.Map):
            return Apply("remove_keys", (left, right), left.domain, span=span)
        case "+" if isinstance(left.domain, domains.List) and isinstance(right.domain, domains.List):
            sizes = (left.domain.capacity, right.domain.capacity)
            capacity = None if None in sizes else min(sum(size or 0 for size in sizes), MANY)
            element = join(left.domain.element, right.domain.element)
            return Apply("concatenate", (left, right), domains.List(element, capacity), span=span)
        case operator:
            failure = None
            if operator in {"/", "%"}:
                text = lowering.checked.source.slice(span)
                failure = Failure("division", f"`{text}` divides by zero", span)
            return Apply(operator, (left, right), arithmetic(operator, left.domain, right.domain), failure, span)


def lower_condition(lowering: Lowering, when: syntax.Expression | None, scope: Scope) -> Expression:
    """A guard that may be left out."""
    return TRUE if when is None else lower_expression(lowering, when, scope)
