"""How does C compute the operators on lists?"""

from dscheck.domains import Domain, Id, Int, List, Record, Tuple
from dscheck.engines.native.codes import Fields, Queue
from dscheck.engines.native.values_call import Call
from dscheck.engines.native.values_collections import Gathering, check_room, element_of
from dscheck.engines.native.values_convert import convert, fields_of
from dscheck.engines.native.values_form import (
    bits_at,
    cast,
    code_literal,
    code_type,
    is_number,
    number_in,
    placed,
    together,
)
from dscheck.model.expressions import Apply


def _queue(call: Call, domain: Domain) -> Queue:
    coding = call.forms.coding(domain)
    assert isinstance(coding, Queue)
    return coding


def _layout(coding: Queue) -> str:
    return f"{coding.length_bits}, {coding.element.bits}"


def _length(text: str, coding: Queue) -> str:
    return bits_at(text, coding.bits, 0, coding.length_bits)


def emit_list(call: Call) -> str:
    """Operator `list`."""
    coding, element, count = _queue(call, call.domain), element_of(call.domain), len(call.texts)
    if count > coding.capacity:
        check_room("0", coding, count, call.block)
        return "0"
    ctype = code_type(coding.bits)
    codes = [call.code(number, element) for number in range(count)]
    offsets = [coding.length_bits + number * coding.element.bits for number in range(count)]
    return together([str(count), *(placed(code, offset, ctype) for code, offset in zip(codes, offsets, strict=True))])


def emit_item(call: Call) -> str:
    """Operator `item`."""
    items, source = call.domains
    coding, element = _queue(call, items), element_of(items)
    text, index = call.once(0, "items"), call.once(1, "index")
    _fail_outside(call, text, coding, index, source)
    if not coding.capacity:
        return "0"
    if is_number(index):
        # Behind the failure; an index that no such list has must not become a shift that C does not know.
        place = min(number_in(index), coding.capacity - 1)
        offset = coding.length_bits + place * coding.element.bits
        code = bits_at(text, coding.bits, max(0, offset), coding.element.bits)
    else:
        code = f"queue_item_{code_type(coding.bits)}({text}, {_layout(coding)}, (word){index})"
    return call.result(call.forms.from_code(code, element), element)


def _fail_outside(call: Call, text: str, coding: Queue, index: str, source: Domain) -> None:
    """Fail when the list has no such index; a negative one is a very large word."""
    length = _length(text, coding)
    outside = f"{index} >= {length}" if isinstance(source, Id) else f"(word){index} >= {length}"
    call.block.fail_if("1" if length == "0" else outside, call.application.failure)


def emit_replace(call: Call) -> str:
    """Operator `replace`, on a list or a record."""
    if isinstance(call.domains[0], Record | Tuple):
        return _replace_field(call)
    items, source = call.domains[:2]
    coding = _queue(call, items)
    text, index = call.once(0, "items"), call.once(1, "index")
    _fail_outside(call, text, coding, index, source)
    if not coding.capacity:
        return "0"
    code = call.code(2, element_of(items))
    replaced = f"queue_replace_{code_type(coding.bits)}({text}, {_layout(coding)}, (word){index}, {code})"
    return call.result(replaced, items)


def _replace_field(call: Call) -> str:
    record = call.domains[0]
    coding, position = call.forms.coding(record), call.position(1)
    assert isinstance(coding, Fields)
    part, offset = coding.parts[position]
    ctype = code_type(coding.bits)
    code = placed(call.code(2, fields_of(record)[position]), offset, ctype)
    others = ((1 << coding.bits) - 1) ^ (((1 << part.bits) - 1) << offset)
    return call.result(together([f"({call.texts[0]} & {code_literal(others)})", code]), record)


def emit_concatenate(call: Call) -> str:
    """Operator `concatenate`; to append one element, by far the most frequent use, is a single shift."""
    coding = _queue(call, call.domain)
    ctype, block = code_type(coding.bits), call.block
    left = block.once(ctype, "items", call.argument(0, call.domain))
    match call.application.arguments[1]:
        case Apply("list", (_,), inner):
            # What `list` wrote is taken apart again, which leaves nothing of both for the compiler.
            one, element = _queue(call, inner), element_of(inner)
            item = bits_at(call.texts[1], one.bits, one.length_bits, one.element.bits)
            item = convert(call.forms, call.forms.from_code(item, element), element, element_of(call.domain), block)
            check_room(left, coding, 1, block)
            if not coding.capacity:
                return "0"
            return (
                f"queue_append_{ctype}({left}, {_layout(coding)}, {call.forms.to_code(item, element_of(call.domain))})"
            )
    right = block.once(ctype, "more", call.argument(1, call.domain))
    if coding.key is not None:
        block.overflow_if(f"{_length(left, coding)} + {_length(right, coding)} > {coding.capacity}", coding.key)
    if not coding.capacity:
        return "0"
    return f"queue_join_{ctype}({left}, {right}, {_layout(coding)})"


def emit_front(call: Call) -> str:
    """Operator `front`."""
    items = call.domains[0]
    coding = _queue(call, items)
    if not coding.capacity:
        return "0"
    text, element = call.once(0, "items"), element_of(items)
    code = bits_at(text, coding.bits, coding.length_bits, coding.element.bits)
    some = cast(f"({_length(text, coding)} != 0)", "int", "word")
    # Above an empty list all bits are 0, and so is the first item of none.
    return call.result(together([some, placed(code, 1, code_type(1 + coding.element.bits))]), List(element, 1))


def emit_rest(call: Call) -> str:
    """Operator `rest`."""
    items = call.domains[0]
    coding = _queue(call, items)
    if not coding.capacity:
        return "0"
    return call.result(f"queue_rest_{code_type(coding.bits)}({call.texts[0]}, {_layout(coding)})", items)


def emit_without(call: Call) -> str:
    """Operator `without`."""
    items = call.domains[0]
    coding = _queue(call, items)
    if not coding.capacity:
        return "0"
    text = f"queue_without_{code_type(coding.bits)}({call.texts[0]}, {_layout(coding)}, (word){call.texts[1]})"
    return call.result(text, items)


def emit_insert(call: Call) -> str:
    """Operator `insert`."""
    coding = _queue(call, call.domain)
    ctype = code_type(coding.bits)
    items = call.block.once(ctype, "items", call.argument(0, call.domain))
    check_room(items, coding, 1, call.block)
    if not coding.capacity:
        return "0"
    code = call.code(2, element_of(call.domain))
    return f"queue_insert_{ctype}({items}, {_layout(coding)}, (word){call.texts[1]}, {code})"


def emit_positions(call: Call) -> str:
    """Operator `positions`."""
    coding = _queue(call, call.domains[0])
    element = element_of(call.domain)
    assert isinstance(element, Int)
    length = _length(call.texts[0], coding)
    gathered = Gathering(call.forms, call.domain, call.block, "positions")
    place = call.block.fresh("place")
    last = call.block.keep("number", "length", f"(number){length}")
    with call.block.braces(f"for (number {place} = 0; {place} < {last}; {place}++)"):
        gathered.add(call.forms.to_code(place, element))
    return gathered.text
