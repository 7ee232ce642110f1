"""Are the assumptions about timers sound: whose timer it is, what it waits for, which block proves it?"""

from collections.abc import Mapping

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo
from dscheck.language.expectations import check_condition
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import Context, Place

SWITCH = "assumptions"
"""the setting that switches assumptions off"""


def assumption_name(node: syntax.Assume) -> str:
    """What people call it: the timer, as the line writes it, `lease` or `Lock.lease`."""
    return node.timer.name if node.process is None else f"{node.process.name}.{node.timer.name}"


def owners_of(node: syntax.Assume, processes: Mapping[str, ProcessInfo]) -> list[str]:
    """The process sets whose timer is meant: one, unless the line is wrong."""
    owners = [name for name, info in processes.items() if node.timer.name in info.timers]
    return owners if node.process is None else [name for name in owners if name == node.process.name]


def check_assumptions(ctx: Context) -> None:
    """Report what is wrong with the `assume` lines, and with the settings that speak of them."""
    known = ctx.declarations
    seen: dict[tuple[str, str], syntax.Assume] = {}
    for node in known.assumes:
        _check_because(ctx, node)
        owners = owners_of(node, known.processes)
        if len(owners) != 1:
            _report_timer(ctx, node, owners)
            continue
        _check_names(ctx, node, seen.setdefault((owners[0], node.timer.name), node))
        check_condition(ctx.at(Place("assumption", owners[0])), node.condition)
    for each in known.checks.values():
        for setting in each.settings:
            if [part.name for part in setting.key] == [SWITCH]:
                _check_switch(ctx, setting)


def _report_timer(ctx: Context, node: syntax.Assume, owners: list[str]) -> None:
    processes, timer = ctx.declarations.processes, node.timer
    if owners:
        ctx.findings.error(
            "DS0761",
            f"several processes have a timer `{timer.name}`",
            timer.span,
            "whose is meant?",
            related=tuple(Label(processes[owner].timers[timer.name].name.span, f"of `{owner}`") for owner in owners),
            advice=f"write {' or '.join(f'`assume {owner}.{timer.name} waits until …`' for owner in owners)}",
        )
    elif node.process is not None and node.process.name not in processes:
        label, fix = did_you_mean(node.process.name, node.process.span, processes)
        ctx.findings.error(
            "DS0216", f"there is no process `{node.process.name}`", node.process.span, label or "not declared", fix=fix
        )
    else:
        chosen = [info for name, info in processes.items() if node.process is None or name == node.process.name]
        timers = [name for info in chosen for name in info.timers]
        label, fix = did_you_mean(timer.name, timer.span, timers)
        whose = "no process has" if node.process is None else f"`{node.process.name}` does not have"
        ctx.findings.error(
            "DS0760",
            f"{whose} a timer `{timer.name}`",
            timer.span,
            label or "not declared",
            advice="" if fix else f"the timers are {listing(timers)}" if timers else "declare it: `timer NAME`",
            fix=fix,
        )


def _check_names(ctx: Context, node: syntax.Assume, first: syntax.Assume) -> None:
    """One line per timer, and no property of the same name: a verdict speaks of both."""
    name = assumption_name(node)
    if first is not node:
        ctx.findings.error(
            "DS0765",
            f"something is assumed of the timer `{node.timer.name}` already",
            node.timer.span,
            "this is the second line about it",
            related=(Label(first.timer.span, "the first is here"),),
            advice="join the conditions with `and` in one line",
        )
    prop = ctx.declarations.properties.get(name)
    if prop is not None:
        ctx.findings.error(
            "DS0766",
            f"the property `{name}` has the name of an assumption",
            prop.name.span,
            "a verdict could not tell them apart",
            related=(Label(node.timer.span, "assumed here"),),
            advice="give the property another name",
        )


def _check_because(ctx: Context, node: syntax.Assume) -> None:
    if node.because is None:
        return
    name, span = node.because.name, node.because.span
    blocks = ctx.declarations.blocks
    match blocks.get(name):
        case None:
            timings = [each for each, block in blocks.items() if isinstance(block, syntax.Timing)]
            label, fix = did_you_mean(name, span, timings)
            ctx.findings.error(
                "DS0762",
                f"there is no timing block `{name}`",
                span,
                label or "not declared",
                advice="" if fix else f"the timing blocks are {listing(timings)}" if timings else "write `timing …:`",
                fix=fix,
            )
        case syntax.Timing(lines=lines) as block:
            if not any(isinstance(line, syntax.Expect) for line in lines):
                ctx.findings.error(
                    "DS0764",
                    f"the block `{name}` proves nothing",
                    span,
                    "it has no `expect` line",
                    related=(Label(block.name.span, "this block"),),
                    advice="say what must come out: `expect late <= 0`",
                )
        case block:
            ctx.findings.error(
                "DS0763",
                f"the block `{name}` knows no time",
                span,
                "it is a schedule",
                related=(Label(block.name.span, "declared here"),),
                advice="a `timing` block can say that a timer never fires too early",
            )


def _check_switch(ctx: Context, setting: syntax.Setting) -> None:
    """`assumptions = false`, or the names of those that stay on."""
    value = setting.value
    if isinstance(value, syntax.RangeType):
        _refuse(ctx, setting, "a sweep goes over numbers, and this is none")
        return
    if wanted(value) is None:
        _refuse(ctx, setting, "`false`, `true` or names are expected")
        return
    names = {assumption_name(node) for node in ctx.declarations.assumes}
    for written in wanted(value) or ():
        if written not in ("true", "false") and written not in names:
            label, fix = did_you_mean(written, value.span, names)
            ctx.findings.error(
                "DS0767",
                f"nothing is assumed of a timer `{written}`",
                value.span,
                label or (f"the assumptions are {listing(names)}" if names else "the spec assumes nothing"),
                fix=fix if isinstance(value, syntax.Name) else None,
            )


def _refuse(ctx: Context, setting: syntax.Setting, why: str) -> None:
    ctx.findings.error(
        "DS0767",
        f"`{SWITCH}` takes `true`, `false` or names of timers",
        setting.span,
        why,
        advice=f"write `{SWITCH} = false`, or `{SWITCH} = {{a, b}}` for those that stay on",
    )


def wanted(value: syntax.Expression) -> tuple[str, ...] | None:
    """The names in the value of the setting: of timers, or `true` or `false` alone; None if it is something else.

    Args:
        value: `false`, `0`, `{}`, `true`, `1`, `lease`, `{lease, Lock.lease}`.
    """
    match value:
        case syntax.Number(0):
            return ("false",)
        case syntax.Number(1):
            return ("true",)
        case syntax.Name(name):
            return (name,)
        case syntax.Attribute(syntax.Name(process), timer):
            return (f"{process}.{timer.name}",)
        case syntax.SetOf(items):
            names = [wanted(item) for item in items if not isinstance(item, syntax.Number)]
            flat = [name for each in names if each is not None for name in each]
            right = len(flat) == len(items) and not {"true", "false"} & set(flat)
            return tuple(flat) if right else None
        case _:
            return None
