"""What do all parts of the lowering share? The spec, its circumstances, and the domains of its types.

Lowering turns a checked spec and one configuration into a `System`. This file holds the state that its parts pass
around; `lower.py` puts them in order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property

from dscheck import domains
from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.domains import Domain, Id
from dscheck.language import syntax, types
from dscheck.language.checked import CheckedSpec, ProcessInfo
from dscheck.model.constants import NotConstantError, evaluate_constant
from dscheck.model.expressions import Apply, Connective, Expression, Literal, Read
from dscheck.model.settings import Configuration
from dscheck.model.tracking import Tracking
from dscheck.source import Span

BOOL = domains.Bool()
TRUE = Literal(True, BOOL)
FALSE = Literal(False, BOOL)


@dataclass
class Lowering:
    """A spec under one configuration, and what has been made of it so far.

    Attributes:
        checked: the spec.
        configuration: the circumstances.
        branches: places of the numbered `if`s: (then, otherwise).
        branch_numbers: number of each `if`, by `id(node)`: one lowered several times (a helper, a torn variant)
            keeps its number.
        counters: the counters that asked bounds use.
        tracking: what is remembered of events.
        definitions: bodies of `silence` and `quiet`, once they are known.
        delays: when an assumption delays a timeout of a timer, by process set and timer; one per handler.
        settled: `if`s (by `id`) that a constant argument decides in some call: their branches are not counted as dead.
    """

    checked: CheckedSpec
    configuration: Configuration
    branches: list[tuple[Span, Span | None]] = field(default_factory=list)
    branch_numbers: dict[int, int] = field(default_factory=dict)
    counters: frozenset[str] = frozenset()
    tracking: Tracking = field(default_factory=Tracking)
    definitions: dict[str, Expression] = field(default_factory=dict)
    delays: dict[tuple[str, str], list[Expression]] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)

    def numbered_branches(self) -> tuple[tuple[Span, Span | None] | None, ...]:
        """Places of the numbered `if`s, None for those that some call settles."""
        settled = {number for node, number in self.branch_numbers.items() if node in self.settled}
        return tuple(None if number in settled else places for number, places in enumerate(self.branches))

    def refuse(self, code: str, message: str, span: Span | None, help_text: str = "") -> SpecError:
        """An error that only these constants bring about."""
        return SpecError(self.checked.source, (Diagnostic(code, message, span, help=help_text),))

    def constant(self, expression: syntax.Expression) -> int:
        """The value of a constant integer expression.

        Raises:
            SpecError: it has none.
        """
        try:
            return int(evaluate_constant(expression, self.configuration.constants))
        except NotConstantError as error:
            raise self.refuse("DS0502", str(error), error.span) from None

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many processes each process set has."""
        found = {}
        for name, info in self.checked.processes.items():
            size = 1 if info.declaration.size is None else self.constant(info.declaration.size)
            if not 1 <= size <= 64:
                assert info.declaration.size is not None
                raise self.refuse(
                    "DS0503",
                    f"`{name}` has {size} processes",
                    info.declaration.size.span,
                    "a process set has between 1 and 64 members",
                )
            found[name] = size
        return found

    def id_domain(self, process: str) -> Id:
        """The ids of a process set."""
        return Id(process, self.sizes[process])

    def all_ids(self, process: str) -> Literal:
        """The set of all ids of a process set."""
        return Literal(frozenset(range(self.sizes[process])), domains.Set(self.id_domain(process)))

    def id_literal(self, process: str, index: int) -> Literal:
        """One id."""
        return Literal(index, self.id_domain(process))

    # --- domains of types ----------------------------------------------------------------------

    def domain(self, a_type: syntax.Type) -> Domain:
        """The domain of a type as written.

        Raises:
            SpecError: a range is empty under these constants, or a capacity negative.
        """
        match a_type:
            case syntax.RangeType(low, high):
                lowest, highest = self.constant(low), self.constant(high)
                if lowest > highest:
                    raise self.refuse("DS0503", f"the range {lowest}..{highest} is empty", a_type.span)
                return domains.Int(lowest, highest)
            case syntax.InlineEnum(literals):
                return domains.Enum(tuple(literal.name for literal in literals))
            case syntax.OptionalType(inner):
                return domains.Optional(self.domain(inner))
            case syntax.SetType(element):
                return domains.Set(self.domain(element))
            case syntax.MapType(key, value):
                return domains.Map(self.domain(key), self.domain(value))
            case syntax.ListType(element, capacity):
                return domains.List(self.domain(element), None if capacity is None else self.constant(capacity))
            case syntax.VectorType(process):
                return domains.Vector(process.name, self.sizes[process.name])
            case syntax.NamedType("bool"):
                return BOOL
            case syntax.NamedType("stamp"):
                return domains.Stamp()
            case syntax.NamedType(name) if name in self.checked.processes:
                return self.id_domain(name)
            case syntax.NamedType(name) if name in self.checked.enumerations:
                return domains.Enum(self.checked.enumerations[name])
            case syntax.NamedType(name):
                return self.record(name)

    def record(self, name: str) -> domains.Record:
        """The domain of a declared record."""
        return domains.Record(name, self.field_domains(self.checked.records[name].fields))

    def field_domains(self, fields_: Iterable[syntax.Parameter]) -> tuple[tuple[str, Domain], ...]:
        """Names and domains of the fields of a record or message."""
        return tuple((field_.name.name, self.domain(field_.type)) for field_ in fields_ if field_.type is not None)

    def domain_of_static(self, a_type: types.Type) -> Domain:
        """Some domain of a static type, for an empty collection or `none`: it has no element whose bounds matter."""
        match a_type:
            case types.Enumeration(literals):
                return domains.Enum(literals)
            case types.Id(process):
                return self.id_domain(process)
            case types.Optional(inner):
                return domains.Optional(self.domain_of_static(inner))
            case types.Set(element):
                return domains.Set(self.domain_of_static(element))
            case types.Map(key, value):
                return domains.Map(self.domain_of_static(key), self.domain_of_static(value))
            case types.List(element):
                return domains.List(self.domain_of_static(element), 0)
            case types.Record(name):
                return self.record(name)
            case types.Tuple(items):
                return domains.Tuple(tuple(map(self.domain_of_static, items)))
            case types.Stamp():
                return domains.Stamp()
            case types.Vector(process):
                return domains.Vector(process, self.sizes[process])
            case types.Int():
                return domains.Int(0, 0)
            case _:
                return BOOL

    # --- which clocks are alive ----------------------------------------------------------------

    @cached_property
    def live_clocks(self) -> dict[str, Domain]:
        """Process sets whose clock is part of the state, with its domain.

        A clock that no body reads cannot influence anything: it would only multiply the states.
        """
        kinds = {info.clock for info in self.checked.processes.values() if _reads_now(info, self.checked)}
        found: dict[str, Domain] = {}
        for name, info in self.checked.processes.items():
            if info.clock == "lamport" and "lamport" in kinds:
                found[name] = domains.Stamp()
            elif info.clock == "vector" and _reads_now(info, self.checked):
                found[name] = domains.Vector(name, self.sizes[name])
        return found

    def carries_clock(self, sender: str, receiver: str) -> Domain | None:
        """The clock that messages from `sender` to `receiver` carry, if both keep one of the same kind."""
        clock = self.live_clocks.get(sender)
        return clock if clock is not None and clock == self.live_clocks.get(receiver) else None

    # --- pieces every part needs ---------------------------------------------------------------

    def is_up(self, process: str, index: Expression, *, old: bool = False) -> Expression:
        """Is that process up (`old`: was it, before the step)? Always true for one that cannot crash."""
        if not self.configuration.may_crash(process):
            return TRUE
        return Read(f"up {process}", (index,), BOOL, old)

    def can_recover(self, process: str) -> Expression:
        """May a process of this set still come back?"""
        budget = self.configuration.recover.get(process, 0)
        if budget is None:
            return TRUE
        return spare(f"recover {process}", budget) if budget else FALSE


def spare(variable: str, most: int) -> Expression:
    """Is something left of a budget?"""
    read = Read(variable, (), domains.Int(0, most))
    return Apply(">", (read, Literal(0, domains.Int(0, 0))), BOOL)


def conjunction(*parts: Expression) -> Expression:
    """All of `parts`, literals folded."""
    result: Expression = TRUE
    for part in parts:
        if part == TRUE:
            continue
        result = part if result == TRUE else Connective("and", result, part, BOOL)
    return result


def disjunction(*parts: Expression) -> Expression:
    """Any of `parts`, literals folded."""
    result: Expression = FALSE
    for part in parts:
        if part == FALSE:
            continue
        if part == TRUE:
            return TRUE
        result = part if result == FALSE else Connective("or", result, part, BOOL)
    return result


def negation(part: Expression) -> Expression:
    """Not `part`, literals folded."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return Apply("not", (part,), BOOL)


def implication(left: Expression, right: Expression) -> Expression:
    """`left implies right`, literals folded."""
    if left == FALSE or right == TRUE:
        return TRUE
    return right if left == TRUE else Connective("implies", left, right, BOOL)


def nodes_of(node: object) -> Iterable[object]:
    """A syntax node and everything beneath it."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(item)
        elif is_dataclass(item) and not isinstance(item, (type, Span)):
            yield item
            stack.extend(getattr(item, part.name) for part in fields(item))


def _reads_now(info: ProcessInfo, checked: CheckedSpec) -> bool:
    functions = [d for d in checked.spec.declarations if isinstance(d, syntax.Function)]
    if any(syntax.Name("now") == node for node in nodes_of(info.declaration)):
        return True
    # A function may read the clock of whoever calls it.
    reading = {f.name.name for f in functions if any(syntax.Name("now") == node for node in nodes_of(f.body))}
    return any(isinstance(node, syntax.Call) and node.function.name in reading for node in nodes_of(info.declaration))
