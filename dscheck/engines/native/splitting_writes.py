"""How do effects write a map that is split? Entry by entry: what the new map shares with the old one stays as it is."""

from dataclasses import replace
from typing import assert_never

from dscheck.domains import Int, Map, Optional, Set, Tuple, includes
from dscheck.engines.native.splitting_places import (
    ABSENT,
    BOOL,
    PRESENT,
    Binding,
    Division,
    Place,
    Places,
    keys_of,
    under,
)
from dscheck.engines.native.splitting_reads import Reads
from dscheck.engines.simplify import free_names
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Failure,
    Literal,
    Narrow,
    Read,
)
from dscheck.model.system import (
    Assert,
    Choose,
    Count,
    Effect,
    Effects,
    ForEach,
    If,
    LetIn,
    Note,
    Require,
    Write,
)
from dscheck.semantics.evaluate import element_domain

_FITS = Failure("range", "a key that is written is one of the possible ones")  # the model saw to it

Change = tuple[tuple[Binding, ...], Effects]  # what is evaluated first, in order, and then the writes


class Writes:
    """Rewrites the body of one rule."""

    def __init__(self, reads: Reads, *, may_have_no_step: bool) -> None:
        """A rewriter.

        Args:
            reads: rewrites the expressions.
            may_have_no_step: whether the body has a `Require`.
        """
        self._reads = reads
        self._may_have_no_step = may_have_no_step

    def effects(self, effects: Effects, places: Places) -> Effects:
        """What the effects are over the entries.

        Raises:
            NotPackable: they need a map as a whole.
        """
        return tuple(after for effect in effects for after in self._effect(effect, places))

    def _effect(self, effect: Effect, places: Places) -> Effects:
        reads = self._reads

        def now(expression: Expression) -> Expression:
            return reads.expression(expression, places)

        def block(effects: Effects) -> Effects:
            return self.effects(effects, places)

        match effect:
            case Write(variable, indices, value) if variable in reads.divisions:
                target = reads.locate(reads.simplifier.simplify(Read(variable, indices, value.domain), {}), places)
                return self._assigned(target, reads.simplifier.simplify(value, {}), places)
            case Write(variable, indices, value):
                return (Write(variable, tuple(map(now, indices)), now(value)),)
            case If(test, then, otherwise):
                return (replace(effect, test=now(test), then=block(then), otherwise=block(otherwise)),)
            case ForEach(_, over, body) | Choose(_, over, body):
                visited = reads.visited(reads.simplifier.simplify(over, {}), places)
                return (replace(effect, over=visited, body=block(body)),)
            case LetIn(name, value, body):
                return self._named(name, reads.simplifier.simplify(value, {}), body, places)
            case Require(test):
                return (Require(now(test)),)
            case Assert(test, failure):
                return (Assert(now(test), failure),)
            case Count(counter, amount):
                return (Count(counter, now(amount)),)
            case Note(kind, message, sender, receiver):
                return (Note(kind, now(message), now(sender), now(receiver)),)
            case _:
                assert_never(effect)

    def _named(self, name: str, value: Expression, body: Effects, places: Places) -> Effects:
        """`LetIn`; a map that is split may have a name where nothing writes it."""
        if not self._reads.is_map(value, places):
            return (LetIn(name, self._reads.rewritten(value, places), self.effects(body, places)),)
        place = self._reads.locate(value, places)
        if _writes(body, place.division.variable):
            raise self._reads.used_whole(place, value)
        known = replace(place, given=place.indices, bindings=())  # what was written may mean something else later
        return _after(place.bindings, self.effects(body, {**places, name: known}))

    # --- assignments -------------------------------------------------------------------------------------------

    def _assigned(self, target: Place, value: Expression, places: Places) -> Effects:
        """The map at `target` is to be `value`, which is simplified."""
        known, reads = replace(target, bindings=()), self._reads
        if isinstance(value, Narrow) and isinstance(value.value, Conditional):
            then, otherwise = (replace(value, value=each) for each in (value.value.then, value.value.otherwise))
            value = reads.simplifier.simplify(replace(value.value, then=then, otherwise=otherwise), {})
        if isinstance(value, Conditional):
            test = (reads.fresh("test"), reads.rewritten(value.test, places))
            yes = self._assigned(known, value.then, places)
            no = self._assigned(known, value.otherwise, places)
            chosen = If(Bound(test[0], BOOL), yes, no)
            return self._evaluated(target.division, (*target.bindings, test), (chosen,))
        bindings, writes = self._change(known, value, places)
        return self._evaluated(target.division, (*target.bindings, *bindings), writes)

    def _evaluated(self, division: Division, bindings: tuple[Binding, ...], effects: Effects) -> Effects:
        """The effects after the evaluation of what they need; as one write where the order of failures allows it."""
        can_fail = self._reads.simplifier.can_fail
        match effects:
            case (Write(variable, indices, value),):
                needed = [_needed(bindings, index) for index in indices]
                if not any(can_fail(part) for each in needed for _, part in each):
                    # Indices come before all else: these cannot fail, so that it does not matter.
                    at = tuple(under(each, index) for each, index in zip(needed, indices, strict=True))
                    return (Write(variable, at, under(bindings, value)),)
        after = _after(bindings, effects)
        if self._may_have_no_step and any(can_fail(part) for _, part in bindings):
            # The branches on the way count from the first write on, also when what is written has no value.
            first = (Literal(0, Int(0, 0)),) * (division.indices + division.depth)
            return (Write(division.variable, first, Read(division.variable, first, division.entry)), *after)
        return after

    def _change(self, target: Place, value: Expression, places: Places) -> Change:
        """What is done so that the map at `target` becomes `value`, which is simplified."""
        reads = self._reads
        if reads.is_map(value, places):
            place = reads.locate(value, places)
            if _is_same(place, target):
                return place.bindings, ()
            if place.shape != target.shape:
                raise reads.used_whole(place, value)
            return self._copied(target, place)
        match value:
            case Literal(entries):
                return (), self._exactly(target, dict(entries))
            case Apply("map", pairs):
                return self._listed(target, pairs, places)
            case Apply("put", (mapping, key, image)):
                return _then(self._change(target, mapping, places), self._put(target, key, image, places))
            case Apply("remove_keys", (mapping, keys)):
                return _then(self._change(target, mapping, places), self._removal(target, keys, places))
            case _:
                return self._made(target, value, places)

    def _copied(self, target: Place, source: Place) -> Change:
        """The map is that of another variable, or as it was before."""
        bindings, writes = source.bindings, list[Effect]()
        for to, of in zip(target.below()[1:], source.below()[1:], strict=True):
            name, value = self._reads.fresh("copied"), of.read()
            bindings = (*bindings, (name, value))
            writes.append(Write(to.variable, to.indices, Bound(name, value.domain)))
        return bindings, tuple(writes)

    def _put(self, target: Place, key: Expression, image: Expression, places: Places) -> Change:
        reads = self._reads
        found = reads.entry(target, key, _FITS, places)
        inner = replace(found, bindings=())
        if not inner.is_entry:
            bindings, writes = self._change(inner, image, places)
            base = _changed_map(image)
            if not (reads.is_map(base, places) and _is_same(reads.locate(base, places), inner)):  # else it was there
                writes = (*writes, Write(inner.variable, inner.indices, PRESENT))
            return (*found.bindings, *bindings), writes
        value = inner.division.boxed_image(reads.rewritten(image, places))
        bindings, (atom,) = reads.atoms((value,), "image")
        return (*found.bindings, *bindings), (Write(inner.variable, inner.indices, atom),)

    def _exactly(self, target: Place, entries: dict[object, object]) -> Effects:
        """The map has these entries and no others."""
        writes: list[Effect] = []
        for key in target.keys.members:
            inner = target.at(target.keys.number(key))
            if key not in entries:
                writes += _cleared(inner)
            elif inner.is_entry:
                image = (entries[key],) if inner.division.boxed else entries[key]
                writes.append(Write(inner.variable, inner.indices, Literal(image, inner.division.entry)))
            else:
                writes.append(Write(inner.variable, inner.indices, PRESENT))
                writes += self._exactly(inner, dict(entries[key]))  # type: ignore[call-overload]
        return tuple(writes)

    def _made(self, target: Place, value: Expression, places: Places) -> Change:
        """The map is made of other things; `value` is simplified."""
        reads = self._reads
        known = reads.unrolled(value)
        if isinstance(known, Literal):
            return (), self._exactly(target, dict(known.value))
        match value:
            case Collected("map"):
                change = self._collected(target, value, None, places)
            case Narrow(Collected("map") as inner) if _never_the_same(inner):
                change = self._collected(target, inner, value, places)
            case Narrow(Apply("map", (key, image)), Map(keys, images), failure):
                change = None
                if target.holds_entries:  # only after both parts are made
                    bindings, (one, other) = reads.atoms(tuple(reads.rewritten(each, places) for each in (key, image)))
                    pair = Narrow(one, keys, failure), Narrow(other, images, failure)
                    change = _then((bindings, ()), self._listed(target, pair, places))
                elif includes(keys, key.domain):
                    change = self._listed(target, (key, Narrow(image, images, failure)), places)
            case _:
                change = None
        if change is None:
            raise reads.used_whole(target, value)
        return change

    def _listed(self, target: Place, pairs: tuple[Expression, ...], places: Places) -> Change:
        """A map of alternating keys and images."""
        change: Change = (), self._exactly(target, {})
        for key, image in zip(pairs[::2], pairs[1::2], strict=True):
            change = _then(change, self._put(target, key, image, places))
        return change

    def _collected(self, target: Place, whole: Collected, narrow: Narrow | None, places: Places) -> Change | None:
        """A map of what is made of few elements, which are looked at one by one; None when it is not that."""
        reads, division = self._reads, target.division
        source = element_domain(whole.over.domain)
        elements = keys_of(source, reads.codings)
        ordered = isinstance(whole.over.domain, Set | Map)
        if elements is None or not ordered or not target.holds_entries or whole.element is None:
            return None
        bindings, (over,) = reads.atoms((reads.visited(whole.over, places),), "over")
        pairs: list[Bound] = []
        for member in elements.members:
            element = Literal(member, source)
            visits: Expression = Apply("in", (element, over), BOOL)
            if whole.condition is not None:
                visits = Connective("and", visits, reads.given(whole.condition, whole.name, element, places), BOOL)
            pair = reads.given(whole.element, whole.name, element, places)
            optional = Optional(pair.domain)
            pairs.append(Bound(reads.fresh("pair"), optional))
            chosen = Conditional(visits, pair, Literal(None, optional), optional)
            bindings = (*bindings, (pairs[-1].name, chosen))
        if narrow is not None:  # only after all of them are made
            fits = Optional(Tuple((target.keys.domain, division.image)))
            narrowed = [(reads.fresh("pair"), Narrow(pair, fits, narrow.failure)) for pair in pairs]
            bindings, pairs = (*bindings, *narrowed), [Bound(name, fits) for name, _ in narrowed]
        each = [effect for pair in pairs for effect in self._entered(target, pair)]
        return bindings, (*self._exactly(target, {}), *each)

    def _entered(self, target: Place, pair: Bound) -> Effects:
        """The key and the image of a pair are put into the map, if there is one."""
        assert isinstance(pair.domain, Optional)
        assert isinstance(pair.domain.inner, Tuple)
        sure = Narrow(pair, pair.domain.inner, _FITS)
        key, image = (
            Apply("field", (sure, Literal(number, Int(number, number))), domain)
            for number, domain in enumerate(pair.domain.inner.items)
        )
        name = self._reads.fresh("key")
        inner = target.at_bound(name)
        write = Write(inner.variable, inner.indices, inner.division.boxed_image(image))
        there = Apply("!=", (pair, Literal(None, pair.domain)), BOOL)
        return (If(there, (LetIn(name, Narrow(key, target.keys.domain, _FITS), (write,)),), ()),)

    def _removal(self, target: Place, keys: Expression, places: Places) -> Change:
        reads, possible = self._reads, target.keys
        match keys:
            case Literal(members):
                known = [key for key in possible.members if key in members]
                return (), tuple(write for key in known for write in _cleared(target.at(possible.number(key))))
            case Apply("set", listed):
                bindings, atoms = reads.atoms(tuple(reads.rewritten(key, places) for key in listed))
                return bindings, tuple(effect for atom in atoms for effect in self._removed(target, atom))
            case _:
                bindings, (those,) = reads.atoms((reads.rewritten(keys, places),), "keys")
                each = [
                    If(
                        Apply("in", (Literal(key, possible.domain), those), BOOL),
                        _cleared(target.at(possible.number(key))),
                        (),
                    )
                    for key in possible.members
                ]
                return bindings, tuple(each)

    def _removed(self, target: Place, key: Expression) -> Effects:
        """Without the key that an atom stands for, which need not be a possible one."""
        possible = target.keys
        if includes(possible.domain, key.domain):
            return _cleared(target.at(possible.number_of(key)))
        name = self._reads.fresh("key")
        known = LetIn(name, Narrow(key, possible.domain, _FITS), _cleared(target.at_bound(name)))
        return (If(Apply("in", (key, possible.all()), BOOL), (known,), ()),)


def _cleared(place: Place) -> Effects:
    """The key that leads to `place` is not there any more."""
    return tuple(
        Write(each.variable, each.indices, Literal(None, each.division.entry) if each.is_entry else ABSENT)
        for each in place.below()
    )


def _then(first: Change, second: Change) -> Change:
    """Everything is evaluated in the state before the writes."""
    return (*first[0], *second[0]), (*first[1], *second[1])


def _after(bindings: tuple[Binding, ...], effects: Effects) -> Effects:
    for name, value in reversed(bindings):
        effects = (LetIn(name, value, effects),)
    return effects


def _is_same(place: Place, target: Place) -> bool:
    """Is it surely the map that is written? If it is that and looks different, all is copied to where it was."""
    return (place.division, place.given, place.old) == (target.division, target.given, False)


def _changed_map(value: Expression) -> Expression:
    """The map that a value differs from in some keys."""
    while isinstance(value, Apply) and value.operator in {"put", "remove_keys"}:
        value = value.arguments[0]
    return value


def _never_the_same(whole: Collected) -> bool:
    """Do different elements surely have different keys?"""
    match whole.element:
        case Apply("tuple", (Bound(name), _)):
            return name == whole.name
        case Apply("tuple", (Apply("+" | "-", (Bound(name), Literal())), _)):
            return name == whole.name
        case _:
            return False


def _needed(bindings: tuple[Binding, ...], index: Expression) -> tuple[Binding, ...]:
    """The bindings that an index needs, in order."""
    names, needed = free_names(index), list[Binding]()
    for name, value in reversed(bindings):
        if name in names:
            names |= free_names(value)
            needed.insert(0, (name, value))
    return tuple(needed)


def _writes(effects: Effects, variable: str) -> bool:
    for effect in effects:
        match effect:
            case Write(name):
                found = name == variable
            case If(_, then, otherwise):
                found = _writes(then, variable) or _writes(otherwise, variable)
            case ForEach(_, _, body) | Choose(_, _, body) | LetIn(_, _, body):
                found = _writes(body, variable)
            case _:
                found = False
        if found:
            return True
    return False
