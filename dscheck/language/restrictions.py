"""Does each body keep the order and the places that its statements must keep?

Guards come before effects, so that each step has a pure guard; `return` does not leave a `for`, whose
iterations have no order to cut short; timers that wait for each other do not wait in a circle.
"""

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo
from dscheck.language.findings import did_you_mean
from dscheck.language.scopes import Context
from dscheck.source import Span

Helpers = dict[str, syntax.Helper]


def check_guards_first(ctx: Context, block: syntax.Block, helpers: Helpers) -> None:
    """Report every `require` and `defer` that some path reaches after an effect."""
    _Guards(ctx, helpers).walk(block, None)


class _Guards:
    """One walk through a body and the helpers it calls."""

    def __init__(self, ctx: Context, helpers: Helpers) -> None:
        self.ctx = ctx
        self.helpers = helpers
        # What comes after a helper depends only on whether an effect came before it; walking it again for each call
        # would take exponential time where helpers call helpers.
        self.known: dict[tuple[str, bool], Span | None] = {}

    def walk(self, block: syntax.Block, effect: Span | None) -> Span | None:
        """Walk `block` with the first effect before it; gives the first effect after it on some path."""
        for node in block:
            match node:
                case (
                    syntax.Assignments() | syntax.Send() | syntax.StartTimer() | syntax.StopTimer() | syntax.EmitEvent()
                ):  # fmt: skip
                    effect = effect or node.span
                case syntax.Require() | syntax.Defer():
                    if effect is not None:
                        _report_guard(self.ctx, node, effect)
                case syntax.CallHelper(name):
                    effect = self.helper(name.name, effect)
                case syntax.If(branches, otherwise):
                    ends = [self.walk(inner, effect) for inner in (*(block for _, block in branches), otherwise or ())]
                    effect = effect or next((end for end in ends if end is not None), None)
                case syntax.For(_, body):
                    after = self.walk(body, effect)
                    if effect is None and after is not None:
                        self.walk(body, after)  # the second iteration comes after the effects of the first
                    effect = after
                case syntax.Choose(_, body):
                    effect = self.walk(body, effect)
                case syntax.Assert() | syntax.Pass() | syntax.Return():
                    pass
        return effect

    def helper(self, name: str, effect: Span | None) -> Span | None:
        """The first effect after a call of a helper."""
        key = (name, effect is not None)
        if name in self.helpers and key not in self.known:
            self.known[key] = effect  # a helper that calls itself is reported elsewhere
            self.known[key] = self.walk(self.helpers[name].body, effect)
        return effect or self.known.get(key)


def _report_guard(ctx: Context, node: syntax.Require | syntax.Defer, effect: Span) -> None:
    word = "require" if isinstance(node, syntax.Require) else "defer"
    ctx.findings.error(
        "DS0404",
        f"`{word}` comes too late",
        node.span,
        "by now something has happened",
        related=(Label(effect, "this happens before it"),),
        advice=f"move `{word}` up, before the first assignment, `send`, `start`, `stop` and `event`",
        note="where a guard fails there is no step at all, so that nothing may have happened before it",
    )


def check_returns(ctx: Context, block: syntax.Block, inside: syntax.For | None = None) -> None:
    """Report every `return` within a `for`."""
    for node in block:
        match node:
            case syntax.Return() if inside is not None:
                ctx.findings.error(
                    "DS0406",
                    "`return` cannot leave a `for`",
                    node.span,
                    "the loop runs through all members",
                    related=(Label(inside.binder.span, "the loop"),),
                    advice="put the condition into an `if`, or narrow the set: `{q for q in … if …}`",
                )
            case syntax.If(branches, otherwise):
                for _, inner in branches:
                    check_returns(ctx, inner, inside)
                check_returns(ctx, otherwise or (), inside)
            case syntax.For(_, body):
                check_returns(ctx, body, node)
            case syntax.Choose(_, body):
                check_returns(ctx, body, inside)
            case _:
                pass


def check_timers(ctx: Context, process: ProcessInfo) -> None:
    """Check what the timers of `process` wait for, and that each has a handler and is started."""
    for timer in process.timers.values():
        after = timer.after
        if after is not None and after.name != "silence" and after.name not in process.timers:
            label, fix = did_you_mean(after.name, after.span, ["silence", *process.timers])
            ctx.findings.error(
                "DS0207",
                f"`{process.name}` has no timer `{after.name}`",
                after.span,
                label or "not declared",
                advice="" if fix else "a timer fires `anytime`, `after silence`, or after another timer of its process",
                fix=fix,
            )
    _refuse_waiting_circle(ctx, process)
    handled = {timeout.timer.name for timeout in process.timeouts}
    for name, timer in process.timers.items():
        if name not in handled and handled <= set(process.timers):
            ctx.findings.error(
                "DS0409",
                f"nothing happens when the timer `{name}` expires",
                timer.name.span,
                "this timer has no handler",
                advice=f"add `on timeout {name}:` to `{process.name}`, if only with `pass`",
            )
        elif name in handled and (process.name, name) not in ctx.usage.started:
            ctx.findings.warning(
                "DS0410",
                f"the timer `{name}` is never started",
                timer.name.span,
                "its handler can never run",
                advice=f"write `start {name}` where the wait begins",
            )


def _refuse_waiting_circle(ctx: Context, process: ProcessInfo) -> None:
    waits = {name: timer.after.name for name, timer in process.timers.items() if timer.after is not None}
    reported: set[str] = set()
    for start in waits:
        path = [start]
        while path[-1] in waits and waits[path[-1]] not in path:
            path.append(waits[path[-1]])
        if waits.get(path[-1]) == start and start not in reported:
            reported.update(path)
            ctx.findings.error(
                "DS0408",
                f"the timer `{start}` waits for itself",
                process.timers[start].span,
                " after ".join(f"`{name}`" for name in [*path, start]),
                advice="let one of them wait for `silence`",
            )
