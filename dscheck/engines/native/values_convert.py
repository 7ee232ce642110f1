"""How does the working form of a value change with the domain it is seen in? Also: does it belong to another domain?

Two domains of one type share values: `0..3` and `1..5`, `Node` and `Node?`, sets of both. Their codes may differ.
"""

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Tuple,
)
from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codes import Coding, Fields, Mask, Queue, Sorted, Table, Tagged
from dscheck.engines.native.values_collections import Gathering, element_of, walk, walk_entries
from dscheck.engines.native.values_form import (
    Forms,
    bits_at,
    cast,
    code_literal,
    code_type,
    is_zero,
    negated,
    placed,
    raised,
    together,
)
from dscheck.engines.native.values_guard import when

NOTHING = Tuple(())  # of a `none` that stands alone: no value is ever in it


# --- which domains agree ------------------------------------------------------------------------------


def same_code(forms: Forms, one: Domain, other: Domain, *, room: bool = False) -> bool:
    """Do `one` and `other` give a value that is in both the same code, and different values different codes?

    Args:
        forms: of the values.
        one: a domain.
        other: a domain.
        room: also ask that no collection of `other` can be too short for one of `one`.
    """

    def same(inner: Domain, outer: Domain) -> bool:
        return same_code(forms, inner, outer, room=room)

    if one == other:
        return True
    match one, other:
        case (Int() | Id(), Int() | Id()):
            return interval(one).low == interval(other).low
        case Enum(some), Enum(others):
            few, more = sorted((sorted(some), sorted(others)), key=len)
            return more[: len(few)] == few
        case Optional(a), Optional(b):
            return a != NOTHING != b and same(a, b)
        case (Set(a), Set(b)) | (Bag(a), Bag(b)) | (List(a), List(b)):
            return same(a, b) and _same_frame(forms.coding(one), forms.coding(other), room=room)
        case Map(key, image), Map(other_key, other_image):
            frames = forms.coding(one), forms.coding(other)
            assert isinstance(frames[0], Table)
            assert isinstance(frames[1], Table)
            return frames[0].entry_bits == frames[1].entry_bits and same(key, other_key) and same(image, other_image)
        case (Record() | Tuple(), Record() | Tuple()):
            parts, others_ = fields_of(one), fields_of(other)
            return len(parts) == len(others_) and _same_fields(forms, one, other) and all(map(same, parts, others_))
        case _:
            return False


def _same_frame(one: Coding, other: Coding, *, room: bool) -> bool:
    if isinstance(one, Mask) and isinstance(other, Mask):
        return True
    if not isinstance(one, Queue | Sorted) or not isinstance(other, Queue | Sorted):
        return False
    frames = [(each.length_bits, each.element.bits) for each in (one, other)]
    return frames[0] == frames[1] and (not room or other.key is None or one.capacity <= other.capacity)


def _same_fields(forms: Forms, one: Domain, other: Domain) -> bool:
    codings = forms.coding(one), forms.coding(other)
    assert isinstance(codings[0], Fields)
    assert isinstance(codings[1], Fields)
    return [offset for _, offset in codings[0].parts] == [offset for _, offset in codings[1].parts]


def fields_of(domain: Domain) -> tuple[Domain, ...]:
    """The domains of the fields of a record or tuple."""
    match domain:
        case Record(_, fields):
            return tuple(field for _, field in fields)
        case Tuple(items):
            return items
        case _:
            raise TypeError(f"{domain} has no fields")


def interval(domain: Domain) -> Int:
    """The numbers that an integer, or an id as a number, can be."""
    match domain:
        case Int():
            return domain
        case Id(_, size):
            return Int(0, size - 1)
        case _:
            raise TypeError(f"{domain} has no numbers")


# --- the value in another domain ------------------------------------------------------------------------


def convert(forms: Forms, text: str, source: Domain, target: Domain, block: Block) -> str:
    """The working form in `target` of a value known in `source`, which belongs to `target`.

    A value that does not belong to it gives some code of the right width.
    """
    if source == target:
        return text
    ctype, result = forms.ctype(source), forms.ctype(target)
    match source, target:
        case (Int(), Int()) | (Id(), Id()):
            return text
        case (Int() | Id(), Int() | Id()):
            return cast(text, ctype, result)
        case _ if same_code(forms, source, target, room=True):
            return cast(text, ctype, result)
        case Enum(some), Enum(others):
            return _literal_as(text, sorted(some), sorted(others), block)
        case Optional(inner), Optional() if inner == NOTHING:
            return "0"
        case Optional(inner), Optional(wanted):
            text = block.once(ctype, "optional", text)

            def within() -> str:
                code = convert_code(forms, inner_code(forms, text, source), inner, wanted, block)
                return raised(code, 1, result)

            return when(block, result, "converted", negated(is_zero(text)), within, "0")
        case _, Optional(wanted):
            return raised(forms.to_code(convert(forms, text, source, wanted, block), wanted), 1, result)
        case Optional(inner), _:
            return convert(forms, unwrapped(forms, text, source), inner, target, block)
        case (Set(), Set()) | (Bag(), Bag()) | (List(), List()):
            return _collection_as(forms, text, source, target, block)
        case Map(key, image), Map(wanted_key, wanted_image):
            gathered = Gathering(forms, target, block, "converted")
            table = forms.coding(source)
            assert isinstance(table, Table)
            with walk_entries(text, table, "key", block) as (key_code, image_code):
                new_key = convert_code(forms, key_code, key, wanted_key, block)
                gathered.put(new_key, convert_code(forms, image_code, image, wanted_image, block))
            return gathered.text
        case (Record() | Tuple(), Record() | Tuple()) if source != NOTHING:
            text = block.once(ctype, "whole", text)
            return _fields_as(forms, text, forms.coding(source), fields_of(source), target, block)
        case Message(), Message():
            return _message_as(forms, text, source, target, block)
        case (Bool(), _) | (Tuple(), _):
            return "0"  # the domains that elements of nothing are given: no such value exists
        case _:
            raise TypeError(f"a value of {source} is none of {target}")


def convert_code(forms: Forms, code: str, source: Domain, target: Domain, block: Block) -> str:
    """As `convert`, from code to code."""
    match source, target:
        case (Int() | Id(), Int() | Id()):
            return raised(code, interval(source).low - interval(target).low, "word")
        case _:
            return forms.to_code(convert(forms, forms.from_code(code, source), source, target, block), target)


def inner_code(forms: Forms, text: str, domain: Optional) -> str:
    """The code of the inner value of an optional one, which is not none."""
    bits = forms.coding(domain.inner).bits
    return cast(raised(text, -1, forms.ctype(domain)), forms.ctype(domain), code_type(bits))


def unwrapped(forms: Forms, text: str, domain: Optional) -> str:
    """The inner value of an optional one, which is not none."""
    return forms.from_code(inner_code(forms, text, domain), domain.inner)


def _literal_as(text: str, some: list[str], others: list[str], block: Block) -> str:
    codes = [others.index(literal) if literal in others else 0 for literal in some]
    width = max(1, max(codes).bit_length())
    if width * len(codes) <= 64:
        table = sum(code << width * place for place, code in enumerate(codes))
        return f"((word){code_literal(table)} >> {text} * {width} & {code_literal((1 << width) - 1)})"
    text = block.once("word", "literal", text)
    chain = str(codes[-1])
    for place, code in reversed(list(enumerate(codes[:-1]))):
        chain = f"({text} == {place} ? {code} : {chain})"
    return chain


def _collection_as(forms: Forms, text: str, source: Domain, target: Domain, block: Block) -> str:
    one, other = forms.coding(source), forms.coding(target)
    inner, wanted = element_of(source), element_of(target)
    if isinstance(one, Mask) and isinstance(other, Mask):
        match inner, wanted:
            case (Int() | Id(), Int() | Id()):
                return _shifted(text, interval(inner).low - interval(wanted).low, one, other)
    same = forms.coding(inner).bits == forms.coding(wanted).bits and same_code(forms, inner, wanted, room=True)
    if same and isinstance(one, Queue | Sorted) and isinstance(other, Queue | Sorted):
        return _framed(text, one, other, block)
    gathered = Gathering(forms, target, block, "converted")
    with walk(forms, text, source, "item", block) as item:
        gathered.add(forms.to_code(convert(forms, item, inner, wanted, block), wanted))
    return gathered.text


def _shifted(text: str, by: int, one: Mask, other: Mask) -> str:
    ctype = code_type(other.bits)
    if by > 0:
        return f"(({ctype}){text} << {by})"
    return f"(({ctype})({text} >> {-by}))" if by else cast(text, code_type(one.bits), ctype)


def _framed(text: str, one: Queue | Sorted, other: Queue | Sorted, block: Block) -> str:
    """The same items with another width of the length, or with another capacity."""
    if not one.capacity:
        return "0"
    ctype = code_type(one.bits)
    text = block.once(ctype, "items", text)
    if one.capacity > other.capacity and other.key is not None:
        block.overflow_if(f"{bits_at(text, one.bits, 0, one.length_bits)} > {other.capacity}", other.key)
    if not other.capacity:
        return "0"
    result = code_type(other.bits)
    if one.length_bits == other.length_bits:
        return cast(text, ctype, result)
    items = f"({text} >> {one.length_bits})"
    length = bits_at(text, one.bits, 0, one.length_bits)
    return f"(({result}){items} << {other.length_bits} | {cast(length, 'word', result)})"


def _fields_as(
    forms: Forms, text: str, whole: Coding, sources: tuple[Domain, ...], target: Domain, block: Block
) -> str:
    wanted = forms.coding(target)
    assert isinstance(whole, Fields)
    assert isinstance(wanted, Fields)
    codes = [
        convert_code(forms, bits_at(text, whole.bits, offset, part.bits), one, other, block)
        for (part, offset), one, other in zip(whole.parts, sources, fields_of(target), strict=True)
    ]
    return packed_fields(codes, wanted, code_type(wanted.bits))


def kind_number(message: str, coding: Tagged) -> str:
    """The number of a message's kind."""
    return bits_at(message, coding.bits, coding.payload_bits, coding.bits - coding.payload_bits)


def packed_fields(codes: list[str], coding: Fields, ctype: str) -> str:
    """The code, of type `ctype`, of a record whose fields have these codes."""
    return together([placed(code, offset, ctype) for code, (_, offset) in zip(codes, coding.parts, strict=True)])


def _message_as(forms: Forms, text: str, source: Message, target: Message, block: Block) -> str:
    one, other = forms.coding(source), forms.coding(target)
    assert isinstance(one, Tagged)
    assert isinstance(other, Tagged)
    ctype, result = code_type(one.bits), code_type(other.bits)
    text = block.once(ctype, "message", text)
    converted = block.fresh("converted")
    block.put(f"{result} {converted} = 0;")
    kind = kind_number(text, one)
    for number, name in enumerate(one.names):
        if name not in other.names:
            continue
        place = other.names.index(name)
        with block.braces(f"if ({kind} == {number})"):
            codes = [
                convert_code(forms, bits_at(text, one.bits, offset, part.bits), was, is_, block)
                for (part, offset), was, is_ in zip(
                    one.kinds[number].parts, fields_of(source.kind(name)), fields_of(target.kind(name)), strict=True
                )
            ]
            payload = packed_fields(codes, other.kinds[place], result)
            tag = placed(str(place), other.payload_bits, result)
            block.put(f"{converted} = {bare(together([payload, tag]))};")
    return converted
