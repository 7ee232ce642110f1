"""What does a check ask? The properties of a system, sorted by how a search answers them."""

from collections import defaultdict
from typing import Literal as OneOf

from dscheck.domains import Clock
from dscheck.explore.stepper import Formulas
from dscheck.model.expressions import FAILURES, Expression
from dscheck.model.layout import Layout, layout_of
from dscheck.model.system import Obligation, Property, System
from dscheck.record import record
from dscheck.semantics.normalise import clocks_of

DEADLOCK = "deadlock"  # the name of the implicit property that every final state is a right one

PropertyKind = OneOf[
    "invariant",
    "step",
    "reachable",
    "bound",
    "tight",
    "deadlock",
    "failure",
    "assumption",
    "release",
    "progress",
    "eventually",
    "always eventually",
]


@record
class RunQuestion:
    """A bound, or whether it is tight: a question about the weights of runs.

    Attributes:
        property: as the system states it.
        condition: number of its condition in `Formulas.asked`.
        limit: number of its limit in `Formulas.asked`.
        coefficients: one per counter of the system, 0 for those it does not mention.
    """

    property: Property
    condition: int
    limit: int
    coefficients: tuple[int, ...]


@record
class ProgressQuestion:
    """One instance of a property of progress.

    Attributes:
        property: as the system states it.
        kind: of the property.
        instance: which of its instances.
        left: number in `Formulas.asked` of what begins it.
        right: number in `Formulas.asked` of what must come.
        initially: whether `left` is asked of initial states only.
    """

    property: Property
    kind: PropertyKind
    instance: int
    left: int
    right: int
    initially: bool


@record
class Fairness:
    """What a search must know to record who is owed what.

    Attributes:
        obligations: `System.obligations`.
        layout: of the states.
        clocks: whose values stand in states.
    """

    obligations: tuple[Obligation, ...]
    layout: Layout
    clocks: tuple[Clock, ...]


@record
class Questions:
    """Everything asked of one system, with the numbers of the formulas.

    Attributes:
        formulas: what the stepper is given.
        kinds: kind of every property that gets an outcome, by name, in the order to report.
        invariants: name per formula of `Formulas.always`.
        steps: name per formula of `Formulas.steps`.
        final: numbers in `Formulas.asked` of the formulas that final states must satisfy.
        reachable: name to number in `Formulas.asked`.
        antecedents: (property, left side as written) to number in `Formulas.asked`.
        runs: bounds and tightness.
        faults: per rule, whether it is a fault.
        progress: instances of properties of progress.
        fairness: what to record for them; None when there are none.
    """

    formulas: Formulas
    kinds: dict[str, PropertyKind]
    invariants: tuple[str, ...]
    steps: tuple[str, ...]
    final: tuple[int, ...]
    reachable: dict[str, int]
    antecedents: dict[tuple[str, str], int]
    runs: tuple[RunQuestion, ...]
    faults: tuple[bool, ...]
    progress: tuple[ProgressQuestion, ...] = ()
    fairness: Fairness | None = None


def questions_of(system: System) -> Questions:
    """Sort the properties of `system`; the implicit properties of every check come last."""
    asked: dict[Expression, int] = {}  # equal formulas are asked once

    def number(expression: Expression) -> int:
        return asked.setdefault(expression, len(asked))

    kinds: dict[str, PropertyKind] = {}
    grouped: dict[str, list[Property]] = defaultdict(list)
    antecedents: dict[tuple[str, str], int] = {}
    for each in system.properties:
        grouped[each.kind].append(each)
        if each.kind != "final":
            kinds[each.name] = each.kind
        for text, left in each.antecedents:
            antecedents[each.name, text] = number(left)
    reachable = {each.name: number(each.condition) for each in grouped["reachable"]}
    final = tuple(number(each.condition) for each in grouped["final"])
    runs = tuple(
        RunQuestion(each, number(each.condition), number(each.limit), _coefficients(system, each))
        for each in (*grouped["bound"], *grouped["tight"])
        if each.limit is not None
    )
    progress = tuple(
        ProgressQuestion(each, each.kind, place, number(one.left), number(one.right), one.initially)
        for each in system.properties
        if each.kind != "final"
        for place, one in enumerate(each.instances)
    )
    layout = layout_of(system)
    if final:
        kinds[DEADLOCK] = "deadlock"
    for failure in FAILURES:
        kinds.setdefault(failure, "failure")
    always, steps = grouped["invariant"] + grouped["assumption"], grouped["step"] + grouped["release"]
    return Questions(
        formulas=Formulas(
            always=tuple(each.condition for each in always),
            asked=tuple(asked),
            steps=tuple(each.condition for each in steps),
            fair=bool(progress),
        ),
        kinds=kinds,
        invariants=tuple(each.name for each in always),
        steps=tuple(each.name for each in steps),
        final=final,
        reachable=reachable,
        antecedents=antecedents,
        runs=runs,
        faults=tuple(rule.is_fault for rule in system.rules),
        progress=progress,
        fairness=Fairness(system.obligations, layout, clocks_of(layout)) if progress else None,
    )


def _coefficients(system: System, bound: Property) -> tuple[int, ...]:
    given = dict(bound.counters)
    return tuple(given.get(counter, 0) for counter in system.counters)
