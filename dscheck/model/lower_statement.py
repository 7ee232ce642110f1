"""What does a body do, as effects of the transition system?

Helpers are expanded at their calls; `return` is turned into branches, so that effects need no jumps.
"""

from collections.abc import Sequence
from dataclasses import replace

from dscheck import domains
from dscheck.domains import Int
from dscheck.language import checked, syntax
from dscheck.model.expressions import Apply, Bound, Expression, Failure, Literal
from dscheck.model.fitting import fit
from dscheck.model.folding import decided
from dscheck.model.intervals import arithmetic, element_of, join
from dscheck.model.lower_events import lower_event
from dscheck.model.lower_expression import lower_argument, lower_expression
from dscheck.model.lower_send import lower_send
from dscheck.model.lowering import FALSE, TRUE, Lowering
from dscheck.model.scope import Scope
from dscheck.model.system import Assert, Choose, Effect, Effects, ForEach, If, LetIn, Require, Write
from dscheck.source import Span


def lower_block(lowering: Lowering, block: syntax.Block, scope: Scope, *, torn: bool = False) -> Effects:
    """The effects of a body.

    Args:
        lowering: the spec.
        block: statements in order; a `return` ends them.
        scope: what is in sight.
        torn: whether each message may be lost because the process crashes in mid-step.
    """
    return _Body(lowering, torn).block(tuple(block), scope)


MOST_STATEMENTS = 250  # one step is a few lines; later passes recurse through the whole body


class _Body:
    """Lowers one body."""

    def __init__(self, lowering: Lowering, torn: bool) -> None:
        self.lowering = lowering
        self.torn = torn
        self.length = 0

    def block(self, statements: Sequence[syntax.Statement], scope: Scope) -> Effects:
        effects: list[Effect] = []
        for position, statement in enumerate(statements):
            if isinstance(statement, syntax.Return):
                break
            if isinstance(statement, syntax.If) and _returns(statement):
                # What follows runs only in the branches that did not return.
                effects.extend(self.branch(statement, scope, tuple(statements[position + 1 :])))
                break
            effects.extend(self.statement(statement, scope))
        return tuple(effects)

    def branch(self, statement: syntax.If, scope: Scope, rest: syntax.Block) -> Effects:
        """An `if`; `rest` follows in every branch that does not return."""
        lowering, notes = self.lowering, scope.notes
        self.grow(statement.span)  # before going on: what follows a `return` nests
        before = most = notes.sends
        otherwise = self.block((*(statement.otherwise or ()), *rest), scope)
        for position, (condition, body) in reversed(list(enumerate(statement.branches))):
            test = lower_expression(lowering, condition, scope)
            self.grow(condition.span)
            number = None
            if decided(test) is not None:
                lowering.settled.add(id(condition))
            else:
                number = self.number(condition, body, statement, last=position == len(statement.branches) - 1)
            # Only one branch runs, so the one that sends most counts.
            most, notes.sends = max(most, notes.sends), before
            otherwise = (If(test, self.block((*body, *rest), scope), otherwise, number),)
        notes.sends = max(most, notes.sends)
        return otherwise

    def grow(self, span: Span) -> None:
        """Count one more statement of the body, its helpers expanded.

        Raises:
            SpecError: there are too many: helpers that call helpers twice each would make millions.
        """
        self.length += 1
        if self.length > MOST_STATEMENTS:
            message = f"this body has more than {MOST_STATEMENTS} statements, its helpers expanded"
            advice = "make several actions of it, or call a helper less often"
            raise self.lowering.refuse("DS0505", message, span, advice)

    def number(self, condition: syntax.Expression, body: syntax.Block, statement: syntax.If, *, last: bool) -> int:
        """The number under which the coverage of this branch is kept."""
        numbers, branches = self.lowering.branch_numbers, self.lowering.branches
        if id(condition) not in numbers:
            numbers[id(condition)] = len(branches)
            written_else = statement.otherwise[0].span if last and statement.otherwise else None
            branches.append((body[0].span if body else condition.span, written_else))
        return numbers[id(condition)]

    def statement(self, statement: syntax.Statement, scope: Scope) -> Effects:
        lowering = self.lowering
        self.grow(statement.span)
        match statement:
            case syntax.Assignments(items):
                return tuple(self.assign(item, scope) for item in items)
            case syntax.Send():
                return lower_send(lowering, statement, scope, torn=self.torn)
            case syntax.StartTimer(timer) | syntax.StopTimer(timer):
                running = TRUE if isinstance(statement, syntax.StartTimer) else FALSE
                return (Write(f"{scope.process}.{timer.name}", (scope.local["self"],), running),)
            case syntax.EmitEvent(label):
                return lower_event(lowering, label.name, scope)
            case syntax.Assert(condition, message):
                text = message or f"assertion failed: {lowering.checked.source.slice(condition.span)}"
                test = lower_expression(lowering, condition, scope)
                return (Assert(test, Failure("assertion", text, statement.span)),)
            case syntax.Require(condition):
                return (Require(lower_expression(lowering, condition, scope)),)
            case syntax.Defer():
                return (Require(FALSE),)
            case syntax.CallHelper():
                return self.helper(statement, scope)
            case syntax.Pass() | syntax.Return():
                return ()
            case syntax.If():
                return self.branch(statement, scope, ())
            case syntax.For(binder, body):
                over = lower_expression(lowering, binder.over, scope)
                inner, name = scope.bind_statement(binder.name.name, element_of(over.domain))
                before = scope.notes.sends
                effects = self.block(body, inner)
                scope.notes.sends += scope.notes.sends - before  # it may run more than once
                return (ForEach(name, over, effects),)
            case syntax.Choose(binder, body):
                over = lower_expression(lowering, binder.over, scope)
                inner, name = scope.bind_statement(binder.name.name, element_of(over.domain))
                text = lowering.checked.source.slice(binder.over.span)
                failure = Failure("choice", f"there is nothing to choose from in `{text}`", binder.span)
                return (Choose(name, over, self.block(body, inner), failure),)

    def helper(self, statement: syntax.CallHelper, scope: Scope) -> Effects:
        """A helper's body in place of its call."""
        expansion = scope.tables.call[id(statement)]
        assert isinstance(expansion, checked.Expansion)
        assert isinstance(expansion.declaration, syntax.Helper)
        hidden = {f"·{name}": meaning for name, meaning in scope.local.items()}
        inner = replace(scope, tables=expansion.tables, local=hidden).with_local("self", scope.local["self"])
        lets: list[tuple[str, Expression]] = []
        for name, argument, parameter in zip(
            expansion.parameters, statement.arguments, expansion.declaration.parameters, strict=True
        ):
            value = lower_argument(self.lowering, argument, parameter, scope)
            if isinstance(value, (Literal, Bound)):
                inner = inner.with_local(name, value)
            else:
                # The argument keeps the value it had at the call, whatever the body writes.
                inner, bound = inner.bind_statement(name, value.domain)
                lets.append((bound, value))
        effects = self.block(expansion.declaration.body, inner)
        for name, value in reversed(lets):
            effects = (LetIn(name, value, effects),)
        return effects

    # --- assignment ----------------------------------------------------------------------------

    def assign(self, item: syntax.Assign, scope: Scope) -> Write:
        lowering = self.lowering
        path: list[syntax.Index | syntax.Attribute] = []
        target = item.target
        while isinstance(target, syntax.Index) or (
            isinstance(target, syntax.Attribute)
            and isinstance(scope.tables.attribute[id(target)], checked.FieldMeaning)
        ):
            path.append(target)
            target = target.base
        root = lower_expression(lowering, target, replace(scope, old=False))
        variable, indices, domain = _place(root)
        text = lowering.checked.source.slice(item.target.span)
        value = lower_expression(lowering, item.value, scope)
        new = self.updated(root, list(reversed(path)), item, value, scope)
        return Write(variable, indices, fit(new, domain, text, item.span))

    def updated(
        self,
        container: Expression,
        path: list[syntax.Index | syntax.Attribute],
        item: syntax.Assign,
        value: Expression,
        scope: Scope,
    ) -> Expression:
        """`container` with the element at `path` replaced by what the assignment says."""
        if not path:
            return _combined(container, item, value)
        step, rest = path[0], path[1:]
        text = self.lowering.checked.source.slice(step.span)
        match container.domain, step:
            case domains.Map(key_domain, value_domain), syntax.Index(_, index):
                key = fit(lower_expression(self.lowering, index, scope), key_domain, f"the key of {text}", index.span)
                missing = Failure("absent", f"`{text}`: the map has no key {{value}}", step.span)
                inner = Apply("lookup", (container, key), value_domain, missing, step.span)
                new = value if not rest and item.operator == "=" else self.updated(inner, rest, item, value, scope)
                return Apply("put", (container, key, fit(new, value_domain, text, item.span)), container.domain)
            case domains.List(element, _), syntax.Index(_, index):
                at = lower_expression(self.lowering, index, scope)
                missing = Failure("absent", f"`{text}`: the list has no element {{value}}", step.span)
                inner = Apply("item", (container, at), element, missing, step.span)
                new = value if not rest and item.operator == "=" else self.updated(inner, rest, item, value, scope)
                new = fit(new, element, text, item.span)
                return Apply("replace", (container, at, new), container.domain, missing, step.span)
            case domains.Record(_, fields), syntax.Attribute():
                meaning = scope.tables.attribute[id(step)]
                assert isinstance(meaning, checked.FieldMeaning)
                at_field = Literal(meaning.position, Int(meaning.position, meaning.position))
                of = fields[meaning.position][1]
                inner = Apply("field", (container, at_field), of, span=step.span)
                new = value if not rest and item.operator == "=" else self.updated(inner, rest, item, value, scope)
                missing = Failure("absent", f"`{text}`: the record has no such field", step.span)
                new = fit(new, of, text, item.span)
                return Apply("replace", (container, at_field, new), container.domain, missing, step.span)
            case _:
                raise AssertionError("the type checker lets only maps, lists and records be assigned inside")


def _place(root: Expression) -> tuple[str, tuple[Expression, ...], domains.Domain]:
    from_narrow = getattr(root, "variable", None)
    assert from_narrow is not None, "the type checker lets only variables be assigned"
    return root.variable, root.indices, root.domain  # type: ignore[union-attr]


def _combined(current: Expression, item: syntax.Assign, value: Expression) -> Expression:
    """The new value of a target whose value is `current`."""
    if item.operator == "=":
        return value
    sign = item.operator[0]
    match current.domain:
        case domains.Set():
            kind = "union" if sign == "+" else "difference"
            of = join(current.domain, value.domain) if sign == "+" else current.domain
            return Apply(kind, (current, value), of, span=item.span)
        case domains.Map():
            return Apply("remove_keys", (current, value), current.domain, span=item.span)
        case domains.List(element, capacity):
            other = value.domain
            assert isinstance(other, domains.List)
            most = None if capacity is None or other.capacity is None else capacity + other.capacity
            return Apply("concatenate", (current, value), domains.List(join(element, other.element), most))
        case of:
            return Apply(sign, (current, value), arithmetic(sign, of, value.domain), span=item.span)


def _returns(statement: syntax.Statement) -> bool:
    """Does a `return` stand in it (not counting loops, where the checker refuses one)?"""
    match statement:
        case syntax.Return():
            return True
        case syntax.If(branches, otherwise):
            blocks = [body for _, body in branches] + [otherwise or ()]
            return any(_returns(inner) for block in blocks for inner in block)
        case _:
            return False


def own_writes(effects: Effects, process: str) -> set[str]:
    """Names of the variables of `process` that the effects may write."""
    found: set[str] = set()
    for effect in effects:
        match effect:
            case Write(variable) if variable.startswith(f"{process}."):
                found.add(variable)
            case If(_, then, otherwise):
                found |= own_writes(then, process) | own_writes(otherwise, process)
            case ForEach(_, _, body) | Choose(_, _, body) | LetIn(_, _, body):
                found |= own_writes(body, process)
            case _:
                pass
    return found
