"""Is an expression of a timing block a number or a truth value, and may everything in it stand there?"""

from typing import Literal, assert_never

from dscheck.language import syntax
from dscheck.language.exact_numbers import ZERO, exact_value, is_infinity
from dscheck.language.findings import did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.timing_names import REAL_TIME, Kind, Names, What
from dscheck.language.traversal import walk
from dscheck.record import record

FUNCTIONS = ("min", "max", "abs")
WORDS = {"number": "a number", "truth": "true or false"}


@record
class Place:
    """Which line an expression belongs to.

    Attributes:
        kind: what it may speak of: numbers known beforehand, or also events, or also the answers of queries.
        what: the line in words: `a delay`.
    """

    kind: Literal["constant", "events", "query", "expect"]
    what: str


def require_kind(ctx: Context, names: Names, node: syntax.Expression, place: Place, wanted: Kind) -> None:
    """Check `node`, and report when it is not of the kind that its place wants."""
    found = infer_kind(ctx, names, node, place)
    if "unknown" in (found, wanted) or found == wanted:
        return
    help_line = (
        "compare it, as in `… <= 5`" if wanted == "truth" else "write a number, a param or a difference of times"
    )
    needed = "a condition" if wanted == "truth" else "a number"
    ctx.findings.error(
        "DS0735",
        f"{place.what} needs {needed}, and `{ctx.text(node)}` is {WORDS[found]}",
        node.span,
        f"this is {WORDS[found]}",
        advice=help_line,
    )


def infer_kind(ctx: Context, names: Names, node: syntax.Expression, place: Place) -> Kind:
    """Whether `node` is a number or a truth value; what may not stand there is reported."""
    match node:
        case syntax.Number() | syntax.Decimal():
            return "number"
        case syntax.Name("true" | "false"):
            return "truth"
        case syntax.Name():
            return _name(ctx, names, node, place)
        case syntax.Call():
            return _call(ctx, names, node, place)
        case syntax.Unary(operator, operand):
            kind: Kind = "truth" if operator == "not" else "number"
            _operand(ctx, names, operand, place, kind, operator)
            return kind
        case syntax.Binary("and" | "or" | "implies" | "iff", left, right):
            for operand in (left, right):
                _operand(ctx, names, operand, place, "truth", node.operator)
            return "truth"
        case syntax.Binary("+" | "-" | "*" | "/", left, right):
            for operand in (left, right):
                _operand(ctx, names, operand, place, "number", node.operator)
            if node.operator == "/":
                _check_divisor(ctx, names, right)
            return "number"
        case syntax.Comparison():
            return _comparison(ctx, names, node, place)
        case syntax.IfElse(then, condition, otherwise):
            _operand(ctx, names, condition, place, "truth", "if")
            one, other = infer_kind(ctx, names, then, place), infer_kind(ctx, names, otherwise, place)
            if "unknown" not in (one, other) and one != other:
                _report_mixture(ctx, node, "the two sides of `if … else`")
                return "unknown"
            return one if other == "unknown" else other
        case (
            syntax.Binary() | syntax.EventOrder() | syntax.EventQuantifier() | syntax.Quantifier() | syntax.SetOf()
            | syntax.MapOf() | syntax.ListOf() | syntax.TupleOf() | syntax.Comprehension() | syntax.MapComprehension()
            | syntax.Count() | syntax.Aggregate() | syntax.Asked() | syntax.Text() | syntax.Attribute() | syntax.Index()
        ):  # fmt: skip
            _report_foreign(ctx, node)
            return "unknown"
        case _:
            assert_never(node)


def speaks_of_events(names: Names, node: syntax.Expression) -> bool:
    """Whether the value of `node` depends on the schedule."""
    return any(
        (isinstance(each, syntax.Call) and each.function.name not in FUNCTIONS)
        or (isinstance(each, syntax.Name) and each.name in names.eventful)
        for each in walk(node)
    )


def _operand(ctx: Context, names: Names, node: syntax.Expression, place: Place, wanted: Kind, operator: str) -> None:
    found = infer_kind(ctx, names, node, place)
    if "unknown" not in (found, wanted) and found != wanted:
        joins = "conditions" if wanted == "truth" else "numbers"
        ctx.findings.error(
            "DS0735",
            f"`{operator}` takes {joins}, and `{ctx.text(node)}` is {WORDS[found]}",
            node.span,
            f"this is {WORDS[found]}",
        )


def _comparison(ctx: Context, names: Names, node: syntax.Comparison, place: Place) -> Kind:
    asks_a_query = place.kind == "expect" and any(
        isinstance(each, syntax.Name) and names.what(each.name) == "a query" for each in walk(node.operands)
    )
    kinds = {
        "number" if asks_a_query and is_infinity(operand) else infer_kind(ctx, names, operand, place)
        for operand in node.operands
    } - {"unknown"}
    if len(kinds) > 1:
        _report_mixture(ctx, node, "the two sides of a comparison")
    elif kinds == {"truth"} and not set(node.operators) <= {"==", "!="}:
        ctx.findings.error(
            "DS0735",
            f"`{node.operators[0]}` compares numbers, and these are conditions",
            node.span,
            "conditions have no order",
            advice="join conditions by `and`, `or`, `implies` or `iff`",
        )
    return "truth"


def _name(ctx: Context, names: Names, node: syntax.Name, place: Place) -> Kind:
    name = node.name
    names.used.add(name)
    what = names.what(name)
    match what:
        case "an event" | "a clock":
            _report_bare(ctx, names, node, what)
            return "unknown"
        case "a param" | "a let" | "a query":
            return _defined(ctx, names, node, place, what)
        case "a given" | None:
            pass
    if what is None and name in names.constants:
        ctx.usage.read.add(("", name))
        return names.constants[name]
    if name == "inf":
        ctx.findings.error(
            "DS0743",
            "`inf` is no number to calculate with",
            node.span,
            "it stands for a bound that is none",
            advice="say it as a bound of a delay or an offset, or compare it with the answer of a query: "
            "`expect worst == inf`",
        )
    elif name == REAL_TIME:
        _report_bare(ctx, names, node, "a clock")
    else:
        names.unknown(name, node.span, _candidates(names, place), "no")
    return "unknown"


def _candidates(names: Names, place: Place) -> list[str]:
    whats: list[What] = ["a param", "a let"]
    if place.kind in ("query", "expect"):
        whats.append("a query")
    return [*names.are(*whats), *names.are("an event"), *(n for n, kind in names.constants.items() if kind == "number")]


def _defined(ctx: Context, names: Names, node: syntax.Name, place: Place, what: What) -> Kind:
    """A param, a let or a query."""
    name = node.name
    if what == "a query" and place.kind in ("constant", "events"):
        ctx.findings.error(
            "DS0737",
            f"{place.what} cannot use the query `{name}`",
            node.span,
            "its answer is known only when the facts are complete",
            related=names.declaration(name),
            advice="use it in `expect`, or in a later query",
        )
        return "unknown"
    if name not in names.ready:
        ctx.findings.error(
            "DS0736",
            f"`{name}` is used before it is declared",
            node.span,
            "not known yet",
            related=names.declaration(name),
            advice="a block is read from the top down: move the declaration above this line",
        )
        return "unknown"
    if place.kind == "constant" and name in names.eventful:
        _report_eventful(ctx, node, place)
        return "unknown"
    if name in names.sets:
        ctx.findings.error(
            "DS0742",
            f"the answer of `{name}` is a set of values",
            node.span,
            "no number and no condition",
            related=names.declaration(name),
            advice="leave out `for` to ask for the value that the param has, and expect something of that",
        )
        return "unknown"
    return names.kinds.get(name, "number")


def _call(ctx: Context, names: Names, node: syntax.Call, place: Place) -> Kind:
    name = node.function.name
    if name in FUNCTIONS:
        for argument in node.arguments:
            _operand(ctx, names, argument, place, "number", name)
        if not node.arguments or (name == "abs" and len(node.arguments) > 1):
            ctx.findings.error(
                "DS0747",
                f"`{name}` takes {'one number' if name == 'abs' else 'numbers'}",
                node.span,
                "",
                advice=f"write `{name}(x)`" if name == "abs" else f"write `{name}(x, y)`",
            )
        return "number"
    names.used.add(name)
    if name != REAL_TIME and names.what(name) != "a clock":
        _report_no_clock(ctx, names, node)
        return "unknown"
    if place.kind == "constant":
        _report_eventful(ctx, node, place)
        return "unknown"
    if len(node.arguments) != 1:
        ctx.findings.error("DS0733", f"`{name}` is asked for one event", node.span, advice=f"write `{name}(event)`")
        return "number"
    (event,) = node.arguments
    if not isinstance(event, syntax.Name):
        ctx.findings.error(
            "DS0733",
            f"`{name}` is asked for something that is no event",
            event.span,
            "not an event",
            advice=f"write the difference outside: `{name}(e) + 5`",
        )
    elif names.what(event.name) != "an event":
        if names.what(event.name) is None and event.name not in names.constants:
            names.unknown(event.name, event.span, names.are("an event"), "no event")
        else:
            label, fix = did_you_mean(event.name, event.span, names.are("an event"))
            ctx.findings.error(
                "DS0733",
                f"`{name}` is asked for `{event.name}`, which is no event",
                event.span,
                label or "not an event",
                related=names.declaration(event.name),
                advice=f"declare an event by `at`, as in `at done`, and write `{name}(done)`",
                fix=fix,
            )
    return "number"


def _report_no_clock(ctx: Context, names: Names, node: syntax.Call) -> None:
    name = node.function.name
    known = names.what(name)
    if known is None:
        label, fix = did_you_mean(name, node.function.span, [REAL_TIME, *names.are("a clock"), *FUNCTIONS])
        ctx.findings.error(
            "DS0747",
            f"this timing block has no clock or function `{name}`",
            node.function.span,
            label or "not declared",
            advice=""
            if fix
            else f"declare it by `clock {name} perfect`, or write `T(e)` for the real time of an event",
            fix=fix,
        )
        return
    ctx.findings.error(
        "DS0747",
        f"`{name}` is {known} and cannot be called",
        node.function.span,
        "no clock",
        related=names.declaration(name),
        advice="only clocks, `T`, `min`, `max` and `abs` stand before parentheses; multiply by `*`",
    )


def _report_bare(ctx: Context, names: Names, node: syntax.Name, what: What) -> None:
    name = node.name
    if what == "an event":
        clocks = [REAL_TIME, *names.are("a clock")]
        advice = f"write `{clocks[0]}({name})` for its real time" + (
            f", or `{clocks[1]}({name})` for what the clock {clocks[1]} shows then" if len(clocks) > 1 else ""
        )
        ctx.findings.error(
            "DS0734", f"`{name}` is an event, and no time", node.span, "a number is needed here",
            related=names.declaration(name), advice=advice,
        )  # fmt: skip
        return
    events = names.are("an event")
    ctx.findings.error(
        "DS0734",
        f"`{name}` is a clock, and no time",
        node.span,
        "a number is needed here",
        related=names.declaration(name),
        advice=f"say when it is read: `{name}({events[0] if events else 'event'})`",
    )


def _report_eventful(ctx: Context, node: syntax.Expression, place: Place) -> None:
    ctx.findings.error(
        "DS0738",
        f"{place.what} cannot depend on when an event happens",
        node.span,
        "this depends on the schedule",
        advice="write numbers, params and constants here, and say the rest in a `given`",
    )


def _report_mixture(ctx: Context, node: syntax.Expression, what: str) -> None:
    ctx.findings.error("DS0735", f"{what} are a number and a condition", node.span, "these do not go together")


def _check_divisor(ctx: Context, names: Names, divisor: syntax.Expression) -> None:
    if speaks_of_events(names, divisor):
        ctx.findings.error(
            "DS0746",
            f"divides by `{ctx.text(divisor)}`, which depends on the schedule",
            divisor.span,
            "not known beforehand",
            advice="multiply the other side of the comparison instead",
        )
    elif exact_value(divisor, names.values) == ZERO:
        ctx.findings.error("DS0746", "divides by zero", divisor.span, f"`{ctx.text(divisor)}` is 0")


def _report_foreign(ctx: Context, node: syntax.Expression) -> None:
    """Something that protocols or schedules have, and timing blocks have not."""
    match node:
        case syntax.EventOrder("->"):
            what, advice = "`->`", "compare times: `T(a) < T(b)`"
        case syntax.EventOrder():
            what, advice = "`||`", "`or` joins conditions; whether events are concurrent is a question for a `schedule`"
        case syntax.EventQuantifier() | syntax.Quantifier():
            what, advice = (
                f"`{node.kind}`",
                "write one line for each event; `always` and `possible` speak of all schedules",
            )
        case syntax.Asked():
            what, advice = "`?`", "ask by `query worst = max …`, which tells the value"
        case syntax.ListOf():
            what, advice = "an interval", "compare with both ends: `low <= x <= high`"
        case syntax.Binary("in" | "not in"):
            what, advice = f"`{node.operator}`", "compare with both ends: `low <= x <= high`"
        case syntax.Binary():
            what, advice = f"`{node.operator}`", "numbers are exact here: `/` divides without a remainder"
        case syntax.Attribute():
            what, advice = (
                "an attribute",
                "the variables of a process have no place in real time; name what you need as a param",
            )
        case syntax.Text():
            what, advice = "a text", "a fact gets a name in front: `given measured: …`"
        case _:
            what, advice = "a collection", "give each event and each number a name of its own"
    ctx.findings.error("DS0744", f"{what} has no place in a timing block", node.span, advice=advice)
