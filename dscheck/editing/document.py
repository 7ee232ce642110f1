"""What is known about the text in an editor? Its problems, and what the last text that could be read means."""

from dataclasses import dataclass, field
from functools import cached_property

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.domains import Domain
from dscheck.editing.symbols import Symbol, symbols_of
from dscheck.language import syntax
from dscheck.language.analysis import read_spec
from dscheck.language.checked import CheckedSpec, Expansion, Tables
from dscheck.language.layout import comments
from dscheck.language.parser import parse
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.record import record
from dscheck.source import SourceFile, Span


@dataclass(frozen=True)
class Readable:
    """A text that could be read, perhaps an earlier one than that in the editor.

    Attributes:
        source: the text.
        spec: its syntax.
        checked: what it means; None if it has mistakes beyond its syntax.
    """

    source: SourceFile
    spec: syntax.Spec
    checked: CheckedSpec | None

    @cached_property
    def tables(self) -> tuple[Tables, ...]:
        """What its nodes mean, those of functions and helpers once for each kind of call."""
        if self.checked is None:
            return ()
        found = [self.checked.tables]
        for tables in found:  # it grows while we go through it
            found += [
                call.tables
                for call in tables.call.values()
                if isinstance(call, Expansion) and all(call.tables is not known for known in found)
            ]
        return tuple(found)

    @cached_property
    def outline(self) -> tuple[Symbol, ...]:
        """What it declares."""
        return symbols_of(self.spec, self.source.text)

    @cached_property
    def comments(self) -> tuple[Span, ...]:
        """Where nothing is named."""
        return comments(self.source.text)

    @cached_property
    def system(self) -> System | None:
        """The transition system of its first check; None if there is none."""
        if self.checked is None:
            return None
        try:
            plans = plans_of(self.checked, {})
            return lower(self.checked, plans[0].configuration) if plans else None
        except SpecError:  # told as a problem of the text
            return None

    def domain(self, process: str, variable: str) -> Domain | None:
        """The values of a variable in the first check; None if it is not known.

        Args:
            process: whose it is; empty for a shared variable.
            variable: its name.
        """
        name = f"{process}.{variable}" if process else variable
        known = () if self.system is None else self.system.variables
        return next((each.domain for each in known if each.name == name), None)


@record
class Document:
    """A text in an editor.

    Attributes:
        source: the text as it is now.
        problems: errors and warnings, in the order of the text.
        readable: the last text that could be read; None if there was none.
    """

    source: SourceFile
    problems: tuple[Diagnostic, ...] = ()
    readable: Readable | None = field(default=None, repr=False)

    def then(self, offset: int) -> int | None:
        """Where a place of the text stood in the readable one; None in what was typed since."""
        if self.readable is None:
            return None
        return _moved(offset, self.source.text, self.readable.source.text)

    def now(self, span: Span) -> Span | None:
        """Where a piece of the readable text stands now; None if it was changed since."""
        if self.readable is None:
            return None
        start = _moved(span.start, self.readable.source.text, self.source.text)
        end = _moved(span.end, self.readable.source.text, self.source.text)
        return None if start is None or end is None else Span(start, end)


def read_document(source: SourceFile, before: Document | None = None) -> Document:
    """Find out about a text.

    Args:
        source: the text.
        before: what was known before the last edit, for a text that cannot be read.
    """
    try:
        checked = read_spec(source)
    except SpecError as error:
        return Document(source, error.diagnostics, _read_only(source) or (before.readable if before else None))
    return Document(source, (*_wrong_checks(checked), *checked.warnings), Readable(source, checked.spec, checked))


def _read_only(source: SourceFile) -> Readable | None:
    try:
        return Readable(source, parse(source), None)
    except SpecError:
        return None


def _wrong_checks(checked: CheckedSpec) -> tuple[Diagnostic, ...]:
    """What is wrong with the circumstances of its checks, such as a setting out of range."""
    try:
        for plan in plans_of(checked, {}):
            lower(checked, plan.configuration)
    except SpecError as error:
        return error.diagnostics
    return ()


def _moved(offset: int, text: str, other: str) -> int | None:
    """Where `offset` of `text` is in `other`, if they differ in one piece only; None within that piece."""
    if text == other:
        return offset
    shorter = min(len(text), len(other))
    same = next((place for place in range(shorter) if text[place] != other[place]), shorter)
    if offset <= same:
        return offset
    rest = 0
    while rest < shorter and text[-1 - rest] == other[-1 - rest]:
        rest += 1
    return offset + len(other) - len(text) if offset >= len(text) - rest else None
