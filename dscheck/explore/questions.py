"""What does a check ask? The properties of a system, sorted by how a search answers them."""

from collections import defaultdict
from typing import Literal as OneOf

from dscheck.explore.stepper import Formulas
from dscheck.model.expressions import FAILURES, Expression
from dscheck.model.system import Property, System
from dscheck.record import record

DEADLOCK = "deadlock"  # the name of the implicit property that every final state is a right one

PropertyKind = OneOf["invariant", "step", "reachable", "bound", "tight", "deadlock", "failure", "assumption", "release"]


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
        ),
        kinds=kinds,
        invariants=tuple(each.name for each in always),
        steps=tuple(each.name for each in steps),
        final=final,
        reachable=reachable,
        antecedents=antecedents,
        runs=runs,
        faults=tuple(rule.is_fault for rule in system.rules),
    )


def _coefficients(system: System, bound: Property) -> tuple[int, ...]:
    given = dict(bound.counters)
    return tuple(given.get(counter, 0) for counter in system.counters)
