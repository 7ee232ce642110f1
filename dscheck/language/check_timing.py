"""Is a timing block sound: every name known, numbers and conditions in their places, no bounds the wrong way around?"""

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.exact_numbers import MINUS_INFINITY, ONE, ZERO, Exact, bound_value, exact_value, is_infinity
from dscheck.language.findings import did_you_mean, listing
from dscheck.language.scopes import Context
from dscheck.language.timing_kinds import Place, infer_kind, require_kind, speaks_of_events
from dscheck.language.timing_names import Names, names_of
from dscheck.source import Span

WHOLE_RATE = Exact(-1, 1)
"""A drift of -1: the clock stands still."""


def check_timing(block: syntax.Timing, ctx: Context) -> None:
    """Report what is wrong inside `block`.

    Args:
        block: the block.
        ctx: the protocol's constants, which the block may name, and where findings go.
    """
    names = names_of(block, ctx)
    for line in block.lines:
        _line(ctx, names, line)
    _refuse_circle(ctx, block)
    _warn(ctx, names, block)


def _line(ctx: Context, names: Names, line: syntax.TimingLine) -> None:
    match line:
        case syntax.Param():
            _param(ctx, names, line)
        case syntax.PerfectClock():
            pass
        case syntax.DriftingClock(_, drift, offset):
            if drift is not None:
                _drift(ctx, names, drift)
            if offset is not None:
                _bounds(
                    ctx, names, offset, Place("constant", "the offset of a clock"), both_infinite=True, symmetric=True
                )
        case syntax.At():
            _event(ctx, names, line)
        case syntax.Given(_, condition):
            require_kind(ctx, names, condition, Place("events", "`given`"), "truth")
        case syntax.Let(name, value):
            names.kinds[name.name] = infer_kind(ctx, names, value, Place("events", "`let`"))
            if speaks_of_events(names, value):
                names.eventful.add(name.name)
            elif (known := exact_value(value, names.values)) is not None:
                names.values[name.name] = known
            names.ready.add(name.name)
        case syntax.Query():
            _query(ctx, names, line)
        case syntax.Expect(condition):
            require_kind(ctx, names, condition, Place("expect", "`expect`"), "truth")


def _param(ctx: Context, names: Names, line: syntax.Param) -> None:
    place = Place("constant", "a param")
    require_kind(ctx, names, line.value, place, "number")
    value = exact_value(line.value, names.values)
    if value is not None:
        names.values[line.name.name] = value
    if line.low is not None and line.high is not None:
        low = _bound(ctx, names, line.low, place, infinite=True)
        high = _bound(ctx, names, line.high, place, infinite=True)
        span = line.low.span.to(line.high.span)
        if _in_order(ctx, line.low, low, line.high, high) and value is not None:
            below, above = low is not None and value < low, high is not None and high < value
            if below or above:
                ctx.findings.error(
                    "DS0740",
                    f"the value of `{line.name.name}` is not within its own bounds",
                    line.value.span,
                    f"{value} is {'less' if below else 'more'} than {low if below else high}",
                    related=(Label(span, "the bounds"),),
                )
    names.ready.add(line.name.name)


def _drift(ctx: Context, names: Names, node: syntax.Expression) -> None:
    place = Place("constant", "the drift of a clock")
    ends = _bounds(ctx, names, node, place, symmetric=True)
    for end, value in ends:
        if value is not None and not (WHOLE_RATE < value < ONE):
            ctx.findings.error(
                "DS0739",
                f"a clock cannot drift by {value}",
                end.span,
                "not between -1 and 1",
                advice="a drift is a share of real time: 1 % is 0.01, 50 ppm is 0.00005",
            )


def _event(ctx: Context, names: Names, line: syntax.At) -> None:
    place = Place("constant", "a delay")
    for predecessor in line.after:
        _predecessor(ctx, names, predecessor.event)
        if predecessor.delay is None:
            continue
        (first, least), *_ = _bounds(ctx, names, predecessor.delay, place, upper_infinite=True)
        if least is not None and least < ZERO:
            ctx.findings.error(
                "DS0740",
                "a delay is not negative",
                first.span,
                f"this is {least}",
                advice=f"`after` means not before; leave `after` out, and say `given T({line.name.name}) - "
                f"T({predecessor.event.name}) >= …`",
            )


def _predecessor(ctx: Context, names: Names, event: syntax.Identifier) -> None:
    what = names.what(event.name)
    if what == "an event":
        return
    if what is None:
        names.unknown(event.name, event.span, names.are("an event"), "no event")
        return
    label, fix = did_you_mean(event.name, event.span, names.are("an event"))
    ctx.findings.error(
        "DS0733",
        f"`{event.name}` is {what}, and only events come before an event",
        event.span,
        label or "not an event",
        related=names.declaration(event.name),
        fix=fix,
    )


def _query(ctx: Context, names: Names, line: syntax.Query) -> None:
    number = line.kind in ("max", "min")
    require_kind(ctx, names, line.subject, Place("query", f"`query {line.kind}`"), "number" if number else "truth")
    parameter = line.parameter
    if parameter is not None:
        names.used.add(parameter.name)
        if not number:
            names.sets.add(line.name.name)
        what = names.what(parameter.name)
        if what is None:
            names.unknown(parameter.name, parameter.span, names.are("a param"), "no param")
        elif what != "a param":
            ctx.findings.error(
                "DS0742",
                f"`for` takes a param, and `{parameter.name}` is {what}",
                parameter.span,
                "no param",
                related=names.declaration(parameter.name),
                advice=f"the params of this block: {listing(names.are('a param'))}"
                if names.are("a param")
                else "declare one, as in `param limit = 5 in [0, 20]`",
            )
        if number:
            ctx.findings.error(
                "DS0742",
                f"`query {line.kind}` has one answer, and `for` asks for many",
                parameter.span,
                "for every value?",
                advice=f"ask for which values a condition holds: `query … = always … for {parameter.name}`",
            )
    names.kinds[line.name.name] = "number" if number else "truth"
    names.ready.add(line.name.name)


End = tuple[syntax.Expression, Exact | None]


def _bounds(
    ctx: Context,
    names: Names,
    node: syntax.Expression,
    place: Place,
    *,
    both_infinite: bool = False,
    upper_infinite: bool = False,
    symmetric: bool = False,
) -> tuple[End, ...]:
    """Check `[a, b]`, or one number, and give the ends with their values where these are known.

    Args:
        ctx: where findings go.
        names: of the block.
        node: the bounds.
        place: what they bound.
        both_infinite: whether each may be infinite.
        upper_infinite: whether the upper one may be.
        symmetric: whether one number `r` stands for `[-r, r]`.
    """
    if not isinstance(node, syntax.ListOf):
        value = _bound(ctx, names, node, place, infinite=both_infinite)
        if symmetric and value is not None and value < ZERO:
            ctx.findings.error(
                "DS0740",
                f"{place.what} is at most {value} to either side",
                node.span,
                "less than nothing",
                advice="write a positive number for both sides, or both bounds: `[-0.01, 0]`",
            )
            return ()
        return ((node, value),)
    if len(node.items) != 2:
        ctx.findings.error(
            "DS0745",
            f"{place.what} is one number, or has a lower and an upper bound",
            node.span,
            f"{len(node.items)} of them here",
            advice="write `[2, 5]`, or `[2, inf]` where there is no upper bound",
        )
        return ((node, None),)
    first, second = node.items
    low = _bound(ctx, names, first, place, infinite=both_infinite)
    high = _bound(ctx, names, second, place, infinite=both_infinite or (upper_infinite and not _is_minus(second)))
    _in_order(ctx, first, low, second, high)
    return ((first, low), (second, high))


def _is_minus(node: syntax.Expression) -> bool:
    return bound_value(node, {}) == MINUS_INFINITY


def _bound(ctx: Context, names: Names, node: syntax.Expression, place: Place, *, infinite: bool) -> Exact | None:
    """Check one bound; its value if that is known."""
    if not (infinite and is_infinity(node)):
        require_kind(ctx, names, node, place, "number")
        return exact_value(node, names.values)
    return bound_value(node, names.values)


def _in_order(
    ctx: Context, first: syntax.Expression, low: Exact | None, second: syntax.Expression, high: Exact | None
) -> bool:
    if low is None or high is None or not high < low:
        return True
    ctx.findings.error(
        "DS0740",
        "the lower bound is above the upper bound",
        first.span.to(second.span),
        f"{low} is more than {high}",
        advice="exchange the two",
    )
    return False


def _refuse_circle(ctx: Context, block: syntax.Timing) -> None:
    """Report events that come after each other in a circle, by name."""
    places: dict[str, dict[str, Span]] = {}
    for line in block.lines:
        if isinstance(line, syntax.At):
            here = places.setdefault(line.name.name, {})
            for predecessor in line.after:
                here.setdefault(predecessor.event.name, predecessor.event.span)
    try:
        TopologicalSorter(places).prepare()
    except CycleError as error:
        around: list[str] = error.args[1]
        # The sorter gives the circle with its first name repeated at the end, each before the next; from behind, each
        # comes after the next. It is told from the first `after` in the text.
        behind = around[:0:-1]
        start = min(range(len(behind)), key=lambda index: places[behind[index]][behind[(index + 1) % len(behind)]])
        circle = [*behind[start:], *behind[: start + 1]]
        spans = [places[later][earlier] for later, earlier in pairwise(circle)]
        names = ", ".join(f"`{name}`" for name in circle[:-1])
        ctx.findings.error(
            "DS0741",
            f"these events come after each other in a circle: {names}"
            if len(circle) > 2
            else f"{names} comes after itself",
            spans[0],
            " comes after ".join(f"`{name}`" for name in circle),
            related=tuple(Label(span, "and here") for span in spans[1:4]),
            advice="remove one `after`; events at the same time are said by `given T(a) == T(b)`",
        )


def _warn(ctx: Context, names: Names, block: syntax.Timing) -> None:
    """Warn of what no line uses, and of a block that asks nothing."""
    for name, declared in names.declared.items():
        if declared.what in ("a param", "a clock", "a let") and name not in names.used:
            ctx.findings.warning(
                "DS0748", f"nothing uses `{name}`", declared.span, f"{declared.what} that changes no answer",
                advice="remove it",
            )  # fmt: skip
    if not any(isinstance(line, syntax.Query | syntax.Expect) for line in block.lines):
        ctx.findings.warning(
            "DS0749",
            f"the timing block `{block.name.name}` asks nothing",
            block.name.span,
            "only facts",
            advice="add a line such as `query worst = max …`, or `expect …`",
        )
