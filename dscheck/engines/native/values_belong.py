"""Does a value belong to another domain? As C conditions that mean `domains.contains`."""

from collections.abc import Iterable

from dscheck.domains import (
    Bag,
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
    contains,
    includes,
)
from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codec import decode
from dscheck.engines.native.codes import Coding, Fields, Mask, Queue, Table, Tagged
from dscheck.engines.native.values_collections import Gathering, element_of, length_of, walk, walk_entries
from dscheck.engines.native.values_convert import NOTHING, convert, fields_of, interval, kind_number, unwrapped
from dscheck.engines.native.values_form import (
    Forms,
    bits_at,
    code_literal,
    code_type,
    is_number,
    is_zero,
    negated,
    number_in,
)
from dscheck.engines.native.values_guard import both, either


def belongs(forms: Forms, text: str, source: Domain, target: Domain, block: Block) -> str:
    """A condition: does the value `text`, known in `source`, belong to `target`?"""
    if includes(target, source):
        return "1"
    match source, target:
        case Optional(inner), _ if inner == NOTHING:
            return "1" if isinstance(target, Optional) else "0"
        case Optional(inner), _:
            text = block.once(forms.ctype(source), "optional", text)
            wanted = target.inner if isinstance(target, Optional) else target

            def within() -> str:
                return belongs(forms, unwrapped(forms, text, source), inner, wanted, block)

            if isinstance(target, Optional):
                return either(block, is_zero(text), within)
            return both(block, negated(is_zero(text)), within)
        case _, Optional(wanted):
            return belongs(forms, text, source, wanted, block)
        case (Int() | Id(), Int() | Id()):
            return _within(text, source, interval(target), block)
        case Enum(some), Enum(others):
            allowed = sum(1 << place for place, literal in enumerate(sorted(some)) if literal in others)
            if is_number(text):
                return str(allowed >> number_in(text) & 1)
            if len(some) > 64:
                return _any_of(text, [place for place in range(len(some)) if allowed >> place & 1], block)
            return f"((word){code_literal(allowed)} >> {text} & 1)"
        case (Set(), Set()) | (Bag(), Bag()) | (List(), List()):
            return _collection(forms, text, source, target, block)
        case Map(), Map():
            return _map(forms, text, source, target, block)
        case (Record() | Tuple(), Record() | Tuple()) if source != NOTHING:
            coding = forms.coding(source)
            text = block.once(code_type(coding.bits), "whole", text)
            return _fields(forms, text, coding.bits, coding, source, target, block)
        case Message(), Message():
            return _message(forms, text, source, target, block)
        case _:
            return "1"  # of stamps, vectors and truth values there is but one domain each


def _within(text: str, source: Domain, target: Int, block: Block) -> str:
    known = interval(source)
    if target.low > known.high or target.high < known.low:
        return "0"
    if is_number(text):
        return str(int(target.low <= number_in(text) <= target.high))
    bounds = [f">= {target.low}"] if target.low > known.low else []
    bounds += [f"<= {target.high}"] if target.high < known.high else []
    if len(bounds) == 2:
        text = block.once("word" if isinstance(source, Id) else "number", "value", text)
    return _all(f"({text} {bound})" for bound in bounds)


def _any_of(text: str, codes: list[int], block: Block) -> str:
    text = block.once("word", "literal", text)
    return f"({' || '.join(f'{text} == {code}' for code in codes)})" if codes else "0"


def _all(conditions: Iterable[str]) -> str:
    """All of the conditions, which need no lines between them."""
    kept = [condition for condition in conditions if condition != "1"]
    if "0" in kept:
        return "0"
    return "1" if not kept else kept[0] if len(kept) == 1 else f"({' && '.join(kept)})"


def _collection(forms: Forms, text: str, source: Domain, target: Domain, block: Block) -> str:
    inner, wanted = element_of(source), element_of(target)
    coding = forms.coding(source)
    if isinstance(coding, Mask):
        forbidden = ~members_in(forms, source, wanted) & ((1 << coding.bits) - 1)
        return f"(({text} & {code_literal(forbidden)}) == 0)"
    fits = "1"
    if isinstance(source, List) and isinstance(target, List) and target.capacity is not None:
        assert isinstance(coding, Queue)
        text = block.once(code_type(coding.bits), "items", text)
        if coding.capacity > target.capacity:
            fits = f"({length_of(forms, text, source)} <= {target.capacity})"
    if includes(wanted, inner):
        return fits
    fit = block.fresh("fits")
    block.put(f"word {fit} = {bare(fits)};")
    with walk(forms, text, source, "item", block) as item:
        condition = belongs(forms, item, inner, wanted, block)
        block.put(f"if (!{condition}) {fit} = 0;")
    return fit


def _map(forms: Forms, text: str, source: Map, target: Map, block: Block) -> str:
    table = forms.coding(source)
    assert isinstance(table, Table)
    fit = block.fresh("fits")
    block.put(f"word {fit} = 1;")
    with walk_entries(text, table, "key", block) as (key_code, image_code):
        key = belongs(forms, forms.from_code(key_code, source.key), source.key, target.key, block)
        image = belongs(forms, forms.from_code(image_code, source.value), source.value, target.value, block)
        block.put(f"if (!{_all((key, image))}) {fit} = 0;")
    return fit


def _fields(forms: Forms, text: str, bits: int, coding: Coding, source: Domain, target: Domain, block: Block) -> str:
    assert isinstance(coding, Fields)
    return _all(
        belongs(forms, forms.from_code(bits_at(text, bits, offset, part.bits), one), one, other, block)
        for (part, offset), one, other in zip(coding.parts, fields_of(source), fields_of(target), strict=True)
    )


def _message(forms: Forms, text: str, source: Message, target: Message, block: Block) -> str:
    coding = forms.coding(source)
    assert isinstance(coding, Tagged)
    text = block.once(code_type(coding.bits), "message", text)
    kind = kind_number(text, coding)
    known = {record.name: record for record in target.kinds}
    conditions = []
    for number, name in enumerate(coding.names):
        fits = "0"
        if name in known:
            fits = _fields(forms, text, coding.bits, coding.kinds[number], source.kind(name), known[name], block)
        conditions.append("1" if fits == "1" else f"({kind} != {number} || {fits})")
    return _all(conditions)


def members_in(forms: Forms, source: Domain, wanted: Domain) -> int:
    """The mask of the elements of sets of `source`, which are masks, that belong to the domain `wanted`."""
    mask = forms.coding(source)
    assert isinstance(mask, Mask)
    element = element_of(source)
    allowed = 0
    for code in range(mask.element.codes):
        try:
            value = decode(forms.codings, element, code)
        except IndexError:  # not every number below `codes` is the code of a literal or message
            continue
        allowed |= contains(wanted, value) << code
    return allowed


def restricted(forms: Forms, text: str, source: Set, target: Set, block: Block) -> str:
    """The elements of a set of `source` that belong to `target`, as a set of `target`."""
    if includes(target, source):
        return convert(forms, text, source, target, block)
    one, other = forms.coding(source), forms.coding(target)
    if isinstance(one, Mask) and isinstance(other, Mask):
        known = f"({text} & {code_literal(members_in(forms, source, target.element))})"
        return convert(forms, known, source, target, block)
    gathered = Gathering(forms, target, block, "restricted")
    with walk(forms, text, source, "member", block) as member:
        fits = belongs(forms, member, source.element, target.element, block)
        block.put(f"if (!{fits}) continue;")
        gathered.add(forms.to_code(convert(forms, member, source.element, target.element, block), target.element))
    return gathered.text
