"""Does generated C take the steps that the definition takes? State by state, label by label, formula by formula.

The reference engine stands for the definition; other tests compare those two.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from native.expansions import HAS_COMPILER, NativeModel, Overflow, compiled, packing_for, symbol_of, wider
from systems import BOOL, FALSE, TRUE, apply, equal, ids, less, number, ricart_agrawala, system
from zoo import (
    CHOSEN,
    NODE,
    PAIR_OF_NUMBERS,
    SMALL,
    UP_TO_3,
    ZOO,
    A,
    P,
    X,
    Y,
    add,
    array,
    choose,
    next_number,
    numbers,
    one,
    put,
    rule,
    wrap,
)

from dscheck.domains import Bag, Domain, Int, List, Map, Set
from dscheck.engines.native import emit_formulas, emit_rules, slots
from dscheck.engines.native.coding import NotPackable, Widths
from dscheck.engines.native.emit_model import emit_model
from dscheck.engines.native.packing import Packing
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.questions import questions_of
from dscheck.explore.stepper import Edge, Formulas
from dscheck.language.analysis import read_spec
from dscheck.model.expressions import FAILURES, Bound, Expression, Literal, Read
from dscheck.model.layout import State
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import ForEach, If, LetIn, Require, System, Variable
from dscheck.semantics.evaluate import StepFailed
from dscheck.source import SourceFile

needs_compiler = pytest.mark.skipif(not HAS_COMPILER, reason="gcc is not there")

TESTS = Path(__file__).resolve().parents[1]
SPECS = (*sorted((TESTS.parent / "specs").glob("*.dsc")), *sorted((TESTS / "peer_semantics").glob("*.dsc")))
MOST, MOST_OF_SPECS = 100, 20  # states that are compared
MOST_WIDENINGS = 8
NUMBERS = {name: number for number, name in enumerate(FAILURES)}

BAG = Bag(SMALL)
IN_BAG = Read("bag", (), BAG)
MAP = Map(SMALL, SMALL)
IN_MAP = Read("map", (), MAP)
MORE = choose("y", PAIR_OF_NUMBERS, put("a", wrap(add(add(A, X), Y))))


def over_a_list() -> System:
    """A choice for each item of a list."""
    items = List(SMALL, 3)
    listed = Read("listed", (), items)
    grown = apply("concatenate", items, listed, apply("list", items, A))
    grow = rule((put("listed", grown),), less(apply("length", Int(0, 3), listed), number(2)), name="grow")
    variables = (Variable("a", (), SMALL), Variable("listed", (), items))
    initial = (put("a", number(1)), put("listed", Literal((), items)))
    return system(variables, (rule((ForEach("x", listed, (MORE,)),), name="mix"), grow), initial)


MORE_CHOSEN = put("chosen", apply("union", Set(SMALL), CHOSEN, one(wrap(add(X, number(1))))))

# Ways that split inside loops, over every kind of collection; values that have to outlive what they were read from.
MIXED: dict[str, System] = {
    "what is bound in a branch stays as it was": numbers(
        rule(
            (
                If(
                    less(A, number(3)),
                    (
                        next_number(),
                        LetIn("x", A, (next_number(), put("b", X))),
                        put("chosen", one(A)),
                        ForEach("x", CHOSEN, (MORE_CHOSEN, MORE_CHOSEN)),
                    ),
                    (put("a", number(0)),),
                ),
            )
        ),
    ),
    "choices in a loop over a set": numbers(
        rule((ForEach("x", CHOSEN, (Require(less(X, number(3))), MORE, put("b", X))),)),
        rule((put("chosen", apply("union", Set(SMALL), CHOSEN, one(A))),), name="grow"),
        rule((next_number(),), name="go"),
    ),
    "choices in a loop over a list": over_a_list(),
    "choices in a loop over a bag and a map": system(
        (Variable("a", (), SMALL), Variable("bag", (), BAG), Variable("map", (), MAP)),
        (
            rule((ForEach("x", IN_BAG, (MORE,)), ForEach("x", IN_MAP, (If(less(X, A), (MORE,), ()),))), name="mix"),
            rule((put("bag", apply("add", BAG, IN_BAG, A)),), less(apply("length", SMALL, IN_BAG), number(3))),
            rule((put("map", apply("put", MAP, IN_MAP, A, A)),), less(apply("length", SMALL, IN_MAP), number(2))),
        ),
        (put("a", number(1)), put("bag", Literal((), BAG)), put("map", Literal((), MAP))),
    ),
}


MEMBERS = Bound("x", Set(SMALL))
SETS, BAG_OF_SETS, MAP_OF_SETS = Set(Set(SMALL)), Bag(Set(SMALL)), Map(Set(SMALL), SMALL)


def over_sets_in_order(whole: Domain, grown: Expression) -> System:
    """A choice for each set in a collection, whose codes are in another order than the sets."""
    held = Read("held", (), whole)
    mixed = add(add(A, A), add(apply("length", SMALL, MEMBERS), Y))
    some = Literal(frozenset(map(frozenset, ({1}, {0, 2}, {0, 1, 2}, {3}))), Set(Set(SMALL)))
    chosen = choose("x", some, put("held", grown))
    return system(
        (Variable("a", (), SMALL), Variable("held", (), whole)),
        (
            rule((ForEach("x", held, (choose("y", PAIR_OF_NUMBERS, put("a", wrap(mixed))),)),), name="mix"),
            rule((ForEach("x", held, (put("a", wrap(add(add(A, A), apply("length", SMALL, MEMBERS)))),)),), name="go"),
            rule((chosen,), less(apply("length", SMALL, held), number(3)), name="grow"),
        ),
        (put("a", number(1)), put("held", Literal(frozenset() if isinstance(whole, Set) else (), whole))),
    )


IN_ORDER: dict[str, System] = {
    "a set of sets in order": over_sets_in_order(
        SETS, apply("union", SETS, Read("held", (), SETS), apply("set", SETS, MEMBERS))
    ),
    "a bag of sets in order": over_sets_in_order(
        BAG_OF_SETS, apply("add", BAG_OF_SETS, Read("held", (), BAG_OF_SETS), MEMBERS)
    ),
    "a map of sets in order": over_sets_in_order(
        MAP_OF_SETS, apply("put", MAP_OF_SETS, Read("held", (), MAP_OF_SETS), MEMBERS, A)
    ),
}

NODES = Literal(frozenset({0, 2}), Set(NODE))
# Where each choice is written out as a copy, it shows that `b` and the flag in the middle are never written.
NEVER_WRITTEN = system(
    (Variable("a", (), SMALL), Variable("b", (), SMALL), Variable("flag", (NODE,), BOOL)),
    (
        rule((choose("x", PAIR_OF_NUMBERS, next_number(), If(equal(X, number(3)), (put("b", X),), ())),)),
        rule((choose("p", NODES, choose("x", UP_TO_3, put("a", X), put("flag", TRUE, P))),), name="raise"),
    ),
    (put("a", number(0)), put("b", number(1)), ForEach("p", ids(NODE), (put("flag", FALSE, P),))),
)

HAND_BUILT: dict[str, System] = {
    **ZOO,
    **MIXED,
    **IN_ORDER,
    "Ricart-Agrawala": ricart_agrawala(2, 2),
    "Ricart-Agrawala without tie break": ricart_agrawala(2, tie_break=False),
    "more processes than are unrolled": array(9),
    "writes that only loops seem to have": NEVER_WRITTEN,
}


@cache
def systems_of(path: Path) -> dict[str, System]:
    """The system of every check of a spec, by file and check."""
    checked = read_spec(SourceFile.read(path))
    return {
        f"{path.parent.name}/{path.stem} {plan.name}": lower(checked, plan.configuration)
        for plan in plans_of(checked, {})
    }


def every_check() -> dict[str, System]:
    return {name: system for path in SPECS for name, system in systems_of(path).items()}


def one_check_per_spec() -> dict[str, System]:
    """The first check of each spec; some have questions of another kind only, and none."""
    return dict(next(iter(systems.items())) for systems in map(systems_of, SPECS) if systems)


def every_third_spec() -> dict[str, System]:
    return dict([*one_check_per_spec().items()][::3])


# --- what is right -----------------------------------------------------------------------------------


@dataclass
class Explored:
    """Some states of a system, as the reference engine finds them.

    Attributes:
        labels: of each state, in the order in which states were found.
        normal: the canonical form of each raw successor.
    """

    system: System
    formulas: Formulas
    stepper: ReferenceStepper
    labels: dict[State, list[Edge]] = field(default_factory=dict)
    normal: dict[State, State] = field(default_factory=dict)


def explored(of: System, most: int) -> Explored:
    formulas = questions_of(of).formulas
    stepper = ReferenceStepper(of, formulas)
    found = Explored(of, formulas, stepper)
    waiting = list(stepper.initial()[0])
    known = set(waiting)
    for state in waiting:
        found.labels[state] = stepper.edges(state)
        for _, raw, _, _ in found.labels[state]:
            if raw is None:
                continue
            normal = found.normal[raw] = stepper.normalise(raw)
            if normal not in known and len(known) < most:
                known.add(normal)
                waiting.append(normal)
    return found


def outcome(ask: Callable[[], object]) -> object:
    """A value, or how a failure is written down."""
    try:
        return ask()
    except StepFailed as stopped:
        return f"failed {1 << NUMBERS[stopped.failed.failure.property]}"


def same_labels(expected: Explored, model: NativeModel, state: State, *, counted: bool) -> None:
    system, edges = expected.system, expected.labels[state]
    found = model.expand(state, counted=counted)
    raws = [(raw, weights if counted else None) for _, raw, weights, _ in edges if raw is not None]
    assert Counter(found.successors) == Counter((expected.normal[raw], weights) for raw, weights in raws)
    failures = [failed.failure.property for _, _, _, failed in edges if failed is not None]
    assert found.failures == sum({1 << NUMBERS[name] for name in failures})
    assert found.labels == len(edges)
    assert found.progress == any(not system.rules[rule].is_fault for rule, _, _, _ in edges)
    fired = Counter(rule for rule, _, _, _ in edges)
    assert found.fired == tuple(fired[rule] for rule in range(len(system.rules)))
    for place in range(len(expected.formulas.steps)):
        answers = {outcome(lambda: expected.stepper.step_holds(place, state, raw)) for raw, _ in raws}  # noqa: B023
        assert (found.steps_false >> place & 1) == (False in answers)
        failed = {f"failed {1 << kind}" for kind, bits in enumerate(found.steps_failed) if bits >> place & 1}
        assert failed == answers - {True, False}


def same_answers(expected: Explored, model: NativeModel, state: State) -> None:
    stepper, formulas = expected.stepper, expected.formulas
    always = [outcome(lambda: stepper.always(place, state)) for place in range(len(formulas.always))]  # noqa: B023
    assert [model.always(place, state) for place in range(len(formulas.always))] == always
    assert model.violations(state) == any(each is not True for each in always)
    asked = [outcome(lambda: stepper.answer(place, state)) for place in range(len(formulas.asked))]  # noqa: B023
    assert [model.answer(place, state) for place in range(len(formulas.asked))] == asked


def compare(expected: Explored, model: NativeModel) -> None:
    for place, state in enumerate(expected.labels):
        same_labels(expected, model, state, counted=place % 3 > 0)
        same_answers(expected, model, state)
    assert bytes(model.branches)[: 2 * len(expected.system.branches)] == expected.stepper.branches_taken()


# --- the comparison ----------------------------------------------------------------------------------


def differences(systems: dict[str, System], most: int) -> dict[str, str]:
    """What goes wrong when systems are compared with models of them, by name.

    All are compiled together. Those whose widths were too small are widened and compiled together again.
    """
    explorations = {name: explored(system, most) for name, system in systems.items()}
    widths = {name: Widths() for name, exploration in explorations.items() if exploration.labels}
    problems: dict[str, str] = {}
    for _ in range(MOST_WIDENINGS):
        wanted: dict[str, tuple[str, Packing]] = {}
        for name in widths:
            try:
                wanted[name] = emitted(explorations[name], widths[name], symbol_of(len(wanted)))
            except NotPackable as reason:
                problems[name] = str(reason)
        with TemporaryDirectory() as folder:
            models = compiled(wanted, Path(folder))
        widths = {}
        for name, model in models.items():
            try:
                compare(explorations[name], model)
            except Overflow as overflow:
                widths[name] = wider(model.packing, overflow.args[0])
            except AssertionError as difference:
                problems[name] = str(difference)[:2000] or "differs"
        if not widths:
            return problems
    return {**problems, **dict.fromkeys(widths, "needs wider and wider widths")}


def emitted(expected: Explored, widths: Widths, symbol: str) -> tuple[str, Packing]:
    packing = packing_for(expected.system, expected.stepper, expected.labels, widths)
    return emit_model(expected.system, expected.formulas, packing, symbol), packing


def text_of(system: System) -> str:
    return emitted(explored(system, 20), Widths(), "dscheck_model")[0]


@needs_compiler
def test_hand_built_systems_have_the_labels_of_the_reference() -> None:
    assert differences(HAND_BUILT, MOST) == {}


@needs_compiler
def test_specs_have_the_labels_of_the_reference() -> None:
    assert differences(every_third_spec(), MOST_OF_SPECS) == {}


@needs_compiler
@pytest.mark.slow
def test_every_check_has_the_labels_of_the_reference() -> None:
    assert differences(every_check(), MOST_OF_SPECS) == {}


def loops_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit_rules, "MOST_STATEMENTS", 0)
    monkeypatch.setattr(emit_formulas, "MOST_CHARACTERS", 0)


@needs_compiler
def test_loops_have_the_labels_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    loops_everywhere(monkeypatch)
    assert differences({**HAND_BUILT, **every_third_spec()}, MOST_OF_SPECS) == {}


@needs_compiler
@pytest.mark.slow
def test_loops_of_all_specs_have_the_labels_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    loops_everywhere(monkeypatch)
    assert differences(one_check_per_spec(), MOST_OF_SPECS) == {}


@needs_compiler
def test_choices_in_loops_have_the_labels_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process does is written out as copies, and what it may choose in loops: that is shorter here."""
    monkeypatch.setattr(emit_rules, "MOST_STATEMENTS", 20)
    monkeypatch.setattr(emit_rules, "_MOST_LOOPED", 0)
    assert differences({"writes that only loops seem to have": NEVER_WRITTEN}, MOST) == {}


def test_a_loop_with_too_many_rounds_of_choices_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "UNROLL_AT_MOST", 1)
    with pytest.raises(NotPackable, match="the rule `mix` makes a choice inside a loop that may have very many rounds"):
        text_of(MIXED["choices in a loop over a list"])
