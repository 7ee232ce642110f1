"""How does an expression read a map that is split? By lookups, `in`, the keys, and whether two are equal."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import get_args

from dscheck.domains import Int, Map, Set, includes
from dscheck.engines.native.coding import Codings, NotPackable
from dscheck.engines.native.splitting_places import BOOL, PRESENT, Binding, Division, Place, Places, under
from dscheck.engines.simplify import Simplifier, TooLong
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Connective,
    Expression,
    Failure,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.model.rewriting import rewritten
from dscheck.model.system import System

_KINDS = get_args(Expression)


class Reads:
    """Rewrites the expressions of one system.

    Attributes:
        divisions: by variable.
        fresh: a new name that reads like the given one.
        codings: say what is too wide.
        simplifier: expands definitions, which may be given a map.
    """

    def __init__(
        self, system: System, divisions: Mapping[str, Division], fresh: Callable[[str], str], codings: Codings
    ) -> None:
        """A rewriter of the expressions of `system`; the others are the attributes."""
        self.codings = codings
        self.divisions = divisions
        self.fresh = fresh
        self.simplifier = Simplifier(system, fresh, unrolls=False)
        self._system = system

    def expression(self, expression: Expression, places: Places) -> Expression:
        """What `expression`, as it was written, is over the entries.

        Raises:
            NotPackable: it needs a map as a whole.
        """
        return self.rewritten(self.simplifier.simplify(expression, {}), places)

    def rewritten(self, simple: Expression, places: Places) -> Expression:
        """The same for an expression that is simplified; what was rewritten once must not be given again."""
        self.assert_no_map(simple, simple, places)
        return rewritten(simple, partial(self._changed, places=places))

    def given(self, simple: Expression, name: str, element: Literal, places: Places) -> Expression:
        """The same for a simplified expression where a name stands for what is known."""
        return self.rewritten(self.simplifier.simplify(simple, {name: element}), places)

    def unrolled(self, simple: Expression) -> Expression:
        """A simplified expression without loops over few elements, if it does not get too long."""
        try:
            return Simplifier(self._system, self.fresh, unrolls=True).simplify(simple, {})
        except TooLong:
            return simple

    def assert_no_map(self, simple: Expression, where: Expression, places: Places) -> None:
        """Refuse a map that is split.

        Raises:
            NotPackable: `simple` is one; the message shows `where` it is used.
        """
        if self.is_map(simple, places):
            raise self.used_whole(self.locate(simple, places), where)

    def used_whole(self, place: Place, where: Expression) -> NotPackable:
        """What to raise because of an expression that needs the map at `place` as a whole."""
        text = "" if where.span is None else " ".join(self._system.source.slice(where.span).split())
        use = f"`{text}` uses it as a whole" if text else "it is used as a whole"
        name, why = place.division.variable, place.division.why
        return NotPackable(f"`{name}` cannot be packed: {why}; and {use}, not entry by entry")

    def _changed(self, part: Expression, places: Places) -> Expression | None:
        """What takes the place of `part`; None when that is made of what takes the place of its parts."""

        def inner(inside: Expression | None) -> Expression | None:
            return None if inside is None else self.rewritten(inside, places)

        match part:
            case Apply("lookup", (mapping, _), _, failure) if self._depth(mapping, places) == 1:
                assert failure is not None
                place = self.locate(part, places)
                return under(place.bindings, self._image(place, failure))
            case Apply("in", (key, mapping)) if self.is_map(mapping, places):
                return self._contains(self.locate(mapping, places), self.rewritten(key, places))
            case Apply("length", (mapping,)) if self.is_map(mapping, places):
                place, name = self.locate(mapping, places), self.fresh("key")
                there = place.at_bound(name).is_there()
                return under(
                    place.bindings, Collected("count", name, place.keys.all(), there, None, part.domain, span=part.span)
                )
            case Apply("==" | "!=" as sign, (left, right)):
                equal = self._equal(left, right, places)
                if equal is not None:
                    return equal if sign == "==" else Apply("not", (equal,), BOOL)
            case Quantified(_, _, mapping, body) if self.is_map(mapping, places):
                return replace(part, over=self.visited(mapping, places), body=self.rewritten(body, places))
            case Collected(_, _, mapping, condition, element) if self.is_map(mapping, places):
                over = self.visited(mapping, places)
                return replace(part, over=over, condition=inner(condition), element=inner(element))
            case Let(name, mapping, body) if self.is_map(mapping, places):
                place = self.locate(mapping, places)
                known = {**places, name: replace(place, bindings=())}
                return under(place.bindings, self.rewritten(body, known))
        for inside in _parts(part):
            self.assert_no_map(inside, part, places)
        return None

    # --- places ------------------------------------------------------------------------------------------------

    def _depth(self, simple: Expression, places: Places) -> int:
        """How many maps that are split a simplified expression stands for, one inside the other; 0 for an entry."""
        match simple:
            case Read(variable) if variable in self.divisions:
                return self.divisions[variable].depth
            case Bound(name) if name in places:
                return places[name].division.depth - places[name].level
            case Apply("lookup", (mapping, _)):
                return max(0, self._depth(mapping, places) - 1)
            case _:
                return 0

    def is_map(self, simple: Expression, places: Places) -> bool:
        """Does a simplified expression stand for a map that is split?"""
        return self._depth(simple, places) > 0

    def locate(self, simple: Expression, places: Places) -> Place:
        """The place of a simplified expression that is a map that is split, or a lookup in one."""
        match simple:
            case Read(variable, indices, _, old):
                bindings, atoms = self.atoms(tuple(self.rewritten(index, places) for index in indices))
                return Place(self.divisions[variable], atoms, indices, old, bindings)
            case Bound(name):
                return places[name]
            case Apply("lookup", (mapping, key), _, failure):
                assert failure is not None
                inner = self.entry(self.locate(mapping, places), key, failure, places)
                if inner.is_entry:
                    return inner
                check = Narrow(inner.read(), PRESENT.domain, failure)
                return replace(inner, bindings=(*inner.bindings, (self.fresh("present"), check)))
            case _:
                raise TypeError(f"{simple} is no map that is split")

    def entry(self, place: Place, key: Expression, failure: Failure, places: Places) -> Place:
        """The place for a simplified key of a map; `failure` is what happens when it is none of the possible keys."""
        domain, value = place.keys.domain, self.rewritten(key, places)
        within = value if includes(domain, value.domain) else Narrow(value, domain, failure)
        bindings, (atom,) = self.atoms((self.simplifier.simplify(within, {}),))
        inner = place.at(place.keys.number_of(atom), key)
        return replace(inner, bindings=(*place.bindings, *bindings))

    def atoms(
        self, values: tuple[Expression, ...], name: str = "key"
    ) -> tuple[tuple[Binding, ...], tuple[Expression, ...]]:
        """Names for values that may change or fail, and the values with these names instead."""
        bindings: list[Binding] = []
        atoms: list[Expression] = []
        for value in values:
            if isinstance(value, Literal | Bound):
                atoms.append(value)
            else:
                bindings.append((self.fresh(name), value))
                atoms.append(Bound(bindings[-1][0], value.domain))
        return tuple(bindings), tuple(atoms)

    # --- what is read ------------------------------------------------------------------------------------------

    def _image(self, place: Place, failure: Failure) -> Expression:
        value = Narrow(place.read(), place.division.entry.inner, failure)
        if place.division.boxed:
            return Apply("field", (value, Literal(0, Int(0, 0))), place.division.image)
        return value

    def _contains(self, place: Place, key: Expression) -> Expression:
        """Is `key`, which is evaluated first, a key of the map?"""
        bindings, (atom,) = self.atoms((key,))
        bindings = (*bindings, *place.bindings)
        keys = place.keys
        if includes(keys.domain, key.domain):
            return under(bindings, place.at(keys.number_of(atom)).is_there())
        possible, name = Apply("in", (atom, keys.all()), BOOL), self.fresh("key")
        known = Narrow(atom, keys.domain, Failure("absent", "no such key"))  # it is a possible one: this cannot fail
        there = Let(name, known, place.at_bound(name).is_there(), BOOL)
        return under(bindings, Connective("and", possible, there, BOOL))

    def visited(self, over: Expression, places: Places) -> Expression:
        """What an iteration over a simplified collection visits: of a map that is split, the set of its keys."""
        if not self.is_map(over, places):
            return self.rewritten(over, places)
        place, name = self.locate(over, places), self.fresh("key")
        there, domain = place.at_bound(name).is_there(), place.keys.domain
        keys = Collected("set", name, place.keys.all(), there, Bound(name, domain), Set(domain))
        return under(place.bindings, keys)

    def _equal(self, left: Expression, right: Expression, places: Places) -> Expression | None:
        """Are two maps equal, of which at least one is split? None when none is, or that cannot be asked."""
        maps = [self.locate(each, places) for each in (left, right) if self.is_map(each, places)]
        bindings = tuple(binding for place in maps for binding in place.bindings)
        match maps:
            case [place] if is_empty_map(left) or is_empty_map(right):
                name = self.fresh("key")
                some = Quantified("exists", name, place.keys.all(), place.at_bound(name).is_there(), BOOL)
                return under(bindings, Apply("not", (some,), BOOL))
            case [one, other] if one.shape == other.shape:
                return under(bindings, self._same(one, other))
            case _:
                return None

    def _same(self, one: Place, other: Place) -> Expression:
        name = self.fresh("key")
        first, second = one.at_bound(name), other.at_bound(name)
        same: Expression = Apply("==", (first.read(), second.read()), BOOL)
        if not first.is_entry:
            same = Connective("and", same, self._same(first, second), BOOL)
        return Quantified("forall", name, one.keys.all(), same, BOOL)


def is_empty_map(simple: Expression) -> bool:
    """Is it surely a map without any key?"""
    match simple:
        case Literal(()) | Apply("map", ()):
            return isinstance(simple.domain, Map)
        case _:
            return False


def _parts(expression: Expression) -> list[Expression]:
    """The expressions directly inside one."""
    found: list[Expression] = []
    for each in fields(expression):
        value = getattr(expression, each.name)
        found += [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, _KINDS)]
    return found
