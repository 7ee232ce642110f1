"""How does C find the representative of a state among those that differ only in how far their clocks have run?

As `semantics.normalise`, on packed words. Per kind of clock there is a function that looks for the least stamp and
subtracts it everywhere. What to subtract from a code is again a code, with the least stamp wherever a stamp stands, so
that nothing is taken apart and put together again.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from dscheck.engines.native.coding import WORD
from dscheck.engines.native.packing import Packing, Place
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_collections import Gathering, element_of, walk, walk_entries
from dscheck.engines.native.values_convert import fields_of, inner_code, kind_number
from dscheck.engines.native.values_form import Forms, bits_at, code_type, is_zero, low_bits, negated, placed, together
from dscheck.engines.native.values_guard import when

Kind = Stamp | Vector

_UNROLLED = 8  # slots of one variable that are written one by one; more are gone through in a loop


def emit_normalise(packing: Packing, values: Values) -> list[str]:
    """C text of `static void normalise(word *state)`; nothing when no state holds stamps.

    Args:
        packing: where the slots stand.
        values: with the same codings.
    """
    # Constants, and lists that are always empty, have no bits and hold no stamps.
    standing = zip(packing.layout.slots, packing.places, strict=True)
    slots = [(variable.name, variable.domain, place) for (variable, _), place in standing if place.bits]
    kinds = dict.fromkeys(kind for _, domain, _ in slots for kind in _kinds(domain))
    names = Block(_NO_EXITS)
    lowerings = [_Lowering(Forms(values.codings), kind, slots, names) for kind in kinds]
    if not lowerings:
        return []
    block = Block(_NO_EXITS, depth=0)
    block.put("/* The representative of the state among those that differ only in how far their clocks have run. */")
    with block.braces("static void normalise(word *state)"):
        for lowering in lowerings:
            block.put(f"{lowering.function}(state);")
    return [*(line for lowering in lowerings for line in lowering.lines), *block.lines]


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


@dataclass(frozen=True)
class _Slots:
    """The slots of one variable, in all processes.

    Attributes:
        name: of the variable.
        domain: of each.
        places: where they stand.
    """

    name: str
    domain: Domain
    places: list[Place]


class _Lowering:
    """Writes what lowers the clocks of one kind.

    Attributes:
        lines: of the functions.
        function: the name of the one to call.
    """

    def __init__(self, forms: Forms, kind: Kind, slots: list[tuple[str, Domain, Place]], names: Block) -> None:
        self.lines: list[str] = []
        self._forms = forms
        self._kind = kind
        self._names = names
        self._ctype = code_type(forms.coding(kind).bits)
        mine = [slot for slot in slots if kind in _kinds(slot[1])]
        # Those that stand alone are asked first: in most states one of them is 0 already.
        mine.sort(key=lambda slot: slot[1] != kind)
        grouped = groupby(mine, lambda slot: slot[:2])
        groups = [_Slots(name, domain, [place for *_, place in group]) for (name, domain), group in grouped]
        functions = [self._functions(group) for group in groups]
        clocks = "stamps" if isinstance(kind, Stamp) else f"vectors of {kind.process}"
        self.function = self._name(f"lower {clocks}")
        block = self._block()
        with block.braces(f"static void {self.function}(word *state)"):
            block.put(f"{self._ctype} least = {low_bits(forms.coding(kind).bits)};")
            for group, (finds, _) in zip(groups, functions, strict=True):
                self._find_in(group, finds, block)
            for group, (_, lowers) in zip(groups, functions, strict=True):
                self._lower_in(group, lowers, block)
        self.lines += [*block.lines, ""]

    def _name(self, text: str) -> str:
        """A name for a function; like those of values.h it ends in a way that the rest of the code leaves free."""
        return f"{self._names.fresh(text)}_{self._ctype}"

    def _block(self) -> Block:
        return Block(_NO_EXITS, depth=0)

    # --- the slots of a variable ------------------------------------------------------------------------

    def _find_in(self, slots: _Slots, finds: str, block: Block) -> None:
        with self._each(slots, block) as places:
            for _, _, code in places:
                block.put(f"least = {finds}({bare(code)}, least);")
                block.put("if (!least) return;")

    def _lower_in(self, slots: _Slots, lowers: str, block: Block) -> None:
        with self._each(slots, block) as places:
            for number, shift, code in places:
                lowering = f"{lowers}({bare(code)}, least)"
                if self._forms.coding(slots.domain).bits <= WORD:
                    block.put(f"state[{number}] -= {lowering}{'' if shift == '0' else f' << {shift}'};")
                    continue
                whole = block.keep("wide", "lowered", f"{_both_words(number)} - {lowering}")
                block.put(f"state[{number}] = (word){whole};")
                block.put(f"state[{number} + 1] = (word)({whole} >> {WORD});")

    @contextmanager
    def _each(self, slots: _Slots, block: Block) -> Iterator[list[tuple[str, str, str]]]:
        """Number of the word, lowest bit in it and code of each slot; where they are many, of any in a loop."""
        bits, places = self._forms.coding(slots.domain).bits, slots.places
        if len(places) <= _UNROLLED:
            yield [_placed(str(place.word), str(place.shift), bits) for place in places]
            return
        words = block.fresh(f"words of {slots.name}")
        block.put(f"static const uint16_t {words}[] = {{{', '.join(str(place.word) for place in places)}}};")
        shifts = ""
        if bits <= WORD:
            shifts = block.fresh(f"shifts of {slots.name}")
            block.put(f"static const uint8_t {shifts}[] = {{{', '.join(str(place.shift) for place in places)}}};")
        slot = block.fresh("slot")
        with block.braces(f"for (unsigned {slot} = 0; {slot} < {len(places)}; {slot}++)"):
            yield [_placed(f"{words}[{slot}]", f"{shifts}[{slot}]", bits)]

    def _functions(self, slots: _Slots) -> tuple[str, str]:
        """Write what finds the least stamp in a code, and what there is to subtract from it; their names."""
        domain = slots.domain
        clocks = "" if isinstance(self._kind, Stamp) else f" of {self._kind.process}"
        finds, lowers = self._name(f"least{clocks} in {slots.name}"), self._name(f"lowering{clocks} of {slots.name}")

        def find(block: Block) -> str:
            self._find(domain, "code", block)
            return "least"

        self._function(domain, self._ctype, finds, find)
        self._function(
            domain,
            code_type(self._forms.coding(domain).bits),
            lowers,
            lambda block: self._lowering(domain, "code", block),
        )
        self.lines.append("")
        return finds, lowers

    def _function(self, domain: Domain, result: str, name: str, write: Callable[[Block], str]) -> None:
        """Write a function of a code of `domain` and the least stamp, which returns what `write` does."""
        head = "INLINE" if domain in {self._kind, Optional(self._kind)} else "static"
        block = self._block()
        ctype = code_type(self._forms.coding(domain).bits)
        with block.braces(f"{head} {result} {name}({ctype} code, {self._ctype} least)"):
            with block.captured() as lines:
                text = write(block)
            body = "\n".join((*lines, text))
            for parameter in ("code", "least"):  # an empty list has no stamp, and a lone stamp needs no code
                if not re.search(rf"\b{parameter}\b", body):
                    block.put(f"(void){parameter};")
            block.lines.extend(lines)
            block.put(f"return {bare(text)};")
        self.lines += block.lines

    # --- the least stamp --------------------------------------------------------------------------------

    def _find(self, domain: Domain, code: str, block: Block) -> None:
        if self._kind not in _kinds(domain):
            return
        coding = self._forms.coding(domain)
        match domain:
            case Stamp():
                code = block.once(self._ctype, "stamp", code)
                block.put(f"if ({code} < least) least = {code};")
            case Vector():
                assert isinstance(coding, Vectors)
                block.put(
                    f"least = vector_least_{self._ctype}(least, {bare(code)}, {coding.component}, {coding.size});"
                )
            case Optional(inner):
                code = block.once(code_type(coding.bits), "optional", code)
                with block.braces(f"if ({code})"):
                    self._find(inner, inner_code(self._forms, code, domain), block)
            case Set(inner) | Bag(inner) | List(inner, _):
                with walk(self._forms, code, domain, "item", block) as item:
                    self._find(inner, item, block)
            case Map(key, image):
                assert isinstance(coding, Table)
                with walk_entries(code, coding, "key", block) as (key_code, image_code):
                    self._find(key, key_code, block)
                    self._find(image, image_code, block)
            case Record() | Tuple():
                assert isinstance(coding, Fields)
                code = block.once(code_type(coding.bits), "fields", code)
                for field, text, _ in self._stamped(coding, fields_of(domain), code, coding.bits):
                    self._find(field, text, block)
            case Message():
                assert isinstance(coding, Tagged)
                code = block.once(code_type(coding.bits), "message", code)
                for kind, parts in self._stamped_kinds(domain, coding, code):
                    with block.braces(f"if ({kind})"):
                        for field, text, _ in parts:
                            self._find(field, text, block)
            case _:
                raise TypeError(f"{domain} holds no stamps")

    def _stamped(
        self, coding: Fields, domains: tuple[Domain, ...], code: str, bits: int
    ) -> list[tuple[Domain, str, int]]:
        """Domain, code and offset of each field with such stamps, in a code of so many bits."""
        return [
            (field, bits_at(code, bits, offset, part.bits), offset)
            for (part, offset), field in zip(coding.parts, domains, strict=True)
            if self._kind in _kinds(field)
        ]

    def _stamped_kinds(
        self, domain: Message, coding: Tagged, code: str
    ) -> Iterator[tuple[str, list[tuple[Domain, str, int]]]]:
        """Per kind of message with such stamps, the condition that it is of that kind, and those fields."""
        for number, (name, fields) in enumerate(zip(coding.names, coding.kinds, strict=True)):
            parts = self._stamped(fields, fields_of(domain.kind(name)), code, coding.bits)
            if parts:
                yield f"{kind_number(code, coding)} == {number}", parts

    # --- what to subtract ---------------------------------------------------------------------------------

    def _lowering(self, domain: Domain, code: str, block: Block) -> str:
        """A text for what to subtract from `code`, as a code of the same type."""
        if self._kind not in _kinds(domain):
            return "0"
        coding = self._forms.coding(domain)
        ctype = code_type(coding.bits)
        match domain:
            case Stamp() | Vector():
                return "least"
            case Optional(inner):
                optional = block.once(ctype, "optional", code)

                def within() -> str:
                    return self._lowering(inner, inner_code(self._forms, optional, domain), block)

                return when(block, ctype, "lowering", negated(is_zero(optional)), within, "0")
            case Record() | Tuple():
                assert isinstance(coding, Fields)
                code = block.once(ctype, "fields", code)
                return self._side_by_side(self._stamped(coding, fields_of(domain), code, coding.bits), ctype, block)
            case Message():
                assert isinstance(coding, Tagged)
                code = block.once(ctype, "message", code)
                lowering = block.fresh("lowering")
                block.put(f"{ctype} {lowering} = 0;")
                for kind, parts in self._stamped_kinds(domain, coding, code):
                    with block.braces(f"if ({kind})"):
                        block.put(f"{lowering} = {bare(self._side_by_side(parts, ctype, block))};")
                return lowering
            case Map(key):
                assert isinstance(coding, Table)
                return (
                    self._of_map(domain, coding, code, block)
                    if self._kind not in _kinds(key)
                    else self._anew(domain, code, block)
                )
            case Set(element) | Bag(element) | List(element, _):
                assert isinstance(coding, Queue | Sorted)
                if isinstance(coding, Sorted) and not _keeps_order(element, self._kind):
                    return self._anew(domain, code, block)
                return self._of_items(element, coding, code, block)
            case _:
                raise TypeError(f"{domain} holds no stamps")

    def _side_by_side(self, parts: list[tuple[Domain, str, int]], ctype: str, block: Block) -> str:
        return together([placed(self._lowering(field, text, block), offset, ctype) for field, text, offset in parts])

    def _of_items(self, element: Domain, coding: Queue | Sorted, code: str, block: Block) -> str:
        """For a list, or a bag whose items stay in their order."""
        if not coding.capacity:
            return "0"
        ctype, base, width = code_type(coding.bits), coding.length_bits, coding.element.bits
        items = block.once(ctype, "items", code)
        lowering, place = block.fresh("lowering"), block.fresh("place")
        block.put(f"{ctype} {lowering} = 0;")
        length = bare(bits_at(items, coding.bits, 0, base))
        with block.braces(f"for (word {place} = 0; {place} < ({length}); {place}++)"):
            item = block.keep("word", "item", f"queue_item_{ctype}({items}, {base}, {width}, {place})")
            lower = self._lowering(element, item, block)
            block.put(f"{lowering} |= ({ctype}){lower} << {base} << {width} * {place};")
        return lowering

    def _of_map(self, domain: Map, coding: Table, code: str, block: Block) -> str:
        """For a map without stamps in its keys."""
        ctype = code_type(coding.bits)
        lowering = block.fresh("lowering")
        block.put(f"{ctype} {lowering} = 0;")
        with walk_entries(code, coding, "key", block) as (key, image_code):
            image = block.keep(code_type(coding.image.bits), "image", image_code)
            lower = self._lowering(domain.value, image, block)
            block.put(f"{lowering} |= ({ctype}){lower} << {coding.entry_bits} * {key};")
        return lowering

    def _anew(self, domain: Domain, code: str, block: Block) -> str:
        """For a collection whose parts change their places: it is made anew."""
        coding = self._forms.coding(domain)
        code = block.once(code_type(coding.bits), "before", code)
        after = Gathering(self._forms, domain, block, "after", checked=False)
        if isinstance(domain, Map):
            assert isinstance(coding, Table)
            with walk_entries(code, coding, "key", block) as (key, image_code):
                image = block.keep(code_type(coding.image.bits), "image", image_code)
                after.put(self._lowered(domain.key, key, block), self._lowered(domain.value, image, block))
        else:
            with walk(self._forms, code, domain, "item", block) as item:
                after.add(self._lowered(element_of(domain), item, block))
        return f"({code} - {after.text})"

    def _lowered(self, domain: Domain, code: str, block: Block) -> str:
        lowering = self._lowering(domain, code, block)
        return code if lowering == "0" else f"({code} - {lowering})"


def _both_words(number: str) -> str:
    return f"((wide)state[{number} + 1] << {WORD} | state[{number}])"


def _placed(number: str, shift: str, bits: int) -> tuple[str, str, str]:
    if bits > WORD:
        return number, shift, bits_at(_both_words(number), 2 * WORD, 0, bits)
    shifted = f"state[{number}]" if shift == "0" else f"(state[{number}] >> {shift})"
    return number, shift, shifted if bits == WORD else f"({shifted} & {low_bits(bits)})"
