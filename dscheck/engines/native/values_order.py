"""In which order do values stand whose codes are in another? Each has an ordinal, its place among those there may be.

Sets, lists and maps are compared element by element, and a beginning comes before what it is the beginning of. Counting
the values in this order, as the words of a dictionary, gives the ordinal. It is below the number of codes, so that it
fits wherever the code does.
"""

from typing import assert_never

from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codes import (
    Coding,
    Fields,
    Mask,
    Maybe,
    Queue,
    Scalar,
    Sorted,
    Stamps,
    Table,
    Tagged,
    Vectors,
)
from dscheck.engines.native.coding import WORD
from dscheck.engines.native.values_form import (
    bits_at,
    code_literal,
    is_zero,
    negated,
    placed,
    raised,
    together,
)
from dscheck.engines.native.values_guard import when


def ordinal(code: str, coding: Coding, block: Block) -> str:
    """The text of the ordinal of a value: of two, the one with the smaller ordinal comes first.

    Args:
        code: of the value, a word.
        coding: of it; its codes take a word at most.
        block: where lines go.
    """
    assert coding.bits <= WORD
    if coding.ordered:
        return code
    code = block.once("word", "code", code)
    match coding:
        case Maybe(inner):
            return when(
                block,
                "word",
                "ordinal",
                negated(is_zero(code)),
                lambda: raised(ordinal(raised(code, -1, "word"), inner, block), 1, "word"),
                "0",
            )
        case Mask():
            return _of_mask(code, coding, block)
        case Queue() | Sorted():
            return _of_items(code, coding, block)
        case Table():
            return _of_table(code, coding, block)
        case Fields():
            return _of_fields(code, coding, coding.bits, block)
        case Tagged():
            return _of_message(code, coding, block)
        case Scalar() | Stamps() | Vectors():
            raise AssertionError("their codes are in order")
        case _:
            assert_never(coding)


def codes_in_order(coding: Coding) -> list[int]:
    """The codes of few values in the order of the values."""
    return sorted(range(coding.codes), key=lambda code: ordinal_of(coding, code))


def ordinal_of(coding: Coding, code: int) -> int:
    """The ordinal of a known code."""
    if coding.ordered:
        return code
    match coding:
        case Maybe(inner):
            return code and ordinal_of(inner, code - 1) + 1
        case Mask(element):
            places = [place for place, inner in enumerate(codes_in_order(element)) if code >> inner & 1]
            last = max(places, default=-1)
            return sum(1 if place in places else 1 << (element.codes - 1 - place) for place in range(last + 1))
        case Queue(element, capacity) | Sorted(element, capacity):
            length = _bits(code, 0, coding.length_bits)
            starts = [coding.length_bits + place * element.bits for place in range(length)]
            items = [ordinal_of(element, _bits(code, start, element.bits)) for start in starts]
            if isinstance(coding, Sorted):
                items.sort()
            result, weight = 0, 1
            for place in reversed(range(capacity)):
                if place < length:
                    result += 1 + items[place] * weight
                weight = 1 + element.codes * weight
            return result
        case Table(key, image):
            result, weight = 0, 1
            for at in reversed(codes_in_order(key)):
                entry = _bits(code, at * coding.entry_bits, coding.entry_bits)
                if entry:
                    result += 1 + ordinal_of(image, entry - 1) * weight
                elif result:
                    result += image.codes * weight
                weight *= image.codes + 1
            return result
        case Fields(parts):
            return _fields_of(parts, code)
        case Tagged(names, kinds, payload_bits):
            number = code >> payload_bits
            return _fields_of(kinds[number].parts, code) if number < len(names) else code
        case Scalar() | Stamps() | Vectors():
            raise AssertionError("their codes are in order")
        case _:
            assert_never(coding)


def _fields_of(parts: tuple[tuple[Coding, int], ...], code: int) -> int:
    for part, offset in parts:
        inner = _bits(code, offset, part.bits)
        code += (ordinal_of(part, inner) - inner) << offset
    return code


def _bits(code: int, offset: int, width: int) -> int:
    return code >> offset & ((1 << width) - 1)


# --- as C ---------------------------------------------------------------------------------------------


class InOrder:
    """Elements of a collection in the order of their values, in a C array of pairs: ordinal and code.

    Attributes:
        count: text of how many there are.
    """

    def __init__(self, element: Coding, most: int, name: str, block: Block, *, zeroed: bool = False) -> None:
        """Declare the array.

        Args:
            element: coding of the elements.
            most: how many there can be.
            name: what the array's name should read like.
            block: where all of it is written.
            zeroed: fill the places after the last element with 0, for whoever looks at them before asking `count`.
        """
        self._element = element
        self._block = block
        self._pairs = block.fresh(f"{name} in order")
        self.count = block.fresh(f"{name} count")
        block.put(f"word {self._pairs}[{max(1, most)}][2]{' = {{0}}' if zeroed else ''}, {self.count} = 0;")

    def add(self, code: str) -> None:
        """Put the element with this code in its place."""
        code = self._block.once("word", "code", code)
        place = bare(ordinal(code, self._element, self._block))
        self._block.put(f"{self.count} = put_in_order_word({self._pairs}, {self.count}, {place}, {code});")

    def code(self, place: str) -> str:
        """The code of the element at a place."""
        return f"{self._pairs}[{place}][1]"

    def ordinal(self, place: str) -> str:
        """The ordinal of the element at a place."""
        return f"{self._pairs}[{place}][0]"


def _of_mask(code: str, coding: Mask, block: Block) -> str:
    size = coding.element.codes
    if not coding.element.ordered:
        places = sorted(range(size), key=codes_in_order(coding.element).__getitem__)
        code = f"mask_moved_word({code}, {_array('places', places, block)})"
    return f"mask_ordinal_word({bare(code)}, {size})"


def _of_items(code: str, coding: Queue | Sorted, block: Block) -> str:
    element, width, base = coding.element, coding.element.bits, coding.length_bits
    if not coding.capacity:
        return "0"
    length = block.keep("word", "length", bits_at(code, coding.bits, 0, base))
    sorted_items = None
    if isinstance(coding, Sorted) and not element.ordered:
        sorted_items = InOrder(element, coding.capacity, "item", block)
        at = block.fresh("item")
        with block.braces(f"for (word {at} = 0; {at} < {length}; {at}++)"):
            sorted_items.add(f"queue_item_word({code}, {base}, {width}, {at})")
    result, weight, place = _sum(block)
    step = f"{weight} = 1 + {_times(element, weight)}"
    head = f"for (word {place} = {coding.capacity}; {place}--; {step})"
    with block.braces(head), block.braces(f"if ({place} < {length})"):
        if sorted_items is not None:
            item = sorted_items.ordinal(place)
        else:
            item = ordinal(f"queue_item_word({code}, {base}, {width}, {place})", element, block)
        block.put(f"{result} += 1 + {item} * {weight};")
    return result


def _of_table(code: str, coding: Table, block: Block) -> str:
    result, weight, place = _sum(block)
    keys = "" if coding.key.ordered else _array("keys", codes_in_order(coding.key), block)
    step = f"{weight} += {_times(coding.image, weight)}"
    with block.braces(f"for (word {place} = {coding.key.codes}; {place}--; {step})"):
        key = f"{keys}[{place}]" if keys else place
        entry = block.keep("word", "entry", f"table_entry_word({code}, {coding.entry_bits}, {key})")
        with block.braces(f"if ({entry})"):
            image = ordinal(raised(entry, -1, "word"), coding.image, block)
            block.put(f"{result} += 1 + {image} * {weight};")
        block.put(f"else if ({result})")
        block.put(f"    {result} += {_times(coding.image, weight)};")
    return result


def _sum(block: Block) -> tuple[str, str, str]:
    """Declare an ordinal that is summed up from the last place to the first, and what one more in a place adds."""
    result, weight = block.fresh("ordinal"), block.fresh("weight")
    block.put(f"word {result} = 0, {weight} = 1;")
    return result, weight, block.fresh("place")


def _times(coding: Coding, weight: str) -> str:
    return f"{code_literal(coding.codes)} * {weight}"


def _of_fields(code: str, fields: Fields, bits: int, block: Block) -> str:
    """The code with the ordinals of the fields in place of their codes; what lies around the fields stays."""
    others, parts = (1 << bits) - 1, list[str]()
    for part, offset in fields.parts:
        if not part.ordered:
            others ^= ((1 << part.bits) - 1) << offset
            inner = bits_at(code, bits, offset, part.bits)
            parts.append(placed(ordinal(inner, part, block), offset, "word"))
    kept = [f"({code} & {code_literal(others)})"] if others else []
    return together([*kept, *parts])


def _of_message(code: str, coding: Tagged, block: Block) -> str:
    result = block.fresh("ordinal")
    block.put(f"word {result} = {code};")
    kind = bits_at(code, coding.bits, coding.payload_bits, coding.bits - coding.payload_bits)
    for number, fields in enumerate(coding.kinds):
        if not fields.ordered:
            with block.braces(f"if ({kind} == {number})"):
                block.put(f"{result} = {bare(_of_fields(code, fields, coding.bits, block))};")
    return result


def _array(name: str, numbers: list[int], block: Block) -> str:
    array = block.fresh(name)
    block.put(f"static const uint8_t {array}[] = {{{', '.join(map(str, numbers))}}};")
    return array
