"""How does C find the representative of a state among those that differ only in how far their clocks have run?

As `semantics.normalise`, on packed words. Per kind of clock there is a function that looks for the least stamp and
subtracts it everywhere. What to subtract from a code is again a code, with the least stamp wherever a stamp stands, so
that nothing is taken apart and put together again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby

from dscheck.domains import (
    Bag,
    Domain,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Vector,
)
from dscheck.engines.native.block import Block, Exits, bare
from dscheck.engines.native.codes import Fields, Queue, Sorted, Table, Tagged, Vectors
from dscheck.engines.native.packing import Packing, Place
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_collections import Gathering, element_of, walk, walk_entries
from dscheck.engines.native.values_convert import fields_of, kind_number
from dscheck.engines.native.values_form import Forms, bits_at, code_type, low_bits, placed, together

Kind = Stamp | Vector

_UNROLLED = 8  # slots of one variable that are written one by one; more are gone through in a loop


def emit_normalise(packing: Packing, values: Values) -> list[str]:
    """C text of `static void normalise(word *state)`; nothing when no state holds stamps.

    Args:
        packing: where the slots stand.
        values: with the same codings.
    """
    slots = [
        (variable.name, variable.domain, place)
        for slot, ((variable, _), place) in enumerate(zip(packing.layout.slots, packing.places, strict=True))
        if slot not in packing.constants
    ]
    kinds = dict.fromkeys(kind for _, domain, _ in slots for kind in _kinds(domain))
    block = Block(_NO_EXITS, depth=0)
    names = [_Lowering(Forms(values.codings), kind, block).emit(slots) for kind in kinds]
    if names:
        block.put("/* The representative of the state among those that differ only in how far their clocks have run. */")
        block.put("static void normalise(word *state)")
        with block.braces(""):
            for name in names:
                block.put(f"{name}(state);")
    return block.lines


def _no_exit(_: int) -> str:
    raise AssertionError("a stamp that gets smaller fits where it was")


_NO_EXITS = Exits(_no_exit, _no_exit)


def _kinds(domain: Domain) -> Iterator[Kind]:
    """The kinds of clocks inside the values of a domain."""
    match domain:
        case Stamp() | Vector():
            yield domain
        case Optional(inner) | Set(inner) | Bag(inner) | List(inner, _):
            yield from _kinds(inner)
        case Map(key, image):
            yield from _kinds(key)
            yield from _kinds(image)
        case Record() | Tuple():
            for field in fields_of(domain):
                yield from _kinds(field)
        case Message(kinds):
            for kind in kinds:
                yield from _kinds(kind)
        case _:
            return


def _keeps_order(domain: Domain, kind: Kind) -> bool:
    """Do the codes of two values stay in their order when their stamps of this kind are lowered alike?

    The code of a list begins with its last item, so that of two lists of different lengths the shorter may be less
    before and greater after. What is in a set or bag, or a key of a map, moves to another place.
    """
    match domain:
        case Set(inner) | Bag(inner) | List(inner, _):
            return kind not in _kinds(inner)
        case Map(key, image):
            return kind not in _kinds(key) and _keeps_order(image, kind)
        case Optional(inner):
            return _keeps_order(inner, kind)
        case Record() | Tuple():
            return all(_keeps_order(field, kind) for field in fields_of(domain))
        case Message(kinds):
            return all(_keeps_order(record, kind) for record in kinds)
        case _:
            return True


class _Lowering:
    """Writes the function that lowers the clocks of one kind."""

    def __init__(self, forms: Forms, kind: Kind, block: Block) -> None:
        self._forms = forms
        self._kind = kind
        self._block = block
        self._coding = forms.coding(kind)
        self._ctype = code_type(self._coding.bits)
        self._suffix = "stamps" if isinstance(kind, Stamp) else f"vectors_of_{kind.process}"

    def emit(self, slots: list[tuple[str, Domain, Place]]) -> str:
        """Write the functions; the name of the one to call."""
        mine = [slot for slot in slots if self._kind in _kinds(slot[1])]
        # Those that stand alone are asked first: most states have a clock at 0 already.
        mine.sort(key=lambda slot: slot[1] != self._kind)
        groups = [(name, domain, [place for *_, place in group]) for (name, domain), group in groupby(mine, lambda slot: slot[:2])]
        functions = [self._functions(name, domain) for name, domain, _ in groups]
        block, name = self._block, self._block.fresh(f"lower {self._suffix}")
        block.put(f"static void {name}(word *state)")
        with block.braces(""):
            block.put(f"{self._ctype} least = {low_bits(self._coding.bits)};")
            for (_, _, places), (finds, _) in zip(groups, functions, strict=True):
                with self._each(places) as code:
                    block.put(f"least = {finds}({code}, least);")
                    block.put("if (!least) return;")
            for (_, _, places), (_, lowers) in zip(groups, functions, strict=True):
                self._subtract(places, lowers)
        block.put("")
        return name

    # --- the slots of one variable ----------------------------------------------------------------------

    @contextmanager
    def _each(self, places: list[Place]) -> Iterator[str]:
        raise NotImplementedError
        yield ""
