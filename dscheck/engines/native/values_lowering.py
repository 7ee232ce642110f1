"""Where in a code are the stamps of one kind of clock? What finds the least, and what to subtract to lower them all."""

from collections.abc import Iterator

from dscheck.domains import (
    Bag,
    Clock,
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
    clocks_in,
)
from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codes import Fields, Queue, Sorted, Table, Tagged, Vectors
from dscheck.engines.native.values_collections import Gathering, element_of, walk, walk_entries
from dscheck.engines.native.values_convert import fields_of, inner_code, kind_number
from dscheck.engines.native.values_form import Forms, bits_at, code_type, is_zero, negated, placed, together
from dscheck.engines.native.values_guard import when


def _keeps_order(domain: Domain, kind: Clock) -> bool:
    """Do the codes of two values stay in their order when their stamps of this kind are lowered alike?

    The code of a list begins with its last item, so that of two lists of different lengths the shorter may be less
    before and greater after. What is in a set or bag, or a key of a map, moves to another place.
    """
    match domain:
        case Set(inner) | Bag(inner) | List(inner, _):
            return kind not in clocks_in(inner)
        case Map(key, image):
            return kind not in clocks_in(key) and _keeps_order(image, kind)
        case Optional(inner):
            return _keeps_order(inner, kind)
        case Record() | Tuple():
            return all(_keeps_order(field, kind) for field in fields_of(domain))
        case Message(kinds):
            return all(_keeps_order(record, kind) for record in kinds)
        case _:
            return True


class Clocks:
    """Writes what deals with the stamps of one kind in a code; `least` stands for the least stamp in what it writes.

    Attributes:
        ctype: of `least`.
    """

    def __init__(self, forms: Forms, kind: Clock) -> None:
        self._forms = forms
        self._kind = kind
        self.ctype = code_type(forms.coding(kind).bits)

    def find(self, domain: Domain, code: str, block: Block) -> None:
        """Lower `least` to the least stamp in a code."""
        if self._kind not in clocks_in(domain):
            return
        coding = self._forms.coding(domain)
        match domain:
            case Stamp():
                code = block.once(self.ctype, "stamp", code)
                block.put(f"if ({code} < least) least = {code};")
            case Vector():
                assert isinstance(coding, Vectors)
                block.put(f"least = vector_least_{self.ctype}(least, {bare(code)}, {coding.component}, {coding.size});")
            case Optional(inner):
                code = block.once(code_type(coding.bits), "optional", code)
                with block.braces(f"if ({code})"):
                    self.find(inner, inner_code(self._forms, code, domain), block)
            case Set(inner) | Bag(inner) | List(inner, _):
                with walk(self._forms, code, domain, "item", block) as item:
                    self.find(inner, item, block)
            case Map(key, image):
                assert isinstance(coding, Table)
                with walk_entries(code, coding, "key", block) as (key_code, image_code):
                    self.find(key, key_code, block)
                    self.find(image, image_code, block)
            case Record() | Tuple():
                assert isinstance(coding, Fields)
                code = block.once(code_type(coding.bits), "fields", code)
                for field, text, _ in self._stamped(coding, fields_of(domain), code, coding.bits):
                    self.find(field, text, block)
            case Message():
                assert isinstance(coding, Tagged)
                code = block.once(code_type(coding.bits), "message", code)
                for kind, parts in self._stamped_kinds(domain, coding, code):
                    with block.braces(f"if ({kind})"):
                        for field, text, _ in parts:
                            self.find(field, text, block)
            case _:
                raise TypeError(f"{domain} holds no stamps")

    def _stamped(
        self, coding: Fields, domains: tuple[Domain, ...], code: str, bits: int
    ) -> list[tuple[Domain, str, int]]:
        """Domain, code and offset of each field with such stamps, in a code of so many bits."""
        return [
            (field, bits_at(code, bits, offset, part.bits), offset)
            for (part, offset), field in zip(coding.parts, domains, strict=True)
            if self._kind in clocks_in(field)
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

    def lowering(self, domain: Domain, code: str, block: Block) -> str:
        """A text for what to subtract from `code`, as a code of the same type."""
        if self._kind not in clocks_in(domain):
            return "0"
        coding = self._forms.coding(domain)
        ctype = code_type(coding.bits)
        match domain:
            case Stamp() | Vector():
                return "least"
            case Optional(inner):
                optional = block.once(ctype, "optional", code)

                def within() -> str:
                    return self.lowering(inner, inner_code(self._forms, optional, domain), block)

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
                    if self._kind not in clocks_in(key)
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
        return together([placed(self.lowering(field, text, block), offset, ctype) for field, text, offset in parts])

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
            lower = self.lowering(element, item, block)
            block.put(f"{lowering} |= ({ctype}){lower} << {base} << {width} * {place};")
        return lowering

    def _of_map(self, domain: Map, coding: Table, code: str, block: Block) -> str:
        """For a map without stamps in its keys."""
        ctype = code_type(coding.bits)
        lowering = block.fresh("lowering")
        block.put(f"{ctype} {lowering} = 0;")
        with walk_entries(code, coding, "key", block) as (key, image_code):
            image = block.keep(code_type(coding.image.bits), "image", image_code)
            lower = self.lowering(domain.value, image, block)
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
        lowering = self.lowering(domain, code, block)
        return code if lowering == "0" else f"({code} - {lowering})"
