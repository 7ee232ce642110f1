"""Which names does a timing block declare, and does each of them mean one thing?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.exact_numbers import Exact, constants_of
from dscheck.language.findings import Findings, did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.types import Int, Unknown
from dscheck.record import record
from dscheck.source import Span

What = Literal["a param", "a clock", "an event", "a let", "a query", "a given"]
Kind = Literal["number", "truth", "unknown"]

REAL_TIME = "T"
MEANINGS = {
    REAL_TIME: "`T(e)` is the real time of the event e",
    "inf": "`inf` stands for a bound that is none",
    "abs": "`abs(x)` is the size of the number x",
    "min": "`min(x, y)` is the smaller number",
    "max": "`max(x, y)` is the larger number",
    "true": "it is a truth value",
    "false": "it is a truth value",
}


@record
class Declared:
    """What a name of the block is, and where that is said."""

    what: What
    span: Span


@dataclass
class Names:
    """The names of one block, and what is known of them so far; lines are checked from the top down.

    Attributes:
        declared: every name of the block; of two declarations the first counts.
        outside: what else the protocol declares, which a timing block cannot name: processes, their variables, ….
        constants: kinds of the protocol's constants.
        ready: params, lets and queries of the lines above.
        kinds: of lets and queries.
        values: numbers of constants and params, and of lets that need no event.
        eventful: lets that speak of events.
        sets: queries with `for`, whose answer is a set of values.
        used: names that some line has used.
    """

    findings: Findings
    declared: dict[str, Declared]
    outside: dict[str, str]
    constants: dict[str, Kind]
    values: dict[str, Exact]
    ready: set[str] = field(default_factory=set)
    kinds: dict[str, Kind] = field(default_factory=dict)
    eventful: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def are(self, *whats: What) -> list[str]:
        """The names that are one of `whats`."""
        return [name for name, declared in self.declared.items() if declared.what in whats]

    def what(self, name: str) -> What | None:
        """What `name` is; None if the block does not declare it."""
        declared = self.declared.get(name)
        return None if declared is None else declared.what

    def declaration(self, name: str) -> tuple[Label, ...]:
        """A label at the place where the block declares `name`, if it does."""
        declared = self.declared.get(name)
        return () if declared is None else (Label(declared.span, f"`{name}` is {declared.what}"),)

    def unknown(self, name: str, span: Span, candidates: Iterable[str], wanted: str) -> None:
        """Report that the block has no `wanted` called `name`."""
        label, fix = did_you_mean(name, span, candidates)
        if name in self.outside:
            label, fix = f"this is {self.outside[name]}", None
        self.findings.error(
            "DS0730",
            f"this timing block has {wanted} `{name}`",
            span,
            label or "not declared",
            advice=""
            if fix
            else "a timing block knows the names it declares, and the numeric constants of the protocol",
            fix=fix,
        )


def names_of(block: syntax.Timing, ctx: Context) -> Names:
    """Collect what `block` declares; reports a name that is declared twice, hides a constant, or has a meaning."""
    constants = ctx.declarations.constants
    kinds: dict[str, Kind] = {}
    for constant, a_type in ctx.types.constants.items():
        kinds[constant] = "number" if isinstance(a_type, Int) else "unknown" if isinstance(a_type, Unknown) else "truth"
    values = constants_of(constants[each] for each in ctx.types.constants if each in constants)
    outside = {
        name: f"{what} of the protocol" for name, (what, _) in ctx.declarations.named.items() if name not in constants
    }
    for process in ctx.declarations.processes.values():
        outside.update((name, f"a variable of `{process.name}`") for name in process.variables)
    found = Names(ctx.findings, {}, outside, kinds, values)
    for line in block.lines:
        match line:
            case syntax.Param(name):
                _declare(found, ctx, name, "a param")
            case syntax.PerfectClock(name) | syntax.DriftingClock(name):
                _declare(found, ctx, name, "a clock")
            case syntax.At(name):
                _declare(found, ctx, name, "an event")
            case syntax.Let(name):
                _declare(found, ctx, name, "a let")
            case syntax.Query(name):
                _declare(found, ctx, name, "a query")
            case syntax.Given(name):
                if name is not None:
                    _declare(found, ctx, name, "a given")
            case syntax.Expect():
                pass
    return found


def _declare(names: Names, ctx: Context, name: syntax.Identifier, what: What) -> None:
    word = name.name
    if word in MEANINGS:
        ctx.findings.error(
            "DS0732",
            f"`{word}` cannot be {what} of a timing block",
            name.span,
            "this word has a meaning already",
            advice="choose another name",
            note=MEANINGS[word],
        )
    elif word in names.declared:
        ctx.findings.error(
            "DS0731",
            f"`{word}` is declared twice in this timing block",
            name.span,
            "choose another name here",
            related=names.declaration(word),
        )
        return
    elif word in ctx.declarations.constants:
        ctx.findings.error(
            "DS0731",
            f"`{word}` would hide the constant of the same name",
            name.span,
            "choose another name here, or remove this line and use the constant",
            related=(Label(ctx.declarations.constants[word].name.span, f"`{word}` is a constant"),),
        )
    names.declared.setdefault(word, Declared(what, name.span))
