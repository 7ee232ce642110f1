"""Does generated C take the steps that the definition takes? State by state, label by label, formula by formula."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from models import HAS_COMPILER, NativeModel, Overflow, compiled, packing_for, wider
from systems import ricart_agrawala
from zoo import ZOO, array

from dscheck.engines.native import emit_formulas, emit_rules
from dscheck.engines.native.coding import NotPackable, Widths
from dscheck.engines.native.emit_model import emit_model
from dscheck.engines.native.packing import Packing
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.questions import questions_of
from dscheck.explore.stepper import Edge, Formulas
from dscheck.language.analysis import read_spec
from dscheck.model.expressions import FAILURES
from dscheck.model.layout import State
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.semantics.evaluate import StepFailed
from dscheck.source import SourceFile

pytestmark = pytest.mark.skipif(not HAS_COMPILER, reason="gcc is not there")

TESTS = Path(__file__).resolve().parents[1]
SPECS = (*sorted((TESTS.parent / "specs").glob("*.dsc")), *sorted((TESTS / "peer_semantics").glob("*.dsc")))
MOST = 60  # states of each system
MOST_WIDENINGS = 8
NUMBERS = {name: number for number, name in enumerate(FAILURES)}

HAND_BUILT: dict[str, System] = {
    **{name: each for name, each in ZOO.items() if ReferenceStepper(each, Formulas()).initial()[0]},
    "Ricart-Agrawala": ricart_agrawala(2, 2),
    "Ricart-Agrawala without tie break": ricart_agrawala(2, tie_break=False),
    "more processes than are unrolled": array(9),
}


@cache
def specs() -> dict[str, System]:
    """The system of every check of every spec, by file and check; not those whose states cannot be packed."""
    found: dict[str, System] = {}
    for path in SPECS:
        checked = read_spec(SourceFile.read(path))
        for plan in plans_of(checked, {}):
            found[f"{path.parent.name}/{path.stem} {plan.name}"] = lower(checked, plan.configuration)
    return found


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


def explored(system: System, most: int = MOST) -> Explored:
    formulas = questions_of(system).formulas
    stepper = ReferenceStepper(system, formulas)
    found = Explored(system, formulas, stepper)
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
    for number in range(len(expected.formulas.steps)):
        answers = {outcome(lambda: expected.stepper.step_holds(number, state, raw)) for raw, _ in raws}  # noqa: B023
        assert (found.steps_false >> number & 1) == (False in answers)
        failed = {f"failed {1 << kind}" for kind, bits in enumerate(found.steps_failed) if bits >> number & 1}
        assert failed == answers - {True, False}


def same_answers(expected: Explored, model: NativeModel, state: State) -> None:
    stepper, formulas = expected.stepper, expected.formulas
    always = [outcome(lambda: stepper.always(number, state)) for number in range(len(formulas.always))]  # noqa: B023
    assert [model.always(number, state) for number in range(len(formulas.always))] == always
    assert model.violations(state) == any(each is not True for each in always)
    asked = [outcome(lambda: stepper.answer(number, state)) for number in range(len(formulas.asked))]  # noqa: B023
    assert [model.answer(number, state) for number in range(len(formulas.asked))] == asked


def compare(expected: Explored, model: NativeModel) -> None:
    for number, state in enumerate(expected.labels):
        same_labels(expected, model, state, counted=number % 3 > 0)
        same_answers(expected, model, state)
    assert bytes(model.branches)[: 2 * len(expected.system.branches)] == expected.stepper.branches_taken()


# --- what is compared --------------------------------------------------------------------------------


def compare_all(systems: dict[str, System], most: int = MOST) -> dict[str, str]:
    """Compare all systems with models of them; what went wrong, by name.

    All are compiled together. Those whose widths were too small are widened and compiled together again.
    """
    explorations = {name: explored(system, most) for name, system in systems.items()}
    widths = {name: Widths() for name in systems}
    problems: dict[str, str] = {}
    for _ in range(MOST_WIDENINGS):
        wanted: dict[str, tuple[System, Formulas, Packing]] = {}
        for name in widths:
            each = explorations[name]
            try:
                packing = packing_for(each.system, each.stepper, each.labels, widths[name])
                emit_model(each.system, each.formulas, packing)
            except NotPackable as reason:
                problems[name] = f"not packable: {reason}"
            else:
                wanted[name] = (each.system, each.formulas, packing)
        widths = {}
        with TemporaryDirectory() as folder:
            models = compiled(wanted, Path(folder))
        for name, model in models.items():
            try:
                compare(explorations[name], model)
            except Overflow as overflow:
                widths[name] = wider(model.packing, overflow.args[0])
            except AssertionError as difference:
                problems[name] = f"{difference}"[:2000] or "differs"
        if not widths:
            return problems
    return {**problems, **dict.fromkeys(widths, "needs wider and wider widths")}


UNPACKABLE = {"peer_semantics/bully everything": "not packable: `queue` cannot be packed: a map takes"}


def assert_all_agree(systems: dict[str, System]) -> None:
    problems = compare_all(systems)
    unpackable = {name: text for name, text in UNPACKABLE.items() if name in systems}
    assert {name: problems.pop(name, "")[: len(text)] for name, text in unpackable.items()} == unpackable
    assert problems == {}


def test_hand_built_systems_have_the_labels_of_the_reference() -> None:
    assert_all_agree(HAND_BUILT)


def test_specs_have_the_labels_of_the_reference() -> None:
    assert_all_agree(specs())


def test_loops_have_the_labels_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit_rules, "MOST_STATEMENTS", 0)
    monkeypatch.setattr(emit_formulas, "MOST_CHARACTERS", 0)
    assert_all_agree(HAND_BUILT)
    assert_all_agree(specs())
