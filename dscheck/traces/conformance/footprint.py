"""Do concurrent steps commute? They do if each step touches only its own process and its ends of channels.

Then one order of a trace that respects happens-before decides as well as any other. What a step touches besides is
named.
A. Mazurkiewicz: Trace theory. LNCS 255, 1987.
"""

from collections.abc import Iterable, Iterator

from dscheck.domains import Id
from dscheck.model.expressions import Apply, Expression, Invoke, Let, Literal, Read
from dscheck.model.rewriting import parts_of, rewritten
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effect,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Require,
    Rule,
    System,
    Write,
)

_TOUCHED_TOGETHER = {"budget", "knowledge"}  # budgets are only counted down, knowledge is each process's own


def shared_variables(system: System) -> tuple[str, ...]:
    """The variables through which steps of different processes may fail to commute, in the order of the system."""
    found = {name for rule in system.rules for name in _Footprint(system, rule).names()}
    return tuple(variable.name for variable in system.variables if variable.name in found)


def variables_read(system: System, expressions: Iterable[Expression]) -> frozenset[str]:
    """The variables that expressions read, also through the definitions that they invoke."""
    found: set[str] = set()
    invoked: set[str] = set()
    open_expressions = list(expressions)
    while open_expressions:
        for part in parts_of(open_expressions.pop()):
            if isinstance(part, Read):
                found.add(part.variable)
            elif isinstance(part, Invoke) and part.definition not in invoked:
                invoked.add(part.definition)
                open_expressions.append(system.definitions[part.definition].body)
    return frozenset(found)


def all_effects(effects: Effects) -> Iterator[Effect]:
    """The effects, and those in their blocks."""
    for effect in effects:
        yield effect
        match effect:
            case If(_, then, otherwise):
                yield from all_effects((*then, *otherwise))
            case ForEach(body=body) | Choose(body=body) | LetIn(body=body):
                yield from all_effects(body)


class _Footprint:
    """What one rule touches that other processes touch too."""

    def __init__(self, system: System, rule: Rule) -> None:
        self._system = system
        self._rule = rule
        self._seen: set[tuple[str, frozenset[str]]] = set()

    def names(self) -> Iterator[str]:
        own = frozenset({"self"}) if self._rule.process is not None else frozenset[str]()
        if self._rule.process is None:
            if self._rule.kind in ("cut", "heal"):
                yield from (variable.name for variable in self._system.variables if variable.role == "cut")
            return  # losses and duplicates touch one channel, which only makes a receipt possible or not
        for parameter in self._rule.parameters[1:]:
            yield from self._reads(parameter.over, own)
        yield from self._reads(self._rule.guard, own)
        yield from self._effects(self._rule.body, own)

    def _effects(self, effects: Effects, own: frozenset[str]) -> Iterator[str]:
        for effect in effects:
            match effect:
                case Write(variable, indices, value):
                    yield from self._access(variable, indices, own)
                    for each in (*indices, value):
                        yield from self._reads(each, own)
                case If(test, then, otherwise):
                    yield from self._reads(test, own)
                    yield from self._effects(then, own)
                    yield from self._effects(otherwise, own)
                case ForEach(name, over, body) | Choose(name, over, body):
                    yield from self._reads(over, own)
                    yield from self._effects(body, own - {name})
                case LetIn(name, value, body):
                    yield from self._reads(value, own)
                    yield from self._effects(body, own | {name} if self._is_own(value, own) else own - {name})
                case Require(test) | Assert(test) | Count(_, test):
                    yield from self._reads(test, own)
                case Note(_, message, sender, receiver):
                    for each in (message, sender, receiver):
                        yield from self._reads(each, own)

    def _reads(self, expression: Expression, own: frozenset[str]) -> Iterator[str]:
        found: list[str] = []

        def note(part: Expression) -> Expression | None:
            match part:
                case Read(variable, indices):
                    found.extend(self._access(variable, indices, own))
                case Apply("length", (Read(variable),)) if self._system.variable(variable).role == "channel":
                    found.append(variable)  # how full it is depends on both ends
                case Let(name, value, body):
                    found.extend(self._reads(value, own))
                    found.extend(self._reads(body, own | {name} if self._is_own(value, own) else own - {name}))
                    return part
                case Invoke(name, arguments):
                    definition = self._system.definitions[name]
                    inner = frozenset(
                        parameter
                        for (parameter, _), argument in zip(definition.parameters, arguments, strict=True)
                        if self._is_own(argument, own)
                    )
                    if (name, inner) not in self._seen:
                        self._seen.add((name, inner))
                        found.extend(self._reads(definition.body, inner))
            return None

        rewritten(expression, note)
        yield from found

    def _access(self, variable: str, indices: tuple[Expression, ...], own: frozenset[str]) -> Iterator[str]:
        declared = self._system.variable(variable)
        if declared.role in _TOUCHED_TOGETHER or declared.ghost:
            return
        mine = [self._is_own(index, own) for index in indices]
        if declared.role == "channel":
            if not any(mine):
                yield variable
        elif not mine or not mine[0] or declared.role == "cut":
            yield variable

    def _is_own(self, index: Expression, own: frozenset[str]) -> bool:
        """Is it surely the process that takes the step?"""
        if isinstance(index, Literal):
            return (
                isinstance(index.domain, Id) and index.domain.process == self._rule.process and index.domain.size == 1
            )
        return getattr(index, "name", None) in own
