"""Which things does the spec declare, and does any name mean two of them?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo
from dscheck.language.findings import Findings
from dscheck.language.traversal import walk
from dscheck.source import Span

Property = (
    syntax.Invariant | syntax.StepProperty | syntax.Reachable | syntax.Bound | syntax.Progress | syntax.Eventually
)

SETTING_GROUPS = ("network", "faults", "timers", "only", "assumptions")
"""first words of settings that are no constants"""


@dataclass
class Declarations:
    """Everything that is declared, by name; of two declarations with one name the first counts.

    Attributes:
        named: what each top-level name is, and where it was declared.
        literals: every enumeration literal, and the first place that declares it.
        helpers: process to its helpers.
    """

    protocol: str = ""
    named: dict[str, tuple[str, Span]] = field(default_factory=dict)
    constants: dict[str, syntax.Constant] = field(default_factory=dict)
    enums: dict[str, syntax.EnumType] = field(default_factory=dict)
    literals: dict[str, Span] = field(default_factory=dict)
    records: dict[str, syntax.RecordType] = field(default_factory=dict)
    messages: dict[str, syntax.Message] = field(default_factory=dict)
    functions: dict[str, syntax.Function] = field(default_factory=dict)
    processes: dict[str, ProcessInfo] = field(default_factory=dict)
    helpers: dict[str, dict[str, syntax.Helper]] = field(default_factory=dict)
    shared: dict[str, syntax.Variable] = field(default_factory=dict)
    properties: dict[str, Property] = field(default_factory=dict)
    tights: list[syntax.Tight] = field(default_factory=list)
    final: syntax.Final | None = None
    network: syntax.Network | None = None
    faults: syntax.Faults | None = None
    assumes: list[syntax.Assume] = field(default_factory=list)
    checks: dict[str, syntax.Check] = field(default_factory=dict)
    blocks: dict[str, syntax.Schedule | syntax.Schedules | syntax.Timing] = field(default_factory=dict)

    @cached_property
    def ordered(self) -> frozenset[str]:
        """Processes whose ids are numbers."""
        return frozenset(name for name, process in self.processes.items() if process.ordered)

    @cached_property
    def unordered(self) -> frozenset[str]:
        """Process sets whose ids are no numbers, whether or not they form a ring."""
        return frozenset(name for name, process in self.processes.items() if not (process.ordered or process.singleton))


def collect(spec: syntax.Spec, findings: Findings) -> Declarations:
    """Sort the declarations of `spec` by what they are, and report names that are declared twice."""
    known = Declarations()
    protocols: dict[str, tuple[str, Span]] = {}
    for declaration in spec.declarations:
        match declaration:
            case syntax.Protocol(name):
                if protocols:
                    _only_one(findings, "a `protocol` line", declaration.span, protocols["protocol"][1])
                else:
                    protocols["protocol"] = ("the protocol", name.span)
                    known.protocol = name.name
            case syntax.Constant(name):
                if name.name in SETTING_GROUPS:
                    findings.error(
                        "DS0203",
                        f"`{name.name}` cannot name a constant",
                        name.span,
                        "checks set the network, faults and the like by this word",
                        advice="choose another name",
                    )
                if _declare(known, findings, name, "a constant"):
                    known.constants[name.name] = declaration
            case syntax.EnumType(name):
                if _declare(known, findings, name, "an enum"):
                    known.enums[name.name] = declaration
            case syntax.RecordType(name):
                if _declare(known, findings, name, "a record"):
                    known.records[name.name] = declaration
                _distinct(findings, (each.name for each in declaration.fields), "field")
            case syntax.Messages(items):
                for message in items:
                    if _declare(known, findings, message.name, "a message"):
                        known.messages[message.name.name] = message
                    _distinct(findings, (each.name for each in message.fields), "field")
            case syntax.Function(name):
                if _declare(known, findings, name, "a function"):
                    known.functions[name.name] = declaration
                _distinct(findings, (each.name for each in declaration.parameters), "parameter")
            case syntax.Process(name):
                process = _take_apart(declaration, findings)
                if _declare(known, findings, name, "a process"):
                    known.processes[name.name] = process
                    known.helpers[name.name] = {
                        each.name.name: each for each in declaration.members if isinstance(each, syntax.Helper)
                    }
            case syntax.SharedVariable(variable):
                if _declare(known, findings, variable.name, "a shared variable"):
                    known.shared[variable.name.name] = variable
            case (
                syntax.Invariant(name) | syntax.StepProperty(name) | syntax.Reachable(name) | syntax.Bound(name)
                | syntax.Progress(name) | syntax.Eventually(name)
            ):  # fmt: skip
                if name.name in known.properties:
                    _twice(findings, name, "a property", known.properties[name.name].name.span)
                else:
                    known.properties[name.name] = declaration
            case syntax.Check(name):
                if _is_new_question(known, findings, name):
                    known.checks[name.name] = declaration
            case syntax.Schedule(name) | syntax.Schedules(name) | syntax.Timing(name):
                if _is_new_question(known, findings, name):
                    known.blocks[name.name] = declaration
            case syntax.Assume():
                known.assumes.append(declaration)
            case syntax.Tight():
                known.tights.append(declaration)
            case syntax.Final():
                if known.final is not None:
                    _only_one(findings, "a `final` line", declaration.span, known.final.span)
                else:
                    known.final = declaration
            case syntax.Network():
                if known.network is not None:
                    _only_one(findings, "a `network` block", declaration.span, known.network.span)
                else:
                    known.network = declaration
            case syntax.Faults():
                if known.faults is not None:
                    _only_one(findings, "a `faults` block", declaration.span, known.faults.span)
                else:
                    known.faults = declaration
    _collect_literals(spec, known, findings)
    _find_clashes(known, findings)
    return known


def _declare(known: Declarations, findings: Findings, name: syntax.Identifier, what: str) -> bool:
    if name.name in known.named:
        first_what, first = known.named[name.name]
        _twice(findings, name, first_what, first)
        return False
    known.named[name.name] = (what, name.span)
    return True


def _is_new_question(known: Declarations, findings: Findings, name: syntax.Identifier) -> bool:
    """Checks and blocks share their names: `--check NAME` selects either."""
    if name.name in known.checks:
        _twice(findings, name, "a check", known.checks[name.name].name.span)
    elif name.name in known.blocks:
        _twice(findings, name, "a block", known.blocks[name.name].name.span)
    else:
        return True
    return False


def _twice(findings: Findings, name: syntax.Identifier, what: str, first: Span) -> None:
    findings.error(
        "DS0202",
        f"`{name.name}` is declared twice",
        name.span,
        "choose another name here",
        related=(Label(first, f"`{name.name}` is already {what}"),),
    )


def _only_one(findings: Findings, what: str, second: Span, first: Span) -> None:
    findings.error(
        "DS0202",
        f"{what} may stand only once",
        second,
        "this is the second",
        related=(Label(first, "the first is here"),),
        advice="join the two, or remove one",
    )


def _distinct(findings: Findings, names: Iterable[syntax.Identifier], what: str) -> None:
    first: dict[str, Span] = {}
    for name in names:
        if name.name in first:
            _twice(findings, name, f"a {what}", first[name.name])
        else:
            first[name.name] = name.span


def _take_apart(process: syntax.Process, findings: Findings) -> ProcessInfo:
    variables: dict[str, syntax.Variable] = {}
    timers: dict[str, syntax.Timer] = {}
    actions: dict[str, syntax.Action] = {}
    hooks: dict[str, syntax.Hook] = {}
    helpers: dict[str, Span] = {}
    clock: syntax.Clock | None = None
    for member in process.members:
        match member:
            case syntax.Variable(_, name):
                if name.name in variables:
                    _twice(findings, name, "a variable", variables[name.name].name.span)
                elif name.name in timers:
                    _twice(findings, name, "a timer", timers[name.name].name.span)
                else:
                    variables[name.name] = member
            case syntax.Timer(name):
                if name.name in timers:
                    _twice(findings, name, "a timer", timers[name.name].name.span)
                elif name.name in variables:
                    _twice(findings, name, "a variable", variables[name.name].name.span)
                else:
                    timers[name.name] = member
            case syntax.Action(_, name):
                if name.name in actions:
                    _twice(findings, name, "an action", actions[name.name].name.span)
                else:
                    actions[name.name] = member
            case syntax.Helper(name, parameters):
                if name.name in helpers:
                    _twice(findings, name, "a helper", helpers[name.name])
                helpers.setdefault(name.name, name.span)
                _distinct(findings, (each.name for each in parameters), "parameter")
            case syntax.Hook(event):
                if event in hooks:
                    _only_one(findings, f"`on {event}`", member.span, hooks[event].span)
                else:
                    hooks[event] = member
            case syntax.Clock():
                if clock is not None:
                    _only_one(findings, "a `clock` line", member.span, clock.span)
                else:
                    clock = member
            case syntax.Handler() | syntax.Timeout():
                pass
    return ProcessInfo(
        declaration=process,
        name=process.name.name,
        singleton=process.size is None,
        ordered="ordered" in process.modifiers,
        ring="ring" in process.modifiers,
        clock="" if clock is None else clock.kind,
        timers=timers,
        variables=variables,
        actions=actions,
        handlers=tuple(member for member in process.members if isinstance(member, syntax.Handler)),
        timeouts=tuple(member for member in process.members if isinstance(member, syntax.Timeout)),
        hooks=hooks,
    )


def _collect_literals(spec: syntax.Spec, known: Declarations, findings: Findings) -> None:
    for declaration in spec.declarations:
        for enumeration in _enumerations(declaration):
            _distinct(findings, enumeration.literals, "literal of this enumeration")
            for literal in enumeration.literals:
                known.literals.setdefault(literal.name, literal.span)


def _enumerations(declaration: syntax.Declaration) -> Iterator[syntax.EnumType | syntax.InlineEnum]:
    """Every enumeration that `declaration` writes out; the bodies, most of the text, have none."""
    written: list[object] = []
    match declaration:
        case syntax.EnumType():
            yield declaration
        case syntax.RecordType(_, fields) | syntax.Function(_, fields):
            written += fields
        case syntax.Messages(items):
            written += [message.fields for message in items]
        case syntax.SharedVariable(variable):
            written.append(variable.type)
        case syntax.Process(_, _, _, members):
            written += [member.type for member in members if isinstance(member, syntax.Variable)]
            written += [member.parameters for member in members if isinstance(member, syntax.Helper)]
        case _:
            pass
    for a_type in written:
        yield from (node for node in walk(a_type) if isinstance(node, syntax.InlineEnum))


def _find_clashes(known: Declarations, findings: Findings) -> None:
    """A literal and a variable of one name would make `mode == idle` mean two things."""
    for literal, span in known.literals.items():
        if literal in known.named:
            what, first = known.named[literal]
            clash(findings, literal, span, what, first)
    for process in known.processes.values():
        own = {
            literal.name: literal.span
            for enumeration in _enumerations(process.declaration)
            for literal in enumeration.literals
        }
        for name, variable in process.variables.items():
            here = variable.name.span
            if name in known.named:
                clash(findings, name, here, *known.named[name])
            elif name in own:
                clash(findings, name, here, "a literal of an enumeration", own[name])
        for name, helper in known.helpers[process.name].items():
            if name in known.functions:
                clash(findings, name, helper.name.span, *known.named[name])


def clash(findings: Findings, name: str, span: Span, what: str, first: Span) -> None:
    """Report that `name` at `span` hides something else that could be meant there."""
    findings.error(
        "DS0203",
        f"`{name}` would hide {what} of the same name",
        span,
        "choose another name here",
        related=(Label(first, f"`{name}` is {what}"),),
    )
