"""What may the text at this place see, and what has been found out so far?

Names are looked up in this order: locals, own variables of the process, shared variables, constants,
enumeration literals, processes. Nothing may hide anything else, so that the order never decides a meaning.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from dscheck.language import syntax
from dscheck.language.checked import Expansion, ProcessInfo, Tables
from dscheck.language.declarations import Declarations, clash
from dscheck.language.findings import Findings
from dscheck.language.types import Type, Unknown
from dscheck.record import record
from dscheck.source import SourceFile, Span

PlaceKind = Literal["constant", "initial", "body", "property", "step", "bound", "assumption"]
BodyKind = Literal["", "action", "handler", "timeout", "start", "recover", "crash"]


@record
class Place:
    """What kind of text this is.

    Attributes:
        kind: what may be read: constants only, or also the own state, or the state of all processes; in an
            `assumption` both, as it is about a timer of one process.
        process: the process whose body or initial value this is.
        lexical: whether `self` and the own variables are in scope (not in a top-level function).
        ghosts: whether ghost variables may be read.
        body: which kind of body, when `kind` is body.
    """

    kind: PlaceKind
    process: str = ""
    lexical: bool = True
    ghosts: bool = False
    body: BodyKind = ""

    @property
    def sees_everything(self) -> bool:
        """Properties and assumptions see the variables of all processes."""
        return self.kind in ("property", "step", "bound", "assumption")

    @property
    def sees_own(self) -> bool:
        """Bodies and assumptions name the variables of their process without its name in front."""
        return self.kind in ("body", "assumption")


CONSTANT = Place("constant")
PROPERTY = Place("property", ghosts=True)


@record
class Local:
    """A name bound around here: its type, where it is bound, and what it is."""

    type: Type
    span: Span
    what: str


@dataclass
class DeclaredTypes:
    """The static types of declarations.

    Attributes:
        constants: by name.
        variables: by process and name; shared variables under the process `""`.
        messages: types of a message's fields.
        records: types of a record's fields.
    """

    constants: dict[str, Type] = field(default_factory=dict)
    variables: dict[tuple[str, str], Type] = field(default_factory=dict)
    messages: dict[str, tuple[Type, ...]] = field(default_factory=dict)
    records: dict[str, tuple[Type, ...]] = field(default_factory=dict)


@dataclass
class Usage:
    """What is ever used, for warnings about the rest and for the flow of messages.

    Attributes:
        read: constants `("", N)`, variables `(process, x)`, shared variables `("", x)`.
        called: functions `("", f)` and helpers `(process, f)`.
        started: timers, as (process, timer).
        sends: (message, sender process, receiver process), and where that is first written.
        events: (process, label) of `event` statements, and where that is first written.
    """

    read: set[tuple[str, str]] = field(default_factory=set)
    called: set[tuple[str, str]] = field(default_factory=set)
    started: set[tuple[str, str]] = field(default_factory=set)
    sends: dict[tuple[str, str, str], Span] = field(default_factory=dict)
    events: dict[tuple[str, str], Span] = field(default_factory=dict)


@record
class Context:
    """The place of an expression or statement, and where to write down what it means.

    Attributes:
        locals: names bound around here.
        rules: types one expression; the rules of the parts call each other through it.
        expansions: function bodies checked already, by declaration, argument types and place.
        active: declarations whose bodies are being checked, from the outside in.
        call: the outermost call that led here, None outside function and helper bodies.
    """

    source: SourceFile
    declarations: Declarations
    types: DeclaredTypes
    findings: Findings
    usage: Usage
    rules: Callable[["Context", syntax.Expression, Type | None], Type]
    place: Place
    tables: Tables
    locals: Mapping[str, Local] = field(default_factory=dict)
    expansions: dict[tuple[int, tuple[Type, ...], Place], Expansion] = field(default_factory=dict)
    active: tuple[int, ...] = ()
    call: Span | None = None

    def infer(self, node: syntax.Expression, expected: Type | None = None) -> Type:
        """The type of `node`, recorded; `expected` helps literals, and need not be met."""
        found = self.rules(self, node, expected)
        self.tables.type_of[id(node)] = found
        return found

    def at(self, place: Place) -> "Context":
        """The same, for text at another place."""
        return replace(self, place=place)

    def with_ghosts(self) -> "Context":
        """The same, where ghost variables may be read."""
        return replace(self, place=replace(self.place, ghosts=True))

    def bind(self, name: syntax.Identifier, a_type: Type, what: str) -> "Context":
        """The same with a local more; reports a name that hides something visible."""
        if self._hides(name):
            a_type = Unknown()
        return replace(self, locals={**self.locals, name.name: Local(a_type, name.span, what)})

    def process(self) -> ProcessInfo | None:
        """The process that this text belongs to, unless it is a top-level function."""
        return self.declarations.processes.get(self.place.process) if self.place.lexical else None

    def own_variable(self, name: str) -> syntax.Variable | None:
        """The variable of the own process called `name`."""
        process = self.process()
        return None if process is None else process.variables.get(name)

    def text(self, node: syntax.Expression) -> str:
        """The words of `node`, shortened for a headline."""
        words = " ".join(self.source.slice(node.span).split())
        return words if len(words) <= 40 else words[:37] + "…"

    def _hides(self, name: syntax.Identifier) -> bool:
        """Whether something else of this name is visible; reported."""
        known = self.declarations
        word = name.name
        own = self.own_variable(word)
        if word in self.locals:
            what, span = self.locals[word].what, self.locals[word].span
        elif own is not None:
            what, span = "a variable of this process", own.name.span
        elif word in known.named:
            what, span = known.named[word]
            if what in ("a message", "an enum", "a record", "a function"):
                return False
        elif word in known.literals:
            what, span = "a literal of an enumeration", known.literals[word]
        else:
            return False
        clash(self.findings, word, name.span, what, span)
        return True

    def visible(self) -> Iterable[tuple[str, Type]]:
        """Names that an expression here could use, with their types, to suggest one."""
        known = self.declarations
        for name, local in self.locals.items():
            yield name, local.type
        process = self.process()
        if process is not None and self.place.sees_own:
            for name in process.variables:
                yield name, self.types.variables.get((process.name, name), Unknown())
        if self.place.kind not in ("constant", "initial"):
            for name in known.shared:
                yield name, self.types.variables.get(("", name), Unknown())
        yield from self.types.constants.items()
