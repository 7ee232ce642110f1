"""Are the optima those that an elimination by hand gives? Small random blocks, compared with two methods without z3.

Blocks without clocks are systems of differences: shortest paths (Bellman and Ford) give their extremes. Blocks with a
drifting clock are tried in every order of their events, each a system of linear inequalities that Fourier and Motzkin's
elimination solves.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from timing.blocks import answered, claim

from dscheck.verdict import BlockResult

Delay = tuple[int, int, int, int | None]
"""From an event to another, at least and at most."""


# --- differences -----------------------------------------------------------------------------------


@st.composite
def delays(draw: st.DrawFn, events: int) -> list[Delay]:
    """What some `after` lines of a block say; an event is after earlier ones only."""
    found = []
    for late in range(1, events):
        for early in draw(st.sets(st.integers(0, late - 1), max_size=2)):
            least = draw(st.integers(0, 4))
            most = draw(st.none() | st.integers(least, 6))
            found.append((early, late, least, most))
    return found


def block_with(events: int, after: Sequence[Delay]) -> str:
    """These events."""
    lines = []
    for late in range(events):
        told = [
            f"e{early} by [{least}, {'inf' if most is None else most}]"
            for early, event, least, most in after
            if event == late
        ]
        lines.append(f"at e{late}" + (f" after {', '.join(told)}" if told else ""))
    return "\n".join(lines) + "\n"


def greatest_differences(
    events: int, bounds: Mapping[tuple[int, int], Fraction]
) -> dict[tuple[int, int], Fraction] | None:
    """The greatest `y - x` by `(x, y)`, where `y - x <= bounds[x, y]`; None if there is no solution."""
    best = dict(bounds)
    for event in range(events):
        best[event, event] = min(Fraction(0), best.get((event, event), Fraction(0)))
    for middle in range(events):
        for x in range(events):
            for y in range(events):
                if (x, middle) in best and (middle, y) in best:
                    way = best[x, middle] + best[middle, y]
                    best[x, y] = min(way, best.get((x, y), way))
    return None if any(best[event, event] < 0 for event in range(events)) else best


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_delays_alone_are_shortest_paths(data: st.DataObject) -> None:
    events = data.draw(st.integers(2, 5))
    after = data.draw(delays(events))
    pairs = st.tuples(st.integers(0, events - 1), st.integers(0, events - 1), st.integers(-3, 6))
    givens = data.draw(st.lists(pairs, max_size=3))
    x, y = data.draw(st.integers(0, events - 1)), data.draw(st.integers(0, events - 1))
    bounds: dict[tuple[int, int], Fraction] = {}
    for early, late, least, most in after:
        for pair, bound in (((late, early), -least), ((early, late), most)):
            if bound is not None:
                bounds[pair] = min(Fraction(bound), bounds.get(pair, Fraction(bound)))
    for one, other, limit in givens:
        bounds[one, other] = min(Fraction(limit), bounds.get((one, other), Fraction(limit)))
    expected = greatest_differences(events, bounds)
    text = block_with(events, after)
    text += "".join(f"given T(e{other}) - T(e{one}) <= {limit}\n" for one, other, limit in givens)
    result = answered(text + f"query q = max T(e{y}) - T(e{x})")
    if expected is None:
        assert result.claims[0].kind == "given"
        assert result.met is False
        check_core(text, result)
    else:
        value = claim(result, "q").value
        assert value == (str(expected[x, y]) if (x, y) in expected else "unbounded")


def check_core(text: str, result: BlockResult) -> None:
    """Its lines contradict each other, and no longer if one of them is left out."""
    core = {reason.line for reason in result.claims[0].reasons}
    lines = text.splitlines()

    def contradict(kept: set[int]) -> bool:
        said = [
            line if number in kept else line.partition(" after")[0] if line.startswith("at") else ""
            for number, line in enumerate(lines, start=4)
        ]
        return answered("\n".join(said)).met is False

    assert contradict(core)
    assert not any(contradict(core - {line}) for line in core)


# --- clocks ----------------------------------------------------------------------------------------

Row = dict[str, Fraction]
"""A sum that is at most 0; the constant has the name ``."""


def row(constant: Fraction | int = 0, **factors: Fraction | int) -> Row:
    """A sum."""
    return {"": Fraction(constant), **{name: Fraction(factor) for name, factor in factors.items() if factor}}


def without(rows: list[Row], name: str) -> list[Row]:
    """What `rows` say about the other unknowns: each lower bound of `name` is at most each upper bound."""
    above = [each for each in rows if each.get(name, 0) > 0]
    below = [each for each in rows if each.get(name, 0) < 0]
    left = [each for each in rows if not each.get(name, 0)]
    for one in above:
        for other in below:
            both = {
                key: one.get(key, Fraction(0)) / one[name] - other.get(key, Fraction(0)) / other[name]
                for key in {*one, *other} - {name}
            }
            left.append({key: value for key, value in both.items() if value or not key})
    tightest: dict[tuple[tuple[str, Fraction], ...], Row] = {}
    for each in left:
        size = max((abs(value) for key, value in each.items() if key), default=Fraction(1))
        scaled = {key: value / size for key, value in each.items()}
        key = tuple(sorted((name, value) for name, value in scaled.items() if name))
        if key not in tightest or tightest[key][""] < scaled[""]:
            tightest[key] = scaled
    return list(tightest.values())


def greatest(rows: list[Row], goal: str) -> tuple[bool, Fraction | None]:
    """Is there a solution, and what is the greatest `goal` of one (None: as great as one likes)?"""

    def products(name: str) -> int:
        signs = [each.get(name, 0) for each in rows]
        return sum(sign > 0 for sign in signs) * sum(sign < 0 for sign in signs)

    while names := {name for each in rows for name, factor in each.items() if factor} - {"", goal}:
        rows = without(rows, min(sorted(names), key=products))
    uppers = [-each[""] / each[goal] for each in rows if each.get(goal, 0) > 0]
    if any(each[""] > 0 for each in without(rows, goal)):
        return False, None
    return True, min(uppers, default=None)


def without_start(sum_of: Row, event: int) -> Row:
    """The same where time and clock are 0 at `event`."""
    return {name: factor for name, factor in sum_of.items() if name not in {f"T{event}", f"C{event}"}}


def orders(events: int, after: Sequence[Delay]) -> Iterator[tuple[int, ...]]:
    """The orders in which the events may come."""
    for order in permutations(range(events)):
        place = {event: number for number, event in enumerate(order)}
        if all(place[early] < place[late] for early, late, _, _ in after):
            yield order


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_drifting_clocks_are_tried_in_every_order(data: st.DataObject) -> None:
    events = 3
    after = data.draw(delays(events))
    low = data.draw(st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(11, 10)]))
    high = low + data.draw(st.sampled_from([Fraction(1, 5), Fraction(1, 10)]))
    differences = data.draw(
        st.lists(
            st.tuples(st.sampled_from("CT"), st.sampled_from([(0, 1), (0, 2), (1, 2), (2, 0)]), st.integers(-2, 5)),
            min_size=1,
            max_size=3,
        )
    )
    kind, (one, other) = data.draw(st.sampled_from("CT")), data.draw(st.sampled_from([(0, 1), (1, 2), (2, 1)]))
    facts = []
    for early, late, least, most in after:
        facts.append(row(least, **{f"T{early}": 1, f"T{late}": -1}))
        if most is not None:
            facts.append(row(-most, **{f"T{late}": 1, f"T{early}": -1}))
    for clock, (x, y), limit in differences:
        facts.append(row(-limit, **{f"{clock}{y}": 1, f"{clock}{x}": -1}))
    best: list[Fraction | None] = []
    for order in orders(events, after):
        rows = list(facts)
        for x, y in pairwise(order):
            rows.append(row(**{f"T{x}": 1, f"T{y}": -1}))
            rows.append(row(**{f"T{y}": low, f"T{x}": -low, f"C{y}": -1, f"C{x}": 1}))
            rows.append(row(**{f"T{y}": -high, f"T{x}": high, f"C{y}": 1, f"C{x}": -1}))
        # Both count from the event `one`: where they begin says nothing here, and what is asked is an unknown then.
        possible, value = greatest([without_start(each, one) for each in rows], f"{kind}{other}")
        if possible:
            best.append(value)
    text = f"clock C drift [{low - 1}, {high - 1}]\n" + block_with(events, after)
    text += "".join(f"given {clock}(e{y}) - {clock}(e{x}) <= {limit}\n" for clock, (x, y), limit in differences)
    text += "let all = C(e0) + C(e1) + C(e2)\n"  # all of them count
    result = answered(text + f"query q = max {kind}(e{other}) - {kind}(e{one})")
    if not best:
        assert result.met is False
    else:
        known = [value for value in best if value is not None]
        assert claim(result, "q").value == (str(max(known)) if len(known) == len(best) else "unbounded")
