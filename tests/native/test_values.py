"""Does generated C compute what the definition says? Every operator, conversion, loop and collector, on drawn domains."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from native.random_values import draw_domain, draw_value, relative
from native.value_cases import Case, Failed, Overflowed, answer, compiled, expected_codes, run_case, text_of
from native.value_plans import CLOCK, Plan, plan

from dscheck.domains import Bag, Bool, Domain, Int, List, Map, Set, Stamp, Tuple, Value, contains, includes
from dscheck.engines.native.block import Block
from dscheck.engines.native.codec import TooNarrow, encode
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.values import Values
from dscheck.model.expressions import OPERATORS, Apply, Bound, Expression, Literal
from dscheck.semantics.evaluate import element_domain, elements_of
from dscheck.semantics.operators import MEANINGS, Undefined, map_of

PLANS = 25  # per operator
RUNS = 12  # per plan
BOOL = Bool()


@pytest.fixture(scope="module")
def compiler() -> str:
    found = shutil.which("gcc") or shutil.which("cc")
    if found is None:
        pytest.skip("there is no C compiler")
    return found


def fresh_values(*needed: Domain) -> Values | None:
    """Values of the least widths, of more if the domains can still be packed then; None when they cannot at all."""
    values = Values(Codings(Widths()))
    try:
        for domain in needed:
            values.ctype(domain)
    except NotPackable:
        return None
    return values


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
    values = fresh_values(application.domain, *(bound.domain for bound in names), *drawn.seen_as)
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
    cases: list[Case] = []
    for operator in OPERATORS:
        draw = Random(f"{seed} {operator}")
        for _ in range(PLANS):
            try:
                case = operator_case(plan(operator, draw), draw)
                if case is not None:
                    text_of([case])
                    cases.append(case)
            except (NotPackable, TooNarrow):
                continue
    return cases


def test_every_operator_means_in_c_what_the_definition_says(tmp_path: Path, compiler: str) -> None:
    cases = cases_of_operators(1)
    operators = {case.label.split("'")[1] for case in cases}
    assert operators == set(OPERATORS)
    wrong = verdict(cases, tmp_path, compiler)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:12])
