"""Where is an entry of a map that is split, once each of its entries is a variable of its own?

A map with the keys K1, whose images are maps with the keys K2, and so on: the *depth* is how many of these are split.
The entries at the depth are optional values, indexed by the numbers of their keys. For each level above, a variable
says which keys are there; below a key that is not there nothing is, so that equal maps are split into equal entries.
"""

from collections.abc import Mapping
from dataclasses import replace

from dscheck.domains import (
    Bool,
    Domain,
    Id,
    Int,
    Optional,
    Set,
    Tuple,
    Value,
    holds_stamps,
    members,
    order_key,
)
from dscheck.engines.native.coding import Codings, NotPackable
from dscheck.model.expressions import (
    Apply,
    Bound,
    Conditional,
    Expression,
    Let,
    Literal,
    Read,
)
from dscheck.record import record

BOOL = Bool()
PRESENCE = Int(0, 1)  # no truth value, so that a `Narrow` to 1 fails where the key is not there
ABSENT, PRESENT = Literal(0, Int(0, 0)), Literal(1, Int(1, 1))

MOST_KEYS = 128  # of all levels of one map together: what it becomes in a state

Binding = tuple[str, Expression]  # a name and what it stands for; some are there only because they can fail


@record
class Keys:
    """The keys of one level.

    Attributes:
        domain: of the keys.
        members: all of them, in order; the number of a key is its place here.
    """

    domain: Domain
    members: tuple[Value, ...]

    @property
    def indices(self) -> Id:
        """The domain of their numbers."""
        return self.domain if isinstance(self.domain, Id) else Id("key", len(self.members))

    def number(self, key: Value) -> Literal:
        """The number of a known key."""
        return Literal(self.members.index(key), self.indices)

    def number_of(self, key: Expression) -> Expression:
        """The number of a key, an atom, that is surely among them."""
        if isinstance(key, Literal) and key.value in self.members:
            return self.number(key.value)
        numbers = Int(0, len(self.members) - 1)
        match self.domain:
            case Id() | Int(0):
                return key
            case Int(low):
                return Apply("-", (key, Literal(low, Int(low, low))), numbers)
        result: Expression = Literal(numbers.high, numbers)
        for number, member in reversed(list(enumerate(self.members[:-1]))):
            is_it = Apply("==", (key, Literal(member, self.domain)), BOOL)
            result = Conditional(is_it, Literal(number, numbers), result, numbers)
        return result

    def all(self) -> Literal:
        """The set of all of them."""
        return Literal(frozenset(self.members), Set(self.domain))


def keys_of(domain: Domain, codings: Codings) -> Keys | None:
    """The keys of a map; None when they cannot be listed, or are too many."""
    if holds_stamps(domain) or too_wide(domain, codings) or codings.of(domain).codes > MOST_KEYS:
        return None
    try:
        return Keys(domain, tuple(sorted(members(domain), key=order_key(domain))))
    except ValueError:
        return None


def too_wide(domain: Domain, codings: Codings) -> str:
    """Why a value cannot be packed; empty when it can."""
    try:
        codings.of(domain)
    except NotPackable as reason:
        return str(reason)
    return ""


@record
class Division:
    """How one variable is split.

    Attributes:
        variable: its name, which the entries keep.
        indices: how many the variable has itself.
        why: it cannot be packed as it is, in words.
        levels: the keys, the outermost first.
        image: domain of what the innermost map holds.
    """

    variable: str
    indices: int
    why: str
    levels: tuple[Keys, ...]
    image: Domain

    @property
    def depth(self) -> int:
        """How many maps are split, one inside the other."""
        return len(self.levels)

    @property
    def boxed(self) -> bool:
        """Does an image stand in a tuple? Else `none` as an image could not be told from a key that is not there."""
        return isinstance(self.image, Optional)

    @property
    def entry(self) -> Optional:
        """The domain of an entry."""
        return Optional(Tuple((self.image,)) if self.boxed else self.image)

    def boxed_image(self, image: Expression) -> Expression:
        """The image as it stands in an entry."""
        return Apply("tuple", (image,), Tuple((image.domain,))) if self.boxed else image

    def presence(self, level: int) -> str:
        """The name of the variable that says which keys of a level, counted from 1, are there."""
        return f"{self.variable} keys {level}"


@record
class Place:
    """A map that is split, or an entry of one.

    Attributes:
        division: of the variable.
        indices: of the variable, then the numbers of the keys that lead here; they cannot fail.
        given: the same as they were written: where these are equal, so are two places.
        old: before the step?
        bindings: what has to be evaluated before, in order; the indices mention their names.
    """

    division: Division
    indices: tuple[Expression, ...]
    given: tuple[Expression, ...]
    old: bool = False
    bindings: tuple[Binding, ...] = ()

    @property
    def level(self) -> int:
        """How many keys lead here."""
        return len(self.indices) - self.division.indices

    @property
    def is_entry(self) -> bool:
        """Is it an entry, and not a map that is split?"""
        return self.level == self.division.depth

    @property
    def holds_entries(self) -> bool:
        """Is it a map whose images are not split?"""
        return self.level + 1 == self.division.depth

    @property
    def keys(self) -> Keys:
        """The possible keys of the map."""
        return self.division.levels[self.level]

    @property
    def shape(self) -> tuple[tuple[Keys, ...], Domain]:
        """What maps must have equal to be compared and copied entry by entry."""
        return self.division.levels[self.level :], self.division.image

    @property
    def variable(self) -> str:
        """The variable that holds the entry, or that says whether the key that leads here is there."""
        return self.division.variable if self.is_entry else self.division.presence(self.level)

    def read(self) -> Read:
        """What that variable holds."""
        return Read(self.variable, self.indices, self.division.entry if self.is_entry else PRESENCE, self.old)

    def at(self, number: Expression, given: Expression | None = None) -> "Place":
        """The place for a key of this map, by its number."""
        more = number if given is None else given
        return replace(self, indices=(*self.indices, number), given=(*self.given, more))

    def at_bound(self, name: str) -> "Place":
        """The place for the key of this map that a name is bound to."""
        return self.at(self.keys.number_of(Bound(name, self.keys.domain)))

    def is_there(self) -> Expression:
        """Is the key there that leads here?"""
        if self.is_entry:
            return Apply("!=", (self.read(), Literal(None, self.division.entry)), BOOL)
        return Apply("==", (self.read(), PRESENT), BOOL)

    def below(self) -> list["Place"]:
        """This place and all that its keys lead to, with known keys, the deepest last."""
        if self.is_entry:
            return [self]
        inner = [self.at(self.keys.number(key)) for key in self.keys.members]
        return [self, *(place for each in inner for place in each.below())]


Places = Mapping[str, Place]  # what the names stand for that are bound to maps that are split


def under(bindings: tuple[Binding, ...], body: Expression) -> Expression:
    """`body` with names bound."""
    for name, value in reversed(bindings):
        body = value if body == Bound(name, value.domain) else Let(name, value, body, body.domain)
    return body
