"""What must always come at last in a generated protocol? Steps by the definition, all else once more and by force.

Who is owed what is read off the labels here, and every set of states is tried as the set that a run stays in for ever.
This holds for protocols without clocks, whose states are not shifted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from dscheck.model.layout import State, layout_of
from dscheck.model.system import Instance, System
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.step import Transition, initial_states, transitions

Owed = tuple[Any, ...]


class TooLarge(Exception):
    """More states than the test wants to wait for."""


@dataclass
class Known:
    """What can be done in a state.

    Attributes:
        steps: (state after, what is met by it).
        enabled: what is owed in it.
    """

    steps: list[tuple[State, frozenset[Owed]]] = field(default_factory=list)
    enabled: set[Owed] = field(default_factory=set)


def owed(system: System, label: Transition) -> tuple[set[Owed], set[Owed]]:
    """What a label enables, and what it meets. An obligation ends in whether it is strong."""
    rule = system.rules[label.rule]
    values = {binding.name: binding.value for binding in label.bindings}
    fifo = system.settings.get("network.order") == "fifo"
    declared = rule.span.start if rule.span else -1
    match rule.kind:
        case "action" if rule.torn or not rule.fairness:
            return set(), set()
        case "action":
            names = [parameter.name for parameter in rule.parameters]
            strong = rule.fairness == "strong fair"
            found: set[Owed] = {("action", declared, *(values[name] for name in names if name in values), strong)}
            return found, found
        case "timeout":
            found = set() if rule.torn else {("timeout", rule.process, rule.name, values["self"], False)}
            return found, found
        case "arrival" | "discard":
            sender = rule.parameters[1].domain.process  # type: ignore[union-attr]
            place = (sender, values["sender"], rule.process, values["self"], *(() if fifo else (values["message"],)))
            arrival: set[Owed] = {("arrival", *place, False)}
            if rule.torn:
                return set(), arrival
            if rule.kind == "arrival" and rule.fairness == "strong fair":
                arrival |= {("handler", declared, *place, True)}
            return arrival, arrival
        case "loss" if fifo and values["place"] > 0:
            return set(), set()
        case "loss":
            ends = [parameter.domain.process for parameter in rule.parameters[:2]]  # type: ignore[union-attr]
            message = () if fifo else (values["message"],)
            return set(), {("arrival", ends[0], values["sender"], ends[1], values["receiver"], *message, False)}
        case _:
            return set(), set()


def explored(system: System, most: int) -> tuple[list[State], dict[State, Known]]:
    """The initial states, and all that can be reached.

    Raises:
        TooLarge: these are more than `most`.
    """
    starts = initial_states(system)[0]
    known: dict[State, Known] = {}
    waiting = list(starts)
    layout = layout_of(system)
    while waiting:
        state = waiting.pop()
        if state in known:
            continue
        if len(known) == most:
            raise TooLarge
        here = known[state] = Known()
        for label in transitions(system, state, layout):
            enables, meets = owed(system, label)
            here.enabled |= enables
            if label.successor is not None:
                here.steps.append((label.successor, frozenset(meets)))
                waiting.append(label.successor)
    return starts, known


def is_violated(system: System, instance: Instance, starts: list[State], known: dict[State, Known]) -> bool | None:
    """Does some fair run violate it? None when one of its formulas has no value somewhere."""
    try:
        left = {state: bool(evaluate(instance.left, scope_of(system, state))) for state in known}
        right = {state: bool(evaluate(instance.right, scope_of(system, state))) for state in known}
    except StepFailed:
        return None
    begins = starts if instance.initially else known
    waiting = [state for state in begins if left[state] and not right[state]]
    within: set[State] = set()
    while waiting:
        state = waiting.pop()
        if state not in within and not right[state]:
            within.add(state)
            waiting += [after for after, _ in known[state].steps]
    return any(_is_fair(set(chosen), known) for chosen in _subsets(list(within)))


def _subsets(states: list[State]) -> Iterator[tuple[State, ...]]:
    for size in range(1, len(states) + 1):
        yield from combinations(states, size)


def _is_fair(states: set[State], known: dict[State, Known]) -> bool:
    """Can a fair run visit exactly these states for ever? It does best by taking all steps between them."""
    for start in states:
        seen, waiting = {start}, [start]
        while waiting:
            for after, _ in known[waiting.pop()].steps:
                if after in states and after not in seen:
                    seen.add(after)
                    waiting.append(after)
        if seen != states:
            return False
    met = {one for state in states for after, meets in known[state].steps if after in states for one in meets}
    for one in set().union(*(known[state].enabled for state in states)) - met:
        where = [one in known[state].enabled for state in states]
        if one[-1] or all(where):
            return False
    return True
