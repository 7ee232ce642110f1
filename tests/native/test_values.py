"""Does generated C compute what the definition says? Every operator, conversion, loop and collector."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from native.random_values import draw_domain, draw_value, relative
from native.value_cases import Case, Failed, answer, compiled, expected_codes, run_case, text_of
from native.value_plans import CLOCK, Plan, plan

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Id,
    Int,
    List,
    Map,
    Optional,
    Set,
    Stamp,
    Tuple,
    Value,
    Vector,
    contains,
    includes,
)
from dscheck.engines.native.block import Block
from dscheck.engines.native.codec import TooNarrow, encode
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.values import Values
from dscheck.model.expressions import OPERATORS, Apply, Bound, Expression, Literal
from dscheck.semantics.evaluate import elements_of
from dscheck.semantics.operators import MEANINGS, Undefined, map_of

PLANS = 10  # per operator
RUNS = 12  # per plan
BOOL = Bool()


@pytest.fixture(scope="module")
def compiler() -> str:
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        pytest.skip("there is no C compiler")
    return found


def fresh_values(draw: Random, *needed: Domain) -> Values | None:
    """Values of the least widths, or of larger ones if all can be packed then; None when it cannot at all."""
    narrow = Codings(Widths())
    try:
        for domain in needed:
            narrow.of(domain)
        if draw.randrange(2) or not narrow.keys:
            return Values(narrow)
        wide = Codings(Widths({key: 3 if isinstance(key, Stamp | Vector) else 5 for key in narrow.keys}))
        try:
            for domain in needed:
                wide.of(domain)
        except NotPackable:
            return Values(narrow)
        return Values(wide)
    except NotPackable:
        return None


def verdict(cases: list[Case], folder: Path, compiler: str) -> list[str]:
    """What is wrong with cases; those that cannot be packed are left out before."""
    library = compiled(text_of(cases), folder, compiler)
    return [line for number, case in enumerate(cases) for line in run_case(library, number, case)]


# --- operators --------------------------------------------------------------------------------------------


def meaning(expression: Expression, bound: dict[str, Value]) -> Value:
    match expression:
        case Literal(value):
            return value
        case Bound(name):
            return bound[name]
        case Apply(operator, arguments):
            return MEANINGS[operator](expression, *(meaning(argument, bound) for argument in arguments))
        case _:
            raise TypeError(expression)


def bound_of(expression: Expression) -> Iterator[Bound]:
    match expression:
        case Bound():
            yield expression
        case Apply(_, arguments):
            for argument in arguments:
                yield from bound_of(argument)
        case _:
            return


def written(expression: Expression, values: Values, texts: dict[str, str], block: Block) -> str:
    match expression:
        case Literal(value, domain):
            return values.literal(value, domain)
        case Bound(name):
            return texts[name]
        case Apply(_, arguments):
            return values.apply(expression, [written(part, values, texts, block) for part in arguments], block)
        case _:
            raise TypeError(expression)


def operator_case(drawn: Plan, draw: Random) -> Case | None:
    """A plan as a case; None when it cannot be packed or no arguments were found."""
    application = drawn.application
    names = list(bound_of(application))
    values = fresh_values(draw, application.domain, *(bound.domain for bound in names), *drawn.seen_as)
    if values is None:
        return None

    def write(values: Values, texts: list[str], block: Block) -> list[tuple[str, Domain]]:
        named = {bound.name: text for bound, text in zip(names, texts, strict=True)}
        return [(written(application, values, named, block), application.domain)]

    case = Case(f"{application}", values, [bound.domain for bound in names], write)
    for _ in range(RUNS):
        inputs = drawn.arguments(draw)
        if len(inputs) != len(names):
            continue
        try:
            for bound, value in zip(names, inputs, strict=True):
                encode(values.codings, bound.domain, value)
        except TooNarrow:
            continue
        try:
            value = meaning(application, {bound.name: value for bound, value in zip(names, inputs, strict=True)})
            expected = expected_codes(values.codings, [(value, application.domain)])
        except Undefined:
            expected = Failed
        case.runs.append((inputs, expected))
        case.may_overflow.append(any(too_narrow(values, *each) for each in zip(inputs, drawn.seen_as, strict=True)))
    return case if case.runs else None


def too_narrow(values: Values, value: Value, domain: Domain) -> bool:
    try:
        encode(values.codings, domain, value)
    except TooNarrow:
        return True
    except (ValueError, TypeError, StopIteration, IndexError):
        return False  # it is no value of that domain, so it is never seen as one
    return False


def cases_of_operators(seed: int) -> list[Case]:
    """Some cases of each operator."""
    cases: list[Case] = []
    for operator in OPERATORS:

        def drawn(draw: Random, operator: str = operator) -> Case | None:
            return operator_case(plan(operator, draw), draw)

        cases += cases_of(drawn, Random(f"{seed} {operator}"), PLANS)
    return cases


def test_every_operator_means_in_c_what_the_definition_says(tmp_path: Path, compiler: str) -> None:
    cases = cases_of_operators(1)
    operators = {case.label.split("'")[1] for case in cases}
    assert operators == set(OPERATORS)
    wrong = verdict(cases, tmp_path, compiler)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:12])


# --- conversions ------------------------------------------------------------------------------------------


def conversion_case(draw: Random) -> Case | None:
    """Whether values belong to a domain that is a relative of theirs, and what they are in it."""
    source = draw_domain(draw, draw.choice((0, 1, 2, 3)))
    target = relative(draw, source)
    if draw.randrange(10) == 0 and isinstance(source, Optional):
        source = source.inner
    values = fresh_values(draw, source, target)
    if values is None:
        return None

    def write(values: Values, texts: list[str], block: Block) -> None:
        fits = block.keep("word", "fits", values.belongs(texts[0], source, target, block))
        answer(fits, BOOL, values, block)
        with block.braces(f"if ({fits})"):
            answer(values.convert(texts[0], source, target, block), target, values, block)

    case = Case(f"{source} as {target}", values, [source], write)
    for _ in range(RUNS):
        value = draw_value(draw, source, CLOCK)
        if too_narrow(values, value, source):
            continue
        results = [(True, BOOL), (value, target)] if contains(target, value) else [(False, BOOL)]
        case.runs.append(([value], expected_codes(values.codings, results)))
        case.may_overflow.append(False)
    return case if case.runs else None


# --- loops and collectors -----------------------------------------------------------------------------------


def loop_case(draw: Random) -> Case | None:
    """What a loop visits, in which order, and what is gathered in it."""
    element = draw_domain(draw, draw.choice((0, 1, 2, 3)))
    over: Domain = draw.choice(
        (Set(element), List(element, draw.choice((0, 1, 3, None))), Bag(element), Map(element, BOOL))
    )
    distinct, ordered, wider = draw.random() < 0.5, draw.random() < 0.7, relative(draw, element)
    wider = wider if includes(wider, element) else element
    kind = draw.choice(("set", "list", "map"))
    result = {"set": Set(wider), "list": List(wider, None), "map": Map(wider, Int(-1, 2))}[kind]
    values = fresh_values(draw, over, result)
    if values is None:
        return None

    def write(values: Values, texts: list[str], block: Block) -> list[tuple[str, Domain]]:
        collector = values.collector(kind, result, block)
        with values.loop(texts[0], over, "each", block, distinct=distinct, ordered=ordered) as each:
            answer(each, element, values, block)
            if kind == "map":
                collector.add_pair((each, element), ("1", Int(1, 1)))
            else:
                collector.add(each, element)
        return [(collector.text, result)]

    case = Case(f"{kind} over {over} distinct {distinct} ordered {ordered}", values, [over], write)
    for _ in range(RUNS):
        value = draw_value(draw, over, CLOCK)
        if too_narrow(values, value, over):
            continue
        visited = list(elements_of(value, over))
        visited = list(dict.fromkeys(visited)) if distinct else visited
        if not ordered and not isinstance(over, List):
            visited.sort(key=lambda item: encode(values.codings, element, item))
        gathered = {"set": frozenset(visited), "list": tuple(visited), "map": ()}[kind]
        if isinstance(result, Map):
            gathered = map_of(result, [(item, 1) for item in visited])
        answers = [*((item, element) for item in visited), (gathered, result)]
        case.runs.append(([value], expected_codes(values.codings, answers)))
        case.may_overflow.append(False)
    return case if case.runs else None


# Seldom drawn: what the elements of an element have an order of is itself in another order than its codes.
NESTED: list[Domain] = [
    Bag(Set(Id("Node", 3))),
    Set(Tuple((Set(Bool()), Int(0, 100)))),
    Set(Set(Id("Node", 2))),
    Map(Set(Bool()), Int(0, 2)),
    List(Map(Bool(), Bool()), 3),
]


def order_case(draw: Random) -> Case | None:
    """What a loop visits one after the other, where the codes of the elements are in another order."""
    element = draw.choice(NESTED) if draw.randrange(5) == 0 else draw_domain(draw, draw.choice((1, 2, 3)))
    over: Domain = draw.choice((Set(element), Bag(element), Map(element, BOOL)))
    values = fresh_values(draw, over)
    if values is None or values.codings.of(element).ordered:
        return None

    def write(values: Values, texts: list[str], block: Block) -> None:
        with values.loop(texts[0], over, "each", block, distinct=True, ordered=True) as each:
            answer(each, element, values, block)

    case = Case(f"in order over {over}", values, [over], write)
    for _ in range(RUNS):
        value = draw_value(draw, over, CLOCK)
        if too_narrow(values, value, over):
            continue
        visited = dict.fromkeys(elements_of(value, over))
        case.runs.append(([value], expected_codes(values.codings, [(item, element) for item in visited])))
        case.may_overflow.append(False)
    return case if case.runs else None


def tuples_case(draw: Random) -> Case | None:
    """The six comparisons of tuples that are never made."""
    kinds = (Int(0, 3), Int(-2, 1), Id("Node", 3), Stamp())
    left = [draw.choice(kinds) for _ in range(draw.randint(1, 3))]
    right = [
        draw.choice([other for other in kinds if isinstance(other, Stamp) == isinstance(one, Stamp)]) for one in left
    ]
    operator = draw.choice(("==", "!=", "<", "<=", ">", ">="))
    application = Apply(operator, (Bound("left", Tuple(tuple(left))), Bound("right", Tuple(tuple(right)))), BOOL)
    values = fresh_values(draw, *left, *right)
    assert values is not None

    def write(values: Values, texts: list[str], block: Block) -> list[tuple[str, Domain]]:
        parts = list(zip(texts, (*left, *right), strict=True))
        return [(values.compare_tuples(operator, parts[: len(left)], parts[len(left) :], block), BOOL)]

    case = Case(f"{operator} of {left} and {right}", values, [*left, *right], write)
    for _ in range(RUNS):
        inputs = [draw_value(draw, domain, 2) for domain in (*left, *right)]
        value = MEANINGS[operator](application, tuple(inputs[: len(left)]), tuple(inputs[len(left) :]))
        case.runs.append((inputs, expected_codes(values.codings, [(value, BOOL)])))
        case.may_overflow.append(False)
    return case


@pytest.mark.parametrize(
    ("drawn", "count"), [(conversion_case, 80), (loop_case, 80), (order_case, 300), (tuples_case, 80)]
)
def test_values_in_other_domains_and_loops(
    drawn: Callable[[Random], Case | None], count: int, tmp_path: Path, compiler: str
) -> None:
    draw = Random(5)
    cases = cases_of(drawn, draw, count)
    assert len(cases) > 50
    wrong = verdict(cases, tmp_path, compiler)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:12])


def cases_of(drawn: Callable[[Random], Case | None], draw: Random, count: int) -> list[Case]:
    cases: list[Case] = []
    for _ in range(count):
        with suppress(NotPackable, TooNarrow):
            case = drawn(draw)
            if case is not None:
                text_of([case])
                cases.append(case)
    return cases
