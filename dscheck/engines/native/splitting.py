"""Which maps are too wide for one code, and how are they split? Each of their entries becomes a variable of its own.

A map with few possible keys takes the bits of all its entries together, more than one code may have when the images
are maps again. Split, it takes no more, and a step touches only the entries that it reads and writes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from math import prod

from dscheck.domains import Map, Value
from dscheck.engines.effect_shapes import requires
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.splitting_places import MOST_KEYS, PRESENCE, Division, Keys, keys_of, too_wide
from dscheck.engines.native.splitting_reads import Reads
from dscheck.engines.native.splitting_writes import Writes
from dscheck.explore.stepper import Formulas
from dscheck.model.expressions import Expression
from dscheck.model.layout import State, layout_of
from dscheck.model.system import Parameter, Property, Rule, System, Variable


def split_wide_maps(system: System) -> "Split | None":
    """The system with its maps split that are too wide for a code; None when there are none.

    Raises:
        NotPackable: a rule or property needs such a map as a whole; the message names it and shows the use.
    """
    codings = Codings(Widths())
    found = (_division(variable, codings) for variable in system.variables)
    divisions = {division.variable: division for division in found if division is not None}
    if not divisions:
        return None
    try:
        return Split(system, divisions, codings)
    except RecursionError:
        raise NotPackable("its rules are nested too deep, or too long") from None


class Split:
    """A system, and the same with some maps split.

    Attributes:
        system: with maps split; it has no definitions and no initial states.
    """

    def __init__(self, system: System, divisions: Mapping[str, Division], codings: Codings) -> None:
        """Split the variables of `divisions`; `codings` say what is too wide.

        Raises:
            NotPackable: a rule or property needs one of them as a whole.
        """
        numbers = count(1)
        self._divisions = divisions
        # A blank and a number: no name of a spec looks like that, nor one that is made later.
        self._reads = Reads(system, divisions, lambda name: f"{name.partition(' ')[0]} {next(numbers)}", codings)
        self._known: dict[int, tuple[Expression, Expression]] = {}  # by identity; keeps the expression alive
        self._whole = layout_of(system)
        self.system = replace(
            system,
            variables=tuple(each for variable in system.variables for each in self._variables(variable)),
            definitions={},
            initial=(),
            rules=tuple(map(self._rule, system.rules)),
            properties=tuple(map(self._property, system.properties)),
        )
        self._parts = layout_of(self.system)

    def formulas(self, formulas: Formulas) -> Formulas:
        """The same questions about the split system.

        Raises:
            NotPackable: one needs a map as a whole.
        """
        return Formulas(
            always=tuple(map(self._formula, formulas.always)),
            asked=tuple(map(self._formula, formulas.asked)),
            steps=tuple(map(self._formula, formulas.steps)),
            fair=formulas.fair,
        )

    # --- states ------------------------------------------------------------------------------------------------

    def split(self, state: State) -> State:
        """The state of the split system for one of the whole system."""
        found: list[Value] = [None] * len(self._parts.slots)
        for (variable, at), value in zip(self._whole.slots, state, strict=True):
            division = self._divisions.get(variable.name)
            entries = [(variable.name, at, value)] if division is None else _entries(division, at, value)
            for name, indices, entry in entries:
                found[self._parts.slot(name, indices)] = entry
        return tuple(found)

    def join(self, state: State) -> State:
        """The state of the whole system for one of the split system."""

        def value(variable: Variable, at: tuple[int, ...]) -> Value:
            division = self._divisions.get(variable.name)
            return state[self._parts.slot(variable.name, at)] if division is None else self._map(division, at, state)

        return tuple(value(variable, at) for variable, at in self._whole.slots)

    def _map(self, division: Division, at: tuple[int, ...], state: State) -> Value:
        level = len(at) - division.indices
        entries: list[tuple[Value, Value]] = []
        for number, key in enumerate(division.levels[level].members):
            inner = (*at, number)
            if level + 1 < division.depth:
                if state[self._parts.slot(division.presence(level + 1), inner)]:
                    entries.append((key, self._map(division, inner, state)))
            else:
                image = state[self._parts.slot(division.variable, inner)]
                if image is not None:
                    entries.append((key, image[0] if division.boxed else image))
        return tuple(entries)

    # --- the system --------------------------------------------------------------------------------------------

    def _variables(self, variable: Variable) -> Iterator[Variable]:
        division = self._divisions.get(variable.name)
        if division is None:
            yield variable
            return
        indices = (*variable.indices, *(keys.indices for keys in division.levels))
        yield replace(variable, indices=indices, domain=division.entry)
        for level in range(1, division.depth):
            above = indices[: division.indices + level]
            yield replace(variable, name=division.presence(level), indices=above, domain=PRESENCE)

    def _formula(self, formula: Expression) -> Expression:
        """The formula over the split system; the same object for the same formula."""
        known = self._known.get(id(formula))
        if known is None:
            known = self._known[id(formula)] = (formula, self._reads.expression(formula, {}))
        return known[1]

    def _property(self, each: Property) -> Property:
        return replace(
            each,
            condition=self._formula(each.condition),
            limit=None if each.limit is None else self._formula(each.limit),
            antecedents=tuple((text, self._formula(left)) for text, left in each.antecedents),
        )

    def _rule(self, rule: Rule) -> Rule:
        writes = Writes(self._reads, may_have_no_step=requires(rule.body))
        return replace(
            rule,
            parameters=tuple(map(self._parameter, rule.parameters)),
            guard=self._reads.expression(rule.guard, {}),
            body=writes.effects(rule.body, {}),
        )

    def _parameter(self, parameter: Parameter) -> Parameter:
        over = self._reads.simplifier.simplify(parameter.over, {})
        return replace(parameter, over=self._reads.visited(over, {}))


def _entries(division: Division, at: tuple[int, ...], value: Value) -> Iterator[tuple[str, tuple[int, ...], Value]]:
    """Variable, indices and value of all that a map becomes; None as a map: it is not there."""
    level = len(at) - division.indices
    entries = dict(value or ())
    for number, key in enumerate(division.levels[level].members):
        inner, image = (*at, number), entries.get(key)
        if level + 1 < division.depth:
            yield division.presence(level + 1), inner, int(key in entries)
            yield from _entries(division, inner, image)
        else:
            yield division.variable, inner, (image,) if division.boxed and key in entries else image


# --- what is too wide ----------------------------------------------------------------------------------------------


def _division(variable: Variable, codings: Codings) -> Division | None:
    """How a variable is split; None when it need not be, or that does not help."""
    why = too_wide(variable.domain, codings)
    if not why:
        return None
    levels: list[Keys] = []
    image = variable.domain
    while isinstance(image, Map):
        keys = keys_of(image.key, codings)
        if keys is None:
            return None
        levels.append(keys)
        if prod(len(each.members) for each in levels) > MOST_KEYS:
            return None
        image = image.value
        division = Division(variable.name, len(variable.indices), why, tuple(levels), image)
        if not too_wide(division.entry, codings):
            return division
    return None
