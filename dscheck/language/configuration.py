"""Do the `network` and `faults` blocks and the checks speak of things that exist?"""

from typing import Literal

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.check_assume import assumption_name
from dscheck.language.declarations import SETTING_GROUPS
from dscheck.language.declared_types import check_range
from dscheck.language.expectations import check
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import CONSTANT, Context
from dscheck.language.types import Int
from dscheck.record import record
from dscheck.source import Span


@record
class OptionRow:
    """How one option is written.

    Attributes:
        written: an example.
        words: the words it may have.
        amount: whether it has an amount: never, perhaps, always.
        process: whether it names a process: never, perhaps, always.
    """

    written: str
    words: tuple[str, ...] = ()
    amount: Literal["never", "perhaps", "always"] = "always"
    process: Literal["never", "perhaps", "always"] = "never"


NETWORK_OPTIONS = {
    "order": OptionRow("order fifo", words=("fifo", "unordered"), amount="never"),
    "loss": OptionRow("loss up to 1"),
    "duplicate": OptionRow("duplicate up to 1"),
    "cut": OptionRow("cut up to 1", process="perhaps"),
    "heal": OptionRow("heal up to 1", amount="perhaps"),
    "capacity": OptionRow("capacity 2"),
}
FAULT_OPTIONS = {
    "crash": OptionRow("crash up to 1 of Node", process="perhaps"),
    "recover": OptionRow("recover up to 1 of Node", process="perhaps"),
    "down": OptionRow("down up to 1 of Node", process="perhaps"),
    "total": OptionRow("total up to 1", process="perhaps"),
    "torn": OptionRow("torn", amount="never"),
}


def check_options(ctx: Context) -> None:
    """Check the `network` and the `faults` block."""
    known = ctx.declarations
    if known.network is not None:
        _check_block(ctx, "network", known.network.options, NETWORK_OPTIONS)
    if known.faults is not None:
        _check_block(ctx, "faults", known.faults.options, FAULT_OPTIONS)


def _check_block(ctx: Context, block: str, options: tuple[syntax.Option, ...], rows: dict[str, OptionRow]) -> None:
    seen: dict[tuple[str, str], Span] = {}
    for option in options:
        name = option.name
        row = rows.get(name.name)
        if row is None:
            label, fix = did_you_mean(name.name, name.span, rows)
            ctx.findings.error(
                "DS0419",
                f"a `{block}` block has no option `{name.name}`",
                name.span,
                label or f"the options are {listing(rows)}",
                fix=fix,
            )
            continue
        key = (name.name, "" if option.process is None else option.process.name)
        if key in seen:
            ctx.findings.error(
                "DS0202",
                f"the option `{name.name}` is given twice",
                name.span,
                "this is the second",
                related=(Label(seen[key], "the first is here"),),
                advice="keep one of them",
            )
        seen[key] = name.span
        _check_option(ctx, option, row)


def _check_option(ctx: Context, option: syntax.Option, row: OptionRow) -> None:
    def refuse(span: Span, why: str) -> None:
        name = option.name.name
        ctx.findings.error(
            "DS0420", f"the option `{name}` is written differently", span, why, advice=f"write `{row.written}`"
        )

    if option.word is not None and option.word.name not in row.words:
        if row.words:
            refuse(option.word.span, f"one of {listing(row.words)} is expected")
        elif row.amount != "never":
            # A bare constant parses as a word: `capacity C`.
            check(ctx.at(CONSTANT), syntax.Name(option.word.name, option.word.span), Int())
        else:
            refuse(option.word.span, "it takes no word")
    elif option.word is None and row.words:
        refuse(option.name.span, f"one of {listing(row.words)} is expected")
    if option.amount is not None:
        if row.amount == "never":
            refuse(option.amount.span, "it takes no number")
        else:
            check(ctx.at(CONSTANT), option.amount, Int())
    elif row.amount == "always" and option.word is None:
        refuse(option.name.span, "a number is missing")
    if option.process is not None:
        _check_process(ctx, option.process)
        if row.process == "never":
            refuse(option.process.span, "it concerns no single process")


def _check_process(ctx: Context, name: syntax.Identifier) -> None:
    if name.name not in ctx.declarations.processes:
        label, fix = did_you_mean(name.name, name.span, ctx.declarations.processes)
        ctx.findings.error("DS0216", f"there is no process `{name.name}`", name.span, label or "not declared", fix=fix)


def check_checks(ctx: Context) -> None:
    """Check that `tight` lines, settings and expectations name what exists."""
    for tight in ctx.declarations.tights:
        _check_bound_name(ctx, tight.bound)
    for assume in ctx.declarations.assumes:
        if assumption_name(assume) in (*IMPLICIT, "deadlock"):
            ctx.findings.error(
                "DS0766",
                f"every check has a property `{assume.timer.name}` already",
                assume.timer.span,
                "a verdict could not tell them apart",
                advice="give the timer another name",
            )
    for node in ctx.declarations.checks.values():
        for setting in node.settings:
            _check_setting(ctx, setting)
        if isinstance(node.expectation, syntax.ExpectViolates):
            if node.expectation.tight:
                _check_bound_name(ctx, node.expectation.property)
            else:
                wanted = node.expectation.property
                check_property_name(ctx, wanted.name, wanted.span, implicit=True)
                _check_length(ctx, node.expectation)


def _check_length(ctx: Context, expectation: syntax.ExpectViolates) -> None:
    found = ctx.declarations.properties.get(expectation.property.name)
    if expectation.steps is not None and isinstance(found, syntax.Progress | syntax.Eventually):
        ctx.findings.error(
            "DS0421",
            f"a violation of `{expectation.property.name}` has no number of steps",
            expectation.span,
            "a run that violates it never ends",
            related=(Label(found.name.span, "declared here"),),
            advice=f"write `expect violates {expectation.property.name}`",
        )


def _check_setting(ctx: Context, setting: syntax.Setting) -> None:
    first = setting.key[0]
    known = ctx.declarations
    if isinstance(setting.value, syntax.RangeType):
        check_range(ctx, setting.value)
    if first.name == "only" and len(setting.key) == 1:
        _check_only(ctx, setting.value)
    elif first.name in known.constants:
        if len(setting.key) > 1:
            ctx.findings.error(
                "DS0209", f"`{first.name}` is a constant and has no parts", setting.key[1].span, "remove this"
            )
        elif not isinstance(setting.value, syntax.RangeType):
            check(ctx.at(CONSTANT), setting.value, ctx.types.constants[first.name],
                  Label(known.constants[first.name].name.span, f"`{first.name}` is declared here"))  # fmt: skip
    elif first.name not in SETTING_GROUPS:
        label, fix = did_you_mean(first.name, first.span, [*known.constants, *SETTING_GROUPS])
        ctx.findings.error(
            "DS0209",
            f"there is nothing called `{first.name}` to set",
            first.span,
            label or "not a constant",
            advice="" if fix else "a check sets constants, `network.…`, `faults.…`, `timers.early` and `only`",
            fix=fix,
        )


def _check_only(ctx: Context, value: syntax.Expression | syntax.RangeType) -> None:
    items = value.items if isinstance(value, syntax.SetOf) else (value,)
    for item in items:
        if isinstance(item, syntax.Name):
            check_property_name(ctx, item.name, item.span)
        else:
            ctx.findings.error(
                "DS0208",
                "`only` takes names of properties",
                item.span,
                "this is no name",
                advice="write `only = {a, b}`",
            )


# The properties that every check has: what a step that fails violates.
IMPLICIT = ("range", "capacity", "choice", "division", "absent", "assertion")


def check_property_name(ctx: Context, name: str, span: Span, *, implicit: bool = False) -> None:
    """Report a name that is no property; `implicit`: one that every check has will do."""
    properties = ctx.declarations.properties
    others = (*IMPLICIT, *map(assumption_name, ctx.declarations.assumes)) if implicit else ()
    if name not in properties and name not in others:
        label, fix = did_you_mean(name, span, (*properties, *others))
        advice = "" if fix or not properties else f"the properties are {listing(properties)}"
        if name == "deadlock":
            advice = "write `expect deadlock`"
        ctx.findings.error(
            "DS0208", f"there is no property `{name}`", span, label or "not declared", advice=advice, fix=fix
        )


def _check_bound_name(ctx: Context, name: syntax.Identifier) -> None:
    found = ctx.declarations.properties.get(name.name)
    if found is None:
        bounds = [each for each, node in ctx.declarations.properties.items() if isinstance(node, syntax.Bound)]
        label, fix = did_you_mean(name.name, name.span, bounds)
        ctx.findings.error("DS0208", f"there is no bound `{name.name}`", name.span, label or "not declared", fix=fix)
    elif not isinstance(found, syntax.Bound):
        ctx.findings.error(
            "DS0208",
            f"`{name.name}` is no bound",
            name.span,
            "only a `bound` can be tight",
            related=(Label(found.name.span, "declared here"),),
        )
